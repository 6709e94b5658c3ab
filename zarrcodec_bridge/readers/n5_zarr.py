"""n5-zarr: Fiji, BigDataViewer and others in Java; from its source, unmeasured (saalfeldlab/n5-zarr b1fb6dd).

https://github.com/saalfeldlab/n5-zarr
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.readers.reader import (
    BOTH,
    Format,
    Reader,
    ReaderProblem,
    reads_wrong,
)

_NUMBERS: Final = frozenset(
    "int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64".split()
)

_AS_BYTES: Final = frozenset(
    "complex64 complex128 fixed_length_utf32 float16 null_terminated_bytes numpy.datetime64"
    " numpy.timedelta64 raw_bytes".split()
)


def _as_bytes(dtype: DataType) -> ReaderProblem | None:
    if dtype.name in _AS_BYTES:
        return reads_wrong("takes its elements for another number of others")
    return None


def _ignored(params: Mapping[str, Any], dtype: DataType | None) -> ReaderProblem | None:
    if params["id"] == "vlen-utf8":
        return None
    return reads_wrong("ignores every filter but vlen-utf8")


READER: Final = Reader(
    name="n5-zarr",
    version="2.0.0",
    measured="2026-11-28",
    source_only=True,
    v2=Format(
        codecs=frozenset("blosc bz2 gzip vlen-utf8 zlib zstd".split()),
        filter_rule=_ignored,
        data_types=_NUMBERS | _AS_BYTES | {"bool", "object"},
        objects=frozenset({"vlen-utf8"}),
        type_rule=_as_bytes,
        scalars=False,
    ),
    v3=Format(
        codecs=frozenset("blosc bytes crc32c gzip sharding_indexed transpose zstd".split()),
        required=frozenset(
            "blosc.cname blosc.clevel blosc.shuffle blosc.blocksize blosc.typesize gzip.level"
            " zstd.level zstd.checksum".split()
        ),
        data_types=_NUMBERS,
        keys={"default": BOTH, "v2": frozenset({"/"})},
        other_keys=reads_wrong("looks for chunks under '.0.0', so that all read as the fill value"),
        scalars=False,
    ),
    remarks=("the version is 2.0.0-alpha-9",),
)
