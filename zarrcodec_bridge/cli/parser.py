"""The parser of the command line: help with examples, and errors that say what was meant."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final, NoReturn

from zarrcodec_bridge.cli.command import Command, Misuse
from zarrcodec_bridge.core.messages import shorten
from zarrcodec_bridge.core.version import __version__

PROGRAM: Final = "zarrcodec-bridge"

DESCRIPTION: Final = (
    "Translate Zarr codec metadata between v2 and v3, so that the same chunks decode to the same"
    " array."
)

EPILOG: Final = """\
SOURCE is one codec (v2, v3, or a bare name), a .zarray, a zarr.json, only the encoding members of
either, a list of codecs (with --dtype), or the folder or URL of an array. What to-v2 and to-v3 print
is SOURCE for the others. They take the encoding alone; convert takes whole documents, migrate a
store; explain and check take any of these.

  zarrcodec-bridge to-v3 '{"id": "gzip", "level": 5}'
  zarrcodec-bridge to-v3 array.zarr --target tensorstore
  zarrcodec-bridge convert array.zarr -o array.zarr/zarr.json
  zarrcodec-bridge explain archive.zarr
  zarrcodec-bridge check archive.zarr --reader zarr-python,zarrita

Each COMMAND --help has examples of its own. Results are printed on stdout or into -o FILE, notes,
losses and errors on stderr; with --json they are one report on stdout.
Exit codes: 0 done; 1 refused, or later writes would lose something; 2 misuse: bad options, a file
that cannot be read, input that is not JSON.
"""


class _Parser(argparse.ArgumentParser):
    """A parser that raises its errors, with the usage of the subcommand that they are about."""

    flags: tuple[str, ...] = ()

    def parse_known_args(self, *args: Any, **settings: Any) -> Any:
        """Parse all arguments: what is left over is an error of this subcommand."""
        found, left = super().parse_known_args(*args, **settings)
        if left:
            self.error(f"unrecognized arguments: {' '.join(left)}{self._suggest(left)}")
        return found, left

    def error(self, message: str) -> NoReturn:
        """Raise the error."""
        raise Misuse(message, self.format_usage())

    def _suggest(self, left: Sequence[str]) -> str:
        wrong = [word.partition("=")[0] for word in left if word.startswith("--")]
        return suggest(wrong[0], self.flags) if wrong else ""


def suggest(word: str, known: Iterable[str]) -> str:
    """Say what may have been meant by `word`; nothing where no known word is like it."""
    near = get_close_matches(word.lower()[:80], [*known], 1)
    return f"; did you mean {near[0]}?" if near else ""


def one_of(choices: Iterable[str | int]) -> dict[str, Any]:
    """Make the settings of an option that takes one of a few words, and suggests a near one for another."""
    known = {str(choice): choice for choice in choices}

    def read(text: str) -> str | int:
        if text not in known:
            *words, last = known
            raise argparse.ArgumentTypeError(
                f"expected {', '.join(words)} or {last}, got {shorten(text)!r}{suggest(text, known)}"
            )
        return known[text]

    return {"type": read, "choices": [*known.values()]}


def make_parser(
    commands: Iterable[Command], completions: Mapping[str, Any] | None = None
) -> argparse.ArgumentParser:
    """Make the parser of some subcommands.

    Parameters
    ----------
    commands : iterable of Command
        The subcommands that can be given.
    completions : mapping, optional
        What the generator of completion scripts needs at an option that takes a file or a folder.
    """
    parser = _Parser(
        prog=PROGRAM,
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for each in commands:
        text = (each.run.__doc__ or "").strip().replace("%", "%%")
        examples = "\n".join(f"  {example}" for example in each.examples).replace("%", "%%")
        subparser = subparsers.add_parser(
            each.name,
            help=text.partition("\n")[0],
            description=text,
            epilog=f"examples:\n{examples}" if examples else None,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        for argument in each.options:
            action: Any = subparser.add_argument(*argument.flags, **argument.settings)
            if completions and argument.completes is not None:
                if isinstance(argument.completes, tuple):
                    action.choices = argument.completes
                else:
                    action.complete = completions[argument.completes]
        subparser.flags = tuple(flag for option in each.options for flag in option.flags)
        subparser.set_defaults(run=each.run, flags=subparser.flags)
    return parser
