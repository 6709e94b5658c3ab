"""The subcommands that translate one codec or encoding, or explain it."""

from __future__ import annotations

import argparse
from typing import Any

from zarrcodec_bridge.cli.command import Misuse, command
from zarrcodec_bridge.cli.options import (
    DTYPE,
    JSON,
    NDIM,
    ON_LOSS,
    PORTABLE,
    SOURCE,
    STRICT,
    TARGET,
    UNKNOWN,
)
from zarrcodec_bridge.cli.output import Output
from zarrcodec_bridge.cli.sources import load
from zarrcodec_bridge.core.errors import MissingContextError
from zarrcodec_bridge.core.options import OnLoss
from zarrcodec_bridge.core.spec import Dialect
from zarrcodec_bridge.explanations import explain
from zarrcodec_bridge.explanations.sources import encoding_in
from zarrcodec_bridge.readers import TargetName
from zarrcodec_bridge.translation.codec import translate
from zarrcodec_bridge.translation.options import Translation
from zarrcodec_bridge.translation.pipeline import Pipeline

__all__ = ["explain_source", "to_v2", "to_v3"]


@command("to-v3", SOURCE, DTYPE, NDIM, TARGET, ON_LOSS, UNKNOWN, STRICT, PORTABLE)
def to_v3(args: argparse.Namespace, out: Output) -> None:
    """Write a codec as v3 {"name", "configuration"}, an encoding as {"data_type", "codecs"}."""
    _translate(args, out, "v3", args.target)


@command("to-v2", SOURCE, DTYPE, NDIM, ON_LOSS, UNKNOWN, STRICT, PORTABLE)
def to_v2(args: argparse.Namespace, out: Output) -> None:
    """Write a codec as v2 {"id"}, an encoding as {"dtype", "order", "filters", "compressor"}."""
    _translate(args, out, "v2", "spec")


def _translate(args: argparse.Namespace, out: Output, to: Dialect, target: TargetName) -> None:
    source, pipeline = _source(args)
    on_loss: OnLoss = "ignore" if args.on_loss == "warn" else args.on_loss
    done: Translation
    if pipeline is not None:
        done = pipeline.translate(
            to, target=target, on_loss=on_loss, unknown=args.unknown, portable=args.portable
        )
    else:
        done = translate(
            source,
            to=to,
            dtype=args.dtype,
            target=target,
            on_loss=on_loss,
            unknown=args.unknown,
            strict=args.strict,
            portable=args.portable,
        )
    out.json(done.result)
    out.say("note", done.notes)
    if args.on_loss == "warn":
        out.say("loss", done.losses)


def _source(args: argparse.Namespace) -> tuple[Any, Pipeline | None]:
    """What SOURCE says, and the same as a whole encoding where it is one."""
    source = load(args.source)
    try:
        return source, encoding_in(
            source, dtype=args.dtype, ndim=args.ndim, unknown=args.unknown, strict=args.strict
        )
    except MissingContextError as error:  # it is not refused: an option is missing
        raise Misuse(f"{error.codec} does not say the data type; pass --dtype") from None


@command("explain", SOURCE, DTYPE, NDIM, TARGET, UNKNOWN, STRICT, JSON)
def explain_source(args: argparse.Namespace, out: Output) -> None:
    """Say what a codec or an encoding is in both formats, and who reads it."""
    source, pipeline = _source(args)
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
        out.text(explanation)
