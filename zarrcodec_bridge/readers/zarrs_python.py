"""zarrs-python: the codec pipeline of zarrs under zarr-python, with `codec_pipeline.strict`.

Without that option it leaves what it does not open to zarr-python's own pipeline.

https://github.com/zarrs/zarrs-python
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.readers.reader import (
    NUMBERS,
    Format,
    Reader,
    ReaderProblem,
    refuses,
)
from zarrcodec_bridge.readers.rules import zarrs_fixedscaleoffset

_COMPLEX: Final = frozenset({"complex64", "complex128"})


def _no_checksum(params: Mapping[str, Any], dtype: DataType | None) -> ReaderProblem | None:
    return refuses("does not know the key checksum") if params.get("checksum") else None


READER: Final = Reader(
    name="zarrs-python",
    version="0.2.3",
    measured="2026-11-28",
    v2=Format(
        opens_deviations=frozenset(
            {"ordered bytes", "empty filters", "no compressor", "no filters"}
        ),
        codecs=frozenset("blosc bz2 fixedscaleoffset gzip shuffle zlib zstd".split()),
        elsewhere={"pcodec": "zarrs-python beside the package pcodec"},
        rules={"fixedscaleoffset": zarrs_fixedscaleoffset, "zstd": _no_checksum},
        filters=frozenset("bz2 fixedscaleoffset gzip shuffle zlib".split()),
        limits={"shuffle.elementsize": (1, 255), "zlib.level": (0, 9)},
        order_f=refuses("does not fill arrays of order F"),
        big_endian=refuses("does not fill big-endian arrays"),
        data_types=NUMBERS,
        no_null_fill=_COMPLEX,
    ),
    v3=Format(
        opens_deviations=frozenset({"must_understand", "null attributes", "null dimension_names"}),
        codecs=frozenset("blosc bytes crc32c gzip sharding_indexed transpose zstd".split())
        | frozenset(
            "numcodecs.bz2 numcodecs.fixedscaleoffset numcodecs.pcodec numcodecs.shuffle"
            " numcodecs.zlib".split()
        ),
        rules={"numcodecs.fixedscaleoffset": zarrs_fixedscaleoffset},
        limits={"numcodecs.zlib.level": (0, 9)},
        required=frozenset({"numcodecs.zlib.level"}),
        more_elements={"numcodecs.pcodec": _COMPLEX},
        checks_array=True,
        strict_index=True,
        data_types=NUMBERS,
    ),
    swapped_wrong=_COMPLEX,
)
