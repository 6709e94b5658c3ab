"""The `crc32c` codec: `numcodecs.CRC32C` in v2, a core codec in v3.

https://zarr-specs.readthedocs.io/en/latest/v3/codecs/crc32c/index.html
"""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import Field

from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.errors import NotRepresentableError
from zarrcodec_bridge.core.model import Codec, Params
from zarrcodec_bridge.core.spec import B2B, CodecSpec, Form


class Crc32c(Codec):
    """A CRC-32C checksum (RFC 3720) in 4 bytes, little-endian."""

    location: Literal["start", "end"] = Field(
        default="end", description="Where the checksum stands; v3 `crc32c` has it at the end."
    )


class Crc32cV2(Params):
    """`numcodecs.CRC32C(location=None)`: at the end by default."""

    location: Literal["start", "end"] | None = None


class Crc32cV3(Params):
    """The v3 configuration: none.

    zarr-python takes any and ignores it, so a `location` there may not be where the checksum is.
    """


AT_THE_END: Final = {"location": {None: "end"}}


def _read_v3(params: Crc32cV3, ctx: ReadContext) -> Crc32c:
    return Crc32c()


def _write_v2(codec: Crc32c, ctx: WriteContext) -> dict[str, Any]:
    return {} if codec.location == "end" else {"location": codec.location}


def _write_v3(codec: Crc32c, ctx: WriteContext) -> dict[str, Any]:
    if codec.location != "end":
        raise NotRepresentableError(
            "v3",
            "crc32c",
            "its checksum is at the start, for which only zarr-python has a name, numcodecs.crc32c",
        )
    return {}


SPEC: Final = CodecSpec(
    model=Crc32c,
    kind=B2B,
    v2=(Form("crc32c", Crc32cV2, write=_write_v2, renamed=AT_THE_END),),
    v3=(
        Form("crc32c", Crc32cV3, _read_v3, _write_v3, registered=True),
        Form("numcodecs.crc32c", Crc32cV2, write=_write_v2, renamed=AT_THE_END),
    ),
    checksum=True,
    ignores_chunk_shape=True,
    docs="https://zarr-specs.readthedocs.io/en/latest/v3/codecs/crc32c/index.html",
)
