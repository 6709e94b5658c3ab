"""The `bz2` codec: `numcodecs.BZ2` in v2, `numcodecs.bz2` in v3.

https://numcodecs.readthedocs.io/en/stable/compression/bz2.html
"""

from __future__ import annotations

from typing import Annotated, Final

from annotated_types import Interval
from pydantic import Field

from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.spec import B2B, ZARRS, CodecSpec, Form

Bz2Level = Annotated[int, Interval(ge=1, le=9)]
"""`bz2.compress`: \"compresslevel, if given, must be a number between 1 and 9\"."""


class Bz2(Codec):
    """bzip2 compression: `numcodecs.BZ2(level=1)`."""

    level: Bz2Level = Field(default=1, description="1 (fastest) to 9 (best).")


SPEC: Final = CodecSpec(
    model=Bz2,
    kind=B2B,
    v2=(Form("bz2", Bz2),),
    v3=(Form("numcodecs.bz2", Bz2, aliases=(f"{ZARRS}/bytes_to_bytes/bz2",)),),
    not_needed_to_decode=frozenset({"level"}),
    ignores_chunk_shape=True,
    docs="https://numcodecs.readthedocs.io/en/stable/compression/bz2.html",
)
