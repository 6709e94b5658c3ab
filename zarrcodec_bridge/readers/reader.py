"""What is known of one reader: the codecs, data types and documents that it opens in each format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from zarrcodec_bridge.core.json_values import Dialect

__all__ = ["MINIFLOATS", "NUMBERS", "Format", "Reader"]

NUMBERS: Final = frozenset(
    "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64"
    " complex64 complex128".split()
)
"""The data types of the core specification of v3, but for raw bytes."""

MINIFLOATS: Final = frozenset(
    "float8_e3m4 float8_e4m3fn float8_e4m3fnuz float8_e4m3b11fnuz float8_e5m2 float8_e5m2fnuz".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """What a reader opens in one format. A codec is named as the forms of its definition are."""

    codecs: frozenset[str]
    """The v2 ids or v3 names that it opens."""
    prefix: str | None = None
    """Other names that begin with this are opened as well."""
    data_types: frozenset[str] | None = None
    """The data types that it opens; ``None`` is all."""
    field_types: frozenset[str] | None = None
    """Those of the fields of a struct; ``None`` is `data_types`."""
    fewest_fields: int = 1
    """Of a struct that it opens."""
    renamed: Mapping[str, str] = field(default_factory=dict[str, str])
    """Data types that it knows by another name."""
    raw_bits: bool = False
    """Whether it spells raw bytes as ``r*``, as the core specification of v3 does."""

    def opens(self, name: str) -> bool:
        """Whether it opens a codec of that name."""
        return name in self.codecs or (self.prefix is not None and name.startswith(self.prefix))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A program that opens arrays, as it was measured."""

    name: str
    """Its name as a target."""
    version: str
    """The version that was measured."""
    measured: str
    """The day, in ISO 8601."""
    v2: Format
    v3: Format
    swapped_wrong: frozenset[str] = frozenset()
    """Data types whose big-endian elements it decodes wrong."""
    strict_json: bool = True
    """Whether it refuses a document with a bare NaN or Infinity, which JSON does not allow."""

    def format(self, dialect: Dialect) -> Format:
        """What it opens in one format."""
        return self.v2 if dialect == "v2" else self.v3

    def opens(self, dialect: Dialect, name: str) -> bool:
        """Whether it opens a codec of that v2 id or v3 name.

        Example
        -------
        >>> from zarrcodec_bridge.readers import READERS
        >>> READERS["tensorstore"].opens("v2", "bz2"), READERS["tensorstore"].opens("v3", "numcodecs.bz2")
        (True, False)
        """
        return self.format(dialect).opens(name)
