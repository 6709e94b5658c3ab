"""zarrita.js, with numcodecs.js: browsers and Node.

https://github.com/manzt/zarrita.js
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.readers.reader import (
    Format,
    Reader,
    ReaderProblem,
    reads_wrong,
    refuses,
    rounded_fill,
)
from zarrcodec_bridge.readers.rules import transposed_shards

_NUMBERS: Final = frozenset(
    "bool int8 uint8 int16 uint16 int32 uint32 int64 uint64 float32 float64".split()
)
"""float16 needs `Float16Array`, which Node 20 lacks."""


def _same_astype(params: Mapping[str, Any], dtype: DataType | None) -> ReaderProblem | None:
    """numcodecs.js sums in the decoded data type and does not look at `astype`."""
    if params.get("astype") in (None, params.get("dtype")):
        return None
    return reads_wrong("ignores an astype that is not the dtype")


def _fill_v2(value: Any, dtype: DataType) -> ReaderProblem | None:
    if dtype.name == "null_terminated_bytes" and value:
        if isinstance(value, str) and len(value) > (dtype.itemsize or 0):
            return refuses("has no room for the base64 text of the fill value")
        return reads_wrong("gives the base64 text of the fill value for missing chunks")
    return rounded_fill(value, dtype)


def _fill_v3(value: Any, dtype: DataType) -> ReaderProblem | None:
    if isinstance(value, str) and value.startswith("0x"):
        return reads_wrong("takes the bits of a fill value in hexadecimal for its number")
    return rounded_fill(value, dtype)


def _big_endian_bytes(encoding: Mapping[str, Any]) -> ReaderProblem | None:
    dtype = encoding.get("dtype")
    if isinstance(dtype, str) and dtype.startswith(">S"):
        return reads_wrong("swaps the bytes of texts", f"data type {dtype}")
    return None


def _nested_lists(params: Mapping[str, Any], dtype: DataType | None) -> ReaderProblem | None:
    return reads_wrong("gives nested lists for texts")


READER: Final = Reader(
    name="zarrita",
    version="0.7.5",
    measured="2026-11-28",
    v2=Format(
        opens_deviations=frozenset(
            {
                "ordered bytes",
                "empty filters",
                "fractional lengths",
                "no compressor",
                "no fill_value",
                "no filters",
                "no order",
                "null dimension_separator",
                "null order",
            }
        ),
        codecs=frozenset(
            "bitround blosc delta fixedscaleoffset gzip json2 lz4 shuffle vlen-utf8 zlib zstd".split()
        ),
        rules={"delta": _same_astype, "json2": _nested_lists},
        data_types=_NUMBERS | {"fixed_length_utf32", "null_terminated_bytes", "object"},
        objects=frozenset({"json2", "vlen-utf8"}),
        zero_lengths=False,
        no_null_fill=frozenset({"int64", "uint64"}),
        fill_rule=_fill_v2,
        encoding_rule=_big_endian_bytes,
    ),
    v3=Format(
        opens_deviations=frozenset(
            {
                "extensions",
                "fractional lengths",
                "must_understand",
                "no configuration",
                "no fill_value",
                "null attributes",
                "null configuration",
                "null dimension_names",
                "null fill_value",
            }
        ),
        codecs=frozenset(
            "bitround blosc bytes cast_value crc32c gzip scale_offset sharding_indexed transpose"
            " vlen-utf8 zstd".split()
        )
        | frozenset(
            "numcodecs.bitround numcodecs.blosc numcodecs.delta numcodecs.gzip numcodecs.lz4"
            " numcodecs.shuffle numcodecs.zlib numcodecs.zstd".split()
        ),
        rules={"numcodecs.delta": _same_astype},
        nothing_after=frozenset({"sharding_indexed"}),
        nested_shards=False,
        index_locations=frozenset({"end"}),
        data_types=_NUMBERS | {"string"},
        guesses_endian=True,
        zero_lengths=False,
        fill_rule=_fill_v3,
        encoding_rule=transposed_shards,
    ),
)
