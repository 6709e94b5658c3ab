"""The attribute by which xarray finds the missing values of a v3 array."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zarrcodec_bridge.core.messages import Message, excerpt
from zarrcodec_bridge.documents.context import DocumentContext
from zarrcodec_bridge.documents.fill_values.binary import float_json
from zarrcodec_bridge.documents.fill_values.scalars import is_number
from zarrcodec_bridge.documents.missing_values.values import (
    AT,
    FILL_VALUE,
    MISSING_VALUE,
    REMEDY,
    Kind,
    as_signed,
    check_swapped_mask,
    decode_attribute,
    drop_nan,
    element_of_fill_value,
    encode_attribute,
    is_nan,
    is_packed,
    is_same,
    name_of_type,
    narrow,
    read_plain_attribute,
    single_value,
    xarray_kind,
)


def keep_in_v3(
    document: Mapping[str, Any],
    attributes: dict[str, Any],
    zarray: Mapping[str, Any],
    ctx: DocumentContext,
) -> None:
    """Write the attribute by which xarray finds the missing values of a v2 array in v3.

    Parameters
    ----------
    document : dict
        The v3 document, for its `data_type` and `fill_value`.
    attributes : dict
        Its attributes, which are changed.
    zarray : dict
        The v2 document.
    """
    undefined = zarray.get("fill_value") is None
    drop_nan(attributes, ctx)
    kind = xarray_kind(document["data_type"])
    if kind is None or (undefined and FILL_VALUE not in attributes):
        return
    if zarray["dtype"] == "|O" and is_number(zarray.get("fill_value")):
        _lose_number_of_objects(attributes, zarray["fill_value"], ctx)
        return
    if kind in ("bytes", "time", "opaque"):
        _lose_attribute(document, attributes, kind, undefined, ctx)
        return
    given = attributes.get(FILL_VALUE)
    if undefined:
        value = read_plain_attribute(given, kind)
        if value is None or (given == "NaN" and is_packed(attributes)):
            del attributes[FILL_VALUE]
            ctx.lose(AT, Message(f"{excerpt(given)} is left out: {_reason(given)}; ", REMEDY))
            return
    else:
        value = element_of_fill_value(
            document["fill_value"], kind, name_of_type(document["data_type"])
        )
        _check_overridden(given, value, kind, attributes, ctx)
    if kind == "text":
        _write_text(value, attributes, ctx)
        return
    if kind == "complex":
        if is_nan(value):  # masks nothing
            attributes.pop(FILL_VALUE, None)
            return
        ctx.lose(
            AT,
            Message(
                f"xarray takes {excerpt(given if undefined else document['fill_value'])} for missing values in v2;"
                " before 2026.4 it does not open a v3 array of complex numbers with the attribute that says so; ",
                REMEDY,
            ),
        )
    check_swapped_mask(zarray["dtype"], value, attributes, ctx)
    found = encode_attribute(as_signed(value, name_of_type(document["data_type"]), attributes))
    if found != given or type(found) is not type(given):
        was = "is added as" if given is None else f"{excerpt(given)} becomes"
        ctx.note(AT, f"{was} {excerpt(found)}, as xarray reads it in v3")
    attributes[FILL_VALUE] = found


def _reason(given: Any) -> str:
    if isinstance(given, list):
        return "xarray takes one value in v3"
    return "xarray does not read it in v3 as it does in v2"


def _lose_number_of_objects(
    attributes: dict[str, Any], fill_value: Any, ctx: DocumentContext
) -> None:
    """Report a number as the fill value of objects, zarr-python 2's default, on which its versions disagree."""
    given = attributes.pop(FILL_VALUE, None)
    gone = (
        "" if given is None else f"; {FILL_VALUE} {excerpt(given)}, which it overrides, is left out"
    )
    ctx.lose(
        "fill_value",
        Message(
            f"xarray takes the text {str(fill_value)!r} for missing values in v2 with zarr-python 3.1 and later, no"
            f" value with earlier ones, and no value in v3{gone}; ",
            REMEDY,
        ),
    )


def _lose_attribute(
    document: Mapping[str, Any],
    attributes: dict[str, Any],
    kind: Kind,
    undefined: bool,
    ctx: DocumentContext,
) -> None:
    """Leave out the attribute for data types for which xarray takes none in v3."""
    if FILL_VALUE in attributes:
        given = attributes.pop(FILL_VALUE)
        ctx.lose(
            AT,
            Message(
                f"{excerpt(given)} is left out: xarray does not open a v3 array of this data type with it; ",
                REMEDY,
            ),
        )
    if kind == "bytes" and not undefined:
        ctx.lose(
            "fill_value",
            f"xarray takes {excerpt(document['fill_value'])} (base64) for missing values in v2, and nothing in v3:"
            f" it does not open a v3 array of this data type with {FILL_VALUE}",
        )


def _check_overridden(
    given: Any, value: Any, kind: Kind, attributes: Mapping[str, Any], ctx: DocumentContext
) -> None:
    """Report an attribute that xarray overrides in v2, and that is overwritten for it in v3."""
    if FILL_VALUE not in attributes:
        return
    for found in (read_plain_attribute(given, kind), decode_attribute(given, kind)):
        if found is not None and (is_same(found, value) or is_same(narrow(found, value), value)):
            return
    ctx.lose(
        AT,
        Message(
            f"{excerpt(given)} is not the fill value, which xarray takes for missing values in v2 instead, and becomes"
            f" {excerpt(float_json(value) if isinstance(value, float) else value)}; ",
            REMEDY,
        ),
    )


def _write_text(value: str, attributes: dict[str, Any], ctx: DocumentContext) -> None:
    """xarray opens no v3 array of text with ``_FillValue``, and reads ``missing_value`` in all of them."""
    attributes.pop(FILL_VALUE, None)
    there = attributes.get(MISSING_VALUE, [])
    values = there if isinstance(there, list) else [there]
    if value in values:
        return
    attributes[MISSING_VALUE] = [*values, value] if values else value
    ctx.note(
        f"attributes.{MISSING_VALUE}",
        f"becomes {excerpt(attributes[MISSING_VALUE])}, for xarray: it opens no v3 array of text with {FILL_VALUE}",
    )


def normalize_in_v3(
    document: Mapping[str, Any], attributes: dict[str, Any], ctx: DocumentContext
) -> None:
    """Write the attribute of a v3 array as xarray reads it, where another writer left a plain number, or a text."""
    drop_nan(attributes, ctx)
    if FILL_VALUE not in attributes:
        return
    kind = xarray_kind(document["data_type"])
    given = attributes[FILL_VALUE]
    if kind == "text" and isinstance(given, str):
        _write_text(given, attributes, ctx)
    if kind not in ("float", "complex") or isinstance(given, str):
        return
    if kind == "complex" and isinstance(given, list) and all(isinstance(x, str) for x in given):
        return
    value = decode_attribute(single_value(given), kind)
    if value is not None:
        attributes[FILL_VALUE] = found = encode_attribute(value)
        ctx.note(AT, f"{excerpt(given)} becomes {excerpt(found)}, as xarray reads it")
