"""Whether a v3 array's fill value can be encoded by the codecs that compute with values.

`scale_offset` and `cast_value` give the codecs after them another fill value. Where it does not fit their data type,
the specifications have it refused, and zarr-python opens no such array.

Source: https://github.com/zarr-developers/zarr-extensions/tree/4da7b37/codecs, scale_offset and cast_value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from zarrcodec_bridge.codecs.cast_value import CastValue
from zarrcodec_bridge.codecs.scale_offset import ScaleOffset
from zarrcodec_bridge.codecs.sharding_indexed import ShardingIndexed
from zarrcodec_bridge.codecs.transpose import Transpose
from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.data_types.names import FLOATS, INTEGERS, RANGES
from zarrcodec_bridge.core.data_types.scalars import nearest_float
from zarrcodec_bridge.core.model import Codec, thaw
from zarrcodec_bridge.core.propagation import name_of
from zarrcodec_bridge.documents.context import invalid_member
from zarrcodec_bridge.documents.fill_values.binary import float_from_json

Number: TypeAlias = int | float


def _nearest_away(number: float) -> int:
    whole = math.floor(abs(number) + 0.5)
    return whole if number >= 0 else -whole


_ROUNDED: Final[dict[str, Callable[[float], int]]] = {
    "nearest-even": round,
    "towards-zero": math.trunc,
    "towards-positive": math.ceil,
    "towards-negative": math.floor,
    "nearest-away": _nearest_away,
}


def check_fill_value(codecs: Sequence[Codec], fill_value: Any, dtype: DataType) -> None:
    """Raise :class:`InvalidCodecError` where a codec cannot encode the fill value.

    Parameters
    ----------
    codecs : sequence of Codec
        The chain of a v3 array.
    fill_value
        As v3 spells it.
    dtype : DataType
        The data type of the array.
    """
    if not any(isinstance(codec, (ScaleOffset, CastValue, ShardingIndexed)) for codec in codecs):
        return
    value = _number(fill_value, dtype)
    for codec in codecs:
        if value is None:
            return
        if isinstance(codec, ShardingIndexed):
            check_fill_value(codec.codecs, fill_value, dtype)
        if isinstance(codec, ScaleOffset):
            value = _scale(codec, value, dtype)
        elif isinstance(codec, CastValue):
            stored = DataType.from_v3(thaw(codec.data_type))
            value = _cast(codec, value, dtype, stored)
            dtype = stored
        elif not isinstance(codec, Transpose):
            return
        fill_value = value


def _number(value: Any, dtype: DataType) -> Number | None:
    """Read a scalar of a data type as a number; ``None`` where this module has none."""
    if dtype.name in INTEGERS:
        return int(value)
    if dtype.name not in ("float16", "float32", "float64"):
        return None
    return float_from_json(value, dtype.itemsize or 0)


def _scale(codec: ScaleOffset, value: Number, dtype: DataType) -> Number | None:
    offset, scale = _number(codec.offset_value, dtype), _number(codec.scale_value, dtype)
    if offset is None or scale is None:
        return None
    found = (value - offset) * scale
    if dtype.name in FLOATS:
        return nearest_float(found, dtype.name)
    low, high = RANGES[dtype.name]
    if not low <= found <= high:
        raise _refuse_value(codec, value, f"becomes {found}, and {dtype.name} has {low} to {high}")
    return found


def _cast(codec: CastValue, value: Number, dtype: DataType, stored: DataType) -> Number | None:
    replaced = _map(codec, value, dtype, stored)
    if replaced is not None:
        return replaced
    if stored.name not in INTEGERS:
        found = nearest_float(value, stored.name)
        if (
            found is not None
            and math.isinf(found)
            and not math.isinf(value)
            and codec.out_of_range is None
        ):
            raise _refuse_value(
                codec, value, f"is too large for {stored.name}, and out_of_range is not set"
            )
        return found
    if not math.isfinite(value):
        raise _refuse_value(codec, value, f"is no {stored.name}, and scalar_map says nothing of it")
    whole = _ROUNDED[codec.rounding](value)
    low, high = RANGES[stored.name]
    if low <= whole <= high:
        return whole
    if codec.out_of_range is None:
        raise _refuse_value(
            codec,
            value,
            f"is not in {low} to {high}, as {stored.name} has, and out_of_range is not set",
        )
    if codec.out_of_range == "clamp":
        return min(max(whole, low), high)
    return (whole - low) % (high - low + 1) + low


def _map(codec: CastValue, value: Number, dtype: DataType, stored: DataType) -> Number | None:
    """Find what `scalar_map` puts in the place of a value."""
    pairs = thaw(codec.scalar_map).get("encode", ()) if codec.scalar_map is not None else ()
    for given, result in pairs:
        number = _number(given, dtype)
        if number is not None and (number == value or (number != number and value != value)):
            return _number(result, stored)
    return None


def _refuse_value(codec: Codec, value: Number, reason: str) -> Exception:
    return invalid_member(
        ("fill_value",), f"expected a value that {name_of(codec)} can encode: {value} {reason}"
    )
