"""Rows of `scale_offset`."""

from __future__ import annotations

from table_row import Row
from zarrcodec_bridge.codecs.scale_offset import ScaleOffset
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=ScaleOffset(),
        v2=NotRepresentableError,
        v3={"name": "scale_offset", "configuration": {}},
        also=[
            "scale_offset",
            {"name": "scale_offset"},
            {"name": "scale_offset", "configuration": {"offset": 0, "scale": 1.0}},
        ],
        targets={"zarrs": NotRepresentableError, "tensorstore": NotRepresentableError},
    ),
    Row(
        codec=ScaleOffset(offset=5, scale=0.1),
        v2=NotRepresentableError,
        v3={"name": "scale_offset", "configuration": {"offset": 5, "scale": 0.1}},
        also=[{"name": "scale_offset", "configuration": {"offset": 5.0, "scale": 0.1}}],
        targets={
            "zarr-python": {"name": "scale_offset", "configuration": {"offset": 5, "scale": 0.1}}
        },
        wrong=[
            (
                {"name": "scale_offset", "configuration": {"scale": scale}},
                ("configuration", "scale"),
            )
            for scale in (0, 0.0, -0.0, "0", "0x0000", "0x80000000")
        ]
        + [
            (
                {"name": "scale_offset", "configuration": {"offset": [0.0, 1.0]}},
                ("configuration", "offset"),
            ),
            (
                {"name": "scale_offset", "configuration": {"offset": None}},
                ("configuration", "offset"),
            ),
            (
                {"name": "scale_offset", "configuration": {"offset": True}},
                ("configuration", "offset"),
            ),
            (
                {"name": "scale_offset", "configuration": {"offset": "five"}},
                ("configuration", "offset"),
            ),
            (
                {"name": "scale_offset", "configuration": {"astype": "|u1"}},
                ("configuration", "astype"),
            ),
        ],
    ),
    Row(
        codec=ScaleOffset(offset="NaN", scale="0x3f800000"),
        v2=NotRepresentableError,
        v3={"name": "scale_offset", "configuration": {"offset": "NaN", "scale": "0x3f800000"}},
        also=[
            {
                "name": "scale_offset",
                "configuration": {"offset": float("nan"), "scale": "0x3f800000"},
            }
        ],
    ),
    Row(
        codec=ScaleOffset(offset="-Infinity"),
        v2=NotRepresentableError,
        v3={"name": "scale_offset", "configuration": {"offset": "-Infinity"}},
        also=[{"name": "scale_offset", "configuration": {"offset": float("-inf")}}],
    ),
    Row(
        codec=ScaleOffset(offset=18446744073709551615),
        v2=NotRepresentableError,
        v3={"name": "scale_offset", "configuration": {"offset": 18446744073709551615}},
    ),
]
