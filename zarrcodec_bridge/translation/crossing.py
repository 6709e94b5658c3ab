"""From one encoding to the other, so that the same chunk bytes decode to the same array.

The rules were measured, chunk by chunk, with zarr-python 2.18 to 3.4, tensorstore and zarrs; where a chain of
codecs has no equal on the other side, these functions refuse and say why.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from zarrcodec_bridge.codecs.bytes import Bytes
from zarrcodec_bridge.codecs.transpose import Transpose
from zarrcodec_bridge.core.contexts import WriteContext
from zarrcodec_bridge.core.data_types import DataType, Endian
from zarrcodec_bridge.core.errors import MissingContextError, NotRepresentableError
from zarrcodec_bridge.core.model import Codec, thaw
from zarrcodec_bridge.core.propagation import (
    array_chunk,
    effect_of,
    kind_of,
    name_of,
    output_chunk,
    output_dtype,
    resolve_parameters,
    with_byte_order,
)
from zarrcodec_bridge.core.registry import spec_of
from zarrcodec_bridge.core.spec import A2A, A2B, B2B, NOT_KNOWN, Chunk
from zarrcodec_bridge.core.validity import check_kinds
from zarrcodec_bridge.translation.encodings import Order, V2Encoding, V3Encoding
from zarrcodec_bridge.translation.value_checks import check_native, check_orders, check_views

__all__ = ["canonical", "portable_v2", "portable_v3", "v2_to_v3", "v3_to_v2"]


def v2_to_v3(v2: V2Encoding, ctx: WriteContext) -> V3Encoding:
    """The v3 encoding under which the chunks of `v2` decode to the same array.

    Raises :class:`NotRepresentableError` where there is none, :class:`MissingContextError` where it depends on
    the number of axes or the chunk shape and the context does not have them.
    """
    from zarrcodec_bridge.translation.several_codecs import (
        expand,  # at the first crossing: it needs eight models
    )

    codecs = _fitted(expand(v2.codecs, v2.dtype, ctx), v2.dtype, v2.order, ctx)
    a2a, a2b, b2b = _parts(codecs, v2.dtype, ctx)
    check_views(a2a, v2.dtype, "v3")
    dtype = v2.dtype
    for codec in a2a:
        dtype = output_dtype(codec, dtype) or dtype
    native = [with_byte_order(codec, "little") for codec in a2a]
    if native != a2a:
        ctx.note("bytes", "the data types of filters lose their byte order, and endian has it")
    data_type, serializer = _serializer(v2.dtype, dtype, a2a, a2b)
    first = _order_as_transpose(v2.order, ctx)
    return V3Encoding(data_type, (*first, *native, serializer, *b2b))


def _fitted(
    codecs: Sequence[Codec], dtype: DataType, order: Order, ctx: WriteContext
) -> list[Codec]:
    """The codecs of a v2 array, each fitted to the chunk that it sees there."""
    if not any(spec is not None and spec.fit for spec in map(spec_of, map(type, codecs))):
        return list(codecs)
    chunk = array_chunk(dtype, ctx.chunk.ndim, ctx.chunk.shape)
    fitted = []
    for codec in codecs:
        spec = spec_of(type(codec))
        if spec is not None and spec.fit is not None:
            codec = spec.fit(codec, chunk, order, ctx)
        fitted.append(codec)
        chunk = output_chunk(codec, chunk)
    return fitted


def _parts(
    codecs: Sequence[Codec], dtype: DataType, ctx: WriteContext
) -> tuple[list[Codec], Codec | None, list[Codec]]:
    """Part a v2 chain by kind; its slots say nothing of kinds, its order must."""
    a2a: list[Codec] = []
    a2b: Codec | None = None
    b2b: list[Codec] = []
    for codec in codecs:
        kind = kind_of(codec)
        if kind is None:
            kind = A2B if dtype.name == "object" and a2b is None else B2B
            ctx.note(name_of(codec), f"an unknown codec, taken to be {kind} as v2 decodes it")
            codec = codec.model_copy(update={"kind": kind})
        if kind == B2B:
            b2b.append(codec)
        elif b2b:
            raise NotRepresentableError(
                "v3",
                name_of(codec),
                f"it takes an array, but comes after {name_of(b2b[-1])}, which puts out bytes",
            )
        elif a2b is not None:
            raise NotRepresentableError(
                "v3",
                name_of(codec),
                f"it takes an array, but comes after {name_of(a2b)}, which puts out bytes",
            )
        elif kind == A2B:
            a2b = codec
        else:
            a2a.append(codec)
    return a2a, a2b, b2b


def _serializer(
    array: DataType, incoming: DataType, a2a: Sequence[Codec], a2b: Codec | None
) -> tuple[DataType, Codec]:
    """The v3 data type of the array, and the array-to-bytes codec after the filters put out `incoming`."""
    if array.endian == "mixed":
        array.to_v3()
    if a2b is None:
        if array.name == "object":
            raise NotRepresentableError(
                "v3",
                "data type object",
                "no codec says what the objects are (vlen-utf8, vlen-bytes)",
            )
        endian = incoming.endian if incoming.has_order else None
        if endian == "mixed":
            incoming.to_v3()
        return array.with_endian(None), _bytes(endian)
    spec = spec_of(type(a2b))
    if spec is not None and spec.object_type is not None:
        if a2a or array.name not in ("object", spec.object_type):
            raise NotRepresentableError(
                "v3", name_of(a2b), f"it takes objects, not {incoming.name} elements"
            )
        return DataType(spec.object_type), a2b
    if array.name == "object":
        reason = spec.no_v3 if spec is not None else ""
        raise NotRepresentableError(
            "v3", name_of(a2b), reason or "v3 has no data type for its objects"
        )
    check_native(a2b, incoming, "v3")
    return array.with_endian(None), a2b


def _order_as_transpose(order: Order, ctx: WriteContext) -> list[Codec]:
    """v2 ``order: "F"`` is a full reversal of the axes before every filter."""
    if order == "C":
        return []
    ndim = ctx.chunk.ndim
    if ndim is None:
        raise MissingContextError(
            "v3", "order 'F'", "it becomes a transpose of all axes", ["ndim (or chunk_shape)"]
        )
    return [_reversal(ndim)] if ndim >= 2 else []


@cache
def _reversal(ndim: int) -> Transpose:
    return Transpose(order=tuple(range(ndim))[::-1])


@cache
def _bytes(endian: Any) -> Bytes:
    return Bytes(endian=endian)


def v3_to_v2(v3: V3Encoding, ctx: WriteContext) -> V2Encoding:
    """The v2 encoding under which the chunks of `v3` decode to the same array.

    Raises :class:`NotRepresentableError` where there is none.
    """
    from zarrcodec_bridge.translation.several_codecs import contract

    check_orders(v3.codecs, ctx)
    codecs = contract(v3.codecs, v3.data_type, ctx)
    a2a, a2b, b2b = _v3_parts(codecs)
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


def _v3_parts(codecs: Sequence[Codec]) -> tuple[list[Codec], Codec, list[Codec]]:
    kinds = [kind_of(codec) for codec in codecs]
    for codec, kind in zip(codecs, kinds, strict=True):
        if kind is None:
            raise NotRepresentableError("v2", name_of(codec), "its kind is not known")
    check_kinds(codecs, "v2")
    at = kinds.index(A2B)
    return list(codecs[:at]), codecs[at], list(codecs[at + 1 :])


def hoisted(a2a: Sequence[Codec], chunk: Chunk) -> list[Codec]:
    """The same filters with their transposes moved to the front as far as they go, composed into one.

    A transpose trades places with an element-wise codec. It does not with one that flattens or reshapes the chunk.
    One that moves no axis, or only axes of length 1, is left out: the bytes stay.
    """
    moved: list[Codec] = []
    start = 0
    for codec in a2a:
        if not isinstance(codec, Transpose):
            moved.append(codec)
            if not effect_of(codec).elementwise:
                start = len(moved)
        elif start < len(moved) and isinstance(before := moved[start], Transpose):
            moved[start] = _composed(before, codec, chunk.ndim)
        else:
            moved.insert(start, codec)
    return [
        codec
        for index, codec in enumerate(moved)
        if not isinstance(codec, Transpose) or not _stays(codec, chunk if index == 0 else NOT_KNOWN)
    ]


def _counts_axes(codec: Codec) -> bool:
    """Whether it works along axes of the chunk, so that also those of length 1 have a place."""
    spec = spec_of(type(codec))
    return spec is not None and spec.works_along_axes


def _axes(codec: Transpose, ndim: int | None) -> tuple[int, ...] | None:
    """The permutation of a transpose, where the number of axes is known."""
    if isinstance(codec.order, tuple):
        return codec.order
    if ndim is None:
        return None
    return tuple(range(ndim)) if codec.order == "C" else tuple(range(ndim))[::-1]


def _composed(first: Transpose, second: Transpose, ndim: int | None) -> Transpose:
    """One transpose that does what two do, one after the other."""
    for codec in (first, second):
        if isinstance(codec.order, tuple):
            ndim = len(codec.order)
    one, two = _axes(first, ndim), _axes(second, ndim)
    if one is None or two is None:
        return Transpose(order="C" if first.order == second.order else "F")
    if len(one) != len(two):
        raise NotRepresentableError(
            "v2", "transpose", f"one has {len(one)} axes, and the next {len(two)}"
        )
    return Transpose(order=tuple(one[axis] for axis in two))


def _stays(codec: Transpose, chunk: Chunk) -> bool:
    """Whether a transpose leaves the bytes of the chunk as they are."""
    axes = _axes(codec, chunk.ndim)
    if axes is None:
        return codec.order == "C"
    shape = chunk.shape if chunk.shape is not None and len(chunk.shape) == len(axes) else None
    moving = [axis for axis in axes if shape is None or shape[axis] != 1]
    return moving == sorted(moving)


def _order_and_filters(
    a2a: Sequence[Codec], a2b: Codec, ctx: WriteContext
) -> tuple[Order, list[Codec]]:
    """v2's one order, and the filters without what leaves the bytes as they are."""
    order: Order = "C"
    filters: list[Codec] = []
    chunk = ctx.chunk
    if any(map(_counts_axes, (*a2a, a2b))):
        chunk = chunk._replace(shape=None)  # an axis of length 1 keeps its place
    left = hoisted(a2a, chunk)
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
    axes = _axes(codec, chunk.ndim)
    if axes is None:
        return "F"
    shape = chunk.shape if chunk.shape is not None and len(chunk.shape) == len(axes) else None
    moving = [axis for axis in axes if shape is None or shape[axis] != 1]
    if moving != sorted(moving, reverse=True):
        raise NotRepresentableError(
            "v2", "transpose", f"v2 has only order 'C' and 'F', and this one is {list(axes)}"
        )
    return "F"


def canonical(v3: V3Encoding, chunk: Chunk) -> V3Encoding:
    """The one spelling of an encoding by which encodings are compared."""
    a2a = [codec for codec in v3.codecs if kind_of(codec) == A2A]
    rest = v3.codecs[len(a2a) :]
    chain = (*hoisted(a2a, chunk), *rest) if v3.codecs[: len(a2a)] == tuple(a2a) else v3.codecs
    plain = []
    for codec in resolve_parameters(chain, chunk):
        if isinstance(codec, Bytes) and not (chunk.dtype is None or chunk.dtype.has_order):
            codec = Bytes()
        elif isinstance(codec, Transpose) and (axes := _axes(codec, chunk.ndim)) is not None:
            codec = Transpose(order=axes)
        plain.append(codec)
        chunk = output_chunk(codec, chunk)
    return V3Encoding(v3.data_type, tuple(plain))


def _check_known(dtype: DataType) -> None:
    if not dtype.is_known:
        raise NotRepresentableError("v2", f"data type {dtype.name}", "v2 has no such data type")


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
    codecs = _fitted([*filters, *rest], dtype, order, ctx)
    last = spec_of(type(codecs[-1])) if rest else None
    if not rest or (last is not None and last.filter_only):
        return V2Encoding(dtype, order, tuple(codecs), None)
    return V2Encoding(dtype, order, tuple(codecs[:-1]), codecs[-1])


def portable_v2(v2: V2Encoding, ctx: WriteContext) -> V2Encoding:
    """The same encoding with the codecs that more readers know."""
    from zarrcodec_bridge.translation.several_codecs import portable

    chunk = array_chunk(v2.dtype, ctx.chunk.ndim, ctx.chunk.shape)
    codecs = portable(v2.codecs, chunk, ctx)
    if v2.compressor is None or not codecs:
        return V2Encoding(v2.dtype, v2.order, tuple(codecs))
    return V2Encoding(v2.dtype, v2.order, tuple(codecs[:-1]), codecs[-1])


def portable_v3(v3: V3Encoding, ctx: WriteContext) -> V3Encoding:
    """The same encoding with the codecs that more readers know."""
    from zarrcodec_bridge.translation.several_codecs import portable

    chunk = array_chunk(v3.data_type, ctx.chunk.ndim, ctx.chunk.shape)
    return V3Encoding(v3.data_type, tuple(portable(v3.codecs, chunk, ctx)))
