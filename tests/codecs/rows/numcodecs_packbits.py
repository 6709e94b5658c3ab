"""Rows of `numcodecs_packbits`."""

from __future__ import annotations

from table_row import Row, v3
from zarrcodec_bridge.codecs.numcodecs_packbits import NumcodecsPackbits
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=NumcodecsPackbits(),
        v2={"id": "packbits"},
        v3=v3("numcodecs.packbits"),
        dtype="bool",
        also=["numcodecs.packbits", v3("numcodecs.packbits", id="packbits")],
        wrong=[
            ({"id": "packbits", "padding_encoding": "first_byte"}, ("padding_encoding",)),
            ("packbits", ()),
        ],
        targets={
            "zarr-python": v3("numcodecs.packbits"),
            "zarrs": NotRepresentableError,
            "tensorstore": NotRepresentableError,
        },
    ),
    Row(
        codec=NumcodecsPackbits(),
        v2={"id": "packbits"},
        v3=NotRepresentableError,
        dtype="uint8",
    ),
]
