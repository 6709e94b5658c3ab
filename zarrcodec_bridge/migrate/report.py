"""What a migration did, or would do: one entry for each array and group."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from zarrcodec_bridge.errors import Loss, Note

__all__ = ["Kind", "NodeReport", "Outcome", "Report"]

Outcome: TypeAlias = Literal["will change", "done", "unchanged", "refused", "failed"]
"""``refused``: this library does not translate it; ``failed``: the store did not read or write it."""

Kind: TypeAlias = Literal["array", "group", "unknown"]
"""What the documents of a node say it is."""

_REMARKS = 20
"""How many a summary shows."""

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
        Why it was refused or failed, or what else there is to say.
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
        path = "/" if not self.path else self.path if self.path.isprintable() else repr(self.path)
        text = f"{self.outcome:11}  {self.kind:5}  {path}"
        if self.verified is not None:
            text += f"  ({_counted(self.verified, 'chunk')} verified)"
        if self.removed:
            text += "  (removes its old documents)"
        lines = [self.reason] if self.reason else []
        lines += [f"loss: {loss}" for loss in self.losses]
        return "\n".join([text, *(f"{'':13}{line}" for line in lines)])

    def to_dict(self) -> dict[str, Any]:
        """The entry as plain JSON."""
        return {
            "path": self.path,
            "kind": self.kind,
            "outcome": self.outcome,
            "reason": self.reason,
            "notes": [{"codec": note.codec, "message": note.message} for note in self.notes],
            "losses": [{"codec": loss.codec, "message": loss.message} for loss in self.losses],
            "verified": self.verified,
            "removed": self.removed,
        }


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a migration; prints as a summary.

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
        What else there is to say: where links lead, which files of the journal were left.
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

    def summary(self) -> str:
        """A few lines: counts, and what stopped it."""
        counts = ", ".join(f"{count} {outcome}" for outcome, count in self.counts.items())
        way, did = ("back to", "deleted") if self.undone else ("to", "written")
        if self.dry_run:
            did = f"dry run, nothing was {did}"
        lines = [f"{self.store} {way} v{self.zarr_format} ({did}): {counts or 'nothing'}"]
        if list(self.counts) == ["unchanged"] and self.ok:
            lines.append(f"nothing to do: everything has metadata of v{self.zarr_format}")
        verified = [node.verified for node in self.nodes if node.verified is not None]
        if verified:
            chunks, arrays = _counted(sum(verified), "chunk"), _counted(len(verified), "array")
            lines.append(f"verified: {chunks} of {arrays}")
        removed = sum(node.removed for node in self.nodes)
        if removed:
            lines.append(
                f"old documents {'to remove' if self.dry_run else 'removed'}:"
                f" those of {_counted(removed, 'node')}"
            )
        lines += [f"note: {remark}" for remark in self.remarks[:_REMARKS]]
        if len(self.remarks) > _REMARKS:
            lines.append(f"note: {len(self.remarks) - _REMARKS} more in the report as JSON")
        if self.not_removed:
            lines.append(f"old documents kept: {self.not_removed}")
        if self.stopped:
            lines.append(f"stopped: {self.stopped}")
        return "\n".join(lines)

    def __str__(self) -> str:
        return "\n".join([*map(str, self.nodes), self.summary()])

    def to_dict(self) -> dict[str, Any]:
        """The report as plain JSON."""
        return {
            "store": self.store,
            "zarr_format": self.zarr_format,
            "dry_run": self.dry_run,
            "ok": self.ok,
            "counts": dict(self.counts),
            "stopped": self.stopped,
            "not_removed": self.not_removed,
            "undone": self.undone,
            "remarks": list(self.remarks),
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
