"""Fill values: what a missing chunk reads as, between the JSON of v2 and that of v3, to the bit.

v3's JSON can spell every value, so :func:`read` gives that, whichever format the value came from, and :func:`to_v2`
refuses what v2 cannot spell. Numbers stay the numbers they are (``0.1`` for float32 stays ``0.1``); what readers are
known to take for another value than the one written (a string for a number, text that is too long) is written as
they read it, with a note.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64encode
from typing import Any, Final

from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.data_types.names import FLOATS, TIMES
from zarrcodec_bridge.core.errors import NotRepresentableError
from zarrcodec_bridge.core.json_values import Path
from zarrcodec_bridge.documents.context import Reporter, copy_member
from zarrcodec_bridge.documents.fill_values.binary import (
    NAT,
    QUIET,
    float_json,
    hex_bits,
    pack,
    pad_with_zeros,
)
from zarrcodec_bridge.documents.fill_values.reading import (
    AT,
    read,
    struct_bytes,
    zero,
)
from zarrcodec_bridge.documents.fill_values.scalars import is_hex, is_number, part_size
from zarrcodec_bridge.readers import find_readers

__all__ = ["AT", "normalize_v2", "read", "spell_for", "to_v2", "zero"]

_RAW_BITS: Final = re.compile(r"r[0-9]+")


def _ignore(message: str, /, *, lossy: bool = False) -> None:
    pass


def to_v2(value: Any, dtype: DataType, report: Reporter = _ignore, path: Path = AT) -> Any:
    """Write a fill value, as :func:`read` gives it, as v2 spells it.

    Raises :class:`NotRepresentableError` for a NaN whose bits v2 cannot spell.

    Example
    -------
    >>> to_v2("0x7fc00000", DataType.from_v2("<f4")), to_v2({"a": 1}, DataType.from_v2([["a", ">i2"]]))
    ('NaN', 'AAE=')
    """
    name = dtype.name
    if dtype.fields:
        return b64encode(pack(value, dtype, path)).decode()
    if name in TIMES:
        return NAT if value == "NaT" else value
    if name in FLOATS:
        return _float_to_v2(value, dtype)
    if name.startswith("complex"):
        return [_float_to_v2(part, dtype) for part in value]
    if name == "variable_length_bytes" and value:
        report(
            "zarr-python 2 and 3.0 read a v2 fill value of vlen-bytes as the base64 text that it is",
            lossy=True,
        )
    return value


def normalize_v2(
    value: Any, dtype: DataType, report: Reporter, *, holds: str | None = None, target: str = "spec"
) -> Any:
    """Read a v2 fill value, and write it as v2 again, as its readers take it.

    Structs that v3 cannot spell (subarrays, mixed byte orders) keep their bytes. `holds` is the v3 data type of the
    objects of an ``|O`` array, where its codec says it.
    """
    readers = find_readers(target)
    if value is None and not any(dtype.name in reader.v2.no_null_fill for reader in readers):
        return None
    if dtype.name == "object":
        is_undefined = value is None or (value == 0 and is_number(value))
        if holds is None or (target == "spec" and not is_undefined):
            return copy_member(value, AT)
        if holds == "string" and is_undefined and all(reader.zero_is_text for reader in readers):
            return value  # which zarr-python 3 reads as '0'
        return _read_quietly(value, DataType(holds), report)
    if dtype.fields and _is_scalar(value):
        return b64encode(struct_bytes(value, dtype, report, AT)).decode()
    found = to_v2(read(value, dtype, "v2", report), dtype, report)
    if dtype.name == "null_terminated_bytes" and any(reader.padded_fill for reader in readers):
        return b64encode(
            pad_with_zeros(binascii.a2b_base64(found), dtype.itemsize or 0, AT)
        ).decode()
    return found


def _read_quietly(value: Any, dtype: DataType, report: Reporter) -> Any:
    """Read a v2 fill value for v2: what is written as it was, readers see as they did."""
    said: list[tuple[str, bool]] = []

    def keep(message: str, /, *, lossy: bool = False) -> None:
        said.append((message, lossy))

    found = read(value, dtype, "v2", keep)
    for message, lossy in said:
        report(message, lossy=lossy and found != value)
    return found


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str) or is_number(value)


def spell_for(value: Any, data_type: Any, target: str = "spec") -> Any:
    """Write a v3 fill value as its data type's name, and the target, want it.

    The core specification's ``r*`` has a list of bytes, the older `structured` base64, and Infinity may be its bits.
    """
    if isinstance(value, str) and isinstance(data_type, str) and _RAW_BITS.fullmatch(data_type):
        return list(binascii.a2b_base64(value))
    if isinstance(data_type, dict) and data_type["name"] == "structured":
        dtype = DataType.from_v3(data_type)
        return b64encode(pack(value, dtype.with_endian("little"), AT)).decode()
    if value == "Infinity" and isinstance(data_type, str):
        dtype = DataType.from_v3(data_type)
        rules = [reader.v3.fill_rule for reader in find_readers(target)]
        if any(rule is not None and rule(value, dtype) is not None for rule in rules):
            return f"0x{pack(value, dtype.with_endian('big'), AT).hex()}"
    return value


def _float_to_v2(value: Any, dtype: DataType) -> Any:
    if not is_hex(value):
        return value
    number = hex_bits(value, part_size(dtype))
    if number is None or (number != number and int(value, 16) != QUIET.get(part_size(dtype))):
        raise NotRepresentableError(
            "v2",
            f"fill value {value}",
            f"v2 has no way to say these bits of a {dtype.name}; write 'NaN' where any NaN will do",
        )
    return float_json(number)
