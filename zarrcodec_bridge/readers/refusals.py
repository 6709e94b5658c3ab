"""The errors for what the readers of a target refuse or read wrong, with the readers that would do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.errors import NotRepresentableError
from zarrcodec_bridge.core.json_values import Dialect
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.propagation import name_of
from zarrcodec_bridge.core.spec import Chunk
from zarrcodec_bridge.core.validity import codec_problems as find_faults
from zarrcodec_bridge.readers import READERS, find_readers
from zarrcodec_bridge.readers.checks import chain_problems, lone_v2_problems
from zarrcodec_bridge.readers.reader import Reader, ReaderProblem, refuses


def check_array(reader: Reader, codecs: Sequence[Codec], array: Chunk) -> None:
    """Refuse codecs that do not fit the array itself, for a reader that asks this of each of them.

    Raises :class:`NotRepresentableError`.
    """
    for codec in codecs if reader.v3.checks_array else ():
        problem = next(find_faults(codec, array, ()), None)
        if problem is not None:
            found = refuses(
                f"takes it for a codec of the array as it is: {problem}", name_of(codec)
            )
            raise refusal(reader, "v3", found)


FindProblems: TypeAlias = Callable[[Reader], Iterable[ReaderProblem]]


def first_refusal(
    readers: Iterable[Reader],
    dialect: Dialect,
    find_problems: FindProblems,
    find_all: FindProblems | None = None,
) -> None:
    """Raise :class:`NotRepresentableError` for the first problem that one of the readers has.

    `find_all` finds, for the readers that would do, the problems that were looked for before, too.
    """
    for reader in readers:
        for problem in find_problems(reader):
            raise refusal(reader, dialect, problem, find_all or find_problems)


def refusal(
    reader: Reader,
    dialect: Dialect,
    problem: ReaderProblem,
    find_problems: FindProblems | None = None,
) -> NotRepresentableError:
    """Make the error for what a reader refuses or reads wrong, with the readers that would do."""
    reason = f"{reader.title} {problem.reason}"
    if problem.help is not None:
        reason = f"{reason}; {problem.help}"
    if find_problems is not None:
        others = [
            other.name
            for other in READERS.values()
            if not other.source_only and not any(True for _ in find_problems(other))
        ]
        reason += list_readers(others)
    return NotRepresentableError(dialect, problem.subject or "it", reason)


def list_readers(names: Sequence[str]) -> str:
    """Say who would do, at the end of a refusal: ``"; tensorstore and gdal do"``."""
    if not names:
        return ""
    if len(names) == 1:
        return f"; {names[0]} does"
    shown = list(names) if len(names) <= 4 else [*names[:3], f"{len(names) - 3} others"]
    return f"; {', '.join(shown[:-1])} and {shown[-1]} do"


def check_written_codecs(
    target: str, dialect: Dialect, codecs: Sequence[Any], dtype: DataType | None, *, keep: bool
) -> None:
    """Raise :class:`NotRepresentableError` for the first problem of a target with a chain of codecs as written.

    Parameters
    ----------
    target : str
        As :func:`~zarrcodec_bridge.readers.find_readers` takes it.
    dialect : {"v2", "v3"}
        The format.
    codecs : sequence of dict
        Their JSON; of v2, each for itself, in either slot.
    dtype : DataType or None
        The data type of the elements that reach the first.
    keep : bool
        Let codecs pass that are not registered.
    """
    readers = find_readers(target)
    if not readers:
        return

    def find_problems(reader: Reader) -> Iterator[ReaderProblem]:
        if dialect == "v3":
            yield from chain_problems(reader, codecs, dtype, keep)
            return
        for codec in codecs:
            yield from lone_v2_problems(reader, codec, dtype, keep)

    first_refusal(readers, dialect, find_problems)
