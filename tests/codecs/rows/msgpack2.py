"""Rows of `msgpack2`."""

from __future__ import annotations

from table_row import Row
from zarrcodec_bridge.codecs.msgpack2 import Msgpack2
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=Msgpack2(),
        v2={"id": "msgpack2", "use_single_float": False, "use_bin_type": True, "raw": False},
        v3=NotRepresentableError,
        also=["msgpack2", {"id": "msgpack2", "raw": False}],
        wrong=[({"id": "msgpack2", "raw": 0}, ("raw",))],
    ),
    Row(
        codec=Msgpack2(raw=True, use_single_float=True, use_bin_type=False),
        v2={"id": "msgpack2", "use_single_float": True, "use_bin_type": False, "raw": True},
        v3=NotRepresentableError,
    ),
]
