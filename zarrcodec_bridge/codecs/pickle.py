"""The `pickle` codec: `numcodecs.Pickle`, in v2 only.

https://numcodecs.readthedocs.io/en/stable/other/pickles.html
"""

from __future__ import annotations

from typing import Annotated, Final

from annotated_types import Interval
from pydantic import Field

from zarrcodec_bridge.core.model import LARGEST, Codec
from zarrcodec_bridge.core.spec import A2B, CodecSpec, Form

PickleProtocol = Annotated[int, Interval(ge=-LARGEST, le=5)]
"""Python's protocols end at 5; \"If a negative number is specified, HIGHEST_PROTOCOL is selected\"."""


class Pickle(Codec):
    """Objects as Python pickles, which run code when they are read.

    `numcodecs.Pickle(protocol=pickle.HIGHEST_PROTOCOL)`, which is 5 since Python 3.8.
    """

    protocol: PickleProtocol = Field(default=5, description="0 to 5; negative is the highest.")


SPEC: Final = CodecSpec(
    model=Pickle,
    kind=A2B,
    v2=(Form("pickle", Pickle),),
    not_needed_to_decode=frozenset({"protocol"}),
    no_v3="v3 has no data type for its objects; if you trust the data, read the array, and write it as"
    " string with vlen-utf8",
    unsafe=True,
    docs="https://numcodecs.readthedocs.io/en/stable/other/pickles.html",
)
