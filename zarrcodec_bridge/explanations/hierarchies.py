"""The documents of the arrays in consolidated metadata, in references and in stores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from zarrcodec_bridge.core.errors import BridgeError, InvalidCodecError
from zarrcodec_bridge.core.messages import describe_exception, excerpt
from zarrcodec_bridge.documents.references import read_inlined, references_of, split_key
from zarrcodec_bridge.explanations.explanation import ArrayDocument
from zarrcodec_bridge.stores.layout import NODE_DOCUMENTS, Found, below, json_object, may_be_node
from zarrcodec_bridge.stores.store import Documents, lists_cheaply, scan

ARRAYS: Final = ("zarr.json", ".zarray")
"""The documents of arrays; where an array has both, readers take the first."""


def arrays_in_document(
    document: Mapping[str, Any], *, both: bool = False
) -> Iterator[ArrayDocument]:
    """Give the arrays in consolidated metadata or in a set of kerchunk references, by path."""
    inner = document.get("consolidated_metadata", document)
    if "metadata" in inner:
        held: Any = inner["metadata"]
        if not isinstance(held, Mapping):
            raise InvalidCodecError.at(
                ("metadata",), f"expected the documents of arrays and groups, got {excerpt(held)}"
            )
        if inner is not document:  # by path
            held = {
                below(path, "zarr.json" if node.get("zarr_format") == 3 else ".zarray"): node
                for path, node in held.items()
                if isinstance(node, Mapping) and "shape" in node
            }
    else:
        held = references_of(document)[0]
    nodes: dict[str, dict[str, Any]] = {}
    for key, value in held.items():
        path, file = split_key(key) if isinstance(key, str) else ("", "")
        if file in NODE_DOCUMENTS:
            nodes.setdefault(path, {})[file] = value
    for path in sorted(nodes):
        for file in ARRAYS:
            if file in nodes[path]:
                found = _inlined(path, nodes[path], file)
                if found is not None:
                    yield found
                if not both:
                    break


def _inlined(path: str, files: Mapping[str, Any], file: str) -> ArrayDocument | None:
    try:
        document = read_inlined(files[file], (below(path, file),))
        attributes = read_inlined(files[".zattrs"], ()) if ".zattrs" in files else None
    except BridgeError as error:
        return ArrayDocument(path, None, problem=error.text)
    is_group = document.get("node_type") == "group"
    return None if is_group else ArrayDocument(path, document, attributes)


def arrays_in_store(
    store: Documents, within: str = "", *, both: bool = False
) -> Iterator[ArrayDocument]:
    """Give the arrays of a store, level by level; of a server, those in consolidated metadata where it has such.

    Parameters
    ----------
    store : Documents
        The store.
    within : str
        The path of the array or group to begin with.
    both : bool
        Whether an array that has documents of both formats comes twice, one after the other.
    """
    paths = [within]
    while paths:
        names = (*NODE_DOCUMENTS, ".zmetadata") if paths == [within] else NODE_DOCUMENTS
        read = store.read([below(path, name) for path in paths for name in names])
        folders: list[str] = []
        for path in paths:
            found = {name: read[below(path, name)] for name in names if below(path, name) in read}
            arrays = [*_arrays(path, found)]
            if arrays:
                yield from arrays if both else arrays[:1]
                continue
            consolidated = None if lists_cheaply(store) else _consolidated(found)
            if consolidated is not None:
                for inner in arrays_in_document(consolidated, both=both):
                    yield ArrayDocument(
                        below(path, inner.path), inner.document, inner.attributes, inner.problem
                    )
                continue
            try:
                folders += _folders(store, path)
            except Exception as error:  # stores raise what their backends raise
                problem = f"it cannot be listed: {describe_exception(error)}"
                yield ArrayDocument(path, None, problem=problem)
        paths = folders


def _arrays(path: str, found: Found) -> Iterator[ArrayDocument]:
    """The array that these documents are of, in each format; none for a group, and for a mere folder."""
    for name in ARRAYS:
        if name not in found:
            continue
        data = found[name]
        document = json_object(data)
        if document is None:
            why = describe_exception(data) if isinstance(data, Exception) else "not a JSON object"
            yield ArrayDocument(path, None, problem=f"{name} cannot be read: {why}")
        elif document.get("node_type") != "group":
            yield ArrayDocument(path, document, json_object(found.get(".zattrs")))


def _consolidated(found: Found) -> dict[str, Any] | None:
    group = json_object(found.get("zarr.json"))
    if group is not None and isinstance(group.get("consolidated_metadata"), Mapping):
        return group
    document = json_object(found.get(".zmetadata"))
    return document if document is not None and "metadata" in document else None


def _folders(store: Documents, path: str) -> Sequence[str]:
    return sorted(
        below(path, name)
        for name, is_folder in scan(store, path)
        if is_folder is not False and may_be_node(name)
    )
