"""How long it takes to migrate local stores, in turns with zarr-python's own migration, and how that grows.

``python benchmarks/migration.py`` prints both. The stores are in memory where the machine has such a folder
(``/dev/shm``), so that the disk is no part of it; wall time, since both sides work on several threads.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
import time
import tracemalloc
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from sys import path
from typing import Any

import zarr
from zarr.metadata.migrate_v3 import migrate_v2_to_v3
from zarr.storage import LocalStore

path.insert(0, str(Path(__file__).parents[1]))

from zarrcodec_bridge.stores import migrate

PER_GROUP = 100
ZARRAY = {
    "zarr_format": 2,
    "shape": [100, 100],
    "chunks": [10, 10],
    "dtype": "<f4",
    "order": "C",
    "filters": None,
    "compressor": {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0},
    "fill_value": 0.0,
}
ZATTRS = {"_ARRAY_DIMENSIONS": ["y", "x"], "units": "K"}


@contextmanager
def store(arrays: int) -> Iterator[Path]:
    """A hierarchy of as many v2 arrays, a hundred in each group."""
    memory = Path("/dev/shm")
    parent = memory if os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=parent) as folder:
        root = Path(folder) / "store.zarr"
        root.mkdir()
        root.joinpath(".zgroup").write_text('{"zarr_format": 2}')
        for number in range(arrays):
            group = root / f"group-{number // PER_GROUP:04}"
            if number % PER_GROUP == 0:
                group.mkdir()
                group.joinpath(".zgroup").write_text('{"zarr_format": 2}')
            home = group / f"array-{number % PER_GROUP:04}"
            home.mkdir()
            home.joinpath(".zarray").write_text(
                json.dumps({**ZARRAY, "shape": [100 + number, 100]})
            )
            home.joinpath(".zattrs").write_text(json.dumps(ZATTRS))
        yield root


def ours(root: Path) -> None:
    """This library's migration."""
    assert migrate(root, dry_run=False, progress=False).ok


def theirs(root: Path) -> None:
    """zarr-python's."""
    migrate_v2_to_v3(input_store=LocalStore(root))


def taken(call: Callable[[Path], None], original: Path) -> float:
    """The seconds that a migration of a copy takes."""
    copy = original.with_name("copy.zarr")
    shutil.copytree(original, copy)
    start = time.perf_counter()
    call(copy)
    seconds = time.perf_counter() - start
    assert len(list(copy.rglob("zarr.json"))) == len(list(original.rglob(".zgroup"))) + len(
        list(original.rglob(".zarray"))
    )
    shutil.rmtree(copy)
    return seconds


def peak(original: Path) -> float:
    """The megabytes of Python objects at most while this library migrates."""
    tracemalloc.start()
    taken(ours, original)
    found = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return found


def main() -> None:
    """Print the ratio and the growth."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--arrays", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--largest", type=int, default=20_000)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    with store(args.arrays) as root:
        times: dict[Any, list[float]] = {ours: [], theirs: []}
        for _ in range(args.rounds):
            for call, found in times.items():
                found.append(taken(call, root))
    mine, other = median(times[ours]), median(times[theirs])
    print(
        f"{args.arrays} arrays: {mine:.2f} s, zarr {zarr.__version__} {other:.2f} s: {other / mine:.1f} x"
    )
    print(f"{'arrays':>8}{'ms/array':>10}{'MB':>8}")
    for arrays in (args.largest // 100, args.largest // 10, args.largest):
        with store(arrays) as root:
            print(f"{arrays:>8}{taken(ours, root) / arrays * 1e3:>10.2f}{peak(root):>8.1f}")


if __name__ == "__main__":
    main()
