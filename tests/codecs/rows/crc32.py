"""Rows of `crc32`."""

from __future__ import annotations

from table_row import Row, v3
from zarrcodec_bridge.codecs.crc32 import Crc32
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=Crc32(),
        v2={"id": "crc32"},
        v3=v3("numcodecs.crc32"),
        also=[
            "crc32",
            "numcodecs.crc32",
            {"id": "crc32", "location": None},
            v3("numcodecs.crc32", location="start"),
        ],
        wrong=[
            ({"id": "crc32", "location": "middle"}, ("location",)),
            (v3("numcodecs.crc32", location=0), ("configuration", "location")),
        ],
        targets={"zarrs": NotRepresentableError, "tensorstore": NotRepresentableError},
    ),
    Row(
        codec=Crc32(location="start"),
        v2={"id": "crc32", "location": "start"},
        v3=v3("numcodecs.crc32", location="start"),
        also=["crc32"],
    ),
    Row(
        codec=Crc32(location="end"),
        v2={"id": "crc32", "location": "end"},
        v3=v3("numcodecs.crc32", location="end"),
    ),
]
