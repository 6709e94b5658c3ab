"""Schemas that are complete in themselves: of one codec, and of the encoding of an array."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from zarrcodec_bridge.core.spec import CodecSpec, Dialect
from zarrcodec_bridge.schemas.data_types import data_types
from zarrcodec_bridge.schemas.definitions import (
    definitions,
    find_references,
    follow_references,
    strip_words,
)
from zarrcodec_bridge.schemas.forms import Schema, describe_codec, name_of_codec
from zarrcodec_bridge.translation.pipeline import Pipeline

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
URN: Final = "urn:zarrcodec-bridge:schema"


def codec_schema(dialect: Dialect, spec: CodecSpec, known: Iterable[CodecSpec]) -> Schema:
    """Write the schema of one codec; the codecs that may stand inside it, `known` ones, are in its ``$defs``."""
    name = name_of_codec(dialect, spec)
    parts: Schema = {}
    schema: Schema = {
        "$schema": DRAFT,
        "$id": f"{URN}:{dialect}:{name}",
        "title": f"{name} in {dialect}",
        **describe_codec(dialect, spec, parts),
    }
    nested = find_references(schema)
    if nested:
        around = definitions(known)
        parts |= {
            key: strip_words(around[key]) for key in sorted(follow_references(nested, around))
        }
    return schema | ({"$defs": parts} if parts else {})


def encoding_schema(dialect: Dialect, known: Iterable[CodecSpec]) -> Schema:
    """Write the schema of the encoding members of an array document, with every codec in full."""
    parts = definitions(known) | data_types()
    codec = {"$ref": f"#/$defs/{dialect}.any"}
    properties: Schema = (
        {
            "dtype": {
                "$ref": "#/$defs/v2.dtype",
                "description": "The data type with its byte order.",
            },
            "order": {
                "enum": ["C", "F"],
                "default": "C",
                "description": "The memory order of a chunk.",
            },
            "filters": {
                "anyOf": [{"type": "array", "items": codec}, {"type": "null"}],
                "default": None,
                "description": "The codecs that encode a chunk before `compressor`, in this order.",
            },
            "compressor": {
                "anyOf": [codec, {"type": "null"}],
                "default": None,
                "description": "The codec that encodes a chunk last.",
            },
        }
        if dialect == "v2"
        else {
            "data_type": {
                "$ref": "#/$defs/v3.data_type",
                "description": "The data type; its byte order is that of the `bytes` codec.",
            },
            "codecs": {
                "type": "array",
                "items": codec,
                "description": "Array-to-array codecs, one array-to-bytes codec, bytes-to-bytes codecs.",
            },
        }
    )
    schema: Schema = {
        "$schema": DRAFT,
        "$id": f"{URN}:{dialect}:encoding",
        "title": f"the encoding of an array in {dialect}",
        "description": "The members of an array's metadata that say how its chunks are encoded.",
        "type": "object",
        "properties": properties,
        "required": ["dtype"] if dialect == "v2" else ["data_type", "codecs"],
        "examples": [
            Pipeline.from_v2(**encoding, ndim=2).translate(dialect).result for encoding in ENCODINGS
        ],
    }
    keys = sorted(follow_references(find_references(schema), parts))
    return {**schema, "$defs": {key: parts[key] for key in keys}}


ENCODINGS: Final[tuple[dict[str, Any], ...]] = (
    {
        "dtype": "<f4",
        "order": "C",
        "filters": None,
        "compressor": {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0},
    },
    {
        "dtype": ">i2",
        "order": "F",
        "filters": [{"id": "delta", "dtype": ">i2"}, {"id": "shuffle", "elementsize": 2}],
        "compressor": {"id": "zlib", "level": 1},
    },
    {"dtype": "|O", "order": "C", "filters": [{"id": "vlen-utf8"}], "compressor": {"id": "zstd"}},
)
"""The encodings of which examples are made."""
