"""Rows of `zarrs_squeeze`."""

from __future__ import annotations

from table_row import ZARRS_URL, Row
from zarrcodec_bridge.codecs.zarrs_squeeze import ZarrsSqueeze
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=ZarrsSqueeze(),
        v2=NotRepresentableError,
        v3={"name": "zarrs.squeeze", "configuration": {}},
        also=["zarrs.squeeze", "squeeze", f"{ZARRS_URL}/array_to_array/squeeze"],
        targets={"zarrista": {"name": "zarrs.squeeze", "configuration": {}}},
        wrong=[
            ({"name": "zarrs.squeeze", "configuration": {"axis": 0}}, ("configuration", "axis"))
        ],
    ),
]
