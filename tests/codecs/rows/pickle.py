"""Rows of `pickle`."""

from __future__ import annotations

from table_row import Row
from zarrcodec_bridge.codecs.pickle import Pickle
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=Pickle(),
        v2={"id": "pickle", "protocol": 5},
        v3=NotRepresentableError,
        also=["pickle", {"id": "pickle", "protocol": 5}],
        wrong=[
            ({"id": "pickle", "protocol": 6}, ("protocol",)),
            ({"id": "pickle", "protocol": "5"}, ("protocol",)),
        ],
    ),
    Row(
        codec=Pickle(protocol=0),
        v2={"id": "pickle", "protocol": 0},
        v3=NotRepresentableError,
    ),
]
