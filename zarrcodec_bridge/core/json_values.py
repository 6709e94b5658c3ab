"""JSON as this library passes it around: aliases, plain copies, and readable excerpts.

The payloads of the two dialects are plain dictionaries: v2 ``{"id": ..., **parameters}`` and v3
``{"name": ..., "configuration": {...}}``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal, NotRequired, TypeAlias, TypedDict

__all__ = [
    "DEEPEST",
    "JSON",
    "TRUTHS",
    "Dialect",
    "Kind",
    "NoJSONError",
    "Path",
    "V2Payload",
    "V3Payload",
    "any_case",
    "excerpt",
    "misspelt",
    "plain",
    "said",
    "told",
    "truth_of",
    "visible",
]

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"
"""A JSON value as :func:`json.loads` makes it."""

Path: TypeAlias = tuple[str | int, ...]
"""Where something stands in the caller's payload: keys and indices, outermost first."""

Dialect: TypeAlias = Literal["v2", "v3"]
"""A JSON grammar."""

Kind: TypeAlias = Literal["a2a", "a2b", "b2b"]
"""Of a codec: array-to-array, array-to-bytes, bytes-to-bytes."""

V2Payload: TypeAlias = dict[str, Any]
"""A v2 codec configuration: ``{"id": "gzip", "level": 5}``."""

DEEPEST: Final = 64
"""How many codecs or values may be nested in one another before a payload is refused."""


class V3Payload(TypedDict):
    """A v3 codec object: ``{"name": "gzip", "configuration": {"level": 5}}``."""

    name: str
    configuration: NotRequired[dict[str, Any]]


def plain(value: Any) -> Any:
    """Copy `value` as plain JSON: NumPy scalars, tuples and mappings become what JSON has.

    Raises :class:`NoJSONError` for what JSON cannot say (an object, a non-string key) and
    :class:`RecursionError` for what is nested deeper than :data:`DEEPEST`.
    """
    try:
        return _plain(value, 0)
    except (NoJSONError, RecursionError):
        raise
    except Exception as error:  # foreign code
        raise NoJSONError(
            f"expected JSON, got {type(value).__name__}, which raised {told(error)}"
        ) from None


class NoJSONError(TypeError):
    """What :func:`plain` is given is nothing that JSON can say."""


def _plain(value: Any, depth: int) -> Any:
    if value is None or isinstance(value, (bool, str)):
        return value
    if type(value) in (int, float):
        return value
    if depth > DEEPEST:
        raise RecursionError(f"nested deeper than {DEEPEST}")
    if isinstance(value, Mapping):
        copied = {}
        for key, item in value.items():
            if not isinstance(key, str):
                raise NoJSONError(f"expected a string as key, got {excerpt(key)}")
            copied[str(key)] = _plain(item, depth + 1)
        return copied
    if isinstance(value, (list, tuple)):
        return [_plain(item, depth + 1) for item in value]
    return _plain_scalar(value, depth)


def _plain_scalar(value: Any, depth: int) -> Any:
    """Turn what NumPy and other libraries put in the place of a JSON scalar into one."""
    if isinstance(value, (int, float)):  # enumerations, and subclasses such as numpy.float64
        return int(value) if isinstance(value, int) else float(value)
    typestr = _typestr(value)
    if typestr is not None:
        return typestr
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        return _plain(value.item(), depth + 1)
    if hasattr(value, "tolist"):
        return _plain(value.tolist(), depth + 1)
    raise NoJSONError(f"expected JSON, got {type(value).__name__}: {excerpt(value)}")


def _typestr(value: Any) -> str | None:
    """The array protocol's type string of a NumPy data type (``numpy.float32``, ``dtype("f4")``)."""
    if isinstance(value, type) and value.__module__.startswith("numpy"):
        import numpy

        return numpy.dtype(value).str if issubclass(value, numpy.generic) else None
    text = getattr(value, "str", None)
    return text if isinstance(text, str) and hasattr(value, "byteorder") else None


def truth_of(text: str) -> bool | None:
    """Whether a text means yes or no, as GDAL spells and reads both; ``None`` for any other text."""
    return _TRUTH.get(text.upper())


def any_case(*texts: str) -> str:
    """A regular expression of JSON Schema, which has no flags, for these texts in upper or lower case."""
    either = [
        "".join(f"[{c.upper()}{c.lower()}]" if c.isalpha() else c for c in text) for text in texts
    ]
    return f"^({'|'.join(either)})$"


_TRUTH: Final = {
    **dict.fromkeys(("YES", "TRUE", "ON", "1"), True),
    **dict.fromkeys(("NO", "FALSE", "OFF", "0"), False),
}
"""`CPLTestBool`, but for other texts, all of which it takes for yes."""

TRUTHS: Final = any_case(*_TRUTH)
"""What :func:`truth_of` reads, as a regular expression."""


def misspelt(key: str, known: Iterable[str], alike: float = 0.8) -> str | None:
    """The known name that `key` is likely to misspell."""
    import difflib  # only odd documents need it

    names = {name.lower(): name for name in known}
    found = difflib.get_close_matches(key.lower()[:80].replace("-", "_"), names, 1, alike)
    return names[found[0]] if found else None


def excerpt(value: Any, longest: int = 80) -> str:
    """Show `value` in an error message: as JSON where it is, cut to `longest` characters."""
    try:
        text = _shown(value)
    except Exception:  # foreign code
        text = f"{type(value).__name__} object"
    return text if len(text) <= longest else text[: longest - 3] + "..."


def visible(text: str) -> str:
    """The same on one line, and nothing in it that a terminal obeys: no control or bidirectional characters."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def said(error: BaseException) -> str:
    """What an error says, cut to a readable length."""
    try:
        text = str(error)
    except Exception:  # foreign code, too
        text = type(error).__name__
    return text if len(text) <= LONGEST_REASON else text[: LONGEST_REASON - 3] + "..."


LONGEST_REASON: Final = 400


def told(error: BaseException) -> str:
    """What foreign code raised, cut to a readable length."""
    try:
        text = f"{type(error).__name__}: {error}"
    except Exception:  # foreign code, too
        text = type(error).__name__
    return text if len(text) <= 200 else text[:197] + "..."


def _shown(value: Any) -> str:
    if isinstance(value, (dict, list, tuple)):
        text = f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)}"
        if len(value) <= 8 and all(
            not isinstance(item, (dict, list, tuple))
            for item in (value.values() if isinstance(value, dict) else value)
        ):
            text = _dumped(value)
        return text
    return _dumped(value)


def _dumped(value: Any) -> str:
    if isinstance(value, int) and abs(value) > 1 << 4096:
        return f"an integer of {value.bit_length()} bits"
    if isinstance(value, str) and len(value) > 200:
        value = value[:200]
    try:
        return json.dumps(value)
    except (TypeError, ValueError):
        return f"{type(value).__name__} object"
