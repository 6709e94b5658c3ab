"""Rows of `zfp`."""

from __future__ import annotations

from table_row import ZARRS_URL, Row
from zarrcodec_bridge.codecs.zfp import Zfp
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=Zfp(mode="reversible"),
        v2=NotRepresentableError,
        v3={"name": "zfp", "configuration": {"mode": "reversible"}},
        also=[
            {"name": "zarrs.zfp", "configuration": {"mode": "reversible"}},
            {"name": f"{ZARRS_URL}/array_to_bytes/zfp", "configuration": {"mode": "reversible"}},
            {"name": "zfp", "configuration": {"mode": "reversible", "write_header": None}},
            {"name": "zfp", "configuration": {"mode": "reversible", "write_header": False}},
        ],
        targets={
            "zarrs": NotRepresentableError,
            "zarr-python": NotRepresentableError,
        },
        wrong=[
            ({"name": "zfp"}, ("configuration", "mode")),
            ({"name": "zfp", "configuration": {"mode": 4}}, ("configuration", "mode")),
            (
                {"name": "zfp", "configuration": {"mode": "reversible", "rate": 4.0}},
                ("configuration", "rate"),
            ),
        ],
    ),
    Row(
        codec=Zfp(mode="fixed_accuracy", tolerance=0.05),
        v2=NotRepresentableError,
        v3={"name": "zfp", "configuration": {"mode": "fixed_accuracy", "tolerance": 0.05}},
        also=[{"name": "zfp", "configuration": {"mode": "fixedaccuracy", "tolerance": 0.05}}],
        notes=["'fixedaccuracy', of zarrs before 0.16, is written 'fixed_accuracy'"],
        wrong=[
            (
                {"name": "zfp", "configuration": {"mode": "fixed_accuracy"}},
                ("configuration", "tolerance"),
            ),
            (
                {
                    "name": "zfp",
                    "configuration": {"mode": "fixed_accuracy", "tolerance": float("nan")},
                },
                ("configuration", "tolerance"),
            ),
        ],
    ),
    Row(
        codec=Zfp(mode="fixed_rate", rate=10.5),
        v2=NotRepresentableError,
        v3={"name": "zfp", "configuration": {"mode": "fixed_rate", "rate": 10.5}},
        also=[{"name": "zfp", "configuration": {"mode": "fixedrate", "rate": 10.5}}],
    ),
    Row(
        codec=Zfp(mode="fixed_precision", precision=19),
        v2=NotRepresentableError,
        v3={"name": "zfp", "configuration": {"mode": "fixed_precision", "precision": 19}},
        also=[{"name": "zfp", "configuration": {"mode": "fixedprecision", "precision": 19}}],
        wrong=[
            (
                {"name": "zfp", "configuration": {"mode": "fixed_precision", "precision": -1}},
                ("configuration", "precision"),
            ),
            (
                {"name": "zfp", "configuration": {"mode": "fixed_precision", "precision": 1.5}},
                ("configuration", "precision"),
            ),
        ],
    ),
    Row(
        codec=Zfp(mode="expert", minbits=1, maxbits=13, maxprec=19, minexp=-2),
        v2=NotRepresentableError,
        v3={
            "name": "zfp",
            "configuration": {
                "mode": "expert",
                "minbits": 1,
                "maxbits": 13,
                "maxprec": 19,
                "minexp": -2,
            },
        },
        wrong=[
            (
                {
                    "name": "zfp",
                    "configuration": {"mode": "expert", "minbits": 1, "maxbits": 13, "maxprec": 19},
                },
                ("configuration", "minexp"),
            )
        ],
    ),
]
