"""Changes to JSON, drawn from a seeded generator: what is near to a valid payload, and seldom valid."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any, Final

__all__ = ["PLAIN", "mutated", "places"]

PLAIN: Final[Sequence[Any]] = (
    *(None, True, False, 0, 1, -1, 2, 3, 4, 5, 9, 10, 255, 256, -131073, 0.5, -1.5, 1e300),
    *(2**31, 2**32, 2**53, 2**64, -(2**63)),
    *("", "a", "C", "F", "none", "auto", "start", "end", "little", "big", "NaN", "0x00", "AAEC"),
    *("<f4", ">i8", "|u1", "|O", "|S4", "<M8[s]", "float32", "int8", "bfloat16", "q", "bytes"),
    *([], [0], [1, 0], [0, 0], [-1], ["a"], [[0, 1]], [[0.5, 2]], [None]),
    *({}, {"a": 1}, {"id": "zlib"}, {"name": "bytes"}, [{"name": "bytes"}], [{"id": "zlib"}]),
)
"""JSON values to put in the place of others."""

DEEPEST: Final = 12
"""Deeper ones, and endless ones, are left as they are."""

KEYS: Final = ("level", "id", "name", "shuffle", "dtype", "codecs", "configuration", "no such key")


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything in a JSON value, its own first."""
    yield path
    if type(value) in (dict, list) and len(path) < DEEPEST:
        for key, item in value.items() if type(value) is dict else enumerate(value):
            yield from places(item, (*path, key))


def _copied(value: Any, depth: int = 0) -> Any:
    """A copy of all that has a place."""
    if depth >= DEEPEST:
        return value
    if type(value) is dict:
        return {key: _copied(item, depth + 1) for key, item in value.items()}
    return [_copied(item, depth + 1) for item in value] if type(value) is list else value


def mutated(value: Any, rng: random.Random, values: Sequence[Any] = PLAIN) -> Any:
    """A copy of a JSON value with one change anywhere in it."""
    value = _copied(value)
    path = rng.choice(list(places(value)))
    if not path:
        return _grown(value, rng, values)
    parent = value
    for key in path[:-1]:
        parent = parent[key]
    _change(parent, path[-1], rng, values)
    return value


def _grown(value: Any, rng: random.Random, values: Sequence[Any]) -> Any:
    if isinstance(value, dict):
        value[rng.choice(KEYS)] = _copied(rng.choice(values))
        return value
    if isinstance(value, list):
        value.insert(rng.randint(0, len(value)), _copied(rng.choice(values)))
        return value
    return _copied(rng.choice(values))


def _change(parent: Any, key: Any, rng: random.Random, values: Sequence[Any]) -> None:
    old = parent[key]
    how = rng.random()
    if how < 0.15:
        del parent[key]
    elif how < 0.4 and type(old) in (int, float):
        parent[key] = old + rng.choice((-1, 1, -10, 10, 1000))
    elif how < 0.4 and isinstance(old, list) and old:
        old.append(_copied(rng.choice(old)))
    elif how < 0.4 and isinstance(old, (dict, list)):
        parent[key] = _grown(old, rng, values)
    elif how < 0.5 and isinstance(parent, dict) and isinstance(key, str):
        parent[rng.choice((key.upper(), key + "_", rng.choice(KEYS)))] = parent.pop(key)
    else:
        parent[key] = _copied(rng.choice(values))
