"""How long our wrappers take, as ratios to zarr-python's own classes for the same codec: below 1 is faster.

``python benchmarks/wrappers.py`` prints a table: each codec, chunks of 1 MiB and 64 KiB, encoding and decoding, through
the asynchronous method that every zarr-python calls, the synchronous one of its fused pipeline, and a whole array.
Both sides get the same chunks in turns, in one run; each ratio is between the medians.
"""

from __future__ import annotations

import argparse
import asyncio
import time
import warnings
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from sys import path
from typing import Any, TypeAlias

import numpy as np
import zarr
from zarr.abc.codec import ArrayArrayCodec
from zarr.registry import get_codec_class
from zarr.storage import MemoryStore

path.insert(0, str(Path(__file__).parents[1]))

from zarrcodec_bridge.adapters.zarr_python.wrappers import KINDS
from zarrcodec_bridge.core.registry import find

CODECS: dict[str, dict[str, Any]] = {
    "numcodecs.zlib": {"level": 1},
    "numcodecs.lz4": {},
    "numcodecs.shuffle": {"elementsize": 4},
    "numcodecs.delta": {"dtype": "<i4"},
    "numcodecs.pcodec": {},
}
SIZES = {"1 MiB": 1 << 20, "64 KiB": 1 << 16}

Batch: TypeAlias = Callable[[], Awaitable[Any]]


class Witness(ArrayArrayCodec):
    """Sees the specification of a chunk, which zarr-python has no public way to make."""

    is_fixed_size = True
    seen: Any = None

    def compute_encoded_size(self, input_byte_length: int, chunk_spec: Any) -> int:
        return input_byte_length

    def to_dict(self) -> dict[str, Any]:
        return {"name": "witness"}

    async def _encode_single(self, chunk_data: Any, chunk_spec: Any) -> Any:
        Witness.seen = chunk_spec
        return chunk_data

    def _encode_sync(self, chunk_data: Any, chunk_spec: Any) -> Any:
        Witness.seen = chunk_spec
        return chunk_data

    def _decode_sync(self, chunk_data: Any, chunk_spec: Any) -> Any:
        return chunk_data


def chunk_of(size: int) -> tuple[np.ndarray, Any]:
    """A chunk of that many bytes, and zarr-python's specification of it."""
    rng = np.random.default_rng(0)
    side = int((size // 4) ** 0.5)
    values = np.cumsum(rng.integers(-40, 60, side * side)).astype("i4").reshape(side, side)
    array = zarr.create_array(
        MemoryStore(), shape=values.shape, chunks=values.shape, dtype="i4", filters=[Witness()]
    )
    array[...] = values
    return values, Witness.seen


def pair(name: str) -> tuple[Any, Any]:
    """zarr-python's object of a codec, and ours."""
    payload = {"name": name, "configuration": CODECS[name]}
    found = find("v3", name)
    assert found is not None
    return get_codec_class(name).from_dict(payload), KINDS[found[0].kind].from_dict(payload)


def buffers(ours: Any, values: np.ndarray, spec: Any) -> tuple[Any, Any]:
    """A chunk as the codec takes it, and what it makes of it."""
    if ours.kind == "b2b":
        given = spec.prototype.buffer.from_bytes(values.tobytes())
    else:
        given = spec.prototype.nd_buffer.from_numpy_array(values)
    encoded = ours._encode_sync(given, spec)
    if ours.kind != "a2a":
        encoded = spec.prototype.buffer.from_bytes(encoded.to_bytes())  # as a store gives it
    return given, encoded


def ratio(theirs: Callable[[], Any], ours: Callable[[], Any], rounds: int) -> float:
    """The median time of ours by the median of theirs, taken in turns."""
    taken: dict[int, list[float]] = {0: [], 1: []}
    calls = (theirs, ours)
    for turn in range(rounds):
        for side in (0, 1) if turn % 2 else (1, 0):
            start = time.perf_counter()
            calls[side]()
            taken[side].append(time.perf_counter() - start)
    return median(taken[1]) / median(taken[0])


async def ratio_awaited(theirs: Batch, ours: Batch, rounds: int) -> float:
    """The same of what is awaited: one event loop, of which only the codec's part is timed.

    ``Runner.run`` would not do: Python 3.11 formats what it returns, and a chunk of two axes takes 80 us of that.
    """
    taken: dict[int, list[float]] = {0: [], 1: []}
    calls = (theirs, ours)
    for turn in range(rounds):
        for side in (0, 1) if turn % 2 else (1, 0):
            start = time.perf_counter()
            await calls[side]()
            taken[side].append(time.perf_counter() - start)
    return median(taken[1]) / median(taken[0])


def through_array(name: str, values: np.ndarray, rounds: int) -> dict[str, float]:
    """The ratios of writing and reading an array of 16 such chunks."""
    slot = {"a2a": "filters", "a2b": "serializer", "b2b": "compressors"}[pair(name)[1].kind]
    whole = np.tile(values, (4, 4))
    arrays = [
        zarr.create_array(
            MemoryStore(),
            shape=whole.shape,
            chunks=values.shape,
            dtype="i4",
            **{"compressors": None, slot: codec if slot == "serializer" else [codec]},
        )
        for codec in pair(name)
    ]

    def written(array: Any) -> Callable[[], Any]:
        return lambda: array.__setitem__(..., whole)

    def read(array: Any) -> Callable[[], Any]:
        return lambda: array[...]

    theirs, ours = arrays
    return {
        "encode": ratio(written(theirs), written(ours), rounds),
        "decode": ratio(read(theirs), read(ours), rounds),
    }


def through_methods(
    name: str, values: np.ndarray, spec: Any, rounds: int, runner: asyncio.Runner
) -> dict[str, tuple[float, float | None]]:
    """The ratios of the asynchronous and the synchronous methods."""
    theirs, ours = pair(name)
    given, encoded = buffers(ours, values, spec)
    found: dict[str, tuple[float, float | None]] = {}

    def called(codec: Any, method: str, data: Any) -> Batch:
        return lambda: getattr(codec, method)([(data, spec)])

    def called_sync(codec: Any, method: str, data: Any) -> Callable[[], Any]:
        return lambda: getattr(codec, method)(data, spec)

    for method, data in (("encode", given), ("decode", encoded)):
        awaited = called(theirs, method, data), called(ours, method, data)
        slow = runner.run(ratio_awaited(*awaited, rounds))
        name, fast = f"_{method}_sync", None
        if hasattr(theirs, name):
            fast = ratio(called_sync(theirs, name, data), called_sync(ours, name, data), rounds)
        found[method] = slow, fast
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=200, help="turns per measurement")
    rounds = parser.parse_args().rounds
    warnings.simplefilter("ignore")
    print(f"zarr {zarr.__version__}: time of ours / time of zarr-python's own")
    print(f"{'codec':<20}{'chunk':<8}{'':<8}{'async':>7}{'sync':>7}{'array':>7}")
    with asyncio.Runner() as runner:
        for name in CODECS:
            for label, size in SIZES.items():
                values, spec = chunk_of(size)
                try:
                    arrays = through_array(name, values, max(3, rounds // 10))
                except ValueError:  # zarr-python 3.0's own class takes no part of an array
                    arrays = {}
                methods = through_methods(name, values, spec, rounds, runner)
                for method, ratios in methods.items():
                    shown = "".join(
                        f"{value:>7.2f}" if value else f"{'-':>7}"
                        for value in (*ratios, arrays.get(method))
                    )
                    print(f"{name:<20}{label:<8}{method:<8}{shown}")


if __name__ == "__main__":
    main()
