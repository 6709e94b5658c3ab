"""Rows of `packbits`."""

from __future__ import annotations

from table_row import PACKBITS, Row
from zarrcodec_bridge.codecs.packbits import Packbits
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=Packbits(),
        v2=NotRepresentableError,
        v3=PACKBITS,
        also=[
            {"name": "packbits"},
            {"name": "packbits", "configuration": {"padding_encoding": "none"}},
            {"name": "packbits", "configuration": {"first_bit": None, "last_bit": None}},
            {"name": "packbits", "configuration": {"first_bit": 0}},
            {"name": "packbits", "configuration": {"start_bit": None, "end_bit": None}},
        ],
        targets={
            "zarrista": PACKBITS,
            "zarr-python": NotRepresentableError,
            "tensorstore": NotRepresentableError,
        },
        wrong=[
            (
                {"name": "packbits", "configuration": {"padding_encoding": "both"}},
                ("configuration", "padding_encoding"),
            ),
            (
                {"name": "packbits", "configuration": {"first_bit": -1}},
                ("configuration", "first_bit"),
            ),
            (
                {"name": "packbits", "configuration": {"last_bit": True}},
                ("configuration", "last_bit"),
            ),
            (
                {"name": "packbits", "configuration": {"first_bit": 4, "last_bit": 3}},
                ("configuration", "last_bit"),
            ),
            (
                {"name": "packbits", "configuration": {"first_bit": 0, "start_bit": 0}},
                ("configuration", "start_bit"),
            ),
        ],
    ),
    Row(
        codec=Packbits(padding_encoding="first_byte", first_bit=2, last_bit=2),
        v2=NotRepresentableError,
        v3={
            "name": "packbits",
            "configuration": {"padding_encoding": "first_byte", "first_bit": 2, "last_bit": 2},
        },
        also=[
            {
                "name": "packbits",
                "configuration": {"padding_encoding": "start_byte", "start_bit": 2, "end_bit": 2},
            }
        ],
        notes=["its schema's names"],
    ),
    Row(
        codec=Packbits(padding_encoding="last_byte"),
        v2=NotRepresentableError,
        v3={"name": "packbits", "configuration": {"padding_encoding": "last_byte"}},
        also=[{"name": "packbits", "configuration": {"padding_encoding": "end_byte"}}],
        notes=["its schema's names"],
    ),
]
