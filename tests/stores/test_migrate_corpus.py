"""The corpus's stores, which other implementations wrote: each is migrated and reads equal, or is refused rightly."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from support import shared
from zarrcodec_bridge.documents.metadata import normalize_metadata
from zarrcodec_bridge.stores import NodeReport, migrate, undo

for package in ("numcodecs", "zfpy", "pcodec"):
    pytest.importorskip(package)
zarr = pytest.importorskip("zarr")

from support import readers  # noqa: E402
from support.hierarchies import read_tree  # noqa: E402

with suppress(ImportError):  # where nobody has installed entry points for them
    import imagecodecs.numcodecs

    imagecodecs.numcodecs.register_codecs(verbose=False)

VERSION = tuple(int(part) for part in zarr.__version__.split(".")[:2])

pytestmark = [
    pytest.mark.skipif(VERSION == (3, 0), reason="zarr-python 3.0 knows few of v3's data types"),
    pytest.mark.filterwarnings("ignore"),
]
reads_v3 = pytest.mark.skipif(VERSION < (3,), reason="zarr-python 2 reads no v3")

STORES = shared.stores()
V2 = [store for store in STORES if store.entry["zarr_format"] == 2]
V3 = [store for store in STORES if store.entry["zarr_format"] == 3]

REFUSED = json.loads(
    (Path(__file__).parents[1] / "data" / "corpus_refusals_stores.json").read_text()
)
"""By store: an excerpt of the reason that refuses it, and why that is right. Those in v3 have keys of v2 before."""

DONE, BOTH = 259, 6
"""How many are migrated, those in v3 once their chunks have keys of v2, and how many are in both formats already."""

OF_TENSORSTORE = {"387-gts-v3_bf16", "388-gts-v3_f8", "389-gts-v3_i4", "390-gts-v3_i2"}
"""Data types that zarr-python has not."""


def test_every_store_is_counted() -> None:
    folders = {path.name for path in (shared.folder() / "corpus" / "stores").iterdir()}
    assert {store.name for store in STORES} == folders
    assert len(STORES) == DONE + BOTH + len(REFUSED)
    assert {*REFUSED, *OF_TENSORSTORE} <= folders
    assert all(entry["why"] for entry in REFUSED.values())


def migrated(root: Path, zarr_format: Any) -> NodeReport:
    """The report of an array that is a store."""
    target = "zarr-python" if zarr_format == 3 else "spec"  # tensorstore alone reads some in v2
    report = migrate(root, zarr_format, dry_run=False, target=target, on_loss="ignore")
    (node,) = [node for node in report.nodes if not node.path]
    return node


def read(path: Path) -> Any:
    """By the first of the readers that can."""
    for reader in ("zarr-python", "tensorstore"):
        if reader in readers.available():
            with suppress(readers.RefusedError):
                return readers.read_path(reader, path)  # type: ignore[arg-type]
    return None


def known(store: shared.Store, found: Any, folder: Path) -> Any:
    """What a store holds: as its writer says, or as a reader reads it as it is, or with a repaired document."""
    expected = store.expected(found.dtype)
    if expected is not None and "tolerance" not in store.entry["expected"]:
        return expected
    if (original := read(store.path)) is not None:
        return original
    shutil.copytree(store.path, folder)
    name = ".zarray" if store.entry["zarr_format"] == 2 else "zarr.json"
    (folder / name).write_text(json.dumps(normalize_metadata(store.document, target="zarr-python")))
    return read(folder)


def readable(store: shared.Store, zarr_format: int) -> bool:
    """Whether the reader of a store's codecs and data type is installed."""
    if store.name in OF_TENSORSTORE:
        return "tensorstore" in readers.available()
    if "imagecodecs" not in json.dumps(store.document):
        return True
    if find_spec("imagecodecs") is None:  # our own entry points name its codecs all the same
        return False
    import numcodecs

    try:
        if zarr_format == 2:
            numcodecs.get_codec({"id": "imagecodecs_lzw"})
        else:
            from zarr.registry import get_codec_class

            get_codec_class("imagecodecs_lzw")
    except (ValueError, KeyError):
        return False
    return True


def check(store: shared.Store, root: Path, zarr_format: int) -> None:
    """Migrate a store, read it through the new document alone, and undo it; or see it refused."""
    before = read_tree(root)
    node = migrated(root, zarr_format)
    if store.name in REFUSED:
        assert node.outcome == "refused"
        assert REFUSED[store.name]["excerpt"] in (node.reason or "")
        assert read_tree(root) == before
        return
    assert node.outcome == "done", node
    after = read_tree(root)
    assert {key: after[key] for key in before} == before
    alone = shutil.copytree(root, root.with_name("alone"))
    (alone / (".zarray" if zarr_format == 3 else "zarr.json")).unlink()
    found = read(alone)
    assert found is not None or not readable(store, zarr_format)
    if found is not None:
        expected = known(store, found, root.with_name("repaired"))
        if expected is None:  # what only the newest reader of v3 reads
            assert VERSION < (3, 4)
        else:
            assert readers.equal(found, expected)
    assert undo(root).ok
    assert read_tree(root) == before


@reads_v3
@pytest.mark.parametrize("store", V2, ids=lambda store: store.name)
def test_v2_becomes_v3(store: Any, tmp_path: Path) -> None:
    root = shutil.copytree(store.path, tmp_path / "store")
    if (root / "zarr.json").exists():
        assert migrated(root, 3).outcome == "unchanged"
        assert migrated(root, 2).outcome == "unchanged"
        assert readers.equal(read(root), known(store, read(root), tmp_path / "repaired"))
        return
    check(store, root, 3)


def test_six_are_in_both_formats_already() -> None:
    assert sum((store.path / "zarr.json").exists() for store in V2) == BOTH


@pytest.mark.parametrize("store", V3, ids=lambda store: store.name)
def test_v3_becomes_v2_once_its_chunks_have_keys_of_v2(store: Any, tmp_path: Path) -> None:
    """As the chunks are, under `c/`, all are refused, and the reason names this remedy."""
    root = shutil.copytree(store.path, tmp_path / "store")
    node = migrated(root, 2)
    assert node.outcome == "refused"
    assert "copy them to v2's keys" in (node.reason or "") or store.name in REFUSED
    keys = root / "c"
    if keys.is_file():
        keys.rename(root / "0")
    elif keys.is_dir():
        for chunk in [*keys.iterdir()]:
            chunk.rename(root / chunk.name)
        keys.rmdir()
    encoding = {"name": "v2", "configuration": {"separator": "/"}}
    (root / "zarr.json").write_text(json.dumps({**store.document, "chunk_key_encoding": encoding}))
    check(store, root, 2)


@reads_v3
def test_all_in_one_store_stay_readable_with_both_documents(tmp_path: Path) -> None:
    """With verification under any zarr-python 3, for what it cannot read is refused then; 3.4 must need none."""
    for store in STORES:
        shutil.copytree(store.path, tmp_path / store.name)

    def values() -> dict[str, Any]:
        return {store.name: read(tmp_path / store.name) for store in STORES}

    before = values()
    verify = 0 if VERSION >= (3, 4) else 1000
    for zarr_format in (2, 3):
        migrate(
            tmp_path,
            zarr_format,  # type: ignore[arg-type]
            dry_run=False,
            target="zarr-python",
            on_loss="ignore",
            verify=verify,
        )
    after = values()
    lost = {
        name
        for name, found in before.items()
        if found is not None and (after[name] is None or not readers.equal(found, after[name]))
    }
    assert not lost
