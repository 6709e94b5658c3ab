"""Array documents of v2: ``.zarray`` with the attributes of ``.zattrs``.

Source: https://zarr-specs.readthedocs.io/en/latest/v2/v2.0.html#metadata.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.messages import Hint, Message, excerpt
from zarrcodec_bridge.core.options import read_axes
from zarrcodec_bridge.core.registry import spec_of
from zarrcodec_bridge.documents import fill_values
from zarrcodec_bridge.documents.array_cache import make_array
from zarrcodec_bridge.documents.context import FILL_VALUE, DocumentContext, invalid_member
from zarrcodec_bridge.documents.fill_values.scalars import is_number
from zarrcodec_bridge.documents.members import (
    DIMENSIONS,
    copy_attributes,
    get_member,
    is_json,
    missing_member,
    note_foreign_members,
    read_chunk_shape,
    read_dimension_names,
    read_lengths,
    spell_numbers,
    write_zarr_json,
    write_zarray,
)
from zarrcodec_bridge.documents.missing_values import keep_in_v3
from zarrcodec_bridge.documents.target_checks import check_document, check_members
from zarrcodec_bridge.readers import find_readers
from zarrcodec_bridge.translation.pipeline import Pipeline, read_v2

_MEMBERS: Final = frozenset(
    {
        "zarr_format",
        "dtype",
        "compressor",
        "fill_value",
        "order",
        "filters",
        "dimension_separator",
    }
)
_DEFAULTS: Final = (("order", "C"), ("filters", None), ("compressor", None), ("fill_value", None))


def array_v2_to_v3(
    document: Mapping[str, Any], attributes: Any, ctx: DocumentContext
) -> dict[str, Any]:
    """Write the ``zarr.json`` under which the chunks of a ``.zarray`` are the same array."""
    rest, shape, chunks = _split_document(document, ctx)
    own = rest.pop("attributes") if "attributes" in rest else None
    found = make_array(_as_v3, rest, len(shape), chunks, ctx)
    if found["data_type"] == "string" and _is_zero(document.get("fill_value")):
        _report_zero_text(ctx)
    found["shape"] = shape
    found["chunk_grid"] = {"name": "regular", "configuration": {"chunk_shape": chunks}}
    if attributes is None:
        attributes = own or {}
    elif own and own != attributes:
        ctx.note("attributes", "of the array document are dropped, .zattrs being given")
    kept = copy_attributes(attributes, ("attributes",), ctx)
    if DIMENSIONS in kept:
        names = _take_names(kept, len(shape), ctx)
        if names is not None:
            found["dimension_names"] = names
            if None not in names and not ctx.keep_attributes:
                keep_in_v3(found, kept, document, ctx)
    level = ctx.places.get(ctx.node)
    if isinstance(level, tuple) and not ctx.keep_attributes:
        _add_axis_names(found, level, ctx)
    found["attributes"] = spell_numbers(kept, ctx)
    check_document(found, found["attributes"], ctx)
    return found


def _add_axis_names(found: dict[str, Any], axes: tuple[str, ...], ctx: DocumentContext) -> None:
    """Name the dimensions of a level of an image as OME-Zarr 0.5 wants it: by its axes."""
    names = found.get("dimension_names")
    if names is None and len(axes) == len(found["shape"]):
        found["dimension_names"] = [*axes]
    elif names != [*axes]:
        ctx.lose(
            "dimension_names",
            f"{excerpt(names)} are not the image's axes, {excerpt([*axes])}, as OME-Zarr 0.5 wants them",
        )


def normalize_array_v2(
    document: Mapping[str, Any], ctx: DocumentContext, attributes: Any = None
) -> dict[str, Any]:
    """Write a ``.zarray`` as the specification has it, and the target opens it, for the same chunks."""
    rest, shape, chunks = _split_document(document, ctx)
    if "attributes" in rest:
        del rest["attributes"]
        ctx.note("attributes", "belong into .zattrs, and are dropped")
    found = make_array(_again, rest, len(shape), chunks, ctx)
    found["shape"] = shape
    found["chunks"] = chunks
    own = attributes if isinstance(attributes, Mapping) else {}
    if not is_json(own):  # whoever writes the attributes spells numbers that JSON does not allow
        own = {DIMENSIONS: own.get(DIMENSIONS)}
    check_document(found, own, ctx)
    return found


def _split_document(
    document: Mapping[str, Any], ctx: DocumentContext
) -> tuple[dict[str, Any], list[int], list[int]]:
    """Split a document: the rest, the shape of the array, and that of a chunk."""
    rest = dict(document)
    try:
        shape, chunks = rest.pop("shape"), rest.pop("chunks")
    except KeyError as error:
        raise missing_member(error.args[0], document) from None
    shape = read_lengths(shape, ("shape",), ctx)
    chunks = read_lengths(chunks, ("chunks",), ctx)
    if len(chunks) != len(shape) or 0 in chunks:
        chunks = read_chunk_shape(shape, chunks, ("chunks",), ctx)
    return rest, shape, chunks


@dataclass(frozen=True, slots=True)
class _ArrayV2:
    """A ``.zarray`` as it was read."""

    pipeline: Pipeline
    fill_value: Any
    separator: str | None
    """The dimension separator; ``None`` where the document leaves it at the default "."."""


def _read(rest: dict[str, Any], chunks: list[int] | None, ctx: DocumentContext) -> _ArrayV2:
    """Read a ``.zarray``; members that other writers leave out are read as what readers take for them."""
    note_foreign_members(rest, _MEMBERS, ctx)
    for key, default in _DEFAULTS:
        if key not in rest:
            ctx.note(key, f"is missing, and becomes {excerpt(default)}")
    order = rest.get("order", "C")
    if order is None:
        ctx.note("order", "null becomes 'C', as zarr-python 2 reads it")
        order = "C"
    dtype = _dtype(get_member(rest, "dtype"), ctx)
    pipeline = read_v2(
        dtype,
        rest.get("filters"),
        rest.get("compressor"),
        order,
        *read_axes(None, chunks),
        ctx.unknown,
    )
    return _ArrayV2(pipeline, rest.get("fill_value"), _separator(rest, ctx))


def _dtype(value: Any, ctx: DocumentContext) -> Any:
    if not isinstance(value, (str, list)):
        raise invalid_member(
            ("dtype",), f"expected a v2 data type such as '<f4', got {excerpt(value)}"
        )
    if isinstance(value, str):
        written = DataType.from_v2(value).to_v2()
        if written != value:
            ctx.note("dtype", f"{value!r} becomes {written!r}")
    return value


def _separator(document: Mapping[str, Any], ctx: DocumentContext) -> str | None:
    if "dimension_separator" not in document:
        return None
    found = document["dimension_separator"]
    if found is None:
        ctx.note("dimension_separator", "null becomes '.', the default")
        return "."
    if found not in (".", "/"):
        raise invalid_member(("dimension_separator",), f"expected '.' or '/', got {excerpt(found)}")
    return str(found)


def _as_v3(
    rest: dict[str, Any], ndim: int, chunks: list[int] | None, ctx: DocumentContext
) -> tuple[dict[str, Any], Pipeline]:
    array = _read(rest, chunks, ctx)
    pipeline = array.pipeline
    encoding = pipeline.translate("v3", target=ctx.target, on_loss="ignore", unknown=ctx.unknown)
    ctx.take(encoding.notes, encoding.losses)
    dtype = pipeline.data_type
    if dtype.name == "object":
        dtype = DataType.from_v3(encoding.result["data_type"])
    value = array.fill_value
    if dtype.name == "string" and _is_zero(value):
        value = str(value) if _takes_zero_as_text(ctx) else ""
    fill_value = fill_values.read(value, dtype, "v2", ctx.reporter(FILL_VALUE))
    keys = {"name": "v2", "configuration": {"separator": array.separator or "."}}
    made = write_zarr_json(encoding.result, keys, fill_value, ctx)
    check_members(made, ndim, ctx, (pipeline, fill_value, dtype))
    return made, pipeline


def _takes_zero_as_text(ctx: DocumentContext) -> bool:
    """Whether every reader of the target gives the digit for texts with the v2 fill value 0."""
    readers = find_readers(ctx.target)
    return bool(readers) and all(reader.zero_is_text for reader in readers)


def _is_zero(value: Any) -> bool:
    return is_number(value) and value == 0


def _report_zero_text(ctx: DocumentContext) -> None:
    """Report how 0, zarr-python 2's default for any array, is written as text.

    Measured: missing texts read as '0' in zarr-python 3.1 to 3.4, as the number 0 before, as '' in zarrista.
    """
    readers = find_readers(ctx.target)
    if _takes_zero_as_text(ctx):
        ctx.note(
            "fill_value", "0, zarr-python 2's default for any array, becomes '0', as 3 reads it"
        )
    elif (readers and not any(reader.zero_is_text for reader in readers)) or ctx.chunks_complete:
        ctx.note("fill_value", "0, zarr-python 2's default for any array, becomes the empty string")
    else:
        ctx.lose(
            "fill_value",
            Message(
                "0 becomes the empty string, as zarrs reads it for missing texts, and zarr-python reads '0'; ",
                Hint("target", "zarr-python"),
                " writes that, and ",
                Hint("chunks_complete", True),
                " says that none is missing",
            ),
        )


def _take_names(
    attributes: dict[str, Any], ndim: int, ctx: DocumentContext
) -> list[str | None] | None:
    """Take the dimension names out of the attributes, where they are names of all dimensions."""
    names = read_dimension_names(attributes[DIMENSIONS], ndim)
    if names is None:
        ctx.note(
            f"attributes.{DIMENSIONS}",
            f"does not name {ndim} dimensions, and stays an attribute",
        )
        return None
    del attributes[DIMENSIONS]
    return names


def _object_type(pipeline: Pipeline) -> str | None:
    """Find the v3 data type of the objects in an ``|O`` array, where a codec says what they are."""
    if pipeline.data_type.name != "object":
        return None
    for codec in pipeline.encoding.codecs:
        spec = spec_of(type(codec))
        if spec is not None and spec.object_type is not None:
            return spec.object_type
    return None


def _again(
    rest: dict[str, Any], ndim: int, chunks: list[int] | None, ctx: DocumentContext
) -> tuple[dict[str, Any], Pipeline]:
    array = _read(rest, chunks, ctx)
    pipeline = array.pipeline
    encoding = pipeline.translate("v2", target=ctx.target, on_loss="ignore", unknown=ctx.unknown)
    ctx.take(encoding.notes, encoding.losses)
    fill_value = fill_values.normalize_v2(
        array.fill_value,
        pipeline.data_type,
        ctx.reporter(FILL_VALUE),
        holds=_object_type(pipeline),
        target=ctx.target,
    )
    document = write_zarray(encoding.result, fill_value)
    if array.separator is not None:
        document["dimension_separator"] = array.separator
    check_members(document, ndim, ctx)
    return document, pipeline
