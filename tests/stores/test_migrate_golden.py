"""What real implementations wrote, as one store: migrated, and read by the zarr-python that is installed.

Of the readers the promise is about all: zarr-python 2.18 reads v2, and 3.1 and 3.4 read both.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from support import shared

for package in ("numcodecs", "zfpy", "pcodec", "crc32c", "msgpack"):
    pytest.importorskip(package)
zarr = pytest.importorskip("zarr")

from support.hierarchies import Tree, document, read_tree, write_tree  # noqa: E402
from support.readers import RefusedError, equal, native, read_path  # noqa: E402
from zarrcodec_bridge.stores import Report, migrate, undo  # noqa: E402

VERSION = tuple(int(part) for part in zarr.__version__.split(".")[:2])
FORMATS = [2] if VERSION < (3,) else [3, 2]

pytestmark = [
    pytest.mark.skipif(VERSION == (3, 0), reason="zarr-python 3.0 knows few of v3's data types"),
    pytest.mark.filterwarnings("ignore"),
]

OPTIONS: dict[str, Any] = {"target": "zarr-python", "on_loss": "ignore", "partial": True}

REFUSED = {
    3: {
        "base64_comp-0": "no implementation has a v3 name for it",
        "json2-0": "v3 has no data type for its objects",
        "struct_mixed_le-0": "its fields have different byte orders",
        "vlen_array-0": "v3 has no data type for arrays in an array",
    },
    2: {"packbits_first_byte-1": "numcodecs packbits has the opposite bit order"},
}
"""By the format to write: what has no form in it, and why. Everything else is migrated."""

COUNTS = {3: 134, 2: 225}
"""How many arrays there are of the other format."""

NOT_BEFORE = {
    ("astype_be-0", 3): (3, 3),  # reads [numcodecs.astype, bytes big] wrong
    ("struct_be-0", 3): (3, 3),  # does not know struct, then ignores its byte order
    ("blosc_struct-0", 3): (3, 2),  # does not know struct
    ("struct_le_b64fill-0", 3): (3, 2),
    ("struct_shuffle_zlib-0", 3): (3, 2),
    ("struct_nested-0", 3): (3, 2),
    ("struct_nested-1", 2): (3, 4),  # 3.0 to 3.3 know no nested struct in v2
}
"""The zarr-python 3 since which an array is read in a format: those before open no such array, or read it wrong."""


def unread(zarr_format: int) -> set[str]:
    """What the installed zarr-python cannot read in a format, whoever wrote it."""
    return {
        name
        for (name, read_as), since in NOT_BEFORE.items()
        if read_as == zarr_format and (3,) <= VERSION < since
    }


def golden(zarr_format: int) -> tuple[Tree, dict[str, shared.Written]]:
    """The arrays that are to be migrated to a format, in one group, and what they hold."""
    root = (
        {".zgroup": document(zarr_format=2)}
        if zarr_format == 3
        else {"zarr.json": document(zarr_format=3, node_type="group", attributes={})}
    )
    tree: Tree = {**root}
    arrays = {}
    for name, all_written in shared.chunks().items():
        for number, written in enumerate(all_written):
            if written.zarr_format != zarr_format:
                path = f"{name}-{number}"
                file = ".zarray" if written.zarr_format == 2 else "zarr.json"
                tree[f"{path}/{file}"] = json.dumps(written.metadata).encode()
                tree |= {f"{path}/{key}": data for key, data in written.chunks.items()}
                arrays[path] = written
    return tree, arrays


def refusals(report: Report) -> dict[str, str]:
    return {node.path: node.reason or "" for node in report.of("refused", "failed")}


def read_group(root: Path, zarr_format: int) -> Any:
    """The store as the installed zarr-python opens it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if VERSION < (3,):
            return zarr.open_group(str(root), mode="r")
        return zarr.open_group(root, mode="r", zarr_format=zarr_format)


@pytest.mark.parametrize("zarr_format", FORMATS)
def test_all_of_it_reads_equal_through_the_new_documents_alone(
    tmp_path: Path, zarr_format: int
) -> None:
    tree, arrays = golden(zarr_format)
    assert len(arrays) == COUNTS[zarr_format]
    root = write_tree(tmp_path / "s", tree)
    report = migrate(root, zarr_format, dry_run=False, **OPTIONS)  # type: ignore[arg-type]
    refused = refusals(report)
    assert refused.keys() == REFUSED[zarr_format].keys()
    assert all(reason in refused[path] for path, reason in REFUSED[zarr_format].items())
    after = read_tree(root)
    assert {key: after[key] for key in tree} == tree

    old = (".zarray", ".zgroup", ".zattrs") if zarr_format == 3 else ("zarr.json",)
    for key in after:
        if key.rpartition("/")[2] in old:
            (root / key).unlink()
    group = read_group(root, zarr_format)
    equal_arrays = set()
    for path, written in arrays.items():
        try:
            if equal(native(group[path][...]), written.expected()):
                equal_arrays.add(path)
        except Exception:  # what cannot be opened is not equal
            continue
    assert arrays.keys() - equal_arrays == refused.keys() | unread(zarr_format)


@pytest.mark.skipif(VERSION < (3,), reason="verification needs zarr-python 3")
@pytest.mark.parametrize("zarr_format", FORMATS)
def test_all_of_it_is_verified_or_refused(tmp_path: Path, zarr_format: int) -> None:
    """Whatever the version that verifies, nothing that it reads wrong in either format is written."""
    tree, arrays = golden(zarr_format)
    root = write_tree(tmp_path / "s", tree)
    report = migrate(root, zarr_format, dry_run=False, verify=1000, **OPTIONS)  # type: ignore[arg-type]
    refused = refusals(report)
    assert REFUSED[zarr_format].keys() <= refused.keys()
    assert unread(zarr_format) <= refused.keys()
    for path in refused.keys() - REFUSED[zarr_format].keys():
        assert "not verified" in refused[path]
        assert path in unread(zarr_format) or not reads_right(root / path, arrays[path])
    done = [node for node in report.nodes if node.kind == "array" and node.outcome == "done"]
    assert len(done) == len(arrays) - len(refused)
    assert all(node.verified == len(arrays[node.path].chunks) for node in done)
    group = read_group(root, zarr_format)
    wrong = [
        n.path for n in done if not equal(native(group[n.path][...]), arrays[n.path].expected())
    ]
    assert wrong == []
    assert undo(root).ok
    assert read_tree(root) == tree


def reads_right(path: Path, written: shared.Written) -> bool:
    """Whether the installed zarr-python reads an array right as it was before."""
    try:
        return equal(read_path("zarr-python", path), written.expected())
    except RefusedError:
        return False
