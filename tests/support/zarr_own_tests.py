"""A pytest plugin for zarr-python's own tests: the codecs of every array that they make go through `array_kwargs`.

What zarr-python makes of a call is made too, in memory: the two have to have the same metadata. What it refuses stays
its own affair. Each process writes what it saw, as JSON, beside the file that an environment variable names.
"""

from __future__ import annotations

import functools
import inspect
import json
import os
import sys
import warnings
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import pytest
import zarr
import zarr.api.asynchronous
import zarr.core.array
import zarr.core.group
from zarr.abc.codec import ArrayArrayCodec, ArrayBytesCodec
from zarr.storage import MemoryStore

from zarrcodec_bridge import normalize_metadata
from zarrcodec_bridge.arrays import array_kwargs
from zarrcodec_bridge.core.errors import BridgeError

REPORT: Final = "ZARR_OWN_TESTS_REPORT"
"""The environment variable that names the report."""

SEEN: Final[dict[str, Any]] = {
    "calls": 0,
    "refused_by_zarr": 0,
    "left_as_they_are": 0,
    "identical": 0,
    "spelled_otherwise": [],
    "refused": [],
    "different": [],
    "failed": [],
}

Json = dict[str, Any]
Make = Callable[..., Awaitable[Any]]


def of_create_array(given: Json) -> Json:
    """The keyword arguments of `create_array`, by ours."""
    slots = {name: given.get(name, "auto") for name in ("filters", "serializer", "compressors")}
    if "keep" in [value for value in slots.values() if isinstance(value, str)]:
        raise NotOursError
    data = given.get("data")
    dtype = given.get("dtype") if data is None else getattr(data, "dtype", None)
    shape = given.get("shape") if data is None else getattr(data, "shape", None)
    return array_kwargs(**slots, **_array(given, dtype, shape))


def of_create(given: Json) -> Json:
    """Those of `create`: a compressor and filters, or all codecs in one list."""
    dtype = "float64" if given.get("dtype") is None else given["dtype"]
    array = _array(given, dtype, given.get("shape"))
    if array["zarr_format"] == 2:
        filters, compressor = given.get("filters"), given.get("compressor", "auto")
        return array_kwargs(compressor, filters=filters, **array, api="create")
    if given.get("compressor", "auto") != "auto" or given.get("filters") is not None:
        raise NotOursError
    if given.get("codecs") is None:
        return array_kwargs(**array, api="create")
    codecs = list(given["codecs"])
    slots: Json = {"filters": [], "serializer": [], "compressors": []}
    for codec in codecs:
        kind = (
            "filters"
            if isinstance(codec, ArrayArrayCodec)
            else "serializer"
            if isinstance(codec, ArrayBytesCodec)
            else "compressors"
        )
        slots[kind].append(codec)
    (slots["serializer"],) = slots["serializer"] or ["auto"]
    return array_kwargs(**slots, **array, api="create")


class NotOursError(Exception):
    """A call that names no codecs of its own."""


def _array(given: Json, dtype: Any, shape: Any) -> Json:
    zarr_format = given.get("zarr_format") or zarr.config.get("default_zarr_format", 3)
    ndim = len(shape) if isinstance(shape, (tuple, list)) else 1
    return {"dtype": dtype, "zarr_format": zarr_format, "ndim": ndim, "allow_pickle": True}


def through(make: Make, ours: Callable[[Json], Json], codecs: tuple[str, ...]) -> Make:
    """`make` with the codecs that `ours` gives it, in the place of those named `codecs`."""
    names = list(inspect.signature(make).parameters)
    where = "store" if "store" in names else names[0]

    @functools.wraps(make)
    async def made(*args: Any, **kwargs: Any) -> Any:
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        SEEN["calls"] += 1
        try:
            theirs = await _in_memory(make, where, given)
        except Exception:  # whatever zarr-python has against it, the test is told
            SEEN["refused_by_zarr"] += 1
            return await make(*args, **kwargs)
        try:
            replaced = ours(given)
        except NotOursError:
            SEEN["left_as_they_are"] += 1
            return await make(*args, **kwargs)
        except BridgeError as error:
            _note("refused", f"{type(error).__name__}: {error}", given, codecs)
            return await make(*args, **kwargs)
        except Exception as error:
            _note("failed", repr(error), given, codecs)
            return await make(*args, **kwargs)
        rest = {name: value for name, value in given.items() if name not in codecs}
        try:
            mine = await _in_memory(make, where, {**rest, **replaced})
        except Exception as error:
            _note("failed", repr(error), given, codecs)
            return await make(*args, **kwargs)
        if _text(mine) == _text(theirs):
            SEEN["identical"] += 1
        elif _meaning(mine) == _meaning(theirs):
            _note("spelled_otherwise", "", given, codecs)
        else:
            _note("different", f"{_text(mine)} and not {_text(theirs)}", given, codecs)
        return await make(**{**rest, **replaced})

    return made


async def _in_memory(make: Make, where: str, given: Json) -> Any:
    elsewhere = {
        "name": None,
        "path": None,
        "overwrite": False,
        "mode": None,
        "storage_options": None,
    }
    changed = {name: value for name, value in elsewhere.items() if name in given}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return await make(**{**given, **changed, where: MemoryStore()})


def _text(array: Any) -> str:
    return json.dumps(array.metadata.to_dict(), default=_member, sort_keys=True)


def _meaning(array: Any) -> Any:
    """The document with data types of filters, and names of codecs, in one spelling."""
    try:
        return normalize_metadata(json.loads(_text(array)), target="zarr-python")
    except BridgeError as error:
        return str(error)


def _member(value: Any) -> Any:
    to_dict = getattr(value, "to_dict", None)
    return to_dict() if callable(to_dict) else repr(value)


def _note(what: str, message: str, given: Json, codecs: tuple[str, ...]) -> None:
    test = os.environ.get("PYTEST_CURRENT_TEST", "").partition(" ")[0]
    call = {name: repr(given[name]) for name in (*codecs, "dtype", "zarr_format") if name in given}
    SEEN[what].append({"test": test, "message": message[:1500], "call": call})


def _replace(old: Any, new: Any) -> None:
    """Put `new` wherever zarr-python has `old` under the same name."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "zarr" and vars(module).get(old.__name__) is old:
            setattr(module, old.__name__, new)


def pytest_configure(config: pytest.Config) -> None:
    """Put `array_kwargs` between zarr-python's tests and what makes arrays."""
    for make, ours, codecs in (
        (zarr.core.array.create_array, of_create_array, ("filters", "serializer", "compressors")),
        (zarr.api.asynchronous.create, of_create, ("filters", "compressor", "codecs")),
    ):
        _replace(make, through(make, ours, codecs))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write what this process saw."""
    Path(os.environ[REPORT]).write_text(json.dumps(SEEN))
