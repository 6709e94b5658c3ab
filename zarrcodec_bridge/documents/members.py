"""What the documents of both formats share: lengths, names, attributes, and copies of JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from zarrcodec_bridge.core.errors import InvalidCodecError, NotRepresentableError
from zarrcodec_bridge.core.json_values import Dialect, Path
from zarrcodec_bridge.core.messages import Hint, Message, closest_name, excerpt
from zarrcodec_bridge.documents.context import DocumentContext, copy_member, invalid_member
from zarrcodec_bridge.documents.fill_values import spell_for
from zarrcodec_bridge.readers import find_readers

DIMENSIONS: Final = "_ARRAY_DIMENSIONS"
"""The attribute in which v2 arrays keep what v3 has as `dimension_names` (xarray's convention)."""

_ABSENT: Final[Mapping[str, tuple[Any, ...]]] = {
    "attributes": (None, {}),
    "consolidated_metadata": (None, {}),
    "dimension_separator": (None, "."),
    "filters": (None, [], ()),
    "order": (None, "C"),
}
"""What is the same as no member of that name; for others ``null`` alone."""


def missing_member(key: str, document: Iterable[str] = ()) -> InvalidCodecError:
    """Make the refusal of a document without a member that must be there; another may misspell it."""
    for other in document:
        if closest_name(str(other), [key]):
            return invalid_member((other,), f"unknown member; did you mean {key!r}?")
    return invalid_member((key,), "expected this member")


def take_member(document: dict[str, Any], key: str) -> Any:
    """Take out a member that must be there."""
    try:
        return document.pop(key)
    except KeyError:
        raise missing_member(key, document) from None


def get_member(document: Mapping[str, Any], key: str) -> Any:
    """Get a member that must be there."""
    try:
        return document[key]
    except KeyError:
        raise missing_member(key, document) from None


def write_zarray(encoding: Mapping[str, Any], fill_value: Any) -> dict[str, Any]:
    """Write a ``.zarray`` with a v2 encoding, but for the lengths, which differ from array to array."""
    return {
        "zarr_format": 2,
        "shape": None,
        "chunks": None,
        "dtype": encoding["dtype"],
        "compressor": encoding["compressor"],
        "fill_value": fill_value,
        "order": encoding["order"],
        "filters": encoding["filters"],
    }


def write_zarr_json(
    encoding: Mapping[str, Any],
    chunk_key_encoding: dict[str, Any],
    fill_value: Any,
    ctx: DocumentContext,
) -> dict[str, Any]:
    """Write the ``zarr.json`` of an array with a v3 encoding, but for the lengths and the attributes."""
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": None,
        "data_type": encoding["data_type"],
        "chunk_grid": None,
        "chunk_key_encoding": chunk_key_encoding,
        "codecs": encoding["codecs"],
        "fill_value": spell_for(fill_value, encoding["data_type"], ctx.target),
        "attributes": None,
    }


def read_lengths(value: Any, path: Path, ctx: DocumentContext) -> list[int]:
    """Read a list of lengths; whole numbers that a writer left as floats are read."""
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
        raise invalid_member(path, f"expected a list of lengths, got {excerpt(value)}")
    return [_length(item, (*path, index), ctx) for index, item in enumerate(value)]


def _length(value: Any, path: Path, ctx: DocumentContext) -> int:
    whole = isinstance(value, (int, float)) and not isinstance(value, bool) and value == value // 1
    if not whole or value < 0:
        raise invalid_member(path, f"expected a length, got {excerpt(value)}")
    if isinstance(value, float):
        ctx.note(str(path[-2]), f"{value} becomes {int(value)}")
    return int(value)


def read_chunk_shape(
    shape: list[int], chunks: list[int], path: Path, ctx: DocumentContext
) -> list[int]:
    """Read the lengths of a chunk; along an axis without elements 0 is as good as 1, which readers open."""
    if len(chunks) != len(shape):
        raise invalid_member(
            path, f"expected {len(shape)} lengths as the shape has, got {len(chunks)}"
        )
    if 0 not in chunks:
        return chunks
    for index, length in enumerate(chunks):
        if length == 0:
            if shape[index] != 0:
                raise invalid_member((*path, index), "expected a length of at least 1, got 0")
            ctx.note(str(path[-1]), "a chunk length of 0 along an axis of length 0 becomes 1")
    return [length or 1 for length in chunks]


def read_attributes(
    value: Any, path: Path, ctx: DocumentContext, to: Dialect = "v3"
) -> dict[str, Any]:
    """Copy the attributes as JSON; NaN and infinities become text."""
    return spell_numbers(copy_attributes(value, path, ctx), ctx, to)


def copy_attributes(value: Any, path: Path, ctx: DocumentContext) -> dict[str, Any]:
    """Copy the attributes, perhaps with numbers that JSON does not allow."""
    if value is None:
        ctx.note("attributes", "null becomes an empty object")
        return {}
    if type(value) is not dict:
        if not isinstance(value, Mapping):
            raise invalid_member(path, f"expected an object of attributes, got {excerpt(value)}")
        value = dict(value)
    found: dict[str, Any] = copy_member(value, path)
    return found


def read_dimension_names(value: Any, ndim: int) -> list[str | None] | None:
    """Read the names if `value` names `ndim` dimensions, some of them perhaps null; else ``None``."""
    if not isinstance(value, (list, tuple)) or len(value) != ndim:
        return None
    for name in value:
        if name is not None and not isinstance(name, str):
            return None
    return value if type(value) is list else list(value)


def note_foreign_members(
    document: Mapping[Any, Any],
    known: Collection[str],
    ctx: DocumentContext,
    meanings: Collection[str] = (),
) -> None:
    """Note the members that v2 does not have: its readers skip them.

    `meanings` are the members that one may misspell, where they are more than the `known` ones.

    Raises :class:`InvalidCodecError` for a misspelt one that says something else than its absence does, and for a key
    that is not text.
    """
    for key, value in document.items():
        if key in known:
            continue
        if not isinstance(key, str):
            raise invalid_member((), f"expected a string as key, got {excerpt(key)}")
        meant = closest_name(key, meanings or known) if key not in meanings else None
        hint = f"; did you mean {meant!r}?" if meant else ""
        if meant and meant not in document and value not in _ABSENT.get(meant, (None,)):
            raise invalid_member(
                (key,),
                f"unknown member, which readers skip{hint} rename it, or remove it",
            )
        ctx.note(key, f"is no member of a v2 document, and is dropped{hint}")


def is_json(value: Any) -> bool:
    """Whether JSON allows all numbers in a value, which NaN and infinities are not."""
    try:
        _strictly(value)
    except ValueError:
        return False
    return True


_strictly: Final = json.JSONEncoder(allow_nan=False).encode


def spell_numbers(
    attributes: dict[str, Any], ctx: DocumentContext, to: Dialect = "v3"
) -> dict[str, Any]:
    """Write NaN and infinities as text, with losses.

    They stay, with a loss, for a target that reads them, and where attributes are to be kept.

    Raises :class:`NotRepresentableError` where they are to be kept and the target does not read them.
    """
    if is_json(attributes):
        return attributes
    readers = find_readers(ctx.target)
    strict = [reader for reader in readers if reader.format(to).strict_json]
    if ctx.keep_attributes and strict:
        raise NotRepresentableError(
            to,
            "attributes",
            Message(
                "they hold NaN or infinity, which JSON does not allow, and"
                f" {strict[0].title} refuses the document; ",
                Hint("keep_attributes", False),
                " writes them as text",
            ),
        )
    if (strict or not readers) and not ctx.keep_attributes:
        found: dict[str, Any] = _spell(attributes, "attributes", ctx)
        return found
    ctx.lose(
        "attributes",
        "hold NaN or infinity, which JSON does not allow: zarr-python reads them, other readers refuse the document",
    )
    return attributes


def _spell(value: Any, at: str, ctx: DocumentContext) -> Any:
    if isinstance(value, dict):
        return {key: _spell(item, f"{at}.{key}", ctx) for key, item in value.items()}
    if isinstance(value, list):
        return [_spell(item, f"{at}[{index}]", ctx) for index, item in enumerate(value)]
    if not isinstance(value, float) or math.isfinite(value):
        return value
    name = "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    ctx.lose(at, f"the number {name}, which JSON does not allow, becomes the text {name!r}")
    return name
