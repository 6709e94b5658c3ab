"""The `zarrs.gdeflate` codec: an experiment of zarrs.

https://docs.rs/zarrs/0.23.8/zarrs/array/codec/bytes_to_bytes/gdeflate/index.html

Only a zarrs that was built with its feature `gdeflate` opens it.
"""

from __future__ import annotations

from typing import Annotated, Final

from annotated_types import Interval
from pydantic import Field

from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.spec import B2B, ZARRS, CodecSpec, Form

GdeflateLevel = Annotated[int, Interval(ge=0, le=12)]
"""\"An integer from 0 to 12 controlling the compression level\"."""


class ZarrsGdeflate(Codec):
    """GDeflate compression, which GPUs decode; it is not readable as gzip or zlib."""

    level: GdeflateLevel = Field(description="0 (none), 1 (fastest) to 12 (best).")


SPEC: Final = CodecSpec(
    model=ZarrsGdeflate,
    kind=B2B,
    v3=(
        Form(
            "zarrs.gdeflate",
            ZarrsGdeflate,
            aliases=("gdeflate", f"{ZARRS}/bytes_to_bytes/gdeflate"),
        ),
    ),
    not_needed_to_decode=frozenset({"level"}),
    no_v2="v2 has no such codec; rewrite the data with zlib or gzip",
    docs="https://docs.rs/zarrs/0.23.8/zarrs/array/codec/bytes_to_bytes/gdeflate/index.html",
)
