"""The `grib` codec of kerchunk: v2 only.

https://github.com/fsspec/kerchunk/blob/3cd5ddc00f22bf9ec8664552aa49f3e992c486fb/kerchunk/codecs.py

Its decode takes a GRIB message and puts out an array of numbers in native byte order:
array-to-bytes. Its encode changes nothing. kerchunk also registers a v3 codec of this name, which
cannot be opened: it expects to be called `bytes`.
"""

from __future__ import annotations

from typing import Final

from pydantic import Field

from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.spec import A2B, CodecSpec, Form
from zarrcodec_bridge.dialects.any_numcodecs import only_in_envelope


class Grib(Codec):
    """Decodes a GRIB message with eccodes: `GRIBCodec(var, dtype=None)`."""

    var: str = Field(
        description="`latitude`, `longitude`, or any other name for the values.", examples=["t2m"]
    )
    dtype: str | None = Field(
        default=None, description="The data type put out; that of `var` if left out."
    )


SPEC: Final = CodecSpec(
    model=Grib,
    kind=A2B,
    v2=(Form("grib", Grib, sparse=True),),
    little_endian_only=True,
    no_v3=only_in_envelope("kerchunk", A2B),
    docs="https://fsspec.github.io/kerchunk/reference.html#kerchunk.codecs.GRIBCodec",
)
