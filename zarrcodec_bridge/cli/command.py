"""What a subcommand is, how one is made, and the exit codes."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from zarrcodec_bridge.cli.output import Output

__all__ = ["Command", "Misuse", "Option", "command", "option"]

DONE: Final = 0


REFUSED: Final = 1
"""The codec is malformed, not known, or would lose something."""


MISUSED: Final = 2
"""Invalid options, a file that cannot be read, or input that is not JSON."""


INTERRUPTED: Final = 130


READER_GONE: Final = 141
"""As a shell reports a program whose pipe was closed."""


class Misuse(Exception):  # noqa: N818 - as the exit code calls it
    """The command cannot be run as it was called."""


@dataclass(frozen=True, slots=True)
class Option:
    """One argument of a subcommand, as `argparse.ArgumentParser.add_argument` takes it."""

    flags: tuple[str, ...]
    settings: dict[str, Any]


Run: TypeAlias = "Callable[[argparse.Namespace, Output], int | None]"


@dataclass(frozen=True, slots=True)
class Command:
    """A subcommand: its name, its function, and its arguments."""

    name: str
    run: Run
    options: tuple[Option, ...]


def command(name: str, *options: Option) -> Callable[[Run], Command]:
    """Make a function the subcommand `name`; its docstring is the help.

    The function gets the parsed arguments and the :class:`Output`, and returns an exit code
    (``None`` is 0). A :class:`BridgeError` is printed and exits 1, a :class:`Misuse` exits 2.
    """
    return lambda run: Command(name, run, options)


def option(*flags: str, **settings: Any) -> Option:
    """Make an :class:`Option` as `add_argument` would."""
    return Option(flags, settings)
