"""The subcommand that migrates a whole store."""

from __future__ import annotations

import argparse
from dataclasses import replace

from zarrcodec_bridge.cli.command import DONE, REFUSED, Misuse, command, option
from zarrcodec_bridge.cli.output import Output, in_options
from zarrcodec_bridge.core.errors import BackendError, Loss, Note
from zarrcodec_bridge.stores.command import ARGUMENTS as MIGRATE_ARGUMENTS
from zarrcodec_bridge.stores.command import INTERRUPTED as MIGRATION_INTERRUPTED
from zarrcodec_bridge.stores.command import format_report, migrate_command
from zarrcodec_bridge.stores.report import Report
from zarrcodec_bridge.stores.store import MigrationError

__all__ = ["migrate_store"]


@command("migrate", *(option(*flags, **settings) for flags, settings in MIGRATE_ARGUMENTS))
def migrate_store(args: argparse.Namespace, out: Output) -> int:
    """Give a store the metadata of the other format, beside the old; without --write, report what it would do."""
    try:
        report = migrate_command(args)
    except (MigrationError, BackendError) as error:
        raise Misuse(in_options(error)) from None
    except KeyboardInterrupt:
        if args.write:
            out.say("error", [MIGRATION_INTERRUPTED])
        raise
    if args.json:
        out.json(report.to_dict())
    else:
        out.text(format_report(_in_options(report), summary=args.summary))
    return DONE if report.ok else REFUSED


def _in_options(report: Report) -> Report:
    """The report with its reasons in the words of a command line; the names in it stay as they are."""
    nodes = tuple(
        replace(
            node,
            reason=node.reason and in_options(node.reason),
            notes=tuple(Note(note.codec, in_options(note.message)) for note in node.notes),
            losses=tuple(Loss(loss.codec, in_options(loss.message)) for loss in node.losses),
        )
        for node in report.nodes
    )
    return replace(
        report,
        nodes=nodes,
        stopped=report.stopped and in_options(report.stopped),
        not_removed=report.not_removed and in_options(report.not_removed),
    )
