"""Random single codecs, and arrays made with `array_kwargs`: see `support.differential`.

``ZARRCODEC_BRIDGE_EXAMPLES=20000 python -m pytest -s FILE``, this one, is a long run, with other
codecs each time; `ZARRCODEC_BRIDGE_SEED` makes it meet the same again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

zarr = pytest.importorskip("zarr", minversion="3.3")
pytest.importorskip("numcodecs")

from support.differential import making, single_codecs  # noqa: E402
from support.differential.comparing import Tally  # noqa: E402
from support.differential.running import seeds  # noqa: E402


@pytest.mark.parametrize("check", [single_codecs.check_v2, single_codecs.check_v3])
def test_single_codecs_decode_what_was_encoded(check: Callable[[int, Tally], None]) -> None:
    tally = Tally()
    for number in seeds(range(250)):
        check(number, tally)
        tally.cases += 1
    print(tally.report())
    assert not tally.faults, tally.report()
    ways = ("to_v3", "to_zarr", "to_numcodecs")
    assert all(tally.counts[f"{way}: equal"] > 0 for way in ways), tally.report()


def test_arrays_made_with_kwargs_are_read_in_a_new_process(tmp_path: Path) -> None:
    tally = Tally()
    numbers = seeds(range(100))
    for start in range(0, len(numbers), 500):
        making.check_all(numbers[start : start + 500], tmp_path / str(start), tally)
    print(tally.report())
    assert not tally.faults, tally.report()
    assert all(tally.counts[f"format {found}: equal"] > 0 for found in (2, 3)), tally.report()
