"""Rows of `zarrs_optional`."""

from __future__ import annotations

from table_row import LITTLE, PACKBITS, ZARRS_URL, Row
from zarrcodec_bridge.codecs.bytes import Bytes
from zarrcodec_bridge.codecs.packbits import Packbits
from zarrcodec_bridge.codecs.zarrs_optional import ZarrsOptional
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=ZarrsOptional(mask_codecs=(Packbits(),), data_codecs=(Bytes(endian="little"),)),
        v2=NotRepresentableError,
        v3={
            "name": "zarrs.optional",
            "configuration": {"mask_codecs": [PACKBITS], "data_codecs": [LITTLE]},
        },
        also=[
            {
                "name": name,
                "configuration": {"mask_codecs": ["packbits"], "data_codecs": [LITTLE]},
            }
            for name in ("optional", f"{ZARRS_URL}/array_to_bytes/optional")
        ],
        targets={"tensorstore": NotRepresentableError},
        wrong=[
            (
                {"name": "optional", "configuration": {"mask_codecs": []}},
                ("configuration", "data_codecs"),
            )
        ],
    ),
]
