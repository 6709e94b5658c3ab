"""Run a migration: arrays while they are found, then groups from the deepest to the root."""

from __future__ import annotations

import warnings
from collections import deque
from collections.abc import Generator, Iterable, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial as bound
from typing import Any, Literal

from zarrcodec_bridge.core.errors import shorten_tracebacks
from zarrcodec_bridge.core.messages import Hint, Message, describe_exception
from zarrcodec_bridge.core.options import OnLoss, Unknown, check_flags, read_zarr_format
from zarrcodec_bridge.documents.context import Place
from zarrcodec_bridge.readers import TargetName
from zarrcodec_bridge.stores import journal
from zarrcodec_bridge.stores.boundary import DOCUMENT_LIMIT
from zarrcodec_bridge.stores.crew import Crew, crew_for
from zarrcodec_bridge.stores.layout import below, by_depth, parent, waves
from zarrcodec_bridge.stores.opening import open_documents
from zarrcodec_bridge.stores.plan import Options
from zarrcodec_bridge.stores.progress import Progress, progress_bar
from zarrcodec_bridge.stores.removal import (
    Removal,
    changed_documents,
    finish_removal,
    remove_old_documents,
)
from zarrcodec_bridge.stores.report import NodeReport, Report
from zarrcodec_bridge.stores.store import (
    Documents,
    MigrationError,
    check_number,
    close_store,
    remarks_of,
)
from zarrcodec_bridge.stores.verify import check_backend
from zarrcodec_bridge.stores.work import Folder, GroupTask, Visit, visit, write_groups
from zarrcodec_bridge.translation.options import make_options

_UNIT = 128
_UNIT_VERIFIED = 8
"""Items in a unit of work, where it also decodes chunks."""


@shorten_tracebacks
def migrate(
    store: Any,
    zarr_format: Literal[2, 3] = 3,
    *,
    dry_run: bool = True,
    verify: int = 0,
    remove_old: bool = False,
    target: TargetName = "spec",
    on_loss: OnLoss = "error",
    unknown: Unknown = "error",
    keep_attributes: bool = False,
    partial: bool = False,
    fail_fast: bool = False,
    executor: Executor | None = None,
    max_workers: int | None = None,
    progress: bool | Progress | None = None,
    storage_options: Mapping[str, Any] | None = None,
    follow_links: bool = False,
    take_over: bool = False,
    document_limit: int = DOCUMENT_LIMIT,
) -> Report:
    """Give all arrays and groups of a store the metadata of the other format, for the chunks that they have.

    Only metadata documents are written, beside those that are there; chunks are neither moved nor encoded again. At
    every moment all that could be read before can be read, in one format at least. What was written is recorded in
    the store, so that a run that was interrupted goes on when it is started again, and :func:`undo` takes it back.

    Parameters
    ----------
    store : str, path, mapping, or store object
        A directory, a zip file, a URL that fsspec knows, a mapping from keys to bytes, or a store of zarr-python.
    zarr_format : {3, 2}
        The format to write.
    dry_run : bool
        Only report what would be done.
    verify : int
        How many chunks of each array to decode, with zarr-python 3, through both metadata, before anything of it is
        written. An array whose chunks differ, or cannot be decoded, is refused.
    remove_old : bool
        In the end remove the old documents, if all arrays and groups have new ones and all arrays were verified;
        needs `verify`.
    target : str or tuple of str
        The reader that the new metadata is for, or several, as in :func:`.translate`.
    on_loss : {"error", "warn", "ignore"}
        Whether to refuse arrays whose chunks decode equal, but in which later writes would differ in value; the
        losses are in the report.
    unknown : {"error", "keep", "wrap"}
        What to do with codecs that are not known.
    keep_attributes : bool
        Leave attributes as they are, but for the dimension names. By default missing values stay missing for
        xarray, as :func:`.documents.metadata.translate_metadata` says.
    partial : bool
        Write the documents of groups even if something in them was refused. Readers that open the new documents
        will not see it there.
    fail_fast : bool
        Stop at the first array or group that is refused.
    executor : concurrent.futures.Executor, optional
        Where to work: threads of its own by default; dask's ``Client.get_executor()``, a process pool.
    max_workers : int, optional
        How many threads; on an executor, how many units of work are under way.
    progress : bool or callable, optional
        A progress bar (by default on a terminal), or what to call with the numbers of nodes done and found.
    storage_options : mapping, optional
        For a URL: what fsspec's file system takes.
    follow_links : bool
        In a directory: read and write also what links lead to that leave it. A link that stays in it is followed for
        reading anyway, and what it leads to is migrated where it is. On a server: follow redirects to another one.
    take_over : bool
        Go on although the journal has the mark of another deletion, which is known to have ended.
    document_limit : int
        The bytes of a document at most; a larger one is not read.

    Returns
    -------
    Report
        An entry for each array and group; prints as a table with a summary.

    Raises
    ------
    MigrationError
        There is no such store, nothing in it, or the options contradict each other. Nothing was written.
    OptionError
        An option has a value that it does not take.
    BackendError
        `verify` without zarr-python 3, or a URL without its package.

    Example
    -------
    >>> import json
    >>> store = {"a/.zarray": json.dumps({
    ...     "zarr_format": 2, "shape": [4], "chunks": [2], "dtype": "<i2", "order": "C", "filters": None,
    ...     "compressor": {"id": "gzip", "level": 5}, "fill_value": 0}).encode()}
    >>> print(migrate(store).summary())
    a dict to v3 (dry run, nothing was written): 1 will change
    >>> migrate(store, dry_run=False).ok, json.loads(store["a/zarr.json"])["data_type"]
    (True, 'int16')
    """
    zarr_format = read_zarr_format(zarr_format)
    check_flags(dry_run=dry_run, remove_old=remove_old, partial=partial, fail_fast=fail_fast)
    check_flags(keep_attributes=keep_attributes, follow_links=follow_links, take_over=take_over)
    check_number("verify", verify, 0)
    if max_workers is not None:
        check_number("max_workers", max_workers, 1)
    if remove_old and not verify:
        raise MigrationError(
            Message(
                "old documents are removed after verification only; pass ",
                Hint("verify", 3),
                ", say",
            )
        )
    make_options(target, on_loss, unknown)
    options = Options(
        zarr_format,
        dry_run,
        verify,
        target,
        on_loss,
        unknown,
        partial,
        remove_old,
        keep_attributes,
        follow_links,
        take_over,
    )
    if verify:
        check_backend()
    documents = open_documents(
        store, storage_options, follow_links=follow_links, document_limit=document_limit
    )
    keep = False
    try:
        title = f"{documents.name} to v{zarr_format}"
        with (
            _without_warnings_of_zarr(verify),
            crew_for(documents, executor, max_workers) as crew,
            progress_bar(progress, title) as show,
        ):
            report = _Migration(documents, options, crew, show, fail_fast).run()
        keep = not dry_run
    finally:
        problem = close_store(documents, keep=keep)
    return report if problem is None else report.failed(problem)


@contextmanager
def _without_warnings_of_zarr(verify: int) -> Generator[None]:
    """Silence warnings about data types and codecs of arrays that are there already."""
    if not verify:
        yield
        return
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"(zarr|numcodecs)\b")
        yield


class _Migration:
    """One run, and what it has found so far."""

    def __init__(
        self, store: Documents, options: Options, crew: Crew, show: Progress, fail_fast: bool
    ) -> None:
        self.store = store
        self.options = options
        self.crew = crew
        self.show = show
        self.fail_fast = fail_fast
        self.unit = _UNIT_VERIFIED if options.verify else _UNIT
        self.nodes: dict[str, NodeReport] = {}
        self.groups: list[str] = []
        self.hidden: list[str] = []
        self.places: dict[str, Place] = {}
        """By the paths of nodes: what images of OME-Zarr say of them."""
        self.hiding: dict[str, list[str]] = {}
        """The hidden nodes below each folder that has some."""
        self.aliases: dict[str, str] = {}
        """Links to folders that are migrated where they are, and where that is."""
        self.outside: dict[str, str] = {}
        """The folders outside the store that links lead to, and the first of the links to each."""
        self.looked_for: set[str] = set()
        self.written: list[str] = []
        """The nodes with new documents whose names may not be on the disk."""
        self.unsettled: str | None = None
        self.remarks: list[str] = []
        self.consolidated: list[str] = []
        self.done, self.found = 0, 1
        self.stopped: str | None = None
        self.not_removed: str | None = None

    def run(self) -> Report:
        """Migrate the whole store."""
        if not self.options.dry_run:
            self.options = replace(self.options, witness=self._find_witness())
        self._visit_folders([""])
        while self.stopped is None and (missed := self._missed_targets()):
            self._visit_folders(missed)
        self._check_anything_was_found()
        self._hide_through_links()
        for wave in waves(self.groups, self.aliases):
            self._settle()  # a group's document must not outlive what is below it
            if self.stopped is None:
                self._write_groups(write_groups, deque(map(self._task, wave)))
        self._settle()
        if self.options.remove_old:
            self._remove()
        nodes = tuple(self.nodes[path] for path in sorted(self.nodes))
        options = self.options
        report = Report(
            self.store.name,
            options.zarr_format,
            options.dry_run,
            nodes,
            self.stopped,
            self.not_removed,
            remarks=tuple(sorted([*self.remarks, *remarks_of(self.store)])),
        )
        return report if self.unsettled is None else report.failed(self.unsettled)

    def _settle(self) -> None:
        """Flush what was written to the disk."""
        written, self.written = self.written, []
        if not written or self.unsettled is not None:
            return
        try:
            self.store.settle(written)
        except Exception as error:  # stores raise what their backends raise
            self.unsettled = f"what was written may not outlive a power cut: {describe_exception(error)}; run again"
            self._stop(self.unsettled)

    def _find_witness(self) -> journal.Witness:
        try:
            self.remarks += journal.load(self.store).remarks
            return journal.Witness.of(
                self.store, self.options.zarr_format, take_over=self.options.take_over
            )
        except MigrationError:
            raise
        except Exception as error:  # stores raise what their backends raise
            raise MigrationError(
                f"{self.store.name} cannot be read: {describe_exception(error)}"
            ) from error

    def _visit_folders(self, paths: Iterable[str]) -> None:
        queue = deque(map(self._folder, paths))
        for result in self.crew.results(bound(_call, visit, self.options), queue, self.unit):
            children = [*result.children, *self._links_to_follow(result)]
            self.places |= dict(result.places)
            queue.extend(map(self._folder, children))
            self._add_result(result)
            self._progress(result.visited - len(result.groups), len(children))

    def _folder(self, path: str) -> Folder:
        return Folder(path, self.places.get(path))

    def _links_to_follow(self, result: Visit) -> list[str]:
        """The links to visit: the first of those that lead to the same folder."""
        self.remarks += result.remarks
        self.aliases |= dict(result.aliases)
        found = []
        for path, target in result.outside:
            first = self.outside.setdefault(target, path)
            if first == path:
                found.append(path)
            else:
                self.aliases[path] = first
        return found

    def _missed_targets(self) -> list[str]:
        """The targets of links that were not visited, since they are in an array's folder."""
        if not self.aliases:
            return []
        found = {*self.nodes, *self.groups, *self.looked_for}
        reached = set(found)
        for node in found:
            above = node
            while above:
                above = parent(above)
                reached.add(above)
        missed = [target for target in {*self.aliases.values()} if target not in reached]
        self.looked_for |= {*missed}
        return sorted(missed)

    def _hide_through_links(self) -> None:
        """Nodes that are hidden below the target of a link are hidden below the link, too."""
        left, hidden = dict(self.aliases), list(self.hidden)
        while found := [
            path for path, target in left.items() if any(_is_in(node, target) for node in hidden)
        ]:
            for path in found:
                del left[path]
                hidden.append(path)
                self._hide_node(path)

    def _check_anything_was_found(self) -> None:
        root = self.nodes.get("")
        if root is not None and root.kind == "unknown" and root.outcome == "failed":
            raise MigrationError(Message(f"{self.store.name} cannot be read: ", root.reason or ""))
        if not self.nodes and not self.groups and self.stopped is None:
            raise MigrationError(f"there is no array or group of v2 or v3 in {self.store.name}")

    def _progress(self, done: int, found: int = 0) -> None:
        """Count nodes that are done, and nodes that were found."""
        self.done += done
        self.found += found
        self.show(self.done, self.found)

    def _write_groups(self, work: Any, tasks: deque[GroupTask]) -> None:
        for result in self.crew.results(bound(_call, work, self.options), tasks, self.unit):
            self._add_result(result)
            self._progress(result.visited)

    def _add_result(self, result: Visit) -> None:
        self.groups += result.groups
        if result.entry is not None and self.options.witness is not None:
            witness = self.options.witness.or_entry(result.entry)
            self.options = replace(self.options, witness=witness)
        self.consolidated += result.consolidated
        for node in result.nodes:
            self.nodes[node.path] = node
            if node.outcome == "done":
                self.written.append(node.path)
            if self.fail_fast and node.outcome in ("refused", "failed"):
                where = f"{node.path or 'the root'} was {node.outcome}: "
                self._stop(Message(where, node.reason or ""))
        self.hidden += result.hidden
        for path in result.hidden:
            self._hide_node(path)
        if result.stopped is not None:
            self._stop(result.stopped)
        elif self.crew.elsewhere:
            self._check_arrival(result)

    def _hide_node(self, path: str) -> None:
        above = path
        while above:
            above = parent(above)
            self.hiding.setdefault(above, []).append(path)

    def _stop(self, reason: str) -> None:
        self.stopped = self.stopped or reason
        self.crew.stop()

    def _check_arrival(self, result: Visit) -> None:
        """Check that this process sees a document that workers elsewhere wrote."""
        written = [node for node in result.nodes if node.outcome == "done"]
        if written:
            names = ("zarr.json",) if self.options.zarr_format == 3 else (".zarray", ".zgroup")
            path = written[-1].path
            if not self.store.read([below(path, name) for name in names]):
                self._stop(
                    "what the executor's workers wrote is not in this store:"
                    f" {path or 'the root'} has no new document here"
                )

    def _task(self, path: str) -> GroupTask:
        hidden, place = self.hiding.get(path), self.places.get(path)
        if not hidden:
            return GroupTask(path, place=place)
        if not self.options.partial:
            more = f" and {len(hidden) - 1} more" if len(hidden) > 1 else ""
            return GroupTask(
                path,
                blocked=Message(
                    f"it holds {hidden[0]}{more}, which would not be seen through its new document; ",
                    Hint("partial", True),
                    " writes it nevertheless",
                ),
            )
        start = len(path) + 1 if path else 0
        return GroupTask(path, without=tuple(node[start:] for node in hidden), place=place)

    def _remove(self) -> None:
        problem = self._why_not_remove()
        intended = [node for node in self.nodes.values() if node.removed]
        if self.options.dry_run and problem is None:
            return
        for node in intended:
            self.nodes[node.path] = replace(node, removed=False)
        self.not_removed = problem
        if problem is not None:
            return
        groups = [node.path for node in intended if node.kind == "group"]
        arrays = [node.path for node in intended if node.kind != "group"]
        self._progress(0, len(intended))
        try:
            with journal.mark_deletion(
                self.store,
                "remove-v2" if self.options.zarr_format == 3 else "remove-v3",
                take_over=self.options.take_over,
            ) as deletion:
                self._check_unchanged(groups + arrays)
                if self.not_removed is None:
                    deletion.begin()
                    self.not_removed = finish_removal(self.store, self.options.zarr_format)
                for wave in (*by_depth(groups), arrays):
                    self._remove_wave(wave)
                if self.not_removed is None:
                    journal.forget(self.store, journal.load(self.store))
            self.store.settle([""])
        except MigrationError as error:
            self.not_removed = error.text
        except Exception as error:  # stores raise what their backends raise
            self.not_removed = self.not_removed or describe_exception(error)

    def _check_unchanged(self, paths: Iterable[str]) -> None:
        """Check before the first deletion that all nodes still have both documents."""
        work = bound(_call, changed_documents, self.options)
        for changed in self.crew.results(work, deque(map(self._folder, paths)), _UNIT):
            for removal in changed:
                self._record_removal(removal)

    def _remove_wave(self, paths: Iterable[str]) -> None:
        if self.not_removed is not None:
            return
        work = bound(_call, remove_old_documents, self.options)
        for results in self.crew.results(work, deque(map(self._folder, paths)), _UNIT):
            for removal in results:
                self._record_removal(removal)
            self._progress(len(results))

    def _record_removal(self, removal: Removal) -> None:
        node = self.nodes[removal.path]
        self.nodes[removal.path] = replace(node, removed=removal.removed)
        if removal.problem is not None:
            self.not_removed = f"{removal.path or 'the root'}: {removal.problem}"

    def _why_not_remove(self) -> str | None:
        if self.stopped is not None:
            return "the work was stopped"
        for node in self.nodes.values():
            if node.outcome in ("refused", "failed"):
                return f"{node.path or 'the root'} was {node.outcome}"
        for path in self.consolidated:
            if path not in self.nodes:
                return f"{path} is in consolidated metadata only"
        return None


def _is_in(path: str, folder: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")


def _call(work: Any, options: Options, store: Documents, items: Any) -> Any:
    """Do a unit of work; the arguments are in the order that executors need."""
    return work(store, options, items)
