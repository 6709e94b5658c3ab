"""The subcommand ``migrate``: a dry run unless ``--write`` is given."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any, Final

from zarrcodec_bridge.errors import BackendError
from zarrcodec_bridge.explanations.explanation import visible
from zarrcodec_bridge.migrate.report import Report
from zarrcodec_bridge.migrate.run import migrate
from zarrcodec_bridge.migrate.stores import MigrationError
from zarrcodec_bridge.migrate.undo import undo
from zarrcodec_bridge.targets import TARGETS

__all__ = ["ARGUMENTS", "add_arguments", "migrate_command"]

DONE, REFUSED, MISUSED = 0, 1, 2

_SAMPLE: Final = 3
"""Chunks of each array that are verified before old documents are removed, unless a number is given."""


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise argparse.ArgumentTypeError(f"expected a number, got {text[:80]!r}")
    return int(text)


def _setting(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not (key and equals):
        raise argparse.ArgumentTypeError(f"expected KEY=VALUE, got {text[:80]!r}")
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
        {"action": "store_true", "help": "do it; without this, only say what would be done"},
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
            "help": "remove what earlier migrations wrote (with --write; else say what)",
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
            "choices": tuple(TARGETS),
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
        ("--fail-fast",),
        {"action": "store_true", "help": "stop at the first array or group that is refused"},
    ),
    (
        ("--jobs",),
        {"type": _number, "metavar": "N", "help": "how many threads to use"},
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
        ("--json",),
        {"action": "store_true", "help": "print the report as JSON"},
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


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a parser the subcommand's arguments."""
    for flags, settings in ARGUMENTS:
        parser.add_argument(*flags, **settings)


def migrate_command(arguments: argparse.Namespace, show: Callable[[str], object] = print) -> int:
    """Give all arrays and groups of a store the metadata of the other format; chunks stay as they are.

    Without --write nothing is written: every array and group is listed with what would be done. Old documents stay
    beside the new ones, and an interrupted run goes on when it is started again.

    Parameters
    ----------
    arguments : Namespace
        As :func:`add_arguments` has them parsed.
    show : callable
        What prints a text.

    Returns
    -------
    int
        0 if everything was, or would be, done; 1 if something was refused or failed; 2 if the work could not begin.
    """
    try:
        report = _report(arguments)
    except (MigrationError, BackendError) as error:
        print(f"error: {visible(str(error))}", file=sys.stderr)
        return MISUSED
    show(report.to_json() if arguments.json else _text(report, arguments))
    return DONE if report.ok else REFUSED


def _report(arguments: argparse.Namespace) -> Report:
    options = {key: _value(value) for key, value in arguments.storage_option} or None
    if arguments.undo:
        return undo(arguments.store, dry_run=not arguments.write, storage_options=options)
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
        partial=arguments.partial,
        fail_fast=arguments.fail_fast,
        max_workers=arguments.jobs,
        progress=False if arguments.no_progress else None,
        storage_options=options,
    )


def _value(text: str) -> Any:
    return {"true": True, "false": False, "none": None}.get(text.lower(), text)


def _text(report: Report, arguments: argparse.Namespace) -> str:
    nodes = report.of("refused", "failed") if arguments.summary else report.nodes
    lines = [
        *(visible(line) for node in nodes for line in str(node).split("\n")),
        *(visible(line) for line in report.summary().split("\n")),
    ]
    if report.dry_run and any(node.outcome == "will change" for node in report.nodes):
        lines.append("run again with --write to do it")
    return "\n".join(lines)
