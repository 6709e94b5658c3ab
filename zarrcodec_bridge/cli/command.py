"""What a subcommand is, how one is made, and the exit codes."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from zarrcodec_bridge.cli.output import Output

DONE: Final = 0

REFUSED: Final = 1
"""The codec is malformed, not known, or would lose something."""

MISUSED: Final = 2
"""Invalid options, a file that cannot be read, or input that is not JSON."""

INTERRUPTED: Final = 130

READER_GONE: Final = 141
"""As a shell reports a program whose pipe was closed."""


class Misuse(Exception):  # noqa: N818 - as the exit code calls it
    """The command cannot be run as it was called.

    Parameters
    ----------
    message : str
        What is wrong, and what was expected.
    usage : str
        The usage to print before it.
    """

    def __init__(self, message: str, usage: str = "") -> None:
        self.text = message
        self.usage = usage
        super().__init__(message)


Completes: TypeAlias = Literal["file", "folder"] | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Option:
    """One argument of a subcommand, as `argparse.ArgumentParser.add_argument` takes it."""

    flags: tuple[str, ...]
    settings: dict[str, Any]
    completes: Completes = None
    """What a shell completes it with: files, folders, or these words."""


Run: TypeAlias = "Callable[[argparse.Namespace, Output], int | None]"


@dataclass(frozen=True, slots=True)
class Command:
    """A subcommand: its name, its function, its arguments, and command lines that its help shows."""

    name: str
    run: Run
    options: tuple[Option, ...]
    examples: tuple[str, ...] = ()


def command(
    name: str, *options: Option, examples: tuple[str, ...] = ()
) -> Callable[[Run], Command]:
    """Make a function the subcommand `name`; its docstring is the help.

    The function gets the parsed arguments and the :class:`Output`, and returns an exit code
    (``None`` is 0). A :class:`BridgeError` is printed and exits 1, a :class:`Misuse` exits 2.
    """
    return lambda run: Command(name, run, options, examples)


def option(*flags: str, completes: Completes = None, **settings: Any) -> Option:
    """Make an :class:`Option` as `add_argument` would."""
    return Option(flags, settings, completes)
