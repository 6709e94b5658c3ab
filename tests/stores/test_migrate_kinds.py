"""Whole stores of every kind: zip files, memory, fsspec, zarr-python's own."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from support.hierarchies import (
    ARRAYS,
    Tree,
    read_tree,
    v2_tree,
    whole,
    write_tree,
)
from support.migrated import zarr3
from support.readers import equal
from zarrcodec_bridge.core.errors import BackendMissingError
from zarrcodec_bridge.stores import MigrationError, migrate, undo

reads_with_zarr = pytest.mark.filterwarnings("ignore")
"""What zarr-python remarks on data types, codecs and two formats side by side is expected."""


@pytest.fixture
def v2_store(tmp_path) -> Path:
    return write_tree(tmp_path / "store.zarr", v2_tree())


class TestStores:
    def check(self, store, read, write):
        """A store, `read` of all its keys and `write` into it, goes through everything."""
        before = read()
        assert migrate(store).counts == {"will change": 8}
        assert read() == before
        assert migrate(store, dry_run=False).counts == {"done": 8}
        after = read()
        assert {key: after[key] for key in before} == before
        assert whole(after) == []
        assert migrate(store, dry_run=False).counts == {"unchanged": 8}
        assert undo(store).counts == {"done": 8}
        assert read() == before

    def test_a_dictionary(self):
        tree = v2_tree()
        self.check(tree, lambda: dict(tree), tree.update)

    def test_a_path_as_text_and_as_a_file_url(self, tmp_path):
        root = write_tree(tmp_path / "with space", v2_tree())
        self.check(str(root), lambda: read_tree(root), None)
        self.check(f"file://{root}", lambda: read_tree(root), None)
        self.check(root.as_uri(), lambda: read_tree(root), None)

    @pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
    def test_a_zip_file(self, tmp_path, compression):
        path = tmp_path / "store.zip"
        with zipfile.ZipFile(path, "w", compression) as archive:
            for key, data in v2_tree().items():
                archive.writestr(key, data)
            archive.writestr("folder/", b"")
            archive.comment = b"kept"
        path.chmod(0o640)

        def read() -> Tree:
            with zipfile.ZipFile(path) as archive:
                assert archive.testzip() is None
                assert archive.comment == b"kept"
                names = [name for name in archive.namelist() if not name.endswith("/")]
                assert len(names) == len(set(names))
                return {name: archive.read(name) for name in names}

        self.check(path, read, None)
        assert path.stat().st_mode & 0o777 == 0o640
        assert [found.name for found in tmp_path.iterdir()] == ["store.zip"]

    @reads_with_zarr
    def test_a_zip_file_with_removal_is_read_by_zarr(self, tmp_path):
        zarr = zarr3()
        path = tmp_path / "store.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for key, data in v2_tree().items():
                archive.writestr(key, data)
        assert migrate(path, dry_run=False, verify=2, remove_old=True).ok
        with zipfile.ZipFile(path) as archive:
            assert not [name for name in archive.namelist() if "/.z" in f"/{name}"]
        store = zarr.storage.ZipStore(path, mode="r")
        group = zarr.open_group(store, mode="r")
        assert equal(group["sub/big"][...], ARRAYS["sub/big"])
        store.close()

    def test_a_zip_file_that_someone_else_changes_is_left(self, tmp_path, monkeypatch):
        path = tmp_path / "store.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for key, data in v2_tree().items():
                archive.writestr(key, data)
        from zarrcodec_bridge.stores import archives

        copy = shutil.copyfileobj

        def meanwhile(*files):
            copy(*files)
            with zipfile.ZipFile(path, "a") as archive:
                archive.writestr("new/chunk", b"1")

        monkeypatch.setattr(archives.shutil, "copyfileobj", meanwhile)
        report = migrate(path, dry_run=False)
        assert "someone else" in report.stopped
        assert report.counts == {"failed": 8}
        with zipfile.ZipFile(path) as archive:
            assert "new/chunk" in archive.namelist()
        assert [found.name for found in tmp_path.iterdir()] == ["store.zip"]

    def test_fsspec_urls_and_maps(self):
        fsspec = pytest.importorskip("fsspec")
        memory = fsspec.filesystem("memory")

        def read() -> Tree:
            found = memory.find("/bridge-test")
            return {path.removeprefix("/bridge-test/"): memory.cat_file(path) for path in found}

        memory.pipe({f"/bridge-test/{key}": data for key, data in v2_tree().items()})
        try:
            self.check("memory://bridge-test", read, None)
            self.check(fsspec.get_mapper("memory://bridge-test"), read, None)
        finally:
            memory.rm("/bridge-test", recursive=True)

    def test_file_systems_that_rename(self, tmp_path):
        pytest.importorskip("fsspec")
        from fsspec.implementations.local import LocalFileSystem

        from zarrcodec_bridge.stores.remote import FsspecStore

        moved = []

        class Renaming(LocalFileSystem):
            protocol = "renaming"
            cachable = False

            def mv(self, source, target, **options):
                assert Path(source).read_bytes()
                assert not Path(target).exists()
                moved.append(target)
                super().mv(source, target, **options)

        root = write_tree(tmp_path / "s", v2_tree())
        store = FsspecStore(Renaming(), str(root))
        self.check(store, lambda: read_tree(root), None)
        assert len([target for target in moved if target.endswith("zarr.json")]) == 8

    @reads_with_zarr
    def test_stores_of_zarr_python(self, tmp_path):
        zarr = zarr3()
        root = write_tree(tmp_path / "s", v2_tree())
        self.check(zarr.storage.LocalStore(root), lambda: read_tree(root), None)
        memory = {}
        store = zarr.storage.MemoryStore(memory)
        make = zarr.registry.get_buffer_class().from_bytes
        memory.update({key: make(data) for key, data in v2_tree().items()})

        def read() -> Tree:
            return {key: value.to_bytes() for key, value in memory.items()}

        self.check(store, read, None)
        self.check(zarr.storage.LoggingStore(store), read, None)
        migrate(store, dry_run=False)
        group = zarr.open_group(store, mode="r", zarr_format=3)
        assert equal(group["sub/big"][...], ARRAYS["sub/big"])

    def test_a_store_on_fsspec_of_zarr_python(self):
        zarr = zarr3()
        fsspec = pytest.importorskip("fsspec")
        memory = fsspec.filesystem("memory")
        memory.pipe({f"/bridge-zarr/{key}": data for key, data in v2_tree().items()})
        try:
            store = zarr.storage.FsspecStore.from_url("memory://bridge-zarr")
            assert migrate(store, dry_run=False, verify=1).counts == {"done": 8}
            assert memory.exists("/bridge-zarr/sub/big/zarr.json")
        finally:
            memory.rm("/bridge-zarr", recursive=True)

    def test_an_object_store_over_the_network(self, tmp_path):
        """Bulk reads and writes of asynchronous file systems, on one that needs no network."""
        pytest.importorskip("fsspec")
        from fsspec.asyn import AsyncFileSystem

        from zarrcodec_bridge.stores.remote import FsspecStore

        class Bucket(AsyncFileSystem):
            protocol = "bucket"
            cachable = False
            broken = frozenset()

            def __init__(self, objects):
                super().__init__()
                self.objects = objects

            async def _cat_file(self, path, start=None, end=None, **options):
                if path in self.broken:
                    raise PermissionError(path)
                try:
                    return self.objects[path]
                except KeyError:
                    raise FileNotFoundError(path) from None

            async def _pipe_file(self, path, value, mode="overwrite", **options):
                if path in self.broken:
                    raise PermissionError(path)
                self.objects[path] = value

            async def _rm_file(self, path, **options):
                del self.objects[path]

            async def _info(self, path, **options):
                return {"name": path, "type": "file", "size": len(self.objects[path])}

            async def _ls(self, path, detail=True, **options):
                start = f"{path.strip('/')}/"
                found = {}
                for key in self.objects:
                    if key.startswith(start):
                        name, slash, _ = key[len(start) :].partition("/")
                        found[f"{start}{name}"] = "directory" if slash else "file"
                if not found:
                    raise FileNotFoundError(path)
                return [{"name": name, "type": kind, "size": 0} for name, kind in found.items()]

        objects = {f"b/x/{key}": data for key, data in v2_tree().items()}
        filesystem = Bucket(objects)
        store = FsspecStore(filesystem, "b/x")

        def read() -> Tree:
            return {key.removeprefix("b/x/"): data for key, data in objects.items()}

        self.check(store, read, None)
        filesystem.broken = frozenset({"b/x/plain/zarr.json", "b/x/sub/big/.zattrs"})
        report = migrate(store, dry_run=False)
        failed = {node.path for node in report.of("failed")}
        assert failed == {"plain", "sub/big"}
        assert whole(read()) == []
        filesystem.broken = frozenset()
        assert migrate(store, dry_run=False).ok

    def test_without_fsspec_a_url_says_what_is_missing(self, monkeypatch):
        import sys

        monkeypatch.setitem(sys.modules, "fsspec", None)
        monkeypatch.setitem(sys.modules, "fsspec.core", None)
        with pytest.raises(BackendMissingError, match="fsspec"):
            migrate("s3://bucket/store.zarr")

    def test_an_unknown_protocol_is_an_error(self):
        pytest.importorskip("fsspec")
        with pytest.raises(ValueError, match="nosuch"):
            migrate("nosuch://place")

    def test_storage_options_are_for_urls(self, v2_store):
        with pytest.raises(MigrationError, match="storage options"):
            migrate(v2_store, storage_options={"anon": True})
