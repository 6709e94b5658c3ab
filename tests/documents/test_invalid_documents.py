"""What readers refuse as invalid is refused, with the path in the caller's payload; what they open is not.

FINDINGS G1 (ranks, divisibility, codecs of fixed size), G2 (data types and values of codecs) and C7 (packbits).
"""

from __future__ import annotations

import json
import warnings
from typing import Any

import pytest

import zarrcodec_bridge as bridge
from zarrcodec_bridge.core.errors import BridgeError, InvalidCodecError, NotRepresentableError
from zarrcodec_bridge.core.json_values import Path

LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}
BYTES = {"name": "bytes", "configuration": {}}
GZIP = {"name": "gzip", "configuration": {"level": 1}}
CRC = {"name": "crc32c", "configuration": {}}


def _codec(name: str, **configuration: Any) -> dict[str, Any]:
    return {"name": name, "configuration": configuration}


def _transpose(*order: int) -> dict[str, Any]:
    return _codec("transpose", order=list(order))


def _shard(shape: tuple[int, ...], codecs: Any = None, index: Any = None) -> dict[str, Any]:
    return _codec(
        "sharding_indexed",
        chunk_shape=list(shape),
        codecs=codecs or [LITTLE],
        index_codecs=index or [LITTLE, CRC],
    )


def _scale(**configuration: Any) -> dict[str, Any]:
    return _codec("scale_offset", **configuration)


def _cast(data_type: str, **configuration: Any) -> dict[str, Any]:
    return _codec("cast_value", data_type=data_type, **configuration)


def _document(data_type: Any, codecs: list[Any], chunks: tuple[int, ...] = (4, 4)) -> Any:
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": list(chunks),
        "data_type": DATA_TYPES.get(data_type, data_type),
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(chunks)}},
        "chunk_key_encoding": {"name": "v2", "configuration": {"separator": "."}},
        "fill_value": FILL_VALUES.get(data_type, 0),
        "codecs": codecs,
        "attributes": {},
    }


TIME = {"unit": "s", "scale_factor": 1}
DATA_TYPES: dict[str, Any] = {
    "numpy.datetime64": _codec("numpy.datetime64", **TIME),
    "numpy.timedelta64": _codec("numpy.timedelta64", **TIME),
    "raw_bytes": _codec("raw_bytes", length_bytes=4),
    "null_terminated_bytes": _codec("null_terminated_bytes", length_bytes=4),
    "fixed_length_utf32": _codec("fixed_length_utf32", length_bytes=4),
}
FILL_VALUES: dict[str, Any] = {
    "bool": False,
    "complex64": [0, 0],
    "raw_bytes": "AAAAAA==",
    **dict.fromkeys(
        ("string", "variable_length_bytes", "null_terminated_bytes", "fixed_length_utf32"), ""
    ),
}
UNREAL = ["bool", "complex64", "string", "numpy.datetime64", "numpy.timedelta64", "raw_bytes"]
"""Data types of no real numbers."""


def _tail(data_type: str) -> dict[str, Any]:
    return {"string": _codec("vlen-utf8"), "variable_length_bytes": _codec("vlen-bytes")}.get(
        data_type, LITTLE
    )


IN: Path = ("configuration",)
INVALID: list[tuple[str, str, list[Any], Path, str]] = [
    # finding, data type, codecs, where, what was expected
    ("G1", "int32", [_transpose(2, 1, 0), LITTLE], (0, *IN, "order"), "expected 2 axes"),
    ("G1", "int32", [_transpose(0), LITTLE], (0, *IN, "order"), "expected 2 axes"),
    ("G1", "int32", [_transpose(1, 0), _transpose(0), LITTLE], (1, *IN, "order"), "2 axes"),
    ("G1", "int32", [_shard((2, 2, 2))], (0, *IN, "chunk_shape"), "expected 2 lengths"),
    ("G1", "int32", [_shard((2,))], (0, *IN, "chunk_shape"), "expected 2 lengths"),
    (
        "G1",
        "int32",
        [_shard((3, 2))],
        (0, *IN, "chunk_shape", 0),
        "divisor of the chunk's length 4",
    ),
    (
        "G1",
        "int32",
        [_shard((2, 8))],
        (0, *IN, "chunk_shape", 1),
        "divisor of the chunk's length 4",
    ),
    (
        "G1",
        "int32",
        [_shard((2, 2), [_shard((1, 1, 1))])],
        (0, *IN, "codecs", 0, *IN, "chunk_shape"),
        "expected 2 lengths",
    ),
    (
        "G1",
        "int32",
        [_shard((2, 4), [_shard((2, 3))])],
        (0, *IN, "codecs", 0, *IN, "chunk_shape", 1),
        "divisor of the chunk's length 4",
    ),
    (
        "G1",
        "int32",
        [_shard((2, 2), [_transpose(0, 1, 2), LITTLE])],
        (0, *IN, "codecs", 0, *IN, "order"),
        "expected 2 axes",
    ),
    *[
        (
            "G1",
            "int32",
            [_shard((2, 2), index=[LITTLE, codec])],
            (0, *IN, "index_codecs", 1),
            "fixed",
        )
        for codec in (
            GZIP,
            _codec("zstd", level=1, checksum=False),
            _codec("blosc", cname="lz4", clevel=1, shuffle="noshuffle", blocksize=0),
            _codec("numcodecs.zlib", level=1),
            _codec("numcodecs.lz4"),
            _codec("numcodecs.bz2"),
            _codec("numcodecs.lzma"),
        )
    ],
    (
        "G1",
        "int32",
        [_shard((2, 2), index=[_codec("numcodecs.pcodec")])],
        (0, *IN, "index_codecs", 0),
        "fixed",
    ),
    (
        "G1",
        "int32",
        [_shard((2, 2), [_shard((1, 1), index=[LITTLE, GZIP])])],
        (0, *IN, "codecs", 0, *IN, "index_codecs", 1),
        "fixed",
    ),
    (
        "G1",
        "int32",
        [_codec("reshape", shape=[[0], [2]]), LITTLE],
        (0, *IN, "shape", 1),
        "expected axes of 2",
    ),
    ("G1", "int32", [_codec("reshape", shape=[3, -1]), LITTLE], (0, *IN, "shape"), "elements"),
    ("G1", "int32", [_codec("reshape", shape=[5, 5]), LITTLE], (0, *IN, "shape"), "elements"),
    ("G1", "int32", [_codec("reshape", shape=[2, [1], 2]), LITTLE], (0, *IN, "shape", 1), "axes"),
    (
        "G1",
        "int32",
        [_codec("reshape", shape=[[0, 1]]), _transpose(1, 0), LITTLE],
        (1, *IN, "order"),
        "expected 1 axes",
    ),
    *[
        ("G2", data_type, [codec, _tail(data_type)], (0,), "integers or floating-point numbers")
        for data_type in [*UNREAL, "variable_length_bytes", "fixed_length_utf32"]
        for codec in (_scale(), _scale(offset=1), _cast("int16"))
    ],
    ("G2", "int16", [_scale(offset="NaN"), LITTLE], (0, *IN, "offset"), "a whole number"),
    ("G2", "int32", [_scale(offset=1.5), LITTLE], (0, *IN, "offset"), "a whole number"),
    ("G2", "int32", [_scale(scale=0.1), LITTLE], (0, *IN, "scale"), "a whole number"),
    ("G2", "int8", [_scale(offset=128), BYTES], (0, *IN, "offset"), "expected -128 to 127"),
    ("G2", "uint8", [_scale(offset=-1), BYTES], (0, *IN, "offset"), "expected 0 to 255"),
    ("G2", "uint64", [_scale(scale=1 << 64), LITTLE], (0, *IN, "scale"), "expected 0 to"),
    ("G2", "float16", [_scale(scale=1e-10), LITTLE], (0, *IN, "scale"), "not 0 in float16"),
    ("G2", "float32", [_scale(scale="0x3c00"), LITTLE], (0, *IN, "scale"), "the 8 digits"),
    (
        "G2",
        "float32",
        [_cast("int8", scalar_map={"encode": [[1, 999]]}), BYTES],
        (0, *IN, "scalar_map", "encode", 0, 1),
        "expected -128 to 127",
    ),
    (
        "G2",
        "float32",
        [_cast("int8", scalar_map={"decode": [[0, 1], [-129, 1]]}), BYTES],
        (0, *IN, "scalar_map", "decode", 1, 0),
        "expected -128 to 127",
    ),
    (
        "G2",
        "int16",
        [_cast("int8", scalar_map={"encode": [["NaN", 0]]}), BYTES],
        (0, *IN, "scalar_map", "encode", 0, 0),
        "a whole number",
    ),
    (  # what a codec sees is what the one before it puts out
        "G2",
        "float32",
        [_cast("int16"), _scale(offset=0.5), LITTLE],
        (1, *IN, "offset"),
        "a whole number, as int16 has",
    ),
    *[
        ("C7", data_type, [_codec("numcodecs.packbits"), BYTES], (0,), "expected bool elements")
        for data_type in ("uint8", "int8", "int32", "float32", "complex64", "numpy.datetime64")
    ],
    (
        "C7",
        "bool",
        [
            _codec("numcodecs.astype", encode_dtype="|u1", decode_dtype="|b1"),
            _codec("numcodecs.packbits"),
            BYTES,
        ],
        (1,),
        "expected bool elements",
    ),
]


def _ids(rows: list[Any]) -> list[str]:
    return [f"{row[0]}-{row[1]}-{json.dumps(row[2])[:70]}" for row in rows]


def _opens(document: Any) -> str | None:
    """What zarr-python says of a document; ``None`` where it opens it."""
    metadata = pytest.importorskip("zarr.core.metadata.v3")
    pytest.importorskip("zarr", minversion="3.4")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            metadata.ArrayV3Metadata.from_dict(json.loads(json.dumps(document)))
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


def _refused(read: Any, path: Path, expected: str) -> None:
    with pytest.raises(InvalidCodecError) as caught:
        read()
    assert caught.value.problems[0].path == path
    assert expected in caught.value.problems[0].message


@pytest.mark.parametrize(
    ("finding", "data_type", "codecs", "at", "expected"), INVALID, ids=_ids(INVALID)
)
def test_invalid_pipelines_are_refused_at_every_entry_point(
    finding: str, data_type: str, codecs: list[Any], at: Path, expected: str
) -> None:
    document = _document(data_type, codecs)
    before = json.dumps(document)
    path = ("codecs", *at)
    _refused(lambda: bridge.metadata_to_v2(document), path, expected)
    for target in ("spec", "zarr-python", "tensorstore", "zarrs"):
        _refused(lambda t=target: bridge.normalize_metadata(document, target=t), path, expected)
    encoding = {"data_type": document["data_type"], "codecs": codecs}
    _refused(lambda: bridge.Pipeline.from_v3(**encoding, chunk_shape=[4, 4]), path, expected)
    if finding != "G1":
        _refused(lambda: bridge.Pipeline.from_v3(**encoding), path, expected)
    assert json.dumps(document) == before


@pytest.mark.parametrize(
    ("finding", "data_type", "codecs", "at", "expected"),
    [row for row in INVALID if row[0] != "C7" and row[2][0]["name"] != "reshape"],
    ids=_ids([row for row in INVALID if row[0] != "C7" and row[2][0]["name"] != "reshape"]),
)
def test_invalid_pipelines_are_refused_inside_shards(
    finding: str, data_type: str, codecs: list[Any], at: Path, expected: str
) -> None:
    outer = _document(data_type, [_shard((4, 4), codecs)], (8, 8))
    path = ("codecs", 0, "configuration", "codecs", *at)
    _refused(lambda: bridge.normalize_metadata(outer), path, expected)
    _refused(lambda: bridge.metadata_to_v2(outer), path, expected)


@pytest.mark.parametrize(
    ("finding", "data_type", "codecs", "at", "expected"), INVALID, ids=_ids(INVALID)
)
def test_zarr_python_refuses_them_too(
    finding: str, data_type: str, codecs: list[Any], at: Path, expected: str
) -> None:
    if any("digits" in str(expected) for _ in codecs):
        pytest.skip("zarr-python takes 0x3c00 for the bits of a float16, whatever the data type is")
    assert _opens(_document(data_type, codecs)) is not None


VALID: list[tuple[str, list[Any], tuple[int, ...]]] = [
    ("int32", [_transpose(1, 0), LITTLE], (4, 4)),
    ("int32", [_transpose(1, 0), _shard((2, 2))], (4, 2)),
    ("int32", [_shard((2, 2), [_shard((1, 1))])], (4, 4)),
    ("int32", [_shard((2, 2), [_transpose(1, 0), LITTLE])], (4, 4)),
    ("int32", [_shard((2, 2), index=[_transpose(2, 1, 0), LITTLE, CRC])], (4, 4)),
    *[
        ("int32", [_shard((2, 2), index=[LITTLE, _codec(f"numcodecs.{name}")])], (4, 4))
        for name in ("crc32", "crc32c", "adler32", "fletcher32", "jenkins_lookup3")
    ],
    *[
        ("int16", [_scale(**values), LITTLE], (4, 4))
        for values in ({}, {"offset": 5}, {"offset": 5.0}, {"offset": "5"}, {"scale": -2})
    ],
    *[
        ("float32", [_scale(offset=offset, scale=0.1), LITTLE], (4, 4))
        for offset in (1, 1.5, "NaN", "Infinity", "-Infinity", "1.5", "0x3f800000")
    ],
    ("float32", [_scale(offset=-1), _cast("uint8"), BYTES], (4, 4)),
    (
        "float32",
        [_cast("int8", scalar_map={"encode": [["NaN", 0]], "decode": [[0, "NaN"]]}), BYTES],
        (4, 4),
    ),
    ("bool", [_codec("numcodecs.packbits"), BYTES], (4, 4)),
    ("bool", [_transpose(1, 0), _codec("numcodecs.packbits"), BYTES], (4, 4)),
    *[
        (data_type, [_tail(data_type), _codec(f"numcodecs.{name}")], (4, 4))
        for data_type in ("bool", "complex64", "string", "numpy.datetime64", "raw_bytes")
        for name in ("crc32", "fletcher32", "adler32", "jenkins_lookup3")
    ],
]


@pytest.mark.parametrize(("data_type", "codecs", "chunks"), VALID)
def test_what_zarr_python_opens_is_not_refused(
    data_type: str, codecs: list[Any], chunks: tuple[int, ...]
) -> None:
    document = _document(data_type, codecs, chunks)
    written = bridge.normalize_metadata(document, target="zarr-python")
    bridge.normalize_metadata(document)
    assert _opens(document) is None
    assert _opens(written) is None


ONLY_ZARR_PYTHON: list[tuple[str, list[Any], tuple[int, ...], str]] = [
    ("int32", [_transpose(1, 0), _shard((2, 4))], (4, 2), "divisor of the chunk's length 2"),
    ("uint8", [_cast("float32"), _scale(scale=0.1), LITTLE], (4, 4), "a whole number"),
    (
        "uint8",
        [
            _codec("numcodecs.astype", encode_dtype="|b1", decode_dtype="|u1"),
            _codec("numcodecs.packbits"),
            BYTES,
        ],
        (4, 4),
        "expected bool elements",
    ),
    (
        "int32",
        [_shard((2, 2), index=[LITTLE, _codec("numcodecs.shuffle", elementsize=8)])],
        (4, 4),
        "no index of a shard",
    ),
]
"""What is valid, and what zarr-python does not open all the same: it checks codecs against the array as it is."""


@pytest.mark.parametrize(("data_type", "codecs", "chunks", "expected"), ONLY_ZARR_PYTHON)
def test_what_only_the_target_refuses_is_refused_for_the_target(
    data_type: str, codecs: list[Any], chunks: tuple[int, ...], expected: str
) -> None:
    document = _document(data_type, codecs, chunks)
    assert bridge.normalize_metadata(document)["codecs"][0]["name"] == codecs[0]["name"]
    pipeline = bridge.Pipeline.from_v3(
        data_type=document["data_type"], codecs=codecs, chunk_shape=chunks
    )
    for write in (
        lambda: bridge.normalize_metadata(document, target="zarr-python"),
        lambda: pipeline.to_v3("zarr-python"),
    ):
        with pytest.raises(NotRepresentableError, match=expected):
            write()
    assert "zarr-python" not in pipeline.readers()
    assert _opens(document) is not None


def test_to_zarr_refuses_with_the_reason() -> None:
    pytest.importorskip("zarr", minversion="3.1")
    pipeline = bridge.Pipeline.from_v3(
        data_type="uint8", codecs=[_cast("float32"), _scale(scale=0.1), LITTLE], chunk_shape=[4]
    )
    with pytest.raises(NotRepresentableError, match="codec of the array as it is"):
        bridge.to_zarr(pipeline)


@pytest.mark.parametrize(
    ("source", "dtype", "path"),
    [
        (_scale(offset=1.5), "int32", ("configuration", "offset")),
        (_scale(), "complex64", ()),
        (_cast("int8", scalar_map={"encode": [[1, 999]]}), "float32",
         ("configuration", "scalar_map", "encode", 0, 1)),
        (_shard((2, 2), index=[LITTLE, GZIP]), None, ("configuration", "index_codecs", 1)),
        (_shard((2, 2), [_shard((1,))]), None, ("configuration", "codecs", 0, "configuration", "chunk_shape")),
    ],
)  # fmt: skip
def test_one_codec_is_checked_against_its_data_type(source: Any, dtype: Any, path: Path) -> None:
    for read in (
        lambda: bridge.normalize(source, dtype=dtype),
        lambda: bridge.to_v3(source, dtype=dtype),
        lambda: bridge.to_v3(source, dtype=dtype, target="zarr-python"),
    ):
        with pytest.raises(InvalidCodecError) as caught:
            read()
        assert caught.value.problems[0].path == path


def test_packbits_is_v2s_too_and_cannot_be_written_as_v3() -> None:
    for source in ({"id": "packbits"}, _codec("numcodecs.packbits")):
        assert bridge.to_v2(source, dtype="uint8") == {"id": "packbits"}
        for target in ("spec", "zarr-python"):
            with pytest.raises(NotRepresentableError, match="bool elements"):
                bridge.to_v3(source, dtype="uint8", target=target)
    document = {"zarr_format": 2, "shape": [4], "chunks": [4], "dtype": "|u1", "order": "C",
                "filters": [{"id": "packbits"}], "compressor": None, "fill_value": 0}  # fmt: skip
    with pytest.raises(NotRepresentableError, match="bool elements"):
        bridge.metadata_to_v3(document, target="zarr-python")


def test_slots_are_checked() -> None:
    for slots in (
        {"dtype": "int32", "filters": [_transpose(2, 1, 0)], "ndim": 2},
        {"dtype": "complex64", "filters": [_scale(offset=1)]},
        {"dtype": "int32", "serializer": _shard((3, 2)), "chunk_shape": [4, 4]},
    ):
        with pytest.raises(BridgeError, match="expected"):
            bridge.Pipeline.from_slots(**slots)  # type: ignore[arg-type]
