"""One element as its bytes: the packed struct that v2 keeps as base64, field by field as v3 spells it.

Without NumPy, and to the bit: a NaN that is not the usual one is its hexadecimal bits, as v3 spells it.
"""

from __future__ import annotations

import binascii
import math
import struct
from base64 import b64encode
from typing import Any, Final, Literal

from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.data_types.names import TIMES
from zarrcodec_bridge.core.errors import InvalidCodecError, NotRepresentableError
from zarrcodec_bridge.core.json_values import Path

NAT: Final = -(1 << 63)
"""The 64 bits of a datetime that is none."""

QUIET: Final = {2: 0x7E00, 4: 0x7FC00000, 8: 0x7FF8000000000000}
"""The bits of the NaN that both formats call "NaN", by size in bytes."""

_FLOAT: Final = {2: "e", 4: "f", 8: "d"}
_PARTS: Final = {
    "float16": 2,
    "float32": 4,
    "float64": 8,
    "complex64": 4,
    "complex128": 8,
    "complex_float16": 2,
    "complex_float32": 4,
    "complex_float64": 8,
}
"""Bytes of each floating-point part."""

_INTS: Final = frozenset(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))

_Order = Literal["little", "big"]

LARGEST_SPELLED: Final = 1 << 20
"""Bytes of an element up to which metadata spell its fill value byte by byte."""


def pad_with_zeros(data: bytes, size: int, path: Path) -> bytes:
    """Add zeros to bytes, up to the size of the element."""
    check_size(size, path, len(data))
    return data.ljust(size, b"\0")


def check_size(size: int, path: Path, given: int = 0) -> None:
    """Refuse to spell every byte of an element where a few characters of metadata would become gigabytes of text."""
    if size > max(LARGEST_SPELLED, given):
        raise InvalidCodecError.at(
            path,
            f"expected elements of at most {LARGEST_SPELLED} bytes, each of which the fill value says, got {size}",
            "invalid metadata",
        )


def float_json(number: float) -> Any:
    """Write a float as JSON: a number, or the name of what JSON has no number for."""
    if math.isfinite(number):
        return number
    if number != number:
        return "NaN"
    return "Infinity" if number > 0 else "-Infinity"


def hex_bits(text: str, size: int) -> float | None:
    """Read the bits of a float in hexadecimal; ``None`` for a size without a binary format."""
    if size not in _FLOAT:
        return None
    return _number(int(text, 16), size)


def float_from_json(value: Any, size: int) -> float | None:
    """Read a v3 fill value of a floating-point type of `size` bytes: a number, "NaN", "-Infinity" or bits."""
    if isinstance(value, str) and value.startswith("0x"):
        return hex_bits(value, size)
    return float(value)


def _number(bits: int, size: int) -> float:
    found: float = struct.unpack(f"<{_FLOAT[size]}", bits.to_bytes(size, "little"))[0]
    return found


def unpack(data: bytes, dtype: DataType, path: Path) -> Any:
    """Read bytes, in the byte order of `dtype`, as a v3 fill value.

    Raises :class:`InvalidCodecError` for bytes that are no value, :class:`NotRepresentableError` for a data type
    whose values v3 cannot spell.
    """
    order: _Order = "big" if dtype.endian == "big" else "little"
    name = dtype.name
    if dtype.fields:
        return _unpack_fields(data, dtype, path)
    if name in _PARTS:
        size = _PARTS[name]
        parts = [
            _float_from(int.from_bytes(data[at : at + size], order), size)
            for at in range(0, len(data), size)
        ]
        return parts if name.startswith("complex") else parts[0]
    if name == "bool":
        return data != b"\0"
    if name in _INTS:
        return int.from_bytes(data, order, signed=name[0] == "i")
    if name in TIMES:
        value = int.from_bytes(data, order, signed=True)
        return "NaT" if value == NAT else value
    if name == "fixed_length_utf32":
        try:
            return data.decode(f"utf-32-{order[0]}e").rstrip("\0")
        except UnicodeDecodeError:
            raise InvalidCodecError.at(
                path, f"expected UTF-32 text, got {data.hex()}", "invalid metadata"
            ) from None
    if name == "null_terminated_bytes":
        return b64encode(data.rstrip(b"\0")).decode()
    if name == "raw_bytes":
        return b64encode(data).decode()
    raise NotRepresentableError("v3", "fill value", f"what bytes of {name} mean is not known here")


def _unpack_fields(data: bytes, dtype: DataType, path: Path) -> dict[str, Any]:
    found = {}
    start = 0
    for field in dtype.fields:
        size = field.dtype.itemsize
        if size is None or field.shape:
            raise NotRepresentableError(
                "v3", "fill value", f"v3 has no form for field {field.name!r} of a struct"
            )
        found[field.name] = unpack(data[start : start + size], field.dtype, (*path, field.name))
        start += size
    return found


def _float_from(bits: int, size: int) -> Any:
    number = _number(bits, size)
    if number != number and bits != QUIET[size]:
        return f"0x{bits:0{size * 2}x}"
    return float_json(number)


def pack(value: Any, dtype: DataType, path: Path) -> bytes:
    """Write a v3 fill value, as :func:`.documents.fill_values.read` gives it, as bytes in the byte order of `dtype`.

    Raises :class:`NotRepresentableError` for a data type whose bytes are not known here.
    """
    order: _Order = "big" if dtype.endian == "big" else "little"
    name, size = dtype.name, dtype.itemsize or 0
    if dtype.fields:
        check_size(size, path)
        return b"".join(
            pack(value[field.name], field.dtype, (*path, field.name)) for field in dtype.fields
        )
    if name in _PARTS:
        parts = value if name.startswith("complex") else [value]
        return b"".join(_float_to(part, _PARTS[name], order) for part in parts)
    if name == "bool":
        return b"\1" if value else b"\0"
    if name in _INTS:
        return int(value).to_bytes(size, order, signed=name[0] == "i")
    if name in TIMES:
        return int(NAT if value == "NaT" else value).to_bytes(8, order, signed=True)
    if name == "fixed_length_utf32":
        try:
            return pad_with_zeros(str(value).encode(f"utf-32-{order[0]}e"), size, path)
        except UnicodeEncodeError:
            raise InvalidCodecError.at(
                path, "expected text without surrogates", "invalid metadata"
            ) from None
    if name in ("null_terminated_bytes", "raw_bytes"):
        return pad_with_zeros(binascii.a2b_base64(value), size, path)
    raise NotRepresentableError(
        "v2", "fill value", f"the bytes of {name} values are not known here"
    )


def _float_to(value: Any, size: int, order: _Order) -> bytes:
    if isinstance(value, str) and value[:2] in ("0x", "0X"):
        return int(value, 16).to_bytes(size, order)
    if value == "NaN":
        return QUIET[size].to_bytes(size, order)
    number = float(value)
    try:
        return struct.pack(f"{'>' if order == 'big' else '<'}{_FLOAT[size]}", number)
    except OverflowError:  # as IEEE 754 and NumPy round it
        return struct.pack(
            f"{'>' if order == 'big' else '<'}{_FLOAT[size]}", math.copysign(math.inf, number)
        )
