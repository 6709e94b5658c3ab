"""Rows of `fletcher32`."""

from __future__ import annotations

from table_row import Row, v3
from zarrcodec_bridge.codecs.fletcher32 import Fletcher32
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=Fletcher32(),
        v2={"id": "fletcher32"},
        v3=v3("numcodecs.fletcher32"),
        also=[
            "fletcher32",
            "numcodecs.fletcher32",
            "https://codec.zarrs.dev/bytes_to_bytes/fletcher32",
            v3("numcodecs.fletcher32", id="fletcher32"),
        ],
        wrong=[({"id": "fletcher32", "location": "end"}, ("location",))],
        targets={"zarrs": NotRepresentableError, "tensorstore": NotRepresentableError},
    ),
]
