"""The subcommand that migrates a whole store."""

from __future__ import annotations

import argparse

from zarrcodec_bridge.cli.command import DONE, REFUSED, Misuse, command, option
from zarrcodec_bridge.cli.output import Output, in_options
from zarrcodec_bridge.errors import BackendError
from zarrcodec_bridge.migrate.command import ARGUMENTS as MIGRATE_ARGUMENTS
from zarrcodec_bridge.migrate.command import INTERRUPTED as MIGRATION_INTERRUPTED
from zarrcodec_bridge.migrate.command import migrate_command, shown
from zarrcodec_bridge.migrate.stores import MigrationError

__all__ = ["migrate_store"]


@command("migrate", *(option(*flags, **settings) for flags, settings in MIGRATE_ARGUMENTS))
def migrate_store(args: argparse.Namespace, out: Output) -> int:
    """Give a whole store the metadata of the other format, beside the old; without --write, say what would be done."""
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
        out.text(shown(report, summary=args.summary))
    return DONE if report.ok else REFUSED
