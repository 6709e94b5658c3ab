"""Rows of `quantize`."""

from __future__ import annotations

from table_row import Row, v3
from zarrcodec_bridge.codecs.quantize import Quantize
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=Quantize(digits=2, dtype="<f8"),
        v2={"id": "quantize", "digits": 2, "dtype": "<f8"},
        v3=v3("numcodecs.quantize", digits=2, dtype="<f8"),
        also=[
            {"id": "quantize", "digits": 2, "dtype": "float64"},
            {"id": "quantize", "digits": 2, "dtype": "<f8", "astype": None},
            v3("numcodecs.quantize", id="quantize", digits=2, dtype="f8"),
        ],
        wrong=[
            ({"id": "quantize", "dtype": "<f8"}, ("digits",)),
            ({"id": "quantize", "digits": 2}, ("dtype",)),
            ({"id": "quantize", "digits": 2.0, "dtype": "<f8"}, ("digits",)),
            ({"id": "quantize", "digits": 308, "dtype": "<f8"}, ("digits",)),
            ({"id": "quantize", "digits": -309, "dtype": "<f8"}, ("digits",)),
            ({"id": "quantize", "digits": 2, "dtype": "<i8"}, ("dtype",)),
            ({"id": "quantize", "digits": 2, "dtype": "<f8", "astype": "<i4"}, ("astype",)),
            (
                v3("numcodecs.quantize", digits=True, dtype="<f8"),
                ("configuration", "digits"),
            ),
        ],
        targets={
            "zarr-python": v3("numcodecs.quantize", digits=2, dtype="<f8"),
            "zarrs": NotRepresentableError,
            "tensorstore": NotRepresentableError,
        },
    ),
    Row(
        codec=Quantize(digits=-1, dtype="<f4", astype="<f4"),
        v2={"id": "quantize", "digits": -1, "dtype": "<f4", "astype": "<f4"},
        v3=v3("numcodecs.quantize", digits=-1, dtype="<f4", astype="<f4"),
    ),
    Row(
        codec=Quantize(digits=0, dtype="<f8", astype="<f2"),
        v2={"id": "quantize", "digits": 0, "dtype": "<f8", "astype": "<f2"},
        v3=NotRepresentableError,
        also=[v3("numcodecs.quantize", digits=0, dtype="float64", astype="float16")],
    ),
    Row(
        codec=Quantize(digits=1, dtype=">f8", astype=">f8"),
        v2={"id": "quantize", "digits": 1, "dtype": ">f8", "astype": ">f8"},
        v3=v3("numcodecs.quantize", digits=1, dtype="<f8", astype="<f8"),
        dtype=">f8",
        notes=["its data types lose their byte order"],
    ),
]
