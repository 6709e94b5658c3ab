"""Numbers and texts as fill values: the JSON of either format, read as v3 spells it.

Each reader takes the value, the data type, the format, what notes normalisations, and the path of the value.
Sources: https://zarr-specs.readthedocs.io/en/latest/v2/v2.0.html#fill-value-encoding,
https://zarr-specs.readthedocs.io/en/latest/v3/data-types/index.html#permitted-fill-values, and what zarr-python
2.18, 3.0, 3.1 and 3.4, tensorstore and zarrs read from arrays without chunks.
"""

from __future__ import annotations

import binascii
import math
import re
from base64 import b64encode
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.data_types.names import RANGES, SIZES
from zarrcodec_bridge.core.errors import InvalidCodecError
from zarrcodec_bridge.core.json_values import Path, copy_json
from zarrcodec_bridge.core.messages import excerpt
from zarrcodec_bridge.core.spec import Dialect
from zarrcodec_bridge.documents.context import Reporter, copy_member, invalid_member
from zarrcodec_bridge.documents.fill_values.binary import NAT, float_json, pad_with_zeros

Reader: TypeAlias = Callable[[Any, DataType, Dialect, Reporter, Path], Any]
"""Reads a fill value."""

_NAMED: Final = {
    "nan": "NaN",
    "inf": "Infinity",
    "infinity": "Infinity",
    "+inf": "Infinity",
    "+infinity": "Infinity",
    "-inf": "-Infinity",
    "-infinity": "-Infinity",
}
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WHOLE: Final = re.compile(r"[+-]?\d{1,40}", re.ASCII)
_LARGEST: Final = int(1.7976931348623157e308)


def unexpected(what: str, value: Any, path: Path, remedy: str = "") -> InvalidCodecError:
    """Make the refusal of a fill value: `what` was expected where `value` stands."""
    remedy = f"; {remedy}" if remedy else ""
    return invalid_member(path, f"expected {what}, got {excerpt(value)}{remedy}")


def is_number(value: Any) -> bool:
    """Whether a value is a number, which true and false are not."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def read_bool(value: Any, dtype: DataType, dialect: Dialect, report: Reporter, path: Path) -> Any:
    """Read a boolean."""
    if isinstance(value, bool):
        return value
    if not is_number(value) or value != value:
        raise unexpected("true or false", value, path)
    report(f"{excerpt(value)} becomes {excerpt(bool(value))}")
    return bool(value)


def read_int(value: Any, dtype: DataType, dialect: Dialect, report: Reporter, path: Path) -> Any:
    """Read a whole number in the range of its data type."""
    found = value
    if type(value) is not int:
        if not _is_whole(value):
            raise unexpected(f"a whole number for {dtype.name}", value, path)
        found = int(value)
        report(f"{excerpt(value)} becomes the whole number {found}")
    low, high = RANGES[dtype.name]
    if not low <= found <= high:
        raise unexpected(f"a whole number from {low} to {high} for {dtype.name}", value, path)
    return found


def _is_whole(value: Any) -> bool:
    if isinstance(value, str):
        return _WHOLE.fullmatch(value) is not None
    return isinstance(value, (int, float)) and math.isfinite(value) and value == int(value)


def read_float(value: Any, dtype: DataType, dialect: Dialect, report: Reporter, path: Path) -> Any:
    """Read a number, or what v3 names or writes in hexadecimal."""
    kind = type(value)
    if kind is int:
        if abs(value) > _LARGEST:
            raise unexpected(f"a number within the range of {dtype.name}", value, path)
        return value
    if kind is float:
        if math.isfinite(value):
            return value
        report("the number NaN or Infinity, which JSON does not allow, becomes a string")
        return float_json(value)
    if value in ("NaN", "Infinity", "-Infinity"):
        return value
    if isinstance(value, bool):
        report(f"{excerpt(value)} becomes {float(value)}")
        return float(value)
    found = _text_as_float(value, dtype, dialect, path) if isinstance(value, str) else None
    if found is None:
        remedy = "v2 has no hexadecimal floats" if dialect == "v2" and is_hex(value) else ""
        raise unexpected(
            f"a number, 'NaN', 'Infinity' or '-Infinity' for {dtype.name}", value, path, remedy
        )
    if found != value:
        report(f"{excerpt(value)} becomes {excerpt(found)}")
    return found


def is_hex(value: Any) -> bool:
    """Whether a value is the bits of a float in hexadecimal."""
    return isinstance(value, str) and re.fullmatch(r"0[xX][0-9a-fA-F]{1,32}", value) is not None


def _text_as_float(value: str, dtype: DataType, dialect: Dialect, path: Path) -> Any:
    if value.lower() in _NAMED:
        return _NAMED[value.lower()]
    if is_hex(value):
        if dialect == "v2":
            return None
        size = part_size(dtype)
        if len(value) != 2 + 2 * size:
            raise unexpected(f"{2 * size} hexadecimal digits for {dtype.name}", value, path)
        return f"0x{value[2:]}"
    if _NUMBER.fullmatch(value) and len(value) <= 400:
        return float_json(float(value))
    return None


def part_size(dtype: DataType) -> int:
    """Give the bytes of each part of a floating-point data type."""
    size = SIZES[dtype.name] or 0
    return size // 2 if dtype.name.startswith("complex") else size


def read_complex(
    value: Any, dtype: DataType, dialect: Dialect, report: Reporter, path: Path
) -> Any:
    """Read the two parts of a complex number."""
    if is_number(value) and math.isfinite(value):
        report(f"{excerpt(value)} becomes the pair of it and 0")
        return [copy_json(value), 0.0]
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise unexpected(f"the real and the imaginary part for {dtype.name}", value, path)
    parts = copy_member(value, path)
    return [read_float(part, dtype, dialect, report, (*path, i)) for i, part in enumerate(parts)]


def read_time(value: Any, dtype: DataType, dialect: Dialect, report: Reporter, path: Path) -> Any:
    """Read a count of units, or "NaT"."""
    if value in (NAT, "NaT"):
        return "NaT"
    if not isinstance(value, int) or isinstance(value, bool) or not NAT < value < -NAT:
        unit = f"{dtype.scale} {dtype.unit}" if dtype.scale != 1 else dtype.unit
        raise unexpected(f"'NaT' or a whole number of {unit} in 64 bits", value, path)
    return int(value)


def decode_base64(value: str, path: Path, dialect: Dialect, report: Reporter) -> bytes:
    """Decode base64; in v2, take what zarr-python makes of other text."""
    try:
        data = binascii.a2b_base64(value, strict_mode=dialect == "v3")
    except (binascii.Error, ValueError):
        if dialect == "v3" or not value.isascii():
            raise unexpected("bytes as base64", value, path) from None
        report(f"{excerpt(value)} is not base64, and becomes that text, as zarr-python 2 reads it")
        return value.encode()
    if dialect == "v2" and len(value) != -(-len(data) // 3) * 4:
        report(f"what is not base64 in {excerpt(value)} is skipped, as readers skip it")
    return data


def _cut_to_size(data: bytes, dtype: DataType, report: Reporter) -> bytes:
    length = dtype.itemsize or 0
    if len(data) > length:
        report(f"{len(data)} bytes are cut to {length}, as readers cut them")
    return data[:length]


def _bytes_of(value: Any, dtype: DataType, dialect: Dialect, report: Reporter, path: Path) -> bytes:
    if isinstance(value, str):
        return decode_base64(value, path, dialect, report)
    if (
        dialect == "v3"
        and isinstance(value, (list, tuple))
        and all(type(item) is int and 0 <= item <= 255 for item in value)
    ):
        return bytes(value)
    raise unexpected("bytes as base64", value, path)


def _note_number(value: int, report: Reporter) -> None:
    """Report that a number becomes text; zarr-python 3.0 reads 0 as no text, later ones refuse the array."""
    if value:
        report(f"{value} becomes the text {str(value)!r}, as zarr-python 2 reads it")
    else:
        report(
            "0 becomes the text '0', as zarr-python 2 reads it; zarr-python 3.0 reads the empty text",
            lossy=True,
        )


def read_null_terminated(
    value: Any, dtype: DataType, dialect: Dialect, report: Reporter, path: Path
) -> Any:
    """Read bytes that end at the first zero, as base64."""
    if dialect == "v2" and type(value) is int:
        _note_number(value, report)
        data = str(value).encode()
    else:
        data = _bytes_of(value, dtype, dialect, report, path)
    return b64encode(_cut_to_size(data, dtype, report)).decode()


def read_raw_bytes(
    value: Any, dtype: DataType, dialect: Dialect, report: Reporter, path: Path
) -> Any:
    """Read bytes of a fixed length, as base64."""
    length = dtype.itemsize or 0
    if value == 0 and is_number(value):
        report(f"{value} becomes {length} zero bytes")
        return b64encode(pad_with_zeros(b"", length, path)).decode()
    data = _cut_to_size(_bytes_of(value, dtype, dialect, report, path), dtype, report)
    if len(data) < length:
        report(f"{len(data)} bytes are filled up to {length} with zeros, as readers fill them up")
    return b64encode(pad_with_zeros(data, length, path)).decode()


def read_fixed_text(
    value: Any, dtype: DataType, dialect: Dialect, report: Reporter, path: Path
) -> Any:
    """Read text of at most the length of its data type."""
    if dialect == "v2" and type(value) is int:
        _note_number(value, report)
        value = str(value)
    if not isinstance(value, str):
        raise unexpected("text", value, path)
    length = (dtype.itemsize or 0) // 4
    if len(value) > length:
        report(f"{len(value)} characters are cut to {length}, as readers cut them")
    return value[:length]


def read_string(value: Any, dtype: DataType, dialect: Dialect, report: Reporter, path: Path) -> Any:
    """Read text of any length."""
    if isinstance(value, str):
        return value
    if dialect == "v2" and value == 0 and is_number(value):
        report("0, zarr-python 2's default for any array, becomes the empty string")
        return ""
    raise unexpected("text", value, path)


def read_variable_bytes(
    value: Any, dtype: DataType, dialect: Dialect, report: Reporter, path: Path
) -> Any:
    """Read bytes of any length, as base64."""
    if dialect == "v2" and value == 0 and is_number(value):
        report(
            "0, zarr-python 2's default for any array, becomes no bytes; zarr-python 2 and 3.0 read the number 0",
            lossy=True,
        )
        return ""
    if isinstance(value, str) and dialect == "v2":
        if value:
            report(
                "is read as base64, as zarr-python 3 reads it; zarr-python 2 and 3.0 read it as that text",
                lossy=True,
            )
        return b64encode(decode_base64(value, path, "v3", report)).decode()
    return b64encode(_bytes_of(value, dtype, dialect, report, path)).decode()
