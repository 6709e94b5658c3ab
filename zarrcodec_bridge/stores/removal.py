"""Removing the old documents of what was migrated and verified, and finishing a removal that was interrupted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from zarrcodec_bridge.core.messages import describe_exception
from zarrcodec_bridge.stores import journal
from zarrcodec_bridge.stores.layout import (
    DELETING_ORDER,
    GROUP_DOCUMENTS,
    below,
    name_in,
    parent,
)
from zarrcodec_bridge.stores.plan import Options, Plan, kind_of_node, plan_node
from zarrcodec_bridge.stores.proof import attributes_are_kept
from zarrcodec_bridge.stores.store import Documents, settle_documents
from zarrcodec_bridge.stores.work import Folder, documents_of


@dataclass(frozen=True, slots=True)
class Removal:
    """Whether the old documents of a node were removed, or why not."""

    path: str
    removed: bool = False
    problem: str | None = None


def remove_old_documents(
    store: Documents, options: Options, folders: Sequence[Folder]
) -> tuple[Removal, ...]:
    """Remove the old documents of some nodes, each after a last check that the new ones mean the same."""
    results = {folder.path: Removal(folder.path) for folder in folders}
    removing: dict[str, dict[str, bytes]] = {}
    for plan in _plan_nodes(store, options, folders):
        if (changed := _find_change(plan)) is not None:
            results[plan.path] = changed
        elif plan.new:
            going = [name for name in DELETING_ORDER if name in plan.old]
            removing[plan.path] = {below(plan.path, name): plan.old[name] for name in going}
    if not removing:
        return tuple(results.values())
    try:
        record = journal.entry(
            removing={key: data for old in removing.values() for key, data in old.items()}
        )
        for unwritten in store.write_all([record]).values():
            raise unwritten
    except Exception as error:  # stores raise what their backends raise
        problem = f"the store cannot be written: {describe_exception(error)}"
        return tuple(
            Removal(path, problem=problem) if path in removing else result
            for path, result in results.items()
        )
    results |= _delete(store, removing)
    return tuple(results.values())


def changed_documents(
    store: Documents, options: Options, folders: Sequence[Folder]
) -> tuple[Removal, ...]:
    """Find the nodes whose old and new documents differ; if no node does, flush the new documents."""
    plans = list(_plan_nodes(store, options, folders))
    problems = tuple(problem for problem in map(_find_change, plans) if problem is not None)
    if not problems:
        settle_documents(store, [below(plan.path, name) for plan in plans for name in plan.new])
    return problems


def _plan_nodes(store: Documents, options: Options, folders: Sequence[Folder]) -> Iterator[Plan]:
    read = documents_of(store, [folder.path for folder in folders], GROUP_DOCUMENTS)
    for (path, place), found in zip(folders, read, strict=True):
        kind = kind_of_node(found)[0] or "unknown"
        yield plan_node(store, path, kind, found, options, place=place)


def _find_change(plan: Plan) -> Removal | None:
    if not plan.writes and plan.outcome == "unchanged":
        return None
    why = f" ({plan.reason})" if plan.reason else ""
    return Removal(plan.path, problem=f"its documents were changed meanwhile, and are kept{why}")


def _delete(store: Documents, removing: Mapping[str, Mapping[str, bytes]]) -> dict[str, Removal]:
    """Delete documents, those that make a node an array or a group first, and these for good before the others."""
    results = {path: Removal(path, removed=True) for path in removing}
    for name in DELETING_ORDER:
        going = [
            path
            for path, old in removing.items()
            if below(path, name) in old and results[path].removed
        ]
        for path in going:
            try:
                store.delete(below(path, name))
            except Exception as error:  # stores raise what their backends raise
                results[path] = _failed_removal(path, error)
        try:
            if going:
                store.settle(going)
        except Exception as error:  # stores raise what their backends raise
            results |= {path: _failed_removal(path, error) for path in going}
    return results


def _failed_removal(path: str, error: Exception) -> Removal:
    return Removal(
        path, problem=f"an old document cannot be removed: {describe_exception(error)}; run again"
    )


def finish_removal(store: Documents, zarr_format: int) -> str | None:
    """Delete the attributes of v2 that an interrupted run had recorded to remove, and had begun with: why not, if so.

    An array or group that still has its first old document is removed as others are. Raises what the store raises.
    """
    if zarr_format != 3:
        return None
    removing = journal.load(store).removing
    recorded = {key: digests for key, digests in removing.items() if name_in(key) == ".zattrs"}
    nodes = list(dict.fromkeys(map(parent, recorded)))
    for path, found in zip(nodes, documents_of(store, nodes, GROUP_DOCUMENTS), strict=True):
        key, data = below(path, ".zattrs"), found.get(".zattrs")
        begun = "zarr.json" in found and not {".zarray", ".zgroup", ".zmetadata"} & found.keys()
        if not begun or not isinstance(data, bytes) or journal.digest(data) not in recorded[key]:
            continue
        if not attributes_are_kept(found):
            return (
                f"{key} differs from zarr.json; compare the two, and delete it if it is of no use"
            )
        store.delete(key)
    return None
