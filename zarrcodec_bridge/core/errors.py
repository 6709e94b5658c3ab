"""The errors of this library. Each carries its data, a sentence with the remedy, the remedy as data, and pickles.

::

    BridgeError(ValueError)
    ├── InvalidCodecError            a malformed payload; .problems say where in it
    ├── UnknownCodecError            an unregistered codec name; .suggestions are near ones
    ├── NotRepresentableError        no form, or no form that decodes the same bytes
    │   ├── MissingContextError      the answer depends on the array; .needs says on what
    │   └── LossError                later writes would differ in value; .losses say how
    ├── UnsafeCodecError             a codec that runs code from the data (pickle)
    ├── DuplicateCodecError          a plugin claims a name that another codec has
    └── BackendError                 the library that has the codec objects
        ├── BackendMissingError      it is not installed (also an ImportError)
        └── BackendUnsupportedError  it has no such codec
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

from zarrcodec_bridge.core.json_values import Path
from zarrcodec_bridge.core.messages import (
    Hint,
    Message,
    did_you_mean,
    hints_in,
    shorten,
)

__all__ = [
    "LONGEST_MESSAGE",
    "BackendError",
    "BackendMissingError",
    "BackendUnsupportedError",
    "BridgeError",
    "DuplicateCodecError",
    "InvalidCodecError",
    "Loss",
    "LossError",
    "LossWarning",
    "MissingContextError",
    "NotRepresentableError",
    "Note",
    "Problem",
    "UnknownCodecError",
    "UnsafeCodecError",
    "shorten_tracebacks",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a payload: where it stands, and what was expected there."""

    path: Path
    message: str

    @property
    def where(self) -> str:
        """The path as text: ``codecs[1].configuration.level``."""
        text = ""
        for step in self.path:
            if isinstance(step, int):
                text += f"[{step}]"
            else:
                text += f".{shorten(str(step))}" if text else shorten(str(step))
        return text

    @property
    def text(self) -> Message:
        """The path and the message, with its hints."""
        return Message(f"{self.where}: ", self.message) if self.path else Message(self.message)

    def __str__(self) -> str:
        return str(self.text)


LONGEST_MESSAGE: Final = 4_000
"""Characters of an error's message: what it quotes may be a stranger's, and of any length."""


@dataclass(frozen=True, slots=True)
class _Remark:
    """A codec, or a member of a document, and what was changed there."""

    codec: str
    message: str

    @property
    def text(self) -> Message:
        """The codec and the message, with its hints."""
        return Message(f"{self.codec}: ", self.message)

    def __str__(self) -> str:
        return str(self.text)

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain JSON, with its hints."""
        return {
            "codec": shorten(self.codec, LONGEST_MESSAGE),
            "message": shorten(self.message, LONGEST_MESSAGE),
            "hints": [hint.to_dict() for hint in hints_in(self.message)],
        }


class Note(_Remark):
    """A harmless normalisation: existing bytes and later writes keep their values."""

    __slots__ = ()


class Loss(_Remark):
    """Existing bytes decode equal; what is written later through the result may differ in value."""

    __slots__ = ()


class BridgeError(ValueError):
    """Base of all errors that this library raises."""

    hints: tuple[Hint, ...] = ()
    """What to pass or to call, the best first; empty where nothing would help."""

    def __init__(self, message: str = "", hints: Iterable[Hint] = ()) -> None:
        self.hints = tuple(dict.fromkeys((*hints, *hints_in(message))))
        super().__init__(shorten(message, LONGEST_MESSAGE))

    @property
    def hint(self) -> Hint | None:
        """The first of the hints; ``None`` where nothing would help."""
        return self.hints[0] if self.hints else None

    @property
    def text(self) -> str:
        """The message, a :class:`Message` where there are hints in it."""
        found: str = self.args[0] if self.args else ""
        return found

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args, self.__dict__)


def _restore(kind: type[BridgeError], args: tuple[Any, ...], data: dict[str, Any]) -> BridgeError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(data)
    return error


_P = ParamSpec("_P")
_T = TypeVar("_T")


def shorten_tracebacks(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """Make a public function raise the errors of this library without the frames between the caller and the fault.

    The cause of an error keeps its traceback, and so do other exceptions, which are faults of this library. Functions
    that answer within a microsecond have these lines of their own.
    """

    @wraps(function)
    def call(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        try:
            return function(*args, **kwargs)
        except BridgeError as error:
            error.__traceback__ = None
            raise

    return call


class InvalidCodecError(BridgeError):
    """A payload that is not what its grammar or its codec's specification asks for."""

    problems: tuple[Problem, ...]

    def __init__(self, problems: Iterable[Problem], subject: str = "invalid codec") -> None:
        self.problems = tuple(problems)
        texts = [part for problem in self.problems for part in ("; ", problem.text)]
        super().__init__(Message(f"{subject}: ", *texts[1:]))

    @classmethod
    def at(cls, path: Path, message: str, subject: str = "invalid codec") -> InvalidCodecError:
        """Make an error with one problem at `path`."""
        return cls([Problem(path, message)], subject)


class UnknownCodecError(BridgeError):
    """A name that no registered codec has in that dialect.

    `broken_plugins` says, by the name of their entry point, why plugins could not be loaded: the codec may be theirs.
    Where `can_pass` is false, the call has no option that passes an unregistered name through.
    """

    def __init__(
        self,
        dialect: str,
        name: str,
        suggestions: Iterable[str] = (),
        path: Path = (),
        broken_plugins: Mapping[str, str] | None = None,
        *,
        can_pass: bool = True,
    ) -> None:
        self.dialect = dialect
        self.name = name
        self.suggestions = tuple(suggestions)
        self.path = path
        self.broken_plugins = dict(broken_plugins or {})
        where = f" at {Problem(path, '').where}" if path else ""
        super().__init__(
            Message(
                f"no codec is registered for the {dialect} name {shorten(name)!r}{where}",
                did_you_mean(*self.suggestions),
                *(_PASSES_UNKNOWN if can_pass else ()),
                "".join(
                    f"; the codec plugin {shorten(plugin)!r} could not be loaded: {reason}"
                    for plugin, reason in [*self.broken_plugins.items()][:3]
                ),
            )
        )


_PASSES_UNKNOWN: Final = (
    " (",
    Hint("unknown", "keep"),
    " passes it through, ",
    Hint("unknown", "wrap"),
    " writes any-numcodecs.*)",
)


class NotRepresentableError(BridgeError):
    """No form says this codec in the other format, or none that decodes the same bytes."""

    def __init__(self, dialect: str, codec: str, reason: str) -> None:
        self.dialect = dialect
        self.codec = codec
        self.reason = reason
        super().__init__(
            Message(f"{shorten(codec)} cannot be written as {dialect}: ", shorten(reason, 2000)),
            hints_in(reason),
        )


class MissingContextError(NotRepresentableError):
    """The codec depends on the array, of which too little is known here.

    `needs` names the arguments to pass, each with the one that may stand for it: ``"ndim (or chunk_shape)"``.
    """

    def __init__(self, dialect: str, codec: str, reason: str, needs: Iterable[str]) -> None:
        pairs = [need.removesuffix(")").partition(" (or ") for need in needs]
        self.needs = tuple(need for need, _, _ in pairs)
        parts: list[str | Hint] = []
        for need, _, other in pairs:
            parts += [" and " if parts else "; pass ", Hint(need)]
            parts += [" (or ", Hint(other), ")"] if other else []
        super().__init__(dialect, codec, Message(reason, *parts))


class LossError(NotRepresentableError):
    """The result would decode existing bytes, but later writes may differ in value."""

    def __init__(self, dialect: str, losses: Iterable[Loss]) -> None:
        self.losses = tuple(losses)
        warn, ignore = Hint("on_loss", "warn"), Hint("on_loss", "ignore")
        messages = [part for loss in self.losses for part in (loss.message, "; ")]
        super().__init__(
            dialect,
            ", ".join(dict.fromkeys(loss.codec for loss in self.losses)),
            Message(*messages, warn, " or ", ignore, " accepts this for reading"),
        )


class LossWarning(UserWarning):
    """What :class:`LossError` says, as a warning (``on_loss="warn"``)."""


class UnsafeCodecError(BridgeError):
    """A codec that executes code from the data it decodes."""

    def __init__(self, codec: str) -> None:
        self.codec = codec
        super().__init__(
            Message(
                f"{codec} executes code from the data it decodes; pass ",
                Hint("allow_pickle", True),
                " only for data that you trust; to read it, zarr-python (3.4) and numcodecs"
                " (0.16.6) want zarr.config.set({'array.allow_unsafe_pickle_decode': True}) and"
                " numcodecs.pickles.ALLOW_UNSAFE_PICKLE_DECODE = True as well",
            )
        )


class DuplicateCodecError(BridgeError):
    """Two codecs claim one name."""

    def __init__(self, dialect: str, name: str, owner: str) -> None:
        self.dialect = dialect
        self.name = name
        self.owner = owner
        super().__init__(Message(f"the {dialect} name {name!r} already belongs to ", owner))


class BackendError(BridgeError):
    """A library that has codec objects cannot give this one."""

    def __init__(self, backend: str, message: str) -> None:
        self.backend = backend
        super().__init__(message)


class BackendMissingError(BackendError, ImportError):
    """The library, or the package that it needs for this codec, is not installed."""


class BackendUnsupportedError(BackendError):
    """The installed version of the library has no such codec."""
