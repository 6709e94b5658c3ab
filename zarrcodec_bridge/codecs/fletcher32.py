"""The `fletcher32` codec: `numcodecs.Fletcher32` in v2, `numcodecs.fletcher32` in v3.

https://numcodecs.readthedocs.io/en/stable/checksum32.html
"""

from __future__ import annotations

from typing import Final

from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.spec import B2B, ZARRS, CodecSpec, Form


class Fletcher32(Codec):
    """HDF5's Fletcher checksum, 4 bytes at the end, little-endian: `numcodecs.Fletcher32()`."""


SPEC: Final = CodecSpec(
    model=Fletcher32,
    kind=B2B,
    v2=(Form("fletcher32", Fletcher32),),
    v3=(Form("numcodecs.fletcher32", Fletcher32, aliases=(f"{ZARRS}/bytes_to_bytes/fletcher32",)),),
    checksum=True,
    filter_only=True,
    ignores_chunk_shape=True,
    docs="https://numcodecs.readthedocs.io/en/stable/checksum32.html",
)
