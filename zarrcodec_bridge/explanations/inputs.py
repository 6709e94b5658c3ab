"""Read what somebody has in hand: what :func:`explain` and the checks of readers take.

:func:`read_input` gives an :class:`Input`, whose :meth:`~Input.arrays` are the documents of arrays in it. Paths, URLs
and stores are opened here; the stores room is imported for them alone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from zarrcodec_bridge.core.errors import BridgeError, InvalidCodecError
from zarrcodec_bridge.core.messages import Message, describe_exception, shorten
from zarrcodec_bridge.core.options import Unknown
from zarrcodec_bridge.dialects.inputs import InputKind, describe_input, kind_of_input
from zarrcodec_bridge.dialects.sources import copy_mapping
from zarrcodec_bridge.explanations.explanation import ArrayDocument
from zarrcodec_bridge.translation.open_arrays import array_document
from zarrcodec_bridge.translation.pipeline import Pipeline

Kind: TypeAlias = Literal[
    "codec", "encoding", "array", "group", "consolidated", "references", "store"
]
"""What an input is: a codec, an encoding without the rest of its document, a document, references, or a store."""

_AS_THEY_ARE: dict[InputKind, Kind] = {
    "codec": "codec",
    "codecs": "encoding",
    "encoding": "encoding",
    "xarray encoding": "encoding",
    "array": "array",
    "group": "group",
    "consolidated": "consolidated",
    "references": "references",
}


@dataclass(frozen=True, slots=True)
class Input:
    """What somebody has in hand. A store is open until :meth:`close`, or the end of a ``with`` block.

    Parameters
    ----------
    kind : str
        What it is: :data:`Kind`.
    value : object
        A codec-like input; members of a document, a list of codecs or a :class:`Pipeline`; a document as a dictionary
        of plain JSON; or a store, as its documents.
    name : str
        The path or the URL that it was read from; empty for a value.
    attributes : dict, optional
        The ``.zattrs`` beside the file of a v2 document.
    live : object, optional
        What the document of an array was made of: an open array, zarr-python's metadata, a dictionary.
    within : str
        The path in a store of the group whose arrays are meant; empty for all.
    watch : callable, optional
        Called with the number of arrays that were given, before each.
    """

    kind: Kind
    value: Any = field(repr=False)
    name: str = ""
    attributes: dict[str, Any] | None = None
    live: Any = field(default=None, repr=False)
    within: str = ""
    watch: Callable[[int], None] | None = field(default=None, repr=False, compare=False)

    def arrays(self, *, both: bool = False) -> Iterator[ArrayDocument]:
        """Give the documents of the arrays in it, by path; none for codecs, encodings and groups.

        With `both`, an array that has documents of both formats comes twice, one after the other.
        """
        for number, array in enumerate(self._arrays(both)):
            if self.watch is not None:
                self.watch(number)
            yield array

    def _arrays(self, both: bool) -> Iterator[ArrayDocument]:
        if self.kind == "array":
            yield ArrayDocument("", self.value, self.attributes)
        elif self.kind in ("consolidated", "references"):
            from zarrcodec_bridge.explanations.hierarchies import arrays_in_document

            yield from arrays_in_document(self.value, both=both)
        elif self.kind == "store":
            from zarrcodec_bridge.explanations.hierarchies import arrays_in_store

            yield from arrays_in_store(self.value, self.within, both=both)

    def close(self) -> None:
        """Close the store, if it is one; nothing is written."""
        if self.kind == "store":
            self.value.close(keep=False)

    def __enter__(self) -> Input:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_input(
    source: Any,
    *,
    storage_options: Mapping[str, Any] | None = None,
    unknown: Unknown = "error",
) -> Input:
    """Read what somebody has in hand: a codec, an encoding, a document, an open array, a path, a URL, a store.

    Parameters
    ----------
    source : object
        A codec-like input; a :class:`Pipeline`, a list of codecs, or the members of a document; a document as a
        dictionary or as JSON text; kerchunk references; an open array or group of zarr-python, or its metadata; the
        path of a document, a folder or a zip file; a URL; a store of zarr-python, or a mapping from keys to bytes;
        what was read before.
    storage_options : mapping, optional
        For a URL: what fsspec's file system takes.
    unknown : {"error", "keep", "wrap"}
        Other than "error": a text that looks like a path or a URL, and is no path, is the name of a codec.

    Returns
    -------
    Input
        Use it in a ``with`` block: a store has to be closed.

    Raises
    ------
    InvalidCodecError
        There is no such file, it holds no JSON, or this library does not take such a thing.
    MigrationError, BackendMissingError
        The store cannot be opened.

    Example
    -------
    >>> read_input({"zarr_format": 2, "shape": [4], "dtype": "<i4", "compressor": None}).kind
    'array'
    """
    if isinstance(source, Input):
        return source
    if isinstance(source, Pipeline):
        return Input("encoding", source)
    kind = kind_of_input(source)
    document: Any = source
    if kind in ("missing file", "URL") and isinstance(source, str) and unknown != "error":
        kind = "codec"
    if kind is None:
        # reading it as a codec raises the error that says what a codec is
        return Input("codec", source)
    if kind in ("array", "open array", "metadata object"):
        return Input("array", array_document(source), live=source)
    if kind in _AS_THEY_ARE:
        is_document = _AS_THEY_ARE[kind] not in ("codec", "encoding")
        return Input(_AS_THEY_ARE[kind], copy_mapping(document, ()) if is_document else source)
    if kind == "JSON text":
        return _from_json(source, "the text")
    if kind == "file":
        return _from_file(os.fsdecode(source), storage_options)
    if kind in ("missing file", "dataset"):
        found = describe_input(source) or kind
        raise InvalidCodecError.at((), Message("expected a codec or what has some, got ", found))
    return _from_store(source, kind, storage_options)


def _from_json(content: bytes | str, name: str) -> Input:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InvalidCodecError.at((), f"{name} is not JSON: {error}") from None
    kind = kind_of_input(value)
    return Input(_AS_THEY_ARE.get(kind or "codec", "codec"), value)


def _from_file(path: str, storage_options: Mapping[str, Any] | None) -> Input:
    """The document in a file, with the attributes beside it; or a zip file."""
    import zipfile

    if zipfile.is_zipfile(path):
        return _from_store(path, "file", storage_options)
    try:
        with open(path, "rb") as file:
            found = _from_json(file.read(), _shown(path))
    except OSError as error:
        raise InvalidCodecError.at(
            (), f"{_shown(path)} cannot be read: {describe_exception(error)}"
        ) from error
    folder, name = os.path.split(path)
    beside = os.path.join(folder, ".zattrs")
    attributes = None
    if name in (".zarray", ".zgroup") and os.path.isfile(beside):
        attributes = _from_json(_bytes_of(beside), _shown(beside)).value
    return Input(found.kind, found.value, path, attributes)


def _bytes_of(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _from_store(source: Any, kind: InputKind, storage_options: Mapping[str, Any] | None) -> Input:
    from zarrcodec_bridge.stores.opening import open_documents

    within = ""
    if kind == "open group":
        source, within = _store_of_group(source)
    store = open_documents(source, storage_options)
    return Input("store", store, store.name, within=within)


def _store_of_group(group: Any) -> tuple[Any, str]:
    """The store of an open group, of zarr-python 2 or 3, and its path there."""
    at = getattr(group, "store_path", None)
    try:
        return (group.store, group.path) if at is None else (at.store, at.path)
    except AttributeError as error:
        raise BridgeError(f"expected a group of zarr-python, got {type(group).__name__}") from error


def _shown(path: str) -> str:
    return shorten(repr(path), 200)
