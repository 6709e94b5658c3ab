"""The `lz4` codec: `numcodecs.LZ4` in v2, `numcodecs.lz4` in v3.

https://numcodecs.readthedocs.io/en/stable/compression/lz4.html
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from annotated_types import Interval
from pydantic import AfterValidator, Field, WithJsonSchema

from zarrcodec_bridge.core.contexts import ReadContext
from zarrcodec_bridge.core.json_values import boolean_from_text, case_insensitive_pattern
from zarrcodec_bridge.core.model import Codec, Params
from zarrcodec_bridge.core.spec import B2B, CodecSpec, Form

Lz4Acceleration = Annotated[int, Interval(ge=-(2**31), le=2**31 - 1)]
"""A C `int`: \"The larger the acceleration value, the faster the algorithm\"; less than 1 is 1."""


class Lz4(Codec):
    """The size in 4 bytes, then an LZ4 block, not an LZ4 frame: `numcodecs.LZ4(acceleration=1)`."""

    acceleration: Lz4Acceleration = Field(default=1, description="1 (smallest) or more (faster).")


HEADER_SCHEMA: Final[dict[str, Any]] = {
    "anyOf": [
        {"const": True},
        {"type": "string", "pattern": case_insensitive_pattern("YES", "TRUE", "ON", "1")},
        {"type": "null"},
    ]
}


def _check_true(value: bool | None) -> bool | None:
    if value is False:
        raise ValueError("expected true: chunks without the size are not those of numcodecs' LZ4")
    return value


class Lz4V2(Params):
    """`numcodecs.LZ4(acceleration=1)`; GDAL adds `header`, which is true if the size comes first."""

    acceleration: Lz4Acceleration = 1
    header: Annotated[bool | None, AfterValidator(_check_true), WithJsonSchema(HEADER_SCHEMA)] = (
        Field(
            default=None,
            description="Whether the size comes first, as it always does; GDAL writes it.",
            json_schema_extra={"deprecated": True},
        )
    )


def _header_as_bool(params: dict[str, Any]) -> None:
    """Read the text that GDAL writes; chunks with NO are not those of numcodecs' LZ4."""
    header = params.get("header")
    if isinstance(header, str) and boolean_from_text(header):
        params["header"] = True


def _read_v2(params: Lz4V2, ctx: ReadContext) -> Lz4:
    if params.header is not None:
        if ctx.strict:
            raise ValueError("unknown key 'header'; expected acceleration")
        ctx.note("lz4", "'header', which GDAL leaves there, is dropped")
    return Lz4(acceleration=params.acceleration)


SPEC: Final = CodecSpec(
    model=Lz4,
    kind=B2B,
    v2=(Form("lz4", Lz4V2, _read_v2, repair=_header_as_bool),),
    v3=(Form("numcodecs.lz4", Lz4),),
    not_needed_to_decode=frozenset({"acceleration"}),
    ignores_chunk_shape=True,
    docs="https://numcodecs.readthedocs.io/en/stable/compression/lz4.html",
)
