"""What a migration wrote and removed, kept in the store, so that it can be resumed and undone.

Each unit of work has an entry of its own, written before its first document: two runs at once never write the same
entry, and a document that a killed run left is always recorded. An entry that is itself half-written is void, because
nothing followed it.

A run that deletes documents writes a mark first, and then looks whether another run deletes those that stay:
of two that begin at the same time at least one sees the other. A mark has its author and time, and before the first
deletion that it is begun. One that is not holds nobody up when its process is gone.

A store may come from anywhere, and its journal with it: an entry is read as data, and believed in nothing that the
documents themselves do not show. Only files of the names that this module gives are entries; others are left.
"""

from __future__ import annotations

import errno
import getpass
import hashlib
import json
import os
import re
import socket
import uuid
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, Final, Literal, NamedTuple, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from zarrcodec_bridge.core.messages import Hint, Message
from zarrcodec_bridge.stores.boundary import UnreadableError
from zarrcodec_bridge.stores.layout import JOURNAL, METADATA, below, name_in
from zarrcodec_bridge.stores.store import Document, Documents, MigrationError

Purpose: TypeAlias = Literal["undo", "remove-v2", "remove-v3", "write-v2", "write-v3"]
"""What a run is about to do. Those that delete have an entry with it in its name while they do it."""

_VERSION: Final = 1

_NAME: Final = re.compile(r"[0-9a-f]{32}(\.(undo|remove-v2|remove-v3))?\.json|[0-9a-f]{32}\.tmp")
"""The names of entries, of marks, and of drafts that a killed run left."""

_Text: TypeAlias = Annotated[str, StringConstraints(max_length=200, pattern=r"^[ -~]*$")]
"""What may be shown to somebody as it stands."""

_Digest: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Author(BaseModel):
    """Who made a mark, and when."""

    model_config = ConfigDict(frozen=True, strict=True)

    user: _Text
    host: _Text
    process: int
    system: _Text = ""
    """The running system and its table of processes, so that a number in another one is not taken for ours."""
    at: _Text

    def __str__(self) -> str:
        return f"{self.user} on {self.host}, process {self.process}, at {self.at}"

    @classmethod
    def here(cls) -> Author:
        """Name the process that runs, and the time."""
        try:
            user = getpass.getuser()
        except (OSError, KeyError, ImportError):
            user = "somebody"
        at = datetime.now(UTC).isoformat(timespec="seconds")
        return cls(
            user=ascii(user)[1:-1][:200],
            host=ascii(socket.gethostname())[1:-1][:200],
            process=os.getpid(),
            system=_system(),
            at=at,
        )

    def is_gone(self, name: str) -> bool:
        """Whether its process is known to have ended, or to have let go of the mark of this name."""
        if not self.system or self.system != _system():
            return False
        if self.process == os.getpid():
            return name not in _OWN_MARKS
        try:
            os.kill(self.process, 0)
        except ProcessLookupError:
            return True
        except (OSError, OverflowError):
            return False
        return False


@cache
def _system() -> str:
    """Identify the running system, since other systems have processes of the same number; empty if not possible."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="utf-8") as file:
            boot = file.read().strip()
        return ascii(f"{boot} {os.readlink('/proc/self/ns/pid')}")[1:-1][:200]
    except OSError:
        return ""


_OWN_MARKS: Final[set[str]] = set()
"""The marks of this process, which are not void while it works."""


class Entry(BaseModel):
    """An entry of the journal, as it is stored."""

    model_config = ConfigDict(frozen=True, strict=True)

    zarrcodec_bridge: Annotated[int, Field(ge=1)]
    """The version of its form."""
    written: dict[str, _Digest]
    """Digests of what was to be written, by key."""
    removing: dict[str, _Digest]
    """Digests of what was to be removed, by key."""
    by: Author | None = None
    """Who made it, if it is a mark."""
    begun: bool = False
    """Whether, if it is a mark, something may have been deleted."""


def digest(data: bytes) -> str:
    """The digest of a document."""
    return hashlib.sha256(data).hexdigest()


@dataclass(slots=True)
class Journal:
    """All entries of a store together."""

    entries: list[str] = field(default_factory=list)
    """Their keys, and those of leftovers."""
    foreign: list[str] = field(default_factory=list)
    """Files in the journal's folder that no migration wrote, with the reason."""
    written: dict[str, set[str]] = field(default_factory=dict)
    """Digests of what was written, by key."""
    removing: dict[str, set[str]] = field(default_factory=dict)
    """Digests of what was to be removed, by key."""

    @property
    def remarks(self) -> tuple[str, ...]:
        """Remarks on files that are left as they are."""
        return tuple(f"{below(JOURNAL, name)} is left as it is" for name in self.foreign)


def entry(
    *, written: Mapping[str, bytes] | None = None, removing: Mapping[str, bytes] | None = None
) -> Document:
    """Make an entry, which is written before the documents in it are touched."""
    content = _content(written or {}, removing or {})
    return Document(below(JOURNAL, f"{uuid.uuid4().hex}.json"), content)


def _content(written: Mapping[str, bytes], removing: Mapping[str, bytes], **mark: Any) -> bytes:
    content = {
        "zarrcodec_bridge": _VERSION,
        "written": {key: digest(data) for key, data in written.items()},
        "removing": {key: digest(data) for key, data in removing.items()},
        **mark,
    }
    return json.dumps(content).encode()


def _mark(name: str, *, begun: bool) -> Document:
    by = Author.here().model_dump()
    return Document(below(JOURNAL, name), _content({}, {}, by=by, begun=begun), replace=begun)


def load(store: Documents) -> Journal:
    """Read all entries.

    Raises
    ------
    MigrationError
        A later version of this library wrote one.
    Exception
        What the store raises.
    """
    names = store.names(JOURNAL)
    own = [name for name in names if _NAME.fullmatch(name)]
    journal = Journal(
        foreign=[f"{ascii(name)[1:-1][:80]} (of another name)" for name in names if name not in own]
    )
    read = _read_entries(store, [name for name in own if name.endswith(".json")])
    for name in own:
        found = read.get(name)
        if isinstance(found, str):
            journal.foreign.append(f"{name} ({found})")
            continue
        journal.entries.append(below(JOURNAL, name))
        if found is None:
            continue
        parts = (found.written, journal.written), (found.removing, journal.removing)
        for recorded, into in parts:
            for key, value in recorded.items():
                if _is_document(key):
                    into.setdefault(key, set()).add(value)
    return journal


def _read_entries(store: Documents, names: Iterable[str]) -> dict[str, Entry | str | None]:
    """Entries by name; of one that is none the reason, of one that was cut short ``None``."""
    keys = {below(JOURNAL, name): name for name in names}
    found = store.read([*keys]) if keys else {}
    return {keys[key]: _parse_entry(data) for key, data in found.items()}


def _parse_entry(data: bytes | Exception) -> Entry | str | None:
    if isinstance(data, UnreadableError):
        return str(data)
    if isinstance(data, Exception):
        raise data
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return None
    version = content.get("zarrcodec_bridge") if isinstance(content, dict) else None
    if isinstance(version, int) and version > _VERSION:
        raise MigrationError(
            f"the journal of this store is of version {version}, which a later zarrcodec_bridge wrote, and this one"
            f" reads version {_VERSION}: work on it with that one"
        )
    try:
        return Entry.model_validate(content)
    except (ValidationError, RecursionError):
        return "not an entry of a migration"


_FINISH: Final[Mapping[str, Message]] = {
    "undo": Message(
        "a migration of this store is being undone, or that was interrupted: finish it with ",
        Hint(call="undo"),
    ),
    **{
        f"remove-v{old}": Message(
            f"the old v{old} documents of this store are being removed, or that was interrupted: finish it with ",
            Hint("zarr_format", 5 - old),
            ", ",
            Hint("remove_old", True),
        )
        for old in (2, 3)
    },
}

_AGAINST: Final[Mapping[Purpose, frozenset[str]]] = {
    "write-v2": frozenset({"undo", "remove-v2"}),
    "write-v3": frozenset({"undo", "remove-v3"}),
    "undo": frozenset({"remove-v2", "remove-v3"}),
    "remove-v2": frozenset({"undo", "remove-v3"}),
    "remove-v3": frozenset({"undo", "remove-v2"}),
}


def check(
    store: Documents,
    names: Iterable[str],
    purpose: Purpose,
    *,
    take_over: bool = False,
) -> list[str]:
    """Check that no other run works against `purpose`; return the keys of marks to take over.

    Raises
    ------
    MigrationError
        There is one, and nothing is to be taken over. A mark is void before the first deletion, if its process is gone.
    """
    against = [name for name in names if _purpose(name) in _AGAINST[purpose]]
    taken = []
    for name, mark in _read_entries(store, against).items():
        if not isinstance(mark, Entry):
            continue
        if not mark.begun and mark.by is not None and mark.by.is_gone(name):
            continue
        if not take_over:
            who = f" (by {mark.by})" if mark.by is not None else ""
            raise MigrationError(
                Message(
                    _FINISH[_purpose(name)],
                    f"; or, if nobody works on it{who}, take over with ",
                    Hint("take_over", True),
                )
            )
        taken.append(below(JOURNAL, name))
    return taken


def _purpose(name: str) -> str:
    """What an entry that somebody made for the time of mark_deletion has in its name; empty in that of another."""
    if not _NAME.fullmatch(name):
        return ""
    middle = name.split(".")[1:-1]
    return middle[0] if middle else ""


class Deletion:
    """A mark that documents are being deleted."""

    def __init__(self, store: Documents, name: str, purpose: Purpose) -> None:
        self._store = store
        self._name = name
        self._purpose: Purpose = purpose
        self.begun = False

    @property
    def key(self) -> str:
        """The key of the mark."""
        return below(JOURNAL, self._name)

    def begin(self) -> None:
        """Record that from now on something may have been deleted."""
        if not self.begun:
            self.begun = True
            self.write(begun=True)

    def write(self, *, begun: bool) -> None:
        """Write the mark; raises what the store raises."""
        for problem in self._store.write_all([_mark(self._name, begun=begun)]).values():
            full = getattr(problem, "errno", None) in (errno.ENOSPC, errno.EDQUOT)
            if not full or self._purpose != "undo":
                raise problem
            # undoing must be possible on a full disk, where nobody else can begin to delete either


@contextmanager
def mark_deletion(
    store: Documents, purpose: Purpose, *, take_over: bool = False
) -> Generator[Deletion]:
    """Delete documents, while nobody deletes those that are to stay.

    What is interrupted in here after the first deletion, or raises, is to be finished by doing the same again.

    Raises
    ------
    MigrationError
        Somebody does, or was interrupted.
    """
    name = f"{uuid.uuid4().hex}.{purpose}.json"
    deletion = Deletion(store, name, purpose)
    _OWN_MARKS.add(name)
    try:
        deletion.write(begun=False)
        try:
            for key in check(store, store.names(JOURNAL), purpose, take_over=take_over):
                store.delete(key)
        except MigrationError:
            store.delete(deletion.key)
            raise
        try:
            yield deletion
        except BaseException:
            if not deletion.begun:
                with suppress(Exception):
                    store.delete(deletion.key)
            raise
        store.delete(deletion.key)
    finally:
        _OWN_MARKS.discard(name)


class Witness(NamedTuple):
    """An entry that is there as long as what was written before is not taken back."""

    name: str | None
    purpose: Purpose

    @classmethod
    def of(cls, store: Documents, zarr_format: int, *, take_over: bool = False) -> Witness:
        """Look into the journal; raises :class:`MigrationError` if documents are being deleted."""
        names, purpose = store.names(JOURNAL), _WRITING[zarr_format]
        for key in check(store, names, purpose, take_over=take_over):
            store.delete(key)
        entries = [name for name in names if _NAME.fullmatch(name) and not _purpose(name)]
        return cls(min(entries, default=None), purpose)

    def or_entry(self, key: str) -> Witness:
        """With an entry of the run's own, if there was none before."""
        return self if self.name is not None else self._replace(name=name_in(key))

    def objection(self, store: Documents, entry: Document) -> str | None:
        """Why a document that relies on those below it must not be written, or stay."""
        names = store.names(JOURNAL)
        try:
            check(store, names, self.purpose)
        except MigrationError as error:
            return error.text
        if not {name_in(entry.key), self.name or name_in(entry.key)}.issubset(names):
            return "somebody else undid or finished a migration of this store meanwhile; run again"
        return None


_WRITING: Final[Mapping[int, Purpose]] = {2: "write-v2", 3: "write-v3"}


def _is_document(key: str) -> bool:
    """Whether a key is one that a migration writes: a journal may come with a store from anywhere."""
    *folders, name = key.split("/")
    return (
        name in METADATA
        and not any(folder in ("", ".", "..") for folder in folders)
        and folders[:1] != [JOURNAL]
        and "\0" not in key
    )


def forget(store: Documents, journal: Journal) -> None:
    """Delete the entries; last those which keep others from mark_deletion."""
    for key in sorted(journal.entries, key=lambda key: _purpose(name_in(key))):
        store.delete(key)
