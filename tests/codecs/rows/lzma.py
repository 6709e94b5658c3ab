"""Rows of `lzma`."""

from __future__ import annotations

from table_row import Row, v3
from zarrcodec_bridge.codecs.lzma import Lzma, LzmaFilter
from zarrcodec_bridge.core.errors import NotRepresentableError

LZMA = {"format": 1, "check": -1, "preset": None, "filters": None}

ROWS = [
    Row(
        codec=Lzma(),
        v2={"id": "lzma"},
        v3=v3("numcodecs.lzma"),
        also=["lzma", "numcodecs.lzma", {"id": "lzma", **LZMA}, v3("numcodecs.lzma", **LZMA)],
        wrong=[
            ({"id": "lzma", "format": 0}, ("format",)),
            ({"id": "lzma", "format": True}, ("format",)),
            ({"id": "lzma", "format": 1.0}, ("format",)),
            ({"id": "lzma", "check": 2}, ("check",)),
            ({"id": "lzma", "preset": 10}, ("preset",)),
            ({"id": "lzma", "preset": 2**31 + 10}, ("preset",)),
            ({"id": "lzma", "preset": -1}, ("preset",)),
            ({"id": "lzma", "delta": 1}, ("delta",)),
            ({"id": "lzma", "format": 3}, ("filters",)),
            ({"id": "lzma", "format": 3, "filters": []}, ("filters",)),
            ({"id": "lzma", "format": 3, "filters": [{"id": 33}] * 5}, ("filters",)),
            ({"id": "lzma", "format": 3, "preset": 1, "filters": [{"id": 33}]}, ("filters",)),
            ({"id": "lzma", "format": 3, "filters": [{"id": 10}]}, ("filters", 0, "id")),
            ({"id": "lzma", "format": 3, "filters": [{"preset": 1}]}, ("filters", 0, "id")),
            (
                {"id": "lzma", "format": 3, "filters": [{"id": 3, "dist": 0}]},
                ("filters", 0, "dist"),
            ),
            (
                {"id": "lzma", "format": 3, "filters": [{"id": 33}, {"id": 3, "lc": 1}]},
                ("filters", 1),
            ),
            (
                {"id": "lzma", "format": 3, "filters": [{"id": 33, "size": 1}]},
                ("filters", 0, "size"),
            ),
            (v3("numcodecs.lzma", format=4), ("configuration", "format")),
        ],
        targets={
            "zarr-python": v3("numcodecs.lzma"),
            "zarrs": NotRepresentableError,
            "tensorstore": NotRepresentableError,
        },
    ),
    Row(
        codec=Lzma(format=1, check=-1, preset=None, filters=None),
        v2={"id": "lzma", **LZMA},
        v3=v3("numcodecs.lzma", **LZMA),
    ),
    Row(
        codec=Lzma(preset=6),
        v2={"id": "lzma", "preset": 6},
        v3=v3("numcodecs.lzma", preset=6),
        also=[{"id": "lzma", "preset": 6, "delta": 1}],
        notes=["'delta', which other writers leave there, is dropped"],
    ),
    Row(
        codec=Lzma(preset=2**31 + 9, check=10),
        v2={"id": "lzma", "preset": 2147483657, "check": 10},
        v3=v3("numcodecs.lzma", preset=2147483657, check=10),
    ),
    Row(
        codec=Lzma(format=2),
        v2={"id": "lzma", "format": 2},
        v3=v3("numcodecs.lzma", format=2),
    ),
    Row(
        codec=Lzma(
            format=3,
            filters=(LzmaFilter(id=3, dist=4), LzmaFilter(id=33, preset=1, dict_size=4096, lc=1)),
        ),
        v2={
            "id": "lzma",
            "format": 3,
            "filters": [{"id": 3, "dist": 4}, {"id": 33, "preset": 1, "dict_size": 4096, "lc": 1}],
        },
        v3=v3(
            "numcodecs.lzma",
            format=3,
            filters=[{"id": 3, "dist": 4}, {"id": 33, "preset": 1, "dict_size": 4096, "lc": 1}],
        ),
    ),
    Row(
        codec=Lzma(format=1, check=4),
        v2={"id": "lzma", "format": 1, "check": 4},
        v3=v3("numcodecs.lzma", format=1, check=4),
        also=[
            {"id": "lzma", "check": 4, "filters": [{"id": 4, "start_offset": 0}, {"id": 33}]},
        ],
        notes=["filters are dropped: streams of format 1 name their own"],
    ),
]
