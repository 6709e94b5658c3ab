"""One call's context: what it was asked for, and what it had to change."""

from __future__ import annotations

import copy
import sys
from collections.abc import Container, Sequence
from typing import Any, Final, Literal, Protocol, TypeAlias

from zarrcodec_bridge.core.errors import (
    BridgeError,
    InvalidCodecError,
    Loss,
    Note,
    Problem,
    UnknownCodecError,
)
from zarrcodec_bridge.core.json_values import Path, copy_json
from zarrcodec_bridge.core.messages import Message, short_message
from zarrcodec_bridge.core.options import Unknown, check_flag
from zarrcodec_bridge.readers import TargetName, read_target

FILL_VALUE: Final = "fill_value"
"""The member that says what elements of missing chunks are."""


class Reporter(Protocol):
    """Writes down what a fill value becomes."""

    def __call__(self, message: str, /, *, lossy: bool = False) -> None:
        """Write it down as harmless or, where readers of the original see other missing elements, as a loss."""


Place: TypeAlias = tuple[str, ...] | Literal["labels", "series"]
"""What an OME-Zarr image says of a node in it: the names of a level's axes, or the member that makes a group OME's."""


class DocumentContext:
    """What a call on a whole document was asked for, and the notes and losses that it collects.

    The reading and writing of one codec have contexts of their own (:mod:`.core.contexts`), made from this one.
    """

    __slots__ = (
        "_complete",
        "_notes",
        "chunk_keys",
        "keep_attributes",
        "losses",
        "node",
        "places",
        "target",
        "unknown",
    )

    def __init__(
        self,
        target: TargetName = "spec",
        unknown: Unknown = "error",
        *,
        keep_attributes: bool = False,
        chunks_complete: bool | Container[str] = False,
        place: Place | None = None,
    ) -> None:
        self.target: str = read_target(target)
        self.unknown: Unknown = unknown
        check_flag("keep_attributes", keep_attributes)
        self.keep_attributes = keep_attributes
        """Whether to leave attributes as they are, also those by which xarray finds missing values."""
        self._complete = chunks_complete
        self.chunk_keys: Literal["default", "v2"] | None = None
        """The chunk key encoding that the caller gives the document afterwards, and the chunks."""
        self.node: str = ""
        """The path in its hierarchy of the array or group at hand."""
        self.places: dict[str, Place] = {} if place is None else {"": place}
        """By the paths of nodes: what an image of OME-Zarr says of them."""
        self.losses: list[Loss] = []
        self._notes: list[tuple[str, str, str]] = []
        """Notes as node, subject and message: most callers do not look at them."""

    @property
    def chunks_complete(self) -> bool:
        """Whether every chunk of the array at hand is known to be stored, so that no fill value shows."""
        found = self._complete
        return found if isinstance(found, bool) else self.node in found

    @property
    def notes(self) -> list[Note]:
        """The harmless normalisations, as far as they were written down."""
        return [Note(_at(node, subject), message) for node, subject, message in self._notes]

    def note(self, subject: str, message: str) -> None:
        """Write down a harmless normalisation."""
        self._notes.append((self.node, subject, message))

    def lose(self, subject: str, message: str) -> None:
        """Write down that some program will read or write something else."""
        self.losses.append(Loss(_at(self.node, subject), message))

    def reporter(self, subject: str) -> Reporter:
        """Make a function that writes down what becomes of `subject`."""

        def say(message: str, /, *, lossy: bool = False) -> None:
            (self.lose if lossy else self.note)(subject, message)

        return say

    def take(self, notes: Sequence[Note], losses: Sequence[Loss]) -> None:
        """Keep what the translation of a part wrote down; where no chunk is missing, no fill value is lost."""
        node = self.node
        self._notes += [(node, note.codec, note.message) for note in notes]
        if losses and any(loss.codec == FILL_VALUE for loss in losses) and self.chunks_complete:
            self._notes += [
                (node, loss.codec, loss.message) for loss in losses if loss.codec == FILL_VALUE
            ]
            losses = [loss for loss in losses if loss.codec != FILL_VALUE]
        self.losses += [Loss(_at(node, loss.codec), loss.message) for loss in losses]


def _at(node: str, subject: str) -> str:
    return f"{_short(node)}: {_short(subject)}" if node else _short(subject)


def _short(text: str) -> str:
    """Cut a path or a key to a readable length."""
    return text if len(text) <= 500 else f"{text[:250]}...{text[-247:]}"


def locate_error(error: BridgeError, node: str, path: Path) -> BridgeError:
    """Copy an error so that it says in which document of a hierarchy it was met, and where that is."""
    found = copy.copy(error)
    if isinstance(found, InvalidCodecError):
        found.problems = tuple(
            Problem((*path, *problem.path), problem.message) for problem in found.problems
        )
    elif isinstance(found, UnknownCodecError):
        found.path = (*path, *found.path)
    found.args = BridgeError(Message(f"{_short(node) or 'the root'}: ", found.text)).args
    return found


def invalid_member(path: Path, message: str) -> InvalidCodecError:
    """Make the refusal of a document's member."""
    return InvalidCodecError.at(path, message, "invalid metadata")


def copy_member(value: Any, path: Path) -> Any:
    """Copy the JSON of a member; raises :class:`InvalidCodecError` for what is not JSON."""
    try:
        return copy_json(value, max_depth=sys.maxsize)  # attributes may be as deep as Python goes
    except (TypeError, ValueError, RecursionError) as error:
        raise invalid_member(path, short_message(error)) from None
