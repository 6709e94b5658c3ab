"""Rows of `transpose`."""

from __future__ import annotations

from table_row import Row
from zarrcodec_bridge.codecs.transpose import Transpose
from zarrcodec_bridge.core.errors import MissingContextError, NotRepresentableError

ROWS = [
    Row(
        codec=Transpose(order=(1, 0, 2)),
        v2=NotRepresentableError,
        v3={"name": "transpose", "configuration": {"order": [1, 0, 2]}},
        wrong=[
            ({"name": "transpose", "configuration": {"order": [0, 0]}}, ("configuration", "order")),
            ({"name": "transpose", "configuration": {"order": [1, 2]}}, ("configuration", "order")),
            ({"name": "transpose", "configuration": {"order": "X"}}, ("configuration", "order")),
            ({"name": "transpose"}, ("configuration", "order")),
        ],
    ),
    Row(
        codec=Transpose(order="F"),
        v2=NotRepresentableError,
        v3=MissingContextError,
        also=[{"name": "transpose", "configuration": {"order": "F"}}],
    ),
]
