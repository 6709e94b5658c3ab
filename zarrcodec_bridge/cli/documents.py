"""The subcommand that translates whole metadata documents, hierarchies and reference sets."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from zarrcodec_bridge.cli.command import Misuse, command, option
from zarrcodec_bridge.cli.options import (
    JSON,
    KEEP_ATTRIBUTES,
    MAX_SIZE,
    ON_LOSS,
    OUTPUT,
    STORAGE_OPTION,
    TARGET,
    UNKNOWN,
)
from zarrcodec_bridge.cli.output import Output
from zarrcodec_bridge.cli.parser import one_of
from zarrcodec_bridge.cli.sources import Source, load, show_work
from zarrcodec_bridge.core.options import OnLoss
from zarrcodec_bridge.core.spec import Dialect
from zarrcodec_bridge.documents.metadata import file_of, translate_metadata
from zarrcodec_bridge.documents.references import format_of, translate_references
from zarrcodec_bridge.translation.options import Translation

DOCUMENT: Final = option(
    "source",
    nargs="?",
    metavar="SOURCE",
    completes="file",
    help="a whole .zarray, .zgroup, .zmetadata or zarr.json, or a kerchunk reference set: a file, a"
    " URL, JSON, or - for stdin, which is also read if SOURCE is left out; or the folder or URL of an"
    " array, or of a store with consolidated metadata",
)
TO: Final = option(
    "--to",
    **one_of((2, 3)),
    help="the format to write; the other one by default. A document's own format repairs what"
    " other writers left odd in it",
)
ATTRIBUTES: Final = option(
    "--attributes",
    metavar="FILE",
    completes="file",
    help="the .zattrs of a v2 document; by default the one beside the file",
)
CHUNKS_COMPLETE: Final = option(
    "--chunks-complete",
    action="store_true",
    help="every chunk of the arrays is stored, so that the fill value of v2 is free to say which"
    " values are missing for xarray; of a reference set, that is looked up",
)


@command(
    "convert",
    DOCUMENT,
    TO,
    ATTRIBUTES,
    KEEP_ATTRIBUTES,
    CHUNKS_COMPLETE,
    TARGET,
    ON_LOSS,
    UNKNOWN,
    MAX_SIZE,
    STORAGE_OPTION,
    OUTPUT,
    JSON,
    examples=(
        "zarrcodec-bridge convert array.zarr -o array.zarr/zarr.json",
        "zarrcodec-bridge convert archive.zarr/.zmetadata --target zarr-python --on-loss warn",
        "zarrcodec-bridge convert references.json --max-size 4000 -o references-v3.json",
        "zarrcodec-bridge convert array3.zarr/zarr.json --to 2",
    ),
)
def convert(args: argparse.Namespace, out: Output) -> None:
    """Write a metadata document, a hierarchy or a reference set in the other format, for the same chunks.

    Prints a zarr.json, a reference set, or for v2 the documents by file name:
    {".zarray": ..., ".zattrs": ...}, which is a SOURCE too.
    """
    with show_work(args):
        done = _translate(args, out)
    out.translation(
        replace(done, result=_unwrap_v3(done.result)), show_losses=args.on_loss == "warn"
    )


def _translate(args: argparse.Namespace, out: Output) -> Translation:
    source = load(args)
    document = source.value
    if not isinstance(document, Mapping) or "id" in document or "name" in document:
        raise Misuse("expected a metadata document or a reference set; to-v3 and to-v2 take codecs")
    on_loss: OnLoss = "ignore" if args.on_loss == "warn" else args.on_loss
    own = format_of(document)
    if own is None:
        return _document(source, args, out, on_loss)
    return _references(document, own, args, on_loss)


def _references(
    document: Mapping[str, Any], own: Dialect, args: argparse.Namespace, on_loss: OnLoss
) -> Translation:
    if args.attributes is not None:
        raise Misuse("--attributes goes with a document; a reference set has its own")
    return translate_references(
        document,
        to=_output_format(own, args),
        target=args.target,
        on_loss=on_loss,
        unknown=args.unknown,
        keep_attributes=args.keep_attributes,
    )


def _document(
    source: Source, args: argparse.Namespace, out: Output, on_loss: OnLoss
) -> Translation:
    document = source.value
    own: Dialect = "v3" if file_of(document) == "zarr.json" else "v2"
    if own == "v3" and args.attributes is not None:
        raise Misuse("--attributes goes with a v2 document; a zarr.json has its own")
    return translate_metadata(
        document,
        None if own == "v3" else _attributes(source, args, out),
        to=_output_format(own, args),
        target=args.target,
        on_loss=on_loss,
        unknown=args.unknown,
        keep_attributes=args.keep_attributes,
        chunks_complete=args.chunks_complete,
    )


def _attributes(source: Source, args: argparse.Namespace, out: Output) -> Any:
    """The attributes that v2 has in a file of their own."""
    if args.attributes is not None:
        return load(argparse.Namespace(source=args.attributes, max_size=args.max_size)).value
    if source.attributes is not None:
        folder = os.path.dirname(source.name) if os.path.isfile(source.name) else source.name
        out.say("note", [f"attributes: are those of {os.path.join(folder, '.zattrs')}"])
    return source.attributes


def _unwrap_v3(documents: dict[str, Any]) -> dict[str, Any]:
    """Take a single v3 document out of the dictionary of files."""
    found = documents.get("zarr.json")
    return found if len(documents) == 1 and isinstance(found, dict) else documents


def _output_format(own: Dialect, args: argparse.Namespace) -> Dialect:
    """The format to write: the other one, unless --to names one."""
    if args.to is None:
        return "v3" if own == "v2" else "v2"
    return "v2" if args.to == 2 else "v3"
