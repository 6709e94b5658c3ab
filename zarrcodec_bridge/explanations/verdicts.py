"""What each reader does with a codec, an encoding, a document or a store, as a value that shows itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from zarrcodec_bridge.core.json_values import Dialect
from zarrcodec_bridge.core.messages import Cell, Displayed, Message, Role, Row

Verdict: TypeAlias = Literal["opens", "refuses", "reads wrong"]
"""What a reader does: it gives the values that were written, it raises an error, or it gives others without one."""

_SEVERITY: Final[Mapping[Verdict, int]] = {"opens": 0, "refuses": 1, "reads wrong": 2}
_ROLES: Final[Mapping[Verdict, Role]] = {
    "opens": "text",
    "refuses": "refusal",
    "reads wrong": "loss",
}


@dataclass(frozen=True, slots=True)
class ReaderCheck:
    """What one reader does with what was checked."""

    reader: str
    version: str
    """The version that was measured."""
    format: Dialect
    verdict: Verdict
    reason: str = ""
    """Why it does not open it; empty where it does."""
    help: str = ""
    """What would help, tried; empty where nothing is known, or needed."""

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain JSON."""
        return {
            "reader": self.reader,
            "version": self.version,
            "format": self.format,
            "verdict": self.verdict,
            "reason": str(self.reason) or None,
            "help": str(self.help) or None,
        }

    def rows(self) -> Iterator[Row]:
        """Give what is shown of it."""
        name = Cell(f"  {self.reader} {self.version}", "label")
        verdict = Cell(self.verdict, _ROLES[self.verdict])
        middle = [Cell(self.format, "label"), verdict]
        if not self.reason and not self.help:
            yield [name, *middle]
            return
        yield [name, *middle, Cell(self.reason or self.help, "text" if self.reason else "hint")]
        if self.reason and self.help:
            yield [Cell(""), Cell(""), Cell(""), Cell(self.help, "hint")]


@dataclass(frozen=True, slots=True)
class EncodingCheck:
    """What readers do with the arrays of one encoding."""

    title: str
    """The data type and the codecs."""
    readers: tuple[ReaderCheck, ...]
    arrays: int = 1
    """The number of arrays in a store that are encoded so."""
    example: str = ""
    """The path of the first of them."""


@dataclass(frozen=True, slots=True)
class Check(Displayed):
    """What :func:`check` returns: prints as a table, and as HTML in notebooks."""

    title: str
    """What was checked."""
    encodings: tuple[EncodingCheck, ...]
    """Each distinct encoding; of a codec its spelling in each format."""
    is_store: bool = False
    readers: tuple[ReaderCheck, ...] = field(init=False, compare=False, repr=False)
    """What each reader does with all of it: the worst that it does with a part."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "readers", tuple(_summarize(self.encodings, self.is_store)))

    @property
    def is_opened(self) -> bool:
        """Whether each reader opens all of it, in one format at least."""
        for encoding in self.encodings:
            opened = {_key(row) for row in encoding.readers if row.verdict == "opens"}
            if not opened.issuperset(map(_key, encoding.readers)):
                return False
        return True

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain JSON, for programs."""
        return {"readers": [row.to_dict() for row in self.readers]}

    def rows(self) -> Iterator[Row]:
        yield [Cell(self.title, "title")]
        for row in self.readers:
            yield from row.rows()
        for encoding in self.encodings if self.is_store else ():
            yield [Cell("")]
            yield [
                Cell(f"{_count(encoding.arrays)} such as {encoding.example or 'the root'}", "title")
            ]
            yield [Cell(f"  {encoding.title}", "json")]
            opened = [row.reader for row in encoding.readers if row.verdict == "opens"]
            yield [Cell(f"  opened by {', '.join(opened) or 'no reader here'}")]


def _key(row: ReaderCheck) -> tuple[str, str]:
    return row.reader, row.version


def _count(arrays: int) -> str:
    return "1 array," if arrays == 1 else f"{arrays:,} arrays,"


def _summarize(encodings: Iterable[EncodingCheck], is_store: bool) -> Iterator[ReaderCheck]:
    """Give the worst that each reader does in each format, of a store with the arrays that it concerns."""
    found: dict[tuple[str, str, str], list[tuple[EncodingCheck, ReaderCheck]]] = {}
    for encoding in encodings:
        for row in encoding.readers:
            found.setdefault((row.reader, row.version, row.format), []).append((encoding, row))
    for parts in found.values():
        encoding, worst = max(parts, key=lambda part: _SEVERITY[part[1].verdict])
        if not is_store or worst.verdict == "opens":
            yield worst
            continue
        arrays = sum(part.arrays for part, row in parts if row.verdict == worst.verdict)
        total = sum(part.arrays for part, _ in parts)
        if total == 1:
            yield worst
            continue
        where = f"{arrays:,} of {total:,} arrays, such as {encoding.example or 'the root'}: "
        reason = Message(where, worst.reason)
        yield ReaderCheck(
            worst.reader, worst.version, worst.format, worst.verdict, reason, worst.help
        )
