"""Rows of ChunkyCodec."""

from __future__ import annotations

from table_row import Row
from zarrcodec_bridge.codecs import imagecodecs
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=imagecodecs.ChunkyCodec(endian="big"),
        v2=NotRepresentableError,
        v3=NotRepresentableError,
        also=[{"name": "ChunkyCodec", "configuration": {"endian": "big"}}],
        wrong=[
            ({"name": "ChunkyCodec", "configuration": {"order": "F"}}, ("configuration", "order"))
        ],
    ),
]
