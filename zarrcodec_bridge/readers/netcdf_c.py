"""netCDF-C, its NCZarr with `#mode=zarr`: the netCDF tools, netCDF4 for Python.

https://docs.unidata.ucar.edu/nug/current/nczarr_head.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.readers.reader import (
    CLOSED,
    Format,
    Reader,
    ReaderProblem,
    reads_wrong,
    refuses,
)

_PALINDROMES: Final = (None, 0, -1)
"""Fill values whose bytes are the same in either order."""


def _fill(value: Any, dtype: DataType) -> ReaderProblem | None:
    if dtype.name == "null_terminated_bytes" and value:
        return reads_wrong("gives the base64 text of the fill value for missing chunks")
    if dtype.endian == "big" and value not in _PALINDROMES:
        return reads_wrong("swaps the bytes of the fill value, so that missing chunks read as it")
    return None


def _equal_names(
    document: Mapping[str, Any], attributes: Mapping[str, Any]
) -> ReaderProblem | None:
    names, shape = attributes.get("_ARRAY_DIMENSIONS"), document["shape"]
    if not isinstance(names, list) or len(names) != len(shape):
        return None
    lengths: dict[Any, int] = {}
    for name, length in zip(map(str, names), shape, strict=True):
        if lengths.setdefault(name, length) != length:
            return refuses(
                f"takes {name} for one dimension, of two lengths", "attributes._ARRAY_DIMENSIONS"
            )
    return None


READER: Final = Reader(
    name="netcdf-c",
    version="4.10.1",
    measured="2026-11-28",
    v2=Format(
        opens_deviations=frozenset(
            {
                "ordered bytes",
                "no compressor",
                "no fill_value",
                "no filters",
                "null dimension_separator",
            }
        ),
        codecs=frozenset("blosc bz2 fletcher32 shuffle zlib zstd".split()),
        required=frozenset({"zlib.level"}),  # it crashes
        limits={"zlib.level": (0, 9)},
        data_types=frozenset(
            "int8 uint8 int16 uint16 int32 uint32 int64 uint64 float32 float64"
            " null_terminated_bytes".split()
        ),
        order_f=reads_wrong("ignores order F, and gives the elements in order C"),
        scalars=False,
        null_dimension_names=False,
        strict_json=False,
        fill_rule=_fill,
        document_rule=_equal_names,
    ),
    v3=CLOSED,
    remarks=(
        "needs HDF5_PLUGIN_PATH, with a plugin for each codec",
        "opens no array of a store in which one has a data type that it does not open",
    ),
)
