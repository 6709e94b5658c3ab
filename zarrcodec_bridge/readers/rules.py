"""Rules that several readers share."""

from __future__ import annotations

from collections.abc import Mapping
from math import frexp
from struct import error as StructError  # noqa: N812
from struct import pack, unpack
from typing import Any

from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.readers.reader import ReaderProblem, reads_wrong, refuses


def parameters_of(codec: Any) -> Mapping[str, Any]:
    """Give the configuration of a v3 codec; none where it is not an object."""
    found = codec.get("configuration") if isinstance(codec, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def dimension_units(
    document: Mapping[str, Any], attributes: Mapping[str, Any]
) -> ReaderProblem | None:
    """Find an attribute `dimension_units` that is not one text for each dimension."""
    units = attributes.get("dimension_units")
    if units is None or (isinstance(units, list) and len(units) == len(document["shape"])):
        return None
    return refuses(
        "wants a text for each dimension", "attributes.dimension_units", "remove the attribute"
    )


def transposed_shards(encoding: Mapping[str, Any]) -> ReaderProblem | None:
    """Find shards of a transposed array, whose parts some readers take for parts of the array as it is."""
    names = [codec.get("name") for codec in encoding["codecs"] if isinstance(codec, Mapping)]
    if names[:2] == ["transpose", "sharding_indexed"]:
        return reads_wrong("puts the parts of a shard where they were before the transpose")
    return None


def not_a_whole_number(value: Any, dtype: DataType) -> ReaderProblem | None:
    """Find a fill value of integers that is written as a float."""
    if type(value) is float and dtype.name.lstrip("u").startswith("int"):
        return refuses("wants a whole number")
    return None


def typesize_of_shuffle(params: Mapping[str, Any], dtype: DataType | None) -> ReaderProblem | None:
    """Find `blosc` that shuffles elements of a size which is not there."""
    if params.get("shuffle") == "noshuffle" or "typesize" in params:
        return None
    return refuses("opens it with the key typesize only, where it shuffles")


def zarrs_fixedscaleoffset(
    params: Mapping[str, Any], dtype: DataType | None
) -> ReaderProblem | None:
    """Find what zarrs computes otherwise: it has scale, offset and stored elements as float32, and divides in float32.

    Measured over 5 data types, 6 stored types and 8 scales: equal for integers of at most 2 bytes whose scale and
    offset float32 has, if the elements are not float32 themselves, or the scale is a power of 2.
    """
    if any(str(params.get(key)).startswith("|") for key in ("dtype", "astype")):
        return refuses("does not read the type strings of single bytes")
    scale = params.get("scale")
    is_power_of_2 = isinstance(scale, (int, float)) and abs(frexp(scale)[0]) == 0.5
    if not is_power_of_2 and str(params.get("dtype")).endswith(("f4", "float32")):
        return reads_wrong("computes float32 values otherwise than numcodecs")
    stored = str(params.get("astype") or params.get("dtype"))
    if not stored.endswith(("i1", "u1", "i2", "u2")):
        return refuses("computes in float32, which has not all of the stored elements")
    if not all(_is_float32(params.get(key, 0)) for key in ("scale", "offset")):
        return refuses("computes in float32, which has not that scale and offset")
    return None


def _is_float32(number: Any) -> bool:
    try:
        return bool(unpack("<f", pack("<f", number))[0] == number)
    except (OverflowError, StructError):
        return False
