"""The subcommands that list the known codecs and print their JSON Schemas."""

from __future__ import annotations

import argparse

from zarrcodec_bridge.cli.command import Misuse, command, option
from zarrcodec_bridge.cli.options import JSON
from zarrcodec_bridge.cli.output import Output
from zarrcodec_bridge.schemas import as_text, json_schema, write_schemas
from zarrcodec_bridge.translation.codec_list import registered_codecs

__all__ = ["list_codecs", "print_schemas"]


@command("codecs", JSON)
def list_codecs(args: argparse.Namespace, out: Output) -> None:
    """List the known codecs: kind, v2 ids, v3 names, and who reads them."""
    codecs = registered_codecs()
    if args.json:
        out.json(codecs.to_dicts())
    else:
        out.show(codecs.rows())


@command(
    "schema",
    option("dialect", nargs="?", choices=("v2", "v3"), help="the format whose JSON is described"),
    option(
        "codec",
        nargs="?",
        metavar="CODEC",
        help="a codec by its v2 id or v3 name; a whole encoding if left out",
    ),
    option(
        "--write",
        metavar="FOLDER",
        help="write the schemas of all built-in codecs into a folder",
    ),
)
def print_schemas(args: argparse.Namespace, out: Output) -> None:
    """Print the JSON Schema of a codec or of an encoding, or write those of all codecs into a folder."""
    if (args.write is None) == (args.dialect is None):
        raise Misuse("expected v2 or v3, or --write FOLDER")
    if args.write is None:
        out.text(as_text(json_schema(args.dialect, args.codec)).rstrip())
    else:
        out.text(f"{len(write_schemas(args.write))} schemas written")
