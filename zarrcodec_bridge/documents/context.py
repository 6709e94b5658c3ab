"""One call's context: what it was asked for, and what it had to change."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from zarrcodec_bridge.errors import (
    BridgeError,
    InvalidCodecError,
    Loss,
    Note,
    Problem,
    UnknownCodecError,
)
from zarrcodec_bridge.payloads import Path
from zarrcodec_bridge.spec import Unknown
from zarrcodec_bridge.targets import TargetName

__all__ = ["Context", "invalid", "located"]


@dataclass(slots=True)
class Context:
    """What a call was asked for, and the notes and losses that it collects."""

    target: TargetName = "spec"
    unknown: Unknown = "error"
    node: str = ""
    """The path in its hierarchy of the array or group at hand."""
    notes: list[Note] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)

    def note(self, subject: str, message: str) -> None:
        """Write down a harmless normalisation."""
        self.notes.append(Note(f"{self.node}: {subject}" if self.node else subject, message))

    def saying(self, subject: str) -> Callable[[str], None]:
        """What writes down normalisations of `subject`."""
        return partial(self.note, subject)

    def take(self, notes: Sequence[Note], losses: Sequence[Loss]) -> None:
        """Keep what the translation of a part wrote down."""
        if self.node:
            at = f"{self.node}: "
            notes = [replace(note, codec=at + note.codec) for note in notes]
            losses = [replace(loss, codec=at + loss.codec) for loss in losses]
        self.notes += notes
        self.losses += losses


def located(error: BridgeError, node: str, path: Path) -> BridgeError:
    """The same error, saying in which document of a hierarchy it was met, and where that stands."""
    found = copy.copy(error)
    if isinstance(found, InvalidCodecError):
        found.problems = tuple(
            Problem((*path, *problem.path), problem.message) for problem in found.problems
        )
    elif isinstance(found, UnknownCodecError):
        found.path = (*path, *found.path)
    found.args = (f"{node or 'the root'}: {found.args[0]}",)
    return found


def invalid(path: Path, message: str) -> InvalidCodecError:
    """A refusal of a document's member."""
    return InvalidCodecError.at(path, message, "invalid metadata")
