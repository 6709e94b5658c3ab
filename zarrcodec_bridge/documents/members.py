"""What the documents of both formats share: lengths, names, attributes, and copies of JSON."""

from __future__ import annotations

import struct
from base64 import b64encode
from collections.abc import Collection, Mapping
from typing import Any, Final

from zarrcodec_bridge.documents.context import Context, invalid
from zarrcodec_bridge.errors import InvalidCodecError
from zarrcodec_bridge.payloads import Path, excerpt, plain
from zarrcodec_bridge.spec import Dialect

__all__ = [
    "DIMENSIONS",
    "attributes_of",
    "copied",
    "dimension_names",
    "foreign_members",
    "lengths",
    "member",
    "missing",
    "note_masking",
    "taken",
    "usable_chunks",
]

DIMENSIONS: Final = "_ARRAY_DIMENSIONS"
"""The attribute in which v2 arrays keep what v3 has as `dimension_names` (xarray's convention)."""

_UNMASKED: Final = ("NaN", "NaT", "")
"""Fill values that, as null, look the same whether xarray takes them for missing or not."""

_SCALARS: Final = frozenset({str, int, float, bool, type(None)})

_MASKED: Final = (
    "xarray takes v2's fill_value for missing values, and in v3 the attribute _FillValue; "
)
_MASKS: Final[Mapping[Dialect, str]] = {
    "v3": f"{_MASKED}give it that attribute if such values are missing",
    "v2": f"{_MASKED}mask_and_scale=False reads such values as they are",
}


def copied(value: Any, path: Path) -> Any:
    """A new copy of JSON; raises :class:`InvalidCodecError` for what is no JSON."""
    try:
        return _copied(value)
    except (TypeError, ValueError) as error:
        raise invalid(path, str(error)) from None
    except RecursionError:
        raise invalid(path, "nested too deep") from None


def _copied(value: Any) -> Any:
    kind = type(value)
    if kind is list:
        return [item if type(item) in _SCALARS else _copied(item) for item in value]
    if kind is dict:
        found = value.copy()
        for key, item in value.items():
            if type(key) is not str:
                raise TypeError(f"expected a string as key, got {excerpt(key)}")
            if type(item) not in _SCALARS:
                found[key] = _copied(item)
        return found
    return value if kind in _SCALARS else plain(value)


def missing(key: str) -> InvalidCodecError:
    """A refusal of a document without a member that must be there."""
    return invalid((key,), "expected this member")


def taken(document: dict[str, Any], key: str) -> Any:
    """A member that must be there, taken out."""
    try:
        return document.pop(key)
    except KeyError:
        raise missing(key) from None


def member(document: Mapping[str, Any], key: str) -> Any:
    """A member that must be there."""
    try:
        return document[key]
    except KeyError:
        raise missing(key) from None


def lengths(value: Any, path: Path, ctx: Context) -> list[int]:
    """A new list of lengths; whole numbers that a writer left as floats are read."""
    if type(value) is list:
        for item in value:
            if type(item) is not int or item < 0:
                break
        else:
            return value.copy()
    subject = str(path[-1])
    if type(value) is int:
        ctx.note(subject, f"{excerpt(value)} becomes a list of it")
        value = [value]
    if not isinstance(value, (list, tuple)):
        raise invalid(path, f"expected a list of lengths, got {excerpt(value)}")
    return [_length(item, (*path, index), ctx) for index, item in enumerate(value)]


def _length(value: Any, path: Path, ctx: Context) -> int:
    whole = isinstance(value, (int, float)) and not isinstance(value, bool) and value == value // 1
    if not whole or value < 0:
        raise invalid(path, f"expected a length, got {excerpt(value)}")
    if isinstance(value, float):
        ctx.note(str(path[-2]), f"{value} becomes {int(value)}")
    return int(value)


def usable_chunks(shape: list[int], chunks: list[int], path: Path, ctx: Context) -> list[int]:
    """The lengths of a chunk; along an axis without elements 0 is as good as 1, which readers open."""
    if len(chunks) != len(shape):
        raise invalid(path, f"expected {len(shape)} lengths as the shape has, got {len(chunks)}")
    if 0 not in chunks:
        return chunks
    for index, length in enumerate(chunks):
        if length == 0:
            if shape[index] != 0:
                raise invalid((*path, index), "expected a length of at least 1, got 0")
            ctx.note(str(path[-1]), "a chunk length of 0 along an axis of length 0 becomes 1")
    return [length or 1 for length in chunks]


def attributes_of(value: Any, path: Path, ctx: Context) -> dict[str, Any]:
    """A new copy of the attributes."""
    if value is None:
        ctx.note("attributes", "null becomes an empty object")
        return {}
    if type(value) is not dict:
        if not isinstance(value, Mapping):
            raise invalid(path, f"expected an object of attributes, got {excerpt(value)}")
        value = dict(value)
    found: dict[str, Any] = copied(value, path)
    return found


def dimension_names(value: Any, ndim: int) -> list[str | None] | None:
    """The names if `value` names `ndim` dimensions, some of them perhaps null; else ``None``."""
    if not isinstance(value, (list, tuple)) or len(value) != ndim:
        return None
    for name in value:
        if name is not None and not isinstance(name, str):
            return None
    return value if type(value) is list else list(value)


def foreign_members(document: Mapping[str, Any], known: Collection[str], ctx: Context) -> None:
    """Note the members that v2 does not have: its readers skip them."""
    for key in document:
        if key not in known:
            ctx.note(key, "is no member of a v2 document, and is dropped")


def note_masking(
    document: Mapping[str, Any], attributes: Mapping[str, Any], to: Dialect, ctx: Context
) -> None:
    """Note of an array with named dimensions what xarray, which reads by them, makes of its fill value."""
    value = document["fill_value"]
    if "_FillValue" in attributes:
        if _same_fill(attributes["_FillValue"], value):
            return
    elif value is None or (type(value) is str and value in _UNMASKED):
        return
    ctx.note("fill_value", _MASKS[to])


def _same_fill(attribute: Any, value: Any) -> bool:
    """Whether an attribute of xarray's, which has floats as base64, is that fill value."""
    if isinstance(attribute, str) and value in ("NaN", "Infinity", "-Infinity"):
        value = float(value)
    if isinstance(attribute, str) and isinstance(value, (int, float)):
        return attribute == b64encode(struct.pack("<d", value)).decode()
    return bool(attribute == value)
