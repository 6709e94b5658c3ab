"""The options that subcommands share."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable
from typing import Any, Final

from zarrcodec_bridge.cli.command import Option, option
from zarrcodec_bridge.cli.parser import one_of
from zarrcodec_bridge.core.data_types import DataType, read_dtype
from zarrcodec_bridge.core.messages import escape_control_characters
from zarrcodec_bridge.core.options import OptionError
from zarrcodec_bridge.readers import TARGETS, read_target


def _dtype(text: str) -> DataType:
    try:
        value = json.loads(text) if text.lstrip()[:1] in ("[", "{") else text
        return read_dtype(value)
    except (ValueError, RecursionError) as error:
        raise argparse.ArgumentTypeError(escape_control_characters(str(error))) from None


def _target(text: str) -> str:
    try:
        return read_target(text)
    except OptionError as error:
        raise argparse.ArgumentTypeError(escape_control_characters(str(error))) from None


class _AddTarget(argparse.Action):
    """Take `--target` again as one more reader that is to open the output."""

    def __call__(self, parser: Any, namespace: Any, value: Any, option_string: Any = None) -> None:
        before = getattr(namespace, self.dest)
        setattr(namespace, self.dest, value if before == self.default else f"{before}, {value}")


def whole_number(what: str, least: int, most: int = 999_999_999) -> Callable[[str], int]:
    """Make a reader of a whole number from `least` to `most`; `what` is its name in the refusal."""
    limits = f"at least {least}" if most == 999_999_999 else f"{least} to {most}"

    def read(text: str) -> int:
        number = int(text) if re.fullmatch("[0-9]{1,9}", text) else -1
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"expected {what}, {limits}, got {text[:80]!r}")
        return number

    return read


def _source(what: str, folder: str) -> Option:
    return option(
        "source",
        nargs="?",
        metavar="SOURCE",
        completes="file",
        help=f"{what}: JSON, a codec's name (zstd, blosc:lz4), a file (.zarray, zarr.json, or one with"
        f" such JSON), the folder or URL of {folder}, or - for stdin, which is also read if SOURCE is"
        " left out",
    )


SOURCE: Final = _source("a codec or an encoding", "an array")

ANY_SOURCE: Final = _source("a codec, an encoding, a document or a store", "an array or a store")


DTYPE: Final = option(
    "--dtype",
    type=_dtype,
    metavar="DTYPE",
    help="the data type of the elements, where SOURCE does not say it: v2 ('<f4') or v3 (float32,"
    " or JSON)",
)


NDIM: Final = option(
    "--ndim",
    type=whole_number("a number of axes", 0, 64),
    metavar="N",
    help="the number of axes of a chunk, where an encoding has no chunk shape: order F needs it in"
    " v3",
)


TARGET: Final = option(
    "--target",
    type=_target,
    action=_AddTarget,
    completes=TARGETS,
    default="spec",
    metavar="READER",
    help="the reader that the output is for, or several with commas between, such as"
    " 'zarr-python>=3.1,zarrita'; may be repeated; spec (the default) prefers registered names;"
    f" readers are {', '.join(TARGETS[1:])}",
)


ON_LOSS: Final = option(
    "--on-loss",
    **one_of(("error", "warn", "ignore")),
    default="error",
    help="where existing chunks decode equal, but later writes would differ in value: refuse (the"
    " default), write it and say so on stderr, or say nothing",
)


UNKNOWN: Final = option(
    "--unknown",
    **one_of(("error", "keep", "wrap")),
    default="error",
    help="a codec that is not known, or has no name in v3: refuse it (the default), pass it"
    " through, or write it as any-numcodecs.*",
)


KEEP_ATTRIBUTES: Final = option(
    "--keep-attributes",
    action="store_true",
    help="leave attributes as they are, but for the dimension names; by default _FillValue is"
    " written as xarray reads it in the other format, so that missing values stay missing",
)


STRICT: Final = option(
    "--strict",
    action="store_true",
    help="refuse keys that other writers are known to leave, such as blosc's nthreads, instead of"
    " dropping them",
)


PORTABLE: Final = option(
    "--portable",
    action="store_true",
    help="write the codecs that more readers know (zstd for imagecodecs_zstd) where the bytes are"
    " interchangeable",
)


JSON: Final = option(
    "--json",
    action="store_true",
    help="print a report as JSON, notes, losses and errors in it; `schema report COMMAND` describes it",
)


OUTPUT: Final = option(
    "-o",
    "--output",
    metavar="FILE",
    completes="file",
    help="write the result into FILE, whole or not at all; - is stdout",
)


LARGEST_INPUT: Final = 64
"""MiB; the metadata of one array is smaller, so what is larger is mostly a chunk given by mistake."""


MAX_SIZE: Final = option(
    "--max-size",
    type=whole_number("a number of MiB", 1),
    metavar="MIB",
    default=LARGEST_INPUT,
    help="the most MiB that a file or stdin may have, %(default)s by default: consolidated metadata"
    " and reference sets of large archives have more",
)


def _setting(text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    if not (key and equals):
        # the text may be a secret, so it is not repeated
        raise argparse.ArgumentTypeError("expected KEY=VALUE, got a text without = or without KEY")
    return key, {"true": True, "false": False, "none": None}.get(value.lower(), value)


STORAGE_OPTION: Final = option(
    "--storage-option",
    type=_setting,
    action="append",
    default=[],
    metavar="KEY=VALUE",
    help="what fsspec's file system takes, such as anon=true; may be repeated",
)
