"""Any bytes in the place of a journal or of a zip file: a short run by chance; ``fuzz/stores.py`` has a long one."""

from __future__ import annotations

import random
import tracemalloc
from pathlib import Path

from support.stored_bytes import attack, stores

MOST_MEMORY = 64 << 20


def test_h4_h5_any_bytes(tmp_path: Path) -> None:
    trees, known = stores(), {}
    for example in range(100):
        assert attack(random.Random(example), trees, tmp_path, known) == "", example


def test_h4_h5_memory_is_bounded(tmp_path: Path) -> None:
    trees, known = stores(), {}
    tracemalloc.start()
    try:
        for example in range(12):
            assert attack(random.Random(example), trees, tmp_path, known) == "", example
            assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY, example
            tracemalloc.reset_peak()
    finally:
        tracemalloc.stop()
