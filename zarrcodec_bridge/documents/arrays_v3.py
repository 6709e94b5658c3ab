"""Array documents of v3: ``zarr.json``.

Source: https://zarr-specs.readthedocs.io/en/latest/v3/core/index.html#array-metadata.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, NamedTuple

from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.data_types.names import SIZES
from zarrcodec_bridge.core.errors import NotRepresentableError
from zarrcodec_bridge.core.messages import closest_name, excerpt
from zarrcodec_bridge.core.options import read_axes
from zarrcodec_bridge.core.spec import Dialect
from zarrcodec_bridge.documents import fill_values
from zarrcodec_bridge.documents.array_cache import make_array
from zarrcodec_bridge.documents.chunk_grids import ChunkGrid, read_grid
from zarrcodec_bridge.documents.context import (
    FILL_VALUE,
    DocumentContext,
    copy_member,
    invalid_member,
)
from zarrcodec_bridge.documents.members import (
    DIMENSIONS,
    copy_attributes,
    get_member,
    is_json,
    read_dimension_names,
    read_lengths,
    spell_numbers,
    take_member,
    write_zarr_json,
    write_zarray,
)
from zarrcodec_bridge.documents.missing_values import is_read_as_scalar, keep_in_v2, normalize_in_v3
from zarrcodec_bridge.documents.serializers import add_serializers
from zarrcodec_bridge.documents.target_checks import check_document, check_members
from zarrcodec_bridge.translation.pipeline import Pipeline, read_v3

_MEMBERS: Final = frozenset(
    {
        "zarr_format",
        "node_type",
        "data_type",
        "chunk_key_encoding",
        "codecs",
        "fill_value",
        "storage_transformers",
    }
)
_PARTS: Final = ("shape", "chunk_grid", "attributes", "dimension_names")
"""The other members, which differ from array to array."""
_SEPARATORS: Final = {"default": "/", "v2": "."}
"""The chunk key encodings of the specification, and their default separators."""


def array_v3_to_v2(
    document: Mapping[str, Any], ctx: DocumentContext
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Write the ``.zarray`` and ``.zattrs`` under which the chunks of a ``zarr.json`` are the same array."""
    parts = _split_document(document, "v2", ctx)
    found = make_array(_as_v2, parts.rest, len(parts.shape), parts.chunks, ctx)
    found["shape"] = parts.shape
    found["chunks"] = parts.chunks
    names = parts.names
    if names is not None and ctx.places.get(ctx.node) == (*names,) and not ctx.keep_attributes:
        ctx.note("dimension_names", "are those of the image's axes, where OME-Zarr 0.4 has them")
        names = None
    is_bare_scalar = names is None and not parts.shape and not ctx.keep_attributes
    if is_bare_scalar and is_read_as_scalar(found, parts.attributes, parts.rest["data_type"], ctx):
        # zarr-python leaves the names of no dimensions out; xarray wants the attribute in v2 all the same
        names = []
    named = names is not None and _add_names(parts.attributes, names, ctx)
    if named and not ctx.keep_attributes:
        keep_in_v2(found, parts.attributes, parts.rest["data_type"], ctx)
    attributes = spell_numbers(parts.attributes, ctx, "v2")
    check_document(found, attributes, ctx)
    return found, attributes


def normalize_array_v3(document: Mapping[str, Any], ctx: DocumentContext) -> dict[str, Any]:
    """Write a ``zarr.json`` that the target opens, for the same chunks."""
    parts = _split_document(document, "v3", ctx)
    found = make_array(_again, parts.rest, len(parts.shape), parts.chunks, ctx)
    if parts.grid.edges:
        _check_all_chunks(parts, ctx)
    found["shape"] = parts.shape
    found["chunk_grid"] = parts.grid.written
    if parts.names is not None:
        found["dimension_names"] = parts.names
        if None not in parts.names and not ctx.keep_attributes:
            normalize_in_v3(found, parts.attributes, ctx)
    found["attributes"] = spell_numbers(parts.attributes, ctx)
    check_document(found, found["attributes"], ctx)
    return found


class _Parts(NamedTuple):
    """A document in the parts that differ from array to array, and the rest."""

    rest: dict[str, Any]
    shape: list[int]
    grid: ChunkGrid
    attributes: dict[str, Any]
    names: list[str | None] | None

    @property
    def chunks(self) -> list[int] | None:
        """The shape of a chunk; ``None`` under a grid that is not regular."""
        return self.grid.chunks


def _split_document(document: Mapping[str, Any], to: Dialect, ctx: DocumentContext) -> _Parts:
    rest = dict(document)
    shape = read_lengths(take_member(rest, "shape"), ("shape",), ctx)
    name, configuration = _named(take_member(rest, "chunk_grid"), "chunk_grid", ctx)
    grid = read_grid(name, configuration, shape, to, ctx)
    attributes = copy_attributes(rest.pop("attributes", {}), ("attributes",), ctx)
    names = (
        _names(rest.pop("dimension_names"), len(shape), ctx) if "dimension_names" in rest else None
    )
    return _Parts(rest, shape, grid, attributes, names)


def _check_all_chunks(parts: _Parts, ctx: DocumentContext) -> None:
    """Refuse a chain that does not fit some of the chunks of a grid."""
    for chunk_shape in islice(parts.grid.shapes(), MOST_SHAPES):
        Pipeline.from_v3(
            data_type=parts.rest["data_type"],
            codecs=parts.rest["codecs"],
            chunk_shape=chunk_shape,
            unknown=ctx.unknown,
        )


MOST_SHAPES: Final = 64
"""Shapes of chunks of one grid, against which its codecs are checked."""


@dataclass(frozen=True, slots=True)
class _ArrayV3:
    """A ``zarr.json`` of an array as it was read."""

    chunk_key_encoding: dict[str, Any]
    pipeline: Pipeline
    fill_value: Any
    """As v3 spells it."""
    extras: dict[str, Any]
    """Members that readers need not understand."""


def _read(
    document: dict[str, Any], ndim: int, chunks: list[int] | None, ctx: DocumentContext
) -> _ArrayV3:
    """Read a ``zarr.json`` of an array; what other writers leave odd is read as what readers take for it."""
    if document.get("storage_transformers"):
        raise NotRepresentableError(
            "v3",
            "storage_transformers",
            "no reader applies them, and the chunks would be found in other places;"
            " rewrite the array with the tool that wrote it",
        )
    _check_node_type(document, ctx)
    data_type = get_member(document, "data_type")
    if not isinstance(data_type, (str, dict)):
        raise invalid_member(("data_type",), f"expected a v3 data type, got {excerpt(data_type)}")
    if isinstance(data_type, str) and data_type not in SIZES:
        data_type = DataType.from_v3(data_type)  # no other spelling, such as "double", in documents
    codecs = get_member(document, "codecs")
    pipeline = read_v3(data_type, codecs, *read_axes(ndim, chunks), ctx.unknown)
    pipeline = add_serializers(pipeline, ctx)
    if "fill_value" not in document:
        ctx.note("fill_value", "is missing, and is read as null")
    dtype = pipeline.data_type
    fill_value = fill_values.read(
        document.get("fill_value"), dtype, "v3", ctx.reporter("fill_value")
    )
    from zarrcodec_bridge.documents.fill_values.encoded import check_fill_value

    check_fill_value(pipeline.encoding.codecs, fill_value, dtype)
    return _ArrayV3(
        chunk_key_encoding=_chunk_key_encoding(document, ctx),
        pipeline=pipeline,
        fill_value=fill_value,
        extras=read_extras(document, _MEMBERS, ctx),
    )


def _check_node_type(document: Mapping[str, Any], ctx: DocumentContext) -> None:
    if "node_type" not in document:
        ctx.note("node_type", "is missing, and becomes 'array'")
    elif document["node_type"] != "array":
        raise invalid_member(
            ("node_type",), f"expected 'array', got {excerpt(document['node_type'])}"
        )


def _named(value: Any, key: str, ctx: DocumentContext) -> tuple[str, dict[str, Any]]:
    """Read the name and the configuration of an extension point."""
    if isinstance(value, str):
        ctx.note(key, f"the bare name {value[:80]!r} becomes an object")
        return value, {}
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        raise invalid_member((key,), f"expected an object with a name, got {excerpt(value)}")
    for inner in value:
        if inner not in ("name", "configuration", "must_understand"):
            meant = closest_name(str(inner), ("name", "configuration", "must_understand"))
            hint = f"; did you mean {meant!r}?" if meant else ""
            raise invalid_member(
                (key, inner), f"unknown key; expected name and configuration{hint}"
            )
    configuration = value.get("configuration", {})
    if configuration is None:
        ctx.note(key, "the configuration null becomes an empty object")
        configuration = {}
    if not isinstance(configuration, dict):
        raise invalid_member(
            (key, "configuration"), f"expected an object, got {excerpt(configuration)}"
        )
    return value["name"], configuration


def _chunk_key_encoding(document: Mapping[str, Any], ctx: DocumentContext) -> dict[str, Any]:
    if "chunk_key_encoding" not in document:
        ctx.note("chunk_key_encoding", "is missing, and becomes 'default' with the separator '/'")
        return {"name": "default", "configuration": {"separator": "/"}}
    name, configuration = _named(document["chunk_key_encoding"], "chunk_key_encoding", ctx)
    path = ("chunk_key_encoding", "configuration")
    if name not in _SEPARATORS:
        return {"name": name, "configuration": copy_member(configuration, path)}
    separator = configuration.get("separator", _SEPARATORS[name])
    if separator not in (".", "/") or configuration.keys() - {"separator"}:
        raise invalid_member(
            path, f"expected the separator '.' or '/', got {excerpt(configuration)}"
        )
    return {"name": name, "configuration": {"separator": separator}}


def _names(value: Any, ndim: int, ctx: DocumentContext) -> list[str | None] | None:
    if value is None:
        ctx.note("dimension_names", "null is dropped: no dimension has a name")
        return None
    names = read_dimension_names(value, ndim)
    if names is None:
        raise invalid_member(
            ("dimension_names",), f"expected {ndim} names or nulls, got {excerpt(value)}"
        )
    return names.copy()


def read_extras(
    document: Mapping[str, Any], known: frozenset[str], ctx: DocumentContext
) -> dict[str, Any]:
    """Members that the specification does not have; raises for one that a reader must understand."""
    if document.keys() <= known:
        return {}
    found = {}
    for key, value in document.items():
        if key in known:
            continue
        if key == "extensions" and value == []:
            ctx.note(key, "is empty, as drafts of v3 had it, and is dropped")
        elif isinstance(value, dict) and value.get("must_understand") is False:
            found[key] = copy_member(value, (key,))
            if not is_json(found[key]):
                raise invalid_member((key,), "NaN or infinity, which JSON does not allow")
        else:
            meant = closest_name(str(key), (*known, *_PARTS))
            hint = f"; did you mean {meant!r}?" if meant else ""
            raise invalid_member(
                (key,),
                "unknown member, which readers must understand; expected an object with"
                f' "must_understand": false, or none{hint}',
            )
    return found


def lose_extras(extras: Iterable[str], ctx: DocumentContext) -> None:
    """Report that v2 has no place for members that some program may read, though it need not."""
    for key in extras:
        ctx.lose(
            key,
            "v2 has no place for it, and it is dropped, though a program that knows it may read it",
        )


def _again(
    rest: dict[str, Any], ndim: int, chunks: list[int] | None, ctx: DocumentContext
) -> tuple[dict[str, Any], Pipeline]:
    array = _read(rest, ndim, chunks, ctx)
    encoding = array.pipeline.translate(
        "v3", target=ctx.target, on_loss="ignore", unknown=ctx.unknown
    )
    losses = () if _is_unchanged(rest, encoding.result) else encoding.losses
    ctx.take(encoding.notes, losses)
    missing = (array.pipeline, array.fill_value, array.pipeline.data_type)
    made = write_zarr_json(encoding.result, array.chunk_key_encoding, array.fill_value, ctx)
    made |= array.extras
    check_members(made, ndim, ctx, missing)
    return made, array.pipeline


def _is_unchanged(rest: dict[str, Any], written: dict[str, Any]) -> bool:
    """Whether the encoding is written as it was, so that nothing is lost that it had."""
    given = [
        {"configuration": {}, **({"name": codec} if isinstance(codec, str) else codec)}
        for codec in rest["codecs"]
    ]
    return bool(rest["data_type"] == written["data_type"] and given == written["codecs"])


def _as_v2(
    rest: dict[str, Any], ndim: int, chunks: list[int] | None, ctx: DocumentContext
) -> tuple[dict[str, Any], Pipeline]:
    array = _read(rest, ndim, chunks, ctx)
    encoding = array.pipeline.translate(
        "v2", target=ctx.target, on_loss="ignore", unknown=ctx.unknown
    )
    ctx.take(encoding.notes, encoding.losses)
    dtype = array.pipeline.data_type
    if dtype.fields:
        dtype = dtype.from_v2(encoding.result["dtype"])
    fill_value = fill_values.to_v2(array.fill_value, dtype, ctx.reporter(FILL_VALUE))
    separator = _v2_separator(array.chunk_key_encoding)  # last: copying chunks cures it alone
    lose_extras(array.extras, ctx)
    made = write_zarray(encoding.result, fill_value)
    made["dimension_separator"] = separator
    check_members(made, ndim, ctx)
    return made, array.pipeline


def _v2_separator(encoding: dict[str, Any]) -> str:
    if encoding["name"] != "v2":
        keys = "'c/0/0'" if encoding["configuration"] == {"separator": "/"} else "other keys"
        raise NotRepresentableError(
            "v2",
            f"chunk key encoding {encoding['name']}",
            f"v2 cannot name chunks that are stored under {keys if encoding['name'] == 'default' else 'other keys'};"
            " copy them to v2's keys ('0.0' or '0/0') and set the chunk key encoding to 'v2',"
            " or rewrite the array",
        )
    separator: str = encoding["configuration"]["separator"]
    return separator


def _add_names(attributes: dict[str, Any], names: list[str | None], ctx: DocumentContext) -> bool:
    """Put the dimension names where v2 has them, if all dimensions have one; whether they have."""
    if names and DIMENSIONS in attributes and set(names) == {None}:
        return False  # the attribute names them
    if DIMENSIONS in attributes and attributes[DIMENSIONS] != names:
        raise invalid_member(
            ("attributes", DIMENSIONS),
            f"expected the dimension_names {excerpt(names)}, got {excerpt(attributes[DIMENSIONS])};"
            " remove one of the two",
        )
    if None in names:
        attributes.pop(DIMENSIONS, None)
        ctx.lose(
            "dimension_names",
            f"{excerpt(names)} are left out: in v2 readers expect {DIMENSIONS} to name every dimension, and netCDF-C"
            " crashes on a null in it; name all dimensions, or none",
        )
        return False
    attributes[DIMENSIONS] = names
    return True
