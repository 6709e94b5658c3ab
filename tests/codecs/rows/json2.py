"""Rows of `json2`."""

from __future__ import annotations

from table_row import Row
from zarrcodec_bridge.codecs.json2 import Json2
from zarrcodec_bridge.core.errors import NotRepresentableError

JSON2 = {
    "encoding": "utf-8",
    "skipkeys": False,
    "ensure_ascii": True,
    "check_circular": True,
    "allow_nan": True,
    "sort_keys": True,
    "indent": None,
    "separators": [",", ":"],
    "strict": True,
}

ROWS = [
    Row(
        codec=Json2(),
        v2={"id": "json2", **JSON2},
        v3=NotRepresentableError,
        also=[
            "json2",
            {"id": "json2", **JSON2},
            {"id": "json2", "separators": None},
        ],
        wrong=[
            ({"id": "json2", "encoding": None}, ("encoding",)),
            ({"id": "json2", "strict": 1}, ("strict",)),
            ({"id": "json2", "indent": "\t"}, ("indent",)),
            ({"id": "json2", "separators": ","}, ("separators",)),
            ({"id": "json2", "default": None}, ("default",)),
        ],
    ),
    Row(
        codec=Json2(indent=2, encoding="latin-1", allow_nan=False),
        v2={
            "id": "json2",
            **JSON2,
            "indent": 2,
            "encoding": "latin-1",
            "allow_nan": False,
            "separators": [", ", ": "],
        },
        v3=NotRepresentableError,
        also=[  # as Python takes it
            {"id": "json2", "indent": "  ", "encoding": "latin-1", "allow_nan": False},
        ],
    ),
]
