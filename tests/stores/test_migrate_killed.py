"""A process that is killed before its first, its second, ... operation on the file system: then go on, or go back."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from support.faults import SMALL, V3_ARRAYS, Readability, needs_zarr3, small_tree
from support.hierarchies import Tree, read_tree, v3_tree, without_journal, write_tree
from zarrcodec_bridge.stores import MigrationError, migrate, undo

CHECKOUT = Path(__file__).resolve().parents[2]
TREES = {3: small_tree, 2: v3_tree}
"""The hierarchies, by the format that they are migrated to."""
HELD = {3: SMALL, 2: V3_ARRAYS}
OLD = {3: (".zarray", ".zattrs", ".zgroup", ".zmetadata"), 2: ("zarr.json",)}

pytestmark = [pytest.mark.long, pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")]

KILLED = """
    import os, shutil, signal, sys, threading
    import zarrcodec_bridge.stores as m
    from zarrcodec_bridge.stores import directories, disk
    source, target, work, way, zarr_format = sys.argv[1:]
    # what changes the disk: a process that is killed elsewhere leaves what it leaves before the next of these
    COUNTED = ["open", "write", "fsync", "link", "replace", "rename", "unlink", "rmdir", "mkdir"]
    CREATING = os.O_CREAT | os.O_TRUNC
    originals = {name: getattr(os, name) for name in COUNTED}
    if way == "named":
        directories._NAMELESS = None
        disk._whole_file_system = lambda: None
    options = {"zarr_format": int(zarr_format), "dry_run": False, "max_workers": 1}
    def run(root, at):
        left = [at]
        lock = threading.Lock()
        def counting(function):
            def call(*args, **kwargs):
                if function is originals["open"] and not (args[1:] and args[1] & CREATING):
                    return function(*args, **kwargs)
                with lock:
                    left[0] -= 1
                    if left[0] == 0:
                        os.kill(os.getpid(), signal.SIGKILL)
                return function(*args, **kwargs)
            return call
        for name, function in originals.items():
            setattr(os, name, counting(function))
        if work == "undo":
            m.undo(root)
        elif work == "remove":
            m.migrate(root, verify=1, remove_old=True, **options)
        else:
            m.migrate(root, **options)
    if work == "remove":  # import what verification needs once, not in each child
        shutil.copytree(source, f"{target}-warm")
        m.migrate(f"{target}-warm", verify=1, **options)
    at = 0
    while True:
        at += 1
        root = f"{target}/{at}"
        shutil.copytree(source, root)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                run(root, at)
                code = 0
            finally:
                os._exit(code)
        status = os.waitpid(child, 0)[1]
        if os.WIFSIGNALED(status):
            assert os.WTERMSIG(status) == signal.SIGKILL
            continue
        assert status == 0
        print(at)
        break
"""


def states(
    source: Path, target: Path, work: str, zarr_format: int, way: str = "nameless"
) -> list[Path]:
    """Copies of `source` in which `work` was killed before its first, its second, ... operation; the last is whole."""
    target.mkdir()
    arguments = [source, target, work, way, str(zarr_format)]
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED), *map(str, arguments)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    roots = sorted(target.iterdir(), key=lambda path: int(path.name))
    assert len(roots) == int(done.stdout)
    return roots


def without_drafts(tree: Tree) -> Tree:
    return {key: data for key, data in tree.items() if not key.endswith(".tmp")}


def goes_back(root: Path, before: Tree) -> None:
    """Undo what was done, if anything was, and find everything as it was before."""
    tree = read_tree(root)
    try:
        assert undo(root).ok
    except MigrationError as error:
        assert "there is nothing to undo" in str(error)
        assert without_journal(tree) == before
    assert without_journal(read_tree(root)) == before


@pytest.mark.parametrize("way", ["nameless", "named"])
@pytest.mark.parametrize("zarr_format", TREES)
def test_at_every_operation_of_a_migration(tmp_path, zarr_format, way):
    source = write_tree(tmp_path / "source", TREES[zarr_format]())
    before = read_tree(source)
    readable = Readability(tmp_path / "seen", HELD[zarr_format])
    roots = states(source, tmp_path / "killed", "migrate", zarr_format, way)
    assert len(roots) > 20
    for root in roots:
        tree = read_tree(root)
        assert {key: tree[key] for key in before} == before
        readable.check(without_drafts(tree))
        assert [key for key in tree if key.endswith(".tmp") and "/" not in key] == []
        resumed = write_tree(root.with_name(f"{root.name}-resumed"), tree)
        assert migrate(resumed, zarr_format, dry_run=False).ok
        readable.check(without_drafts(read_tree(resumed)))
        goes_back(root, before)
    assert len(readable.known) > (3 if zarr_format == 3 else 2)


@needs_zarr3
@pytest.mark.parametrize("zarr_format", TREES)
def test_while_it_removes_old_documents(tmp_path, zarr_format):
    source = write_tree(tmp_path / "source", TREES[zarr_format]())
    before = read_tree(source)
    migrate(source, zarr_format, dry_run=False)
    migrated = without_journal(read_tree(source))
    readable = Readability(tmp_path / "seen", HELD[zarr_format])
    old = OLD[zarr_format]
    roots = states(source, tmp_path / "killed", "remove", zarr_format)
    removed = {key: migrated[key] for key in migrated if key.rpartition("/")[2] not in old}
    begun = [  # a mark is void before the first deletion
        root
        for root in roots
        if any(
            b'"begun": true' in mark.read_bytes()
            for mark in (root / ".zarrcodec_bridge").glob("*.remove-*.json")
        )
    ]
    assert len(begun) > 10
    for root in roots[:-1]:
        tree = read_tree(root)
        readable.check(without_drafts(tree))
        if root in begun:
            with pytest.raises(MigrationError, match="finish it with"):
                undo(root)
            assert read_tree(root) == tree
            assert migrate(root, zarr_format, dry_run=False, verify=1, remove_old=True).ok
            assert read_tree(root) == removed
        elif without_journal(tree) == migrated:
            goes_back(root, before)
    assert read_tree(roots[-1]) == removed
    readable.check(removed)
    assert len(readable.known) > 3


@pytest.mark.parametrize("zarr_format", TREES)
def test_at_every_operation_of_an_undo(tmp_path, zarr_format):
    source = write_tree(tmp_path / "source", TREES[zarr_format]())
    before = read_tree(source)
    migrate(source, zarr_format, dry_run=False)
    migrated = without_journal(read_tree(source))
    readable = Readability(tmp_path / "seen", HELD[zarr_format])
    for root in states(source, tmp_path / "killed", "undo", zarr_format):
        readable.check(without_drafts(read_tree(root)))
        goes_back(root, before)
        assert migrate(root, zarr_format, dry_run=False).ok
        assert without_journal(read_tree(root)) == migrated
    assert len(readable.known) > (3 if zarr_format == 3 else 2)
