"""GDAL's multidimensional API, from the library in rasterio's wheel, called with ctypes."""

import ctypes as c
import os
from pathlib import Path

import numpy as np
import rasterio
from common import main

PACKAGE = Path(rasterio.__file__).parent
os.environ.setdefault("GDAL_DATA", str(PACKAGE / "gdal_data"))
(PATH,) = PACKAGE.parent.glob("rasterio.libs/libgdal-*")
LIBRARY = c.CDLL(str(PATH))
POINTER, TEXT, SIZE = c.c_void_p, c.c_char_p, c.c_size_t


def function(name, result, *arguments):
    found = getattr(LIBRARY, name)
    found.restype, found.argtypes = result, list(arguments)
    return found


pointers, texts = c.POINTER(POINTER), c.POINTER(TEXT)
version_info = function("GDALVersionInfo", TEXT, TEXT)
open_dataset = function("GDALOpenEx", POINTER, TEXT, c.c_uint, texts, texts, texts)
root_group = function("GDALDatasetGetRootGroup", POINTER, POINTER)
open_array = function("GDALGroupOpenMDArray", POINTER, POINTER, TEXT, texts)
data_type_of = function("GDALMDArrayGetDataType", POINTER, POINTER)
dimensions_of = function("GDALMDArrayGetDimensions", pointers, POINTER, c.POINTER(SIZE))
dimension_size = function("GDALDimensionGetSize", c.c_uint64, POINTER)
class_of = function("GDALExtendedDataTypeGetClass", c.c_int, POINTER)
numeric_type = function("GDALExtendedDataTypeGetNumericDataType", c.c_int, POINTER)
size_of = function("GDALExtendedDataTypeGetSize", SIZE, POINTER)
components_of = function("GDALExtendedDataTypeGetComponents", pointers, POINTER, c.POINTER(SIZE))
component_name = function("GDALEDTComponentGetName", TEXT, POINTER)
component_offset = function("GDALEDTComponentGetOffset", SIZE, POINTER)
component_type = function("GDALEDTComponentGetType", POINTER, POINTER)
read_array = function(
    "GDALMDArrayRead", c.c_int, POINTER, c.POINTER(c.c_uint64), c.POINTER(SIZE),
    c.POINTER(c.c_int64), c.POINTER(c.c_ssize_t), POINTER, POINTER, POINTER, SIZE,
)  # fmt: skip
last_error = function("CPLGetLastErrorMsg", TEXT)
last_error_class = function("CPLGetLastErrorType", c.c_int)
function("GDALAllRegister", None)()
function("CPLPushErrorHandler", None, POINTER)(c.cast(LIBRARY.CPLQuietErrorHandler, POINTER))

NUMBERS = {
    1: "u1", 2: "<u2", 3: "<i2", 4: "<u4", 5: "<i4", 6: "<f4", 7: "<f8", 10: "<c8", 11: "<c16",
    12: "<u8", 13: "<i8", 14: "i1", 15: "<f2",
}  # fmt: skip
STRING, COMPOUND, FAILURE = 1, 2, 3
MULTIDIMENSIONAL, VERBOSE = 0x10, 0x40


def failed(what):
    return OSError(f"{what}: {last_error().decode()}")


def fields_of(data_type):
    """The fields of a compound data type: name, offset, size, and the NumPy data type or None for text."""
    count = SIZE()
    components = components_of(data_type, c.byref(count))
    for component in components[: count.value]:
        inner = component_type(component)
        dtype = None if class_of(inner) == STRING else numpy_type(inner)
        yield component_name(component).decode(), component_offset(component), dtype


def numpy_type(data_type):
    """The data type of the buffer that GDAL fills; text is the address of a C string."""
    if class_of(data_type) == STRING:
        return np.dtype("<u8")
    if class_of(data_type) != COMPOUND:
        return np.dtype(NUMBERS[numeric_type(data_type)])
    names, offsets, formats = zip(*fields_of(data_type), strict=True)
    return np.dtype(
        {
            "names": names,
            "offsets": offsets,
            "formats": [dtype or np.dtype("<u8") for dtype in formats],
            "itemsize": size_of(data_type),
        }
    )


def strings_at(addresses, nothing):
    return [c.string_at(int(address)) if address else nothing for address in addresses.ravel()]


def values_of(buffer, data_type, count, shape):
    array = np.frombuffer(buffer, numpy_type(data_type), count).reshape(shape)
    if class_of(data_type) == STRING:
        found = [x if x is None else x.decode("utf8", "replace") for x in strings_at(array, None)]
        return np.array(found, dtype=object).reshape(shape)
    if class_of(data_type) != COMPOUND:
        return array.copy()
    columns = {
        name: array[name] if dtype else np.array(strings_at(array[name], b"")).reshape(shape)
        for name, _, dtype in fields_of(data_type)
    }
    out = np.zeros(shape, [(name, column.dtype) for name, column in columns.items()])
    for name, column in columns.items():
        out[name] = column
    return out


def read(job):
    LIBRARY.CPLErrorReset()
    path = os.path.join(job["path"], job["array"]).encode()
    dataset = open_dataset(path, MULTIDIMENSIONAL | VERBOSE, (TEXT * 2)(b"Zarr", None), None, None)
    if not dataset:
        raise failed("open")
    array = open_array(root_group(dataset), job["array"].encode(), None)
    if not array:
        raise failed("array")
    rank = SIZE()
    dimensions = dimensions_of(array, c.byref(rank))
    shape = [dimension_size(dimension) for dimension in dimensions[: rank.value]]
    data_type, count = data_type_of(array), int(np.prod(shape))
    buffer = (c.c_char * max(1, size_of(data_type) * count))()
    starts = (c.c_uint64 * max(1, len(shape)))(*[0] * len(shape))
    counts = (SIZE * max(1, len(shape)))(*shape)
    if not read_array(array, starts, counts, None, None, data_type, buffer, None, 0):
        raise failed("read")
    if last_error_class() >= FAILURE:
        raise failed("read with an error")
    return values_of(buffer, data_type, count, shape)


main(read, version_info(b"RELEASE_NAME").decode())
