"""The units of work: functions of a store, options and some paths, which any executor can run anywhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from zarrcodec_bridge.core.messages import Hint, Message, describe_exception, excerpt
from zarrcodec_bridge.documents.context import Place
from zarrcodec_bridge.documents.ome import find_places
from zarrcodec_bridge.stores import journal
from zarrcodec_bridge.stores.chunk_keys import ChunkGrid
from zarrcodec_bridge.stores.journal import Witness
from zarrcodec_bridge.stores.layout import (
    DELETING_ORDER,
    GROUP_DOCUMENTS,
    JOURNAL,
    METADATA,
    NODE_DOCUMENTS,
    Found,
    below,
    json_object,
    name_in,
    parent,
)
from zarrcodec_bridge.stores.plan import (
    Options,
    Plan,
    kind_of_node,
    plan_node,
)
from zarrcodec_bridge.stores.proof import has_our_layout
from zarrcodec_bridge.stores.report import NodeReport
from zarrcodec_bridge.stores.store import Document, Documents, Entries, Link, lists_cheaply, scan
from zarrcodec_bridge.stores.verify import (
    UnnamedChunksError,
    VerificationError,
    check_chunk_keys,
    verify_array,
)


@dataclass(frozen=True, slots=True)
class Visit:
    """The result of a unit of work."""

    nodes: tuple[NodeReport, ...] = ()
    visited: int = 0
    """How many folders it looked into."""
    hidden: tuple[str, ...] = ()
    """The nodes that only the old format has, so that a new group document above them would hide them."""
    groups: tuple[str, ...] = ()
    """The groups that it met."""
    places: tuple[tuple[str, Place], ...] = ()
    """What images of OME-Zarr say of nodes in them."""
    children: tuple[str, ...] = ()
    """Where to go on."""
    aliases: tuple[tuple[str, str], ...] = ()
    """Links to folders of the store, and where these are."""
    outside: tuple[tuple[str, str], ...] = ()
    """Links to folders outside the store that are to be followed, and where these are."""
    remarks: tuple[str, ...] = ()
    """Remarks on links that are left alone."""
    consolidated: tuple[str, ...] = ()
    """The nodes in consolidated metadata, where old documents are to be removed."""
    entry: str | None = None
    """The key of its entry in the journal, if it wrote something."""
    stopped: str | None = None
    """Why nothing more can be written."""


class Folder(NamedTuple):
    """A folder to look into."""

    path: str
    place: Place | None = None
    """What an image of OME-Zarr says of it."""


@dataclass(frozen=True, slots=True)
class GroupTask:
    """A group whose contents are done."""

    path: str
    blocked: str | None = None
    """The reason why its document must not be written."""
    without: tuple[str, ...] = ()
    """Nodes in it that its consolidated metadata must leave out."""
    place: Place | None = None
    """What an image of OME-Zarr says of it."""


def documents_of(store: Documents, paths: Sequence[str], names: Sequence[str]) -> list[Found]:
    """The documents of some nodes, by file name."""
    keys = {path: [(name, below(path, name)) for name in names] for path in paths}
    found = store.read([key for pairs in keys.values() for _, key in pairs])
    return [{name: found[key] for name, key in keys[path] if key in found} for path in paths]


def visit(store: Documents, options: Options, folders: Sequence[Folder]) -> Visit:
    """Look into some folders: migrate the arrays, and find the groups and what may be below them."""
    plans: list[Plan] = []
    groups: list[str] = []
    children: list[str] = []
    links: list[tuple[str, Link]] = []
    found_places: dict[str, Place] = {}
    paths = [folder.path for folder in folders]
    read = documents_of(store, paths, NODE_DOCUMENTS)
    for (path, place), documents in zip(folders, read, strict=True):
        found = dict(documents)
        if not path and not found:
            found.update(documents_of(store, [""], [".zmetadata"])[0])
        kind, more = kind_of_node(found)
        listed = _entries(store, path) if more else Entries()
        if isinstance(listed, Exception):
            plan = Plan(path, kind or "unknown", hides=True)
            plan.refuse(Message("it cannot be listed: ", describe_exception(listed)), "failed")
            plans.append(plan)
            continue
        children += [below(path, name) for name in sorted(listed.folders) if name != JOURNAL]
        links += [(below(path, link.name), link) for link in sorted(listed.links)]
        unread = [name for name in listed.documents if name not in found and _is_read(path, name)]
        if unread and (unread := _still_unread(store, path, unread)):
            plan = Plan(path, kind or "unknown", hides=True)
            plan.refuse(f"{unread[0]} is listed, but cannot be read", "failed")
            plans.append(plan)
            continue
        if kind == "group":
            groups.append(path)
            attributes = json_object(found.get(".zattrs")) if options.zarr_format == 3 else None
            if options.zarr_format == 2:
                attributes = (json_object(found.get("zarr.json")) or {}).get("attributes")
            found_places |= find_places(attributes, path)
        elif kind is not None:
            plans.append(plan_node(store, path, kind, found, options, place=place))
    found_links = _links(options, links)
    done = _carry_out(store, options, [*plans, *found_links.refused])
    return replace(
        done,
        visited=len(paths),
        groups=tuple(groups),
        places=tuple(found_places.items()),
        children=tuple(children),
        aliases=tuple(found_links.aliases),
        outside=tuple(found_links.outside),
        remarks=tuple(found_links.remarks),
    )


@dataclass(frozen=True, slots=True)
class _Links:
    """What is to be done with links to folders."""

    aliases: list[tuple[str, str]] = field(default_factory=list)
    outside: list[tuple[str, str]] = field(default_factory=list)
    refused: list[Plan] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def _links(options: Options, links: Sequence[tuple[str, Link]]) -> _Links:
    """Decide about links: what they lead to is migrated where it is, once, or refused if it is not in the store."""
    found = _Links()
    for path, link in links:
        if link.inside is not None and link.inside.partition("/")[0] != JOURNAL:
            found.aliases.append((path, link.inside))
            found.remarks.append(
                f"{path} is a link to {link.inside or 'the store itself'}, which is migrated where it is"
            )
        elif link.outside is not None and options.follow_links:
            found.outside.append((path, link.outside))
            found.remarks.append(f"{path} is a link that leads out of the store, to {link.target}")
        elif link.outside is not None:
            plan = Plan(path, "unknown", hides=True)
            plan.refuse(
                Message(
                    f"it is a link that leads out of the store, to {link.target}; ",
                    Hint("follow_links", True),
                    " goes there",
                )
            )
            found.refused.append(plan)
        elif link.inside is not None:
            found.remarks.append(
                f"{path} is a link to the journal of migrations, and is left alone"
            )
        else:
            found.remarks.append(f"{path} is a link {link.target}")
    return found


def _entries(store: Documents, path: str) -> Entries | Exception:
    """The content of a folder, as the store lists it."""
    look: Callable[[str], Entries] | None = getattr(store, "entries", None)
    try:
        if look is not None:
            return look(path)
        found = Entries()
        for name, is_folder in scan(store, path):
            if is_folder is None and name in METADATA:
                is_folder = next(scan(store, below(path, name)), None) is not None
            if is_folder is not False:
                found.folders.append(name)
            elif name in METADATA:
                found.documents.append(name)
        return found
    except (FileNotFoundError, NotADirectoryError):
        return Entries()
    except Exception as error:  # stores raise what their backends raise
        return error


def _is_read(path: str, name: str) -> bool:
    """Whether a visit reads a document of this name there."""
    return name in NODE_DOCUMENTS or not path


def _still_unread(store: Documents, path: str, names: Sequence[str]) -> list[str]:
    """The documents that cannot be read and are listed still: another run may have written or deleted some."""
    (found,) = documents_of(store, [path], names)
    left = [name for name in names if name not in found]
    listed = _entries(store, path) if left else Entries()
    if isinstance(listed, Exception):
        return left
    return [name for name in left if name in listed.documents]


def write_groups(store: Documents, options: Options, tasks: Sequence[GroupTask]) -> Visit:
    """Migrate some groups, of which none is in another."""
    plans: list[Plan] = []
    paths = [task.path for task in tasks]
    for task, found in zip(tasks, documents_of(store, paths, GROUP_DOCUMENTS), strict=True):
        plan = plan_node(store, task.path, "group", found, options, task.without, task.place)
        if plan.writes and task.blocked is not None:
            plan.refuse(task.blocked)
        plans.append(plan)
    done = _carry_out(store, options, plans, options.witness)
    listed = [node for plan in plans for node in _consolidated(plan)] if options.remove_old else []
    return replace(done, visited=len(tasks), consolidated=tuple(listed))


def _consolidated(plan: Plan) -> list[str]:
    """The paths of the nodes that the consolidated metadata of a group lists."""
    if ".zmetadata" in plan.old:
        keys = json.loads(plan.old[".zmetadata"])["metadata"]
        return [
            below(plan.path, parent(key))
            for key in keys
            if name_in(key) in (".zarray", ".zgroup") and parent(key)
        ]
    held = json.loads(plan.old.get("zarr.json", b"{}")).get("consolidated_metadata")
    return [below(plan.path, node) for node in held["metadata"]] if held else []


def _carry_out(
    store: Documents, options: Options, plans: Sequence[Plan], witness: Witness | None = None
) -> Visit:
    """Verify and write what was planned, with a witness only as long as nobody takes back what is below it."""
    _settle_conflicts(store, plans)
    _check_folders(store, plans)
    for plan in plans:
        _verify(store, options, plan)
    entry = stopped = None
    changing = [plan for plan in plans if plan.writes]
    if changing and not options.dry_run:
        entry, stopped = _write(store, options, changing, witness)
    for plan in plans:
        plan.removed = (
            options.remove_old and bool(plan.new) and plan.outcome not in ("refused", "failed")
        )
    hidden = [
        plan.path for plan in plans if plan.hides and plan.outcome not in ("will change", "done")
    ]
    nodes = tuple(plan.report() for plan in plans)
    return Visit(nodes, hidden=tuple(hidden), entry=entry, stopped=stopped)


def _settle_conflicts(store: Documents, plans: Sequence[Plan]) -> None:
    """Let documents that a migration wrote be replaced, and refuse to touch others."""
    conflicting = [plan for plan in plans if plan.conflicts]
    if not conflicting:
        return
    try:
        ours = journal.load(store).written
    except Exception as error:  # stores raise what their backends raise
        for plan in conflicting:
            plan.refuse(f"the journal cannot be read: {describe_exception(error)}", "failed")
        return
    for plan in conflicting:
        for name, there in plan.conflicts.items():
            recorded = ours.get(below(plan.path, name), ())
            known = journal.digest(there) in recorded or json_object(there) is None
            if recorded and known and has_our_layout(there):
                continue
            plan.refuse(
                f"{name} is there already and {_difference(there, plan.new[name])};"
                " keep it and leave this node as it is, or delete it and run again"
            )


def _difference(there: bytes, wanted: bytes) -> str:
    found, expected = json_object(there), json.loads(wanted)
    if found is None:
        return "is not a JSON object"
    unlike = sorted(
        key for key in {*found, *expected} if found.get(key, ...) != expected.get(key, ...)
    )
    named = ", ".join(excerpt(key) for key in unlike[:10])
    if len(unlike) > 10:
        named += f" and {len(unlike) - 10} more"
    return f"differs in {named or 'the order of its members'}"


def _check_folders(store: Documents, plans: Sequence[Plan]) -> None:
    """Refuse nodes where a folder has the name of a document to write, if that is cheap to know."""
    keys = {below(plan.path, name): (plan, name) for plan in plans for name in plan.writes}
    look: Callable[[Sequence[str]], Iterable[str]] | None = getattr(store, "folders_among", None)
    if not lists_cheaply(store):
        return
    try:
        if look is not None:
            taken = [*look([*keys])]
        else:
            taken = [key for key in keys if next(scan(store, key), None) is not None]
    except Exception as error:  # stores raise what their backends raise
        for plan, name in keys.values():
            plan.refuse(f"{name} cannot be looked at: {describe_exception(error)}", "failed")
        return
    for plan, name in map(keys.__getitem__, taken):
        plan.refuse(f"{name} is a folder, where its document is to be; rename the folder")


def _verify(store: Documents, options: Options, plan: Plan) -> None:
    """Decode chunks of an array, or check their keys where that costs little."""
    if plan.kind != "array" or not plan.new or plan.outcome not in ("will change", "unchanged"):
        return
    documents = {**plan.old, **plan.new}
    source = ".zarray" if options.zarr_format == 3 else "zarr.json"
    try:
        if options.verify:
            plan.verified = verify_array(
                store,
                plan.path,
                documents,
                options.verify,
                source=source,
                thorough=options.remove_old,
            )
        elif plan.writes and lists_cheaply(store):
            check_chunk_keys(store, ChunkGrid.of(documents[".zarray"], plan.path), source)
    except UnnamedChunksError as error:
        plan.refuse(error.text)
    except VerificationError as error:
        if options.verify:
            plan.refuse(Message("not verified: ", error.text))
        else:
            plan.refuse(error.text, "failed")
    except Exception as error:  # stores raise what their backends raise
        plan.refuse(f"its chunks cannot be looked at: {describe_exception(error)}", "failed")


def _write(
    store: Documents, options: Options, plans: Sequence[Plan], witness: Witness | None
) -> tuple[str | None, str | None]:
    """Write the planned documents after a record of them: the record's key, and why it cannot go on, if so."""
    written = {below(plan.path, name): data for plan in plans for name, data in plan.writes.items()}
    record = journal.entry(written=written)
    if witness is None:
        reason = _write_documents(store, options, plans, record)
        return (record.key if reason is None else None), reason
    reason = _write_record(store, record) or _objection(store, witness, record)
    if reason is None:
        reason = _write_documents(store, options, plans, None)
    if reason is None and (reason := _objection(store, witness, record)) is not None:
        _take_back(store, plans)
    if reason is None:
        return record.key, None
    for plan in plans:
        plan.refuse(reason, "failed")
    return None, reason


def _write_record(store: Documents, record: Document) -> str | None:
    problem = store.write_all([record]).get(record.key)
    return (
        None if problem is None else f"the store cannot be written: {describe_exception(problem)}"
    )


def _objection(store: Documents, witness: Witness, record: Document) -> str | None:
    try:
        return witness.objection(store, record)
    except Exception as error:  # stores raise what their backends raise
        return f"the journal cannot be read: {describe_exception(error)}; run again"


def _take_back(store: Documents, plans: Sequence[Plan]) -> None:
    """Delete documents of groups that were just written, where the old ones are still there.

    What a failing store keeps of them is in the journal, so that undo and the next run find it.
    """
    with suppress(Exception):
        store.names(JOURNAL)  # before there is a mark that only a working store can take away
        with journal.mark_deletion(store, "undo") as deletion:
            deletion.begin()
            _delete_new(store, plans)


def _delete_new(store: Documents, plans: Sequence[Plan]) -> None:
    paths = [plan.path for plan in plans]
    for plan, found in zip(plans, documents_of(store, paths, GROUP_DOCUMENTS), strict=True):
        if plan.old and all(found.get(name) == data for name, data in plan.old.items()):
            for name in DELETING_ORDER:
                if name in plan.writes and found.get(name) == plan.writes[name]:
                    store.delete(below(plan.path, name))


def _write_documents(
    store: Documents, options: Options, plans: Sequence[Plan], record: Document | None
) -> str | None:
    """Write the planned documents in waves, after a record if there is one; why it cannot go on, if so."""
    left = {plan.path: (plan, list(plan.writes)) for plan in plans}
    while left:
        wave = {
            below(path, name): (
                plan,
                Document(below(path, name), plan.writes[name], name in plan.conflicts),
            )
            for path, (plan, names) in left.items()
            for name in names[:1]
        }
        problems = store.write_all([document for _, document in wave.values()], record)
        if record is not None and record.key in problems:
            reason = f"the store cannot be written: {describe_exception(problems[record.key])}"
            for plan in plans:
                plan.refuse(reason, "failed")
            return reason
        record = None
        for key, (plan, _) in wave.items():
            names = left[plan.path][1]
            del names[0]
            if key in problems:
                del left[plan.path]
                _record_failure(store, options, plan, problems[key])
            elif not names:
                del left[plan.path]
                plan.outcome = "done"
    return None


def _record_failure(store: Documents, options: Options, plan: Plan, problem: Exception) -> None:
    if isinstance(problem, FileExistsError):
        _plan_again(store, options, plan)
    else:
        plan.refuse(
            f"it cannot be written: {describe_exception(problem)}; run again to go on", "failed"
        )


def _plan_again(store: Documents, options: Options, plan: Plan) -> None:
    """Someone else wrote at the same time: perhaps another run, and the same."""
    found = documents_of(store, [plan.path], GROUP_DOCUMENTS)[0]
    again = plan_node(store, plan.path, plan.kind, found, options, place=plan.place)
    plan.hides = again.hides
    if again.outcome == "unchanged":
        plan.outcome = "unchanged"
        return
    plan.refuse("someone else wrote its new document at the same time; run again", "failed")
