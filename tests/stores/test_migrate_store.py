"""A whole store from one format to the other and back: what is written, what stays, and what is read then."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from zarrcodec_bridge.stores import MigrationError, migrate, undo

zarr = pytest.importorskip("zarr", minversion="3.2")
numcodecs = pytest.importorskip("numcodecs")
np = pytest.importorskip("numpy")

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A v2 hierarchy with what zarr-python's own migration refuses, and one array that has no v3 form."""
    path = tmp_path / "old.zarr"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        group = zarr.open_group(path, mode="w", zarr_format=2, attributes={"title": "t"})
        filtered = group.create_array(
            "filtered",
            shape=(10, 10),
            chunks=(4, 4),
            dtype=">i4",
            order="F",
            filters=[numcodecs.Shuffle(4)],
            compressors=numcodecs.Zlib(1),
        )
        filtered[:] = np.arange(100).reshape(10, 10)
        inner = group.create_group("inner")
        automatic = inner.create_array(
            "automatic",
            shape=(7,),
            chunks=(3,),
            dtype="f4",
            compressors=numcodecs.Blosc(shuffle=-1),
        )
        automatic[:] = np.linspace(0, 1, 7)
        texts = inner.create_array("texts", shape=(3,), dtype=str)
        texts[:] = np.array(["x", "yy", ""], dtype=object)
    (path / "odd").mkdir()
    document = json.loads((path / "filtered" / ".zarray").read_text())
    (path / "odd" / ".zarray").write_text(
        json.dumps({**document, "filters": [{"id": "json2"}], "dtype": "|O"})
    )
    return path


def values(path: Path, zarr_format: Any) -> dict[str, list[Any]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        group = zarr.open_group(path, mode="r", zarr_format=zarr_format)
        return {
            name: group[name][:].tolist() for name in ("filtered", "inner/automatic", "inner/texts")
        }


def files(path: Path) -> dict[str, bytes]:
    return {str(p.relative_to(path)): p.read_bytes() for p in path.rglob("*") if p.is_file()}


def test_a_dry_run_writes_nothing(store: Path) -> None:
    before = files(store)
    report = migrate(store, 3)
    assert files(store) == before
    assert {node.path: node.outcome for node in report.nodes if node.kind == "array"} == {
        "filtered": "will change",
        "inner/automatic": "will change",
        "inner/texts": "will change",
        "odd": "refused",
    }
    assert not report.ok


def test_a_store_is_migrated_verified_and_undone(store: Path) -> None:
    before, was = files(store), values(store, 2)
    report = migrate(store, 3, dry_run=False, verify=3, partial=True)
    assert values(store, 3) == was == values(store, 2)
    refused = [node for node in report.nodes if node.outcome == "refused"]
    assert [node.path for node in refused] == ["odd"]
    assert "json2" in str(refused[0])
    after = files(store)
    assert {name: after[name] for name in before} == before, "nothing existing was touched"
    assert {name.rsplit("/")[-1] for name in set(after) - set(before)} - {"zarr.json"} <= {
        name.rsplit("/")[-1] for name in set(after) - set(before) if name.startswith(".")
    }
    again = migrate(store, 3, dry_run=False, partial=True)
    assert not [node for node in again.nodes if node.outcome == "done"], (
        "a second run has nothing to do"
    )
    undo(store, dry_run=False)
    assert files(store) == before


def test_there_and_back(store: Path, tmp_path: Path) -> None:
    import shutil

    was = values(store, 2)
    shutil.rmtree(store / "odd")
    assert migrate(store, 3, dry_run=False).ok
    for old in [*store.rglob(".z*")]:
        if old.is_file() and old.name in (".zarray", ".zgroup", ".zattrs", ".zmetadata"):
            old.unlink()
    assert values(store, 3) == was
    assert migrate(store, 2, dry_run=False).ok
    assert values(store, 2) == was


def test_every_array_is_readable_after_every_write(store: Path) -> None:
    """The process is killed at its n-th write, for all n; then the run goes on."""
    was = values(store, 2)
    code = """
import os, sys
from zarrcodec_bridge.stores import migrate
left = int(sys.argv[2])
def dying(call):
    def step(*args, **kwargs):
        global left
        if left == 0:
            os._exit(9)
        left -= 1
        return call(*args, **kwargs)
    return step
for name in ("replace", "link", "unlink", "open"):
    setattr(os, name, dying(getattr(os, name)))
migrate(sys.argv[1], 3, dry_run=False, partial=True, max_workers=1)
"""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    for writes in range(0, 400, 7):
        done = subprocess.run([sys.executable, "-c", code, str(store), str(writes)], env=env)
        assert values(store, 2) == was
        if (store / "zarr.json").exists() and done.returncode == 0:
            break
        with suppress(MigrationError):  # killed before it wrote anything: nothing to undo
            undo(store, dry_run=False)
        assert values(store, 2) == was
    else:
        pytest.fail("the migration never came to its end")
    assert writes > 3
    assert values(store, 3) == was


def test_on_the_command_line(store: Path) -> None:
    run = [
        sys.executable,
        "-m",
        "zarrcodec_bridge",
        "migrate",
        str(store),
        "--partial",
        "--write",
        "--json",
    ]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(run, env=env, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)
    assert values(store, 3) == values(store, 2)
