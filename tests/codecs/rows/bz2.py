"""Rows of `bz2`."""

from __future__ import annotations

from table_row import Row, v3
from zarrcodec_bridge.codecs.bz2 import Bz2
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=Bz2(level=9),
        v2={"id": "bz2", "level": 9},
        v3=v3("numcodecs.bz2", level=9),
        also=[
            v3("numcodecs.bz2", id="bz2", level=9),
            v3("https://codec.zarrs.dev/bytes_to_bytes/bz2", level=9),
        ],
        wrong=[
            ({"id": "bz2", "level": 0}, ("level",)),
            ({"id": "bz2", "level": 10}, ("level",)),
            (v3("numcodecs.bz2", level=True), ("configuration", "level")),
        ],
        targets={
            "zarr-python": v3("numcodecs.bz2", level=9),
            "zarrs-python": v3("numcodecs.bz2", level=9),
            "tensorstore": NotRepresentableError,
        },
    ),
    Row(
        codec=Bz2(),
        v2={"id": "bz2", "level": 1},
        v3=v3("numcodecs.bz2", level=1),
        also=["bz2", "numcodecs.bz2", {"id": "bz2"}],
    ),
]
