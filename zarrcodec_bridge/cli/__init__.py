"""The command line, ``zarrcodec-bridge`` or ``python -m zarrcodec_bridge``.

JSON goes to stdout (one line, or indented and coloured on a terminal), notes, losses and errors to
stderr. Exit codes: 0 done, 1 refused, 2 misuse. A subcommand is one function under :func:`command`,
which lists its options; its module is imported when it is asked for.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Iterable, Sequence
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
from zarrcodec_bridge.core.errors import BridgeError
from zarrcodec_bridge.core.version import __version__

__all__ = ["COMMANDS", "load_command", "main"]

COMMANDS: Final[dict[str, str]] = {
    "to-v3": "translation:to_v3",
    "to-v2": "translation:to_v2",
    "convert": "documents:convert",
    "explain": "explanations:explain_source",
    "codecs": "listing:list_codecs",
    "schema": "listing:print_schemas",
    "migrate": "stores:migrate_store",
}
"""The module and the function of each subcommand, in the order of the help."""

PROGRAM: Final = "zarrcodec-bridge"


EPILOG: Final = """\
SOURCE is one codec (v2, v3, or a bare name), a .zarray, a zarr.json, only the encoding members of
either, or a list of codecs (with --dtype). What to-v2 and to-v3 print is SOURCE for the others.
They take the encoding alone; convert takes whole documents, and migrate a store.

  zarrcodec-bridge to-v3 '{"id": "gzip", "level": 5}'
  zarrcodec-bridge to-v3 array.zarr/.zarray --target tensorstore
  zarrcodec-bridge to-v2 array.zarr/zarr.json | zarrcodec-bridge to-v3
  zarrcodec-bridge convert array.zarr/.zarray > zarr.json
  zarrcodec-bridge explain blosc:zstd --dtype int16

JSON is printed on stdout, notes, losses and errors on stderr.
Exit codes: 0 done; 1 refused, or later writes would lose something; 2 misuse: bad options, a file
that cannot be read, input that is not JSON.
"""


def load_command(name: str) -> Command:
    """Import the subcommand `name`."""
    module, _, function = COMMANDS[name].partition(":")
    found: Command = getattr(import_module(f"{__name__}.{module}"), function)
    return found


def _make_parser(commands: Iterable[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Translate Zarr codec metadata between v2 and v3, so that the same chunks"
        " decode to the same array.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for each in map(load_command, commands):
        text = (each.run.__doc__ or "").strip().replace("%", "%%")
        subparser = subparsers.add_parser(
            each.name, help=text.partition("\n")[0], description=text, allow_abbrev=False
        )
        for argument in each.options:
            subparser.add_argument(*argument.flags, **argument.settings)
        subparser.set_defaults(run=each.run)
    return parser


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
            code = _run(argv, out)
            out.flush()
    except BrokenPipeError:
        out.abandon()
        return READER_GONE
    except KeyboardInterrupt:
        out.abandon()
        return INTERRUPTED
    except OSError as error:  # a full disk, a closed stdout
        out.abandon()
        print(f"error: the output cannot be written: {error.strerror or error}", file=sys.stderr)
        return MISUSED
    return code


def _run(argv: Sequence[str] | None, out: Output) -> int:
    argv = sys.argv[1:] if argv is None else argv
    first = argv[:1]
    needed = first if first and first[0] in COMMANDS else () if first == ["--version"] else COMMANDS
    try:
        args = _make_parser(needed).parse_args(argv)
    except SystemExit as exit_:  # argparse has said why
        return exit_.code if isinstance(exit_.code, int) else MISUSED
    try:
        return args.run(args, out) or DONE
    except Misuse as error:
        out.say("error", [error])
        return MISUSED
    except BridgeError as error:
        out.say("error", [error])
        return REFUSED
    except RecursionError:
        out.say("error", ["the input is nested too deeply"])
        return REFUSED
