"""Taking a migration back: only what it wrote is deleted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from zarrcodec_bridge.migrate import journal
from zarrcodec_bridge.migrate.opening import open_documents
from zarrcodec_bridge.migrate.plan import Found, said
from zarrcodec_bridge.migrate.report import Kind, NodeReport, Outcome, Report
from zarrcodec_bridge.migrate.stores import (
    JOURNAL,
    METADATA,
    Documents,
    MigrationError,
    below,
    closed,
    name_in,
    parent,
)
from zarrcodec_bridge.migrate.work import GROUP_DOCUMENTS, documents_of

__all__ = ["undo"]

_BATCH = 256


def undo(
    store: Any, *, dry_run: bool = False, storage_options: Mapping[str, Any] | None = None
) -> Report:
    """Delete the documents that migrations wrote into a store, as their journal records them.

    Nothing is deleted unless all of it can be: not if one of these documents was changed since, and not if an old
    document, which would have to take over, is gone. An undo that was interrupted goes on when it is called again.

    Parameters
    ----------
    store, storage_options
        As for :func:`migrate`.
    dry_run : bool
        Only say what would be deleted.

    Returns
    -------
    Report
        ``done`` are the nodes whose new documents are gone, ``refused`` those that stand against it.

    Raises
    ------
    MigrationError
        There is no such store, or no journal in it, or it cannot be read.

    Example
    -------
    >>> from zarrcodec_bridge.migrate import migrate
    >>> store = {".zgroup": b'{"zarr_format": 2}'}
    >>> migrate(store, dry_run=False).counts, "zarr.json" in store
    ({'done': 1}, True)
    >>> undo(store).counts, sorted(store)
    ({'done': 1}, ['.zgroup'])
    """
    documents = open_documents(store, storage_options)
    keep = False
    try:
        report = _undo(documents, dry_run)
        keep = not dry_run
    finally:
        problem = closed(documents, keep=keep)
    return report if problem is None else report.failed(problem)


def _undo(store: Documents, dry_run: bool) -> Report:
    recorded = _recorded(store)
    names: dict[str, list[str]] = {}
    for key in recorded.written:
        names.setdefault(parent(key), []).append(name_in(key))
    found = dict(zip(names, _read(store, list(names)), strict=True))
    kinds: dict[str, Kind] = {path: _kind(documents) for path, documents in found.items()}
    going = {
        path: [name for name in _ORDER if name in names[path] and name in documents]
        for path, documents in found.items()
    }
    nodes: dict[str, NodeReport] = {}
    for path, documents in found.items():
        problem = _problem(path, going[path], documents, recorded)
        if problem is None and kinds[path] == "group":
            problem = _newcomers(store, path, names)
        outcome: Outcome = "refused" if problem else "will change" if going[path] else "unchanged"
        nodes[path] = NodeReport(path, kinds[path], outcome, problem)
    stopped = None
    if any(node.outcome == "refused" for node in nodes.values()):
        stopped = "nothing is deleted, because not everything can be"
    elif not dry_run:
        _delete_all(store, nodes, going)
        if all(node.outcome != "failed" for node in nodes.values()):
            try:
                journal.forget(store, recorded)
            except Exception as error:  # stores raise what their backends raise
                stopped = f"the journal cannot be deleted: {said(error)}; run again"
    to_v2 = any(name_in(key) == "zarr.json" for key in recorded.written)
    ordered = tuple(nodes[path] for path in sorted(nodes))
    return Report(store.name, 2 if to_v2 else 3, dry_run, ordered, stopped)


def _recorded(store: Documents) -> journal.Journal:
    try:
        recorded = journal.load(store)
    except Exception as error:  # stores raise what their backends raise
        raise MigrationError(
            f"the journal of {store.name} cannot be read: {said(error)}"
        ) from error
    if not recorded.entries:
        raise MigrationError(
            f"{store.name} has no journal of a migration: there is nothing to undo"
        )
    return recorded


def _delete_all(
    store: Documents, nodes: dict[str, NodeReport], going: Mapping[str, Sequence[str]]
) -> None:
    """Groups first, from the root down: what is below a group is then seen through its old document."""
    groups = [path for path in nodes if nodes[path].kind == "group" and going[path]]
    groups.sort(key=lambda path: path.count("/") + bool(path))
    others = [path for path in nodes if nodes[path].kind != "group" and going[path]]

    def delete(path: str) -> None:
        try:
            for name in going[path]:
                store.delete(below(path, name))
        except Exception as error:  # stores raise what their backends raise
            problem = f"a document cannot be deleted: {said(error)}; run again"
            nodes[path] = replace(nodes[path], outcome="failed", reason=problem)
        else:
            nodes[path] = replace(nodes[path], outcome="done")

    for path in groups:
        delete(path)
        if nodes[path].outcome == "failed":
            return
    with ThreadPoolExecutor(store.workers) as threads:
        for _ in threads.map(delete, others):
            pass


_ORDER = (".zarray", ".zgroup", "zarr.json", ".zmetadata", ".zattrs")
"""The order in which the documents of a node go: first that which makes it one."""


def _read(store: Documents, paths: Sequence[str]) -> list[Found]:
    found: list[Found] = []
    for start in range(0, len(paths), _BATCH):
        found += documents_of(store, paths[start : start + _BATCH], GROUP_DOCUMENTS)
    return found


def _document(found: Found, name: str) -> dict[str, Any] | None:
    data = found.get(name)
    if not isinstance(data, bytes):
        return None
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _kind(found: Found) -> Kind:
    if ".zarray" in found:
        return "array"
    if ".zgroup" in found or ".zmetadata" in found:
        return "group"
    return "group" if (_document(found, "zarr.json") or {}).get("node_type") == "group" else "array"


def _problem(
    path: str, going: Sequence[str], found: Found, recorded: journal.Journal
) -> str | None:
    """Why a node cannot go back."""
    for name in going:
        data = found[name]
        if isinstance(data, Exception):
            return f"{name} cannot be read: {said(data)}"
        if journal.digest(data) not in recorded.written[below(path, name)] and _document(
            found, name
        ):
            return f"{name} was changed since the migration"
    if "zarr.json" in going:
        others: Sequence[str] = (".zarray", ".zgroup", ".zmetadata")
    elif {".zarray", ".zgroup"} & set(going):
        others = ("zarr.json",)
    else:
        return None
    if any(_document(found, name) is not None for name in others if name not in going):
        return None
    return f"its old document is gone; migrate it to v{2 if 'zarr.json' in going else 3} instead"


def _newcomers(store: Documents, path: str, names: Mapping[str, Sequence[str]]) -> str | None:
    """Why a group cannot go back, where something was added to it in the new format only."""
    new, old = ({"zarr.json"}, {".zarray", ".zgroup"})
    if "zarr.json" not in names[path]:
        new, old = old, new
    try:
        children = [below(path, name) for name in store.folders(path)]
    except Exception as error:  # stores raise what their backends raise
        return f"it cannot be listed: {said(error)}"
    children = [child for child in children if child not in names and _may_be_node(child)]
    for child, documents in zip(children, _read(store, children), strict=True):
        if documents.keys() & new and not documents.keys() & old:
            return f"{child} was added since the migration, in the new format only"
    return None


def _may_be_node(path: str) -> bool:
    return name_in(path) != JOURNAL and name_in(path) not in METADATA
