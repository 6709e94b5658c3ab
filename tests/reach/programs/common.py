"""What the programs in Python share: `main(read, version)`.

`program --version` prints the version of the reader; `program LIST OUTPUT` reads. LIST has lines of JSON
{"id", "path", "array", "format"}; to OUTPUT it appends {"id", "start": true} and then {"id", "dtype", "shape", "b64"},
{"id", "shape", "items"} or {"id", "error"}.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib import recfunctions


def item(value: Any) -> Any:
    if isinstance(value, bytes | bytearray):
        return value.hex()
    return value if isinstance(value, str) else repr(value)


def in_native_layout(array: np.ndarray) -> np.ndarray:
    """Little-endian, in order C, and without gaps between the fields of a struct."""
    if array.dtype.names:
        return recfunctions.repack_fields(array, recurse=True)
    if array.dtype.isbuiltin == 2:  # of another package than NumPy: bfloat16 and the like
        return np.array(array, order="C", copy=True).view(f"V{array.itemsize}")
    if array.dtype.kind != "V":
        array = array.astype(array.dtype.newbyteorder("<"))
    return np.array(array, order="C", copy=True)


def describe(values: Any) -> dict[str, Any]:
    array = np.asarray(values)
    if array.dtype.kind in "OT":
        return {"shape": list(array.shape), "items": [item(x) for x in array.ravel().tolist()]}
    array = in_native_layout(array)
    dtype = array.dtype.descr if array.dtype.names else array.dtype.str
    data = base64.b64encode(array.tobytes()).decode()
    return {"dtype": dtype, "shape": list(array.shape), "b64": data}


def main(read: Callable[[dict[str, Any]], Any], version: str) -> None:
    if sys.argv[1:] == ["--version"]:
        print(version)
        return
    with open(sys.argv[1]) as file:
        jobs = [json.loads(line) for line in file if line.strip()]
    with open(sys.argv[2], "a") as out:

        def say(line: dict[str, Any]) -> None:
            out.write(json.dumps(line) + "\n")
            out.flush()

        for job in jobs:
            say({"id": job["id"], "start": True})
            try:
                result = describe(read(job))
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # a panic of Rust is not an Exception
                result = {"error": f"{type(error).__name__}: {error}"[:300]}
            say({"id": job["id"], **result})
