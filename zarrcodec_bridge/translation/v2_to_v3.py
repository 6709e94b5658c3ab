"""From a v2 encoding to the v3 encoding under which the same chunk bytes decode to the same array.

The rules were measured, chunk by chunk, with zarr-python 2.18 to 3.4, tensorstore and zarrs; where a chain of codecs
has no equal on the other side, these functions refuse and say why.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from zarrcodec_bridge.codecs.bytes import Bytes
from zarrcodec_bridge.codecs.transpose import Transpose
from zarrcodec_bridge.core.contexts import WriteContext
from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.errors import MissingContextError, NotRepresentableError
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.options import Order
from zarrcodec_bridge.core.propagation import (
    kind_of,
    name_of,
    output_dtype,
    with_byte_order,
)
from zarrcodec_bridge.core.registry import spec_of
from zarrcodec_bridge.core.spec import A2B, B2B
from zarrcodec_bridge.translation.chains import fit_codecs
from zarrcodec_bridge.translation.encodings import V2Encoding, V3Encoding
from zarrcodec_bridge.translation.several_codecs import expand
from zarrcodec_bridge.translation.value_checks import check_native, check_views


def v2_to_v3(v2: V2Encoding, ctx: WriteContext) -> V3Encoding:
    """The v3 encoding under which the chunks of `v2` decode to the same array.

    Raises :class:`NotRepresentableError` where there is none, :class:`MissingContextError` where it depends on
    the number of axes or the chunk shape and the context does not have them.
    """
    codecs = fit_codecs(expand(v2.codecs, v2.dtype, ctx), v2.dtype, v2.order, ctx)
    a2a, a2b, b2b = _split_by_kind(codecs, v2.dtype, ctx)
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


def _split_by_kind(
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
