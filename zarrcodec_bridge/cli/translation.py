"""The subcommands that translate one codec or encoding."""

from __future__ import annotations

import argparse
from typing import Final

from zarrcodec_bridge.cli.command import command
from zarrcodec_bridge.cli.options import (
    DTYPE,
    JSON,
    NDIM,
    ON_LOSS,
    OUTPUT,
    PORTABLE,
    SOURCE,
    STRICT,
    TARGET,
    UNKNOWN,
)
from zarrcodec_bridge.cli.output import Output
from zarrcodec_bridge.cli.sources import load_encoding
from zarrcodec_bridge.core.options import OnLoss
from zarrcodec_bridge.core.spec import Dialect
from zarrcodec_bridge.translation.one_codec import translate

_ARGUMENTS: Final = (
    *(SOURCE, DTYPE, NDIM, TARGET, ON_LOSS, UNKNOWN),
    *(STRICT, PORTABLE, OUTPUT, JSON),
)
"""What both directions take."""


@command(
    "to-v3",
    *_ARGUMENTS,
    examples=(
        """zarrcodec-bridge to-v3 '{"id": "gzip", "level": 5}'""",
        "zarrcodec-bridge to-v3 blosc:zstd --dtype int16",
        "zarrcodec-bridge to-v3 array.zarr/.zarray --target tensorstore -o encoding.json",
    ),
)
def to_v3(args: argparse.Namespace, out: Output) -> None:
    """Write a codec as v3 {"name", "configuration"}, an encoding as {"data_type", "codecs"}."""
    _translate(args, out, "v3")


@command(
    "to-v2",
    *_ARGUMENTS,
    examples=(
        """zarrcodec-bridge to-v2 '{"name": "gzip", "configuration": {"level": 5}}'""",
        "zarrcodec-bridge to-v2 array3.zarr/zarr.json",
        "zarrcodec-bridge to-v3 array.zarr/.zarray | zarrcodec-bridge to-v2 --json",
    ),
)
def to_v2(args: argparse.Namespace, out: Output) -> None:
    """Write a codec as v2 {"id"}, an encoding as {"dtype", "order", "filters", "compressor"}."""
    _translate(args, out, "v2")


def _translate(args: argparse.Namespace, out: Output, to: Dialect) -> None:
    source, pipeline = load_encoding(args)
    on_loss: OnLoss = "ignore" if args.on_loss == "warn" else args.on_loss
    if pipeline is not None:
        done = pipeline.translate(
            to, target=args.target, on_loss=on_loss, unknown=args.unknown, portable=args.portable
        )
    else:
        done = translate(
            source,
            to=to,
            dtype=args.dtype,
            target=args.target,
            on_loss=on_loss,
            unknown=args.unknown,
            strict=args.strict,
            portable=args.portable,
        )
    out.translation(done, show_losses=args.on_loss == "warn")
