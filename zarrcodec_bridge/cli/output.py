"""Print what a subcommand gives: plain in a pipe or a file, coloured on a terminal."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping
from typing import IO, TYPE_CHECKING, Any, Final

from zarrcodec_bridge.cli.command import Misuse
from zarrcodec_bridge.core.display import as_rich, as_text
from zarrcodec_bridge.core.errors import BridgeError
from zarrcodec_bridge.core.messages import (
    Cell,
    Displayed,
    Hint,
    Row,
    escape_control_characters,
    in_words,
    phrase_for_command_line,
    phrase_for_python,
)
from zarrcodec_bridge.core.redaction import without_secrets

if TYPE_CHECKING:
    from rich.console import Console

    from zarrcodec_bridge.translation.options import Translation

TAG_COLOURS: Final[Mapping[str, str]] = {
    "error": "1;31",
    "loss": "31",
    "warning": "35",
    "note": "36",
}
"""The escape codes of the words that begin a line on stderr; all can be read on black and on white."""

JSON_TOKEN: Final = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*"(?=:))|(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>[^][{}:,\s]+)'
)
JSON_COLOURS: Final = {"key": "1;34", "text": "32", "number": "36"}


class Output:
    """The output of a subcommand: results go to stdout or to a file, everything else to stderr."""

    def __init__(self) -> None:
        self._path: str | None = None
        self._held: list[str] = []
        self._flags: frozenset[str] | None = None
        self._reports_errors = False

    def open(self, path: str | None, flags: Iterable[str], *, as_json: bool) -> None:
        """Say where results go, and which options can be advised.

        Parameters
        ----------
        path : str or None
            The file, which :meth:`close` writes; ``None`` and ``"-"`` are stdout.
        flags : iterable of str
            The options of the subcommand.
        as_json : bool
            Whether an error is a result, too.
        """
        self._path = None if path == "-" else path
        self._flags = frozenset(flags)
        self._reports_errors = as_json

    def close(self) -> None:
        """Write the file, whole; it stays as it was where there is no result."""
        if self._path is None or not self._held:
            return
        from zarrcodec_bridge.cli.files import write_whole  # imports what compresses, too

        try:
            write_whole(self._path, "".join(self._held))
        except OSError as error:  # it may name the temporary file
            raise OSError(error.errno, error.strerror, self._path) from error

    def json(self, value: Any) -> None:
        """Print JSON: one line in a pipe, indented on a terminal."""
        try:
            text = json.dumps(
                value, allow_nan=False, indent=2 if self._is_terminal(sys.stdout) else None
            )
        except ValueError:
            raise BridgeError(
                "the result holds NaN or infinity, which JSON does not allow"
            ) from None
        if self._is_coloured(sys.stdout):
            text = JSON_TOKEN.sub(_colour_token, text)
        self._write(text)

    def translation(self, done: Translation, *, show_losses: bool) -> None:
        """Print the JSON of a translation and its notes, its losses where they are wanted; or a report of them."""
        if self._reports_errors:
            self.json(done.to_dict())
            return
        self.json(done.result)
        self.say("note", done.notes)
        if show_losses:
            self.say("loss", done.losses)

    def text(self, value: str) -> None:
        """Print text as it is."""
        self._write(value)

    def show(self, value: Displayed | Iterable[Row]) -> None:
        """Print rows in the words of a command line; wrapped and coloured on a terminal."""
        rows = [
            [Cell(self.phrase(cell.text), cell.role) for cell in row]
            for row in (value.rows() if isinstance(value, Displayed) else value)
        ]
        self._write(self._render(rows) if self._is_coloured(sys.stdout) else as_text(rows))

    def phrase(self, message: object) -> str:
        """Give a message in the words of a command line; what this subcommand has no option for is for Python."""
        return in_words(message, self._phrase_hint)

    def _phrase_hint(self, hint: Hint) -> str:
        words = phrase_for_command_line(hint)
        flag = re.search("--[a-z-]+", words)
        if self._flags is None or hint.call or flag is None or flag[0] in self._flags:
            return words
        return f"{phrase_for_python(hint)} in Python"

    def say(self, tag: str, messages: Iterable[object]) -> None:
        """Print one ``tag: message`` line for each message on stderr, its hints in a command line's words."""
        self.flush()
        if sys.stderr is None:
            return
        shown = f"{tag}:"
        if self._is_coloured(sys.stderr):
            shown = f"\x1b[{TAG_COLOURS[tag]}m{shown}\x1b[0m"
        for message in messages:
            text = escape_control_characters(without_secrets(self.phrase(message)))
            sys.stderr.write(_encodable(f"{shown} {text}\n", sys.stderr))

    def warn(self, message: Warning | str, *_: Any, **__: Any) -> None:
        """Print a Python warning, as :func:`warnings.showwarning` is called."""
        self.say("warning", [message])

    def error(self, error: BridgeError | Misuse) -> None:
        """Print an error, after the usage where that was wrong; also as JSON where a report was asked for."""
        if isinstance(error, Misuse) and error.usage and sys.stderr is not None:
            sys.stderr.write(error.usage)
        self.say("error", [error])
        if self._reports_errors:
            self._held.clear()
            self.json({"error": _error_as_json(error, self.phrase(error))})

    def flush(self) -> None:
        """Flush stdout, so that an error in writing is raised here."""
        if sys.stdout is not None:
            sys.stdout.flush()

    def abandon(self) -> None:
        """Redirect streams that cannot be written, so that nothing is written to them at exit."""
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError, AttributeError):
                try:
                    null = os.open(os.devnull, os.O_WRONLY)
                    os.dup2(null, stream.fileno())
                    os.close(null)
                except (OSError, ValueError, AttributeError):
                    continue

    def _write(self, text: str) -> None:
        if self._path is not None:
            self._held.append(f"{text}\n")
        elif sys.stdout is None:
            raise OSError("stdout is closed")
        else:
            sys.stdout.write(_encodable(f"{text}\n", sys.stdout))

    def _is_terminal(self, stream: IO[str] | None) -> bool:
        if self._path is not None and stream is sys.stdout:
            return False
        return stream is not None and stream.isatty()

    def _is_coloured(self, stream: IO[str] | None) -> bool:
        """Whether it is a terminal on which colour is wanted (https://no-color.org) and understood."""
        if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
            return False
        return self._is_terminal(stream) and (os.name != "nt" or "WT_SESSION" in os.environ)

    def _render(self, rows: list[list[Cell]]) -> str:
        """Render rows for this terminal, which is asked for its width."""
        from rich.console import Console, Group

        console: Console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
        with console.capture() as captured:
            console.print(Group(*as_rich(rows, console, console.options)), soft_wrap=True)
        return captured.get().removesuffix("\n")


def _colour_token(found: re.Match[str]) -> str:
    return f"\x1b[{JSON_COLOURS[str(found.lastgroup)]}m{found[0]}\x1b[0m"


def _error_as_json(error: BridgeError | Misuse, message: str) -> dict[str, Any]:
    hints = error.hints if isinstance(error, BridgeError) else ()
    return {
        "kind": type(error).__name__,
        "message": without_secrets(message),
        "hints": [hint.to_dict() for hint in hints],
    }


def _encodable(text: str, stream: IO[str]) -> str:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)
