"""Rows of `vlen_bytes`."""

from __future__ import annotations

from table_row import ZARRS_URL, Row
from zarrcodec_bridge.codecs.vlen_bytes import VlenBytes
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=VlenBytes(),
        v2={"id": "vlen-bytes"},
        v3={"name": "vlen-bytes", "configuration": {}},
        also=[
            "vlen-bytes",
            {"name": "vlen-bytes"},
            {"name": f"{ZARRS_URL}/array_to_bytes/vlen_bytes"},
            {"name": "numcodecs.vlen-bytes"},
        ],
        wrong=[({"id": "vlen-bytes", "dtype": "|O"}, ("dtype",))],
        targets={
            "zarrista": {"name": "vlen-bytes", "configuration": {}},
            "tensorstore": NotRepresentableError,
        },
    ),
]
