"""The `sharding_indexed` codec: core in v3; v2 has no shards.

https://zarr-specs.readthedocs.io/en/latest/v3/codecs/sharding-indexed/index.html
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from annotated_types import Len
from pydantic import Field

from zarrcodec_bridge.dtypes import DataType
from zarrcodec_bridge.flow import check_chain, settled
from zarrcodec_bridge.model import (
    MOST_AXES,
    Codec,
    Listed,
    NestedCodecs,
    NestedV3Chain,
    Params,
    Positive,
)
from zarrcodec_bridge.spec import A2B, Chunk, CodecSpec, Form, Reading, Writing

__all__ = ["SPEC", "ShardingIndexed"]

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


def _read(params: ShardingIndexedV3, ctx: Reading) -> ShardingIndexed:
    return ShardingIndexed(
        chunk_shape=params.chunk_shape,
        codecs=ctx.codecs(params.codecs, "codecs"),
        index_codecs=ctx.codecs(params.index_codecs, "index_codecs"),
        index_location=params.index_location,
    )


def _inner(codec: ShardingIndexed, chunk: Chunk) -> tuple[Chunk, Chunk]:
    """What the codecs of the inner chunks see, and what those of the index see."""
    ndim = len(codec.chunk_shape)
    index = Chunk(itemsize=8, dtype=DataType("uint64", 8), ndim=ndim + 1)
    return chunk._replace(ndim=ndim, shape=codec.chunk_shape), index


def _settle(codec: ShardingIndexed, chunk: Chunk) -> ShardingIndexed:
    inner, index = _inner(codec, chunk)
    return codec.model_copy(
        update={
            "codecs": settled(codec.codecs, inner),
            "index_codecs": settled(codec.index_codecs, index),
        }
    )


def _write(codec: ShardingIndexed, ctx: Writing) -> dict[str, Any]:
    inner, index = _inner(codec, ctx.chunk)
    check_chain(codec.codecs, "v3")
    check_chain(codec.index_codecs, "v3")
    return {
        "chunk_shape": list(codec.chunk_shape),
        "codecs": ctx.codecs(codec.codecs, inner),
        "index_codecs": ctx.codecs(codec.index_codecs, index),
        "index_location": codec.index_location,
    }


SPEC: Final = CodecSpec(
    model=ShardingIndexed,
    kind=A2B,
    v3=(
        Form(
            "sharding_indexed",
            ShardingIndexedV3,
            _read,
            _write,
            registered=True,
            readers=frozenset({"zarr-python", "tensorstore", "zarrs"}),
        ),
    ),
    settle=_settle,
    no_v2="a shard holds many chunks and v2 has no shards; rewrite the data unsharded",
    docs="https://zarr-specs.readthedocs.io/en/latest/v3/codecs/sharding-indexed/index.html",
)
