"""Rows of the bytes-to-bytes codecs of imagecodecs."""

from __future__ import annotations

from rows.imagecodecs import row, v3
from table_row import Row
from zarrcodec_bridge.codecs import imagecodecs
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    row(
        "aec",
        {"bitspersample": 16, "flags": 8, "blocksize": 16, "rsi": 4},
        {"bitspersample": 16, "flags": 8, "blocksize": 16, "rsi": 4},
        wrong=(({"bitspersample": "16"}, "bitspersample"), ({"bits": 8}, "bits")),
    ),
    row("aec", {}, {"bitspersample": 16}, dtype="<u2", also=({"bitspersample": None},)),
    row("aec", {"bitspersample": 8}, {}, also=(v3("aec"), v3("aec", bitspersample=None))),
    row(
        "blosc",
        {"level": 5, "compressor": "LZ4", "shuffle": "BITSHUFFLE", "typesize": 4, "blocksize": 0},
        {"level": 5, "compressor": "LZ4", "shuffle": "BITSHUFFLE", "typesize": 4, "blocksize": 0},
        also=(
            {"level": 5, "compressor": "lz4", "shuffle": 2, "typesize": 4, "blocksize": 0},
            {
                "level": 5,
                "compressor": 1,
                "shuffle": "BITSHUFFLE",
                "typesize": 4,
                "blocksize": 0,
                "numthreads": None,
            },
        ),
    ),
    row(
        "blosc",
        {"compressor": "ZSTD"},
        {"compressor": "ZSTD"},
        dtype="<f4",
        notes=("shuffles single bytes",),
    ),
    row(
        "blosc2",
        {"level": 1, "splitmode": "FORWARD_COMPAT", "numthreads": 2},
        {"level": 1, "splitmode": "FORWARD_COMPAT", "numthreads": 2},
        also=({"level": 1, "splitmode": "FORWARD", "numthreads": 2},),
    ),
    row(
        "brotli",
        {"level": 9, "mode": "TEXT", "lgwin": 22},
        {"level": 9, "mode": "TEXT", "lgwin": 22},
        also=({"level": 9, "mode": 1, "lgwin": 22},),
    ),
    row("bz2", {"level": 9}, {"level": 9}, also=({"level": 9},)),
    row(
        "checksum",
        {"kind": "crc32", "prepend": True, "byteorder": "little"},
        {"kind": "crc32", "prepend": True, "byteorder": "little"},
        also=(
            {"kind": "crc32"},
            {"kind": "crc32", "value": None, "prefix": None, "prepend": None, "byteorder": "<"},
            v3("checksum"),
        ),
        wrong=(
            ({}, "kind"),
            ({"kind": "md5"}, "kind"),
            ({"kind": "crc32", "prefix": "?"}, "prefix"),
        ),
    ),
    row(
        "checksum",
        {"kind": "lookup3", "value": 7, "prepend": False, "byteorder": "big"},
        {"kind": "lookup3", "value": 7, "prepend": False, "byteorder": "big"},
        also=({"kind": "lookup3", "value": 7, "byteorder": ">"},),
    ),
    Row(
        codec=imagecodecs.ImagecodecsChecksum(
            kind="h5crc", prefix="YWJj", prepend=False, byteorder="little"
        ),
        v2=NotRepresentableError,
        v3=v3("checksum", kind="h5crc", prefix="YWJj", prepend=False, byteorder="little"),
        also=[{"id": "imagecodecs_checksum", "kind": "h5crc", "prefix": b"abc"}],
    ),
    row(
        "chunked",
        {"level": 3, "codec": "LZ4", "chunksize": 65536, "itemsize": 2, "hilo": True},
        {"level": 3, "codec": "LZ4", "chunksize": 65536, "itemsize": 2, "hilo": True},
        also=({"level": 3, "codec": 1, "chunksize": 65536, "itemsize": 2, "hilo": True},),
    ),
    row("chunked", {"itemsize": 1, "hilo": False}, {}, also=({}, v3("chunked"))),
    row("deflate", {"level": 12, "raw": False}, {"level": 12}, also=({"level": 12},)),
    row(
        "deflate", {"raw": True}, {"raw": True}, also=({"raw": True},), notes=("in neither format",)
    ),
    row("isal", {"level": 2, "raw": False, "gzip": True}, {"level": 2, "gzip": True}),
    row("lz4", {"level": 1, "hc": False, "header": True}, {"level": 1, "header": True}),
    row("lz4", {"hc": False, "header": False}, {}, also=({}, v3("lz4"))),
    row(
        "lz4f",
        {"level": 0, "blocksizeid": 4, "contentchecksum": True},
        {"level": 0, "blocksizeid": 4, "contentchecksum": True},
        also=({"level": 0, "blocksizeid": 4, "contentchecksum": True, "blockchecksum": None},),
    ),
    row("lz4h5", {"level": 1, "blocksize": 4096}, {"level": 1, "blocksize": 4096}),
    row("lzf", {"header": True}, {"header": True}, also=({}, v3("lzf"))),
    row("lzf", {"header": False}, {"header": False}, wrong=(({"header": "no"}, "header"),)),
    row("lzfse", {}, {}, also=(v3("lzfse"),)),
    row("lzham", {"level": 1}, {"level": 1}),
    row(
        "lzma",
        {"level": 6, "check": "CRC64"},
        {"level": 6, "check": "CRC64"},
        also=({"level": 6, "check": 4}, {"level": 6, "check": "crc64"}),
    ),
    row("lzo", {"header": False}, {"header": False}, also=({}, v3("lzo"))),
    row("lzw", {}, {}, also=(v3("lzw"), "imagecodecs_lzw")),
    row("openzl", {"level": 1}, {"level": 1}),
    row(
        "packbits",
        {},
        {},
        also=({"axis": None}, v3("packbits"), v3("packbits", axis=None)),
        wrong=(({"level": 1}, "level"),),
    ),
    row(
        "pglz",
        {"header": True, "strategy": "always", "checkcomplete": True},
        {"header": True, "strategy": "always", "checkcomplete": True},
    ),
    row(
        "pglz",
        {"header": False, "strategy": [32, 100, 25, 1024, 128, 10]},
        {"header": False, "strategy": [32, 100, 25, 1024, 128, 10]},
        wrong=(({"strategy": 1}, "strategy"),),
    ),
    row("snappy", {}, {}, also=({"level": None}, v3("snappy"))),
    row(
        "szip",
        {
            "options_mask": 4,
            "pixels_per_block": 8,
            "bits_per_pixel": 16,
            "pixels_per_scanline": 256,
            "header": True,
        },
        {
            "options_mask": 4,
            "pixels_per_block": 8,
            "bits_per_pixel": 16,
            "pixels_per_scanline": 256,
            "header": True,
        },
        wrong=(({"options_mask": 4}, "pixels_per_block"),),
    ),
    row("zlib", {"level": 6}, {"level": 6}),
    row("zlibng", {"level": 6}, {"level": 6}),
    row("zopfli", {"level": 15, "format": 1}, {"level": 15, "format": 1}),
    row(
        "zopfli", {"format": 0}, {"format": 0}, notes=("in neither format",), also=({"format": 0},)
    ),
    row("zstd", {"level": 9}, {"level": 9}, also=(v3("zstd", level=9),)),
    row("zstd", {}, {}, also=({"level": None}, v3("zstd"), "imagecodecs_zstd")),
    Row(
        codec=imagecodecs.ImagecodecsZstd(level=9, numthreads=4),
        v2={"id": "imagecodecs_zstd", "level": 9},
        v3=v3("zstd", level=9, numthreads=4),
        notes=["numthreads is left out"],
    ),
    row(
        "zstd1",
        {"level": 3, "itemsize": 2, "samples": 1, "hilo": True},
        {"level": 3, "itemsize": 2, "hilo": True},
        also=(v3("zstd1", level=3, itemsize=2, samples=1, hilo=True),),
    ),
    row("zstd1", {"itemsize": 1, "samples": 1}, {"itemsize": 1}, also=({},)),
    Row(
        codec=imagecodecs.ImagecodecsZstd1(),
        v2={"id": "imagecodecs_zstd1", "itemsize": 2, "samples": 1},
        v3=v3("zstd1"),
        dtype="<u2",
        also=[v3("zstd1"), v3("zstd1", itemsize=None, samples=None)],
    ),
]
