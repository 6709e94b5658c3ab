"""zarrista: arrays of the Rust library zarrs 0.23.8 for Python.

https://github.com/developmentseed/zarrista, https://docs.rs/zarrs
"""

from __future__ import annotations

from typing import Final

from zarrcodec_bridge.readers.reader import (
    BOTH,
    MINIFLOATS,
    NUMBERS,
    Format,
    Reader,
)
from zarrcodec_bridge.readers.rules import (
    not_a_whole_number,
    typesize_of_shuffle,
    zarrs_fixedscaleoffset,
)

_FEATURES: Final = {
    name: f"zarrs built with its feature {name.rpartition('.')[2]}"
    for name in (
        "numcodecs.adler32",
        "numcodecs.fletcher32",
        "numcodecs.zfpy",
        "zarrs.gdeflate",
        "zfp",
    )
}


READER: Final = Reader(
    name="zarrista",
    version="0.1.0",
    measured="2026-11-28",
    v2=Format(
        opens_deviations=frozenset({"empty filters", "no compressor", "no filters"}),
        # vlen-bytes it takes for text
        codecs=frozenset("blosc fixedscaleoffset gzip shuffle vlen-utf8 zstd".split()),
        elsewhere={
            name: f"zarrs built with its feature {name}"
            for name in ("adler32", "fletcher32", "zfpy")
        },
        rules={"fixedscaleoffset": zarrs_fixedscaleoffset},
        filters=frozenset("fixedscaleoffset gzip shuffle vlen-utf8 zstd".split()),
        unknown_keys={"zstd": frozenset({"checksum"})},
        required=frozenset("blosc.cname gzip.level".split()),
        limits={"shuffle.elementsize": (1, 255)},
        data_types=NUMBERS | {"fixed_length_utf32", "object", "raw_bytes"},
        objects=frozenset({"vlen-utf8"}),
        no_null_fill=frozenset({"complex64", "complex128", "raw_bytes"}),
        fill_rule=not_a_whole_number,
    ),
    v3=Format(
        opens_deviations=frozenset(
            {"must_understand", "named chunk_key_encoding", "null dimension_names"}
        ),
        codecs=frozenset(
            "bitround blosc bytes crc32c gzip packbits reshape sharding_indexed transpose"
            " vlen-bytes vlen-utf8 zstd".split()
        )
        | frozenset(
            "numcodecs.bitround numcodecs.fixedscaleoffset numcodecs.shuffle zarrs.optional"
            " zarrs.squeeze zarrs.vlen zarrs.vlen_v2".split()
        ),
        elsewhere={
            **_FEATURES,
            **{
                f"numcodecs.{name}": f"zarrs built with its feature {name}"
                for name in ("bz2", "pcodec", "zlib")
            },
        },
        rules={"blosc": typesize_of_shuffle, "numcodecs.fixedscaleoffset": zarrs_fixedscaleoffset},
        required=frozenset(
            "blosc.cname blosc.clevel blosc.blocksize gzip.level numcodecs.shuffle.elementsize"
            " zstd.checksum".split()
        ),
        bare_names=True,
        fill_rule=not_a_whole_number,
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
        raw_bits=True,
        grids=frozenset({"regular", "rectilinear", "rectangular", "zarrs.regular_bounded"}),
        keys={"default": BOTH, "v2": BOTH, "zarrs.default_suffix": BOTH},
    ),
    fills_through=frozenset({"bitround"}),
)
