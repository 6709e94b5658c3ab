"""The `lzma` codec: `numcodecs.LZMA` in v2, `numcodecs.lzma` in v3.

https://numcodecs.readthedocs.io/en/stable/compression/lzma.html and, for the filters,
https://docs.python.org/3/library/lzma.html#specifying-custom-filter-chains
"""

from __future__ import annotations

from collections.abc import Set
from typing import Annotated, Any, Final, Literal, TypeAlias

from annotated_types import Interval, Len
from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.model import Codec, Exact, Listed, Params
from zarrcodec_bridge.core.spec import B2B, CodecSpec, Form

LzmaFormat: TypeAlias = Annotated[Literal[1, 2, 3], Exact()]
"""`lzma.FORMAT_XZ`, `FORMAT_ALONE`, `FORMAT_RAW`; `FORMAT_AUTO` (0) is for reading alone."""

LzmaCheck: TypeAlias = Annotated[Literal[-1, 0, 1, 4, 10], Exact()]
"""The format's default, `lzma.CHECK_NONE`, `CHECK_CRC32`, `CHECK_CRC64`, `CHECK_SHA256`."""

RAW: Final = 3
LZMA_FILTERS: Final = frozenset({0x4000000000000001, 0x21})
DELTA_FILTER: Final = 3
JUMP_FILTERS: Final = frozenset(range(4, 10))

LZMA_KEYS: Final = frozenset(
    {"preset", "dict_size", "lc", "lp", "pb", "mode", "nice_len", "mf", "depth"}
)

EXTREME: Final = 1 << 31
"""`lzma.PRESET_EXTREME`, which may be added to a preset."""


def _preset(value: int) -> int:
    """An "integer between 0 and 9 (inclusive), optionally OR-ed with [...] PRESET_EXTREME"."""
    if value not in range(10) and value - EXTREME not in range(10):
        raise ValueError(f"expected 0 to 9, or that plus 2147483648 (extreme), got {value}")
    return value


LzmaPreset = Annotated[
    int,
    AfterValidator(_preset),
    WithJsonSchema(
        {
            "type": "integer",
            "anyOf": [{"minimum": 0, "maximum": 9}, {"minimum": EXTREME, "maximum": EXTREME + 9}],
        }
    ),
]
UInt32 = Annotated[int, Interval(ge=0, le=2**32 - 1)]


def _only(keys: Set[str], *ids: int) -> dict[str, Any]:
    """Make the JSON Schema for the parameters of filters with those ids."""
    return {
        "if": {"properties": {"id": {"enum": sorted(ids)}}},
        "then": {"propertyNames": {"enum": ["id", *sorted(keys)]}},
    }


class LzmaFilter(Params):
    """One filter of a chain, as Python's `lzma` spells it."""

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                _only(LZMA_KEYS, *LZMA_FILTERS),
                _only({"dist"}, DELTA_FILTER),
                _only({"start_offset"}, *JUMP_FILTERS),
            ]
        }
    )

    id: Annotated[Literal[0x4000000000000001, 0x21, 3, 4, 5, 6, 7, 8, 9], Exact()] = Field(
        description="LZMA1, LZMA2 (33), delta (3), or one for machine code (4 to 9)."
    )
    preset: LzmaPreset | None = Field(default=None, description="LZMA: defaults for the rest.")
    dict_size: UInt32 | None = Field(default=None, description="LZMA: bytes of the dictionary.")
    lc: UInt32 | None = Field(default=None, description="LZMA: bits of literal context.")
    lp: UInt32 | None = Field(default=None, description="LZMA: bits of literal position.")
    pb: UInt32 | None = Field(default=None, description="LZMA: bits of position.")
    mode: UInt32 | None = Field(default=None, description="LZMA: 1 (fast) or 2 (normal).")
    nice_len: UInt32 | None = Field(default=None, description="LZMA: a match long enough.")
    mf: UInt32 | None = Field(default=None, description="LZMA: the match finder.")
    depth: UInt32 | None = Field(default=None, description="LZMA: how deep it searches.")
    dist: Annotated[int, Interval(ge=1, le=256)] | None = Field(
        default=None, description="Delta: how many bytes apart; 1 if left out."
    )
    start_offset: UInt32 | None = Field(default=None, description="Jumps: where they start.")

    @model_validator(mode="after")
    def _keys_of_its_kind(self) -> LzmaFilter:
        known = {"start_offset"}
        if self.id in LZMA_FILTERS:
            known = set(LZMA_KEYS)
        elif self.id == DELTA_FILTER:
            known = {"dist"}
        other = self.model_fields_set - known - {"id"}
        if other:
            raise ValueError(f"filter {self.id} has no {', '.join(sorted(other))}")
        return self


def _chain(
    filters: tuple[LzmaFilter, ...] | None, info: ValidationInfo
) -> tuple[LzmaFilter, ...] | None:
    """Raw streams need filters; "If filters are provided, 'preset' must be None"."""
    if filters is None and info.data.get("format") == RAW:
        raise ValueError("expected filters, which format 3 (raw) needs")
    if filters is not None and info.data.get("preset") is not None:
        raise ValueError("expected either filters or a preset")
    return filters


LzmaFilters = Annotated[tuple[LzmaFilter, ...], Len(1, 4), Listed()]
"""\"liblzma supports a maximum of 4\"."""


class Lzma(Codec):
    """LZMA compression: `numcodecs.LZMA(format=1, check=-1, preset=None, filters=None)`."""

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                {
                    "if": {"properties": {"format": {"const": RAW}}, "required": ["format"]},
                    "then": {"properties": {"filters": {"type": "array"}}, "required": ["filters"]},
                },
                {
                    "if": {"properties": {"filters": {"type": "array"}}, "required": ["filters"]},
                    "then": {"properties": {"preset": {"type": "null"}}},
                },
            ],
            "examples": [{"format": 1, "check": -1, "preset": 6}],
        }
    )

    format: LzmaFormat = Field(default=1, description="1 is xz, 2 is alone (.lzma), 3 is raw.")
    check: LzmaCheck = Field(default=-1, description="The checksum; -1 is the format's default.")
    preset: LzmaPreset | None = Field(default=None, description="0 to 9; 6 if left out.")
    filters: Annotated[LzmaFilters | None, AfterValidator(_chain)] = Field(
        default=None, description="The filter chain; needed for format 3.", validate_default=True
    )


def _read(codec: Lzma, ctx: ReadContext | WriteContext) -> Lzma:
    """Drop the filters of formats 1 and 2, with which numcodecs writes streams, and reads none.

    Those streams name them; Python's `lzma`: "Cannot specify filters except with FORMAT_RAW".
    """
    if codec.filters is None or codec.format == RAW:
        return codec
    ctx.note("lzma", f"filters are dropped: streams of format {codec.format} name their own")
    return Lzma(format=codec.format, check=codec.check)


def _write(codec: Lzma, ctx: WriteContext) -> dict[str, Any]:
    return _read(codec, ctx).model_dump(mode="json", exclude_unset=True)


SPEC: Final = CodecSpec(
    model=Lzma,
    kind=B2B,
    v2=(Form("lzma", Lzma, _read, _write, sparse=True),),
    v3=(Form("numcodecs.lzma", Lzma, _read, _write, sparse=True),),
    not_needed_to_decode=frozenset({"check", "preset"}),
    ignored_keys=frozenset({"delta"}),
    ignores_chunk_shape=True,
    docs="https://numcodecs.readthedocs.io/en/stable/compression/lzma.html",
)
