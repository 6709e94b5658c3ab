"""The context of one read and of one write: the options, the place in the payload, the notes and losses so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.errors import Loss, Note
from zarrcodec_bridge.core.json_values import Dialect, Path
from zarrcodec_bridge.core.options import Unknown


class Chunk(NamedTuple):
    """The chunk that reaches a codec; ``None`` stands for what is not known."""

    itemsize: int | None = None
    """Bytes per element of the buffer that reaches the codec; 1 for plain bytes."""
    dtype: DataType | None = None
    """The data type of its elements, before the array-to-bytes codec."""
    ndim: int | None = None
    shape: tuple[int, ...] | None = None


NOT_KNOWN: Final = Chunk()
"""A chunk of which nothing is known."""


@dataclass(slots=True)
class ReadContext:
    """The context of one read."""

    dialect: Dialect = "v3"
    unknown: Unknown = "error"
    strict: bool = False
    notes: list[Note] = field(default_factory=list)
    depth: int = 0
    path: Path = ()
    """Where the parameters being read stand in the outermost payload."""
    source: Dialect | None = None
    """The dialect of a codec-like input; ``None`` for a model, whose data types are those of v2."""

    def note(self, codec: str, message: str) -> None:
        """Add a note: a harmless normalisation."""
        self.notes.append(Note(codec, message))


@dataclass(slots=True)
class WriteContext:
    """The context of one write."""

    dialect: Dialect = "v3"
    target: str = "spec"
    chunk: Chunk = NOT_KNOWN
    unknown: Unknown = "error"
    complete: bool = False
    """Whether parameters that depend on the array must be resolved."""
    notes: list[Note] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)

    def note(self, codec: str, message: str) -> None:
        """Add a note: a harmless normalisation."""
        self.notes.append(Note(codec, message))

    def lose(self, codec: str, message: str) -> None:
        """Add a loss: chunks that are written later may differ in value."""
        self.losses.append(Loss(codec, message))
