"""Nothing outside a directory is read, written or deleted through links, and only files are read."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import pytest

from support.attacks import LONG, SCENES, as_user, give, needs_posix, room, snapshot, victim
from support.faults import has_zarr3
from support.hierarchies import document, read_tree, v2_tree, write_tree, zarray
from zarrcodec_bridge.cli import main
from zarrcodec_bridge.stores import MigrationError, boundary, migrate, undo
from zarrcodec_bridge.stores.directories import LocalDirectory
from zarrcodec_bridge.stores.report import Report
from zarrcodec_bridge.stores.store import Document

pytestmark = needs_posix


class Scene(NamedTuple):
    """A store, and a victim beside it."""

    home: Path
    store: Path
    victim: Path
    user: str

    def run(self, work: Callable[..., Report], **options: Any) -> Report | MigrationError:
        """What a work says, run by the user; the victim must not change."""
        give(self.home, self.user)
        before = snapshot(self.victim)
        try:
            return as_user(self.user, lambda: work(self.store, **options))
        except MigrationError as error:
            return error
        finally:
            assert snapshot(self.victim) == before

    def every_work(self) -> Iterator[Report | MigrationError]:
        """All that can be done to a store, in both directions."""
        for zarr_format in (3, 2):
            yield self.run(migrate, zarr_format=zarr_format)
            yield self.run(migrate, zarr_format=zarr_format, dry_run=False)
            yield self.run(undo, dry_run=True)
            yield self.run(undo)
            yield self.run(migrate, zarr_format=zarr_format, dry_run=False, partial=True)
            if has_zarr3():
                options = {"dry_run": False, "verify": 1, "remove_old": True}
                yield self.run(migrate, zarr_format=zarr_format, **options)


@pytest.fixture(params=SCENES, ids="-".join)
def scene(request: Any) -> Iterator[Scene]:
    place, user = request.param
    with room(place, user) as home:
        yield Scene(home, write_tree(home / "s.zarr", v2_tree()), victim(home), user)


def text_of(result: Report | MigrationError) -> str:
    return str(result)


class TestTheJournalsPlace:
    """H1: a link in the place of the journal, to a folder, a file or nothing, is never followed."""

    TARGETS = ("victim", "victim/diary.txt", "victim/nothing", "s.zarr/sub", ".")

    @pytest.mark.parametrize("target", TARGETS)
    def test_h1_nothing_is_done_through_it(self, scene: Scene, target: str) -> None:
        scene.store.joinpath(".zarrcodec_bridge").symlink_to(scene.home / target)
        before = read_tree(scene.store)
        for result in scene.every_work():
            assert ".zarrcodec_bridge is a link" in text_of(result)
        links = scene.run(migrate, dry_run=False, follow_links=True)
        assert ".zarrcodec_bridge is a link" in text_of(links)
        assert read_tree(scene.store) == before

    def test_h1_the_journals_files_may_be_links_or_anything(self, scene: Scene) -> None:
        journal = scene.store / ".zarrcodec_bridge"
        journal.mkdir()
        name = "0123456789abcdef0123456789abcdef"
        journal.joinpath(f"{name}.json").symlink_to(scene.victim / "secret.json")
        journal.joinpath(f"{name[::-1]}.tmp").symlink_to(scene.victim / "diary.txt")
        journal.joinpath(f"a{name[1:]}.json").symlink_to(scene.victim / "nothing")
        journal.joinpath("folder").symlink_to(scene.victim)
        journal.joinpath("keys").mkdir()
        os.mkfifo(journal / f"b{name[1:]}.json")
        for _ in scene.every_work():
            assert journal.joinpath("folder").is_symlink()

    def test_h1_swapped_for_a_link_between_two_operations(self, scene: Scene) -> None:
        store = LocalDirectory(str(scene.store))
        document = Document(".zarrcodec_bridge/0.json", b"{}")
        assert store.write_all([document]) == {}
        shutil.rmtree(scene.store / ".zarrcodec_bridge")
        scene.store.joinpath(".zarrcodec_bridge").symlink_to(scene.victim)
        before = snapshot(scene.victim)
        assert store.write_all([document])
        with pytest.raises(OSError, match="is a link"):
            store.delete(".zarrcodec_bridge/diary.txt")
        with pytest.raises(OSError, match="is a link"):
            store.names(".zarrcodec_bridge")
        assert snapshot(scene.victim) == before


class TestLinksOutOfTheStore:
    """H2: by a link nothing outside is read, written, removed or undone."""

    def test_h2_another_store_behind_a_folder(self, scene: Scene) -> None:
        scene.store.joinpath("sub/link").symlink_to(scene.victim / "other.zarr")
        for result in scene.every_work():
            if isinstance(result, Report) and not result.undone and result.zarr_format == 3:
                (node,) = [node for node in result.nodes if node.path == "sub/link"]
                assert node.outcome == "refused"
                assert str(scene.victim / "other.zarr") in (node.reason or "")
                assert "follow_links=True" in (node.reason or "")

    @pytest.mark.parametrize("relative", [False, pytest.param(True, marks=pytest.mark.long)])
    @pytest.mark.parametrize("name", [".zattrs", ".zarray", "zarr.json"])
    def test_h2_a_document_is_not_copied(self, scene: Scene, name: str, relative: bool) -> None:
        path = scene.store / "sub/big" / name
        path.unlink(missing_ok=True)
        target = scene.victim / "secret.json"
        path.symlink_to(os.path.relpath(target, path.parent) if relative else target)
        for result in scene.every_work():
            if isinstance(result, Report) and not result.undone and result.zarr_format == 3:
                (node,) = [node for node in result.nodes if node.path == "sub/big"]
                assert node.outcome == "failed"
                assert "leads out of the store" in (node.reason or "")
        for data in read_tree_without_links(scene.store).values():
            assert b"hunter2" not in data

    def test_h2_a_dangling_link_is_said_at_once(self, scene: Scene) -> None:
        scene.store.joinpath("plain/zarr.json").symlink_to(scene.victim / "nothing")
        for options in ({}, {"dry_run": False}):
            report = scene.run(migrate, **options)
            assert isinstance(report, Report)
            (node,) = [node for node in report.nodes if node.path == "plain"]
            assert node.outcome == "failed"
            assert "where nothing is" in (node.reason or "")
        assert not scene.victim.joinpath("nothing").exists()

    def test_h2_a_planted_entry_does_not_open_it(self, scene: Scene) -> None:
        target = scene.victim / "other.zarr/plain/.zarray"
        scene.store.joinpath("plain/zarr.json").symlink_to(target)
        plant(scene.store, {"plain/zarr.json": target.read_bytes()})
        for _ in scene.every_work():
            pass

    def test_h2_chunks_are_not_verified_through_it(self, scene: Scene) -> None:
        pytest.importorskip("zarr", minversion="3")
        secret = scene.victim / "chunk"
        secret.write_bytes(bytes(3))
        chunk = scene.store / "plain/0"
        chunk.unlink()
        chunk.symlink_to(secret)
        report = scene.run(migrate, verify=9)
        assert "leads out of the store" in text_of(report)

    def test_h2_who_says_so_goes_there(self, scene: Scene) -> None:
        assembled = scene.home / "assembled"
        shutil.copytree(scene.victim / "other.zarr/sub", assembled)
        shutil.copytree(scene.victim / "other.zarr/plain", scene.home / "attributed")
        scene.store.joinpath("sub/link").symlink_to(assembled)
        scene.store.joinpath("sub/twice").symlink_to(assembled)
        dry = scene.run(migrate, follow_links=True)
        assert f"sub/link is a link that leads out of the store, to {assembled}" in text_of(dry)
        report = scene.run(migrate, dry_run=False, follow_links=True)
        assert isinstance(report, Report)
        assert report.ok, report
        assert assembled.joinpath("big/zarr.json").is_file()
        assert {"sub/link", "sub/link/big"} <= {node.path for node in report.nodes}
        assert "sub/twice/big" not in {node.path for node in report.nodes}
        back = scene.run(undo, follow_links=True)
        assert isinstance(back, Report)
        assert back.ok, back
        assert not assembled.joinpath("big/zarr.json").exists()

    def test_h2_on_the_command_line(self, scene: Scene, capsys: Any) -> None:
        scene.store.joinpath("link").symlink_to(scene.victim / "other.zarr")
        assert main(["migrate", str(scene.store), "--no-progress"]) == 1
        said = capsys.readouterr().out
        assert f"leads out of the store, to {scene.victim}/other.zarr" in said
        assert main(["migrate", str(scene.store), "--no-progress", "--follow-links"]) == 0


class TestLinksInTheStore:
    """What stays inside is read, migrated where it is, and holds back what would hide it."""

    def test_h2_a_folder_is_migrated_where_it_is(self, scene: Scene) -> None:
        scene.store.joinpath("alias").symlink_to("sub/big")
        report = scene.run(migrate, dry_run=False)
        assert isinstance(report, Report)
        assert report.ok, report
        assert "alias is a link to sub/big, which is migrated where it is" in report.remarks
        assert scene.store.joinpath("alias/zarr.json").is_file()
        assert scene.run(undo).ok  # type: ignore[union-attr]

    def test_h2_what_is_refused_there_holds_back_the_groups_of_the_link(self, scene: Scene) -> None:
        pickled = zarray([4], [2], "|O", filters=[{"id": "pickle"}], fill_value=None)
        write_tree(scene.store, {"sub/objects/.zarray": pickled})
        write_tree(scene.store, {"group/.zgroup": document(zarr_format=2)})
        scene.store.joinpath("group/alias").symlink_to("../sub/objects")
        scene.store.joinpath("group/further").symlink_to("alias")
        report = scene.run(migrate, dry_run=False)
        assert isinstance(report, Report)
        assert {node.path for node in report.of("refused")} == {"", "sub", "sub/objects", "group"}
        assert not scene.store.joinpath("group/zarr.json").exists()

    @pytest.mark.parametrize("name", [".zattrs", ".zarray"])
    def test_h2_a_document_is_read(self, scene: Scene, name: str) -> None:
        path = scene.store / "sub/big" / name
        moved = scene.store / "shared.json"
        path.rename(moved)
        path.symlink_to("../../shared.json")
        before = moved.read_bytes()
        report = scene.run(migrate, dry_run=False)
        assert isinstance(report, Report)
        assert report.ok, report
        found = json.loads(scene.store.joinpath("sub/big/zarr.json").read_bytes())
        assert found["attributes"]["units"] == "K"
        if has_zarr3():
            removal = scene.run(migrate, dry_run=False, verify=1, remove_old=True)
            assert removal.ok, removal  # type: ignore[union-attr]
            assert not path.is_symlink()
        assert moved.read_bytes() == before

    def test_h2_what_only_a_link_leads_to_is_migrated(self, scene: Scene) -> None:
        write_tree(scene.store, {"plain/inner/.zarray": zarray([4], [2], "<i2")})
        scene.store.joinpath("sub/alias").symlink_to("../plain/inner")
        report = scene.run(migrate, dry_run=False)
        assert isinstance(report, Report)
        assert report.ok, report
        assert scene.store.joinpath("sub/alias/zarr.json").is_file()


class TestWhatEnds:
    """H3: loops end, and only files are read, of bounded size."""

    @pytest.mark.parametrize("follow", [False, True])
    def test_h3_links_each_way(self, scene: Scene, follow: bool) -> None:
        for number in range(8):
            folder = scene.store / f"loop{number}"
            folder.mkdir()
            for other in range(8):
                folder.joinpath(f"to{other}").symlink_to(f"../loop{other}")
        scene.store.joinpath("self").symlink_to("self")
        scene.store.joinpath("up").symlink_to("..")
        scene.store.joinpath("sub/around").symlink_to("..")
        scene.store.joinpath("sub/there").symlink_to("back")
        scene.store.joinpath("sub/back").symlink_to("there")
        if follow:
            scene.store.joinpath("up").unlink()
        report = scene.run(migrate, dry_run=False, partial=True, follow_links=follow)
        assert isinstance(report, Report)
        assert report.counts["done"] == 8
        assert any(
            remark.startswith("self is a link that leads to itself") for remark in report.remarks
        )

    def test_h3_links_outside_each_way(self, scene: Scene) -> None:
        outside = scene.home / "outside"
        for number in range(6):
            write_tree(outside / str(number), {".zgroup": document(zarr_format=2)})
            for other in range(6):
                outside.joinpath(str(number), f"to{other}").symlink_to(outside / str(other))
        scene.store.joinpath("link").symlink_to(outside / "0")
        report = scene.run(migrate, dry_run=False, follow_links=True)
        assert isinstance(report, Report)
        assert report.ok, report
        assert report.counts["done"] == 8 + 6

    SPECIAL: ClassVar[dict[str, Callable[[Path], object]]] = {
        "fifo": os.mkfifo,
        "socket": lambda path: listening(path),
        "device": lambda path: os.mknod(path, 0o20644, os.makedev(1, 5)),
        "link to a device": lambda path: path.symlink_to("/dev/zero"),
        "sparse": lambda path: sparse(path, 8 << 40),
    }

    @pytest.mark.parametrize("name", [".zarray", ".zattrs", "zarr.json"])
    @pytest.mark.parametrize("kind", SPECIAL)
    def test_h3_only_files_are_read(self, scene: Scene, kind: str, name: str) -> None:
        path = scene.store / "sub/big" / name
        path.unlink(missing_ok=True)
        try:
            self.SPECIAL[kind](path)
        except OSError as error:
            pytest.skip(f"cannot be made here: {error}")
        ways: list[dict[str, Any]] = [{}, {"dry_run": False, "follow_links": True}]
        for result in scene.every_work() if LONG else (scene.run(migrate, **way) for way in ways):
            if isinstance(result, Report) and not result.undone and result.zarr_format == 3:
                (node,) = [node for node in result.nodes if node.path == "sub/big"]
                assert node.outcome == "failed"
                assert name in (node.reason or "")
                assert not result.ok

    def test_h3_a_limit_that_can_be_raised(self, scene: Scene, capsys: Any) -> None:
        path = scene.store / "sub/big/.zattrs"
        path.write_bytes(path.read_bytes() + b" " * 5000)
        report = scene.run(migrate, document_limit=4096)
        assert "bytes or more, and at most 4096 are read; document_limit" in text_of(report)
        assert scene.run(migrate, document_limit=8192).ok  # type: ignore[union-attr]
        arguments = ["migrate", str(scene.store), "--no-progress", "--document-limit"]
        assert (main([*arguments, "4096"]), main([*arguments, "8192"])) == (1, 0)

    def test_h3_a_file_that_grows_is_not_read_for_ever(
        self, scene: Scene, monkeypatch: Any
    ) -> None:
        read = os.read
        monkeypatch.setattr(os, "read", lambda descriptor, size: read(descriptor, 0) or b"x" * size)
        store = LocalDirectory(str(scene.store), limit=100_000)
        (error,) = store.read(["plain/.zarray"]).values()
        assert isinstance(error, boundary.UnreadableError)


class TestSwapped:
    """H15: a folder is swapped for a link between two operations."""

    @pytest.mark.parametrize("target", ["victim/other.zarr/sub", "victim/diary.txt"])
    def test_h15_at_every_operation(self, scene: Scene, target: str, monkeypatch: Any) -> None:
        before = snapshot(scene.victim)
        originals = {name: getattr(os, name) for name in ("open", "link", "unlink", "stat")}
        for at in range(1, 2000, 1 if LONG else 43):
            shutil.rmtree(scene.store)
            write_tree(scene.store, v2_tree())
            left = [at]

            def swapping(function: Any, left: list[int] = left) -> Any:
                def call(*arguments: Any, **options: Any) -> Any:
                    left[0] -= 1
                    if left[0] == 0:
                        os.rename(scene.store / "sub", scene.store / "moved")
                        os.symlink(scene.home / target, scene.store / "sub")
                    return function(*arguments, **options)

                return call

            with monkeypatch.context() as patch:
                for name, function in originals.items():
                    patch.setattr(os, name, swapping(function))
                for work in (
                    lambda: migrate(scene.store, dry_run=False, max_workers=1),
                    lambda: undo(scene.store, max_workers=1),
                ):
                    with suppress(MigrationError):
                        work()
            assert snapshot(scene.victim) == before
            if left[0] > 0:
                break
        assert at > 100

    @pytest.mark.parametrize(
        "key", ["a/..\\../zarr.json", "..\\zarr.json", "C:zarr.json", "a/C:/zarr.json"]
    )
    def test_h15_names_that_lead_elsewhere_on_windows(
        self, scene: Scene, key: str, monkeypatch: Any
    ) -> None:
        monkeypatch.setattr(boundary, "_FORBIDDEN", "\\:")
        store = LocalDirectory(str(scene.store))
        assert store.read([key]) == {}
        assert key in store.write_all([Document(key, b"{}")])
        store.delete(key)

    @pytest.mark.parametrize(
        "key",
        ["../x/zarr.json", "a/../../zarr.json", "/etc/zarr.json", "a//zarr.json", "\0/zarr.json"],
    )
    def test_h15_names_that_lead_elsewhere(self, scene: Scene, key: str) -> None:
        store = LocalDirectory(str(scene.store))
        assert store.read([key]) == {}
        assert key in store.write_all([Document(key, b"{}")])
        store.delete(key)


class TestWithoutDescriptors:
    """Where the system opens no names relative to a directory, each folder is looked at."""

    @pytest.fixture(autouse=True)
    def _plain(self, monkeypatch: Any) -> None:
        from zarrcodec_bridge.stores import directories

        monkeypatch.setattr(boundary, "RELATIVE", False)
        monkeypatch.setattr(directories, "_NAMELESS", None)

    def test_h2_it_works(self, scene: Scene) -> None:
        before = read_tree(scene.store)
        assert scene.run(migrate, dry_run=False).ok  # type: ignore[union-attr]
        assert scene.run(undo).ok  # type: ignore[union-attr]
        assert read_tree(scene.store) == before

    def test_h2_another_store_behind_a_folder(self, scene: Scene) -> None:
        TestLinksOutOfTheStore().test_h2_another_store_behind_a_folder(scene)

    @pytest.mark.long
    @pytest.mark.parametrize("target", TestTheJournalsPlace.TARGETS)
    def test_h1_nothing_is_done_through_it(self, scene: Scene, target: str) -> None:
        TestTheJournalsPlace().test_h1_nothing_is_done_through_it(scene, target)


def read_tree_without_links(root: Path) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


def plant(store: Path, written: dict[str, bytes], **more: Any) -> None:
    """An entry of the journal that no migration wrote."""
    import hashlib
    import uuid

    content = {
        "zarrcodec_bridge": 1,
        "written": {key: hashlib.sha256(data).hexdigest() for key, data in written.items()},
        "removing": {},
        **more,
    }
    folder = store / ".zarrcodec_bridge"
    folder.mkdir(exist_ok=True)
    folder.joinpath(f"{uuid.uuid4().hex}.json").write_text(json.dumps(content))


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as found:
        found.bind(str(path))


def sparse(path: Path, size: int) -> None:
    with path.open("wb") as file:
        file.truncate(size)
