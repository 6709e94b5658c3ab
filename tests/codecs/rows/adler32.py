"""Rows of `adler32`."""

from __future__ import annotations

from table_row import Row, v3
from zarrcodec_bridge.codecs.adler32 import Adler32
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=Adler32(),
        v2={"id": "adler32"},
        v3=v3("numcodecs.adler32"),
        also=["adler32", "numcodecs.adler32", {"id": "adler32", "location": "start"}],
        wrong=[({"id": "adler32", "location": "top"}, ("location",))],
        targets={"zarrs": NotRepresentableError, "tensorstore": NotRepresentableError},
    ),
    Row(
        codec=Adler32(location="end"),
        v2={"id": "adler32", "location": "end"},
        v3=v3("numcodecs.adler32", location="end"),
    ),
]
