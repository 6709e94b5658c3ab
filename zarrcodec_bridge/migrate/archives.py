"""A zip file as a store. It changes as a whole, when the work ends, or not at all."""

from __future__ import annotations

import copy
import os
import shutil
import threading
import uuid
import zipfile
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any

from zarrcodec_bridge.migrate.layout import parent
from zarrcodec_bridge.migrate.stores import Document, MigrationError, Read

__all__ = ["ZipArchive", "folders_of", "scan_keys"]


class ZipArchive:
    """A zip file. What is written or deleted stays in memory until :meth:`close`.

    Closing copies the archive, appends to the copy, flushes it to the disk and puts it in the place of the old one;
    deleting copies member by member.
    """

    workers = 1
    listing_is_cheap = True

    def __init__(self, path: str) -> None:
        self.name = path
        self._lock = threading.RLock()
        self._seen = _identity(path)
        self._archive = zipfile.ZipFile(path)
        self._members = {info.filename: info for info in self._archive.infolist()}
        self._staged: dict[str, bytes | None] = {}
        self._folders = folders_of(self._members)
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
                        found[key] = self._archive.read(self._members[key])
                    except Exception as error:  # zipfile raises what its decompressors raise
                        found[key] = error
        return found

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

    def folders(self, path: str) -> Sequence[str]:
        """The folders that members of the archive are in."""
        return sorted(self._folders.get(path, ()))

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

    def settle(self, paths: Sequence[str]) -> None:
        """Only the end counts."""

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
                except OSError as error:
                    raise MigrationError(
                        f"{self.name} was left as it is: no new archive could be written ({error})"
                    ) from error

    def _rewrite(self, changed: dict[str, bytes | None]) -> None:
        temporary = f"{self.name}.{uuid.uuid4().hex}.tmp"
        try:
            if changed.keys() & self._members.keys():
                self._copy_members(temporary, changed.keys())
            else:
                shutil.copyfile(self.name, temporary)
            with zipfile.ZipFile(temporary, "a") as archive:
                for key, data in changed.items():
                    if data is not None:
                        archive.writestr(key, data)
            with open(temporary, "rb+") as file:
                os.fsync(file.fileno())
            shutil.copymode(self.name, temporary)
            if _identity(self.name) != self._seen:
                raise MigrationError(
                    f"{self.name} was changed by someone else meanwhile, and was left as it is; run again"
                )
            os.replace(temporary, self.name)
            _flush_folder(os.path.dirname(self.name))
        finally:
            if os.path.exists(temporary):
                os.unlink(temporary)

    def _copy_members(self, temporary: str, without: Any) -> None:
        with zipfile.ZipFile(self.name) as old, zipfile.ZipFile(temporary, "w") as new:
            new.comment = old.comment
            for info in self._members.values():
                if info.filename in without:
                    continue
                if info.is_dir():
                    new.writestr(info, b"")
                    continue
                copied = copy.copy(info)
                with old.open(info) as source, new.open(copied, "w", force_zip64=True) as target:
                    shutil.copyfileobj(source, target, 1 << 20)


def _flush_folder(path: str) -> None:
    """Bring the names in a folder to the disk, where the system can."""
    try:
        descriptor = os.open(path or ".", os.O_RDONLY)
    except PermissionError:  # Windows opens no directories
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _identity(path: str) -> tuple[int, int, int]:
    status = os.stat(path)
    return status.st_ino, status.st_size, status.st_mtime_ns


def folders_of(keys: Any) -> dict[str, set[str]]:
    """The folders in each folder."""
    folders: dict[str, set[str]] = {}
    for key in keys:
        path = parent(key)
        while path:
            above, _, name = path.rpartition("/")
            inside = folders.setdefault(above, set())
            if name in inside:
                break
            inside.add(name)
            path = above
    return folders


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
