"""Rules of whole encodings that the golden pairs do not reach: a table of translations, and one of refusals."""

from __future__ import annotations

import json
import pickle
import warnings
from collections.abc import Callable
from typing import Any

import pytest

import zarrcodec_bridge as bridge
from support.readers import v3_document
from zarrcodec_bridge.core.errors import (
    BridgeError,
    InvalidCodecError,
    LossError,
    MissingContextError,
    NotRepresentableError,
    UnknownCodecError,
)

LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}
PLAIN = {"name": "bytes", "configuration": {}}


def transpose(*order: int) -> dict[str, Any]:
    return {"name": "transpose", "configuration": {"order": list(order)}}


def nc(name: str, **configuration: Any) -> dict[str, Any]:
    return {"name": f"numcodecs.{name}", "configuration": configuration}


ZSTD = {"name": "zstd", "configuration": {"level": 0, "checksum": False}}
DELTA = nc("delta", dtype="<i4", astype="<i4")
CAST = {
    "name": "numcodecs.astype",
    "configuration": {"encode_dtype": "<f8", "decode_dtype": "<f4"},
}
ROUND = nc("bitround", keepbits=4)

V3_TO_V2: list[tuple[str, Any, list[Any], tuple[int, ...] | None, Any]] = [
    # name, data type, codecs, chunk shape, order and ids of the v2 encoding or the error
    ("identity transpose", "int32", [transpose(0, 1), LITTLE], None, ("C", [])),
    ("reversal", "int32", [transpose(2, 1, 0), LITTLE], None, ("F", [])),
    ("general transpose", "int32", [transpose(1, 2, 0), LITTLE], (2, 3, 4), NotRepresentableError),
    ("two make one", "int32", [transpose(1, 2, 0), transpose(2, 0, 1), LITTLE], None, ("C", [])),
    ("two make F", "int32", [transpose(1, 0, 2), transpose(2, 0, 1), LITTLE], None, ("F", [])),
    ("unit axis", "int32", [transpose(1, 0, 2), LITTLE], (1, 4, 5), ("C", [])),
    ("unit axis, F", "int32", [transpose(0, 2, 1), LITTLE], (1, 4, 5), ("F", [])),
    ("unit axis unknown", "int32", [transpose(1, 0, 2), LITTLE], None, NotRepresentableError),
    ("over element-wise", "float32", [CAST, transpose(1, 0), LITTLE], None, ("F", ["astype"])),
    ("over what F scrambles", "float32", [ROUND, transpose(1, 0), LITTLE], None, LossError),
    ("not over delta", "int32", [DELTA, transpose(1, 0), LITTLE], None, NotRepresentableError),
    ("before delta", "int32", [transpose(1, 0), DELTA, LITTLE], None, ("F", ["delta"])),
    (
        "old F",
        "int32",
        [{"name": "transpose", "configuration": {"order": "F"}}, LITTLE],
        (2, 3),
        ("F", []),
    ),
    (
        "old F, 1-d",
        "int32",
        [{"name": "transpose", "configuration": {"order": "F"}}, LITTLE],
        (2,),
        ("C", []),
    ),
    (
        "old C",
        "int32",
        [{"name": "transpose", "configuration": {"order": "C"}}, LITTLE],
        None,
        ("C", []),
    ),
    (
        "old F and a permutation",
        "int32",
        [{"name": "transpose", "configuration": {"order": "F"}}, transpose(2, 1, 0), LITTLE],
        None,
        ("C", []),
    ),
    (
        "several bytes codecs",
        "int32",
        [LITTLE, nc("shuffle", elementsize=4), nc("zlib", level=1), ZSTD],
        None,
        ("C", ["shuffle", "zlib", "zstd"]),
    ),
    ("pcodec alone", "int32", [nc("pcodec", level=8)], None, ("C", ["pcodec"])),
    (
        "pcodec and more",
        "int32",
        [nc("pcodec", level=8), ZSTD, "crc32c"],
        None,
        ("C", ["pcodec", "zstd", "crc32c"]),
    ),
    ("strings", "string", ["vlen-utf8", ZSTD], None, ("C", ["vlen-utf8", "zstd"])),
    ("strings as bytes", "string", [LITTLE], None, NotRepresentableError),
    ("numbers as strings", "int32", ["vlen-utf8"], None, NotRepresentableError),
    ("byte strings", "bytes", ["vlen-bytes"], None, ("C", ["vlen-bytes"])),
    (
        "reshape",
        "int32",
        [{"name": "reshape", "configuration": {"shape": [-1]}}, LITTLE],
        None,
        ("C", []),
    ),
    (
        "reshape for zfpy",
        "float32",
        [{"name": "reshape", "configuration": {"shape": [-1]}}, nc("zfpy", mode=4, tolerance=0.1)],
        None,
        NotRepresentableError,
    ),
    ("squeeze", "int32", [{"name": "zarrs.squeeze"}, LITTLE], None, ("C", [])),
    (
        "scale alone",
        "float64",
        [{"name": "scale_offset", "configuration": {"scale": 2}}, LITTLE],
        None,
        NotRepresentableError,
    ),
    ("no serializer", "int32", [ZSTD], None, NotRepresentableError),
    ("two serializers", "int32", [LITTLE, LITTLE], None, NotRepresentableError),
    ("bytes before filters", "int32", [LITTLE, DELTA], None, NotRepresentableError),
    ("no endian", "int32", [PLAIN], None, MissingContextError),
    ("no endian needed", "uint8", [PLAIN], None, ("C", [])),
    ("unknown data type", "acme.colour", [PLAIN], None, NotRepresentableError),
    ("minifloats", "float8_e5m2", [PLAIN], None, ("C", [])),
    ("numbers that no reader of v2 has", "float8_e4m3", [PLAIN], None, NotRepresentableError),
    ("likewise", "uint4", [PLAIN], None, NotRepresentableError),
    ("v3 packbits", "bool", [{"name": "packbits"}], None, NotRepresentableError),
    (
        "zfp",
        "float32",
        [{"name": "zfp", "configuration": {"mode": "reversible"}}],
        None,
        NotRepresentableError,
    ),
    ("delta on other elements", "int64", [DELTA, LITTLE], None, NotRepresentableError),
    (
        "floats as integers",
        "float64",
        [nc("delta", dtype="<i8"), LITTLE],
        None,
        NotRepresentableError,
    ),
    (
        "fletcher32 last",
        "int32",
        [LITTLE, nc("zlib", level=1), nc("fletcher32")],
        None,
        ("C", ["zlib", "fletcher32"]),
    ),
    ("empty", "int32", [], None, NotRepresentableError),
]


@pytest.mark.parametrize(
    ("data_type", "codecs", "shape", "expected"),
    [pytest.param(*row[1:], id=row[0]) for row in V3_TO_V2],
)
def test_v3_to_v2(data_type: Any, codecs: Any, shape: Any, expected: Any) -> None:
    pipeline = bridge.Pipeline.from_v3(data_type=data_type, codecs=codecs, chunk_shape=shape)
    if isinstance(expected, type):
        with pytest.raises(BridgeError) as caught:
            pipeline.to_v2()
        assert type(caught.value) is expected
        return
    written = pipeline.to_v2()
    ids = [codec["id"] for codec in written["filters"] or []]
    if written["compressor"]:
        ids.append(written["compressor"]["id"])
    assert (written["order"], ids) == expected
    again = bridge.Pipeline.from_v2(**written, ndim=len(shape) if shape else 3)
    if "reshape" not in str(codecs) and "squeeze" not in str(codecs):
        assert again.to_v2() == written


V2_TO_V3: list[tuple[str, dict[str, Any], Any]] = [
    (
        "b2b before a2a",
        {"dtype": "<i4", "filters": [{"id": "zlib"}, {"id": "delta", "dtype": "<i4"}]},
        NotRepresentableError,
    ),
    (
        "shuffle before pcodec",
        {"dtype": "<i4", "filters": [{"id": "shuffle"}], "compressor": {"id": "pcodec"}},
        NotRepresentableError,
    ),
    (
        "two serializers",
        {"dtype": "<f4", "filters": [{"id": "pcodec"}], "compressor": {"id": "zfpy"}},
        NotRepresentableError,
    ),
    ("big-endian pcodec", {"dtype": ">i4", "compressor": {"id": "pcodec"}}, NotRepresentableError),
    (
        "objects without a codec",
        {"dtype": "|O", "compressor": {"id": "zlib"}},
        NotRepresentableError,
    ),
    ("texts of numbers", {"dtype": "<i4", "filters": [{"id": "vlen-utf8"}]}, NotRepresentableError),
    ("mixed byte orders", {"dtype": [["a", "<i4"], ["b", ">i4"]]}, NotRepresentableError),
    ("subarray", {"dtype": [["a", "<i4", [2]]]}, NotRepresentableError),
    ("no length", {"dtype": "<U0"}, NotRepresentableError),
    ("long double", {"dtype": "<f16"}, NotRepresentableError),
    (
        "swapped view",
        {"dtype": ">i4", "filters": [{"id": "delta", "dtype": "<i4"}]},
        NotRepresentableError,
    ),
    (
        "narrow view",
        {"dtype": "<i8", "filters": [{"id": "delta", "dtype": "<i4"}]},
        NotRepresentableError,
    ),
    (
        "swapped between filters",
        {
            "dtype": "<i4",
            "filters": [
                {"id": "delta", "dtype": "<i4", "astype": ">i4"},
                {"id": "delta", "dtype": "<i4"},
            ],
        },
        NotRepresentableError,
    ),
    (
        "floats as integers",
        {"dtype": "<f8", "filters": [{"id": "delta", "dtype": "<i8"}]},
        NotRepresentableError,
    ),
    (
        "integers as floats",
        {"dtype": "<i4", "filters": [{"id": "delta", "dtype": "<f4"}]},
        NotRepresentableError,
    ),
    (
        "texts as integers",
        {"dtype": "|S4", "filters": [{"id": "delta", "dtype": "<i4"}]},
        NotRepresentableError,
    ),
    (
        "bits as integers",
        {"dtype": "|V4", "filters": [{"id": "delta", "dtype": "<i4"}]},
        ["numcodecs.delta", "bytes"],
    ),
    (
        "a later view",
        {
            "dtype": "<f4",
            "filters": [{"id": "delta", "dtype": "<f4"}, {"id": "delta", "dtype": "<i4"}],
        },
        ["numcodecs.delta", "numcodecs.delta", "bytes"],
    ),
    ("order F, rank unknown", {"dtype": "<i4", "order": "F"}, MissingContextError),
    ("pickle", {"dtype": "|O", "filters": [{"id": "pickle"}]}, NotRepresentableError),
    (
        "crc32c at the start, for tensorstore",
        {
            "dtype": "<i4",
            "compressor": {"id": "crc32c", "location": "start"},
            "target": "tensorstore",
        },
        NotRepresentableError,
    ),
    (
        "zlib for tensorstore",
        {"dtype": "<i4", "compressor": {"id": "zlib"}, "target": "tensorstore"},
        NotRepresentableError,
    ),
    ("strings for tensorstore", {"dtype": "<U4", "target": "tensorstore"}, NotRepresentableError),
    ("raw bytes for zarrista", {"dtype": "|V6", "target": "zarrista"}, ["bytes"]),
    (
        "long elements",
        {"dtype": "<U100", "compressor": {"id": "blosc"}, "target": "tensorstore"},
        NotRepresentableError,
    ),
    ("0-d order F", {"dtype": "<i4", "order": "F", "ndim": 0}, ["bytes"]),
    ("1-d order F", {"dtype": "<i4", "order": "F", "ndim": 1}, ["bytes"]),
    (
        "datetimes as integers",
        {"dtype": ">M8[ns]", "filters": [{"id": "delta", "dtype": ">i8"}]},
        ["numcodecs.delta", "bytes"],
    ),
    (
        "unsigned as signed",
        {"dtype": "<u4", "filters": [{"id": "delta", "dtype": "<i4"}]},
        ["numcodecs.delta", "bytes"],
    ),
]


@pytest.mark.parametrize(
    ("members", "expected"), [pytest.param(*row[1:], id=row[0]) for row in V2_TO_V3]
)
def test_v2_to_v3(members: dict[str, Any], expected: Any) -> None:
    members = dict(members)
    target = members.pop("target", "spec")
    pipeline = bridge.Pipeline.from_v2(**members)
    if isinstance(expected, type):
        with pytest.raises(BridgeError) as caught:
            pipeline.to_v3(target)
        assert type(caught.value) is expected
        assert pickle.loads(pickle.dumps(caught.value)).args == caught.value.args
        assert pipeline.to_v2() == bridge.Pipeline.from_v2(**pipeline.to_v2()).to_v2()
        return
    assert [codec["name"] for codec in pipeline.to_v3(target)["codecs"]] == expected


MALFORMED: list[tuple[str, Any, tuple[Any, ...]]] = [
    ("v2", {"dtype": "<q4"}, ("dtype",)),
    ("v2", {"dtype": []}, ("dtype",)),
    ("v2", {"dtype": [["a", "<i4"], ["a", "<i4"]]}, ("dtype",)),
    ("v2", {"dtype": [["a", "<i4"], ["b", "?"]]}, ("dtype", 1, 1)),
    ("v2", {"dtype": "<i4", "order": "A"}, ("order",)),
    ("v2", {"dtype": "<i4", "filters": {"id": "zlib"}}, ("filters",)),
    ("v2", {"dtype": "<i4", "filters": [{"id": "zlib", "level": 99}]}, ("filters", 0, "level")),
    ("v2", {"dtype": "<i4", "filters": [5]}, ("filters", 0)),
    (
        "v2",
        {"dtype": "<i4", "compressor": {"id": "blosc", "clevel": "5"}},
        ("compressor", "clevel"),
    ),
    ("v2", {"dtype": "<i4", "compressor": {"name": "gzip"}}, ("compressor", "id")),
    ("v3", {"data_type": 5, "codecs": []}, ("data_type",)),
    ("v3", {"data_type": {"name": "struct"}, "codecs": []}, ("data_type", "configuration")),
    ("v3", {"data_type": "int32", "codecs": None}, ("codecs",)),
    ("v3", {"data_type": "int32", "codecs": [None]}, ("codecs", 0)),
    (
        "v3",
        {"data_type": "int32", "codecs": [{"name": "gzip", "configuration": {"level": 99}}]},
        ("codecs", 0, "configuration", "level"),
    ),
    ("v3", {"data_type": "int32", "codecs": [], "chunk_shape": [2, "3"]}, ("chunk_shape",)),
    ("v3", {"data_type": "int32", "codecs": [], "chunk_shape": [2], "ndim": 3}, ("ndim",)),
    (
        "v3",
        {"data_type": {"name": "numpy.datetime64", "configuration": {"unit": "x"}}, "codecs": []},
        ("data_type", "configuration", "unit"),
    ),
    (
        "v3",
        {
            "data_type": {"name": "fixed_length_utf32", "configuration": {"length_bytes": 5}},
            "codecs": [],
        },
        ("data_type", "configuration", "length_bytes"),
    ),
]


@pytest.mark.parametrize(("dialect", "members", "path"), MALFORMED)
def test_malformed_members_are_refused_where_they_stand(
    dialect: str, members: Any, path: Any
) -> None:
    read = bridge.Pipeline.from_v2 if dialect == "v2" else bridge.Pipeline.from_v3
    with pytest.raises(InvalidCodecError) as caught:
        read(**members)
    assert caught.value.problems[0].path == path


def test_unknown_codecs_say_where() -> None:
    with pytest.raises(UnknownCodecError) as caught:
        bridge.Pipeline.from_v2(dtype="<i4", filters=[{"id": "delta2", "dtype": "<i4"}])
    assert caught.value.path == ("filters", 0)
    assert caught.value.suggestions == ("delta",)


def test_unknown_codecs_are_kept_or_wrapped() -> None:
    pipeline = bridge.Pipeline.from_v2(
        dtype="<i4", compressor={"id": "acme", "x": [1, {"y": None}]}, unknown="keep"
    )
    assert pipeline.to_v3()["codecs"][1] == {
        "name": "acme",
        "configuration": {"x": [1, {"y": None}]},
    }
    wrapped = pipeline.to_v3(unknown="wrap")["codecs"][1]
    assert wrapped["name"] == "any-numcodecs.bytes-bytes"
    back = bridge.Pipeline.from_v3(data_type="int32", codecs=[LITTLE, wrapped], unknown="keep")
    assert back.to_v2()["compressor"] == {"id": "acme", "x": [1, {"y": None}]}


CAST = {
    "name": "cast_value",
    "configuration": {"data_type": "int16", "rounding": "nearest-even", "out_of_range": "clamp"},
}
CASTING: dict[str, Any] = {"data_type": "float64", "codecs": [CAST, LITTLE]}


def test_losses() -> None:
    pipeline = bridge.Pipeline.from_v3(**CASTING)
    with pytest.raises(LossError) as caught:
        pipeline.to_v2()
    assert caught.value.losses
    with pytest.warns(bridge.LossWarning):
        warned = pipeline.to_v2(on_loss="warn")
    assert warned == pipeline.to_v2(on_loss="ignore")
    assert warned["filters"] == [{"id": "astype", "encode_dtype": "<i2", "decode_dtype": "<f8"}]
    assert pipeline.translate("v2", on_loss="ignore").losses == caught.value.losses


@pytest.mark.parametrize(
    "call",
    [
        lambda **options: bridge.to_v2(CAST, dtype="float64", **options),
        lambda **options: bridge.to_v2(
            bridge.normalize(CAST, dtype="float64"), dtype="float64", **options
        ),
        lambda **options: bridge.translate(CAST, to="v2", dtype="float64", **options),
        lambda **options: bridge.Pipeline.from_v3(**CASTING).to_v2(**options),
        lambda **options: bridge.Pipeline.from_v3(**CASTING).translate("v2", **options),
        lambda **options: bridge.metadata_to_v2(v3_document(CASTING, [4], [4]), **options),
    ],
    ids=["to_v2", "to_v2 of a model", "translate", "Pipeline", "Pipeline.translate", "document"],
)
def test_a_warning_points_at_the_line_that_called(call: Callable[..., Any]) -> None:
    for _ in range(2):
        with pytest.warns(bridge.LossWarning) as told:
            call(on_loss="warn")
        assert {warning.filename for warning in told} == {__file__}


def test_results_are_the_callers() -> None:
    members: dict[str, Any] = {
        "dtype": "<i4",
        "filters": [{"id": "shuffle", "elementsize": 4}],
        "compressor": {"id": "blosc"},
    }
    before = json.dumps(members)
    first = bridge.Pipeline.from_v2(**members).to_v3()
    first["codecs"][1]["configuration"]["elementsize"] = 99
    first["codecs"].clear()
    assert json.dumps(members) == before
    again = bridge.Pipeline.from_v2(**members).to_v3()
    assert again["codecs"][1]["configuration"]["elementsize"] == 4
    one = bridge.to_v3({"id": "lzma", "format": 3, "filters": [{"id": 33}]})
    one["configuration"]["filters"].clear()
    assert bridge.to_v3({"id": "lzma", "format": 3, "filters": [{"id": 33}]})["configuration"][
        "filters"
    ]


def test_walk_goes_into_shards() -> None:
    inner = [LITTLE, ZSTD]
    shard = {
        "name": "sharding_indexed",
        "configuration": {"chunk_shape": [2], "codecs": inner, "index_codecs": [LITTLE, "crc32c"]},
    }
    pipeline = bridge.Pipeline.from_v3(data_type="int32", codecs=[shard])
    assert [type(codec).__name__ for codec in pipeline.walk()] == [
        "ShardingIndexed",
        "Bytes",
        "Zstd",
        "Bytes",
        "Crc32c",
    ]
    assert pipeline.readers()[:4] == ("zarr-python", "tensorstore", "zarrs-python", "zarrista")
    blosc = {"name": "blosc", "configuration": {"cname": "lz4", "clevel": 5}}
    shard["configuration"]["codecs"] = [LITTLE, blosc]  # type: ignore[index]
    settled = bridge.Pipeline.from_v3(data_type="float64", codecs=[shard]).to_v3()
    written = settled["codecs"][0]["configuration"]["codecs"][1]["configuration"]
    assert (written["typesize"], written["shuffle"]) == (8, "shuffle")


def test_wrong_options_are_refused() -> None:
    pipeline = bridge.Pipeline.from_v2(dtype="<i4")
    for options in ({"target": "zarr"}, {"on_loss": "never"}, {"unknown": "drop"}):
        with pytest.raises(ValueError, match="expected"):
            pipeline.to_v3(**options)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="expected to"):
        pipeline.translate("v4")  # type: ignore[arg-type]


PORTABLE: list[tuple[dict[str, Any], list[str], list[str]]] = [
    (
        {"dtype": "<u2", "compressor": {"id": "imagecodecs_zstd"}},
        ["bytes", "zstd"],
        ["zstd"],
    ),
    (
        {
            "dtype": "<f4",
            "filters": [{"id": "imagecodecs_byteshuffle", "shape": [10], "dtype": "<f4"}],
            "compressor": {"id": "imagecodecs_zlib", "level": 3},
        },
        ["bytes", "numcodecs.shuffle", "numcodecs.zlib"],
        ["shuffle", "zlib"],
    ),
    (
        {"dtype": "<u2", "compressor": {"id": "imagecodecs_lzf"}},
        ["bytes", "imagecodecs_lzf"],
        ["imagecodecs_lzf"],
    ),
    ({"dtype": "<u2", "compressor": {"id": "zlib"}}, ["bytes", "numcodecs.zlib"], ["zlib"]),
]


@pytest.mark.parametrize(("members", "v3", "v2"), PORTABLE)
def test_portable_writes_what_more_readers_know(members: Any, v3: Any, v2: Any) -> None:
    pipeline = bridge.Pipeline.from_v2(**members, chunk_shape=(10,))
    assert [codec["name"] for codec in pipeline.to_v3(portable=True)["codecs"]] == v3
    written = pipeline.to_v2(portable=True)
    assert [c["id"] for c in [*(written["filters"] or []), written["compressor"]]] == v2
    if v2 != ["imagecodecs_lzf"] and "imagecodecs" in str(members):
        assert "reads the same bytes" in str(pipeline.translate("v3", portable=True).notes)


def test_slots_and_arrays() -> None:
    slots = bridge.Pipeline.from_slots(
        dtype=">i4", filters=[{"id": "delta", "dtype": ">i4"}], compressors=["blosc:zstd"], ndim=1
    )
    assert [c["name"] for c in slots.to_v3()["codecs"]] == ["numcodecs.delta", "bytes", "blosc"]
    assert slots.to_v2()["compressor"]["cname"] == "zstd"
    open_ones = bridge.Pipeline.from_slots(dtype="<i4")
    assert open_ones.auto == {"serializer", "compressors"}
    with pytest.raises(MissingContextError):
        open_ones.to_v3()
    assert open_ones != bridge.Pipeline.from_slots(dtype="<i4", compressors=None)
    assert pickle.loads(pickle.dumps(slots)) == slots


def test_from_array_and_objects() -> None:
    pytest.importorskip("numcodecs")
    zarr = pytest.importorskip("zarr", minversion="3.1")
    zlib = {"name": "numcodecs.zlib", "configuration": {"level": 2}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        array = zarr.create_array({}, shape=(4, 5), dtype="<i2", compressors=[zlib], order="C")
        pipeline = bridge.Pipeline.from_array(array)
        assert pipeline == bridge.Pipeline.from_v2(
            dtype="<i2", compressor={"id": "zlib", "level": 2}, chunk_shape=(4, 5)
        )
        objects = bridge.to_zarr(pipeline)
        assert set(objects) == {"filters", "serializer", "compressors"}
        again = zarr.create_array({}, shape=(4, 5), dtype="<i2", **objects)
        assert bridge.Pipeline.from_array(again) == pipeline
        assert bridge.to_numcodecs(pipeline)["compressor"].get_config() == {
            "id": "zlib",
            "level": 2,
        }


def test_fletcher32_is_no_compressor() -> None:
    pipeline = bridge.Pipeline.from_v3(data_type="int32", codecs=[LITTLE, nc("fletcher32")])
    assert pipeline.to_v2()["compressor"] is None
    assert pipeline.to_v2()["filters"] == [{"id": "fletcher32"}]


def test_optional_codecs_stay_optional() -> None:
    source = {"name": "acme", "configuration": {}, "must_understand": False}
    for _ in range(2):  # the second time from memory
        assert bridge.to_v3(source, unknown="keep") == source
    assert "no codec is optional" in str(bridge.translate(source, to="v2", unknown="keep").notes)
