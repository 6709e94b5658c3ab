"""Rows of `delta`."""

from __future__ import annotations

from table_row import Row
from zarrcodec_bridge.codecs.delta import Delta

ROWS = [
    Row(
        codec=Delta(dtype="<i4", astype="<i2"),
        v2={"id": "delta", "dtype": "<i4", "astype": "<i2"},
        v3={"name": "numcodecs.delta", "configuration": {"dtype": "<i4", "astype": "<i2"}},
        also=[
            {"id": "delta", "dtype": "int32", "astype": "i2"},
            {
                "name": "numcodecs.delta",
                "configuration": {"id": "delta", "dtype": "<i4", "astype": "<i2"},
            },
        ],
        wrong=[
            ({"id": "delta"}, ("dtype",)),
            ({"id": "delta", "dtype": "q"}, ("dtype",)),
            ({"id": "delta", "dtype": "|O"}, ("dtype",)),
            ({"id": "delta", "dtype": 4}, ("dtype",)),
        ],
    ),
    Row(
        codec=Delta(dtype=">i4"),
        v2={"id": "delta", "dtype": ">i4"},
        v3={"name": "numcodecs.delta", "configuration": {"dtype": "<i4"}},
        dtype=">i4",
        notes=["its data types lose their byte order"],
    ),
]
