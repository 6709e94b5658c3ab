"""The page on migrating a store holds: its blocks run from the first to the last, in one folder."""

from __future__ import annotations

import doctest
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from support.hierarchies import Tree, document, v2_tree, zarray
from zarrcodec_bridge.stores import MigrationError, migrate, undo, verify

CHECKOUT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = CHECKOUT / "docs" / "migrate.md"
FLAGS: Final = doctest.ELLIPSIS


def blocks() -> Iterator[tuple[str, str]]:
    """The language and text of each block whose section has what it needs."""
    for section in re.split(r"^(?=## )", PAGE.read_text(), flags=re.MULTILINE):
        needs = re.search(r"<!-- needs: (.*?) -->", section)
        if all(map(importlib.util.find_spec, needs[1].split() if needs else ())):
            yield from re.findall(r"```(python|console)\n(.*?)```", section, re.DOTALL)


def environment(folder: Path) -> dict[str, str]:
    """Where the command is that the page calls."""
    folder.mkdir()
    shim = folder / "zarrcodec-bridge"
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -W ignore -m zarrcodec_bridge "$@"\n')
    shim.chmod(0o755)
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONPATH": str(CHECKOUT)}


def session(text: str, home: Path, environ: dict[str, str]) -> str:
    """A console session as it goes."""
    seen = ""
    for command in re.findall(r"^\$ (.*)\n", text, re.MULTILINE):
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=home,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        seen += f"$ {command}\n" + done.stdout.replace(f"{home}/", "")
    return seen


@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(sys.platform == "win32", reason="the page is for a POSIX shell")
def test_the_page(tmp_path: Path, monkeypatch: Any) -> None:
    pytest.importorskip("zarr", minversion="3.1.3")
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    environ = environment(tmp_path / "bin")
    names: dict[str, Any] = {}
    for number, (language, text) in enumerate(blocks()):
        if language == "console":
            assert session(text, home, environ) == text
            continue
        test = doctest.DocTestParser().get_doctest(text, names, f"block {number}", PAGE.name, 0)
        said: list[str] = []
        runner = doctest.DocTestRunner(optionflags=FLAGS)
        results = runner.run(test, out=said.append, clear_globs=False)
        assert results.failed == 0, "".join(said)
        names.update(test.globs)
    assert number > 12


def v3(**members: Any) -> Tree:
    """A store of one v3 array."""
    array = {
        "zarr_format": 3,
        "node_type": "array",
        "shape": [4],
        "data_type": "float64",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2]}},
        "chunk_key_encoding": {"name": "v2"},
        "codecs": LITTLE,
        "fill_value": 0,
        "attributes": {},
    }
    return {"new/zarr.json": document(**(array | members))}


LITTLE: Final = [{"name": "bytes", "configuration": {"endian": "little"}}]
SHARDS: Final = {"chunk_shape": [1], "codecs": LITTLE, "index_codecs": LITTLE}
CAST: Final = {"data_type": "int16", "out_of_range": "wrap"}
PLAIN: Final = {"a/.zarray": zarray([4], [2], "<i2")}
BROKEN: Final = {"broken/.zarray": zarray([4], [2], "<i2", compressor={"id": "acme"})}


def migrated(change: Mapping[str, bytes | None]) -> Tree:
    """A store after a migration, and what was changed in it since."""
    tree = v2_tree()
    assert migrate(tree, dry_run=False).ok
    return changed(tree, change)


def changed(tree: Tree, change: Mapping[str, bytes | None]) -> Tree:
    """A store with other documents."""
    return {key: data for key, data in {**tree, **change}.items() if data is not None}


MARK: Final = document(zarrcodec_bridge=1, written={}, removing={}, begun=True)
REMOVE: Final = {"dry_run": False, "verify": 1, "remove_old": True}
REFUSALS: Final[dict[str, Callable[[], object]]] = {
    "no codec is registered for the v2 name 'acme'": lambda: migrate(dict(BROKEN)),
    "pickle cannot be written as v3: v3 has no data type for its objects": lambda: migrate(
        {"a/.zarray": zarray([4], [2], "|O", filters=[{"id": "pickle"}])}
    ),
    "chunk key encoding default cannot be written as v2": lambda: migrate(
        v3(chunk_key_encoding={"name": "default"}), 2
    ),
    "sharding_indexed cannot be written as v2": lambda: migrate(
        v3(codecs=[{"name": "sharding_indexed", "configuration": SHARDS}]), 2
    ),
    "chunk grid rectilinear cannot be written as v2": lambda: migrate(
        v3(
            chunk_grid={
                "name": "rectilinear",
                "configuration": {"kind": "inline", "chunk_shapes": [[1, 3]]},
            }
        ),
        2,
    ),
    "storage_transformers cannot be written as v3": lambda: migrate(
        v3(storage_transformers=[{"name": "acme"}]), 2
    ),
    "special: unknown member, which readers must understand": lambda: migrate(
        v3(special={"must_understand": True}), 2
    ),
    "cast_value cannot be written as v2: astype decodes the same, but encodes otherwise": lambda: (
        migrate(v3(codecs=[{"name": "cast_value", "configuration": CAST}, *LITTLE]), 2)
    ),
    "fill_value cannot be written as v2: xarray takes": lambda: migrate(
        v3(dimension_names=["x"]), 2
    ),
    "attributes.valid_min cannot be written as v3: the number NaN": lambda: migrate(
        v2_tree() | {"plain/.zattrs": b'{"valid_min": NaN}'}
    ),
    "zarr.json is there already and differs in": lambda: migrate(
        changed(
            migrated({".zarrcodec_bridge": None}),
            {"plain/.zarray": zarray([8], [3], "|u1"), "plain/zarr.json": b"{}"},
        )
    ),
    ".zarray is not JSON": lambda: migrate(changed(v2_tree(), {"plain/.zarray": b'{"zarr'})),
    "it holds broken, which would not be seen through its new document": lambda: migrate(
        v2_tree() | BROKEN
    ),
    "it has the name of a document, zarr.json": lambda: migrate(
        {"a/zarr.json/.zarray": zarray([4], [2], "<i2")}
    ),
    "zarr.json is a folder, where its document is to be": lambda: migrate(
        PLAIN | {"a/zarr.json/README": b""}
    ),
    "no chunk is where .zarray says (at 1, say), but there is one at c/0": lambda: migrate(
        PLAIN | {"a/c/0": bytes(4)}
    ),
    ".zarray does not name the chunk c/0": lambda: migrate(
        PLAIN | {"a/0": bytes(4), "a/c/0": bytes(4)}, verify=1, remove_old=True
    ),
    "not verified: zarr-python could not decode it": lambda: migrate(
        changed(v2_tree(), {"sub/delta/0": b"nonsense"}), verify=5
    ),
    "not verified: chunk 0 decodes to other values": lambda: migrate(v2_tree(), verify=5),
    "a migration of this store is being undone, or that was interrupted: finish it": lambda: (
        migrate(migrated({f".zarrcodec_bridge/{'0' * 32}.undo.json": MARK}), dry_run=False)
    ),
    "old documents kept: broken was refused": lambda: migrate(v2_tree() | BROKEN, **REMOVE),
    "old documents kept: plain is in consolidated metadata only": lambda: migrate(
        changed(v2_tree(), {"plain/.zarray": None}), **REMOVE
    ),
    "zarr.json was changed since the migration": lambda: undo(
        migrated({"plain/zarr.json": v3()["new/zarr.json"]})
    ),
    "new was added since the migration, in the new format only": lambda: undo(migrated(v3())),
    "its old document is gone; migrate it to v2 instead": lambda: undo(
        migrated({"plain/.zarray": None})
    ),
    "there is nothing to undo": lambda: undo(v2_tree()),
}
"""What makes each reason in the page's tables."""


def test_the_tables_have_these_reasons() -> None:
    rows = re.findall(r"^\| `(.*?)` \| .+ \|$", PAGE.read_text(), re.MULTILINE)
    assert rows == list(REFUSALS)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("reason", REFUSALS)
def test_it_is_refused_in_these_words(reason: str, monkeypatch: Any) -> None:
    if "verified" in reason or "kept" in reason or "name the chunk" in reason:
        pytest.importorskip("zarr", minversion="3")
    if "other values" in reason:
        monkeypatch.setattr(verify._Pair, "equal", lambda pair, region: region != (slice(0, 3),))
    try:
        said = str(REFUSALS[reason]())
    except MigrationError as error:
        said = str(error)
    assert reason in said
