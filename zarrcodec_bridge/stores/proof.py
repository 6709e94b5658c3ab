"""Whether a document may be deleted: shown by the documents that are there, whatever the journal says.

A journal comes with a store, from anywhere. What it calls written by a migration is deleted only if it has the layout
in which a migration writes, and if the document that stays means the same array or group.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Final

from zarrcodec_bridge.documents.context import DocumentContext, Place
from zarrcodec_bridge.documents.ome import ome_to_v3
from zarrcodec_bridge.readers import single_targets
from zarrcodec_bridge.stores.layout import Found, json_object
from zarrcodec_bridge.stores.plan import Options, Plan, kind_of_node, plan_node, text_of
from zarrcodec_bridge.stores.report import Kind
from zarrcodec_bridge.stores.store import Documents

_START: Final = b'{\n  "'


def has_our_layout(data: bytes) -> bool:
    """Whether a document is written as :func:`.plan.text_of` writes, whole or cut short."""
    document = json_object(data)
    if document is None:
        return data[: len(_START)] == _START[: len(data)]
    return text_of(document) == data


def why_not_the_same(store: Documents, path: str, going: Sequence[str], found: Found) -> str | None:
    """Find out why documents must not be deleted: those that stay mean something else; ``None`` if they may."""
    zarr_format = 3 if "zarr.json" in going else 2
    whole = [
        name for name in going if json_object(found[name]) is not None and name != ".zmetadata"
    ]
    for name in going:
        data = found[name]
        if not isinstance(data, bytes) or not has_our_layout(data):
            return f"{name} is not written as a migration writes it, whatever the journal says"
    if not whole:
        return None
    documents = _without_consolidated(found)
    staying = {name: data for name, data in documents.items() if name not in going}
    kind = kind_of_node(staying)[0] or "unknown"
    refused = None
    for plan in _plans(store, path, kind, documents, 3 if zarr_format == 3 else 2):
        if plan.outcome in ("refused", "failed"):
            refused = plan
        elif all(name in plan.new and name not in plan.writes for name in whole):
            return None
    if refused is not None and _same_shape(documents):
        return None
    new, old = (
        whole[0],
        next((name for name in (".zarray", ".zgroup", "zarr.json") if name in staying), ""),
    )
    return f"{new} and {old} do not mean the same any more; run the migration again, or delete the one that is wrong"


def _without_consolidated(found: Found) -> Found:
    """The documents of a node; of a group without consolidated metadata."""
    documents = dict(found)
    held = documents.pop(".zmetadata", None)
    if held is not None and ".zgroup" not in documents and ".zarray" not in documents:
        documents[".zgroup"] = b'{"zarr_format": 2}'
    document = json_object(documents.get("zarr.json"))
    if document is not None and "consolidated_metadata" in document:
        del document["consolidated_metadata"]
        documents["zarr.json"] = text_of(document)
    return documents


def _plans(
    store: Documents, path: str, kind: Kind, found: Found, zarr_format: int
) -> Iterator[Plan]:
    """Plan the node with each set of options that a migration may have had."""
    for place, target, unknown, keep in product(
        _possible_places(found), single_targets(), ("keep", "wrap"), (False, True)
    ):
        options = Options(
            3 if zarr_format == 3 else 2,
            True,
            0,
            target,
            "ignore",
            "wrap" if unknown == "wrap" else "keep",
            True,
            False,
            keep,
        )
        yield plan_node(store, path, kind, found, options, place=place)


def _possible_places(found: Found) -> list[Place | None]:
    """What an image of OME-Zarr may have said of a node when it was migrated."""
    document = json_object(found.get("zarr.json")) or {}
    names, attributes = document.get("dimension_names"), document.get("attributes")
    places: list[Place | None] = [None]
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        places.append(tuple(names))
    ome = attributes.get("ome") if isinstance(attributes, dict) else None
    if isinstance(ome, dict):
        if "labels" in ome:
            places.append("labels")
        if "series" in ome:
            places.append("series")
    return places


def _same_shape(found: Found) -> bool:
    """Whether the documents of an array, of which one is not translated by now, are of one shape."""
    old, new = json_object(found.get(".zarray")), json_object(found.get("zarr.json"))
    return old is not None and new is not None and old.get("shape") == new.get("shape")


def attributes_are_kept(found: Found) -> bool:
    """Whether ``zarr.json`` has all attributes of ``.zattrs``."""
    old, new = json_object(found.get(".zattrs")), json_object(found.get("zarr.json"))
    if old is None or new is None:
        return False
    kept = new.get("attributes", {})
    if not isinstance(kept, dict):
        return False
    names = new.get("dimension_names")
    return any(
        all(
            kept.get(key, ...) == value or (key == "_ARRAY_DIMENSIONS" and value == names)
            for key, value in ome_to_v3(old, DocumentContext(place=place)).items()
        )
        for place in _possible_places(found)
    )
