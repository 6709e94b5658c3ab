"""What each reader does with a codec, an encoding, a document or a store."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, Final

from zarrcodec_bridge.core.data_types import DTypeLike
from zarrcodec_bridge.core.errors import BridgeError, InvalidCodecError
from zarrcodec_bridge.core.json_values import Dialect
from zarrcodec_bridge.core.options import OptionError
from zarrcodec_bridge.core.propagation import name_of
from zarrcodec_bridge.documents.encodings import read_encoding
from zarrcodec_bridge.explanations.explanation import ArrayDocument
from zarrcodec_bridge.explanations.inputs import Input, read_input
from zarrcodec_bridge.explanations.remedies import (
    Problems,
    dialect_of,
    find_problems,
    judge_array,
    judge_codec,
    judge_translation,
    verdict_of,
)
from zarrcodec_bridge.explanations.verdicts import Check, EncodingCheck, ReaderCheck
from zarrcodec_bridge.readers import READERS, TARGETS, find_readers, read_target
from zarrcodec_bridge.readers.checks import codec_name
from zarrcodec_bridge.readers.reader import Reader, refuses
from zarrcodec_bridge.readers.targets import split_targets
from zarrcodec_bridge.translation.encoding_members import ENCODING_V2, ENCODING_V3
from zarrcodec_bridge.translation.one_codec import normalize, translate
from zarrcodec_bridge.translation.options import Translation
from zarrcodec_bridge.translation.pipeline import Pipeline

__all__ = ["Check", "EncodingCheck", "ReaderCheck", "check"]

MOST_ENCODINGS: Final = 1000
"""Encodings of one store that are kept apart."""

_DIALECTS: Final[tuple[Dialect, Dialect]] = ("v2", "v3")


def check(
    source: Any,
    readers: str | Iterable[str] | None = None,
    *,
    dtype: DTypeLike | None = None,
    storage_options: Mapping[str, Any] | None = None,
) -> Check:
    """Check what each reader does with a codec, an encoding, a document or a store, and why.

    No reader is started: the answer comes from what was measured of each.

    Parameters
    ----------
    source : object
        What :func:`explain` takes. JSON is judged as it is; what has none yet, such as a codec in the format that it
        is not written in, is judged as it would be written for each reader.
    readers : str or list of str, optional
        The readers, with versions where several were measured (``"zarr-python>=3.1"``); all by default.
    dtype : optional
        The data type of the elements, where `source` has none.
    storage_options : mapping, optional
        For a URL: what fsspec's file system takes.

    Returns
    -------
    Check
        Prints as a table. ``to_dict()`` gives ``{"readers": [{"reader", "version", "format", "verdict", "reason",
        "help"}]}``. A store is summed up by encoding.

    Raises
    ------
    OptionError
        A reader that is not known, or a version that was not measured.
    InvalidCodecError, UnknownCodecError, MissingContextError
        `source` cannot be read.
    MigrationError, BackendMissingError
        The store cannot be opened.

    Example
    -------
    >>> print(check({"zarr_format": 2, "shape": [4, 4], "chunks": [2, 2], "dtype": "<i4", "order": "F",
    ...              "filters": None, "compressor": None, "fill_value": 0}, ["gdal", "netcdf-c"]))
    v2 <i4: no codec, order F
      gdal 3.12.2      v2  opens
      netcdf-c 4.10.1  v2  reads wrong  order 'F': ignores order F, and gives the elements in order C
                                        write the array again with zstd
    """
    chosen = _choose_readers(readers)
    with read_input(source, storage_options=storage_options) as found:
        if found.kind in ("group", "consolidated", "references", "store"):
            return _check_arrays(found, chosen)
        if found.kind == "array":
            return _check_document(found.value, found.attributes, chosen)
        pipeline = read_encoding(found.value, dtype=dtype)
        if found.kind == "encoding" and _says_data_type(found.value):
            return _check_document(found.value, None, chosen)
        if pipeline is not None:
            return _check_pipeline(pipeline, chosen)
        return _check_codec(found.value, dtype, chosen)


def _says_data_type(value: Any) -> bool:
    """Whether it is JSON that a document could have, with the data type."""
    members: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
    return "data_type" in members or isinstance(members.get("dtype"), (str, list))


def _choose_readers(readers: str | Iterable[str] | None) -> tuple[Reader, ...]:
    if readers is None:
        return tuple(READERS.values())
    names = tuple(name for name in TARGETS if name != "spec")
    try:
        parts = split_targets(readers if isinstance(readers, str) else [*readers])
    except TypeError:
        raise OptionError("readers", readers, names) from None
    found: dict[str, Reader] = {}
    for part in parts:
        try:
            chosen = find_readers(read_target(part))
        except OptionError as error:
            choices = tuple(name for name in error.choices if name != "spec")
            raise OptionError("readers", part, choices) from None
        if not chosen:  # the specification reads nothing
            raise OptionError("readers", part, names)
        found.update({reader.title: reader for reader in chosen})
    return tuple(found.values())


def _check_codec(source: Any, dtype: Any, readers: Sequence[Reader]) -> Check:
    codec = normalize(source, dtype=dtype)

    def write(to: Dialect, target: str) -> Translation:
        return translate(source, to=to, dtype=dtype, target=target, on_loss="ignore")

    def judge(reader: Reader, dialect: Dialect) -> ReaderCheck:
        if isinstance(source, Mapping) and ("id" in source) == (dialect == "v2"):
            return judge_codec(reader, dialect, source, write)
        return judge_translation(reader, dialect, write)

    return _judge_both(name_of(codec), readers, judge)


def _check_pipeline(pipeline: Pipeline, readers: Sequence[Reader]) -> Check:
    def write(to: Dialect, target: str) -> Translation:
        return pipeline.translate(to, target=target, on_loss="ignore")

    names = ", ".join(name_of(codec) for codec in pipeline.codecs)
    title = f"encoding of {pipeline.data_type.name}: {names}"
    return _judge_both(
        title, readers, lambda reader, to: judge_translation(reader, to, write, "Pipeline.")
    )


def _judge_both(
    title: str, readers: Sequence[Reader], judge: Callable[[Reader, Dialect], ReaderCheck]
) -> Check:
    rows = tuple(judge(reader, dialect) for dialect in _DIALECTS for reader in readers)
    return Check(title, (EncodingCheck(title, rows),))


def _check_document(
    document: Mapping[str, Any], attributes: Mapping[str, Any] | None, readers: Sequence[Reader]
) -> Check:
    problems = find_problems(readers, document, attributes)
    rows = tuple(
        judge_array(reader, found, document, attributes)
        for reader, found in zip(readers, problems, strict=True)
    )
    title = describe_encoding(document)
    return Check(title, (EncodingCheck(title, rows),))


def describe_encoding(document: Mapping[str, Any]) -> str:
    """Name the data type and the codecs of an array document: ``v3 int32: bytes, zstd``."""
    dialect = dialect_of(document)
    data_type = document.get("data_type" if dialect == "v3" else "dtype")
    codecs = document.get("codecs" if dialect == "v3" else "filters")
    chain = [*codecs] if isinstance(codecs, (list, tuple)) else []
    names = ", ".join(codec_name(codec) for codec in (*chain, document.get("compressor")) if codec)
    shown = data_type if isinstance(data_type, str) else json.dumps(data_type, default=str)
    order = ", order F" if document.get("order") == "F" else ""
    return f"{dialect} {shown}: {names or 'no codec'}{order}"


def _check_arrays(source: Input, readers: Sequence[Reader]) -> Check:
    """Check the arrays of a store or of consolidated metadata, one after the other."""
    groups = _Groups(readers)
    is_readable, problem = False, "got none"
    for path, documents in groupby(source.arrays(both=True), lambda array: array.path):
        found = [*documents]
        is_readable = is_readable or any(array.document is not None for array in found)
        problem = found[0].problem or problem
        groups.add(path, found)
    title = source.name or source.kind
    if not is_readable:
        raise InvalidCodecError.at((), f"expected at least one array in {title}: {problem}")
    encodings = groups.encodings()
    return Check(title, encodings, is_store=True)


class _Groups:
    """The arrays of a store by encoding, and by what readers do with them: of each a number and one example."""

    def __init__(self, readers: Sequence[Reader]) -> None:
        self._readers = readers
        self._found: dict[Hashable, EncodingCheck] = {}

    def add(self, path: str, arrays: Sequence[ArrayDocument]) -> None:
        """Add an array by its documents, of one format or of both."""
        problems = [self._problems(array) for array in arrays]
        key: Hashable = (tuple(map(_encoding_text, arrays)), *problems)
        if key not in self._found and len(self._found) >= MOST_ENCODINGS:
            key = tuple(verdict_of(found) for each in problems for found in each)
        known = self._found.get(key)
        if known is not None:
            self._found[key] = replace(known, arrays=known.arrays + 1)
            return
        rows = [
            judge_array(reader, found, array.document or {}, array.attributes, in_store=True)
            for array, each in zip(arrays, problems, strict=True)
            for reader, found in zip(self._readers, each, strict=True)
        ]
        title = " and ".join(describe_encoding(array.document or {}) for array in arrays)
        if len(self._found) >= MOST_ENCODINGS:
            title = f"other encodings than the first {MOST_ENCODINGS:,}, such as {title}"
        self._found[key] = EncodingCheck(title, tuple(rows), 1, path)

    def _problems(self, array: ArrayDocument) -> tuple[Problems, ...]:
        reason = array.problem
        if array.document is not None:
            try:
                return tuple(find_problems(self._readers, array.document, array.attributes))
            except BridgeError as error:
                reason = str(error)
        unreadable = refuses(f"its metadata cannot be read: {reason}", "", "repair its metadata")
        return ((unreadable,),) * len(self._readers)

    def encodings(self) -> tuple[EncodingCheck, ...]:
        """Give what was found, the most frequent first."""
        return tuple(sorted(self._found.values(), key=lambda found: -found.arrays))


def _encoding_text(array: ArrayDocument) -> str:
    document = array.document or {}
    members = ENCODING_V2 if dialect_of(document) == "v2" else ENCODING_V3
    found = {key: document[key] for key in members if key in document}
    return json.dumps(found, sort_keys=True, default=str)
