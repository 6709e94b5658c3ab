"""Rows of `vlen_utf8`."""

from __future__ import annotations

from table_row import ZARRS_URL, Row
from zarrcodec_bridge.codecs.vlen_utf8 import VlenUtf8
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=VlenUtf8(),
        v2={"id": "vlen-utf8"},
        v3={"name": "vlen-utf8", "configuration": {}},
        also=[
            "vlen-utf8",
            {"name": "vlen-utf8"},
            {"name": f"{ZARRS_URL}/array_to_bytes/vlen_utf8"},
            {"name": "https://numcodecs.dev/vlen-utf8"},
            {"name": "numcodecs.vlen-utf8", "configuration": {"id": "vlen-utf8"}},
        ],
        wrong=[
            ({"id": "vlen-utf8", "encoding": "utf-8"}, ("encoding",)),
            ({"name": "vlen-utf8", "configuration": {"level": 1}}, ("configuration", "level")),
        ],
        targets={
            "zarr-python": {"name": "vlen-utf8", "configuration": {}},
            "tensorstore": NotRepresentableError,
        },
    ),
]
