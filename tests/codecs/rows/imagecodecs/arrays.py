"""Rows of what imagecodecs compresses arrays of numbers with."""

from __future__ import annotations

from rows.imagecodecs import AGAIN, FLOATS, only_v3, row, v3
from table_row import Row
from zarrcodec_bridge.codecs import imagecodecs
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    row(
        "b2nd",
        {"level": 5, "compressor": "ZSTD", "shuffle": "NOFILTER", "chunkshape": [8, 8]},
        {"level": 5, "compressor": "ZSTD", "shuffle": "NOFILTER", "chunkshape": [8, 8]},
        also=(
            {"level": 5, "compressor": 5, "shuffle": "NOSHUFFLE", "chunkshape": [8, 8]},
            {"level": 5, "compressor": "zstd", "shuffle": 0, "chunkshape": [8, 8]},
        ),
    ),
    row(
        "hcomp",
        {"shape": [24, 32], "level": 4, "smooth": 1, "safe32": True},
        {"level": 4, "smooth": 1, "safe32": True},
        dtype="<i4",
    ),
    row("hcomp", {"shape": [24, 32], "level": 0, "smooth": 0}, {}, also=({"shape": [24, 32]},)),
    row(
        "lerc",
        {
            "level": 0.1,
            "version": 4,
            "planar": True,
            "compression": "zstd",
            "compressionargs": {"level": 9},
        },
        {
            "level": 0.1,
            "version": 4,
            "planar": True,
            "compression": "zstd",
            "compressionargs": {"level": 9},
        },
        wrong=(({"compression": "lzma"}, "compression"),),
    ),
    row("lerc", {"planar": False}, {}, also=({"planar": None}, {}, v3("lerc"))),
    row("meshopt", {"items": 2, "level": 1, **FLOATS}, {"items": 2, "level": 1}),
    only_v3("meshopt", {"level": 1}),
    row("pcodec", {"level": 8, "pagesize": 1000, **FLOATS}, {"level": 8, "pagesize": 1000}),
    row("pixarlog", {"level": 6, "deflate": True, **FLOATS}, {"level": 6}),
    row("pixarlog", {"deflate": True, "shape": [24, 32]}, {}, also=({"shape": [24, 32]},)),
    row("pixarlog", {"deflate": False, "squeeze": [0, 0], **FLOATS}, {"deflate": False}),
    row("plio", AGAIN, {}, dtype="<u2", same=(v3("plio"),)),
    row("plio", {"shape": [24, 32], "dtype": "<i4"}, {}, also=({"shape": [24, 32]},)),
    row("rcomp", {"nblock": 32, **AGAIN}, {"nblock": 32}),
    row(
        "sperr",
        {"level": 8.0, "mode": "bpp", "header": True},
        {"level": 8.0, "mode": "bpp", "header": True},
        also=({"level": 8, "mode": "bpp"}, {"level": 8, "mode": "bpp", **FLOATS}),
        wrong=(({"level": 8.0}, "mode"), ({"level": 8.0, "mode": "rate"}, "mode")),
    ),
    row(
        "sperr",
        {"level": 0.1, "mode": "pwe", "chunks": [8, 8, 8], "header": False, **FLOATS},
        {"level": 0.1, "mode": "pwe", "chunks": [8, 8, 8], "header": False},
    ),
    row(
        "sz3",
        {"mode": "abs", "abs": 0.01, "rel": 0.0, **FLOATS},
        {"mode": "abs", "abs": 0.01, "rel": 0.0},
        also=({"abs": 0.01, **FLOATS}, {"mode": None, "abs": 0.01, "rel": None, **FLOATS}),
    ),
    row("wavpack", {"level": 2, "channels": True}, {"level": 2, "channels": True}),
    row("wavpack", {"channels": False}, {}, also=({}, v3("wavpack"))),
    row(
        "zfp",
        {"level": 20, "mode": "FIXED_PRECISION", "header": True},
        {"level": 20, "mode": "FIXED_PRECISION", "header": True},
        also=(
            {"level": 20, "mode": 3},
            {"level": 20, "mode": "p"},
            {"level": 20, "mode": "PRECISION", "shape": [24, 32], "dtype": "<f4", "strides": None},
        ),
        wrong=(({"mode": {}}, "mode"),),
    ),
    row("zfp", {"header": False, **FLOATS}, {"header": False}),
    Row(
        codec=imagecodecs.ImagecodecsZfp(
            header=False, shape=(24, 32), dtype="<f4", strides=(4, 96)
        ),
        v2={"id": "imagecodecs_zfp", "header": False, **FLOATS, "strides": [4, 96]},
        v3=NotRepresentableError,
    ),
]
