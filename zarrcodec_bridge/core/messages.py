"""Text that is shown: values, names and exceptions, cut to a readable length and safe to print; and hints.

A :class:`Hint` is a remedy as data: what to pass or to call. A :class:`Message` is a text that keeps the hints in it:
Python (:func:`phrase_for_python`) and the command line (:func:`phrase_for_command_line`) each use their own words.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.text import Text


@dataclass(frozen=True, slots=True)
class Hint:
    """What to pass or to call, as data.

    Example
    -------
    >>> phrase_for_python(Hint("on_loss", "warn")), phrase_for_command_line(Hint("on_loss", "warn"))
    ("on_loss='warn'", '--on-loss warn')
    """

    option: str = ""
    """The keyword to pass, as Python spells it; empty where `call` says what to do."""
    value: str | int | None = None
    """The value to pass; ``None`` where the caller alone knows it."""
    call: str = ""
    """The public function to call instead."""
    argument: str = ""
    """The arguments of that call, as Python spells them."""
    name: str = ""
    """The name of a codec, a key or a data type that was probably meant."""
    package: str = ""
    """What to install, as pip takes it."""

    def to_dict(self) -> dict[str, str | int]:
        """Give the hint as plain JSON, without what is empty."""
        found = {
            "option": self.option or None,
            "value": self.value,
            "call": self.call or None,
            "argument": self.argument or None,
            "name": self.name or None,
            "package": self.package or None,
        }
        return {key: value for key, value in found.items() if value is not None}


Words: TypeAlias = Callable[[Hint], str]
"""How a surface phrases a hint."""

USE_A_PIPELINE: Final = Hint(call="Pipeline")
"""The codec needs the rest of its chain."""

_COMMANDS: Final[Mapping[str, str]] = {
    "Pipeline": "give the whole encoding",
    "explain": "explain SOURCE",
    "metadata_to_v2": "convert SOURCE --to 2",
    "metadata_to_v3": "convert SOURCE --to 3",
    "migrate": "migrate STORE",
    "normalize_metadata": "convert SOURCE --to (its own format)",
    "Pipeline.to_v2": "to-v2 SOURCE",
    "Pipeline.to_v3": "to-v3 SOURCE",
    "to_v2": "to-v2 SOURCE",
    "to_v3": "to-v3 SOURCE",
    "undo": "--undo",
}
"""What the command line has for a call; the others are calls in Python alone."""

_FLAGS: Final[Mapping[str, str]] = {
    "chunk_shape": "a document with its chunks",
    "max_workers": "--jobs",
    "zarr_format": "--to",
}
"""What the command line has for a keyword, where that is not the keyword itself."""

_PYTHON_ALONE: Final = frozenset("allow_pickle compressors endian kind".split())
"""Keywords that the command line has no option for."""


_KEYWORD: Final = re.compile(r"(\w+)=(?:'([^']+)'|(\d+))")
"""A keyword argument of a call whose value is a name or a number."""


def phrase_for_python(hint: Hint) -> str:
    """Phrase a hint as Python spells it: ``on_loss='warn'``, ``metadata_to_v3(document)``."""
    if hint.call:
        if hint == USE_A_PIPELINE:
            return "use a Pipeline"
        return f"{hint.call}({hint.argument})" if hint.argument else hint.call
    if hint.package:
        return f"pip install {shlex.quote(hint.package)}"
    if hint.name:
        return repr(hint.name)
    return hint.option if hint.value is None else f"{hint.option}={hint.value!r}"


def phrase_for_command_line(hint: Hint) -> str:
    """Phrase a hint as the command line spells it: ``--on-loss warn``, ``convert SOURCE --to 3``."""
    if hint.call:
        command = _COMMANDS.get(hint.call)
        if command is None:
            return f"{phrase_for_python(hint)} in Python"
        given = _KEYWORD.findall(hint.argument)
        options = (
            phrase_for_command_line(Hint(key, text or number)) for key, text, number in given
        )
        return " ".join((command, *options))
    if not hint.option or hint.option in _PYTHON_ALONE:
        return phrase_for_python(hint)
    flag = _FLAGS.get(hint.option) or f"--{hint.option.replace('_', '-')}"
    if hint.value is False:
        return f"leaving out {flag}"
    return flag if hint.value is None or hint.value is True else f"{flag} {hint.value}"


class Message(str):
    """A text in Python's words that keeps the hints in it as data.

    Parameters
    ----------
    *parts : str or Hint
        The text, in pieces; another message is taken with its hints.

    Example
    -------
    >>> message = Message("it has no v3 form; ", Hint("unknown", "wrap"), " writes an envelope")
    >>> message
    "it has no v3 form; unknown='wrap' writes an envelope"
    >>> in_words(message, phrase_for_command_line)
    'it has no v3 form; --unknown wrap writes an envelope'
    """

    __slots__ = ("parts",)
    parts: tuple[str | Hint, ...]

    def __new__(cls, *parts: str | Hint) -> Message:
        """Join the parts."""
        flat: list[str | Hint] = []
        for part in parts:
            flat += part.parts if isinstance(part, Message) else (part,)
        found = super().__new__(cls, _join(flat, phrase_for_python))
        found.parts = tuple(flat)
        return found

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self.parts


def _join(parts: Iterable[str | Hint], words: Words) -> str:
    return "".join(words(part) if isinstance(part, Hint) else part for part in parts)


def did_you_mean(*names: str | None) -> Message:
    """Ask whether one of these names was meant, as the end of a sentence; nothing where there is none.

    Example
    -------
    >>> did_you_mean("gzip", "zlib")
    "; did you mean 'gzip' or 'zlib'?"
    """
    parts: list[str | Hint] = []
    for name in filter(None, names):
        parts += [" or " if parts else "; did you mean ", Hint(name=name)]
    return Message(*parts, "?") if parts else Message()


def hints_in(text: str) -> tuple[Hint, ...]:
    """Find the hints in a message, each once; a plain text has none."""
    parts = text.parts if isinstance(text, Message) else ()
    return tuple(dict.fromkeys(part for part in parts if isinstance(part, Hint)))


def in_words(value: object, words: Words) -> str:
    """Give the text of a message, of what has one as `text` (notes, losses, errors), or of anything else.

    Parameters
    ----------
    value : object
        What to write.
    words : callable
        How the surface phrases a hint.

    Returns
    -------
    str
        A plain text.
    """
    text: object = getattr(value, "text", value)
    return _join(text.parts, words) if isinstance(text, Message) else str(value)


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
    if not text:
        return name
    own: object = error.args[0] if len(error.args) == 1 else text
    return shorten(Message(f"{name}: ", own if isinstance(own, Message) else text), LONGEST_REASON)


def escape_control_characters(text: str) -> str:
    """Write a text on one line, without what a terminal obeys: control and bidirectional characters.

    A message keeps its hints.
    """
    if isinstance(text, Message):
        parts = (p if isinstance(p, Hint) else escape_control_characters(p) for p in text.parts)
        return Message(*parts)
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
