"""The `packbits` codec: registered in v3. numcodecs' `packbits` orders bits the other way.

https://github.com/zarr-developers/zarr-extensions/tree/4da7b37a84f76e660902f6d3de3eaef0e0febae6/codecs/packbits
"""

from __future__ import annotations

from typing import Any, Final, Literal, TypeAlias

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.model import Codec, Natural, Params
from zarrcodec_bridge.core.spec import A2B, ZARR_EXTENSIONS, CodecSpec, Form

PaddingEncoding: TypeAlias = Literal["none", "first_byte", "last_byte"]
"""\"Specifies how the number of padding bits is encoded\"."""

Bit: TypeAlias = Natural
"""\"The index (starting from the least-significant bit)\"."""

README_OF_SCHEMA: Final = {"start_byte": "first_byte", "end_byte": "last_byte"}
"""The specification's schema and text disagree on names; zarrs reads and writes the text's."""


class Packbits(Codec):
    """Elements packed together by their bits, the least significant first."""

    padding_encoding: PaddingEncoding = Field(
        default="none", description="Where the number of padding bits is written, if anywhere."
    )
    first_bit: Bit = Field(default=0, description="The first bit of each element that is stored.")
    last_bit: Bit | None = Field(
        default=None, description="The last bit that is stored; the highest if left out."
    )

    @field_validator("last_bit")
    @classmethod
    def _not_before_first(cls, value: int | None, info: ValidationInfo) -> int | None:
        """Of the specification: "it is invalid for `last_bit` to be less than `first_bit`"."""
        first = info.data.get("first_bit", 0)
        if value is not None and value < first:
            raise ValueError(f"expected at least first_bit ({first}), got {value}")
        return value


def _one_of(*names: str) -> dict[str, Any]:
    """Make the JSON Schema for parameters of which only one may be there."""
    numbers: dict[str, Any] = {name: {"type": "integer"} for name in names}
    return {"not": {"required": list(names), "properties": numbers}}


class PackbitsV3(Params):
    """The v3 configuration, with the names of the text and of the schema."""

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [_one_of("first_bit", "start_bit"), _one_of("last_bit", "end_bit")]
        }
    )

    padding_encoding: Literal["none", "first_byte", "last_byte", "start_byte", "end_byte"] = "none"
    first_bit: Bit | None = None
    last_bit: Bit | None = None
    start_bit: Bit | None = Field(
        default=None,
        description="`first_bit`, as the registered schema calls it.",
        json_schema_extra={"deprecated": True},
    )
    end_bit: Bit | None = Field(
        default=None,
        description="`last_bit`, as the registered schema calls it.",
        json_schema_extra={"deprecated": True},
    )

    @field_validator("start_bit", "end_bit")
    @classmethod
    def _one_name(cls, value: int | None, info: ValidationInfo) -> int | None:
        twin = "first_bit" if info.field_name == "start_bit" else "last_bit"
        if value is not None and info.data.get(twin) is not None:
            raise ValueError(f"expected either {twin} or {info.field_name}, got both")
        return value


def _read(params: PackbitsV3, ctx: ReadContext) -> Packbits:
    first = params.start_bit if params.first_bit is None else params.first_bit
    last = params.end_bit if params.last_bit is None else params.last_bit
    padding = README_OF_SCHEMA.get(params.padding_encoding, params.padding_encoding)
    if params.model_fields_set & {"start_bit", "end_bit"} or padding != params.padding_encoding:
        ctx.note("packbits", "its schema's names, start_* and end_*, become first_* and last_*")
    return Packbits(padding_encoding=padding, first_bit=first or 0, last_bit=last)  # type: ignore[arg-type]


def _write(codec: Packbits, ctx: WriteContext) -> dict[str, Any]:
    params: dict[str, Any] = {}
    if codec.padding_encoding != "none":
        params["padding_encoding"] = codec.padding_encoding
    if codec.first_bit:
        params["first_bit"] = codec.first_bit
    if codec.last_bit is not None:
        params["last_bit"] = codec.last_bit
    return params


SPEC: Final = CodecSpec(
    model=Packbits,
    kind=A2B,
    v3=(Form("packbits", PackbitsV3, _read, _write, registered=True),),
    no_v2=(
        "numcodecs packbits has the opposite bit order, whatever the registered text says;"
        " rewrite the data"
    ),
    docs=f"{ZARR_EXTENSIONS}/packbits",
)
