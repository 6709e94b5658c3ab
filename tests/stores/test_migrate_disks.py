"""A full disk, a read-only one, folders without permission: what can be read stays so, and the rest can follow."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

import pytest

from support.faults import SMALL, Readability, has_zarr3, needs_zarr3, small_tree
from support.hierarchies import read_tree, v2_tree, whole, without_journal, write_tree
from zarrcodec_bridge.stores import MigrationError, migrate, undo
from zarrcodec_bridge.stores.report import Report

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KiB of its own, where this machine lets one be mounted."""
    path = tmp_path / "disk"
    path.mkdir()
    mounted = (
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", path],
            capture_output=True,
            check=False,
        )
        if sys.platform == "linux" and os.geteuid() == 0
        else None
    )
    if mounted is None or mounted.returncode:
        pytest.skip("no disk can be mounted here")
    yield path
    subprocess.run(["umount", path], check=True)


CHANGING = {
    "open": lambda path, flags, *_: flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT),
    "write": None,
    "fsync": None,
    "link": None,
    "replace": None,
    "mkdir": None,
    "unlink": None,
    "rmdir": None,
}
"""The calls by which a directory is changed, and which of them do."""

FULL = ("open", "write", "fsync", "link", "mkdir")
"""Those that need room."""

FAULTS = {
    "full": (errno.ENOSPC, "no space left on device", FULL),
    "over quota": (errno.EDQUOT, "disk quota exceeded", FULL),
    "read-only": (errno.EROFS, "read-only file system", tuple(CHANGING)),
    "broken": (errno.EIO, "input/output error", tuple(CHANGING)),
}


class FaultyDisk:
    """From a certain call on, those that change a directory fail."""

    def __init__(self, patch: pytest.MonkeyPatch, at: int, fault: str) -> None:
        number, text, calls = FAULTS[fault]
        self.left = at
        self.failed = 0
        for name in calls:
            patch.setattr(os, name, self._failing(name, getattr(os, name), number, text))

    def _failing(self, name: str, function: Any, number: int, text: str) -> Any:
        changes = CHANGING[name]

        def call(*arguments: Any, **options: Any) -> Any:
            if changes is None or changes(*arguments):
                self.left -= 1
                if self.left <= 0:
                    self.failed += 1
                    raise OSError(number, text)
            return function(*arguments, **options)

        return call


def removal(root: Path, **options: Any) -> Report:
    return migrate(root, dry_run=False, verify=1, remove_old=True, **options)


@pytest.mark.long
class TestEveryCallFails:
    """A disk that is full, or fails, from the first, the second, ... call of a work on, for good."""

    @pytest.fixture(autouse=True)
    def _written_one_by_one(self, monkeypatch: pytest.MonkeyPatch, request: Any) -> None:
        """Drafts with names, and flushed each: more calls that can fail; what verifies is others' concern."""
        from zarrcodec_bridge.stores import directories, disk, run, work

        monkeypatch.setattr(disk, "_whole_file_system", lambda: None)
        if request.node.callspec.params["way"] == "named":
            monkeypatch.setattr(directories, "_NAMELESS", None)
        monkeypatch.setattr(run, "check_backend", lambda: None)
        monkeypatch.setattr(
            work, "verify_array", lambda store, path, documents, wanted, **options: wanted
        )

    @pytest.mark.parametrize("way", ["nameless", "named"])
    @pytest.mark.parametrize("fault", FAULTS)
    @pytest.mark.parametrize("work", ["migrate", "remove", "undo"])
    def test_of_a_work(self, tmp_path: Path, work: str, fault: str, way: str) -> None:
        do: Any = {
            "migrate": lambda root: migrate(root, dry_run=False, max_workers=1),
            "remove": lambda root: removal(root, max_workers=1),
            "undo": lambda root: undo(root, max_workers=1),
        }[work]
        text = FAULTS[fault][1]
        source = write_tree(tmp_path / "source", small_tree())
        before = read_tree(source)
        if work != "migrate":
            migrate(source, dry_run=False)
        readable = Readability(tmp_path / "seen", SMALL)
        for at in range(1, 1000):
            root = Path(shutil.copytree(source, tmp_path / str(at)))
            with pytest.MonkeyPatch.context() as patch:
                disk = FaultyDisk(patch, at, fault)
                try:
                    report = do(root)
                except MigrationError as error:
                    said = str(error)
                else:
                    said = str(report)
            if not disk.failed:
                assert report.ok
                break
            tree = read_tree(root)
            readable.check({key: data for key, data in tree.items() if not key.endswith(".tmp")})
            if not report_is_whole(tree, work, before):
                assert text in said, said
            if work == "migrate":
                assert {key: tree[key] for key in before} == before
                assert migrate(root, dry_run=False).ok
                assert undo(root).ok
                assert read_tree(root) == before
            elif work == "remove":
                assert removal(root).ok
                assert not {key for key in read_tree(root) if "/.z" in f"/{key}"}
            else:
                if without_journal(tree) != tree:
                    assert undo(root).ok
                assert without_journal(read_tree(root)) == before
            shutil.rmtree(root)
        assert at > 3


def report_is_whole(tree: Any, work: str, before: Any) -> bool:
    """Whether all was done, and a call failed that makes no difference."""
    new = {key for key in without_journal(tree) if key.endswith("zarr.json")}
    old = {key for key in without_journal(tree) if "/.z" in f"/{key}"}
    if work == "undo":
        return tree == before
    return len(new) == 4 if work == "migrate" else not old


class TestFullDisk:
    @pytest.mark.parametrize("room", [0, 1, 700, 1500, 3000, 5000])
    def test_what_fits_is_written_and_the_rest_waits(self, tmp_path, monkeypatch, room):
        root = write_tree(tmp_path / "s", v2_tree())
        before = read_tree(root)
        left = [room]
        write = os.write

        def on_a_full_disk(descriptor, data):
            if left[0] <= 0:
                raise OSError(errno.ENOSPC, "no space left on device")
            written = write(descriptor, data[: left[0]])
            left[0] -= written
            return written

        with monkeypatch.context() as full:
            full.setattr(os, "write", on_a_full_disk)
            report = migrate(root, dry_run=False)
        assert not report.ok
        reasons = [report.stopped or "", *(node.reason or "" for node in report.of("failed"))]
        assert any("no space left" in reason for reason in reasons)
        after = read_tree(root)
        assert {key: after[key] for key in before} == before
        assert [key for key in after if key.endswith(".tmp")] == []
        Readability(tmp_path / "seen").check(after)
        assert migrate(root, dry_run=False).ok
        Readability(tmp_path / "seen-later").check(read_tree(root))
        assert undo(root).ok
        assert read_tree(root) == before

    def test_a_small_disk_of_its_own(self, tmp_path, disk):
        root = write_tree(disk / "s", v2_tree())
        before = read_tree(root)
        ballast = disk / "ballast"
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))
        filled = ballast.stat().st_size
        for room in (0, 1, 3, 6, 12, 24):
            os.truncate(ballast, max(0, filled - 4096 * room))
            report = migrate(root, dry_run=False)
            after = read_tree(root)
            assert {key: after[key] for key in before} == before
            Readability(tmp_path / f"seen-{room}").check(after)
            if report.ok:
                break
            assert "No space left" in str(report)
        else:
            pytest.fail("it never had room")
        with ballast.open("ab", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))
        assert undo(root).ok
        assert read_tree(root) == before

    def test_a_zip_file_stays_as_it_is(self, tmp_path, monkeypatch):
        path = tmp_path / "store.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for key, data in v2_tree().items():
                archive.writestr(key, data)
        before = path.read_bytes()
        from zarrcodec_bridge.stores import archives

        def full(source, target, length):
            target.write(before[:100])
            raise OSError(errno.ENOSPC, "no space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(archives.shutil, "copyfileobj", full)
            report = migrate(path, dry_run=False)
        assert "no space left" in report.stopped
        assert report.counts == {"failed": 8}
        assert path.read_bytes() == before
        assert [found.name for found in tmp_path.iterdir()] == ["store.zip"]
        assert migrate(path, dry_run=False).ok


class TestReadOnly:
    class Mapping(dict):
        def __setitem__(self, key, value):
            raise PermissionError(errno.EACCES, "permission denied")

        def __delitem__(self, key):
            raise PermissionError(errno.EACCES, "permission denied")

    def test_a_mapping(self):
        tree = self.Mapping(v2_tree())
        assert migrate(tree).ok
        report = migrate(tree, dry_run=False)
        assert "cannot be written" in report.stopped
        assert "permission denied" in report.stopped
        assert "done" not in report.counts
        assert tree == v2_tree()

    def test_what_is_migrated_needs_no_writing(self):
        tree = v2_tree()
        migrate(tree, dry_run=False)
        assert migrate(self.Mapping(tree), dry_run=False).counts == {"unchanged": 8}
        with pytest.raises(MigrationError, match="permission denied"):
            undo(self.Mapping(tree))

    @needs_zarr3
    def test_a_store_of_zarr_python(self, tmp_path):
        import zarr

        root = write_tree(tmp_path / "s", v2_tree())
        before = read_tree(root)
        store = zarr.storage.LocalStore(root, read_only=True)
        assert migrate(store).ok
        report = migrate(store, dry_run=False)
        assert "read" in report.stopped
        assert read_tree(root) == before

    def test_a_disk_mounted_read_only(self, disk):
        root = write_tree(disk / "s", small_tree())
        migrated = write_tree(disk / "migrated", small_tree())
        migrate(migrated, dry_run=False)
        before = read_tree(disk)
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        assert migrate(root).ok
        assert "Read-only file system" in migrate(root, dry_run=False).stopped
        assert migrate(migrated, dry_run=False).counts == {"unchanged": 4}
        with pytest.raises(MigrationError, match="Read-only file system"):
            undo(migrated)
        if has_zarr3():
            assert "Read-only file system" in removal(migrated).not_removed
        assert read_tree(disk) == before

    @pytest.mark.parametrize("what", ["memory", "a file system that renames"])
    def test_a_file_system_of_fsspec(self, tmp_path, what):
        pytest.importorskip("fsspec")
        from fsspec.implementations.local import LocalFileSystem
        from fsspec.implementations.memory import MemoryFileSystem

        class ReadOnly(LocalFileSystem if "renames" in what else MemoryFileSystem):
            protocol = "readonly"
            store: ClassVar[dict[str, Any]] = {}
            pseudo_dirs: ClassVar[list[str]] = [""]
            refuses = False

            def _open(self, path, mode="rb", **options):
                if self.refuses and mode != "rb":
                    raise OSError(errno.EROFS, "read-only file system")
                return super()._open(path, mode, **options)

            def pipe_file(self, path, value, **options):
                if self.refuses:
                    raise OSError(errno.EROFS, "read-only file system")
                return super().pipe_file(path, value, **options)

            def rm_file(self, path):
                if self.refuses:
                    raise OSError(errno.EROFS, "read-only file system")
                return super().rm_file(path)

        system = ReadOnly(skip_instance_cache=True)
        home = str(tmp_path)
        for key, data in v2_tree().items():
            system.makedirs(f"{home}/s/{key}".rpartition("/")[0], exist_ok=True)
            system.pipe_file(f"{home}/s/{key}", data)
        mapper = system.get_mapper(f"{home}/s")
        before = dict(mapper)
        system.refuses = True
        assert migrate(mapper).ok
        assert "read-only file system" in migrate(mapper, dry_run=False).stopped
        assert dict(mapper) == before
        system.refuses = False
        assert migrate(mapper, dry_run=False).ok
        system.refuses = True
        assert migrate(mapper, dry_run=False).counts == {"unchanged": 8}
        with pytest.raises(MigrationError, match="read-only file system"):
            undo(mapper)
        system.refuses = False
        assert undo(mapper).ok
        assert dict(mapper) == before

    def test_a_folder_that_cannot_be_written_stops_only_its_array(self, tmp_path, monkeypatch):
        root = write_tree(tmp_path / "s", v2_tree())
        link = os.link

        def denied(source, target, **options):
            folder = os.readlink(f"/proc/self/fd/{options['dst_dir_fd']}")
            if f"{folder}/{target}".endswith("big/zarr.json"):
                raise PermissionError(errno.EACCES, "permission denied")
            return link(source, target, **options)

        monkeypatch.setattr(os, "link", denied)
        report = migrate(root, dry_run=False)
        assert [node.path for node in report.of("failed")] == ["sub/big"]
        assert [node.path for node in report.of("refused")] == ["", "sub"]
        Readability(tmp_path / "seen").check(read_tree(root))

    @pytest.mark.parametrize("error", [errno.EPERM, errno.EXDEV, errno.EOPNOTSUPP])
    def test_a_file_system_without_links_is_written_nevertheless(
        self, tmp_path, monkeypatch, error
    ):
        root = write_tree(tmp_path / "s", v2_tree())

        def none(source, target, **options):
            raise OSError(error, "no links here")

        monkeypatch.setattr(os, "link", none)
        if error == errno.EXDEV:
            beside = os.replace
            monkeypatch.setattr(
                os,
                "link",
                lambda source, target, **options: (
                    beside(source, target, **options)
                    if str(source).startswith(str(target))
                    else none(source, target)
                ),
            )
        assert migrate(root, dry_run=False).ok
        assert [key for key in read_tree(root) if key.endswith(".tmp")] == []
        assert whole(read_tree(root)) == []
        assert undo(root).ok
        assert read_tree(root) == v2_tree()


UNPRIVILEGED = """
    import os, sys
    from zarrcodec_bridge.cli import main
    from zarrcodec_bridge.stores import migrate
    root, *options = sys.argv[1:]
    migrate(root, verify=int("--remove-old" in options))  # imports what is needed, before it cannot
    if os.geteuid() == 0:
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
        except OSError as error:
            sys.exit(f"cannot be someone else: {error}")
    raise SystemExit(main(["migrate", root, "--no-progress", *options]))
"""


@pytest.mark.long
@pytest.mark.skipif(not hasattr(os, "setuid"), reason="needs users")
class TestPermissions:
    """A process that may read everything and write some folders only, which root is not."""

    @pytest.fixture
    def root(self) -> Iterator[Path]:
        """A store where everybody gets to."""
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o755)
            root = write_tree(Path(folder) / "s", v2_tree())
            yield root
            for path in (root, *root.rglob("*")):
                path.chmod(0o755 if path.is_dir() else 0o644)

    def run(self, root: Path, *options: str) -> tuple[int, str]:
        """The program's exit code and output, run by a user without rights."""
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(UNPRIVILEGED), root, *options],
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            check=False,
        )
        if "cannot be someone else" in done.stderr:
            pytest.skip(done.stderr)
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout + done.stderr

    def test_of_no_folder(self, root: Path) -> None:
        for path in (root, *root.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        before = read_tree(root)
        assert self.run(root)[0] == 0
        code, said = self.run(root, "--write")
        assert (code, read_tree(root)) == (1, before)
        assert "the store cannot be written: PermissionError" in said

    def test_of_no_folder_of_what_was_migrated(self, root: Path) -> None:
        migrate(root, dry_run=False)
        for path in (root, *root.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        before = read_tree(root)
        assert self.run(root, "--write")[0] == 0
        code, said = self.run(root, "--undo", "--write")
        assert (code, read_tree(root)) == (2, before)
        assert "cannot be written: PermissionError" in said
        if has_zarr3():
            code, said = self.run(root, "--remove-old", "--write")
            assert (code, read_tree(root)) == (1, before)
            assert "old documents kept: PermissionError" in said

    def test_of_all_but_one(self, root: Path) -> None:
        for path in (root, *root.rglob("*")):
            if path.is_dir():
                path.chmod(0o777)
        (root / "sub/big").chmod(0o555)
        code, said = self.run(root, "--write")
        assert code == 1
        assert "failed       array  sub/big" in said
        assert (root / "words/zarr.json").exists()
        assert not (root / "sub/zarr.json").exists()
        assert not (root / "zarr.json").exists()
        (root / "sub/big").chmod(0o777)
        assert self.run(root, "--write")[0] == 0
        assert whole(read_tree(root)) == []
        assert self.run(root, "--undo", "--write")[0] == 0
        assert read_tree(root) == v2_tree()

    @pytest.mark.parametrize("where", ["sub/big/.zarray", "sub/big", "sub"])
    def test_to_read(self, root: Path, where: str) -> None:
        for path in (root, *root.rglob("*")):
            if path.is_dir():
                path.chmod(0o777)
        mode = (root / where).stat().st_mode
        (root / where).chmod(0)
        if os.geteuid() != 0:
            pytest.skip("the run that imports cannot read it either")
        code, said = self.run(root, "--write")
        (root / where).chmod(mode)
        assert code == 1
        assert "PermissionError" in said
        assert (root / "words/zarr.json").exists()
        assert not (root / "zarr.json").exists()
        assert whole(read_tree(root)) == []
        assert self.run(root, "--write")[0] == 0
        assert whole(read_tree(root)) == []
