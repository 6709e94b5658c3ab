"""Data types: the v2 type string with its byte order, the v3 data type, and the size of an element.

v2 keeps the byte order in the data type (``"<f4"``), v3 in the `bytes` codec; :class:`DataType` has both, so
that a byte order is never lost between them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias

from zarrcodec_bridge.core.data_types.names import (
    CODE_OF,
    KIND_OF,
    LENGTH_KINDS,
    LONG_DOUBLES,
    NARROW,
    NUMERIC,
    ORDERLESS,
    SIZES,
    TIME_KINDS,
    TIMES,
    UNITS,
    V3_NAMES,
)
from zarrcodec_bridge.core.errors import InvalidCodecError, NotRepresentableError
from zarrcodec_bridge.core.json_values import MAX_DEPTH, Path, copy_json
from zarrcodec_bridge.core.messages import excerpt

Endian: TypeAlias = Literal["little", "big", "mixed"]
"""A byte order; ``"mixed"`` where the fields of a struct disagree."""

_LARGEST: Final = (1 << 63) - 1
"""Bytes of an element that any machine could have."""

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

    Made by :func:`~zarrcodec_bridge.core.data_types.read_dtype`, :meth:`from_v2` or :meth:`from_v3`.
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
        raise expected("a v2 data type such as '<f4' or a list of fields", value, path)

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
        """Give the same data type another byte order (``None``: as v3 has it, without one)."""
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
        """Give the data type a byte order: native (little-endian) where it has none, as v3 names it."""
        return self if self.endian is not None else self.with_endian("little")

    def to_v2(self) -> Any:
        """Write the v2 ``dtype``; raises :class:`NotRepresentableError` where v2 has none."""
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
        if self.name in TIMES:
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
        """Write the v3 ``data_type``; raises :class:`NotRepresentableError` where v3 has none."""
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


def expected(what: str, value: Any, path: Path) -> InvalidCodecError:
    """Make the refusal of a data type: `what` was expected where `value` stands."""
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
        raise expected("a v2 data type such as '<f4'", value, path)
    order, kind, digits, count, unit = match.groups()
    endian: Endian = "big" if order == ">" else "little"
    size = int(digits or 0)
    if kind == "O" and unit is None:
        return DataType("object")
    if kind in TIME_KINDS and digits in ("8", ""):
        if unit is not None and unit not in UNITS and unit != "μs":
            raise expected("a datetime unit such as [ns]", value, path)
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
    raise expected("a v2 data type such as '<f4'", value, path)


def _from_fields(value: Sequence[Any], path: Path, depth: int) -> DataType:
    if not value:
        raise expected("at least one field", value, path)
    if depth > MAX_DEPTH:
        raise InvalidCodecError.at(path, f"nested deeper than {MAX_DEPTH}", "invalid data type")
    fields = []
    for index, item in enumerate(value):
        at = (*path, index)
        if not (
            isinstance(item, (list, tuple)) and len(item) in (2, 3) and isinstance(item[0], str)
        ):
            raise expected("a field [name, dtype] or [name, dtype, shape]", item, at)
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
            raise expected("the shape of a subarray", item[2], (*at, 2))
        fields.append(Field(item[0], dtype, shape))
    return _struct(fields, path)


def _struct(fields: Sequence[Field], path: Path) -> DataType:
    names = [field.name for field in fields]
    if len(set(names)) != len(names):
        raise expected("different names for all fields", names, path)
    itemsize: int | None = 0
    for field in fields:
        size = field.dtype.itemsize
        for length in field.shape:
            size = None if size is None else min(size * length, _LARGEST + 1)
        itemsize = None if size is None or itemsize is None else itemsize + size
        if itemsize is not None and itemsize > _LARGEST:
            raise expected("elements of less than 2**63 bytes", names, path)
    orders: set[Endian] = {f.dtype.endian for f in fields if f.dtype.endian is not None}
    endian: Endian | None = "mixed" if len(orders) > 1 else next(iter(orders), None)
    return DataType("struct", itemsize, endian, fields=tuple(fields))


_NAME: Final = re.compile(r"[a-z][a-z0-9._-]*|[a-z][a-z0-9+.-]*:\S+", re.ASCII)
"""\"Raw names\" and \"URI-based names\" of the specification's extensions."""


def _from_v3(value: Any, path: Path, depth: int) -> DataType:
    if depth > MAX_DEPTH:
        raise InvalidCodecError.at(path, f"nested deeper than {MAX_DEPTH}", "invalid data type")
    if isinstance(value, str):
        name, configuration = value, {}
    elif isinstance(value, dict) and isinstance(value.get("name"), str):
        name = value["name"]
        configuration = value.get("configuration", {})
        unknown = set(value) - {"name", "configuration", "must_understand"}
        if unknown or not isinstance(configuration, dict):
            raise expected("only 'name' and 'configuration' in a data type", value, path)
    else:
        raise expected("a v3 data type: a name or an object with one", value, path)
    name = V3_NAMES.get(name, name)
    at = (*path, "configuration")
    if name == "struct":
        return _struct_from_v3(configuration, at, depth)
    if name in TIMES:
        return _time_from_v3(name, configuration, at)
    if name in KIND_OF:
        length = configuration.get("length_bytes")
        step = 4 if name == "fixed_length_utf32" else 1
        if set(configuration) != {"length_bytes"} or type(length) is not int or length < 0:
            raise expected("'length_bytes', a number of bytes", configuration, at)
        if length % step:
            raise expected("a multiple of 4 bytes", length, (*at, "length_bytes"))
        return DataType(name, length)
    if re.fullmatch(r"r[0-9]{1,12}", name) and not configuration:
        bits = int(name[1:])
        if bits == 0 or bits % 8:
            raise expected("a multiple of 8 bits in r*", name, path)
        return DataType("raw_bytes", bits // 8)
    if name in SIZES:
        if configuration:
            raise expected(f"no configuration of {name}", configuration, at)
        return DataType(name, SIZES[name])
    if _NAME.fullmatch(name) is None:
        raise expected(
            "a data type: a name of a-z, 0-9, '-', '_' and '.', or an address", name, path
        )
    try:
        text = json.dumps(copy_json(configuration), sort_keys=True)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidCodecError.at(at, str(error), "invalid data type") from None
    return DataType(name, configuration=text if configuration else None)


def _time_from_v3(name: str, configuration: dict[str, Any], path: Path) -> DataType:
    unit, scale = configuration.get("unit"), configuration.get("scale_factor", 1)
    if unit == "μs":
        unit = "us"
    if not isinstance(unit, str) or unit not in UNITS:
        raise expected("a datetime unit such as 'ns'", unit, (*path, "unit"))
    if type(scale) is not int or not 1 <= scale < 1 << 31:
        raise expected("a whole number from 1 to 2147483647", scale, (*path, "scale_factor"))
    if set(configuration) - {"unit", "scale_factor"}:
        raise expected("'unit' and 'scale_factor'", configuration, path)
    return DataType(name, 8, None, unit, scale)


def _struct_from_v3(configuration: dict[str, Any], path: Path, depth: int) -> DataType:
    fields = configuration.get("fields")
    if set(configuration) != {"fields"} or not isinstance(fields, list) or not fields:
        raise expected("'fields', a list of at least one field", configuration, path)
    read = []
    for index, item in enumerate(fields):
        at = (*path, "fields", index)
        if isinstance(item, dict) and set(item) == {"name", "data_type"}:
            name, inner = item["name"], item["data_type"]
        elif isinstance(item, (list, tuple)) and len(item) == 2:
            name, inner = item  # the older spelling, `structured`
        else:
            raise expected("a field {'name', 'data_type'}", item, at)
        if not isinstance(name, str):
            raise expected("a name", name, at)
        read.append(Field(name, _from_v3(inner, (*at, "data_type"), depth + 1)))
    return _struct(read, path)


def describe_dtype(dtype: DataType) -> str:
    """Name a data type for a message, with its byte order where it has one."""
    return f"{dtype.endian}-endian {dtype.name}" if dtype.endian else dtype.name
