"""What a caller may ask for beside the input, as one value that the public functions make and check."""

from __future__ import annotations

import operator
from collections.abc import Collection
from typing import Any, Final, Literal, NamedTuple, TypeAlias, cast, get_args

from zarrcodec_bridge.core.errors import BridgeError, InvalidCodecError
from zarrcodec_bridge.core.json_values import Dialect, Kind
from zarrcodec_bridge.core.messages import Hint, closest_name, excerpt
from zarrcodec_bridge.core.model import LARGEST, MOST_AXES

OnLoss: TypeAlias = Literal["error", "warn", "ignore"]
"""What to do where existing chunks decode equal, but what is written later would differ in value."""

Unknown: TypeAlias = Literal["error", "keep", "wrap"]
"""What to do with an unregistered codec name: refuse it, pass it through, or write the ``any-numcodecs.*`` envelope."""


SHOWN: Final = 8
"""How many values an error lists beside the one that it suggests."""


class OptionError(BridgeError):
    """A value that an option does not take.

    Parameters
    ----------
    option : str
        The name of the option, as Python spells it.
    value : object
        What the caller passed.
    choices : tuple of str or int
        What the option takes.
    meant : str, optional
        The value to suggest; the one with the nearest name by default.
    """

    def __init__(
        self, option: str, value: Any, choices: tuple[str | int, ...], meant: str | None = None
    ) -> None:
        self.option = option
        self.choices = choices
        names = [choice for choice in choices if isinstance(choice, str)]
        if meant is None and isinstance(value, str):
            meant = closest_name(value, names, alike=0.5)
        self.suggestions = () if meant is None else (meant,)
        alike = f"; did you mean {meant!r}?" if meant is not None else ""
        if meant is not None and len(choices) > SHOWN:
            expected = f"{option} {meant!r} or one of {len(choices) - 1} others"
        else:
            *others, last = map(repr, choices)
            expected = f"{option} {', '.join(others)} or {last}" if others else f"{option} {last}"
        super().__init__(
            f"expected {expected}, got {excerpt(value)}{alike}",
            [Hint(option, choice) for choice in self.suggestions or choices],
        )


class Options(NamedTuple):
    """The options of a translation. Made by :func:`~zarrcodec_bridge.translation.options.make_options`."""

    target: str = "spec"
    """The reader that the output is for."""
    on_loss: OnLoss = "error"
    unknown: Unknown = "error"
    strict: bool = False
    """Refuse keys that other writers are known to leave, instead of dropping them with a note."""
    portable: bool = False
    """Write the codec that more readers know, where the bytes are interchangeable."""


def check_choice(option: str, value: Any, choices: Collection[str]) -> None:
    """Raise :class:`OptionError` where `value` is not one of the `choices` of an option."""
    if not isinstance(value, str) or value not in choices:
        raise OptionError(option, value, tuple(choices))


def check_flag(option: str, value: Any) -> None:
    """Raise :class:`OptionError` where `value` is neither true nor false: the text "no" would count as true."""
    if not isinstance(value, bool):
        raise OptionError(option, value, (True, False))


def check_flags(**flags: Any) -> None:
    """Raise :class:`OptionError` for the first of these options that is neither true nor false."""
    for option, value in flags.items():
        check_flag(option, value)


def check_dialect(to: Any) -> None:
    """Raise :class:`OptionError` for another format to translate to than "v2" and "v3"."""
    check_choice("to", to, get_args(Dialect))


Order: TypeAlias = Literal["C", "F"]
"""The memory order of a v2 chunk."""


def read_order(order: Any) -> Order:
    """Read the memory order that a caller passed; raises :class:`InvalidCodecError` for another than "C" and "F"."""
    if isinstance(order, str) and order in (
        "C",
        "F",
    ):  # an array would not tell whether it is equal
        return "C" if order == "C" else "F"
    raise InvalidCodecError.at(("order",), f"expected 'C' or 'F', got {excerpt(order)}")


def read_zarr_format(zarr_format: Any) -> Literal[2, 3]:
    """Read the Zarr format that a caller passed; raises :class:`OptionError` for another than 2 and 3."""
    number = _whole(zarr_format, 3)
    if number not in (2, 3):
        raise OptionError("zarr_format", zarr_format, (2, 3))
    return 2 if number == 2 else 3


def read_kind(kind: Any) -> Kind | None:
    """Read the kind of codec that a caller passed, if any; raises :class:`OptionError` for what is not one."""
    if kind is None:
        return None
    check_choice("kind", kind, get_args(Kind))
    return cast(Kind, kind)


def read_axes(ndim: Any, chunk_shape: Any = None) -> tuple[int | None, tuple[int, ...] | None]:
    """Read the number of axes and the chunk shape that a caller passed, as far as they are known.

    Raises :class:`InvalidCodecError` where one of them is malformed, or the two differ.
    """
    axes = None if ndim is None else _whole(ndim, MOST_AXES)
    if axes is None and ndim is not None:
        raise InvalidCodecError.at(
            ("ndim",), f"expected a number of axes, 0 to {MOST_AXES}, got {excerpt(ndim)}"
        )
    if chunk_shape is None:
        return axes, None
    lengths = [_whole(n, LARGEST) for n in chunk_shape] if _is_list(chunk_shape) else [None]
    shape = tuple(length for length in lengths if length is not None)
    if len(shape) < len(lengths) or len(shape) > MOST_AXES:
        raise InvalidCodecError.at(
            ("chunk_shape",), f"expected a list of lengths, got {excerpt(chunk_shape)}"
        )
    if axes is not None and axes != len(shape):
        raise InvalidCodecError.at(
            ("ndim",), f"expected {len(shape)} as the chunk shape has, got {axes}"
        )
    return len(shape), shape


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def _whole(value: Any, most: int) -> int | None:
    """A whole number of any class, NumPy's among them, from 0 to `most`; ``None`` for anything else."""
    if isinstance(value, bool):
        return None
    try:
        found = operator.index(value)
    except Exception:  # foreign code
        return None
    return found if 0 <= found <= most else None
