"""A local directory as a store. Documents appear whole, and only when their bytes are on the disk."""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import sys
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from zarrcodec_bridge.migrate.layout import JOURNAL, parent
from zarrcodec_bridge.migrate.stores import Document, Read

__all__ = ["LocalDirectory"]

_MISSING = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EISDIR})
_NO_LINKS = frozenset(
    {errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EINVAL}
)
_NAMELESS = getattr(os, "O_TMPFILE", None) if os.path.isdir("/proc/self/fd") else None
"""Linux: a file without a name, which leaves nothing behind when its process is killed."""


_OPEN = 128
"""How many drafts are open at a time; it is less where the process may not have so many."""


@dataclass(frozen=True, slots=True)
class LocalDirectory:
    """A directory on a file system, which several machines may share."""

    root: str

    listing_is_cheap = True
    folders_are_exact = True

    @property
    def name(self) -> str:
        """The path."""
        return self.root

    @property
    def workers(self) -> int:
        """One writes while another waits for the disk."""
        return 3

    def read(self, keys: Sequence[str]) -> Read:
        """The documents of these keys."""
        found: Read = {}
        for key in keys:
            try:
                with open(f"{self.root}/{key}", "rb", buffering=0) as file:
                    found[key] = file.read()
            except OSError as error:
                if error.errno not in _MISSING:
                    found[key] = error
        return found

    def write_all(
        self, documents: Sequence[Document], first: Document | None = None
    ) -> dict[str, Exception]:
        """Write drafts, flush them to the disk together, then give them their names."""
        problems: dict[str, Exception] = {}
        left = deque(documents if first is None else (first, *documents))
        while left:
            drafts: list[tuple[Document, _Draft]] = []
            try:
                self._prepare(left, drafts, problems)
                if first is not None and first.key in problems:
                    break
                try:
                    _flush([draft.descriptor for _, draft in drafts])
                except OSError as error:
                    problems |= {document.key: error for document, _ in drafts}
                    continue
                for document, draft in drafts:
                    try:
                        self._publish(document, draft)
                    except OSError as error:
                        problems[document.key] = error
                        if document is first:
                            break
            finally:
                for _, draft in drafts:
                    draft.discard()
        if first is not None and first.key in problems:
            problems |= {document.key: problems[first.key] for document in documents}
        return problems

    def _prepare(
        self,
        left: deque[Document],
        drafts: list[tuple[Document, _Draft]],
        problems: dict[str, Exception],
    ) -> None:
        """Take as many documents as can be open at a time, and write their drafts."""
        while left and len(drafts) < _OPEN:
            document = left[0]
            try:
                drafts.append((document, self._draft(document)))
            except OSError as error:
                if error.errno in (errno.EMFILE, errno.ENFILE) and drafts:
                    return
                problems[document.key] = error
            left.popleft()

    def _draft(self, document: Document) -> _Draft:
        if _NAMELESS is not None and not document.replace:
            folder = os.path.dirname(f"{self.root}/{document.key}")
            try:
                descriptor = os.open(folder, _NAMELESS | os.O_WRONLY, 0o666)
            except FileNotFoundError:
                if parent(document.key) != JOURNAL:
                    raise
                os.makedirs(folder, exist_ok=True)
                descriptor = os.open(folder, _NAMELESS | os.O_WRONLY, 0o666)
            except OSError as error:
                if error.errno not in {*_NO_LINKS, errno.EISDIR}:
                    raise
                return self._named_draft(document)
            return _filled(_Draft(descriptor, None), document.data)
        return self._named_draft(document)

    def _named_draft(self, document: Document) -> _Draft:
        folder = f"{self.root}/{JOURNAL}"
        os.makedirs(folder, exist_ok=True)
        path = f"{folder}/{uuid.uuid4().hex}.tmp"
        return _filled(_Draft(_created(path), path), document.data)

    def _publish(self, document: Document, draft: _Draft) -> None:
        target = f"{self.root}/{document.key}"
        try:
            if draft.path is None:
                source = f"/proc/self/fd/{draft.descriptor}"
                # with a descriptor, even one that an absolute path makes no use of, the link is followed
                os.link(source, target, src_dir_fd=draft.descriptor, follow_symlinks=True)
            else:
                _give_name(draft.path, target, document.replace)
        except OSError as error:
            if error.errno not in {*_NO_LINKS, errno.EXDEV, errno.ENOENT}:
                raise
            _write_beside(target, document)

    def delete(self, key: str) -> None:
        """Delete a file, and the journal's folder with the last file in it."""
        _unlink(f"{self.root}/{key}")
        if parent(key) == JOURNAL:
            try:
                os.rmdir(f"{self.root}/{JOURNAL}")
            except OSError:
                return

    def folders(self, path: str) -> Iterator[str]:
        """The directories in `path`; a link to a directory around itself is none."""
        with os.scandir(f"{self.root}/{path}") as entries:
            for entry in entries:
                if _is_folder(entry) and not (entry.is_symlink() and _encloses_itself(entry.path)):
                    yield entry.name

    def names(self, path: str) -> list[str]:
        """The files in `path`."""
        try:
            with os.scandir(f"{self.root}/{path}") as entries:
                return [entry.name for entry in entries if entry.is_file()]
        except FileNotFoundError:
            return []

    def scan(self, path: str) -> Iterator[tuple[str, bool]]:
        """The names in `path`, one by one, and whether each is a directory."""
        with os.scandir(f"{self.root}/{path}") as entries:
            for entry in entries:
                yield entry.name, _is_folder(entry)

    def settle(self, paths: Sequence[str]) -> None:
        """Flush the directories to the disk, where the system can."""
        for path in paths:
            try:
                descriptor = os.open(f"{self.root}/{path}", os.O_RDONLY)
            except PermissionError:  # Windows opens no directories
                return
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def close(self, *, keep: bool) -> None:
        """Nothing is left to do."""


@dataclass(slots=True)
class _Draft:
    """A file with all its bytes that has not yet the name of a document."""

    descriptor: int
    path: str | None
    """Its own name, where it has one."""

    def discard(self) -> None:
        """Close it, and take its own name away; what a failing disk keeps of it goes with the journal."""
        with suppress(OSError):
            os.close(self.descriptor)
        if self.path is not None:
            with suppress(OSError):
                os.unlink(self.path)


def _created(path: str) -> int:
    return os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o666)


def _filled(draft: _Draft, data: bytes) -> _Draft:
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(draft.descriptor, view) :]
    except BaseException:
        draft.discard()
        raise
    return draft


def _flush(descriptors: Sequence[int]) -> None:
    """Bring the bytes of these files to the disk: one by one, or at once if they are many."""
    at_once = _whole_file_system() if len(descriptors) > 4 else None
    if at_once is not None:
        descriptors = [
            *{os.fstat(descriptor).st_dev: descriptor for descriptor in descriptors}.values()
        ]
    for descriptor in descriptors:
        if at_once is None:
            os.fsync(descriptor)
        elif at_once(descriptor):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))


@functools.cache
def _whole_file_system() -> Callable[[int], int] | None:
    """``syncfs`` of Linux: one commit of the file system's journal instead of one for each file."""
    if not sys.platform.startswith("linux"):
        return None
    library: Any = ctypes.CDLL(None, use_errno=True)
    try:
        found: Callable[[int], int] = library.syncfs
    except AttributeError:
        return None
    return found


def _give_name(draft: str, target: str, replace: bool) -> None:
    """Rename; without `replace` as a hard link, which never takes the place of another file."""
    if replace:
        os.replace(draft, target)
        return
    try:
        os.link(draft, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "exists already", target) from None
        os.replace(draft, target)


def _write_beside(target: str, document: Document) -> None:
    """For a folder that is on another disk than the store's root, and where links cannot be made."""
    path = f"{target}.{uuid.uuid4().hex}.tmp"
    draft = _filled(_Draft(_created(path), path), document.data)
    try:
        os.fsync(draft.descriptor)
        _give_name(path, target, document.replace)
    finally:
        draft.discard()


def _unlink(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        return


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _encloses_itself(link: str) -> bool:
    target = os.path.realpath(link)
    here = os.path.realpath(os.path.dirname(link))
    return os.path.commonpath([target, here]) == target
