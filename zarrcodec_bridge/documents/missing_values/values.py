"""What xarray compares elements with: fill values, and attributes in the spelling of either format."""

from __future__ import annotations

import binascii
import math
import struct
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

from zarrcodec_bridge.core.data_types.names import TIMES
from zarrcodec_bridge.core.data_types.scalars import nearest_float
from zarrcodec_bridge.core.messages import Hint, Message, excerpt
from zarrcodec_bridge.documents.context import DocumentContext
from zarrcodec_bridge.documents.fill_values.binary import float_from_json

FILL_VALUE: Final = "_FillValue"
"""The attribute by which netCDF and CF say which value is missing."""

MISSING_VALUE: Final = "missing_value"
"""The older attribute for the same, which xarray reads in both formats as it stands."""

AT: Final = f"attributes.{FILL_VALUE}"

Kind: TypeAlias = Literal["bool", "integer", "float", "complex", "text", "bytes", "time", "opaque"]
"""What xarray makes of a fill value, by data type."""

_SIZES: Final = {"float16": 2, "float32": 4, "float64": 8}
_KINDS: Final[Mapping[str, Kind]] = {
    "bool": "bool",
    **{f"{sign}int{n}": "integer" for sign in ("", "u") for n in (8, 16, 32, 64)},
    **dict.fromkeys(_SIZES, "float"),
    "complex64": "complex",
    "complex128": "complex",
    "string": "text",
    "fixed_length_utf32": "text",
    "null_terminated_bytes": "bytes",
    "variable_length_bytes": "bytes",
    "bytes": "bytes",
    **dict.fromkeys(TIMES, "time"),
    "raw_bytes": "opaque",
    "struct": "opaque",
    "structured": "opaque",
}
"""Data types that zarr-python, and so xarray, opens in v2."""

REMEDY: Final = Message(Hint("keep_attributes", True), " leaves the attributes as they are")


def xarray_kind(data_type: Any) -> Kind | None:
    """Say what xarray makes of this v3 data type; ``None`` for one that it does not open in v2."""
    name = data_type.get("name") if isinstance(data_type, Mapping) else data_type
    if not isinstance(name, str):
        return None
    if name not in _KINDS and name[:1] == "r" and name[1:].isdecimal():
        return "opaque"
    return _KINDS.get(name)


def name_of_type(data_type: Any) -> str:
    """Give the name of a v3 data type."""
    return str(data_type["name"] if isinstance(data_type, Mapping) else data_type)


def element_of_fill_value(fill_value: Any, kind: Kind, name: str) -> Any:
    """Give the element that a v3 fill value stands for, with which xarray compares."""
    if kind == "float":
        return _float_element(fill_value, name)
    if kind == "complex":
        part = "float32" if name == "complex64" else "float64"
        real, imaginary = (_float_element(item, part) for item in fill_value)
        return complex(real, imaginary)
    return fill_value


def _float_element(value: Any, name: str) -> float:
    """Give the element that a v3 fill value of a floating-point type stands for."""
    number = float_from_json(value, _SIZES[name])
    return math.nan if number is None else nearest_element(number, name)


def nearest_element(number: float, name: str) -> float:
    """Give the nearest number that an element of the data type, one of :data:`_SIZES`, can be."""
    found = nearest_float(number, name)
    return number if found is None else found


def encode_attribute(value: Any) -> Any:
    """Write a value as the attribute of a v3 array, as xarray reads it."""
    if isinstance(value, complex):
        return [encode_attribute(value.real), encode_attribute(value.imag)]
    if isinstance(value, float):
        return b64encode(struct.pack("<d", value)).decode()
    return value


def _decode_float(value: Any) -> float | None:
    """Read the float of an attribute of a v3 array, which writers other than xarray leave as a plain number."""
    if isinstance(value, str):
        try:
            data = binascii.a2b_base64(value, strict_mode=True)
            return float(struct.unpack("<d", data)[0])
        except (ValueError, struct.error):
            return None
    return _read_float(value)


def _read_float(value: Any) -> float | None:
    if isinstance(value, (int, float)):
        try:
            return float(value)
        except OverflowError:
            return None
    return None


def decode_attribute(attribute: Any, kind: Kind) -> Any:
    """Read the attribute of a v3 array; ``None`` where it stands for no value."""
    if attribute is None:
        return None
    if kind == "float":
        return _decode_float(attribute)
    if kind == "complex":
        if isinstance(attribute, list) and len(attribute) == 2:
            real, imaginary = (_decode_float(part) for part in attribute)
            return None if real is None or imaginary is None else complex(real, imaginary)
        real = _read_float(attribute)
        return None if real is None else complex(real)
    if kind == "bool":
        return bool(attribute)
    if kind == "integer":
        is_finite = isinstance(attribute, (int, float)) and math.isfinite(attribute)
        return int(attribute) if is_finite else None  # xarray cuts 2.5 to 2
    if kind == "text":
        return attribute if isinstance(attribute, str) else None
    return None


def single_value(attribute: Any) -> Any:
    """Give the one value of an attribute, which netCDF libraries also write as a list of one."""
    while isinstance(attribute, list) and len(attribute) == 1:
        attribute = attribute[0]
    return attribute


def read_plain_attribute(attribute: Any, kind: Kind) -> Any:
    """Read the plain attribute of a v2 array; ``None`` where xarray in v3 has no such value."""
    attribute = single_value(attribute)
    if kind == "float":
        return math.nan if attribute == "NaN" else _read_float(attribute)
    if kind == "complex":
        number = _read_float(attribute)
        return None if number is None else complex(number)
    if kind == "text":
        return attribute if isinstance(attribute, str) else None
    number = _read_float(attribute)
    if number is None or not math.isfinite(number) or number != int(number):
        return None
    if kind == "bool":
        return bool(attribute) if number in (0, 1) else None
    return int(attribute)


def is_nan(value: Any) -> bool:
    """Whether a value is NaN, or a complex number with it."""
    return isinstance(value, (float, complex)) and value != value


def is_same(a: Any, b: Any) -> bool:
    """Whether the same elements equal both."""
    if isinstance(a, (str, bytes)) or isinstance(b, (str, bytes)):
        return type(a) is type(b) and bool(a == b)
    return (is_nan(a) and is_nan(b)) or bool(a == b)


def _counts_as_signed(name: str, attributes: Mapping[str, Any]) -> bool:
    """Whether xarray takes unsigned elements for signed ones, and the attribute in v3 for a signed number."""
    return name.startswith("uint") and attributes.get("_Unsigned") == "false"


def as_signed(value: Any, name: str, attributes: Mapping[str, Any]) -> Any:
    """Give the number that xarray has for an element, which ``_Unsigned`` may make signed."""
    if _counts_as_signed(name, attributes):
        half = 1 << int(name.removeprefix("uint")) - 1
        return value - 2 * half if half <= value < 2 * half else value
    return value


def as_unsigned(value: Any, name: str, attributes: Mapping[str, Any]) -> Any:
    """Give the element for which xarray has that number."""
    if value is not None and _counts_as_signed(name, attributes):
        half = 1 << int(name.removeprefix("uint")) - 1
        return value + 2 * half if -half <= value < 0 else value
    return value


def check_swapped_mask(
    dtype: Any, value: Any, attributes: Mapping[str, Any], ctx: DocumentContext
) -> None:
    """Report big-endian signed elements that stand for unsigned ones: in v2 xarray swaps the bytes of their mask."""
    is_swapped = (
        isinstance(dtype, str) and dtype[:2] == ">i" and attributes.get("_Unsigned") == "true"
    )
    if is_swapped and value not in (None, 0, -1):
        ctx.lose(
            AT,
            Message(
                f"xarray finds {excerpt(value)} in v3, and not in v2: there it swaps the bytes of the missing value"
                " of big-endian arrays with _Unsigned; ",
                REMEDY,
            ),
        )


def is_packed(attributes: Mapping[str, Any]) -> bool:
    """Whether xarray unpacks the array, and then compares in a wider data type."""
    return "scale_factor" in attributes or "add_offset" in attributes


def drop_nan(attributes: dict[str, Any], ctx: DocumentContext) -> None:
    """Leave out a ``missing_value`` that is NaN, which JSON does not allow, and by which nothing is masked."""
    given = single_value(attributes.get(MISSING_VALUE))
    if is_nan(given):
        del attributes[MISSING_VALUE]
        ctx.lose(
            f"attributes.{MISSING_VALUE}",
            "the number NaN, which JSON does not allow, is left out: xarray masks nothing by it",
        )


def narrow(found: Any, value: Any) -> Any:
    """Give the nearest float of the narrowest data type that can be `value`: attributes have fewer digits."""
    if isinstance(found, float) and isinstance(value, float):
        for name in ("float16", "float32"):
            if is_same(nearest_element(value, name), value):
                return nearest_element(found, name)
    return found
