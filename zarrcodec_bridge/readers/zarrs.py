"""zarrs, as Python reaches it: zarrs-python 0.2.3 or zarrista 0.1.0, each with codecs that the other lacks.

https://docs.rs/zarrs
"""

from __future__ import annotations

from typing import Final

from zarrcodec_bridge.readers.reader import MINIFLOATS, NUMBERS, Format, Reader

__all__ = ["READER"]

READER: Final = Reader(
    name="zarrs",
    version="0.23.8",
    measured="2026-11-28",
    v2=Format(
        # fixedscaleoffset it computes in other precision, and vlen-bytes it takes for text
        codecs=frozenset("blosc bz2 gzip pcodec shuffle vlen-utf8 zlib zstd".split()),
        elsewhere={
            name: f"zarrs built with its feature {name}"
            for name in ("adler32", "fletcher32", "zfpy")
        },
        data_types=NUMBERS | {"fixed_length_utf32", "object", "raw_bytes"},
        objects=frozenset({"vlen-utf8"}),
        only_compressors=frozenset({"blosc"}),
        unknown_keys={"zstd": frozenset({"checksum"})},
    ),
    v3=Format(
        codecs=frozenset(
            "bitround blosc bytes crc32c gzip packbits reshape sharding_indexed transpose"
            " vlen-bytes vlen-utf8 zstd".split()
        )
        | frozenset(
            "numcodecs.bitround numcodecs.bz2 numcodecs.pcodec numcodecs.shuffle numcodecs.zlib".split()
        )
        | frozenset("zarrs.optional zarrs.squeeze zarrs.vlen zarrs.vlen_v2".split()),
        elsewhere={
            name: f"zarrs built with its feature {name.rpartition('.')[2]}"
            for name in (
                "numcodecs.adler32",
                "numcodecs.fletcher32",
                "numcodecs.zfpy",
                "zarrs.gdeflate",
                "zfp",
            )
        },
        data_types=NUMBERS
        | MINIFLOATS
        | frozenset(
            "bfloat16 complex_bfloat16 complex_float16 complex_float32 complex_float64"
            " fixed_length_utf32 float6_e2m3fn float6_e3m2fn float8_e4m3 int2 int4 numpy.datetime64"
            " numpy.timedelta64 raw_bytes string uint2 uint4 variable_length_bytes".split()
        )
        | frozenset(
            f"complex_{name}"
            for name in MINIFLOATS | {"float6_e2m3fn", "float6_e3m2fn", "float8_e4m3"}
        ),
        limits={"numcodecs.zlib.level": (0, 9)},
        required=frozenset({"numcodecs.shuffle.elementsize"}),
        more_elements={"numcodecs.pcodec": frozenset({"complex64", "complex128"})},
        renamed={"variable_length_bytes": "bytes"},
        raw_bits=True,
        grids=frozenset({"regular", "rectilinear"}),
    ),
    swapped_wrong=frozenset({"complex64", "complex128", "complex_float32", "complex_float64"}),
    fills_through=frozenset({"bitround"}),
    null_fill=False,
)
