"""The `n5_default` codec: registered in v3; in v2 it is zarr-python 2's `n5_wrapper`.

https://github.com/zarr-developers/zarr-extensions/tree/4da7b37a84f76e660902f6d3de3eaef0e0febae6/codecs/n5_default

zarr-python reads it with the package `zarr-n5`; zarrs where it was built with the crate `zarrs_n5`.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, WithJsonSchema

from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.messages import USE_A_PIPELINE, Message, excerpt
from zarrcodec_bridge.core.model import NESTED, Codec, NestedCodecs, Params
from zarrcodec_bridge.core.propagation import kind_of, name_of
from zarrcodec_bridge.core.spec import A2B, B2B, ZARR_EXTENSIONS, CodecSpec, Form
from zarrcodec_bridge.dialects import read_codecs, write_codecs


def _n5_chain(codecs: tuple[Codec, ...]) -> tuple[Codec, ...]:
    """A "transpose codec which performs a full transposition", bytes, and "zero or one" more."""
    names = [name_of(codec) for codec in codecs]
    if names[:2] != ["transpose", "bytes"] or len(names) > 3:
        raise ValueError(
            f"expected transpose, bytes and at most one bytes-to-bytes codec, got {excerpt(names)}"
        )
    order = getattr(codecs[0], "order", None)
    if order != "F" and (not isinstance(order, tuple) or order != tuple(range(len(order)))[::-1]):
        raise ValueError(f"expected a transpose that reverses all axes, got order {excerpt(order)}")
    if getattr(codecs[1], "endian", None) not in ("big", None):
        raise ValueError("expected bytes with endian 'big', or none for single bytes")
    if len(codecs) == 3 and kind_of(codecs[2]) not in (B2B, None):
        raise ValueError(f"expected a bytes-to-bytes codec as the third, got {names[2]}")
    return codecs


class N5Default(Codec):
    """A block of N5 in its default mode: the shape of the block, then its elements."""

    codecs: Annotated[NestedCodecs, AfterValidator(_n5_chain)] = Field(
        description="transpose (of all axes), bytes (big), and at most one bytes-to-bytes codec."
    )


CHAIN_SCHEMA: Final[dict[str, Any]] = {
    "type": "array",
    "prefixItems": [
        {NESTED: "v3 transpose"},
        {
            "allOf": [
                {NESTED: "v3 bytes"},
                {
                    "properties": {
                        "configuration": {"properties": {"endian": {"enum": ["big", None]}}}
                    }
                },
            ]
        },
        {NESTED: "v3 b2b"},
    ],
    "minItems": 2,
    "maxItems": 3,
    "examples": [
        [
            {"name": "transpose", "configuration": {"order": [1, 0]}},
            {"name": "bytes", "configuration": {"endian": "big"}},
            {"name": "gzip", "configuration": {"level": 5}},
        ]
    ],
}
"""The same as JSON Schema, which cannot say that an order is a reversal."""


class N5DefaultV3(Params):
    """The v3 configuration."""

    codecs: Annotated[list[Any], WithJsonSchema(CHAIN_SCHEMA)]


def _read(params: N5DefaultV3, ctx: ReadContext) -> N5Default:
    return N5Default(codecs=read_codecs(params.codecs, ctx, "codecs"))


def _write(codec: N5Default, ctx: WriteContext) -> dict[str, Any]:
    return {"codecs": write_codecs(codec.codecs, ctx.chunk, ctx)}


SPEC: Final = CodecSpec(
    model=N5Default,
    kind=A2B,
    v3=(Form("n5_default", N5DefaultV3, _read, _write, registered=True),),
    no_v2=Message(
        "v2's n5_wrapper is this with a transpose of all axes before it; ", USE_A_PIPELINE
    ),
    docs=f"{ZARR_EXTENSIONS}/n5_default",
)
