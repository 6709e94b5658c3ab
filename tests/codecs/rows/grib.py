"""Rows of `grib`."""

from __future__ import annotations

from table_row import Row
from zarrcodec_bridge.codecs.grib import Grib
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=Grib(var="u", dtype="float64"),
        v2={"id": "grib", "var": "u", "dtype": "float64"},
        v3=NotRepresentableError,
        wrong=[
            ({"id": "grib"}, ("var",)),
            ({"id": "grib", "var": None}, ("var",)),
            ({"id": "grib", "var": "u", "level": 1}, ("level",)),
        ],
    ),
    Row(
        codec=Grib(var="latitude"),
        v2={"id": "grib", "var": "latitude"},
        v3=NotRepresentableError,
        also=[{"id": "grib", "var": "latitude", "dtype": None}],
    ),
]
