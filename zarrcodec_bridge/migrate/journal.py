"""What a migration wrote and removed, kept in the store, so that it can be resumed and undone.

Each unit of work has an entry of its own, written before its first document: two runs at once never write the same
entry, and a document that a killed run left is always recorded. An entry that is itself half-written is void, because
nothing followed it.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from zarrcodec_bridge.migrate.layout import JOURNAL, METADATA, below
from zarrcodec_bridge.migrate.stores import Document, Documents

__all__ = ["Journal", "digest", "entry", "forget", "load"]

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
    content = {
        "zarrcodec_bridge": _VERSION,
        "written": {key: digest(data) for key, data in (written or {}).items()},
        "removing": {key: digest(data) for key, data in (removing or {}).items()},
    }
    return Document(below(JOURNAL, f"{uuid.uuid4().hex}.json"), json.dumps(content).encode())


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


def _is_document(key: str) -> bool:
    """Whether a key is one that a migration writes: a journal may come with a store from anywhere."""
    *folders, name = key.split("/")
    return name in METADATA and not any(folder in ("", ".", "..") for folder in folders)


def forget(store: Documents, journal: Journal) -> None:
    """Delete the entries."""
    for key in journal.entries:
        store.delete(key)
