"""Decode chunks through a metadata document with code that others wrote."""

from __future__ import annotations

import base64
import importlib.metadata
import json
import math
import re
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

Json = dict[str, Any]
Reader = Literal["zarr-python", "tensorstore", "zarrs", "zarrista"]

V2_KEYS: Final = {"name": "v2", "configuration": {"separator": "."}}
TAKE: Final = object()


class RefusedError(Exception):
    """A reader did not open the document or did not decode its chunks."""

    def __init__(self, reader: str, error: BaseException) -> None:
        super().__init__(f"{reader}: {type(error).__name__}: {error}")
        self.reader = reader
        self.error = error


def available() -> dict[Reader, str]:
    """The installed readers and their versions."""
    packages: dict[Reader, str] = {
        "zarr-python": "zarr",
        "tensorstore": "tensorstore",
        "zarrs": "zarrs",
        "zarrista": "zarrista",
    }
    found: dict[Reader, str] = {}
    for reader, package in packages.items():
        try:
            found[reader] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def read(reader: Reader, document: Json, chunks: Mapping[str, bytes]) -> np.ndarray:
    """The array that `chunks`, by their store keys, hold according to `document`.

    A v3 document without a `chunk_key_encoding` gets `.`-separated keys. Raises `RefusedError`.
    """
    if document["zarr_format"] == 3:
        document = {"chunk_key_encoding": V2_KEYS, **document}
    name = "zarr.json" if document["zarr_format"] == 3 else ".zarray"
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "array"
        path.mkdir()
        (path / name).write_text(json.dumps(document))
        for key, data in chunks.items():
            (path / key).parent.mkdir(parents=True, exist_ok=True)
            (path / key).write_bytes(data)
        return read_path(reader, path)


def read_path(reader: Reader, path: Path) -> np.ndarray:
    """The array at `path`, in native byte order. Raises `RefusedError`."""
    v3 = (path / "zarr.json").exists()
    document = json.loads((path / ("zarr.json" if v3 else ".zarray")).read_text())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return native(_READERS[reader](path, document))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a Rust panic is no Exception
        raise RefusedError(reader, error) from error


def v2_document(
    encoding: Json, shape: Sequence[int], chunks: Sequence[int], fill_value: Any = TAKE
) -> Json:
    """A whole `.zarray` around `dtype, order, filters, compressor`.

    `fill_value` is JSON; left out, it is the encoding's own, or else null.
    """
    return {
        "zarr_format": 2,
        "shape": list(shape),
        "chunks": list(chunks),
        "dtype": encoding["dtype"],
        "order": encoding.get("order", "C"),
        "filters": encoding.get("filters"),
        "compressor": encoding.get("compressor"),
        "fill_value": encoding.get("fill_value") if fill_value is TAKE else fill_value,
        "dimension_separator": ".",
    }


def v3_document(
    encoding: Json, shape: Sequence[int], chunks: Sequence[int], fill_value: Any = TAKE
) -> Json:
    """A whole `zarr.json` around `data_type, codecs`, with `.`-separated chunk keys.

    `fill_value` is JSON; left out, it is the encoding's own, or else the data type's zero.
    """
    if fill_value is TAKE:
        fill_value = encoding.get("fill_value", TAKE)
    if fill_value is TAKE:
        fill_value = zero(encoding["data_type"])
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": list(shape),
        "data_type": encoding["data_type"],
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(chunks)}},
        "chunk_key_encoding": V2_KEYS,
        "codecs": encoding["codecs"],
        "fill_value": fill_value,
        "attributes": {},
    }


def zero(data_type: str | Json) -> Any:
    """The v3 fill value that is zero or empty for `data_type`."""
    name = data_type if isinstance(data_type, str) else data_type["name"]
    configuration = {} if isinstance(data_type, str) else data_type.get("configuration", {})
    if name in {"string", "fixed_length_utf32", "bytes", "variable_length_bytes"}:
        return ""
    if name in {"null_terminated_bytes", "raw_bytes"}:
        return base64.b64encode(bytes(configuration["length_bytes"])).decode()
    if name == "struct":
        return {field["name"]: zero(field["data_type"]) for field in configuration["fields"]}
    if name.startswith("complex"):
        return [0.0, 0.0]
    return False if name == "bool" else 0


def native(values: Any) -> np.ndarray:
    """An array in native byte order, variable-length strings as objects."""
    array: np.ndarray = np.asarray(values)
    if array.dtype.kind == "T":
        return array.astype(object)
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def equal(a: Any, b: Any) -> bool:
    """Whether two arrays hold the same values of the same type, whatever the byte order.

    NaN equals NaN and NaT equals NaT; objects are compared one by one.
    """
    left, right = native(a), native(b)
    if left.shape != right.shape:
        return False
    if left.dtype.names is not None or right.dtype.names is not None:
        names = left.dtype.names or ()
        return names == right.dtype.names and all(equal(left[name], right[name]) for name in names)
    if "O" in (left.dtype.kind, right.dtype.kind):
        return all(map(_same, left.astype(object).flat, right.astype(object).flat))
    if left.dtype != right.dtype:
        return False
    if left.dtype.kind == "V":
        return left.tobytes() == right.tobytes()
    return bool(np.array_equal(left, right, equal_nan=left.dtype.kind in "fcmM"))


def _same(x: Any, y: Any) -> bool:
    if isinstance(x, np.ndarray) or isinstance(y, np.ndarray):
        return bool(np.array_equal(x, y))
    if x is None or y is None or isinstance(x, bytes) != isinstance(y, bytes):
        return x is y
    return bool(x == y) or (x != x and y != y)


def _zarr_python(path: Path, document: Json) -> Any:
    import zarr

    if zarr.__version__.startswith("2."):
        return zarr.open_array(str(path), mode="r")[...]
    return zarr.open_array(path, mode="r", zarr_format=document["zarr_format"])[...]


def _zarrs(path: Path, document: Json) -> Any:
    import zarr
    import zarrs
    from zarr.core.buffer import default_buffer_prototype

    pipeline = f"{zarrs.__name__}.{zarrs.ZarrsCodecPipeline.__name__}"
    with zarr.config.set({"codec_pipeline.path": pipeline, "codec_pipeline.strict": True}):
        array = zarr.open_array(path, mode="r", zarr_format=document["zarr_format"])
        dtype = array.dtype if array.dtype.kind == "T" else array.dtype.newbyteorder("=")
        out = default_buffer_prototype().nd_buffer.create(shape=array.shape, dtype=dtype, order="C")
        array.get_basic_selection(..., out=out)
        return out.as_numpy_array()


def _zarrista(path: Path, document: Json) -> Any:
    from zarrista import Array
    from zarrista.store import FilesystemStore

    found = Array.open(FilesystemStore(path))[...]
    name = getattr(getattr(found, "dtype", None), "name", None) or ""
    if name != "fixed_length_utf32" and not re.fullmatch(r"r\d+", name):
        return np.asarray(found)
    data = bytes(found.buffer())  # what zarrista has no NumPy data type for
    size = len(data) // (math.prod(found.shape) or 1) or 4
    dtype = f"V{size}" if name[0] == "r" else f"<U{size // 4}"
    return np.frombuffer(data, dtype).reshape(found.shape)


def _tensorstore(path: Path, document: Json) -> Any:
    import tensorstore

    spec: Json = {
        "driver": "zarr3" if document["zarr_format"] == 3 else "zarr",
        "kvstore": {"driver": "file", "path": f"{path}/"},
    }

    def values(**extra: str) -> np.ndarray:
        array = tensorstore.open({**spec, **extra}, read=True).result().read().result()
        if array.dtype.itemsize > 0:
            return array
        array = np.asarray(_SingleBytes(array))
        kind = "S" if document["zarr_format"] == 2 and document["dtype"][1:2] == "S" else "V"
        return np.ascontiguousarray(array).view(f"{kind}{array.shape[-1]}")[..., 0]

    names = _field_names(document)
    if not names:
        return values()
    fields = {name: native(values(field=name)) for name in names}
    ndim = len(document["shape"])  # tensorstore gives subarrays, and bytes, axes of their own
    whole = np.empty(
        document["shape"],
        [(name, array.dtype, array.shape[ndim:]) for name, array in fields.items()],
    )
    for name, array in fields.items():
        whole[name] = array
    return whole


class _SingleBytes:
    """tensorstore's `byte` and `char`, which numpy 2 takes for items of no bytes."""

    def __init__(self, array: np.ndarray) -> None:
        self._array = array
        self.__array_interface__ = {
            **array.__array_interface__,
            "typestr": "|u1",
            "descr": [("", "|u1")],
        }


def _field_names(document: Json) -> list[str]:
    dtype = document.get("dtype", document.get("data_type"))
    if isinstance(dtype, list):
        return [name for name, *_ in dtype]
    if isinstance(dtype, dict) and dtype["name"] in {"struct", "structured"}:
        fields = dtype["configuration"]["fields"]
        return [field["name"] if isinstance(field, dict) else field[0] for field in fields]
    return []


_READERS: Final[dict[str, Callable[[Path, Json], Any]]] = {
    "zarr-python": _zarr_python,
    "tensorstore": _tensorstore,
    "zarrs": _zarrs,
    "zarrista": _zarrista,
}
