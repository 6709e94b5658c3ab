"""What a migration did, or would do: one entry for each array and group."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, TypeAlias

from zarrcodec_bridge.core.display import as_text
from zarrcodec_bridge.core.errors import LONGEST_MESSAGE, BackendMissingError, Loss, Note
from zarrcodec_bridge.core.messages import (
    Cell,
    Displayed,
    Hint,
    Message,
    Role,
    Row,
    escape_control_characters,
    hints_in,
    shorten,
)

Outcome: TypeAlias = Literal["will change", "done", "unchanged", "refused", "failed"]
"""``refused``: this library does not translate it; ``failed``: the store did not read or write it."""

Kind: TypeAlias = Literal["array", "group", "unknown"]
"""The kind of a node, from its documents."""

_REMARKS = 20
"""How many notes or losses of one sort a summary shows."""

_NAMED = 3
"""How many arrays or groups are named where later writes would lose something."""

_LISTED = 20
"""How many arrays and groups a report lists; of a longer one, those that were refused or failed."""

_ROLES: dict[str, Role] = {"refused": "refusal", "failed": "loss"}

_ORDER: tuple[Outcome, ...] = ("done", "will change", "unchanged", "refused", "failed")


@dataclass(frozen=True, slots=True)
class NodeReport:
    """One array or group.

    Parameters
    ----------
    path : str
        Where it is in the store; empty for the root.
    kind : {"array", "group", "unknown"}
        What it is.
    outcome : {"will change", "done", "unchanged", "refused", "failed"}
        What happened, or would happen.
    reason : str, optional
        Why it was refused or failed.
    notes, losses : tuple
        What the translation changed.
    verified : int, optional
        How many of its chunks were decoded through both metadata and found equal.
    removed : bool
        Whether its old documents were removed, or would be.
    """

    path: str
    kind: Kind
    outcome: Outcome
    reason: str | None = None
    notes: tuple[Note, ...] = ()
    losses: tuple[Loss, ...] = ()
    verified: int | None = None
    removed: bool = False

    def __str__(self) -> str:
        return as_text(self.rows())

    def rows(self) -> Iterator[Row]:
        """Show the entry in a line, and the reason below it."""
        text = self.name
        if self.verified is not None:
            text += f"  ({_count_of(self.verified, 'chunk')} verified)"
        if self.removed:
            text += "  (removes its old documents)"
        role = _ROLES.get(self.outcome, "text")
        yield [Cell(f"{self.outcome:11}", role), Cell(f"{self.kind:5}", "label"), Cell(text)]
        if self.reason:
            yield [Cell(f"{'':11}"), Cell(_line(self.reason), role)]

    @property
    def name(self) -> str:
        """The path as it is printed."""
        return "/" if not self.path else _printable(self.path)

    def to_dict(self) -> dict[str, Any]:
        """The entry as plain JSON."""
        return {
            "path": self.path,
            "kind": self.kind,
            "outcome": self.outcome,
            "reason": _shorten_text(self.reason),
            "hints": [hint.to_dict() for hint in hints_in(self.reason or "")],
            "notes": [note.to_dict() for note in self.notes],
            "losses": [loss.to_dict() for loss in self.losses],
            "verified": self.verified,
            "removed": self.removed,
        }


def _printable(text: str) -> str:
    """A name on one line, quoted where it could be taken for more than a name."""
    text = shorten(text, LONGEST_MESSAGE)
    plain = (
        text[:1] not in ("'", '"')
        and text.isprintable()
        and "  " not in text
        and text.strip() == text
    )
    return text if plain else repr(text)


def _line(text: str) -> str:
    """Text from a document or a server, on one line and of bounded length."""
    return escape_control_characters(shorten(text, LONGEST_MESSAGE))


def _shorten_text(text: str | None) -> str | None:
    return text and shorten(text, LONGEST_MESSAGE)


def _count_of(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


@dataclass(frozen=True, slots=True)
class NoteGroup:
    """One note or loss, and the arrays and groups that it is about; prints as ``12 arrays: dtype: ...``.

    Parameters
    ----------
    note : Note or Loss
        What was changed.
    nodes : tuple of NodeReport
        Where, by path.
    """

    note: Note | Loss
    nodes: tuple[NodeReport, ...]

    @property
    def counts(self) -> Mapping[Kind, int]:
        """How many arrays and groups it is about."""
        return Counter(node.kind for node in self.nodes)

    def __str__(self) -> str:
        return self.line()

    def line(self, named: int = 0) -> str:
        """The note after where it is: the path of one array or group, or how many there are, and some of them."""
        if len(self.nodes) == 1:
            return Message(f"{self.nodes[0].name}: ", _line(self.note.text))
        where = " and ".join(_count_of(count, kind) for kind, count in self.counts.items())
        if named:
            names = [node.name for node in self.nodes[:named]]
            more = len(self.nodes) - len(names)
            where += f" ({', '.join(names)}{f' and {more} more' if more else ''})"
        return Message(f"{where}: ", _line(self.note.text))

    def to_dict(self) -> dict[str, Any]:
        """The group as plain JSON, with the number of its nodes."""
        return {**self.note.to_dict(), "nodes": len(self.nodes)}


@dataclass(frozen=True, slots=True)
class Report(Displayed):
    """The result of a migration; prints as a summary, with what needs attention.

    Parameters
    ----------
    store : str
        The name of the store.
    zarr_format : {2, 3}
        The format that was written.
    dry_run : bool
        Whether nothing was written.
    nodes : tuple of NodeReport
        All arrays and groups that were visited, by path.
    stopped : str, optional
        Why the work ended early.
    not_removed : str, optional
        Why the old documents were all kept, where removing them was asked for.
    undone : bool
        Whether it is of :func:`undo`; `zarr_format` is then the format that stays.
    remarks : tuple of str
        Where links lead, and which files of the journal were left.
    """

    store: str
    zarr_format: Literal[2, 3]
    dry_run: bool
    nodes: tuple[NodeReport, ...]
    stopped: str | None = None
    not_removed: str | None = None
    undone: bool = False
    remarks: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether everything that was asked for was done, or would be."""
        return (
            self.stopped is None
            and self.not_removed is None
            and all(node.outcome not in ("refused", "failed") for node in self.nodes)
        )

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """How many nodes had each outcome."""
        found = Counter(node.outcome for node in self.nodes)
        return {outcome: found[outcome] for outcome in _ORDER if found[outcome]}

    def failed(self, reason: str) -> Report:
        """The same report where in the end nothing could be kept of what was done."""
        nodes = tuple(
            replace(node, outcome="failed", reason=reason, removed=False)
            if node.outcome == "done"
            else replace(node, removed=False)
            for node in self.nodes
        )
        return replace(self, nodes=nodes, stopped=reason)

    def of(self, *outcomes: Outcome) -> Iterator[NodeReport]:
        """The nodes with one of these outcomes."""
        return (node for node in self.nodes if node.outcome in outcomes)

    @property
    def notes(self) -> tuple[NoteGroup, ...]:
        """What the translation of the arrays and groups that change has to note, each once, the most frequent first."""
        return _groups((node, node.notes) for node in self.of("will change", "done"))

    @property
    def losses(self) -> tuple[NoteGroup, ...]:
        """What later writes would lose, or some program reads otherwise, each once, the most frequent first."""
        return _groups((node, node.losses) for node in self.of("will change", "done", "unchanged"))

    def summary(self) -> str:
        """Some lines: losses and notes with how many arrays they are about, the counts, and what stopped it."""
        return as_text(self._summary_rows())

    def _summary_rows(self) -> Iterator[Row]:
        yield from _tagged_rows("loss", [group.line(_NAMED) for group in self.losses])
        yield from _tagged_rows(
            "note", [*(group.line() for group in self.notes), *map(_line, self.remarks)]
        )
        yield [Cell(self._headline(), "title")]
        if list(self.counts) == ["unchanged"] and self.ok:
            yield [Cell(f"nothing to do: everything has metadata of v{self.zarr_format}")]
        verified = [node.verified for node in self.nodes if node.verified is not None]
        if verified:
            chunks, arrays = _count_of(sum(verified), "chunk"), _count_of(len(verified), "array")
            yield [Cell(f"verified: {chunks} of {arrays}")]
        removed = sum(node.removed for node in self.nodes)
        if removed:
            to_do = "to remove" if self.dry_run else "removed"
            yield [Cell(f"old documents {to_do}: those of {_count_of(removed, 'node')}")]
        if self.not_removed:
            yield [Cell(Message("old documents kept: ", _line(self.not_removed)), "refusal")]
        if self.stopped:
            yield [Cell(Message("stopped: ", _line(self.stopped)), "loss")]

    def _headline(self) -> str:
        counts = ", ".join(f"{count} {outcome}" for outcome, count in self.counts.items())
        way, did = ("back to", "deleted") if self.undone else ("to", "written")
        if self.dry_run:
            did = f"dry run, nothing was {did}"
        return f"{_line(self.store)} {way} v{self.zarr_format} ({did}): {counts or 'nothing'}"

    def rows(self, nodes: Iterable[NodeReport] | None = None) -> Iterator[Row]:
        """Show these arrays and groups, by default all of a short report; and the summary."""
        if nodes is None and len(self.nodes) > _LISTED:
            yield from self._attention_rows()
        else:
            for node in self.nodes if nodes is None else nodes:
                yield from node.rows()
        yield from self._summary_rows()

    def _attention_rows(self) -> Iterator[Row]:
        """Show what was refused or failed, once for each reason, and say where the others are."""
        reasons: dict[tuple[str, Kind, str | None], list[NodeReport]] = {}
        for node in self.of("refused", "failed"):
            reasons.setdefault((node.outcome, node.kind, node.reason), []).append(node)
        for (outcome, kind, _), nodes in [*reasons.items()][:_LISTED]:
            if len(nodes) == 1:
                yield from nodes[0].rows()
                continue
            role = _ROLES.get(outcome, "text")
            names = ", ".join(node.name for node in nodes[:_NAMED])
            more = f" and {len(nodes) - _NAMED} more" if len(nodes) > _NAMED else ""
            count = Cell(_count_of(len(nodes), kind), "label")
            yield [Cell(f"{outcome:11}", role), count, Cell(f"{names}{more}")]
            yield [Cell(f"{'':11}"), Cell(_line(nodes[0].reason or ""), role)]
        more_reasons = len(reasons) - _LISTED
        if more_reasons > 0:
            yield [Cell(f"and {more_reasons} more reasons to refuse or to fail", "refusal")]
        yield [
            Cell(
                f"all {len(self.nodes)} arrays and groups: report.nodes, report.to_dataframe()",
                "hint",
            )
        ]

    def __repr__(self) -> str:
        return f"<Report: {self._headline()}>"

    def to_dataframe(self) -> Any:
        """Give the arrays and groups as a table of pandas.

        Returns
        -------
        pandas.DataFrame
            A row for each, by path; notes and losses are lists of texts.

        Raises
        ------
        BackendMissingError
            pandas is not installed.
        """
        try:
            import pandas  # type: ignore[import-untyped]
        except ImportError as error:
            raise BackendMissingError(
                "pandas", Message("a table of a report needs pandas: ", Hint(package="pandas"))
            ) from error
        columns = [field.name for field in fields(NodeReport)]
        table = [{name: _column(getattr(node, name)) for name in columns} for node in self.nodes]
        return pandas.DataFrame(table, columns=columns).set_index("path")

    def to_dict(self) -> dict[str, Any]:
        """The report as plain JSON."""
        return {
            "store": _shorten_text(self.store),
            "zarr_format": self.zarr_format,
            "dry_run": self.dry_run,
            "ok": self.ok,
            "counts": dict(self.counts),
            "stopped": _shorten_text(self.stopped),
            "not_removed": _shorten_text(self.not_removed),
            "undone": self.undone,
            "notes": [group.to_dict() for group in self.notes],
            "losses": [group.to_dict() for group in self.losses],
            "remarks": [*map(_shorten_text, self.remarks)],
            "nodes": [node.to_dict() for node in self.nodes],
        }

    def to_json(self, indent: int | None = None) -> str:
        """The report as JSON text.

        Example
        -------
        >>> Report("example", 3, True, ()).to_json()[:38]
        '{"store": "example", "zarr_format": 3,'
        """
        return json.dumps(self.to_dict(), indent=indent)


def _groups(
    nodes: Iterable[tuple[NodeReport, Sequence[Note | Loss]]],
) -> tuple[NoteGroup, ...]:
    found: dict[Note | Loss, list[NodeReport]] = {}
    for node, notes in nodes:
        for note in notes:
            found.setdefault(note, []).append(node)
    groups = [NoteGroup(note, tuple(where)) for note, where in found.items()]
    return tuple(sorted(groups, key=lambda group: -len(group.nodes)))


def _tagged_rows(tag: Literal["note", "loss"], texts: Sequence[str]) -> Iterator[Row]:
    for text in texts[:_REMARKS]:
        yield [Cell(Message(f"{tag}: ", text), tag)]
    if len(texts) > _REMARKS:
        yield [Cell(f"{tag}: {len(texts) - _REMARKS} more in the report as JSON", tag)]


def _column(value: Any) -> Any:
    return [*map(str, value)] if isinstance(value, tuple) else value
