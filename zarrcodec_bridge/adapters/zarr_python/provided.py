"""The classes that this package registers with zarr-python by entry points: codecs that zarr-python lacks.

Where another package provides a name, its class is given and not ours: zarr-python then finds one class, once. A name
that zarr-python comes to have itself is in its default configuration, which wins. So the names of imagecodecs are here
too: imagecodecs-zarr has them from Python 3.12 on, and where it is not installed they are read through the classes
that imagecodecs has for numcodecs.
"""

from __future__ import annotations

from contextlib import suppress
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final

from zarrcodec_bridge.adapters.zarr_python.wrappers import KINDS
from zarrcodec_bridge.core.registry import find
from zarrcodec_bridge.core.spec import A2A, A2B, B2B, Kind

GROUP: Final = "zarr.codecs"

NAMES: Final[dict[str, tuple[str, Kind]]] = {
    "bitround": ("bitround", A2A),
    "any_numcodecs_array_array": ("any-numcodecs.array-array", A2A),
    "any_numcodecs_array_bytes": ("any-numcodecs.array-bytes", A2B),
    "any_numcodecs_bytes_bytes": ("any-numcodecs.bytes-bytes", B2B),
}
"""The v3 name and the kind of attributes of this module that entry points name; others are ``imagecodecs_*`` names."""


def __getattr__(attribute: str) -> Any:
    name, kind = _find_codec(attribute)
    return _class_of_another_package(name) or KINDS[kind]


def _find_codec(attribute: str) -> tuple[str, Kind]:
    """The v3 name of an attribute, and the kind of the codec."""
    if attribute in NAMES:
        return NAMES[attribute]
    found = find("v3", attribute) if attribute.startswith("imagecodecs_") else None
    if found is None:
        raise AttributeError(f"module {__name__!r} has no attribute {attribute!r}")
    return attribute, found[0].kind


def _class_of_another_package(name: str) -> Any:
    found = None
    for entry in _entries(name):
        if not entry.value.startswith(f"{__name__}:"):
            with suppress(Exception):  # zarr-python reports it when it loads the same entry point
                found = entry.load()
    return found


def _entries(name: str) -> tuple[EntryPoint, ...]:
    """The entry points of a name; zarr-python has a group for all names, and one for each name without a dot."""
    found = entry_points()
    return (
        *found.select(group=GROUP, name=name),
        *(found.select(group=f"{GROUP}.{name}") if "." not in name else ()),
    )
