"""Chunks between zarr-python and numcodecs, as arrays and buffers that either accepts.

Encoders get native, C-contiguous arrays (numcodecs flattens in memory order and views the bytes as it likes),
decoders of unknown codecs get `bytes` (imagecodecs takes the element size of an array for that of the data). What they
return may be bytes, any buffer, or an array that is flat, squeezed, or of another data type.
"""

from __future__ import annotations

from math import prod
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from zarrcodec_bridge.core.errors import BackendUnsupportedError


def native(chunk: Any) -> npt.NDArray[Any]:
    """The array of a zarr-python chunk in C order and native byte order; copied only if it is not."""
    array: npt.NDArray[Any] = chunk.as_ndarray_like()
    if type(array) is not np.ndarray:  # on a graphics card, or a subclass
        array = chunk.as_numpy_array()
    if array.dtype.isnative:
        return np.ascontiguousarray(array) if array.ndim else array
    return np.asarray(array, dtype=array.dtype.newbyteorder("="), order="C")


def as_bytes(buffer: Any) -> bytes:
    """The bytes of a zarr-python buffer; copied only if they are not those of a `bytes` object."""
    array = buffer.as_numpy_array()
    whole = array.base
    if type(whole) is bytes and len(whole) == array.nbytes:
        return whole
    return bytes(array.tobytes())


def flat_bytes(encoded: Any) -> npt.NDArray[np.uint8]:
    """The output of a codec as an array of bytes that shares its memory."""
    if isinstance(encoded, np.ndarray):
        array: npt.NDArray[Any] = np.asarray(encoded)
        if array.dtype.hasobject:
            raise BackendUnsupportedError("numcodecs", "expected bytes from a codec, got objects")
        return np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    return np.frombuffer(encoded, np.uint8)


def copy_if_shared(
    given: npt.NDArray[Any], encoded: npt.NDArray[np.uint8]
) -> npt.NDArray[np.uint8]:
    """The output of a codec, copied if it shares memory with the input: a store may keep it."""
    return encoded.copy() if np.may_share_memory(given, encoded) else encoded


def as_elements(found: Any, dtype: np.dtype[Any], shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """The output of a codec as an array of `dtype` and `shape`.

    What has as many bytes is taken for the bytes of the elements, as zarr-python does for v2, but for another byte
    order. Elements of another size keep their values, if they are of one kind and the values fit: imagecodecs decodes
    integers as wider ones.
    """
    if type(found) is np.ndarray and found.dtype == dtype:
        try:
            return found.reshape(shape)
        except ValueError:  # of another size; the error below says so
            pass
    array: npt.NDArray[Any] = (
        np.asarray(found) if isinstance(found, np.ndarray) else flat_bytes(found)
    )
    count = prod(shape)
    if array.dtype != dtype and not array.dtype.hasobject:
        if array.dtype.newbyteorder("=") == dtype:
            array = array.astype(dtype)
        elif array.nbytes == count * dtype.itemsize:
            array = np.ascontiguousarray(array).reshape(-1).view(dtype)
        elif array.size == count and _GROUP.get(array.dtype.kind, 0) == _GROUP.get(dtype.kind):
            cast = array.astype(dtype)
            array = cast if np.array_equal(cast, array) else array
    if array.dtype != dtype or array.size != count:
        raise BackendUnsupportedError(
            "numcodecs",
            f"expected {count} elements of {dtype}, got {array.size} of {array.dtype}",
        )
    return array.reshape(shape)


_GROUP: Final = {"i": "integer", "u": "integer", "f": "float"}
