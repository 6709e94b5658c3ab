"""A fill value in the JSON of either format, read as v3 spells it."""

from __future__ import annotations

from base64 import b64encode
from typing import Any, Final

from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.data_types.names import FLOATS, RANGES, SIZES, TIMES
from zarrcodec_bridge.core.json_values import Path
from zarrcodec_bridge.core.messages import excerpt
from zarrcodec_bridge.core.spec import Dialect
from zarrcodec_bridge.documents.context import Reporter, copy_member
from zarrcodec_bridge.documents.fill_values.binary import check_size, pad_with_zeros, unpack
from zarrcodec_bridge.documents.fill_values.scalars import (
    Reader,
    decode_base64,
    is_number,
    read_bool,
    read_complex,
    read_fixed_text,
    read_float,
    read_int,
    read_null_terminated,
    read_raw_bytes,
    read_string,
    read_time,
    read_variable_bytes,
    unexpected,
)

AT: Final[Path] = ("fill_value",)
"""Where a fill value stands in a metadata document."""

_JSON: Final = frozenset({type(None), bool, int, float, str, list, dict})


def read(value: Any, dtype: DataType, dialect: Dialect, report: Reporter, path: Path = AT) -> Any:
    """Read a fill value as v3 spells it.

    Parameters
    ----------
    value
        The JSON of the fill value; ``None`` gives what readers take for an undefined one. Those of unknown data types
        are kept.
    dtype : DataType
        The array's data type; for v2's ``|O``, the v3 data type that its object codec gives it.
    dialect : {"v2", "v3"}
        The format that `value` is from.
    report
        Is called with a message for each normalisation.
    path
        Where `value` stands in the caller's document.

    Raises
    ------
    InvalidCodecError
        It is not a value of that data type.

    Example
    -------
    >>> read(-2**63, DataType.from_v2("<M8[ns]"), "v2", print)
    'NaT'
    """
    if type(value) not in _JSON:
        value = copy_member(value, path)
    reader = _READERS.get(dtype.name)
    if reader is None:
        return copy_member(value, path)
    if value is None:
        found = zero(dtype)
        report(
            f"null leaves open what missing chunks read as; it becomes {excerpt(found)}, as zarr-python 3 reads it"
        )
        return found
    return reader(value, dtype, dialect, report, path)


def zero(dtype: DataType) -> Any:
    """Give what zarr-python 3 takes for the fill value where none is defined, as v3 spells it.

    Example
    -------
    >>> zero(DataType.from_v2("<f4")), zero(DataType.from_v2("<m8[s]")), zero(DataType.from_v2("|S3"))
    (0.0, 'NaT', '')
    """
    name = dtype.name
    if dtype.fields:
        size = dtype.itemsize
        if size is None:
            raise unexpected("a fill value for a struct of variable length", None, AT)
        return unpack(pad_with_zeros(b"", size, AT), dtype, AT)
    if name in TIMES:
        return "NaT"
    if name == "bool":
        return False
    if name in RANGES:
        return 0
    if name.startswith("complex"):
        return [0.0, 0.0]
    if name in FLOATS:
        return 0.0
    if name == "raw_bytes":
        return b64encode(pad_with_zeros(b"", dtype.itemsize or 0, AT)).decode()
    if name in _READERS:
        return ""
    raise unexpected(f"a fill value for {name}, whose zero is not known", None, AT)


def _struct(value: Any, dtype: DataType, dialect: Dialect, report: Reporter, path: Path) -> Any:
    if isinstance(value, dict):
        return _fields(value, dtype, dialect, report, path)
    if dialect == "v3":
        dtype = dtype.with_endian("little")
    return unpack(struct_bytes(value, dtype, report, path), dtype, path)


def struct_bytes(value: Any, dtype: DataType, report: Reporter, path: Path) -> bytes:
    """Read the packed bytes of a struct, in the byte order of its data type; v3's are little-endian."""
    size = dtype.itemsize
    if value == 0 and is_number(value) and size is not None:
        report(f"{value} becomes zero in every field")
        return pad_with_zeros(b"", size, path)
    if isinstance(value, str):
        data = decode_base64(value, path, "v3", report)
        if size is None or len(data) == size:
            return data
    raise unexpected(f"{size} bytes as base64, or an object with the fields", value, path)


def _fields(
    value: dict[str, Any], dtype: DataType, dialect: Dialect, report: Reporter, path: Path
) -> Any:
    check_size(dtype.itemsize or 0, path)
    found = {}
    for field in dtype.fields:
        at = (*path, field.name)
        if field.shape:
            raise unexpected("the struct as base64", value, at)
        if field.name in value:
            found[field.name] = read(value[field.name], field.dtype, dialect, report, at)
        else:
            zeros = pad_with_zeros(b"", field.dtype.itemsize or 0, at)
            found[field.name] = unpack(zeros, field.dtype, at)
            report(f"the field {field.name!r} is missing, and becomes {excerpt(found[field.name])}")
    for key in value:
        if key not in found:
            report(f"{excerpt(key)} is no field of the data type, and is dropped")
    return found


_READERS: Final[dict[str, Reader]] = {
    "bool": read_bool,
    **dict.fromkeys(RANGES, read_int),
    **dict.fromkeys(FLOATS, read_float),
    **{name: read_complex for name in SIZES if name.startswith("complex")},
    **dict.fromkeys(TIMES, read_time),
    "null_terminated_bytes": read_null_terminated,
    "raw_bytes": read_raw_bytes,
    "fixed_length_utf32": read_fixed_text,
    "string": read_string,
    "variable_length_bytes": read_variable_bytes,
    "struct": _struct,
}
