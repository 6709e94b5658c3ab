"""Rows of `zarrs_vlen_v2`."""

from __future__ import annotations

from table_row import ZARRS_URL, Row
from zarrcodec_bridge.codecs.zarrs_vlen_v2 import ZarrsVlenV2
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=ZarrsVlenV2(),
        v2=NotRepresentableError,
        v3={"name": "zarrs.vlen_v2", "configuration": {}},
        also=[
            "vlen_v2",
            {"name": f"{ZARRS_URL}/array_to_bytes/vlen_v2"},
            {"name": f"{ZARRS_URL}/array_to_bytes/vlen_interleaved"},
        ],
        wrong=[
            (
                {"name": "zarrs.vlen_v2", "configuration": {"dtype": "<i4"}},
                ("configuration", "dtype"),
            )
        ],
    ),
]
