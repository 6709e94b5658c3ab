"""The `scale_offset` codec: registered in v3; in v2, with a cast, it is `fixedscaleoffset`.

https://github.com/zarr-developers/zarr-extensions/tree/4da7b37a84f76e660902f6d3de3eaef0e0febae6/codecs/scale_offset
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.data_types.names import REALS
from zarrcodec_bridge.core.data_types.scalars import is_zero, scalar_json, scalar_problem
from zarrcodec_bridge.core.errors import Problem
from zarrcodec_bridge.core.messages import USE_A_PIPELINE, Message, excerpt
from zarrcodec_bridge.core.model import Codec, Params, frozen, thaw
from zarrcodec_bridge.core.spec import A2A, ZARR_EXTENSIONS, ArrayEffect, Chunk, CodecSpec, Form

NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
SCALAR_TEXT: Final = re.compile(rf"NaN|[+-]?Infinity|0x[0-9a-fA-F]+|{NUMBER.pattern}")

ZERO: Final = r"^([+-]?(0+\.?0*|\.0+)([eE][+-]?[0-9]+)?|0x[08]?0*)$"
"""Zero as text, or as the bits of a number, of which the first may be its sign."""

EXACT: Final = 1 << 53
"""Floats below this one hold every integer exactly."""


def _scalar(value: Any) -> Any:
    """Read a scalar in "the Zarr V3 fill value encoding for the input array's data type".

    zarr-python also reads a number as a string.
    """
    return scalar_json(value, SCALAR_TEXT)


def _not_zero(value: float | str) -> float | str:
    """Refuse a scale by which decoding would divide by zero."""
    zero = value == 0
    if isinstance(value, str) and value.startswith("0x"):
        sign = 1 << 4 * (len(value) - 2) - 1
        zero = int(value, 16) in (0, sign)
    elif isinstance(value, str) and NUMBER.fullmatch(value):
        zero = float(value) == 0
    if zero:
        raise ValueError(f"expected a scale other than 0, got {excerpt(value)}")
    return value


SCALAR_SCHEMA: Final = {"type": ["number", "string"], "pattern": f"^({SCALAR_TEXT.pattern})$"}
SCALE_SCHEMA: Final = {
    **SCALAR_SCHEMA,
    "not": {"anyOf": [{"const": 0}, {"type": "string", "pattern": ZERO}]},
}

Scalar = Annotated[int | float | str, BeforeValidator(_scalar), WithJsonSchema(SCALAR_SCHEMA)]
Scale = Annotated[Scalar, AfterValidator(_not_zero), WithJsonSchema(SCALE_SCHEMA)]


def _text(value: Any) -> str:
    """Give the JSON text of a scalar, or of the text itself; 5.0 and 5 are one number."""
    if isinstance(value, str):
        with suppress(ValueError):
            value = json.loads(value, parse_constant=str)
    value = _scalar(value)
    if isinstance(value, float) and value.is_integer() and 0 < abs(value) < EXACT:
        value = int(value)
    return frozen(0 if isinstance(value, float) and repr(value) == "0.0" else value)


def _scale_text(value: Any) -> str:
    text = _text(value)
    _not_zero(thaw(text))
    return text


class ScaleOffset(Codec):
    """Stores ``(x - offset) * scale``, computed in the data type of the array."""

    offset: Annotated[str, BeforeValidator(_text)] = Field(
        default="0", description="Subtracted first; a scalar of the data type, as JSON text."
    )
    scale: Annotated[str, BeforeValidator(_scale_text)] = Field(
        default="1", description="The factor after that; not 0, as JSON text."
    )

    @property
    def offset_value(self) -> Any:
        """The offset as JSON: a number, or a string such as "NaN" or "0x7fc00000"."""
        return thaw(self.offset)

    @property
    def scale_value(self) -> Any:
        """The scale as JSON."""
        return thaw(self.scale)


class ScaleOffsetV3(Params):
    """The v3 configuration, both keys of which may be left out."""

    offset: Scalar = 0
    scale: Scale = 1


def _read(params: ScaleOffsetV3, ctx: ReadContext) -> ScaleOffset:
    return ScaleOffset(**{name: frozen(getattr(params, name)) for name in params.model_fields_set})


def _write(codec: ScaleOffset, ctx: WriteContext) -> dict[str, Any]:
    params: dict[str, Any] = {}
    if "offset" in codec.model_fields_set:
        params["offset"] = codec.offset_value
    if "scale" in codec.model_fields_set:
        params["scale"] = codec.scale_value
    return params


def _problems(codec: ScaleOffset, chunk: Chunk) -> Iterator[Problem]:
    """For integers and floats; offset and scale in the "fill value encoding for the input array's data type"."""
    dtype = chunk.dtype
    if dtype is None or not dtype.is_known:
        return
    if dtype.name not in REALS:
        yield Problem((), f"expected integers or floating-point numbers, got {dtype.name} elements")
        return
    for name, value in (("offset", codec.offset_value), ("scale", codec.scale_value)):
        wrong = scalar_problem(value, dtype) if name in codec.model_fields_set else None
        if wrong is not None:
            yield Problem((name,), wrong)
        elif name == "scale" and is_zero(value, dtype):
            yield Problem((name,), f"expected a scale that is not 0 in {dtype.name}, got {value}")


SPEC: Final = CodecSpec(
    model=ScaleOffset,
    kind=A2A,
    v3=(Form("scale_offset", ScaleOffsetV3, _read, _write, registered=True),),
    array=ArrayEffect(elementwise=True, by_value=True),
    check=_problems,
    no_v2=Message(
        "fixedscaleoffset also rounds to whole numbers, so v2 has it only together with"
        " a cast_value to integers after it; ",
        USE_A_PIPELINE,
    ),
    docs=f"{ZARR_EXTENSIONS}/scale_offset",
)
