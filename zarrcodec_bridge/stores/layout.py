"""Which documents arrays and groups have, where they are, and in which order they come and go."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

JOURNAL: Final = ".zarrcodec_bridge"
"""The folder, directly in the store, of what a migration records there."""

NODE_DOCUMENTS: Final = (".zarray", ".zgroup", ".zattrs", "zarr.json")
"""What an array or group may have, consolidated metadata aside."""

GROUP_DOCUMENTS: Final = (*NODE_DOCUMENTS, ".zmetadata")
"""What a group may have."""

METADATA: Final = frozenset(GROUP_DOCUMENTS)
"""The names of the documents that a migration writes or removes."""

WRITING_ORDER: Final = (".zattrs", "zarr.json", ".zarray", ".zgroup", ".zmetadata")
"""An array or group appears with its last document."""

DELETING_ORDER: Final = (".zarray", ".zgroup", ".zmetadata", "zarr.json", ".zattrs")
"""First goes what makes it an array or a group: what is left of it then is not translated without the rest."""

Found: TypeAlias = Mapping[str, "bytes | Exception"]
"""The documents of one node by file name; what does not exist is left out."""


def below(path: str, name: str) -> str:
    """The key or path of `name` in the folder `path`."""
    return f"{path}/{name}" if path and name else path or name


def parent(path: str) -> str:
    """The folder that `path` is in."""
    return path.rpartition("/")[0]


def name_in(path: str) -> str:
    """The last name of a path or key."""
    return path.rpartition("/")[2]


def may_be_node(name: str) -> bool:
    """Whether a folder of this name may be an array or a group, or hold some."""
    return name != JOURNAL and name not in METADATA


def old_documents(kind: str, zarr_format: int) -> tuple[str, ...]:
    """What a migration to a format translates, and may remove in the end."""
    if zarr_format == 2:
        return ("zarr.json",)
    return (".zarray", ".zattrs") if kind == "array" else (".zgroup", ".zattrs", ".zmetadata")


def by_depth(paths: Iterable[str]) -> list[list[str]]:
    """Paths in waves of one depth, the root first."""
    waves: dict[int, list[str]] = {}
    for path in paths:
        waves.setdefault(path.count("/") + 1 if path else 0, []).append(path)
    return [sorted(waves[depth]) for depth in sorted(waves)]


def waves(groups: Iterable[str], links: Mapping[str, str]) -> list[list[str]]:
    """Groups in the order in which they are written: each after all in it, also what links in it lead to."""
    paths = list(groups)
    if not links:
        return by_depth(paths)[::-1]
    heights: dict[str, int] = {}
    within: dict[str, set[str]] = {path: set() for path in paths}
    for path in paths:
        above = path
        while above:
            above = parent(above)
            if above in within:
                within[above].add(path)
    for link, target in links.items():
        behind = {
            path
            for path in paths
            if path == target or path.startswith(f"{target}/" if target else "")
        }
        above = link
        while above:
            above = parent(above)
            if above in within:
                within[above] |= behind - {above}
    for start in sorted(paths):
        stack = [start]
        under_way: set[str] = set()
        while stack:
            path = stack[-1]
            if path not in under_way and path not in heights:
                under_way.add(path)
                stack += [
                    one for one in within[path] if one not in heights and one not in under_way
                ]
                continue
            stack.pop()
            heights.setdefault(
                path, 1 + max((heights.get(one, -1) for one in within[path]), default=-1)
            )
    found: dict[int, list[str]] = {}
    for path, height in heights.items():
        found.setdefault(height, []).append(path)
    return [sorted(found[height]) for height in sorted(found)]


def json_object(data: object) -> dict[str, Any] | None:
    """What is in a document; ``None`` if it is not there, or does not hold a JSON object."""
    if not isinstance(data, bytes):
        return None
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
