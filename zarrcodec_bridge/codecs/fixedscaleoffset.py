"""The `fixedscaleoffset` codec: `numcodecs.FixedScaleOffset`, `numcodecs.fixedscaleoffset` in v3.

https://numcodecs.readthedocs.io/en/stable/filter/fixedscaleoffset.html
"""

from __future__ import annotations

import math
import sys
from typing import Annotated, Any, Final, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from zarrcodec_bridge.core.contexts import WriteContext
from zarrcodec_bridge.core.data_types import Typestr, typestr_schema
from zarrcodec_bridge.core.errors import MissingContextError
from zarrcodec_bridge.core.messages import excerpt
from zarrcodec_bridge.core.model import Codec, Params, defaults_to
from zarrcodec_bridge.core.propagation import elements_typestr
from zarrcodec_bridge.core.spec import A2A, ArrayEffect, Chunk, CodecSpec, Form


def _finite(value: Any) -> Any:
    try:
        finite = type(value) in (int, float) and math.isfinite(value)
    except OverflowError:
        finite = False
    if not finite:
        raise ValueError(f"expected a number, got {excerpt(value)}")
    return value


def _not_zero(value: float | int) -> float | int:
    if value == 0:
        raise ValueError("expected a number other than 0, by which decoding divides")
    return value


def _numeric(value: str) -> str:
    if value[1] not in "biufc":
        raise ValueError(f"expected a data type of numbers, got {excerpt(value)}")
    return value


NUMBER_SCHEMA: Final = {
    "type": "number",
    "minimum": -sys.float_info.max,
    "maximum": sys.float_info.max,
}

Number: TypeAlias = Annotated[float | int, BeforeValidator(_finite), WithJsonSchema(NUMBER_SCHEMA)]
Scale: TypeAlias = Annotated[
    float | int,
    AfterValidator(_not_zero),
    BeforeValidator(_finite),
    WithJsonSchema({**NUMBER_SCHEMA, "not": {"const": 0}, "examples": [10.0]}),
]
Numeric: TypeAlias = Annotated[
    Typestr, AfterValidator(_numeric), WithJsonSchema(typestr_schema("biufc"))
]


class FixedScaleOffset(Codec):
    """Stores ``round((x - offset) * scale)``, computed in float64 and flattened.

    `numcodecs.FixedScaleOffset(offset, scale, dtype, astype=None)`.
    """

    offset: Number = Field(description="Subtracted first.")
    scale: Scale = Field(description="The factor after that.")
    dtype: Numeric | None = Field(
        default=None,
        description="The data type as which the chunk is viewed; that of the array if left out.",
    )
    astype: Annotated[Numeric | None, defaults_to("dtype")] = Field(
        default=None,
        validate_default=True,
        description="The data type that is stored; that of `dtype` if left out.",
    )


class FixedScaleOffsetV2(Params):
    """`numcodecs.FixedScaleOffset(offset, scale, dtype, astype=None)`: `dtype` is required."""

    offset: Number
    scale: Scale
    dtype: Numeric
    astype: Annotated[Numeric | None, defaults_to("dtype")] = Field(None, validate_default=True)


def _write(codec: FixedScaleOffset, ctx: WriteContext) -> dict[str, Any]:
    dtype = codec.dtype or elements_typestr(ctx.chunk, ctx.dialect, "biufc")
    if dtype is None and ctx.dialect == "v2":
        raise MissingContextError(
            "v2", "fixedscaleoffset", "its dtype is that of the array", ["dtype"]
        )
    params: dict[str, Any] = {"offset": codec.offset, "scale": codec.scale}
    if dtype is not None:
        params["dtype"] = dtype
    if codec.astype is not None and "astype" in codec.model_fields_set:
        params["astype"] = codec.astype
    return params


def _resolve(codec: FixedScaleOffset, chunk: Chunk) -> FixedScaleOffset:
    dtype = codec.dtype or elements_typestr(chunk, "v2", "biufc")
    return codec.model_copy(update={"dtype": dtype})


SPEC: Final = CodecSpec(
    model=FixedScaleOffset,
    kind=A2A,
    v2=(Form("fixedscaleoffset", FixedScaleOffsetV2, write=_write),),
    # zarrs has it too, but rounds `offset` and `scale` to float32 and computes in it.
    v3=(Form("numcodecs.fixedscaleoffset", FixedScaleOffset, write=_write),),
    array=ArrayEffect(views="dtype", encodes="astype"),
    array_dependent=frozenset({"dtype"}),
    resolve=_resolve,
    ignores_chunk_shape=True,
    docs="https://numcodecs.readthedocs.io/en/stable/filter/fixedscaleoffset.html",
)
