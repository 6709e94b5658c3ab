"""One array in both formats, and changes to it."""

from __future__ import annotations

from typing import Any

from zarrcodec_bridge.documents.metadata import (
    translate_metadata,
)

V2: dict[str, Any] = {
    "zarr_format": 2,
    "shape": [20, 30],
    "chunks": [10, 10],
    "dtype": "<f4",
    "compressor": {"id": "zstd", "level": 3},
    "fill_value": "NaN",
    "order": "C",
    "filters": None,
    "dimension_separator": "/",
}

BYTES: dict[str, Any] = {"name": "bytes", "configuration": {"endian": "little"}}

ZSTD: dict[str, Any] = {"name": "zstd", "configuration": {"level": 3, "checksum": False}}

V3: dict[str, Any] = {
    "zarr_format": 3,
    "node_type": "array",
    "shape": [20, 30],
    "data_type": "float32",
    "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [10, 10]}},
    "chunk_key_encoding": {"name": "v2", "configuration": {"separator": "/"}},
    "codecs": [BYTES, ZSTD],
    "fill_value": "NaN",
    "attributes": {},
}


def changed(document: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A copy with other members; ``...`` takes one away."""
    found = {**document, **changes}
    return {key: value for key, value in found.items() if value is not ...}


def notes_of(document: dict[str, Any], attributes: Any = None, **options: Any) -> str:
    found = translate_metadata(document, attributes, **options)
    return "\n".join(str(note) for note in found.notes)
