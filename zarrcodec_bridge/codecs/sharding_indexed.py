"""The `sharding_indexed` codec: core in v3; v2 has no shards.

https://zarr-specs.readthedocs.io/en/latest/v3/codecs/sharding-indexed/index.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

from annotated_types import Len
from pydantic import Field

from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.errors import Problem
from zarrcodec_bridge.core.model import (
    MOST_AXES,
    Codec,
    Listed,
    NestedCodecs,
    NestedV3Chain,
    Params,
    Positive,
)
from zarrcodec_bridge.core.propagation import name_of, resolve_parameters
from zarrcodec_bridge.core.spec import A2B, Chunk, CodecSpec, Form
from zarrcodec_bridge.core.validity import chain_problems, check_kinds, is_of_fixed_size
from zarrcodec_bridge.dialects import read_codecs, write_codecs

ChunkShape = Annotated[tuple[Positive, ...], Len(0, MOST_AXES), Listed()]
"""\"An array of integers specifying the shape of the inner chunks in a shard.\""""

IndexLocation = Literal["start", "end"]


class ShardingIndexed(Codec):
    """Many inner chunks in one stored object, with an index of where each is."""

    chunk_shape: ChunkShape = Field(description="The shape of the inner chunks, in elements.")
    codecs: NestedCodecs = Field(description="The codecs of each inner chunk.")
    index_codecs: NestedCodecs = Field(description="The codecs of the index; only fixed-size ones.")
    index_location: IndexLocation = Field(
        default="end", description="Where in the shard the index is."
    )


class ShardingIndexedV3(Params):
    """The v3 configuration."""

    chunk_shape: ChunkShape
    codecs: NestedV3Chain
    index_codecs: NestedV3Chain
    index_location: IndexLocation = "end"


def _read(params: ShardingIndexedV3, ctx: ReadContext) -> ShardingIndexed:
    return ShardingIndexed(
        chunk_shape=params.chunk_shape,
        codecs=read_codecs(params.codecs, ctx, "codecs"),
        index_codecs=read_codecs(params.index_codecs, ctx, "index_codecs"),
        index_location=params.index_location,
    )


def _inner(codec: ShardingIndexed, chunk: Chunk) -> tuple[Chunk, Chunk]:
    """Give the chunk that the codecs of the inner chunks see, and the one that those of the index see."""
    ndim = len(codec.chunk_shape)
    index = Chunk(itemsize=8, dtype=DataType("uint64", 8), ndim=ndim + 1)
    return chunk._replace(ndim=ndim, shape=codec.chunk_shape), index


def _problems(codec: ShardingIndexed, chunk: Chunk) -> Iterator[Problem]:
    """Check that inner chunks divide the shard along every axis and that the index has a fixed size."""
    shape = codec.chunk_shape
    if chunk.ndim not in (None, len(shape)):
        yield Problem(
            ("chunk_shape",), f"expected {chunk.ndim} lengths, as the chunk has, got {len(shape)}"
        )
    elif chunk.shape is not None:
        for axis, (outer, inner) in enumerate(zip(chunk.shape, shape, strict=True)):
            if outer % inner:
                yield Problem(
                    ("chunk_shape", axis),
                    f"expected a divisor of the chunk's length {outer}, got {inner}",
                )
    for index, inner_codec in enumerate(codec.index_codecs):
        if not is_of_fixed_size(inner_codec):
            yield Problem(
                ("index_codecs", index),
                "expected codecs whose output has a fixed size, by which the index is found,"
                f" got {name_of(inner_codec)}",
            )
    of_chunks, of_index = _inner(codec, chunk)
    yield from chain_problems(codec.codecs, of_chunks, ("codecs",))
    yield from chain_problems(codec.index_codecs, of_index, ("index_codecs",))


def _resolve(codec: ShardingIndexed, chunk: Chunk) -> ShardingIndexed:
    inner, index = _inner(codec, chunk)
    return codec.model_copy(
        update={
            "codecs": resolve_parameters(codec.codecs, inner),
            "index_codecs": resolve_parameters(codec.index_codecs, index),
        }
    )


def _write(codec: ShardingIndexed, ctx: WriteContext) -> dict[str, Any]:
    inner, index = _inner(codec, ctx.chunk)
    check_kinds(codec.codecs, "v3")
    check_kinds(codec.index_codecs, "v3")
    return {
        "chunk_shape": list(codec.chunk_shape),
        "codecs": write_codecs(codec.codecs, inner, ctx),
        "index_codecs": write_codecs(codec.index_codecs, index, ctx),
        "index_location": codec.index_location,
    }


SPEC: Final = CodecSpec(
    model=ShardingIndexed,
    kind=A2B,
    v3=(Form("sharding_indexed", ShardingIndexedV3, _read, _write, registered=True),),
    resolve=_resolve,
    check=_problems,
    no_v2="a shard holds many chunks and v2 has no shards; rewrite the data unsharded",
    docs="https://zarr-specs.readthedocs.io/en/latest/v3/codecs/sharding-indexed/index.html",
)
