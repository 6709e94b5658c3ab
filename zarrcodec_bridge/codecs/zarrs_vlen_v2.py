"""The `zarrs.vlen_v2` codec: an experiment of zarrs.

https://docs.rs/zarrs/0.23.8/zarrs/array/codec/array_to_bytes/vlen_v2/index.html
"""

from __future__ import annotations

from typing import Final

from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.spec import A2B, ZARRS, CodecSpec, Form


class ZarrsVlenV2(Codec):
    """The layout of `vlen-utf8` and `vlen-bytes`, "decoupled from the data type"."""


SPEC: Final = CodecSpec(
    model=ZarrsVlenV2,
    kind=A2B,
    v3=(
        Form(
            "zarrs.vlen_v2",
            ZarrsVlenV2,
            aliases=(
                "vlen_v2",
                f"{ZARRS}/array_to_bytes/vlen_v2",
                f"{ZARRS}/array_to_bytes/vlen_interleaved",
            ),
        ),
    ),
    no_v2=(
        "it does not name the data type of its elements, as each of v2's codecs does;"
        " write vlen-utf8 for strings or vlen-bytes for bytes, whose chunks are the same"
    ),
    docs="https://docs.rs/zarrs/0.23.8/zarrs/array/codec/array_to_bytes/vlen_v2/index.html",
)
