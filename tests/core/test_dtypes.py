"""Data types: v2 and v3 spellings of one another, sizes, and what is refused."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from zarrcodec_bridge.core.data_types import DataType, read_dtype, typestr
from zarrcodec_bridge.core.errors import BridgeError, InvalidCodecError

PAIRS: list[tuple[Any, Any, int | None]] = [
    ("|b1", "bool", 1),
    ("|i1", "int8", 1),
    ("<i2", "int16", 2),
    (">i4", "int32", 4),
    ("<i8", "int64", 8),
    ("|u1", "uint8", 1),
    (">u2", "uint16", 2),
    ("<u4", "uint32", 4),
    ("<u8", "uint64", 8),
    ("<f2", "float16", 2),
    (">f4", "float32", 4),
    ("<f8", "float64", 8),
    ("<c8", "complex64", 8),
    (">c16", "complex128", 16),
    ("|S5", {"name": "null_terminated_bytes", "configuration": {"length_bytes": 5}}, 5),
    ("<U4", {"name": "fixed_length_utf32", "configuration": {"length_bytes": 16}}, 16),
    ("|V6", {"name": "raw_bytes", "configuration": {"length_bytes": 6}}, 6),
    (
        "<M8[ns]",
        {"name": "numpy.datetime64", "configuration": {"unit": "ns", "scale_factor": 1}},
        8,
    ),
    (
        ">M8[10us]",
        {"name": "numpy.datetime64", "configuration": {"unit": "us", "scale_factor": 10}},
        8,
    ),
    (
        "<M8",
        {"name": "numpy.datetime64", "configuration": {"unit": "generic", "scale_factor": 1}},
        8,
    ),
    ("<m8[D]", {"name": "numpy.timedelta64", "configuration": {"unit": "D", "scale_factor": 1}}, 8),
    (
        [["a", "<i4"], ["b", [["x", "<f8"], ["y", "|u1"]]]],
        {
            "name": "struct",
            "configuration": {
                "fields": [
                    {"name": "a", "data_type": "int32"},
                    {
                        "name": "b",
                        "data_type": {
                            "name": "struct",
                            "configuration": {
                                "fields": [
                                    {"name": "x", "data_type": "float64"},
                                    {"name": "y", "data_type": "uint8"},
                                ]
                            },
                        },
                    },
                ]
            },
        },
        13,
    ),
]


@pytest.mark.parametrize(("v2", "v3", "size"), PAIRS, ids=lambda value: str(value)[:40])
def test_spellings(v2: Any, v3: Any, size: int | None) -> None:
    dtype = DataType.from_v2(v2)
    assert dtype.itemsize == size
    assert dtype.to_v2() == v2
    assert dtype.to_v3() == v3
    back = DataType.from_v3(v3)
    assert back == dtype.with_endian(None)
    assert back.with_endian(dtype.endian).to_v2() == v2
    assert read_dtype(v2) == dtype
    assert read_dtype(v3) == back
    assert pickle.loads(pickle.dumps(dtype)) == dtype
    assert hash(pickle.loads(pickle.dumps(dtype))) == hash(dtype)


REGISTERED = {
    **dict.fromkeys("bool int2 int4 int8 uint2 uint4 uint8".split(), 1),
    **dict.fromkeys("int16 uint16 float16 bfloat16".split(), 2),
    **dict.fromkeys("int32 uint32 float32 complex_float16 complex_bfloat16".split(), 4),
    **dict.fromkeys("int64 uint64 float64 complex64 complex_float32".split(), 8),
    **dict.fromkeys("complex128 complex_float64".split(), 16),
    **dict.fromkeys(
        "float4_e2m1fn float6_e2m3fn float6_e3m2fn float8_e3m4 float8_e4m3 float8_e4m3b11fnuz"
        " float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz float8_e8m0fnu".split(),
        1,
    ),
    **dict.fromkeys(
        "complex_float4_e2m1fn complex_float6_e2m3fn complex_float6_e3m2fn complex_float8_e3m4"
        " complex_float8_e4m3 complex_float8_e4m3b11fnuz complex_float8_e4m3fnuz"
        " complex_float8_e5m2 complex_float8_e5m2fnuz complex_float8_e8m0fnu".split(),
        2,
    ),
    "string": None,
    "bytes": None,
    "r16": 2,
}
"""The names of zarr-specs and of zarr-extensions at 4da7b37 that need no configuration, and their sizes."""


@pytest.mark.parametrize(("name", "size"), REGISTERED.items())
def test_every_registered_data_type_is_named_and_sized(name: str, size: int | None) -> None:
    dtype = DataType.from_v3(name)
    assert dtype.is_known
    assert dtype.itemsize == size
    assert dtype.has_order == (
        size is not None
        and size > 1
        and "float8_" not in name
        and "float6_" not in name
        and "float4_" not in name
        and name != "r16"
    )


ALSO = [
    ("int32", "<i4"), ("i4", "<i4"), ("=i4", "<i4"), ("<u1", "|u1"), (">S1", "|S1"), ("bool", "|b1"),
    ("float64", "<f8"), ("|O", "|O"), ("bfloat16", "bfloat16"), ("int4", "int4"),
]  # fmt: skip


@pytest.mark.parametrize(("spelled", "canonical"), ALSO)
def test_other_spellings_are_read(spelled: str, canonical: str) -> None:
    assert DataType.from_v2(spelled).to_v2() == canonical


@pytest.mark.parametrize(
    "value",
    ["", "<", "i3", "<f3", "q", "<M8[x]", "M8[ns", "<i4\n", " <i4", "<U", None, 4, 4.0, {}, [], [[]],
     [["a"]], [["a", "<i4", 3]], [["a", "<i4", [-1]]], [[1, "<i4"]], "<i999999999999999999999", "ï4"],
    ids=repr,
)  # fmt: skip
def test_malformed_v2_data_types_are_refused(value: Any) -> None:
    if value == "<U":
        assert DataType.from_v2(value).itemsize == 0
        return
    with pytest.raises(InvalidCodecError) as caught:
        DataType.from_v2(value)
    assert caught.value.problems[0].path[0] == "dtype"


def test_numpy_data_types_are_read() -> None:
    np = pytest.importorskip("numpy")
    for text in ("<i4", ">f8", "|b1", "<U3", "|S4", "<M8[s]", "|V5"):
        assert read_dtype(np.dtype(text)).to_v2() == text
    assert read_dtype(np.float32).to_v2() == "<f4"
    assert read_dtype(np.dtype([("a", "<i2"), ("b", ">f4", (2,))])).to_v2() == [
        ["a", "<i2"],
        ["b", ">f4", [2]],
    ]
    with pytest.raises(BridgeError, match="padding"):
        read_dtype(np.dtype([("a", "i1"), ("b", "i4")], align=True))
    assert read_dtype(float).to_v2() == "<f8"
    assert typestr(np.uint8) == "|u1"


def test_unknown_v3_data_types_are_kept() -> None:
    value = {"name": "acme.colour", "configuration": {"space": ["r", "g", "b"]}}
    assert DataType.from_v3(value).to_v3() == value
    with pytest.raises(BridgeError):
        DataType.from_v3(value).to_v2()
