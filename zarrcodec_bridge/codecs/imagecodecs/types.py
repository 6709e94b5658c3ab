"""The types of parameters, from the words of the table: of the canonical model and of JSON."""

from __future__ import annotations

import base64
import binascii
from functools import cache
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, FiniteFloat, WithJsonSchema

from zarrcodec_bridge.codecs.imagecodecs.table import ENUMERATIONS
from zarrcodec_bridge.core import model
from zarrcodec_bridge.core.data_types import Typestr
from zarrcodec_bridge.core.messages import excerpt
from zarrcodec_bridge.core.model import LARGEST, FrozenJSON, Listed, frozen


def _whole(value: Any) -> Any:
    """Read a number as imagecodecs does, with ``int()``, but only where that leaves it equal."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _truth(value: Any) -> Any:
    """Read a truth value as imagecodecs does, with ``bool()``, but of numbers only 0 and 1."""
    return bool(value) if type(value) is int and value in (0, 1) else value


def _base64(value: Any) -> Any:
    """Read bytes, or the base64 text that both formats have in JSON."""
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
    """Make a validator that refuses other kinds first, so that the error names the parameter and not a union member."""

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
"""JSON in metadata, where a string is a string and not the text of another value."""

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
    """Give the name of the enumeration in a word of the table, if it has one."""
    name = word.removeprefix(OR_BOOL)
    return name if "." in name else None


@cache
def _members(enumeration: str) -> tuple[dict[str, str], dict[int, str]]:
    """Give the written name of each member, by any of its names in upper case and by number."""
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
"""Names that imagecodecs 2026.3.6 and older read."""


def member_name(enumeration: str, value: int | str) -> str | None:
    """Give the name of the member of an enumeration with that name or number; ``None`` if there is none.

    Example
    -------
    >>> member_name("PNG.FILTER", 16), member_name("ZFP.MODE", "rate"), member_name("PNG.FILTER", 24)
    ('SUB', 'FIXED_RATE', None)
    """
    names, numbers = _members(enumeration)
    return names.get(value.upper()) if isinstance(value, str) else numbers.get(value)


def canonical_type(word: str) -> Any:
    """Give the type of a parameter in the canonical model."""
    name = enumeration(word)
    if name is not None:
        members: Any = Literal[tuple(_members(name)[1].values())]
        return bool | members if word.startswith(OR_BOOL) else members
    if word.startswith("one of "):
        return Literal[tuple(word.split()[2:])]
    return PLAIN[word]


def json_type(word: str, *, only_members: bool = False) -> Any:
    """Give the type of a parameter in JSON, where members of enumerations have any of their names or a number.

    Its JSON Schema has members in capital and in small letters, and other values unless `only_members`.
    """
    named = canonical_type(word)
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
        "description": "Another value is dropped: decoding does not need it.",
    }
    return {"anyOf": [members, other], "examples": [next(iter(texts))]}
