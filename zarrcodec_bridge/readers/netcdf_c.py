"""netCDF-C, its NCZarr with `#mode=zarr`: the netCDF tools, netCDF4 for Python, Panoply.

https://docs.unidata.ucar.edu/nug/current/nczarr_head.html
"""

from __future__ import annotations

from typing import Final

from zarrcodec_bridge.readers.reader import CLOSED, Format, Reader, reads_wrong

__all__ = ["READER"]

READER: Final = Reader(
    name="netcdf-c",
    version="4.10.1",
    measured="2026-11-28",
    v2=Format(
        codecs=frozenset("blosc bz2 fletcher32 shuffle zlib zstd".split()),
        compressors=frozenset("blosc bz2 zlib zstd".split()),
        filters=frozenset("fletcher32 shuffle zlib".split()),
        data_types=frozenset(
            "int8 uint8 int16 uint16 int32 uint32 int64 uint64 float32 float64".split()
        ),
        order_f=reads_wrong("ignores order F, and gives the elements in order C"),
        scalars=False,
        null_dimension_names=False,
    ),
    v3=CLOSED,
    remarks=(
        "needs HDF5_PLUGIN_PATH, with a plugin for each codec",
        "opens no array of a store in which one has a data type that it does not open",
    ),
)
