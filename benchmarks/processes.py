"""What only a whole process shows: how long an import takes, and how much memory is held."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]

ONE_MODEL = "from pydantic import BaseModel\nclass Model(BaseModel):\n    level: int"
IMPORT = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nimport zarrcodec_bridge"

MEMORY = f"""
import sys, tracemalloc
sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "benchmarks")!r}]
from payloads import document
from zarrcodec_bridge import Pipeline

documents = [document(number) for number in range({{many}})]
tracemalloc.start()
pipelines = [
    Pipeline.from_v2(
        dtype=zarray["dtype"],
        order=zarray["order"],
        filters=zarray["filters"],
        compressor=zarray["compressor"],
        ndim=2,
    )
    for zarray in documents
]
print(tracemalloc.get_traced_memory()[0])
"""


def _run(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout


def import_ratio(rounds: int) -> float:
    """The time of a process that imports the package, by that of one that imports pydantic and makes one model."""
    best = {IMPORT: float("inf"), ONE_MODEL: float("inf")}
    for _ in range(rounds):
        for code in best:
            start = time.perf_counter()
            _run(code)
            best[code] = min(best[code], time.perf_counter() - start)
    return best[IMPORT] / best[ONE_MODEL]


def memory_of_pipelines(many: int) -> float:
    """Megabytes that so many pipelines take above the documents that they were made from."""
    return int(_run(MEMORY.format(many=many))) / 1e6
