"""Kerchunk reference sets between the formats: metadata is rewritten, references to chunks stay as they are.

The keys of the chunks may be written anew: `chunk_key_encoding`.

A reference set is JSON of version 0 (``{key: reference}``) or 1 (``{"version": 1, "refs": {...}}``, perhaps with
`templates` and `gen`), or the ``.zmetadata`` of a directory of Parquet references; the Parquet files stay.

Source: https://fsspec.github.io/kerchunk/spec.html.
"""

from __future__ import annotations

import base64
import binascii
import itertools
import json
import math
from collections.abc import Mapping
from typing import Any, Final, get_args

from zarrcodec_bridge.core.errors import BridgeError, NotRepresentableError, shorten_tracebacks
from zarrcodec_bridge.core.json_values import Path
from zarrcodec_bridge.core.messages import Hint, Message, excerpt
from zarrcodec_bridge.core.options import OnLoss, Unknown, check_choice, check_dialect
from zarrcodec_bridge.core.spec import Dialect
from zarrcodec_bridge.dialects.inputs import describe_input
from zarrcodec_bridge.documents.context import (
    DocumentContext,
    copy_member,
    invalid_member,
    locate_error,
)
from zarrcodec_bridge.documents.hierarchies import (
    V2_FILES,
    add_consolidated,
    hierarchy_to_v2,
    hierarchy_to_v3,
    node_to_v2,
    node_to_v3,
    normalize_hierarchy,
    normalize_node_v3,
)
from zarrcodec_bridge.documents.ome import find_places
from zarrcodec_bridge.documents.reference_keys import (
    EXPAND,
    ChunkKeyEncoding,
    KeyEncoding,
    items_of,
    join,
    key_encoding_of,
    make_renaming,
    with_keys,
)
from zarrcodec_bridge.readers import TargetName, find_readers
from zarrcodec_bridge.translation.options import Translation, make_options, report_losses

__all__ = ["format_of", "references_to_v2", "references_to_v3", "translate_references"]

_V3_FILE: Final = "zarr.json"
FILES: Final = V2_FILES | {".zmetadata", _V3_FILE}


def format_of(references: Any) -> Dialect | None:
    """Find the format of the metadata in a reference set; ``None`` for what is not a reference set.

    Example
    -------
    >>> format_of({"version": 1, "refs": {"a/.zarray": "{}", "a/0": ["data.nc", 0, 10]}}), format_of({"zarr_format": 2})
    ('v2', None)
    """
    if not isinstance(references, Mapping) or "zarr_format" in references:
        return None
    parquet = is_parquet(references)
    inner = references.get("metadata" if parquet else "refs", references)
    if not isinstance(inner, Mapping):
        return None
    files = {split_key(key)[1] for key in inner if isinstance(key, str)} & FILES
    if not files:
        return None
    if parquet:  # keeps its v2 documents beside those of v3
        return "v3" if _V3_FILE in files else "v2"
    return "v3" if files == {_V3_FILE} else "v2"


@shorten_tracebacks
def references_to_v3(
    references: Mapping[str, Any],
    *,
    target: TargetName = "spec",
    on_loss: OnLoss = "error",
    unknown: Unknown = "error",
    keep_attributes: bool = False,
    chunk_key_encoding: ChunkKeyEncoding | None = None,
) -> dict[str, Any]:
    """Write a reference set with v2 metadata as one with v3 metadata, for the same references to chunks.

    Parameters
    ----------
    references : dict
        The reference set, or the ``.zmetadata`` of Parquet references. It is left as it is; the references to
        chunks in the result are the same objects.
    target, on_loss, unknown, keep_attributes
        As in :func:`.documents.metadata.translate_metadata`.
    chunk_key_encoding : {"default", "v2"}, optional
        How the keys of chunks are written: ``c/0/0`` (`default`), as Icechunk wants them, or ``0.0`` (`v2`). Keys
        and documents are then written alike, also those of a set that has v3 metadata already. Left out, keys stay
        where the target opens them.

    Returns
    -------
    dict
        The reference set with a ``zarr.json`` for each array and group, and with consolidated metadata where there
        was a ``.zmetadata``. In that of Parquet references, each ``.zarray`` stays beside it: fsspec finds
        chunks with it.

    Raises
    ------
    InvalidCodecError
        The set, or a document in it, is malformed, or a document is not inlined; or keys are to be written anew,
        and one in an array is not the key of a chunk.
    UnknownCodecError, NotRepresentableError, LossError
        As in :func:`.documents.metadata.translate_metadata`.

    Example
    -------
    >>> zarray = {"zarr_format": 2, "shape": [4], "chunks": [2], "dtype": "<i2", "order": "C", "filters": None,
    ...           "compressor": None, "fill_value": 0}
    >>> refs = {".zgroup": '{"zarr_format": 2}', "a/.zarray": json.dumps(zarray), "a/0": ["s3://b/f.h5", 40, 4]}
    >>> list(references_to_v3(refs))
    ['zarr.json', 'a/zarr.json', 'a/0']
    >>> list(references_to_v3(refs, chunk_key_encoding="default"))
    ['zarr.json', 'a/zarr.json', 'a/c/0']
    """
    return translate_references(
        references,
        to="v3",
        target=target,
        on_loss=on_loss,
        unknown=unknown,
        keep_attributes=keep_attributes,
        chunk_key_encoding=chunk_key_encoding,
    ).result


@shorten_tracebacks
def references_to_v2(
    references: Mapping[str, Any],
    *,
    target: TargetName = "spec",
    on_loss: OnLoss = "error",
    unknown: Unknown = "error",
    keep_attributes: bool = False,
) -> dict[str, Any]:
    """Write a reference set with v3 metadata as one with v2 metadata, for the same references to chunks.

    Parameters are as for :func:`references_to_v3`. Keys such as ``c/0/0`` (the chunk key encoding `default`) become
    ``0.0``. Where every chunk of an array has a reference, the fill value is free to say which values are
    missing for xarray.

    Example
    -------
    >>> refs = {"zarr.json": '{"zarr_format": 3, "node_type": "group"}'}
    >>> references_to_v2(refs)
    {'.zgroup': '{"zarr_format": 2}', '.zattrs': '{}'}
    """
    return translate_references(
        references,
        to="v2",
        target=target,
        on_loss=on_loss,
        unknown=unknown,
        keep_attributes=keep_attributes,
    ).result


@shorten_tracebacks
def translate_references(
    references: Mapping[str, Any],
    *,
    to: Dialect,
    target: TargetName = "spec",
    on_loss: OnLoss = "error",
    unknown: Unknown = "error",
    keep_attributes: bool = False,
    chunk_key_encoding: ChunkKeyEncoding | None = None,
) -> Translation:
    """Translate a reference set as :func:`references_to_v3` and :func:`references_to_v2`, with the notes and losses."""
    options = make_options(target, on_loss, unknown)
    check_dialect(to)
    if to == "v3" and chunk_key_encoding is None and not is_parquet(references):
        readers = find_readers(options.target)
        chunk_key_encoding = "default" if any("v2" not in r.v3.keys for r in readers) else None
    if chunk_key_encoding is not None:
        check_choice("chunk_key_encoding", chunk_key_encoding, get_args(ChunkKeyEncoding))
    if to == "v2":
        if chunk_key_encoding == "default":
            raise NotRepresentableError(to, "chunk key encoding default", "v2 has keys such as 0.0")
        chunk_key_encoding = "v2"
    complete = _Complete(references) if to == "v2" else False
    ctx = DocumentContext(
        target, unknown, keep_attributes=keep_attributes, chunks_complete=complete
    )
    result = _translate(references, to, ctx, chunk_key_encoding)
    report_losses(to, ctx.losses, on_loss)
    return Translation(result, tuple(dict.fromkeys(ctx.notes)), tuple(dict.fromkeys(ctx.losses)))


class _Complete:
    """The paths of the arrays of which every chunk has a reference."""

    def __init__(self, references: Any) -> None:
        inner = references.get("refs", references) if isinstance(references, Mapping) else {}
        self._references: Mapping[str, Any] = inner if isinstance(inner, Mapping) else {}

    def __contains__(self, node: object) -> bool:
        at = f"{node}/" if node else ""
        try:
            document = read_inlined(self._references[f"{at}{_V3_FILE}"], ())
            chunks = document["chunk_grid"]["configuration"]["chunk_shape"]
            encoding = key_encoding_of(document)
            assert encoding is not None
            counts = [
                -(-n // (chunk or 1)) for n, chunk in zip(document["shape"], chunks, strict=True)
            ]
        except (BridgeError, KeyError, TypeError, ValueError):
            return False
        if math.prod(counts) > len(self._references):
            return False
        return all(
            f"{at}{encoding.write(map(str, index))}" in self._references
            for index in itertools.product(*map(range, counts))
        )


def _translate(
    references: Any, to: Dialect, ctx: DocumentContext, keys: ChunkKeyEncoding | None
) -> dict[str, Any]:
    if is_parquet(references):
        if keys == "default":
            raise NotRepresentableError(
                to,
                "Parquet references",
                "fsspec finds them by keys such as 0.0; its LazyReferenceMapper is a reference set"
                " whose keys can be written anew",
            )
        parquet = _parquet_to_v3 if to == "v3" else _parquet_to_v2
        return {**references, "metadata": parquet(references["metadata"], ctx)}
    inner, path = references_of(references)
    translated = _translate_set(
        inner, path, to, ctx, keys, has_gen=bool(path and references.get("gen"))
    )
    return {**references, "refs": translated} if path else translated


def is_parquet(references: Any) -> bool:
    """Whether it is the ``.zmetadata`` of a directory of Parquet references."""
    return (
        isinstance(references, Mapping)
        and "record_size" in references
        and isinstance(references.get("metadata"), Mapping)
    )


def references_of(references: Any) -> tuple[Mapping[str, Any], Path]:
    """Find the references by key in a reference set of version 0 or 1, and where they stand in it.

    Raises :class:`InvalidCodecError` for what is no reference set.
    """
    if not isinstance(references, Mapping):
        other = describe_input(references) or excerpt(references)
        raise invalid_member((), Message("expected a reference set, got ", other))
    if "zarr_format" in references or "zarr_consolidated_format" in references:
        raise invalid_member(
            (),
            Message(
                "expected a reference set, got a metadata document, which ",
                Hint(call="translate_metadata", argument="document, to='v3'"),
                " takes",
            ),
        )
    version = references.get("version")
    if version is None:
        if isinstance(references.get("refs"), Mapping):
            raise invalid_member(
                ("version",),
                "expected 'version': 1 beside 'refs'; without it fsspec takes 'refs' for a key",
            )
        return references, ()
    if version != 1 or not isinstance(references.get("refs"), Mapping):
        raise invalid_member(
            ("version",),
            f"expected references of version 1 with 'refs', or of version 0, got {excerpt(version)}",
        )
    return references["refs"], ("refs",)


def split_key(key: str) -> tuple[str, str]:
    """Split a key: the path of its folder, and its name there."""
    node, _, file = key.rpartition("/")
    return node, file


def read_inlined(value: Any, path: Path) -> dict[str, Any]:
    """Read the document that a reference holds inlined."""
    if isinstance(value, Mapping):
        return dict(value) if type(value) is dict else dict(copy_member(value, path))
    try:
        if isinstance(value, str) and value.startswith("base64:"):
            value = base64.b64decode(value[7:], validate=True)
        if isinstance(value, (str, bytes)):
            found = json.loads(value)
            if isinstance(found, dict):
                return found
    except (ValueError, RecursionError, binascii.Error) as error:
        raise invalid_member(path, f"expected a metadata document as JSON text: {error}") from None
    raise invalid_member(
        path,
        f"expected a metadata document as JSON text, got {excerpt(value)};"
        " a document in another file must be inlined first",
    )


def _spell_like(document: dict[str, Any], original: Any) -> Any:
    """Write a document as the reference set keeps its documents: as an object, or as its text."""
    return document if isinstance(original, Mapping) else json.dumps(document)


def _documents_by_node(
    references: Mapping[Any, Any], path: Path, wanted: Dialect
) -> dict[str, dict[str, dict[str, Any]]]:
    """Read the documents of each array and group: by its path, and then by file name."""
    nodes: dict[str, dict[str, dict[str, Any]]] = {}
    for key, value in items_of(references):
        if not isinstance(key, str):
            raise invalid_member(path, f"expected keys that are text, got {excerpt(key)}")
        node, file = split_key(key)
        if file in FILES:
            if (file == _V3_FILE) != (wanted == "v3"):
                raise invalid_member(
                    (*path, key), f"expected {wanted} documents alone in the reference set"
                )
            nodes.setdefault(node, {})[file] = read_inlined(value, (*path, key))
    return nodes


def translate_documents(
    references: Mapping[str, Any],
    path: Path,
    to: Dialect,
    ctx: DocumentContext,
    keys: ChunkKeyEncoding | None,
) -> tuple[dict[str, dict[str, dict[str, Any]]], dict[str, KeyEncoding]]:
    """Translate the documents of a reference set: by node and file name; with the old chunk keys of each array.

    `references` are those of version 0, or what version 1 has under `refs`, which is then the `path`. The old
    encodings are given where `keys` asks for an encoding.
    """
    ctx.chunk_keys = keys
    is_v3 = to == "v2" or (keys is not None and format_of(references) == "v3")
    nodes = _documents_by_node(references, path, "v3" if is_v3 else "v2")
    old: dict[str, KeyEncoding] = {}
    translated: dict[str, dict[str, dict[str, Any]]] = {}
    for node, files in nodes.items():
        given = files[_V3_FILE].get("attributes") if _V3_FILE in files else files.get(".zattrs")
        ctx.places |= find_places(given, node)
    for node, files in nodes.items():
        ctx.node = node
        try:
            if to == "v2":
                document = with_keys(node, files[_V3_FILE], keys, old)
                translated[node] = _node_to_v2(document, ctx)
                continue
            made = _normalize(files[_V3_FILE], ctx) if is_v3 else _node_to_v3(files, ctx)
            if made is not None:
                translated[node] = {_V3_FILE: with_keys(node, made, keys, old)}
        except BridgeError as error:
            key = join(node, next(iter(files)))
            raise locate_error(error, node, (*path, key)) from error.__cause__
    return translated, old


def _translate_set(
    references: Mapping[str, Any],
    path: Path,
    to: Dialect,
    ctx: DocumentContext,
    keys: ChunkKeyEncoding | None = None,
    *,
    has_gen: bool = False,
) -> dict[str, Any]:
    """Translate the documents of a reference set, and write the keys of its chunks anew."""
    translated, old = translate_documents(references, path, to, ctx, keys)
    rename = make_renaming(old, keys)
    if rename is not None and has_gen:
        raise invalid_member(("gen",), f"expected references without it; {EXPAND}")
    found: dict[str, Any] = {}
    for key, value in items_of(references):
        node, file = split_key(key)
        if file not in FILES:
            found[key if rename is None else rename(key)] = value
            continue
        for name, document in translated.pop(node, {}).items():
            found[join(node, name)] = _spell_like(document, value)
    return found


def _normalize(document: dict[str, Any], ctx: DocumentContext) -> dict[str, Any]:
    if document.get("consolidated_metadata") is not None:
        return normalize_hierarchy(document, None, ctx)[_V3_FILE]
    return normalize_node_v3(document, ctx)


def _node_to_v3(files: dict[str, dict[str, Any]], ctx: DocumentContext) -> dict[str, Any] | None:
    if ".zmetadata" in files:
        hierarchy = hierarchy_to_v3(files[".zmetadata"], None, ctx)
        if ".zgroup" not in files:
            return hierarchy
        return add_consolidated(
            node_to_v3(files, ctx), hierarchy["consolidated_metadata"]["metadata"]
        )
    if ".zarray" in files or ".zgroup" in files:
        return node_to_v3(files, ctx)
    ctx.note(".zattrs", "belongs to no array or group, and is dropped")
    return None


def _node_to_v2(document: dict[str, Any], ctx: DocumentContext) -> dict[str, dict[str, Any]]:
    if document.get("consolidated_metadata") is not None:
        return hierarchy_to_v2(document, ctx)
    return node_to_v2(document, ctx)


def _parquet_to_v3(metadata: Mapping[str, Any], ctx: DocumentContext) -> dict[str, Any]:
    """v2 documents stay, since fsspec counts the chunks with them; each ``zarr.json`` comes beside them."""
    translated = hierarchy_to_v3({"metadata": metadata}, None, ctx)
    nodes = translated["consolidated_metadata"]["metadata"]
    found: dict[str, Any] = {_V3_FILE: translated}
    for key, value in metadata.items():
        node, file = split_key(key)
        found[key] = copy_member(value, ("metadata", key))
        if file in (".zarray", ".zgroup") and node:
            found[f"{node}/{_V3_FILE}"] = copy_member(nodes[node], ())
    return found


def _parquet_to_v2(metadata: Mapping[str, Any], ctx: DocumentContext) -> dict[str, Any]:
    documents = {key: value for key, value in metadata.items() if split_key(key)[1] == _V3_FILE}
    found = _translate_set(documents, ("metadata",), "v2", ctx)
    found.pop(".zmetadata", None)  # the file itself is that
    return found
