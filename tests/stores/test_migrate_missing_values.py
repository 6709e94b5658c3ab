"""Missing values from v3 to v2 (B1): chunks are counted where, and only where, the fill value depends on them."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from test_migrate_chunk_keys import FOREIGN, STORES, Counted, chunks, node, v3_array

from support.hierarchies import Tree, document
from zarrcodec_bridge.stores import migrate
from zarrcodec_bridge.stores.chunk_keys import CompleteArrays
from zarrcodec_bridge.stores.mappings import MappingStore


def array(
    separator: str = ".", names: Any = ("y", "x"), fill_value: Any = 5, **attributes: Any
) -> Tree:
    """An array whose chunks hold -9, whose fill value is another number, and what xarray takes for missing."""
    (data,) = v3_array((4, 3), separator).values()
    found = json.loads(data) | {"fill_value": fill_value, "attributes": attributes}
    if names is not None:
        found["dimension_names"] = list(names)
    return {"a/zarr.json": document(**found)}


def consolidated(tree: Tree) -> Tree:
    """The same in a group with consolidated metadata."""
    held = {"kind": "inline", "must_understand": False}
    metadata = {"a": json.loads(tree["a/zarr.json"])}
    root = document(
        zarr_format=3,
        node_type="group",
        attributes={},
        consolidated_metadata={**held, "metadata": metadata},
    )
    return tree | {"zarr.json": root}


@pytest.mark.parametrize("kind", STORES)
@pytest.mark.parametrize(("separator", "pattern"), [(".", "%.%"), ("/", "%/%")])
@pytest.mark.parametrize("more", [{}, FOREIGN | {"a/9.9": b"", "a/00.0": b"", "a/0/00": b""}])
def test_b1_a_missing_chunk_is_a_loss(
    more: Tree, separator: str, pattern: str, kind: str, tmp_path: Path
) -> None:
    for missing, outcome in ((0, "will change"), (1, "refused")):
        tree = array(separator) | chunks(pattern, but=missing) | more
        for number, each in enumerate((tree, consolidated(tree))):
            report = migrate(STORES[kind](each, tmp_path / f"{missing}{number}"), 2)
            assert {found.outcome for found in report.nodes} == {outcome}
        assert (node(report).reason is None) is (missing == 0)
        assert node(report).losses == ()
    lossy = migrate(STORES[kind](each, tmp_path / "lossy"), 2, on_loss="warn")
    assert "xarray takes 5 for missing" in node(lossy).losses[0].message
    assert lossy.ok


@pytest.mark.parametrize("in_group", [False, True])
@pytest.mark.parametrize(
    ("attributes", "fill_value"), [({}, None), ({"_FillValue": 2}, 2), ({"_FillValue": 5}, 5)]
)
def test_b1_what_is_written_where_every_chunk_is_stored(
    attributes: dict[str, Any], fill_value: Any, in_group: bool
) -> None:
    tree = array(**attributes) | chunks("%.%")
    tree = consolidated(tree) if in_group else tree
    assert migrate(tree, 2, dry_run=False).ok
    assert json.loads(tree["a/.zarray"])["fill_value"] == fill_value
    if in_group:
        held = json.loads(tree[".zmetadata"])["metadata"]
        assert held["a/.zarray"] == json.loads(tree["a/.zarray"])
    assert {found.outcome for found in migrate(tree, 2).nodes} == {"unchanged"}


@pytest.mark.parametrize("separator", [".", "/"])
def test_b1_chunks_are_counted_only_where_it_matters(separator: str) -> None:
    there = chunks(f"%{separator}%")
    nested = [] if separator == "." else ["a/0", "a/1"]
    for tree, scans in (
        (array(separator), ["a", *nested]),
        (array(separator, _FillValue=5), []),
        (array(separator, names=None), []),
    ):
        store = Counted(tree | there)
        assert migrate(store, 2).ok
        assert store.scans == scans
    store = Counted(array(separator) | there)
    assert migrate(store, 2, keep_attributes=True).ok
    assert store.scans == []


class Unlisted(MappingStore):
    """A store in which the folder of an array cannot be listed."""

    def scan(self, path: str) -> Iterator[tuple[str, bool]]:
        if path == "a":
            raise PermissionError("no")
        return super().scan(path)


def test_b1_what_cannot_be_listed_is_no_empty_array() -> None:
    report = migrate(Unlisted(array() | chunks("%.%")), 2)
    assert node(report).outcome == "failed"
    assert "a cannot be listed: PermissionError: no" in node(report).reason
    report = migrate(Unlisted(array(names=None) | chunks("%.%")), 2)
    assert node(report).outcome == "failed"
    assert "its folder cannot be listed: PermissionError: no" in node(report).reason


class Endless(MappingStore):
    """An array of many chunks, which are listed one by one."""

    def scan(self, path: str) -> Iterator[tuple[str, bool]]:
        if path == "a":
            yield from ((f"{row}.{column}", False) for row in range(200) for column in range(150))


def test_b1_no_list_of_chunks_is_kept() -> None:
    found = json.loads(array()["a/zarr.json"]) | {"shape": [400, 300]}
    complete = CompleteArrays(Endless({}), "a", found)
    tracemalloc.start()
    try:
        assert "" in complete
        assert tracemalloc.get_traced_memory()[1] < 200_000
    finally:
        tracemalloc.stop()
    assert "" not in CompleteArrays(Endless({}), "a", found | {"shape": [402, 300]})


VALUES: Final = np.array([[-1, 0, 3], [4, 5, -1]], dtype="i2")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dtype", ["i2", "f4", "f8", "u1"])
@pytest.mark.parametrize(
    "attributes", [{}, {"_FillValue": 3}, {"scale_factor": 0.5, "_FillValue": 3}]
)
@pytest.mark.parametrize("fill_value", [0, 3])
def test_b1_xarray_sees_the_same(
    dtype: str, fill_value: int, attributes: dict[str, Any], tmp_path: Path
) -> None:
    """The oracle: what xarray masks before, it masks after, and nothing else."""
    xarray = pytest.importorskip("xarray")
    zarr = pytest.importorskip("zarr", minversion="3.1")
    values = np.abs(VALUES).astype(dtype)
    root = tmp_path / "s"
    group = zarr.create_group(root)
    encoded = dict(attributes)
    if dtype[0] == "f" and "_FillValue" in encoded:
        from xarray.backends.zarr import FillValueCoder

        encoded["_FillValue"] = FillValueCoder.encode(encoded["_FillValue"], np.dtype(dtype))
    made = group.create_array(
        "v",
        shape=values.shape,
        chunks=(1, 2),
        dtype=dtype,
        fill_value=fill_value,
        chunk_key_encoding={"name": "v2", "separator": "."},
        dimension_names=["y", "x"],
        attributes=encoded,
        config={"write_empty_chunks": True},
    )
    made[:] = values
    before = xarray.open_zarr(root, zarr_format=3, consolidated=False)["v"].load()
    assert migrate(root, 2, dry_run=False, verify=2).ok
    after = xarray.open_zarr(root, zarr_format=2, consolidated=False)["v"].load()
    xarray.testing.assert_equal(before, after)
    assert before.dtype == after.dtype
