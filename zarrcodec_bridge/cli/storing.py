"""The subcommand that migrates a whole store."""

from __future__ import annotations

import argparse

from zarrcodec_bridge.cli.command import command, option
from zarrcodec_bridge.cli.output import Output
from zarrcodec_bridge.migrate.command import ARGUMENTS as MIGRATE_ARGUMENTS
from zarrcodec_bridge.migrate.command import migrate_command

__all__ = ["migrate_store"]


@command("migrate", *(option(*flags, **settings) for flags, settings in MIGRATE_ARGUMENTS))
def migrate_store(args: argparse.Namespace, out: Output) -> int:
    """Give a whole store the metadata of the other format, beside the old; without --write, say what would be done."""
    return migrate_command(args)
