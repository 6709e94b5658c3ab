"""Array documents of other writers: what they leave is repaired, and what is malformed is refused where it is wrong."""

from __future__ import annotations

import math
import pickle
from typing import Any

import pytest

from support.array_documents import BYTES, V2, V3, ZSTD, changed, notes_of
from zarrcodec_bridge.core.errors import (
    InvalidCodecError,
)
from zarrcodec_bridge.documents.metadata import (
    metadata_to_v2,
    metadata_to_v3,
    normalize_metadata,
    translate_metadata,
)

REPAIRS: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("v3", {"fill_value": None}, {"fill_value": 0.0}, "fill_value: null leaves open"),
    ("v3", {"fill_value": ...}, {"fill_value": 0.0}, "fill_value: is missing"),
    ("v3", {"codecs": []}, {"codecs": [BYTES]}, "no array-to-bytes codec"),
    ("v3", {"codecs": [ZSTD]}, {"codecs": [BYTES, ZSTD]}, "little-endian as readers take it"),
    (
        "v3",
        {"codecs": [{"name": "endian", "configuration": {"endian": "big"}}]},
        {"codecs": [{"name": "bytes", "configuration": {"endian": "big"}}]},
        "",
    ),
    (
        "v3",
        {"codecs": [BYTES, "crc32c"]},
        {"codecs": [BYTES, {"name": "crc32c", "configuration": {}}]},
        "",
    ),
    (
        "v3",
        {"codecs": [{"name": "transpose", "configuration": {"order": "F"}}, BYTES]},
        {"codecs": [{"name": "transpose", "configuration": {"order": [1, 0]}}, BYTES]},
        "",
    ),
    (
        "v3",
        {"chunk_key_encoding": ...},
        {"chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}}},
        "is missing, and becomes 'default'",
    ),
    (
        "v3",
        {"chunk_key_encoding": "default"},
        {"chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}}},
        "the bare name 'default' becomes an object",
    ),
    (
        "v3",
        {"chunk_key_encoding": {"name": "v2", "configuration": None}},
        {"chunk_key_encoding": {"name": "v2", "configuration": {"separator": "."}}},
        "null becomes an empty object",
    ),
    ("v3", {"dimension_names": None}, {}, "null is dropped"),
    ("v3", {"attributes": None}, {}, "null becomes an empty object"),
    ("v3", {"attributes": ...}, {}, ""),
    ("v3", {"storage_transformers": None}, {}, ""),
    ("v3", {"extensions": []}, {}, "is empty, as drafts of v3 had it"),
    ("v3", {"node_type": ...}, {}, "is missing, and becomes 'array'"),
    ("v3", {"shape": [20.0, 30.0]}, {}, "30.0 becomes 30"),
    (
        "v3",
        {
            "shape": [0, 30],
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [0, 10]}},
        },
        {
            "shape": [0, 30],
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [1, 10]}},
        },
        "a chunk length of 0 along an axis of length 0 becomes 1",
    ),
    (
        "v3",
        {
            "data_type": {"name": "structured", "configuration": {"fields": [["a", "int8"]]}},
            "fill_value": "AQ==",
        },
        {
            "data_type": {
                "name": "struct",
                "configuration": {"fields": [{"name": "a", "data_type": "int8"}]},
            },
            "fill_value": {"a": 1},
        },
        "",
    ),
    ("v2", {"compressor": ...}, {"compressor": None}, "compressor: is missing"),
    ("v2", {"filters": ...}, {}, "filters: is missing"),
    ("v2", {"filters": []}, {}, ""),
    ("v2", {"order": ...}, {}, "order: is missing"),
    ("v2", {"order": None}, {}, "null becomes 'C'"),
    ("v2", {"fill_value": ...}, {"fill_value": None}, "fill_value: is missing"),
    ("v2", {"dimension_separator": None}, {"dimension_separator": "."}, "null becomes '.'"),
    ("v2", {"dtype": "float32"}, {}, "'float32' becomes '<f4'"),
    ("v2", {"dtype": "f4"}, {}, "'f4' becomes '<f4'"),
    ("v2", {"dtype": "<u1", "fill_value": 0}, {"dtype": "|u1", "fill_value": 0}, "becomes '|u1'"),
    ("v2", {"dtype": ">S1", "fill_value": ""}, {"dtype": "|S1", "fill_value": ""}, "becomes '|S1'"),
    (
        "v2",
        {"dtype": "<i4", "fill_value": "7"},
        {"dtype": "<i4", "fill_value": 7},
        "the whole number 7",
    ),
    ("v2", {"fill_value": math.nan}, {}, "becomes a string"),
    (
        "v2",
        {"compressor": {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": "bitshuffle"}},
        {"compressor": {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 2, "blocksize": 0}},
        "",
    ),
    (
        "v2",
        {
            "compressor": {
                "id": "lzma",
                "format": 1,
                "check": -1,
                "preset": None,
                "filters": None,
                "delta": 4,
            }
        },
        {"compressor": {"id": "lzma", "format": 1, "check": -1, "preset": None, "filters": None}},
        "'delta', which other writers leave there, is dropped",
    ),
    ("v2", {"attributes": {}}, {}, "belong into .zattrs"),
]


@pytest.mark.parametrize(("format_", "changes", "repaired", "note"), REPAIRS)
def test_what_other_writers_leave_is_repaired(
    format_: str, changes: dict[str, Any], repaired: dict[str, Any], note: str
) -> None:
    whole = V2 if format_ == "v2" else V3
    document = changed(whole, **changes)
    expected = changed(whole, **repaired)
    assert normalize_metadata(document) == expected
    assert note in notes_of(document)
    assert normalize_metadata(expected) == expected
    key = expected.get("chunk_key_encoding", {}).get("name")
    if key != "default":
        to = "v3" if format_ == "v2" else "v2"
        there = translate_metadata(document, to=to).result  # type: ignore[arg-type]
        assert there == translate_metadata(expected, to=to).result  # type: ignore[arg-type]


def test_inner_chains_of_shards_are_repaired_too() -> None:
    def sharded(codecs: Any, index: Any) -> dict[str, Any]:
        configuration = {"chunk_shape": [5, 5], "codecs": codecs, "index_codecs": index}
        configuration["index_location"] = "end"
        return changed(V3, codecs=[{"name": "sharding_indexed", "configuration": configuration}])

    odd = sharded([ZSTD], ["bytes", "crc32c"])
    index = [BYTES, {"name": "crc32c", "configuration": {}}]
    assert normalize_metadata(odd, on_loss="ignore") == sharded([BYTES, ZSTD], index)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"shape": ...}, ("shape",)),
        ({"chunks": ...}, ("chunks",)),
        ({"dtype": ...}, ("dtype",)),
        ({"dtype": 4}, ("dtype",)),
        ({"dtype": "<x4"}, ("dtype",)),
        ({"shape": [20, -1]}, ("shape", 1)),
        ({"shape": [20, 1.5]}, ("shape", 1)),
        ({"shape": [20, True]}, ("shape", 1)),
        ({"shape": "20"}, ("shape",)),
        ({"chunks": [10]}, ("chunks",)),
        ({"chunks": [10, 0]}, ("chunks", 1)),
        ({"chunks": None}, ("chunks",)),
        ({"order": "A"}, ("order",)),
        ({"filters": {"id": "delta"}}, ("filters",)),
        ({"filters": [{"id": "delta", "dtype": 7}]}, ("filters", 0, "dtype")),
        ({"compressor": {"id": "zlib", "level": 10}}, ("compressor", "level")),
        ({"compressor": "zlib"}, ("compressor",)),
        ({"dimension_separator": "-"}, ("dimension_separator",)),
        ({"fill_value": "abc"}, ("fill_value",)),
        ({"attributes": [1]}, ("attributes",)),
    ],
)
def test_malformed_v2_is_refused_where_it_is_wrong(changes: dict[str, Any], path: Any) -> None:
    with pytest.raises(InvalidCodecError) as caught:
        metadata_to_v3(changed(V2, **changes))
    assert path in [problem.path for problem in caught.value.problems]
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"shape": ...}, ("shape",)),
        ({"data_type": ...}, ("data_type",)),
        ({"data_type": 4}, ("data_type",)),
        ({"codecs": ...}, ("codecs",)),
        ({"codecs": [ZSTD, BYTES]}, ("codecs", 0)),
        ({"codecs": [BYTES, BYTES]}, ("codecs", 1)),
        (
            {"codecs": [{"name": "gzip", "configuration": {"level": 10}}]},
            ("codecs", 0, "configuration", "level"),
        ),
        ({"data_type": "string", "fill_value": "", "codecs": [ZSTD]}, ("codecs",)),
        ({"chunk_grid": ...}, ("chunk_grid",)),
        ({"chunk_grid": {"name": "regular"}}, ("chunk_grid", "configuration")),
        (
            {"chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [10]}}},
            ("chunk_grid", "configuration", "chunk_shape"),
        ),
        (
            {"chunk_key_encoding": {"name": "v2", "configuration": {"separator": "-"}}},
            ("chunk_key_encoding", "configuration"),
        ),
        (
            {"chunk_key_encoding": {"name": "v2", "seperator": "."}},
            ("chunk_key_encoding", "seperator"),
        ),
        ({"dimension_names": ["x"]}, ("dimension_names",)),
        ({"node_type": "node"}, ("node_type",)),
        ({"fill_value": 10**400}, ("fill_value",)),
        ({"attributes": {1: 2}}, ("attributes",)),
    ],
)
def test_malformed_v3_is_refused_where_it_is_wrong(changes: dict[str, Any], path: Any) -> None:
    for write in (metadata_to_v2, normalize_metadata):
        with pytest.raises(InvalidCodecError) as caught:
            write(changed(V3, **changes))
        assert path in [problem.path for problem in caught.value.problems]
