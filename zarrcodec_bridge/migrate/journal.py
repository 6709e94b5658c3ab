"""What a migration wrote and removed, kept in the store, so that it can be resumed and undone.

Each unit of work has an entry of its own, written before its first document: two runs at once never write the same
entry, and a document that a killed run left is always recorded. An entry that is itself half-written is void, because
nothing followed it.

Who deletes documents says so in an entry first, and then looks whether someone else deletes those that stay: of two
that begin at the same time at least one sees the other.
"""

from __future__ import annotations

import errno
import hashlib
import json
import uuid
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, TypeAlias

from zarrcodec_bridge.migrate.layout import JOURNAL, METADATA, below, name_in
from zarrcodec_bridge.migrate.stores import Document, Documents, MigrationError

__all__ = [
    "Journal",
    "Purpose",
    "Witness",
    "check",
    "deleting",
    "digest",
    "entry",
    "forget",
    "load",
]

Purpose: TypeAlias = Literal["undo", "remove-v2", "remove-v3", "write-v2", "write-v3"]
"""What a run is about to do. Those that delete have an entry with it in its name while they do it."""

_VERSION = 1


def digest(data: bytes) -> str:
    """What tells a document from another."""
    return hashlib.sha256(data).hexdigest()


@dataclass(slots=True)
class Journal:
    """All entries of a store together."""

    entries: list[str] = field(default_factory=list)
    """Their keys, and those of leftovers."""
    written: dict[str, set[str]] = field(default_factory=dict)
    """Digests of what was written, by key."""
    removing: dict[str, set[str]] = field(default_factory=dict)
    """Digests of what was to be removed, by key."""


def entry(
    *, written: Mapping[str, bytes] | None = None, removing: Mapping[str, bytes] | None = None
) -> Document:
    """An entry, to be written before the documents that it tells of are touched."""
    content = _content(written or {}, removing or {})
    return Document(below(JOURNAL, f"{uuid.uuid4().hex}.json"), content)


def _content(written: Mapping[str, bytes], removing: Mapping[str, bytes]) -> bytes:
    content = {
        "zarrcodec_bridge": _VERSION,
        "written": {key: digest(data) for key, data in written.items()},
        "removing": {key: digest(data) for key, data in removing.items()},
    }
    return json.dumps(content).encode()


def load(store: Documents) -> Journal:
    """Read all entries; raises what the store raises."""
    journal = Journal([below(JOURNAL, name) for name in store.names(JOURNAL)])
    keys = [key for key in journal.entries if key.endswith(".json")]
    for data in store.read(keys).values() if keys else ():
        if isinstance(data, Exception):
            raise data
        try:
            content = json.loads(data)
            parts = (content["written"], journal.written), (content["removing"], journal.removing)
        except (ValueError, KeyError, TypeError):
            continue
        for recorded, into in parts:
            for key, value in recorded.items():
                if _is_document(key):
                    into.setdefault(key, set()).add(value)
    return journal


_FINISH: Final[Mapping[str, str]] = {
    "undo": "a migration of this store is being undone, or that was interrupted: finish it with undo (--undo)",
    "remove-v2": "the old v2 documents of this store are being removed, or that was interrupted: finish it with"
    " zarr_format=3, remove_old=True (--to 3 --remove-old)",
    "remove-v3": "the old v3 documents of this store are being removed, or that was interrupted: finish it with"
    " zarr_format=2, remove_old=True (--to 2 --remove-old)",
}

_AGAINST: Final[Mapping[Purpose, frozenset[str]]] = {
    "write-v2": frozenset({"undo", "remove-v2"}),
    "write-v3": frozenset({"undo", "remove-v3"}),
    "undo": frozenset({"remove-v2", "remove-v3"}),
    "remove-v2": frozenset({"undo", "remove-v3"}),
    "remove-v3": frozenset({"undo", "remove-v2"}),
}


def check(names: Iterable[str], purpose: Purpose) -> None:
    """Raise :class:`MigrationError` if the entries of these names say that something is done against `purpose`."""
    for name in names:
        reason = _purpose(name)
        if reason in _AGAINST[purpose]:
            raise MigrationError(_FINISH[reason])


def _purpose(name: str) -> str:
    """What an entry that somebody made for the time of deleting has in its name; empty in that of another."""
    middle = name_in(name).split(".")[1:-1]
    return middle[0] if middle else ""


@contextmanager
def deleting(store: Documents, purpose: Purpose) -> Generator[None]:
    """Delete documents, while nobody deletes those that are to stay.

    What is interrupted in here, or raises, is to be finished by doing the same again.

    Raises
    ------
    MigrationError
        Somebody does, or was interrupted.
    """
    mark = Document(below(JOURNAL, f"{uuid.uuid4().hex}.{purpose}.json"), _content({}, {}))
    for problem in store.write_all([mark]).values():
        full = getattr(problem, "errno", None) in (errno.ENOSPC, errno.EDQUOT)
        if not full or purpose != "undo":
            raise problem
        # undoing must be possible on a full disk, where nobody else can begin to delete either
    try:
        check(store.names(JOURNAL), purpose)
    except MigrationError:
        store.delete(mark.key)
        raise
    yield
    store.delete(mark.key)


class Witness(NamedTuple):
    """An entry that is there as long as what was written before is not taken back."""

    name: str | None
    purpose: Purpose

    @classmethod
    def of(cls, store: Documents, zarr_format: int) -> Witness:
        """Look into the journal; raises :class:`MigrationError` if documents are being deleted."""
        names, purpose = store.names(JOURNAL), _WRITING[zarr_format]
        check(names, purpose)
        return cls(min(names, default=None), purpose)

    def or_entry(self, key: str) -> Witness:
        """With an entry of the run's own, if there was none before."""
        return self if self.name is not None else self._replace(name=name_in(key))

    def objection(self, store: Documents, entry: Document) -> str | None:
        """Why a document that relies on those below it must not be written, or stay."""
        names = store.names(JOURNAL)
        try:
            check(names, self.purpose)
        except MigrationError as error:
            return str(error)
        if not {name_in(entry.key), self.name or name_in(entry.key)}.issubset(names):
            return "somebody else undid or finished a migration of this store meanwhile; run again"
        return None


_WRITING: Final[Mapping[int, Purpose]] = {2: "write-v2", 3: "write-v3"}


def _is_document(key: str) -> bool:
    """Whether a key is one that a migration writes: a journal may come with a store from anywhere."""
    *folders, name = key.split("/")
    return name in METADATA and not any(folder in ("", ".", "..") for folder in folders)


def forget(store: Documents, journal: Journal) -> None:
    """Delete the entries; last those which keep others from deleting."""
    for key in sorted(journal.entries, key=_purpose):
        store.delete(key)
