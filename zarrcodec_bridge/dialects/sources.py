"""Anything that holds a codec, down to its JSON: recognised by what it can do, never by its class.

A numcodecs object, or any with its API, carries v2 JSON (`codec_id`, `get_config`); a zarr-python codec carries v3
JSON (`to_dict`). Nothing of either library is imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zarrcodec_bridge.core.contexts import ReadContext
from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.errors import InvalidCodecError
from zarrcodec_bridge.core.json_values import Path
from zarrcodec_bridge.core.messages import describe_exception, excerpt
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.propagation import with_byte_order
from zarrcodec_bridge.core.registry import find
from zarrcodec_bridge.core.spec import Dialect
from zarrcodec_bridge.dialects import codec_objects, read_codec

__all__ = ["copied", "payload_of", "read"]


def read(source: Any, ctx: ReadContext, *at: str | int, dtype: DataType | None = None) -> Codec:
    """Read the codec that `source` holds.

    `at` is where it stands in what the caller passed. A filter from v3, which keeps no byte order, takes that of
    `dtype`.
    """
    if type(source) is dict:
        dialect = _dialect_of(source, at)
        codec = read_codec(source, ctx, *at, dialect=dialect)
    elif isinstance(source, Codec):
        return source
    else:
        dialect, payload = payload_of(source, at)
        codec = _read_said(source, payload, ctx, *at, dialect=dialect)
    ctx.source = dialect
    if dialect == "v3" and dtype is not None and dtype.endian is not None:
        return with_byte_order(codec, dtype.endian)
    return codec


def _read_said(
    source: Any, payload: Any, ctx: ReadContext, *at: str | int, dialect: Dialect
) -> Codec:
    """Read what `source` said of itself; an object is a codec, known here or not."""
    unknown = ctx.unknown
    if payload is not source and unknown == "error" and codec_objects.is_object(source):
        ctx.unknown = "keep"
    try:
        return read_codec(payload, ctx, *at, dialect=dialect)
    finally:
        ctx.unknown = unknown


def payload_of(source: Any, path: Path = ()) -> tuple[Dialect, Any]:
    """The dialect and the JSON of what holds a codec; `path` is where it stands in what the caller passed.

    Raises :class:`InvalidCodecError` for what holds none.
    """
    if type(source) is dict:
        return _dialect_of(source, path), source
    if isinstance(source, str):
        return _shorthand(source, path)
    if isinstance(source, Mapping):
        payload = copied(source, path)
        return _dialect_of(payload, path), payload
    if isinstance(source, type):
        raise InvalidCodecError.at(
            path, f"expected a codec, got the class {source.__name__}; pass an instance"
        )
    if codec_objects.is_object(source):
        return ("v2" if codec_objects.speaks_v2(source) else "v3"), _said(source, path)
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
    raise InvalidCodecError.at(
        path, f"expected 'id' (v2) or 'name' (v3) in a codec, got {excerpt(payload)}"
    )


def copied(source: Mapping[Any, Any], path: Path) -> dict[Any, Any]:
    """A mapping of any class as a dictionary; raises :class:`InvalidCodecError` where it cannot be read."""
    try:
        return dict(source)
    except Exception as error:  # foreign code; whatever it raises, there is no payload
        raise InvalidCodecError.at(
            path, f"{type(source).__name__} cannot be read: {describe_exception(error)}"
        ) from error


def _said(source: Any, path: Path) -> Any:
    try:
        return codec_objects.payload_of(source)
    except Exception as error:  # foreign code; whatever it raises, the codec cannot be read
        method = "get_config" if codec_objects.speaks_v2(source) else "to_dict"
        raise InvalidCodecError.at(
            path, f"{type(source).__name__}.{method}() failed: {describe_exception(error)}"
        ) from error


def _shorthand(text: str, path: Path) -> tuple[Dialect, Any]:
    """A bare name, with the defaults of numcodecs; ``"blosc:zstd"`` names what is inside blosc."""
    if text in ("none", "auto", "default"):
        raise InvalidCodecError.at(
            path,
            f"{text!r} is no codec; array_kwargs takes None and 'auto' where a slot may be empty",
        )
    name, _, inner = text.partition(":")
    if inner and not text.startswith(("http:", "https:", "urn:")):
        if name != "blosc":
            raise InvalidCodecError.at(
                path, f"expected a name or 'blosc:CNAME', got {excerpt(text)}"
            )
        return "v2", {"id": "blosc", "cname": inner}
    v2, v3 = find("v2", text), find("v3", text)
    if v2 is not None and v3 is not None and v2[0] is not v3[0]:
        raise InvalidCodecError.at(
            path,
            f"{text!r} is one codec in v2 and another in v3; pass {{'id': ...}} or {{'name': ...}}",
        )
    return ("v2", {"id": text}) if v2 is not None else ("v3", text)
