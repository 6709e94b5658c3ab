"""The `adler32` codec: `numcodecs.Adler32` in v2, `numcodecs.adler32` in v3.

https://numcodecs.readthedocs.io/en/stable/checksum32.html
"""

from __future__ import annotations

from typing import Final

from pydantic import Field

from zarrcodec_bridge.core.model import ChecksumLocation, Codec
from zarrcodec_bridge.core.spec import B2B, CodecSpec, Form


class Adler32(Codec):
    """An Adler-32 checksum (RFC 1950) in 4 bytes, little-endian.

    `numcodecs.Adler32(location=None)`; before 0.14 it had no parameter, and was at the start.
    """

    location: ChecksumLocation = Field(default="start", description="Where the checksum stands.")


SPEC: Final = CodecSpec(
    model=Adler32,
    kind=B2B,
    v2=(Form("adler32", Adler32, sparse=True),),
    v3=(Form("numcodecs.adler32", Adler32, sparse=True),),
    checksum=True,
    ignores_chunk_shape=True,
    docs="https://numcodecs.readthedocs.io/en/stable/checksum32.html",
)
