"""What is known of one reader: the codecs, data types and documents that it opens in each format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.json_values import Dialect

Verdict: TypeAlias = Literal["refuses", "reads wrong"]
"""What a reader does with what it does not open: it says so, or it gives other values without an error."""


@dataclass(frozen=True, slots=True)
class ReaderProblem:
    """Why a reader does not open a codec, an encoding or a document, or reads other values."""

    verdict: Verdict
    reason: str
    """A sentence without its subject, which is the reader: "ignores the order of elements"."""
    subject: str = ""
    """What of the encoding or the document it is: a codec, a data type, a member."""
    help: str | None = None
    """What to do about it, where that is known."""


def refuses(reason: str, subject: str = "", remedy: str | None = None) -> ReaderProblem:
    """Make the problem of a reader that raises an error."""
    return ReaderProblem("refuses", reason, subject, remedy)


def reads_wrong(reason: str, subject: str = "", remedy: str | None = None) -> ReaderProblem:
    """Make the problem of a reader that gives other values without an error."""
    return ReaderProblem("reads wrong", reason, subject, remedy)


CodecRule: TypeAlias = Callable[[Mapping[str, Any], DataType | None], ReaderProblem | None]
"""Finds the problem with a codec of one name, from its parameters and the data type of the elements that reach it."""

FillRule: TypeAlias = Callable[[Any, DataType], ReaderProblem | None]
"""Finds the problem with the JSON of a fill value for a data type."""

EncodingRule: TypeAlias = Callable[[Mapping[str, Any]], ReaderProblem | None]
"""Finds the problem with the members that say how the chunks of an array are encoded."""

DocumentRule: TypeAlias = Callable[[Mapping[str, Any], Mapping[str, Any]], ReaderProblem | None]
"""Finds the problem with the document of an array, from its members and its attributes."""

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

BOTH: Final = frozenset({".", "/"})
"""The separators of chunk keys."""

DEFAULT_KEYS: Final[Mapping[str, frozenset[str]]] = {"default": BOTH}
V2_KEYS: Final[Mapping[str, frozenset[str]]] = {"v2": BOTH}


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
    rules: Mapping[str, CodecRule] = field(default_factory=dict[str, CodecRule])
    """By codec: what its parameters must be, where that is more than the fields here say."""
    filters: frozenset[str] | None = None
    """The v2 ids that it opens among the filters; ``None`` is all of them."""
    compressors: frozenset[str] | None = None
    """The v2 ids that it opens as the compressor; ``None`` is all of them."""
    filter_rule: CodecRule | None = None
    """Finds the problem with each v2 filter, for a reader that does not look at filters."""
    objects: frozenset[str] = frozenset()
    """The v2 codecs with which it reads objects (``|O``)."""
    unknown_keys: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """By codec: parameters whose mere presence it refuses."""
    required: frozenset[str] = frozenset()
    """Each ``codec.parameter`` that must be there: it neither has a default nor takes it from the array."""
    limits: Mapping[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    """By ``codec.parameter``: the least and the largest number that it takes."""
    more_elements: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """By codec: data types that it encodes besides those of numcodecs."""
    nothing_after: frozenset[str] = frozenset()
    """Codecs after which, in the same chain, it opens no other."""
    nested_shards: bool = True
    """Whether it opens shards in shards."""
    index_locations: frozenset[str] = frozenset({"start", "end"})
    """Where it finds the index of a shard."""
    index_codecs: tuple[str, ...] | None = None
    """The only chain with which it opens the index of a shard; ``None`` is any."""
    strict_index: bool = False
    """Whether the index of a shard may have such codecs only whose output has a size that it knows."""
    bare_names: bool = False
    """Whether it opens a v3 codec without a configuration that is its name alone."""
    guesses_endian: bool = False
    """Whether it opens `bytes` without `endian` for elements that have a byte order."""
    checks_array: bool = False
    """Whether it asks each codec if it fits the array itself, whatever the codecs before it make of that."""
    order_f: ReaderProblem | None = None
    """What it does with v2 order "F", where it does not open that."""
    big_endian: ReaderProblem | None = None
    """What it does with big-endian elements, where it does not open them."""

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
    raw_bits: bool = False
    """Whether it spells raw bytes as ``r*``, as the core specification of v3 does, and not as `raw_bytes`."""
    listed_fields: bool = False
    """Whether it knows structs by their older name `structured` alone, each field a pair."""
    type_rule: Callable[[DataType], ReaderProblem | None] | None = None
    """Finds the problem with a data type that it has."""

    grids: frozenset[str] = frozenset({"regular"})
    """The chunk grids that it opens."""
    option_for_grid: Mapping[str, str] = field(default_factory=dict[str, str])
    """Chunk grids that it opens with an option."""
    keys: Mapping[str, frozenset[str]] = field(default_factory=lambda: {**DEFAULT_KEYS, **V2_KEYS})
    """The chunk key encodings that it opens, and the separators of each; in v2 there is `v2` alone."""
    other_keys: ReaderProblem | None = None
    """What it does where chunks have other keys."""
    scalars: bool = True
    """Whether it opens arrays without axes."""
    zero_lengths: bool = True
    """Whether it opens arrays with an axis of length 0."""
    equal_dimension_names: bool = True
    """Whether two dimensions may have the same name."""
    null_dimension_names: bool = True
    """Whether a dimension may have no name where others have one."""
    strict_json: bool = True
    """Whether it refuses attributes with a bare NaN or Infinity, which JSON does not allow."""
    no_null_fill: frozenset[str] = frozenset()
    """Data types that it does not open with the v2 fill value null."""
    fill_rule: FillRule | None = None
    """Finds the problem with a fill value."""
    encoding_rule: EncodingRule | None = None
    """Finds the problem with the encoding as a whole."""
    document_rule: DocumentRule | None = None
    """Finds the problem with the document as a whole."""
    opens_deviations: frozenset[str] = frozenset()
    """Where it opens what is not as the specification has it: names of :mod:`.documents.deviations`."""

    def opens(self, name: str) -> bool:
        """Whether it opens a codec of that name."""
        return name in self.codecs or (self.prefix is not None and name.startswith(self.prefix))

    def may_have(self, name: str) -> bool:
        """Whether it opens a codec of that name, or an index of a shard with it."""
        return self.opens(name) or name in (self.index_codecs or ())

    def spell(self, data_type: DataType) -> Any:
        """The JSON of a data type in v3, as it reads it."""
        if self.raw_bits and data_type.name == "raw_bytes" and data_type.itemsize:
            return f"r{data_type.itemsize * 8}"
        if self.listed_fields and data_type.fields:
            fields = [[field.name, self.spell(field.dtype)] for field in data_type.fields]
            return {"name": "structured", "configuration": {"fields": fields}}
        return data_type.to_v3()


CLOSED: Final = Format(codecs=frozenset(), data_types=frozenset())
"""That of a reader which does not know the format at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A program that opens arrays, as it was measured."""

    name: str
    """Its name as a target."""
    version: str
    """The version that was measured."""
    measured: str
    """The day, in ISO 8601."""
    source_only: bool = False
    """Whether its source was read and nothing was measured."""
    newest: bool = True
    """Whether it is the newest of the measured versions, which the bare name stands for."""
    v2: Format
    v3: Format
    swapped_wrong: frozenset[str] = frozenset()
    """Data types whose big-endian elements it decodes wrong."""
    fills_through: frozenset[str] = frozenset()
    """Codecs through which it puts the fill value, so that missing chunks read as what they make of it."""
    zero_is_text: bool = False
    """Whether it reads the v2 fill value 0 of texts as its digits, where others read no text."""
    padded_fill: bool = False
    """Whether the fill value of v2 bytes (``|S``) must have their full length."""
    remarks: tuple[str, ...] = ()
    """What else its users should know."""

    @property
    def series(self) -> tuple[int, ...]:
        """The first two numbers of the version, for which the measured one stands."""
        return tuple(int(part) for part in self.version.split(".")[:2])

    @property
    def title(self) -> str:
        """Its name in messages: with the version where that is not the newest."""
        return self.name if self.newest else f"{self.name} {'.'.join(map(str, self.series))}"

    def format(self, dialect: Dialect) -> Format:
        """What it opens in one format."""
        return self.v2 if dialect == "v2" else self.v3

    def knows(self, dialect: Dialect) -> bool:
        """Whether it opens anything of one format."""
        return self.format(dialect) is not CLOSED

    def opens(self, dialect: Dialect, name: str) -> bool:
        """Whether it opens a codec of that v2 id or v3 name.

        Example
        -------
        >>> from zarrcodec_bridge.readers import READERS
        >>> READERS["tensorstore"].opens("v2", "bz2"), READERS["tensorstore"].opens("v3", "numcodecs.bz2")
        (True, False)
        """
        return self.format(dialect).opens(name)


def is_exact_double(value: Any) -> bool:
    """Whether a number of JSON is the same where all numbers are doubles, as in JavaScript."""
    if not isinstance(value, int) or value.bit_length() <= 53:
        return True
    return value.bit_length() < 1024 and int(float(value)) == value


def rounded_fill(value: Any, dtype: DataType) -> ReaderProblem | None:
    """Find the integer that a reader which keeps numbers as doubles rounds."""
    if is_exact_double(value):
        return None
    return reads_wrong(f"rounds {value} to a double, so that missing chunks read as another number")
