"""From a v3 encoding to the v2 encoding under which the same chunk bytes decode to the same array.

The rules were measured as those of :mod:`.v2_to_v3`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from zarrcodec_bridge.codecs.bytes import Bytes
from zarrcodec_bridge.codecs.transpose import Transpose
from zarrcodec_bridge.core.contexts import WriteContext
from zarrcodec_bridge.core.data_types import DataType, Endian
from zarrcodec_bridge.core.data_types.names import CODE_OF, FLOATS, INTEGERS
from zarrcodec_bridge.core.errors import MissingContextError, NotRepresentableError
from zarrcodec_bridge.core.model import Codec, thaw
from zarrcodec_bridge.core.options import Order
from zarrcodec_bridge.core.propagation import (
    effect_of,
    kind_of,
    name_of,
    output_dtype,
    with_byte_order,
)
from zarrcodec_bridge.core.registry import spec_of
from zarrcodec_bridge.core.spec import A2B, Chunk
from zarrcodec_bridge.core.validity import check_kinds
from zarrcodec_bridge.readers import READERS
from zarrcodec_bridge.translation.chains import fit_codecs
from zarrcodec_bridge.translation.encodings import V2Encoding, V3Encoding
from zarrcodec_bridge.translation.several_codecs import contract
from zarrcodec_bridge.translation.transposes import axes_of, move_transposes_first
from zarrcodec_bridge.translation.value_checks import check_orders, check_views


def v3_to_v2(v3: V3Encoding, ctx: WriteContext) -> V2Encoding:
    """The v2 encoding under which the chunks of `v3` decode to the same array.

    Raises :class:`NotRepresentableError` where there is none.
    """
    check_orders(v3.codecs, ctx)
    codecs = contract(v3.codecs, v3.data_type, ctx)
    a2a, a2b, b2b = _split_v3_by_kind(codecs)
    spec = spec_of(type(a2b))
    if spec is not None and not spec.v2 and not isinstance(a2b, Bytes):
        raise NotRepresentableError("v2", name_of(a2b), spec.no_v2 or "v2 has no such codec")
    order, filters = _order_and_filters(a2a, a2b, ctx)
    endian: Endian = (a2b.endian if isinstance(a2b, Bytes) else None) or "little"
    incoming = v3.data_type.with_endian(endian)
    _check_known(incoming)
    dtype = incoming
    filters = [with_byte_order(_as_v2_names(codec), endian) for codec in filters]
    check_views(filters, dtype, "v2")
    for codec in filters:
        incoming = output_dtype(codec, incoming) or incoming
    if isinstance(a2b, Bytes):
        if incoming.has_order and a2b.endian is None:
            raise MissingContextError(
                "v2", "bytes", f"{incoming.name} elements have a byte order", ["endian"]
            )
        if dtype.itemsize is None:
            raise NotRepresentableError("v2", "bytes", f"{dtype.name} elements have no fixed size")
        return _in_slots(dtype, order, filters, b2b, ctx)
    _check_object(a2b, dtype, filters)
    if spec is not None and spec.object_type is not None:
        return _in_slots(dtype, order, [a2b], b2b, ctx)
    return _in_slots(dtype, order, filters, [a2b, *b2b], ctx)


def _as_v2_names(codec: Codec) -> Codec:
    """`cast_value` names a v3 data type, which has no byte order; in v2 it needs that of `bytes`."""
    parameter = effect_of(codec).encodes
    if parameter is None:
        return codec
    text = getattr(codec, parameter)
    if not isinstance(text, str) or text[:1] in "<>|":
        return codec
    found = DataType.from_v3(thaw(text))
    name = found.with_endian("little").to_v2() if found.has_order else ""
    return codec.model_copy(update={parameter: name}) if name[:1] == "<" else codec


def _split_v3_by_kind(codecs: Sequence[Codec]) -> tuple[list[Codec], Codec, list[Codec]]:
    kinds = [kind_of(codec) for codec in codecs]
    for codec, kind in zip(codecs, kinds, strict=True):
        if kind is None:
            raise NotRepresentableError("v2", name_of(codec), "its kind is not known")
    check_kinds(codecs, "v2")
    at = kinds.index(A2B)
    return list(codecs[:at]), codecs[at], list(codecs[at + 1 :])


def _order_and_filters(
    a2a: Sequence[Codec], a2b: Codec, ctx: WriteContext
) -> tuple[Order, list[Codec]]:
    """v2's one order, and the filters without what leaves the bytes as they are."""
    order: Order = "C"
    filters: list[Codec] = []
    chunk = ctx.chunk
    if any(map(_works_along_axes, (*a2a, a2b))):
        chunk = chunk._replace(shape=None)  # an axis of length 1 keeps its place
    left = move_transposes_first(a2a, chunk)
    if len(left) < len(a2a) and sum(isinstance(codec, Transpose) for codec in a2a) == 1:
        ctx.note("transpose", "is left out: it moves only axes of length 1, or none")
    for index, codec in enumerate(left):
        if effect_of(codec).layout_only:
            if not isinstance(a2b, Bytes):
                raise NotRepresentableError(
                    "v2",
                    name_of(codec),
                    f"v2 cannot give {name_of(a2b)} another shape than the chunk's",
                )
            ctx.note(
                name_of(codec), "is left out: the elements keep their order, so the bytes stay"
            )
        elif not isinstance(codec, Transpose):
            filters.append(codec)
        elif index > 0:
            raise NotRepresentableError(
                "v2",
                "transpose",
                f"v2 reorders axes before all filters, not after {name_of(left[index - 1])}",
            )
        else:
            order = _order_of(codec, ctx.chunk)
    for codec in filters if order == "F" else ():
        effect = effect_of(codec)
        if effect.in_order_f:
            ctx.lose(name_of(codec), effect.in_order_f)
        if not (effect.elementwise or effect.keeps_shape):
            break  # it puts out a flat chunk, which has no order
    return order, filters


def _order_of(codec: Transpose, chunk: Chunk) -> Order:
    axes = axes_of(codec, chunk.ndim)
    if axes is None:
        return "F"
    shape = chunk.shape if chunk.shape is not None and len(chunk.shape) == len(axes) else None
    moving = [axis for axis in axes if shape is None or shape[axis] != 1]
    if moving != sorted(moving, reverse=True):
        raise NotRepresentableError(
            "v2", "transpose", f"v2 has only order 'C' and 'F', and this one is {list(axes)}"
        )
    return "F"


def _check_known(dtype: DataType) -> None:
    if not dtype.is_known:
        raise NotRepresentableError("v2", f"data type {dtype.name}", "v2 has no such data type")
    if dtype.name in _NUMBERS_OF_V3 and not any(
        dtype.name in reader.v2.data_types for reader in READERS.values()
    ):
        raise NotRepresentableError("v2", f"data type {dtype.name}", "no reader of v2 has it")


_NUMBERS_OF_V3: Final = (FLOATS | INTEGERS) - CODE_OF.keys()
"""Number types that are not NumPy's; some readers have some of them in v2."""


def _check_object(a2b: Codec, dtype: DataType, filters: Sequence[Codec]) -> None:
    spec = spec_of(type(a2b))
    wants = spec.object_type if spec is not None else None
    if wants is not None and (dtype.name != wants or filters):
        raise NotRepresentableError(
            "v2", name_of(a2b), f"it takes {wants} elements, not {dtype.name}"
        )
    if wants is None and dtype.itemsize is None:
        raise NotRepresentableError("v2", name_of(a2b), f"{dtype.name} elements have no fixed size")


def _in_slots(
    dtype: DataType,
    order: Order,
    filters: Sequence[Codec],
    rest: Sequence[Codec],
    ctx: WriteContext,
) -> V2Encoding:
    """Put all but the last of what puts out bytes into the filters, and the last into the compressor."""
    codecs = fit_codecs([*filters, *rest], dtype, order, ctx)
    last = spec_of(type(codecs[-1])) if rest else None
    if not rest or (last is not None and last.filter_only):
        return V2Encoding(dtype, order, tuple(codecs), None)
    return V2Encoding(dtype, order, tuple(codecs[:-1]), codecs[-1])


def _works_along_axes(codec: Codec) -> bool:
    """Whether it works along axes of the chunk, so that also those of length 1 have a place."""
    spec = spec_of(type(codec))
    return spec is not None and spec.works_along_axes
