"""The subcommands that list the known codecs and print their JSON Schemas."""

from __future__ import annotations

import argparse
from itertools import zip_longest
from typing import Any

from zarrcodec_bridge.cli.command import Misuse, command, option
from zarrcodec_bridge.cli.options import JSON
from zarrcodec_bridge.cli.output import Output
from zarrcodec_bridge.core.spec import CodecSpec, Dialect
from zarrcodec_bridge.explanations.explanation import KIND_WORDS
from zarrcodec_bridge.readers import opened_by
from zarrcodec_bridge.schemas import as_text, json_schema, write_schemas
from zarrcodec_bridge.translation.one_codec import registered_codecs

__all__ = ["list_codecs", "print_schemas"]


@command("codecs", JSON)
def list_codecs(args: argparse.Namespace, out: Output) -> None:
    """List the known codecs: kind, v2 ids, v3 names, and who reads them."""
    if args.json:
        out.json([_codec_as_json(spec) for spec in registered_codecs()])
        return
    rows: list[tuple[str, ...]] = []
    for spec in registered_codecs():
        pairs = zip_longest(_shown_forms(spec, "v2"), _shown_forms(spec, "v3"), fillvalue=("", ""))
        for index, (v2, v3) in enumerate(pairs):
            rows.append((KIND_WORDS[spec.kind] if index == 0 else "", *v2, *v3))
    out.table(("kind", "v2 id", "read by", "v3 name", "read by"), rows)


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


def _shown_forms(spec: CodecSpec, dialect: Dialect) -> list[tuple[str, str]]:
    return [(form.name, ", ".join(opened_by(dialect, [form.name]))) for form in spec.forms(dialect)]


def _codec_as_json(spec: CodecSpec) -> dict[str, Any]:
    dialects: tuple[Dialect, ...] = ("v2", "v3")
    return {
        "codec": spec.title,
        "kind": spec.kind,
        **{
            dialect: [
                {
                    "name": form.name,
                    "aliases": list(form.aliases),
                    "kind": form.kind or spec.kind,
                    "readers": list(opened_by(dialect, [form.name])),
                    "registered": form.registered,
                    "read": form.readable,
                    "written": form.written,
                }
                for form in spec.forms(dialect)
            ]
            for dialect in dialects
        },
        "docs": spec.docs or None,
    }
