"""The `zlib` codec: `numcodecs.Zlib` in v2, `numcodecs.zlib` in v3.

https://numcodecs.readthedocs.io/en/stable/compression/zlib.html
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from annotated_types import Interval
from pydantic import Field

from zarrcodec_bridge.core.contexts import WriteContext
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.spec import B2B, CodecSpec, Form
from zarrcodec_bridge.readers import find_readers

ZlibLevel = Annotated[int, Interval(ge=-1, le=9)]


class Zlib(Codec):
    """zlib compression (RFC 1950), `numcodecs.Zlib(level=1)`; it is not readable as `gzip`."""

    level: ZlibLevel = Field(default=1, description="0 to 9; -1 is zlib's own default, 6.")


def _write_v3(codec: Zlib, ctx: WriteContext) -> dict[str, Any]:
    if codec.level == -1:
        for reader in find_readers(ctx.target):
            if "numcodecs.zlib.level" in reader.v3.limits:
                ctx.note(
                    "zlib", f"level -1 is written as 6, zlib's default: {reader.title} has no -1"
                )
                return {"level": 6}
    return {"level": codec.level}


SPEC: Final = CodecSpec(
    model=Zlib,
    kind=B2B,
    v2=(Form("zlib", Zlib),),
    v3=(Form("numcodecs.zlib", Zlib, write=_write_v3),),
    not_needed_to_decode=frozenset({"level"}),
    ignores_chunk_shape=True,
    docs="https://numcodecs.readthedocs.io/en/stable/compression/zlib.html",
)
