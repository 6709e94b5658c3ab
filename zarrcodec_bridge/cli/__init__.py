"""The command line, ``zarrcodec-bridge`` or ``python -m zarrcodec_bridge``.

JSON goes to stdout (one line, or indented and coloured on a terminal), notes, losses and errors to
stderr. Exit codes: 0 done, 1 refused, 2 misuse. A subcommand is one function under :func:`command`,
which lists its options; its module is imported when it is asked for.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from typing import Final

from zarrcodec_bridge.cli.command import (
    DONE,
    INTERRUPTED,
    MISUSED,
    READER_GONE,
    REFUSED,
    Command,
    Misuse,
)
from zarrcodec_bridge.cli.output import Output
from zarrcodec_bridge.cli.parser import PROGRAM, make_parser, suggest
from zarrcodec_bridge.core.errors import BridgeError

__all__ = ["COMMANDS", "load_command", "main"]

COMMANDS: Final[dict[str, str]] = {
    "to-v3": "translation:to_v3",
    "to-v2": "translation:to_v2",
    "convert": "documents:convert",
    "explain": "explanations:explain_source",
    "check": "explanations:check_source",
    "codecs": "listing:list_codecs",
    "schema": "listing:print_schemas",
    "migrate": "stores:migrate_store",
    "completion": "completion:print_completion",
}
"""The module and the function of each subcommand, in the order of the help."""


def load_command(name: str) -> Command:
    """Import the subcommand `name`."""
    module, _, function = COMMANDS[name].partition(":")
    found: Command = getattr(import_module(f"{__name__}.{module}"), function)
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments, without the program's name; those of the process if left out.

    Returns
    -------
    int
        The exit code.
    """
    out = Output()
    try:
        with warnings.catch_warnings():
            warnings.showwarning = out.warn
            code = _run(sys.argv[1:] if argv is None else argv, out)
            out.flush()
    except BrokenPipeError:
        out.abandon()
        return READER_GONE
    except KeyboardInterrupt:
        out.abandon()
        return INTERRUPTED
    except OSError as error:  # a full disk, a closed stdout
        out.abandon()
        where = error.filename or "the output"
        print(f"error: {where} cannot be written: {error.strerror or error}", file=sys.stderr)
        return MISUSED
    return code


def _run(argv: Sequence[str], out: Output) -> int:
    try:
        args = _parse(argv)
    except SystemExit as exit_:  # argparse has printed a help or the version
        return exit_.code if isinstance(exit_.code, int) else MISUSED
    except Misuse as error:
        out.error(error)
        return MISUSED
    out.open(getattr(args, "output", None), args.flags, as_json=getattr(args, "json", False))
    code = _call(args, out)
    out.close()
    return code


def _call(args: argparse.Namespace, out: Output) -> int:
    try:
        return args.run(args, out) or DONE
    except Misuse as error:
        out.error(error)
        return MISUSED
    except BridgeError as error:
        out.error(error)
    except RecursionError:
        out.error(BridgeError("the input is nested too deeply"))
    return REFUSED


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    first = argv[0] if argv else ""
    if first == "--version":
        return make_parser(()).parse_args(argv)
    if first and first not in COMMANDS and not first.startswith("-"):
        known = ", ".join(COMMANDS)
        raise Misuse(
            f"expected a command ({known}), got {first[:80]!r}{suggest(first, COMMANDS)}",
            f"usage: {PROGRAM} COMMAND ...\n",
        )

    names = [first] if first in COMMANDS else COMMANDS
    args = make_parser(map(load_command, names)).parse_args(argv)
    args.make_parser = lambda completions: make_parser(map(load_command, COMMANDS), completions)
    return args
