"""Single values among a codec's parameters, which are spelled as v3 spells the fill values of their data type.

Source: https://zarr-specs.readthedocs.io/en/latest/v3/data-types/index.html#permitted-fill-values, and what
zarr-python reads besides: a whole number as ``5.0``, and a number as text.
"""

from __future__ import annotations

import math
import re
import struct
from contextlib import suppress
from typing import Any, Final

from zarrcodec_bridge.core.data_types.data_type import DataType
from zarrcodec_bridge.core.data_types.names import RANGES
from zarrcodec_bridge.core.messages import excerpt

_SPECIAL: Final = frozenset({"NaN", "Infinity", "+Infinity", "-Infinity"})
_HEX: Final = re.compile(r"0x([0-9a-fA-F]+)", re.ASCII)
_PACKED: Final = {"float16": "<e", "float32": "<f", "float64": "<d"}


def scalar_json(value: Any, texts: re.Pattern[str]) -> Any:
    """Give a scalar as JSON, where NaN and infinities are texts; raises :class:`ValueError` for any other value.

    `texts` matches the texts that stand for a number.
    """
    if isinstance(value, str) and texts.fullmatch(value):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"expected a number, NaN, Infinity or 0x..., got {excerpt(value)}")
    if value != value:
        return "NaN"
    if abs(value) == math.inf:
        return "Infinity" if value > 0 else "-Infinity"
    return value


def scalar_problem(value: Any, dtype: DataType) -> str | None:
    """Say what is wrong with the JSON of a real number of type `dtype`; ``None`` if nothing is."""
    if dtype.name in RANGES:
        number = _number(value, int)
        low, high = RANGES[dtype.name]
        if number is None or number != number // 1:
            return f"expected a whole number, as {dtype.name} has, got {excerpt(value)}"
        if not low <= number <= high:
            return f"expected {low} to {high}, as {dtype.name} has, got {excerpt(value)}"
        return None
    bits = _HEX.fullmatch(value) if isinstance(value, str) else None
    if bits is not None:
        digits = 2 * (dtype.itemsize or 0)
        if len(bits[1]) != digits:
            return f"expected 0x and the {digits} digits of a {dtype.name}, got {excerpt(value)}"
        return None
    if (isinstance(value, str) and value in _SPECIAL) or _number(value, float) is not None:
        return None
    return f"expected a number, NaN, Infinity or 0x..., as {dtype.name} has, got {excerpt(value)}"


def is_zero(value: Any, dtype: DataType) -> bool:
    """Whether a number is zero in `dtype`, to which it may be rounded."""
    number = _number(value, float)
    packed = _PACKED.get(dtype.name)
    if number is None or packed is None:
        return number == 0
    with suppress(OverflowError):
        return bool(struct.unpack(packed, struct.pack(packed, number))[0] == 0)
    return False


def nearest_float(number: float, name: str) -> float | None:
    """Find the nearest number that an element of a floating-point type can be; ``None`` for others."""
    code = _PACKED.get(name)
    if code is None:
        return None
    try:
        return float(struct.unpack(code, struct.pack(code, float(number)))[0])
    except OverflowError:
        return math.copysign(math.inf, number)


def _number(value: Any, kind: type[int] | type[float]) -> int | float | None:
    """Read a finite number, or one as text."""
    if isinstance(value, str) and value not in _SPECIAL:
        with suppress(ValueError):
            value = kind(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if abs(value) < float("inf") else None
