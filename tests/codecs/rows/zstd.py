"""Rows of `zstd`."""

from __future__ import annotations

from table_row import Row, v3
from zarrcodec_bridge.codecs.zstd import Zstd

ROWS = [
    Row(
        codec=Zstd(level=3),
        v2={"id": "zstd", "level": 3},
        v3=v3("zstd", level=3, checksum=False),
        also=[
            {"id": "zstd", "level": 3, "checksum": False},
            v3("zstd", level=3),
            v3("zstd", level=3, checksum=False),
            v3("numcodecs.zstd", level=3),
            v3("numcodecs.zstd", level=3, checksum=False),
            v3("numcodecs.zstd", id="zstd", level=3, checksum=False),
        ],
        wrong=[
            ({"name": "zstd"}, ("configuration", "level")),
            (v3("zstd"), ("configuration", "level")),
            (v3("zstd", level=23), ("configuration", "level")),
            (v3("zstd", level=-131073), ("configuration", "level")),
            (v3("zstd", level="5"), ("configuration", "level")),
            (v3("zstd", level=True), ("configuration", "level")),
            (v3("zstd", level=3, checksum=1), ("configuration", "checksum")),
            (v3("zstd", level=3, checksum=None), ("configuration", "checksum")),
            (v3("zstd", level=3, threads=4), ("configuration", "threads")),
            (v3("numcodecs.zstd", id="zlib", level=3), ("configuration", "id")),
            ({"id": "zstd", "level": "5"}, ("level",)),
            ({"id": "zstd", "level": 3, "checksum": "no"}, ("checksum",)),
            ({"id": "zstd", "opts": {"level": 1}}, ("opts",)),
            ({"id": "zstd", "level": 2**40}, ("level",)),
        ],
        targets={
            "zarr-python": v3("zstd", level=3, checksum=False),
            "tensorstore": v3("zstd", level=3, checksum=False),
            "zarrs": v3("zstd", level=3, checksum=False),
        },
    ),
    Row(
        codec=Zstd(level=-5, checksum=True),
        v2={"id": "zstd", "level": -5, "checksum": True},
        v3=v3("zstd", level=-5, checksum=True),
        also=[v3("numcodecs.zstd", level=-5, checksum=True)],
    ),
    Row(
        codec=Zstd(level=0),
        v2={"id": "zstd", "level": 0},
        v3=v3("zstd", level=0, checksum=False),
        also=["zstd", {"id": "zstd"}, "numcodecs.zstd", {"name": "numcodecs.zstd"}],
    ),
    Row(
        codec=Zstd(level=22),
        v2={"id": "zstd", "level": 22},
        v3=v3("zstd", level=22, checksum=False),
        also=[{"id": "zstd", "level": 30}],
        notes=["level 30 is written as 22"],
    ),
    Row(
        codec=Zstd(level=-131072),
        v2={"id": "zstd", "level": -131072},
        v3=v3("zstd", level=-131072, checksum=False),
        also=[{"id": "zstd", "level": -200000}],
        notes=["level -200000 is written as -131072"],
    ),
]
