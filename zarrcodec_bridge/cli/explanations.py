"""The subcommand that explains one codec or encoding."""

from __future__ import annotations

import argparse

from zarrcodec_bridge.cli.command import command
from zarrcodec_bridge.cli.options import DTYPE, JSON, NDIM, OUTPUT, SOURCE, STRICT, TARGET, UNKNOWN
from zarrcodec_bridge.cli.output import Output
from zarrcodec_bridge.cli.sources import load_encoding
from zarrcodec_bridge.explanations import explain


@command(
    "explain",
    SOURCE,
    DTYPE,
    NDIM,
    TARGET,
    UNKNOWN,
    STRICT,
    OUTPUT,
    JSON,
    examples=(
        "zarrcodec-bridge explain blosc:zstd --dtype int16",
        "zarrcodec-bridge explain array.zarr/.zarray --json",
    ),
)
def explain_source(args: argparse.Namespace, out: Output) -> None:
    """Say what a codec or an encoding is in both formats, and who reads it."""
    source, pipeline = load_encoding(args)
    explanation = explain(
        source if pipeline is None else pipeline,
        dtype=args.dtype,
        target=args.target,
        unknown=args.unknown,
        strict=args.strict,
    )
    if args.json:
        out.json(explanation.to_dict())
    else:
        out.show(explanation)
