"""Cases drawn from whole numbers, in short runs (the same each time) and long ones (others each time)."""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final

from support import readers
from support.differential import drawing_v2, drawing_v3, stores
from support.differential.comparing import Tally
from support.differential.drawing import Case, chance
from support.differential.properties import (
    Way,
    decodes_equal,
    later_writes_equal,
    translate,
    ways,
    xarray_sees_equal,
)
from support.differential.stores import NotWrittenError, Zarr2

EXAMPLES: Final = int(os.environ.get("ZARRCODEC_BRIDGE_EXAMPLES", "0"))
"""How many cases a long run has; none makes it a short one."""

DRAWN: Final[dict[int, Callable[[Random], Case]]] = {2: drawing_v2.draw, 3: drawing_v3.draw}


def seeds(short: range) -> range:
    """The numbers that cases are drawn from: these in a short run, from anywhere in a long one."""
    if not EXAMPLES:
        return short
    given = os.environ.get("ZARRCODEC_BRIDGE_SEED")
    start = int(given) if given else secrets.randbits(40)
    print(f"ZARRCODEC_BRIDGE_SEED={start}")
    return range(start, start + EXAMPLES)


class Arrays:
    """Draws arrays of one format, has them written, and checks every property of their translations."""

    def __init__(self, zarr_format: int, writer: str, folder: Path, zarr2: Zarr2 | None) -> None:
        self.zarr_format = zarr_format
        self.writer = writer
        self.folder = folder
        self.zarr2 = zarr2
        self.tally = Tally()
        self.ways = ways(list(readers.available()))
        self.has_xarray = importlib.util.find_spec("xarray") is not None

    def run(self, numbers: range) -> Tally:
        for number in numbers:
            self.check(number)
            self.tally.cases += 1
        return self.tally

    def check(self, number: int) -> None:
        """Everything of the array that `number` gives."""
        rng = Random(number)
        self.check_case(DRAWN[self.zarr_format](rng), rng)

    def check_case(self, case: Case, rng: Random) -> None:
        root = self.folder / "store"
        shutil.rmtree(self.folder, ignore_errors=True)
        try:
            written = stores.write(root, case, self.writer, self.zarr2)
        except NotWrittenError:
            self.tally.count("not written")
            return
        self.tally.count("written")
        plain, other = self._chosen(rng)
        for way in (plain, other):
            found = translate(case, way, self.tally)
            if found is None or not decodes_equal(written, found, self.tally, self.zarr2):
                continue
            if _is_for_zarr_python(way) and chance(rng, 0.6):
                later_writes_equal(written, found, self.tally, rng.getrandbits(32))
            if (
                self.has_xarray
                and _has_dimensions(case)
                and _is_for_zarr_python(way)
                and chance(rng, 0.6)
            ):
                xarray_sees_equal(written, found, self.tally)

    def _chosen(self, rng: Random) -> tuple[Way, Way]:
        """The way into the other format for zarr-python, and one of all."""
        crossing = Way("v3", "zarr-python") if self.zarr_format == 2 else Way("v2", "spec")
        return crossing, rng.choice([way for way in self.ways if way != crossing])


def _has_dimensions(case: Case) -> bool:
    """Whether a dimension has a name."""
    names = case.document.get("dimension_names") or case.attributes.get("_ARRAY_DIMENSIONS")
    return names is not None and any(name is not None for name in names)


def _is_for_zarr_python(way: Way) -> bool:
    """Whether it is for zarr-python, by which xarray reads too."""
    return way.target in ("spec", "zarr-python")
