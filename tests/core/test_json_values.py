"""Copies of JSON: what other libraries put in the place of JSON becomes JSON, and nothing is shared."""

from __future__ import annotations

from collections import OrderedDict
from enum import Enum
from typing import Any

import pytest

from zarrcodec_bridge.core.json_values import MAX_DEPTH, NotJSONError, copy_json
from zarrcodec_bridge.core.messages import describe_exception, excerpt, short_message, shorten


class Color(str, Enum):  # noqa: UP042 - a StrEnum prints as its value, and this one does not
    RED = "red"


def nest(depth: int) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "copy"),
    [
        (OrderedDict(a=(1, 2)), {"a": [1, 2]}),
        ({Color.RED: Color.RED}, {"red": "red"}),
        ([True, 1, 1.0, None, "x"], [True, 1, 1.0, None, "x"]),
        (nest(MAX_DEPTH + 1), nest(MAX_DEPTH + 1)),
    ],
    ids=["mapping", "enumeration", "scalars", "depth"],
)
def test_copies(value: Any, copy: Any) -> None:
    found = copy_json(value)
    assert repr(found) == repr(copy)  # of exact types
    assert found is not value


@pytest.mark.parametrize(
    ("value", "error"),
    [({1: 2}, NotJSONError), (object(), NotJSONError), (nest(MAX_DEPTH + 2), RecursionError)],
    ids=["key", "object", "depth"],
)
def test_what_json_does_not_have(value: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        copy_json(value)


def test_messages_are_short() -> None:
    error = OSError("x" * 10_000)
    assert len(short_message(error)) == len(describe_exception(error)) == 400
    assert describe_exception(ValueError()) == "ValueError"
    assert excerpt(list(range(20))) == "a list of 20"
    assert shorten("abcdef", 5) == "ab..."
