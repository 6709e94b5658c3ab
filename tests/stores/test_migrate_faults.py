"""Whatever happens to a migration, every array that could be read can be read, and the work can go on or be undone."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import ClassVar

import pytest

from support.faults import V3_ARRAYS, Readability, has_zarr3
from support.hierarchies import (
    ARRAYS,
    Tree,
    consolidate,
    document,
    read_tree,
    unequal,
    v2_tree,
    v3_tree,
    whole,
    without_journal,
    write_tree,
    zarray,
)
from zarrcodec_bridge.stores import MigrationError, migrate, undo
from zarrcodec_bridge.stores.directories import LocalDirectory
from zarrcodec_bridge.stores.mappings import MappingStore
from zarrcodec_bridge.stores.store import Document, Documents

CHECKOUT = Path(__file__).resolve().parents[2]


class Failing:
    """A store of which an operation fails, or this and all that follow."""

    workers = 1

    def __init__(self, store: Documents, at: int, *, for_good: bool, half: bool = False) -> None:
        self.store = store
        self.name = store.name
        self.left = at
        self.for_good = for_good
        self.half = half
        self.failed = 0

    def _step(self) -> Exception | None:
        self.left -= 1
        if self.left == 0 or (self.for_good and self.left < 0):
            self.failed += 1
            return OSError(errno.EIO, "input/output error")
        return None

    def read(self, keys):
        found = self.store.read(keys)
        for key in keys:
            if error := self._step():
                found[key] = error
        return found

    def write_all(self, documents, first=None):
        problems: dict[str, Exception] = {}
        for each in documents if first is None else (first, *documents):
            if error := self._step():
                problems[each.key] = error
                if self.half:
                    data = each.data[: len(each.data) // 2]
                    self.store.write_all([Document(each.key, data, replace=True)])
                if each is first:
                    return {every.key: error for every in (first, *documents)}
            else:
                problems |= self.store.write_all([each])
        return problems

    def delete(self, key):
        if error := self._step():
            raise error
        self.store.delete(key)

    def folders(self, path):
        if error := self._step():
            raise error
        return self.store.folders(path)

    def names(self, path):
        if error := self._step():
            raise error
        return self.store.names(path)

    def settle(self, paths):
        if error := self._step():
            raise error

    def close(self, *, keep):
        return None


def every_failure(
    make: Callable[[], Tree], work: Callable[[Documents], object], **how: bool
) -> Iterator[Tree]:
    """The states that `work` leaves, when its first, its second, ... operation fails."""
    for at in range(1, 10_000):
        tree = make()
        store = Failing(MappingStore(tree), at, **how)
        try:
            work(store)
        except ValueError as error:  # a refusal to begin or to undo, when that could not be read
            assert "error" in str(error) or "read" in str(error)
        if not store.failed:
            return
        yield tree


@pytest.fixture
def unverified(monkeypatch):
    """Take verification, which other tests are about, for done."""
    from zarrcodec_bridge.stores import run, work

    monkeypatch.setattr(run, "check_backend", lambda: None)
    monkeypatch.setattr(
        work, "verify_array", lambda store, path, documents, wanted, **options: wanted
    )


@pytest.mark.long
class TestEveryOperationFails:
    @pytest.mark.parametrize("for_good", [False, True])
    @pytest.mark.parametrize(
        ("make", "zarr_format", "arrays"), [(v2_tree, 3, ARRAYS), (v3_tree, 2, V3_ARRAYS)]
    )
    def test_of_a_migration(self, tmp_path, make, zarr_format, arrays, for_good):
        before = make()
        readable = Readability(tmp_path, arrays)
        states = 0

        def work(store):
            return migrate(store, zarr_format, dry_run=False)

        for tree in every_failure(make, work, for_good=for_good):
            states += 1
            assert {key: tree[key] for key in before} == before
            readable.check(tree)
            resumed = dict(tree)
            assert migrate(resumed, zarr_format, dry_run=False).ok
            readable.check(resumed)
            if any(key.startswith(".zarrcodec_bridge/") for key in tree):
                undo(tree)
            assert tree == before
        assert states > 20
        assert len(readable.known) > (3 if zarr_format == 3 else 2)

    def test_and_leaves_half_a_document(self, tmp_path):
        """A store that does not write atomically: what is v2 can still be read, and a second run repairs it."""
        before = v2_tree()
        readable = Readability(tmp_path)
        halves = 0

        def work(store):
            return migrate(store, dry_run=False)

        for tree in every_failure(v2_tree, work, for_good=True, half=True):
            assert {key: tree[key] for key in before} == before
            halves += whole(tree) != []
            resumed = dict(tree)
            assert migrate(resumed, dry_run=False).ok
            readable.check(resumed)
            if any(key.endswith(".json") and key not in before for key in tree):
                undo(tree)
            assert without_journal(tree) == before
        assert halves > 5

    @pytest.mark.parametrize("for_good", [False, True])
    def test_of_a_removal(self, tmp_path, for_good, unverified):
        readable = Readability(tmp_path)
        states = 0

        def work(store):
            return migrate(store, dry_run=False, verify=1, remove_old=True)

        for tree in every_failure(v2_tree, work, for_good=for_good):
            states += 1
            readable.check(tree)
            report = migrate(tree, dry_run=False, verify=1, remove_old=True)
            assert report.ok, report
            readable.check(tree)
            assert not {key for key in tree if key.rpartition("/")[2].startswith(".z")}
        assert states > 50

    def test_of_a_removal_of_v3(self, tmp_path, unverified):
        readable = Readability(tmp_path, V3_ARRAYS)

        def work(store):
            return migrate(store, 2, dry_run=False, verify=1, remove_old=True)

        for tree in every_failure(v3_tree, work, for_good=True):
            readable.check(tree)
            assert migrate(tree, 2, dry_run=False, verify=1, remove_old=True).ok
            assert not {key for key in tree if key.endswith("zarr.json")}
            readable.check(tree)

    @pytest.mark.parametrize("for_good", [False, True])
    @pytest.mark.parametrize(
        ("make", "zarr_format", "arrays"), [(v2_tree, 3, ARRAYS), (v3_tree, 2, V3_ARRAYS)]
    )
    def test_of_an_undo(self, tmp_path, make, zarr_format, arrays, for_good):
        def migrated() -> Tree:
            tree = make()
            migrate(tree, zarr_format, dry_run=False)
            return tree

        readable = Readability(tmp_path, arrays)
        states = 0
        for tree in every_failure(migrated, undo, for_good=for_good):
            states += 1
            readable.check(tree)
            if without_journal(tree) != tree:
                undo(tree)
            assert tree == make()
        assert states > 15


class TestTwoRuns:
    def test_at_the_same_time_in_threads(self, tmp_path):
        root = write_tree(tmp_path / "s", v2_tree())
        gate = threading.Barrier(6)

        def run(_):
            gate.wait()
            return migrate(root, dry_run=False)

        with ThreadPoolExecutor(6) as threads:
            reports = list(threads.map(run, range(6)))
        assert all(report.ok for report in reports), [str(report) for report in reports]
        Readability(tmp_path / "seen").check(read_tree(root))
        assert undo(root).ok
        assert read_tree(root) == v2_tree()

    def test_at_the_same_time_in_processes(self, tmp_path):
        root = write_tree(tmp_path / "s", v2_tree())
        script = (
            "import sys; from zarrcodec_bridge.stores import migrate;"
            "r = migrate(sys.argv[1], dry_run=False); print(r); sys.exit(not r.ok)"
        )
        runs = [
            subprocess.Popen(
                [sys.executable, "-c", script, root],
                cwd=CHECKOUT,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(3)
        ]
        texts = [run.communicate(timeout=60)[0] for run in runs]
        assert [run.returncode for run in runs] == [0, 0, 0], texts
        Readability(tmp_path / "seen").check(read_tree(root))
        assert undo(root).ok
        assert read_tree(root) == v2_tree()

    def test_one_in_the_middle_of_another(self, tmp_path):
        """Between looking and writing, another run does all of it."""
        root = write_tree(tmp_path / "s", v2_tree())
        overtaken = []

        class Overtaken(LocalDirectory):
            def write_all(self, documents, first=None):
                if not overtaken:
                    overtaken.append(migrate(self.root, dry_run=False))
                return super().write_all(documents, first)

        report = migrate(Overtaken(str(root)), dry_run=False, max_workers=1)
        assert overtaken[0].counts == {"done": 8}
        assert report.ok
        Readability(tmp_path / "seen").check(read_tree(root))
        assert migrate(root, dry_run=False).ok
        assert undo(root).ok
        assert read_tree(root) == v2_tree()

    def test_two_targets_do_not_write_over_each_other(self, tmp_path):
        tree = v2_tree()
        migrate(tree, dry_run=False, target="zarr-python")
        before = dict(tree)
        report = migrate(tree, dry_run=False, target="tensorstore")
        assert not report.ok
        assert {key: tree[key] for key in before} == before or report.of("done")


class Overtaken(Failing):
    """A store that something else is done to before an operation, wholly, or until it is killed."""

    def __init__(self, store: Documents, at: int, other: Callable[[], object]) -> None:
        super().__init__(store, at, for_good=False)
        self.other = other

    def _step(self) -> Exception | None:
        if super()._step():
            with suppress(MigrationError):
                self.other()
        return None


WORKS: dict[str, Callable[..., object]] = {
    "migrate": partial(migrate, zarr_format=3, dry_run=False),
    "undo": undo,
    "remove v2": partial(migrate, zarr_format=3, dry_run=False, verify=1, remove_old=True),
    "remove v3": partial(migrate, zarr_format=2, dry_run=False, verify=1, remove_old=True),
}


def both_formats() -> Tree:
    """What v2 and v3 readers see, by a migration: each of the `WORKS` can begin."""
    tree = v2_tree()
    migrate(tree, dry_run=False)
    return tree


class TestTwoWorks:
    """Whatever is done while something else is done, nothing is lost."""

    @pytest.mark.long
    @pytest.mark.parametrize("other", WORKS)
    @pytest.mark.parametrize("first", WORKS)
    def test_one_in_the_middle_of_another(self, tmp_path, first, other, unverified):
        readable = Readability(tmp_path)
        for at in range(1, 10_000):
            tree = both_formats()
            store = Overtaken(MappingStore(tree), at, lambda tree=tree: WORKS[other](tree))
            with suppress(MigrationError):
                WORKS[first](store)
            if not store.failed:
                break
            readable.check(tree)
        assert at > 10

    @pytest.mark.long
    @pytest.mark.parametrize("other", WORKS)
    @pytest.mark.parametrize("first", WORKS)
    def test_one_that_is_killed_in_the_middle_of_another(self, tmp_path, first, other, unverified):
        readable = Readability(tmp_path)
        for at in range(1, 10_000, 5):
            for killed_at in range(1, 10_000, 7):
                tree = both_formats()
                dying = Failing(MappingStore(tree), killed_at, for_good=True)
                store = Overtaken(MappingStore(tree), at, partial(WORKS[other], dying))
                with suppress(MigrationError):
                    WORKS[first](store)
                readable.check(tree)
                if not dying.failed:
                    break
            if not store.failed:
                break

    def test_what_was_interrupted_is_finished_first(self, unverified):
        for begun, then in (
            ("remove v2", "undo"),
            ("undo", "remove v2"),
            ("remove v2", "remove v3"),
        ):
            tree = both_formats()
            with suppress(KilledError):
                WORKS[begun](Killed(MappingStore(tree)))
            before = dict(tree)
            try:
                said = str(WORKS[then](tree))
            except MigrationError as error:
                said = str(error)
            assert "finish it with" in said
            assert tree == before
            WORKS[begun](tree)
            assert whole(tree) == []
            assert not {key for key in tree if key.startswith(".zarrcodec_bridge/")}


class Killed(Failing):
    """A store whose process is killed when it begins to delete."""

    def __init__(self, store: Documents) -> None:
        super().__init__(store, 0, for_good=True)

    def _step(self) -> Exception | None:
        return None

    def delete(self, key):
        raise KilledError


class KilledError(BaseException):
    """What nothing catches."""


class TestBroken:
    """Arrays in the middle of a hierarchy that nothing reads."""

    BROKEN: ClassVar = {
        "cut": b'{"zarr_format": 2, "shape": [4], "chu',
        "empty": b"",
        "binary": bytes(range(256)),
        "list": b"[1, 2]",
        "no-shape": document(zarr_format=2, chunks=[2], dtype="<i2"),
        "deep": b"[" * 100_000,
        "wrong-shape": zarray([-1], [2], "<i2"),
        "unknown-dtype": zarray([4], [2], "<q9"),
        "unknown-codec": zarray([4], [2], "<i2", compressor={"id": "no-such-codec"}),
        "huge-number": b'{"zarr_format": 2, "shape": [' + b"9" * 5000 + b"]}",
    }

    @pytest.mark.parametrize("name", BROKEN)
    @pytest.mark.parametrize("partial", [False, True])
    def test_the_others_stay_readable(self, tmp_path, name, partial):
        tree = v2_tree() | {"sub/broken/.zarray": self.BROKEN[name], "sub/broken/0": b"12"}
        root = write_tree(tmp_path / "s", tree)
        report = migrate(root, dry_run=False, partial=partial)
        after = read_tree(root)
        assert {key: after[key] for key in tree} == tree
        assert not (root / "sub/broken/zarr.json").exists()
        reports = {node.path: node for node in report.nodes}
        assert reports["sub/broken"].outcome == "refused"
        assert reports["sub/broken"].reason
        assert {reports[path].outcome for path in ARRAYS} == {"done"}
        assert whole(after, but=frozenset({"sub/broken"})) == []
        if has_zarr3():
            assert unequal(root, ARRAYS, "path", "group", "consolidated", "2", "3") == []

    def test_what_no_reader_opens_does_not_hold_the_groups_back(self, tmp_path):
        tree = v2_tree() | {"sub/broken/.zarray": b'{"zarr_format": 2'}
        report = migrate(tree, dry_run=False)
        assert [node.path for node in report.of("refused")] == ["sub/broken"]
        assert "sub/zarr.json" in tree

    def test_after_the_repair_the_rest_follows(self, tmp_path):
        tree = v2_tree(consolidated=False) | {"sub/broken/.zarray": self.BROKEN["unknown-codec"]}
        consolidate(tree)
        assert not migrate(tree, dry_run=False).ok
        tree["sub/broken/.zarray"] = zarray([4], [2], "<i2")
        consolidate(tree)
        assert migrate(tree, dry_run=False).counts == {"done": 3, "unchanged": 6}
        held = json.loads(tree["zarr.json"])["consolidated_metadata"]["metadata"]
        assert "sub/broken" in held

    @pytest.mark.parametrize("name", ["zarr.json", "sub/zarr.json", "plain/zarr.json"])
    def test_half_a_document_of_someone_else_is_not_touched(self, tmp_path, name):
        tree = v2_tree() | {name: b'{"zarr_format": 3,'}
        report = migrate(tree, dry_run=False)
        assert not report.ok
        assert tree[name] == b'{"zarr_format": 3,'
        (node,) = [n for n in report.nodes if n.path == name.rpartition("/")[0]]
        assert "delete it and run again" in node.reason
        del tree[name]
        assert migrate(tree, dry_run=False).ok

    def test_half_an_entry_of_the_journal_is_void(self):
        tree = v2_tree()
        migrate(tree, dry_run=False)
        tree[f".zarrcodec_bridge/{'c' * 32}.json"] = b'{"zarrcodec_bridge": 1, "wri'
        assert undo(tree).ok
        assert tree == v2_tree()
