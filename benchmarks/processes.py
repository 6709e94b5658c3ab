"""What only a whole process shows: how long an import takes, and how much memory is held."""

from __future__ import annotations

import compileall
import resource
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

ONE_MODEL = (
    "from pydantic import BaseModel\nclass Model(BaseModel):\n    level: int\nModel(level=1)"
)
FIRST_DOCUMENT = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import zarrcodec_bridge
zarrcodec_bridge.metadata_to_v3({{
    "zarr_format": 2, "shape": [4], "chunks": [2], "dtype": "<f4", "order": "C", "fill_value": 0, "filters": None,
    "compressor": {{"id": "gzip", "level": 1}},
}})
"""

COMMAND = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from zarrcodec_bridge.cli import main
main(["to-v3", '{{"id": "gzip", "level": 1}}'])
"""

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


def process_times(rounds: int) -> tuple[float, ...]:
    """Processor seconds of a process that makes a pydantic model, a first document, one command; the least of each."""
    best = dict.fromkeys((ONE_MODEL, FIRST_DOCUMENT, COMMAND), float("inf"))
    compileall.compile_dir(ROOT / "zarrcodec_bridge", quiet=1)  # as an installed package is
    for _ in range(rounds):
        for code in best:
            best[code] = min(best[code], _processor_time(code))
    return tuple(best.values())


def _processor_time(code: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def memory_of_pipelines(many: int) -> float:
    """Megabytes that so many pipelines take above the documents that they were made from."""
    return int(_run(MEMORY.format(many=many))) / 1e6
