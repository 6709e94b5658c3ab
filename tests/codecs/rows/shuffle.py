"""Rows of `shuffle`."""

from __future__ import annotations

from table_row import Row, v3
from zarrcodec_bridge.codecs.shuffle import Shuffle
from zarrcodec_bridge.core.errors import MissingContextError, NotRepresentableError

ROWS = [
    Row(
        codec=Shuffle(elementsize=4),
        v2={"id": "shuffle", "elementsize": 4},
        v3=v3("numcodecs.shuffle", elementsize=4),
        dtype="<f8",
        also=["shuffle", {"id": "shuffle"}, v3("numcodecs.shuffle", id="shuffle", elementsize=4)],
        wrong=[
            ({"id": "shuffle", "elementsize": "4"}, ("elementsize",)),
            ({"id": "shuffle", "elementsize": None}, ("elementsize",)),
            ({"id": "shuffle", "elementsize": -1}, ("elementsize",)),
            ({"id": "shuffle", "elementsize": True}, ("elementsize",)),
            ({"id": "shuffle", "element_size": 4}, ("element_size",)),
            (v3("numcodecs.shuffle", elementsize=4.0), ("configuration", "elementsize")),
        ],
        targets={
            "zarr-python": v3("numcodecs.shuffle", elementsize=4),
            "zarrs": v3("numcodecs.shuffle", elementsize=4),
            "tensorstore": NotRepresentableError,
        },
    ),
    Row(
        codec=Shuffle(),
        v2=MissingContextError,
        v3=v3("numcodecs.shuffle"),
        also=["numcodecs.shuffle", v3("numcodecs.shuffle", elementsize=None)],
        targets={"zarr-python": v3("numcodecs.shuffle"), "zarrs": MissingContextError},
    ),
    Row(
        codec=Shuffle(),
        dtype="float64",
        v2={"id": "shuffle", "elementsize": 8},
        v3=v3("numcodecs.shuffle", elementsize=8),
        same=[v3("numcodecs.shuffle", elementsize=8)],
    ),
    Row(
        codec=Shuffle(),
        dtype="uint8",
        v2={"id": "shuffle", "elementsize": 1},
        v3=v3("numcodecs.shuffle", elementsize=1),
    ),
    Row(
        codec=Shuffle(elementsize=7),
        v2={"id": "shuffle", "elementsize": 7},
        v3=v3("numcodecs.shuffle", elementsize=7),
    ),
    Row(
        codec=Shuffle(elementsize=0),
        v2={"id": "shuffle", "elementsize": 0},
        v3=NotRepresentableError,
        dtype="<i4",
        also=[v3("numcodecs.shuffle", elementsize=0)],
    ),
]
