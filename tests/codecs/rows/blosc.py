"""Rows of `blosc`."""

from __future__ import annotations

from table_row import Row
from zarrcodec_bridge.codecs.blosc import Blosc

ROWS = [
    Row(
        codec=Blosc(cname="lz4", clevel=5, shuffle="shuffle", typesize=4, blocksize=0),
        v2={"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0},
        v3={
            "name": "blosc",
            "configuration": {
                "cname": "lz4",
                "clevel": 5,
                "shuffle": "shuffle",
                "typesize": 4,
                "blocksize": 0,
            },
        },
        dtype="<i4",
        same=[
            {"id": "blosc"},
            {"id": "blosc", "typesize": None},
            {"id": "blosc", "shuffle": -1},
            {"id": "blosc", "nthreads": 4},
            {"name": "numcodecs.blosc", "configuration": {"shuffle": 1}},
            {"name": "blosc", "configuration": {"cname": "lz4", "clevel": 5}},
            "blosc",
            "blosc:lz4",
        ],
        wrong=[
            ({"id": "blosc", "shuffle": "shuffle"}, ("shuffle",)),
            ({"id": "blosc", "shuffle": True}, ("shuffle",)),
            ({"id": "blosc", "shuffle": 3}, ("shuffle",)),
            ({"id": "blosc", "clevel": 10}, ("clevel",)),
            ({"id": "blosc", "cname": "gzip"}, ("cname",)),
            ({"id": "blosc", "blocksize": -1}, ("blocksize",)),
            (
                {"name": "blosc", "configuration": {"cname": "lz4", "clevel": 5, "shuffle": 1}},
                ("configuration", "shuffle"),
            ),
            (
                {"name": "blosc", "configuration": {"cname": "lz4", "clevel": 5, "typesize": 0}},
                ("configuration", "typesize"),
            ),
        ],
    ),
    Row(
        codec=Blosc(cname="zstd", clevel=3, shuffle="auto"),
        v2={"id": "blosc", "cname": "zstd", "clevel": 3, "shuffle": -1, "blocksize": 0},
        v3={"name": "blosc", "configuration": {"cname": "zstd", "clevel": 3, "blocksize": 0}},
        also=[{"id": "blosc", "cname": "zstd", "clevel": 3, "shuffle": -1}],
    ),
    Row(
        codec=Blosc(cname="snappy", clevel=9, shuffle="noshuffle", blocksize=64),
        v2={"id": "blosc", "cname": "snappy", "clevel": 9, "shuffle": 0, "blocksize": 64},
        v3={
            "name": "blosc",
            "configuration": {
                "cname": "snappy",
                "clevel": 9,
                "shuffle": "noshuffle",
                "blocksize": 64,
            },
        },
    ),
]
