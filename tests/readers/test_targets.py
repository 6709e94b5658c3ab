"""What is written for a target is what its readers open, through every function that writes; else it is refused."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import zarrcodec_bridge as bridge
from support import readers as programs
from zarrcodec_bridge.core.options import OptionError
from zarrcodec_bridge.documents.reach import problems_for
from zarrcodec_bridge.readers import (
    ALIASES,
    READERS,
    TARGETS,
    find_readers,
    read_target,
    single_targets,
)

ROWS = dict(
    map(
        json.loads,
        Path(__file__).parents[1].joinpath("reach/documents.jsonl").read_text().splitlines(),
    )
)
"""The files of the arrays that every reader was given, by case."""

ALL = (*READERS, *ALIASES, "zarr-python==3.1", "zarr-python==2.18", "zarr-python>=3.1, zarrita")


def problems(target: str, document: Any, attributes: Any) -> list[Any]:
    return [
        problem
        for reader in find_readers(read_target(target))
        for problem in problems_for(reader, document, attributes)
    ]


@pytest.mark.parametrize("to", ["v2", "v3"])
@pytest.mark.parametrize("case", ROWS)
def test_a_document_for_a_target_is_one_that_it_opens_or_is_refused(case: str, to: Any) -> None:
    files = ROWS[case]
    own = "v3" if "zarr.json" in files else "v2"
    document = files["zarr.json" if own == "v3" else ".zarray"]
    attributes = files.get(".zattrs", {}) if own == "v2" else None
    for target in ALL:
        try:
            found = bridge.translate_metadata(
                document, attributes, to=to, target=target, on_loss="ignore"
            ).result
        except bridge.BridgeError:
            if own == to:
                assert problems(target, document, attributes), target
            continue
        made = found["zarr.json"] if to == "v3" else found[".zarray"]
        assert not problems(target, made, found.get(".zattrs")), target


V2 = {
    "zarr_format": 2,
    "shape": [4],
    "chunks": [2],
    "dtype": "<i4",
    "order": "C",
    "filters": [{"id": "delta", "dtype": "<i4"}],
    "compressor": None,
    "fill_value": 0,
}
V3 = bridge.metadata_to_v3(V2)
DELTA = V2["filters"][0]  # type: ignore[index]
PIPELINE = bridge.Pipeline.from_v2(dtype="<i4", filters=[DELTA])
ENTRY_POINTS: dict[str, Callable[[Any], Any]] = {
    "to_v2": lambda target: bridge.to_v2(DELTA, target=target),
    "to_v3": lambda target: bridge.to_v3(DELTA, dtype="<i4", target=target),
    "translate to v2": lambda target: bridge.translate(DELTA, to="v2", target=target),
    "translate to v3": lambda target: bridge.translate(DELTA, to="v3", dtype="<i4", target=target),
    "Pipeline.to_v2": lambda target: PIPELINE.to_v2(target),
    "Pipeline.to_v3": lambda target: PIPELINE.to_v3(target),
    "Pipeline.translate": lambda target: PIPELINE.translate("v2", target=target),
    "metadata_to_v2": lambda target: bridge.metadata_to_v2(V3, target=target),
    "metadata_to_v3": lambda target: bridge.metadata_to_v3(V2, target=target),
    "normalize_metadata of v2": lambda target: bridge.normalize_metadata(V2, target=target),
    "normalize_metadata of v3": lambda target: bridge.normalize_metadata(V3, target=target),
    "references_to_v2": lambda target: bridge.references_to_v2({"a/zarr.json": V3}, target=target),
    "references_to_v3": lambda target: bridge.references_to_v3({"a/.zarray": V2}, target=target),
}
DECODES_DELTA = ("zarr-python", ("zarr-python>=3.1", "zarrita"), ["zarrita"], "spec")
NOT_DELTA = ("tensorstore", ("zarr-python", "tensorstore"), "neuroglancer", "zarrs", "z5py")


@pytest.mark.parametrize("entry", ENTRY_POINTS)
def test_every_function_that_writes_takes_a_target_or_several(entry: str) -> None:
    call = ENTRY_POINTS[entry]
    for target in DECODES_DELTA:
        assert call(target)
    for target in NOT_DELTA:
        with pytest.raises(bridge.NotRepresentableError, match="zarr-python"):
            call(target)
    with pytest.raises(OptionError, match="did you mean 'zarrita'"):
        call(("zarr-python", "zarita"))


VERSIONS = {
    "zarr-python": ["3.4.2"],
    "zarr-python==3.4": ["3.4.2"],
    "zarr-python>=3.1": ["3.4.2", "3.1.6"],
    "zarr-python >= 3.2": ["3.4.2", "3.1.6"],
    "zarr-python==3.2.1": ["3.1.6"],
    "zarr-python<3": ["2.18.7"],
    "zarr-python<=2.18.7": ["2.18.7"],
    "zarr-python>2.18,<3.4": ["3.1.6"],
    "zarr-python>=2.18,zarrita": ["3.4.2", "3.1.6", "2.18.7", "0.7.5"],
    "tensorstore>=0.1.80": ["0.1.86"],
    "zarrs, zarrista": ["0.2.3", "0.1.0"],
    "spec": [],
    "spec,gdal": ["3.12.2"],
}


@pytest.mark.parametrize("target", VERSIONS)
def test_versions_of_a_target(target: str) -> None:
    assert [reader.version for reader in find_readers(read_target(target))] == VERSIONS[target]


WRONG = {
    "zarr-python>=9": "zarr-python==3.4.2",
    "zarr-python==3.0": "zarr-python==3.4.2",
    "zarr-python=3": "zarr-python",
    "gdall": "gdal",
    "zarrs>=1": "zarrs",
    "netcdf_c": "netcdf-c",
    "zarr": "zarr-python",
    "QGIS": "gdal",
    "netCDF4": "netcdf-c",
    "zarr-python, zarrira": "zarrita",
}


@pytest.mark.parametrize("target", WRONG)
def test_a_wrong_name_or_version_is_refused_with_a_suggestion(target: str) -> None:
    with pytest.raises(OptionError, match=f"did you mean '{WRONG[target]}'") as caught:
        bridge.to_v3("gzip", target=target)
    assert caught.value.suggestions == (WRONG[target],)


def codecs_for(target: Any, pipeline: bridge.Pipeline, **options: Any) -> list[Any]:
    return [codec["name"] for codec in pipeline.to_v3(target, **options)["codecs"]]


SCALED = {"id": "fixedscaleoffset", "offset": -20, "scale": 100, "dtype": "<f8", "astype": "<i4"}


@pytest.mark.parametrize("astype", ["<i4", "|u1", "<u2", "<i8", ">i4"])
def test_fixedscaleoffset_is_scale_offset_and_cast_value_for_zarrita(astype: str) -> None:
    pipeline = bridge.Pipeline.from_v2(dtype="<f8", filters=[{**SCALED, "astype": astype}])
    names = ["scale_offset", "cast_value", "bytes"]
    assert codecs_for("zarrita", pipeline) == names
    assert codecs_for(("zarr-python", "zarrita"), pipeline) == names
    assert codecs_for("zarr-python", pipeline) == ["numcodecs.fixedscaleoffset", "bytes"]
    again = bridge.Pipeline.from_v3(**pipeline.to_v3("zarr-python"))
    assert codecs_for("zarrita", again) == names
    with pytest.raises(bridge.NotRepresentableError, match="zarrita does not open it"):
        pipeline.to_v3(("zarr-python>=3.1", "zarrita"))


@pytest.mark.parametrize(
    ("dtype", "codec"),
    [
        ("<f4", {**SCALED, "dtype": "<f4"}),
        ("<i4", {**SCALED, "dtype": "<i4"}),
        ("<f8", {**SCALED, "astype": "<f4"}),
        ("<f8", {key: value for key, value in SCALED.items() if key != "astype"}),
    ],
)
def test_fixedscaleoffset_stays_refused_where_the_two_compute_otherwise(
    dtype: str, codec: Any
) -> None:
    with pytest.raises(bridge.NotRepresentableError, match="zarrita does not open it"):
        bridge.Pipeline.from_v2(dtype=dtype, filters=[codec]).to_v3("zarrita")


@pytest.mark.filterwarnings("ignore")
def test_scale_offset_and_cast_value_decode_what_fixedscaleoffset_wrote() -> None:
    pytest.importorskip("zarr", minversion="3.4")
    pytest.importorskip("cast_value_rs")
    numcodecs = pytest.importorskip("numcodecs")
    values = np.random.default_rng(1).normal(0, 1000, 60).reshape(6, 10)
    for changes in ({}, {"scale": 0.3, "offset": 7.25}, {"astype": "<i2", "scale": 1}):
        codec = numcodecs.get_codec({**SCALED, **changes})
        data = codec.encode(values)
        document = {**V2, "shape": [6, 10], "chunks": [6, 10], "dtype": "<f8"}
        document |= {"filters": [codec.get_config()]}
        found = bridge.metadata_to_v3(document, target="zarrita")
        seen = programs.read("zarr-python", found, {"0.0": data.tobytes()})
        assert (seen == codec.decode(data).reshape(6, 10)).all()


def test_a_fill_value_that_cast_value_cannot_encode_is_refused() -> None:
    document = {**V2, "dtype": "<f8", "filters": [SCALED], "fill_value": "NaN"}
    assert bridge.metadata_to_v3(document, target="zarr-python")
    with pytest.raises(bridge.NotRepresentableError, match="nan is no int32"):
        bridge.metadata_to_v3(document, target="zarrita")


ROUNDED = {
    "bitround": {"id": "bitround", "keepbits": 5},
    "quantize": {"id": "quantize", "digits": 2, "dtype": "<f4"},
}
GZIP = {"id": "gzip", "level": 1}


@pytest.mark.parametrize("codec", ROUNDED)
@pytest.mark.parametrize("target", ["tensorstore", "zarr-java", "n5-zarr", "z5py"])
def test_d2_a_filter_whose_decoding_changes_nothing_is_left_out_as_a_loss(
    target: str, codec: str
) -> None:
    pipeline = bridge.Pipeline.from_v2(dtype="<f4", filters=[ROUNDED[codec]], compressor=GZIP)
    with pytest.raises(bridge.LossError, match="is left out"):
        pipeline.to_v3(target)
    assert codecs_for(target, pipeline, on_loss="ignore") == ["bytes", "gzip"]
    if target == "z5py":
        assert pipeline.to_v2(target, on_loss="ignore")["filters"] is None
    inner = pipeline.to_v3("zarr-python")["codecs"]
    shard = {
        "name": "sharding_indexed",
        "configuration": {
            "chunk_shape": [2],
            "codecs": inner,
            "index_codecs": [LITTLE, {"name": "crc32c"}],
        },
    }
    sharded = bridge.Pipeline.from_v3(data_type="float32", codecs=[shard], chunk_shape=[4])
    (written,) = sharded.to_v3(target, on_loss="ignore")["codecs"]
    names = [each["name"] for each in written["configuration"]["codecs"]]
    assert names == ["bytes", "gzip"]


LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}


def test_d2_nothing_else_is_left_out_and_nothing_where_it_is_opened() -> None:
    for filters in ([DELTA], [{**ROUNDED["quantize"], "astype": "<f2"}], [SCALED]):
        dtype = "<i4" if filters == [DELTA] else filters[0]["dtype"]
        pipeline = bridge.Pipeline.from_v2(dtype=dtype, filters=filters)
        with pytest.raises(bridge.NotRepresentableError) as caught:
            pipeline.to_v3("tensorstore")
        assert not isinstance(caught.value, bridge.LossError)
    for codec, target in (
        ("bitround", "neuroglancer"),
        ("bitround", "zarrita"),
        ("quantize", "gdal"),
    ):
        document = {**V2, "dtype": "<f4", "filters": [ROUNDED[codec]], "compressor": GZIP}
        assert bridge.normalize_metadata(document, target=target) == document


@pytest.mark.parametrize("target", ["tensorstore", "z5py", "neuroglancer", "zarrs-python"])
@pytest.mark.parametrize("id_", ["gzip", "blosc", "zstd"])
def test_d1_a_lone_bytes_codec_of_the_filters_becomes_the_compressor(target: str, id_: str) -> None:
    codec = bridge.to_v2(id_, dtype="<i4")
    document = {**V2, "filters": [codec]}
    found = bridge.translate_metadata(document, target=target)
    made = found.result[".zarray"]
    if target == "zarrs-python" and id_ not in ("blosc", "zstd"):  # which it opens there
        assert made == document
        assert not found.notes
        return
    assert (made["filters"], made["compressor"]) == (None, codec)
    assert "becomes the compressor" in str(found.notes[0])


def test_d1_of_two_filters_or_beside_a_compressor_nothing_moves() -> None:
    shuffle = {"id": "shuffle", "elementsize": 4}
    for changes in ({"filters": [shuffle, GZIP]}, {"filters": [GZIP], "compressor": GZIP}):
        with pytest.raises(bridge.NotRepresentableError):
            bridge.normalize_metadata({**V2, **changes}, target="tensorstore")
    both = {**V2, "filters": [DELTA, {"id": "zstd", "level": 1}]}
    assert bridge.normalize_metadata(both, target="virtualizarr") == {
        **both,
        "filters": [DELTA],
        "compressor": both["filters"][1],
    }


def test_a_transpose_that_moves_nothing_is_left_out_where_there_is_none() -> None:
    transpose = {"name": "transpose", "configuration": {"order": [1, 0]}}
    for shape, names in (((1, 5), ["bytes"]), ((5, 1), ["bytes"]), ((2, 5), None)):
        pipeline = bridge.Pipeline.from_v3(
            data_type="int32", codecs=[transpose, LITTLE], chunk_shape=shape
        )
        assert codecs_for("zarr-python", pipeline) == ["transpose", "bytes"]
        if names is not None:
            assert codecs_for("z5py", pipeline) == names
            continue
        with pytest.raises(bridge.NotRepresentableError, match="z5py does not open it"):
            pipeline.to_v3("z5py")


STRUCT = {**V2, "dtype": [["x", "<i4"], ["y", "<f8"]], "filters": None, "fill_value": None}


@pytest.mark.filterwarnings("ignore")
def test_c3_structs_are_spelled_as_every_version_knows_them() -> None:
    newest = bridge.metadata_to_v3(STRUCT, target="zarr-python")
    assert newest["data_type"]["name"] == "struct"
    assert newest["fill_value"] == {"x": 0, "y": 0.0}
    both = bridge.metadata_to_v3(STRUCT, target="zarr-python>=3.1")
    assert both["data_type"] == {
        "name": "structured",
        "configuration": {"fields": [["x", "int32"], ["y", "float64"]]},
    }
    assert both["fill_value"] == "AAAAAAAAAAAAAAAA"
    assert bridge.metadata_to_v2(both)[0] == bridge.metadata_to_v2(newest)[0]
    pytest.importorskip("zarr", minversion="3.1")
    values = np.array([(1, 2.5), (3, -4.0)], [("x", "<i4"), ("y", "<f8")])
    seen = programs.read("zarr-python", both, {"0": values.tobytes()})
    assert seen.tolist() == [*values.tolist(), (0, 0.0), (0, 0.0)]


def test_fill_values_are_spelled_as_the_reader_knows_them_or_refused() -> None:
    infinite = {**V2, "dtype": "<f4", "filters": None, "fill_value": "Infinity"}
    assert bridge.metadata_to_v3(infinite, target="tensorstore")["fill_value"] == "Infinity"
    assert bridge.metadata_to_v3(infinite, target="zarr-java")["fill_value"] == "0x7f800000"
    with pytest.raises(bridge.NotRepresentableError, match="zarr-java knows"):
        bridge.normalize_metadata(infinite, target="zarr-java")
    large = {**V2, "dtype": "<u8", "filters": None, "fill_value": 2**63 + 5}
    for target in ("zarrita", "neuroglancer", "z5py", "gdal"):
        for write in (bridge.metadata_to_v3, bridge.normalize_metadata):
            with pytest.raises(bridge.NotRepresentableError, match=f"fill value .* {target} r"):
                write(large, target=target)
    exact = {**large, "fill_value": 2**53 + 2}
    assert bridge.metadata_to_v3(exact, target="zarrita")["fill_value"] == 2**53 + 2


def test_what_is_read_wrong_is_refused_before_it_is_written() -> None:
    numbers = {**V2, "shape": [4, 4], "chunks": [2, 2], "filters": None}
    rows = [
        ("netcdf-c", {**numbers, "order": "F"}, "ignores order F"),
        ("neuroglancer", {**numbers, "dtype": "<i8"}, "takes it for uint64"),
        ("neuroglancer", {**numbers, "filters": [DELTA]}, "ignores filters"),
        ("zarrita", {**numbers, "filters": [{**DELTA, "astype": "<i2"}]}, "ignores an astype"),
        ("n5-zarr", {**numbers, "filters": [DELTA]}, "ignores every filter"),
    ]
    for target, document, reason in rows:
        with pytest.raises(bridge.NotRepresentableError, match=reason):
            bridge.normalize_metadata(document, target=target)
    turned = {"name": "transpose", "configuration": {"order": [2, 0, 1]}}
    big = {"name": "bytes", "configuration": {"endian": "big"}}
    for target, codecs, reason in (
        ("gdal", [turned, LITTLE], "applies the inverse"),
        ("z5py", [big], "ignores endian"),
    ):
        pipeline = bridge.Pipeline.from_v3(data_type="int32", codecs=codecs, ndim=3)
        with pytest.raises(bridge.NotRepresentableError, match=reason):
            pipeline.to_v3(target)
    keys = bridge.metadata_to_v3(numbers)
    with pytest.raises(bridge.NotRepresentableError, match="all read as the fill value"):
        bridge.normalize_metadata(keys, target="virtualizarr")


def test_c7_packbits_of_other_arrays_than_bool_is_refused_for_zarr_python() -> None:
    packed = {"id": "packbits"}
    for dtype in ("|u1", "|b1"):
        pipeline = bridge.Pipeline.from_v2(dtype=dtype, filters=[packed])
        if dtype == "|b1":
            assert pipeline.to_v3("zarr-python")
            continue
        with pytest.raises(bridge.NotRepresentableError, match="packs bool elements"):
            pipeline.to_v3("zarr-python")


def test_b5_references_for_icechunk_get_its_keys() -> None:
    references = {"a/.zarray": json.dumps({**V2, "filters": None}), "a/0": ["f", 0, 8]}
    found = bridge.references_to_v3(references, target="icechunk")
    assert sorted(found) == ["a/c/0", "a/zarr.json"]
    with pytest.raises(bridge.NotRepresentableError, match="has chunks under 'c/0/0' alone"):
        bridge.metadata_to_v3({**V2, "filters": None}, target="icechunk")


def test_targets_are_named_once() -> None:
    assert len(set(TARGETS)) == len(TARGETS) == 1 + len(READERS) + len(ALIASES)
    for name, members in ALIASES.items():
        assert find_readers(name) == tuple(READERS[member] for member in members)


@pytest.mark.parametrize("reader", READERS.values(), ids=lambda reader: reader.name)
def test_one_function_answers_for_codecs_encodings_and_documents(reader: Any) -> None:
    document = {**V2, "zarr_format": 2}
    encoding = {key: document[key] for key in ("dtype", "order", "filters", "compressor")}
    for problem in (*problems_for(reader, document), *problems_for(reader, encoding)):
        assert problem.verdict in ("refuses", "reads wrong")
        assert problem.reason
    alone = {each.verdict for each in problems_for(reader, DELTA)}
    assert bool(alone) == (reader.name not in ("zarr-python", "virtualizarr", "zarrita", "gdal"))


ONE_BYTE = {
    **V3,
    "codecs": [{"name": "bytes"}],
    "data_type": "uint4",
}


@pytest.mark.parametrize("data_type", ["uint2", "uint4", "float6_e2m3fn", "float8_e4m3"])
def test_c5_a_data_type_that_no_reader_of_v2_has_is_not_written(data_type: str) -> None:
    document = {**ONE_BYTE, "data_type": data_type}
    with pytest.raises(bridge.NotRepresentableError, match="no reader of v2 has it"):
        bridge.metadata_to_v2(document)
    assert bridge.normalize_metadata(document, target="zarrista")


@pytest.mark.parametrize("data_type", ["int2", "float8_e5m2", "float8_e8m0fnu", "float4_e2m1fn"])
def test_c5_a_data_type_that_tensorstore_has_in_v2_is_written(data_type: str) -> None:
    document = {**ONE_BYTE, "data_type": data_type}
    assert bridge.metadata_to_v2(document)[0]["dtype"] == data_type
    if data_type != "float4_e2m1fn":
        assert bridge.metadata_to_v2(document, target="tensorstore")[0]["dtype"] == data_type
        return
    with pytest.raises(bridge.NotRepresentableError, match="wants null, or the byte as base64"):
        bridge.metadata_to_v2(document, target="tensorstore")


ZARRS_MEMBERS = {
    "chunk_grid": [
        {"name": "zarrs.regular_bounded", "configuration": {"chunk_shape": [2]}},
        {"name": "rectangular", "configuration": {"chunk_shape": [[2, 2]]}},
    ],
    "chunk_key_encoding": [{"name": "zarrs.default_suffix", "configuration": {"suffix": ".b"}}],
}


@pytest.mark.parametrize(
    ("member", "value"),
    [(member, value) for member, values in ZARRS_MEMBERS.items() for value in values],
)
def test_c6_grids_and_keys_of_zarrs_are_zarristas(member: str, value: Any) -> None:
    document = bridge.metadata_to_v3({**V2, "filters": None}) | {member: value}
    assert bridge.normalize_metadata(document, target="zarrista") == document
    for target in ("zarr-python", "tensorstore", ("zarrista", "gdal")):
        with pytest.raises(bridge.NotRepresentableError, match="does not open it"):
            bridge.normalize_metadata(document, target=target)
    if member == "chunk_grid":
        with pytest.raises(bridge.NotRepresentableError, match="v2 has only chunks of one shape"):
            bridge.metadata_to_v2(document)


@pytest.mark.parametrize("target", ["zarrita", "zarr-python==3.1", ("zarr-python", "zarrita")])
def test_a_store_is_migrated_for_a_target_and_undone(target: Any) -> None:
    scaled = {**V2, "dtype": "<f8", "filters": [SCALED], "dimension_separator": "."}
    struct = {**STRUCT, "dimension_separator": "."}
    store: dict[str, bytes] = {
        ".zgroup": b'{"zarr_format": 2}',
        "a/.zarray": json.dumps(struct if target == "zarr-python==3.1" else scaled).encode(),
        "b/.zarray": json.dumps({**V2, "order": "F", "filters": None}).encode(),
    }
    before = dict(store)
    bridge.migrate(store, zarr_format=3, target=target, dry_run=False)
    written = json.loads(store["a/zarr.json"])
    assert not problems(str(read_target(target)), written, None)
    bridge.undo(store)
    assert store == before
    refused = bridge.migrate(store, zarr_format=3, target="netcdf-c")
    assert refused.counts["refused"]


NAMED = {"_ARRAY_DIMENSIONS": [None], "valid_min": float("nan")}


@pytest.mark.filterwarnings("ignore")
def test_b3_b7_attributes_are_checked_wherever_they_stand() -> None:
    zarray = {**V2, "filters": None}
    consolidated = {
        "zarr_consolidated_format": 1,
        "metadata": {".zgroup": {"zarr_format": 2}, "a/.zarray": zarray, "a/.zattrs": NAMED},
    }
    for document, attributes in ((zarray, NAMED), (consolidated, None)):
        with pytest.raises(bridge.NotRepresentableError, match="netcdf-c crashes on a null in it"):
            bridge.translate_metadata(document, attributes, target="netcdf-c", on_loss="ignore")
        for target in ("zarrita", "spec"):
            with pytest.raises(bridge.LossError, match="becomes the text 'NaN'"):
                bridge.translate_metadata(document, attributes, target=target)
            assert bridge.translate_metadata(document, attributes, target=target, on_loss="ignore")
        assert bridge.translate_metadata(document, attributes, target="gdal", on_loss="ignore")


def test_codecs_that_are_not_known_pass_for_a_target_where_they_are_kept() -> None:
    mine = {"id": "mine.own", "level": 1}
    document = {**V2, "filters": None, "compressor": mine}
    for target in ("gdal", "zarrita", ("zarr-python", "tensorstore")):
        with pytest.raises(bridge.UnknownCodecError):
            bridge.normalize_metadata(document, target=target)
        kept = bridge.normalize_metadata(document, target=target, unknown="keep")
        assert kept["compressor"] == mine
        assert bridge.metadata_to_v3(document, target=target, unknown="keep")


def test_d2_bitround_of_whole_numbers_stays_since_numcodecs_decodes_floats() -> None:
    pipeline = bridge.Pipeline.from_v2(dtype="<u4", filters=[ROUNDED["bitround"]])
    with pytest.raises(bridge.NotRepresentableError, match="z5py opens no v2 array with filters"):
        pipeline.to_v2("z5py", on_loss="ignore")


def test_refusals_and_losses_name_the_reader_that_is_meant() -> None:
    pipeline = bridge.Pipeline.from_v2(dtype="<f4", filters=[ROUNDED["bitround"]])
    with pytest.raises(bridge.LossError, match=r"^bitround .*: tensorstore does not open it"):
        pipeline.to_v3(("zarr-python", "tensorstore"))
    with pytest.raises(
        bridge.NotRepresentableError, match=r"zarr-python 2\.18 and netcdf-c open no v3"
    ):
        pipeline.to_v3("zarr-python>=2.18, netcdf-c")
    with pytest.raises(bridge.NotRepresentableError, match="z5py does not open it; zarr-python"):
        bridge.Pipeline.from_v2(dtype="<f4", compressor={"id": "lz4"}).to_v3(("zarrita", "z5py"))


def test_readers_of_a_pipeline_open_it_with_all_its_codecs() -> None:
    pipeline = bridge.Pipeline.from_v2(dtype="<f4", filters=[ROUNDED["bitround"]])
    assert pipeline.readers() == ("zarr-python", "zarrista", "zarrita", "icechunk", "virtualizarr")
    for reader in pipeline.readers():
        assert pipeline.to_v3(reader)


def test_encodings_that_are_read_wrong_as_a_whole_are_refused_without_a_document() -> None:
    big = {"name": "bytes", "configuration": {"endian": "big"}}
    struct = bridge.Pipeline.from_v2(dtype=[["x", ">i4"], ["y", ">f8"]])
    delta = {"name": "numcodecs.delta", "configuration": {"dtype": "<i4"}}
    swapped = bridge.Pipeline.from_v3(data_type="int32", codecs=[delta, big])
    twice = bridge.Pipeline.from_v2(dtype="<i4", filters=[GZIP], compressor=GZIP)
    for pipeline, target, reason in (
        (struct, "zarr-python==3.1", "does not swap"),
        (swapped, "zarr-python>=3.1", "swaps big-endian elements wrong"),
        (twice, "z5py", "decodes the first of several"),
    ):
        with pytest.raises(bridge.NotRepresentableError, match=reason):
            pipeline.to_v3(target)
        assert pipeline.to_v3("zarr-python")


def test_parameters_that_depend_on_the_array_are_open_for_every_target() -> None:
    written = {}
    for target in single_targets():
        with contextlib.suppress(bridge.NotRepresentableError):
            written[target] = bridge.to_v3({"id": "blosc"}, target=target)
    assert written.keys() >= {"spec", "zarr-python", "tensorstore", "zarrs", "zarrita", "n5-zarr"}
    assert all("typesize" not in codec["configuration"] for codec in written.values())
