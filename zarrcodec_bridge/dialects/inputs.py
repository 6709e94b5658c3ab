"""What somebody has in hand: a codec, an encoding, a document, an array, a path; and which call takes it.

Only the look of a value decides: nothing is opened, and neither zarr-python nor xarray is imported.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from typing import Any, Final, Literal, TypeAlias

from zarrcodec_bridge.core.errors import InvalidCodecError
from zarrcodec_bridge.core.json_values import Path
from zarrcodec_bridge.core.messages import Hint, Message, shorten
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.registry import find
from zarrcodec_bridge.dialects.codec_objects import has_numcodecs_api, has_zarr_python_api

InputKind: TypeAlias = Literal[
    "codec",
    "codecs",
    "encoding",
    "xarray encoding",
    "array",
    "group",
    "consolidated",
    "references",
    "open array",
    "open group",
    "metadata object",
    "dataset",
    "JSON text",
    "file",
    "folder",
    "missing file",
    "URL",
    "store",
]
"""What a value is. ``array``, ``group`` and ``consolidated`` are documents; ``encoding`` is some members of one."""

V2_MEMBERS: Final = ("dtype", "filters", "compressor")


V3_MEMBERS: Final = ("data_type", "codecs")
"""Any of these makes a dictionary a whole encoding."""

_OF_XARRAY: Final = frozenset("compressors serializer shards preferred_chunks".split())
"""Members of xarray's encodings that no document has."""

_STORE_MODULES: Final = ("zarr.", "fsspec.")

_FILES: Final = frozenset(".zarray .zgroup .zattrs .zmetadata zarr.json".split())
_PATH_ENDINGS: Final = (*_FILES, ".zarr", ".zip", ".json", ".parq")


def kind_of_input(source: Any) -> InputKind | None:
    """Find out what somebody has in hand; ``None`` for what this library does not take.

    A text is the name of a codec where one has that name, else a path or a URL where it looks like one.

    Example
    -------
    >>> kind_of_input({"zarr_format": 2, "shape": [4]}), kind_of_input("zstd"), kind_of_input("nope/zarr.json")
    ('array', 'codec', 'missing file')
    """
    if isinstance(source, str):
        return _kind_of_text(source)
    if isinstance(source, bytes):
        return "JSON text" if source.lstrip()[:1] in (b"{", b"[") else None
    if isinstance(source, os.PathLike):
        return _kind_of_path(os.fsdecode(source))
    if isinstance(source, Codec):
        return "codec"
    if isinstance(source, (list, tuple)):
        return "codecs"
    if isinstance(source, Mapping) and not _has(source, "attrs"):  # as groups and datasets have
        return _kind_of_mapping(source)
    return None if isinstance(source, type) else _kind_of_object(source)


def _kind_of_text(text: str) -> InputKind:
    if text.lstrip()[:1] in ("{", "["):
        return "JSON text"
    if find("v2", text) is not None or find("v3", text) is not None:
        return "codec"
    if "://" in text or "::" in text:
        return "URL"
    name, colon, _ = text.partition(":")
    if colon and (find("v2", name) is not None or find("v3", name) is not None):
        return "codec"
    found = _kind_of_path(text)
    separators = tuple(filter(None, (os.sep, os.altsep)))
    looks_so = text.endswith(_PATH_ENDINGS) or any(sep in text for sep in separators)
    return found if found != "missing file" or looks_so else "codec"


def _kind_of_path(path: str) -> InputKind:
    if os.path.isdir(path):
        return "folder"
    return "file" if os.path.isfile(path) else "missing file"


def _kind_of_mapping(source: Mapping[Any, Any]) -> InputKind | None:
    if _has(source, "fs", "root") or type(source).__module__.startswith(_STORE_MODULES):
        return "store"  # whose values are not looked at: they may be chunks on a server
    try:
        members = dict(source)
    except Exception:  # foreign code
        return None
    keys = members.keys()
    if keys & {"zarr_format", "zarr_consolidated_format"} or members.get("node_type") == "group":
        return _kind_of_document(members)
    if "id" in keys or "name" in keys:
        return "codec"
    if "record_size" in keys or "refs" in keys:
        return "references"
    if keys & _OF_XARRAY:
        return "xarray encoding"
    if keys & {*V2_MEMBERS, *V3_MEMBERS}:
        return "encoding"
    documents = [key for key in keys if isinstance(key, str) and key.rpartition("/")[2] in _FILES]
    if documents:
        return "store" if isinstance(members[documents[0]], (bytes, bytearray)) else "references"
    return None if isinstance(source, dict) or not isinstance(source, MutableMapping) else "store"


def _kind_of_document(document: Mapping[Any, Any]) -> InputKind:
    inner = document.get("consolidated_metadata")
    if "zarr_consolidated_format" in document or (isinstance(inner, Mapping) and inner):
        return "references" if "record_size" in document else "consolidated"
    if document.get("node_type") == "group":
        return "group"
    is_array = {"shape", *V2_MEMBERS, *V3_MEMBERS} & {*document}
    return "array" if is_array or document.get("node_type") == "array" else "group"


def _kind_of_object(source: Any) -> InputKind | None:
    if has_numcodecs_api(source):
        return "codec"
    if has_zarr_python_api(source):
        return "metadata object" if _has(source, "zarr_format") else _kind_of_dataset(source)
    if _has(source, "metadata") or _has(source, "filters", "compressor", "dtype"):
        return "open array" if _has(source, "dtype", "shape") else "open group"
    if _has(source, "list_dir", "get") or _has(source, "read", "write_all", "folders"):
        return "store"
    return "open group" if _has(source, "store", "attrs", "path") else None


def _kind_of_dataset(source: Any) -> InputKind:
    return (
        "dataset" if _has(source, "encoding", "variable") or _has(source, "data_vars") else "codec"
    )


def _has(source: Any, *names: str) -> bool:
    try:
        return all(hasattr(source, name) for name in names)
    except Exception:  # foreign code
        return False


def describe_input(source: Any) -> Message | None:
    """Say what `source` is and which calls take it; ``None`` for what this library does not take.

    Example
    -------
    >>> describe_input({"zarr_format": 2, "shape": [4]})
    'a whole .zarray; metadata_to_v3(document) writes it as v3, Pipeline.from_metadata(document) reads its encoding'
    """
    kind = kind_of_input(source)
    if kind is None:
        return None
    what, calls = _DESCRIPTIONS[kind]
    argument = what
    if isinstance(source, (str, os.PathLike)):
        shown = shorten(repr(os.fspath(source)), 200)
        what, argument = what.format(shown), shown
    elif kind == "array":
        what, calls = _ARRAYS["v3" if source.get("zarr_format") == 3 else "v2"]
    elif kind == "encoding":
        v3 = any(member in source for member in V3_MEMBERS)
        calls = ((f"Pipeline.from_v{3 if v3 else 2}", "**encoding", "reads it"),)
    elif kind == "metadata object":
        what = f"an object of zarr-python, {type(source).__name__}"
    parts: list[str | Hint] = [what]
    for call, given, effect in calls:
        parts += [", " if len(parts) > 1 else "; ", Hint(call=call, argument=given or argument)]
        parts.append(f" {effect}")
    return Message(*parts)


def wrong_input(source: Any, path: Path = ()) -> InvalidCodecError | None:
    """Make the error for something else than one codec, which names the calls that take it.

    Parameters
    ----------
    source : object
        What was given as a codec.
    path : tuple
        Where it stands in what the caller gave.

    Returns
    -------
    InvalidCodecError or None
        ``None`` for what is not known.
    """
    kind = kind_of_input(source)
    found = None if kind == "codec" else describe_input(source)
    if found is None:
        return None
    if kind == "URL" and source.startswith("http"):
        found = Message(found, "; ", Hint("unknown", "keep"), " takes it for the name of a codec")
    return InvalidCodecError.at(path, Message("expected one codec, got ", found))


_Calls: TypeAlias = tuple[tuple[str, str, str], ...]
"""Calls that take it: the function, its argument (empty for the path itself), and what it does."""

_READS: Final = ("Pipeline.from_metadata", "document", "reads its encoding")
_ARRAYS: Final[dict[str, tuple[str, _Calls]]] = {
    "v2": ("a whole .zarray", (("metadata_to_v3", "document", "writes it as v3"), _READS)),
    "v3": (
        "a whole zarr.json",
        (
            ("metadata_to_v2", "document", "writes it as v2"),
            ("normalize_metadata", "document", "repairs it"),
            _READS,
        ),
    ),
}
_DESCRIPTIONS: Final[dict[InputKind, tuple[str, _Calls]]] = {
    "codec": (
        "one codec",
        (("to_v3", "codec", "writes it as v3"), ("to_v2", "codec", "writes it as v2")),
    ),
    "array": _ARRAYS["v2"],
    "codecs": (
        "a list of codecs",
        (
            ("explain", "codecs, dtype=...", "takes it"),
            (
                "Pipeline.from_slots",
                "dtype=..., filters=..., compressors=...",
                "makes one encoding of it",
            ),
        ),
    ),
    "encoding": ("the encoding of an array", ()),
    "xarray encoding": (
        "an encoding of xarray",
        (
            ("convert_encoding", "dataset, zarr_format", "converts those of a dataset"),
            ("explain", "encoding", "takes it"),
        ),
    ),
    "group": (
        "the document of a group",
        (("translate_metadata", "document, to=...", "writes it in either format"),),
    ),
    "consolidated": (
        "consolidated metadata",
        (
            ("translate_metadata", "document, to=...", "writes it in either format"),
            ("explain", "document", "lists its arrays"),
        ),
    ),
    "references": (
        "a set of kerchunk references",
        (
            ("references_to_v3", "references", "writes it as v3"),
            ("explain", "references", "lists its arrays"),
        ),
    ),
    "open array": (
        "an open array",
        (
            ("Pipeline.from_array", "array", "reads its encoding"),
            ("translate_metadata", "array.metadata.to_dict(), to=...", "writes its document"),
        ),
    ),
    "open group": ("an open group", (("explain", "group", "lists its arrays"),)),
    "metadata object": (
        "",
        (
            ("Pipeline.from_metadata", "metadata", "reads its encoding"),
            ("translate_metadata", "metadata.to_dict(), to=...", "writes it in either format"),
        ),
    ),
    "dataset": (
        "a dataset of xarray",
        (("convert_encoding", "dataset, zarr_format", "converts its encodings"),),
    ),
    "JSON text": ("JSON as text", (("json.loads", "text", "reads it"),)),
    "file": ("the path of a file, {}", (("explain", "", "reads it"),)),
    "folder": (
        "the path of a folder, {}",
        (("explain", "", "lists its arrays"), ("migrate", "", "gives it the other format")),
    ),
    "missing file": ("{}, which is no codec's name, and there is no such file", ()),
    "URL": (
        "the URL {}",
        (("explain", "", "lists its arrays"), ("migrate", "", "gives it the other format")),
    ),
    "store": (
        "a store",
        (
            ("explain", "store", "lists its arrays"),
            ("migrate", "store", "gives it the other format"),
        ),
    ),
}
