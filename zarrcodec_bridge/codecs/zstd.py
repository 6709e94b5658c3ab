"""The `zstd` codec: `numcodecs.Zstd` in v2, a registered codec in v3.

https://github.com/zarr-developers/zarr-extensions/blob/4da7b37a84f76e660902f6d3de3eaef0e0febae6/codecs/zstd/README.md
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from annotated_types import Interval
from pydantic import Field, WithJsonSchema

from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.json_values import BOOLEAN_TEXTS, boolean_from_text
from zarrcodec_bridge.core.messages import excerpt
from zarrcodec_bridge.core.model import Codec, Params
from zarrcodec_bridge.core.spec import B2B, ZARR_EXTENSIONS, CodecSpec, Form

LOWEST: Final = -131072
HIGHEST: Final = 22

ZstdLevel = Annotated[int, Interval(ge=LOWEST, le=HIGHEST)]
"""\"An integer from -131072 to 22 which controls the speed and level of compression\"."""

AnyZstdLevel = Annotated[int, Interval(ge=-(2**31), le=2**31 - 1)]
"""A C `int`, which numcodecs and zstd move into zstd's own bounds."""


class Zstd(Codec):
    """Zstandard compression (RFC 8878)."""

    level: ZstdLevel = Field(description="-131072 (fastest) to 22 (best); 0 is zstd's default, 3.")
    checksum: bool = Field(
        default=False, description="Whether frames end in a checksum of their content."
    )


CHECKSUM_SCHEMA: Final[dict[str, Any]] = {
    "anyOf": [
        {"type": "boolean"},
        {
            "type": "string",
            "pattern": BOOLEAN_TEXTS,
            "deprecated": True,
            "description": "As text, which GDAL leaves there.",
        },
    ]
}


class ZstdV2(Params):
    """`numcodecs.Zstd(level=0, checksum=False)`.

    Before numcodecs 0.13 the default level was 1, and there was no `checksum`.
    """

    level: AnyZstdLevel = 0
    checksum: Annotated[bool, WithJsonSchema(CHECKSUM_SCHEMA)] = False


ASSUMED: Final = {"level": 0}
"""`zarr.codecs.ZstdCodec(level=0)`, which is zstd's default, 3, as tensorstore takes it."""


def _checksum_as_bool(params: dict[str, Any]) -> str | None:
    """Replace the text that GDAL's v2 driver writes for `checksum`, with which numcodecs can decode."""
    value = params.get("checksum")
    checksum = boolean_from_text(value) if isinstance(value, str) else None
    if checksum is None:
        return None
    params["checksum"] = checksum
    return f"checksum {value!r}, which GDAL leaves there, is written {excerpt(checksum)}"


def _read_v2(params: ZstdV2, ctx: ReadContext) -> Zstd:
    level = min(max(params.level, LOWEST), HIGHEST)
    if level != params.level:
        ctx.note("zstd", f"level {params.level} is written as {level}, the nearest that zstd has")
    return Zstd(level=level, checksum=params.checksum)


def _write_v2(codec: Zstd, ctx: WriteContext) -> dict[str, Any]:
    """Write `checksum` only where it is true, because older readers refuse the key."""
    return {"level": codec.level, **({"checksum": True} if codec.checksum else {})}


SPEC: Final = CodecSpec(
    model=Zstd,
    kind=B2B,
    v2=(Form("zstd", ZstdV2, _read_v2, _write_v2, repair=_checksum_as_bool),),
    v3=(
        Form("zstd", Zstd, assumed=ASSUMED, registered=True),
        Form("numcodecs.zstd", ZstdV2, _read_v2, repair=_checksum_as_bool),
    ),
    not_needed_to_decode=frozenset({"level", "checksum"}),
    ignores_chunk_shape=True,
    docs=f"{ZARR_EXTENSIONS}/zstd",
)
