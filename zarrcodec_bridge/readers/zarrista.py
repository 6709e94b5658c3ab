"""zarrista: arrays of the Rust library zarrs 0.23.8 for Python.

https://github.com/developmentseed/zarrista, https://docs.rs/zarrs
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.readers.reader import (
    MINIFLOATS,
    NUMBERS,
    Format,
    Reader,
    ReaderProblem,
    reads_wrong,
    refuses,
)

__all__ = ["READER"]

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


def _computes_in_float64(params: Mapping[str, Any], dtype: DataType | None) -> ReaderProblem | None:
    """zarrs computes in the data type of the elements, and rounds integers where numcodecs truncates them."""
    if any(str(params.get(key)).startswith("|") for key in ("dtype", "astype")):
        return refuses("does not read the type strings of single bytes")
    if str(params.get("dtype")).endswith(("f8", "float64")):
        return None
    return reads_wrong(f"computes {params.get('dtype')} values otherwise than numcodecs")


READER: Final = Reader(
    name="zarrista",
    version="0.1.0",
    measured="2026-11-28",
    v2=Format(
        # vlen-bytes it takes for text
        codecs=frozenset("blosc fixedscaleoffset gzip shuffle vlen-utf8 zstd".split()),
        elsewhere={
            name: f"zarrs built with its feature {name}"
            for name in ("adler32", "fletcher32", "zfpy")
        },
        rules={"fixedscaleoffset": _computes_in_float64},
        filters=frozenset("fixedscaleoffset gzip shuffle vlen-utf8 zstd".split()),
        unknown_keys={"zstd": frozenset({"checksum"})},
        data_types=NUMBERS | {"fixed_length_utf32", "object", "raw_bytes"},
        objects=frozenset({"vlen-utf8"}),
        no_null_fill=frozenset({"complex64", "complex128", "raw_bytes"}),
    ),
    v3=Format(
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
        rules={"numcodecs.fixedscaleoffset": _computes_in_float64},
        required=frozenset(
            "blosc.cname blosc.clevel blosc.blocksize gzip.level numcodecs.shuffle.elementsize"
            " zstd.checksum".split()
        ),
        bare_names=True,
        guesses_endian=True,
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
        grids=frozenset({"regular", "rectilinear"}),
    ),
    fills_through=frozenset({"bitround"}),
)
