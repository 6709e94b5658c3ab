"""Rows of `gzip`."""

from __future__ import annotations

from table_row import Row
from zarrcodec_bridge.codecs.gzip import Gzip

ROWS = [
    Row(
        codec=Gzip(level=5),
        v2={"id": "gzip", "level": 5},
        v3={"name": "gzip", "configuration": {"level": 5}},
        also=[
            {"name": "numcodecs.gzip", "configuration": {"level": 5}},
            {"name": "numcodecs.gzip", "configuration": {"id": "gzip", "level": 5}},
            {"name": "gzip", "configuration": {"level": 5}, "must_understand": True},
            {"name": "gzip"},  # what zarr-python takes; in v2 the default is 1
            {"name": "gzip", "configuration": {}},
        ],
        same=[{"id": "gzip", "level": 5, "useZlib": True}],
        wrong=[
            ({"name": "gzip"}, ("configuration", "level")),
            ({"name": "gzip", "configuration": {"level": -1}}, ("configuration", "level")),
            ({"name": "gzip", "configuration": {"level": 10}}, ("configuration", "level")),
            ({"name": "gzip", "configuration": {"level": True}}, ("configuration", "level")),
            ({"name": "gzip", "configuration": {"level": 1.0}}, ("configuration", "level")),
            ({"name": "gzip", "configuration": {"level": "1"}}, ("configuration", "level")),
            ({"name": "gzip", "configuration": None}, ("configuration",)),
            ({"name": "gzip", "configuration": {"level": 1}, "type": "x"}, ("type",)),
            (
                {"name": "gzip", "configuration": {"level": 1}, "must_understand": 1},
                ("must_understand",),
            ),
            (
                {"name": "numcodecs.gzip", "configuration": {"id": "zlib", "level": 5}},
                ("configuration", "id"),
            ),
            ({"id": "gzip", "level": -2}, ("level",)),
            ({"id": "gzip", "speed": 1}, ("speed",)),
            ({"id": 5}, ("id",)),
            ({"name": 5}, ("name",)),
        ],
    ),
    Row(
        codec=Gzip(level=1),
        v2={"id": "gzip", "level": 1},
        v3={"name": "gzip", "configuration": {"level": 1}},
        also=[{"id": "gzip"}, "gzip", {"name": "numcodecs.gzip"}],
    ),
    Row(
        codec=Gzip(level=6),
        v2={"id": "gzip", "level": 6},
        v3={"name": "gzip", "configuration": {"level": 6}},
        also=[{"id": "gzip", "level": -1}],
        notes=["level -1 is written as 6"],
    ),
]
