"""Rows of `crc32c`."""

from __future__ import annotations

from table_row import Row, v3
from zarrcodec_bridge.codecs.crc32c import Crc32c
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=Crc32c(),
        v2={"id": "crc32c"},
        v3=v3("crc32c"),
        also=[
            "crc32c",
            {"name": "crc32c"},
            {"id": "crc32c", "location": "end"},
            {"id": "crc32c", "location": None},
            "numcodecs.crc32c",
            v3("numcodecs.crc32c"),
            v3("numcodecs.crc32c", location="end"),
            v3("numcodecs.crc32c", id="crc32c"),
        ],
        wrong=[
            (v3("crc32c", location="start"), ("configuration", "location")),
            (v3("crc32c", location="end"), ("configuration", "location")),
            (v3("numcodecs.crc32c", location="middle"), ("configuration", "location")),
            ({"id": "crc32c", "location": "START"}, ("location",)),
            ({"id": "crc32c", "seed": 0}, ("seed",)),
        ],
        targets={
            "zarr-python": v3("crc32c"),
            "tensorstore": v3("crc32c"),
            "zarrs": v3("crc32c"),
        },
    ),
    Row(
        codec=Crc32c(location="start"),
        v2={"id": "crc32c", "location": "start"},
        v3=v3("numcodecs.crc32c", location="start"),
        targets={
            "zarr-python": v3("numcodecs.crc32c", location="start"),
            "tensorstore": NotRepresentableError,
            "zarrs": NotRepresentableError,
        },
    ),
]
