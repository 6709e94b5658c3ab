"""Any bytes in the place of a journal or of a zip file: a short run by chance; ``fuzz/stores.py`` has a long one."""

from __future__ import annotations

import random
import tracemalloc
from pathlib import Path

import pytest

from support.stored_bytes import attack, stores

MOST_MEMORY = 64 << 20


@pytest.mark.parametrize("seed", range(2))
def test_h4_h5_any_bytes(seed: int, tmp_path: Path) -> None:
    trees, known = stores(), {}
    for example in range(120):
        draw = random.Random(1000 * seed + example)
        assert attack(draw, trees, tmp_path, known) == "", (seed, example)


def test_h4_h5_memory_is_bounded(tmp_path: Path) -> None:
    trees, known = stores(), {}
    tracemalloc.start()
    try:
        for example in range(25):
            assert attack(random.Random(example), trees, tmp_path, known) == "", example
            assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY, example
            tracemalloc.reset_peak()
    finally:
        tracemalloc.stop()
