"""The explanation of a codec or of a whole encoding, and how it is shown: text, HTML, colour."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
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

    def __str__(self) -> str:
        return "\n".join(f"{label}{text}" for label, text, _ in self._lines())

    def _repr_html_(self) -> str:
        import html

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

        lines = (
            Text.assemble((label, "dim"), (text, STYLES[role]))
            for label, text, role in self._lines()
        )
        return Text("\n").join(lines)

    def _lines(self) -> Iterator[tuple[str, str, Role]]:
        """The rows with their labels in one column."""
        rows = list(self._rows())
        width = max(len(label) for label, _, _ in rows)
        for label, text, role in rows:
            yield "" if role == "title" else f"  {label:<{width}}  ", text, role

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
        yield from _remark_rows("note", "text", self.v2.notes, self.v3.notes)
        yield from _remark_rows("loss", "loss", self.v2.losses, self.v3.losses)
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


def _remark_rows(
    word: str, role: Role, v2: Sequence[Note | Loss], v3: Sequence[Note | Loss]
) -> Iterator[tuple[str, str, Role]]:
    for remark in dict.fromkeys((*v2, *v3)):
        side = "" if remark in v2 and remark in v3 else " v2" if remark in v2 else " v3"
        yield f"{word}{side}", escape_control_characters(str(remark)), role


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
