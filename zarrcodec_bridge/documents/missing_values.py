"""Missing values as xarray finds them: by the fill value of a v2 array, and by the attribute ``_FillValue`` in v3.

xarray reads arrays whose dimensions all have names. In v2 it takes elements that equal the array's `fill_value` for
missing; only where that is null, those that equal the attribute ``_FillValue``, a plain number. In v3 it takes the
attribute alone, and has its own encoding for it: whole numbers and booleans as they are, a float as the base64 of
eight little-endian bytes, a complex number as a pair of these (from xarray 2026.4 on). It cannot open v3 arrays of
other data types with that attribute. In both formats the attribute ``missing_value`` counts too, as it stands.

Source: ``FillValueCoder`` and ``ZarrStore.open_store_variable`` in `xarray/backends/zarr.py`, and ``CFMaskCoder`` in
`xarray/coding/variables.py`; measured with xarray 2026.9.0, 2025.1.1 and 2024.10.0.
"""

from __future__ import annotations

import binascii
import math
import struct
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

from zarrcodec_bridge.core.data_types.names import TIMES
from zarrcodec_bridge.core.data_types.scalars import nearest_float
from zarrcodec_bridge.core.messages import excerpt
from zarrcodec_bridge.documents.context import Context
from zarrcodec_bridge.documents.fill_values.binary import float_json, hex_bits
from zarrcodec_bridge.documents.fill_values.scalars import is_number

__all__ = ["encode_again", "is_read_as_scalar", "keep_in_v2", "keep_in_v3"]

FILL_VALUE: Final = "_FillValue"
"""The attribute by which netCDF and CF say which value is missing."""

MISSING_VALUE: Final = "missing_value"
"""The older attribute for the same, which xarray reads in both formats as it stands."""

_AT: Final = f"attributes.{FILL_VALUE}"

Kind: TypeAlias = Literal["bool", "integer", "float", "complex", "text", "bytes", "time", "opaque"]
"""What xarray makes of a fill value, by data type."""

_FLOAT_CODES: Final = {"float16": "<e", "float32": "<f", "float64": "<d"}
_KINDS: Final[Mapping[str, Kind]] = {
    "bool": "bool",
    **{f"{sign}int{n}": "integer" for sign in ("", "u") for n in (8, 16, 32, 64)},
    **dict.fromkeys(_FLOAT_CODES, "float"),
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

_CANNOT: Final = "xarray does not open a v3 array of this data type with it"
_REMEDY: Final = "keep_attributes=True leaves the attributes as they are"


def _kind(data_type: Any) -> Kind | None:
    """What xarray makes of this v3 data type; ``None`` for one that it does not open in v2."""
    name = data_type.get("name") if isinstance(data_type, Mapping) else data_type
    if not isinstance(name, str):
        return None
    if name not in _KINDS and name[:1] == "r" and name[1:].isdecimal():
        return "opaque"
    return _KINDS.get(name)


def _name(data_type: Any) -> str:
    return str(data_type["name"] if isinstance(data_type, Mapping) else data_type)


# --- values -----------------------------------------------------------------------------------


def _value(fill_value: Any, kind: Kind, name: str) -> Any:
    """A fill value, as v3 spells it, as the element that xarray compares with."""
    if kind == "float":
        return _number(fill_value, name)
    if kind == "complex":
        part = "float32" if name == "complex64" else "float64"
        real, imaginary = (_number(item, part) for item in fill_value)
        return complex(real, imaginary)
    return fill_value


def _number(value: Any, name: str) -> float:
    """A float of a v3 fill value, for elements of that data type."""
    if isinstance(value, str) and value.startswith("0x"):
        number = hex_bits(value, struct.calcsize(_FLOAT_CODES[name]))
        return math.nan if number is None else number
    return _element(float(value), name)


def _element(number: float, name: str) -> float:
    """The nearest number that an element of the data type, one of :data:`_FLOAT_CODES`, can be."""
    found = nearest_float(number, name)
    return number if found is None else found


def _encoded(value: Any) -> Any:
    """A value as xarray wants it as the attribute of a v3 array."""
    if isinstance(value, complex):
        return [_encoded(value.real), _encoded(value.imag)]
    if isinstance(value, float):
        return b64encode(struct.pack("<d", value)).decode()
    return value


def _decoded_float(value: Any) -> float | None:
    """The float of an attribute of a v3 array, which writers other than xarray leave as a plain number."""
    if isinstance(value, str):
        try:
            data = binascii.a2b_base64(value, strict_mode=True)
            return float(struct.unpack("<d", data)[0])
        except (ValueError, struct.error):
            return None
    return _plain_float(value)


def _plain_float(value: Any) -> float | None:
    if isinstance(value, (int, float)):
        try:
            return float(value)
        except OverflowError:
            return None
    return None


def _decoded(attribute: Any, kind: Kind) -> Any:
    """The value that the attribute of a v3 array stands for; ``None`` where it stands for none."""
    if attribute is None:
        return None
    if kind == "float":
        return _decoded_float(attribute)
    if kind == "complex":
        if isinstance(attribute, list) and len(attribute) == 2:
            real, imaginary = (_decoded_float(part) for part in attribute)
            return None if real is None or imaginary is None else complex(real, imaginary)
        real = _plain_float(attribute)
        return None if real is None else complex(real)
    if kind == "bool":
        return bool(attribute)
    if kind == "integer":
        is_finite = isinstance(attribute, (int, float)) and math.isfinite(attribute)
        return int(attribute) if is_finite else None  # xarray cuts 2.5 to 2
    if kind == "text":
        return attribute if isinstance(attribute, str) else None
    return None


def _alone(attribute: Any) -> Any:
    """The one value of an attribute, which netCDF libraries also write as a list of one."""
    while isinstance(attribute, list) and len(attribute) == 1:
        attribute = attribute[0]
    return attribute


def _plain(attribute: Any, kind: Kind) -> Any:
    """The value that the plain attribute of a v2 array stands for; ``None`` where xarray in v3 has no such value."""
    attribute = _alone(attribute)
    if kind == "float":
        return math.nan if attribute == "NaN" else _plain_float(attribute)
    if kind == "complex":
        number = _plain_float(attribute)
        return None if number is None else complex(number)
    if kind == "text":
        return attribute if isinstance(attribute, str) else None
    number = _plain_float(attribute)
    if number is None or not math.isfinite(number) or number != int(number):
        return None
    if kind == "bool":
        return bool(attribute) if number in (0, 1) else None
    return int(attribute)


def _is_nan(value: Any) -> bool:
    return isinstance(value, (float, complex)) and value != value


def _same(a: Any, b: Any) -> bool:
    """Whether the same elements equal both."""
    if isinstance(a, (str, bytes)) or isinstance(b, (str, bytes)):
        return type(a) is type(b) and bool(a == b)
    return (_is_nan(a) and _is_nan(b)) or bool(a == b)


def _counts_as_signed(name: str, attributes: Mapping[str, Any]) -> bool:
    """Whether xarray takes unsigned elements for signed ones, and the attribute in v3 for a signed number."""
    return name.startswith("uint") and attributes.get("_Unsigned") == "false"


def _signed(value: Any, name: str, attributes: Mapping[str, Any]) -> Any:
    if _counts_as_signed(name, attributes):
        half = 1 << int(name.removeprefix("uint")) - 1
        return value - 2 * half if half <= value < 2 * half else value
    return value


def _unsigned(value: Any, name: str, attributes: Mapping[str, Any]) -> Any:
    if value is not None and _counts_as_signed(name, attributes):
        half = 1 << int(name.removeprefix("uint")) - 1
        return value + 2 * half if -half <= value < 0 else value
    return value


def _check_swapped(dtype: Any, value: Any, attributes: Mapping[str, Any], ctx: Context) -> None:
    """Tell of big-endian signed elements that stand for unsigned ones: in v2 xarray swaps the bytes of their mask."""
    is_swapped = (
        isinstance(dtype, str) and dtype[:2] == ">i" and attributes.get("_Unsigned") == "true"
    )
    if is_swapped and value not in (None, 0, -1):
        ctx.lose(
            _AT,
            f"xarray finds {excerpt(value)} in v3, and not in v2: there it swaps the bytes of the missing value of"
            f" big-endian arrays with _Unsigned; {_REMEDY}",
        )


def _is_packed(attributes: Mapping[str, Any]) -> bool:
    """Whether xarray unpacks the array, and then compares in a wider data type."""
    return "scale_factor" in attributes or "add_offset" in attributes


def _drop_nan(attributes: dict[str, Any], ctx: Context) -> None:
    """Leave out a ``missing_value`` that is NaN, which JSON does not allow, and by which nothing is masked."""
    given = _alone(attributes.get(MISSING_VALUE))
    if _is_nan(given):
        del attributes[MISSING_VALUE]
        ctx.lose(
            f"attributes.{MISSING_VALUE}",
            "the number NaN, which JSON does not allow, is left out: xarray masks nothing by it",
        )


# --- v2 to v3 ---------------------------------------------------------------------------------


def keep_in_v3(
    document: Mapping[str, Any],
    attributes: dict[str, Any],
    zarray: Mapping[str, Any],
    ctx: Context,
) -> None:
    """Write the attribute by which xarray finds the missing values of a v2 array in v3.

    Parameters
    ----------
    document : dict
        The v3 document, for its `data_type` and `fill_value`.
    attributes : dict
        Its attributes, which are changed.
    zarray : dict
        The v2 document.
    """
    undefined = zarray.get("fill_value") is None
    _drop_nan(attributes, ctx)
    kind = _kind(document["data_type"])
    if kind is None or (undefined and FILL_VALUE not in attributes):
        return
    if zarray["dtype"] == "|O" and is_number(zarray.get("fill_value")):
        _leave_open(attributes, zarray["fill_value"], ctx)
        return
    if kind in ("bytes", "time", "opaque"):
        _leave_out(document, attributes, kind, undefined, ctx)
        return
    given = attributes.get(FILL_VALUE)
    if undefined:
        value = _plain(given, kind)
        if value is None or (given == "NaN" and _is_packed(attributes)):
            del attributes[FILL_VALUE]
            ctx.lose(_AT, f"{excerpt(given)} is left out: {_unlike(given)}; {_REMEDY}")
            return
    else:
        value = _value(document["fill_value"], kind, _name(document["data_type"]))
        _compare(given, value, kind, attributes, ctx)
    if kind == "text":
        _keep_text(value, attributes, ctx)
        return
    if kind == "complex":
        if _is_nan(value):  # masks nothing
            attributes.pop(FILL_VALUE, None)
            return
        ctx.lose(
            _AT,
            f"xarray takes {excerpt(given if undefined else document['fill_value'])} for missing values in v2; before"
            f" 2026.4 it does not open a v3 array of complex numbers with the attribute that says so; {_REMEDY}",
        )
    _check_swapped(zarray["dtype"], value, attributes, ctx)
    found = _encoded(_signed(value, _name(document["data_type"]), attributes))
    if found != given or type(found) is not type(given):
        was = "is added as" if given is None else f"{excerpt(given)} becomes"
        ctx.note(_AT, f"{was} {excerpt(found)}, as xarray reads it in v3")
    attributes[FILL_VALUE] = found


def _unlike(given: Any) -> str:
    if isinstance(given, list):
        return "xarray takes one value in v3"
    return "xarray does not read it in v3 as it does in v2"


def _leave_open(attributes: dict[str, Any], fill_value: Any, ctx: Context) -> None:
    """A number as the fill value of objects, zarr-python 2's default: its versions read it as a number or as text."""
    given = attributes.pop(FILL_VALUE, None)
    gone = (
        "" if given is None else f"; {FILL_VALUE} {excerpt(given)}, which it overrides, is left out"
    )
    ctx.lose(
        "fill_value",
        f"xarray takes the text {str(fill_value)!r} for missing values in v2 with zarr-python 3.1 and later, no value"
        f" with earlier ones, and no value in v3{gone}; {_REMEDY}",
    )


def _leave_out(
    document: Mapping[str, Any],
    attributes: dict[str, Any],
    kind: Kind,
    undefined: bool,
    ctx: Context,
) -> None:
    """Data types for which xarray takes no such attribute in v3."""
    if FILL_VALUE in attributes:
        given = attributes.pop(FILL_VALUE)
        ctx.lose(_AT, f"{excerpt(given)} is left out: {_CANNOT}; {_REMEDY}")
    if kind == "bytes" and not undefined:
        ctx.lose(
            "fill_value",
            f"xarray takes {excerpt(document['fill_value'])} (base64) for missing values in v2, and nothing in v3:"
            f" {_CANNOT.replace('it', FILL_VALUE)}",
        )


def _compare(
    given: Any, value: Any, kind: Kind, attributes: Mapping[str, Any], ctx: Context
) -> None:
    """Tell of an attribute that xarray overrides in v2, and that is overwritten for it in v3."""
    if FILL_VALUE not in attributes:
        return
    for found in (_plain(given, kind), _decoded(given, kind)):
        if found is not None and (_same(found, value) or _same(_narrow(found, value), value)):
            return
    ctx.lose(
        _AT,
        f"{excerpt(given)} is not the fill value, which xarray takes for missing values in v2 instead, and becomes"
        f" {excerpt(float_json(value) if isinstance(value, float) else value)}; {_REMEDY}",
    )


def _narrow(found: Any, value: Any) -> Any:
    """A float as the nearest one of the narrowest data type that can be `value`: attributes have fewer digits."""
    if isinstance(found, float) and isinstance(value, float):
        for name in ("float16", "float32"):
            if _same(_element(value, name), value):
                return _element(found, name)
    return found


def _keep_text(value: str, attributes: dict[str, Any], ctx: Context) -> None:
    """xarray opens no v3 array of text with ``_FillValue``, and reads ``missing_value`` in all of them."""
    attributes.pop(FILL_VALUE, None)
    there = attributes.get(MISSING_VALUE, [])
    values = there if isinstance(there, list) else [there]
    if value in values:
        return
    attributes[MISSING_VALUE] = [*values, value] if values else value
    ctx.note(
        f"attributes.{MISSING_VALUE}",
        f"becomes {excerpt(attributes[MISSING_VALUE])}, for xarray: it opens no v3 array of text with {FILL_VALUE}",
    )


# --- v3 to v2 ---------------------------------------------------------------------------------


def keep_in_v2(
    zarray: dict[str, Any], attributes: dict[str, Any], data_type: Any, ctx: Context
) -> None:
    """Write the fill value and the attribute by which xarray finds the missing values of a v3 array in v2.

    Parameters
    ----------
    zarray : dict
        The v2 document, whose fill value is changed.
    attributes : dict
        Its attributes, which are changed.
    data_type
        The data type of the v3 array.
    """
    _drop_nan(attributes, ctx)
    kind = _kind(data_type)
    if kind is None or kind == "time" or zarray["fill_value"] is None:
        return
    name = _name(data_type)
    value = _value(zarray["fill_value"], kind, name)
    given = attributes.get(FILL_VALUE)
    missing = _unsigned(_decoded(given, kind), name, attributes)
    _check_swapped(zarray["dtype"], missing, attributes, ctx)
    if _looks_same(value, missing, attributes):
        if FILL_VALUE in attributes:
            del attributes[FILL_VALUE]
            ctx.note(_AT, f"{excerpt(given)} is left out: in v2 it is the fill value")
        return
    if ctx.chunks_complete:
        _use_fill_value(zarray, attributes, missing, kind, name, ctx)
        return
    shown = excerpt(zarray["fill_value"])
    unlike = f"takes {shown} for missing values in v2, and {_instead(given, missing)} in v3"
    if kind == "opaque":
        unlike = f"does not open a v2 array of this data type with a fill value, as {shown}"
    ctx.lose(
        "fill_value",
        f"xarray {unlike}; where every chunk is"
        " stored, pass chunks_complete=True, which writes another fill value (migrate looks for itself), or"
        f" {_REMEDY}",
    )
    _write_plainly(attributes, given, missing)


def is_read_as_scalar(
    zarray: Mapping[str, Any], attributes: Mapping[str, Any], data_type: Any, ctx: Context
) -> bool:
    """Whether xarray can read a scalar without dimension names, as it does in v3, in v2 too, all values being kept.

    That is where its missing values are kept by the fill value that it has, or by null in the place of the default.
    """
    kind = _kind(data_type)
    if kind is None or kind == "time" or zarray["fill_value"] is None:
        return True
    value = _value(zarray["fill_value"], kind, _name(data_type))
    if _looks_same(value, _decoded(attributes.get(FILL_VALUE), kind), attributes):
        return True
    return ctx.chunks_complete and (not value or FILL_VALUE in attributes)


def _instead(given: Any, missing: Any) -> str:
    if missing is None or _is_nan(missing):
        return "no value"
    return excerpt(given if isinstance(missing, complex) else missing)


def _looks_same(value: Any, missing: Any, attributes: Mapping[str, Any]) -> bool:
    """Whether xarray masks the same elements by this fill value in v2 as by this attribute in v3."""
    if _is_nan(value) and missing is None:  # the attribute, though NaN, says to what xarray unpacks
        return not _is_packed(attributes)
    if missing is not None:
        if _same(value, missing):
            return True
        if not _is_packed(attributes) and _same(value, _narrow(missing, value)):
            return True
    others = attributes.get(MISSING_VALUE, [])
    others = others if isinstance(others, list) else [others]
    return missing is None and any(_same(value, other) for other in others if other is not None)


def _use_fill_value(
    zarray: dict[str, Any],
    attributes: dict[str, Any],
    missing: Any,
    kind: Kind,
    name: str,
    ctx: Context,
) -> None:
    """Every chunk is stored, so that the fill value is free to say which elements are missing."""
    given = attributes.get(FILL_VALUE)
    was = zarray["fill_value"]
    if missing is None or not _fits(missing, kind, name):
        zarray["fill_value"] = None  # xarray goes by the attribute alone
        _write_plainly(attributes, given, missing)
    else:
        zarray["fill_value"] = _as_fill_value(missing)
        attributes.pop(FILL_VALUE, None)
    ctx.note(
        "fill_value",
        f"{excerpt(was)} becomes {excerpt(zarray['fill_value'])}, by which xarray finds missing values in v2: every"
        " chunk is stored",
    )


def _fits(value: Any, kind: Kind, name: str) -> bool:
    """Whether an element of the data type can be that value."""
    if kind == "float":
        return _same(_element(value, name), value)
    if kind == "complex":
        part = "float32" if name == "complex64" else "float64"
        return all(_same(_element(item, part), item) for item in (value.real, value.imag))
    if kind == "integer":
        bits = int(name.partition("int")[2])
        low, high = (0, 1 << bits) if name[0] == "u" else (-1 << bits - 1, 1 << bits - 1)
        return bool(low <= value < high)
    return True


def _as_fill_value(value: Any) -> Any:
    if isinstance(value, complex):
        return [float_json(value.real), float_json(value.imag)]
    return float_json(value) if isinstance(value, float) else value


def _write_plainly(attributes: dict[str, Any], given: Any, missing: Any) -> None:
    """Write the attribute as v2 has it: numbers as they are."""
    if given is None:
        return
    if missing is None:
        return
    if _is_nan(missing) or isinstance(missing, complex):
        del attributes[FILL_VALUE]
    else:
        attributes[FILL_VALUE] = missing


# --- v3 again ---------------------------------------------------------------------------------


def encode_again(document: Mapping[str, Any], attributes: dict[str, Any], ctx: Context) -> None:
    """Write the attribute of a v3 array as xarray reads it, where another writer left a plain number, or a text."""
    _drop_nan(attributes, ctx)
    if FILL_VALUE not in attributes:
        return
    kind = _kind(document["data_type"])
    given = attributes[FILL_VALUE]
    if kind == "text" and isinstance(given, str):
        _keep_text(given, attributes, ctx)
    if kind not in ("float", "complex") or isinstance(given, str):
        return
    if kind == "complex" and isinstance(given, list) and all(isinstance(x, str) for x in given):
        return
    value = _decoded(_alone(given), kind)
    if value is not None:
        attributes[FILL_VALUE] = found = _encoded(value)
        ctx.note(_AT, f"{excerpt(given)} becomes {excerpt(found)}, as xarray reads it")
