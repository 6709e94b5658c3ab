"""The `FITSVarBintable` codec of kerchunk: v2 only.

https://github.com/fsspec/kerchunk/blob/3cd5ddc00f22bf9ec8664552aa49f3e992c486fb/kerchunk/codecs.py

Its decode takes the bytes of a FITS table and puts out an array of records with Python objects
among their fields: array-to-bytes. It has no encode.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from pydantic import Field

from zarrcodec_bridge.core.model import Codec, FrozenJSON, Natural, Params
from zarrcodec_bridge.core.spec import A2B, CodecSpec, Form
from zarrcodec_bridge.dialects.any_numcodecs import only_in_envelope

RowCount: TypeAlias = Natural


class FitsVarBintable(Codec):
    """`VarArrCodec(dt_in, dt_out, nrow, types)`: arrays of any length in a BINTABLE."""

    dt_in: str = Field(description="The data type of a row as stored, as Python writes it.")
    dt_out: str = Field(description="The data type of a row as put out, as Python writes it.")
    nrow: RowCount = Field(description="How many rows there are.")
    types: FrozenJSON = Field(
        description="The FITS type letter of each field of any length, by name, as JSON text."
    )


class FitsVarBintableV2(Params):
    """The v2 parameters."""

    dt_in: str = Field(examples=["[('flux', '>i4', 2)]"])
    dt_out: str = Field(examples=["[('flux', 'O')]"])
    nrow: RowCount
    types: dict[str, str] = Field(examples=[{"flux": "E"}])


SPEC: Final = CodecSpec(
    model=FitsVarBintable,
    kind=A2B,
    v2=(Form("FITSVarBintable", FitsVarBintableV2, json_text=frozenset({"types"})),),
    little_endian_only=True,
    no_v3=only_in_envelope("kerchunk", A2B),
    docs="https://fsspec.github.io/kerchunk/reference.html#kerchunk.codecs.VarArrCodec",
)
