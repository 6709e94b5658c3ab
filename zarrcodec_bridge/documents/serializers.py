"""What v3 documents of other writers leave out of the codecs: the array-to-bytes codec, or its byte order.

zarrita.js opens documents without the codec, and takes them for `bytes` in little-endian order. Without the byte order
of elements that have one, no reader of today opens them (measured with zarr-python 3.4.2, tensorstore 0.1.86, zarrs
0.23.8 and zarrista 0.1.0; zarr-python 3.0 and 3.1 took the machine's own), so that little-endian is a guess: a loss.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from zarrcodec_bridge.codecs.bytes import Bytes
from zarrcodec_bridge.codecs.sharding_indexed import ShardingIndexed
from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.json_values import Path
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.propagation import array_chunk, kind_of, name_of, output_chunk
from zarrcodec_bridge.core.spec import A2A, A2B, B2B, Chunk
from zarrcodec_bridge.documents.context import DocumentContext, invalid_member
from zarrcodec_bridge.translation.encodings import V3Encoding
from zarrcodec_bridge.translation.pipeline import Pipeline

_INDEX = DataType("uint64", 8)


def add_serializers(pipeline: Pipeline, ctx: DocumentContext) -> Pipeline:
    """Complete a pipeline with an array-to-bytes codec in each of its chains, and a byte order in each that needs one.

    Raises :class:`InvalidCodecError` where the codecs are not in the order of their kinds.
    """
    encoding = pipeline.encoding
    if not isinstance(encoding, V3Encoding):
        return pipeline
    seen = array_chunk(encoding.data_type, pipeline.ndim, pipeline.chunk_shape)
    codecs = _complete_chain(encoding.codecs, seen, ("codecs",), ctx)
    if codecs is encoding.codecs:
        return pipeline
    return replace(pipeline, encoding=replace(encoding, codecs=codecs))


def _complete_chain(
    codecs: tuple[Codec, ...], chunk: Chunk, path: Path, ctx: DocumentContext
) -> tuple[Codec, ...]:
    kinds = [kind_of(codec) for codec in codecs]
    at = kinds.index(A2B) if A2B in kinds else None
    if at is None:
        if None in kinds:
            return codecs
        at = kinds.count(A2A)
    _check_kinds(codecs, kinds, at, path)
    for codec in codecs[:at]:
        chunk = output_chunk(codec, chunk)
    if A2B not in kinds:
        return (*codecs[:at], _add_bytes(chunk, path, ctx), *codecs[at:])
    found = _complete(codecs[at], chunk, (*path, at), ctx)
    return codecs if found is codecs[at] else (*codecs[:at], found, *codecs[at + 1 :])


def _check_kinds(codecs: Sequence[Codec], kinds: Sequence[str | None], at: int, path: Path) -> None:
    for index, kind in enumerate(kinds):
        wanted = A2A if index < at else B2B
        if kind not in (wanted, None) and not (index == at and kind == A2B):
            raise invalid_member(
                (*path, index),
                "expected array-to-array codecs, then one array-to-bytes codec, then bytes-to-bytes"
                f" codecs; {name_of(codecs[index])} stands in the wrong place",
            )


def _add_bytes(chunk: Chunk, path: Path, ctx: DocumentContext) -> Bytes:
    dtype = chunk.dtype
    if dtype is None or dtype.itemsize is None:
        what = "this data type" if dtype is None else dtype.name
        raise invalid_member(path, f"expected an array-to-bytes codec for {what}, got none")
    ctx.note(
        "codecs", "have no array-to-bytes codec: bytes is added, little-endian as readers take it"
    )
    return Bytes(endian="little" if dtype.has_order else None)


def _complete(codec: Codec, chunk: Chunk, path: Path, ctx: DocumentContext) -> Codec:
    if isinstance(codec, Bytes):
        if codec.endian is not None or chunk.dtype is None or not chunk.dtype.has_order:
            return codec
        if chunk.dtype.fields:
            ctx.note("bytes", "without endian on a struct is little, as zarr-python reads it")
            return Bytes(endian="little")
        ctx.lose(
            "bytes",
            f"endian is missing, and {chunk.dtype.name} elements have a byte order: 'little' is a guess,"
            " for readers refuse the document",
        )
        return Bytes(endian="little")
    if isinstance(codec, ShardingIndexed):
        inner = chunk._replace(shape=tuple(codec.chunk_shape))
        at = (*path, "configuration")
        codecs = _complete_chain(codec.codecs, inner, (*at, "codecs"), ctx)
        index = Chunk(itemsize=8, dtype=_INDEX)
        index_codecs = _complete_chain(codec.index_codecs, index, (*at, "index_codecs"), ctx)
        if codecs is not codec.codecs or index_codecs is not codec.index_codecs:
            return codec.model_copy(update={"codecs": codecs, "index_codecs": index_codecs})
    return codec
