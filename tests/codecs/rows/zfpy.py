"""Rows of `zfpy`."""

from __future__ import annotations

from table_row import Row, v3
from zarrcodec_bridge.codecs.zfpy import Zfpy
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=Zfpy(mode=4, tolerance=0.01),
        v2={"id": "zfpy", "mode": 4, "tolerance": 0.01},
        v3=v3("numcodecs.zfpy", mode=4, tolerance=0.01),
        dtype="<f4",
        also=[
            {
                "id": "zfpy",
                "mode": 4,
                "tolerance": 0.01,
                "rate": -1,
                "precision": -1,
                "compression_kwargs": {"tolerance": 0.01},
            },
            {"id": "zfpy", "tolerance": 0.01, "rate": 8, "compression_kwargs": None},
            v3("numcodecs.zfpy", mode=4, tolerance=0.01, compression_kwargs={"tolerance": 0.01}),
            v3("numcodecs.zfpy", id="zfpy", tolerance=0.01),
            v3("https://codec.zarrs.dev/array_to_bytes/zfpy", mode=4, tolerance=0.01),
        ],
        wrong=[
            ({"id": "zfpy", "mode": 6}, ("mode",)),
            ({"id": "zfpy", "mode": True}, ("mode",)),
            ({"id": "zfpy", "mode": "fixed_accuracy"}, ("mode",)),
            ({"id": "zfpy", "tolerance": "0.1"}, ("tolerance",)),
            ({"id": "zfpy", "tolerance": float("inf")}, ("tolerance",)),
            ({"id": "zfpy", "precision": 2.5}, ("precision",)),
            ({"id": "zfpy", "compression_kwargs": 1}, ("compression_kwargs",)),
            (v3("numcodecs.zfpy", minbits=1), ("configuration", "minbits")),
        ],
        targets={
            "zarr-python": v3("numcodecs.zfpy", mode=4, tolerance=0.01),
            "zarrs": NotRepresentableError,
            "tensorstore": NotRepresentableError,
        },
    ),
    Row(
        codec=Zfpy(),
        v2={"id": "zfpy", "mode": 4, "tolerance": -1},
        v3=v3("numcodecs.zfpy", mode=4, tolerance=-1),
        also=[
            {"id": "zfpy", "mode": 5},
            v3("numcodecs.zfpy", mode=5),
            "zfpy",
            "numcodecs.zfpy",
            {"id": "zfpy", "mode": 4, "compression_kwargs": {"tolerance": 0.5}},
        ],
        targets={"zarrs": NotRepresentableError},
        notes=["mode 5 is written as mode 4 with tolerance -1"],
    ),
    Row(
        codec=Zfpy(mode=2, rate=16),
        v2={"id": "zfpy", "mode": 2, "rate": 16},
        v3=v3("numcodecs.zfpy", mode=2, rate=16),
        also=[{"id": "zfpy", "mode": 2, "rate": 16.0, "tolerance": 0.5}],
        targets={"zarrs": NotRepresentableError},
    ),
    Row(
        codec=Zfpy(mode=3, precision=20),
        v2={"id": "zfpy", "mode": 3, "precision": 20},
        v3=v3("numcodecs.zfpy", mode=3, precision=20),
        dtype="int64",
        targets={"zarrs": NotRepresentableError},
    ),
    Row(
        codec=Zfpy(mode=1),
        v2={"id": "zfpy", "mode": 1},
        v3=v3("numcodecs.zfpy", mode=1),
        targets={"zarrs": NotRepresentableError},
        notes=["numcodecs reads chunks of mode 1, but cannot write them"],
    ),
    Row(
        codec=Zfpy(mode=0),
        v2=NotRepresentableError,
        v3=v3("numcodecs.zfpy", mode=0),
        dtype="uint8",
        targets={"zarr-python": NotRepresentableError},
    ),
    Row(
        codec=Zfpy(mode=3, precision=-1),
        v2=NotRepresentableError,
        v3=NotRepresentableError,
        dtype="float16",
    ),
]
