"""Write a store for every case: `write_stores.py FOLDER {2|3}`, with zarr-python 2.18 or 3.4.

FOLDER/v2.CASE/original is a root group with the array "a"; FOLDER/v2.CASE/expected.json has what zarr-python reads
from it, as the programs say it, with `stored`: which elements are in a chunk, and not of the fill value.
"""

from __future__ import annotations

import json
import shutil
import sys
import warnings
from pathlib import Path
from typing import Any

import numcodecs
import numpy as np
import zarr

sys.path.append(str(Path(__file__).parent / "programs"))
import common

Row = dict[str, Any]
USED_BITS = {"int2": 1, "int4": 3, "float4_": 4, "float6_": 6}
"""By data type: the bits of a byte that its elements here have (an integer is not negative)."""
SHAPE, CHUNKS = (10, 15), (4, 6)
"""The last chunk of an array of that shape is not written, so that readers use the fill value."""


def dtype_of(given: Any) -> np.dtype:
    if not isinstance(given, list):
        return np.dtype(given)
    return np.dtype([(name, dtype_of(field), *more) for name, field, *more in given])


def numbers(shape: tuple[int, ...]) -> np.ndarray:
    return np.arange(np.prod(shape, dtype=int)).reshape(shape) % 97


def values(dtype: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
    """Elements of a data type, negative ones and fractions among them."""
    base = numbers(shape)
    if dtype.names:
        out = np.zeros(shape, dtype)
        for name in dtype.names:
            field = dtype[name]
            inner = values(field.base, (*shape, *field.shape))
            out[name] = inner
        return out
    if dtype.kind == "V":
        data = base.astype("<u4").tobytes().ljust(base.size * dtype.itemsize, b"\1")
        return np.frombuffer(data, dtype, base.size).reshape(shape).copy()
    makers = {
        "b": lambda: base % 3 == 0,
        "u": lambda: base + (200 if dtype.itemsize > 1 else 0),
        "i": lambda: base - 40,
        "f": lambda: base / 7 - 11.25,
        "c": lambda: base / 7 - 11.25 + 1j * (base + 1),
        "M": lambda: base * 1000 + 7,
        "m": lambda: base * 1000 + 7,
        "U": lambda: np.array([f"é{i}" for i in base.ravel()]).reshape(shape),
        "S": lambda: np.array([f"s{i}".encode() for i in base.ravel()]).reshape(shape),
    }
    return makers[dtype.kind]().astype(dtype)


def objects(kind: str, shape: tuple[int, ...]) -> np.ndarray:
    out = np.empty(shape, dtype=object)
    for i in range(out.size):
        made = {
            "str": f"é{i}" * (i % 3),
            "bytes": bytes([i % 256]) * (i % 4),
            "array": np.arange(i % 4, dtype="<i4"),
        }
        out.flat[i] = made[kind]
    return out


def contents(row: Row) -> tuple[np.ndarray, np.dtype]:
    shape = row.get("shape", SHAPE)
    if "objects" in row:
        return objects(row["objects"], shape), np.dtype(object)
    dtype = dtype_of(row.get("dtype", "<i4"))
    elements = values(dtype, shape)
    for name, count in USED_BITS.items():
        if name in row.get("bits", ""):
            elements &= sum(((1 << count) - 1) << (8 * byte) for byte in range(dtype.itemsize))
    return elements, dtype


def create_v2(folder: Path, row: Row, dtype: np.dtype, options: Row) -> Any:
    group = zarr.open_group(str(folder), mode="w")
    codecs = {
        "filters": row.get("filters") and [numcodecs.get_codec(dict(f)) for f in row["filters"]],
        "compressor": row.get("compressor") and numcodecs.get_codec(dict(row["compressor"])),
    }
    separator = row.get("dimension_separator", ".")
    order = row.get("order", "C")
    return group.create_dataset(
        "a", dtype=dtype, order=order, dimension_separator=separator, **codecs, **options
    )


def create_v3(folder: Path, row: Row, dtype: np.dtype, options: Row) -> Any:
    group = zarr.open_group(str(folder), mode="w", zarr_format=3)
    given: Any = {"str": str, "bytes": "variable_length_bytes"}.get(row.get("objects", ""), dtype)
    if dtype.kind == "V" and not dtype.names:
        given = {"name": "raw_bytes", "configuration": {"length_bytes": dtype.itemsize}}
    more = {
        name: row[name]
        for name in ("filters", "serializer", "chunk_key_encoding", "dimension_names")
        if name in row
    }
    return group.create_array(
        "a", dtype=given, compressors=row.get("compressors"), **more, **options
    )


def fill_of(row: Row, dtype: np.dtype) -> Any:
    fill = row.get("fill", 0)
    if fill == "NaT":
        return np.array("NaT", dtype)[()]
    if dtype.kind == "V" and fill == 0 and not zarr.__version__.startswith("2"):
        return np.zeros((), dtype)[()]
    return fill


def write(array: Any, elements: np.ndarray) -> None:
    if elements.shape != SHAPE:
        array[...] = elements
        return
    rows, columns = array.chunks
    for i in range(0, SHAPE[0], rows):
        for j in range(0, SHAPE[1], columns):
            whole = (slice(i, i + rows), slice(j, j + columns))
            if i + rows >= SHAPE[0] and j + columns >= SHAPE[1] and (i, j) != (0, 0):
                continue
            array[whole] = elements[whole]


def make(folder: Path, row: Row, *, version: int) -> None:
    store = folder / "original"
    shutil.rmtree(folder, ignore_errors=True)
    store.mkdir(parents=True)
    elements, dtype = contents(row)
    fill = fill_of(row, dtype)
    options = {"shape": elements.shape, "chunks": row.get("chunks", CHUNKS), "fill_value": fill}
    array = (create_v2 if version == 2 else create_v3)(store, row, dtype, options)
    for name, value in row.get("attributes", {}).items():
        array.attrs[name] = value
    write(array, elements)
    expected = common.describe(array[...])
    document = store / "a" / (".zarray" if version == 2 else "zarr.json")
    edited = json.loads(document.read_text())
    if "edit" in row:
        row["edit"](edited)
    if "bits" in row:
        edited["data_type"] = expected["bits"] = row["bits"]
    document.write_text(json.dumps(edited))
    (folder / "expected.json").write_text(json.dumps(expected))


def main(folder: str, version: str) -> None:
    warnings.filterwarnings("ignore")
    if version == "2":
        from cases_v2 import CASES
    else:
        from cases_v3 import CASES
    for name, row in CASES.items():
        try:
            make(Path(folder) / f"v{version}.{name}", row, version=int(version))
        except Exception as error:
            shutil.rmtree(Path(folder) / f"v{version}.{name}", ignore_errors=True)
            print(f"FAILED v{version}.{name}: {type(error).__name__}: {error}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
