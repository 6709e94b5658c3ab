"""The `crc32` codec: `numcodecs.CRC32` in v2, `numcodecs.crc32` in v3.

https://numcodecs.readthedocs.io/en/stable/checksum32.html
"""

from __future__ import annotations

from typing import Final

from pydantic import Field

from zarrcodec_bridge.core.model import ChecksumLocation, Codec
from zarrcodec_bridge.core.spec import B2B, CodecSpec, Form


class Crc32(Codec):
    """A CRC-32 checksum (that of zlib and gzip) in 4 bytes, little-endian.

    `numcodecs.CRC32(location=None)`; before 0.14 it had no parameter, and was at the start.
    """

    location: ChecksumLocation = Field(default="start", description="Where the checksum stands.")


SPEC: Final = CodecSpec(
    model=Crc32,
    kind=B2B,
    v2=(Form("crc32", Crc32, sparse=True),),
    v3=(Form("numcodecs.crc32", Crc32, sparse=True),),
    checksum=True,
    ignores_chunk_shape=True,
    docs="https://numcodecs.readthedocs.io/en/stable/checksum32.html",
)
