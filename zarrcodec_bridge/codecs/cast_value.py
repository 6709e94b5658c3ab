"""The `cast_value` codec: registered in v3; in v2 some of its settings are `numcodecs.AsType`.

https://github.com/zarr-developers/zarr-extensions/tree/4da7b37a84f76e660902f6d3de3eaef0e0febae6/codecs/cast_value
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Set
from typing import Annotated, Any, Final, Literal, TypeAlias

from annotated_types import Len
from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.data_types import DataType, Typestr
from zarrcodec_bridge.core.data_types.names import INTEGERS, REALS
from zarrcodec_bridge.core.data_types.scalars import scalar_json, scalar_problem
from zarrcodec_bridge.core.errors import MissingContextError, NotRepresentableError, Problem
from zarrcodec_bridge.core.messages import excerpt
from zarrcodec_bridge.core.model import Codec, Params, frozen, thaw
from zarrcodec_bridge.core.spec import A2A, ZARR_EXTENSIONS, ArrayEffect, Chunk, CodecSpec, Form

Rounding: TypeAlias = Literal[
    "nearest-even", "towards-zero", "towards-positive", "towards-negative", "nearest-away"
]
"""\"If this field is not present, implementations MUST use `nearest-even`.\""""

OutOfRange: TypeAlias = Literal["clamp", "wrap"]
"""\"If this field is not present, out-of-range values are not handled by the codec.\""""

MANTISSA: Final = {"float16": 11, "float32": 24, "float64": 53}
"""Bits of a whole number that each of NumPy's floating-point types holds exactly."""

NUMPY: Final = (INTEGERS - {"int2", "int4", "uint2", "uint4"}) | set(MANTISSA)
"""Those of them that NumPy, and so v2, has."""


def _data_type_schema(names: Set[str]) -> dict[str, Any]:
    """Make the JSON Schema of a data type that has one of these names."""
    name = {"enum": sorted(names, key=lambda name: (len(name), name))}
    return {
        "anyOf": [
            name,
            {
                "type": "object",
                "properties": {
                    "name": name,
                    "configuration": {"type": "object"},
                    "must_understand": {"type": "boolean"},
                },
                "required": ["name"],
                "additionalProperties": False,
            },
        ],
        "examples": ["int16"],
    }


def _name_of(data_type: Any) -> str:
    """Give the name of a v3 data type, which is spelled as its name or as ``{"name"}``."""
    name = DataType.from_v3(data_type, ()).name
    if name not in REALS:
        raise ValueError(f"expected a data type of real numbers, got {excerpt(data_type)}")
    return name


def _data_type_text(value: Any) -> str:
    """Give the JSON text of a v3 data type, or of the text itself."""
    text = isinstance(value, str) and value[:1] in ('"', "{")
    return frozen(_name_of(thaw(value) if text else value))


DataTypeText = Annotated[str, BeforeValidator(_data_type_text)]


SCALAR_TEXT: Final = re.compile(r"NaN|[+-]?Infinity|0x[0-9a-fA-F]+")


def _scalar(value: Any) -> Any:
    """Read a scalar "encoded to JSON using the Zarr V3 fill value encoding"."""
    return scalar_json(value, SCALAR_TEXT)


Scalar = Annotated[
    int | float | str,
    BeforeValidator(_scalar),
    WithJsonSchema({"type": ["number", "string"], "pattern": f"^({SCALAR_TEXT.pattern})$"}),
]

Pairs: TypeAlias = list[Annotated[list[Scalar], Len(2, 2)]]
"""\"JSON arrays of length-2 arrays `[[<input>, <output>], ...]`\"."""


class ScalarMap(Params):
    """Replaces single values, before any other rule."""

    encode: Pairs | None = None
    decode: Pairs | None = None


def _scalar_map(value: Any) -> str | None:
    """Give the JSON text of a `scalar_map`; ``None`` where it maps nothing."""
    if isinstance(value, str):
        value = json.loads(value)
    if value is None:
        return None
    found = value if isinstance(value, ScalarMap) else ScalarMap.model_validate(value)
    sides = {name: pairs for name, pairs in found if pairs}
    return frozen(sides) if sides else None


ScalarMapText = Annotated[str | None, BeforeValidator(_scalar_map)]


class CastValue(Codec):
    """Casts the value of each element, with rules for rounding and for values out of range."""

    data_type: DataTypeText = Field(description="The v3 data type that is stored, as JSON text.")
    rounding: Rounding = Field(
        default="nearest-even", description="How both directions round what does not fit exactly."
    )
    out_of_range: OutOfRange | None = Field(
        default=None, description="What becomes of values out of range; refused if left out."
    )
    scalar_map: ScalarMapText = Field(
        default=None, description="Single values that are mapped first, as JSON text."
    )

    @field_validator("out_of_range")
    @classmethod
    def _wraps_integers_only(cls, value: str | None, info: ValidationInfo) -> str | None:
        """Wrapping is "only permitted when `data_type` is an integral type"."""
        text = info.data.get("data_type")
        if value == "wrap" and text is not None and thaw(text) not in INTEGERS:
            raise ValueError(f"expected 'clamp', as {thaw(text)} is no integer type, got 'wrap'")
        return value


class CastValueV3(Params):
    """The v3 configuration."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"out_of_range": {"const": "wrap"}}, "required": ["out_of_range"]},
            "then": {"properties": {"data_type": _data_type_schema(INTEGERS)}},
        }
    )

    data_type: Annotated[
        str | dict[str, Any], BeforeValidator(_name_of), WithJsonSchema(_data_type_schema(REALS))
    ]
    rounding: Rounding = "nearest-even"
    out_of_range: OutOfRange | None = None
    scalar_map: ScalarMap | None = None


class AstypeV2(Params):
    """`numcodecs.AsType(encode_dtype, decode_dtype)`, which is read as `astype`."""

    encode_dtype: Typestr
    decode_dtype: Typestr


def _read_v3(params: CastValueV3, ctx: ReadContext) -> CastValue:
    return CastValue(**{name: getattr(params, name) for name in params.model_fields_set})


def _write_v3(codec: CastValue, ctx: WriteContext) -> dict[str, Any]:
    stored = _stored(codec)
    params: dict[str, Any] = {"data_type": stored.to_v3()}
    if "rounding" in codec.model_fields_set:
        params["rounding"] = codec.rounding
    if codec.out_of_range is not None:
        params["out_of_range"] = codec.out_of_range
    if codec.scalar_map is not None:
        params["scalar_map"] = thaw(codec.scalar_map)
    return params


def _write_v2(codec: CastValue, ctx: WriteContext) -> dict[str, Any]:
    array = ctx.chunk.dtype
    if array is None:
        raise MissingContextError(
            "v2", "cast_value", "the decode_dtype of astype is that of the array", ["dtype"]
        )
    stored = _stored(codec)
    stored = stored.with_endian(stored.endian or array.endian or "little")
    for dtype in (array, stored):
        if dtype.name not in NUMPY:
            raise NotRepresentableError(
                "v2", "cast_value", f"NumPy's casts, which astype uses, have no {dtype.name}"
            )
    reason = _decodes_otherwise(codec, stored.name, array.name)
    if reason is not None:
        raise NotRepresentableError("v2", "cast_value", f"astype would decode otherwise: {reason}")
    reason = _encodes_otherwise(codec, array.name, stored.name)
    if reason is not None:
        ctx.lose("cast_value", f"astype decodes the same, but encodes otherwise: {reason}")
    elif stored.name in INTEGERS and array.name in MANTISSA:
        ctx.lose(
            "cast_value",
            f"astype decodes the same, but {array.name} values too large for a 64-bit integer are"
            " stored as NumPy casts them, which depends on the machine",
        )
    return {"encode_dtype": stored.to_v2(), "decode_dtype": array.to_v2()}


def _stored(codec: CastValue) -> DataType:
    """Give the data type that is stored; a pipeline writes a v2 type string where it has a byte order."""
    if codec.data_type[:1] in "<>|":
        return DataType.from_v2(codec.data_type)
    return DataType.from_v3(thaw(codec.data_type))


def _decodes_otherwise(codec: CastValue, stored: str, array: str) -> str | None:
    """Give the reason why NumPy's cast of stored values may differ from this codec; ``None`` if it cannot.

    Where this codec refuses a stored value (out of range, or NaN in an integer array), there is
    nothing to differ from.
    """
    if codec.scalar_map is not None and "decode" in thaw(codec.scalar_map):
        return "its scalar_map maps values when decoding"
    if _has_all_values(array, stored):
        return None
    if array in MANTISSA:
        # NumPy rounds to nearest-even and gives infinity for values out of range, as clamp does.
        if codec.rounding != "nearest-even":
            return f"it rounds {stored} to {array} {codec.rounding}, NumPy nearest-even"
        return None
    if stored in INTEGERS:
        if codec.out_of_range == "clamp":
            return f"it clamps {stored} to {array}, and NumPy wraps"
        return None
    # NumPy cuts off fractions; its result for values out of range depends on the machine.
    if codec.rounding != "towards-zero":
        return f"it rounds {stored} to {array} {codec.rounding}, NumPy towards zero"
    if codec.out_of_range is not None:
        return f"it clamps {stored} to {array}, and NumPy does not"
    return None


def _encodes_otherwise(codec: CastValue, array: str, stored: str) -> str | None:
    """Give the reason why NumPy's cast of the array may store other values than this codec; ``None`` if it cannot."""
    if codec.scalar_map is not None:
        return "NumPy has no scalar_map"
    if _has_all_values(stored, array):
        return None
    wanted = "towards-zero" if stored in INTEGERS else "nearest-even"
    if codec.rounding != wanted and not (array in INTEGERS and stored in INTEGERS):
        return f"it rounds {codec.rounding}, NumPy {wanted}"
    if stored in INTEGERS and codec.out_of_range != "wrap":
        return f"NumPy wraps what does not fit, where it would {codec.out_of_range or 'refuse'}"
    return None


def _has_all_values(wide: str, narrow: str) -> bool:
    """Whether `wide` has every value of `narrow`."""
    if narrow in MANTISSA:
        return MANTISSA.get(wide, 0) >= MANTISSA[narrow]
    bits = _bits(narrow)
    if wide in MANTISSA:
        return bits <= MANTISSA[wide]
    return bits <= _bits(wide) and (wide.startswith("int") or narrow.startswith("uint"))


def _bits(name: str) -> int:
    """Give the bits of the largest number of an integer type, without the sign."""
    return int(name.removeprefix("u").removeprefix("int")) - (not name.startswith("u"))


def _problems(codec: CastValue, chunk: Chunk) -> Iterator[Problem]:
    """Of the specification: "only defined for data types that model real numbers"; single values are spelled as
    their data types' fill values.
    """
    array = chunk.dtype
    if array is None or not array.is_known:
        return
    if array.name not in REALS:
        yield Problem((), f"expected integers or floating-point numbers, got {array.name} elements")
        return
    stored = _stored(codec)
    sides = {"encode": (array, stored), "decode": (stored, array)}
    for side, pairs in (thaw(codec.scalar_map) if codec.scalar_map is not None else {}).items():
        for index, pair in enumerate(pairs):
            for at, (value, dtype) in enumerate(zip(pair, sides[side], strict=True)):
                wrong = scalar_problem(value, dtype)
                if wrong is not None:
                    yield Problem(("scalar_map", side, index, at), wrong)


SPEC: Final = CodecSpec(
    model=CastValue,
    kind=A2A,
    v2=(Form("astype", AstypeV2, write=_write_v2, readable=False),),
    v3=(Form("cast_value", CastValueV3, _read_v3, _write_v3, registered=True),),
    array=ArrayEffect(encodes="data_type", elementwise=True, by_value=True),
    check=_problems,
    docs=f"{ZARR_EXTENSIONS}/cast_value",
)
