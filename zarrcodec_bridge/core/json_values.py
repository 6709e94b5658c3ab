"""JSON as this library passes it around: type aliases, and copies of plain JSON.

The payloads of the two dialects are plain dictionaries: v2 ``{"id": ..., **parameters}`` and v3
``{"name": ..., "configuration": {...}}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

from zarrcodec_bridge.core.messages import describe_exception, excerpt

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"
"""A JSON value as :func:`json.loads` makes it."""

Path: TypeAlias = tuple[str | int, ...]
"""Where something stands in the caller's payload: keys and indices, outermost first."""

Dialect: TypeAlias = Literal["v2", "v3"]
"""A JSON grammar."""

Kind: TypeAlias = Literal["a2a", "a2b", "b2b"]
"""Of a codec: array-to-array, array-to-bytes, bytes-to-bytes."""

KIND_WORDS: Final[Mapping[Kind, str]] = {
    "a2a": "array-to-array",
    "a2b": "array-to-bytes",
    "b2b": "bytes-to-bytes",
}

MAX_DEPTH: Final = 64
"""How many codecs or values may be nested in one another before a payload is refused."""


class NotJSONError(TypeError):
    """JSON has no such value."""


_SCALARS: Final = frozenset({str, int, float, bool, type(None)})


def copy_json(value: Any, max_depth: int = MAX_DEPTH) -> Any:
    """Copy `value` as plain JSON: NumPy scalars, tuples and mappings become what JSON has.

    Raises :class:`NotJSONError` for what JSON does not have (an object, a key that is not a string) and
    :class:`RecursionError` for values that are nested deeper than `max_depth`.

    Example
    -------
    >>> copy_json({"shape": (4, 6)})
    {'shape': [4, 6]}
    """
    try:
        return _copy(value, max_depth)
    except NotJSONError:
        raise
    except RecursionError:
        raise RecursionError(f"nested deeper than {max_depth} levels") from None
    except Exception as error:  # foreign code
        raise NotJSONError(
            f"expected JSON, got {type(value).__name__}, which raised {describe_exception(error)}"
        ) from None


def _copy(value: Any, levels: int) -> Any:
    kind = type(value)
    if kind in _SCALARS:
        return value
    if levels < 0:
        raise RecursionError
    if kind is list or isinstance(value, (list, tuple)):
        return [item if type(item) in _SCALARS else _copy(item, levels - 1) for item in value]
    if isinstance(value, Mapping):
        found = {}
        for key, item in value.items():
            if type(key) is not str:
                key = _copy_key(key)
            found[key] = item if type(item) in _SCALARS else _copy(item, levels - 1)
        return found
    return _copy_scalar(value, levels)


def _copy_key(key: Any) -> str:
    if not isinstance(key, str):
        raise NotJSONError(f"expected a string as key, got {excerpt(key)}")
    return str.__str__(key)  # a member of an enumeration is its value


def _copy_scalar(value: Any, levels: int) -> Any:
    """Turn what NumPy and other libraries put in the place of a JSON scalar into one."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, (int, float)):  # enumerations, and subclasses such as numpy.float64
        return int(value) if isinstance(value, int) else float(value)
    typestr = _typestr(value)
    if typestr is not None:
        return typestr
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        return _copy(value.item(), levels - 1)
    if hasattr(value, "tolist"):
        return _copy(value.tolist(), levels - 1)
    raise NotJSONError(f"expected JSON, got {type(value).__name__}: {excerpt(value)}")


def _typestr(value: Any) -> str | None:
    """The array protocol's type string of a NumPy data type (``numpy.float32``, ``dtype("f4")``)."""
    if isinstance(value, type) and value.__module__.startswith("numpy"):
        import numpy

        return numpy.dtype(value).str if issubclass(value, numpy.generic) else None
    text = getattr(value, "str", None)
    return text if isinstance(text, str) and hasattr(value, "byteorder") else None


def boolean_from_text(text: str) -> bool | None:
    """Read a text as yes or no, as GDAL spells and reads both; ``None`` for any other text."""
    return _BOOLEANS.get(text.upper())


def case_insensitive_pattern(*texts: str) -> str:
    """Write a regular expression for these texts in upper or lower case: JSON Schema has no flags."""
    either = [
        "".join(f"[{c.upper()}{c.lower()}]" if c.isalpha() else c for c in text) for text in texts
    ]
    return f"^({'|'.join(either)})$"


_BOOLEANS: Final = {
    **dict.fromkeys(("YES", "TRUE", "ON", "1"), True),
    **dict.fromkeys(("NO", "FALSE", "OFF", "0"), False),
}
"""`CPLTestBool`, except for other texts, all of which it takes for yes."""

BOOLEAN_TEXTS: Final = case_insensitive_pattern(*_BOOLEANS)
"""What :func:`boolean_from_text` reads, as a regular expression."""
