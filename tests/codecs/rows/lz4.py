"""Rows of `lz4`."""

from __future__ import annotations

from table_row import Row, v3
from zarrcodec_bridge.codecs.lz4 import Lz4
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=Lz4(acceleration=10),
        v2={"id": "lz4", "acceleration": 10},
        v3=v3("numcodecs.lz4", acceleration=10),
        also=[{"id": "lz4", "acceleration": 10, "header": "YES"}],
        wrong=[
            ({"id": "lz4", "acceleration": 2**31}, ("acceleration",)),
            ({"id": "lz4", "acceleration": 1.5}, ("acceleration",)),
            ({"id": "lz4", "header": "NO"}, ("header",)),
            ({"id": "lz4", "header": "YES"}, ("header",)),
            (v3("numcodecs.lz4", level=5), ("configuration", "level")),
            (v3("numcodecs.lz4", header=True), ("configuration", "header")),
        ],
        notes=["'header', which GDAL leaves there, is dropped"],
        targets={
            "zarr-python": v3("numcodecs.lz4", acceleration=10),
            "zarrs": NotRepresentableError,
            "tensorstore": NotRepresentableError,
        },
    ),
    Row(
        codec=Lz4(),
        v2={"id": "lz4", "acceleration": 1},
        v3=v3("numcodecs.lz4", acceleration=1),
        also=["lz4", "numcodecs.lz4", v3("numcodecs.lz4")],
    ),
    Row(
        codec=Lz4(acceleration=-1),
        v2={"id": "lz4", "acceleration": -1},
        v3=v3("numcodecs.lz4", acceleration=-1),
    ),
]
