"""The subcommand that migrates a store, or undoes that: a dry run unless ``--write`` is given."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any, Final

from zarrcodec_bridge.cli.command import DONE, REFUSED, Misuse, Option, command, option
from zarrcodec_bridge.cli.options import (
    JSON,
    KEEP_ATTRIBUTES,
    OUTPUT,
    STORAGE_OPTION,
    TARGET,
    UNKNOWN,
    whole_number,
)
from zarrcodec_bridge.cli.output import Output
from zarrcodec_bridge.cli.parser import one_of
from zarrcodec_bridge.core.errors import BackendError
from zarrcodec_bridge.core.messages import Cell, Row
from zarrcodec_bridge.stores.boundary import DOCUMENT_LIMIT
from zarrcodec_bridge.stores.report import Report
from zarrcodec_bridge.stores.reversal import undo
from zarrcodec_bridge.stores.run import migrate
from zarrcodec_bridge.stores.store import MigrationError

SAMPLE: Final = 3
"""Chunks of each array that are verified before old documents are removed, unless a number is given."""

INTERRUPTED: Final = "interrupted; everything can be read as before: run it again to go on, or with --undo to go back"


OF_MIGRATION: Final[tuple[Option, ...]] = (
    option(
        "--to",
        dest="zarr_format",
        **one_of((3, 2)),
        default=3,
        help="the format to write; 3 is the default",
    ),
    option(
        "--verify",
        type=whole_number("a number", 0),
        metavar="N",
        help="first decode N chunks of each array through both metadata, and refuse arrays"
        " where they differ; needs zarr-python 3",
    ),
    option(
        "--remove-old",
        action="store_true",
        help="in the end remove the old documents, if everything was migrated and verified"
        f" (--verify {SAMPLE}, unless N is given)",
    ),
    option(
        "--partial",
        action="store_true",
        help="write the documents of groups even if something in them was refused; readers"
        " of the new format will not see it there",
    ),
    TARGET,
    option(
        "--on-loss",
        **one_of(("error", "warn", "ignore")),
        default="error",
        help="arrays whose chunks decode equal, but in which later writes would differ in"
        " value: refuse them (the default), or migrate them and list the losses",
    ),
    UNKNOWN,
    KEEP_ATTRIBUTES,
    option(
        "--fail-fast",
        action="store_true",
        help="stop at the first array or group that is refused",
    ),
)
"""The options that have no meaning with ``--undo``; each has the name of its keyword in :func:`migrate`."""

OF_BOTH: Final[tuple[Option, ...]] = (
    option(
        "--jobs",
        dest="max_workers",
        type=whole_number("a number", 1),
        metavar="N",
        help="how many threads to use",
    ),
    option(
        "--follow-links",
        action="store_true",
        help="read and write also what links lead to that leave the store's directory, and follow"
        " redirects to another server",
    ),
    option(
        "--take-over",
        action="store_true",
        help="go on although the journal has the mark of another deletion, which is known to have"
        " ended",
    ),
    option(
        "--document-limit",
        type=whole_number("a number", 1),
        metavar="BYTES",
        default=DOCUMENT_LIMIT,
        help="the size of a document at most; %(default)s is the default",
    ),
)
"""The other options that are keywords of :func:`migrate` and :func:`undo`."""


@command(
    "migrate",
    option(
        "store",
        metavar="STORE",
        completes="file",
        help="a directory, a zip file, or a URL that fsspec knows",
    ),
    option(
        "--write",
        action="store_true",
        help="do it; without this, only report what would be done",
    ),
    option(
        "--undo",
        action="store_true",
        help="delete what earlier migrations wrote (with --write; else report it)",
    ),
    *OF_MIGRATION,
    *OF_BOTH,
    STORAGE_OPTION,
    JSON,
    OUTPUT,
    option("--summary", action="store_true", help="list only what was refused or failed"),
    option("--no-progress", action="store_true", help="show no progress on a terminal"),
    examples=(
        "zarrcodec-bridge migrate archive.zarr --target zarr-python",
        "zarrcodec-bridge migrate archive.zarr --verify 3 --write",
        "zarrcodec-bridge migrate archive.zarr --undo --json -o report.json",
    ),
)
def migrate_store(args: argparse.Namespace, out: Output) -> int:
    """Give a store the metadata of the other format, beside the old; without --write, report what it would do."""
    try:
        report = _run(args)
    except (MigrationError, BackendError) as error:
        raise Misuse(error.text) from None
    except KeyboardInterrupt:
        if args.write:
            out.say("error", [INTERRUPTED])
        raise
    if args.json:
        out.json(report.to_dict())
    else:
        out.show(_report_rows(report, summary=args.summary))
    return DONE if report.ok else REFUSED


def _run(args: argparse.Namespace) -> Report:
    settings: dict[str, Any] = {
        **_keywords(args, OF_BOTH),
        "dry_run": not args.write,
        "progress": False if args.no_progress else None,
        "storage_options": dict(args.storage_option) or None,
    }
    if not args.undo:
        if args.verify is None:
            args.verify = SAMPLE if args.remove_old else 0
        return migrate(args.store, **settings, **_keywords(args, OF_MIGRATION))
    for each in OF_MIGRATION:
        default = each.settings.get("default", False if "action" in each.settings else None)
        if getattr(args, _keyword(each)) != default:
            raise MigrationError(
                f"--undo takes back all that migrations wrote, and takes no {each.flags[0]}"
            )
    return undo(args.store, **settings)


def _keyword(each: Option) -> str:
    name: str = each.settings.get("dest") or each.flags[0].removeprefix("--").replace("-", "_")
    return name


def _keywords(args: argparse.Namespace, options: tuple[Option, ...]) -> dict[str, Any]:
    return {name: getattr(args, name) for name in map(_keyword, options)}


def _report_rows(report: Report, *, summary: bool) -> Iterator[Row]:
    """A line or two for each array and group, or for those that were refused; then the summary."""
    yield from report.rows(report.of("refused", "failed") if summary else report.nodes)
    if report.dry_run and any(node.outcome == "will change" for node in report.nodes):
        yield [Cell("run again with --write to do it", "hint")]
