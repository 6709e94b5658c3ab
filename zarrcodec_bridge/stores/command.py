"""The subcommand ``migrate``: a dry run unless ``--write`` is given."""

from __future__ import annotations

import argparse
from typing import Any, Final

from zarrcodec_bridge.core.messages import escape_control_characters
from zarrcodec_bridge.readers import TARGETS
from zarrcodec_bridge.stores.boundary import DOCUMENT_LIMIT
from zarrcodec_bridge.stores.report import Report
from zarrcodec_bridge.stores.reversal import undo
from zarrcodec_bridge.stores.run import migrate
from zarrcodec_bridge.stores.store import MigrationError

__all__ = ["ARGUMENTS", "INTERRUPTED", "format_report", "migrate_command"]

_SAMPLE: Final = 3
"""Chunks of each array that are verified before old documents are removed, unless a number is given."""


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise argparse.ArgumentTypeError(f"expected a number, got {text[:80]!r}")
    return int(text)


def _workers(text: str) -> int:
    if not (number := _number(text)):
        raise argparse.ArgumentTypeError("expected at least 1, got '0'")
    return number


def _setting(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not (key and equals):
        # what was given may be a secret
        raise argparse.ArgumentTypeError("expected KEY=VALUE, got a text without = or without KEY")
    return key, value


ARGUMENTS: Final[tuple[tuple[tuple[str, ...], dict[str, Any]], ...]] = (
    (
        ("store",),
        {"metavar": "PATH_OR_URL", "help": "a directory, a zip file, or a URL that fsspec knows"},
    ),
    (
        ("--to",),
        {
            "type": int,
            "choices": (3, 2),
            "default": 3,
            "help": "the format to write; 3 is the default",
        },
    ),
    (
        ("--write",),
        {"action": "store_true", "help": "do it; without this, only report what would be done"},
    ),
    (
        ("--verify",),
        {
            "type": _number,
            "metavar": "N",
            "help": "first decode N chunks of each array through both metadata, and refuse arrays"
            " where they differ; needs zarr-python 3",
        },
    ),
    (
        ("--remove-old",),
        {
            "action": "store_true",
            "help": "in the end remove the old documents, if everything was migrated and verified"
            f" (--verify {_SAMPLE}, unless N is given)",
        },
    ),
    (
        ("--undo",),
        {
            "action": "store_true",
            "help": "delete what earlier migrations wrote (with --write; else report it)",
        },
    ),
    (
        ("--partial",),
        {
            "action": "store_true",
            "help": "write the documents of groups even if something in them was refused; readers"
            " of the new format will not see it there",
        },
    ),
    (
        ("--target",),
        {
            "choices": TARGETS,
            "default": "spec",
            "help": "the reader that v3 metadata is for; spec (the default) prefers registered"
            " names",
        },
    ),
    (
        ("--on-loss",),
        {
            "choices": ("error", "warn", "ignore"),
            "default": "error",
            "help": "arrays whose chunks decode equal, but in which later writes would differ in"
            " value: refuse them (the default), or migrate them and list the losses",
        },
    ),
    (
        ("--unknown",),
        {
            "choices": ("error", "keep", "wrap"),
            "default": "error",
            "help": "a codec that is not known, or has no name in v3: refuse it (the default),"
            " pass it through, or write it as any-numcodecs.*",
        },
    ),
    (
        ("--keep-attributes",),
        {
            "action": "store_true",
            "help": "leave attributes as they are; by default _FillValue is written as xarray reads"
            " it in the other format, so that missing values stay missing",
        },
    ),
    (
        ("--fail-fast",),
        {"action": "store_true", "help": "stop at the first array or group that is refused"},
    ),
    (
        ("--jobs",),
        {"type": _workers, "metavar": "N", "help": "how many threads to use"},
    ),
    (
        ("--storage-option",),
        {
            "type": _setting,
            "action": "append",
            "default": [],
            "metavar": "KEY=VALUE",
            "help": "what fsspec's file system takes, such as anon=true; may be repeated",
        },
    ),
    (
        ("--follow-links",),
        {
            "action": "store_true",
            "help": "read and write also what links lead to that leave the store's directory, and follow"
            " redirects to another server",
        },
    ),
    (
        ("--take-over",),
        {
            "action": "store_true",
            "help": "go on although somebody else seems to be deleting documents, who is known"
            " not to work any more",
        },
    ),
    (
        ("--document-limit",),
        {
            "type": _workers,
            "metavar": "BYTES",
            "help": f"the size of a document at most; {DOCUMENT_LIMIT} is the default",
        },
    ),
    (
        ("--json",),
        {"action": "store_true", "help": "print the report as JSON, with all notes"},
    ),
    (
        ("--summary",),
        {"action": "store_true", "help": "list only what was refused or failed"},
    ),
    (
        ("--no-progress",),
        {"action": "store_true", "help": "show no progress bar on a terminal"},
    ),
)
"""The subcommand's arguments, as flags and settings of `add_argument`."""


INTERRUPTED: Final = "interrupted; everything can be read as before: run it again to go on, or with --undo to go back"
"""The message after Ctrl-C."""

_UNDO_ARGUMENTS: Final = frozenset(
    {
        "store",
        "undo",
        "write",
        "jobs",
        "storage_option",
        "json",
        "summary",
        "no_progress",
        "follow_links",
        "take_over",
        "document_limit",
    }
)


def migrate_command(arguments: argparse.Namespace) -> Report:
    """Migrate or undo, as the arguments of the subcommand ask.

    Parameters
    ----------
    arguments : Namespace
        As a parser with :data:`ARGUMENTS` gives them.

    Returns
    -------
    Report
        What was, or would be, done.

    Raises
    ------
    MigrationError, BackendError
        As :func:`migrate` and :func:`undo` do.
    """
    options = {key: _value(value) for key, value in arguments.storage_option} or None
    progress = False if arguments.no_progress else None
    if arguments.undo:
        _check_undo(arguments)
        return undo(
            arguments.store,
            dry_run=not arguments.write,
            max_workers=arguments.jobs,
            progress=progress,
            storage_options=options,
            follow_links=arguments.follow_links,
            take_over=arguments.take_over,
            document_limit=arguments.document_limit or DOCUMENT_LIMIT,
        )
    verify = arguments.verify
    if verify is None:
        verify = _SAMPLE if arguments.remove_old else 0
    return migrate(
        arguments.store,
        arguments.to,
        dry_run=not arguments.write,
        verify=verify,
        remove_old=arguments.remove_old,
        target=arguments.target,
        on_loss=arguments.on_loss,
        unknown=arguments.unknown,
        keep_attributes=arguments.keep_attributes,
        partial=arguments.partial,
        fail_fast=arguments.fail_fast,
        max_workers=arguments.jobs,
        progress=progress,
        storage_options=options,
        follow_links=arguments.follow_links,
        take_over=arguments.take_over,
        document_limit=arguments.document_limit or DOCUMENT_LIMIT,
    )


def _check_undo(arguments: argparse.Namespace) -> None:
    """Refuse options of a migration, which have no meaning with ``--undo``."""
    for flags, settings in ARGUMENTS:
        name = flags[0].removeprefix("--").replace("-", "_")
        default = settings.get("default", False if "action" in settings else None)
        if name not in _UNDO_ARGUMENTS and getattr(arguments, name) != default:
            raise MigrationError(
                f"--undo takes back all that migrations wrote, and takes no {flags[0]}"
            )


def _value(text: str) -> Any:
    return {"true": True, "false": False, "none": None}.get(text.lower(), text)


def format_report(report: Report, *, summary: bool) -> str:
    """Format a report for the terminal: a line or two for each array and group, then the summary."""
    nodes = report.of("refused", "failed") if summary else report.nodes
    lines = [
        *(escape_control_characters(line) for node in nodes for line in str(node).split("\n")),
        *(escape_control_characters(line) for line in report.summary().split("\n")),
    ]
    if report.dry_run and any(node.outcome == "will change" for node in report.nodes):
        lines.append("run again with --write to do it")
    return "\n".join(lines)
