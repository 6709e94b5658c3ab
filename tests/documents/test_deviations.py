"""Documents that are not as the specification has them: what each reader does, as it was measured (2026-11-28).

Each reader opened an array of four elements under the literal document; a crash counts as a refusal.
"""

from __future__ import annotations

from typing import Any, Final

import pytest

import zarrcodec_bridge as bridge
from zarrcodec_bridge.documents.reach import problems_for
from zarrcodec_bridge.readers import find_readers

BYTES: Final = {"name": "bytes", "configuration": {"endian": "little"}}
GZIP: Final = {"name": "gzip", "configuration": {"level": 1}}
V3: Final[dict[str, Any]] = {
    "zarr_format": 3,
    "node_type": "array",
    "shape": [4],
    "data_type": "int16",
    "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2]}},
    "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
    "codecs": [BYTES, GZIP],
    "fill_value": 0,
    "attributes": {},
}
V2: Final[dict[str, Any]] = {
    "zarr_format": 2,
    "shape": [4],
    "chunks": [2],
    "dtype": "<i2",
    "order": "C",
    "filters": None,
    "compressor": {"id": "gzip", "level": 1},
    "fill_value": 0,
}


def without(document: dict[str, Any], member: str) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key != member}


OF_V3: Final = (
    "zarr-python==3.4 zarr-python==3.1 tensorstore zarrs-python zarrista zarrita neuroglancer gdal z5py icechunk"
    " virtualizarr"
).split()
OF_V2: Final = (
    "zarr-python==3.4 zarr-python==3.1 zarr-python==2.18 tensorstore zarrs-python zarrista zarrita neuroglancer gdal"
    " z5py virtualizarr"
).split()
MEASURED: Final[dict[str, tuple[dict[str, Any], str]]] = {  # + opens, - refuses
    "v3": (V3, "+++++++++++"),
    "v3 no node_type": (without(V3, "node_type"), "-----------"),
    "v3 no chunk_key_encoding": (without(V3, "chunk_key_encoding"), "-----------"),
    "v3 no fill_value": (without(V3, "fill_value"), "-----+-+---"),
    "v3 no attributes": (without(V3, "attributes"), "+++++++++++"),
    "v3 named keys": ({**V3, "chunk_key_encoding": "default"}, "----+------"),
    "v3 keys": ({**V3, "chunk_key_encoding": {"name": "default"}}, "+++++++++++"),
    "v3 no configuration": ({**V3, "codecs": [BYTES, {"name": "gzip"}]}, "-----+-++--"),
    "v3 null configuration": (
        {**V3, "codecs": [BYTES, {"name": "gzip", "configuration": None}]},
        "-----+-----",
    ),
    "v3 transformers": ({**V3, "storage_transformers": []}, "+++++++++++"),
    "v3 null names": ({**V3, "dimension_names": None}, "++-++++-+++"),
    "v3 extra": ({**V3, "extra": {"must_understand": False}}, "+++++++++++"),
    "v3 extensions": ({**V3, "extensions": []}, "-----++++--"),
    "v3 null attributes": ({**V3, "attributes": None}, "++-+-+--+++"),
    "v3 null fill": ({**V3, "fill_value": None}, "-----+-++--"),
    "v3 must_understand": (
        {**V3, "codecs": [BYTES, {**GZIP, "must_understand": True}]},
        "++-++++++++",
    ),
    "v3 float shape": ({**V3, "shape": [4.0]}, "--+--++++--"),
    "v3 float fill": ({**V3, "fill_value": 0.0}, "++++-++++++"),
    "v2": (V2, "+++++++++++"),
    "v2 no order": (without(V2, "order"), "------+--+-"),
    "v2 no filters": (without(V2, "filters"), "++--++++-++"),
    "v2 no compressor": (without(V2, "compressor"), "++--+++---+"),
    "v2 no fill_value": (without(V2, "fill_value"), "------+-+--"),
    "v2 null separator": ({**V2, "dimension_separator": None}, "--+---+-+--"),
    "v2 extra": ({**V2, "extra": 1}, "+++++++++++"),
    "v2 empty filters": ({**V2, "filters": []}, "+++++++++++"),
    "v2 null order": ({**V2, "order": None}, "--+---+----"),
    "v2 other dtype": ({**V2, "dtype": "i2"}, "--+--------"),
    "v2 no level": ({**V2, "compressor": {"id": "gzip"}}, "+++++-+-+-+"),
    "v2 float fill": ({**V2, "fill_value": 0.0}, "+++++-+++++"),
    "v2 float shape": ({**V2, "shape": [4.0]}, "---+--++++-"),
}


@pytest.mark.parametrize("case", MEASURED)
def test_each_reader_as_measured(case: str) -> None:
    document, expected = MEASURED[case]
    names = OF_V3 if document["zarr_format"] == 3 else OF_V2
    found = ""
    for name in names:
        (reader,) = find_readers(name)
        problems = problems_for(reader, document)
        assert all(problem.verdict == "refuses" for problem in problems)
        found += "-" if problems else "+"
    assert found == expected


@pytest.mark.parametrize("case", sorted({*MEASURED} - {"v3 null configuration"}))
def test_normalizing_helps(case: str) -> None:
    """What is written for a reader has no deviation, so that it is offered where a reader refuses one.

    But for a codec's configuration null, which this library refuses as well.
    """
    document, expected = MEASURED[case]
    names = OF_V3 if document["zarr_format"] == 3 else OF_V2
    for name, mark in zip(names, expected, strict=True):
        (row,) = bridge.check(document, name).readers
        assert (row.verdict == "opens") == (mark == "+")
        if mark == "-":
            target = name.partition("==3.4")[0]
            assert (
                row.help == f"normalize_metadata(document, target={target!r})"
                or "on_loss" in row.help
            )


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dialect", ["v2", "v3"])
def test_zarr_python_here_does_the_same(dialect: str, tmp_path: Any) -> None:
    """The installed zarr-python, where it is one of those that were measured."""
    import json

    zarr = pytest.importorskip("zarr")
    version = ".".join(zarr.__version__.split(".")[:2])
    name = f"zarr-python=={version}"
    names = OF_V3 if dialect == "v3" else OF_V2
    if name not in names:
        pytest.skip("another version")
    for case, (document, expected) in MEASURED.items():
        if not case.startswith(dialect):
            continue
        folder = tmp_path / case
        folder.mkdir()
        (folder / ("zarr.json" if dialect == "v3" else ".zarray")).write_text(json.dumps(document))
        try:
            zarr.open_array(str(folder), mode="r")[...]
            opened = True
        except Exception:
            opened = False
        assert opened == (expected[names.index(name)] == "+"), case
