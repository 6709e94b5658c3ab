"""zarrista: arrays of the Rust library zarrs 0.23.8 for Python.

https://github.com/developmentseed/zarrista, https://docs.rs/zarrs
"""

from __future__ import annotations

from collections.abc import Mapping
from math import frexp
from typing import Any, Final

from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.readers.reader import (
    BOTH,
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


def _fixedscaleoffset(params: Mapping[str, Any], dtype: DataType | None) -> ReaderProblem | None:
    """It computes float32 in that precision, numcodecs in a wider one: equal where a scale only shifts bits."""
    if any(str(params.get(key)).startswith("|") for key in ("dtype", "astype")):
        return refuses("does not read the type strings of single bytes")
    scale = params.get("scale")
    is_power_of_2 = isinstance(scale, (int, float)) and abs(frexp(scale)[0]) == 0.5
    if is_power_of_2 or not str(params.get("dtype")).endswith(("f4", "float32")):
        return None
    return reads_wrong("computes float32 values otherwise than numcodecs")


def _blosc(params: Mapping[str, Any], dtype: DataType | None) -> ReaderProblem | None:
    if params.get("shuffle") == "noshuffle" or "typesize" in params:
        return None
    return refuses("opens it with the key typesize only, where it shuffles")


def _fill(value: Any, dtype: DataType) -> ReaderProblem | None:
    if type(value) is float and dtype.name.lstrip("u").startswith("int"):
        return refuses("wants a whole number")
    return None


def _fill_v2(value: Any, dtype: DataType) -> ReaderProblem | None:
    if dtype.name == "object" and value == 0 and value is not None:
        return reads_wrong("gives no text for missing chunks, where zarr-python gives '0'")
    return _fill(value, dtype)


def _byte_order(document: Mapping[str, Any], attributes: Mapping[str, Any]) -> ReaderProblem | None:
    if document.get("dtype") in ("<i1", ">i1", "<u1", ">u1", "<b1", ">b1"):
        return refuses("knows no byte order of single bytes", "dtype", "write '|' for it")
    return None


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
        rules={"fixedscaleoffset": _fixedscaleoffset},
        filters=frozenset("fixedscaleoffset gzip shuffle vlen-utf8 zstd".split()),
        unknown_keys={"zstd": frozenset({"checksum"})},
        required=frozenset("blosc.cname gzip.level".split()),
        limits={"shuffle.elementsize": (1, 255)},
        data_types=NUMBERS | {"fixed_length_utf32", "object", "raw_bytes"},
        objects=frozenset({"vlen-utf8"}),
        no_null_fill=frozenset({"complex64", "complex128", "raw_bytes"}),
        fill_rule=_fill_v2,
        document_rule=_byte_order,
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
        rules={"blosc": _blosc, "numcodecs.fixedscaleoffset": _fixedscaleoffset},
        required=frozenset(
            "blosc.cname blosc.clevel blosc.blocksize gzip.level numcodecs.shuffle.elementsize"
            " zstd.checksum".split()
        ),
        bare_names=True,
        fill_rule=_fill,
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
