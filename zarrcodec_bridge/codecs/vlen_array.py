"""The `vlen-array` codec: `numcodecs.VLenArray`, in v2 only.

https://numcodecs.readthedocs.io/en/stable/other/vlen.html
"""

from __future__ import annotations

from typing import Final

from pydantic import Field

from zarrcodec_bridge.core.data_types import Typestr
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.spec import A2B, CodecSpec, Form


class VlenArray(Codec):
    """Stores arrays of one axis, each after its size in bytes: `numcodecs.VLenArray(dtype)`."""

    dtype: Typestr = Field(description="The data type of the elements of the arrays.")


SPEC: Final = CodecSpec(
    model=VlenArray,
    kind=A2B,
    v2=(Form("vlen-array", VlenArray),),
    no_v3="v3 has no data type for arrays in an array; write their elements as an array of numbers"
    " and their offsets as another",
    docs="https://numcodecs.readthedocs.io/en/stable/other/vlen.html",
)
