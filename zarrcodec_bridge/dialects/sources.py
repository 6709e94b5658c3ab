"""From any codec-like input to JSON and to a model.

Objects are recognised by their methods, never by their class, and neither library is imported. An object with the
numcodecs API gives v2 JSON (`codec_id`, `get_config`), a zarr-python codec gives v3 JSON (`to_dict`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from zarrcodec_bridge.core.contexts import ReadContext
from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.errors import InvalidCodecError, UnknownCodecError
from zarrcodec_bridge.core.json_values import Path
from zarrcodec_bridge.core.messages import describe_exception, excerpt
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.propagation import with_byte_order, with_kind
from zarrcodec_bridge.core.registry import find
from zarrcodec_bridge.core.spec import Dialect
from zarrcodec_bridge.dialects import codec_objects, read_codec
from zarrcodec_bridge.dialects.codec_objects import (
    NumcodecsLike,
    ObjectOfBothFormats,
    ZarrPythonLike,
)
from zarrcodec_bridge.dialects.grammar import refuse_other_inputs

CodecLike: TypeAlias = Mapping[str, Any] | str | Codec | NumcodecsLike | ZarrPythonLike
"""What every function takes as a codec.

- v2 JSON, ``{"id": "zlib", "level": 1}``, or v3 JSON, ``{"name": "gzip", "configuration": {"level": 1}}``;
- a name, ``"zstd"``, for the codec with its defaults, with a level, ``"zstd:9"``, and for blosc with what it
  compresses with, ``"blosc:lz4"``, ``"blosc:zstd:9"``;
- a canonical model, :class:`Codec`;
- an object with the numcodecs API (`codec_id` and `get_config`): of numcodecs, imagecodecs or another package;
- a codec of zarr-python 3, or any object with its `to_dict`;
- what :func:`~zarrcodec_bridge.codec` gives.
"""


def read_source(
    source: Any, ctx: ReadContext, *at: str | int, dtype: DataType | None = None
) -> Codec:
    """Read a codec-like input into its canonical model.

    Parameters
    ----------
    source : CodecLike
        The input.
    ctx : ReadContext
        The context; its `source` becomes the dialect of the input.
    *at : str or int
        Where the input stands in what the caller gave.
    dtype : DataType, optional
        The data type of the array. A filter from v3 JSON, which has no byte order, takes that of the array.
    """
    if type(source) is dict:
        dialect = _dialect_of(source, at)
        codec = read_codec(source, ctx, *at, dialect=dialect)
    elif isinstance(source, Codec):
        return source
    elif isinstance(source, ObjectOfBothFormats):
        codec = read_source(source.source, ctx, *at, dtype=dtype)
        return with_kind(codec, source.kind)
    else:
        dialect, payload = json_of(source, at)
        codec = read_json(source, payload, ctx, *at, dialect=dialect)
    ctx.source = dialect
    if dialect == "v3" and dtype is not None and dtype.endian is not None:
        return with_byte_order(codec, dtype.endian)
    return codec


def read_objects(given: Any, ctx: ReadContext, at: str) -> Any:
    """Read the codec objects in a list into models; plain JSON is left for the grammar."""
    if not isinstance(given, (list, tuple)):
        return given
    return [read_object(source, ctx, at, index) for index, source in enumerate(given)]


def read_object(source: Any, ctx: ReadContext, *at: str | int) -> Any:
    """Read a codec object into its model; plain JSON is left for the grammar."""
    if source is None or isinstance(source, (dict, str, Codec)):
        return source
    return read_source(source, ctx, *at)


def read_json(
    source: Any, payload: Any, ctx: ReadContext, *at: str | int, dialect: Dialect
) -> Codec:
    """Read the JSON of `source`. An object is kept where its name is not registered: its class knows what it is."""
    unknown = ctx.unknown
    if payload is not source and unknown == "error" and codec_objects.is_codec_object(source):
        ctx.unknown = "keep"
    try:
        return read_codec(payload, ctx, *at, dialect=dialect)
    except UnknownCodecError:
        if isinstance(source, str):  # which may be a path
            refuse_other_inputs(source, at)
        raise
    finally:
        ctx.unknown = unknown


def json_of(source: Any, path: Path = ()) -> tuple[Dialect, Any]:
    """Give the dialect and the JSON of a codec-like input, which stands at `path` in what the caller gave.

    Raises :class:`InvalidCodecError` for any other input.
    """
    if type(source) is dict:
        return _dialect_of(source, path), source
    if isinstance(source, str):
        return _json_of_name(source, path)
    if isinstance(source, Mapping):
        payload = copy_mapping(source, path)
        if not payload.keys() & {"id", "name"}:
            refuse_other_inputs(source, path)
        return _dialect_of(payload, path), payload
    if isinstance(source, type):
        raise InvalidCodecError.at(
            path, f"expected a codec, got the class {source.__name__}; pass an instance"
        )
    if codec_objects.is_codec_object(source):
        dialect: Dialect = "v2" if codec_objects.has_numcodecs_api(source) else "v3"
        return dialect, _json_of_object(source, path)
    refuse_other_inputs(source, path)
    raise InvalidCodecError.at(
        path,
        f"expected a codec: a v2 or v3 dictionary, a name, or a codec object, got {excerpt(source)}",
    )


def _dialect_of(payload: dict[Any, Any], path: Path) -> Dialect:
    has_id, has_name = "id" in payload, "name" in payload
    if has_id and has_name:
        raise InvalidCodecError.at(
            path, "expected either 'id' (v2) or 'name' (v3), got both in one codec"
        )
    if has_id:
        return "v2"
    if has_name:
        return "v3"
    refuse_other_inputs(payload, path)
    raise InvalidCodecError.at(
        path, f"expected 'id' (v2) or 'name' (v3) in a codec, got {excerpt(payload)}"
    )


def copy_mapping(source: Mapping[Any, Any], path: Path) -> dict[Any, Any]:
    """Copy a mapping of any class to a dictionary; raises :class:`InvalidCodecError` where it cannot be read."""
    try:
        return dict(source)
    except Exception as error:  # foreign code may raise anything
        raise InvalidCodecError.at(
            path, f"{type(source).__name__} cannot be read: {describe_exception(error)}"
        ) from error


def _json_of_object(source: Any, path: Path) -> Any:
    try:
        payload = codec_objects.json_of_object(source)
    except Exception as error:  # foreign code may raise anything
        method = "get_config" if codec_objects.has_numcodecs_api(source) else "to_dict"
        raise InvalidCodecError.at(
            path, f"{type(source).__name__}.{method}() failed: {describe_exception(error)}"
        ) from error
    if isinstance(payload, Mapping) and not payload.keys() & {"id", "name"}:
        refuse_other_inputs(source, path)
    return payload


def _json_of_name(text: str, path: Path) -> tuple[Dialect, Any]:
    """Give the JSON of a name, with the defaults of numcodecs, or with what follows its colon."""
    if text in ("none", "auto", "default"):
        raise InvalidCodecError.at(
            path,
            f"{text!r} is not a codec; array_kwargs takes None and 'auto' where a slot may be empty",
        )
    name, _, rest = text.partition(":")
    if not rest or text.startswith(("http:", "https:", "urn:")):
        dialect = _dialect_of_name(text, path)
        return dialect, {"id": text} if dialect == "v2" else text
    if name == "blosc" and not LEVEL.fullmatch(rest):
        cname, _, level = rest.partition(":")
        if not level or LEVEL.fullmatch(level):
            return "v2", {"id": name, "cname": cname} | ({"clevel": int(level)} if level else {})
    if name == "blosc" or not LEVEL.fullmatch(rest):
        refuse_other_inputs(text, path)
        raise InvalidCodecError.at(
            path,
            "expected a name, 'NAME:LEVEL', 'blosc:CNAME' or 'blosc:CNAME:LEVEL',"
            f" got {excerpt(text)}",
        )
    dialect = _dialect_of_name(name, path)
    found = find(dialect, name)
    if found is not None and "level" not in found[1].params.model_fields:
        others = ", ".join(found[1].params.model_fields)
        raise InvalidCodecError.at(
            path, f"{name} has no level" + (f"; pass a dictionary with {others}" if others else "")
        )
    if dialect == "v2" or found is None:
        return "v2", {"id": name, "level": int(rest)}
    return "v3", {"name": name, "configuration": {"level": int(rest)}}


LEVEL: Final = re.compile("[+-]?[0-9]{1,9}")
"""The level in a codec's name."""


def _dialect_of_name(name: str, path: Path) -> Dialect:
    """Give the dialect that has a codec of that name; v3 where none has."""
    v2, v3 = find("v2", name), find("v3", name)
    if v2 is not None and v3 is not None and v2[0] is not v3[0]:
        raise InvalidCodecError.at(
            path,
            f"{name!r} is one codec in v2 and another in v3; pass {{'id': ...}} or {{'name': ...}}",
        )
    return "v2" if v2 is not None else "v3"
