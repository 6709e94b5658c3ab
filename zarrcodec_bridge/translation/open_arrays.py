"""The encoding of an open zarr array, read from its public attributes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from zarrcodec_bridge.core.contexts import ReadContext
from zarrcodec_bridge.core.data_types import array_dtype
from zarrcodec_bridge.core.errors import (
    InvalidCodecError,
    Note,
)
from zarrcodec_bridge.core.json_values import copy_json
from zarrcodec_bridge.core.messages import Message, describe_exception
from zarrcodec_bridge.core.model import KeptCodec
from zarrcodec_bridge.core.propagation import (
    kind_of,
)
from zarrcodec_bridge.core.spec import A2A, A2B, B2B
from zarrcodec_bridge.dialects import codec_objects, sources
from zarrcodec_bridge.dialects.inputs import describe_input
from zarrcodec_bridge.translation.encodings import V2Encoding, V3Encoding


@dataclass(frozen=True, slots=True)
class ArrayEncoding:
    """The encoding of an open array, and the shape of what it encodes at once."""

    encoding: V2Encoding | V3Encoding
    chunk_shape: tuple[int, ...] | None
    """The shape of a chunk; of a shard, where there are shards."""
    notes: tuple[Note, ...] = ()


def array_encoding(array: Any) -> ArrayEncoding:
    """Read the encoding of an open array.

    Parameters
    ----------
    array : zarr.Array or its metadata
        Of zarr-python 2 or 3, in either format; anything else with its public attributes.

    Raises
    ------
    InvalidCodecError
        It is not a zarr array.

    Example
    -------
    >>> class Opened:
    ...     dtype, order, chunks, filters, compressor = "<i4", "C", (10,), None, {"id": "zlib", "level": 1}
    >>> type(array_encoding(Opened).encoding.compressor).__name__
    'Zlib'
    """
    metadata: Any = getattr(array, "metadata", array)
    if callable(getattr(metadata, "to_dict", None)):
        members: dict[str, Any] = metadata.to_dict()
        if "codecs" in members:
            return _v3_array(members)
        if "compressor" in members:
            return _v2_array(members)
    if all(hasattr(array, name) for name in ("dtype", "order", "filters", "compressor")):
        names = ("dtype", "order", "filters", "compressor", "chunks")
        return _v2_array({name: getattr(array, name, None) for name in names})
    found = describe_input(array) or type(array).__name__
    raise InvalidCodecError.at(
        (), Message("expected an open zarr array or its metadata, got ", found), "not an array"
    )


def array_document(array: Any) -> dict[str, Any]:
    """Give the ``.zarray`` or ``zarr.json`` of an open array, or of its metadata, as plain JSON.

    Parameters
    ----------
    array : zarr.Array, its metadata, or that as a dictionary
        Of zarr-python 2 or 3, in either format.

    Raises
    ------
    InvalidCodecError
        It is not a zarr array, or its metadata is not JSON.
    """
    metadata: Any = getattr(array, "metadata", array)
    try:
        if isinstance(array, Mapping):
            members = {key: _plain(value) for key, value in array.items()}
        elif callable(getattr(metadata, "to_dict", None)):
            members = {key: _plain(value) for key, value in metadata.to_dict().items()}
        else:  # zarr-python 2
            members = json.loads(array.store[f"{array.path}/.zarray".lstrip("/")])
        found: dict[str, Any] = copy_json(members)
    except Exception as error:  # foreign code
        raise InvalidCodecError.at(
            (),
            f"the metadata of {type(array).__name__} cannot be read: {describe_exception(error)}",
            "not an array",
        ) from error
    return found


def _plain(value: Any) -> Any:
    """What zarr-python 3.0 has as objects: codecs, data types, and fill values that are no JSON."""
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if codec_objects.is_codec_object(value):
        return codec_objects.json_of_object(value)
    value = value.item() if getattr(value, "shape", None) == () else value
    if isinstance(value, complex):
        return [value.real, value.imag]
    return getattr(value, "value", value)


def _v2_array(members: dict[str, Any]) -> ArrayEncoding:
    ctx = ReadContext(dialect="v2", unknown="keep")
    compressor, dtype = members["compressor"], members["dtype"]
    encoding = V2Encoding.read(
        ctx,
        dtype=array_dtype(copy_json(dtype) if isinstance(dtype, (list, tuple)) else dtype),
        order=members["order"],
        filters=[_payload(codec) for codec in members["filters"] or ()],
        compressor=None if compressor is None else _payload(compressor),
    )
    return ArrayEncoding(encoding, _chunk_shape(members.get("chunks")), tuple(ctx.notes))


def _v3_array(members: dict[str, Any]) -> ArrayEncoding:
    ctx = ReadContext(dialect="v3", unknown="keep")
    data_type = members["data_type"]
    encoding = V3Encoding.read(
        ctx,
        data_type=copy_json(getattr(data_type, "value", data_type)),  # an enumeration in 3.0
        codecs=[_payload(codec) for codec in members["codecs"]],
    )
    grid: Any = members.get("chunk_grid")
    shape = grid.get("configuration", {}).get("chunk_shape") if isinstance(grid, dict) else None
    return ArrayEncoding(_with_kinds(encoding), _chunk_shape(shape), tuple(ctx.notes))


def _payload(codec: Any) -> Any:
    return copy_json(sources.json_of(codec)[1])


def _chunk_shape(shape: Any) -> tuple[int, ...] | None:
    """The shape of a chunk; rectilinear grids have none."""
    if isinstance(shape, (list, tuple)) and all(isinstance(length, int) for length in shape):
        return tuple(shape)
    return None


def _with_kinds(v3: V3Encoding) -> V3Encoding:
    """Give unregistered codecs their kind: they stand before or after the array-to-bytes codec."""
    kinds = [kind_of(codec) for codec in v3.codecs]
    if A2B not in kinds:
        return v3
    at = kinds.index(A2B)
    codecs = tuple(
        codec.model_copy(update={"kind": A2A if index < at else B2B})
        if isinstance(codec, KeptCodec) and codec.kind is None
        else codec
        for index, codec in enumerate(v3.codecs)
    )
    return replace(v3, codecs=codecs)
