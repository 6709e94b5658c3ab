"""Rows of `zlib`."""

from __future__ import annotations

from table_row import Row
from zarrcodec_bridge.codecs.zlib import Zlib
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=Zlib(level=-1),
        v2={"id": "zlib", "level": -1},
        v3={"name": "numcodecs.zlib", "configuration": {"level": -1}},
        targets={"tensorstore": NotRepresentableError},
        wrong=[
            ({"id": "zlib", "level": 10}, ("level",)),
            (
                {"name": "numcodecs.zlib", "configuration": {"level": -2}},
                ("configuration", "level"),
            ),
        ],
    ),
    Row(
        codec=Zlib(),
        v2={"id": "zlib", "level": 1},
        v3={"name": "numcodecs.zlib", "configuration": {"level": 1}},
        also=[{"id": "zlib"}, "zlib", "numcodecs.zlib", {"name": "numcodecs.zlib"}],
    ),
]
