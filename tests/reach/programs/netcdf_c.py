"""netCDF-C (its NCZarr), the library in the wheel of netCDF4, called with ctypes."""

import ctypes as c
import os
from pathlib import Path

import netCDF4
import numpy as np
from common import main

PACKAGE = Path(netCDF4.__file__).parent
# its filters are plugins of HDF5
os.environ.setdefault("HDF5_PLUGIN_PATH", str(PACKAGE / "plugins"))
(PATH,) = (
    file
    for name in ("netcdf4.libs", "netCDF4.libs")
    for file in PACKAGE.parent.glob(f"{name}/libnetcdf-*")
)
LIBRARY = c.CDLL(str(PATH))
LIBRARY.nc_strerror.restype = c.c_char_p
LIBRARY.nc_inq_libvers.restype = c.c_char_p
DTYPES = {
    1: "i1", 2: "S1", 3: "<i2", 4: "<i4", 5: "<f4", 6: "<f8", 7: "u1", 8: "<u2", 9: "<u4",
    10: "<i8", 11: "<u8",
}  # fmt: skip
STRING = 12


def call(name, *arguments):
    status = getattr(LIBRARY, name)(*arguments)
    if status:
        raise OSError(f"{name}: {LIBRARY.nc_strerror(status).decode()} ({status})")


def shape_of(file, variable):
    rank = c.c_int()
    call("nc_inq_varndims", file, variable, c.byref(rank))
    dimensions = (c.c_int * 32)()
    call("nc_inq_vardimid", file, variable, dimensions)
    shape = []
    for dimension in dimensions[: rank.value]:
        length = c.c_size_t()
        call("nc_inq_dimlen", file, dimension, c.byref(length))
        shape.append(length.value)
    return shape


def read(job):
    file, variable, kind = c.c_int(), c.c_int(), c.c_int()
    call("nc_open", f"file://{job['path']}#mode=zarr,file".encode(), 0, c.byref(file))
    try:
        call("nc_inq_varid", file, job["array"].encode(), c.byref(variable))
        call("nc_inq_vartype", file, variable, c.byref(kind))
        shape = shape_of(file, variable)
        count = int(np.prod(shape))
        if kind.value == STRING:
            texts = (c.c_char_p * count)()
            call("nc_get_var", file, variable, texts)
            got = [x.decode("utf8", "replace") if x is not None else None for x in texts]
            return np.array(got, dtype=object).reshape(shape)
        values = np.zeros(count, DTYPES[kind.value])
        call("nc_get_var", file, variable, values.ctypes.data_as(c.c_void_p))
        return values.reshape(shape)
    finally:
        LIBRARY.nc_close(file)


main(read, LIBRARY.nc_inq_libvers().decode().split()[0])
