"""Real payloads and documents, to start from: the table's rows, and the folder `shared` where it is."""

from __future__ import annotations

from typing import Any

from support import shared
from table import ROWS

__all__ = ["real_json"]


def real_json(with_shared: bool = True) -> list[Any]:
    """Codecs of both dialects, and whole documents."""
    found: list[Any] = []
    for row in ROWS:
        wrong = [payload for payload, _ in row.wrong]
        found += [p for p in (row.v2, row.v3, *row.also, *row.same, *wrong) if isinstance(p, dict)]
    if with_shared:
        found += [row["document"] for row in shared.documents()]
        found += [
            payload for row in shared.codecs() for payload in (row["v2"], row["v3"]) if payload
        ]
    return found + DOCUMENTS


DOCUMENTS: list[Any] = [
    {
        "zarr_format": 2,
        "shape": [20, 30],
        "chunks": [4, 5],
        "dtype": "<f4",
        "order": "F",
        "fill_value": "NaN",
        "filters": [{"id": "delta", "dtype": "<f4"}, {"id": "shuffle", "elementsize": 4}],
        "compressor": {"id": "blosc", "cname": "zstd", "clevel": 3, "shuffle": -1, "blocksize": 0},
        "dimension_separator": "/",
    },
    {
        "zarr_format": 3,
        "node_type": "array",
        "shape": [20, 30],
        "data_type": "int16",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [4, 5]}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": 0,
        "codecs": [
            {"name": "transpose", "configuration": {"order": [1, 0]}},
            {"name": "bytes", "configuration": {"endian": "big"}},
            {"name": "zstd", "configuration": {"level": 3, "checksum": True}},
        ],
        "attributes": {},
    },
]
