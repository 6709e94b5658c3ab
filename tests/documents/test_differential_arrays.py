"""Random arrays, written by other programs, read and written through their translated documents.

What has to hold is in `support.differential`. A long run, with other arrays each time, is
``ZARRCODEC_BRIDGE_EXAMPLES=20000 python -m pytest -s FILE``, this one. `ZARRCODEC_BRIDGE_SEED` makes
it meet the same again; `ZARRCODEC_BRIDGE_ZARR2` is the Python of an environment with zarr 2, which then writes and
reads in a process of its own.
"""

from __future__ import annotations

from pathlib import Path

import pytest

zarr = pytest.importorskip("zarr", minversion="3.3")

from support import readers  # noqa: E402
from support.differential.running import Arrays, seeds  # noqa: E402
from support.differential.stores import ZARR2, Zarr2  # noqa: E402

SHORT = {2: range(200, 350), 3: range(100, 220)}
"""Of a short run: where each rule of views and byte orders (A1 to A4), left out, was found in fewest cases."""

NEEDED = {
    2: ("to v3 for zarr-python: equal", "to v3 for zarr-python: later writes equal"),
    3: (
        "to v2 for spec: equal",
        "to v3 for zarr-python: equal",
        "to v2 for spec: later writes equal",
    ),
}
"""Outcomes without which nothing was compared."""


@pytest.mark.parametrize(
    ("zarr_format", "writer", "short"),
    [
        (2, "zarr-python", SHORT[2]),
        (3, "zarr-python", SHORT[3]),
        (3, "tensorstore", range(40)),
        (2, "zarr 2", SHORT[2]),
    ],
)
def test_arrays_are_read_and_written_as_before(
    tmp_path: Path, zarr_format: int, writer: str, short: range
) -> None:
    if writer == "tensorstore" and "tensorstore" not in readers.available():
        pytest.skip("tensorstore is not installed")
    if writer == "zarr 2" and ZARR2 is None:
        pytest.skip("ZARRCODEC_BRIDGE_ZARR2 names no Python that has zarr 2")
    zarr2 = Zarr2(ZARR2) if ZARR2 is not None else None
    try:
        tally = Arrays(zarr_format, writer, tmp_path / "arrays", zarr2).run(seeds(short))
    finally:
        if zarr2 is not None:
            zarr2.close()
    print(tally.report())
    assert not tally.faults, tally.report()
    if writer != "tensorstore":
        assert all(tally.counts[outcome] > 0 for outcome in NEEDED[zarr_format]), tally.report()
        assert tally.counts["written"] > tally.cases // 2
