"""The `gzip` codec: `numcodecs.GZip` in v2, a core codec in v3.

https://zarr-specs.readthedocs.io/en/latest/v3/codecs/gzip/index.html
"""

from __future__ import annotations

from typing import Annotated, Final

from annotated_types import Interval
from pydantic import Field

from zarrcodec_bridge.core.contexts import ReadContext
from zarrcodec_bridge.core.model import Codec, Params
from zarrcodec_bridge.core.spec import B2B, CodecSpec, Form

GzipLevel = Annotated[int, Interval(ge=0, le=9)]
"""\"An integer from 0 to 9 which controls the speed and level of compression.\""""

AnyGzipLevel = Annotated[int, Interval(ge=-1, le=9)]
"""zlib's own levels: numcodecs passes -1 on, for which zlib takes its default, 6."""


class Gzip(Codec):
    """gzip compression (RFC 1952): not readable as `zlib`, which frames the same stream otherwise."""

    level: GzipLevel = Field(description="0 (none, fastest) to 9 (best, slowest).")


class GzipV2(Params):
    """`numcodecs.GZip(level=1)`."""

    level: AnyGzipLevel = 1


ASSUMED: Final = {"level": 5}
"""`zarr.codecs.GzipCodec(level=5)`; tensorstore takes 6. Each decodes what the other writes."""


def _read_v2(params: GzipV2, ctx: ReadContext) -> Gzip:
    if params.level == -1:
        ctx.note("gzip", "level -1 is written as 6, zlib's default")
        return Gzip(level=6)
    return Gzip(level=params.level)


SPEC: Final = CodecSpec(
    model=Gzip,
    kind=B2B,
    v2=(Form("gzip", GzipV2, _read_v2),),
    v3=(
        Form("gzip", Gzip, assumed=ASSUMED, registered=True),
        Form("numcodecs.gzip", GzipV2, _read_v2),
    ),
    not_needed_to_decode=frozenset({"level"}),
    ignored_keys=frozenset({"useZlib"}),
    ignores_chunk_shape=True,
    docs="https://zarr-specs.readthedocs.io/en/latest/v3/codecs/gzip/index.html",
)
