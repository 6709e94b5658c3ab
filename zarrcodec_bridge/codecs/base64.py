"""The `base64` codec: `numcodecs.Base64`, in v2 only.

https://github.com/zarr-developers/numcodecs/blob/v0.15.1/numcodecs/base64.py
"""

from __future__ import annotations

from typing import Final

from zarrcodec_bridge.core.messages import Hint, Message
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.spec import B2B, CodecSpec, Form


class Base64(Codec):
    """The bytes as base64 text (RFC 4648): `numcodecs.Base64()`."""


SPEC: Final = CodecSpec(
    model=Base64,
    kind=B2B,
    v2=(Form("base64", Base64),),
    no_v3=Message(
        "no implementation has a v3 name for it; rewrite the chunks without it, or pass ",
        Hint("unknown", "wrap"),
        " for an any-numcodecs.bytes-bytes envelope",
    ),
    docs="https://github.com/zarr-developers/numcodecs/blob/v0.15.1/numcodecs/base64.py",
)
