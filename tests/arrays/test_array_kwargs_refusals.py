"""`array_kwargs`: what cannot be said is refused by name."""

from __future__ import annotations

from typing import Final

import pytest

from support.array_kwargs import GZIP, SHUFFLE, Json
from zarrcodec_bridge.arrays import array_kwargs
from zarrcodec_bridge.core.errors import (
    BridgeError,
    InvalidCodecError,
    MissingContextError,
    NotRepresentableError,
    UnknownCodecError,
)

pytest.importorskip("numpy")

numcodecs = pytest.importorskip("numcodecs")

pytest.importorskip("zarr")

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*not in the Zarr version 3 specification"),
    pytest.mark.filterwarnings("ignore:.*does not have a Zarr V3 specification"),
    pytest.mark.filterwarnings("ignore:.*not part in the Zarr format 3 specification"),
]

REFUSED: Final[list[tuple[str, Json, type[BridgeError], str]]] = [
    ("no such api", {"api": "creat_array"}, BridgeError, "did you mean 'create_array'"),
    ("no such format", {"zarr_format": 4}, BridgeError, "expected zarr_format 2 or 3, got 4"),
    ("no codec", {"compressors": 5}, InvalidCodecError, "compressors"),
    ("no name", {"compressors": ["zstd", "gzp"]}, UnknownCodecError, "did you mean 'gzip'"),
    ("a flag", {"filters": True}, InvalidCodecError, "'auto' alone is the library's default"),
    (
        "no such dialect",
        {"api": "h5py"},
        BridgeError,
        "expected api 'create_array'",
    ),
    (
        "objects of numbers",
        {"compressors": "vlen-utf8", "dtype": "i4"},
        NotRepresentableError,
        "takes objects, not",
    ),
    (
        "objects of numbers, v3",
        {"compressors": "vlen-utf8", "dtype": "i4", "zarr_format": 3, "api": "tensorstore"},
        NotRepresentableError,
        "takes objects, not",
    ),
    (
        "floats of integers",
        {"filters": {"id": "quantize", "digits": 2, "dtype": "<f4"}, "dtype": "i4"},
        NotRepresentableError,
        "views int32 elements as float32",
    ),
    (
        "longer floats",
        {"filters": {"id": "quantize", "digits": 2, "dtype": "<f8"}, "dtype": ">f4"},
        NotRepresentableError,
        "views float32 elements as float64",
    ),
    (
        "shorter text",
        {
            "filters": {"id": "categorize", "dtype": "<U1", "astype": "|u1", "labels": ["a"]},
            "dtype": "U3",
        },
        NotRepresentableError,
        "views 12-byte elements as 4-byte ones",
    ),
    (
        "bits of integers",
        {"filters": {"id": "packbits"}, "dtype": "u1"},
        NotRepresentableError,
        "packs bool elements, not uint8",
    ),
    (
        "differences of bools",
        {"filters": {"id": "delta", "dtype": "|b1"}},
        NotRepresentableError,
        "view them as uint8",
    ),
    (
        "differences of bools, v3",
        {
            "filters": {"id": "delta", "dtype": "|b1"},
            "compressors": None,
            "dtype": "bool",
            "zarr_format": 3,
            "api": "tensorstore",
        },
        NotRepresentableError,
        "view them as uint8",
    ),
    (
        "bits of bytes",
        {"filters": [{"id": "vlen-utf8"}, {"id": "packbits"}], "dtype": str},
        NotRepresentableError,
        "packs bool elements, not uint8",
    ),
    (
        "big-endian where native is meant",
        {"compressors": {"id": "pcodec"}, "dtype": ">f4"},
        NotRepresentableError,
        "make the array with dtype '<f4'",
    ),
    (
        "imagecodecs and big-endian",
        {"compressors": {"id": "imagecodecs_jpegxl"}, "dtype": ">u2"},
        NotRepresentableError,
        "make the array with dtype '<u2'",
    ),
    (
        "imagecodecs_delta of what",
        {"filters": {"id": "imagecodecs_delta"}, "compressors": "zlib", "dtype": "u1"},
        NotRepresentableError,
        "give it shape and dtype",
    ),
    (
        "imagecodecs_bitshuffle of what",
        {"filters": {"id": "imagecodecs_bitshuffle"}, "compressors": "zlib", "dtype": "u2"},
        NotRepresentableError,
        "give it itemsize",
    ),
    (
        "imagecodecs_bitshuffle alone",
        {
            "filters": {"id": "imagecodecs_bitshuffle", "itemsize": 2},
            "compressors": None,
            "dtype": "u2",
        },
        NotRepresentableError,
        "add a compressor",
    ),
    ("an unknown name", {"compressors": {"id": "mirrored"}}, UnknownCodecError, "unknown='keep'"),
    ("auto in a list", {"compressors": ["auto"]}, InvalidCodecError, "'auto' alone"),
    ("a class", {"compressors": numcodecs.GZip}, InvalidCodecError, "pass an instance"),
    (
        "a bad level",
        {"compressors": [{"id": "gzip", "level": 77}]},
        InvalidCodecError,
        "compressors\\[0\\].level",
    ),
    ("two serializers", {"serializer": ["bytes", "vlen-utf8"]}, InvalidCodecError, "serializer"),
    (
        "bytes and pcodec",
        {"serializer": "bytes", "compressors": {"id": "pcodec"}},
        InvalidCodecError,
        "expected one array-to-bytes codec",
    ),
    (
        "delta after gzip",
        {
            "compressors": [GZIP, {"id": "delta", "dtype": "<i4"}],
            "zarr_format": 3,
            "api": "tensorstore",
        },
        NotRepresentableError,
        "comes after gzip",
    ),
    (
        "shuffle before what is left open",
        {"filters": [SHUFFLE], "zarr_format": 3, "api": "tensorstore"},
        NotRepresentableError,
        "pass compressors",
    ),
    (
        "nothing open in a list of codecs",
        {"filters": [{"id": "delta", "dtype": "<i4"}], "zarr_format": 3, "api": "tensorstore"},
        MissingContextError,
        "pass compressors",
    ),
    (
        "big-endian in the serializer",
        {"serializer": {"name": "bytes", "configuration": {"endian": "big"}}, "dtype": "<i4"},
        NotRepresentableError,
        "make the array with dtype '>i4'",
    ),
    (
        "big-endian, of unknown type",
        {"serializer": {"name": "bytes", "configuration": {"endian": "big"}}},
        MissingContextError,
        "pass dtype",
    ),
    (
        "transpose in xarray",
        {
            "filters": [{"name": "transpose", "configuration": {"order": [1, 0]}}],
            "dtype": "i4",
            "api": "xarray",
        },
        NotRepresentableError,
        "takes no order 'F'",
    ),
    (
        "filters in tensorstore",
        {"filters": [SHUFFLE], "api": "tensorstore"},
        NotRepresentableError,
        "takes no filters",
    ),
    (
        "lz4 in tensorstore",
        {"compressors": "lz4", "api": "tensorstore"},
        NotRepresentableError,
        "tensorstore",
    ),
    (
        "zlib in tensorstore, v3",
        {"compressors": "zlib", "api": "tensorstore", "zarr_format": 3},
        NotRepresentableError,
        "tensorstore does not open it",
    ),
    (
        "filters in anndata",
        {"filters": [SHUFFLE], "api": "anndata"},
        NotRepresentableError,
        "takes no filters",
    ),
    (
        "sharding in format 2",
        {
            "serializer": {
                "name": "sharding_indexed",
                "configuration": {
                    "chunk_shape": [2],
                    "codecs": ["bytes"],
                    "index_codecs": ["bytes"],
                },
            },
            "dtype": "u1",
        },
        NotRepresentableError,
        "sharding_indexed",
    ),
]


@pytest.mark.parametrize(
    ("arguments", "error", "message"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_what_cannot_be_said_is_refused_by_name(
    arguments: Json, error: type[BridgeError], message: str
) -> None:
    with pytest.raises(error, match=message):
        array_kwargs(**{"zarr_format": 2, **arguments})


@pytest.mark.parametrize("api", ["create", "create_array", "tensorstore"])
def test_a_full_transpose_is_the_order_of_format_2(api: str) -> None:
    transpose = {"name": "transpose", "configuration": {"order": [1, 0]}}
    found = array_kwargs("gzip", filters=transpose, dtype="i4", zarr_format=2, api=api)
    assert found["order"] == "F"
