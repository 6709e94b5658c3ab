"""Rows of the registered codecs that only some readers have, of zarrs' own, and of kerchunk's."""

from __future__ import annotations

from typing import Final

from table_row import Row
from zarrcodec_bridge.codecs.bytes import Bytes
from zarrcodec_bridge.codecs.cast_value import CastValue
from zarrcodec_bridge.codecs.conditional import Conditional
from zarrcodec_bridge.codecs.fill_hdf_strings import FillHdfStrings
from zarrcodec_bridge.codecs.fits_ascii import FitsAscii
from zarrcodec_bridge.codecs.fits_var_bintable import FitsVarBintable
from zarrcodec_bridge.codecs.grib import Grib
from zarrcodec_bridge.codecs.gzip import Gzip
from zarrcodec_bridge.codecs.n5_default import N5Default
from zarrcodec_bridge.codecs.n5_wrapper import N5Wrapper
from zarrcodec_bridge.codecs.packbits import Packbits
from zarrcodec_bridge.codecs.record_member import RecordMember
from zarrcodec_bridge.codecs.reshape import Reshape
from zarrcodec_bridge.codecs.scale_offset import ScaleOffset
from zarrcodec_bridge.codecs.transpose import Transpose
from zarrcodec_bridge.codecs.vlen_bytes import VlenBytes
from zarrcodec_bridge.codecs.vlen_utf8 import VlenUtf8
from zarrcodec_bridge.codecs.zarrs_gdeflate import ZarrsGdeflate
from zarrcodec_bridge.codecs.zarrs_optional import ZarrsOptional
from zarrcodec_bridge.codecs.zarrs_squeeze import ZarrsSqueeze
from zarrcodec_bridge.codecs.zarrs_vlen import ZarrsVlen
from zarrcodec_bridge.codecs.zarrs_vlen_v2 import ZarrsVlenV2
from zarrcodec_bridge.codecs.zfp import Zfp
from zarrcodec_bridge.core.errors import MissingContextError, NotRepresentableError

AS_ASTYPE: Final = "nothing, but astype is read as another codec"
"""For `lossy`: the v2 cell loses nothing, and is not read back as the same codec."""

URL: Final = "https://codec.zarrs.dev"

LITTLE: Final = {"name": "bytes", "configuration": {"endian": "little"}}
BIG: Final = {"name": "bytes", "configuration": {"endian": "big"}}
SINGLE: Final = {"name": "bytes", "configuration": {}}
GZIP: Final = {"name": "gzip", "configuration": {"level": 1}}
PACKBITS: Final = {"name": "packbits", "configuration": {}}


def _reverse(*order: int) -> dict[str, object]:
    return {"name": "transpose", "configuration": {"order": list(order)}}


def _astype(encode: str, decode: str) -> dict[str, object]:
    return {"id": "astype", "encode_dtype": encode, "decode_dtype": decode}


def _cast(data_type: str, **configuration: object) -> dict[str, object]:
    return {"name": "cast_value", "configuration": {"data_type": data_type, **configuration}}


VLEN: Final = [
    Row(
        codec=VlenUtf8(),
        v2={"id": "vlen-utf8"},
        v3={"name": "vlen-utf8", "configuration": {}},
        also=[
            "vlen-utf8",
            {"name": "vlen-utf8"},
            {"name": f"{URL}/array_to_bytes/vlen_utf8"},
            {"name": "https://numcodecs.dev/vlen-utf8"},
            {"name": "numcodecs.vlen-utf8", "configuration": {"id": "vlen-utf8"}},
        ],
        wrong=[
            ({"id": "vlen-utf8", "encoding": "utf-8"}, ("encoding",)),
            ({"name": "vlen-utf8", "configuration": {"level": 1}}, ("configuration", "level")),
        ],
        targets={
            "zarr-python": {"name": "vlen-utf8", "configuration": {}},
            "tensorstore": NotRepresentableError,
        },
    ),
    Row(
        codec=VlenBytes(),
        v2={"id": "vlen-bytes"},
        v3={"name": "vlen-bytes", "configuration": {}},
        also=[
            "vlen-bytes",
            {"name": "vlen-bytes"},
            {"name": f"{URL}/array_to_bytes/vlen_bytes"},
            {"name": "numcodecs.vlen-bytes"},
        ],
        wrong=[({"id": "vlen-bytes", "dtype": "|O"}, ("dtype",))],
        targets={
            "zarrs": {"name": "vlen-bytes", "configuration": {}},
            "tensorstore": NotRepresentableError,
        },
    ),
]

CAST_VALUE: Final = [
    Row(
        codec=CastValue(data_type="float32"),
        v2=MissingContextError,
        v3=_cast("float32"),
        also=[
            _cast("float32", rounding="nearest-even"),
            _cast("float32", out_of_range=None, scalar_map=None),
            _cast("float32", scalar_map={}),
            _cast("float32", scalar_map={"encode": []}),
            {"name": "cast_value", "configuration": {"data_type": {"name": "float32"}}},
        ],
        targets={
            "zarr-python": _cast("float32"),
            "tensorstore": NotRepresentableError,
            "zarrs": NotRepresentableError,
        },
        wrong=[
            ({"name": "cast_value"}, ("configuration", "data_type")),
            (_cast("<f4"), ("configuration", "data_type")),
            (_cast("bool"), ("configuration", "data_type")),
            (_cast("complex64"), ("configuration", "data_type")),
            (_cast("string"), ("configuration", "data_type")),
            (_cast("posit8"), ("configuration", "data_type")),
            (
                {
                    "name": "cast_value",
                    "configuration": {
                        "data_type": {
                            "name": "numpy.datetime64",
                            "configuration": {"unit": "ns", "scale_factor": 1},
                        }
                    },
                },
                ("configuration", "data_type"),
            ),
            (
                {"name": "cast_value", "configuration": {"data_type": 4}},
                ("configuration", "data_type"),
            ),
            (_cast("float32", rounding="up"), ("configuration", "rounding")),
            (_cast("float32", rounding=None), ("configuration", "rounding")),
            (_cast("int8", out_of_range="error"), ("configuration", "out_of_range")),
            (_cast("float32", out_of_range="wrap"), ("configuration", "out_of_range")),
            (_cast("int8", scalar_map=[["NaN", 0]]), ("configuration", "scalar_map")),
            (_cast("int8", scalar_map={"both": []}), ("configuration", "scalar_map", "both")),
            (
                _cast("int8", scalar_map={"encode": [["NaN"]]}),
                ("configuration", "scalar_map", "encode", 0),
            ),
            (
                _cast("int8", scalar_map={"encode": [["NaN", 0, 1]]}),
                ("configuration", "scalar_map", "encode", 0),
            ),
            (_cast("int8", casting="same_kind"), ("configuration", "casting")),
        ],
    ),
    Row(
        codec=CastValue(data_type="float32"),
        dtype="<f8",
        v2=_astype("<f4", "<f8"),
        v3=_cast("float32"),
        lossy=AS_ASTYPE,
    ),
    Row(
        codec=CastValue(data_type="float32"),
        dtype=">f8",
        v2=_astype(">f4", ">f8"),
        v3=_cast("float32"),
        lossy=AS_ASTYPE,
    ),
    Row(
        codec=CastValue(data_type="float32", out_of_range="clamp"),
        dtype="float64",
        v2=_astype("<f4", "<f8"),
        v3=_cast("float32", out_of_range="clamp"),
        lossy=AS_ASTYPE,
    ),
    Row(
        codec=CastValue(data_type="float32", rounding="towards-zero"),
        dtype="float64",
        v2=_astype("<f4", "<f8"),
        v3=_cast("float32", rounding="towards-zero"),
        lossy="v2",
    ),
    Row(
        codec=CastValue(data_type="int16", rounding="towards-zero", out_of_range="wrap"),
        dtype="float64",
        v2=_astype("<i2", "<f8"),
        v3=_cast("int16", rounding="towards-zero", out_of_range="wrap"),
        lossy="v2",
    ),
    Row(
        codec=CastValue(data_type="int16", rounding="nearest-even", out_of_range="wrap"),
        dtype="float64",
        v2=_astype("<i2", "<f8"),
        v3=_cast("int16", rounding="nearest-even", out_of_range="wrap"),
        lossy="v2",
    ),
    Row(
        codec=CastValue(data_type="int16", rounding="towards-zero", out_of_range="clamp"),
        dtype="float64",
        v2=_astype("<i2", "<f8"),
        v3=_cast("int16", rounding="towards-zero", out_of_range="clamp"),
        lossy="v2",
    ),
    Row(
        codec=CastValue(
            data_type="uint8",
            rounding="towards-zero",
            out_of_range="wrap",
            scalar_map={"encode": [["NaN", 0], ["+Infinity", 0], ["-Infinity", 0]]},
        ),
        dtype="float64",
        v2=_astype("|u1", "<f8"),
        v3=_cast(
            "uint8",
            rounding="towards-zero",
            out_of_range="wrap",
            scalar_map={"encode": [["NaN", 0], ["+Infinity", 0], ["-Infinity", 0]]},
        ),
        lossy="v2",
    ),
    Row(
        codec=CastValue(
            data_type="uint8", scalar_map={"encode": [["NaN", 0]], "decode": [[0, "NaN"]]}
        ),
        dtype="float64",
        v2=NotRepresentableError,
        v3=_cast("uint8", scalar_map={"encode": [["NaN", 0]], "decode": [[0, "NaN"]]}),
        also=[
            _cast(
                "uint8",
                scalar_map={"encode": [[float("nan"), 0]], "decode": [[0, float("nan")]]},
            )
        ],
    ),
    Row(  # int64 to float64 rounds when it decodes
        codec=CastValue(data_type="int64", rounding="nearest-even", out_of_range="wrap"),
        dtype="float64",
        v2=_astype("<i8", "<f8"),
        v3=_cast("int64", rounding="nearest-even", out_of_range="wrap"),
        lossy="v2",
    ),
    Row(
        codec=CastValue(data_type="int64", rounding="towards-zero", out_of_range="wrap"),
        dtype="float64",
        v2=NotRepresentableError,
        v3=_cast("int64", rounding="towards-zero", out_of_range="wrap"),
    ),
    Row(
        codec=CastValue(data_type="float64", rounding="towards-zero"),
        dtype="float32",
        v2=NotRepresentableError,
        v3=_cast("float64", rounding="towards-zero"),
    ),
    Row(
        codec=CastValue(data_type="float64"),
        dtype="float32",
        v2=_astype("<f8", "<f4"),
        v3=_cast("float64"),
        lossy=AS_ASTYPE,
    ),
    Row(  # an integer array stored as float: decoding cuts off in NumPy
        codec=CastValue(data_type="float64"),
        dtype="int32",
        v2=NotRepresentableError,
        v3=_cast("float64"),
    ),
    Row(
        codec=CastValue(data_type="float64", rounding="towards-zero"),
        dtype="int32",
        v2=_astype("<f8", "<i4"),
        v3=_cast("float64", rounding="towards-zero"),
        lossy=AS_ASTYPE,
    ),
    Row(
        codec=CastValue(data_type="float64", rounding="towards-zero", out_of_range="clamp"),
        dtype="int32",
        v2=NotRepresentableError,
        v3=_cast("float64", rounding="towards-zero", out_of_range="clamp"),
    ),
    Row(
        codec=CastValue(data_type="uint8", out_of_range="wrap"),
        dtype="int16",
        v2=_astype("|u1", "<i2"),
        v3=_cast("uint8", out_of_range="wrap"),
        lossy=AS_ASTYPE,
    ),
    Row(
        codec=CastValue(data_type="uint8"),
        dtype="uint16",
        v2=_astype("|u1", "<u2"),
        v3=_cast("uint8"),
        lossy="v2",
    ),
    Row(
        codec=CastValue(data_type="int16"),
        dtype="uint8",
        v2=_astype("<i2", "|u1"),
        v3=_cast("int16"),
        lossy=AS_ASTYPE,
    ),
    Row(
        codec=CastValue(data_type="int16", out_of_range="clamp"),
        dtype="uint8",
        v2=NotRepresentableError,
        v3=_cast("int16", out_of_range="clamp"),
    ),
    Row(
        codec=CastValue(data_type="int4", out_of_range="wrap"),
        dtype="int8",
        v2=NotRepresentableError,
        v3=_cast("int4", out_of_range="wrap"),
    ),
    Row(
        codec=CastValue(data_type="bfloat16"),
        dtype="float32",
        v2=NotRepresentableError,
        v3=_cast("bfloat16"),
    ),
]

SCALE_OFFSET: Final = [
    Row(
        codec=ScaleOffset(),
        v2=NotRepresentableError,
        v3={"name": "scale_offset", "configuration": {}},
        also=[
            "scale_offset",
            {"name": "scale_offset"},
            {"name": "scale_offset", "configuration": {"offset": 0, "scale": 1.0}},
        ],
        targets={"zarrs": NotRepresentableError, "tensorstore": NotRepresentableError},
    ),
    Row(
        codec=ScaleOffset(offset=5, scale=0.1),
        v2=NotRepresentableError,
        v3={"name": "scale_offset", "configuration": {"offset": 5, "scale": 0.1}},
        also=[{"name": "scale_offset", "configuration": {"offset": 5.0, "scale": 0.1}}],
        targets={
            "zarr-python": {"name": "scale_offset", "configuration": {"offset": 5, "scale": 0.1}}
        },
        wrong=[
            (
                {"name": "scale_offset", "configuration": {"scale": scale}},
                ("configuration", "scale"),
            )
            for scale in (0, 0.0, -0.0, "0", "0x0000", "0x80000000")
        ]
        + [
            (
                {"name": "scale_offset", "configuration": {"offset": [0.0, 1.0]}},
                ("configuration", "offset"),
            ),
            (
                {"name": "scale_offset", "configuration": {"offset": None}},
                ("configuration", "offset"),
            ),
            (
                {"name": "scale_offset", "configuration": {"offset": True}},
                ("configuration", "offset"),
            ),
            (
                {"name": "scale_offset", "configuration": {"offset": "five"}},
                ("configuration", "offset"),
            ),
            (
                {"name": "scale_offset", "configuration": {"astype": "|u1"}},
                ("configuration", "astype"),
            ),
        ],
    ),
    Row(
        codec=ScaleOffset(offset="NaN", scale="0x3f800000"),
        v2=NotRepresentableError,
        v3={"name": "scale_offset", "configuration": {"offset": "NaN", "scale": "0x3f800000"}},
        also=[
            {
                "name": "scale_offset",
                "configuration": {"offset": float("nan"), "scale": "0x3f800000"},
            }
        ],
    ),
    Row(
        codec=ScaleOffset(offset="-Infinity"),
        v2=NotRepresentableError,
        v3={"name": "scale_offset", "configuration": {"offset": "-Infinity"}},
        also=[{"name": "scale_offset", "configuration": {"offset": float("-inf")}}],
    ),
    Row(
        codec=ScaleOffset(offset=18446744073709551615),
        v2=NotRepresentableError,
        v3={"name": "scale_offset", "configuration": {"offset": 18446744073709551615}},
    ),
]

PACKBITS_ROWS: Final = [
    Row(
        codec=Packbits(),
        v2=NotRepresentableError,
        v3=PACKBITS,
        also=[
            {"name": "packbits"},
            {"name": "packbits", "configuration": {"padding_encoding": "none"}},
            {"name": "packbits", "configuration": {"first_bit": None, "last_bit": None}},
            {"name": "packbits", "configuration": {"first_bit": 0}},
            {"name": "packbits", "configuration": {"start_bit": None, "end_bit": None}},
        ],
        targets={
            "zarrs": PACKBITS,
            "zarr-python": NotRepresentableError,
            "tensorstore": NotRepresentableError,
        },
        wrong=[
            (
                {"name": "packbits", "configuration": {"padding_encoding": "both"}},
                ("configuration", "padding_encoding"),
            ),
            (
                {"name": "packbits", "configuration": {"first_bit": -1}},
                ("configuration", "first_bit"),
            ),
            (
                {"name": "packbits", "configuration": {"last_bit": True}},
                ("configuration", "last_bit"),
            ),
            (
                {"name": "packbits", "configuration": {"first_bit": 4, "last_bit": 3}},
                ("configuration", "last_bit"),
            ),
            (
                {"name": "packbits", "configuration": {"first_bit": 0, "start_bit": 0}},
                ("configuration", "start_bit"),
            ),
        ],
    ),
    Row(
        codec=Packbits(padding_encoding="first_byte", first_bit=2, last_bit=2),
        v2=NotRepresentableError,
        v3={
            "name": "packbits",
            "configuration": {"padding_encoding": "first_byte", "first_bit": 2, "last_bit": 2},
        },
        also=[
            {
                "name": "packbits",
                "configuration": {"padding_encoding": "start_byte", "start_bit": 2, "end_bit": 2},
            }
        ],
        notes=["its schema's names"],
    ),
    Row(
        codec=Packbits(padding_encoding="last_byte"),
        v2=NotRepresentableError,
        v3={"name": "packbits", "configuration": {"padding_encoding": "last_byte"}},
        also=[{"name": "packbits", "configuration": {"padding_encoding": "end_byte"}}],
        notes=["its schema's names"],
    ),
]

LAYOUT: Final = [
    Row(
        codec=Reshape(shape=((0, 1), (2,), 3)),
        v2=NotRepresentableError,
        v3={"name": "reshape", "configuration": {"shape": [[0, 1], [2], 3]}},
        also=[{"name": "zarrs.reshape", "configuration": {"shape": [[0, 1], [2], 3]}}],
        targets={
            "zarrs": {"name": "reshape", "configuration": {"shape": [[0, 1], [2], 3]}},
            "zarr-python": NotRepresentableError,
        },
        wrong=[
            ({"name": "reshape"}, ("configuration", "shape")),
            ({"name": "reshape", "configuration": {"shape": [-1, -1]}}, ("configuration", "shape")),
            (
                {"name": "reshape", "configuration": {"shape": [[1], [0]]}},
                ("configuration", "shape"),
            ),
            (
                {"name": "reshape", "configuration": {"shape": [[1, 0], 10, [3, 4]]}},
                ("configuration", "shape"),
            ),
            (
                {"name": "reshape", "configuration": {"shape": [[0, 0]]}},
                ("configuration", "shape"),
            ),
            (
                {"name": "reshape", "configuration": {"shape": [0]}},
                ("configuration", "shape", 0),
            ),
            (
                {"name": "reshape", "configuration": {"shape": [-2]}},
                ("configuration", "shape", 0),
            ),
        ],
    ),
    Row(
        codec=Reshape(shape=(2, -1, ())),
        v2=NotRepresentableError,
        v3={"name": "reshape", "configuration": {"shape": [2, -1, []]}},
    ),
    Row(
        codec=ZarrsSqueeze(),
        v2=NotRepresentableError,
        v3={"name": "zarrs.squeeze", "configuration": {}},
        also=["zarrs.squeeze", "squeeze", f"{URL}/array_to_array/squeeze"],
        targets={"zarrs": {"name": "zarrs.squeeze", "configuration": {}}},
        wrong=[
            ({"name": "zarrs.squeeze", "configuration": {"axis": 0}}, ("configuration", "axis"))
        ],
    ),
]

ZFP: Final = [
    Row(
        codec=Zfp(mode="reversible"),
        v2=NotRepresentableError,
        v3={"name": "zfp", "configuration": {"mode": "reversible"}},
        also=[
            {"name": "zarrs.zfp", "configuration": {"mode": "reversible"}},
            {"name": f"{URL}/array_to_bytes/zfp", "configuration": {"mode": "reversible"}},
            {"name": "zfp", "configuration": {"mode": "reversible", "write_header": None}},
            {"name": "zfp", "configuration": {"mode": "reversible", "write_header": False}},
        ],
        targets={
            "zarrs": {"name": "zfp", "configuration": {"mode": "reversible"}},
            "zarr-python": NotRepresentableError,
        },
        wrong=[
            ({"name": "zfp"}, ("configuration", "mode")),
            ({"name": "zfp", "configuration": {"mode": 4}}, ("configuration", "mode")),
            (
                {"name": "zfp", "configuration": {"mode": "reversible", "rate": 4.0}},
                ("configuration", "rate"),
            ),
        ],
    ),
    Row(
        codec=Zfp(mode="fixed_accuracy", tolerance=0.05),
        v2=NotRepresentableError,
        v3={"name": "zfp", "configuration": {"mode": "fixed_accuracy", "tolerance": 0.05}},
        also=[{"name": "zfp", "configuration": {"mode": "fixedaccuracy", "tolerance": 0.05}}],
        notes=["'fixedaccuracy', of zarrs before 0.16, is written 'fixed_accuracy'"],
        wrong=[
            (
                {"name": "zfp", "configuration": {"mode": "fixed_accuracy"}},
                ("configuration", "tolerance"),
            ),
            (
                {
                    "name": "zfp",
                    "configuration": {"mode": "fixed_accuracy", "tolerance": float("nan")},
                },
                ("configuration", "tolerance"),
            ),
        ],
    ),
    Row(
        codec=Zfp(mode="fixed_rate", rate=10.5),
        v2=NotRepresentableError,
        v3={"name": "zfp", "configuration": {"mode": "fixed_rate", "rate": 10.5}},
        also=[{"name": "zfp", "configuration": {"mode": "fixedrate", "rate": 10.5}}],
    ),
    Row(
        codec=Zfp(mode="fixed_precision", precision=19),
        v2=NotRepresentableError,
        v3={"name": "zfp", "configuration": {"mode": "fixed_precision", "precision": 19}},
        also=[{"name": "zfp", "configuration": {"mode": "fixedprecision", "precision": 19}}],
        wrong=[
            (
                {"name": "zfp", "configuration": {"mode": "fixed_precision", "precision": -1}},
                ("configuration", "precision"),
            ),
            (
                {"name": "zfp", "configuration": {"mode": "fixed_precision", "precision": 1.5}},
                ("configuration", "precision"),
            ),
        ],
    ),
    Row(
        codec=Zfp(mode="expert", minbits=1, maxbits=13, maxprec=19, minexp=-2),
        v2=NotRepresentableError,
        v3={
            "name": "zfp",
            "configuration": {
                "mode": "expert",
                "minbits": 1,
                "maxbits": 13,
                "maxprec": 19,
                "minexp": -2,
            },
        },
        wrong=[
            (
                {
                    "name": "zfp",
                    "configuration": {"mode": "expert", "minbits": 1, "maxbits": 13, "maxprec": 19},
                },
                ("configuration", "minexp"),
            )
        ],
    ),
]

NESTED: Final = [
    Row(
        codec=Conditional(codecs=(Gzip(level=1),)),
        v2=NotRepresentableError,
        v3={"name": "conditional", "configuration": {"codecs": [GZIP], "header_bits": 8}},
        also=[
            {"name": "conditional", "configuration": {"codecs": [GZIP]}},
            {"name": "conditional", "configuration": {"codecs": [GZIP], "header_bits": None}},
        ],
        targets={"zarr-python": NotRepresentableError, "zarrs": NotRepresentableError},
        wrong=[
            ({"name": "conditional"}, ("configuration", "codecs")),
            (
                {"name": "conditional", "configuration": {"codecs": [LITTLE]}},
                ("configuration", "codecs"),
            ),
            (
                {"name": "conditional", "configuration": {"codecs": [GZIP], "header_bits": 4}},
                ("configuration", "header_bits"),
            ),
            (
                {"name": "conditional", "configuration": {"codecs": [GZIP], "header_bits": 0}},
                ("configuration", "header_bits"),
            ),
            (
                {
                    "name": "conditional",
                    "configuration": {"codecs": [{"name": "gzip", "configuration": {"level": 10}}]},
                },
                ("configuration", "codecs", 0, "configuration", "level"),
            ),
        ],
    ),
    Row(
        codec=Conditional(codecs=(Gzip(level=1),) * 9, header_bits=16),
        v2=NotRepresentableError,
        v3={"name": "conditional", "configuration": {"codecs": [GZIP] * 9, "header_bits": 16}},
        also=[{"name": "conditional", "configuration": {"codecs": [GZIP] * 9}}],
    ),
    Row(
        codec=N5Default(codecs=(Transpose(order=(1, 0)), Bytes(endian="big"), Gzip(level=1))),
        v2=NotRepresentableError,
        v3={"name": "n5_default", "configuration": {"codecs": [_reverse(1, 0), BIG, GZIP]}},
        targets={
            "zarr-python": {
                "name": "n5_default",
                "configuration": {"codecs": [_reverse(1, 0), BIG, GZIP]},
            },
            "tensorstore": NotRepresentableError,
        },
        wrong=[
            ({"name": "n5_default"}, ("configuration", "codecs")),
            *(
                (
                    {"name": "n5_default", "configuration": {"codecs": codecs}},
                    ("configuration", "codecs"),
                )
                for codecs in (
                    [],
                    [BIG],
                    [_reverse(1, 0)],
                    [BIG, _reverse(1, 0)],
                    [_reverse(0, 1), BIG],
                    [_reverse(1, 0), LITTLE],
                    [_reverse(1, 0), BIG, BIG],
                    [_reverse(1, 0), BIG, GZIP, GZIP],
                )
            ),
        ],
    ),
    Row(
        codec=N5Default(codecs=(Transpose(order=(0,)), Bytes())),
        v2=NotRepresentableError,
        v3={"name": "n5_default", "configuration": {"codecs": [_reverse(0), SINGLE]}},
        also=[{"name": "n5_default", "configuration": {"codecs": [_reverse(0), "bytes"]}}],
    ),
    Row(
        codec=N5Wrapper(dtype="<i4", chunk_shape=(4, 5), compressor_config=Gzip(level=1)),
        v2={
            "id": "n5_wrapper",
            "dtype": "<i4",
            "chunk_shape": [4, 5],
            "compressor_config": {"id": "gzip", "level": 1},
        },
        v3=NotRepresentableError,
        wrong=[
            ({"id": "n5_wrapper", "chunk_shape": [0]}, ("chunk_shape", 0)),
            ({"id": "n5_wrapper", "dtype": "q"}, ("dtype",)),
            (
                {"id": "n5_wrapper", "compressor_config": {"id": "gzip", "level": 10}},
                ("compressor_config", "level"),
            ),
            (
                {"id": "n5_wrapper", "compressor_config": {"id": "delta", "dtype": "<i4"}},
                ("compressor_config",),
            ),
            ({"id": "n5_wrapper", "compressor": None}, ("compressor",)),
        ],
    ),
    Row(
        codec=N5Wrapper(),
        v2={"id": "n5_wrapper", "compressor_config": None},
        v3=NotRepresentableError,
        also=[
            {"id": "n5_wrapper"},
            {"id": "n5_wrapper", "compressor_config": {"id": "raw"}},
        ],
    ),
]

ZARRS: Final = [
    Row(
        codec=ZarrsVlen(
            index_codecs=(Bytes(endian="little"), Gzip(level=1)),
            data_codecs=(Bytes(),),
            index_data_type="uint32",
            index_location="end",
        ),
        v2=NotRepresentableError,
        v3={
            "name": "zarrs.vlen",
            "configuration": {
                "index_codecs": [LITTLE, GZIP],
                "data_codecs": [SINGLE],
                "index_data_type": "uint32",
                "index_location": "end",
            },
        },
        targets={"zarr-python": NotRepresentableError},
        wrong=[
            ({"name": "zarrs.vlen"}, ("configuration", "index_codecs")),
            (
                {
                    "name": "zarrs.vlen",
                    "configuration": {
                        "index_codecs": [LITTLE],
                        "data_codecs": [SINGLE],
                        "index_data_type": "uint16",
                    },
                },
                ("configuration", "index_data_type"),
            ),
            (
                {
                    "name": "zarrs.vlen",
                    "configuration": {
                        "index_codecs": [LITTLE],
                        "data_codecs": [{"name": "bytes", "configuration": {"endian": "middle"}}],
                        "index_data_type": "uint64",
                    },
                },
                ("configuration", "data_codecs", 0, "configuration", "endian"),
            ),
        ],
    ),
    Row(
        codec=ZarrsVlen(
            index_codecs=(Bytes(endian="little"),), data_codecs=(Bytes(),), index_data_type="uint64"
        ),
        v2=NotRepresentableError,
        v3={
            "name": "zarrs.vlen",
            "configuration": {
                "index_codecs": [LITTLE],
                "data_codecs": [SINGLE],
                "index_data_type": "uint64",
            },
        },
        also=[
            {
                "name": name,
                "configuration": {
                    "index_codecs": [LITTLE],
                    "data_codecs": ["bytes"],
                    "index_data_type": "uint64",
                    **location,
                },
            }
            for name in ("zarrs.vlen", "vlen", f"{URL}/array_to_bytes/vlen")
            for location in ({}, {"index_location": "start"})
        ],
    ),
    Row(
        codec=ZarrsVlenV2(),
        v2=NotRepresentableError,
        v3={"name": "zarrs.vlen_v2", "configuration": {}},
        also=[
            "vlen_v2",
            {"name": f"{URL}/array_to_bytes/vlen_v2"},
            {"name": f"{URL}/array_to_bytes/vlen_interleaved"},
        ],
        wrong=[
            (
                {"name": "zarrs.vlen_v2", "configuration": {"dtype": "<i4"}},
                ("configuration", "dtype"),
            )
        ],
    ),
    Row(
        codec=ZarrsOptional(mask_codecs=(Packbits(),), data_codecs=(Bytes(endian="little"),)),
        v2=NotRepresentableError,
        v3={
            "name": "zarrs.optional",
            "configuration": {"mask_codecs": [PACKBITS], "data_codecs": [LITTLE]},
        },
        also=[
            {
                "name": name,
                "configuration": {"mask_codecs": ["packbits"], "data_codecs": [LITTLE]},
            }
            for name in ("optional", f"{URL}/array_to_bytes/optional")
        ],
        targets={"tensorstore": NotRepresentableError},
        wrong=[
            (
                {"name": "optional", "configuration": {"mask_codecs": []}},
                ("configuration", "data_codecs"),
            )
        ],
    ),
    Row(
        codec=ZarrsGdeflate(level=12),
        v2=NotRepresentableError,
        v3={"name": "zarrs.gdeflate", "configuration": {"level": 12}},
        also=[
            {"name": name, "configuration": {"level": 12}}
            for name in ("gdeflate", f"{URL}/bytes_to_bytes/gdeflate")
        ],
        targets={"zarrs": {"name": "zarrs.gdeflate", "configuration": {"level": 12}}},
        wrong=[
            ({"name": "zarrs.gdeflate"}, ("configuration", "level")),
            (
                {"name": "zarrs.gdeflate", "configuration": {"level": 13}},
                ("configuration", "level"),
            ),
            (
                {"name": "zarrs.gdeflate", "configuration": {"level": -1}},
                ("configuration", "level"),
            ),
        ],
    ),
    Row(
        codec=ZarrsGdeflate(level=0),
        v2=NotRepresentableError,
        v3={"name": "zarrs.gdeflate", "configuration": {"level": 0}},
    ),
]

KERCHUNK: Final = [
    Row(
        codec=FillHdfStrings(dtype="S16"),
        v2={"id": "fill_hdf_strings", "dtype": "S16", "id_map": None},
        v3=NotRepresentableError,
        also=[{"id": "fill_hdf_strings", "dtype": "S16"}],
        wrong=[
            ({"id": "fill_hdf_strings"}, ("dtype",)),
            ({"id": "fill_hdf_strings", "dtype": "S16", "fill": ""}, ("fill",)),
            (
                {"id": "fill_hdf_strings", "dtype": "S16", "id_map": {"a": 1}},
                ("id_map",),
            ),
        ],
    ),
    Row(
        codec=FillHdfStrings(dtype=[["name", "S16"], ["n", "int8"]], id_map={"0a": "x"}),
        v2={
            "id": "fill_hdf_strings",
            "dtype": [["name", "S16"], ["n", "int8"]],
            "id_map": {"0a": "x"},
        },
        v3=NotRepresentableError,
    ),
    Row(
        codec=FillHdfStrings(dtype="S16", id_map="unknown"),
        v2={"id": "fill_hdf_strings", "dtype": "S16", "id_map": "unknown"},
        v3=NotRepresentableError,
    ),
    Row(
        codec=Grib(var="u", dtype="float64"),
        v2={"id": "grib", "var": "u", "dtype": "float64"},
        v3=NotRepresentableError,
        wrong=[
            ({"id": "grib"}, ("var",)),
            ({"id": "grib", "var": None}, ("var",)),
            ({"id": "grib", "var": "u", "level": 1}, ("level",)),
        ],
    ),
    Row(
        codec=Grib(var="latitude"),
        v2={"id": "grib", "var": "latitude"},
        v3=NotRepresentableError,
        also=[{"id": "grib", "var": "latitude", "dtype": None}],
    ),
    Row(
        codec=RecordMember(member="a", dtype=[["a", ">f4"], ["b", ">i2"]]),
        v2={"id": "record_member", "member": "a", "dtype": [["a", ">f4"], ["b", ">i2"]]},
        v3=NotRepresentableError,
        wrong=[
            ({"id": "record_member", "member": "a"}, ("dtype",)),
            ({"id": "record_member", "member": 0, "dtype": ">f4,>i2"}, ("member",)),
        ],
    ),
    Row(
        codec=RecordMember(member="f0", dtype=">f4,>i2"),
        v2={"id": "record_member", "member": "f0", "dtype": ">f4,>i2"},
        v3=NotRepresentableError,
    ),
    Row(
        codec=FitsAscii(indtypes=(("x", "S11"),), outdtypes=(("x", "f8"),)),
        v2={"id": "FITSAscii", "indtypes": [["x", "S11"]], "outdtypes": [["x", "f8"]]},
        v3=NotRepresentableError,
        wrong=[
            ({"id": "FITSAscii", "indtypes": [["x", "S11"]]}, ("outdtypes",)),
            ({"id": "FITSAscii", "indtypes": [["x"]], "outdtypes": []}, ("indtypes", 0, 1)),
        ],
    ),
    Row(
        codec=FitsVarBintable(
            dt_in="[('n', '>i4', (2,))]", dt_out="[('n', 'O')]", nrow=3, types={"n": "J"}
        ),
        v2={
            "id": "FITSVarBintable",
            "dt_in": "[('n', '>i4', (2,))]",
            "dt_out": "[('n', 'O')]",
            "nrow": 3,
            "types": {"n": "J"},
        },
        v3=NotRepresentableError,
        wrong=[
            (
                {"id": "FITSVarBintable", "dt_in": "", "dt_out": "", "nrow": -1, "types": {}},
                ("nrow",),
            ),
            (
                {"id": "FITSVarBintable", "dt_in": "", "dt_out": "", "nrow": 1, "types": {"n": 1}},
                ("types", "n"),
            ),
        ],
    ),
]

ROWS: list[Row] = [
    *VLEN,
    *CAST_VALUE,
    *SCALE_OFFSET,
    *PACKBITS_ROWS,
    *LAYOUT,
    *ZFP,
    *NESTED,
    *ZARRS,
    *KERCHUNK,
]
