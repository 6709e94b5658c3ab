"""A local directory as a store. Documents appear whole, and only when their bytes are on the disk."""

from __future__ import annotations

import errno
import os
import stat
import uuid
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from zarrcodec_bridge.stores.boundary import (
    DOCUMENT_LIMIT,
    MISSING,
    Boundary,
    Folder,
    Walk,
    check_name,
)
from zarrcodec_bridge.stores.disk import Ownership, flush_folder, flusher
from zarrcodec_bridge.stores.layout import (
    JOURNAL,
    METADATA,
    NODE_DOCUMENTS,
    below,
    name_in,
    parent,
)
from zarrcodec_bridge.stores.store import Document, Entries, Read

_NO_LINKS = frozenset(
    {errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EINVAL}
)
_NAMELESS = getattr(os, "O_TMPFILE", None) if os.path.isdir("/proc/self/fd") else None
"""Linux: a file without a name, which leaves nothing behind when its process is killed."""

_CREATE = (
    os.O_CREAT
    | os.O_EXCL
    | os.O_WRONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)

_OPEN = 128
"""How many drafts are open at a time; it is less where the process may not have so many."""


class LocalDirectory:
    """A directory on a file system, which several machines may share.

    Parameters
    ----------
    root : str
        Its path.
    follow_links : bool
        Whether to read and write through links that lead out of it. In the journal's place none is ever followed.
    limit : int
        The bytes of a document at most.
    """

    listing_is_cheap = True

    def __init__(self, root: str, follow_links: bool = False, limit: int = DOCUMENT_LIMIT) -> None:
        self.root = root
        self._boundary = Boundary(root, follow_links=follow_links, limit=limit)

    def __reduce__(self) -> Any:
        return type(self), (self.root, self._boundary.follow_links, self._boundary.limit)

    @property
    def name(self) -> str:
        """The path."""
        return self.root

    @property
    def workers(self) -> int:
        """One writes while another waits for the disk."""
        return 3

    def journal_problem(self) -> str | None:
        """Find out why the journal cannot be written; ``None`` if it can."""
        try:
            mode = self._boundary.root.status(JOURNAL).st_mode
        except OSError:
            return None
        if stat.S_ISDIR(mode):
            return None
        kind = "a link" if stat.S_ISLNK(mode) else "no folder"
        return f"{JOURNAL} is {kind}, which no migration made; look at it, and remove it"

    def read(self, keys: Sequence[str]) -> Read:
        """The documents of these keys."""
        found: Read = {}
        with self._boundary.walk() as walk:
            for key in keys:
                try:
                    data = walk.read(key)
                except OSError as error:
                    if error.errno not in MISSING:
                        found[key] = error
                    continue
                if data is not None:
                    found[key] = data
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
                    flush = flusher(len(drafts))
                    for _, draft in drafts:
                        flush(draft.descriptor)
                except OSError as error:
                    problems |= {document.key: error for document, _ in drafts}
                    continue
                self._publish_all(drafts, first, problems)
            finally:
                for _, draft in drafts:
                    draft.discard(self._boundary)
        if first is not None and first.key in problems:
            problems |= {document.key: problems[first.key] for document in documents}
        return problems

    def _publish_all(
        self,
        drafts: Sequence[tuple[Document, _Draft]],
        first: Document | None,
        problems: dict[str, Exception],
    ) -> None:
        with self._boundary.walk() as walk:
            for document, draft in drafts:
                try:
                    self._publish(walk, document, draft)
                    if (
                        parent(document.key) == JOURNAL
                    ):  # the documents that it records must not outlive it
                        flush_folder(walk.to(JOURNAL))
                except OSError as error:
                    problems[document.key] = error
                    if document is first:
                        break

    def _prepare(
        self,
        left: deque[Document],
        drafts: list[tuple[Document, _Draft]],
        problems: dict[str, Exception],
    ) -> None:
        """Take as many documents as can be open at a time, and write their drafts."""
        with self._boundary.walk() as walk:
            while left and len(drafts) < _OPEN:
                document = left[0]
                try:
                    drafts.append((document, self._draft(walk, document)))
                except OSError as error:
                    if error.errno in (errno.EMFILE, errno.ENFILE) and drafts:
                        return
                    problems[document.key] = error
                left.popleft()

    def _draft(self, walk: Walk, document: Document) -> _Draft:
        path, _, name = document.key.rpartition("/")
        check_name(name, document.key)
        ownership = self._ownership(walk, path, "" if document.replace else name)
        if _NAMELESS is not None and not document.replace:
            folder = self._journal(walk) if path == JOURNAL else walk.to(path)
            try:
                descriptor = folder.open(".", _NAMELESS | os.O_WRONLY, ownership.mode)
            except OSError as error:
                if error.errno not in {*_NO_LINKS, errno.EISDIR}:
                    raise
            else:
                return _fill(_Draft(descriptor, None), document.data, ownership, self._boundary)
        name = f"{uuid.uuid4().hex}.tmp"
        descriptor = self._journal(walk).open(name, _CREATE, ownership.mode)
        draft = _Draft(descriptor, below(JOURNAL, name))
        return _fill(draft, document.data, ownership, self._boundary)

    def _journal(self, walk: Walk) -> Folder:
        """The journal's folder, made if it is not there."""
        try:
            return walk.to(JOURNAL)
        except FileNotFoundError:
            root = walk.to("")
            root.make_folder(JOURNAL)
            ownership = Ownership.of([root.own_status()], 0o777)
            folder = walk.to(JOURNAL)
            with suppress(OSError):
                descriptor = folder.open(".", os.O_RDONLY)
                try:
                    ownership.give_to(descriptor)
                finally:
                    os.close(descriptor)
            flush_folder(root)
            return walk.to(JOURNAL)

    def _ownership(self, walk: Walk, path: str, new: str = "") -> Ownership:
        """The mode and owner of a document, which may be a new one: of those there; in the journal, of the store."""
        if path == JOURNAL:
            return Ownership.of([walk.to("").own_status()])
        beside: list[os.stat_result] = []
        folder = walk.to(path)
        linked: list[str] = []
        for name in NODE_DOCUMENTS:
            if name == new:
                continue
            try:
                status = folder.status(name)
            except OSError:
                continue
            if stat.S_ISREG(status.st_mode):
                beside.append(status)
            elif stat.S_ISLNK(status.st_mode):
                linked.append(below(path, name))
        for key in linked:
            with suppress(OSError):
                beside.append(walk.status(key))
        return Ownership.of(beside or [walk.to(path).own_status()])

    def _publish(self, walk: Walk, document: Document, draft: _Draft) -> None:
        name = name_in(document.key)
        folder = walk.to(parent(document.key))
        try:
            if draft.key is None:
                # with a descriptor, even one that an absolute path makes no use of, the link is followed
                os.link(
                    f"/proc/self/fd/{draft.descriptor}",
                    folder.of(name),
                    src_dir_fd=draft.descriptor,
                    dst_dir_fd=folder.descriptor,
                    follow_symlinks=True,
                )
            else:
                with self._boundary.walk() as beside:
                    journal = beside.to(JOURNAL)
                    _give_name(journal, name_in(draft.key), folder, name, document.replace)
        except OSError as error:
            if error.errno not in {*_NO_LINKS, errno.EXDEV, errno.ENOENT}:
                raise
            self._write_beside(walk, document)

    def _write_beside(self, walk: Walk, document: Document) -> None:
        """For a folder that is on another disk than the store's root, and where links cannot be made."""
        path, _, name = document.key.rpartition("/")
        ownership = self._ownership(walk, path)
        temporary = f"{name}.{uuid.uuid4().hex}.tmp"
        descriptor = walk.to(path).open(temporary, _CREATE, ownership.mode)
        draft = _Draft(descriptor, below(path, temporary))
        draft = _fill(draft, document.data, ownership, self._boundary)
        try:
            os.fsync(draft.descriptor)
            folder = walk.to(path)
            _give_name(folder, temporary, folder, name, document.replace)
        finally:
            draft.discard(self._boundary)

    def delete(self, key: str) -> None:
        """Delete a file or a link, and the journal's folder with the last file in it."""
        path, _, name = key.rpartition("/")
        with self._boundary.walk() as walk:
            try:
                check_name(name, key)
                folder = walk.to(path)
            except OSError as error:
                if error.errno in MISSING:
                    return
                raise
            folder.unlink(name)
            if path == JOURNAL:
                with suppress(OSError):
                    walk.to("").remove_folder(JOURNAL)

    def folders(self, path: str) -> Iterator[str]:
        """The directories in `path`, also by links that may be followed and do not lead around themselves."""
        listed = self.entries(path)
        yield from listed.folders
        with self._boundary.walk() as walk:
            real = walk.to(path).path
        for link in listed.links:
            if link.inside is not None or self._boundary.follow_links:
                target = os.path.join(self._boundary.path, link.inside or link.outside or "")
                if os.path.commonpath([target, real]) != target.rstrip(os.sep):
                    yield link.name

    def entries(self, path: str) -> Entries:
        """The folders, documents and links in `path`."""
        found = Entries()
        with self._boundary.walk() as walk:
            folder = walk.to(path)
            linked: list[str] = []
            with folder.listed() as entries:
                for entry in entries:
                    if entry.is_symlink():
                        linked.append(entry.name)
                    elif _is_folder(entry):
                        found.folders.append(entry.name)
                    elif entry.name in METADATA:
                        found.documents.append(entry.name)
            for name in linked:
                if name in METADATA:
                    found.documents.append(name)
                else:
                    link = self._boundary.link(folder, name)
                    target = os.path.join(self._boundary.path, link.inside or link.outside or "")
                    nothing = link.inside is None and link.outside is None
                    if nothing or os.path.isdir(target):
                        found.links.append(link)
        return found

    def names(self, path: str) -> list[str]:
        """The files in `path`."""
        try:
            with self._boundary.walk() as walk, walk.to(path).listed() as entries:
                return [
                    entry.name
                    for entry in entries
                    if entry.is_symlink() or entry.is_file(follow_symlinks=False)
                ]
        except FileNotFoundError:
            return []

    def scan(self, path: str) -> Iterator[tuple[str, bool]]:
        """The names in `path`, one by one, and whether each is a directory."""
        with self._boundary.walk() as walk, walk.to(path).listed() as entries:
            for entry in entries:
                linked = entry.is_symlink()
                yield (
                    entry.name,
                    self._leads_to_folder(below(path, entry.name)) if linked else _is_folder(entry),
                )

    def folders_among(self, keys: Sequence[str]) -> list[str]:
        """Those of some keys that are directories."""
        found = []
        with self._boundary.walk() as walk:
            for key in keys:
                with suppress(OSError):  # writing there reports why it is not possible
                    if stat.S_ISDIR(walk.to(parent(key)).status(name_in(key)).st_mode):
                        found.append(key)
        return found

    def _leads_to_folder(self, path: str) -> bool:
        try:
            with self._boundary.walk() as walk:
                walk.to(path)
        except OSError:
            return False
        return True

    def settle(self, paths: Sequence[str]) -> None:
        """Flush the folders to the disk, where the system can."""
        flush = flusher(len(paths))
        with self._boundary.walk() as walk:
            for path in paths:
                try:
                    folder = walk.to(path)
                except OSError as error:
                    if error.errno in MISSING:
                        continue
                    raise
                flush_folder(folder, flush)

    def flush_documents(self, keys: Sequence[str]) -> None:
        """Flush the bytes of these documents to the disk."""
        flush = flusher(len(keys))
        with self._boundary.walk() as walk:
            for key in keys:
                descriptor = walk.open(key)
                try:
                    flush(descriptor)
                finally:
                    os.close(descriptor)

    def close(self, *, keep: bool) -> None:
        """Close the directory."""
        self._boundary.close()


@dataclass(slots=True)
class _Draft:
    """A file with all its bytes that has not yet the name of a document."""

    descriptor: int
    key: str | None
    """Its own name, where it has one."""

    def discard(self, boundary: Boundary) -> None:
        """Close it, and take its own name away; what a failing disk keeps of it goes with the journal."""
        with suppress(OSError):
            os.close(self.descriptor)
        if self.key is not None:
            with suppress(OSError), boundary.walk() as walk:
                walk.to(parent(self.key)).unlink(name_in(self.key))


def _fill(draft: _Draft, data: bytes, ownership: Ownership, boundary: Boundary) -> _Draft:
    """Write the bytes of a draft; it is discarded where that fails."""
    try:
        ownership.give_to(draft.descriptor)
        view = memoryview(data)
        while view:
            view = view[os.write(draft.descriptor, view) :]
    except BaseException:
        draft.discard(boundary)
        raise
    return draft


def _give_name(home: Folder, draft: str, folder: Folder, name: str, replace: bool) -> None:
    """Rename; without `replace` as a hard link, which never takes the place of another file."""
    source, target = home.of(draft), folder.of(name)
    here, there = home.descriptor, folder.descriptor
    if replace:
        os.replace(source, target, src_dir_fd=here, dst_dir_fd=there)
        return
    try:
        os.link(source, target, src_dir_fd=here, dst_dir_fd=there)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if folder.exists(name):
            raise FileExistsError(errno.EEXIST, "exists already", target) from None
        os.replace(source, target, src_dir_fd=here, dst_dir_fd=there)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False
