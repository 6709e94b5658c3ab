"""A bounded memory of what equal JSON gave before: archives have many arrays and few encodings.

Keys are the payload's own bytes under :mod:`marshal`, which tells ``1``, ``1.0`` and ``True`` apart and costs a
fraction of one validation. Only plain JSON is remembered; what was refused is not.
"""

from __future__ import annotations

from marshal import dumps
from typing import Any, Final, Generic, TypeVar

__all__ = [
    "LONGEST_KEY",
    "MOST",
    "Entries",
    "Memo",
    "fresh",
    "is_flat",
    "is_plain",
    "key_of",
    "same",
    "to_keep",
]

LONGEST_KEY: Final = 4096
"""Bytes; larger payloads are seldom met twice."""

MOST: Final = 4096
"""Entries; a full memo is emptied."""

_SCALARS: Final = frozenset({type(None), bool, int, float, str})
_TEXT: Final = frozenset({str})
_V3_KEYS: Final = ["name", "configuration"]
_NESTED: Final = frozenset({dict, list})

Value = TypeVar("Value")


class Entries(dict[Any, Value], Generic[Value]):
    """A dictionary that forgets everything when it is full."""

    def remember(self, key: Any, value: Value) -> None:
        """Keep a value."""
        if len(self) >= MOST:
            self.clear()
        self[key] = value


class Memo(Generic[Value]):
    """The entries that hold for the codecs known now.

    Whoever remembers something takes :attr:`entries` before the work whose result it is. A codec that is registered
    meanwhile replaces them, so that what was made without it is kept where nobody looks.
    """

    __slots__ = ("entries",)

    def __init__(self) -> None:
        self.entries: Entries[Value] = Entries()

    def forget(self) -> None:
        """Begin anew; what is still being made goes to the entries of before."""
        self.entries = Entries()


def key_of(payload: Any) -> bytes | None:
    """The bytes that equal plain JSON shares; ``None`` for what is none, or is long."""
    try:
        key = dumps(payload, 2)
    except ValueError:
        return None
    return key if len(key) <= LONGEST_KEY else None


def is_plain(value: Any, depth: int = 16) -> bool:
    """Whether a value is JSON of exact types, so that its key stands for nothing else."""
    kind = type(value)
    if kind in _SCALARS:
        return True
    if depth == 0:
        return False
    items = value
    if kind is dict:
        if not _TEXT.issuperset(map(type, value)):
            return False
        items = value.values()
    elif kind is not list:
        return False
    if _SCALARS.issuperset(map(type, items)):
        return True
    return all(is_plain(item, depth - 1) for item in items)


def same(one: Any, other: Any) -> bool:
    """Whether two scalars are equal and of one type; ``1`` is not ``True``."""
    return type(one) is type(other) and bool(one == other)


def fresh(value: Any) -> Any:
    """A new copy of plain JSON."""
    if type(value) is list:
        return [fresh(item) if type(item) in _NESTED else item for item in value]
    return {key: fresh(item) if type(item) in _NESTED else item for key, item in value.items()}


class Nested(dict[str, Any]):
    """JSON whose copies are new down to its leaves."""

    def copy(self) -> dict[str, Any]:
        """A new copy of plain JSON."""
        copied: dict[str, Any] = fresh(self)
        return copied


def to_keep(payload: dict[str, Any]) -> dict[str, Any]:
    """A copy of JSON to keep; what its method `copy` gives shares nothing with it."""
    if _SCALARS.issuperset(map(type, payload.values())):
        return payload.copy()
    return Nested(fresh(payload))


def is_flat(payload: dict[str, Any]) -> bool:
    """Whether a codec's JSON is a name with a configuration of scalars."""
    if list(payload) != _V3_KEYS:
        return False
    configuration = payload["configuration"]
    return type(configuration) is dict and _SCALARS.issuperset(map(type, configuration.values()))
