"""Data types: the v2 type string with its byte order, the v3 data type, and the size of an element.

v2 keeps the byte order in the data type (``"<f4"``), v3 in the `bytes` codec; :class:`DataType` has both, so
that a byte order is never lost between them.

Sources: https://zarr-specs.readthedocs.io/en/latest/v2/v2.0.html#data-type-encoding,
https://zarr-specs.readthedocs.io/en/latest/v3/data-types/index.html and
https://github.com/zarr-developers/zarr-extensions/tree/4da7b37/data-types.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BeforeValidator, WithJsonSchema

from zarrcodec_bridge.core.errors import InvalidCodecError, NotRepresentableError
from zarrcodec_bridge.core.json_values import DEEPEST, Path, excerpt, plain, told

__all__ = ["DataType", "Endian", "Field", "Typestr", "any_dtype", "typestr", "typestr_schema"]

Endian: TypeAlias = Literal["little", "big", "mixed"]
"""A byte order; ``"mixed"`` where the fields of a struct disagree."""

NUMERIC: Final = {
    "b1": "bool",
    "i1": "int8",
    "i2": "int16",
    "i4": "int32",
    "i8": "int64",
    "u1": "uint8",
    "u2": "uint16",
    "u4": "uint32",
    "u8": "uint64",
    "f2": "float16",
    "f4": "float32",
    "f8": "float64",
    "c8": "complex64",
    "c16": "complex128",
}
"""The v2 code of each core v3 data type."""

CODE_OF: Final = {name: code for code, name in NUMERIC.items()} | {
    "complex_float32": "c8",
    "complex_float64": "c16",
}
"""The v2 code by v3 name; the registered `complex_float32` is `complex64` by another name."""

NARROW: Final = (
    "float4_e2m1fn",
    "float6_e2m3fn",
    "float6_e3m2fn",
    "float8_e3m4",
    "float8_e4m3",
    "float8_e4m3b11fnuz",
    "float8_e4m3fn",
    "float8_e4m3fnuz",
    "float8_e5m2",
    "float8_e5m2fnuz",
    "float8_e8m0fnu",
)
"""Floating point of at most 8 bits, one byte each under the `bytes` codec."""

LARGEST: Final = (1 << 63) - 1
"""Bytes of an element that any machine could have."""

ONE_BYTE: Final = frozenset({"bool", "int8", "uint8", "int2", "int4", "uint2", "uint4", *NARROW})

SIZES: Final[Mapping[str, int | None]] = {
    **{name: int(code[1:]) for name, code in CODE_OF.items()},
    **dict.fromkeys(ONE_BYTE, 1),
    **{f"complex_{name}": 2 for name in NARROW},
    "bfloat16": 2,
    "complex_float16": 4,
    "complex_bfloat16": 4,
    "numpy.datetime64": 8,
    "numpy.timedelta64": 8,
    "string": None,
    "variable_length_bytes": None,
}
"""Bytes per element under the `bytes` codec of every data type whose name says it."""

ORDERLESS: Final = ONE_BYTE | {f"complex_{name}" for name in NARROW}
"""Data types whose components are single bytes: the `bytes` codec has no `endian` for them."""

LONG_DOUBLES: Final = {
    "float96": "f12",
    "float128": "f16",
    "complex192": "c24",
    "complex256": "c32",
}
"""What some machines have for a long double; v3 has none."""

LENGTH_KINDS: Final = {"S": "null_terminated_bytes", "U": "fixed_length_utf32", "V": "raw_bytes"}
TIME_KINDS: Final = {"M": "numpy.datetime64", "m": "numpy.timedelta64"}
KIND_OF: Final = {name: kind for kind, name in {**LENGTH_KINDS, **TIME_KINDS}.items()}

UNITS: Final = frozenset("Y M W D h m s ms us ns ps fs as generic".split())

V3_NAMES: Final = {"bytes": "variable_length_bytes", "structured": "struct"}
"""Other v3 names of a data type; the registered `bytes` is zarr-python's `variable_length_bytes`."""

TYPESTR: Final = re.compile(
    r"([<>|=]?)([biufcSUVMmO])(\d{0,9})(?:\[(\d{0,9})(\w{1,7})\])?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a struct."""

    name: str
    dtype: DataType
    shape: tuple[int, ...] = ()
    """A v2 subarray; v3 has none."""


@dataclass(frozen=True, slots=True)
class DataType:
    """A Zarr data type, with the byte order that v2 keeps in it.

    Made by :func:`any_dtype`, :meth:`from_v2` or :meth:`from_v3`.
    """

    name: str
    """The v3 name (`"object"` for v2's ``|O``, which only its object codec turns into a v3 type)."""
    itemsize: int | None = None
    """Bytes per element; ``None`` for a variable length or an unknown data type."""
    endian: Endian | None = None
    """The byte order; ``None`` where there is none, and in v3, where `bytes` has it."""
    unit: str | None = None
    """The unit of a datetime or timedelta."""
    scale: int = 1
    """How many units a datetime counts by."""
    fields: tuple[Field, ...] = ()
    configuration: str | None = None
    """The configuration of an unknown data type, as JSON text."""

    @classmethod
    def from_v2(cls, value: Any, path: Path = ("dtype",)) -> DataType:
        """Read a v2 ``dtype``: a type string (``"<f4"``) or a list of fields.

        Raises :class:`InvalidCodecError` for anything else.
        """
        if isinstance(value, str):
            return _from_typestr(value, path)
        if isinstance(value, list):
            return _from_fields(value, path, 0)
        raise _expected("a v2 data type such as '<f4' or a list of fields", value, path)

    @classmethod
    def from_v3(cls, value: Any, path: Path = ("data_type",)) -> DataType:
        """Read a v3 ``data_type``: a name or ``{"name", "configuration"}``.

        Unknown names are kept as they are. Raises :class:`InvalidCodecError` for a malformed value.
        """
        return _from_v3(value, path, 0)

    @property
    def has_order(self) -> bool:
        """Whether elements have a byte order, so that `bytes` needs `endian`."""
        if self.fields:
            return any(field.dtype.has_order for field in self.fields)
        if self.name in SIZES:
            return self.name not in ORDERLESS and self.itemsize is not None
        return self.name == "fixed_length_utf32" or self.name in LONG_DOUBLES

    @property
    def is_known(self) -> bool:
        """Whether the name is a registered one, or one that zarr-python writes."""
        return self.name in SIZES or self.name in KIND_OF or self.name == "struct"

    def with_endian(self, endian: Endian | None) -> DataType:
        """The same data type in another byte order (``None``: as v3 has it, without one)."""
        if self.fields:
            fields = tuple(replace(f, dtype=f.dtype.with_endian(endian)) for f in self.fields)
            return replace(self, fields=fields, endian=endian if self.has_order else None)
        endian = endian if self.has_order else None
        if endian == self.endian:
            return self
        return DataType(
            self.name, self.itemsize, endian, self.unit, self.scale, (), self.configuration
        )

    def in_memory(self) -> DataType:
        """The same data type with a byte order: native (little-endian) where it has none, as v3 names it."""
        return self if self.endian is not None else self.with_endian("little")

    def to_v2(self) -> Any:
        """The v2 ``dtype``; raises :class:`NotRepresentableError` where v2 has none."""
        mark = {"little": "<", "big": ">", None: "<" if self.has_order else "|"}
        if self.name == "object" or self.name in ("string", "variable_length_bytes"):
            return "|O"
        if self.fields:
            return [
                [f.name, f.dtype.to_v2(), *([list(f.shape)] if f.shape else [])]
                for f in self.fields
            ]
        if self.name in CODE_OF:
            return mark[self.endian] + CODE_OF[self.name]
        if self.name in LONG_DOUBLES:
            return mark[self.endian] + LONG_DOUBLES[self.name]
        if self.name in TIME_KINDS.values():
            count = str(self.scale) if self.scale != 1 else ""
            unit = "" if self.unit == "generic" else f"[{count}{self.unit}]"
            return f"{mark[self.endian]}{KIND_OF[self.name]}8{unit}"
        if self.name in KIND_OF and self.itemsize is not None:
            length = self.itemsize // 4 if self.name == "fixed_length_utf32" else self.itemsize
            return f"{mark[self.endian]}{KIND_OF[self.name]}{length}"
        if self.name in ("bfloat16", "int4", "uint4", "int2", "uint2", *NARROW):
            return self.name  # what tensorstore's zarr driver reads and writes
        raise NotRepresentableError("v2", f"data type {self.name}", "v2 has no such data type")

    def to_v3(self) -> Any:
        """The v3 ``data_type``; raises :class:`NotRepresentableError` where v3 has none."""
        if self.name == "object":
            raise NotRepresentableError(
                "v3",
                "data type object",
                "v3 has no objects; only vlen-utf8 and vlen-bytes give them a v3 data type",
            )
        if self.fields:
            return {"name": "struct", "configuration": {"fields": self._fields_to_v3()}}
        if self.unit is not None:
            return {
                "name": self.name,
                "configuration": {"unit": self.unit, "scale_factor": self.scale},
            }
        if self.name in KIND_OF:
            if not self.itemsize:
                raise NotRepresentableError(
                    "v3", f"data type {self.name}", "its elements have no length"
                )
            return {"name": self.name, "configuration": {"length_bytes": self.itemsize}}
        if self.name in LONG_DOUBLES:
            raise NotRepresentableError("v3", f"data type {self.name}", "v3 has no such data type")
        if self.configuration is not None:
            return {"name": self.name, "configuration": json.loads(self.configuration)}
        return self.name

    def _fields_to_v3(self) -> list[dict[str, Any]]:
        if self.endian == "mixed":
            raise NotRepresentableError(
                "v3",
                "data type struct",
                "its fields have different byte orders, and the bytes codec has one for all",
            )
        for field in self.fields:
            if field.shape:
                raise NotRepresentableError(
                    "v3", "data type struct", f"field {field.name!r} is a subarray, and v3 has none"
                )
        return [{"name": f.name, "data_type": f.dtype.to_v3()} for f in self.fields]

    def __str__(self) -> str:
        return self.name


def _expected(what: str, value: Any, path: Path) -> InvalidCodecError:
    return InvalidCodecError.at(path, f"expected {what}, got {excerpt(value)}", "invalid data type")


@lru_cache(maxsize=1024)
def _from_typestr(value: str, path: Path) -> DataType:
    if value in CODE_OF:
        value = CODE_OF[value]
    elif value in SIZES and value not in ("string", "variable_length_bytes"):
        size = SIZES[value]
        return DataType(value, size, None if value in ORDERLESS else "little")
    match = TYPESTR.fullmatch(value)
    if match is None:
        raise _expected("a v2 data type such as '<f4'", value, path)
    order, kind, digits, count, unit = match.groups()
    endian: Endian = "big" if order == ">" else "little"
    size = int(digits or 0)
    if kind == "O" and unit is None:
        return DataType("object")
    if kind in TIME_KINDS and digits in ("8", ""):
        if unit is not None and unit not in UNITS and unit != "μs":
            raise _expected("a datetime unit such as [ns]", value, path)
        unit = "us" if unit == "μs" else unit or "generic"
        return DataType(TIME_KINDS[kind], 8, endian, unit, int(count or 1) or 1)
    if unit is None and kind in LENGTH_KINDS:
        if kind == "U":
            return DataType(LENGTH_KINDS[kind], size * 4, endian)
        return DataType(LENGTH_KINDS[kind], size)
    if unit is None and kind + digits in NUMERIC:
        name = NUMERIC[kind + digits]
        return DataType(name, size, None if name in ORDERLESS else endian)
    for name, code in LONG_DOUBLES.items():
        if unit is None and kind + digits == code:
            return DataType(name, size, endian)
    raise _expected("a v2 data type such as '<f4'", value, path)


def _from_fields(value: Sequence[Any], path: Path, depth: int) -> DataType:
    if not value:
        raise _expected("at least one field", value, path)
    if depth > DEEPEST:
        raise InvalidCodecError.at(path, f"nested deeper than {DEEPEST}", "invalid data type")
    fields = []
    for index, item in enumerate(value):
        at = (*path, index)
        if not (
            isinstance(item, (list, tuple)) and len(item) in (2, 3) and isinstance(item[0], str)
        ):
            raise _expected("a field [name, dtype] or [name, dtype, shape]", item, at)
        inner = item[1]
        dtype = (
            _from_fields(inner, (*at, 1), depth + 1)
            if isinstance(inner, list)
            else DataType.from_v2(inner, (*at, 1))
        )
        shape = tuple(item[2]) if len(item) == 3 and isinstance(item[2], (list, tuple)) else ()
        if len(item) == 3 and not (
            shape and all(type(size) is int and size >= 0 for size in shape)
        ):
            raise _expected("the shape of a subarray", item[2], (*at, 2))
        fields.append(Field(item[0], dtype, shape))
    return _struct(fields, path)


def _struct(fields: Sequence[Field], path: Path) -> DataType:
    names = [field.name for field in fields]
    if len(set(names)) != len(names):
        raise _expected("different names for all fields", names, path)
    itemsize: int | None = 0
    for field in fields:
        size = field.dtype.itemsize
        for length in field.shape:
            size = None if size is None else min(size * length, LARGEST + 1)
        itemsize = None if size is None or itemsize is None else itemsize + size
        if itemsize is not None and itemsize > LARGEST:
            raise _expected("elements of less than 2**63 bytes", names, path)
    orders: set[Endian] = {f.dtype.endian for f in fields if f.dtype.endian is not None}
    endian: Endian | None = "mixed" if len(orders) > 1 else next(iter(orders), None)
    return DataType("struct", itemsize, endian, fields=tuple(fields))


NAME: Final = re.compile(r"[a-z][a-z0-9._-]*|[a-z][a-z0-9+.-]*:\S+", re.ASCII)
"""\"Raw names\" and \"URI-based names\" of the specification's extensions."""


def _from_v3(value: Any, path: Path, depth: int) -> DataType:
    if depth > DEEPEST:
        raise InvalidCodecError.at(path, f"nested deeper than {DEEPEST}", "invalid data type")
    if isinstance(value, str):
        name, configuration = value, {}
    elif isinstance(value, dict) and isinstance(value.get("name"), str):
        name = value["name"]
        configuration = value.get("configuration", {})
        unknown = set(value) - {"name", "configuration", "must_understand"}
        if unknown or not isinstance(configuration, dict):
            raise _expected("only 'name' and 'configuration' in a data type", value, path)
    else:
        raise _expected("a v3 data type: a name or an object with one", value, path)
    name = V3_NAMES.get(name, name)
    at = (*path, "configuration")
    if name == "struct":
        return _struct_from_v3(configuration, at, depth)
    if name in TIME_KINDS.values():
        return _time_from_v3(name, configuration, at)
    if name in LENGTH_KINDS.values():
        length = configuration.get("length_bytes")
        step = 4 if name == "fixed_length_utf32" else 1
        if set(configuration) != {"length_bytes"} or type(length) is not int or length < 0:
            raise _expected("'length_bytes', a number of bytes", configuration, at)
        if length % step:
            raise _expected("a multiple of 4 bytes", length, (*at, "length_bytes"))
        return DataType(name, length)
    if re.fullmatch(r"r[0-9]{1,12}", name) and not configuration:
        bits = int(name[1:])
        if bits == 0 or bits % 8:
            raise _expected("a multiple of 8 bits in r*", name, path)
        return DataType("raw_bytes", bits // 8)
    if name in SIZES:
        if configuration:
            raise _expected(f"no configuration of {name}", configuration, at)
        return DataType(name, SIZES[name])
    if NAME.fullmatch(name) is None:
        raise _expected(
            "a data type: a name of a-z, 0-9, '-', '_' and '.', or an address", name, path
        )
    try:
        text = json.dumps(plain(configuration), sort_keys=True)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidCodecError.at(at, str(error), "invalid data type") from None
    return DataType(name, configuration=text if configuration else None)


def _time_from_v3(name: str, configuration: dict[str, Any], path: Path) -> DataType:
    unit, scale = configuration.get("unit"), configuration.get("scale_factor", 1)
    if unit == "μs":
        unit = "us"
    if not isinstance(unit, str) or unit not in UNITS:
        raise _expected("a datetime unit such as 'ns'", unit, (*path, "unit"))
    if type(scale) is not int or not 1 <= scale < 1 << 31:
        raise _expected("a whole number from 1 to 2147483647", scale, (*path, "scale_factor"))
    if set(configuration) - {"unit", "scale_factor"}:
        raise _expected("'unit' and 'scale_factor'", configuration, path)
    return DataType(name, 8, None, unit, scale)


def _struct_from_v3(configuration: dict[str, Any], path: Path, depth: int) -> DataType:
    fields = configuration.get("fields")
    if set(configuration) != {"fields"} or not isinstance(fields, list) or not fields:
        raise _expected("'fields', a list of at least one field", configuration, path)
    read = []
    for index, item in enumerate(fields):
        at = (*path, "fields", index)
        if isinstance(item, dict) and set(item) == {"name", "data_type"}:
            name, inner = item["name"], item["data_type"]
        elif isinstance(item, (list, tuple)) and len(item) == 2:
            name, inner = item  # the older spelling, `structured`
        else:
            raise _expected("a field {'name', 'data_type'}", item, at)
        if not isinstance(name, str):
            raise _expected("a name", name, at)
        read.append(Field(name, _from_v3(inner, (*at, "data_type"), depth + 1)))
    return _struct(read, path)


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


def any_dtype(value: Any, path: Path = ("dtype",)) -> DataType:
    """Read a data type in any spelling: v2, v3, Python's, a NumPy ``dtype`` or scalar type, a zarr data type.

    Example
    -------
    >>> any_dtype(str).name, any_dtype("double").name, any_dtype(object).name
    ('string', 'float64', 'object')
    >>> any_dtype("<i4") == any_dtype("int32").with_endian("little")
    True
    >>> any_dtype({"name": "numpy.datetime64", "configuration": {"unit": "ns"}}).to_v2()
    '<M8[ns]'
    """
    if isinstance(value, DataType):
        return value
    try:
        return _in_our_words(value, path)
    except InvalidCodecError:
        found = _as_numpy_says(value)
        if found is None:
            raise
        return found


def _as_numpy_says(value: Any) -> DataType | None:
    """What NumPy makes of a text of which nothing else is known, as ``"d"``, or of its own type; ``None`` if nothing.

    Any other class it takes for one of objects.
    """
    try:
        import numpy

        # of other texts it would compile the parts: "3,<f4"
        if value.isalpha() if isinstance(value, str) else issubclass(value, numpy.generic):
            return _in_our_words(numpy.dtype(value), ())
    except (
        Exception
    ):  # NumPy raises TypeError, ValueError, SyntaxError and more, or is not installed
        return None
    return None


def _in_our_words(value: Any, path: Path) -> DataType:
    if isinstance(value, str):
        return _from_text(str(value))
    if isinstance(value, list):
        return DataType.from_v2(value, ())
    if isinstance(value, type) and value in PYTHON_TYPES:
        return _named(PYTHON_TYPES[value])
    try:
        return _of_object(value, path)
    except (InvalidCodecError, NotRepresentableError):
        raise
    except Exception as error:  # foreign code
        raise InvalidCodecError.at(
            path,
            f"expected a data type, got {type(value).__name__}, which raised {told(error)}",
            "invalid data type",
        ) from None


def _of_object(value: Any, path: Path) -> DataType:
    if isinstance(value, Mapping):
        return DataType.from_v3(dict(value), ())
    if getattr(value, "kind", None) == "T":  # numpy.dtypes.StringDType
        return DataType("string")
    if getattr(value, "fields", None) and hasattr(value, "descr"):
        return DataType.from_v2(_descr(value), ())
    to_json = getattr(value, "to_json", None)
    if callable(to_json):  # a data type object of zarr-python
        return DataType.from_v3(to_json(zarr_format=3), ())
    try:
        text = plain(value)
    except (TypeError, ValueError, RecursionError):
        text = None
    if isinstance(text, str):
        return DataType.from_v2(text, ())
    raise _expected("a data type", value, path)


def _named(name: str) -> DataType:
    """Objects, or a v3 name; numbers that Python or NumPy name are native."""
    return DataType(name) if name == "object" else DataType.from_v3(name, ()).in_memory()


@lru_cache(maxsize=1024)
def _from_text(value: str) -> DataType:
    """A v2 type string or a v3 name; of others, only those that carry their length (``r16``)."""
    if value in SIZES or value in V3_NAMES:
        return DataType.from_v3(value, ())
    if value in PYTHON_NAMES:
        return _named(PYTHON_NAMES[value])
    if TYPESTR.fullmatch(value):
        return DataType.from_v2(value, ())
    found = DataType.from_v3(value, ())
    if found.is_known:
        return found
    raise _expected("a data type such as '<f4' or 'float32'", value, ("dtype",))


def _descr(dtype: Any) -> list[Any]:
    """A NumPy struct as v2 spells it; padding has no spelling, so it is refused."""
    fields = []
    end = 0
    for name in dtype.names:
        inner, offset = dtype.fields[name][:2]
        if offset != end:
            raise _expected("a struct without padding", str(dtype), ("dtype",))
        end = offset + inner.itemsize
        shape = list(inner.shape)
        base = inner.base
        fields.append(
            [name, _descr(base) if base.fields else base.str, *([shape] if shape else [])]
        )
    if end != dtype.itemsize:
        raise _expected("a struct without padding", str(dtype), ("dtype",))
    return fields


def typestr(value: Any) -> str:
    """The canonical v2 type string of a simple data type: ``"int32"``, ``"i4"`` -> ``"<i4"``."""
    if isinstance(value, str) and value in _PLAIN:
        return value
    dtype = any_dtype(value) if not isinstance(value, str) else DataType.from_v2(value, ())
    text = dtype.to_v2()
    if not isinstance(text, str) or text == "|O" or text[0] not in "<>|":
        raise ValueError(f"expected the type string of a number, got {excerpt(text)}")
    return text


_PLAIN: Final = frozenset(
    {f"{order}{code}" for code in NUMERIC for order in "<>" if NUMERIC[code] not in ORDERLESS}
    | {f"|{code}" for code in NUMERIC if NUMERIC[code] in ORDERLESS}
)

_TIME: Final = rf"8?(\[[0-9]{{0,9}}({'|'.join(sorted({*UNITS, 'μs'}))})\])?"

_BODIES: Final = {
    "b": "b1",
    "iu": "[iu][1248]",
    "f": "f([248]|12|16)",
    "c": "c(8|16|24|32)",
    "SV": "[SV][0-9]{0,9}",
    "U": "U[0-9]{0,9}",
    "Mm": f"[Mm]{_TIME}",
    "O": "O[0-9]{0,9}",
}
"""What may stand in a type string behind its byte order, by kind."""


def typestr_schema(kinds: str = "biufcSUVMm") -> dict[str, Any]:
    """The JSON Schema of a type string of one of those kinds, or of a name that is read as one."""
    names = "|".join(name for name, code in CODE_OF.items() if code[0] in kinds)
    bodies = "|".join(body for kind, body in _BODIES.items() if kind[0] in kinds)
    return {
        "type": "string",
        "pattern": f"^({names + '|' if names else ''}[<>|=]?({bodies}))$",
        "examples": ["<U8" if "U" in kinds and "f" not in kinds else "<f4"],
    }


Typestr = Annotated[str, BeforeValidator(typestr), WithJsonSchema(typestr_schema())]
"""A v2 type string in canonical spelling: ``"<f4"``, ``"|u1"``; other spellings are read as it."""
