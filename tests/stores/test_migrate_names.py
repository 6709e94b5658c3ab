"""Nodes and folders that have the name of a document (D8): refused, with the reason, before anything is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from test_migrate_chunk_keys import STORES

from support.hierarchies import Tree, document, read_tree, without_journal, write_tree, zarray
from zarrcodec_bridge.stores import Report, migrate

NAMES: Final = ("zarr.json", ".zarray", ".zgroup", ".zattrs", ".zmetadata")
V3_ARRAY: Final = {
    "zarr_format": 3,
    "node_type": "array",
    "shape": [2],
    "data_type": "int16",
    "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2]}},
    "chunk_key_encoding": {"name": "v2"},
    "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
    "fill_value": 0,
    "attributes": {},
}


def documents_of(kind: str, zarr_format: int) -> Tree:
    """The document of a node that is to become of that format."""
    if zarr_format == 2:
        node = V3_ARRAY if kind == "array" else {"zarr_format": 3, "node_type": "group"}
        return {"zarr.json": document(**node)}
    if kind == "array":
        return {".zarray": zarray([2], [2], "<i2")}
    return {".zgroup": document(zarr_format=2)}


def store_with(name: str, kind: str, zarr_format: int) -> Tree:
    """A hierarchy with a node of that name in a group, and one that has nothing to do with it."""
    nodes = {"": "group", "g": "group", f"g/{name}": kind, "a": "array"}
    if kind == "group":
        nodes[f"g/{name}/x"] = "array"
    return {
        f"{path}/{file}".lstrip("/"): data
        for path, each in nodes.items()
        for file, data in documents_of(each, zarr_format).items()
    }


def possible(name: str, kind: str, zarr_format: int) -> bool:
    """Whether files can lie so: the node's folder is not a document of the group too."""
    clash = name == ("zarr.json" if zarr_format == 2 else ".zgroup")
    return not clash or kind in ("zip", "mapping")


CASES: Final = [
    pytest.param(name, kind, zarr_format, id=f"{name}-{kind}-to v{zarr_format}")
    for name in NAMES
    for kind in STORES
    for zarr_format in (3, 2)
    if possible(name, kind, zarr_format)
]


def outcomes(report: Report) -> dict[str, str]:
    return {node.path: node.outcome.replace("will change", "done") for node in report.nodes}


@pytest.mark.parametrize("node", ["array", "group"])
@pytest.mark.parametrize(("name", "kind", "zarr_format"), CASES)
def test_d8_the_dry_run_says_what_the_run_does(
    name: str, kind: str, zarr_format: Any, node: str, tmp_path: Path
) -> None:
    tree = store_with(name, node, zarr_format)
    before = dict(tree)
    store = STORES[kind](tree, tmp_path)
    planned = migrate(store, zarr_format)
    reasons = {found.path: found.reason or "" for found in planned.of("refused")}
    assert reasons.keys() == {"", "g", f"g/{name}"}
    assert f"the name of a document, {name}; rename" in reasons[f"g/{name}"]
    assert f"g/{name}" in reasons["g"]
    report = migrate(store, zarr_format, dry_run=False)
    assert outcomes(report) == outcomes(planned)
    assert {found.path: found.reason for found in report.of("refused")} == reasons
    if kind not in ("mapping", "directory"):
        return
    after = without_journal(read_tree(store) if kind == "directory" else tree)
    assert {key: after[key] for key in before} == before
    done = {path for path, outcome in outcomes(report).items() if outcome == "done"}
    assert done == {"a"} | ({f"g/{name}/x"} if node == "group" else set())
    assert {key.rpartition("/")[0] for key in after.keys() - before.keys()} == done


@pytest.mark.parametrize("kind", ["directory", "zip", "mapping"])
@pytest.mark.parametrize("node", ["g", "a"])
@pytest.mark.parametrize("zarr_format", [3, 2])
@pytest.mark.parametrize("partial", [False, True])
def test_d8_a_folder_in_a_document_s_place(
    zarr_format: Any, node: str, kind: str, partial: bool, tmp_path: Path
) -> None:
    name = "zarr.json" if zarr_format == 3 else ".zarray" if node == "a" else ".zgroup"
    tree = store_with("c", "array", zarr_format) | {f"{node}/{name}/README": b""}
    store = STORES[kind](tree, tmp_path)
    planned = migrate(store, zarr_format, partial=partial)
    reasons = {found.path: found.reason for found in planned.of("refused")}
    assert f"{name} is a folder" in str(reasons[node])
    assert reasons.keys() == ({node} if partial else {"", node})
    report = migrate(store, zarr_format, partial=partial, dry_run=False)
    assert outcomes(report) == outcomes(planned)


@pytest.mark.parametrize("kind", STORES)
@pytest.mark.parametrize("zarr_format", [3, 2])
def test_d8_other_names_are_free(kind: str, zarr_format: Any, tmp_path: Path) -> None:
    for name in ("c", "0", "zarr", "zarr.json.d", ".zarrays"):
        store = STORES[kind](store_with(name, "group", zarr_format), tmp_path / name)
        assert migrate(store, zarr_format, dry_run=False).counts == {"done": 5}


def test_d8_a_mere_folder_of_that_name_harms_nothing(tmp_path: Path) -> None:
    tree = store_with("c", "array", 3) | {".zattrs/README": b"", "x/zarr.json/a/.zarray": b"{}"}
    root = write_tree(tmp_path / "s", tree)
    report = migrate(root, dry_run=False)
    assert [found.path for found in report.of("refused")] == ["", "x/zarr.json/a"]
