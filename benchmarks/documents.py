"""How long documents take, as ratios in one run, taken in turns, of the medians: how many times faster we are.

``python benchmarks/documents.py`` prints a table. Arrays are translated from v2 to v3 against zarr-python 3.4's
conversion of metadata that it has parsed before, which gives an object ("bare"), and against its way from document to
document. The last row is the text of a consolidated document of 10,000 arrays, read, translated and written: how many
times the time of reading and writing alone it takes.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from statistics import median
from sys import path
from typing import Any, TypeAlias

import zarr
from zarr.core.metadata.v2 import ArrayV2Metadata
from zarr.metadata.migrate_v3 import _convert_array_metadata

path.insert(0, str(Path(__file__).parents[1]))

from zarrcodec_bridge import metadata_to_v3

Node: TypeAlias = tuple[dict[str, Any], dict[str, Any]]
"""A ``.zarray`` and a ``.zattrs``."""

BLOSC = {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0}
ENCODINGS: tuple[dict[str, Any], ...] = (
    {"dtype": "<f4", "compressor": BLOSC, "filters": None},
    {"dtype": "<f8", "compressor": {**BLOSC, "cname": "zstd"}, "filters": None},
    {"dtype": "<i2", "compressor": {"id": "zstd", "level": 3}, "filters": None},
    {"dtype": "<i8", "compressor": {"id": "gzip", "level": 5}, "filters": None},
    {"dtype": "|u1", "compressor": None, "filters": None},
    {"dtype": ">f4", "compressor": {"id": "zlib", "level": 1}, "filters": None},
    {"dtype": "<i4", "compressor": BLOSC, "filters": [{"id": "delta", "dtype": "<i4"}]},
)
FILLS: dict[str, tuple[Any, ...]] = {
    "f": ("NaN", 0.0, 9.969209968386869e36),
    "i": (0, -32767),
    "u": (0, 255),
}
SHAPES = ((1, 180, 360), (12, 721, 1440), (240, 64, 128), (37, 96, 144))


def archive(arrays: int) -> list[Node]:
    """Arrays as archives of a climate model have them: few encodings, many shapes, each with attributes."""
    found = []
    for number in range(arrays):
        encoding = ENCODINGS[number % len(ENCODINGS)]
        fills = FILLS[encoding["dtype"][1]]
        shape = [number + 1, *SHAPES[number % 4][1:]]
        zarray = {
            "zarr_format": 2,
            "shape": shape,
            "chunks": [SHAPES[number % 4][0], *shape[1:]],
            **encoding,
            "fill_value": fills[number % len(fills)],
            "order": "C",
        }
        attributes = {
            "_ARRAY_DIMENSIONS": ["time", "lat", "lon"],
            "long_name": f"variable {number}",
            "standard_name": "air_temperature",
            "units": "K",
            "cell_methods": "time: mean",
            "valid_range": [150.0, 350.0],
        }
        found.append((zarray, attributes))
    return found


def of_its_own(arrays: int, numbers: Iterator[int]) -> list[Node]:
    """The same, but no two arrays have the same encoding."""
    found = archive(arrays)
    for zarray, _ in found:
        zarray["compressor"] = {**BLOSC, "blocksize": next(numbers)}
    return found


def hierarchy(nodes: list[Node]) -> str:
    """The text of their consolidated document."""
    metadata: dict[str, Any] = {".zgroup": {"zarr_format": 2}}
    for number, (zarray, attributes) in enumerate(nodes):
        metadata[f"group{number // 100}/array{number}/.zarray"] = zarray
        metadata[f"group{number // 100}/array{number}/.zattrs"] = attributes
    return json.dumps({"zarr_consolidated_format": 1, "metadata": metadata})


def timed(calls: tuple[Callable[[], Any], ...]) -> list[float]:
    """The processor seconds of each call."""
    taken = []
    for call in calls:
        start = time.process_time()
        call()
        taken.append(time.process_time() - start)
    return taken


def parsed(nodes: list[Node]) -> list[ArrayV2Metadata]:
    """What zarr-python makes of v2 documents."""
    return [ArrayV2Metadata.from_dict({**zarray, "attributes": attrs}) for zarray, attrs in nodes]


def per_array(make: Callable[[], list[Node]], rounds: int) -> tuple[float, float, float]:
    """Our microseconds an array, and how many times those are zarr-python's bare and document to document."""
    taken = []
    for _ in range(rounds):
        nodes = make()
        metadata = parsed(nodes)

        def ours(nodes: list[Node] = nodes) -> None:
            for zarray, attributes in nodes:
                metadata_to_v3(zarray, attributes)

        def bare(metadata: list[ArrayV2Metadata] = metadata) -> None:
            for array in metadata:
                _convert_array_metadata(array)

        def whole(nodes: list[Node] = nodes) -> None:
            for array in parsed(nodes):
                _convert_array_metadata(array).to_dict()

        taken.append(timed((bare, ours, whole)))
    bare_s, ours_s, whole_s = (median(column) for column in zip(*taken, strict=True))
    return ours_s / len(nodes) * 1e6, bare_s / ours_s, whole_s / ours_s


def consolidated(arrays: int, rounds: int) -> float:
    """How many times the time of reading and writing a consolidated document it takes to translate it too."""
    text = hierarchy(archive(arrays))
    taken = [
        timed(
            (
                lambda: json.dumps(json.loads(text)),
                lambda: json.dumps(metadata_to_v3(json.loads(text))),
            )
        )
        for _ in range(rounds)
    ]
    alone, ours = (median(column) for column in zip(*taken, strict=True))
    return ours / alone


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--arrays", type=int, default=1000, help="arrays in an archive")
    parser.add_argument("--rounds", type=int, default=15, help="turns per measurement")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    print(f"zarr {zarr.__version__}, {asked.arrays} arrays, median of {asked.rounds} turns")
    ratio = consolidated(10_000, max(3, asked.rounds // 3))  # before others fill the heap
    print(f"{'':<44}{'us/array':>9}{'bare':>8}{'whole':>8}")
    numbers = count(1)
    known = archive(asked.arrays)
    distinct = of_its_own(asked.arrays, numbers)
    rows: dict[str, Callable[[], list[Node]]] = {
        "few encodings": lambda: known,
        "every array its own encoding, met before": lambda: distinct,
        "every array its own encoding, met first": lambda: of_its_own(asked.arrays, numbers),
    }
    for label, make in rows.items():
        micros, bare, whole = per_array(make, asked.rounds)
        print(f"{label:<44}{micros:>9.1f}{bare:>7.1f}x{whole:>7.1f}x")
    print(f"consolidated, 10,000 arrays: {ratio:.2f} x json.loads + json.dumps")


if __name__ == "__main__":
    main()
