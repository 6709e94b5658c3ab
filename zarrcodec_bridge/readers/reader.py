"""What is known of one reader: the codecs, data types and documents that it opens in each format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.json_values import Dialect

__all__ = ["MINIFLOATS", "NUMBERS", "Format", "Reader"]

NUMBERS: Final = frozenset(
    "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64"
    " complex64 complex128".split()
)
"""The data types of the core specification of v3, but for raw bytes."""

MINIFLOATS: Final = frozenset(
    "float4_e2m1fn float8_e3m4 float8_e4m3b11fnuz float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz"
    " float8_e8m0fnu".split()
)
"""Small floating-point numbers that tensorstore and zarrs both have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """What a reader opens in one format. A codec is named as the forms of its definition are."""

    codecs: frozenset[str]
    """The v2 ids or v3 names that it opens."""
    prefix: str | None = None
    """Other names that begin with this are opened as well."""
    elsewhere: Mapping[str, str] = field(default_factory=dict[str, str])
    """Codecs that the measured version does not open, and which other version or build of the reader does."""
    extensible: bool = False
    """Whether other packages add codecs to it, so that it may open one of a name that no reader here has."""
    data_types: frozenset[str]
    """The data types that it opens."""
    field_types: frozenset[str] | None = None
    """Those of the fields of a struct; ``None`` is `data_types`."""
    fewest_fields: int = 1
    """Of a struct that it opens."""
    nested_structs: bool = True
    """Whether the fields of a struct may be structs."""
    subarrays: bool = False
    """Whether the fields of a v2 struct may be arrays."""
    objects: frozenset[str] = frozenset()
    """The v2 codecs with which it reads objects (``|O``)."""
    filters: bool = True
    """Whether it opens v2 arrays with filters."""
    only_compressors: frozenset[str] = frozenset()
    """The v2 ids that it opens as the compressor and not among the filters."""
    unknown_keys: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """By codec: parameters whose mere presence it refuses."""
    nothing_after: frozenset[str] = frozenset()
    """Codecs after which, in the same chain, it opens no other."""
    strict_index: bool = False
    """Whether the index of a shard may have such codecs only whose output has a size that it knows."""
    checks_array: bool = False
    """Whether it asks each codec if it fits the array itself, whatever the codecs before it make of that."""
    limits: Mapping[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    """By ``codec.parameter``: the least and the largest number that it takes."""
    required: frozenset[str] = frozenset()
    """Each ``codec.parameter`` that it does not take from the array."""
    more_elements: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """By codec: data types that it encodes besides those of numcodecs."""
    renamed: Mapping[str, str] = field(default_factory=dict[str, str])
    """Data types that it knows by another name."""
    raw_bits: bool = False
    """Whether it spells raw bytes as ``r*``, as the core specification of v3 does."""
    grids: frozenset[str] = frozenset({"regular"})
    """The chunk grids that it opens."""
    option_for_grid: Mapping[str, str] = field(default_factory=dict[str, str])
    """Chunk grids that it opens with an option."""
    equal_dimension_names: bool = True
    """Whether two dimensions may have the same name."""

    def opens(self, name: str) -> bool:
        """Whether it opens a codec of that name."""
        return name in self.codecs or (self.prefix is not None and name.startswith(self.prefix))

    def spell(self, data_type: DataType) -> object:
        """The JSON of a data type in v3, as it reads it."""
        if self.raw_bits and data_type.name == "raw_bytes" and data_type.itemsize:
            return f"r{data_type.itemsize * 8}"
        return self.renamed.get(data_type.name) or data_type.to_v3()


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
    fills_through: frozenset[str] = frozenset()
    """Codecs through which it puts the fill value, so that missing chunks read as what they make of it."""
    zero_is_text: bool = False
    """Whether it reads the v2 fill value 0 of texts as its digits, where others read no text."""
    null_fill: bool = True
    """Whether it opens v2 arrays whose fill value is null."""
    padded_fill: bool = False
    """Whether the fill value of v2 bytes (``|S``) must have their full length."""
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
