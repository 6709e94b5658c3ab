"""The arrays of format 2, one encoding a row, which zarr-python 2.18 writes.

A row has the members of a `.zarray`, and `fill` for `fill_value` (0 unless given), `attributes`, `objects` (what the
elements of an array of objects are) and `edit`, which changes the document after the chunks were written.
"""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]

GZIP = {"id": "gzip", "level": 1}
ZLIB = {"id": "zlib", "level": 1}
ZSTD = {"id": "zstd", "level": 1}
BZ2 = {"id": "bz2", "level": 1}
LZ4 = {"id": "lz4", "acceleration": 1}
LZMA = {"id": "lzma", "format": 1, "check": -1, "preset": None, "filters": None}
PCODEC = {
    "id": "pcodec",
    "level": 8,
    "mode_spec": "auto",
    "paging_spec": "equal_pages_up_to",
    "delta_spec": "auto",
}
ZFP = {"id": "zfpy", "tolerance": -1, "rate": -1, "precision": -1}
FIELDS = [["x", "<i4"], ["y", "<f8"]]


def blosc(cname: str = "lz4", shuffle: int = 1, **more: Any) -> Row:
    return {"id": "blosc", "cname": cname, "clevel": 5, "shuffle": shuffle, "blocksize": 0} | more


def scaled(dtype: str, astype: str, scale: float = 100) -> Row:
    return {
        "id": "fixedscaleoffset",
        "offset": -20,
        "scale": scale,
        "dtype": dtype,
        "astype": astype,
    }


def delta(dtype: str, astype: str | None = None) -> Row:
    return {"id": "delta", "dtype": dtype, "astype": astype or dtype}


def quantize(dtype: str, astype: str | None = None) -> Row:
    return {"id": "quantize", "digits": 2, "dtype": dtype, "astype": astype or dtype}


def without(*path: Any) -> Any:
    """Take a member out of the document."""

    def edit(document: Any) -> None:
        *parents, last = path
        for key in parents:
            document = document[key]
        del document[last]

    return edit


def replaced(value: Any, *path: Any) -> Any:
    """Write a member of the document otherwise."""

    def edit(document: Any) -> None:
        *parents, last = path
        for key in parents:
            document = document[key]
        document[last] = value

    return edit


COMPRESSORS: dict[str, Row] = {
    "raw": {},
    "gzip": {"compressor": GZIP},
    "zlib": {"compressor": ZLIB},
    "zlib_default_level": {"compressor": {"id": "zlib", "level": -1}},
    "zlib_without_level": {"compressor": ZLIB, "edit": without("compressor", "level")},
    "gzip_without_level": {"compressor": GZIP, "edit": without("compressor", "level")},
    "blosc_id_only": {"compressor": blosc(), "edit": replaced({"id": "blosc"}, "compressor")},
    "bz2": {"compressor": BZ2},
    "lzma": {"compressor": LZMA},
    "lz4": {"compressor": LZ4},
    "zstd": {"compressor": ZSTD},
    "zstd_without_checksum": {"compressor": ZSTD, "edit": without("compressor", "checksum")},
    "zstd_checksum": {"compressor": {**ZSTD, "checksum": True}},
    **{f"blosc_{cname}": {"compressor": blosc(cname)} for cname in "blosclz lz4 lz4hc zlib zstd".split()},
    "blosc_noshuffle": {"compressor": blosc(shuffle=0)},
    "blosc_bitshuffle": {"compressor": blosc(shuffle=2)},
    "blosc_autoshuffle": {"compressor": blosc(shuffle=-1)},
    "blosc_autoshuffle_u1": {"dtype": "|u1", "compressor": blosc(shuffle=-1)},
    "blosc_blocksize": {"compressor": blosc("zstd", blocksize=256)},
    "blosc_level_0": {"compressor": blosc(clevel=0)},
    "pcodec": {"compressor": PCODEC},
    "zfpy_rate": {"dtype": "<f8", "compressor": {**ZFP, "mode": 2, "rate": 64}},
    "zfpy_accuracy": {"dtype": "<f8", "compressor": {**ZFP, "mode": 4, "tolerance": 0.01}},
    "crc32_compressor": {"compressor": {"id": "crc32"}},
    "fletcher32_compressor": {"compressor": {"id": "fletcher32"}},
    "shuffle_compressor": {"compressor": {"id": "shuffle", "elementsize": 4}},
}  # fmt: skip

FILTERS: dict[str, Row] = {
    "filters_empty": {"filters": []},
    "shuffle": {"filters": [{"id": "shuffle", "elementsize": 4}]},
    "shuffle_elementsize_0": {
        "filters": [{"id": "shuffle", "elementsize": 4}],
        "edit": replaced(0, "filters", 0, "elementsize"),
    },
    "shuffle_zlib_filters": {"filters": [{"id": "shuffle", "elementsize": 4}, ZLIB]},
    "shuffle_zlib": {"filters": [{"id": "shuffle", "elementsize": 4}], "compressor": ZLIB},
    "delta": {"filters": [delta("<i4")]},
    "delta_gzip": {"filters": [delta("<i4")], "compressor": GZIP},
    "delta_f4": {"dtype": "<f4", "filters": [delta("<f4")]},
    "delta_u1": {"dtype": "|u1", "filters": [delta("|u1")]},
    "delta_i8": {"dtype": "<i8", "filters": [delta("<i8")]},
    "delta_big": {"dtype": ">i4", "filters": [delta(">i4")]},
    "quantize_big": {"dtype": ">f8", "filters": [quantize(">f8")]},
    "quantize_big_f4": {"dtype": ">f4", "filters": [quantize(">f4")]},
    "fixedscaleoffset_big": {"dtype": ">f8", "filters": [scaled(">f8", ">i4")]},
    "astype_big": {"dtype": ">f8", "filters": [{"id": "astype", "encode_dtype": ">f4", "decode_dtype": ">f8"}]},
    "delta_big_f8": {"dtype": ">f8", "filters": [delta(">f8")]},
    "delta_astype": {"dtype": "<i8", "filters": [delta("<i8", "<i2")]},
    "delta_astype_i4": {"filters": [delta("<i4", "<i2")]},
    "delta_shuffle_blosc": {
        "filters": [delta("<i4"), {"id": "shuffle", "elementsize": 4}],
        "compressor": blosc("zstd", 0),
    },
    "fixedscaleoffset": {"dtype": "<f8", "filters": [scaled("<f8", "<i4")]},
    "fixedscaleoffset_gzip": {"dtype": "<f8", "filters": [scaled("<f8", "<i4")], "compressor": GZIP},
    "fixedscaleoffset_same": {"dtype": "<f8", "filters": [scaled("<f8", "<f8", 4)]},
    "fixedscaleoffset_thirds": {"dtype": "<f8", "filters": [scaled("<f8", "<i4", 3)]},
    "fixedscaleoffset_f4": {"dtype": "<f4", "filters": [scaled("<f4", "<i2")]},
    "fixedscaleoffset_f4_power_of_2": {"dtype": "<f4", "filters": [scaled("<f4", "<i2", 4)]},
    "fixedscaleoffset_i4_thirds": {"filters": [scaled("<i4", "<i2", 3)]},
    "fixedscaleoffset_i4": {"filters": [scaled("<i4", "<i2", 2)]},
    "fixedscaleoffset_u2": {"dtype": "<f4", "filters": [scaled("<f4", "<u2", 2)]},
    "fixedscaleoffset_f8_u1": {"dtype": "<f8", "filters": [scaled("<f8", "|u1", 2)]},
    "fixedscaleoffset_u1": {"dtype": "<f4", "filters": [scaled("<f4", "|u1", 2)]},
    "quantize": {"dtype": "<f8", "filters": [quantize("<f8")]},
    "quantize_f4": {"dtype": "<f4", "filters": [quantize("<f4")]},
    "quantize_astype": {"dtype": "<f8", "filters": [quantize("<f8", "<f4")]},
    "bitround": {"dtype": "<f4", "filters": [{"id": "bitround", "keepbits": 8}]},
    "bitround_f8": {"dtype": "<f8", "filters": [{"id": "bitround", "keepbits": 8}]},
    "bitround_fill": {"dtype": "<f4", "filters": [{"id": "bitround", "keepbits": 3}], "fill": 0.1},
    "astype": {"dtype": "<f8", "filters": [{"id": "astype", "encode_dtype": "<f4", "decode_dtype": "<f8"}]},
    "packbits": {"dtype": "|b1", "filters": [{"id": "packbits"}]},
    "categorize": {"dtype": "<U5", "fill": "", "filters": [
        {"id": "categorize", "labels": [f"é{i}" for i in range(97)], "dtype": "<U5", "astype": "|u1"}]},
    "crc32": {"filters": [{"id": "crc32"}]},
    "adler32": {"filters": [{"id": "adler32"}]},
    "crc32c": {"filters": [{"id": "crc32c"}]},
    "fletcher32": {"filters": [{"id": "fletcher32"}]},
    "fletcher32_zlib": {"filters": [{"id": "fletcher32"}], "compressor": ZLIB},
    "jenkins_lookup3": {"filters": [{"id": "jenkins_lookup3"}]},
    "base64": {"filters": [{"id": "base64"}]},
    **{f"{codec['id']}_filter": {"filters": [codec]} for codec in (GZIP, ZLIB, ZSTD, BZ2, LZ4, blosc())},
    "zstd_filter_without_checksum": {"filters": [ZSTD], "edit": without("filters", 0, "checksum")},
    "zlib_filter_zlib": {"filters": [ZLIB], "compressor": ZLIB},
}  # fmt: skip

LAYOUTS: dict[str, Row] = {
    "order_f": {"order": "F"},
    "order_f_zlib": {"order": "F", "compressor": ZLIB},
    "order_f_delta": {"order": "F", "filters": [delta("<i4")]},
    "order_f_one_d": {"order": "F", "shape": (13,), "chunks": (5,)},
    "three_d": {"dtype": "<u2", "shape": (5, 6, 7), "chunks": (2, 3, 4)},
    "three_d_f": {"dtype": "<u2", "shape": (5, 6, 7), "chunks": (2, 3, 4), "order": "F"},
    "big_i2_f": {"dtype": ">i2", "order": "F"},
    **{f"big_{t}": {"dtype": f">{t}"} for t in "i2 u2 i4 u4 i8 u8 f2 f4 f8 c8 c16".split()},
    "big_f8_blosc": {"dtype": ">f8", "compressor": blosc()},
    "slash": {"dimension_separator": "/"},
    "slash_blosc": {"dimension_separator": "/", "compressor": blosc()},
    "zero_d": {"dtype": "<f8", "shape": (), "chunks": ()},
    "one_d": {"dtype": "<i2", "shape": (13,), "chunks": (5,)},
    "empty": {"shape": (0, 6), "chunks": (1, 6)},
    "dimensions": {"attributes": {"_ARRAY_DIMENSIONS": ["y", "x"], "units": "K"}},
    "dimensions_equal": {"attributes": {"_ARRAY_DIMENSIONS": ["x", "x"]}},
    "dimensions_equal_square": {
        "shape": (10, 10),
        "chunks": (4, 6),
        "attributes": {"_ARRAY_DIMENSIONS": ["x", "x"]},
    },
    "dimensions_null": {"attributes": {"_ARRAY_DIMENSIONS": ["y", None]}},
    "attributes_nan": {"dtype": "<f4", "attributes": {"valid_min": float("nan")}},
    "dimension_units": {"attributes": {"dimension_units": ["nm", "nm"]}},
    "dimension_units_text": {"attributes": {"dimension_units": "nm"}},
}

TYPES: dict[str, Row] = {
    **{f"dtype_{t[1:]}": {"dtype": t} for t in "|b1 |i1 |u1 <i2 <u2 <u4 <i8 <u8 <f2 <f4 <f8 <c8 <c16".split()},
    "dtype_little_u1": {"dtype": "|u1", "edit": replaced("<u1", "dtype")},
    "dtype_big_i1": {"dtype": "|i1", "edit": replaced(">i1", "dtype")},
    "fixed_bytes_big": {"dtype": "|S4", "fill": None, "edit": replaced(">S4", "dtype")},
    "datetime_ns": {"dtype": "<M8[ns]"},
    "datetime_s_nat": {"dtype": "<M8[s]", "fill": "NaT"},
    "timedelta_ms": {"dtype": "<m8[ms]"},
    "unicode": {"dtype": "<U5", "fill": ""},
    "unicode_fill": {"dtype": "<U5", "fill": "ab"},
    "unicode_big": {"dtype": ">U5", "fill": ""},
    "fixed_bytes": {"dtype": "|S4", "fill": b""},
    "fixed_bytes_fill": {"dtype": "|S4", "fill": b"ab"},
    "fixed_bytes_padded_fill": {"dtype": "|S4", "fill": b"abcd"},
    "fixed_bytes_null": {"dtype": "|S4", "fill": None},
    "raw_bytes": {"dtype": "|V4", "fill": None},
    "struct": {"dtype": FIELDS},
    "struct_null": {"dtype": FIELDS, "fill": None},
    "struct_text": {"dtype": [["x", "<i4"], ["s", "|S3"], ["y", "<f8"]]},
    "struct_one": {"dtype": [["x", "<i4"]]},
    "struct_big": {"dtype": [["x", ">i4"], ["y", ">f8"]]},
    "struct_nested": {"dtype": [["x", "<i4"], ["s", FIELDS]]},
    "struct_subarray": {"dtype": [["x", "<i4"], ["s", "<i2", [2]]]},
    "vlen_utf8": {"objects": "str", "filters": [{"id": "vlen-utf8"}], "fill": ""},
    "vlen_utf8_zero": {"objects": "str", "filters": [{"id": "vlen-utf8"}], "fill": 0},
    "vlen_utf8_null": {"objects": "str", "filters": [{"id": "vlen-utf8"}], "fill": None},
    "vlen_utf8_gzip": {"objects": "str", "filters": [{"id": "vlen-utf8"}], "fill": "", "compressor": GZIP},
    "vlen_utf8_blosc": {"objects": "str", "filters": [{"id": "vlen-utf8"}], "fill": "", "compressor": blosc()},
    "vlen_bytes": {"objects": "bytes", "filters": [{"id": "vlen-bytes"}], "fill": None},
    "vlen_array": {"objects": "array", "filters": [{"id": "vlen-array", "dtype": "<i4"}], "fill": None},
    "json2": {"objects": "str", "filters": [{"id": "json2"}], "fill": ""},
    "msgpack2": {"objects": "str", "filters": [{"id": "msgpack2"}], "fill": ""},
}  # fmt: skip

FILLS: dict[str, Row] = {
    "fill_minus_1_big": {"dtype": ">i4", "fill": -1},
    "fill_null_big": {"dtype": ">i4", "fill": None},
    "fill_null": {"fill": None},
    "fill_null_f4": {"dtype": "<f4", "fill": None},
    "fill_null_gzip": {"fill": None, "compressor": GZIP},
    "fill_null_u8": {"dtype": "<u8", "fill": None},
    "fill_null_i8": {"dtype": "<i8", "fill": None},
    "fill_null_bool": {"dtype": "|b1", "fill": None},
    "fill_7": {"fill": 7},
    "fill_7_big": {"dtype": ">i4", "fill": 7},
    "fill_7_big_f8": {"dtype": ">f8", "fill": 7.0},
    "fill_float_of_integers": {"dtype": "<u2", "edit": replaced(0.0, "fill_value")},
    "fill_integer_of_floats": {"dtype": "<f4", "fill": 7, "edit": replaced(7, "fill_value")},
    "fill_nan": {"dtype": "<f4", "fill": float("nan")},
    "fill_nan_f8": {"dtype": "<f8", "fill": float("nan")},
    "fill_infinity": {"dtype": "<f4", "fill": float("inf")},
    "fill_minus_infinity": {"dtype": "<f4", "fill": float("-inf")},
    "fill_fraction": {"dtype": "<f4", "fill": 0.1},
    "fill_u8_53_bits": {"dtype": "<u8", "fill": 2**53},
    "fill_u8_54_bits": {"dtype": "<u8", "fill": 2**53 + 1},
    "fill_u8_2_63": {"dtype": "<u8", "fill": 2**63},
    "fill_u8_64_bits": {"dtype": "<u8", "fill": 2**63 + 5},
    "fill_i8_54_bits": {"dtype": "<i8", "fill": 2**53 + 1},
    "fill_i8_least": {"dtype": "<i8", "fill": -(2**63)},
    "fill_bool": {"dtype": "|b1", "fill": True},
    "fill_complex": {"dtype": "<c8", "fill": 1 + 2j},
    "fill_complex_nan": {"dtype": "<c16", "fill": complex(float("nan"), float("inf"))},
    "fill_complex_null": {"dtype": "<c8", "fill": None},
}

CASES = COMPRESSORS | FILTERS | LAYOUTS | TYPES | FILLS
