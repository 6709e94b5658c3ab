"""The few operations that a migration needs of a store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, TypeAlias, runtime_checkable

from zarrcodec_bridge.core.errors import BridgeError
from zarrcodec_bridge.core.messages import Hint, excerpt
from zarrcodec_bridge.stores.layout import parent

Read: TypeAlias = dict[str, "bytes | Exception"]
"""What reading some keys gave: bytes, or why one could not be read; what does not exist is left out."""


class MigrationError(BridgeError):
    """A migration cannot begin: the store cannot be opened or the options contradict each other."""


def check_number(option: str, value: Any, least: int) -> None:
    """Raise :class:`MigrationError` where an option is not a whole number of at least `least`."""
    if isinstance(value, bool) or not hasattr(value, "__index__") or value < least:
        raise MigrationError(
            f"expected {option} to be a whole number of at least {least}, got {excerpt(value)}",
            [Hint(option)],
        )


class Document(NamedTuple):
    """A document to write."""

    key: str
    data: bytes
    replace: bool = False


class Link(NamedTuple):
    """A link to a folder, or to nothing."""

    name: str
    target: str
    """Where it leads, for messages."""
    inside: str | None = None
    """The path in the store of what it leads to."""
    outside: str | None = None
    """The path in the file system, if that is not in the store."""


@dataclass(frozen=True, slots=True)
class Entries:
    """What is in a folder. A store may have a method ``entries(path)`` that gives it with one look."""

    folders: list[str] = field(default_factory=list)
    """The names of what may be a folder."""
    documents: list[str] = field(default_factory=list)
    """The names of documents that are listed, whether they can be read or not."""
    links: list[Link] = field(default_factory=list)
    """Links to folders, and those that lead to nothing."""


@runtime_checkable
class Documents(Protocol):
    """A store, seen as the small documents in it. Keys are relative to its root, with ``/`` between names.

    Any object with these members can be migrated. Methods are called from several threads, and failures are exceptions
    of any kind. To work on an executor of processes it must pickle, as something that sees the same documents.
    """

    @property
    def name(self) -> str:
        """What to call it in a report."""
        ...

    @property
    def workers(self) -> int:
        """How many threads to use by default."""
        ...

    def read(self, keys: Sequence[str]) -> Read:
        """The documents of these keys."""
        ...

    def write_all(
        self, documents: Sequence[Document], first: Document | None = None
    ) -> dict[str, Exception]:
        """Write documents so that no reader sees a part of one; what was not written, by key.

        None of them appears before `first`; if that cannot be written, they are not written either.
        A document that is there already is replaced if that is asked for; else it is a :class:`FileExistsError`,
        where the store knows at no cost.
        """
        ...

    def delete(self, key: str) -> None:
        """Delete a document, if it exists."""
        ...

    def folders(self, path: str) -> Iterable[str]:
        """The names of what may be a folder directly below `path`."""
        ...

    def names(self, path: str) -> Sequence[str]:
        """The names of the documents directly below `path`; none if there is no such folder."""
        ...

    def settle(self, paths: Sequence[str]) -> None:
        """Return when what was written in these folders outlives a power cut."""
        ...

    def close(self, *, keep: bool) -> None:
        """End the work. A store that changes as a whole does it now, if `keep` is set."""
        ...


class PlainStore:
    """The base of stores that keep at once what is written, and list names one by one."""

    def scan(self, path: str) -> Iterator[tuple[str, bool | None]]:
        """The names in `path`, and whether each is a folder."""
        raise NotImplementedError

    def folders(self, path: str) -> Sequence[str]:
        """The names of the folders in `path`."""
        return [name for name, is_folder in self.scan(path) if is_folder]

    def settle(self, paths: Sequence[str]) -> None:
        """What was written is there."""

    def close(self, *, keep: bool) -> None:
        """Nothing is left to do."""


def scan(store: Documents, path: str) -> Iterator[tuple[str, bool | None]]:
    """The names directly below `path`, and whether each is a folder; ``None`` where the store does not know.

    A store may have a method of this name that lists one by one; else it is asked for folders and documents.
    """
    own: Callable[[str], Iterator[tuple[str, bool | None]]] | None = getattr(store, "scan", None)
    try:
        if own is not None:
            yield from own(path)
            return
        folders, names = set(store.folders(path)), set(store.names(path))
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in sorted(folders | names):
        yield name, None if name in folders & names else name in folders


def settle_documents(store: Documents, keys: Sequence[str]) -> None:
    """Return when documents, which others may have written, outlive a power cut: they are to replace what is deleted.

    A store may have a method ``flush_documents`` that flushes their bytes to the disk. Raises what the store raises.
    """
    flush: Callable[[Sequence[str]], None] | None = getattr(store, "flush_documents", None)
    if flush is not None:
        flush(keys)
    store.settle([*dict.fromkeys(map(parent, keys))])


def lists_cheaply(store: Documents) -> bool:
    """Whether listing a folder costs no request to a server, so that it is done where nothing depends on it."""
    return bool(getattr(store, "listing_is_cheap", False))


def remarks_of(store: Documents) -> tuple[str, ...]:
    """The remarks of a store itself, for the report."""
    return tuple(getattr(store, "remarks", ()))


def close_store(store: Documents, *, keep: bool) -> str | None:
    """Close a store; the reason where what was written is lost."""
    try:
        store.close(keep=keep)
    except MigrationError as error:
        return error.text
    return None
