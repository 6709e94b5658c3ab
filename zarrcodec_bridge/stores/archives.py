"""A zip file as a store. It changes as a whole, when the work ends, or not at all."""

from __future__ import annotations

import copy
import os
import shutil
import stat
import threading
import uuid
import zipfile
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import IO, Any, Final

from zarrcodec_bridge.core.messages import excerpt
from zarrcodec_bridge.stores.boundary import (
    DOCUMENT_LIMIT,
    Folder,
    UnreadableError,
    limit_of,
    too_large,
)
from zarrcodec_bridge.stores.disk import Ownership, flush_folder
from zarrcodec_bridge.stores.layout import METADATA, name_in, parent
from zarrcodec_bridge.stores.store import Document, MigrationError, PlainStore, Read

_LONGEST_NAME: Final = 4096
_DEEPEST_NAME: Final = 256
"""Bytes and folders in the name of a member at most."""

_STEP: Final = 4096
"""Bytes that are asked for at once: what some decompressors make of so many is all in memory."""


class ZipArchive(PlainStore):
    """A zip file. What is written or deleted stays in memory until :meth:`close`.

    Closing copies the archive, appends to the copy, flushes it to the disk and puts it in the place of the old one;
    deleting copies member by member. Of a symbolic link, what it leads to is the archive.
    """

    workers = 1
    listing_is_cheap = True

    def __init__(self, path: str) -> None:
        self.name = path
        self.document_limit = DOCUMENT_LIMIT
        self._path = os.path.realpath(path)
        self._lock = threading.RLock()
        try:
            self._seen = _identity(self._path)
            self._archive = zipfile.ZipFile(self._path)
        except Exception as error:  # zipfile raises what its parsers raise
            raise MigrationError(
                f"{path} cannot be opened as a zip file: {type(error).__name__}: {error}"
            ) from error
        members = self._archive.infolist()
        try:
            _check_names(path, members)
        except MigrationError:
            self._archive.close()
            raise
        self._members = {info.filename: info for info in members}
        self.remarks = self._remarks(members)
        self._staged: dict[str, bytes | None] = {}
        self._sorted: list[str] | None = None

    def __reduce__(self) -> Any:
        raise MigrationError(
            f"{self.name} is a zip file, which one process at a time can write; leave `executor` out"
        )

    def read(self, keys: Sequence[str]) -> Read:
        """The members of these names."""
        found: Read = {}
        with self._lock:
            for key in keys:
                if key in self._staged:
                    staged = self._staged[key]
                    if staged is not None:
                        found[key] = staged
                elif key in self._members:
                    try:
                        found[key] = self._contents(key, self._members[key])
                    except Exception as error:  # zipfile raises what its decompressors raise
                        found[key] = error
        return found

    def _contents(self, key: str, info: zipfile.ZipInfo) -> bytes:
        """Read a member, if it is a file and not too large; its decompressor may give more than the archive states."""
        name = name_in(key)
        if stat.S_ISLNK(info.external_attr >> 16):
            raise UnreadableError(
                f"{name} is a symbolic link in the archive, which is not followed"
            )
        limit = limit_of(key, self.document_limit)
        if info.file_size > limit:
            raise UnreadableError(too_large(name, info.file_size, limit))
        parts = []
        size = 0
        with self._archive.open(info) as member:
            while part := member.read(_step(info)):
                parts.append(part)
                size += len(part)
                if size > limit:
                    parts.clear()  # else the traceback keeps them
                    raise UnreadableError(too_large(name, size, limit))
        return b"".join(parts)

    def _remarks(self, members: Sequence[zipfile.ZipInfo]) -> tuple[str, ...]:
        found = []
        if os.path.islink(self.name):
            found.append(
                f"{self.name} is a symbolic link; {self._path}, where it leads, is what is replaced"
            )
        if os.stat(self._path).st_nlink > 1:
            found.append(
                f"{self._path} has other names (hard links), which keep the archive as it was"
            )
        for name, count in Counter(info.filename for info in members).items():
            if count > 1 and name_in(name) in METADATA:
                found.append(
                    f"{name} is {count} times in the archive; the last is read, as Zarr's readers do"
                )
        return tuple(found)

    def write_all(
        self, documents: Sequence[Document], first: Document | None = None
    ) -> dict[str, Exception]:
        """Keep documents for the end."""
        problems: dict[str, Exception] = {}
        with self._lock:
            for key, data, replace in documents if first is None else (first, *documents):
                if not replace and self._exists(key):
                    problems[key] = FileExistsError(key)
                else:
                    self._staged[key] = data
        return problems

    def delete(self, key: str) -> None:
        """Keep a deletion for the end."""
        with self._lock:
            if self._exists(key):
                self._staged[key] = None

    def _exists(self, key: str) -> bool:
        return self._staged[key] is not None if key in self._staged else key in self._members

    def names(self, path: str) -> Sequence[str]:
        """The members directly in `path`."""
        with self._lock:
            keys = {*self._members, *self._staged}
            return sorted(
                key.rpartition("/")[2]
                for key in keys
                if parent(key) == path and not key.endswith("/") and self._exists(key)
            )

    def scan(self, path: str) -> Iterator[tuple[str, bool]]:
        """The names in `path`, as they were when the archive was opened, and whether each is a folder."""
        if self._sorted is None:
            self._sorted = sorted(self._members)
        return scan_keys(self._sorted, path)

    def close(self, *, keep: bool) -> None:
        """Write the new archive beside the old one and take its place."""
        with self._lock:
            self._archive.close()
            changed = {
                key: data
                for key, data in self._staged.items()
                if data is not None or key in self._members
            }
            if keep and changed:
                try:
                    self._rewrite(changed)
                except MigrationError:
                    raise
                except Exception as error:  # a member is damaged or encrypted, the disk is full
                    raise MigrationError(
                        f"{self.name} was left as it is: no new archive could be written"
                        f" ({type(error).__name__}: {error})"
                    ) from error

    def _rewrite(self, changed: dict[str, bytes | None]) -> None:
        temporary = f"{self._path}.{uuid.uuid4().hex}.tmp"
        try:
            with _create_like(self._path, temporary) as file:
                if changed.keys() & self._members.keys():
                    self._copy_members(file, changed.keys())
                else:
                    with open(self._path, "rb") as old:
                        shutil.copyfileobj(old, file, 1 << 20)
                with zipfile.ZipFile(file, "a") as archive:
                    for key, data in changed.items():
                        if data is not None:
                            archive.writestr(key, data)
                file.flush()
                os.fsync(file.fileno())
            if _identity(self._path) != self._seen:
                raise MigrationError(
                    f"{self.name} was changed by someone else meanwhile, and was left as it is; run again"
                )
            os.replace(temporary, self._path)
            flush_folder(Folder(os.path.dirname(self._path), None))
        finally:
            if os.path.exists(temporary):
                os.unlink(temporary)

    def _copy_members(self, file: IO[bytes], without: Any) -> None:
        with zipfile.ZipFile(self._path) as old, zipfile.ZipFile(file, "w") as new:
            new.comment = old.comment
            for info in self._members.values():
                if info.filename in without:
                    continue
                if info.is_dir():
                    new.writestr(info, b"")
                    continue
                copied = copy.copy(info)
                with old.open(info) as source, new.open(copied, "w", force_zip64=True) as target:
                    shutil.copyfileobj(source, target, _step(info))


def _create_like(path: str, temporary: str) -> IO[bytes]:
    """Create a file with the mode and owner of another, and never with a wider mode."""
    like = os.stat(path)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags | getattr(os, "O_NOFOLLOW", 0), 0o600)
    Ownership.of([like], 0o777).give_to(descriptor)
    return os.fdopen(descriptor, "w+b")


def _step(info: zipfile.ZipInfo) -> int:
    bounded = info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    return 1 << 20 if bounded else _STEP


def _check_names(path: str, members: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse an archive with names that no store has: each folder of a name is looked into."""
    for info in members:
        name = info.filename
        if len(name) > _LONGEST_NAME or name.count("/") > _DEEPEST_NAME:
            raise MigrationError(
                f"{path} cannot be migrated: the name of a member has {len(name)} characters and"
                f" {name.count('/')} folders, {excerpt(name)}; at most {_LONGEST_NAME} and"
                f" {_DEEPEST_NAME} are read"
            )


def _identity(path: str) -> tuple[int, int, int]:
    status = os.stat(path)
    return status.st_ino, status.st_size, status.st_mtime_ns


def scan_keys(keys: Sequence[str], path: str) -> Iterator[tuple[str, bool]]:
    """The names directly below `path` among sorted keys, and whether each is a folder."""
    start = f"{path}/" if path else ""
    at = bisect_left(keys, start)
    while at < len(keys) and keys[at].startswith(start):
        name, slash, _ = keys[at][len(start) :].partition("/")
        if name:
            yield name, bool(slash)
        # the keys in a folder end where those with the character after the slash would begin
        at = bisect_left(keys, f"{start}{name}0", at + 1) if slash else at + 1
