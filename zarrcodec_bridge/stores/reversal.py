"""Undo a migration: only documents that it wrote are deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

from zarrcodec_bridge.core.errors import shorten_tracebacks
from zarrcodec_bridge.core.messages import describe_exception
from zarrcodec_bridge.core.options import check_flags
from zarrcodec_bridge.stores import journal
from zarrcodec_bridge.stores.boundary import DOCUMENT_LIMIT
from zarrcodec_bridge.stores.layout import (
    DELETING_ORDER,
    GROUP_DOCUMENTS,
    Found,
    below,
    by_depth,
    json_object,
    may_be_node,
    name_in,
    parent,
)
from zarrcodec_bridge.stores.opening import open_documents
from zarrcodec_bridge.stores.progress import Progress, progress_bar
from zarrcodec_bridge.stores.proof import why_not_the_same
from zarrcodec_bridge.stores.report import Kind, NodeReport, Outcome, Report
from zarrcodec_bridge.stores.store import (
    Documents,
    MigrationError,
    check_number,
    close_store,
    remarks_of,
    settle_documents,
)
from zarrcodec_bridge.stores.work import documents_of

_BATCH = 256


@shorten_tracebacks
def undo(
    store: Any,
    *,
    dry_run: bool = False,
    max_workers: int | None = None,
    progress: bool | Progress | None = None,
    storage_options: Mapping[str, Any] | None = None,
    follow_links: bool = False,
    take_over: bool = False,
    document_limit: int = DOCUMENT_LIMIT,
) -> Report:
    """Delete the documents that migrations wrote into a store, as their journal records them.

    Nothing is deleted unless all of it can be: not if one of these documents was changed since, and not if an old
    document, which would have to take over, is gone. An undo that was interrupted goes on when it is called again.

    Parameters
    ----------
    store, max_workers, progress, storage_options, follow_links, document_limit
        As for :func:`migrate`.
    dry_run : bool
        Only report what would be deleted.
    take_over : bool
        Go on although the journal has the mark of another deletion, which is known to have ended.

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
    >>> from zarrcodec_bridge.stores import migrate
    >>> store = {".zgroup": b'{"zarr_format": 2}'}
    >>> migrate(store, dry_run=False).counts, "zarr.json" in store
    ({'done': 1}, True)
    >>> undo(store).counts, sorted(store)
    ({'done': 1}, ['.zgroup'])
    """
    check_flags(dry_run=dry_run, follow_links=follow_links, take_over=take_over)
    if max_workers is not None:
        check_number("max_workers", max_workers, 1)
    documents = open_documents(
        store, storage_options, follow_links=follow_links, document_limit=document_limit
    )
    keep = False
    try:
        with (
            ThreadPoolExecutor(max_workers or documents.workers) as threads,
            progress_bar(progress, f"{documents.name} back", known=True) as show,
        ):
            report = _undo(documents, dry_run, take_over, threads, show)
        keep = not dry_run
    finally:
        problem = close_store(documents, keep=keep)
    return report if problem is None else report.failed(problem)


def _undo(
    store: Documents, dry_run: bool, take_over: bool, threads: ThreadPoolExecutor, show: Progress
) -> Report:
    recorded = _load_journal(store)
    if dry_run:
        journal.check(store, map(name_in, recorded.entries), "undo", take_over=take_over)
        return _delete_new_documents(store, recorded, threads, show, None)
    try:
        with journal.mark_deletion(store, "undo", take_over=take_over) as deletion:
            return _delete_new_documents(store, recorded, threads, show, deletion)
    except MigrationError:
        raise
    except Exception as error:  # stores raise what their backends raise
        raise MigrationError(
            f"{store.name} cannot be written: {describe_exception(error)}; run again"
        ) from error


def _delete_new_documents(
    store: Documents,
    recorded: journal.Journal,
    threads: ThreadPoolExecutor,
    show: Progress,
    deletion: journal.Deletion | None,
) -> Report:
    names: dict[str, list[str]] = {}
    for key in recorded.written:
        names.setdefault(parent(key), []).append(name_in(key))
    found = dict(zip(names, _read(store, list(names), threads), strict=True))
    kinds: dict[str, Kind] = {path: _kind(documents) for path, documents in found.items()}
    going = {
        path: [name for name in DELETING_ORDER if name in names[path] and name in documents]
        for path, documents in found.items()
    }
    nodes: dict[str, NodeReport] = {}
    for path, documents in found.items():
        problem = _find_problem(store, path, going[path], documents, recorded)
        if problem is None and kinds[path] == "group":
            problem = _find_newcomers(store, path, names, threads)
        outcome: Outcome = "refused" if problem else "will change" if going[path] else "unchanged"
        nodes[path] = NodeReport(path, kinds[path], outcome, problem)
    stopped = None
    if any(node.outcome == "refused" for node in nodes.values()):
        stopped = "nothing is deleted, because not everything can be"
    elif deletion is not None:
        if any(node.outcome == "will change" for node in nodes.values()):
            settle_documents(store, _staying_documents(found, going))
            deletion.begin()
        _delete_all(store, nodes, going, threads, show)
        if all(node.outcome != "failed" for node in nodes.values()):
            try:
                journal.forget(store, recorded)
                store.settle([""])
            except Exception as error:  # stores raise what their backends raise
                stopped = f"the journal cannot be deleted: {describe_exception(error)}; run again"
    to_v2 = any(name_in(key) == "zarr.json" for key in recorded.written)
    ordered = tuple(nodes[path] for path in sorted(nodes))
    return Report(
        store.name,
        2 if to_v2 else 3,
        deletion is None,
        ordered,
        stopped,
        undone=True,
        remarks=(*recorded.remarks, *remarks_of(store)),
    )


def _load_journal(store: Documents) -> journal.Journal:
    try:
        recorded = journal.load(store)
    except MigrationError:
        raise
    except Exception as error:  # stores raise what their backends raise
        raise MigrationError(
            f"the journal of {store.name} cannot be read: {describe_exception(error)}"
        ) from error
    if not recorded.entries:
        raise MigrationError(
            f"{store.name} has no journal of a migration: there is nothing to undo"
            + "".join(f"; {remark}" for remark in recorded.remarks[:3])
        )
    return recorded


def _staying_documents(found: Mapping[str, Found], going: Mapping[str, Sequence[str]]) -> list[str]:
    """The documents that stay, which other software may just have written."""
    return [
        below(path, name)
        for path, documents in found.items()
        for name in documents
        if going[path] and name not in going[path]
    ]


def _delete_all(
    store: Documents,
    nodes: dict[str, NodeReport],
    going: Mapping[str, Sequence[str]],
    threads: ThreadPoolExecutor,
    show: Progress,
) -> None:
    """Groups first, from the root down: what is below a group is then seen through its old document."""
    groups = [path for path in nodes if nodes[path].kind == "group" and going[path]]
    others = [path for path in nodes if nodes[path].kind != "group" and going[path]]

    def delete(path: str) -> NodeReport:
        try:
            for name in going[path]:
                store.delete(below(path, name))
        except Exception as error:  # stores raise what their backends raise
            problem = f"a document cannot be deleted: {describe_exception(error)}; run again"
            return replace(nodes[path], outcome="failed", reason=problem)
        return replace(nodes[path], outcome="done")

    done = 0
    for wave in (*by_depth(groups), others):
        for node in threads.map(delete, wave):
            nodes[node.path] = node
            done += 1
            show(done, len(groups) + len(others))
        try:
            store.settle(wave)  # before what lies below goes
        except Exception as error:  # stores raise what their backends raise
            problem = (
                f"the deletion may not outlive a power cut: {describe_exception(error)}; run again"
            )
            for path in wave:
                nodes[path] = replace(nodes[path], outcome="failed", reason=problem)
        if any(nodes[path].outcome == "failed" for path in wave):
            return


def _read(store: Documents, paths: Sequence[str], threads: ThreadPoolExecutor) -> list[Found]:
    batches = [paths[start : start + _BATCH] for start in range(0, len(paths), _BATCH)]
    read = partial(documents_of, store, names=GROUP_DOCUMENTS)
    return [found for batch in threads.map(read, batches) for found in batch]


def _kind(found: Found) -> Kind:
    if ".zarray" in found:
        return "array"
    if ".zgroup" in found or ".zmetadata" in found:
        return "group"
    document = json_object(found.get("zarr.json")) or {}
    return "group" if document.get("node_type") == "group" else "array"


def _find_problem(
    store: Documents, path: str, going: Sequence[str], found: Found, recorded: journal.Journal
) -> str | None:
    """Find out why the new documents of a node must not be deleted; ``None`` if they may."""
    for name in going:
        data = found[name]
        if isinstance(data, Exception):
            return f"{name} cannot be read: {describe_exception(data)}"
        if journal.digest(data) not in recorded.written[below(path, name)] and json_object(data):
            return f"{name} was changed since the migration"
    if "zarr.json" in going:
        others: Sequence[str] = (".zarray", ".zgroup", ".zmetadata")
    elif going:
        others = ("zarr.json",)
    else:
        return None
    if any(json_object(found.get(name)) is not None for name in others if name not in going):
        return why_not_the_same(store, path, going, found)
    return f"its old document is gone; migrate it to v{2 if 'zarr.json' in going else 3} instead"


def _find_newcomers(
    store: Documents,
    path: str,
    names: Mapping[str, Sequence[str]],
    threads: ThreadPoolExecutor,
) -> str | None:
    """Find a node in a group that only the new format has, which keeps its documents from being deleted."""
    new, old = ({"zarr.json"}, {".zarray", ".zgroup"})
    if "zarr.json" not in names[path]:
        new, old = old, new
    try:
        children = [below(path, name) for name in store.folders(path)]
    except Exception as error:  # stores raise what their backends raise
        return f"it cannot be listed: {describe_exception(error)}"
    children = [child for child in children if child not in names and may_be_node(name_in(child))]
    for child, documents in zip(children, _read(store, children, threads), strict=True):
        if documents.keys() & new and not documents.keys() & old:
            return f"{child} was added since the migration, in the new format only"
    return None
