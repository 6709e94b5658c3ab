"""The `zarrs.vlen` codec: an experiment of zarrs.

https://docs.rs/zarrs/0.23.8/zarrs/array/codec/array_to_bytes/vlen/index.html
"""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import Field

from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.model import Codec, NestedCodecs, NestedV3Chain, Params
from zarrcodec_bridge.core.spec import A2B, ZARRS, Chunk, CodecSpec, Form
from zarrcodec_bridge.dialects import read_codecs, write_codecs


class ZarrsVlen(Codec):
    """Stores elements of any length as their offsets and their bytes, each with codecs of its own."""

    index_codecs: NestedCodecs = Field(description="The codecs of the offsets.")
    data_codecs: NestedCodecs = Field(description="The codecs of the bytes of all elements.")
    index_data_type: Literal["uint32", "uint64"] = Field(description="That of the offsets.")
    index_location: Literal["start", "end"] = Field(
        default="start", description="Where the offsets are; zarrs before 0.22 has only `start`."
    )


class ZarrsVlenV3(Params):
    """The v3 configuration."""

    index_codecs: NestedV3Chain
    data_codecs: NestedV3Chain
    index_data_type: Literal["uint32", "uint64"]
    index_location: Literal["start", "end"] = "start"


def _read(params: ZarrsVlenV3, ctx: ReadContext) -> ZarrsVlen:
    found: dict[str, Any] = {name: getattr(params, name) for name in params.model_fields_set}
    found["index_codecs"] = read_codecs(params.index_codecs, ctx, "index_codecs")
    found["data_codecs"] = read_codecs(params.data_codecs, ctx, "data_codecs")
    return ZarrsVlen(**found)


def _write(codec: ZarrsVlen, ctx: WriteContext) -> dict[str, Any]:
    offsets = DataType.from_v3(codec.index_data_type)
    index = Chunk(itemsize=offsets.itemsize, dtype=offsets, ndim=1)
    data = Chunk(itemsize=1, dtype=DataType.from_v3("uint8"), ndim=1)
    params: dict[str, Any] = {
        "index_codecs": write_codecs(codec.index_codecs, index, ctx),
        "data_codecs": write_codecs(codec.data_codecs, data, ctx),
        "index_data_type": codec.index_data_type,
    }
    if "index_location" in codec.model_fields_set:
        params["index_location"] = codec.index_location
    return params


SPEC: Final = CodecSpec(
    model=ZarrsVlen,
    kind=A2B,
    v3=(
        Form(
            "zarrs.vlen",
            ZarrsVlenV3,
            _read,
            _write,
            aliases=("vlen", f"{ZARRS}/array_to_bytes/vlen"),
        ),
    ),
    no_v2="v2 has no such chunks; rewrite the data with vlen-utf8 or vlen-bytes",
    docs="https://docs.rs/zarrs/0.23.8/zarrs/array/codec/array_to_bytes/vlen/index.html",
)
