"""Text that is shown: values, names and exceptions, cut to a readable length and safe to print."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.text import Text

__all__ = [
    "LONGEST_REASON",
    "Cell",
    "Displayed",
    "Role",
    "Row",
    "closest_name",
    "describe_exception",
    "escape_control_characters",
    "excerpt",
    "short_message",
    "shorten",
]

LONGEST_REASON: Final = 400
"""Characters that are quoted of the message of another error."""


Role: TypeAlias = Literal[
    "title", "label", "text", "json", "code", "link", "note", "loss", "refusal", "hint"
]


@dataclass(frozen=True, slots=True)
class Cell:
    """A text and what it is; control characters are escaped."""

    text: str
    role: Role = "text"

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", escape_control_characters(self.text))


Row: TypeAlias = Sequence[Cell]
"""The last cell of a row takes all the columns that are left: a row of one cell is a line."""


class Displayed:
    """A value that shows itself as text, in notebooks and with rich: the same rows in each."""

    __slots__ = ()

    def rows(self) -> Iterable[Row]:
        """Give what is shown."""
        raise NotImplementedError

    def __str__(self) -> str:
        from zarrcodec_bridge.core.display import as_text

        return as_text(self.rows())

    def _repr_html_(self) -> str:
        from zarrcodec_bridge.core.display import as_html

        return as_html(self.rows())

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Show the text where IPython would show the ``repr``."""
        printer.text(repr(self) if cycle else str(self))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        from zarrcodec_bridge.core.display import as_rich

        return as_rich(self.rows(), console, options)


def shorten(text: str, longest: int = 80) -> str:
    """Cut a text to `longest` characters; the last three are dots where something is left out."""
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def excerpt(value: Any, longest: int = 80) -> str:
    """Show `value` in an error message: as JSON where it is JSON, cut to `longest` characters."""
    try:
        text = _size_of(value) or _dump(value)
    except Exception:  # foreign code
        text = f"{type(value).__name__} object"
    return shorten(text, longest)


def short_message(error: BaseException) -> str:
    """Give the message of an error, cut to a readable length."""
    try:
        text = str(error)
    except Exception:  # foreign code, too
        text = type(error).__name__
    return shorten(text, LONGEST_REASON)


def describe_exception(error: BaseException) -> str:
    """Give the class and the message of an exception of another library, cut to a readable length."""
    try:
        text = str(error)
    except Exception:  # foreign code, too
        text = ""
    name = type(error).__name__
    return shorten(f"{name}: {text}", LONGEST_REASON) if text else name


def escape_control_characters(text: str) -> str:
    """Write a text on one line, without what a terminal obeys: control and bidirectional characters."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def closest_name(name: str, known: Iterable[str], alike: float = 0.8) -> str | None:
    """Find the known name that `name` is likely to misspell."""
    import difflib  # only odd documents need it

    names = {name.lower(): name for name in known}
    found = difflib.get_close_matches(name.lower()[:80].replace("-", "_"), names, 1, alike)
    return names[found[0]] if found else None


def _size_of(value: Any) -> str | None:
    """``"a list of 20"``; ``None`` for a value that is short enough to be written."""
    if not isinstance(value, (dict, list, tuple)):
        return None
    items = value.values() if isinstance(value, dict) else value
    if len(value) <= 8 and not any(isinstance(item, (dict, list, tuple)) for item in items):
        return None
    return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)}"


def _dump(value: Any) -> str:
    if isinstance(value, int) and abs(value) > 1 << 4096:
        return f"an integer of {value.bit_length()} bits"
    if isinstance(value, str) and len(value) > 200:
        value = value[:200]
    try:
        return json.dumps(value)
    except (TypeError, ValueError):
        return f"{type(value).__name__} object"
