"""Arrays made with `array_kwargs`: a process that knows nothing of them reads what was written."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import zarrcodec_bridge as bridge
from support import readers
from support.differential import drawing_v3, single_codecs, stores
from support.differential.comparing import Tally, differ, same_values, short
from support.differential.drawing import (
    Case,
    Json,
    bytes_filter,
    chance,
    compressor,
    element_filter,
    shape_and_chunks,
    weighted,
)
from support.differential.values import corner, values

NAMES = ("zstd", "blosc:lz4", "gzip", "crc32c", "lz4", "zlib")


def check_all(numbers: range, folder: Path, tally: Tally) -> None:
    """Make one array for each number, then read them all in a new process."""
    made = []
    for number in numbers:
        found = _make(number, folder / str(number), tally)
        if found is not None:
            made.append(found)
    answers = _read_anew([path for path, _, _ in made])
    for (_, case, expected), (outcome, got) in zip(made, answers, strict=True):
        if outcome == "error":
            tally.fault("not opened in a new process", "array_kwargs", case, got[:200])
        elif not same_values(expected, got):
            tally.fault("other values", "array_kwargs", case, differ(expected, got))
        else:
            tally.count(f"format {case.attributes['to']}: equal")


def _make(number: int, path: Path, tally: Tally) -> tuple[Path, Case, Any] | None:
    import zarr

    rng = Random(number)
    dtype = single_codecs.data_type(rng)
    shape, chunks = shape_and_chunks(rng)
    zarr_format = rng.choice([2, 3])
    slots = _slots(rng, dtype, shape, chunks)
    api = rng.choice(["create_array", "create"])
    case = Case(
        {"zarr_format": 2, **_shown(slots, dtype), "shape": shape},
        {"to": zarr_format, "api": api},
        number,
    )
    tally.cases += 1
    with stores.quiet():
        try:
            kwargs = bridge.array_kwargs(
                **slots, dtype=dtype, zarr_format=zarr_format, api=api, ndim=len(shape)
            )
        except bridge.BridgeError as error:
            tally.count(f"refused, {short(error)}")
            return None
        except Exception as error:
            tally.fault("crash", "array_kwargs", case, repr(error))
            return None
        try:
            make = zarr.create_array if api == "create_array" else zarr.create
            array = make(
                store=path,
                shape=shape,
                chunks=chunks,
                dtype=dtype,
                zarr_format=zarr_format,
                **kwargs,
            )
        except Exception as error:
            tally.fault("not made", f"array_kwargs, format {zarr_format}", case, short(error))
            return None
        try:
            chosen = corner(shape, number)
            drawn = values(dtype, [part.stop for part in chosen], number)
            array[chosen] = drawn
            expected = array[...]
        except Exception as error:
            tally.count(f"format {zarr_format}: not written, {short(error)}")
            return None
    return path, case, readers.native(expected)


def _slots(rng: Random, dtype: Any, shape: list[int], chunks: list[int]) -> dict[str, Any]:
    """Codecs as any codec-like input, in any slot."""
    filters: list[Any] = []
    seen = dtype
    for _ in range(weighted(rng, {0: 4, 1: 4, 2: 1})):
        codec, seen = element_filter(rng, seen)
        filters.append(codec)
    if chance(rng, 0.3):
        filters.append(bytes_filter(rng, seen.itemsize))
    found: dict[str, Any] = {"filters": [_held(rng, codec) for codec in filters] or None}
    way = rng.random()
    if way < 0.25:
        found["compressors"] = rng.choice([*NAMES, "auto", None])
    elif way < 0.35:
        found["serializer"] = _held(rng, {"id": "pcodec"})
        found["compressors"] = None
    else:
        chosen = compressor(rng, dtype.itemsize)
        found["compressors"] = None if chosen is None else _held(rng, chosen)
    return found


def _held(rng: Random, codec: Json) -> Any:
    """A codec as v2 JSON, as v3 JSON, or as an object."""
    import numcodecs

    way = rng.choice(["v2", "v3", "object"])
    if way == "v3" and codec["id"] not in ("blosc", "pcodec"):
        return drawing_v3.codec_of_bytes(codec)
    if way == "object":
        try:
            return numcodecs.get_codec(dict(codec))
        except Exception:
            return codec
    return codec


def _shown(slots: dict[str, Any], dtype: Any) -> Json:
    filters = slots["filters"] or []
    return {
        "dtype": dtype.str,
        "filters": [{"id": type(codec).__name__, "is": str(codec)} for codec in filters],
        "compressor": {"id": type(slots["compressors"]).__name__, "is": str(slots["compressors"])},
        "serializer": str(slots.get("serializer", "auto")),
    }


def _read_anew(paths: list[Path]) -> list[tuple[str, Any]]:
    """What a new process reads from each."""
    search = [str(stores.TESTS), os.environ.get("PYTHONPATH", "")]
    found = subprocess.run(
        [sys.executable, "-m", "support.differential.reading_child"],
        input=pickle.dumps([str(path) for path in paths]),
        stdout=subprocess.PIPE,
        cwd=stores.TESTS,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, search))},
        check=True,
        timeout=600,
    )
    answers: list[tuple[str, Any]] = pickle.loads(found.stdout)
    return answers
