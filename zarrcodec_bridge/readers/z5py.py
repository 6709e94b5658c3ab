"""z5py, the Python module of the C++ library z5: segmentation and the tools around it.

https://github.com/constantinpape/z5
"""

from __future__ import annotations

from typing import Final

from zarrcodec_bridge.readers.reader import Format, Reader, reads_wrong, refuses, rounded_fill

__all__ = ["READER"]

_NUMBERS: Final = frozenset(
    "int8 uint8 int16 uint16 int32 uint32 int64 uint64 float32 float64".split()
)

READER: Final = Reader(
    name="z5py",
    version="3.0.2",
    measured="2026-11-28",
    v2=Format(
        required=frozenset({"gzip.level", "zlib.level"}),
        opens_deviations=frozenset(
            {"empty filters", "fractional lengths", "no filters", "no order"}
        ),
        codecs=frozenset("blosc bz2 gzip zlib zstd".split()),
        filters=frozenset(),
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
        scalars=False,
        fill_rule=rounded_fill,
    ),
)
