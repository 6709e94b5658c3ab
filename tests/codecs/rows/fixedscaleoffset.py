"""Rows of `fixedscaleoffset`."""

from __future__ import annotations

from table_row import Row, v3
from zarrcodec_bridge.codecs.fixedscaleoffset import FixedScaleOffset
from zarrcodec_bridge.core.errors import MissingContextError, NotRepresentableError

ROWS = [
    Row(
        codec=FixedScaleOffset(offset=1000, scale=0.5, dtype="<f8", astype="|u1"),
        v2={
            "id": "fixedscaleoffset",
            "offset": 1000,
            "scale": 0.5,
            "dtype": "<f8",
            "astype": "|u1",
        },
        v3=v3("numcodecs.fixedscaleoffset", offset=1000, scale=0.5, dtype="<f8", astype="|u1"),
        also=[
            {
                "id": "fixedscaleoffset",
                "offset": 1000,
                "scale": 0.5,
                "dtype": "float64",
                "astype": "u1",
            },
            v3(
                "numcodecs.fixedscaleoffset",
                offset=1000.0,
                scale=0.5,
                dtype="float64",
                astype="uint8",
            ),
        ],
        wrong=[
            ({"id": "fixedscaleoffset", "scale": 1, "dtype": "<f8"}, ("offset",)),
            ({"id": "fixedscaleoffset", "offset": 0, "dtype": "<f8"}, ("scale",)),
            ({"id": "fixedscaleoffset", "offset": 0, "scale": 1}, ("dtype",)),
            ({"id": "fixedscaleoffset", "offset": 0, "scale": 0, "dtype": "<f8"}, ("scale",)),
            ({"id": "fixedscaleoffset", "offset": 0, "scale": 0.0, "dtype": "<f8"}, ("scale",)),
            ({"id": "fixedscaleoffset", "offset": "0", "scale": 1, "dtype": "<f8"}, ("offset",)),
            ({"id": "fixedscaleoffset", "offset": True, "scale": 1, "dtype": "<f8"}, ("offset",)),
            (
                {"id": "fixedscaleoffset", "offset": float("nan"), "scale": 1, "dtype": "<f8"},
                ("offset",),
            ),
            ({"id": "fixedscaleoffset", "offset": 0, "scale": 10**400, "dtype": "<f8"}, ("scale",)),
            ({"id": "fixedscaleoffset", "offset": 0, "scale": 1, "dtype": "|O"}, ("dtype",)),
            ({"id": "fixedscaleoffset", "offset": 0, "scale": 1, "dtype": "<M8[s]"}, ("dtype",)),
            (
                v3("numcodecs.fixedscaleoffset", offset=0, scale=1, astype="|S4"),
                ("configuration", "astype"),
            ),
        ],
        targets={
            "zarr-python": v3(
                "numcodecs.fixedscaleoffset", offset=1000, scale=0.5, dtype="<f8", astype="|u1"
            ),
            "zarrs": NotRepresentableError,
            "tensorstore": NotRepresentableError,
        },
    ),
    Row(
        codec=FixedScaleOffset(offset=-1.5, scale=-10, dtype=">f4"),
        v2={"id": "fixedscaleoffset", "offset": -1.5, "scale": -10, "dtype": ">f4"},
        v3=v3("numcodecs.fixedscaleoffset", offset=-1.5, scale=-10, dtype="<f4"),
        dtype=">f4",
        also=[
            {
                "id": "fixedscaleoffset",
                "offset": -1.5,
                "scale": -10,
                "dtype": ">f4",
                "astype": None,
            }
        ],
    ),
    Row(
        codec=FixedScaleOffset(offset=0, scale=10, astype="<i2"),
        v2=MissingContextError,
        v3=v3("numcodecs.fixedscaleoffset", offset=0, scale=10, astype="<i2"),
        also=[v3("numcodecs.fixedscaleoffset", offset=0, scale=10, astype="int16")],
    ),
    Row(
        codec=FixedScaleOffset(offset=0, scale=10, astype=">i2"),
        dtype=">f8",
        v2={
            "id": "fixedscaleoffset",
            "offset": 0,
            "scale": 10,
            "dtype": ">f8",
            "astype": ">i2",
        },
        v3=v3("numcodecs.fixedscaleoffset", offset=0, scale=10, dtype="<f8", astype="<i2"),
    ),
]
