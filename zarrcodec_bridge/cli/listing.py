"""The subcommands that list the known codecs and print JSON Schemas."""

from __future__ import annotations

import argparse
from pathlib import Path

from zarrcodec_bridge.cli.command import Misuse, command, option
from zarrcodec_bridge.cli.options import JSON, OUTPUT
from zarrcodec_bridge.cli.output import Output
from zarrcodec_bridge.cli.parser import one_of
from zarrcodec_bridge.cli.reports import report_schema, write_report_schemas
from zarrcodec_bridge.schemas import as_text, json_schema, write_schemas
from zarrcodec_bridge.translation.codec_list import registered_codecs


@command(
    "codecs",
    OUTPUT,
    JSON,
    examples=("zarrcodec-bridge codecs", "zarrcodec-bridge codecs --json -o codecs.json"),
)
def list_codecs(args: argparse.Namespace, out: Output) -> None:
    """List the known codecs: kind, v2 ids, v3 names, and who reads them."""
    codecs = registered_codecs()
    if args.json:
        out.json(codecs.to_dicts())
    else:
        out.show(codecs)


@command(
    "schema",
    option(
        "what",
        nargs="?",
        help="the format whose JSON is described, or report: what a command prints with --json",
        **one_of(("v2", "v3", "report")),
    ),
    option(
        "name",
        nargs="?",
        metavar="NAME",
        help="a codec by its v2 id or v3 name, a whole encoding if left out; of a report, the command",
    ),
    option(
        "--write",
        metavar="FOLDER",
        completes="folder",
        help="write the schemas of all built-in codecs and of all reports into a folder",
    ),
    OUTPUT,
    JSON,
    examples=(
        "zarrcodec-bridge schema v3 gzip",
        "zarrcodec-bridge schema report migrate -o migrate.schema.json",
        "zarrcodec-bridge schema --write schemas",
    ),
)
def print_schemas(args: argparse.Namespace, out: Output) -> None:
    """Print the JSON Schema of a codec, an encoding or a report, or write them all into a folder."""
    if (args.write is None) == (args.what is None):
        raise Misuse("expected v2, v3 or report, or --write FOLDER")
    if args.write is not None:
        written = [*write_schemas(args.write), *write_report_schemas(Path(args.write))]
        if args.json:
            out.json({"written": len(written)})
        else:
            out.text(f"{len(written)} schemas written")
        return
    is_report = args.what == "report"
    schema = report_schema(args.name) if is_report else json_schema(args.what, args.name)
    if args.json:
        out.json(schema)
    else:
        out.text(as_text(schema).rstrip())
