"""Read a whole encoding from a document, its members, or a list of codecs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zarrcodec_bridge.core.data_types import (
    DataType,
    DTypeLike,
    describe_dtype,
    read_dtype,
)
from zarrcodec_bridge.core.errors import InvalidCodecError, MissingContextError
from zarrcodec_bridge.core.options import Unknown
from zarrcodec_bridge.dialects.codec_objects import has_numcodecs_api
from zarrcodec_bridge.dialects.inputs import kind_of_input
from zarrcodec_bridge.dialects.sources import copy_mapping
from zarrcodec_bridge.translation.encoding_members import encoding_keywords, with_order
from zarrcodec_bridge.translation.pipeline import Pipeline


def read_encoding(
    source: Any,
    *,
    dtype: DTypeLike | None = None,
    ndim: int | None = None,
    unknown: Unknown = "error",
    strict: bool = False,
) -> Pipeline | None:
    """Read a whole encoding into a pipeline; ``None`` where `source` is a single codec.

    Parameters are as for :func:`explain`. The chunk shape is taken from a document that has one.
    """
    known = None if dtype is None else read_dtype(dtype)
    pipeline: Pipeline | None = None
    anything: Any = source
    if isinstance(source, Pipeline):
        pipeline = source
    elif isinstance(source, (list, tuple)):
        pipeline = _from_list(list(anything), known, ndim, unknown, strict)
    elif isinstance(source, Mapping):
        document = copy_mapping(anything, ())
        kind = kind_of_input(document)
        if kind == "xarray encoding":
            pipeline = _from_xarray(document, known, ndim, unknown)
        elif kind not in ("codec", None):
            pipeline = _from_document(document, known, ndim, unknown, strict)
    if pipeline is not None and known is not None:
        _check_agrees(pipeline.data_type, known)
    return pipeline


def _from_list(
    codecs: list[Any], dtype: DataType | None, ndim: int | None, unknown: Unknown, strict: bool
) -> Pipeline:
    """A list of v3 codecs, or of v2 filters."""
    v2 = bool(codecs) and all(map(_is_v2_codec, codecs))
    if dtype is None:
        raise MissingContextError(
            "v3" if v2 else "v2", "a list of codecs", "it does not say the data type", ["dtype"]
        )
    if v2:
        return Pipeline.from_v2(
            dtype=with_order(dtype), filters=codecs, ndim=ndim, unknown=unknown, strict=strict
        )
    return Pipeline.from_v3(
        data_type=dtype.with_endian(None), codecs=codecs, ndim=ndim, unknown=unknown, strict=strict
    )


def _from_document(
    document: dict[str, Any],
    dtype: DataType | None,
    ndim: int | None,
    unknown: Unknown,
    strict: bool,
) -> Pipeline | None:
    found = encoding_keywords(document, dtype, ndim)
    if found is None:
        return None
    read = Pipeline.from_v2 if found[0] == "v2" else Pipeline.from_v3
    return read(**found[1], unknown=unknown, strict=strict)


def _from_xarray(
    encoding: dict[str, Any], dtype: DataType | None, ndim: int | None, unknown: Unknown
) -> Pipeline:
    """The encoding of a variable, as xarray has it."""
    if encoding.get("shards") is not None:
        raise InvalidCodecError.at(
            ("shards",), "an encoding of xarray does not say the codecs of its shards"
        )
    given = dtype if encoding.get("dtype") is None else encoding["dtype"]
    if given is None:
        raise MissingContextError("v3", "the encoding", "it does not say the data type", ["dtype"])
    slots: dict[str, Any] = {
        key: encoding[key] for key in ("filters", "serializer") if key in encoding
    }
    if "compressors" in encoding or "compressor" in encoding:
        slots["compressors"] = encoding.get("compressors", encoding.get("compressor"))
    chunks = encoding.get("chunks")
    return Pipeline.from_slots(
        dtype=given,
        ndim=ndim if chunks is None else None,
        chunk_shape=chunks,
        unknown=unknown,
        **slots,
    )


def _is_v2_codec(codec: Any) -> bool:
    """Whether it is v2 JSON, or an object with the numcodecs API."""
    return (
        "id" in copy_mapping(codec, ()) if isinstance(codec, Mapping) else has_numcodecs_api(codec)
    )


def _check_agrees(found: DataType, given: DataType) -> None:
    same = found.with_endian(None) == given.with_endian(None)
    if not same or (found.endian and given.endian and found.endian != given.endian):
        raise InvalidCodecError.at(
            ("dtype",),
            f"expected {describe_dtype(found)} as the source says, got {describe_dtype(given)}",
            "contradicting data type",
        )
