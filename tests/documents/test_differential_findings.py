"""What the adversary of `support.differential` found, each with the smallest input."""

from __future__ import annotations

from typing import Any

import pytest

import zarrcodec_bridge as bridge
from zarrcodec_bridge.core.errors import NotRepresentableError
from zarrcodec_bridge.documents.metadata import translate_metadata

Json = dict[str, Any]
LITTLE: Json = {"name": "bytes", "configuration": {"endian": "little"}}
TRANSPOSE: Json = {"name": "transpose", "configuration": {"order": [1, 0]}}


def named(name: str, **configuration: Any) -> Json:
    return {"name": name, "configuration": configuration}


@pytest.mark.parametrize("make", ["to_v2", "to_numcodecs"])
@pytest.mark.parametrize(
    ("codec", "dtype", "is_right"),
    [
        (named("numcodecs.delta", dtype="<u4"), "<f4", False),
        (named("numcodecs.delta", dtype="<f8"), "<i8", False),
        (named("numcodecs.astype", encode_dtype="<i8", decode_dtype="<i8"), "<c8", False),
        (named("numcodecs.quantize", digits=1, dtype="<f8"), "<M8[s]", False),
        (named("numcodecs.delta", dtype="<u4"), "<i4", True),
        (named("numcodecs.delta", dtype="<i8"), "<M8[s]", True),
        (named("numcodecs.pcodec"), ">f4", False),
        (named("numcodecs.pcodec"), "<f4", True),
    ],
)
def test_one_v3_codec_is_written_as_v2_where_the_array_takes_the_same(
    make: str, codec: Json, dtype: str, is_right: bool
) -> None:
    if make == "to_numcodecs":
        pytest.importorskip("numcodecs")
        if codec["name"] == "numcodecs.pcodec":
            pytest.importorskip("pcodec")
    if is_right:
        getattr(bridge, make)(codec, dtype=dtype)
        return
    with pytest.raises(NotRepresentableError, match=r"v2 takes their bits|native elements only"):
        getattr(bridge, make)(codec, dtype=dtype)


@pytest.mark.parametrize("make", ["to_v3", "to_zarr"])
@pytest.mark.parametrize(
    ("codec", "dtype", "reason"),
    [
        ({"id": "delta", "dtype": ">c16"}, "<c16", "views little-endian elements as big-endian"),
        ({"id": "delta", "dtype": ">f4"}, "|V4", "big-endian"),
        ({"id": "pcodec"}, ">f8", "native elements only"),
        ({"id": "pcodec"}, ">m8[s]", "native elements only"),
        ({"id": "zfpy", "mode": 4, "tolerance": 0.1}, ">f4", "native elements only"),
        (
            {"id": "imagecodecs_floatpred", "shape": [3], "dtype": ">c8", "axis": -1},
            ">c8",
            "the two parts of a complex one",
        ),
        ({"id": "delta", "dtype": ">f4"}, ">f4", None),
        ({"id": "delta", "dtype": "<f4"}, "<f4", None),
    ],
)
def test_one_v2_codec_is_written_as_v3_in_the_byte_order_of_the_array(
    make: str, codec: Json, dtype: str, reason: str | None
) -> None:
    if make == "to_zarr":
        pytest.importorskip("zarr", minversion="3.1")
    if reason is None:
        getattr(bridge, make)(codec, dtype=dtype)
        return
    with pytest.raises(NotRepresentableError, match=reason):
        getattr(bridge, make)(codec, dtype=dtype)


AXES: dict[str, tuple[str, list[Json]]] = {
    "delta": ("uint8", [{"name": "bytes"}]),
    "xor": ("uint8", [{"name": "bytes"}]),
    "byteshuffle": ("int16", []),
    "floatpred": ("float32", []),
}


@pytest.mark.parametrize("shape", [[1, 3], [3, 1]])
@pytest.mark.parametrize("name", AXES)
def test_codecs_along_axes_count_those_of_length_1(name: str, shape: list[int]) -> None:
    """A transpose of such axes moves no byte, but gives the codec another last axis."""
    data_type, rest = AXES[name]
    codec = named(f"imagecodecs_{name}", axis=-1)
    reason = "works on the shape of the chunk"
    with pytest.raises(NotRepresentableError, match=reason):
        translate_metadata(_v3(data_type, [TRANSPOSE, codec, *rest], shape), to="v2")
    v2 = translate_metadata(_v3(data_type, [codec, *rest], shape), to="v2").result[".zarray"]
    assert v2["order"] == "C"
    with pytest.raises(NotRepresentableError, match=reason):
        translate_metadata({**v2, "order": "F"}, to="v3")
    plain = [TRANSPOSE, LITTLE, named("imagecodecs_zlib")]
    assert translate_metadata(_v3("int16", plain, shape), to="v2").result[".zarray"]["order"] == "C"


def test_floatpred_of_big_endian_complex_elements_is_refused() -> None:
    def document(dtype: str) -> Json:
        codec = {"id": "imagecodecs_floatpred", "shape": [3], "dtype": dtype, "axis": -1}
        return {
            "zarr_format": 2,
            "shape": [3],
            "chunks": [3],
            "dtype": dtype,
            "order": "C",
            "filters": [codec],
            "compressor": None,
            "fill_value": None,
        }

    for dtype in ("<c8", ">f4", "<f4"):
        translate_metadata(document(dtype), to="v3")
    with pytest.raises(NotRepresentableError, match="the two parts of a complex one"):
        translate_metadata(document(">c8"), to="v3")


def _v3(data_type: str, codecs: list[Json], shape: list[int]) -> Json:
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": shape,
        "data_type": data_type,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": shape}},
        "chunk_key_encoding": {"name": "v2", "configuration": {"separator": "."}},
        "codecs": codecs,
        "fill_value": 0,
        "attributes": {},
    }


@pytest.mark.parametrize("target", ["spec", "zarr-python"])
@pytest.mark.parametrize("between", [[], [named("scale_offset", offset=0, scale=1)]])
@pytest.mark.parametrize(("view", "is_right"), [("<u2", False), ("<i2", True), ("<f2", True)])
def test_bitround_is_not_renamed_before_a_view_of_another_kind(
    target: str, view: str, is_right: bool, between: list[Json]
) -> None:
    codecs = [
        named("numcodecs.bitround", keepbits=7),
        *between,
        named("numcodecs.astype", encode_dtype=view, decode_dtype=view),
        LITTLE,
    ]
    document = _v3("float16", codecs, [3])
    if is_right:
        bridge.normalize_metadata(document, target=target)
        return
    with pytest.raises(NotRepresentableError, match="views float16 elements as uint16"):
        bridge.normalize_metadata(document, target=target)


@pytest.mark.parametrize(
    ("endian", "shape", "is_loss"), [("big", [], True), ("little", [], False), ("big", [1], False)]
)
def test_quantize_writes_big_endian_scalars_native(
    endian: str, shape: list[int], is_loss: bool
) -> None:
    codecs = [
        named("numcodecs.quantize", digits=4, dtype="<f4", astype="<f4"),
        named("bytes", endian=endian),
    ]
    found = translate_metadata(_v3("float32", codecs, shape), to="v2", on_loss="ignore")
    assert bool(found.losses) == is_loss


CAST: Json = named("cast_value", data_type="int8", rounding="towards-zero", out_of_range="wrap")


@pytest.mark.parametrize(
    ("data_type", "filters", "says"),
    [
        ("int64", [CAST, named("numcodecs.delta", dtype="|u1")], "views int8 elements as uint8"),
        ("int64", [CAST, named("numcodecs.delta", dtype="|i1")], None),
        (
            "uint64",
            [
                named("cast_value", data_type="uint64", out_of_range="clamp"),
                named("numcodecs.astype", encode_dtype="<i8", decode_dtype="<i8"),
            ],
            "views uint64 elements as int64",
        ),
        ("int64", [named("numcodecs.delta", dtype="<u8"), CAST], "takes them for int64"),
        ("int64", [named("numcodecs.delta", dtype="<u8", astype="<u8"), CAST], None),
        ("int64", [named("numcodecs.delta", dtype="<i8"), CAST], None),
        ("int64", [named("numcodecs.delta", dtype="<i8", astype="<i4"), CAST], None),
        ("int64", [named("numcodecs.delta", dtype="<u8")], None),
    ],
)
def test_what_computes_takes_values_and_not_bits(
    data_type: str, filters: list[Json], says: str | None
) -> None:
    document = _v3(data_type, [*filters, LITTLE], [3])
    if says is None:
        translate_metadata(document, to="v2", on_loss="ignore")
        return
    with pytest.raises(NotRepresentableError, match=says):
        translate_metadata(document, to="v2", on_loss="ignore")
