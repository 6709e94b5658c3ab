"""The `bytes` codec: core in v3; in v2 it is the byte order of the data type.

https://zarr-specs.readthedocs.io/en/latest/v3/codecs/bytes/index.html
"""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import Field

from zarrcodec_bridge.core.contexts import WriteContext
from zarrcodec_bridge.core.errors import MissingContextError
from zarrcodec_bridge.core.messages import USE_A_PIPELINE, Message
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.spec import A2B, CodecSpec, Form


class Bytes(Codec):
    """The elements one after the other, in C order."""

    endian: Literal["little", "big"] | None = Field(
        default=None,
        examples=["little"],
        description="The byte order; none where the components of the data type are single bytes.",
    )


def _write(codec: Bytes, ctx: WriteContext) -> dict[str, Any]:
    if codec.endian is not None:
        return {"endian": codec.endian}
    dtype = ctx.chunk.dtype
    if not ctx.complete or dtype is None or not dtype.has_order:
        return {}
    raise MissingContextError("v3", "bytes", f"{dtype.name} elements have a byte order", ["endian"])


SPEC: Final = CodecSpec(
    model=Bytes,
    kind=A2B,
    v3=(Form("bytes", Bytes, write=_write, aliases=("endian",), registered=True),),
    preserves_itemsize=True,
    no_v2=Message("in v2 it is the byte order of the array's dtype; ", USE_A_PIPELINE),
    ignores_chunk_shape=True,
    docs="https://zarr-specs.readthedocs.io/en/latest/v3/codecs/bytes/index.html",
)
