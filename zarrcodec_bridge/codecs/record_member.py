"""The `record_member` codec of kerchunk: v2 only.

https://github.com/fsspec/kerchunk/blob/3cd5ddc00f22bf9ec8664552aa49f3e992c486fb/kerchunk/codecs.py

Its decode takes the bytes of records and puts out those of one member, in the byte order that the
file has, which is the array's in v2 and has to be `bytes.endian` in v3: bytes-to-bytes. (As
array-to-bytes, big-endian members, as of every NetCDF 3 file, would be taken for native ones.) It
has no encode.
"""

from __future__ import annotations

from typing import Final

from pydantic import Field

from zarrcodec_bridge.core.data_types import NumPyDType
from zarrcodec_bridge.core.model import Codec, FrozenJSON, Params
from zarrcodec_bridge.core.spec import B2B, CodecSpec, Form
from zarrcodec_bridge.dialects.any_numcodecs import only_in_envelope


class RecordMember(Codec):
    """One member of each record: `RecordArrayMember(member, dtype)`."""

    member: str = Field(description="The name of the member.")
    dtype: FrozenJSON = Field(
        description="The data type of the records, as numpy.dtype takes it, as JSON text."
    )


class RecordMemberV2(Params):
    """The v2 parameters."""

    member: str = Field(examples=["t"])
    dtype: NumPyDType = Field(examples=[[["t", ">f4"], ["x", ">f8"]]])


SPEC: Final = CodecSpec(
    model=RecordMember,
    kind=B2B,
    v2=(Form("record_member", RecordMemberV2, json_text=frozenset({"dtype"})),),
    no_v3=only_in_envelope("kerchunk", B2B),
    docs="https://fsspec.github.io/kerchunk/reference.html#kerchunk.codecs.RecordArrayMember",
)
