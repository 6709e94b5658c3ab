"""The `n5_wrapper` codec: how zarr-python 2 showed N5 blocks as v2 chunks; v3 has `n5_default`.

https://github.com/zarr-developers/zarr-python/blob/v2.18.7/zarr/n5.py

No other reader opens it: zarr-python 3 has no N5 stores.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from annotated_types import Len
from pydantic import AfterValidator, Field, WithJsonSchema

from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.data_types import Typestr
from zarrcodec_bridge.core.messages import USE_A_PIPELINE, Message
from zarrcodec_bridge.core.model import (
    MOST_AXES,
    NESTED,
    Codec,
    Listed,
    NestedCodec,
    Params,
    Positive,
)
from zarrcodec_bridge.core.propagation import kind_of, name_of
from zarrcodec_bridge.core.spec import A2B, B2B, CodecSpec, Form
from zarrcodec_bridge.dialects import read_codec, write_codec

ChunkShape = Annotated[tuple[Positive, ...], Len(0, MOST_AXES), Listed()]


def _bytes_to_bytes(codec: Codec) -> Codec:
    if kind_of(codec) not in (B2B, None):
        raise ValueError(f"expected a bytes-to-bytes codec, got {name_of(codec)}")
    return codec


class N5Wrapper(Codec):
    """`N5ChunkWrapper(dtype, chunk_shape, compressor_config=None)`: an N5 block."""

    dtype: Typestr | None = Field(
        default=None, description="The data type of the array; its `get_config` leaves it out."
    )
    chunk_shape: ChunkShape | None = Field(
        default=None, description="The shape of a whole block; its `get_config` leaves it out."
    )
    compressor_config: Annotated[NestedCodec, AfterValidator(_bytes_to_bytes)] | None = Field(
        default=None, description="The codec of the elements behind the header."
    )


COMPRESSOR_SCHEMA: Final[dict[str, Any]] = {
    "anyOf": [{NESTED: "v2 b2b"}, {"const": {"id": "raw"}}, {"type": "null"}]
}
"""A codec or none, as JSON Schema."""


class N5WrapperV2(Params):
    """The v2 parameters."""

    dtype: Typestr | None = None
    chunk_shape: ChunkShape | None = None
    compressor_config: Annotated[Any, WithJsonSchema(COMPRESSOR_SCHEMA)] = None


def _read(params: N5WrapperV2, ctx: ReadContext) -> N5Wrapper:
    inner = params.compressor_config
    if inner == {"id": "raw"}:
        inner = None
    return N5Wrapper(
        dtype=params.dtype,
        chunk_shape=params.chunk_shape,
        compressor_config=(
            None if inner is None else read_codec(inner, ctx, "compressor_config", dialect="v2")
        ),
    )


def _write(codec: N5Wrapper, ctx: WriteContext) -> dict[str, Any]:
    params: dict[str, Any] = {}
    dtype = ctx.chunk.dtype.to_v2() if codec.dtype is None and ctx.chunk.dtype else codec.dtype
    if dtype is not None:
        params["dtype"] = dtype
    shape = codec.chunk_shape or ctx.chunk.shape
    if shape is not None:
        params["chunk_shape"] = list(shape)
    inner = codec.compressor_config
    params["compressor_config"] = None if inner is None else write_codec(inner, ctx, dialect="v2")
    return params


SPEC: Final = CodecSpec(
    model=N5Wrapper,
    kind=A2B,
    v2=(Form("n5_wrapper", N5WrapperV2, _read, _write),),
    array_dependent=frozenset({"dtype", "chunk_shape"}),
    no_v3=Message("it becomes transpose and n5_default; ", USE_A_PIPELINE),
    docs="https://github.com/zarr-developers/zarr-python/blob/v2.18.7/zarr/n5.py",
)
