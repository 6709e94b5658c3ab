"""Compare what a program says of a store with what zarr-python read from it."""

from __future__ import annotations

import base64
import math
from typing import Any

import numpy as np

Said = dict[str, Any]
EQUAL, TYPE, WRONG, REFUSES, CRASH = "equal", "type", "wrong", "refuses", "crash"
"""Equal; equal as another data type; other values and no error; an error; a crash or a hang."""


def dtype_of(given: Any) -> np.dtype:
    if isinstance(given, list):
        return np.dtype(
            [(name, dtype_of(field), *map(tuple, more)) for name, field, *more in given]
        )
    return np.dtype(given)


def array_of(said: Said) -> np.ndarray | None:
    if "items" in said:
        return None
    dtype = dtype_of(said["dtype"])
    data = base64.b64decode(said["b64"])
    if dtype.itemsize == 0:
        return np.zeros(said["shape"], dtype)
    return np.frombuffer(data, dtype).reshape(said["shape"])


def plain(number: Any) -> Any:
    """A number that equals itself."""
    if isinstance(number, complex):
        return plain(number.real), plain(number.imag)
    return "NaN" if isinstance(number, float) and math.isnan(number) else number


def elements(array: np.ndarray) -> list[Any]:
    """The elements in order, so that equal ones of two data types compare equal."""
    if array.dtype.names:
        fields = [array[name].reshape(array.size, -1) for name in array.dtype.names]
        columns = [[tuple(elements(part)) for part in field] for field in fields]
        return list(zip(*columns, strict=True))
    if array.dtype.kind in "Mm":
        array = array.view("i8")
    if array.dtype.kind == "V":
        return [item.tobytes() for item in array.ravel()]
    return [plain(item) for item in array.ravel().tolist()]


def from_text(item: Any, kind: str) -> Any:
    """An item of JSON as an element of that kind: readers in JavaScript give text for large integers."""
    if kind in "iu" and isinstance(item, str):
        return int(item)
    if kind == "f" and isinstance(item, str | int):
        return float(item)
    return item


def split(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def is_same_type(left: np.dtype, right: np.dtype) -> bool:
    return left == right or (left.kind, left.itemsize) == (right.kind, right.itemsize) != ("V", 0)


def compared(expected: Said, said: Said) -> tuple[list[Any], list[Any], bool]:
    """The elements that are expected and those that were read, and whether their data types are the same."""
    want, got = array_of(expected), array_of(said)
    if want is None:
        if got is None:
            return expected["items"], said["items"], True
        return expected["items"], elements(got), False
    kind = want.dtype.kind
    if got is None:
        known = elements(want)
        if kind == "S":
            known = [item.decode() for item in known]
        return known, [from_text(item, kind) for item in said["items"]], True
    as_bytes = kind in "SV" and not want.dtype.names
    if as_bytes and list(got.shape) == [*want.shape, want.dtype.itemsize] and got.itemsize == 1:
        size = want.dtype.itemsize
        return split(want.tobytes(), size), split(got.tobytes(), size), False
    if list(want.shape) != list(got.shape):
        return [list(want.shape)], [list(got.shape)], False
    if (
        (expected.get("bits") or as_bytes or got.dtype.kind == "V")
        and not got.dtype.names
        and got.itemsize == want.itemsize
    ):
        raw = f"V{want.itemsize}"
        same = bool(expected.get("bits")) or is_same_type(want.dtype, got.dtype)
        return elements(want.view(raw)), elements(got.view(raw)), same
    if kind in "Mm" and got.dtype.kind in "Mm" and want.dtype != got.dtype:
        return [want.dtype.str], [got.dtype.str], False
    return elements(want), elements(got), is_same_type(want.dtype, got.dtype)


def cell(expected: Said, said: Said, *, only_stored: bool = False) -> tuple[str, str]:
    """The outcome and what there is to say about it. `only_stored` leaves out the elements that no chunk has."""
    if "crash" in said:
        return CRASH, said["crash"]
    if "error" in said:
        return REFUSES, said["error"]
    want, got, same_type = compared(expected, said)
    if len(want) != len(got):
        return WRONG, f"{len(got)} elements, expected {len(want)}"
    stored = expected.get("stored", [])
    compares_all = (expected["is_filled"] and not only_stored) or len(stored) != len(want)
    differ = [i for i in range(len(want)) if want[i] != got[i] and (compares_all or stored[i])]
    if differ:
        first = differ[0]
        detail = (
            f"{len(differ)} of {len(want)} differ, the first {got[first]!r} for {want[first]!r}"
        )
        return WRONG, detail[:200]
    return (EQUAL, "") if same_type else (TYPE, str(said.get("dtype")))
