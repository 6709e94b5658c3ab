"""Chains of codecs: fitted to an array, spelled as they are compared, or with the codecs that more readers know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zarrcodec_bridge.codecs.bytes import Bytes
from zarrcodec_bridge.codecs.transpose import Transpose
from zarrcodec_bridge.core.contexts import WriteContext
from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.options import Order
from zarrcodec_bridge.core.propagation import (
    array_chunk,
    kind_of,
    output_chunk,
    resolve_parameters,
)
from zarrcodec_bridge.core.registry import spec_of
from zarrcodec_bridge.core.spec import A2A, Chunk
from zarrcodec_bridge.translation.encodings import V2Encoding, V3Encoding
from zarrcodec_bridge.translation.several_codecs import portable
from zarrcodec_bridge.translation.transposes import axes_of, move_transposes_first


def canonical_encoding(v3: V3Encoding, chunk: Chunk) -> V3Encoding:
    """The one spelling of an encoding by which encodings are compared."""
    a2a = [codec for codec in v3.codecs if kind_of(codec) == A2A]
    rest = v3.codecs[len(a2a) :]
    chain = (
        (*move_transposes_first(a2a, chunk), *rest)
        if v3.codecs[: len(a2a)] == tuple(a2a)
        else v3.codecs
    )
    plain = []
    for codec in resolve_parameters(chain, chunk):
        if isinstance(codec, Bytes) and not (chunk.dtype is None or chunk.dtype.has_order):
            codec = Bytes()
        elif isinstance(codec, Transpose) and (axes := axes_of(codec, chunk.ndim)) is not None:
            codec = Transpose(order=axes)
        plain.append(codec)
        chunk = output_chunk(codec, chunk)
    return V3Encoding(v3.data_type, tuple(plain))


def portable_encoding(
    encoding: V2Encoding | V3Encoding, ctx: WriteContext
) -> V2Encoding | V3Encoding:
    """The same encoding with the codecs that more readers know."""
    if isinstance(encoding, V3Encoding):
        chunk = array_chunk(encoding.data_type, ctx.chunk.ndim, ctx.chunk.shape)
        return V3Encoding(encoding.data_type, tuple(portable(encoding.codecs, chunk, ctx)))
    chunk = array_chunk(encoding.dtype, ctx.chunk.ndim, ctx.chunk.shape)
    codecs = portable(encoding.codecs, chunk, ctx)
    if encoding.compressor is None or not codecs:
        return V2Encoding(encoding.dtype, encoding.order, tuple(codecs))
    return V2Encoding(encoding.dtype, encoding.order, tuple(codecs[:-1]), codecs[-1])


def fit_codecs(
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


def walk_codecs(codecs: Sequence[Codec]) -> Iterator[Codec]:
    """Give the codecs, and those nested in them, outermost first."""
    stack = list(reversed(codecs))
    while stack:
        codec = stack.pop()
        yield codec
        for value in reversed(list(codec.__dict__.values())):
            if isinstance(value, Codec):
                stack.append(value)
            elif isinstance(value, tuple):
                stack += [item for item in reversed(value) if isinstance(item, Codec)]
