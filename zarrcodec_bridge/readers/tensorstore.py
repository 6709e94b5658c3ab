"""tensorstore, its drivers `zarr` (format 2) and `zarr3`.

https://google.github.io/tensorstore/driver/zarr/index.html,
https://google.github.io/tensorstore/driver/zarr3/index.html
"""

from __future__ import annotations

from typing import Any, Final

from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.readers.reader import (
    MINIFLOATS,
    NUMBERS,
    Format,
    Reader,
    ReaderProblem,
    reads_wrong,
    refuses,
)
from zarrcodec_bridge.readers.rules import dimension_units, typesize_of_shuffle

_SMALL: Final = MINIFLOATS | {"bfloat16", "float8_e4m3fn", "int2", "int4"}


def _fill_v2(value: Any, dtype: DataType) -> ReaderProblem | None:
    if dtype.name == "float4_e2m1fn" and isinstance(value, (int, float)):
        return refuses("wants null, or the byte as base64")
    return _fill_v3(value, dtype)


def _fill_v3(value: Any, dtype: DataType) -> ReaderProblem | None:
    if dtype.name == "float8_e8m0fnu" and isinstance(value, (int, float)) and value:
        return reads_wrong("puts another number in missing chunks")
    return None


READER: Final = Reader(
    name="tensorstore",
    version="0.1.86",
    measured="2026-11-28",
    v2=Format(
        opens_deviations=frozenset({"ordered bytes", "empty filters", "fractional lengths"}),
        codecs=frozenset({"blosc", "bz2", "gzip", "zlib", "zstd"}),
        data_types=NUMBERS | _SMALL | {"null_terminated_bytes", "raw_bytes", "struct"},
        nested_structs=False,
        subarrays=True,
        filters=frozenset(),
        unknown_keys={"zstd": frozenset({"checksum"})},
        limits={"zlib.level": (0, 9)},
        fill_rule=_fill_v2,
        strict_json=False,  # it does not read .zattrs
    ),
    v3=Format(
        opens_deviations=frozenset({"fractional lengths"}),
        codecs=frozenset("blosc bytes crc32c gzip sharding_indexed transpose zstd".split()),
        data_types=NUMBERS | _SMALL | {"raw_bytes", "struct"},
        field_types=NUMBERS,
        fewest_fields=2,  # of a single field it wants the fill value bare, not in an object
        nothing_after=frozenset({"sharding_indexed"}),
        rules={"blosc": typesize_of_shuffle},
        required=frozenset("blosc.blocksize blosc.clevel blosc.cname gzip.level".split()),
        limits={"blosc.typesize": (1, 255)},
        fill_rule=_fill_v3,
        document_rule=dimension_units,
        equal_dimension_names=False,
    ),
    padded_fill=True,
)
