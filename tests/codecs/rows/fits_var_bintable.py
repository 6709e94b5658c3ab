"""Rows of `fits_var_bintable`."""

from __future__ import annotations

from table_row import Row
from zarrcodec_bridge.codecs.fits_var_bintable import FitsVarBintable
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=FitsVarBintable(
            dt_in="[('n', '>i4', (2,))]", dt_out="[('n', 'O')]", nrow=3, types={"n": "J"}
        ),
        v2={
            "id": "FITSVarBintable",
            "dt_in": "[('n', '>i4', (2,))]",
            "dt_out": "[('n', 'O')]",
            "nrow": 3,
            "types": {"n": "J"},
        },
        v3=NotRepresentableError,
        wrong=[
            (
                {"id": "FITSVarBintable", "dt_in": "", "dt_out": "", "nrow": -1, "types": {}},
                ("nrow",),
            ),
            (
                {"id": "FITSVarBintable", "dt_in": "", "dt_out": "", "nrow": 1, "types": {"n": 1}},
                ("types", "n"),
            ),
        ],
    ),
]
