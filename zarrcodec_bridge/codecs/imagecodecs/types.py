"""From the words of the table to types: what each parameter may be, and what is read as it."""

from __future__ import annotations

import base64
import binascii
from functools import cache
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, FiniteFloat, WithJsonSchema

from zarrcodec_bridge.codecs.imagecodecs.enums import ENUMERATIONS
from zarrcodec_bridge.core import model
from zarrcodec_bridge.core.data_types import Typestr
from zarrcodec_bridge.core.messages import excerpt
from zarrcodec_bridge.core.model import LARGEST, FrozenJSON, Listed, frozen

__all__ = ["OLD_NAMES", "canonical", "enumeration", "member", "spelled"]


def _whole(value: Any) -> Any:
    """imagecodecs casts numbers with ``int()``; only what that leaves equal is taken."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _truth(value: Any) -> Any:
    """imagecodecs casts with ``bool()``; 0 and 1 are taken."""
    return bool(value) if type(value) is int and value in (0, 1) else value


def _base64(value: Any) -> Any:
    """Bytes as base64 text, which is what both formats have in their JSON."""
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if isinstance(value, str):
        try:
            base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            raise ValueError(f"expected base64, got {excerpt(value)}") from None
    return value


def _mark(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value


Mark = Annotated[
    model.Whole,
    BeforeValidator(_mark),
    WithJsonSchema(
        {"type": ["integer", "boolean"], "minimum": -model.LARGEST - 1, "maximum": model.LARGEST}
    ),
]
"""One mark of a mask: a number, or true or false."""


def _either(what: str, *kinds: type) -> BeforeValidator:
    """Refuses what is none of `kinds` as a whole, so that the refusal points at the parameter."""

    def check(value: Any) -> Any:
        if isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool)):
            return value
        raise ValueError(f"expected {what}, got {excerpt(value)}")

    return BeforeValidator(check)


Whole = Annotated[model.Whole, BeforeValidator(_whole)]
Truth = Annotated[
    bool,
    BeforeValidator(_truth),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, {"enum": [0, 1], "deprecated": True}]}),
]
Base64 = Annotated[
    str,
    BeforeValidator(_base64),
    WithJsonSchema(
        {
            "type": "string",
            "contentEncoding": "base64",
            "pattern": "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
            "examples": ["AAEC"],
        }
    ),
]
Wholes = Annotated[tuple[Whole, ...], Listed()]

JSONValue = Annotated[str, BeforeValidator(frozen), WithJsonSchema({})]
"""JSON as metadata has it, where a string is a string and not the text of another value."""

PLAIN: Final[dict[str, Any]] = {
    "int": Whole,
    "float": FiniteFloat,
    "bool": Truth,
    "str": str,
    "base64": Base64,
    "dtype": Typestr,
    "json": FrozenJSON,
    "ints": Wholes,
    "2 ints": Annotated[tuple[Whole, Whole], Listed()],
    "3 ints": Annotated[tuple[Whole, Whole, Whole], Listed()],
    "2 floats": Annotated[tuple[FiniteFloat, FiniteFloat], Listed()],
    "str or 2 ints": Annotated[
        str | Annotated[tuple[Whole, Whole], Listed()],
        _either("a name or two numbers", str, list, tuple),
    ],
    "str or 6 ints": Annotated[
        str | Annotated[tuple[Whole, Whole, Whole, Whole, Whole, Whole], Listed()],
        _either("a name or six numbers", str, list, tuple),
    ],
    "squeeze": Annotated[
        Literal[False] | Annotated[tuple[Mark, ...], Listed()],
        _either("false or a list", bool, list, tuple),
    ],
}
"""The types of all words but enumerations and ``"one of ..."``."""

OR_BOOL: Final = "bool or "


def enumeration(word: str) -> str | None:
    """The name of the enumeration that a word names."""
    name = word.removeprefix(OR_BOOL)
    return name if "." in name else None


@cache
def _members(enumeration: str) -> tuple[dict[str, str], dict[int, str]]:
    """The written name of each member by any of its names in upper case, and by number."""
    names: dict[str, str] = {}
    numbers: dict[int, str] = {}
    for item in ENUMERATIONS[enumeration].split():
        name, _, number = item.partition("=")
        names[name.upper()] = numbers.setdefault(int(number), name)
    return names, numbers


OLD_NAMES: Final = {
    ("ZFP.MODE", "R"): "REVERSIBLE",
    ("ZFP.MODE", "r"): "FIXED_RATE",
    ("ZFP.MODE", "p"): "FIXED_PRECISION",
    ("ZFP.MODE", "a"): "FIXED_ACCURACY",
    ("ZFP.MODE", "c"): "EXPERT",
}
"""Names that imagecodecs 2026.3.6 and older take."""


def member(enumeration: str, value: int | str) -> str | None:
    """The name of the member of an enumeration that `value` names or numbers; ``None`` if none.

    Example
    -------
    >>> member("PNG.FILTER", 16), member("ZFP.MODE", "rate"), member("PNG.FILTER", 24)
    ('SUB', 'FIXED_RATE', None)
    """
    names, numbers = _members(enumeration)
    return names.get(value.upper()) if isinstance(value, str) else numbers.get(value)


def canonical(word: str) -> Any:
    """The type of a parameter in the canonical model."""
    name = enumeration(word)
    if name is not None:
        members: Any = Literal[tuple(_members(name)[1].values())]
        return bool | members if word.startswith(OR_BOOL) else members
    if word.startswith("one of "):
        return Literal[tuple(word.split()[2:])]
    return PLAIN[word]


def spelled(word: str, *, only_members: bool = False) -> Any:
    """The type of a parameter as metadata spells it: enumerations by any name or by number too.

    Its JSON Schema has members in capital and in small letters; `only_members` says that it has no others.
    """
    named = canonical(word)
    name = enumeration(word)
    if word == "json":
        return JSONValue
    if name is None:
        return named
    or_bool = word.startswith(OR_BOOL)
    schema = WithJsonSchema(_members_schema(name, or_bool, only_members))
    if or_bool:
        return Annotated[
            named | Whole | str,
            _either("true, false, a name or a number", bool, int, float, str),
            schema,
        ]
    return Annotated[named | Whole | str, _either("a name or a number", int, float, str), schema]


def _members_schema(enumeration: str, or_bool: bool, only_members: bool) -> dict[str, Any]:
    names, numbers = _members(enumeration)
    older = [old for name, old in OLD_NAMES if name == enumeration]
    texts = dict.fromkeys((*numbers.values(), *names, *map(str.lower, numbers.values()), *older))
    truths = [True, False] if or_bool else []
    members = {"enum": [*truths, *texts, *numbers]}
    if only_members:
        return members
    other = {
        "type": ["integer", "string"],
        "minimum": -LARGEST - 1,
        "maximum": LARGEST,
        "deprecated": True,
        "description": "What is no member is dropped: decoding does not need it.",
    }
    return {"anyOf": [members, other], "examples": [next(iter(texts))]}
