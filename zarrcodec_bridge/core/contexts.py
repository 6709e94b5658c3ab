"""The context of one call: what it asked for, where it stands in the payload, and what it notes and loses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from zarrcodec_bridge.core.errors import InvalidCodecError, Loss, Note
from zarrcodec_bridge.core.json_values import Dialect, Path
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.spec import NOT_KNOWN, Chunk, Unknown

__all__ = ["ReadContext", "WriteContext"]


@dataclass(slots=True)
class ReadContext:
    """The context of one read."""

    grammars: ClassVar[Mapping[str, Callable[[Any, ReadContext, Path], Codec]]]
    """What reads each dialect; :mod:`.dialects` puts it here."""
    dialect: Dialect = "v3"
    unknown: Unknown = "error"
    strict: bool = False
    notes: list[Note] = field(default_factory=list)
    depth: int = 0
    path: Path = ()
    """Where the parameters being read stand in the outermost payload."""
    source: Dialect | None = None
    """The dialect in which a codec-like input was; ``None`` for a model, whose data types are those of v2."""

    def codec(self, payload: Any, *at: str | int, dialect: Dialect | None = None) -> Codec:
        """Read a codec that stands inside this one, at `at` in its parameters."""
        path, outer = self.path, self.dialect
        self.dialect = dialect or outer
        self.depth += 1
        try:
            return self.grammars[self.dialect](payload, self, path + at)
        finally:
            self.path, self.dialect = path, outer
            self.depth -= 1

    def codecs(self, payloads: Any, *at: str | int) -> tuple[Codec, ...]:
        """Read a list of codecs that stands inside this one."""
        if not isinstance(payloads, (list, tuple)):
            raise InvalidCodecError.at((*self.path, *at), "expected a list of codecs")
        return tuple(self.codec(payload, *at, index) for index, payload in enumerate(payloads))

    def note(self, codec: str, message: str) -> None:
        """Write down a harmless normalisation."""
        self.notes.append(Note(codec, message))


@dataclass(slots=True)
class WriteContext:
    """The context of one write."""

    grammars: ClassVar[Mapping[str, Callable[[Codec, WriteContext], dict[str, Any]]]]
    """What writes each dialect; :mod:`.dialects` puts it here."""
    passed: ClassVar[Callable[[Codec, Chunk], Chunk]]
    """What the next codec of a chain sees."""
    dialect: Dialect = "v3"
    target: str = "spec"
    chunk: Chunk = NOT_KNOWN
    unknown: Unknown = "error"
    complete: bool = False
    """Whether what only the array can settle must be settled."""
    notes: list[Note] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)

    def codec(
        self, codec: Codec, chunk: Chunk | None = None, dialect: Dialect | None = None
    ) -> dict[str, Any]:
        """Write a codec that stands inside another one, or one of a chain."""
        seen, outer = self.chunk, self.dialect
        self.chunk = chunk or seen
        self.dialect = dialect or outer
        try:
            return self.grammars[self.dialect](codec, self)
        finally:
            self.chunk, self.dialect = seen, outer

    def codecs(self, chain: Iterable[Codec], chunk: Chunk) -> list[dict[str, Any]]:
        """Write a chain of codecs, the first of which sees `chunk`."""
        written = []
        for codec in chain:
            written.append(self.codec(codec, chunk))
            chunk = WriteContext.passed(codec, chunk)
        return written

    def note(self, codec: str, message: str) -> None:
        """Write down a harmless normalisation."""
        self.notes.append(Note(codec, message))

    def lose(self, codec: str, message: str) -> None:
        """Write down that later writes may differ in value."""
        self.losses.append(Loss(codec, message))
