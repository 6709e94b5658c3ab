"""The journal comes with a store, from anywhere: what it says is believed only where the documents show it."""

from __future__ import annotations

import hashlib
import json
import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

import pytest

from support.attacks import LONG, SCENES, as_user, give, needs_posix, room, snapshot, victim
from support.faults import Readability, needs_zarr3
from support.hierarchies import (
    Tree,
    document,
    read_tree,
    v2_tree,
    v3_tree,
    without_journal,
    write_tree,
    zarray,
)
from zarrcodec_bridge.cli import main
from zarrcodec_bridge.stores import MigrationError, journal, migrate, undo
from zarrcodec_bridge.stores.layout import DELETING_ORDER

NAME = "0123456789abcdef0123456789abcdef"
OTHER = NAME[::-1]
REMOVE: dict[str, Any] = {"dry_run": False, "verify": 1, "remove_old": True}


def key(name: str = NAME, purpose: str = "") -> str:
    return f".zarrcodec_bridge/{name}{'.' if purpose else ''}{purpose}.json"


def entry(written: Tree | None = None, removing: Tree | None = None, **more: Any) -> bytes:
    """An entry as a migration would have written it."""
    digests = [
        {name: hashlib.sha256(data).hexdigest() for name, data in (found or {}).items()}
        for found in (written, removing)
    ]
    return document(zarrcodec_bridge=1, written=digests[0], removing=digests[1], **more)


def outcome(work: Any, *arguments: Any, **options: Any) -> str:
    """What a work says, or refuses to do."""
    try:
        return str(work(*arguments, **options))
    except MigrationError as error:
        return str(error)


def forged_v3() -> bytes:
    """What an attacker leaves beside a true array."""
    return document(
        zarr_format=3,
        node_type="array",
        shape=[3],
        data_type="uint8",
        chunk_grid={"name": "regular", "configuration": {"chunk_shape": [3]}},
        chunk_key_encoding={"name": "v2"},
        codecs=[{"name": "bytes"}],
        fill_value=7,
        attributes={},
    )


def both() -> Tree:
    """A true store of both formats, as other software writes it: in v2 with other attributes."""
    tree = v3_tree()
    tree["plain/.zarray"] = zarray([7], [3], "|u1")
    tree["plain/.zattrs"] = document(units="m")
    return tree


PLANTS: dict[str, Tree] = {
    "v2 array, forged v3": {**v2_tree(consolidated=False), "plain/zarr.json": forged_v3()},
    "v2 group, forged v3": {
        **v2_tree(),
        "zarr.json": document(zarr_format=3, node_type="group", attributes={}),
    },
    "v3 array, forged v2": {**v3_tree(), "plain/.zarray": zarray([3], [3], "|u1")},
    "v3 group, forged v2": {**v3_tree(), ".zgroup": document(zarr_format=2)},
    "attributes only": {"a/.zattrs": document(x=1), "a/.zarray": zarray([4], [2], "<i2")},
    "attributes without an array": {
        "a/.zattrs": document(x=1),
        "a/zarr.json": forged_v3(),
        "b/.zarray": zarray([4], [2], "<i2"),
    },
    "both formats": both(),
    "broken": {"a/.zarray": b'{"zarr_format": 2, "sh', "a/zarr.json": forged_v3()},
}
"""Stores with a document that could be deleted by an entry that says so."""


@pytest.mark.parametrize("what", PLANTS)
@pytest.mark.parametrize("member", ["written", "removing"])
class TestPlanted:
    """H4: an entry that no migration wrote deletes nothing that was there."""

    def test_h4_undo(self, what: str, member: str) -> None:
        before = PLANTS[what]
        documents = {k: d for k, d in before.items() if k.rpartition("/")[2] in DELETING_ORDER}
        for names in (documents, *({name: documents[name]} for name in documents)):
            tree = {**before, key(): entry(**{member: names})}
            outcome(undo, tree)
            assert without_journal(tree) == before

    @needs_zarr3
    @pytest.mark.parametrize("zarr_format", [2, 3])
    def test_h4_remove_old(self, what: str, member: str, zarr_format: Any) -> None:
        before = PLANTS[what]
        documents = {k: d for k, d in before.items() if k.rpartition("/")[2] in DELETING_ORDER}
        tree = {**before, key(): entry(**{member: documents})}
        said = outcome(migrate, tree, zarr_format, **REMOVE)
        removed = before.keys() - tree.keys()
        assert not removed or "refused" not in said
        for name in removed:  # by a migration of its own: the other format says the same
            others = ("zarr.json",) if zarr_format == 3 else (".zarray", ".zgroup")
            folder = name.rpartition("/")[0]
            assert tree.keys() & {f"{folder}/{other}".lstrip("/") for other in others}

    def test_h4_nothing_is_replaced(self, what: str, member: str) -> None:
        before = PLANTS[what]
        for zarr_format in (2, 3):
            tree = {**before, key(): entry(**{member: before})}
            outcome(migrate, tree, zarr_format, dry_run=False, partial=True)
            assert {name: tree[name] for name in before} == before


class TestForms:
    """H4: other versions, and files that are no entries."""

    @pytest.mark.parametrize("version", [2, 3, 10**30])
    @pytest.mark.parametrize("purpose", ["", "undo", "remove-v2", "remove-v3"])
    def test_h4_a_later_version_is_refused_in_words(self, version: int, purpose: str) -> None:
        tree = v2_tree()
        migrate(tree, dry_run=False)
        tree[key(NAME, purpose)] = json.dumps({"zarrcodec_bridge": version}).encode()
        before = dict(tree)
        works: list[tuple[Any, dict[str, Any]]] = [
            (undo, {}),
            (undo, {"dry_run": True}),
            (migrate, {"dry_run": False}),
            (migrate, {"zarr_format": 2, "dry_run": False}),
        ]
        for work, options in works:
            assert "a later zarrcodec_bridge wrote" in outcome(work, tree, **options)
            assert tree == before

    FOREIGN: ClassVar[dict[str, bytes]] = {
        "notes.txt": b"mine",
        "x.json": entry(),
        f"{NAME}.json": b"[]",
        f"{OTHER}.json": b'{"zarrcodec_bridge": 1, "written": {"a/.zarray": 5}, "removing": {}}',
        f"{NAME}.undo.json": b"{}",
        f"{NAME}.json.bak": entry(),
        f"{NAME.upper()}.json": entry(),
        f"{NAME}.other.json": entry(),
        f"{NAME}\n.json": entry(),
        "draft.tmp": b"",
    }

    @pytest.mark.parametrize("name", FOREIGN)
    @pytest.mark.parametrize("make", [v2_tree, v3_tree])
    def test_h4_foreign_files_are_left_and_named(self, name: str, make: Any) -> None:
        tree = make()
        zarr_format = 3 if ".zgroup" in tree else 2
        tree[f".zarrcodec_bridge/{name}"] = self.FOREIGN[name]
        before = dict(tree)
        report = migrate(tree, zarr_format, dry_run=False)
        assert report.ok
        shown = name.replace("\n", "\\n")
        assert any(shown in remark and "left as it is" in remark for remark in report.remarks)
        assert "\n.json" not in report.summary()
        report = undo(tree)
        assert report.ok
        assert any(shown in remark for remark in report.remarks)
        assert tree == before
        assert shown in outcome(undo, tree)

    @needs_zarr3
    def test_h4_foreign_files_outlive_a_removal(self) -> None:
        tree = v2_tree()
        foreign = {f".zarrcodec_bridge/{name}": data for name, data in self.FOREIGN.items()}
        tree |= foreign
        assert migrate(tree, **REMOVE).ok
        assert {name for name in tree if name.startswith(".zarrcodec_bridge/")} == foreign.keys()

    @pytest.mark.parametrize("cut", [0, 1, 20])
    def test_h4_a_half_written_entry_is_void_and_goes(self, cut: int) -> None:
        tree = v2_tree()
        migrate(tree, dry_run=False)
        tree[key()] = entry(written={"plain/.zarray": tree["plain/.zarray"]})[:cut]
        tree[key(OTHER, "undo")] = b""
        assert undo(tree).ok
        assert tree == v2_tree()

    @pytest.mark.parametrize(
        "name",
        ["a/" * 3000 + "zarr.json", "x" * 300 + "/zarr.json", "\ud800/zarr.json", "\0/.zarray"],
    )
    def test_h4_keys_that_cannot_be(self, tmp_path: Path, name: str) -> None:
        root = write_tree(tmp_path / "s", v2_tree())
        migrate(root, dry_run=False)
        path = root / key()
        path.write_bytes(entry(written={name: b"{}"}))
        assert undo(root).ok
        assert read_tree(root) == v2_tree()


def mark(purpose: str, *, begun: bool, gone: bool) -> Tree:
    """A mark of somebody who works on this machine, or is not there any more."""
    by = journal.Author.here().model_dump()
    if gone:
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
        by["process"] = child
    else:
        by["process"] = os.getppid()
    return {key(NAME if purpose == "undo" else OTHER, purpose): entry(by=by, begun=begun)}


WORKS: dict[str, Any] = {
    "undo": undo,
    "remove-v2": lambda tree, **options: migrate(tree, 3, **REMOVE, **options),
    "remove-v3": lambda tree, **options: migrate(tree, 2, **REMOVE, **options),
    "write": lambda tree, **options: migrate(tree, 3, dry_run=False, **options),
}
CONTRARY = [
    (work, purpose)
    for work in WORKS
    for purpose in ("undo", "remove-v2", "remove-v3")
    if purpose != work and (work, purpose) != ("write", "remove-v2")
]


@needs_posix
@needs_zarr3
@pytest.mark.parametrize(("work", "purpose"), CONTRARY)
class TestMarks:
    """H13: a mark is void until the first deletion, says who made it, and can be taken over."""

    def migrated(self) -> Tree:
        tree = v2_tree()
        migrate(tree, dry_run=False)
        return tree

    def test_h13_void_before_the_first_deletion(self, work: str, purpose: str) -> None:
        if not journal._system():
            pytest.skip("processes of this system cannot be told apart")
        tree = self.migrated() | mark(purpose, begun=False, gone=True)
        assert WORKS[work](tree).ok

    @pytest.mark.parametrize(("begun", "gone"), [(True, True), (True, False), (False, False)])
    def test_h13_who_and_how(self, work: str, purpose: str, begun: bool, gone: bool) -> None:
        tree = self.migrated() | mark(purpose, begun=begun, gone=gone)
        before = dict(tree)
        said = outcome(WORKS[work], tree)
        assert "finish it with" in said
        assert "take_over=True" in said
        assert f" on {journal.Author.here().host}, process " in said
        assert tree == before
        report = WORKS[work](tree, take_over=True)
        assert report.ok, report
        assert not [name for name in tree if name.endswith(f".{purpose}.json")]

    def test_h13_contrary_marks_lock_nothing(self, work: str, purpose: str) -> None:
        tree = self.migrated()
        for each in ("undo", "remove-v2", "remove-v3"):
            tree |= mark(each, begun=True, gone=True)
        assert WORKS[work](tree, take_over=True).ok


@needs_posix
def test_h13_on_the_command_line(tmp_path: Path, capsys: Any) -> None:
    root = write_tree(tmp_path / "s", v2_tree())
    migrate(root, dry_run=False)
    write_tree(root, mark("remove-v2", begun=True, gone=True))
    undoing = ["migrate", str(root), "--no-progress", "--undo", "--write"]
    assert main(undoing) == 2
    assert "--take-over" in capsys.readouterr().err
    assert main([*undoing, "--take-over"]) == 0
    assert read_tree(root) == v2_tree()


@pytest.mark.long
@needs_posix
@needs_zarr3
@pytest.mark.parametrize(("place", "user"), SCENES)
def test_h13_a_killed_removal_and_a_killed_undo(place: str, user: str) -> None:
    """Wherever the two are killed, one of the works can be done, and in the end all is readable."""
    with room(place, user) as home:
        source = write_tree(home / "source", v2_tree(consolidated=False))
        migrate(source, dry_run=False)
        victim(home)
        give(home / "victim", user)
        before = snapshot(home / "victim")
        readable = Readability(home / "seen")
        for at in (3, 12, 20, 26, 29, 40) if LONG else (12, 26, 29):
            for later in (1, 2, 3, 5, 8, 13) if LONG else (2, 3, 8):
                root = home / f"{at}-{later}"
                write_tree(root, read_tree(source))
                give(root, user)
                killed(user, at, lambda root=root: migrate(root, **REMOVE, max_workers=1))
                killed(user, later, lambda root=root: undo(root, max_workers=1))
                said = [
                    outcome(as_user, user, lambda root=root: undo(root)),
                    outcome(as_user, user, lambda root=root: migrate(root, **REMOVE)),
                ]
                readable.check({k: d for k, d in read_tree(root).items() if not k.endswith(".tmp")})
                assert any("done" in text and "refused" not in text for text in said), said
        assert snapshot(home / "victim") == before


def killed(user: str, at: int, call: Any) -> None:
    """Do something in a process that is killed at an operation."""

    def run() -> None:
        left = [at]

        def counting(function: Any) -> Any:
            def step(*arguments: Any, **options: Any) -> Any:
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return function(*arguments, **options)

            return step

        for name in ("link", "replace", "unlink", "write", "rmdir"):
            setattr(os, name, counting(getattr(os, name)))
        call()

    with suppress(MigrationError, EOFError):
        as_user(user, run)
