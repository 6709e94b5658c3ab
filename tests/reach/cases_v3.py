"""The arrays of format 3, one encoding a row, which zarr-python 3.4 writes.

A row has the parameters of `create_array`, codecs as JSON, and `fill`, `attributes`, `objects` and `edit` as in
cases_v2.py. `bits` are data types that zarr-python lacks: their elements are written as those of another one.
"""

from __future__ import annotations

from typing import Any

from cases_v2 import FIELDS, Row, replaced

CRC32C = {"name": "crc32c"}
GZIP = {"name": "gzip", "configuration": {"level": 1}}
ZSTD = {"name": "zstd", "configuration": {"level": 1, "checksum": False}}
LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}
BIG = {"name": "bytes", "configuration": {"endian": "big"}}
ONE_BYTE = {"name": "bytes"}


def codec(name: str, **configuration: Any) -> Row:
    return {"name": name, "configuration": configuration}


def numcodec(name: str, **configuration: Any) -> Row:
    return codec(f"numcodecs.{name}", **configuration)


def blosc(cname: str = "lz4", shuffle: str = "shuffle", typesize: int = 4) -> Row:
    return codec("blosc", cname=cname, clevel=5, shuffle=shuffle, typesize=typesize, blocksize=0)


def transpose(*order: int) -> Row:
    return codec("transpose", order=list(order))


def shards(*codecs: Row, index: tuple[Row, ...] = (LITTLE, CRC32C), location: str = "end") -> Row:
    return codec(
        "sharding_indexed",
        chunk_shape=[4, 6],
        codecs=list(codecs),
        index_codecs=list(index),
        index_location=location,
    )


def sharded(*codecs: Row, **more: Any) -> Row:
    return {"serializer": shards(*codecs, **more), "chunks": (8, 12)}


def named(number: int, name: str) -> Any:
    """Call a codec of the document by another name."""

    def edit(document: Any) -> None:
        document["codecs"][number]["name"] = name

    return edit


def configured(number: int, **configuration: Any) -> Any:
    """Write another configuration, which means the same, of a codec."""

    def edit(document: Any) -> None:
        document["codecs"][number]["configuration"] = configuration

    return edit


DELTA = numcodec("delta", dtype="<i4", astype="<i4")
SHUFFLE = numcodec("shuffle", elementsize=4)
SCALED = {"offset": -20, "scale": 100, "dtype": "<f8"}
THREE_D = {"dtype": "uint16", "shape": (5, 6, 7), "chunks": (2, 3, 4)}

CODECS: dict[str, Row] = {
    "raw": {},
    "gzip": {"compressors": [GZIP]},
    "zstd": {"compressors": [ZSTD]},
    "zstd_checksum": {"compressors": [codec("zstd", level=1, checksum=True)]},
    **{f"blosc_{cname}": {"compressors": [blosc(cname)]} for cname in "blosclz lz4 lz4hc zlib zstd".split()},
    "blosc_noshuffle": {"compressors": [blosc(shuffle="noshuffle")]},
    "blosc_bitshuffle": {"compressors": [blosc(shuffle="bitshuffle")]},
    "blosc_typesize_1": {"dtype": "uint8", "compressors": [blosc(typesize=1)]},
    "gzip_crc32c": {"compressors": [GZIP, CRC32C]},
    "crc32c": {"compressors": [CRC32C]},
    "gzip_gzip": {"compressors": [GZIP, GZIP]},
    "transpose": {"filters": [transpose(1, 0)], "compressors": [GZIP]},
    "transpose_identity": {"filters": [transpose(0, 1)], "compressors": [GZIP]},
    "transpose_three_d": {**THREE_D, "filters": [transpose(2, 0, 1)]},
    "transpose_reversed": {**THREE_D, "filters": [transpose(2, 1, 0)]},
    "transpose_swapped": {**THREE_D, "filters": [transpose(0, 2, 1)]},
    "big": {"serializer": BIG, "compressors": [GZIP]},
    **{f"big_{t}": {"dtype": t, "serializer": BIG} for t in "int16 uint64 float32 float64 complex64 complex128".split()},
    "endian_absent": {"edit": lambda document: document["codecs"][0].pop("configuration")},
    "cast_value": {"dtype": "float64", "compressors": [GZIP], "filters": [
        codec("cast_value", data_type="float32", rounding="nearest-even", out_of_range="clamp")]},
    "scale_offset": {"dtype": "float64", "filters": [codec("scale_offset", offset=-20, scale=4)]},
    "scale_cast": {"dtype": "float64", "filters": [codec("scale_offset", offset=-20, scale=100),
        codec("cast_value", data_type="int32", rounding="nearest-even", out_of_range="wrap")]},
    "bitround": {"dtype": "float32", "filters": [numcodec("bitround", keepbits=8)], "edit": named(0, "bitround")},
    "zlib_name": {"compressors": [numcodec("zlib", level=1)], "edit": named(1, "zlib")},
    "lz4_name": {"compressors": [numcodec("lz4", acceleration=1)], "edit": named(1, "lz4")},
    "gzip_without_level": {"compressors": [GZIP], "edit": configured(1)},
    "zstd_without_checksum": {"compressors": [ZSTD], "edit": configured(1, level=1)},
    "codec_names": {"dtype": "uint8", "compressors": [CRC32C], "edit": replaced(["bytes", "crc32c"], "codecs")},
    **{f"blosc_without_{name}": {"compressors": [blosc()], "edit": lambda document, name=name:
        document["codecs"][1]["configuration"].pop(name)} for name in "cname clevel typesize blocksize".split()},
    "blosc_noshuffle_without_typesize": {"compressors": [blosc(shuffle="noshuffle")], "edit": lambda document:
        document["codecs"][1]["configuration"].pop("typesize")},
    "blosc_cname_only": {"compressors": [blosc(shuffle="noshuffle")], "edit": configured(1, cname="lz4")},
}  # fmt: skip

SHARDS: dict[str, Row] = {
    "shards": sharded(LITTLE, GZIP),
    "shards_raw": sharded(LITTLE),
    "shards_big": sharded(BIG, GZIP),
    "shards_zstd_crc32c": sharded(LITTLE, ZSTD, CRC32C),
    "shards_crc32c": sharded(LITTLE, CRC32C),
    "shards_blosc": {"dtype": "uint16", **sharded(LITTLE, blosc("zstd", typesize=2))},
    "shards_start": sharded(LITTLE, GZIP, location="start"),
    "shards_transpose": sharded(transpose(1, 0), LITTLE, GZIP),
    "shards_index_plain": sharded(LITTLE, GZIP, index=(LITTLE,)),
    "shards_index_big": sharded(LITTLE, GZIP, index=(BIG, CRC32C)),
    "shards_zlib": sharded(LITTLE, numcodec("zlib", level=1)),
    "shards_delta": sharded(DELTA, LITTLE, GZIP),
    "shards_then_gzip": {**sharded(LITTLE), "compressors": [GZIP]},
    "shards_then_crc32c": {**sharded(LITTLE), "compressors": [CRC32C]},
    "shards_transposed": {**sharded(LITTLE), "chunks": (12, 12), "filters": [transpose(1, 0)]},
    "shards_nested": {"chunks": (16, 24), "serializer": {**shards(shards(LITTLE, GZIP)),
        "configuration": {**shards(shards(LITTLE, GZIP))["configuration"], "chunk_shape": [8, 12]}}},
    "shards_string": {"objects": "str", "fill": "", **sharded(codec("vlen-utf8"), GZIP)},
    "shards_slash_dot": {**sharded(LITTLE, GZIP), "chunk_key_encoding": {"name": "default", "separator": "."}},
    "shards_partly_absent": {**sharded(LITTLE, GZIP), "fill": 7, "chunks": (12, 18)},
}  # fmt: skip

NUMCODECS: dict[str, Row] = {
    "nc_zlib": {"compressors": [numcodec("zlib", level=1)]},
    "nc_zlib_without_level": {"compressors": [numcodec("zlib", level=1)], "edit": configured(1)},
    "nc_zlib_default_level": {"compressors": [numcodec("zlib", level=-1)]},
    "nc_bz2": {"compressors": [numcodec("bz2", level=1)]},
    "nc_lz4": {"compressors": [numcodec("lz4", acceleration=1)]},
    "nc_lzma": {"compressors": [numcodec("lzma", format=1, check=-1, preset=None, filters=None)]},
    "nc_zstd": {"compressors": [numcodec("zstd", level=1, checksum=False)]},
    "nc_gzip": {"compressors": [numcodec("gzip", level=1)]},
    "nc_blosc": {"compressors": [numcodec("blosc", cname="lz4", clevel=5, shuffle=1, blocksize=0)]},
    "nc_shuffle": {"compressors": [SHUFFLE]},
    "nc_shuffle_zlib": {"compressors": [SHUFFLE, numcodec("zlib", level=1)]},
    "nc_shuffle_zstd": {"compressors": [SHUFFLE, ZSTD]},
    "nc_shuffle_default": {"compressors": [SHUFFLE], "edit": configured(1)},
    "nc_delta": {"filters": [DELTA], "compressors": [GZIP]},
    "nc_delta_astype": {"dtype": "int64", "filters": [numcodec("delta", dtype="<i8", astype="<i2")]},
    "nc_delta_big": {"filters": [DELTA], "serializer": BIG},
    "nc_fixedscaleoffset_big": {
        "dtype": "float64",
        "filters": [numcodec("fixedscaleoffset", **SCALED, astype="<i4")],
        "serializer": BIG,
    },
    "nc_quantize_big": {
        "dtype": "float64",
        "filters": [numcodec("quantize", digits=2, dtype="<f8", astype="<f8")],
        "serializer": BIG,
    },
    "nc_astype_big": {
        "dtype": "float64",
        "filters": [numcodec("astype", encode_dtype="<f4", decode_dtype="<f8")],
        "serializer": BIG,
    },
    "nc_bitround_big": {
        "dtype": "float32",
        "filters": [numcodec("bitround", keepbits=8)],
        "serializer": BIG,
    },
    "nc_delta_f4": {"dtype": "float32", "filters": [numcodec("delta", dtype="<f4", astype="<f4")]},
    "nc_fixedscaleoffset": {"dtype": "float64", "filters": [numcodec("fixedscaleoffset", **SCALED, astype="<i4")]},
    "nc_fixedscaleoffset_same": {"dtype": "float64", "filters": [numcodec(
        "fixedscaleoffset", offset=0, scale=4, dtype="<f8", astype="<f8")]},
    "nc_fixedscaleoffset_thirds": {"dtype": "float64", "filters": [numcodec(
        "fixedscaleoffset", offset=-20, scale=3, dtype="<f8", astype="<i4")]},
    "nc_fixedscaleoffset_f4": {"dtype": "float32", "filters": [numcodec(
        "fixedscaleoffset", offset=-20, scale=3, dtype="<f4", astype="<i2")]},
    "nc_fixedscaleoffset_f4_power_of_2": {"dtype": "float32", "filters": [numcodec(
        "fixedscaleoffset", offset=-20, scale=4, dtype="<f4", astype="<i2")]},
    "nc_fixedscaleoffset_i4_thirds": {"filters": [numcodec(
        "fixedscaleoffset", offset=-20, scale=3, dtype="<i4", astype="<i2")]},
    "nc_fixedscaleoffset_i4": {"filters": [numcodec(
        "fixedscaleoffset", offset=-20, scale=2, dtype="<i4", astype="<i2")]},
    "nc_quantize": {"dtype": "float64", "filters": [numcodec("quantize", digits=2, dtype="<f8", astype="<f8")]},
    "nc_bitround": {"dtype": "float32", "filters": [numcodec("bitround", keepbits=8)]},
    "nc_bitround_fill": {"dtype": "float32", "filters": [numcodec("bitround", keepbits=3)], "fill": 0.1},
    "nc_astype": {"dtype": "float64", "filters": [numcodec("astype", encode_dtype="<f4", decode_dtype="<f8")]},
    "nc_packbits": {"dtype": "bool", "filters": [numcodec("packbits")], "serializer": ONE_BYTE},
    **{f"nc_{name}": {"compressors": [GZIP, numcodec(name)]}
       for name in "crc32 adler32 crc32c fletcher32 jenkins_lookup3".split()},
    "nc_pcodec": {"serializer": numcodec("pcodec", level=8, mode_spec="auto", delta_spec="auto")},
    "nc_zfpy": {"dtype": "float64", "serializer": numcodec("zfpy", mode=4, tolerance=0.01)},
}  # fmt: skip

LAYOUTS: dict[str, Row] = {
    "default_dot": {"chunk_key_encoding": {"name": "default", "separator": "."}},
    "v2_dot": {"chunk_key_encoding": {"name": "v2", "separator": "."}},
    "v2_slash": {"chunk_key_encoding": {"name": "v2", "separator": "/"}},
    "v2_dot_zero_d": {"dtype": "float64", "shape": (), "chunks": (), "chunk_key_encoding": {"name": "v2", "separator": "."}},
    "dimensions": {"dimension_names": ["y", "x"], "attributes": {"units": "K"}},
    "dimensions_null": {"dimension_names": ["y", None]},
    "dimensions_equal": {"dimension_names": ["x", "x"]},
    "attributes_nan": {"dtype": "float32", "attributes": {"valid_min": float("nan")}},
    "dimension_units": {"attributes": {"dimension_units": ["nm", "nm"]}},
    "dimension_units_text": {"attributes": {"dimension_units": "nm"}},
    "attributes_absent": {"edit": lambda document: document.pop("attributes")},
    "rectilinear": {"edit": replaced(
        {"name": "rectilinear", "configuration": {"kind": "inline", "chunk_shapes": [[[4, 3]], [[6, 3]]]}}, "chunk_grid")},
    "zero_d": {"dtype": "float64", "shape": (), "chunks": ()},
    "one_d": {"dtype": "int16", "shape": (13,), "chunks": (5,)},
    "three_d": THREE_D,
    "empty": {"shape": (0, 6), "chunks": (1, 6)},
}  # fmt: skip

TYPES: dict[str, Row] = {
    **{f"dtype_{t}": {"dtype": t} for t in "bool int8 uint8 int16 uint16 uint32 int64 uint64 float16 float32 float64 "
       "complex64 complex128".split()},
    "datetime_ns": {"dtype": "M8[ns]"},
    "datetime_s_nat": {"dtype": "M8[s]", "fill": "NaT"},
    "timedelta_ms": {"dtype": "m8[ms]"},
    "string": {"objects": "str", "fill": ""},
    "string_fill": {"objects": "str", "fill": "ab"},
    "nc_vlen_utf8": {"objects": "str", "fill": "", "edit": named(0, "numcodecs.vlen-utf8")},
    "string_gzip": {"objects": "str", "fill": "", "compressors": [GZIP]},
    "variable_bytes": {"objects": "bytes", "fill": b""},
    "unicode": {"dtype": "U5", "fill": ""},
    "fixed_bytes": {"dtype": "S4", "fill": b""},
    "raw_bytes": {"dtype": "V4"},
    "struct": {"dtype": FIELDS},
    "struct_one": {"dtype": [["x", "<i4"]]},
    "struct_big": {"dtype": FIELDS, "serializer": BIG},
    "struct_nested": {"dtype": [["x", "<i4"], ["s", FIELDS]]},
}  # fmt: skip

ONE_BYTE_TYPES = (
    "int2 int4 uint2 uint4 float4_e2m1fn float6_e2m3fn float6_e3m2fn float8_e3m4 float8_e4m3 float8_e4m3b11fnuz"
    " float8_e4m3fn float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz float8_e8m0fnu"
).split()


def bits(data_type: str, dtype: str = "uint8") -> Row:
    """Elements of a data type that zarr-python lacks, and its fill value: 1 in types that have no 0."""
    is_complex = data_type.startswith("complex_")
    one, number = (0x7F, 1.0) if data_type.endswith("e8m0fnu") else (0, 0.0)
    if "float" not in data_type:
        number = 0
    fill = one * 0x101 if is_complex else one
    value = [number, number] if is_complex else number
    return {"dtype": dtype, "bits": data_type, "fill": fill, "edit": replaced(value, "fill_value")}


BITS: dict[str, Row] = {
    **{f"bits_{t}": bits(t) for t in ONE_BYTE_TYPES},
    **{f"bits_complex_{t}": bits(f"complex_{t}", "uint16") for t in ONE_BYTE_TYPES[4:]},
    "bits_bfloat16": bits("bfloat16", "uint16"),
    "bits_complex_float16": bits("complex_float16", "uint32"),
    "bits_complex_bfloat16": bits("complex_bfloat16", "uint32"),
    "bits_complex_float32": bits("complex_float32", "complex64"),
    "bits_complex_float64": bits("complex_float64", "complex128"),
}

FILLS: dict[str, Row] = {
    "fill_7": {"fill": 7},
    "fill_7_big": {"fill": 7, "serializer": BIG},
    "fill_float_of_integers": {"dtype": "uint16", "edit": replaced(0.0, "fill_value")},
    "fill_integer_of_floats": {"dtype": "float32", "fill": 7, "edit": replaced(7, "fill_value")},
    "fill_nan": {"dtype": "float32", "fill": float("nan")},
    "fill_nan_bits": {"dtype": "float32", "fill": float("nan"), "edit": replaced("0x7fc00001", "fill_value")},
    "fill_hex": {"dtype": "float32", "fill": 1.0, "edit": replaced("0x3f800000", "fill_value")},
    "fill_infinity": {"dtype": "float32", "fill": float("inf")},
    "fill_minus_infinity": {"dtype": "float32", "fill": float("-inf")},
    "fill_infinity_f8": {"dtype": "float64", "fill": float("inf")},
    "fill_fraction": {"dtype": "float32", "fill": 0.1},
    "fill_u8_53_bits": {"dtype": "uint64", "fill": 2**53},
    "fill_u8_54_bits": {"dtype": "uint64", "fill": 2**53 + 1},
    "fill_u8_2_63": {"dtype": "uint64", "fill": 2**63},
    "fill_u8_64_bits": {"dtype": "uint64", "fill": 2**63 + 5},
    "fill_i8_54_bits": {"dtype": "int64", "fill": 2**53 + 1},
    "fill_i8_least": {"dtype": "int64", "fill": -(2**63)},
    "fill_bool": {"dtype": "bool", "fill": True},
    "fill_complex": {"dtype": "complex64", "fill": 1 + 2j},
    "fill_complex_nan": {"dtype": "complex128", "fill": complex(float("nan"), float("inf"))},
}  # fmt: skip

CASES = CODECS | SHARDS | NUMCODECS | LAYOUTS | TYPES | BITS | FILLS
