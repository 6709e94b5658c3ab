"""A power cut at every operation of a work on a directory: what was not flushed is lost, and nothing else.

The calls of a work are recorded, and played again up to each of them. Of what was not flushed then, names and bytes are
dropped: all of them, all bytes, or some, as a disk may. What is left is resumed and undone.
"""

from __future__ import annotations

import io
import os
import random
import stat
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from support.attacks import LONG, needs_posix
from support.faults import small_tree
from support.hierarchies import Tree, read_tree, v3_tree, whole, without_journal, write_tree
from zarrcodec_bridge.stores import MigrationError, directories, disk, migrate, run, undo, work
from zarrcodec_bridge.stores.report import Report

pytestmark = [
    needs_posix,
    pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs names of descriptors"),
]


class Op(NamedTuple):
    """What was done to a disk: bytes of a file, names in folders, or a flush."""

    kind: str
    file: int = 0
    data: bytes = b""
    at: int = 0
    """Where in the file the bytes are."""
    names: tuple[tuple[str, int | None], ...] = ()
    """The names that change at once, and what they are then."""
    folder: str | None = None


class Recorder:
    """The calls by which a directory is changed, and what they change."""

    def __init__(self, patch: pytest.MonkeyPatch, root: Path) -> None:
        self.root = os.path.realpath(root)
        self.trace: list[Op] = []
        self.files: dict[int, int] = {}
        """The file of each descriptor that is written."""
        self.current: dict[str, int] = {}
        self.real = {
            name: getattr(os, name)
            for name in (
                "open",
                "write",
                "fsync",
                "link",
                "replace",
                "unlink",
                "mkdir",
                "rmdir",
                "close",
                "fdopen",
            )
        }
        for name in self.real:
            patch.setattr(os, name, getattr(self, name))
        patch.setattr(disk, "_whole_file_system", lambda: self.syncfs)

    def path(self, name: str, descriptor: int | None) -> str:
        """A name in the store."""
        path = name
        if descriptor is not None and not os.path.isabs(name):
            path = os.path.join(os.readlink(f"/proc/self/fd/{descriptor}"), name)
        return os.path.relpath(path, self.root)

    def name(self, *names: tuple[str, int | None]) -> None:
        self.trace.append(Op("names", names=names))
        for name, file in names:
            if file is None:
                self.current.pop(name, None)
            else:
                self.current[name] = file

    def open(self, path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        descriptor: int = self.real["open"](path, flags, mode, dir_fd=dir_fd)
        if flags & (os.O_WRONLY | os.O_RDWR):
            file = len(self.trace) + 1
            self.files[descriptor] = file
            self.trace.append(Op("create", file))
            if flags & os.O_CREAT:
                self.name((self.path(path, dir_fd), file))
        return descriptor

    def write(self, descriptor: int, data: Any) -> int:
        written: int = self.real["write"](descriptor, data)
        if descriptor in self.files:
            at = os.lseek(descriptor, 0, os.SEEK_CUR) - written
            self.trace.append(Op("write", self.files[descriptor], bytes(data[:written]), at))
        return written

    def fsync(self, descriptor: int) -> None:
        if descriptor in self.files:
            self.trace.append(Op("flush", self.files[descriptor]))
        else:
            path = os.path.relpath(os.readlink(f"/proc/self/fd/{descriptor}"), self.root)
            kind = "flush" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "flush old file"
            self.trace.append(Op(kind, folder="" if path == "." else path))

    def syncfs(self, descriptor: int) -> int:
        self.trace.append(Op("flush all"))
        return 0

    def link(self, source: Any, target: Any, **options: Any) -> None:
        self.real["link"](source, target, **options)
        if source.startswith("/proc/self/fd/"):
            file = self.files[int(source.rpartition("/")[2])]
        else:
            file = self.current[self.path(source, options["src_dir_fd"])]
        self.name((self.path(target, options["dst_dir_fd"]), file))

    def replace(self, source: Any, target: Any, **options: Any) -> None:
        self.real["replace"](source, target, **options)
        old = self.path(source, options.get("src_dir_fd"))
        self.name((self.path(target, options.get("dst_dir_fd")), self.current[old]), (old, None))

    def unlink(self, path: Any, *, dir_fd: int | None = None) -> None:
        self.real["unlink"](path, dir_fd=dir_fd)
        self.name((self.path(path, dir_fd), None))

    def mkdir(self, path: Any, mode: int = 0o777, *, dir_fd: int | None = None) -> None:
        self.real["mkdir"](path, mode, dir_fd=dir_fd)
        self.trace.append(Op("mkdir", folder=self.path(path, dir_fd)))

    def rmdir(self, path: Any, *, dir_fd: int | None = None) -> None:
        self.real["rmdir"](path, dir_fd=dir_fd)

    def close(self, descriptor: int) -> None:
        self.real["close"](descriptor)
        self.files.pop(descriptor, None)

    def fdopen(self, descriptor: int, mode: str) -> Any:
        if descriptor not in self.files:
            return self.real["fdopen"](descriptor, mode)
        return io.BufferedRandom(RecordedFile(self, descriptor))


class RecordedFile(io.RawIOBase):
    """A file whose bytes are written, read and cut anywhere, by calls that are recorded."""

    def __init__(self, recorder: Recorder, descriptor: int) -> None:
        self.recorder = recorder
        self.descriptor = descriptor

    def readable(self) -> bool:
        return True

    writable = seekable = readable

    def fileno(self) -> int:
        return self.descriptor

    def readinto(self, buffer: Any) -> int:
        data = os.read(self.descriptor, len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def write(self, data: Any) -> int:
        return os.write(self.descriptor, data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return os.lseek(self.descriptor, offset, whence)

    def truncate(self, size: int | None = None) -> int:
        at = self.tell() if size is None else size
        os.ftruncate(self.descriptor, at)
        self.recorder.trace.append(Op("truncate", self.recorder.files[self.descriptor], at=at))
        return at

    def close(self) -> None:
        if not self.closed:
            super().close()
            os.close(self.descriptor)


class Disk:
    """What of a trace is on the disk for good, and what is not yet."""

    def __init__(self, before: Tree, unflushed: Sequence[str] = ()) -> None:
        """Begin with files whose bytes are on the disk, but for some."""
        self.bytes: dict[int, bytes] = {-at: before[name] for at, name in enumerate(unflushed, 1)}
        self.flushed: dict[int, bytes] = {}
        self.names: dict[str, int | bytes] = before | {
            name: -at for at, name in enumerate(unflushed, 1)
        }
        self.pending: list[tuple[tuple[str, int | None], ...]] = []
        self.new_folders: set[str] = set()
        """Folders whose own name is not on the disk."""

    def do(self, op: Op) -> None:
        if op.kind == "create":
            self.bytes[op.file] = b""
        elif op.kind == "write":
            data = self.bytes[op.file]
            self.bytes[op.file] = data[: op.at] + op.data + data[op.at + len(op.data) :]
        elif op.kind == "truncate":
            self.bytes[op.file] = self.bytes[op.file][: op.at]
        elif op.kind == "names":
            self.pending.append(op.names)
        elif op.kind == "mkdir" and op.folder is not None:
            self.new_folders.add(op.folder)
        elif op.kind == "flush old file" and op.folder is not None:
            file = self.names[op.folder]
            if isinstance(file, int):
                self.flushed[file] = self.bytes[file]
        elif op.kind == "flush all":
            self.flushed = dict(self.bytes)
            self.new_folders.clear()
            self._settle(lambda folder: True)
        elif op.folder is not None:
            self.new_folders = {f for f in self.new_folders if os.path.dirname(f) != op.folder}
            self._settle(lambda folder: folder == op.folder)
        else:
            self.flushed[op.file] = self.bytes[op.file]

    def _settle(self, settles: Callable[[str], bool]) -> None:
        left = []
        for names in self.pending:
            if any(settles(os.path.dirname(name)) for name, _ in names):
                self._apply(self.names, names)
            else:
                left.append(names)
        self.pending = left

    @staticmethod
    def _apply(found: dict[str, int | bytes], names: tuple[tuple[str, int | None], ...]) -> None:
        for name, file in names:
            if file is None:
                found.pop(name, None)
            else:
                found[name] = file

    def after(self, kept: Callable[[], bool], *, bytes_too: bool) -> Tree:
        """The disk after a power cut: of what was not flushed some names are kept, and bytes or not."""
        found = dict(self.names)
        for names in self.pending:
            if kept():
                self._apply(found, names)
        data = self.bytes if bytes_too else {**dict.fromkeys(self.bytes, b""), **self.flushed}
        tree: Tree = {}
        for name, file in found.items():
            if os.path.dirname(name) in self.new_folders and not bytes_too:
                continue
            tree[name] = file if isinstance(file, bytes) else data[file]
        return tree


def states(trace: list[Op], before: Tree, unflushed: Sequence[str] = ()) -> Iterator[Tree]:
    """What power cuts leave, at every operation, each state once."""
    draw = random.Random(len(trace))
    disk = Disk(before, unflushed)
    seen: set[frozenset[tuple[str, bytes]]] = set()
    for op in trace:
        disk.do(op)
        found = [
            disk.after(lambda: False, bytes_too=False),
            disk.after(lambda: True, bytes_too=False),
        ]
        found += [
            disk.after(lambda: draw.random() < 0.5, bytes_too=draw.random() < 0.5)
            for _ in range(8 if LONG else 2)
        ]
        for tree in found:
            state = frozenset(tree.items())
            if state not in seen:
                seen.add(state)
                yield tree


TREES: dict[int, Callable[[], Tree]] = {3: small_tree, 2: v3_tree}
OLD = {3: (".zarray", ".zattrs", ".zgroup", ".zmetadata"), 2: ("zarr.json",)}


@pytest.fixture(autouse=True)
def _unverified(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take verification, which other tests are about, for done."""
    monkeypatch.setattr(run, "check_backend", lambda: None)
    monkeypatch.setattr(work, "verify_array", lambda store, path, documents, wanted, **_: wanted)


@pytest.fixture(params=["nameless", "named"])
def way(request: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """How drafts are written."""
    if request.param == "named":
        monkeypatch.setattr(directories, "_NAMELESS", None)
    return str(request.param)


def recorded(root: Path, do: Callable[[Path], Report], least: int = 20) -> list[Op]:
    with pytest.MonkeyPatch.context() as patch:
        recorder = Recorder(patch, root)
        assert do(root).ok
    assert len(recorder.trace) > least
    return recorder.trace


def at_the_end(trace: list[Op], before: Tree) -> Tree:
    """What is there after the report, whatever is lost."""
    disk = Disk(before)
    for op in trace:
        disk.do(op)
    return disk.after(lambda: False, bytes_too=False)


def goes_back(tree: Tree, before: Tree) -> None:
    """Undo what was done, if anything was."""
    try:
        assert undo(tree).ok
    except MigrationError as error:
        assert "there is nothing to undo" in str(error)
    assert without_journal(tree) == before


@pytest.mark.parametrize("zarr_format", TREES)
def test_h11_of_a_migration(tmp_path: Path, zarr_format: Any, way: str) -> None:
    root = write_tree(tmp_path / "s", TREES[zarr_format]())
    before = read_tree(root)
    trace = recorded(root, lambda root: migrate(root, zarr_format, dry_run=False, max_workers=1))
    migrated = without_journal(read_tree(root))
    assert without_journal(at_the_end(trace, before)) == migrated
    count = 0
    for tree in states(trace, before):
        count += 1
        assert {key: tree[key] for key in before} == before
        assert whole(tree) == []
        resumed = dict(tree)
        assert migrate(resumed, zarr_format, dry_run=False).ok
        assert without_journal(resumed) == migrated
        goes_back(resumed, before)
        goes_back(tree, before)
    assert count > 5


@pytest.mark.parametrize("zarr_format", TREES)
def test_h11_of_an_undo(tmp_path: Path, zarr_format: Any, way: str) -> None:
    root = write_tree(tmp_path / "s", TREES[zarr_format]())
    original = read_tree(root)
    migrate(root, zarr_format, dry_run=False)
    before = read_tree(root)
    trace = recorded(root, lambda root: undo(root, max_workers=1))
    assert without_journal(at_the_end(trace, before)) == original
    count = 0
    for tree in states(trace, before):
        count += 1
        assert {key: tree[key] for key in original} == original
        assert whole(tree) == []
        resumed = dict(tree)
        goes_back(tree, original)
        goes_back(resumed, original)
        assert migrate(resumed, zarr_format, dry_run=False).ok
        assert without_journal(resumed) == without_journal(before)
    assert count > 5


@pytest.mark.parametrize("zarr_format", TREES)
def test_h11_of_a_removal(tmp_path: Path, zarr_format: Any, way: str) -> None:
    root = write_tree(tmp_path / "s", TREES[zarr_format]())
    before = read_tree(root)
    options: dict[str, Any] = {"dry_run": False, "verify": 1, "remove_old": True, "max_workers": 1}
    trace = recorded(root, lambda root: migrate(root, zarr_format, **options))
    removed = read_tree(root)
    assert not {key for key in removed if key.rpartition("/")[2] in OLD[zarr_format]}
    assert without_journal(at_the_end(trace, before)) == removed
    count = 0
    for tree in states(trace, before):
        count += 1
        assert whole(tree) == []
        finished = dict(tree)
        report = migrate(finished, zarr_format, **options)
        assert report.ok, report
        assert without_journal(finished) == removed
    assert count > 5


@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "one by one"])
@pytest.mark.parametrize("done", ["removal", "undo"])
@pytest.mark.parametrize("zarr_format", TREES)
def test_h16_what_others_wrote_is_flushed_before_what_it_replaces_goes(
    tmp_path: Path, zarr_format: Any, done: str, at_once: bool
) -> None:
    tree = TREES[zarr_format]()
    migrate(tree, zarr_format, dry_run=False)
    if done == "removal":
        tree = without_journal(tree)
    root = write_tree(tmp_path / "s", tree)
    before = read_tree(root)
    staying = OLD[zarr_format] if done == "undo" else OLD[5 - zarr_format]
    unflushed = [name for name in before if name.rpartition("/")[2] in staying]
    options: dict[str, Any] = {"dry_run": False, "verify": 1, "remove_old": True}

    def work(root: Path) -> Report:
        with pytest.MonkeyPatch.context() as patch:
            if not at_once:
                patch.setattr(disk, "_whole_file_system", lambda: None)
            if done == "undo":
                return undo(root, max_workers=1)
            return migrate(root, zarr_format, **options, max_workers=1)

    trace = recorded(root, work, least=10)
    left = {name: before[name] for name in unflushed}
    simulated = Disk(before, unflushed)
    for op in trace:
        simulated.do(op)
    assert without_journal(simulated.after(lambda: False, bytes_too=False)).items() >= left.items()
    deleted = 0
    for state in states(trace, before, unflushed):
        if {name.rpartition("/")[2] for name in before.keys() - state.keys()} & {
            name for names in OLD.values() for name in names
        }:
            deleted += 1
            assert {name: state[name] for name in unflushed} == left
    assert deleted > 2


def archive(path: Path, tree: Tree) -> Path:
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as file:
        for key, data in tree.items():
            file.writestr(key, data)
    return path


def members(path: Path) -> Tree:
    with zipfile.ZipFile(path) as file:
        assert file.testzip() is None
        assert len({*file.namelist()}) == len(file.namelist())
        return {name: file.read(name) for name in file.namelist()}


@pytest.mark.parametrize("zarr_format", TREES)
@pytest.mark.parametrize("done", ["migration", "undo", "removal"])
def test_h11_of_an_archive(tmp_path: Path, zarr_format: Any, done: str) -> None:
    """The old archive is there or the new one, each whole; after the report it is the new one."""
    original = TREES[zarr_format]()
    path = archive(tmp_path / "s" / "a.zip", original)
    options: dict[str, Any] = {"dry_run": False}
    if done == "removal":
        options |= {"verify": 1, "remove_old": True}
    if done == "undo":
        assert migrate(path, zarr_format, **options).ok

    def work(path: Path) -> Report:
        return undo(path) if done == "undo" else migrate(path, zarr_format, **options)

    before, old = members(path), path.read_bytes()
    trace = recorded(path.parent, lambda _: work(path), least=5)
    after, new = members(path), path.read_bytes()
    assert without_journal(after) != without_journal(before)
    assert at_the_end(trace, {"a.zip": old}) == {"a.zip": new}
    found, count = set(), 0
    for tree in states(trace, {"a.zip": old}):
        count += 1
        assert tree["a.zip"] in (old, new)
        assert {name.rpartition(".")[2] for name in tree} <= {"zip", "tmp"}
        found.add(tree["a.zip"])
    assert found == {old, new}
    assert count > 5
    for number, state in enumerate(found):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(state)
        if done != "undo" or state == old:
            assert work(path).ok
        assert without_journal(members(path)) == without_journal(after)
        if done == "migration":
            assert undo(path).ok
            assert members(path) == original
