"""Codecs as other writers leave them: what readers open is read, with a note that says what it became.

FINDINGS D3 (members that decoding does not need are left out) and D4 (GDAL's v2 driver writes options as text).
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import zarrcodec_bridge as bridge
from zarrcodec_bridge.core.errors import BridgeError, InvalidCodecError
from zarrcodec_bridge.documents.metadata import translate_metadata

LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}
VALUES = np.arange(64, dtype="<i4").reshape(8, 8)

LEFT_OUT: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"name": "gzip", "configuration": {}}, {"level": 5}),
    ({"name": "zstd", "configuration": {}}, {"level": 0, "checksum": False}),
    ({"name": "zstd", "configuration": {"checksum": True}}, {"level": 0, "checksum": True}),
    (
        {"name": "blosc", "configuration": {}},
        {"cname": "zstd", "clevel": 5, "shuffle": "shuffle", "typesize": 4, "blocksize": 0},
    ),
    (
        {"name": "blosc", "configuration": {"cname": "lz4"}},
        {"cname": "lz4", "clevel": 5, "shuffle": "shuffle", "typesize": 4, "blocksize": 0},
    ),
    (
        {"name": "blosc", "configuration": {"clevel": 9, "shuffle": "bitshuffle", "typesize": 2}},
        {"cname": "zstd", "clevel": 9, "shuffle": "bitshuffle", "typesize": 2, "blocksize": 0},
    ),
]
"""What a document has, and what is written."""


def _zarr_json(codecs: list[Any]) -> dict[str, Any]:
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": [8, 8],
        "data_type": "int32",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [8, 8]}},
        "chunk_key_encoding": {"name": "v2", "configuration": {"separator": "."}},
        "fill_value": 0,
        "codecs": codecs,
        "attributes": {},
    }


def _sharded(codec: Any) -> dict[str, Any]:
    return {
        "name": "sharding_indexed",
        "configuration": {
            "chunk_shape": [4, 4],
            "codecs": [LITTLE, codec],
            "index_codecs": [LITTLE, {"name": "crc32c"}],
        },
    }


@pytest.mark.parametrize(("codec", "becomes"), LEFT_OUT)
def test_d3_members_that_decoding_does_not_need(
    codec: dict[str, Any], becomes: dict[str, Any]
) -> None:
    found = translate_metadata(_zarr_json([LITTLE, codec]))
    written = found.result["zarr.json"]["codecs"][1]
    assert written == {"name": codec["name"], "configuration": becomes}
    missing = [key for key in ("level", "cname", "clevel") if key in becomes]
    for key in missing:
        said = any(f"{key}, which decoding does not need" in str(note) for note in found.notes)
        assert said == (key not in codec["configuration"])
    assert not found.losses
    zarray, _ = bridge.metadata_to_v2(_zarr_json([LITTLE, codec]))
    assert bridge.same(zarray["compressor"], written, dtype="int32", decode_only=True)
    pipeline = bridge.Pipeline.from_v3(data_type="int32", codecs=[LITTLE, codec])
    assert pipeline.to_v3()["codecs"][1] == written
    assert bridge.to_v3(codec, dtype="int32") == written
    inner = bridge.normalize_metadata(_zarr_json([_sharded(codec)]))["codecs"][0]
    assert inner["configuration"]["codecs"][1] == written


@pytest.mark.parametrize(("codec", "becomes"), LEFT_OUT)
def test_d3_strict_reading_refuses(codec: dict[str, Any], becomes: dict[str, Any]) -> None:
    key = next(key for key in ("level", "cname", "clevel") if key in becomes)
    wanted = key not in codec["configuration"]
    key = key if wanted else next(k for k in becomes if k not in codec["configuration"])
    for read in (
        lambda: bridge.normalize(codec, strict=True),
        lambda: bridge.to_v2(codec, dtype="int32", strict=True),
    ):
        with pytest.raises(InvalidCodecError) as caught:
            read()
        assert ("configuration", key) in [problem.path for problem in caught.value.problems]
    with pytest.raises(InvalidCodecError) as caught:
        bridge.Pipeline.from_v3(data_type="int32", codecs=[LITTLE, codec], strict=True)
    assert caught.value.problems[0].path == ("codecs", 1, "configuration", key)


@pytest.mark.parametrize(("codec", "becomes"), LEFT_OUT)
@pytest.mark.parametrize("sharded", [False, True])
def test_d3_zarr_python_reads_the_same(
    codec: dict[str, Any], becomes: dict[str, Any], sharded: bool, tmp_path: Any
) -> None:
    """The oracle: zarr-python writes chunks under the document as it came, and reads them under ours."""
    zarr = pytest.importorskip("zarr", minversion="3")
    document = _zarr_json([_sharded(codec)] if sharded else [LITTLE, codec])
    path = tmp_path / "a"
    path.mkdir()
    (path / "zarr.json").write_text(json.dumps(document))
    zarr.open_array(path, mode="r+")[:] = VALUES
    ours = bridge.normalize_metadata(document, target="zarr-python")
    (path / "zarr.json").write_text(json.dumps(ours))
    array = zarr.open_array(path, mode="r+")
    np.testing.assert_array_equal(array[:], VALUES)
    array[:] = VALUES[::-1]
    (path / "zarr.json").write_text(json.dumps(document))
    np.testing.assert_array_equal(zarr.open_array(path, mode="r")[:], VALUES[::-1])


@pytest.mark.parametrize(
    ("codec", "key"),
    [
        ("bitround", "keepbits"),
        ("numcodecs.bitround", "keepbits"),
        ("numcodecs.quantize", "digits"),
        ("numcodecs.delta", "dtype"),
        ("transpose", "order"),
        ("sharding_indexed", "codecs"),
        ("cast_value", "data_type"),
        ("zfp", "mode"),
    ],
)
def test_d3_nothing_is_guessed_where_readers_have_no_default(codec: str, key: str) -> None:
    with pytest.raises(InvalidCodecError) as caught:
        bridge.normalize({"name": codec, "configuration": {}})
    assert ("configuration", key) in [problem.path for problem in caught.value.problems]


def test_d3_an_open_elementsize_is_no_default() -> None:
    """v3 `numcodecs.shuffle` without elementsize means the array's, and v2's means 4: neither becomes the other."""
    shuffle = {"name": "numcodecs.shuffle", "configuration": {}}
    pipeline = bridge.Pipeline.from_v3(data_type="float64", codecs=[LITTLE, shuffle])
    assert pipeline.to_v2()["compressor"] == {"id": "shuffle", "elementsize": 8}


def _blosc(**parameters: Any) -> dict[str, Any]:
    return {"id": "blosc", "cname": "lz4", "clevel": 5, "blocksize": 0, **parameters}


GDAL: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any], bool]] = [
    *[
        (_blosc(shuffle=text), _blosc(shuffle=code), _blosc(shuffle=code), True)
        for text, code in [
            ("NONE", 0),
            ("none", 0),
            ("BYTE", 1),
            ("Byte", 1),
            ("BIT", 2),
            ("bit", 2),
            ("0", 0),
            ("1", 1),
            ("2", 2),
        ]
    ],
    (_blosc(shuffle="BIT", typesize=4, num_threads="ALL_CPUS"), _blosc(shuffle=2), _blosc(), False),
    (_blosc(shuffle=1, typesize=4, num_threads="1"), _blosc(shuffle=1), _blosc(), False),
    *[
        (
            {"id": "zstd", "level": 13, "checksum": text},
            {"id": "zstd", "level": 13, **({"checksum": True} if checksum else {})},
            {"id": "zstd", "level": 13, "checksum": checksum},
            True,
        )
        for checksum, texts in [(False, "NO no FALSE OFF 0"), (True, "YES Yes TRUE ON 1")]
        for text in texts.split()
    ],
    *[
        (
            {"id": "lz4", "acceleration": 1, "header": text},
            {"id": "lz4", "acceleration": 1},
            {"id": "lz4", "acceleration": 1},
            False,
        )
        for text in ("YES", "yes", "TRUE", "ON", "1")
    ],
    (
        {"id": "lzma", "preset": 6, "delta": 1},
        {"id": "lzma", "preset": 6},
        {
            "id": "lzma",
            "format": 1,
            "preset": None,
            "filters": [{"id": 3, "dist": 1}, {"id": 0x21, "preset": 6}],
        },
        False,
    ),
    ({"id": "zlib", "level": 6}, {"id": "zlib", "level": 6}, {"id": "zlib", "level": 6}, True),
    ({"id": "gzip", "level": 6}, {"id": "gzip", "level": 6}, {"id": "gzip", "level": 6}, True),
]
"""What GDAL's v2 driver leaves, what is written, how its chunks are encoded, and whether numcodecs opens it.

From `CPLAddBuiltinCompressors` (port/cpl_compressor.cpp), whose options `ZarrV2Group::CreateMDArray` copies: as
numbers where their type is an integer, and as the user's text otherwise.
"""


@pytest.mark.parametrize(("left", "becomes", "encoder", "opens"), GDAL)
def test_d4_options_as_text(
    left: dict[str, Any], becomes: dict[str, Any], encoder: dict[str, Any], opens: bool
) -> None:
    assert bridge.to_v2(left, dtype="int32") == becomes
    found = bridge.translate(left, to="v3", dtype="int32")
    assert found.result == bridge.to_v3(becomes, dtype="int32")
    changed = left.keys() - becomes.keys() - {"typesize", "checksum"} or any(
        isinstance(value, str) and key not in ("id", "cname") for key, value in left.items()
    )
    assert bool(found.notes) == bool(changed)
    pipeline = bridge.Pipeline.from_v2(dtype="<i4", compressor=left)
    assert pipeline == bridge.Pipeline.from_v2(dtype="<i4", compressor=becomes)
    if changed:
        with pytest.raises(BridgeError):
            bridge.normalize(left, strict=True)


@pytest.mark.parametrize(("left", "becomes", "encoder", "opens"), GDAL)
def test_d4_chunks_decode_equal(
    left: dict[str, Any], becomes: dict[str, Any], encoder: dict[str, Any], opens: bool
) -> None:
    """The oracle: numcodecs decodes chunks as GDAL encodes them, and with its configuration where it opens that."""
    numcodecs = pytest.importorskip("numcodecs")
    chunk = numcodecs.get_codec(dict(encoder)).encode(VALUES)
    for config in [becomes, left] if opens else [becomes]:
        decoded = numcodecs.get_codec(dict(config)).decode(chunk)
        np.testing.assert_array_equal(np.frombuffer(decoded, "<i4").reshape(8, 8), VALUES)


def test_d4_text_of_another_meaning_is_refused() -> None:
    """Without its header, a chunk of GDAL's lz4 is not numcodecs' lz4; other texts GDAL does not write."""
    for left, key in [
        ({"id": "lz4", "acceleration": 1, "header": "NO"}, "header"),
        ({"id": "zstd", "level": 13, "checksum": "maybe"}, "checksum"),
        (_blosc(shuffle="3"), "shuffle"),
        (_blosc(shuffle="NOPE"), "shuffle"),
    ]:
        with pytest.raises(InvalidCodecError) as caught:
            bridge.normalize(left)
        assert caught.value.problems[0].path == (key,)
