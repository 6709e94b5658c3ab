"""What is listed and cannot be read is a failure, not an absence; modes, owners, and requests that only create."""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from support.attacks import NOBODY, SCENES, as_user, give, needs_posix, room
from support.faults import has_zarr3
from support.hierarchies import Tree, document, read_tree, v2_tree, v3_tree, write_tree
from zarrcodec_bridge.stores import migrate, undo
from zarrcodec_bridge.stores.report import Report


class Unreadable(dict):  # type: ignore[type-arg]
    """A mapping that lists a key, and does not find it."""

    lost: str = ""

    def __getitem__(self, key: str) -> Any:
        if key == self.lost:
            raise KeyError(key)
        return super().__getitem__(key)


def a_mapping(tree: Tree, lost: str, home: Path) -> Any:
    found = Unreadable(tree)
    found.lost = lost
    return found


def a_remote_store(tree: Tree, lost: str, home: Path) -> Any:
    pytest.importorskip("fsspec")
    from fsspec.implementations.memory import MemoryFileSystem

    class Forgetful(MemoryFileSystem):
        protocol = "forgetful"
        store: ClassVar[dict[str, Any]] = {}
        pseudo_dirs: ClassVar[list[str]] = [""]

        def cat_file(self, path: str, *args: Any, **options: Any) -> bytes:
            if path.endswith(f"s/{lost}"):
                raise FileNotFoundError(path)
            found: bytes = super().cat_file(path, *args, **options)
            return found

    system = Forgetful(skip_instance_cache=True)
    for key, data in tree.items():
        system.pipe_file(f"/s/{key}", data)
    return system.get_mapper("/s")


def a_dangling_link(tree: Tree, lost: str, home: Path) -> Any:
    root = write_tree(home / "s", tree)
    root.joinpath(lost).unlink()
    root.joinpath(lost).symlink_to("../.git/annex/objects/none")
    return root


def a_zip_file(tree: Tree, lost: str, home: Path) -> Any:
    path = home / "s.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for key, data in tree.items():
            archive.writestr(key, data)
    found = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(lost)
    at = info.header_offset + 30 + len(info.filename)
    found[at] ^= 0xFF
    path.write_bytes(found)
    return path


def a_zarr_store(tree: Tree, lost: str, home: Path) -> Any:
    zarr = pytest.importorskip("zarr", minversion="3")

    class Forgetful(zarr.storage.MemoryStore):  # type: ignore[misc, name-defined]
        async def get(self, key: str, *args: Any, **options: Any) -> Any:
            return None if key == lost else await super().get(key, *args, **options)

    make = zarr.core.buffer.default_buffer_prototype().buffer.from_bytes
    return Forgetful({key: make(data) for key, data in tree.items()})


STORES: tuple[Callable[[Tree, str, Path], Any], ...] = (
    a_mapping,
    a_remote_store,
    a_dangling_link,
    a_zip_file,
    a_zarr_store,
)


@pytest.mark.parametrize("make", STORES)
@pytest.mark.parametrize(
    ("tree", "zarr_format", "lost"),
    [
        (v2_tree, 3, "plain/.zarray"),
        (v2_tree, 3, "sub/big/.zarray"),
        (v2_tree, 3, "sub/.zgroup"),
        (v2_tree, 3, "sub/.zattrs"),
        (v3_tree, 2, "plain/zarr.json"),
        (v3_tree, 2, "sub/zarr.json"),
    ],
)
def test_h12_listed_and_not_read(
    tmp_path: Path, tree: Callable[[], Tree], zarr_format: Any, lost: str, make: Any
) -> None:
    if make is a_dangling_link and os.name == "nt":
        pytest.skip("needs links")
    store = make(tree(), lost, tmp_path)
    options: dict[str, Any] = {"verify": 1, "remove_old": True} if has_zarr3() else {}
    dry = migrate(store, zarr_format, **options)
    report = migrate(store, zarr_format, dry_run=False, **options)
    for each in (dry, report):
        outcomes = {node.path: node.outcome for node in each.nodes}
        assert outcomes[lost.rpartition("/")[0]] == "failed", each
        assert outcomes[""] == "refused", each
        assert not each.ok
    assert not any(node.removed for node in report.nodes)


@pytest.fixture(params=SCENES, ids="-".join)
def home(request: Any) -> Iterator[tuple[Path, str]]:
    with room(*request.param) as found:
        yield found, request.param[1]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@needs_posix
class TestModes:
    """H11: what is written has the mode and owner of what lies beside it, whatever the umask; never wider."""

    @pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
    @pytest.mark.parametrize(
        ("array", "attributes", "expected"),
        [
            (0o644, 0o644, 0o644),
            (0o644, 0o600, 0o600),
            (0o600, 0o644, 0o600),
            (0o664, 0o644, 0o644),
            (0o640, 0o604, 0o600),
            (0o444, 0o444, 0o444),
            (0o755, 0o777, 0o644),
        ],
    )
    def test_h11_modes(
        self, home: tuple[Path, str], umask: int, array: int, attributes: int, expected: int
    ) -> None:
        folder, user = home
        root = write_tree(folder / "s", v2_tree())
        (root / "sub/big/.zarray").chmod(array)
        (root / "sub/big/.zattrs").chmod(attributes)
        give(folder, user)

        def work() -> Report:
            os.umask(umask)
            return migrate(root, dry_run=False)

        assert as_user(user, work).ok
        assert mode(root / "sub/big/zarr.json") == expected
        assert mode(root / "plain/zarr.json") == mode(root / "plain/.zarray")
        for path in (root / ".zarrcodec_bridge").iterdir():
            assert mode(path) & ~mode(root) == 0
        assert mode(root / ".zarrcodec_bridge") == mode(root)

    def test_h11_owners(self, home: tuple[Path, str]) -> None:
        folder, user = home
        if user != "root":
            pytest.skip("only root gives files away")
        root = write_tree(folder / "s", v2_tree())
        give(folder, "user")
        assert migrate(root, dry_run=False).ok
        for path in root.rglob("*"):
            assert (path.stat().st_uid, path.stat().st_gid) == (NOBODY, NOBODY), path
        assert as_user("user", lambda: undo(root)).ok
        assert read_tree(root) == v2_tree()

    def test_h11_a_group_that_cannot_be_given(self, home: tuple[Path, str]) -> None:
        folder, user = home
        if user != "user" or os.geteuid() != 0:
            pytest.skip("needs a user whom root gives files of another group")
        root = write_tree(folder / "s", v2_tree())
        give(folder, user)
        os.chown(root / "plain/.zarray", NOBODY, 0)
        (root / "plain/.zarray").chmod(0o640)
        assert as_user(user, lambda: migrate(root, dry_run=False)).ok
        assert mode(root / "plain/zarr.json") == 0o600


class TestCreateOnly:
    """H14: where the store has requests that only create, another writer's document is not replaced."""

    def system(self, *, known: bool, implemented: bool = True) -> Any:
        asyn = pytest.importorskip("fsspec.asyn")

        class Objects(asyn.AsyncFileSystem):  # type: ignore[misc, name-defined]
            protocol = "objects"
            objects: ClassVar[dict[str, bytes]] = {}
            late: ClassVar[dict[str, bytes]] = {}

            async def _cat_file(
                self, path: str, start: Any = None, end: Any = None, **_: Any
            ) -> bytes:
                path = path.strip("/")
                if path not in self.objects:
                    raise FileNotFoundError(path)
                return self.objects[path]

            async def _rm_file(self, path: str, **_: Any) -> None:
                self.objects.pop(path.strip("/"), None)

            async def _info(self, path: str, **_: Any) -> Any:
                path = path.strip("/")
                if path in self.objects:
                    return {"name": path, "type": "file", "size": len(self.objects[path])}
                raise FileNotFoundError(path)

            async def _ls(self, path: str, detail: bool = True, **_: Any) -> Any:
                start = f"{path.strip('/')}/"
                found = {}
                for name in self.objects:
                    if name.startswith(start):
                        first, slash, _ = name[len(start) :].partition("/")
                        found[start + first] = "directory" if slash else "file"
                if not found:
                    raise FileNotFoundError(path)
                return [{"name": name, "type": kind, "size": 0} for name, kind in found.items()]

            def _put(self, path: str, value: bytes, mode: str) -> None:
                path = path.strip("/")
                self.objects.update({k: self.late.pop(k) for k in [*self.late] if k == path})
                if mode == "create" and not implemented:
                    raise NotImplementedError(
                        "A header you provided implies functionality that is not"
                    )
                if mode == "create" and path in self.objects:
                    raise FileExistsError(path)
                self.objects[path] = value

            if known:

                async def _pipe_file(
                    self, path: str, value: bytes, mode: str = "overwrite", **_: Any
                ) -> None:
                    self._put(path, value, mode)

            else:

                async def _pipe_file(self, path: str, value: bytes, **_: Any) -> None:
                    self._put(path, value, "overwrite")

        found = Objects(skip_instance_cache=True)
        found.objects.update({f"b/{key}": data for key, data in v2_tree().items()})
        return found

    @pytest.mark.parametrize("late", ["plain/zarr.json", "sub/zarr.json", "zarr.json"])
    def test_h14_another_writer_is_not_replaced(self, late: str) -> None:
        system = self.system(known=True)
        theirs = document(zarr_format=3, node_type="group", attributes={"by": "somebody else"})
        system.late[f"b/{late}"] = theirs
        report = migrate(system.get_mapper("b"), dry_run=False)
        assert system.objects[f"b/{late}"] == theirs
        assert not report.ok

    @pytest.mark.parametrize(("known", "implemented"), [(True, True), (True, False), (False, True)])
    def test_h14_there_and_back(self, known: bool, implemented: bool) -> None:
        system = self.system(known=known, implemented=implemented)
        before = dict(system.objects)
        mapper = system.get_mapper("b")
        assert migrate(mapper, dry_run=False).counts == {"done": 8}
        assert migrate(mapper, dry_run=False).counts == {"unchanged": 8}
        assert undo(mapper).ok
        assert system.objects == before
