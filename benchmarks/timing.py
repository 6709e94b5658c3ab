"""Times taken in turns, so that what else the machine does falls on every side alike.

It is the processor's time that is taken: waiting for it is no one's cost.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Mapping
from statistics import median
from typing import Any, TypeAlias

Batch: TypeAlias = tuple[Callable[[Any], Any], list[Any]]
"""What to call, and what to call it with, one after the other."""


def per_call(call: Callable[[Any], Any], items: Iterable[Any]) -> float:
    """Microseconds per item of one pass."""
    kept = list(items)
    start = time.process_time()
    for item in kept:
        call(item)
    return (time.process_time() - start) / len(kept) * 1e6


def in_turns(rounds: Iterable[Mapping[str, Batch]]) -> dict[str, float]:
    """The median microseconds per call, by name; each round has new items for the same names.

    Garbage is collected between rounds; what libraries hold is left out of that, for to walk all of it would leave
    nothing else in the processor's cache.
    """
    taken: dict[str, list[float]] = {}
    gc.collect()
    gc.freeze()
    for batches in rounds:
        gc.collect()
        for name, (call, items) in batches.items():
            taken.setdefault(name, []).append(per_call(call, items))
    return {name: median(times) for name, times in taken.items()}
