"""The explanation of a codec or of a whole encoding, and how it is shown: text, HTML, colour."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from zarrcodec_bridge.core.errors import Loss, Note
from zarrcodec_bridge.core.json_values import KIND_WORDS
from zarrcodec_bridge.core.messages import Cell, Displayed, Hint, Message, Role, Row, hints_in
from zarrcodec_bridge.core.spec import Dialect, Kind

Slots: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class ArrayDocument:
    """The document of one array, or why it cannot be read.

    Parameters
    ----------
    path : str
        Where the array is; empty for the root, and where there is no hierarchy.
    document : dict or None
        The ``.zarray`` or ``zarr.json``; ``None`` where it cannot be read.
    attributes : dict or None
        The ``.zattrs`` beside a ``.zarray``.
    problem : str
        Why it cannot be read.
    """

    path: str
    document: dict[str, Any] | None
    attributes: dict[str, Any] | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Spelling:
    """The JSON of one format, or why there is none."""

    dialect: Dialect
    result: dict[str, Any] | None = field(default=None, hash=False)
    """The JSON; ``None`` where it is refused."""
    refusal: str = ""
    """Why it is refused; empty where it is not."""
    slots: Slots = ()
    """The codecs by slot: v2 `filters`, `compressor`; v3 `filters`, `serializer`, `compressors`."""
    readers: tuple[str, ...] = ()
    """The implementations that open this JSON."""
    other_targets: tuple[str, ...] = ()
    """The implementations that open it in another spelling: with ``target=``."""
    registered: bool | None = None
    """Whether the Zarr specification or zarr-extensions name it; v3 of a single codec only."""
    also_read: tuple[str, ...] = ()
    """Other names that are read as this codec."""
    notes: tuple[Note, ...] = ()
    losses: tuple[Loss, ...] = ()

    @property
    def slot(self) -> str | None:
        """The slot of a single codec; ``None`` where it is refused."""
        return self.slots[0][0] if len(self.slots) == 1 else None


@dataclass(frozen=True, slots=True)
class Explanation(Displayed):
    """What :func:`explain` returns: prints as text, and as HTML in notebooks."""

    title: str
    """The codec's name, or what is encoded."""
    kind: Kind | None
    """Array-to-array (``"a2a"``), array-to-bytes, bytes-to-bytes; ``None`` for a whole encoding."""
    v2: Spelling
    v3: Spelling
    code: str = ""
    """The Python code that zarr-python 3 takes; empty where it cannot write this."""
    docs: tuple[str, ...] = ()
    """The addresses of the specifications."""

    @property
    def notes(self) -> tuple[Note, ...]:
        """The harmless normalisations on the way to either format."""
        return tuple(dict.fromkeys((*self.v2.notes, *self.v3.notes)))

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What later writes would lose in either format."""
        return tuple(dict.fromkeys((*self.v2.losses, *self.v3.losses)))

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON, for programs."""
        return {
            "title": self.title,
            "kind": self.kind,
            "v2": _spelling_as_json(self.v2),
            "v3": _spelling_as_json(self.v3),
            "zarr_python": self.code or None,
            "docs": list(self.docs),
        }

    def rows(self) -> Iterator[Row]:
        words = [self.title]
        if self.kind is not None:
            words.append(f"{KIND_WORDS[self.kind]} codec")
        if self.v3.registered is not None:
            words.append("registered v3 name" if self.v3.registered else "v3 name not registered")
        yield [Cell(", ".join(words), "title")]
        for side in (self.v2, self.v3):
            yield from _side_rows(side)
        if self.code:
            yield _row("zarr-python", self.code, "code")
        yield from _remark_rows("note", self.v2.notes, self.v3.notes)
        yield from _remark_rows("loss", self.v2.losses, self.v3.losses)
        for address in self.docs:
            yield _row("docs", address, "link")


def _row(label: str, text: str, role: Role = "text") -> Row:
    return [Cell(f"  {label}", "label"), Cell(text, role)]


def _side_rows(side: Spelling) -> Iterator[Row]:
    if side.result is None:
        yield _row(side.dialect, Message("refused: ", side.refusal), "refusal")
    else:
        yield _row(side.dialect, json.dumps(side.result), "json")
    for slot, names in side.slots:
        yield _row(f"  {slot}", ", ".join(names))
    if side.result is not None:
        yield _row("  read by", ", ".join(side.readers) or "no known implementation")
    for target in side.other_targets:
        yield _row("  read by", Message(f"{target}, with ", Hint("target", target)))
    if side.also_read:
        yield _row("  also read", ", ".join(side.also_read))


def _remark_rows(
    word: Literal["note", "loss"], v2: Sequence[Note | Loss], v3: Sequence[Note | Loss]
) -> Iterator[Row]:
    for remark in dict.fromkeys((*v2, *v3)):
        side = "" if remark in v2 and remark in v3 else " v2" if remark in v2 else " v3"
        yield _row(f"{word}{side}", remark.text, word)


def _spelling_as_json(side: Spelling) -> dict[str, Any]:
    return {
        "result": side.result,
        "refusal": side.refusal or None,
        "hints": [hint.to_dict() for hint in hints_in(side.refusal)],
        "slots": {slot: list(names) for slot, names in side.slots},
        "readers": list(side.readers),
        "other_targets": list(side.other_targets),
        "registered": side.registered,
        "also_read": list(side.also_read),
        "notes": [note.to_dict() for note in side.notes],
        "losses": [loss.to_dict() for loss in side.losses],
    }
