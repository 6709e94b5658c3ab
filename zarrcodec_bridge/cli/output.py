"""Print what a subcommand gives: plain in a pipe, indented and coloured on a terminal."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Any

from zarrcodec_bridge.core.display import as_rich, as_text
from zarrcodec_bridge.core.errors import BridgeError
from zarrcodec_bridge.core.messages import (
    Cell,
    Row,
    escape_control_characters,
    in_words,
    phrase_for_command_line,
)
from zarrcodec_bridge.core.redaction import without_secrets

if TYPE_CHECKING:
    from rich.console import Console

    from zarrcodec_bridge.translation.options import Translation

__all__ = ["Output"]


class Output:
    """The output of a subcommand: results go to stdout, everything else to stderr."""

    def json(self, value: Any) -> None:
        """Print JSON: one line in a pipe, indented on a terminal."""
        try:
            text = json.dumps(value, allow_nan=False)
        except ValueError:
            raise BridgeError(
                "the result holds NaN or infinity, which JSON does not allow"
            ) from None
        if self._coloured():
            from rich.json import JSON

            self._write(self._render(JSON(text, indent=2, ensure_ascii=True)))
        else:
            self._write(json.dumps(value, indent=2) if self._on_terminal() else text)

    def translation(self, done: Translation, *, show_losses: bool) -> None:
        """Print the JSON of a translation, and its notes; its losses where they are wanted."""
        self.json(done.result)
        self.say("note", done.notes)
        if show_losses:
            self.say("loss", done.losses)

    def text(self, value: str) -> None:
        """Print text as it is."""
        self._write(value)

    def show(self, rows: Iterable[Row]) -> None:
        """Print rows in the words of a command line; wrapped and coloured on a terminal."""
        rows = [
            [Cell(in_words(cell.text, phrase_for_command_line), cell.role) for cell in row]
            for row in rows
        ]
        if not self._coloured():
            self._write(as_text(rows))
            return
        from rich.console import Group

        console = self._console()
        self._write(self._render(Group(*as_rich(rows, console, console.options))))

    def say(self, tag: str, messages: Iterable[object]) -> None:
        """Print one ``tag: message`` line for each message on stderr, its hints in a command line's words."""
        self.flush()
        for message in messages:
            text = without_secrets(in_words(message, phrase_for_command_line))
            line = f"{tag}: {escape_control_characters(text)}\n"
            if sys.stderr is not None:
                sys.stderr.write(_encodable(line, sys.stderr))

    def warn(self, message: Warning | str, *_: Any, **__: Any) -> None:
        """Print a Python warning, as :func:`warnings.showwarning` is called."""
        self.say("warning", [message])

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

    def _write(self, line: str) -> None:
        if sys.stdout is None:
            raise OSError("stdout is closed")
        sys.stdout.write(_encodable(f"{line}\n", sys.stdout))

    def _on_terminal(self) -> bool:
        return sys.stdout is not None and sys.stdout.isatty()

    def _coloured(self) -> bool:
        """Whether stdout is a terminal on which colour is wanted (https://no-color.org)."""
        if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
            return False
        return self._on_terminal()

    def _console(self) -> Console:
        from rich.console import Console

        return Console(file=sys.stdout, highlight=False, markup=False, emoji=False)

    def _render(self, value: Any) -> str:
        """Render what rich knows for this terminal, which wraps what is too long."""
        console = self._console()
        with console.capture() as captured:
            console.print(value, soft_wrap=True)
        return captured.get().removesuffix("\n")


def _encodable(text: str, stream: IO[str]) -> str:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)
