"""Rows of `sharding_indexed`."""

from __future__ import annotations

from table_row import Row
from zarrcodec_bridge.codecs.bytes import Bytes
from zarrcodec_bridge.codecs.gzip import Gzip
from zarrcodec_bridge.codecs.sharding_indexed import ShardingIndexed
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=ShardingIndexed(
            chunk_shape=(2, 5),
            codecs=(Bytes(endian="little"), Gzip(level=1)),
            index_codecs=(Bytes(endian="little"),),
        ),
        v2=NotRepresentableError,
        v3={
            "name": "sharding_indexed",
            "configuration": {
                "chunk_shape": [2, 5],
                "codecs": [
                    {"name": "bytes", "configuration": {"endian": "little"}},
                    {"name": "gzip", "configuration": {"level": 1}},
                ],
                "index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
                "index_location": "end",
            },
        },
        wrong=[
            ({"name": "sharding_indexed"}, ("configuration", "chunk_shape")),
            (
                {
                    "name": "sharding_indexed",
                    "configuration": {
                        "chunk_shape": [2],
                        "codecs": ["bytes", {"name": "gzip", "configuration": {"level": 99}}],
                        "index_codecs": ["bytes"],
                    },
                },
                ("configuration", "codecs", 1, "configuration", "level"),
            ),
        ],
    ),
]
