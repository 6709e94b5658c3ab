"""Read a whole encoding from a document, its members, or a list of codecs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from zarrcodec_bridge.core.data_types import (
    DataType,
    DTypeLike,
    describe_dtype,
    read_dtype,
)
from zarrcodec_bridge.core.errors import (
    InvalidCodecError,
    MissingContextError,
    NotRepresentableError,
)
from zarrcodec_bridge.core.messages import closest_name, excerpt
from zarrcodec_bridge.core.options import Unknown
from zarrcodec_bridge.dialects.codec_objects import has_numcodecs_api
from zarrcodec_bridge.dialects.sources import copy_mapping
from zarrcodec_bridge.translation.pipeline import Pipeline

V2_MEMBERS: Final = ("dtype", "filters", "compressor")


V3_MEMBERS: Final = ("data_type", "codecs")
"""Any of these makes a dictionary a whole encoding."""

ENCODING_V2: Final = (*V2_MEMBERS, "order", "chunks")
ENCODING_V3: Final = (*V3_MEMBERS, "chunk_grid", "storage_transformers")
"""What the encoding of a chunk depends on."""


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
        if "id" not in document and "name" not in document:
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
            dtype=_with_order(dtype), filters=codecs, ndim=ndim, unknown=unknown, strict=strict
        )
    return Pipeline.from_v3(
        data_type=dtype.with_endian(None), codecs=codecs, ndim=ndim, unknown=unknown, strict=strict
    )


def _is_v2_codec(codec: Any) -> bool:
    """Whether it is v2 JSON, or an object with the numcodecs API."""
    return (
        "id" in copy_mapping(codec, ()) if isinstance(codec, Mapping) else has_numcodecs_api(codec)
    )


def _from_document(
    document: dict[str, Any],
    dtype: DataType | None,
    ndim: int | None,
    unknown: Unknown,
    strict: bool,
) -> Pipeline | None:
    v2 = [key for key in V2_MEMBERS if key in document]
    v3 = [key for key in V3_MEMBERS if key in document]
    if v2 and v3:
        raise InvalidCodecError.at(
            (), f"expected {v2[0]!r} (v2) or {v3[0]!r} (v3), got both in one document"
        )
    _check_format(document, 2 if v2 else 3 if v3 else None)
    _check_spelling(document, ENCODING_V2 if v2 else ENCODING_V3 if v3 else ())
    if not v2 and not v3:
        return None
    given: Any = document.get("dtype" if v2 else "data_type")
    if given is None:
        if dtype is None:
            raise MissingContextError(
                "v3" if v2 else "v2", "the encoding", "it does not say the data type", ["dtype"]
            )
        given = _with_order(dtype) if v2 else dtype.with_endian(None)
    if v2:
        chunks, order = document.get("chunks"), document.get("order")
        return Pipeline.from_v2(
            dtype=given,
            order="C" if order is None else order,  # as zarr-python 2 reads null
            filters=document.get("filters"),
            compressor=document.get("compressor"),
            ndim=ndim if chunks is not None else _axes(document, ndim),
            chunk_shape=chunks,
            unknown=unknown,
            strict=strict,
        )
    transformers = document.get("storage_transformers")
    if transformers is not None and not (_is_list(transformers) and not transformers):
        raise NotRepresentableError(
            "v2",
            "storage_transformers",
            "no reader applies them, and the chunks would be found in other places",
        )
    chunks = _regular_chunks(document.get("chunk_grid"))
    return Pipeline.from_v3(
        data_type=given,
        codecs=document.get("codecs"),
        ndim=ndim if chunks is not None else _axes(document, ndim),
        chunk_shape=chunks,
        unknown=unknown,
        strict=strict,
    )


def _check_spelling(document: Mapping[str, Any], members: Sequence[str]) -> None:
    """Refuse an unknown member that stands for one which is left out, and which the chunks depend on."""
    for key, value in document.items():
        if value is None or key in members:
            continue
        meant = closest_name(str(key), members)
        if meant is not None and meant not in document:
            raise InvalidCodecError.at((key,), f"unknown member; did you mean {meant!r}?")


def _check_format(document: Mapping[str, Any], found: int | None) -> None:
    """Refuse documents that are not an array's, and those that say they are another format's."""
    node = document.get("node_type")
    if (isinstance(node, str) and node == "group") or "zarr_consolidated_format" in document:
        raise InvalidCodecError.at((), "expected the document of one array, got that of a group")
    number = document.get("zarr_format")
    if "zarr_format" not in document or (type(number) is int and number == found):
        return
    if found is None and type(number) is int and number in (2, 3):
        raise InvalidCodecError.at(
            (), "expected the document of one array, got one without encoding members"
        )
    expected = str(found) if found is not None else "2 or 3"
    raise InvalidCodecError.at(("zarr_format",), f"expected {expected}, got {excerpt(number)}")


def _axes(document: Mapping[str, Any], ndim: int | None) -> int | None:
    """The number of axes where no chunk shape says it: the caller's, or the array's."""
    shape: Any = document.get("shape")
    return len(shape) if ndim is None and _is_list(shape) else ndim


def _regular_chunks(grid: Any) -> Any:
    """The chunk shape of a regular grid; ``None`` for any other."""
    configuration: Any = (
        _member(grid, "configuration") if _member(grid, "name") == "regular" else None
    )
    return _member(configuration, "chunk_shape")


def _member(value: Any, key: str) -> Any:
    return value.get(key) if _is_object(value) else None


def _is_object(value: Any) -> bool:
    return isinstance(value, Mapping)


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def _with_order(dtype: DataType) -> DataType:
    """A data type given by its v3 name is little-endian in v2."""
    return dtype if dtype.endian is not None else dtype.with_endian("little")


def _check_agrees(found: DataType, given: DataType) -> None:
    same = found.with_endian(None) == given.with_endian(None)
    if not same or (found.endian and given.endian and found.endian != given.endian):
        raise InvalidCodecError.at(
            ("dtype",),
            f"expected {describe_dtype(found)} as the source says, got {describe_dtype(given)}",
            "contradicting data type",
        )
