"""Rows of `zarrs_vlen`."""

from __future__ import annotations

from table_row import GZIP, LITTLE, SINGLE, ZARRS_URL, Row
from zarrcodec_bridge.codecs.bytes import Bytes
from zarrcodec_bridge.codecs.gzip import Gzip
from zarrcodec_bridge.codecs.zarrs_vlen import ZarrsVlen
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=ZarrsVlen(
            index_codecs=(Bytes(endian="little"), Gzip(level=1)),
            data_codecs=(Bytes(),),
            index_data_type="uint32",
            index_location="end",
        ),
        v2=NotRepresentableError,
        v3={
            "name": "zarrs.vlen",
            "configuration": {
                "index_codecs": [LITTLE, GZIP],
                "data_codecs": [SINGLE],
                "index_data_type": "uint32",
                "index_location": "end",
            },
        },
        targets={"zarr-python": NotRepresentableError},
        wrong=[
            ({"name": "zarrs.vlen"}, ("configuration", "index_codecs")),
            (
                {
                    "name": "zarrs.vlen",
                    "configuration": {
                        "index_codecs": [LITTLE],
                        "data_codecs": [SINGLE],
                        "index_data_type": "uint16",
                    },
                },
                ("configuration", "index_data_type"),
            ),
            (
                {
                    "name": "zarrs.vlen",
                    "configuration": {
                        "index_codecs": [LITTLE],
                        "data_codecs": [{"name": "bytes", "configuration": {"endian": "middle"}}],
                        "index_data_type": "uint64",
                    },
                },
                ("configuration", "data_codecs", 0, "configuration", "endian"),
            ),
        ],
    ),
    Row(
        codec=ZarrsVlen(
            index_codecs=(Bytes(endian="little"),), data_codecs=(Bytes(),), index_data_type="uint64"
        ),
        v2=NotRepresentableError,
        v3={
            "name": "zarrs.vlen",
            "configuration": {
                "index_codecs": [LITTLE],
                "data_codecs": [SINGLE],
                "index_data_type": "uint64",
            },
        },
        also=[
            {
                "name": name,
                "configuration": {
                    "index_codecs": [LITTLE],
                    "data_codecs": ["bytes"],
                    "index_data_type": "uint64",
                    **location,
                },
            }
            for name in ("zarrs.vlen", "vlen", f"{ZARRS_URL}/array_to_bytes/vlen")
            for location in ({}, {"index_location": "start"})
        ],
    ),
]
