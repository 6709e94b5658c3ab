"""The subcommands that explain codecs, encodings and stores, and check who reads them."""

from __future__ import annotations

import argparse

from zarrcodec_bridge.cli.command import DONE, REFUSED, Misuse, command, option
from zarrcodec_bridge.cli.options import (
    ANY_SOURCE,
    DTYPE,
    JSON,
    MAX_SIZE,
    NDIM,
    OUTPUT,
    STORAGE_OPTION,
    STRICT,
    TARGET,
    UNKNOWN,
)
from zarrcodec_bridge.cli.output import Output
from zarrcodec_bridge.cli.sources import load_anything, missing_dtype, show_work
from zarrcodec_bridge.core.errors import MissingContextError
from zarrcodec_bridge.core.messages import Message
from zarrcodec_bridge.core.options import OptionError
from zarrcodec_bridge.explanations import HierarchyExplanation, explain
from zarrcodec_bridge.explanations.checks import check
from zarrcodec_bridge.readers import TARGETS


@command(
    "explain",
    ANY_SOURCE,
    DTYPE,
    NDIM,
    TARGET,
    UNKNOWN,
    STRICT,
    MAX_SIZE,
    STORAGE_OPTION,
    OUTPUT,
    JSON,
    examples=(
        "zarrcodec-bridge explain blosc:zstd --dtype int16",
        "zarrcodec-bridge explain archive.zarr",
        "zarrcodec-bridge explain array.zarr/.zarray --json",
    ),
)
def explain_source(args: argparse.Namespace, out: Output) -> None:
    """Say what a codec or an encoding is in both formats, and who reads it; of a store, what its arrays are."""
    try:
        with show_work(args, load_anything(args)) as source:
            explanation = explain(
                source,
                dtype=args.dtype,
                ndim=args.ndim,
                target=args.target,
                unknown=args.unknown,
                strict=args.strict,
            )
    except MissingContextError as error:
        raise missing_dtype(error) from None
    if args.json:
        out.json(explanation.to_dict())
    elif isinstance(explanation, HierarchyExplanation):
        out.show(explanation.rows(len(explanation.arrays)))
    else:
        out.show(explanation)


@command(
    "check",
    ANY_SOURCE,
    option(
        "--reader",
        action="append",
        metavar="READER",
        completes=TARGETS[1:],
        help="a reader that is to open SOURCE, or several with commas between, such as"
        " 'zarr-python>=3.1,zarrita'; may be repeated; all readers are shown by default:"
        f" {', '.join(TARGETS[1:])}",
    ),
    DTYPE,
    MAX_SIZE,
    STORAGE_OPTION,
    OUTPUT,
    JSON,
    examples=(
        "zarrcodec-bridge check blosc:zstd",
        "zarrcodec-bridge check archive.zarr --reader zarr-python --reader zarrs-python",
        "zarrcodec-bridge check array.zarr --json",
    ),
)
def check_source(args: argparse.Namespace, out: Output) -> int:
    """Say what each reader does with a codec, an encoding, a document or a store, and why not.

    The exit code is 1 where a reader that is named with --reader does not open it.
    """
    try:
        with show_work(args, load_anything(args)) as source:
            checked = check(source, args.reader, dtype=args.dtype)
    except MissingContextError as error:
        raise missing_dtype(error) from None
    except OptionError as error:
        raise Misuse(Message("argument --reader: ", error.text)) from None
    if args.json:
        out.json(checked.to_dict())
    else:
        out.show(checked)
    return REFUSED if args.reader and not checked.is_opened else DONE
