"""Neuroglancer, its data source `zarr`.

https://neuroglancer-docs.web.app/datasource/zarr/index.html
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
from zarrcodec_bridge.readers.rules import dimension_units

_V3_TYPES: Final = frozenset("uint8 int8 uint16 int16 uint32 int32 uint64 float32".split())

_IDENTITIES: Final = frozenset({"bitround", "quantize"})
_OF_SAME_SIZE: Final = frozenset({"delta", "fixedscaleoffset", "shuffle"})


def _ignored(params: Mapping[str, Any], dtype: DataType | None) -> ReaderProblem | None:
    """It ignores every filter: those that decode to what they are given do not matter."""
    if params["id"] in _IDENTITIES:
        return None
    astype = params.get("astype")
    if params["id"] in _OF_SAME_SIZE and astype in (None, params.get("dtype")):
        return reads_wrong("ignores filters, and gives the elements before they are decoded")
    return refuses("ignores filters, and finds chunks of another size than it expects")


def _unsigned(dtype: DataType) -> ReaderProblem | None:
    if dtype.name == "int64":
        return reads_wrong("takes it for uint64, so that negative numbers are large ones")
    return None


def _fill(value: Any, dtype: DataType) -> ReaderProblem | None:
    if type(value) is float and not value.is_integer() and dtype.name.lstrip("u").startswith("int"):
        return refuses("wants a whole number")
    return rounded_fill(value, dtype)


READER: Final = Reader(
    name="neuroglancer",
    version="2.41.2",
    measured="2026-11-28",
    v2=Format(
        opens_deviations=frozenset({"empty filters", "fractional lengths", "no filters"}),
        codecs=frozenset("blosc gzip zlib zstd".split()),
        filter_rule=_ignored,
        data_types=_V3_TYPES | {"int64"},
        required=frozenset("blosc.cname gzip.level zlib.level".split()),
        type_rule=_unsigned,
        no_null_fill=frozenset({"int64", "uint64"}),
        fill_rule=_fill,
        document_rule=dimension_units,
    ),
    v3=Format(
        opens_deviations=frozenset(
            {"extensions", "fractional lengths", "must_understand", "null dimension_names"}
        ),
        codecs=frozenset("blosc bytes crc32c gzip sharding_indexed transpose zstd".split()),
        nothing_after=frozenset({"sharding_indexed"}),
        required=frozenset({"gzip.level"}),
        strict_index=True,
        data_types=_V3_TYPES,
        fill_rule=_fill,
        document_rule=dimension_units,
    ),
)
