"""The fill value and the attribute by which xarray finds the missing values of a v2 array."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zarrcodec_bridge.core.messages import Hint, Message, excerpt
from zarrcodec_bridge.documents.context import DocumentContext
from zarrcodec_bridge.documents.fill_values.binary import float_json
from zarrcodec_bridge.documents.missing_values.values import (
    AT,
    FILL_VALUE,
    MISSING_VALUE,
    REMEDY,
    Kind,
    as_unsigned,
    check_swapped_mask,
    decode_attribute,
    drop_nan,
    element_of_fill_value,
    is_nan,
    is_packed,
    is_same,
    name_of_type,
    narrow,
    nearest_element,
    xarray_kind,
)


def keep_in_v2(
    zarray: dict[str, Any], attributes: dict[str, Any], data_type: Any, ctx: DocumentContext
) -> None:
    """Write the fill value and the attribute by which xarray finds the missing values of a v3 array in v2.

    Parameters
    ----------
    zarray : dict
        The v2 document, whose fill value is changed.
    attributes : dict
        Its attributes, which are changed.
    data_type
        The data type of the v3 array.
    """
    drop_nan(attributes, ctx)
    kind = xarray_kind(data_type)
    if kind is None or kind == "time" or zarray["fill_value"] is None:
        return
    name = name_of_type(data_type)
    value = element_of_fill_value(zarray["fill_value"], kind, name)
    given = attributes.get(FILL_VALUE)
    missing = as_unsigned(decode_attribute(given, kind), name, attributes)
    check_swapped_mask(zarray["dtype"], missing, attributes, ctx)
    if _masks_the_same(value, missing, attributes):
        if FILL_VALUE in attributes:
            del attributes[FILL_VALUE]
            ctx.note(AT, f"{excerpt(given)} is left out: in v2 it is the fill value")
        return
    if ctx.chunks_complete:
        _use_fill_value(zarray, attributes, missing, kind, name, ctx)
        return
    shown = excerpt(zarray["fill_value"])
    unlike = f"takes {shown} for missing values in v2, and {_missing_in_v3(given, missing)} in v3"
    if kind == "opaque":
        unlike = f"does not open a v2 array of this data type with a fill value, as {shown}"
    ctx.lose(
        "fill_value",
        Message(
            f"xarray {unlike}; where every chunk is stored, pass ",
            Hint("chunks_complete", True),
            ", which writes another fill value (migrate looks for itself), or ",
            REMEDY,
        ),
    )
    _write_plain_attribute(attributes, given, missing)


def is_read_as_scalar(
    zarray: Mapping[str, Any], attributes: Mapping[str, Any], data_type: Any, ctx: DocumentContext
) -> bool:
    """Whether xarray can read a scalar without dimension names, as it does in v3, in v2 too, all values being kept.

    That is where its missing values are kept by the fill value that it has, or by null in the place of the default.
    """
    kind = xarray_kind(data_type)
    if kind is None or kind == "time" or zarray["fill_value"] is None:
        return True
    value = element_of_fill_value(zarray["fill_value"], kind, name_of_type(data_type))
    if _masks_the_same(value, decode_attribute(attributes.get(FILL_VALUE), kind), attributes):
        return True
    return ctx.chunks_complete and (not value or FILL_VALUE in attributes)


def _missing_in_v3(given: Any, missing: Any) -> str:
    if missing is None or is_nan(missing):
        return "no value"
    return excerpt(given if isinstance(missing, complex) else missing)


def _masks_the_same(value: Any, missing: Any, attributes: Mapping[str, Any]) -> bool:
    """Whether xarray masks the same elements by this fill value in v2 as by this attribute in v3."""
    if is_nan(value) and missing is None:  # the attribute, though NaN, says to what xarray unpacks
        return not is_packed(attributes)
    if missing is not None:
        if is_same(value, missing):
            return True
        if not is_packed(attributes) and is_same(value, narrow(missing, value)):
            return True
    others = attributes.get(MISSING_VALUE, [])
    others = others if isinstance(others, list) else [others]
    return missing is None and any(is_same(value, other) for other in others if other is not None)


def _use_fill_value(
    zarray: dict[str, Any],
    attributes: dict[str, Any],
    missing: Any,
    kind: Kind,
    name: str,
    ctx: DocumentContext,
) -> None:
    """Every chunk is stored, so that the fill value is free to say which elements are missing."""
    given = attributes.get(FILL_VALUE)
    was = zarray["fill_value"]
    if missing is None or not _is_element(missing, kind, name):
        zarray["fill_value"] = None  # xarray goes by the attribute alone
        _write_plain_attribute(attributes, given, missing)
    else:
        zarray["fill_value"] = _fill_value_json(missing)
        attributes.pop(FILL_VALUE, None)
    ctx.note(
        "fill_value",
        f"{excerpt(was)} becomes {excerpt(zarray['fill_value'])}, by which xarray finds missing values in v2: every"
        " chunk is stored",
    )


def _is_element(value: Any, kind: Kind, name: str) -> bool:
    """Whether an element of the data type can be that value."""
    if kind == "float":
        return is_same(nearest_element(value, name), value)
    if kind == "complex":
        part = "float32" if name == "complex64" else "float64"
        return all(is_same(nearest_element(item, part), item) for item in (value.real, value.imag))
    if kind == "integer":
        bits = int(name.partition("int")[2])
        low, high = (0, 1 << bits) if name[0] == "u" else (-1 << bits - 1, 1 << bits - 1)
        return bool(low <= value < high)
    return True


def _fill_value_json(value: Any) -> Any:
    if isinstance(value, complex):
        return [float_json(value.real), float_json(value.imag)]
    return float_json(value) if isinstance(value, float) else value


def _write_plain_attribute(attributes: dict[str, Any], given: Any, missing: Any) -> None:
    """Write the attribute as v2 has it: numbers as they are."""
    if given is None:
        return
    if missing is None:
        return
    if is_nan(missing) or isinstance(missing, complex):
        del attributes[FILL_VALUE]
    else:
        attributes[FILL_VALUE] = missing
