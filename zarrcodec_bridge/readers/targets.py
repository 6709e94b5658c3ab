"""The grammar of targets: names of readers, with versions where several were measured."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple, TypeAlias

Version: TypeAlias = tuple[int, ...]
Range: TypeAlias = tuple[Version, Version]
"""The first version, and the first that is beyond."""

_ITEM: Final = re.compile(
    r"([^<>=!~,\s]+)\s*((?:,?\s*(?:==|>=|<=|<|>)\s*\d{1,9}(?:\.\d{1,9}){0,3}\s*)*)"
)
_LIMIT: Final = re.compile(r"(==|>=|<=|<|>)\s*([\d.]+)")
_BETWEEN: Final = re.compile(r",\s*(?![<>=!~\s])")
_LAST: Final = (1 << 31,)


class Target(NamedTuple):
    """One part of a target."""

    name: str
    limits: tuple[tuple[str, str], ...]
    """Each an operator and a version."""

    def __str__(self) -> str:
        return self.name + ",".join(map("".join, self.limits))


def split_targets(target: Any) -> list[str]:
    """Split a target into its parts: it is a text, in which commas part them, or a list of texts.

    Raises :class:`TypeError` for anything else.
    """
    given: Any = [target] if isinstance(target, str) else target
    if not isinstance(given, (list, tuple)) or not given:
        raise TypeError(f"expected a text or a list of texts, got {type(target).__name__}")
    return [part.strip() for text in given for part in _BETWEEN.split(text)]


def read_part(text: str) -> Target | None:
    """Read one part of a target, ``"zarr-python>=3.1"``; ``None`` for what is not spelled so."""
    found = _ITEM.fullmatch(text)
    return Target(found[1], tuple(_LIMIT.findall(found[2]))) if found else None


def choose_versions(measured: Sequence[Version], limits: Sequence[tuple[str, str]]) -> list[int]:
    """Choose among measured versions, the newest first: the index of each that is within the limits.

    A measured version, given as its first two numbers, stands for those that follow it, up to the next that was
    measured, or the next minor one.

    Example
    -------
    >>> choose_versions([(3, 4), (3, 1), (2, 18)], [(">=", "3.2")])
    [0, 1]
    """
    wanted = [_range(*limit) for limit in limits]
    chosen = []
    following: Version | None = None
    for index, first in enumerate(measured):
        if following is None or following[0] != first[0]:
            following = (first[0], first[1] + 1)
        ranges = [(first, following), *wanted]
        if max(least for least, _ in ranges) < min(beyond for _, beyond in ranges):
            chosen.append(index)
        following = first
    return chosen


def _range(operator: str, text: str) -> Range:
    number = tuple(map(int, text.split(".")))
    beyond = (*number[:-1], number[-1] + 1)
    if operator == "==":
        return number, beyond
    if operator in ("<", "<="):
        return (), number if operator == "<" else beyond
    return (number if operator == ">=" else beyond), _LAST
