"""Rows of `bytes`."""

from __future__ import annotations

from table_row import Row
from zarrcodec_bridge.codecs.bytes import Bytes
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=Bytes(endian="big"),
        v2=NotRepresentableError,
        v3={"name": "bytes", "configuration": {"endian": "big"}},
        also=[{"name": "endian", "configuration": {"endian": "big"}}],
        wrong=[
            ({"name": "bytes", "configuration": {"endian": "BIG"}}, ("configuration", "endian")),
            ({"name": "bytes", "configuration": {"order": "C"}}, ("configuration", "order")),
        ],
    ),
    Row(
        codec=Bytes(),
        v2=NotRepresentableError,
        v3={"name": "bytes", "configuration": {}},
        also=["bytes", {"name": "bytes"}, {"name": "endian"}],
    ),
]
