"""Kerchunk reference sets between the formats: metadata is rewritten, references to chunks stay as they are.

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
from typing import Any, Final

from zarrcodec_bridge.core.errors import BridgeError
from zarrcodec_bridge.core.json_values import Path
from zarrcodec_bridge.core.messages import excerpt
from zarrcodec_bridge.core.options import OnLoss, Unknown, check_dialect
from zarrcodec_bridge.core.spec import Dialect
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
)
from zarrcodec_bridge.readers import TargetName
from zarrcodec_bridge.translation.options import Translation, make_options, report_losses

__all__ = ["format_of", "references_to_v2", "references_to_v3", "translate_references"]

_V3_FILE: Final = "zarr.json"
_FILES: Final = V2_FILES | {".zmetadata", _V3_FILE}


def format_of(references: Any) -> Dialect | None:
    """Find the format of the metadata in a reference set; ``None`` for what is not a reference set.

    Example
    -------
    >>> format_of({"version": 1, "refs": {"a/.zarray": "{}", "a/0": ["data.nc", 0, 10]}}), format_of({"zarr_format": 2})
    ('v2', None)
    """
    if not isinstance(references, Mapping) or "zarr_format" in references:
        return None
    is_parquet = "record_size" in references
    inner = references.get("metadata" if is_parquet else "refs", references)
    if not isinstance(inner, Mapping):
        return None
    files = {_split(key)[1] for key in inner if isinstance(key, str)} & _FILES
    if not files:
        return None
    if is_parquet:  # keeps its v2 documents beside those of v3
        return "v3" if _V3_FILE in files else "v2"
    return "v3" if files == {_V3_FILE} else "v2"


def references_to_v3(
    references: Mapping[str, Any],
    *,
    target: TargetName = "spec",
    on_loss: OnLoss = "error",
    unknown: Unknown = "error",
    keep_attributes: bool = False,
) -> dict[str, Any]:
    """Write a reference set with v2 metadata as one with v3 metadata, for the same references to chunks.

    Parameters
    ----------
    references : dict
        The reference set, or the ``.zmetadata`` of Parquet references. It is left as it is; the references to
        chunks in the result are the same objects.
    target, on_loss, unknown, keep_attributes
        As in :func:`.documents.metadata.translate_metadata`.

    Returns
    -------
    dict
        The reference set with a ``zarr.json`` for each array and group, and with consolidated metadata where there
        was a ``.zmetadata``. In that of Parquet references, each ``.zarray`` stays beside it: fsspec finds
        chunks with it.

    Raises
    ------
    InvalidCodecError
        The set, or a document in it, is malformed, or a document is not inlined.
    UnknownCodecError, NotRepresentableError, LossError
        As in :func:`.documents.metadata.translate_metadata`.

    Example
    -------
    >>> zarray = {"zarr_format": 2, "shape": [4], "chunks": [2], "dtype": "<i2", "order": "C", "filters": None,
    ...           "compressor": None, "fill_value": 0}
    >>> refs = {".zgroup": '{"zarr_format": 2}', "a/.zarray": json.dumps(zarray), "a/0": ["s3://b/f.h5", 40, 4]}
    >>> list(references_to_v3(refs))
    ['zarr.json', 'a/zarr.json', 'a/0']
    """
    return translate_references(
        references,
        to="v3",
        target=target,
        on_loss=on_loss,
        unknown=unknown,
        keep_attributes=keep_attributes,
    ).result


def references_to_v2(
    references: Mapping[str, Any],
    *,
    on_loss: OnLoss = "error",
    unknown: Unknown = "error",
    keep_attributes: bool = False,
) -> dict[str, Any]:
    """Write a reference set with v3 metadata as one with v2 metadata, for the same references to chunks.

    Parameters are as for :func:`references_to_v3`; the chunks must be stored under the keys of v2 (the chunk key
    encoding `v2`). Where every chunk of an array has a reference, the fill value is free to say which values are
    missing for xarray.

    Example
    -------
    >>> refs = {"zarr.json": '{"zarr_format": 3, "node_type": "group"}'}
    >>> references_to_v2(refs)
    {'.zgroup': '{"zarr_format": 2}', '.zattrs': '{}'}
    """
    return translate_references(
        references, to="v2", on_loss=on_loss, unknown=unknown, keep_attributes=keep_attributes
    ).result


def translate_references(
    references: Mapping[str, Any],
    *,
    to: Dialect,
    target: TargetName = "spec",
    on_loss: OnLoss = "error",
    unknown: Unknown = "error",
    keep_attributes: bool = False,
) -> Translation:
    """Translate a reference set as :func:`references_to_v3` and :func:`references_to_v2`, with the notes and losses."""
    make_options(target, on_loss, unknown)
    check_dialect(to)
    complete = _Complete(references) if to == "v2" else False
    ctx = DocumentContext(
        target, unknown, keep_attributes=keep_attributes, chunks_complete=complete
    )
    result = _translate(references, to, ctx)
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
            document = _document(self._references[f"{at}{_V3_FILE}"], ())
            chunks = document["chunk_grid"]["configuration"]["chunk_shape"]
            separator = document["chunk_key_encoding"]["configuration"]["separator"]
            counts = [
                -(-n // (chunk or 1)) for n, chunk in zip(document["shape"], chunks, strict=True)
            ]
        except (BridgeError, KeyError, TypeError, ValueError):
            return False
        if math.prod(counts) > len(self._references):
            return False
        return all(
            f"{at}{separator.join(map(str, index)) or '0'}" in self._references
            for index in itertools.product(*map(range, counts))
        )


def _translate(references: Any, to: Dialect, ctx: DocumentContext) -> dict[str, Any]:
    if not isinstance(references, Mapping):
        raise invalid_member((), f"expected a reference set, got {excerpt(references)}")
    translate = _to_v3 if to == "v3" else _to_v2
    if "record_size" in references and isinstance(references.get("metadata"), Mapping):
        parquet = _parquet_to_v3 if to == "v3" else _parquet_to_v2
        return {**references, "metadata": parquet(references["metadata"], ctx)}
    version = references.get("version")
    if version is None:
        if isinstance(references.get("refs"), Mapping):
            raise invalid_member(
                ("version",),
                "expected 'version': 1 beside 'refs'; without it fsspec takes 'refs' for a key",
            )
        return translate(references, (), ctx)
    if version != 1 or not isinstance(references.get("refs"), Mapping):
        raise invalid_member(
            ("version",),
            f"expected references of version 1 with 'refs', or of version 0, got {excerpt(version)}",
        )
    return {**references, "refs": translate(references["refs"], ("refs",), ctx)}


def _split(key: str) -> tuple[str, str]:
    node, _, file = key.rpartition("/")
    return node, file


def _document(value: Any, path: Path) -> dict[str, Any]:
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
    for key, value in references.items():
        if not isinstance(key, str):
            raise invalid_member(path, f"expected keys that are text, got {excerpt(key)}")
        node, file = _split(key)
        if file in _FILES:
            if (file == _V3_FILE) != (wanted == "v3"):
                raise invalid_member(
                    (*path, key), f"expected {wanted} documents alone in the reference set"
                )
            nodes.setdefault(node, {})[file] = _document(value, (*path, key))
    return nodes


def _to_v3(references: Mapping[str, Any], path: Path, ctx: DocumentContext) -> dict[str, Any]:
    nodes = _documents_by_node(references, path, "v2")
    found: dict[str, Any] = {}
    for key, value in references.items():
        node, file = _split(key)
        if file not in _FILES:
            found[key] = value
            continue
        new = f"{node}/{_V3_FILE}" if node else _V3_FILE
        if new in found:
            continue
        ctx.node = node
        try:
            document = _node_to_v3(nodes[node], ctx)
        except BridgeError as error:
            raise locate_error(error, node, (*path, key)) from error.__cause__
        if document is not None:
            found[new] = _spell_like(document, value)
    return found


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


def _to_v2(references: Mapping[str, Any], path: Path, ctx: DocumentContext) -> dict[str, Any]:
    nodes = _documents_by_node(references, path, "v3")
    found: dict[str, Any] = {}
    for key, value in references.items():
        node, file = _split(key)
        if file != _V3_FILE:
            found[key] = value
            continue
        ctx.node = node
        try:
            files = _node_to_v2(nodes[node][file], ctx)
        except BridgeError as error:
            raise locate_error(error, node, (*path, key)) from error.__cause__
        for name, translated in files.items():
            found[f"{node}/{name}" if node else name] = _spell_like(translated, value)
    return found


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
        node, file = _split(key)
        found[key] = copy_member(value, ("metadata", key))
        if file in (".zarray", ".zgroup") and node:
            found[f"{node}/{_V3_FILE}"] = copy_member(nodes[node], ())
    return found


def _parquet_to_v2(metadata: Mapping[str, Any], ctx: DocumentContext) -> dict[str, Any]:
    documents = {key: value for key, value in metadata.items() if _split(key)[1] == _V3_FILE}
    found = _to_v2(documents, ("metadata",), ctx)
    found.pop(".zmetadata", None)  # the file itself is that
    return found
