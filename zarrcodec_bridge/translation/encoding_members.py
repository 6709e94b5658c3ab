"""The members of a document that say how its chunks are encoded, as keywords of :class:`Pipeline`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.errors import (
    InvalidCodecError,
    MissingContextError,
    NotRepresentableError,
)
from zarrcodec_bridge.core.json_values import Dialect
from zarrcodec_bridge.core.messages import Message, closest_name, did_you_mean, excerpt
from zarrcodec_bridge.dialects.inputs import V2_MEMBERS, V3_MEMBERS, describe_input, kind_of_input
from zarrcodec_bridge.dialects.sources import copy_mapping

ENCODING_V2: Final = (*V2_MEMBERS, "order", "chunks")
ENCODING_V3: Final = (*V3_MEMBERS, "chunk_grid", "storage_transformers")
"""What the encoding of a chunk depends on."""


def encoding_keywords(
    document: Any, dtype: DataType | None = None, ndim: int | None = None
) -> tuple[Dialect, dict[str, Any]] | None:
    """Give the format of a document and the keywords of :meth:`Pipeline.from_v2` or :meth:`Pipeline.from_v3`.

    Parameters
    ----------
    document : dict
        A whole ``.zarray`` or ``zarr.json``, or its encoding members.
    dtype : DataType, optional
        The data type, where the document has none.
    ndim : int, optional
        The number of axes, where the document has no chunk shape.

    Returns
    -------
    tuple or None
        ``None`` for an object, which may be an open array.

    Raises
    ------
    InvalidCodecError
        It is not the document of one array.
    MissingContextError
        It has no data type, and neither has the caller.
    NotRepresentableError
        It has storage transformers: its codecs do not say where its chunks are.
    """
    if not isinstance(document, Mapping):
        return None
    document = copy_mapping(document, ())
    v2 = [key for key in V2_MEMBERS if key in document]
    v3 = [key for key in V3_MEMBERS if key in document]
    if v2 and v3:
        raise InvalidCodecError.at(
            (), f"expected {v2[0]!r} (v2) or {v3[0]!r} (v3), got both in one document"
        )
    _check_format(document, 2 if v2 else 3 if v3 else None)
    if (not v2 and not v3) or kind_of_input(document) == "xarray encoding":
        found = describe_input(document) or excerpt(document)
        raise InvalidCodecError.at((), Message("expected the document of an array, got ", found))
    _check_spelling(document, ENCODING_V2 if v2 else ENCODING_V3)
    given: Any = document.get("dtype" if v2 else "data_type")
    given = getattr(given, "value", given)  # an enumeration in zarr-python 3.0
    if given is None:
        if dtype is None:
            raise MissingContextError(
                "v3" if v2 else "v2", "the encoding", "it does not say the data type", ["dtype"]
            )
        given = with_order(dtype) if v2 else dtype.with_endian(None)
    chunks = document.get("chunks") if v2 else _regular_chunks(document.get("chunk_grid"))
    axes = {
        "ndim": ndim if chunks is not None else _axes(document, ndim),
        "chunk_shape": chunks,
    }
    if v2:
        order = document.get("order")
        return "v2", {
            "dtype": given,
            "order": "C" if order is None else order,  # as zarr-python 2 reads null
            "filters": document.get("filters"),
            "compressor": document.get("compressor"),
            **axes,
        }
    transformers = document.get("storage_transformers")
    if transformers is not None and not (_is_list(transformers) and not transformers):
        raise NotRepresentableError(
            "v2",
            "storage_transformers",
            "no reader applies them, and the chunks would be found in other places",
        )
    return "v3", {"data_type": given, "codecs": document.get("codecs"), **axes}


def _check_spelling(document: Mapping[str, Any], members: Sequence[str]) -> None:
    """Refuse an unknown member that stands for one which is left out, and which the chunks depend on."""
    for key, value in document.items():
        if value is None or key in members:
            continue
        meant = closest_name(str(key), members)
        if meant is not None and meant not in document:
            raise InvalidCodecError.at((key,), Message("unknown member", did_you_mean(meant)))


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


def with_order(dtype: DataType) -> DataType:
    """A data type given by its v3 name is little-endian in v2."""
    return dtype if dtype.endian is not None else dtype.with_endian("little")
