"""Documents above the limit, and empty ones, in every store that is no directory: a part of them is read (H10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from support.hierarchies import zarray
from zarrcodec_bridge.stores import migrate, remote

LIMIT = 1000
ARRAY = zarray([4], [2], "<i2")
TREE = {
    ".zgroup": b'{"zarr_format": 2}',
    "large/.zarray": ARRAY + b" " * 50_000,
    "limit/.zarray": ARRAY.ljust(LIMIT),
    "more/.zarray": ARRAY.ljust(LIMIT + 1),
    "empty/.zarray": b"",
    "right/.zarray": ARRAY,
}
OUTCOMES = {
    "": "refused",
    "large": "failed",
    "limit": "will change",
    "more": "failed",
    "empty": "refused",
    "right": "will change",
}


def in_memory() -> Any:
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    memory.pipe({f"/limits/{key}": data for key, data in TREE.items()})
    return "memory://limits"


def cached() -> Any:
    return f"simplecache::{in_memory()}"


def asynchronous(ranges: bool = True, together: bool = True) -> Any:
    """A file system as those of object stores: an empty object has no range."""
    asyn = pytest.importorskip("fsspec.asyn")

    class Asynchronous(asyn.AsyncFileSystem):  # type: ignore[misc, name-defined]
        protocol = "objects"
        cachable = False
        longest = 0

        async def _cat_file(self, path: str, start: Any = None, end: Any = None, **_: Any) -> bytes:
            data = TREE.get(path.strip("/").removeprefix("s/"))
            if data is None:
                raise FileNotFoundError(path)
            if start is not None and (not data or not ranges):
                raise OSError(22, "InvalidRange")
            self.longest = max(self.longest, len(data[start:end]))
            return data[start:end]

        async def _cat_ranges(self, *arguments: Any, **options: Any) -> Any:
            if not together:  # as obstore's
                options["on_error"] = "raise"
            return await super()._cat_ranges(*arguments, **options)

        async def _info(self, path: str, **_: Any) -> dict[str, Any]:
            data = TREE[path.strip("/").removeprefix("s/")]
            return {"name": path, "size": len(data), "type": "file"}

        async def _ls(self, path: str, **_: Any) -> list[dict[str, Any]]:
            names = {key.partition("/")[0] for key in TREE if "/" in key}
            found = [{"name": f"s/{name}", "type": "directory"} for name in sorted(names)]
            return found if path.strip("/") == "s" else []

    filesystem = Asynchronous()
    return pytest.importorskip("fsspec").FSMap("s", filesystem, check=False)


def zarr_store(*, read_only: bool = False) -> Any:
    zarr = pytest.importorskip("zarr", minversion="3")
    buffer = zarr.core.buffer.default_buffer_prototype().buffer
    tree = {key: buffer.from_bytes(data) for key, data in TREE.items()}
    return zarr.storage.MemoryStore(tree, read_only=read_only)


def object_store() -> Any:
    pytest.importorskip("zarr", minversion="3.0.8")
    obstore = pytest.importorskip("obstore")
    from zarr.storage import ObjectStore

    inner = obstore.store.MemoryStore()
    for key, data in TREE.items():
        obstore.put(inner, key, data)
    return ObjectStore(inner)


def zarr_on_fsspec() -> Any:
    pytest.importorskip("zarr", minversion="3")
    wrapper = pytest.importorskip("fsspec.implementations.asyn_wrapper")
    from zarr.storage import FsspecStore

    in_memory()
    memory = pytest.importorskip("fsspec").filesystem("memory")
    return FsspecStore(wrapper.AsyncFileSystemWrapper(memory), read_only=True, path="limits")


STORES: dict[str, Callable[[], Any]] = {
    "fsspec": in_memory,
    "fsspec, cached": cached,
    "fsspec, asynchronous": asynchronous,
    "fsspec, asynchronous, one error for all": lambda: asynchronous(together=False),
    "fsspec, asynchronous, no ranges": lambda: asynchronous(ranges=False),
    "zarr-python": zarr_store,
    "zarr-python, read only": lambda: zarr_store(read_only=True),
    "zarr-python, obstore": object_store,
    "zarr-python, fsspec, read only": zarr_on_fsspec,
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", STORES)
def test_h10_no_more_of_a_document_is_read_than_the_limit(name: str) -> None:
    store = STORES[name]()
    report = migrate(store, document_limit=LIMIT)
    assert {node.path: node.outcome for node in report.nodes} == OUTCOMES
    reasons = {node.path: str(node.reason) for node in report.nodes}
    for path in ("large", "more"):
        assert "at most 1000 are read; document_limit allows more" in reasons[path]
    assert "is not JSON" in reasons["empty"]
    longest = getattr(getattr(store, "fs", None), "longest", 0)
    assert longest <= LIMIT + 1


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", STORES)
def test_h10_no_more_names_are_listed_than_the_limit(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "MOST_NAMES", 4)
    report = migrate(STORES[name](), document_limit=LIMIT)
    assert not report.ok
    assert "at most 4 are read" in str(report)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", [name for name in STORES if "read only" in name])
def test_what_is_read_only_is_not_written(name: str) -> None:
    store = STORES[name]()
    report = migrate(store, document_limit=LIMIT, dry_run=False)
    assert not report.ok
    assert "read-only" in str(report) or "read only" in str(report)
    assert not any(node.outcome == "done" for node in report.nodes)
