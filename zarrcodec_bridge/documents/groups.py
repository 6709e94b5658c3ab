"""Group documents: ``.zgroup`` with the attributes of ``.zattrs``, and ``zarr.json``.

Sources: https://zarr-specs.readthedocs.io/en/latest/v2/v2.0.html#hierarchies and
https://zarr-specs.readthedocs.io/en/latest/v3/core/index.html#group-metadata.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from zarrcodec_bridge.documents.arrays_v3 import lose_extras, read_extras
from zarrcodec_bridge.documents.context import DocumentContext
from zarrcodec_bridge.documents.members import note_foreign_members, read_attributes
from zarrcodec_bridge.documents.ome import ome_to_v2, ome_to_v3

_V2_MEMBERS: Final = ("zarr_format", "attributes", "consolidated_metadata")
_V3_MEMBERS: Final = frozenset({"zarr_format", "node_type", "attributes", "consolidated_metadata"})


def group_to_v3(
    document: Mapping[str, Any], attributes: Any, ctx: DocumentContext
) -> dict[str, Any]:
    """Write the ``zarr.json`` of a v2 group; ``.zgroup`` may have members that zarr-python 3 leaves there."""
    note_foreign_members(document, _V2_MEMBERS, ctx)
    given = document.get("attributes", {}) if attributes is None else attributes
    return {
        "zarr_format": 3,
        "node_type": "group",
        "attributes": ome_to_v3(read_attributes(given, ("attributes",), ctx), ctx),
    }


def group_to_v2(
    document: Mapping[str, Any], ctx: DocumentContext
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Write the ``.zgroup`` and ``.zattrs`` of a v3 group."""
    lose_extras(read_extras(document, _V3_MEMBERS, ctx), ctx)
    attributes = read_attributes(document.get("attributes", {}), ("attributes",), ctx, "v2")
    return {"zarr_format": 2}, ome_to_v2(attributes, ctx)


def normalize_group(document: Mapping[str, Any], ctx: DocumentContext) -> dict[str, Any]:
    """Write the document of a group, in its own format, as the specification has it."""
    if document["zarr_format"] == 2:
        note_foreign_members(
            document, _V2_MEMBERS[:1], ctx, _V2_MEMBERS
        )  # zarr-python 3 leaves the others
        return {"zarr_format": 2}
    return {
        "zarr_format": 3,
        "node_type": "group",
        "attributes": read_attributes(document.get("attributes", {}), ("attributes",), ctx),
        **read_extras(document, _V3_MEMBERS, ctx),
    }
