"""The explanation of the arrays in a hierarchy: consolidated metadata, references, a store."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from zarrcodec_bridge.core.errors import BridgeError, InvalidCodecError
from zarrcodec_bridge.core.messages import Cell, Displayed, Message, Row, hints_in
from zarrcodec_bridge.core.spec import Dialect
from zarrcodec_bridge.explanations.explanation import ArrayDocument, Explanation, Spelling
from zarrcodec_bridge.explanations.formats import narrow_readers
from zarrcodec_bridge.explanations.inputs import Input

_NOT_EXPLAINED: Final = frozenset({"attributes", "dimension_names", "fill_value"})
"""Members of an array's document that its encoding does not depend on."""

_LISTED: Final = 100
"""How many arrays are listed where nobody asked for all."""


@dataclass(frozen=True, slots=True)
class ArrayExplanation:
    """The explanation of one array of a hierarchy.

    Parameters
    ----------
    path : str
        Where it is; empty for the root.
    dialect : {"v2", "v3"} or None
        The format of its document; ``None`` where that cannot be read.
    encoding : Explanation or None
        The explanation of its encoding; ``None`` where that cannot be read.
    problem : str
        Why it cannot be read.
    array : ArrayDocument, optional
        Its document, where only readers that open that count, and not all that open its encoding.
    """

    path: str
    dialect: Dialect | None
    encoding: Explanation | None
    problem: str = ""
    array: ArrayDocument | None = field(default=None, repr=False, compare=False)

    @property
    def spelling(self) -> Spelling | None:
        """The JSON of its own format, and who reads that."""
        explained = self.explanation
        if explained is None:
            return None
        return explained.v3 if self.dialect == "v3" else explained.v2

    @property
    def explanation(self) -> Explanation | None:
        """The explanation of its document; ``None`` where its encoding cannot be read."""
        if self.encoding is None or self.array is None:
            return self.encoding
        return narrow_readers(self.encoding, self.array)

    def row(self) -> Row:
        """Show it in a line: where it is, its format, data type and codecs, and who reads it."""
        where = Cell(f"  {self.path or '/'}")
        spelling = self.spelling
        if self.encoding is None or spelling is None:
            return [where, Cell(self.dialect or "", "label"), Cell(self.problem, "refusal")]
        if spelling.result is None:
            return [where, Cell(spelling.dialect, "label"), Cell(spelling.refusal, "refusal")]
        names = [name for _, slot in spelling.slots for name in slot]
        readers = ", ".join(spelling.readers) or "no known implementation"
        data_type = self.encoding.title.removeprefix("encoding of ")
        return [
            where,
            Cell(spelling.dialect, "label"),
            Cell(", ".join([data_type, *names])),
            Cell(f"read by {readers}", "text" if spelling.readers else "refusal"),
        ]

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON."""
        explained = self.explanation
        return {
            "path": self.path,
            "dialect": self.dialect,
            "explanation": None if explained is None else explained.to_dict(),
            "problem": self.problem or None,
            "hints": [hint.to_dict() for hint in hints_in(self.problem)],
        }


@dataclass(frozen=True, slots=True)
class HierarchyExplanation(Displayed):
    """What :func:`explain` returns for several arrays: a line for each of the first ones, and how to get the rest."""

    name: str
    """The path or the URL; empty for a document."""
    arrays: tuple[ArrayExplanation, ...]

    def rows(self, listed: int = _LISTED) -> Iterator[Row]:
        """Show the first arrays, and say where the others are."""
        count = len(self.arrays)
        title = f"{count} array" if count == 1 else f"{count or 'no'} arrays"
        yield [Cell(f"{self.name}: {title}" if self.name else title, "title")]
        for array in self.arrays[:listed]:
            yield array.row()
        if count > listed:
            yield [Cell(f"and {count - listed} more: .arrays has all of them", "hint")]

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON, for programs."""
        return {"name": self.name, "arrays": [array.to_dict() for array in self.arrays]}


def explain_arrays(
    source: Input, explain_document: Callable[[dict[str, Any]], Explanation], *, as_it_is: bool
) -> Explanation | HierarchyExplanation:
    """Explain each array; where the root is one, that alone.

    Parameters
    ----------
    source : Input
        Consolidated metadata, references or a store.
    explain_document : callable
        What explains the encoding in the document of one array.
    as_it_is : bool
        Whether readers are to open the documents as they are; else what is written for a target.

    Raises
    ------
    InvalidCodecError
        The root cannot be read.
    """
    found: list[ArrayExplanation] = []
    known: dict[str, ArrayExplanation] = {}
    for array in source.arrays():
        if array.path == source.within and array.document is not None:
            explained = explain_document(array.document)
            return narrow_readers(explained, array) if as_it_is else explained
        if array.path == source.within:
            where = source.name or "the document"
            raise InvalidCodecError.at(
                (), Message(f"expected at least one array in {where}: ", array.problem)
            )
        key = _encoding_key(array)
        if key not in known:
            known[key] = _explain(array, explain_document)
        found.append(replace(known[key], path=array.path, array=array if as_it_is else None))
    return HierarchyExplanation(source.name, tuple(found))


def _encoding_key(array: ArrayDocument) -> str:
    """Give a text that is equal for arrays of which the explanation is the same."""
    if array.document is None:
        return array.problem
    kept = {key: value for key, value in array.document.items() if key not in _NOT_EXPLAINED}
    shape: Any = array.document.get("shape")
    kept["shape"] = len(shape) if isinstance(shape, list) else shape
    return json.dumps(kept, sort_keys=True)


def _explain(
    array: ArrayDocument, explain_document: Callable[[dict[str, Any]], Explanation]
) -> ArrayExplanation:
    if array.document is None:
        return ArrayExplanation(array.path, None, None, array.problem)
    dialect: Dialect = "v3" if array.document.get("zarr_format") == 3 else "v2"
    try:
        return ArrayExplanation(array.path, dialect, explain_document(array.document))
    except BridgeError as error:
        return ArrayExplanation(array.path, dialect, None, error.text)
