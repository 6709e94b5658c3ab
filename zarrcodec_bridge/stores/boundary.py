"""A directory that is opened once. What is below it is found name by name, and no link leads out of it.

A path is walked from the directory's descriptor, each folder with ``O_NOFOLLOW``. A link on the way is resolved here,
not by the system: one that stays in the directory is walked again from the top, to where it really leads; one that
leaves it is an :class:`OutsideError`, unless links are to be followed. In the journal's place nothing is ever followed.
Where the system opens no names relative to a directory (Windows), each folder is looked at before it is used.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Final

from zarrcodec_bridge.core.messages import Hint, Message
from zarrcodec_bridge.stores.layout import JOURNAL, METADATA
from zarrcodec_bridge.stores.store import Link

RELATIVE: Final = (
    {os.open, os.stat, os.link, os.unlink, os.mkdir, os.rmdir, os.rename, os.readlink}
    <= os.supports_dir_fd
    and os.scandir in os.supports_fd
    and hasattr(os, "O_NOFOLLOW")
)
"""Whether names can be used relative to an open directory."""

_DIRECTORY: Final = (
    getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
)
_LIST: Final = os.O_RDONLY | _DIRECTORY
_PASS: Final = getattr(os, "O_PATH", os.O_RDONLY) | _DIRECTORY
"""How a folder is opened to use a name in it, which its user may do without the right to list it."""

_READ: Final = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)

_FLUSH: Final = _READ | (os.O_RDWR if os.name == "nt" else 0)
"""Windows flushes only what may be written."""

MISSING: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG})
"""Error numbers of systems where there is no such file."""

_LINKS: Final = frozenset({errno.ELOOP, errno.ENOTDIR, errno.EMLINK})
"""Error numbers where a name is a link, and none is followed."""

_MOST_LINKS: Final = 40
"""In one path, as Linux has it."""

DOCUMENT_LIMIT: Final = 256 << 20
"""The bytes of a document at most, unless the caller allows more. One of a million arrays has about as many."""

_CHUNK_LIMIT: Final = 4 << 30
"""The bytes of a chunk at most, which is read whole to be verified."""

_FORBIDDEN: Final = "\\:" if os.name == "nt" else ""
"""Characters that lead elsewhere on this system when they are in a name."""

_NO_NAMES: Final = frozenset({"", ".", ".."})

_KINDS: Final[tuple[tuple[Callable[[int], bool], str], ...]] = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class UnreadableError(OSError):
    """There is something of this name, and it cannot be read as a document."""


class OutsideError(UnreadableError):
    """A link that leads out of the store."""


class Folder:
    """An open folder: each operation takes a name in it, and follows no link.

    Parameters
    ----------
    path : str
        Its path in the file system, without links.
    descriptor : int, optional
        Where names are relative to, if the system can do that.
    is_listable : bool
        Whether the descriptor is one that can be listed, and nobody else lists it.
    """

    __slots__ = ("descriptor", "is_listable", "path")

    def __init__(self, path: str, descriptor: int | None, *, is_listable: bool = False) -> None:
        self.path = path
        self.descriptor = descriptor
        self.is_listable = is_listable

    def of(self, name: str) -> str:
        """A name as operations take it, with :attr:`descriptor` as their ``dir_fd``."""
        return name if self.descriptor is not None else os.path.join(self.path, name)

    def open(self, name: str, flags: int, mode: int = 0o666) -> int:
        """Open a file."""
        return os.open(self.of(name), flags, mode, dir_fd=self.descriptor)

    def status(self, name: str) -> os.stat_result:
        """The status of a name; of a link its own."""
        return os.stat(self.of(name), dir_fd=self.descriptor, follow_symlinks=False)

    def exists(self, name: str) -> bool:
        """Whether there is something of this name."""
        try:
            self.status(name)
        except FileNotFoundError:
            return False
        return True

    def make_folder(self, name: str) -> None:
        """Make a folder, unless it is there."""
        with suppress(FileExistsError):
            os.mkdir(self.of(name), dir_fd=self.descriptor)

    def unlink(self, name: str) -> None:
        """Delete a file, or the link itself."""
        with suppress(FileNotFoundError):
            os.unlink(self.of(name), dir_fd=self.descriptor)

    def remove_folder(self, name: str) -> None:
        """Delete an empty folder."""
        os.rmdir(self.of(name), dir_fd=self.descriptor)

    @contextmanager
    def listed(self) -> Generator[Iterator[os.DirEntry[str]]]:
        """What is in it."""
        if self.descriptor is None:
            with os.scandir(self.path) as entries:
                yield entries
            return
        if self.is_listable:
            with os.scandir(self.descriptor) as entries:
                yield entries
            return
        descriptor = os.open(".", _LIST, dir_fd=self.descriptor)
        try:
            with os.scandir(descriptor) as entries:
                yield entries
        finally:
            os.close(descriptor)

    def own_status(self) -> os.stat_result:
        """What the folder itself is."""
        return os.stat(self.path if self.descriptor is None else self.descriptor)


class Boundary:
    """A directory, open as long as this object lives.

    Parameters
    ----------
    root : str
        The directory, which may be given through a link.
    follow_links : bool
        Whether links may lead out of it.
    limit : int
        The bytes of a document at most.
    """

    def __init__(
        self, root: str, *, follow_links: bool = False, limit: int = DOCUMENT_LIMIT
    ) -> None:
        self.path = os.path.realpath(root)
        self.follow_links = follow_links
        self.limit = limit
        self._descriptor: int | None = None
        if RELATIVE:
            self._descriptor = os.open(self.path, _PASS)
        self.root = Folder(self.path, self._descriptor)

    def close(self) -> None:
        """Close the directory."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with suppress(OSError):
                os.close(descriptor)

    __del__ = close

    def walk(self) -> Walk:
        """Start a walk from folder to folder, at the root."""
        return Walk(self)

    def resolve(self, folder: Folder, name: str) -> list[str]:
        """Where a link leads: the names to walk from the directory, or one absolute path outside it.

        Raises
        ------
        OutsideError
            It leaves the directory, and links are not followed.
        UnreadableError
            It leads to nothing, to itself, or to the journal.
        """
        link = self.link(folder, name)
        if link.inside is not None:
            parts = link.inside.split("/") if link.inside else []
            if parts[:1] == [JOURNAL]:
                raise UnreadableError(f"{name} is a link to the journal of migrations")
            return parts
        if link.outside is None:
            raise UnreadableError(f"{name} is a link {link.target}")
        if not self.follow_links:
            raise OutsideError(
                Message(
                    f"{name} is a link that leads out of the store, to {link.target}; ",
                    Hint("follow_links", True),
                    " goes there",
                )
            )
        return [link.outside]

    def link(self, folder: Folder, name: str) -> Link:
        """Where a link leads."""
        path = os.path.join(folder.path, name)
        try:
            real = os.path.realpath(path, strict=True)
        except OSError as error:
            try:
                target = os.readlink(folder.of(name), dir_fd=folder.descriptor)
            except OSError:
                target = "something else by now"
            if error.errno == errno.ELOOP:
                return Link(name, f"that leads to itself ({target})")
            if error.errno in MISSING:
                return Link(name, f"to {target}, where nothing is")
            return Link(
                name, f"to {target}, which cannot be reached ({os.strerror(error.errno or 0)})"
            )
        if real == self.path:
            return Link(name, "the store itself", inside="")
        start = self.path if self.path.endswith(os.sep) else self.path + os.sep
        if real.startswith(start):
            inside = real[len(start) :].replace(os.sep, "/")
            return Link(name, inside, inside=inside)
        return Link(name, real, outside=real)


class Walk:
    """A walk through a directory, which keeps its folders open: a neighbour is one step away."""

    __slots__ = ("_boundary", "_path", "_stack")

    def __init__(self, boundary: Boundary) -> None:
        self._boundary = boundary
        self._stack: list[tuple[str, Folder]] = []
        self._path: str | None = None
        """Where it is, if by the path that was asked for."""

    def __enter__(self) -> Walk:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._back_to(0)

    def to(self, path: str) -> Folder:
        """The folder of this path, which stays open until the next step.

        Raises
        ------
        UnreadableError
            A link on the way must not be followed, or leads to nothing.
        OSError
            What the system says.
        """
        if path == self._path:
            return self._here()
        self._path = None
        parts = _names_of(path)
        for _ in range(_MOST_LINKS):
            left = self._go(parts)
            if left is None:
                self._path = path
                return self._here()
            parts = left
        raise UnreadableError(errno.ELOOP, os.strerror(errno.ELOOP), path)

    def read(self, key: str) -> bytes | None:
        """The bytes of a file, if it is there.

        Raises
        ------
        UnreadableError
            It is something else than a file, or larger than allowed, or a link that must not be followed.
        OSError
            What the system says.
        """
        path, _, name = key.rpartition("/")
        try:
            folder, name, status = self._find(path, name, key)
        except OSError as error:
            if error.errno in MISSING:
                return None
            raise
        if stat.S_ISDIR(status.st_mode):
            return None
        limit = limit_of(key, self._boundary.limit)
        _check_is_file(name, status, limit)
        descriptor = folder.open(name, _READ)
        try:
            opened = os.fstat(descriptor)
            _check_is_file(name, opened, limit)
            return _read_file(descriptor, name, opened.st_size, limit)
        finally:
            os.close(descriptor)

    def status(self, key: str) -> os.stat_result:
        """The status of a file, by the links that may be followed."""
        path, _, name = key.rpartition("/")
        return self._find(path, name, key)[2]

    def open(self, key: str) -> int:
        """Open a file to flush it, by the links that may be followed."""
        path, _, name = key.rpartition("/")
        folder, name, _ = self._find(path, name, key)
        return folder.open(name, _FLUSH)

    def _find(self, path: str, name: str, key: str) -> tuple[Folder, str, os.stat_result]:
        """The folder and name of a file, by the links that may be followed, and what it is."""
        folder = self.to(path)
        check_name(name, key)
        status = folder.status(name)
        if stat.S_ISLNK(status.st_mode) and path.partition("/")[0] != JOURNAL:
            folder, name = self._file_behind(folder, name, key)
            status = folder.status(name)
        return folder, name, status

    def _file_behind(self, folder: Folder, name: str, key: str) -> tuple[Folder, str]:
        """The folder and name of the file that a link leads to."""
        *parts, name = self._boundary.resolve(folder, name) or [""]
        if not parts and os.path.isabs(name):
            above, name = os.path.split(name)
            parts = [above]
        if not name:
            raise UnreadableError(f"{key} is a link to the store itself")
        self._path = None
        if self._go(parts) is not None:  # somebody changes it at this moment
            raise UnreadableError(f"{key} is a link to a link; run again")
        return self._here(), name

    def _here(self) -> Folder:
        return self._stack[-1][1] if self._stack else self._boundary.root

    def _back_to(self, depth: int) -> None:
        while len(self._stack) > depth:
            _, folder = self._stack.pop()
            if folder.descriptor is not None:
                os.close(folder.descriptor)

    def _go(self, parts: list[str]) -> list[str] | None:
        """Walk these names; where a link is met, the names to walk instead."""
        common = 0
        for (name, _), part in zip(self._stack, parts, strict=False):
            if name != part:
                break
            common += 1
        self._back_to(common)
        for at in range(common, len(parts)):
            folder, part = self._here(), parts[at]
            opened = _open_folder(folder, part)
            if opened is None:
                if parts[0] == JOURNAL:
                    raise UnreadableError(f"{JOURNAL} is a link, which migrations never follow")
                return [*self._boundary.resolve(folder, part), *parts[at + 1 :]]
            self._stack.append((part, opened))
        return None


def _names_of(path: str) -> list[str]:
    """The names in a path of the store."""
    parts = path.split("/") if path else []
    if not (path.isascii() and path.isprintable() and _NO_NAMES.isdisjoint(parts)) or _FORBIDDEN:
        for part in parts:
            check_name(part, path)
    return parts


def check_name(name: str, path: str) -> None:
    """Raise :class:`FileNotFoundError` for a name that no file can have."""
    if name in METADATA:
        return
    try:
        if not name.isascii():
            os.fsencode(name)
    except UnicodeEncodeError:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), ascii(path)) from None
    if name in _NO_NAMES or "\0" in name or (_FORBIDDEN and set(name) & set(_FORBIDDEN)):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)


def _open_folder(folder: Folder, name: str) -> Folder | None:
    """Open a folder in another; ``None`` if it is a link."""
    path = os.path.join(folder.path, name)
    if folder.descriptor is None:
        status = os.lstat(path)
        if stat.S_ISLNK(status.st_mode) or _is_junction(path):
            return None
        if not stat.S_ISDIR(status.st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
        return Folder(path, None)
    try:
        return Folder(path, os.open(name, _LIST, dir_fd=folder.descriptor), is_listable=True)
    except PermissionError:
        return Folder(path, os.open(name, _PASS, dir_fd=folder.descriptor))
    except OSError as error:
        if error.errno in _LINKS and stat.S_ISLNK(folder.status(name).st_mode):
            return None
        raise


def _is_junction(path: str) -> bool:
    """Whether it is a junction, which Windows has beside links."""
    found: Callable[[str], bool] | None = getattr(os.path, "isjunction", None)
    return found is not None and found(path)


def limit_of(key: str, document_limit: int) -> int:
    """The bytes that are read at most of what has this key, a document or a chunk."""
    is_document = key.rpartition("/")[2] in METADATA or key.partition("/")[0] == JOURNAL
    return document_limit if is_document else _CHUNK_LIMIT


def _check_is_file(name: str, status: os.stat_result, limit: int) -> None:
    """Raise :class:`UnreadableError` for something that is not a file, or too large to be read."""
    if stat.S_ISLNK(status.st_mode):
        raise UnreadableError(f"{name} is a link, and is not followed here")
    if not stat.S_ISREG(status.st_mode):
        kind = next((kind for test, kind in _KINDS if test(status.st_mode)), "something")
        raise UnreadableError(f"{name} is {kind}, not a file")
    if status.st_size > limit:
        raise UnreadableError(too_large(name, status.st_size, limit))


def too_large(name: str, size: int, limit: int) -> str:
    """Why a document is not read."""
    return Message(
        f"{name} has {size} bytes or more, and at most {limit} are read; ",
        Hint("document_limit"),
        " allows more",
    )


def _read_file(descriptor: int, name: str, expected: int, limit: int) -> bytes:
    """Read all bytes of an open file, also if it grows meanwhile."""
    parts: list[bytes] = []
    size = 0
    try:
        while part := os.read(descriptor, expected + 1 if not parts else 1 << 16):
            parts.append(part)
            size += len(part)
            if size > limit:
                parts.clear()  # else the traceback keeps them
                raise UnreadableError(too_large(name, size, limit))
    except MemoryError:
        raise UnreadableError(
            errno.ENOMEM, f"{name} has {expected} bytes, for which there is no memory"
        ) from None
    return parts[0] if len(parts) == 1 else b"".join(parts)
