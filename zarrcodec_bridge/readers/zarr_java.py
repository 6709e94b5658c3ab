"""zarr-java: from its source, unmeasured (zarr-developers/zarr-java fcd96497).

https://github.com/zarr-developers/zarr-java
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.readers.reader import Format, Reader, ReaderProblem, refuses

_NUMBERS: Final = frozenset(
    "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64".split()
)


def _plus_infinity(value: Any, dtype: DataType) -> ReaderProblem | None:
    if value == "Infinity":
        return refuses("knows '+Infinity' alone", remedy="write the bits in hexadecimal")
    return None


def _named_shuffle(params: Mapping[str, Any], dtype: DataType | None) -> ReaderProblem | None:
    """`shuffle` is the index into an enumeration."""
    if params.get("shuffle", 1) == -1:
        return refuses(
            "does not know the automatic shuffle", remedy="write the shuffle that it means"
        )
    return None


def _attributes(document: Mapping[str, Any], attributes: Mapping[str, Any]) -> ReaderProblem | None:
    if document.get("zarr_format") == 3 and "attributes" not in document:
        return refuses("raises an error where the member is missing", "attributes", "write {}")
    return None


READER: Final = Reader(
    name="zarr-java",
    version="0.2.0",
    measured="2026-11-28",
    source_only=True,
    v2=Format(
        codecs=frozenset("blosc zlib zstd".split()),
        rules={"blosc": _named_shuffle},
        data_types=_NUMBERS,
        fill_rule=_plus_infinity,
    ),
    v3=Format(
        codecs=frozenset("blosc bytes crc32c gzip reshape sharding_indexed transpose zstd".split()),
        required=frozenset(
            "blosc.cname blosc.clevel blosc.shuffle blosc.blocksize gzip.level zstd.level".split()
        ),
        data_types=_NUMBERS,
        fill_rule=_plus_infinity,
        document_rule=_attributes,
    ),
)
