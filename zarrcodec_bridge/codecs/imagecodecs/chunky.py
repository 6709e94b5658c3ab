"""virtual-tiff's `ChunkyCodec`: elements in Fortran order, as in TIFF with interleaved samples.

https://github.com/virtual-zarr/virtual-tiff/blob/9d952019cc59432af86de827116365d03f0dddcf/src/virtual_tiff/codecs.py
"""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field

from zarrcodec_bridge.core.messages import USE_A_PIPELINE, Message
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.spec import A2B, CodecSpec, Form


class ChunkyCodec(Codec):
    """The elements one after the other, in Fortran order: a reversing `transpose`, then `bytes`."""

    endian: Literal["little", "big"] | None = Field(
        default="little", description="The byte order of the elements."
    )


_WITHIN_A_CHAIN: Final = Message("it is a transpose and bytes; ", USE_A_PIPELINE)

SPEC: Final = CodecSpec(
    model=ChunkyCodec,
    kind=A2B,
    v3=(Form("ChunkyCodec", ChunkyCodec, written=False),),
    preserves_itemsize=True,
    no_v2=_WITHIN_A_CHAIN,
    no_v3=_WITHIN_A_CHAIN,
    docs="https://github.com/virtual-zarr/virtual-tiff",
)
