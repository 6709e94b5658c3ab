"""A data type in any spelling: v2, v3, Python's, NumPy's and zarr-python's."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, Literal, Protocol, TypeAlias

from zarrcodec_bridge.core.data_types.data_type import TYPESTR, DataType, expected
from zarrcodec_bridge.core.data_types.names import SIZES, V3_NAMES
from zarrcodec_bridge.core.errors import InvalidCodecError, NotRepresentableError
from zarrcodec_bridge.core.json_values import Path, copy_json
from zarrcodec_bridge.core.messages import (
    Message,
    closest_name,
    describe_exception,
    did_you_mean,
    excerpt,
)


class NumPyDataType(Protocol):
    """A :class:`numpy.dtype`."""

    @property
    def byteorder(self) -> str:
        """The byte order: ``"<"``, ``">"``, ``"="`` or ``"|"``."""
        ...

    @property
    def itemsize(self) -> int:
        """Bytes per element."""
        ...


class ZarrDataType(Protocol):
    """A data type object of zarr-python 3."""

    def to_json(self, zarr_format: Literal[3]) -> Any:
        """Give the v3 data type."""
        ...


DTypeLike: TypeAlias = (
    str | type | list[Any] | Mapping[str, Any] | NumPyDataType | ZarrDataType | DataType
)
"""A data type in any spelling.

A v2 type string (``"<f4"``) or list of fields, a v3 name (``"float32"``) or object
(``{"name": "numpy.datetime64", "configuration": {"unit": "ns"}}``), a type of Python or its name
(`float`, ``"double"``), a NumPy data type or scalar type, or a data type object of zarr-python.
"""

PYTHON_TYPES: Final[Mapping[Any, str]] = {
    bool: "bool",
    int: "int64",
    float: "float64",
    complex: "complex128",
    str: "string",
    bytes: "variable_length_bytes",
    object: "object",
}
"""What Python's types mean to whoever creates an array."""

PYTHON_NAMES: Final[Mapping[str, str]] = {
    **{kind.__name__: name for kind, name in PYTHON_TYPES.items()},
    "half": "float16",
    "single": "float32",
    "double": "float64",
    "csingle": "complex64",
    "cdouble": "complex128",
    "byte": "int8",
    "ubyte": "uint8",
    "short": "int16",
    "ushort": "uint16",
    "intc": "int32",
    "uintc": "uint32",
    "longlong": "int64",
    "ulonglong": "uint64",
    "int_": "int64",
    "uint": "uint64",
    "intp": "int64",
    "uintp": "uint64",
    "bool_": "bool",
    "?": "bool",
}
"""The names of Python's types, and NumPy's other names, by which it takes a data type."""


def read_dtype(value: DTypeLike, path: Path = ("dtype",)) -> DataType:
    """Read a data type in any spelling; numbers that Python or NumPy name have the native byte order.

    Parameters
    ----------
    value : DTypeLike
        The data type.
    path : tuple of str and int
        Where it stands, for the error.

    Raises
    ------
    InvalidCodecError
        It is not a data type.

    Example
    -------
    >>> read_dtype(str).name, read_dtype("double").name, read_dtype(object).name
    ('string', 'float64', 'object')
    >>> read_dtype("<i4") == read_dtype("int32").with_endian("little")
    True
    >>> read_dtype({"name": "numpy.datetime64", "configuration": {"unit": "ns"}}).to_v2()
    '<M8[ns]'
    """
    if isinstance(value, DataType):
        return value
    try:
        return _read(value, path)
    except InvalidCodecError:
        found = _read_with_numpy(value)
        if found is None:
            raise
        return found


def array_dtype(value: DTypeLike | None) -> DataType | None:
    """Read the data type of the elements in memory, which have a byte order; ``None`` stays ``None``.

    Example
    -------
    >>> array_dtype("float32").endian
    'little'
    """
    return None if value is None else read_dtype(value).in_memory()


def read_data_type(value: DTypeLike) -> DataType:
    """Read a v3 data type in any spelling, without a byte order; other names are extensions, and are kept.

    Raises
    ------
    InvalidCodecError
        It is neither a data type nor a name that an extension may have.

    Example
    -------
    >>> read_data_type("double").name, read_data_type("mine").name
    ('float64', 'mine')
    """
    try:
        return read_dtype(value, ("data_type",)).with_endian(None)
    except InvalidCodecError:
        if not isinstance(value, str):
            raise
        return DataType.from_v3(value)


def _read_with_numpy(value: Any) -> DataType | None:
    """Ask NumPy about its own types, and about texts that nothing else knows (``"d"``); ``None`` for others."""
    try:
        import numpy

        # of other texts it would compile the parts ("3,<f4"); any other class it takes for one of objects
        if value.isalpha() if isinstance(value, str) else issubclass(value, numpy.generic):
            return _read(numpy.dtype(value), ())
    except (
        Exception
    ):  # NumPy raises TypeError, ValueError, SyntaxError and more, or is not installed
        return None
    return None


def _read(value: Any, path: Path) -> DataType:
    if isinstance(value, str):
        return _read_text(str(value), path)
    if isinstance(value, list):
        return DataType.from_v2(value, path)
    if isinstance(value, type) and value in PYTHON_TYPES:
        return _read_name(PYTHON_TYPES[value])
    try:
        return _read_object(value, path)
    except (InvalidCodecError, NotRepresentableError):
        raise
    except Exception as error:  # foreign code
        raise InvalidCodecError.at(
            path,
            f"expected a data type, got {type(value).__name__}, which raised {describe_exception(error)}",
            "invalid data type",
        ) from None


def _read_object(value: Any, path: Path) -> DataType:
    if isinstance(value, Mapping):
        return DataType.from_v3(dict(value), path)
    if getattr(value, "kind", None) == "T":  # numpy.dtypes.StringDType
        return DataType("string")
    if getattr(value, "fields", None) and hasattr(value, "descr"):
        return DataType.from_v2(_numpy_fields(value, path), path)
    to_json = getattr(value, "to_json", None)
    if callable(to_json):  # a data type object of zarr-python
        return DataType.from_v3(to_json(zarr_format=3), path)
    try:
        text = copy_json(value)
    except (TypeError, ValueError, RecursionError):
        text = None
    if isinstance(text, str):
        return DataType.from_v2(text, path)
    raise expected("a data type", value, path)


def _read_name(name: str) -> DataType:
    return DataType(name) if name == "object" else DataType.from_v3(name).in_memory()


@lru_cache(maxsize=1024)
def _read_text(value: str, path: Path) -> DataType:
    """Read a v2 type string, or a v3 name that is known or says its length (``r16``)."""
    if value in SIZES or value in V3_NAMES:
        return DataType.from_v3(value, path)
    if value in PYTHON_NAMES:
        return _read_name(PYTHON_NAMES[value])
    if TYPESTR.fullmatch(value):
        return DataType.from_v2(value, path)
    found = DataType.from_v3(value, path)
    if found.is_known:
        return found
    known = (*SIZES, *V3_NAMES, *PYTHON_NAMES)
    what = f"expected a data type such as '<f4' or 'float32', got {excerpt(value)}"
    alike = did_you_mean(closest_name(value, known))
    raise InvalidCodecError.at(path, Message(what, alike), "invalid data type")


def _numpy_fields(dtype: Any, path: Path) -> list[Any]:
    """Spell a NumPy struct as v2 does; padding has no spelling, so it is refused."""
    fields = []
    end = 0
    for name in dtype.names:
        inner, offset = dtype.fields[name][:2]
        if offset != end:
            raise expected("a struct without padding", str(dtype), path)
        end = offset + inner.itemsize
        shape = list(inner.shape)
        base = inner.base
        fields.append(
            [
                name,
                _numpy_fields(base, path) if base.fields else base.str,
                *([shape] if shape else []),
            ]
        )
    if end != dtype.itemsize:
        raise expected("a struct without padding", str(dtype), path)
    return fields
