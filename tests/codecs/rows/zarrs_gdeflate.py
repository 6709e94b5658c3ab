"""Rows of `zarrs_gdeflate`."""

from __future__ import annotations

from table_row import ZARRS_URL, Row
from zarrcodec_bridge.codecs.zarrs_gdeflate import ZarrsGdeflate
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=ZarrsGdeflate(level=12),
        v2=NotRepresentableError,
        v3={"name": "zarrs.gdeflate", "configuration": {"level": 12}},
        also=[
            {"name": name, "configuration": {"level": 12}}
            for name in ("gdeflate", f"{ZARRS_URL}/bytes_to_bytes/gdeflate")
        ],
        targets={"zarrs": NotRepresentableError},
        wrong=[
            ({"name": "zarrs.gdeflate"}, ("configuration", "level")),
            (
                {"name": "zarrs.gdeflate", "configuration": {"level": 13}},
                ("configuration", "level"),
            ),
            (
                {"name": "zarrs.gdeflate", "configuration": {"level": -1}},
                ("configuration", "level"),
            ),
        ],
    ),
    Row(
        codec=ZarrsGdeflate(level=0),
        v2=NotRepresentableError,
        v3={"name": "zarrs.gdeflate", "configuration": {"level": 0}},
    ),
]
