"""The `msgpack2` codec: `numcodecs.MsgPack`, in v2 only.

https://numcodecs.readthedocs.io/en/stable/other/msgpacks.html
"""

from __future__ import annotations

from typing import Final

from pydantic import Field

from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.spec import A2B, CodecSpec, Form


class Msgpack2(Codec):
    """Objects as MessagePack, with their NumPy data type and the shape of the chunk after them.

    `numcodecs.MsgPack(use_single_float=False, use_bin_type=True, raw=False)`.
    """

    use_single_float: bool = Field(default=False, description="Write floats in 4 bytes, not 8.")
    use_bin_type: bool = Field(default=True, description="Tell bytes and texts apart.")
    raw: bool = Field(default=False, description="Read texts as bytes.")


SPEC: Final = CodecSpec(
    model=Msgpack2,
    kind=A2B,
    v2=(Form("msgpack2", Msgpack2),),
    not_needed_to_decode=frozenset({"use_single_float", "use_bin_type"}),
    no_v3="v3 has no data type for its objects; read the array, and write it as string with vlen-utf8",
    docs="https://numcodecs.readthedocs.io/en/stable/other/msgpacks.html",
)
