"""Plan the migration of one array or group, from the documents that it has."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Literal

from zarrcodec_bridge.core.errors import BridgeError, Loss, Note
from zarrcodec_bridge.core.messages import Message, describe_exception, excerpt
from zarrcodec_bridge.core.options import OnLoss, Unknown
from zarrcodec_bridge.documents.context import Place
from zarrcodec_bridge.documents.metadata import file_of, translate_metadata
from zarrcodec_bridge.readers import TargetName
from zarrcodec_bridge.stores.chunk_keys import CompleteArrays
from zarrcodec_bridge.stores.journal import Witness
from zarrcodec_bridge.stores.layout import (
    METADATA,
    WRITING_ORDER,
    Found,
    below,
    json_object,
    name_in,
    old_documents,
)
from zarrcodec_bridge.stores.report import Kind, NodeReport, Outcome
from zarrcodec_bridge.stores.store import Documents, MigrationError
from zarrcodec_bridge.translation.options import Translation

_ENCODER: Final = json.JSONEncoder()

_BESIDE: Final = frozenset({".zattrs", ".zmetadata"})
"""Without these, some software reads the node all the same."""


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a migration."""

    zarr_format: Literal[2, 3]
    dry_run: bool
    verify: int
    target: TargetName
    on_loss: OnLoss
    unknown: Unknown
    partial: bool
    remove_old: bool
    keep_attributes: bool = False
    follow_links: bool = False
    take_over: bool = False
    witness: Witness | None = None
    """The entry that is there as long as nobody takes back what was written."""


@dataclass(slots=True)
class Plan:
    """The documents to write for one node, or the reason why none are."""

    path: str
    kind: Kind
    outcome: Outcome = "unchanged"
    place: Place | None = None
    """What an image of OME-Zarr says of the node."""
    reason: str | None = None
    notes: tuple[Note, ...] = ()
    losses: tuple[Loss, ...] = ()
    old: dict[str, bytes] = field(default_factory=dict)
    """The documents that were translated."""
    new: dict[str, bytes] = field(default_factory=dict)
    """The documents that they become, those that are there already included."""
    writes: dict[str, bytes] = field(default_factory=dict)
    """Those to write, in this order."""
    conflicts: dict[str, bytes] = field(default_factory=dict)
    """Documents in the way, which may only be replaced if a migration wrote them."""
    hides: bool = False
    """Whether a new document of a group above would hide this node: only the old format has it."""
    verified: int | None = None
    removed: bool = False

    def refuse(self, reason: str, outcome: Outcome = "refused") -> None:
        """Write nothing, and report the reason."""
        self.outcome, self.reason, self.writes = outcome, reason, {}

    def report(self) -> NodeReport:
        """The node as it is reported."""
        return NodeReport(
            self.path,
            self.kind,
            self.outcome,
            self.reason,
            self.notes,
            self.losses,
            self.verified,
            self.removed,
        )


class _RefusalError(Exception):
    """A document cannot be read; `readable` if other software may read it nevertheless."""

    def __init__(self, reason: str, *, readable: bool = True, failed: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.readable = readable
        self.failed = failed


def kind_of_node(found: Found) -> tuple[Kind | None, bool]:
    """What a folder with these documents is, ``None`` for a mere folder; and whether nodes may be below it."""
    group = ".zgroup" in found or ".zmetadata" in found
    if ".zarray" in found:
        unread = all(isinstance(data, Exception) for data in found.values())
        return ("unknown" if unread else "array"), group
    if "zarr.json" in found:
        document = json_object(found["zarr.json"])
        if document is None:
            return ("group" if group else "unknown"), True
        if document.get("node_type") == "group":
            return "group", True
        return "array", group
    return ("group" if group else None), True


def plan_node(
    store: Documents,
    path: str,
    kind: Kind,
    found: Found,
    options: Options,
    without: Collection[str] = (),
    place: Place | None = None,
) -> Plan:
    """Plan the documents to write for one node.

    Parameters
    ----------
    store : Documents
        Where chunks are looked for, if what is to be written depends on them.
    path : str
        Where it is.
    kind : {"array", "group", "unknown"}
        Its kind, from :func:`kind_of_node`.
    found : mapping
        All documents that it has; of a group also ``.zmetadata``.
    options : Options
        What was asked for.
    without : collection of str
        Nodes to leave out of consolidated metadata.
    place : Place, optional
        What an image of OME-Zarr says of it.
    """
    plan = Plan(path, kind, place=place)
    if options.zarr_format == 3:
        source, result = ".zarray" if kind == "array" else ".zgroup", "zarr.json"
    else:
        source, result = "zarr.json", ".zarray" if kind == "array" else ".zgroup"
    for name, data in found.items():
        if isinstance(data, Exception):
            plan.refuse(f"{name} cannot be read: {describe_exception(data)}", "failed")
            plan.hides = True
            return plan
    try:
        if source not in found and not (source == ".zgroup" and ".zmetadata" in found):
            plan.hides = kind == "unknown"
            if result in found:
                _parse_document(result, found)
            return plan
        plan.hides = True
        translate = partial(_translate, store, path, options, place=place)
        translated = _translate_node(source, kind, found, options, without, translate)
        plan.notes, plan.losses = translated.notes, translated.losses
        _compare(plan, translated.result, found)
        if name_in(path) in METADATA:
            plan.refuse(f"it has the name of a document, {name_in(path)}; rename its folder")
    except _RefusalError as refusal:
        plan.refuse(refusal.reason, "failed" if refusal.failed else "refused")
        plan.hides = plan.hides and refusal.readable
    except BridgeError as error:
        plan.refuse(error.text, "failed" if isinstance(error, MigrationError) else "refused")
    if plan.hides and json_object(found.get(result)):
        plan.hides = False
    return plan


def _translate_node(
    source: str,
    kind: Kind,
    found: Found,
    options: Options,
    without: Collection[str],
    translate: Callable[..., Translation],
) -> Translation:
    document = _source(source, kind, found)
    attributes = None
    if source != "zarr.json" and ".zattrs" in found:
        attributes = _parse_document(".zattrs", found)
    consolidated: dict[str, Any] | None = None
    if source == ".zgroup" and ".zmetadata" in found:
        consolidated = _parse_document(".zmetadata", found)
        _check_place(".zmetadata", consolidated)
    elif document.get("consolidated_metadata") is not None:
        consolidated = document
        document = {**document, "consolidated_metadata": None}
    own = translate(document, attributes)
    if consolidated is None:
        return own
    if options.partial:
        consolidated = _prune(consolidated, source, without, translate)
    whole = translate(consolidated, attributes)
    nodes = whole.result.get("zarr.json", {}).get("consolidated_metadata", {}).get("metadata", {})
    if source == "zarr.json":
        nodes = {key.rpartition("/")[0] for key in whole.result[".zmetadata"]["metadata"]} - {""}
    notes = [note for note in whole.notes if note.codec.partition(": ")[0] not in nodes]
    losses = [_of_any_node(loss, nodes) for loss in whole.losses]
    return Translation(
        whole.result,
        (*dict.fromkeys((*own.notes, *notes)),),
        (*dict.fromkeys((*own.losses, *losses)),),
    )


def _of_any_node(loss: Loss, nodes: Collection[str]) -> Loss:
    """A loss in consolidated metadata, once for all nodes: it may be the only place that has them."""
    node, _, subject = loss.codec.partition(": ")
    return Loss(f"consolidated metadata: {subject}", loss.message) if node in nodes else loss


def _source(source: str, kind: Kind, found: Found) -> dict[str, Any]:
    if source not in found:
        metadata = _parse_document(".zmetadata", found).get("metadata")
        document = metadata.get(".zgroup") if isinstance(metadata, dict) else None
        return document if isinstance(document, dict) else {"zarr_format": 2}
    document = _parse_document(source, found)
    _check_place(source, document)
    if source == "zarr.json" and document.get("node_type", kind) != kind:
        raise _RefusalError(
            f"expected node_type 'array' or 'group', got {excerpt(document['node_type'])}"
        )
    return document


def _check_place(name: str, document: Mapping[str, Any]) -> None:
    """Refuse a document whose content belongs in a file of another name."""
    if file_of(document) != name:
        raise _RefusalError(
            f"{name} holds what belongs in a {file_of(document)}", readable=name in _BESIDE
        )


def _translate(
    store: Documents,
    path: str,
    options: Options,
    document: Mapping[str, Any],
    attributes: Mapping[str, Any] | None = None,
    at: str = "",
    *,
    place: Place | None,
) -> Translation:
    """Translate a document of the node at `path`, or of what is at `at` below it."""
    return translate_metadata(
        document,
        attributes,
        to="v3" if options.zarr_format == 3 else "v2",
        target=options.target,
        on_loss="error" if options.on_loss == "error" else "ignore",
        unknown=options.unknown,
        keep_attributes=options.keep_attributes,
        place=None if at else place,
        chunks_complete=(
            CompleteArrays(store, below(path, at), document) if options.zarr_format == 2 else False
        ),
    )


def _prune(
    document: dict[str, Any],
    source: str,
    without: Collection[str],
    translate: Callable[..., Translation],
) -> dict[str, Any]:
    """Consolidated metadata without the nodes that cannot be in it."""
    held = document["consolidated_metadata"] if source == "zarr.json" else document
    metadata = held.get("metadata") if isinstance(held, dict) else None
    if not isinstance(metadata, dict):
        return document
    if source == "zarr.json":
        kept = {
            node: child
            for node, child in metadata.items()
            if node not in without and _translates(child, node, translate)
        }
        return {**document, "consolidated_metadata": {**held, "metadata": kept}}
    dropped = {
        key.rpartition("/")[0]
        for key, child in metadata.items()
        if key.endswith("/.zarray")
        and (
            key.rpartition("/")[0] in without
            or not _translates(child, key.rpartition("/")[0], translate)
        )
    }
    kept = {key: child for key, child in metadata.items() if key.rpartition("/")[0] not in dropped}
    return {**document, "metadata": kept}


def _translates(document: Any, node: str, translate: Callable[..., Translation]) -> bool:
    try:
        translate(document, at=node)
    except BridgeError:
        return False
    return True


def _compare(plan: Plan, result: Mapping[str, Any], found: Found) -> None:
    """Find out which of the new documents are there already."""
    old = old_documents(plan.kind, 3 if "zarr.json" in result else 2)
    plan.old = {name: data for name in old if isinstance(data := found.get(name), bytes)}
    for name in WRITING_ORDER:
        if name not in result or (name == ".zattrs" and not result[name] and name not in found):
            continue
        document = result[name]
        data = text_of(document)
        plan.new[name] = data
        there = found.get(name)
        if there is None:
            plan.writes[name] = data
        elif there != data and not _has_same_meaning(name, there, document):
            plan.writes[name] = data
            plan.conflicts[name] = there if isinstance(there, bytes) else b""
    if plan.writes:
        plan.outcome = "will change"
    else:
        plan.hides = False


def _has_same_meaning(name: str, data: Any, document: Any) -> bool:
    """Whether a document that is there already means what would be written."""
    try:
        there = json.loads(data)
    except (ValueError, RecursionError):
        return False
    if _sorted_text(there) == _sorted_text(document):
        return True
    try:
        return _sorted_text(_meaning(name, there)) == _sorted_text(_meaning(name, document))
    except (BridgeError, AttributeError, KeyError, TypeError):
        return False


def _meaning(name: str, document: Any) -> Any:
    """A document in the one way in which this library writes it again."""
    if name == ".zattrs":
        return document
    if name == ".zmetadata":
        meanings = {
            key: _meaning(key.rpartition("/")[2], inner)
            for key, inner in document["metadata"].items()
        }
        return {key: meaning for key, meaning in meanings.items() if meaning}
    if file_of(document) != name:
        raise KeyError(name)
    meaning = translate_metadata(
        document, on_loss="ignore", unknown="keep", keep_attributes=True
    ).result[name]
    return {"dimension_separator": ".", **meaning} if name == ".zarray" else meaning


def _sorted_text(document: Any) -> str:
    return json.dumps(document, sort_keys=True)


def text_of(document: Mapping[str, Any]) -> bytes:
    """A document as it is stored: a line for each member."""
    lines = ",\n".join(
        # a word has nothing to escape, and most members are words
        f'  "{key}": {_ENCODER.encode(value)}'
        if key.isascii() and key.isidentifier()
        else f"  {json.dumps(key)}: {_ENCODER.encode(value)}"
        for key, value in document.items()
    )
    return f"{{\n{lines}\n}}\n".encode() if lines else b"{}\n"


def _parse_document(name: str, found: Found) -> dict[str, Any]:
    data = found[name]
    if isinstance(data, Exception):
        raise _RefusalError(
            Message(f"{name} cannot be read: ", describe_exception(data)), failed=True
        )
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _RefusalError(
            f"{name} is not JSON ({error}); restore it, or delete it, and run again",
            readable=name in _BESIDE,
        ) from None
    if not isinstance(document, dict):
        raise _RefusalError(
            f"{name} is not a JSON object; restore it, or delete it, and run again",
            readable=name in _BESIDE,
        )
    return document
