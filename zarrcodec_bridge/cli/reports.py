"""What ``--json`` prints, as models: their JSON Schemas are published in ``schemas/reports``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from zarrcodec_bridge.cli.command import Misuse
from zarrcodec_bridge.cli.parser import suggest
from zarrcodec_bridge.core.json_values import Dialect, Kind
from zarrcodec_bridge.explanations.verdicts import Verdict
from zarrcodec_bridge.schemas import as_text
from zarrcodec_bridge.stores.report import Kind as NodeKind
from zarrcodec_bridge.stores.report import Outcome


class _Report(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class HintReport(_Report):
    """What to pass or to call, in the words of Python."""

    option: str = ""
    """The keyword to pass; the option of the command line has dashes for its underscores."""
    value: str | int | bool = ""
    """The value to pass; left out where only the caller knows it."""
    call: str = ""
    """The function to call instead."""
    argument: str = ""
    """The arguments of that call."""
    name: str = ""
    """The name of a codec, a key or a data type that was probably meant."""
    package: str = ""
    """What to install, as pip takes it."""


class NoteReport(_Report):
    """What was changed: a harmless normalisation among the notes, what later writes would lose among the losses."""

    codec: str
    """The codec, or the member of the document."""
    message: str
    hints: list[HintReport]


class ErrorReport(_Report):
    """Why it was refused (exit code 1), or what is wrong in the call (2)."""

    kind: str
    """The class of the error."""
    message: str
    hints: list[HintReport]


class FailureReport(_Report):
    """What is printed instead where it was refused."""

    error: ErrorReport


class TranslationReport(_Report):
    """A codec, an encoding or a document in the other format."""

    result: dict[str, Any]
    notes: list[NoteReport]
    losses: list[NoteReport]


class SideReport(_Report):
    """A codec or an encoding in one format."""

    result: dict[str, Any] | None
    """Its JSON; null where it is refused."""
    refusal: str | None
    hints: list[HintReport]
    slots: dict[str, list[str]]
    """Its codecs by the argument under which zarr-python takes them."""
    readers: list[str]
    """The implementations that open this JSON."""
    other_targets: list[str]
    """The implementations that open it in another spelling: with --target."""
    registered: bool | None
    """Whether the Zarr specification or zarr-extensions name it; of a single v3 codec."""
    also_read: list[str]
    """Other names that are read as this codec."""
    notes: list[NoteReport]
    losses: list[NoteReport]


class ExplanationReport(_Report):
    """A codec or an encoding in both formats."""

    title: str
    kind: Kind | None
    v2: SideReport
    v3: SideReport
    zarr_python: str | None
    """The Python code that zarr-python 3 takes."""
    docs: list[str]
    """The addresses of the specifications."""


class ArrayReport(_Report):
    """An array of a store, and its explanation or why there is none."""

    path: str
    """Where it is in the store; empty for the root."""
    dialect: Dialect | None
    explanation: ExplanationReport | None
    problem: str | None
    hints: list[HintReport]


class HierarchyReport(_Report):
    """The arrays of a store, of consolidated metadata or of references."""

    name: str
    """The path or the URL; empty for a document."""
    arrays: list[ArrayReport]


class ReaderReport(_Report):
    """What one reader does."""

    reader: str
    version: str
    """The version that was measured."""
    format: Dialect
    verdict: Verdict
    reason: str | None
    """Why it does not open it."""
    help: str | None
    """What would help."""


class CheckReport(_Report):
    """What each reader does; of a store the worst that it does with an array."""

    readers: list[ReaderReport]


class FormReport(_Report):
    """One name of a codec in one format."""

    name: str
    aliases: list[str]
    kind: Kind
    readers: list[str]
    registered: bool
    read: bool
    written: bool


class CodecReport(_Report):
    """A codec and its names."""

    codec: str
    kind: Kind
    v2: list[FormReport]
    v3: list[FormReport]
    docs: str | None


class WrittenReport(_Report):
    """How many schemas were written into the folder."""

    written: int


class SchemaReport(BaseModel):
    """A JSON Schema, as it is without --json, on one line."""

    dialect: str = Field(alias="$schema")


class NodeReport(_Report):
    """An array or a group of a store."""

    path: str
    """Where it is in the store; empty for the root."""
    kind: NodeKind
    outcome: Outcome
    reason: str | None
    """Why it was refused or failed."""
    hints: list[HintReport]
    notes: list[NoteReport]
    losses: list[NoteReport]
    verified: int | None
    """How many of its chunks were decoded through both metadata and found equal."""
    removed: bool
    """Whether its old documents were removed, or would be."""


class NoteCount(NoteReport):
    """A note or a loss, and how many arrays and groups it is about."""

    nodes: int


class MigrationReport(_Report):
    """What a migration did, or would do."""

    store: str
    zarr_format: Literal[2, 3]
    dry_run: bool
    ok: bool
    """Whether everything that was asked for was done, or would be."""
    counts: dict[Outcome, int]
    stopped: str | None
    not_removed: str | None
    undone: bool
    notes: list[NoteCount]
    losses: list[NoteCount]
    remarks: list[str]
    nodes: list[NodeReport]


REPORTS: Final[dict[str, Any]] = {
    "to-v3": TranslationReport | FailureReport,
    "to-v2": TranslationReport | FailureReport,
    "convert": TranslationReport | FailureReport,
    "explain": ExplanationReport | HierarchyReport | FailureReport,
    "check": CheckReport | FailureReport,
    "codecs": list[CodecReport] | FailureReport,
    "schema": WrittenReport | SchemaReport | FailureReport,
    "migrate": MigrationReport | FailureReport,
}
"""The report of each command that has one."""

Schema: TypeAlias = dict[str, Any]


def report_schema(command: str | None) -> Schema:
    """Write the JSON Schema of what a command prints with --json."""
    if command not in REPORTS:
        near = suggest(command or "", REPORTS)
        raise Misuse(
            f"expected a command ({', '.join(REPORTS)}), got {(command or '')[:80]!r}{near}"
        )
    schema = TypeAdapter(REPORTS[command]).json_schema(mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def write_report_schemas(folder: Path) -> list[Path]:
    """Write the schemas of all reports into ``reports`` in a folder."""
    written = []
    for command in REPORTS:
        path = folder / "reports" / f"{command}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(as_text(report_schema(command)), encoding="utf-8")
        written.append(path)
    return written
