"""Metadata documents between the formats: arrays, groups and consolidated hierarchies.

Only metadata is translated: the chunks stay as they are, under the keys that they have.

::

    from zarrcodec_bridge import metadata_to_v2, metadata_to_v3, normalize_metadata
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any, Literal, TypeAlias

from zarrcodec_bridge.core.errors import shorten_tracebacks
from zarrcodec_bridge.core.messages import Hint, Message, excerpt
from zarrcodec_bridge.core.options import OnLoss, Unknown, check_dialect
from zarrcodec_bridge.core.spec import Dialect
from zarrcodec_bridge.dialects.inputs import describe_input
from zarrcodec_bridge.documents.arrays_v2 import array_v2_to_v3, normalize_array_v2
from zarrcodec_bridge.documents.arrays_v3 import normalize_array_v3
from zarrcodec_bridge.documents.context import DocumentContext, Place, invalid_member
from zarrcodec_bridge.documents.groups import group_to_v3, normalize_group
from zarrcodec_bridge.documents.hierarchies import (
    hierarchy_to_v2,
    hierarchy_to_v3,
    node_to_v2,
    normalize_hierarchy,
)
from zarrcodec_bridge.documents.members import read_attributes
from zarrcodec_bridge.readers import TargetName
from zarrcodec_bridge.translation.options import Translation, make_options, report_losses

__all__ = [
    "file_of",
    "metadata_to_v2",
    "metadata_to_v3",
    "normalize_metadata",
    "translate_metadata",
]

DocumentFile: TypeAlias = Literal[".zarray", ".zgroup", ".zmetadata", "zarr.json"]
"""The name under which a store has a document."""


def file_of(document: Any) -> DocumentFile:
    """Give the name of the file that `document` is found in.

    Raises :class:`InvalidCodecError` for what is not a metadata document of v2 or v3.

    Example
    -------
    >>> file_of({"zarr_format": 2})
    '.zgroup'
    """
    is_mapping = type(document) is dict or isinstance(document, Mapping)
    if not is_mapping or not ("zarr_format" in document or "metadata" in document):
        other = describe_input(document)
        if other is not None or not is_mapping:
            found = Message("expected a metadata document, got ", other or excerpt(document))
            raise invalid_member((), found)
    number = document.get("zarr_format")
    if number == 3:
        return "zarr.json"
    if number == 2:
        return ".zarray" if "shape" in document or "dtype" in document else ".zgroup"
    if number is None and "metadata" in document:
        return ".zmetadata"
    if number == 1:
        raise invalid_member(
            ("zarr_format",),
            "expected 2 or 3, got 1; rewrite the array with zarr-python 2.18 first",
        )
    raise invalid_member(("zarr_format",), f"expected 2 or 3, got {excerpt(number)}")


@shorten_tracebacks
def translate_metadata(
    document: Mapping[str, Any],
    attributes: Mapping[str, Any] | None = None,
    *,
    to: Dialect | None = None,
    target: TargetName = "spec",
    on_loss: OnLoss = "error",
    unknown: Unknown = "error",
    keep_attributes: bool = False,
    chunks_complete: bool | Container[str] = False,
    place: Place | None = None,
) -> Translation:
    """Write a metadata document as `to`, and say what was changed.

    Parameters
    ----------
    document : dict
        A ``.zarray``, ``.zgroup``, ``.zmetadata`` or ``zarr.json``. It is left as it is.
    attributes : dict, optional
        The ``.zattrs`` beside a v2 document.
    to : {"v2", "v3"}, optional
        The format to write; the document's own by default, which repairs it.
    target : str or tuple of str
        The reader that is to open it, or several, as in :func:`.translate`.
    on_loss : {"error", "warn", "ignore"}
        What to do where existing chunks decode equal, but later writes would differ in value.
    unknown : {"error", "keep", "wrap"}
        What to do with codecs that are not known.
    keep_attributes : bool
        Leave attributes as they are (but for the dimension names). By default the attribute ``_FillValue`` is
        written as xarray reads it in the other format, for arrays whose dimensions have names, so that the same
        values are missing; and NaN and infinities, which JSON does not allow, become text, with a loss.
    chunks_complete : bool or container of str
        Whether every chunk of the array is stored, or the paths of the arrays of a hierarchy of which it is. Then
        the fill value of a v2 document is free to say which values are missing; nothing is looked up.
    place : tuple of str, "labels" or "series", optional
        What an OME-Zarr image above says of the node: the names of a level's axes, which become its
        `dimension_names`, or the member by which the attributes of a group are OME's.

    Returns
    -------
    Translation
        ``result`` is the documents by file name: ``zarr.json`` for v3; ``.zarray`` or ``.zgroup`` with ``.zattrs``
        for v2 (in its own format: ``.zattrs`` where there are attributes), and ``.zmetadata`` where there is
        consolidated metadata. ``notes`` and ``losses`` say what was changed.

    Raises
    ------
    InvalidCodecError
        The document is malformed; ``problems`` say where in it.
    UnknownCodecError
        A codec is not known.
    NotRepresentableError
        The format, or the target, cannot say it for the same chunks.
    LossError
        Later writes would differ in value, and `on_loss` is "error".

    Example
    -------
    >>> found = translate_metadata({"zarr_format": 2, "shape": [4], "chunks": [2], "dtype": "<u1", "order": "C",
    ...                             "filters": None, "compressor": None, "fill_value": 0})
    >>> found.result[".zarray"]["dtype"], [str(note) for note in found.notes]
    ('|u1', ["dtype: '<u1' becomes '|u1'"])
    """
    ctx = DocumentContext(
        target,
        unknown,
        keep_attributes=keep_attributes,
        chunks_complete=chunks_complete,
        place=place,
    )
    result = _write(document, file_of(document), attributes, to, on_loss, ctx)
    return Translation(result, tuple(dict.fromkeys(ctx.notes)), tuple(dict.fromkeys(ctx.losses)))


def _write(
    document: Mapping[str, Any],
    file: DocumentFile,
    attributes: Mapping[str, Any] | None,
    to: Dialect | None,
    on_loss: OnLoss,
    ctx: DocumentContext,
) -> dict[str, Any]:
    """Write the documents by file name."""
    make_options(ctx.target, on_loss, ctx.unknown)
    own: Dialect = "v3" if file == "zarr.json" else "v2"
    wanted = own if to is None else to
    check_dialect(wanted)
    if attributes is not None and own == "v3":
        raise invalid_member(
            ("attributes",), "expected attributes with a v2 document only; a zarr.json has its own"
        )
    if wanted == own:
        result = _again(document, attributes, file, ctx)
    elif wanted == "v3":
        result = {"zarr.json": _as_v3(document, attributes, file, ctx)}
    else:
        write = hierarchy_to_v2 if _is_consolidated(document) else node_to_v2
        result = write(document, ctx)
    report_losses(wanted, ctx.losses, on_loss)
    return result


def _as_v3(
    document: Mapping[str, Any], attributes: Any, file: DocumentFile, ctx: DocumentContext
) -> dict[str, Any]:
    if file == ".zarray":
        return array_v2_to_v3(document, attributes, ctx)
    if file == ".zmetadata" or _is_consolidated(document):
        return hierarchy_to_v3(document, attributes, ctx)
    return group_to_v3(document, attributes, ctx)


def _is_consolidated(group: Mapping[str, Any]) -> bool:
    """Whether the document of a group has those of its nodes; zarr-python's objects of inner v2 groups have none."""
    held = group.get("consolidated_metadata")
    is_empty = isinstance(held, Mapping) and held.get("metadata") == {}
    return (
        held is not None and "shape" not in group and not (is_empty and group["zarr_format"] == 2)
    )


def _again(
    document: Mapping[str, Any], attributes: Any, file: DocumentFile, ctx: DocumentContext
) -> dict[str, Any]:
    found: dict[str, Any]
    if file == ".zmetadata" or _is_consolidated(document):
        return normalize_hierarchy(document, attributes, ctx)
    if attributes is None and file in (".zarray", ".zgroup") and "attributes" in document:
        attributes = document["attributes"]
    if attributes is not None:
        attributes = read_attributes(attributes, ("attributes",), ctx, "v2")
    if file == ".zarray":
        found = normalize_array_v2(document, ctx, attributes)
    elif file == ".zgroup" or document.get("node_type") == "group":
        found = normalize_group(document, ctx)
    else:
        found = normalize_array_v3(document, ctx)
    if attributes is None:
        return {file: found}
    return {file: found, ".zattrs": attributes}


@shorten_tracebacks
def metadata_to_v3(
    zarray: Mapping[str, Any],
    attributes: Mapping[str, Any] | None = None,
    *,
    target: TargetName = "spec",
    on_loss: OnLoss = "error",
    unknown: Unknown = "error",
    keep_attributes: bool = False,
) -> dict[str, Any]:
    """Write a ``.zarray``, ``.zgroup`` or ``.zmetadata`` as ``zarr.json``, for the same chunks under the same keys.

    Parameters
    ----------
    zarray : dict
        The v2 document; consolidated metadata becomes that of the root group.
    attributes : dict, optional
        The ``.zattrs`` beside it. ``_ARRAY_DIMENSIONS`` becomes `dimension_names`.
    target, on_loss, unknown, keep_attributes
        As in :func:`translate_metadata`, which also gives the notes and losses.

    Returns
    -------
    dict
        Plain JSON, new at each call.

    Raises
    ------
    InvalidCodecError, UnknownCodecError, NotRepresentableError, LossError
        As in :func:`translate_metadata`.

    Example
    -------
    >>> zarray = {"zarr_format": 2, "shape": [4], "chunks": [2], "dtype": ">i2", "order": "C", "filters": None,
    ...           "compressor": {"id": "zlib", "level": 1}, "fill_value": None, "dimension_separator": "/"}
    >>> zarr_json = metadata_to_v3(zarray, {"_ARRAY_DIMENSIONS": ["x"]})
    >>> zarr_json["chunk_key_encoding"], zarr_json["fill_value"], zarr_json["dimension_names"]
    ({'name': 'v2', 'configuration': {'separator': '/'}}, 0, ['x'])
    """
    file = _expect(zarray, 2)
    ctx = DocumentContext(target, unknown, keep_attributes=keep_attributes)
    found: dict[str, Any] = _write(zarray, file, attributes, "v3", on_loss, ctx)["zarr.json"]
    return found


@shorten_tracebacks
def metadata_to_v2(
    zarr_json: Mapping[str, Any],
    *,
    target: TargetName = "spec",
    on_loss: OnLoss = "error",
    unknown: Unknown = "error",
    keep_attributes: bool = False,
    chunks_complete: bool | Container[str] = False,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Write a ``zarr.json`` as v2, for the same chunks under the same keys.

    Parameters
    ----------
    zarr_json : dict
        The v3 document of an array or a group.
    target, on_loss, unknown, keep_attributes, chunks_complete
        As in :func:`translate_metadata`, which also gives the notes and losses.

    Returns
    -------
    tuple of dict
        The ``.zarray`` of an array, the ``.zgroup`` of a group, or the ``.zmetadata`` of a group with consolidated
        metadata; and the ``.zattrs``, in which `dimension_names` are ``_ARRAY_DIMENSIONS``.

    Raises
    ------
    InvalidCodecError, UnknownCodecError, NotRepresentableError, LossError
        As in :func:`translate_metadata`.

    Example
    -------
    >>> zarray, zattrs = metadata_to_v2({
    ...     "zarr_format": 3, "node_type": "array", "shape": [4], "data_type": "int16",
    ...     "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2]}},
    ...     "chunk_key_encoding": {"name": "v2"}, "fill_value": -1,
    ...     "dimension_names": ["x"], "attributes": {"_FillValue": -1},
    ...     "codecs": [{"name": "bytes", "configuration": {"endian": "big"}}]})
    >>> zarray["dtype"], zarray["fill_value"], zattrs
    ('>i2', -1, {'_ARRAY_DIMENSIONS': ['x']})
    """
    file = _expect(zarr_json, 3)
    ctx = DocumentContext(
        target, unknown, keep_attributes=keep_attributes, chunks_complete=chunks_complete
    )
    files = _write(zarr_json, file, None, "v2", on_loss, ctx)
    for written in (".zmetadata", ".zarray"):
        if written in files:
            return files[written], files[".zattrs"]
    return files[".zgroup"], files[".zattrs"]


@shorten_tracebacks
def normalize_metadata(
    document: Mapping[str, Any],
    *,
    target: TargetName = "spec",
    on_loss: OnLoss = "error",
    unknown: Unknown = "error",
    keep_attributes: bool = False,
) -> dict[str, Any]:
    """Write a document again in its own format, what other writers got odd repaired, so that `target` opens it.

    Parameters
    ----------
    document : dict
        A ``.zarray``, ``.zgroup``, ``.zmetadata`` or ``zarr.json``.
    target, on_loss, unknown, keep_attributes
        As in :func:`translate_metadata`, which also gives the notes and losses.

    Returns
    -------
    dict
        Plain JSON, new at each call; of an object of a v2 group with consolidated metadata, the ``.zmetadata``.

    Raises
    ------
    InvalidCodecError, UnknownCodecError, NotRepresentableError, LossError
        As in :func:`translate_metadata`; among them for what is odd without a certain meaning.

    Example
    -------
    >>> normalize_metadata({
    ...     "zarr_format": 3, "node_type": "array", "shape": [4], "data_type": "int16", "fill_value": None,
    ...     "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2]}},
    ...     "chunk_key_encoding": "v2", "codecs": []})["codecs"]
    [{'name': 'bytes', 'configuration': {'endian': 'little'}}]
    """
    file = file_of(document)
    ctx = DocumentContext(target, unknown, keep_attributes=keep_attributes)
    files = _write(document, file, None, None, on_loss, ctx)
    found: dict[str, Any] = files.get(".zmetadata", files[file])
    return found


def _expect(document: Mapping[str, Any], zarr_format: int) -> DocumentFile:
    """Check a document's format, and give the name of its file."""
    file = file_of(document)
    if (file == "zarr.json") != (zarr_format == 3):
        other = 5 - zarr_format
        raise invalid_member(
            ("zarr_format",),
            Message(
                f"expected {zarr_format}, got {other}; ",
                Hint(call="normalize_metadata"),
                f" repairs a v{other} document",
            ),
        )
    return file
