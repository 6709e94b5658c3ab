"""Values and helpers that several test files of `array_kwargs` use."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from typing import Any, Final

import pytest

np = pytest.importorskip("numpy")

zarr = pytest.importorskip("zarr")

V3: Final = hasattr(zarr, "create_array")

FIXED_V3: Final = hasattr(zarr, "dtype")

v3: Any = importlib.import_module("zarr.codecs") if V3 else None
"""The codecs of zarr-python 3."""

MemoryStore = zarr.storage.MemoryStore if V3 else zarr.MemoryStore

FORMATS: Final = (2, 3) if V3 else (2,)

COUNT: Final = 10

CHUNK: Final = 5

Json = dict[str, Any]


def of_format(zarr_format: int) -> Json:
    """zarr-python 2 has no such keyword."""
    return {"zarr_format": zarr_format} if V3 else {}


BYTES: Final[Any] = zarr.dtype.VariableLengthBytes() if FIXED_V3 else None
"""The data type of bytes of any number; zarr-python before 3.1 has no name for it in format 2."""


def values(dtype: Any) -> Any:
    if dtype is BYTES:
        return np.array([b"x" * n for n in range(COUNT)], dtype=object)
    if dtype is str:
        return np.array([f"text{n}" * n for n in range(COUNT)], dtype=object)
    if np.dtype(dtype).kind in "SU":
        return np.array([f"t{n}" for n in range(COUNT)], dtype=dtype)
    return (np.arange(COUNT) * 3 % 7).astype("i8").astype(dtype)


def delta(dtype: str) -> Json:
    return {"id": "delta", "dtype": np.dtype(dtype).str}


GZIP: Final = {"id": "gzip", "level": 5}

SHUFFLE: Final = {"id": "shuffle", "elementsize": 4}

Make = Callable[[Any, int, Any, Json], Any]


def in_group(method: str, *, knows_format: bool = True) -> Make:
    def make(store: Any, zarr_format: int, dtype: Any, kwargs: Json) -> Any:
        group = zarr.open_group(store, mode="w", **of_format(zarr_format))
        shape = {"shape": (COUNT,), "chunks": (CHUNK,), "dtype": dtype}
        said = {} if knows_format else of_format(zarr_format)
        array = getattr(group, method)(name="a", **shape, **said, **kwargs)
        array[...] = values(dtype)
        return zarr.open_array(store, mode="r", path="a")

    return make


def at_root(function: str, **more: Any) -> Make:
    def make(store: Any, zarr_format: int, dtype: Any, kwargs: Json) -> Any:
        shape = {"shape": (COUNT,), "chunks": (CHUNK,), "dtype": dtype}
        array = getattr(zarr, function)(
            store=store, **shape, **more, **of_format(zarr_format), **kwargs
        )
        array[...] = values(dtype)
        return zarr.open_array(store, mode="r")

    return make


def from_data(store: Any, zarr_format: int, dtype: Any, kwargs: Json) -> Any:
    zarr.array(
        values(dtype), dtype=dtype, store=store, chunks=(CHUNK,), **of_format(zarr_format), **kwargs
    )
    return zarr.open_array(store, mode="r")


def like_data(store: Any, zarr_format: int, dtype: Any, kwargs: Json) -> Any:
    data = np.asarray(values(dtype), dtype=None if dtype is str else dtype)
    zarr.from_array(store, data=data, chunks=(CHUNK,), zarr_format=zarr_format, **kwargs)
    return zarr.open_array(store, mode="r")


def from_dask(store: Any, zarr_format: int, dtype: Any, kwargs: Json) -> Any:
    import dask
    import dask.array

    array = dask.array.from_array(values(dtype), chunks=(CHUNK,))
    with dask.config.set(scheduler="synchronous"):
        array.to_zarr(store, zarr_format=zarr_format, dtype=dtype, **kwargs)
    return zarr.open_array(store, mode="r")


def from_xarray(store: Any, zarr_format: int, dtype: Any, kwargs: Json) -> Any:
    import xarray

    data = xarray.Dataset({"a": ("x", values(dtype))})
    encoding = {"chunks": (CHUNK,), **kwargs}
    data.to_zarr(store, zarr_format=zarr_format, consolidated=False, encoding={"a": encoding})
    return zarr.open_array(store, mode="r", path="a")


def has(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


APIS: Final[dict[str, Make]] = {
    "open": at_root("open", mode="w"),
    "open_array": at_root("open_array", mode="w"),
    "create": at_root("create"),
    "zeros": at_root("zeros"),
    "array": from_data,
    "full": at_root("full", fill_value=1),
    "Group.zeros": in_group("zeros", knows_format=False),
    "Group.create": in_group("create"),
}

if V3:
    if hasattr(zarr, "from_array"):
        APIS["from_array"] = like_data
    APIS["create_array"] = at_root("create_array")
    APIS["Group.create_array"] = in_group("create_array")
    APIS["Group.require_array"] = in_group("require_array")
    if has("dask"):
        APIS["dask.to_zarr"] = from_dask
    if has("xarray"):
        APIS["xarray"] = from_xarray
else:
    APIS["create_array"] = at_root("create")
    APIS["Group.create_array"] = in_group("create_dataset")
