"""Rows of `reshape`."""

from __future__ import annotations

from table_row import Row
from zarrcodec_bridge.codecs.reshape import Reshape
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=Reshape(shape=((0, 1), (2,), 3)),
        v2=NotRepresentableError,
        v3={"name": "reshape", "configuration": {"shape": [[0, 1], [2], 3]}},
        also=[{"name": "zarrs.reshape", "configuration": {"shape": [[0, 1], [2], 3]}}],
        targets={
            "zarrista": {"name": "reshape", "configuration": {"shape": [[0, 1], [2], 3]}},
            "zarr-python": NotRepresentableError,
        },
        wrong=[
            ({"name": "reshape"}, ("configuration", "shape")),
            ({"name": "reshape", "configuration": {"shape": [-1, -1]}}, ("configuration", "shape")),
            (
                {"name": "reshape", "configuration": {"shape": [[1], [0]]}},
                ("configuration", "shape"),
            ),
            (
                {"name": "reshape", "configuration": {"shape": [[1, 0], 10, [3, 4]]}},
                ("configuration", "shape"),
            ),
            (
                {"name": "reshape", "configuration": {"shape": [[0, 0]]}},
                ("configuration", "shape"),
            ),
            (
                {"name": "reshape", "configuration": {"shape": [0]}},
                ("configuration", "shape", 0),
            ),
            (
                {"name": "reshape", "configuration": {"shape": [-2]}},
                ("configuration", "shape", 0),
            ),
        ],
    ),
    Row(
        codec=Reshape(shape=(2, -1, ())),
        v2=NotRepresentableError,
        v3={"name": "reshape", "configuration": {"shape": [2, -1, []]}},
    ),
]
