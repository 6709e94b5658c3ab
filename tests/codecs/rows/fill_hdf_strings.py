"""Rows of `fill_hdf_strings`."""

from __future__ import annotations

from table_row import Row
from zarrcodec_bridge.codecs.fill_hdf_strings import FillHdfStrings
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=FillHdfStrings(dtype="S16"),
        v2={"id": "fill_hdf_strings", "dtype": "S16", "id_map": None},
        v3=NotRepresentableError,
        also=[{"id": "fill_hdf_strings", "dtype": "S16"}],
        wrong=[
            ({"id": "fill_hdf_strings"}, ("dtype",)),
            ({"id": "fill_hdf_strings", "dtype": "S16", "fill": ""}, ("fill",)),
            (
                {"id": "fill_hdf_strings", "dtype": "S16", "id_map": {"a": 1}},
                ("id_map",),
            ),
        ],
    ),
    Row(
        codec=FillHdfStrings(dtype=[["name", "S16"], ["n", "int8"]], id_map={"0a": "x"}),
        v2={
            "id": "fill_hdf_strings",
            "dtype": [["name", "S16"], ["n", "int8"]],
            "id_map": {"0a": "x"},
        },
        v3=NotRepresentableError,
    ),
    Row(
        codec=FillHdfStrings(dtype="S16", id_map="unknown"),
        v2={"id": "fill_hdf_strings", "dtype": "S16", "id_map": "unknown"},
        v3=NotRepresentableError,
    ),
]
