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
        codecs=frozenset(
            "adler32 blosc bz2 fletcher32 gzip pcodec shuffle vlen-utf8 zfpy zlib zstd".split()
        ),  # fixedscaleoffset it computes in other precision, and vlen-bytes it takes for text
    ),
    v3=Format(
        codecs=frozenset(
            "bitround blosc bytes crc32c gzip packbits reshape sharding_indexed transpose"
            " vlen-bytes vlen-utf8 zfp zstd".split()
        )
        | frozenset(
            "numcodecs.adler32 numcodecs.bitround numcodecs.bz2 numcodecs.fletcher32"
            " numcodecs.gzip numcodecs.pcodec numcodecs.shuffle numcodecs.zfpy numcodecs.zlib".split()
        )
        | frozenset("zarrs.gdeflate zarrs.optional zarrs.squeeze zarrs.vlen zarrs.vlen_v2".split()),
        data_types=NUMBERS
        | MINIFLOATS
        | frozenset(
            "bfloat16 complex_bfloat16 complex_float16 complex_float32 complex_float64"
            " fixed_length_utf32 float4_e2m1fn float6_e2m3fn float6_e3m2fn float8_e4m3"
            " float8_e8m0fnu int2 int4 numpy.datetime64 numpy.timedelta64 raw_bytes string"
            " uint2 uint4 variable_length_bytes".split()
        ),
        renamed={"variable_length_bytes": "bytes"},
        raw_bits=True,
    ),
    swapped_wrong=frozenset({"complex64", "complex128", "complex_float32", "complex_float64"}),
)
