"""Rows of the codecs that the rest stands on: bytes, transpose, blosc, gzip, zlib, delta, sharding_indexed."""

from __future__ import annotations

from table_row import Row
from zarrcodec_bridge.codecs.blosc import Blosc
from zarrcodec_bridge.codecs.bytes import Bytes
from zarrcodec_bridge.codecs.delta import Delta
from zarrcodec_bridge.codecs.gzip import Gzip
from zarrcodec_bridge.codecs.sharding_indexed import ShardingIndexed
from zarrcodec_bridge.codecs.transpose import Transpose
from zarrcodec_bridge.codecs.zlib import Zlib
from zarrcodec_bridge.core.errors import MissingContextError, NotRepresentableError

ROWS: list[Row] = [
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
    Row(
        codec=Zlib(level=-1),
        v2={"id": "zlib", "level": -1},
        v3={"name": "numcodecs.zlib", "configuration": {"level": -1}},
        targets={"tensorstore": NotRepresentableError},
        wrong=[
            ({"id": "zlib", "level": 10}, ("level",)),
            (
                {"name": "numcodecs.zlib", "configuration": {"level": -2}},
                ("configuration", "level"),
            ),
        ],
    ),
    Row(
        codec=Zlib(),
        v2={"id": "zlib", "level": 1},
        v3={"name": "numcodecs.zlib", "configuration": {"level": 1}},
        also=[{"id": "zlib"}, "zlib", "numcodecs.zlib", {"name": "numcodecs.zlib"}],
    ),
    Row(
        codec=Bytes(endian="big"),
        v2=NotRepresentableError,
        v3={"name": "bytes", "configuration": {"endian": "big"}},
        also=[{"name": "endian", "configuration": {"endian": "big"}}],
        wrong=[
            ({"name": "bytes", "configuration": {"endian": "BIG"}}, ("configuration", "endian")),
            ({"name": "bytes", "configuration": {"order": "C"}}, ("configuration", "order")),
        ],
    ),
    Row(
        codec=Bytes(),
        v2=NotRepresentableError,
        v3={"name": "bytes", "configuration": {}},
        also=["bytes", {"name": "bytes"}, {"name": "endian"}],
    ),
    Row(
        codec=Transpose(order=(1, 0, 2)),
        v2=NotRepresentableError,
        v3={"name": "transpose", "configuration": {"order": [1, 0, 2]}},
        wrong=[
            ({"name": "transpose", "configuration": {"order": [0, 0]}}, ("configuration", "order")),
            ({"name": "transpose", "configuration": {"order": [1, 2]}}, ("configuration", "order")),
            ({"name": "transpose", "configuration": {"order": "X"}}, ("configuration", "order")),
            ({"name": "transpose"}, ("configuration", "order")),
        ],
    ),
    Row(
        codec=Transpose(order="F"),
        v2=NotRepresentableError,
        v3=MissingContextError,
        also=[{"name": "transpose", "configuration": {"order": "F"}}],
    ),
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
    Row(
        codec=ShardingIndexed(
            chunk_shape=(2, 5),
            codecs=(Bytes(endian="little"), Gzip(level=1)),
            index_codecs=(Bytes(endian="little"),),
        ),
        v2=NotRepresentableError,
        v3={
            "name": "sharding_indexed",
            "configuration": {
                "chunk_shape": [2, 5],
                "codecs": [
                    {"name": "bytes", "configuration": {"endian": "little"}},
                    {"name": "gzip", "configuration": {"level": 1}},
                ],
                "index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
                "index_location": "end",
            },
        },
        wrong=[
            ({"name": "sharding_indexed"}, ("configuration", "chunk_shape")),
            (
                {
                    "name": "sharding_indexed",
                    "configuration": {
                        "chunk_shape": [2],
                        "codecs": ["bytes", {"name": "gzip", "configuration": {"level": 99}}],
                        "index_codecs": ["bytes"],
                    },
                },
                ("configuration", "codecs", 1, "configuration", "level"),
            ),
        ],
    ),
]
