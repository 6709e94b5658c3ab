"""Rows of `categorize`."""

from __future__ import annotations

from table_row import Row
from zarrcodec_bridge.codecs.categorize import Categorize
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=Categorize(labels=("female", "male"), dtype="|O"),
        v2={"id": "categorize", "labels": ["female", "male"], "dtype": "|O", "astype": "|u1"},
        v3=NotRepresentableError,
        also=[
            {"id": "categorize", "labels": ["female", "male"], "dtype": "O"},
            {"id": "categorize", "labels": ["female", "male"], "dtype": "|O", "astype": "u1"},
        ],
        wrong=[
            ({"id": "categorize", "dtype": "|O"}, ("labels",)),
            ({"id": "categorize", "labels": ["a"]}, ("dtype",)),
            ({"id": "categorize", "labels": ["a", 1], "dtype": "|O"}, ("labels", 1)),
            ({"id": "categorize", "labels": "ab", "dtype": "|O"}, ("labels",)),
            ({"id": "categorize", "labels": ["a"], "dtype": "|S4"}, ("dtype",)),
            ({"id": "categorize", "labels": ["a"], "dtype": "|O", "astype": "|O"}, ("astype",)),
        ],
    ),
    Row(
        codec=Categorize(labels=(), dtype=">U4", astype=">u2"),
        v2={"id": "categorize", "labels": [], "dtype": ">U4", "astype": ">u2"},
        v3=NotRepresentableError,
    ),
]
