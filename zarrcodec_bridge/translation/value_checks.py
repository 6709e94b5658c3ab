"""Which views and byte orders of array-to-array codecs mean the same elements in v2 and v3.

In v2 each codec sees the bytes of what the one before it puts out. In v3 it sees elements without a byte order, and
zarr-python converts their values. The checks here refuse a codec where that makes a difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from zarrcodec_bridge.core.contexts import WriteContext
from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.data_types.names import TIME_KINDS
from zarrcodec_bridge.core.errors import NotRepresentableError
from zarrcodec_bridge.core.messages import USE_A_PIPELINE, Message
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.propagation import (
    effect_of,
    kind_of,
    name_of,
    named_dtype,
    names_big_endian,
    output_dtype,
    viewed_dtype,
)
from zarrcodec_bridge.core.registry import spec_of
from zarrcodec_bridge.core.spec import A2A, Dialect


def check_views(codecs: Iterable[Codec], array: DataType, dialect: Dialect) -> None:
    """Refuse array-to-array codecs whose views of their input mean other elements in v3 than in v2.

    In v2 each codec views the bytes of its input, and the array views the bytes that its first codec decodes. In v3
    elements have no byte order between codecs, and the array takes the *values* that its first codec decodes; so do
    codecs that compute with values (`cast_value`).

    Parameters
    ----------
    codecs : iterable of Codec
        The filters in the order of encoding, with data types in the byte orders of v2.
    array : DataType
        The data type of the array in v2.
    dialect : {"v2", "v3"}
        The dialect that is written.
    """
    incoming, taken_by_value, floats = _sole_field(array), True, False
    announced, computes = incoming, False
    for codec in codecs:
        effect = effect_of(codec)
        view = viewed_dtype(codec)
        _check_view(codec, incoming, dialect)
        if effect.by_value:
            _check_announced(codec, announced, incoming, dialect)
        if view is not None and taken_by_value:
            decoded = _as_float(view) if floats else view
            _check_values(codec, decoded, incoming, dialect, bits=not computes)
        if view is not None or effect.output is not None:
            taken_by_value = floats = False
        elif effect.by_value:
            taken_by_value, floats, computes = True, False, True
        floats = floats or effect.decodes_as_floats
        incoming = output_dtype(codec, incoming) or incoming
        if effect.output is not None or (
            _is_given(codec, effect.encodes) and not effect.unannounced
        ):
            announced = incoming


def _check_announced(
    codec: Codec, announced: DataType, incoming: DataType, dialect: Dialect
) -> None:
    """Refuse a codec that computes with other elements in v3, after a filter that does not name its output."""
    if announced.with_endian(None) != incoming.with_endian(None):
        raise NotRepresentableError(
            dialect,
            name_of(codec),
            f"the filter before it puts out {incoming.name} elements and does not name them, so that zarr-python takes"
            f" them for {announced.name} ones; name them (astype)",
        )


def _sole_field(dtype: DataType) -> DataType:
    """Give the data type of the only field of a struct, which takes the values that the struct is given."""
    while len(dtype.fields) == 1 and not dtype.fields[0].shape:
        dtype = dtype.fields[0].dtype
    return dtype


INTEGERS: Final = re.compile(r"(u?)int(8|16|32|64)")
CONVERTED: Final = frozenset({"bool", "null_terminated_bytes", "fixed_length_utf32"})
"""Data types whose bits raw bytes do not keep: truth values become 0 or 1, texts end at a zero."""
BITS_OF_INTEGERS: Final = frozenset({"bool", *TIME_KINDS.values()})
"""Data types that take an integer for its bits."""


def _as_float(dtype: DataType) -> DataType:
    """Give the data type as which numcodecs' `bitround` decodes signed integers."""
    match = INTEGERS.fullmatch(dtype.name)
    if match is None or match[1] or dtype.itemsize == 1:
        return dtype
    return DataType(f"float{match[2]}", dtype.itemsize, dtype.endian)


def _has_the_bits(decoded: DataType, taker: DataType) -> bool:
    """Whether an array that takes those values keeps their bits."""
    if taker.name == "raw_bytes":
        return decoded.name not in CONVERTED
    is_taken = INTEGERS.fullmatch(taker.name) is not None or taker.name in BITS_OF_INTEGERS
    return is_taken and INTEGERS.fullmatch(decoded.name) is not None


def _check_values(
    codec: Codec, decoded: DataType, taker: DataType, dialect: Dialect, *, bits: bool
) -> None:
    """Refuse a codec if the values that it decodes become other elements than their bits would.

    `bits` is true if the array takes them, which keeps the bits of integers, and false for a codec that computes.
    """
    if decoded.with_endian(None) == taker.with_endian(None):
        return
    if bits and _has_the_bits(decoded, taker):
        return
    raise NotRepresentableError(
        dialect,
        name_of(codec),
        f"it views {taker.name} elements as {decoded.name}: v2 takes their bits, and v3 their values",
    )


def _size_of(dtype: DataType) -> str:
    return "variable-length" if dtype.itemsize is None else f"{dtype.itemsize}-byte"


def _check_view(codec: Codec, incoming: DataType, dialect: Dialect) -> None:
    """Refuse a codec whose view of its input has no equal in v3."""
    effect = effect_of(codec)
    view = viewed_dtype(codec)
    if incoming.name == "object" and effect.encodes and dialect == "v3":
        spec = spec_of(type(codec))
        reason = spec.no_v3 if spec is not None else ""
        raise NotRepresentableError("v3", name_of(codec), reason or "v3 has no arrays of objects")
    if view is None or (incoming.itemsize is None and dialect == "v3"):
        return
    if view.itemsize != incoming.itemsize:
        raise NotRepresentableError(
            dialect,
            name_of(codec),
            f"it views {_size_of(incoming)} elements as {_size_of(view)} ones",
        )
    if incoming.has_order and view.has_order and view.endian != incoming.endian:
        raise NotRepresentableError(
            dialect,
            name_of(codec),
            f"it views {incoming.endian}-endian elements as {view.endian}-endian ones,"
            " and v3 arrays have no byte order",
        )
    output = output_dtype(codec, view) if effect.unannounced else None
    if _swapped_size(incoming) != _swapped_size(view) and any(
        dtype is not None and dtype.endian == "big" for dtype in (incoming, view, output)
    ):
        raise NotRepresentableError(
            dialect,
            name_of(codec),
            f"it views {incoming.name} elements as {view.name}, and a big-endian byte order swaps other bytes of"
            " the one than of the other",
        )


def _swapped_size(dtype: DataType) -> int | None:
    """Give how many bytes a byte order swaps at a time: a number, half a complex number, or a character."""
    if not dtype.has_order:
        return 1
    if dtype.name == "fixed_length_utf32":
        return 4
    if dtype.itemsize is not None and dtype.name.startswith("complex"):
        return dtype.itemsize // 2
    return None if dtype.fields else dtype.itemsize


def check_orders(codecs: Sequence[Codec], ctx: WriteContext) -> None:
    """Refuse a v3 chain whose filters name big-endian elements where zarr-python has native ones, or the reverse.

    Elements have no byte order before `bytes`, but the `numcodecs.*` filters view the bytes of their input in the
    order that they name. A data type that only names the output of a filter decodes equal in either order, because
    zarr-python converts to it. A view in the wrong order does not. A big-endian view that decodes right encodes wrong
    in every version of zarr-python, which is a loss.
    """
    filters = [codec for codec in codecs if kind_of(codec) == A2A]
    if any(names_big_endian(codec) for codec in filters):
        _check_big_endian(filters, codecs[len(filters) :], ctx)
    _check_after_bitround(filters, ctx)
    for codec in codecs:
        for value in codec.__dict__.values():
            if isinstance(value, tuple) and any(isinstance(item, Codec) for item in value):
                check_orders([item for item in value if isinstance(item, Codec)], ctx)


def _check_after_bitround(filters: Sequence[Codec], ctx: WriteContext) -> None:
    """Refuse a view of the output of `bitround`: under one of its v3 names it decodes bits, under the other values.

    Codecs without a view may stand between the two (`scale_offset`).
    """
    incoming, taken_by_value = ctx.chunk.dtype, True
    rounded: tuple[Codec, DataType] | None = None
    for codec in filters:
        effect, view = effect_of(codec), viewed_dtype(codec)
        if rounded is not None and view is not None:
            _check_view_of_rounded(codec, view, *rounded, ctx)
        if view is not None or effect.output is not None:
            taken_by_value, rounded = False, None
        elif effect.by_value:
            taken_by_value = True
            if effect.encodes is not None:  # `cast_value` decodes to the elements that it was given
                rounded = None
        if taken_by_value and effect.decodes_as_floats and incoming is not None:
            rounded = codec, incoming
        incoming = output_dtype(codec, incoming)


def _check_view_of_rounded(
    codec: Codec, view: DataType, bitround: Codec, elements: DataType, ctx: WriteContext
) -> None:
    if _as_float(view).with_endian(None) != elements.with_endian(None):
        raise NotRepresentableError(
            ctx.dialect,
            name_of(codec),
            f"it views {elements.name} elements as {view.name}, after {name_of(bitround)}: readers take other"
            " elements for them under its name in the specification than under that of numcodecs",
        )


def _check_big_endian(filters: Sequence[Codec], rest: Sequence[Codec], ctx: WriteContext) -> None:
    announced: DataType | None = None
    """The output of the filters as zarr-python knows it; ``None``: native elements of the array."""
    views: list[tuple[Codec, DataType | None, DataType | None]] = []
    for codec in filters:
        effect = effect_of(codec)
        if effect.by_value:
            raise _big_endian(codec)
        view = viewed_dtype(codec)
        named = named_dtype(codec, effect.encodes if _is_given(codec, effect.encodes) else None)
        if view is not None or named is not None:
            taken = view or announced
            views.append((codec, taken, named or taken))
        if named is not None and not effect.unannounced:
            announced = named
    spec = spec_of(type(rest[0])) if rest else None
    after = announced if spec is not None and spec.preserves_itemsize else None
    for codec, taken, given in reversed(views):
        swaps = {_swapped_size(dtype) for dtype in (given, after) if dtype is not None}
        if _is_big(given) != _is_big(after) or (_is_big(given) and len(swaps) > 1):
            raise _big_endian(codec)
        if _is_big(taken):
            ctx.lose(
                name_of(codec),
                "it views big-endian elements, and those of v3 are native: zarr-python reads chunks right so, and"
                " writes others than it reads; in native order it does both right",
            )
        after = taken


def _is_given(codec: Codec, parameter: str | None) -> bool:
    return parameter is not None and parameter in codec.model_fields_set


def _is_big(dtype: DataType | None) -> bool:
    return dtype is not None and dtype.endian == "big"


def _big_endian(codec: Codec) -> NotRepresentableError:
    return NotRepresentableError(
        "v3",
        name_of(codec),
        "it names big-endian elements, where those of v3 have no byte order, and readers take other bytes for them;"
        " name native ones ('<i4' for '>i4') if the chunks were written from such",
    )


def check_alone(codec: Codec, incoming: DataType | None, *, from_v3: bool, to: Dialect) -> None:
    """Refuse to translate an array-to-array codec alone if it changes the byte order of the elements.

    In v3 the byte order of stored elements is in the `bytes` codec, which is not part of the input.
    """
    if to == "v2" and not from_v3:
        return
    if from_v3 and names_big_endian(codec):
        raise _big_endian(codec)
    taken = viewed_dtype(codec) or incoming
    given = output_dtype(codec, taken)
    if given is not None and given.endian is not None and _is_big(given) != _is_big(taken):
        taken_order = "big-endian" if _is_big(taken) else "little-endian or one-byte"
        raise NotRepresentableError(
            to,
            name_of(codec),
            Message(
                f"it takes {taken_order} elements and puts out {given.endian}-endian ones, of which in v3 the"
                " bytes codec says the order; ",
                USE_A_PIPELINE,
                ", which has it",
            ),
        )


def check_native(codec: Codec, incoming: DataType, dialect: Dialect) -> None:
    """Refuse a codec of little-endian elements for a big-endian array: v2 would swap the bytes that it decodes."""
    spec = spec_of(type(codec))
    if spec is not None and spec.little_endian_only and incoming.endian == "big":
        raise NotRepresentableError(
            dialect,
            name_of(codec),
            "it takes native elements only, so a big-endian array cannot have it",
        )
