"""tensorstore, its drivers `zarr` (format 2) and `zarr3`.

https://google.github.io/tensorstore/driver/zarr/index.html,
https://google.github.io/tensorstore/driver/zarr3/index.html
"""

from __future__ import annotations

from typing import Final

from zarrcodec_bridge.readers.reader import MINIFLOATS, NUMBERS, Format, Reader

__all__ = ["READER"]

READER: Final = Reader(
    name="tensorstore",
    version="0.1.86",
    measured="2026-11-28",
    v2=Format(codecs=frozenset({"blosc", "bz2", "gzip", "zlib", "zstd"})),
    v3=Format(
        codecs=frozenset("blosc bytes crc32c gzip sharding_indexed transpose zstd".split()),
        data_types=NUMBERS | MINIFLOATS | {"bfloat16", "int2", "int4", "raw_bytes", "struct"},
        field_types=NUMBERS,
        fewest_fields=2,  # of a single field it wants the fill value bare, not in an object
    ),
)
