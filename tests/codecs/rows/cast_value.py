"""Rows of `cast_value`."""

from __future__ import annotations

from typing import Final

from table_row import Row
from zarrcodec_bridge.codecs.cast_value import CastValue
from zarrcodec_bridge.core.errors import MissingContextError, NotRepresentableError


def _cast(data_type: str, **configuration: object) -> dict[str, object]:
    return {"name": "cast_value", "configuration": {"data_type": data_type, **configuration}}


def _astype(encode: str, decode: str) -> dict[str, object]:
    return {"id": "astype", "encode_dtype": encode, "decode_dtype": decode}


AS_ASTYPE: Final = "nothing, but astype is read as another codec"
"""For `lossy`: the v2 cell loses nothing, and is not read back as the same codec."""

ROWS = [
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
