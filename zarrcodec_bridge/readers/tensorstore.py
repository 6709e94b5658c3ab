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
    refuses,
)

__all__ = ["READER"]

_SMALL: Final = MINIFLOATS | {"bfloat16", "float8_e4m3fn", "int2", "int4"}


def _float4(value: Any, dtype: DataType) -> ReaderProblem | None:
    if dtype.name == "float4_e2m1fn" and not (value is None or isinstance(value, str)):
        return refuses("wants null, or the byte as base64")
    return None


READER: Final = Reader(
    name="tensorstore",
    version="0.1.86",
    measured="2026-11-28",
    v2=Format(
        opens_deviations=frozenset({"empty filters", "fractional lengths"}),
        codecs=frozenset({"blosc", "bz2", "gzip", "zlib", "zstd"}),
        data_types=NUMBERS | _SMALL | {"null_terminated_bytes", "raw_bytes", "struct"},
        nested_structs=False,
        subarrays=True,
        filters=frozenset(),
        unknown_keys={"zstd": frozenset({"checksum"})},
        strict_json=False,  # it does not read .zattrs
        fill_rule=_float4,
    ),
    v3=Format(
        opens_deviations=frozenset({"fractional lengths"}),
        codecs=frozenset("blosc bytes crc32c gzip sharding_indexed transpose zstd".split()),
        data_types=NUMBERS | _SMALL | {"raw_bytes", "struct"},
        field_types=NUMBERS,
        fewest_fields=2,  # of a single field it wants the fill value bare, not in an object
        nothing_after=frozenset({"sharding_indexed"}),
        limits={"blosc.typesize": (1, 255)},
        equal_dimension_names=False,
    ),
    padded_fill=True,
)
