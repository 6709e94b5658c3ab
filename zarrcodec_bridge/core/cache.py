"""A bounded memory of results: archives have many arrays and few encodings.

Keys are JSON as the bytes of :mod:`marshal`, which tells ``1``, ``1.0`` and ``True`` apart and costs a fraction of one
validation. The memory is used in three places: one codec, one pipeline, one array document.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from functools import partial
from marshal import dumps, loads
from typing import Any, Final, Generic, TypeVar

__all__ = ["CAPACITY", "LARGEST", "Cache", "clear_caches", "copier", "is_exact", "key_of"]

CAPACITY: Final = 16 << 20
"""Bytes that one cache holds, as estimated by those who keep results in it."""

LARGEST: Final = 1 << 14
"""Bytes of the largest key; larger payloads are seldom met twice."""

_SCALARS: Final = frozenset({type(None), bool, int, float, str})

Value = TypeVar("Value")


class Cache(Generic[Value]):
    """Results by key. When it is full it forgets the oldest.

    Parameters
    ----------
    capacity : int
        Bytes that it holds.

    Example
    -------
    >>> cache = Cache[str](capacity=1000)
    >>> cache.keep(cache.entries, "key", "result", 100)
    >>> cache.entries.get("key")
    'result'
    """

    __slots__ = ("_capacity", "_held", "_lock", "_sizes", "entries")

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._lock = threading.Lock()
        self.clear()
        _caches.append(self)

    def clear(self) -> None:
        """Forget all results, and those that are still being made."""
        with self._lock:
            self.entries: dict[Hashable, Value] = {}
            self._sizes: dict[Hashable, int] = {}
            self._held = 0

    def keep(self, entries: dict[Hashable, Value], key: Hashable, value: Value, size: int) -> None:
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
        size : int
            Bytes of memory that it takes, estimated.
        """
        with self._lock:
            if entries is not self.entries or size > self._capacity:
                return
            entries.pop(key, None)  # so that it is the newest
            self._held += size - self._sizes.pop(key, 0)
            entries[key] = value
            self._sizes[key] = size
            while self._held > self._capacity:
                oldest = next(iter(self._sizes))
                del entries[oldest]
                self._held -= self._sizes.pop(oldest)


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
