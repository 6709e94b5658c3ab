"""What the files of the readers say, against what each reader did with arrays that nobody translated.

`tests/data/reach.jsonl` has the documents of 178 arrays as zarr-python 2.18.7 and 3.4.2 wrote them, and which readers
gave equal values ("equal"), and other values without an error ("wrong"); those that are not named raised an error.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from zarrcodec_bridge.documents.reach import problems_for
from zarrcodec_bridge.readers import READERS, find_readers

ROWS = [
    json.loads(line)
    for line in Path(__file__).parents[1].joinpath("data/reach.jsonl").read_text().splitlines()
]
MEASURED = (
    "zarr-python",
    "zarr-python==3.1",
    "zarr-python==2.18",
    "tensorstore",
    "zarrs-python",
    "zarrista",
    "zarrita",
    "neuroglancer",
    "gdal",
    "netcdf-c",
    "z5py",
)
VERDICTS = {"equal": "opens", "wrong": "reads wrong"}

NOT_THE_READERS = {
    ("str_u", "zarrista"): "it opens it, and has no NumPy data type for it",
    ("str_u_big", "zarrista"): "likewise",
    ("void", "zarrista"): "likewise",
    (
        "struct_mixed",
        "tensorstore",
    ): "the bytes of its field were read through NumPy, which has no `byte`",
    ("empty_dim", "netcdf-c"): "no chunk is decoded, so that it does not miss gzip",
}
"""Cells that differ from what the reader does with such an array."""


def verdict(target: str, document: Any, attributes: Any = None) -> str:
    (reader,) = find_readers(target)
    found = {problem.verdict for problem in problems_for(reader, document, attributes)}
    return "refuses" if "refuses" in found else found.pop() if found else "opens"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["case"])
def test_every_cell_is_what_the_files_say(row: Any) -> None:
    measured = dict.fromkeys(MEASURED, "refuses")
    for cell, names in row.items():
        if cell in VERDICTS:
            measured |= dict.fromkeys(names, VERDICTS[cell])
    said = {
        name: verdict(name, row["document"], row.get("attributes"))
        for name in MEASURED
        if (row["case"], name) not in NOT_THE_READERS
    }
    assert said == {name: measured[name] for name in said}


def test_the_table_is_whole() -> None:
    assert len(ROWS) == 178
    assert set(READERS) - {target.partition("==")[0] for target in MEASURED} == {
        "icechunk",
        "virtualizarr",
        "zarr-java",
        "n5-zarr",
    }
