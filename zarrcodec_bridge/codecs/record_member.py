"""The `record_member` codec of kerchunk: v2 only.

https://github.com/fsspec/kerchunk/blob/3cd5ddc00f22bf9ec8664552aa49f3e992c486fb/kerchunk/codecs.py

Its decode takes the bytes of records and puts out those of one member, in the byte order that the
file has, which is the array's in v2 and has to be `bytes.endian` in v3: bytes-to-bytes. (As
array-to-bytes, big-endian members, as of every NetCDF 3 file, would be taken for native ones.) It
has no encode.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field

from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.messages import Hint, Message, excerpt
from zarrcodec_bridge.core.model import Codec, FrozenJSON, Params, frozen, thaw
from zarrcodec_bridge.core.spec import B2B, CodecSpec, Form


class RecordMember(Codec):
    """One member of each record: `RecordArrayMember(member, dtype)`."""

    member: str = Field(description="The name of the member.")
    dtype: FrozenJSON = Field(
        description="The data type of the records, as numpy.dtype takes it, as JSON text."
    )


def _dtype(value: Any) -> Any:
    if not isinstance(value, (str, list, dict)):
        raise ValueError(f"expected a data type that numpy.dtype takes, got {excerpt(value)}")
    return value


class RecordMemberV2(Params):
    """The v2 parameters."""

    member: str = Field(examples=["t"])
    dtype: Annotated[str | list[Any] | dict[str, Any], BeforeValidator(_dtype)] = Field(
        examples=[[["t", ">f4"], ["x", ">f8"]]]
    )


def _read(params: RecordMemberV2, ctx: ReadContext) -> RecordMember:
    return RecordMember(member=params.member, dtype=frozen(params.dtype))


def _write(codec: RecordMember, ctx: WriteContext) -> dict[str, Any]:
    return {"member": codec.member, "dtype": thaw(codec.dtype)}


SPEC: Final = CodecSpec(
    model=RecordMember,
    kind=B2B,
    v2=(Form("record_member", RecordMemberV2, _read, _write),),
    no_v3=Message(
        "kerchunk has it for v2 only; ",
        Hint("unknown", "wrap"),
        " writes any-numcodecs.bytes-bytes, which the package zarr-any-numcodecs reads",
    ),
    docs="https://fsspec.github.io/kerchunk/reference.html#kerchunk.codecs.RecordArrayMember",
)
