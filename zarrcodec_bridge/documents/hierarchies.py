"""Consolidated metadata: ``.zmetadata`` of v2, and `consolidated_metadata` in the ``zarr.json`` of a v3 group.

zarr-python 3 has `consolidated_metadata` in its objects of v2 groups, too; they are read like those of v3.

Sources: https://zarr.readthedocs.io/en/stable/user-guide/consolidated_metadata/ and what zarr-python 2 and 3 write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from zarrcodec_bridge.core.errors import BridgeError
from zarrcodec_bridge.core.json_values import MAX_DEPTH, Path
from zarrcodec_bridge.core.messages import excerpt
from zarrcodec_bridge.documents.arrays_v2 import array_v2_to_v3, normalize_array_v2
from zarrcodec_bridge.documents.arrays_v3 import array_v3_to_v2, normalize_array_v3
from zarrcodec_bridge.documents.context import (
    DocumentContext,
    copy_member,
    invalid_member,
    locate_error,
)
from zarrcodec_bridge.documents.groups import group_to_v2, group_to_v3, normalize_group
from zarrcodec_bridge.documents.members import read_attributes, spell_numbers
from zarrcodec_bridge.documents.ome import find_places, ome_to_v3

_OF_OBJECTS: Final = frozenset({"attributes", "consolidated_metadata", "node_type"})
"""Members that zarr-python's objects of v2 nodes have, and their documents do not."""

V2_FILES: Final = frozenset({".zarray", ".zgroup", ".zattrs"})


def node_to_v3(files: Mapping[str, Any], ctx: DocumentContext) -> dict[str, Any]:
    """Write the ``zarr.json`` of one node from its v2 documents by file name."""
    attributes = files.get(".zattrs")
    if ".zarray" in files:
        return array_v2_to_v3(files[".zarray"], attributes, ctx)
    return group_to_v3(files[".zgroup"], attributes, ctx)


def node_to_v2(document: Mapping[str, Any], ctx: DocumentContext) -> dict[str, dict[str, Any]]:
    """Write the v2 documents of one node, by file name, from its ``zarr.json``."""
    if document.get("node_type") == "group":
        zgroup, attributes = group_to_v2(document, ctx)
        return {".zgroup": zgroup, ".zattrs": attributes}
    zarray, attributes = array_v3_to_v2(document, ctx)
    return {".zarray": zarray, ".zattrs": attributes}


def _check_path(key: Any, path: Path) -> None:
    """Refuse a path that leaves its hierarchy, or names nothing in it.

    Of the specification: names "must not be the empty string" nor "a string composed only of period characters".
    """
    if not isinstance(key, str) or not all(name.strip(".") for name in key.split("/")):
        raise invalid_member(
            path,
            f"expected a path of names, none of them empty or of periods alone, got {excerpt(key)}",
        )


def _members(document: Mapping[str, Any]) -> Mapping[str, Any]:
    metadata = document.get("metadata")
    if not isinstance(metadata, Mapping):
        raise invalid_member(
            ("metadata",), f"expected the documents by key, got {excerpt(metadata)}"
        )
    return metadata


def hierarchy_to_v3(
    document: Mapping[str, Any], attributes: Any, ctx: DocumentContext
) -> dict[str, Any]:
    """Write the ``zarr.json`` of a root group, with consolidated metadata, from a ``.zmetadata`` or a v2 group.

    `attributes` are those of the root, where they stand beside the document.
    """
    if "zarr_format" in document:
        root = group_to_v3(document, attributes, ctx)
        if attributes is not None:
            document = {**document, "attributes": attributes}
        nodes = dict(_translate_nodes(document, lambda child: node_to_v3(_files(child), ctx), ctx))
        return add_consolidated(root, nodes)
    found = _zmetadata_to_v3(document, ctx)
    if attributes is not None:
        found["attributes"] = ome_to_v3(read_attributes(attributes, ("attributes",), ctx), ctx)
    return found


def _join(group: str, node: str) -> str:
    return f"{group}/{node}" if group and node else group or node


def _files(document: Mapping[str, Any]) -> dict[str, Any]:
    """Put a document of a v2 node under its file name."""
    return {".zarray" if "shape" in document else ".zgroup": document}


def _zmetadata_to_v3(document: Mapping[str, Any], ctx: DocumentContext) -> dict[str, Any]:
    metadata = _members(document)
    found: dict[str, dict[str, Any]] = {}
    for key, child in metadata.items():
        if str(key).endswith(".zattrs"):
            ctx.places |= find_places(child, key.rpartition("/")[0])
    for key, child in metadata.items():
        _check_path(key, ("metadata", key))
        node, _, file = key.rpartition("/")
        at = f"{node}/" if node else ""
        if type(child) is not dict and not isinstance(child, Mapping):
            raise invalid_member(("metadata", key), f"expected an object, got {excerpt(child)}")
        ctx.node = node
        try:
            if file == ".zarray":
                found[node] = array_v2_to_v3(child, metadata.get(f"{at}.zattrs"), ctx)
            elif file == ".zgroup":
                if f"{at}.zarray" not in metadata:
                    found[node] = group_to_v3(child, metadata.get(f"{at}.zattrs"), ctx)
            else:
                ctx.node = ""
                _note_left_out(key, f"{at}.zarray" in metadata or f"{at}.zgroup" in metadata, ctx)
        except BridgeError as error:
            raise locate_error(error, node, ("metadata", key)) from error.__cause__
    ctx.node = ""
    root = found.pop("", None)
    if root is None:
        ctx.note(".zgroup", "of the root is missing, and is added")
        root = {"zarr_format": 3, "node_type": "group", "attributes": {}}
    return add_consolidated(root, found)


def _note_left_out(key: str, has_node: bool, ctx: DocumentContext) -> None:
    if not key.endswith(".zattrs"):
        ctx.note(key, "is no metadata document of v2, and is dropped")
    elif not has_node:
        ctx.note(key, "belongs to no array or group, and is dropped")


def add_consolidated(root: dict[str, Any], nodes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Write the ``zarr.json`` of a group that holds the documents of `nodes`, by their paths in it."""
    return {
        **root,
        "consolidated_metadata": {"kind": "inline", "must_understand": False, "metadata": nodes},
    }


def _inline(
    document: Mapping[str, Any], zarr_format: int, depth: int = 0
) -> Iterator[tuple[str, Path, Mapping[str, Any]]]:
    """Find the nodes of consolidated metadata with their paths, groups in groups included."""
    at = ("consolidated_metadata", "metadata")
    held = document.get("consolidated_metadata")
    if held is None:
        return
    if depth > MAX_DEPTH:  # each level repeats the paths of those in it
        raise invalid_member(
            at[:1], f"consolidated metadata is nested deeper than {MAX_DEPTH} groups"
        )
    if not isinstance(held, Mapping) or held.get("kind", "inline") != "inline":
        raise invalid_member(
            at[:1], f"expected consolidated metadata of the kind 'inline', got {excerpt(held)}"
        )
    metadata = held.get("metadata")
    if not isinstance(metadata, Mapping):
        raise invalid_member(at, f"expected the documents by path, got {excerpt(metadata)}")
    for node, child in metadata.items():
        _check_path(node, (*at, node))
        if not isinstance(child, Mapping) or child.get("zarr_format") != zarr_format:
            raise invalid_member(
                (*at, node), f"expected a v{zarr_format} document, got {excerpt(child)}"
            )
        yield node, (*at, node), child
        if "shape" not in child:
            for inner, path, document in _inline(child, zarr_format, depth + 1):
                if f"{node}/{inner}" not in metadata:
                    yield f"{node}/{inner}", (*at, node, *path), document


def _translate_nodes(
    document: Mapping[str, Any], translate: Callable[[Mapping[str, Any]], Any], ctx: DocumentContext
) -> Iterator[tuple[str, Any]]:
    """Translate the nodes of consolidated metadata, each under its path."""
    base = ctx.node
    nodes = [*_inline(document, document["zarr_format"])]
    for node, child in (("", document), *((node, child) for node, _, child in nodes)):
        if "shape" not in child:
            ctx.places |= find_places(child.get("attributes"), _join(base, node))
    for node, path, child in nodes:
        ctx.node = _join(base, node)
        try:
            translated = translate(child)
        except BridgeError as error:
            raise locate_error(error, node, path) from error.__cause__
        yield node, translated
    ctx.node = base


def _zmetadata(
    root: dict[str, Any], nodes: Iterable[tuple[str, Mapping[str, Any]]]
) -> dict[str, dict[str, Any]]:
    """Write the documents of a v2 root by file name, ``.zmetadata`` among them."""
    metadata = dict(root)
    for node, files in nodes:
        metadata.update({f"{node}/{file}": found for file, found in files.items()})
    return {**root, ".zmetadata": {"zarr_consolidated_format": 1, "metadata": metadata}}


def hierarchy_to_v2(document: Mapping[str, Any], ctx: DocumentContext) -> dict[str, dict[str, Any]]:
    """Write the ``.zgroup``, ``.zattrs`` and ``.zmetadata`` of the root, from a v3 group with consolidated metadata."""
    root = node_to_v2(document, ctx)
    return _zmetadata(root, _translate_nodes(document, lambda child: node_to_v2(child, ctx), ctx))


def normalize_hierarchy(
    document: Mapping[str, Any], attributes: Any, ctx: DocumentContext
) -> dict[str, dict[str, Any]]:
    """Write consolidated metadata in its own format, each document as the specification has it, by file name.

    `attributes` are those of the root of a v2 hierarchy, where they stand beside the document.
    """
    if document.get("zarr_format") == 3:
        nodes = _translate_nodes(document, lambda child: normalize_node_v3(child, ctx), ctx)
        return {"zarr.json": add_consolidated(normalize_group(document, ctx), dict(nodes))}
    if "zarr_format" in document:
        root = _normalize_v2_node(document, attributes, ctx)
        return _zmetadata(
            root,
            _translate_nodes(document, lambda child: _normalize_v2_node(child, None, ctx), ctx),
        )
    found = {".zmetadata": _normalize_zmetadata(document, ctx)}
    if attributes is not None:
        found[".zattrs"] = read_attributes(attributes, ("attributes",), ctx, "v2")
    return found


def normalize_node_v3(document: Mapping[str, Any], ctx: DocumentContext) -> dict[str, Any]:
    """Write the ``zarr.json`` of one node as the target opens it."""
    if document.get("node_type") == "group":
        return normalize_group(document, ctx)
    return normalize_array_v3(document, ctx)


def _normalize_v2_node(
    document: Mapping[str, Any], attributes: Any, ctx: DocumentContext
) -> dict[str, dict[str, Any]]:
    own = {key: value for key, value in document.items() if key not in _OF_OBJECTS}
    given = document.get("attributes", {}) if attributes is None else attributes
    (file,) = _files(document)
    kept = read_attributes(given, ("attributes",), ctx, "v2")
    return {file: _normalize_file(file, own, ctx, kept), ".zattrs": kept}


def _normalize_zmetadata(document: Mapping[str, Any], ctx: DocumentContext) -> dict[str, Any]:
    metadata: dict[str, Any] = {}
    members = _members(document)
    for key, found in members.items():
        _check_path(key, ("metadata", key))
        node, _, file = key.rpartition("/")
        ctx.node = node
        beside = members.get(f"{key.removesuffix('.zarray')}.zattrs")
        try:
            metadata[key] = _normalize_file(file, found, ctx, beside)
        except BridgeError as error:
            raise locate_error(error, node, ("metadata", key)) from error.__cause__
    ctx.node = ""
    return {"zarr_consolidated_format": 1, "metadata": metadata}


def _normalize_file(
    file: str, document: Any, ctx: DocumentContext, attributes: Any = None
) -> dict[str, Any]:
    if file == ".zarray":
        return normalize_array_v2(document, ctx, attributes)
    if file == ".zgroup":
        return normalize_group(document, ctx)
    if file == ".zattrs":
        return read_attributes(document, (), ctx, "v2")
    found: dict[str, Any] = spell_numbers(copy_member(document, ()), ctx, "v2")
    return found
