"""The options of a translation, made and checked once, and what becomes of losses."""

from __future__ import annotations

import inspect
import json
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

from zarrcodec_bridge.core.errors import Loss, LossError, LossWarning, Note
from zarrcodec_bridge.core.messages import Cell, Displayed, Row, shorten
from zarrcodec_bridge.core.options import OnLoss, Options, Unknown, check_choice, check_flags
from zarrcodec_bridge.readers import TargetName, read_target

__all__ = ["Translation", "make_options", "report_losses"]

_ON_LOSS: Final = get_args(OnLoss)
_UNKNOWN: Final = get_args(Unknown)


_SHOWN: Final = 2_000
"""Characters of the JSON of a result that are shown: consolidated metadata has millions."""


@dataclass(frozen=True, slots=True)
class Translation(Displayed):
    """The result of a translation, and what was changed on the way to it."""

    result: dict[str, Any]
    """Plain JSON."""
    notes: tuple[Note, ...] = ()
    """Harmless normalisations."""
    losses: tuple[Loss, ...] = ()
    """Where what is written later through the result may differ in value."""

    def losses_beyond(self, plain: Translation | None) -> tuple[Loss, ...]:
        """Find the losses that another translation of the same has not: those that a target costs."""
        known = () if plain is None else plain.losses
        return tuple(loss for loss in self.losses if loss not in known)

    def to_dict(self) -> dict[str, Any]:
        """Give the same as plain JSON, for programs."""
        return {
            "result": self.result,
            "notes": [note.to_dict() for note in self.notes],
            "losses": [loss.to_dict() for loss in self.losses],
        }

    def rows(self) -> Iterator[Row]:
        yield [Cell("result", "label"), Cell(shorten(json.dumps(self.result), _SHOWN), "json")]
        for note in self.notes:
            yield [Cell("note", "label"), Cell(note.text, "note")]
        for loss in self.losses:
            yield [Cell("loss", "label"), Cell(loss.text, "loss")]


def make_options(
    target: TargetName = "spec",
    on_loss: OnLoss = "error",
    unknown: Unknown = "error",
    *,
    strict: bool = False,
    portable: bool = False,
) -> Options:
    """Make the options of a translation from the keywords of a public function.

    Raises
    ------
    OptionError
        A keyword has a value that it does not take.
    """
    written = read_target(target)
    check_choice("on_loss", on_loss, _ON_LOSS)
    check_choice("unknown", unknown, _UNKNOWN)
    check_flags(strict=strict, portable=portable)
    return Options(written, on_loss, unknown, strict, portable)


def report_losses(dialect: str, losses: Sequence[Loss], on_loss: OnLoss) -> None:
    """Raise :class:`LossError`, warn, or pass, as the caller wants; a warning names the caller's line."""
    if not losses or on_loss == "ignore":
        return
    if on_loss == "error":
        raise LossError(dialect, losses)
    level, frame = 1, inspect.currentframe()
    while frame and str(frame.f_globals.get("__name__")).startswith(_PACKAGE):
        level, frame = level + 1, frame.f_back
    for loss in losses:
        warnings.warn(str(loss), LossWarning, stacklevel=level)


_PACKAGE: Final = f"{__name__.partition('.')[0]}."
