"""What is told of a codec or of a whole encoding: as text, as HTML, in colour."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from zarrcodec_bridge.core.errors import Loss, Note
from zarrcodec_bridge.core.messages import escape_control_characters
from zarrcodec_bridge.core.spec import A2A, A2B, B2B, Dialect, Kind

if TYPE_CHECKING:
    from rich.text import Text

__all__ = ["KIND_WORDS", "Explanation", "Slots", "Spelling"]

KIND_WORDS: Final[Mapping[Kind, str]] = {
    A2A: "array-to-array",
    A2B: "array-to-bytes",
    B2B: "bytes-to-bytes",
}


Slots: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Spelling:
    """How one format says it, or why it cannot."""

    dialect: Dialect
    result: dict[str, Any] | None = field(default=None, hash=False)
    """The JSON; ``None`` where it is refused."""
    refusal: str = ""
    """Why there is none."""
    slots: tuple[tuple[str, tuple[str, ...]], ...] = ()
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
        """Where a single codec goes; ``None`` where it is refused."""
        return self.slots[0][0] if len(self.slots) == 1 else None


Role: TypeAlias = Literal["title", "json", "text", "refusal", "loss", "code", "link"]


STYLES: Final[Mapping[Role, str]] = {
    "title": "bold",
    "json": "cyan",
    "text": "",
    "refusal": "yellow",
    "loss": "red",
    "code": "green",
    "link": "blue underline",
}
"""How rich shows each part."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What :func:`explain` found: printed as text, rendered as HTML in notebooks."""

    title: str
    """The codec's name, or what is encoded."""
    kind: Kind | None
    """Array-to-array (``"a2a"``), array-to-bytes, bytes-to-bytes; ``None`` for a whole encoding."""
    v2: Spelling
    v3: Spelling
    code: str = ""
    """How zarr-python 3 is told so; empty where it cannot be."""
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

    def __str__(self) -> str:
        rows = list(self._rows())
        width = max(len(label) for label, _, _ in rows)
        return "\n".join(
            text if role == "title" else f"  {label:<{width}}  {text}" for label, text, role in rows
        )

    def _repr_html_(self) -> str:
        cells: list[str] = []
        for label, text, role in self._rows():
            safe = html.escape(text)
            if role == "title":
                cells.append(f'<tr><th colspan="2" style="text-align:left">{safe}</th></tr>')
                continue
            if role in ("json", "code"):
                safe = f"<code>{safe}</code>"
            elif role == "link" and text.startswith("https://"):
                safe = f'<a href="{safe}">{safe}</a>'
            elif role in ("refusal", "loss"):
                safe = f"<strong>{safe}</strong>"
            cells.append(
                f'<tr><td style="text-align:left">{html.escape(label.strip())}</td>'
                f'<td style="text-align:left">{safe}</td></tr>'
            )
        return f"<table><tbody>{''.join(cells)}</tbody></table>"

    def __rich__(self) -> Text:
        from rich.text import Text

        rows = list(self._rows())
        width = max(len(label) for label, _, _ in rows)
        text = Text()
        for label, content, role in rows:
            if text:
                text.append("\n")
            if role != "title":
                text.append(f"  {label:<{width}}  ", style="dim")
            text.append(content, style=STYLES[role])
        return text

    def _rows(self) -> Iterator[tuple[str, str, Role]]:
        words = [self.title]
        if self.kind is not None:
            words.append(f"{KIND_WORDS[self.kind]} codec")
        if self.v3.registered is not None:
            words.append("registered v3 name" if self.v3.registered else "v3 name not registered")
        yield "", escape_control_characters(", ".join(words)), "title"
        for side in (self.v2, self.v3):
            yield from _side_rows(side)
        if self.code:
            yield "zarr-python", self.code, "code"
        for note in self.notes:
            yield _tag("note", note in self.v2.notes, note in self.v3.notes), _line(note), "text"
        for loss in self.losses:
            yield _tag("loss", loss in self.v2.losses, loss in self.v3.losses), _line(loss), "loss"
        for address in self.docs:
            yield "docs", escape_control_characters(address), "link"


def _side_rows(side: Spelling) -> Iterator[tuple[str, str, Role]]:
    if side.result is None:
        yield side.dialect, f"refused: {escape_control_characters(side.refusal)}", "refusal"
    else:
        yield side.dialect, json.dumps(side.result), "json"
    for slot, names in side.slots:
        yield f"  {slot}", escape_control_characters(", ".join(names)), "text"
    if side.result is not None:
        yield (
            "  read by",
            escape_control_characters(", ".join(side.readers)) or "no known implementation",
            "text",
        )
    for target in side.other_targets:
        yield "  read by", f"{target}, with target={target!r}", "text"
    if side.also_read:
        yield "  also read", escape_control_characters(", ".join(side.also_read)), "text"


def _tag(word: str, in_v2: bool, in_v3: bool) -> str:
    return word if in_v2 and in_v3 else f"{word} v{2 if in_v2 else 3}"


def _line(said: Note | Loss) -> str:
    return escape_control_characters(str(said))


def _spelling_as_json(side: Spelling) -> dict[str, Any]:
    return {
        "result": side.result,
        "refusal": side.refusal or None,
        "slots": {slot: list(names) for slot, names in side.slots},
        "readers": list(side.readers),
        "other_targets": list(side.other_targets),
        "registered": side.registered,
        "also_read": list(side.also_read),
        "notes": [str(note) for note in side.notes],
        "losses": [str(loss) for loss in side.losses],
    }
