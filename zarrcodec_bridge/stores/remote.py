"""Stores behind fsspec, and zarr-python 3's own store objects."""

from __future__ import annotations

import asyncio
import errno
import functools
import inspect
import threading
import uuid
from collections.abc import Coroutine, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any, Final, NamedTuple

from zarrcodec_bridge.core.messages import excerpt
from zarrcodec_bridge.core.redaction import redact_error, without_secrets
from zarrcodec_bridge.stores.boundary import DOCUMENT_LIMIT, UnreadableError, limit_of, too_large
from zarrcodec_bridge.stores.layout import JOURNAL, below, name_in, parent
from zarrcodec_bridge.stores.store import Document, MigrationError, PlainStore, Read

MOST_NAMES: Final = 4_000_000
DEEPEST_FOLDER: Final = 64
MOST_FOLDERS: Final = 2_000_000
"""Names in a folder, folders in one another, and folders that are listed, at most: a listing may have no end."""

_NO_NAMES: Final = frozenset({".", ".."})


class FsspecStore(PlainStore):
    """A folder of an fsspec file system.

    An object store shows an object when all of it is there. Where a file system renames (SFTP, SMB, HDFS), documents
    are written beside and renamed.
    """

    workers = 32
    read_only: str | None = None
    """Why nothing is written or deleted, if so."""

    def __init__(self, filesystem: Any, root: str, secrets: frozenset[str] = frozenset()) -> None:
        self._fs = filesystem
        self._root = root.rstrip("/")
        self._secrets = secrets
        self._can_create = _has_create_only(filesystem)
        self.document_limit = DOCUMENT_LIMIT
        self._listings = 0

    @property
    def name(self) -> str:
        """Protocol and path."""
        root = self._root if "://" in self._root else self._root.lstrip("/")
        return without_secrets(str(self._fs.unstrip_protocol(root)), self._secrets)

    def _path(self, key: str) -> str:
        return f"{self._root}/{key}" if self._root and key else self._root or key

    @contextmanager
    def _hide_secrets(self) -> Generator[None]:
        """Errors of the file system repeat URLs and options: here they lose the secrets in them."""
        try:
            yield
        except Exception as error:  # every backend has its own
            clean = redact_error(error, self._secrets)
            if clean is error:
                raise
            raise clean from None

    def read(self, keys: Sequence[str]) -> Read:
        """The objects of these keys, fetched together where the file system can."""
        found: Read = {}
        for key, data in zip(keys, self._fetch(keys), strict=True):
            if isinstance(data, _NO_FILE):
                continue
            if isinstance(data, Exception):
                found[key] = redact_error(data, self._secrets)
            elif len(data) > (limit := self._limit(key)):
                found[key] = UnreadableError(too_large(name_in(key), len(data), limit))
            else:
                found[key] = bytes(data)
        return found

    def _limit(self, key: str) -> int:
        return limit_of(key, self.document_limit)

    def _fetch(self, keys: Sequence[str]) -> list[Any]:
        """What the file system gives for these keys, a byte above the limit at most, or why not."""
        paths = [self._path(key) for key in keys]
        ends = [self._limit(key) + 1 for key in keys]
        if self._fs.async_impl and len(keys) > 1:
            with suppress(Exception):  # some do not return an error, but raise it for all
                answers = self._fs.cat_ranges(paths, [0] * len(keys), ends, on_error="return")
                return [
                    self._fetch_whole(path, end, answer)
                    if isinstance(answer, Exception)
                    else answer
                    for path, end, answer in zip(paths, ends, answers, strict=True)
                ]
        return [self._fetch_one(path, end) for path, end in zip(paths, ends, strict=True)]

    def _fetch_one(self, path: str, end: int) -> Any:
        try:
            plain = import_module("fsspec.spec").AbstractFileSystem.cat_file
            if self._fs.async_impl or type(self._fs).cat_file is not plain:
                return self._fs.cat_file(path, start=0, end=end)
            # it would ask the open file for the whole range, for which some take memory at once
            with self._fs.open(path, "rb") as file:
                return _read_up_to(file, end)
        except Exception as error:  # every backend has its own
            return self._fetch_whole(path, end, error)

    def _fetch_whole(self, path: str, end: int, error: Exception) -> Any:
        """Read an object as a whole, if it is small: an empty one has no range, nor have some servers."""
        if isinstance(error, (*_NO_FILE, PermissionError)):
            return error
        try:
            size = self._fs.info(path)["size"]
            if size >= end:
                return UnreadableError(too_large(name_in(path), size, end - 1))
            return self._fs.cat_file(path)
        except Exception:  # every backend has its own
            return error

    def write_all(
        self, documents: Sequence[Document], first: Document | None = None
    ) -> dict[str, Exception]:
        """Put objects, each at once, together where the file system can."""
        if self.read_only is not None:
            everything = documents if first is None else (first, *documents)
            return {document.key: OSError(errno.EROFS, self.read_only) for document in everything}
        if first is not None and (problems := self.write_all([first])):
            return {document.key: problems[first.key] for document in (first, *documents)}
        if self._fs.async_impl and len(documents) > 1:
            creating = self._can_create and not any(document.replace for document in documents)
            options = {"mode": "create"} if creating else {}
            with suppress(Exception):
                # the error has no key: each document is put again, one by one
                self._fs.pipe({self._path(key): data for key, data, _ in documents}, **options)
                return {}
        problems = {}
        for document in documents:
            try:
                self._put(document)
            except Exception as error:  # every backend has its own
                problems[document.key] = redact_error(error, self._secrets)
        return problems

    def _put(self, document: Document) -> None:
        path = self._path(document.key)
        if not self._fs.async_impl:
            self._fs.makedirs(parent(path), exist_ok=True)
        if document.replace:
            self._fs.pipe_file(path, document.data)
            return
        if self._can_create:
            self._create(path, document.data)
            return
        if self._fs.exists(path):
            raise FileExistsError(errno.EEXIST, "exists already", path)
        if not self._can_rename():
            self._fs.pipe_file(path, document.data)
            return
        draft = self._path(below(JOURNAL, f"{uuid.uuid4().hex}.tmp"))
        self._fs.makedirs(parent(draft), exist_ok=True)
        self._fs.pipe_file(draft, document.data)
        self._fs.mv(draft, path)

    def _create(self, path: str, data: bytes) -> None:
        """Put an object, unless there is one: the server decides, by ``If-None-Match`` in S3."""
        try:
            self._fs.pipe_file(path, data, mode="create")
        except FileExistsError:
            if self._fs.cat_file(path) != data:  # else an earlier request of ours came through
                raise
        except Exception as error:  # every backend has its own
            if not _is_not_implemented(error):
                raise
            # the server knows no such request: what was looked for before must do
            self._can_create = False
            if self._fs.exists(path):
                raise FileExistsError(errno.EEXIST, "exists already", path) from error
            self._fs.pipe_file(path, data)

    def _can_rename(self) -> bool:
        kind: Any = type(self._fs)
        plain = import_module("fsspec.spec").AbstractFileSystem
        return not self._fs.async_impl and kind.mv is not plain.mv

    def delete(self, key: str) -> None:
        """Delete an object."""
        if self.read_only is not None:
            raise OSError(errno.EROFS, self.read_only)
        try:
            with self._hide_secrets():
                self._fs.rm_file(self._path(key))
        except FileNotFoundError:
            return

    def names(self, path: str) -> list[str]:
        """The objects directly below `path`."""
        try:
            return [name for name, kind in self._list(path) if kind != "directory"]
        except FileNotFoundError:
            return []

    def scan(self, path: str) -> Iterator[tuple[str, bool]]:
        """The names in `path`, and whether each is a prefix."""
        return ((name, kind == "directory") for name, kind in self._list(path))

    def _list(self, path: str) -> list[tuple[str, str]]:
        """Names and types of what is in a folder, which some file systems list in itself."""
        self._check_depth(path)
        with self._hide_secrets():
            return self._list_names(path)

    def _list_names(self, path: str) -> list[tuple[str, str]]:
        location = self._path(path)
        self._fs.invalidate_cache(location)
        entries = self._fs.ls(location or "/", detail=True)
        check_count(len(entries))
        listed = [(entry["name"].strip("/"), entry["type"]) for entry in entries]
        for name, _ in listed:
            if _leads_elsewhere(name.removeprefix(location.strip("/"))):
                raise UnreadableError(f"a name is listed that leads elsewhere: {excerpt(name)}")
        return [(name_in(name), kind) for name, kind in listed if name != location.strip("/")]

    def _check_depth(self, path: str) -> None:
        """A server may list a folder in each folder, without an end."""
        self._listings += 1
        if path.count("/") >= DEEPEST_FOLDER:
            raise UnreadableError(f"folders deeper than {DEEPEST_FOLDER} are not looked into")
        if self._listings > MOST_FOLDERS:
            raise UnreadableError(f"more than {MOST_FOLDERS} folders are not looked into")


def _read_up_to(file: Any, end: int) -> bytes:
    parts = []
    while end > 0 and (part := file.read(min(end, 1 << 20))):
        parts.append(part)
        end -= len(part)
    return b"".join(parts)


def check_count(count: int) -> None:
    """Refuse a listing of more names than are read."""
    if count > MOST_NAMES:
        raise UnreadableError(f"{count} names are listed, and at most {MOST_NAMES} are read")


def _leads_elsewhere(path: str) -> bool:
    """Whether the path of something in a folder is one of something else."""
    return not _NO_NAMES.isdisjoint(path.split("/")) or "\\" in path or "\0" in path


def _has_create_only(filesystem: Any) -> bool:
    """Whether an asynchronous file system takes requests that only create, as those of object stores do.

    Others open a file, which creates it before its bytes are there: documents are renamed there instead.
    """
    method = getattr(type(filesystem), "_pipe_file", None)
    if not getattr(filesystem, "async_impl", False) or method is None:
        return False
    try:
        return "mode" in inspect.signature(method).parameters
    except (TypeError, ValueError):
        return False


def _is_not_implemented(error: Exception) -> bool:
    number = getattr(error, "errno", None)
    return (
        isinstance(error, (NotImplementedError, TypeError))
        or number in (errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)
        or "NotImplemented" in str(error)
    )


_NO_FILE = (FileNotFoundError, IsADirectoryError, NotADirectoryError)


class _Prototype(NamedTuple):
    """What zarr-python's stores make buffers with."""

    buffer: Any
    nd_buffer: Any


class ZarrStore(PlainStore):
    """A store object of zarr-python 3 that this package has no shorter way to."""

    def __init__(self, store: Any, document_limit: int = DOCUMENT_LIMIT) -> None:
        self._store = store
        self.document_limit = document_limit

    @property
    def name(self) -> str:
        """As the store calls itself."""
        return without_secrets(str(self._store))

    def __reduce__(self) -> Any:
        from zarr.storage import MemoryStore

        if isinstance(self._store, MemoryStore):
            raise MigrationError(
                f"{self.name} is in the memory of one process; leave `executor` out"
            )
        return ZarrStore, (self._store, self.document_limit)

    @property
    def workers(self) -> int:
        """Most are remote."""
        return 16

    def read(self, keys: Sequence[str]) -> Read:
        """The values of these keys, fetched together."""
        prototype = _prototype()

        limits = {key: limit_of(key, self.document_limit) for key in keys}

        async def fetch_one(key: str) -> Any:
            try:
                return await self._store.get(key, prototype, _up_to(limits[key] + 1))
            except (*_NO_FILE, KeyError):
                return None
            except Exception:  # an empty value has no range, nor have some servers
                if (size := await self._store.getsize(key)) > limits[key]:
                    raise UnreadableError(too_large(name_in(key), size, limits[key])) from None
                return await self._store.get(key, prototype)

        async def fetch() -> list[Any]:
            return await asyncio.gather(*map(fetch_one, keys), return_exceptions=True)

        found: Read = {}
        for key, value in zip(keys, _run(fetch()), strict=True):
            if isinstance(value, Exception):
                if not isinstance(value, (*_NO_FILE, KeyError)):
                    found[key] = redact_error(value)
            elif isinstance(value, BaseException):
                raise value
            elif value is None:
                continue
            elif len(value) > limits[key]:
                found[key] = UnreadableError(too_large(name_in(key), len(value), limits[key]))
            else:
                found[key] = value.to_bytes()
        return found

    def write_all(
        self, documents: Sequence[Document], first: Document | None = None
    ) -> dict[str, Exception]:
        """Set values together."""
        if first is not None and (problems := self.write_all([first])):
            return {document.key: problems[first.key] for document in (first, *documents)}
        make = _prototype().buffer.from_bytes

        async def put() -> list[Any]:
            return await asyncio.gather(
                *(self._store.set(key, make(data)) for key, data, _ in documents),
                return_exceptions=True,
            )

        problems = {}
        for document, result in zip(documents, _run(put()), strict=True):
            if isinstance(result, Exception):
                problems[document.key] = redact_error(result)
            elif isinstance(result, BaseException):
                raise result
        return problems

    def delete(self, key: str) -> None:
        """Delete a value."""

        async def remove() -> None:
            if await self._store.exists(key):
                await self._store.delete(key)

        _run(remove())

    def folders(self, path: str) -> list[str]:
        """The names below `path`: the store does not know which of them are folders."""
        return self._list_names(path)

    def names(self, path: str) -> list[str]:
        """What is listed below `path`."""
        return self._list_names(path)

    def scan(self, path: str) -> Iterator[tuple[str, None]]:
        """What is listed below `path`."""
        return ((name, None) for name in dict.fromkeys(self._list_names(path)))

    def _list_names(self, path: str) -> list[str]:
        async def listed() -> list[str]:
            found = []
            async for name in self._store.list_dir(path):
                found.append(name.strip("/"))
                check_count(len(found))
            return found

        names: list[str] = _run(listed())
        return names


def _prototype() -> _Prototype:
    from zarr.registry import get_buffer_class, get_ndbuffer_class

    return _Prototype(get_buffer_class(), get_ndbuffer_class())


def _up_to(end: int) -> Any:
    from zarr.abc.store import RangeByteRequest

    return RangeByteRequest(0, end)


@functools.cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="zarrcodec_bridge", daemon=True).start()
    return loop


def _run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run_coroutine_threadsafe(coroutine, _loop()).result()
