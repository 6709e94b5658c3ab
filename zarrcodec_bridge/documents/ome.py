"""OME-Zarr 0.4, which is Zarr v2, and 0.5, which is v3: the same members, at different places of a group's attributes.

Of 0.5: "The OME-Zarr Metadata is stored [...] under the namespaced key `ome` in attributes", with one `version`; and
"the length and names of [`axes`] MUST match [...] `dimension_names`" of the arrays that are levels of an image.

Sources: https://ngff.openmicroscopy.org/0.4/ and https://ngff.openmicroscopy.org/0.5/.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from zarrcodec_bridge.core.messages import Hint, Message, excerpt
from zarrcodec_bridge.documents.context import DocumentContext, Place

_OF_IMAGES: Final = ("omero", "image-label", "labels")
"""Members that are OME's beside `multiscales` alone: they are words that anybody may use."""

_MEMBERS: Final = (
    *("multiscales", "plate", "well", "bioformats2raw.layout", "series"),
    *_OF_IMAGES,
)
_VERSIONED: Final = frozenset({"multiscales", "plate", "well", "image-label"})
"""Members that have a version of their own in 0.4."""


def find_places(attributes: Any, group: str = "") -> dict[str, Place]:
    """Find what the attributes of a group, in either version, say of the nodes in it, by their paths."""
    if not isinstance(attributes, Mapping):
        return {}
    if isinstance(attributes.get("ome"), Mapping):
        attributes = attributes["ome"]
    at = f"{group}/" if group else ""
    found: dict[str, Place] = {}
    if attributes.get("bioformats2raw.layout") == 3:
        found[f"{at}OME"] = "series"
    if _is_image(attributes):
        found[f"{at}labels"] = "labels"
        for image in attributes["multiscales"]:
            names = _axis_names(image)
            if names is not None:
                found |= {f"{at}{level['path']}": names for level in image["datasets"]}
    return found


def ome_to_v3(attributes: dict[str, Any], ctx: DocumentContext) -> dict[str, Any]:
    """Write the attributes of a group of OME-Zarr 0.4 as those of 0.5; others stay as they are."""
    place = ctx.places.get(ctx.node)
    members = [name for name in _MEMBERS if _is_ome(name, attributes, place)]
    if not members or ctx.keep_attributes:
        return attributes
    versions = {str(part.get("version", "0.4")) for part in _versioned(attributes, members)}
    images = attributes["multiscales"] if "multiscales" in members else []
    if not all(_axis_names(image) is not None for image in images) and versions == {"0.4"}:
        versions = {"before 0.4"}
    if versions - {"0.4"} or "ome" in attributes:
        reason = "'ome' is there already" if "ome" in attributes else "only 0.4 becomes 0.5"
        _lose(f"OME-Zarr {', '.join(sorted(versions)) or '0.4'} stays as it is: {reason}", ctx)
        return attributes
    ctx.note("attributes", "OME-Zarr 0.4 becomes 0.5")
    kept = {name: value for name, value in attributes.items() if name not in members}
    moved = {name: _with_version(name, attributes[name], None) for name in members}
    return {**kept, "ome": {"version": "0.5", **moved}}


def ome_to_v2(attributes: dict[str, Any], ctx: DocumentContext) -> dict[str, Any]:
    """Write the attributes of a group of OME-Zarr 0.5 as those of 0.4; others stay as they are."""
    ome = attributes.get("ome")
    if not isinstance(ome, Mapping) or ctx.keep_attributes:
        return attributes
    members = [name for name in _MEMBERS if name in ome]
    taken = [name for name in members if name in attributes]
    if not members:
        return attributes
    if ome.get("version") != "0.5" or taken:
        version = f"OME-Zarr {excerpt(ome.get('version'))}"
        reason = f"{taken[0]!r} is there already" if taken else "only 0.5 becomes 0.4"
        _lose(f"{version} stays as it is: {reason}", ctx)
        return attributes
    ctx.note("attributes", "OME-Zarr 0.5 becomes 0.4")
    moved = {name: _with_version(name, ome[name], "0.4") for name in members}
    rest = {name: value for name, value in ome.items() if name not in (*members, "version")}
    kept = {name: value for name, value in attributes.items() if name != "ome"}
    return {**kept, **moved, **({"ome": rest} if rest else {})}


def _lose(reason: str, ctx: DocumentContext) -> None:
    ctx.lose(
        "attributes",
        Message(
            f"{reason}, and programs for images do not find it in the other format; ",
            Hint("keep_attributes", True),
            " writes it so",
        ),
    )


def _is_ome(name: str, attributes: Mapping[str, Any], place: Place | None) -> bool:
    """Whether a member of a group's attributes is OME's, and not of the same name by chance."""
    if name not in attributes:
        return False
    value = attributes[name]
    match name:
        case "multiscales":
            return _is_image(attributes)
        case "plate":
            return isinstance(value, Mapping) and isinstance(value.get("wells"), list)
        case "well":
            return isinstance(value, Mapping) and isinstance(value.get("images"), list)
        case "bioformats2raw.layout":
            return bool(value == 3)
        case _:
            return name == place or (name in _OF_IMAGES and _is_image(attributes))


def _is_image(attributes: Mapping[str, Any]) -> bool:
    images = attributes.get("multiscales")
    return (
        isinstance(images, list)
        and bool(images)
        and all(
            isinstance(image, Mapping)
            and isinstance(image.get("datasets"), list)
            and all(
                isinstance(level, Mapping) and isinstance(level.get("path"), str)
                for level in image["datasets"]
            )
            for image in images
        )
    )


def _axis_names(image: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The names of an image's axes; ``None`` where they are not written as in 0.4."""
    axes = image.get("axes")
    if not isinstance(axes, list) or not axes:
        return None
    names = [axis.get("name") if isinstance(axis, Mapping) else None for axis in axes]
    named = tuple(name for name in names if isinstance(name, str))
    return named if len(named) == len(names) else None


def _versioned(attributes: Mapping[str, Any], members: list[str]) -> Iterator[Mapping[str, Any]]:
    """The parts of members that have a version of their own."""
    for name in members:
        value = attributes[name]
        parts = value if isinstance(value, list) else [value]
        yield from (part for part in parts if name in _VERSIONED and isinstance(part, Mapping))


def _with_version(name: str, value: Any, version: str | None) -> Any:
    """Write a member with that version of its own, or none."""
    if isinstance(value, list):
        return (
            [_with_version(name, part, version) for part in value] if name in _VERSIONED else value
        )
    if not isinstance(value, Mapping) or name not in (*_VERSIONED, "omero"):
        return value
    rest = {key: part for key, part in value.items() if key != "version"}
    return {"version": version, **rest} if version is not None and name in _VERSIONED else rest
