"""tensorstore; the fields of a struct are read one by one."""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import tensorstore as ts
from common import main


def load(job):
    name = ".zarray" if job["format"] == 2 else "zarr.json"
    return json.loads(Path(job["path"], job["array"], name).read_text())


def fields_of(document):
    """The names of the fields of a struct, and their data types where the document has those of NumPy."""
    dtype = document.get("dtype")
    if isinstance(dtype, list):
        return {
            name: np.dtype((given, tuple(shape[0])) if shape else given)
            for name, given, *shape in dtype
        }
    data_type = document.get("data_type")
    if isinstance(data_type, dict) and data_type.get("name") in ("struct", "structured"):
        fields = data_type["configuration"]["fields"]
        return {field["name"] if isinstance(field, dict) else field[0]: None for field in fields}
    return {}


def array_of(spec):
    """The array; `byte` and `char` have no data type in NumPy, so their bytes are taken by way of a store in memory."""
    source = ts.open(spec).result()
    if source.dtype.name not in ("byte", "char"):
        return source.read().result()
    metadata = {
        "dtype": "|V1" if source.dtype.name == "byte" else "|S1",
        "shape": source.shape,
        "chunks": source.shape,
        "compressor": None,
        "order": "C",
        "fill_value": None,
        "filters": None,
    }
    memory = {"driver": "zarr", "kvstore": {"driver": "memory"}, "metadata": metadata}
    copy = ts.open(memory, create=True).result()
    copy.write(source[..., np.newaxis]).result()
    data = copy.kvstore.read(".".join("0" * source.rank)).result().value
    return np.frombuffer(data, "S1").reshape(source.shape)


def read(job):
    spec = {
        "driver": "zarr" if job["format"] == 2 else "zarr3",
        "kvstore": {"driver": "file", "path": f"{job['path']}/{job['array']}/"},
    }
    document = load(job)
    fields = fields_of(document)
    if not fields:
        return array_of(spec)
    arrays = {name: array_of({**spec, "field": name}) for name in fields}
    dtypes = [(name, fields[name] or array.dtype) for name, array in arrays.items()]
    out = np.zeros(document["shape"], dtypes)
    for name, array in arrays.items():
        if array.dtype == "S1":  # characters are a dimension of their own
            array = np.ascontiguousarray(array).view(out.dtype[name])
        out[name] = array.reshape(out[name].shape)
    return out


main(read, version("tensorstore"))
