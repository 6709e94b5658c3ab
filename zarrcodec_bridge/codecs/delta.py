"""The `delta` codec: `numcodecs.Delta` in v2, `numcodecs.delta` in v3.

https://numcodecs.readthedocs.io/en/stable/filter/delta.html
"""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from zarrcodec_bridge.core.data_types import Typestr
from zarrcodec_bridge.core.model import Codec, defaults_to
from zarrcodec_bridge.core.spec import A2A, ArrayEffect, CodecSpec, Form


class Delta(Codec):
    """Differences between neighbours, over the flattened chunk: `numcodecs.Delta(dtype, astype=None)`."""

    dtype: Typestr = Field(description="The data type as which the chunk is viewed.")
    astype: Annotated[Typestr | None, defaults_to("dtype")] = Field(
        default=None,
        validate_default=True,
        description="The data type of the differences; that of `dtype` if left out.",
    )


SPEC: Final = CodecSpec(
    model=Delta,
    kind=A2A,
    v2=(Form("delta", Delta, sparse=True),),
    v3=(Form("numcodecs.delta", Delta, sparse=True),),
    array=ArrayEffect(views="dtype", encodes="astype"),
    ignores_chunk_shape=True,
    docs="https://numcodecs.readthedocs.io/en/stable/filter/delta.html",
)
