"""The `conditional` codec: registered in v3; no implementation is known.

https://github.com/zarr-developers/zarr-extensions/tree/4da7b37a84f76e660902f6d3de3eaef0e0febae6/codecs/conditional
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from annotated_types import MultipleOf
from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.model import Codec, Natural, NestedCodecs, NestedV3BytesChain, Params
from zarrcodec_bridge.core.propagation import kind_of, name_of
from zarrcodec_bridge.core.spec import B2B, ZARR_EXTENSIONS, CodecSpec, Form
from zarrcodec_bridge.dialects import read_codecs, write_codecs

HeaderBits = Annotated[Natural, MultipleOf(8)]
"""\"The total number of bits to reserve for the header's bitmask ... must be a multiple of 8.\""""


def _bytes_to_bytes(codecs: tuple[Codec, ...]) -> tuple[Codec, ...]:
    """The codecs "MUST all be `bytes -> bytes` codecs"."""
    for codec in codecs:
        if kind_of(codec) not in (B2B, None):
            raise ValueError(f"expected bytes-to-bytes codecs, got {name_of(codec)}")
    return codecs


class Conditional(Codec):
    """Applies each of its codecs to some chunks only; a bit mask before each chunk says which."""

    codecs: Annotated[NestedCodecs, AfterValidator(_bytes_to_bytes)] = Field(
        description="The codecs that may encode a chunk, in this order."
    )
    header_bits: HeaderBits = Field(
        description="Bits of the mask; if left out, one per codec in whole bytes."
    )

    @model_validator(mode="before")
    @classmethod
    def _default_header_bits(cls, data: Any) -> Any:
        """Of the specification: "the default is calculated as `ceil(len(codecs) / 8) * 8`"."""
        if not isinstance(data, dict) or data.get("header_bits") is not None:
            return data
        return {**data, "header_bits": -(-len(data.get("codecs", ())) // 8) * 8}

    @field_validator("header_bits")
    @classmethod
    def _bit_for_each(cls, value: int, info: ValidationInfo) -> int:
        """The value must be "greater than or equal to `len(codecs)`"."""
        codecs = info.data.get("codecs", ())
        if value < len(codecs):
            raise ValueError(f"expected a bit for each of {len(codecs)} codecs, got {value}")
        return value


def _bits_for(codecs: int) -> dict[str, Any]:
    """Make the JSON Schema for the bits that a chain of so many codecs needs."""
    return {
        "if": {"properties": {"codecs": {"minItems": codecs}}},
        "then": {"properties": {"header_bits": {"minimum": -(-codecs // 8) * 8}}},
    }


class ConditionalV3(Params):
    """The v3 configuration."""

    model_config = ConfigDict(json_schema_extra={"allOf": [_bits_for(n) for n in (1, 9, 17, 25)]})

    codecs: NestedV3BytesChain
    header_bits: HeaderBits | None = None


def _read(params: ConditionalV3, ctx: ReadContext) -> Conditional:
    found: dict[str, Any] = {"codecs": read_codecs(params.codecs, ctx, "codecs")}
    if params.header_bits is not None:
        found["header_bits"] = params.header_bits
    return Conditional(**found)


def _write(codec: Conditional, ctx: WriteContext) -> dict[str, Any]:
    return {"codecs": write_codecs(codec.codecs, ctx.chunk, ctx), "header_bits": codec.header_bits}


SPEC: Final = CodecSpec(
    model=Conditional,
    kind=B2B,
    v3=(Form("conditional", ConditionalV3, _read, _write, registered=True),),
    no_v2=(
        "each of its chunks begins with a mask of the codecs that encoded it, and v2 has no such mask;"
        " rewrite the data"
    ),
    docs=f"{ZARR_EXTENSIONS}/conditional",
)
