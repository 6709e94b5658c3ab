"""A bounded memory of results that are asked for again: archives have many arrays and few encodings.

Keys are JSON as the bytes of :mod:`marshal`, which tells ``1``, ``1.0`` and ``True`` apart and costs a fraction of one
validation. The memory is used in three places: one codec, one pipeline, one array document.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from functools import partial
from marshal import dumps, loads
from typing import Any, Final, Generic, TypeVar

CAPACITY: Final = 16 << 20
"""Bytes that one cache holds, estimated by the lengths of its keys."""

MOST_MET: Final = 1 << 16
"""Hashes of keys that one cache has met; they are forgotten together."""

LARGEST: Final = 1 << 14
"""Bytes of the largest key; larger payloads are seldom met twice."""

_SCALARS: Final = frozenset({type(None), bool, int, float, str})

Value = TypeVar("Value")


class Cache(Generic[Value]):
    """Results by key. When it is full it forgets the oldest.

    Parameters
    ----------
    size : callable
        Estimates, from a key, the bytes of memory that key and result take.
    capacity : int
        Bytes that it holds.

    Example
    -------
    >>> cache = Cache[str](len, capacity=1000)
    >>> cache.meets_again(b"key"), cache.meets_again(b"key")
    (False, True)
    >>> cache.keep(cache.entries, b"key", "result")
    >>> cache.entries.get(b"key")
    'result'
    """

    __slots__ = ("_capacity", "_held", "_lock", "_met", "_size", "entries")

    def __init__(self, size: Callable[[Any], int], capacity: int = CAPACITY) -> None:
        self._size = size
        self._capacity = capacity
        self._met: set[int] = set()
        self._lock = threading.Lock()
        self.clear()
        _caches.append(self)

    def clear(self) -> None:
        """Forget all results, and those that are still being made."""
        with self._lock:
            self.entries: dict[Hashable, Value] = {}
            self._held = 0

    def meets_again(self, key: Hashable) -> bool:
        """Whether a result was asked for before: keeping what is met once would cost more than it saves.

        It tells keys apart by their hashes, so that it may say so of a key which it never met.
        """
        mark = hash(key)
        if mark in self._met:
            return True
        if len(self._met) >= MOST_MET:
            self._met.clear()
        self._met.add(mark)
        return False

    def keep(self, entries: dict[Hashable, Value], key: Hashable, value: Value) -> None:
        """Keep a result.

        Parameters
        ----------
        entries : dict
            :attr:`entries` from before the work whose result it is. A codec that is registered meanwhile clears the
            cache, and what was made without it is not kept.
        key : hashable
            What the result depends on.
        value : object
            The result; whoever takes it from :attr:`entries` must not change it.
        """
        with self._lock:
            if entries is not self.entries or key in entries:
                return
            entries[key] = value
            self._held += self._size(key)
            while self._held > self._capacity:
                oldest = next(iter(entries))
                del entries[oldest]
                self._held -= self._size(oldest)


_caches: Final[list[Cache[Any]]] = []


def clear_caches() -> None:
    """Forget the results of all caches, since a name may now mean another codec."""
    for cache in _caches:
        cache.clear()


def key_of(payload: Any) -> bytes | None:
    """Write `payload` as the bytes that equal plain JSON shares; ``None`` where it is not JSON, or is large."""
    try:
        key = dumps(payload, 2)
    except ValueError:
        return None
    return key if len(key) <= LARGEST else None


def is_exact(key: bytes, payload: Any) -> bool:
    """Whether `key`, which was made of `payload`, stands for nothing else.

    marshal writes NumPy scalars, and all else that has a buffer, as bytes without their type.
    """
    try:
        return bool(loads(key) == payload)
    except Exception:  # foreign code compares
        return False


def copier(json: dict[str, Any]) -> Callable[[], dict[str, Any]]:
    """Make a function that gives a new copy of plain JSON at each call."""
    if _SCALARS.issuperset(map(type, json.values())):
        return json.copy
    name, configuration = json.get("name"), json.get("configuration")
    if len(json) == 2 and type(name) is str and type(configuration) is dict:
        copy = copier(configuration)
        return lambda: {"name": name, "configuration": copy()}
    return partial(loads, dumps(json, 2))
