"""Rows of `vlen_array`."""

from __future__ import annotations

from table_row import Row
from zarrcodec_bridge.codecs.vlen_array import VlenArray
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=VlenArray(dtype="<i4"),
        v2={"id": "vlen-array", "dtype": "<i4"},
        v3=NotRepresentableError,
        also=[{"id": "vlen-array", "dtype": "int32"}],
        wrong=[
            ({"id": "vlen-array"}, ("dtype",)),
            ({"id": "vlen-array", "dtype": "|O"}, ("dtype",)),
        ],
    ),
]
