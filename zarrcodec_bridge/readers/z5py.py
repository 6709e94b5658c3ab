"""z5py, the Python module of the C++ library z5: segmentation and the tools around it.

https://github.com/constantinpape/z5
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
from zarrcodec_bridge.readers.rules import parameters_of

_NUMBERS: Final = frozenset(
    "int8 uint8 int16 uint16 int32 uint32 int64 uint64 float32 float64".split()
)


def _fill_v3(value: Any, dtype: DataType) -> ReaderProblem | None:
    if isinstance(value, str) and value.startswith("0x"):
        return refuses("knows no fill value in hexadecimal")
    return rounded_fill(value, dtype)


def _chain(encoding: Mapping[str, Any]) -> ReaderProblem | None:
    codecs = [codec for codec in encoding["codecs"] if isinstance(codec, Mapping)]
    names = [codec.get("name") for codec in codecs]
    if names[:1] == ["bytes"] and len(names) > 2:
        return reads_wrong("decodes the first of several codecs after bytes alone")
    for codec in codecs:
        index = parameters_of(codec).get("index_codecs")
        if index and parameters_of(index[0]).get("endian") == "big":
            return refuses("opens no shards with a big-endian index", "sharding_indexed")
    return None


READER: Final = Reader(
    name="z5py",
    version="3.0.2",
    measured="2026-11-28",
    v2=Format(
        opens_deviations=frozenset(
            {"empty filters", "fractional lengths", "no filters", "no order"}
        ),
        codecs=frozenset("blosc bz2 gzip zlib zstd".split()),
        filters=frozenset(),
        required=frozenset("blosc.cname gzip.level zlib.level".split()),
        data_types=_NUMBERS,
        order_f=refuses("opens order C alone"),
        big_endian=refuses("opens little-endian arrays alone"),
        scalars=False,
        fill_rule=rounded_fill,
        strict_json=False,  # it reads .zattrs when it is asked for attributes
    ),
    v3=Format(
        opens_deviations=frozenset(
            {
                "extensions",
                "fractional lengths",
                "must_understand",
                "no configuration",
                "null attributes",
                "null dimension_names",
                "null fill_value",
            }
        ),
        codecs=frozenset("blosc bytes gzip sharding_indexed zstd".split()),
        nothing_after=frozenset({"sharding_indexed"}),
        nested_shards=False,
        index_locations=frozenset({"end"}),
        index_codecs=("bytes", "crc32c"),
        data_types=_NUMBERS,
        big_endian=reads_wrong("ignores endian, and takes the bytes for little-endian ones"),
        guesses_endian=True,
        scalars=False,
        fill_rule=_fill_v3,
        encoding_rule=_chain,
    ),
)
