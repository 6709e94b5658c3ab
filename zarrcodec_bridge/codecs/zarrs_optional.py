"""The `zarrs.optional` codec: an experiment of zarrs.

https://docs.rs/zarrs/0.23.8/zarrs/array/codec/array_to_bytes/optional/index.html
"""

from __future__ import annotations

from typing import Any, Final

from pydantic import Field

from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.model import Codec, NestedCodecs, NestedV3Chain, Params, thaw
from zarrcodec_bridge.core.spec import A2B, ZARRS, Chunk, CodecSpec, Form
from zarrcodec_bridge.dialects import read_codecs, write_codecs

DATA_TYPES: Final = ("zarrs.optional", "optional")
"""The data type whose elements may be missing; its configuration is that of the others."""


class ZarrsOptional(Codec):
    """Stores a mask of the elements that are there, then those elements, each with codecs of its own."""

    mask_codecs: NestedCodecs = Field(description="The codecs of the mask, a `bool` per element.")
    data_codecs: NestedCodecs = Field(description="The codecs of the elements that are there.")


class ZarrsOptionalV3(Params):
    """The v3 configuration."""

    mask_codecs: NestedV3Chain
    data_codecs: NestedV3Chain


def _read(params: ZarrsOptionalV3, ctx: ReadContext) -> ZarrsOptional:
    return ZarrsOptional(
        mask_codecs=read_codecs(params.mask_codecs, ctx, "mask_codecs"),
        data_codecs=read_codecs(params.data_codecs, ctx, "data_codecs"),
    )


def _write(codec: ZarrsOptional, ctx: WriteContext) -> dict[str, Any]:
    mask = DataType.from_v3("bool")
    return {
        "mask_codecs": write_codecs(codec.mask_codecs, Chunk(itemsize=1, dtype=mask, ndim=1), ctx),
        "data_codecs": write_codecs(codec.data_codecs, _elements(ctx.chunk.dtype), ctx),
    }


def _elements(dtype: DataType | None) -> Chunk:
    """Give the chunk that the data codecs see: one axis of elements of the data type inside the optional one."""
    if dtype is None or dtype.name not in DATA_TYPES or dtype.configuration is None:
        return Chunk(ndim=1)
    inner = DataType.from_v3(thaw(dtype.configuration))
    return Chunk(itemsize=inner.itemsize, dtype=inner, ndim=1)


SPEC: Final = CodecSpec(
    model=ZarrsOptional,
    kind=A2B,
    v3=(
        Form(
            "zarrs.optional",
            ZarrsOptionalV3,
            _read,
            _write,
            aliases=("optional", f"{ZARRS}/array_to_bytes/optional"),
        ),
    ),
    no_v2="v2 has no data type whose elements may be missing; rewrite the data with a fill value",
    docs="https://docs.rs/zarrs/0.23.8/zarrs/array/codec/array_to_bytes/optional/index.html",
)
