"""GDAL, its driver Zarr: QGIS, rasterio, pyogrio.

https://gdal.org/en/stable/drivers/raster/zarr.html
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
    reads_wrong,
    refuses,
)

_COMPLEX: Final = frozenset({"complex64", "complex128"})

_UNRELEASED: Final = "GDAL 3.14, not released"
"""What its source had on the day (rouault/gdal 7b5dc42f), unmeasured."""


def _own_inverse(params: Mapping[str, Any], dtype: DataType | None) -> ReaderProblem | None:
    order = params.get("order")
    if not isinstance(order, list) or all(order[axis] == at for at, axis in enumerate(order)):
        return None
    return reads_wrong("applies the inverse of an order that is not its own inverse")


def _delta(params: Mapping[str, Any], dtype: DataType | None) -> ReaderProblem | None:
    if params.get("astype") not in (None, params.get("dtype")):
        return refuses("opens it only where astype is dtype")
    if str(params.get("dtype")).endswith(("u1", "i1")):
        return refuses("does not open it for elements of one byte")
    return None


def _quantize(params: Mapping[str, Any], dtype: DataType | None) -> ReaderProblem | None:
    if str(params.get("dtype")).startswith(">"):
        return refuses("does not open it for big-endian elements")
    return None


def _unsigned_astype(params: Mapping[str, Any], dtype: DataType | None) -> ReaderProblem | None:
    if str(params.get("astype")).lstrip("<>|").startswith("u"):
        return None
    return refuses("opens it only where astype is an unsigned integer")


def _fill_v2(value: Any, dtype: DataType) -> ReaderProblem | None:
    if dtype.name in _COMPLEX and value is not None:
        return refuses("opens no complex array with this fill value")
    if dtype.name == "fixed_length_utf32" and value:
        return reads_wrong("takes the text of the fill value for base64")
    return _clamped_fill(value, dtype)


def _clamped_fill(value: Any, dtype: DataType) -> ReaderProblem | None:
    if type(value) is int and value > 2**63 - 1:
        return reads_wrong("reads a fill value above 2**63 - 1 as that number")
    return None


READER: Final = Reader(
    name="gdal",
    version="3.12.2",
    measured="2026-11-28",
    v2=Format(
        opens_deviations=frozenset(
            {
                "ordered bytes",
                "empty filters",
                "fractional lengths",
                "no fill_value",
                "null dimension_separator",
            }
        ),
        codecs=frozenset(
            "blosc delta fixedscaleoffset gzip lzma quantize shuffle zlib zstd".split()
        ),
        compressors=frozenset("blosc gzip lzma zlib zstd".split()),
        # a compressor among the filters fails where it makes a chunk longer
        filters=frozenset("delta fixedscaleoffset quantize shuffle".split()),
        rules={"delta": _delta, "fixedscaleoffset": _unsigned_astype, "quantize": _quantize},
        limits={"shuffle.elementsize": (1, 255)},
        data_types=NUMBERS | {"fixed_length_utf32", "null_terminated_bytes", "struct"},
        zero_lengths=False,
        fill_rule=_fill_v2,
        strict_json=False,
    ),
    v3=Format(
        opens_deviations=frozenset(
            {
                "extensions",
                "fractional lengths",
                "must_understand",
                "no configuration",
                "no fill_value",
                "null fill_value",
            }
        ),
        codecs=frozenset("blosc bytes gzip transpose zstd".split()),
        elsewhere=dict.fromkeys(("crc32c", "sharding_indexed", "vlen-utf8"), _UNRELEASED),
        rules={"transpose": _own_inverse},
        required=frozenset({"blosc.cname", "blosc.shuffle"}),
        guesses_endian=True,
        data_types=NUMBERS,
        zero_lengths=False,
        fill_rule=_clamped_fill,
        strict_json=False,
    ),
    remarks=("gives bool as bytes of 0 and 1",),
)
