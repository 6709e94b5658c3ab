"""Rows of `fits_ascii`."""

from __future__ import annotations

from table_row import Row
from zarrcodec_bridge.codecs.fits_ascii import FitsAscii
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=FitsAscii(indtypes=(("x", "S11"),), outdtypes=(("x", "f8"),)),
        v2={"id": "FITSAscii", "indtypes": [["x", "S11"]], "outdtypes": [["x", "f8"]]},
        v3=NotRepresentableError,
        wrong=[
            ({"id": "FITSAscii", "indtypes": [["x", "S11"]]}, ("outdtypes",)),
            ({"id": "FITSAscii", "indtypes": [["x"]], "outdtypes": []}, ("indtypes", 0, 1)),
        ],
    ),
]
