"""Rows of `record_member`."""

from __future__ import annotations

from table_row import Row
from zarrcodec_bridge.codecs.record_member import RecordMember
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=RecordMember(member="a", dtype=[["a", ">f4"], ["b", ">i2"]]),
        v2={"id": "record_member", "member": "a", "dtype": [["a", ">f4"], ["b", ">i2"]]},
        v3=NotRepresentableError,
        wrong=[
            ({"id": "record_member", "member": "a"}, ("dtype",)),
            ({"id": "record_member", "member": 0, "dtype": ">f4,>i2"}, ("member",)),
        ],
    ),
    Row(
        codec=RecordMember(member="f0", dtype=">f4,>i2"),
        v2={"id": "record_member", "member": "f0", "dtype": ">f4,>i2"},
        v3=NotRepresentableError,
    ),
]
