"""Rows of the imagecodecs family: what imagecodecs.numcodecs calls v2 and imagecodecs.zarr v3.

The canonical values bear the names of the v2 parameters, so a row is two spellings, and what differs from v2's.
"""

from __future__ import annotations

from typing import Any

from table_row import Row
from zarrcodec_bridge.codecs import imagecodecs
from zarrcodec_bridge.core.errors import MissingContextError, NotRepresentableError

__all__ = ["ROWS"]

AGAIN: dict[str, Any] = {"shape": [24, 32], "dtype": "<u2"}
"""What v2 says of the array again."""

FLOATS: dict[str, Any] = {"shape": [24, 32], "dtype": "<f4"}

NULLS = {"squeeze": None}


def row(
    name: str,
    v2: dict[str, Any],
    v3: dict[str, Any],
    *,
    values: dict[str, Any] | None = None,
    also: tuple[Any, ...] = (),
    wrong: tuple[tuple[dict[str, Any], str | tuple[str | int, ...]], ...] = (),
    **more: Any,
) -> Row:
    """A row of ``imagecodecs_<name>``; `also` and `wrong` are parameters (v2 unless they have a ``name``)."""
    title = f"imagecodecs_{name}"
    model = getattr(imagecodecs, f"Imagecodecs{name.capitalize()}")

    def payload(params: Any) -> Any:
        return params if isinstance(params, str) or "name" in params else {"id": title, **params}

    return Row(
        codec=model(**{**v2, **(values or {})}),
        v2={"id": title, **v2},
        v3={"name": title, "configuration": v3},
        also=[payload(params) for params in also],
        wrong=[
            (
                payload(params),
                (
                    *(("configuration",) if "name" in params else ()),
                    *((at,) if isinstance(at, str) else at),
                ),
            )
            for params, at in wrong
        ],
        **more,
    )


def v3(name: str, **configuration: Any) -> dict[str, Any]:
    """Another v3 spelling."""
    return {"name": f"imagecodecs_{name}", "configuration": configuration}


def only_v3(name: str, configuration: dict[str, Any], **values: Any) -> Row:
    """A row of a codec that came from v3: v2 needs what the array says."""
    title = f"imagecodecs_{name}"
    model = getattr(imagecodecs, f"Imagecodecs{name.capitalize()}")
    return Row(
        codec=model(**{**configuration, **values}),
        v2=MissingContextError,
        v3={"name": title, "configuration": configuration},
        also=[{"name": title, "configuration": configuration}],
    )


SRGB = "AAACTGxjbXMEQAAAbW50clJHQiBYWVog"
"""The beginning of an ICC profile."""

ROWS: list[Row] = [
    row(
        "aec",
        {"bitspersample": 16, "flags": 8, "blocksize": 16, "rsi": 4},
        {"bitspersample": 16, "flags": 8, "blocksize": 16, "rsi": 4},
        wrong=(({"bitspersample": "16"}, "bitspersample"), ({"bits": 8}, "bits")),
    ),
    row("aec", {}, {"bitspersample": 16}, dtype="<u2", also=({"bitspersample": None},)),
    row("aec", {"bitspersample": 8}, {}, also=(v3("aec"), v3("aec", bitspersample=None))),
    row(
        "apng",
        {"level": 6, "strategy": "RLE", "filter": "SUB", "photometric": "RGB", "delay": 40},
        {"level": 6, "strategy": "RLE", "filter": "SUB", "photometric": "RGB", "delay": 40},
        also=(
            {"level": 6, "strategy": 3, "filter": 16, "photometric": 2, "delay": 40, **NULLS},
            {"level": 6, "strategy": "rle", "filter": "sub", "photometric": "rgb", "delay": 40},
        ),
        wrong=(({"strategy": [3]}, "strategy"), ({"squeeze": "all"}, "squeeze")),
    ),
    row(
        "avif",
        {
            "level": 60,
            "speed": 4,
            "tilelog2": [1, 1],
            "pixelformat": "YUV444",
            "codec_decode": "DAV1D",
        },
        {
            "level": 60,
            "speed": 4,
            "tilelog2": [1, 1],
            "pixelformat": "YUV444",
            "codec_decode": "DAV1D",
        },
        also=({"level": 60, "speed": 4, "tilelog2": [1, 1], "pixelformat": 1, "codec_decode": 2},),
        wrong=(({"codec_decode": "x265"}, "codec_decode"), ({"tilelog2": [1]}, ("tilelog2", 1))),
    ),
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
        "bfloat16",
        {"byteorder": "<", "rounding": "UPWARD"},
        {"byteorder": "<", "rounding": "UPWARD"},
        also=({"byteorder": "<", "rounding": 2048},),
        wrong=(({"byteorder": "little"}, "byteorder"),),
    ),
    row("bitorder", {}, {}, also=(v3("bitorder"),), wrong=(({"level": 1}, "level"),)),
    row(
        "bitshuffle",
        {"itemsize": 1, "blocksize": 64},
        {"blocksize": 64},
        dtype="|u1",
        also=({"blocksize": 64}, v3("bitshuffle", blocksize=64, itemsize=1)),
        same=(v3("bitshuffle", blocksize=64),),
    ),
    Row(
        codec=imagecodecs.ImagecodecsBitshuffle(itemsize=2),
        v2={"id": "imagecodecs_bitshuffle", "itemsize": 2, "blocksize": 0},
        v3=NotRepresentableError,
        dtype="<u2",
    ),
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
    row("bmp", {"ppm": 2835, "asrgb": False}, {"ppm": 2835, "asrgb": False}),
    row(
        "brotli",
        {"level": 9, "mode": "TEXT", "lgwin": 22},
        {"level": 9, "mode": "TEXT", "lgwin": 22},
        also=({"level": 9, "mode": 1, "lgwin": 22},),
    ),
    row(
        "byteshuffle",
        {"axis": -1, "dist": 1, "delta": False, "reorder": True, **AGAIN},
        {"axis": -1, "dist": 1, "delta": False, "reorder": True},
        also=({"reorder": True, **AGAIN}, {"reorder": True, "shape": [24, 32], "dtype": "uint16"}),
        wrong=(({"shape": [24, 32]}, "dtype"), ({"dtype": "<u2"}, "shape")),
        notes=("shape [24, 32] is left to the array",),
    ),
    only_v3("byteshuffle", {"axis": 0, "dist": 1, "delta": True, "reorder": False}),
    row("bz2", {"level": 9}, {"level": 9}, also=({"level": 9},)),
    row(
        "ccittfax3",
        {"height": 24, "width": 32, "t4options": 1},
        {"t4options": 1},
        also=(v3("ccittfax3", height=24, width=32, t4options=1),),
    ),
    row("ccittfax4", {"height": 24, "width": 32}, {}, same=(v3("ccittfax4"),)),
    row("ccittrle", {"height": 0, "width": 0}, {}, also=({},)),
    only_v3("ccittrle", {}),
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
    row(
        "cms",
        {"profile": SRGB, "outprofile": SRGB, "intent": "PERCEPTUAL", "flags": 0, **AGAIN},
        {"profile": SRGB, "outprofile": SRGB, "intent": "PERCEPTUAL", "flags": 0},
        also=({"profile": SRGB, "outprofile": SRGB, "intent": 0, "flags": 0, **AGAIN},),
        wrong=(
            ({}, "profile"),
            ({"profile": SRGB, "outprofile": "Adobe RGB"}, "outprofile"),
            (v3("cms", profile=SRGB), "outprofile"),
        ),
    ),
    row("dds", {"mipmap": 1}, {"mipmap": 1}),
    row("dds", {"mipmap": 0}, {}, also=({}, v3("dds", mipmap=None))),
    row("deflate", {"level": 12, "raw": False}, {"level": 12}, also=({"level": 12},)),
    row(
        "deflate", {"raw": True}, {"raw": True}, also=({"raw": True},), notes=("in neither format",)
    ),
    row(
        "delta",
        {"axis": -2, "dist": 1, "shape": [32, 32, 4], "dtype": "|u1"},
        {"axis": -2, "dist": 1},
        dtype="|u1",
        also=(
            {"axis": -2, "shape": [32, 32, 4], "dtype": "uint8"},
            v3("delta", axis=-2, dist=1, shape=[32, 32, 4], dtype="|u1"),
        ),
        same=(v3("delta", axis=-2),),
        wrong=((v3("delta", axis=-1, shape=[1]), "shape"), ({"shape": "all"}, "shape")),
    ),
    Row(
        codec=imagecodecs.ImagecodecsDelta(axis=-1, dist=1),
        v2=MissingContextError,
        v3=v3("delta", axis=-1, dist=1),
        also=[
            {"id": "imagecodecs_delta", "shape": None, "dtype": None},
            "HorizontalDeltaCodec",
            {"name": "HorizontalDeltaCodec"},
            v3("delta", axis=-1, dist=1),
        ],
        wrong=[
            (
                {"name": "HorizontalDeltaCodec", "configuration": {"axis": 0}},
                ("configuration", "axis"),
            )
        ],
        notes=("decode it as flat data",),
    ),
    row("dicomrle", {"dtype": ">u2"}, {"dtype": ">u2"}, wrong=(({}, "dtype"),)),
    row("dicomrle", {"dtype": "<u2"}, {"dtype": "<u2"}, also=(v3("dicomrle"), {"dtype": "uint16"})),
    row(
        "eer",
        {"shape": [4096, 4096], "skipbits": 7, "horzbits": 2, "vertbits": 2, "superres": 1},
        {"shape": [4096, 4096], "skipbits": 7, "horzbits": 2, "vertbits": 2, "superres": 1},
        wrong=(({"shape": [1, 1]}, "skipbits"), (v3("eer", skipbits=7), "shape")),
    ),
    row(
        "exr",
        {"level": 4.0, "compression": "ZIP", "planar": False, "index": 0},
        {"level": 4.0, "compression": "ZIP", "planar": False, "index": 0},
        also=({"level": 4, "compression": 3, "planar": False, "index": 0, **NULLS},),
    ),
    row("float24", {"byteorder": ">"}, {"byteorder": ">"}, also=({"byteorder": ">"},)),
    row(
        "floatpred",
        {"axis": -1, "dist": 1, **FLOATS},
        {"axis": -1, "dist": 1},
        dtype="<f4",
        also=(FLOATS, v3("floatpred", axis=-1, dist=1, **FLOATS)),
        same=(v3("floatpred"),),
        wrong=(({"axis": -1}, "shape"),),
    ),
    row("gif", {}, {}, also=(NULLS, v3("gif", squeeze=None))),
    row(
        "gif",
        {"squeeze": False},
        {},
        also=({"squeeze": False},),
        notes=("squeeze false is left",),
    ),
    row(
        "hcomp",
        {"shape": [24, 32], "level": 4, "smooth": 1, "safe32": True},
        {"level": 4, "smooth": 1, "safe32": True},
        dtype="<i4",
    ),
    row("hcomp", {"shape": [24, 32], "level": 0, "smooth": 0}, {}, also=({"shape": [24, 32]},)),
    row(
        "heif",
        {"level": 90, "photometric": "YCBCR", "compression": "HEVC", "numthreads": 2},
        {"level": 90, "photometric": "YCBCR", "compression": "HEVC", "numthreads": 2},
        also=({"level": 90, "photometric": 0, "compression": 1, "numthreads": 2},),
        wrong=(({"photometric": 77}, "photometric"),),
    ),
    row(
        "htj2k",
        {
            "level": 0.01,
            "tile": [64, 64],
            "tilepart": "RESOLUTIONS",
            "prog_order": "RPCL",
            "resilient": True,
        },
        {
            "level": 0.01,
            "tile": [64, 64],
            "tilepart": "RESOLUTIONS",
            "prog_order": "RPCL",
            "resilient": True,
        },
        also=(
            {
                "level": 0.01,
                "tile": [64, 64],
                "tilepart": 1,
                "prog_order": "RPCL",
                "resilient": True,
            },
        ),
    ),
    row("htj2k", {"resilient": False}, {}, also=({},)),
    row("isal", {"level": 2, "raw": False, "gzip": True}, {"level": 2, "gzip": True}),
    row(
        "jpeg",
        {
            "level": 90,
            "bitspersample": 8,
            "tables": "/9j/2wBDAAg=",
            "colorspace_data": "RGB",
            "colorspace_jpeg": "YCbCr",
        },
        {
            "level": 90,
            "bitspersample": 8,
            "tables": "/9j/2wBDAAg=",
            "colorspace_data": "RGB",
            "colorspace_jpeg": "YCbCr",
        },
        also=(
            {
                "level": 90,
                "bitspersample": 8,
                "tables": "/9j/2wBDAAg=",
                "header": None,
                "colorspace_data": 2,
                "colorspace_jpeg": 3,
            },
            v3(
                "jpeg",
                level=90,
                bitspersample=8,
                tables="/9j/2wBDAAg=",
                colorspace_data="rgb",
                colorspace_jpeg="YCBCR",
                squeeze=None,
            ),
        ),
        wrong=(
            ({"colorspace_data": 99}, "colorspace_data"),
            ({"tables": "no base64"}, "tables"),
            ({"subsampling": 420}, "subsampling"),
        ),
    ),
    row(
        "jpeg",
        {"subsampling": [2, 1], "lossless": False, "fancyupsampling": True},
        {"subsampling": [2, 1], "lossless": False, "fancyupsampling": True},
    ),
    row(
        "jpeg",
        {},
        {},
        also=(v3("jpeg"), v3("jpeg8"), {"name": "imagecodecs_jpeg8"}),
    ),
    row(
        "jpeg2k",
        {"level": 50, "codecformat": "J2K", "colorspace": "SRGB", "mct": False, "skipres": 1},
        {"level": 50, "codecformat": "J2K", "colorspace": "SRGB", "mct": False, "skipres": 1},
        also=({"level": 50, "codecformat": 0, "colorspace": 1, "mct": False, "skipres": 1},),
    ),
    row(
        "jpeg2k",
        {"mct": True},
        {},
        also=({"colorspace": "RGB", "mct": True}, v3("jpeg2k", squeeze=None, tile=None)),
        notes=("is no member of JPEG2K.CLRSPC",),
    ),
    row(
        "jpegls",
        {"level": 2, "bitspersample": 12, "transformation": "HP1"},
        {"level": 2, "bitspersample": 12, "transformation": "HP1"},
        also=({"level": 2, "bitspersample": 12, "transformation": 1},),
    ),
    row(
        "jpegxl",
        {"effort": 3, "lossless": True},
        {"effort": 3, "lossless": True},
        also=({"effort": 3}, {"effort": 3, "lossless": None}, v3("jpegxl", effort=3)),
    ),
    row(
        "jpegxl",
        {"level": 90, "lossless": False, "photometric": "RGB", "index": 0},
        {"level": 90, "lossless": False, "photometric": "RGB", "index": 0},
        also=(
            v3("jpegxl", level=90, photometric=0, index=0),
            {"level": 90, "lossless": False, "photometric": "rgb", "index": 0},
        ),
    ),
    row(
        "jpegxr",
        {"level": 0.9, "photometric": "B0", "resolution": [96.0, 96.0], "fp2int": True},
        {"level": 0.9, "photometric": "B0", "resolution": [96.0, 96.0], "fp2int": True},
        also=({"level": 0.9, "photometric": "GRAY", "resolution": [96, 96], "fp2int": True},),
    ),
    row("jpegxr", {"fp2int": False}, {}, also=(v3("jpegxr", fp2int=False, squeeze=None),)),
    row(
        "jpegxs", {"config": "p:Main", "bitspersample": 8}, {"config": "p:Main", "bitspersample": 8}
    ),
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
    row("ljpeg", {"bitspersample": 12}, {"bitspersample": 12}),
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
    row("meshopt", {"items": 2, "level": 1, **FLOATS}, {"items": 2, "level": 1}),
    only_v3("meshopt", {"level": 1}),
    row("openzl", {"level": 1}, {"level": 1}),
    row(
        "packbits",
        {},
        {},
        also=({"axis": None}, v3("packbits"), v3("packbits", axis=None)),
        wrong=(({"level": 1}, "level"),),
    ),
    row(
        "packints",
        {"bitspersample": 12, "runlen": 0, "dtype": "<u2"},
        {"bitspersample": 12, "runlen": 0},
        dtype="<u2",
        also=({"bitspersample": 12, "dtype": "<u2", "bitorder": None},),
        same=(v3("packints", bitspersample=12),),
        wrong=(({"dtype": "<u2"}, "bitspersample"),),
    ),
    Row(
        codec=imagecodecs.ImagecodecsPackints(bitspersample=12, dtype="<u2", bitorder="<"),
        v2={
            "id": "imagecodecs_packints",
            "bitspersample": 12,
            "bitorder": "<",
            "runlen": 0,
            "dtype": "<u2",
        },
        v3=NotRepresentableError,
        dtype="<u4",
    ),
    row("pcodec", {"level": 8, "pagesize": 1000, **FLOATS}, {"level": 8, "pagesize": 1000}),
    row("pcx", {"index": 0}, {"index": 0}, also=({"index": 0, **NULLS},)),
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
    row("pixarlog", {"level": 6, "deflate": True, **FLOATS}, {"level": 6}),
    row("pixarlog", {"deflate": True, "shape": [24, 32]}, {}, also=({"shape": [24, 32]},)),
    row("pixarlog", {"deflate": False, "squeeze": [0, 0], **FLOATS}, {"deflate": False}),
    row("plio", AGAIN, {}, dtype="<u2", same=(v3("plio"),)),
    row("plio", {"shape": [24, 32], "dtype": "<i4"}, {}, also=({"shape": [24, 32]},)),
    row(
        "png",
        {"level": 1, "strategy": "RLE", "filter": "SUB"},
        {"level": 1, "strategy": "RLE", "filter": "SUB"},
        also=({"level": 1, "strategy": 3, "filter": 16}, v3("png", level=1, strategy=3, filter=16)),
    ),
    row(
        "png",
        {"level": 1},
        {"level": 1},
        also=(
            {"level": 1, "filter": 24, "newer": None},
            {"level": 1.0, "filter": None, "strategy": None, **NULLS},
        ),
        wrong=(({"newer": 1}, "newer"), ({"level": 1.5}, "level"), ({"level": True}, "level")),
        notes=("filter 24, which is no member of PNG.FILTER, is dropped",),
    ),
    row("qoi", {"colorspace": "LINEAR"}, {"colorspace": "LINEAR"}, also=({"colorspace": 1},)),
    row("quantize", {"mode": "bitround", "nsd": 10}, {"mode": "bitround", "nsd": 10}),
    row(
        "quantize",
        {"mode": "bitgroom", "nsd": 8},
        {"mode": "bitgroom", "nsd": 8},
        also=(v3("quantize"),),
        wrong=(({"nsd": 3}, "mode"), ({"mode": "granular", "nsd": 3}, "mode")),
    ),
    row("rcomp", {"nblock": 32, **AGAIN}, {"nblock": 32}),
    row("rgbe", {"header": True, "rle": True}, {"header": True, "rle": True}),
    row(
        "rgbe",
        {"header": False, "shape": [24, 32, 3]},
        {},
        also=({"shape": [24, 32, 3]}, {"header": None, "shape": [24, 32, 3]}),
    ),
    row("snappy", {}, {}, also=({"level": None}, v3("snappy"))),
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
    row("spng", {"level": 6}, {"level": 6}),
    row(
        "sz3",
        {"mode": "abs", "abs": 0.01, "rel": 0.0, **FLOATS},
        {"mode": "abs", "abs": 0.01, "rel": 0.0},
        also=({"abs": 0.01, **FLOATS}, {"mode": None, "abs": 0.01, "rel": None, **FLOATS}),
    ),
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
    row("tga", {"rle": True}, {"rle": True}),
    row("tga", {"rle": False}, {}, also=({}, v3("tga"))),
    row(
        "tiff",
        {"asrgb": False, "compression": "ADOBE_DEFLATE", "predictor": True, "tile": [16, 16]},
        {"compression": "ADOBE_DEFLATE", "predictor": True, "tile": [16, 16]},
        also=({"compression": 8, "predictor": True, "tile": [16, 16]},),
        wrong=(({"predictor": [2]}, "predictor"), ({"asrgb": "no"}, "asrgb")),
    ),
    row(
        "tiff",
        {"asrgb": False, "predictor": "HORIZONTAL", "software": "x", "colormap": [[0, 1], [2, 3]]},
        {"predictor": "HORIZONTAL"},
        also=({"predictor": 2, "software": "x", "colormap": [[0, 1], [2, 3]]},),
        notes=("software is left out: v3 has no such parameter",),
    ),
    row(
        "ultrahdr",
        {"dtype": "<f2", "gamut": "BT_2100", "codec": "JPEG", "boost": 2.0},
        {"dtype": "<f2", "gamut": "BT_2100", "codec": "JPEG", "boost": 2.0},
        also=({"dtype": "float16", "gamut": 2, "codec": 0, "boost": 2},),
    ),
    row("wavpack", {"level": 2, "channels": True}, {"level": 2, "channels": True}),
    row("wavpack", {"channels": False}, {}, also=({}, v3("wavpack"))),
    row(
        "webp",
        {"level": 75.0, "lossless": False, "method": 4, "index": 0, "hasalpha": False},
        {"level": 75.0, "lossless": False, "method": 4, "index": 0, "hasalpha": False},
        also=({"level": 75, "lossless": False, "method": 4, "index": 0, "hasalpha": False},),
    ),
    row("webp", {}, {}, also=(v3("webp", level=None, squeeze=None),)),
    row("wic", {"format": "PNG", "index": 0}, {"format": "PNG"}, also=({"format": 1},)),
    row("xor", {"axis": 0, **AGAIN}, {"axis": 0}, dtype="<u2", same=(v3("xor", axis=0),)),
    only_v3("xor", {"axis": -1}),
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
    Row(
        codec=imagecodecs.ChunkyCodec(endian="big"),
        v2=NotRepresentableError,
        v3=NotRepresentableError,
        also=[{"name": "ChunkyCodec", "configuration": {"endian": "big"}}],
        wrong=[
            ({"name": "ChunkyCodec", "configuration": {"order": "F"}}, ("configuration", "order"))
        ],
    ),
]
