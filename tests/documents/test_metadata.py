"""Array documents in both formats: what each member becomes."""

from __future__ import annotations

import copy
import json
import math
from typing import Any

import pytest

import zarrcodec_bridge as bridge
from support.array_documents import BYTES, V2, V3, ZSTD, changed, notes_of
from table import ROWS
from zarrcodec_bridge.core.errors import (
    BridgeError,
    InvalidCodecError,
    LossError,
    LossWarning,
    NotRepresentableError,
    UnknownCodecError,
)
from zarrcodec_bridge.core.propagation import name_of
from zarrcodec_bridge.documents.metadata import (
    file_of,
    metadata_to_v2,
    metadata_to_v3,
    normalize_metadata,
    translate_metadata,
)
from zarrcodec_bridge.readers import TARGETS


def as_v2(**changes: Any) -> dict[str, Any]:
    return metadata_to_v2(changed(V3, **changes))[0]


def as_v3(**changes: Any) -> dict[str, Any]:
    return metadata_to_v3(changed(V2, **changes))


def test_an_array_in_both_formats() -> None:
    assert metadata_to_v3(V2) == V3
    assert metadata_to_v2(V3) == (V2, {})
    assert normalize_metadata(V2) == V2
    assert normalize_metadata(V3) == V3
    for document in (V2, V3):
        for to in ("v2", "v3"):
            assert not translate_metadata(document, to=to).notes  # type: ignore[arg-type]


def test_dimension_separators_and_chunk_key_encodings() -> None:
    assert as_v3()["chunk_key_encoding"]["configuration"] == {"separator": "/"}
    for separator in (".", ...):
        found = as_v3(dimension_separator=separator)["chunk_key_encoding"]
        assert found == {"name": "v2", "configuration": {"separator": "."}}
    assert as_v2()["dimension_separator"] == "/"
    for encoding in ("v2", {"name": "v2"}, {"name": "v2", "configuration": {}}):
        assert as_v2(chunk_key_encoding=encoding)["dimension_separator"] == "."
    assert "dimension_separator" not in normalize_metadata(changed(V2, dimension_separator=...))


@pytest.mark.parametrize(
    "encoding",
    [
        {"name": "default"},
        {"name": "default", "configuration": {"separator": "."}},
        "default",
        ...,
        {"name": "suffix", "configuration": {"suffix": ".tif"}},
    ],
)
@pytest.mark.parametrize("shape", [[20, 30], []])
def test_chunk_keys_that_v2_cannot_name_are_refused_with_the_remedy(
    encoding: Any, shape: list[int]
) -> None:
    grid = {"name": "regular", "configuration": {"chunk_shape": [10] * len(shape)}}
    with pytest.raises(NotRepresentableError, match=r"copy them to v2's keys .*, or rewrite"):
        as_v2(chunk_key_encoding=encoding, shape=shape, chunk_grid=grid)


def test_dimension_names_become_an_attribute_and_back() -> None:
    attributes = {"units": "m", "_ARRAY_DIMENSIONS": ["y", "x"]}
    v3 = metadata_to_v3(V2, attributes)
    assert v3["dimension_names"] == ["y", "x"]
    assert v3["attributes"] == {"units": "m", "_FillValue": "AAAAAAAA+H8="}
    assert metadata_to_v2(v3) == (V2, attributes)
    assert attributes == {"units": "m", "_ARRAY_DIMENSIONS": ["y", "x"]}


def test_scalars_have_no_dimensions_and_say_so() -> None:
    scalar = changed(V2, shape=[], chunks=[])
    v3 = metadata_to_v3(scalar, {"_ARRAY_DIMENSIONS": []})
    assert v3["dimension_names"] == []
    assert metadata_to_v2(v3) == (scalar, {"_ARRAY_DIMENSIONS": []})


def test_dimensions_without_names() -> None:
    unnamed = changed(V3, dimension_names=[None, None])  # xarray opens it in v3
    partly = changed(V3, dimension_names=["y", None])  # netCDF-C crashes on a null in the attribute
    for document in (unnamed, partly):
        with pytest.raises(LossError, match="are left out"):
            metadata_to_v2(document)
    assert metadata_to_v2(unnamed, on_loss="ignore")[1] == {}
    assert metadata_to_v2(partly, on_loss="ignore") == (V2, {})
    assert metadata_to_v3(V2, {"_ARRAY_DIMENSIONS": ["y", None]}) == partly


@pytest.mark.parametrize("names", [["x"], "yx", [1, 2], None, ["x", "y", "z"]])
def test_what_names_no_dimensions_stays_an_attribute(names: Any) -> None:
    v3 = metadata_to_v3(V2, {"_ARRAY_DIMENSIONS": names})
    assert "dimension_names" not in v3
    assert v3["attributes"] == {"_ARRAY_DIMENSIONS": names}
    assert "stays an attribute" in notes_of(V2, {"_ARRAY_DIMENSIONS": names}, to="v3")


def test_contradicting_names_are_refused() -> None:
    document = changed(V3, dimension_names=["y", "x"])
    document["attributes"] = {"_ARRAY_DIMENSIONS": ["x", "y"]}
    with pytest.raises(InvalidCodecError, match="remove one of the two") as caught:
        metadata_to_v2(document)
    assert caught.value.problems[0].path == ("attributes", "_ARRAY_DIMENSIONS")
    document["attributes"] = {"_ARRAY_DIMENSIONS": ["y", "x"]}
    assert metadata_to_v2(document)[1] == {"_ARRAY_DIMENSIONS": ["y", "x"]}


def test_equal_names_are_refused_for_tensorstore() -> None:
    attributes = {"_ARRAY_DIMENSIONS": ["x", "x"]}
    assert metadata_to_v3(V2, attributes)["dimension_names"] == ["x", "x"]
    with pytest.raises(NotRepresentableError, match="equal names"):
        metadata_to_v3(V2, attributes, target="tensorstore")


def test_order_and_byte_order() -> None:
    v3 = as_v3(order="F", dtype=">i2", fill_value=-1)
    assert v3["codecs"] == [
        {"name": "transpose", "configuration": {"order": [1, 0]}},
        {"name": "bytes", "configuration": {"endian": "big"}},
        ZSTD,
    ]
    assert metadata_to_v2(v3)[0] == changed(V2, order="F", dtype=">i2", fill_value=-1)


def test_structs_are_packed_in_the_byte_order_of_the_array() -> None:
    fields = [["a", ">i4"], ["b", ">f4"]]
    v2 = changed(V2, dtype=fields, fill_value="AAAAKn/AAAE=")
    v3 = metadata_to_v3(v2)
    assert v3["fill_value"] == {"a": 42, "b": "0x7fc00001"}
    assert metadata_to_v2(v3)[0] == v2


@pytest.mark.parametrize("fill_value", [None, 0, ""])
def test_objects_become_strings(fill_value: Any) -> None:
    v2 = changed(V2, dtype="|O", filters=[{"id": "vlen-utf8"}], fill_value=fill_value)
    v3 = metadata_to_v3(v2, on_loss="error" if fill_value != 0 else "ignore")  # zarr-python: "0"
    assert (v3["data_type"], v3["fill_value"]) == ("string", "")
    assert metadata_to_v2(v3)[0] == changed(v2, fill_value="")


def test_raw_bytes_for_zarrs_are_r_bits_with_a_list_of_bytes() -> None:
    v2 = changed(V2, dtype="|V3", fill_value="AAEC")
    assert metadata_to_v3(v2, target="zarrista")["data_type"] == "r24"
    assert metadata_to_v3(v2, target="zarrista")["fill_value"] == [0, 1, 2]
    assert metadata_to_v3(v2)["fill_value"] == "AAEC"
    assert metadata_to_v2(metadata_to_v3(v2, target="zarrista"))[0] == v2


def test_a_nan_that_v2_cannot_say_is_refused() -> None:
    assert as_v2(fill_value="0x7fc00000")["fill_value"] == "NaN"
    with pytest.raises(NotRepresentableError, match="0x7fc00001"):
        as_v2(fill_value="0x7fc00001")


def test_members_that_need_not_be_understood() -> None:
    extra = {"must_understand": False, "name": "x", "configuration": {"value": 10}}
    document = changed(V3, **{"my-extension": extra})
    for _ in range(2):
        assert normalize_metadata(document) == document
    with pytest.raises(LossError, match="my-extension"):
        metadata_to_v2(document)
    assert metadata_to_v2(document, on_loss="ignore") == (V2, {})
    for must in ({"must_understand": True}, {}, 1, [{"must_understand": False}]):
        for write in (normalize_metadata, metadata_to_v2):
            with pytest.raises(InvalidCodecError) as caught:
                write(changed(V3, more=must))
            assert caught.value.problems[0].path == ("more",)


def test_members_that_v2_does_not_have_are_dropped_with_notes() -> None:
    document = changed(V2, node_type="array", _nczarr_array={"dimrefs": ["/y", "/x"]})
    assert metadata_to_v3(document) == V3
    assert normalize_metadata(document) == V2
    notes = notes_of(document, to="v3")
    assert "node_type: is no member of a v2 document, and is dropped" in notes
    assert "_nczarr_array: is no member" in notes


def test_attributes_in_the_array_document() -> None:
    document = changed(V2, attributes={"a": 1, "_ARRAY_DIMENSIONS": ["y", "x"]})
    v3 = metadata_to_v3(document)
    assert v3["attributes"] == {"a": 1, "_FillValue": "AAAAAAAA+H8="}
    assert v3["dimension_names"] == ["y", "x"]
    assert metadata_to_v3(document, {"b": 2})["attributes"] == {"b": 2}
    assert ".zattrs being given" in notes_of(document, {"b": 2}, to="v3")
    assert translate_metadata(document).result == {
        ".zarray": V2,
        ".zattrs": {"a": 1, "_ARRAY_DIMENSIONS": ["y", "x"]},
    }
    assert ".zattrs being given" not in notes_of(document, document["attributes"], to="v3")


def test_rectilinear_grids_and_storage_transformers() -> None:
    grid = {
        "name": "rectilinear",
        "configuration": {"kind": "inline", "chunk_shapes": [4, [1, 29]]},
    }
    document = changed(V3, chunk_grid=grid)
    assert normalize_metadata(document) == document
    assert normalize_metadata(document, target="zarrista") == document
    with pytest.raises(NotRepresentableError, match="rewrite the array with a regular grid"):
        metadata_to_v2(document)
    with pytest.raises(NotRepresentableError, match="only a regular one"):
        normalize_metadata(document, target="zarr-python")
    for write in (normalize_metadata, metadata_to_v2):
        assert write(changed(V3, storage_transformers=[]))
        with pytest.raises(NotRepresentableError, match="no reader applies them"):
            write(changed(V3, storage_transformers=[{"name": "x"}]))


@pytest.mark.parametrize("document", [V2, V3])
def test_the_callers_documents_are_left_alone_and_results_are_new(document: dict[str, Any]) -> None:
    attributes = {"a": {"b": [1, {"c": 2}]}, "_ARRAY_DIMENSIONS": ["y", "x"]}
    given = copy.deepcopy(document)
    held = copy.deepcopy(attributes) if document is V2 else None
    if document is V3:
        given["attributes"] = copy.deepcopy(attributes)
        given["dimension_names"] = ["y", "x"]
    before = copy.deepcopy((given, held))
    for _ in range(3):  # made, and remembered
        for to in ("v2", "v3"):
            result = translate_metadata(given, held, to=to).result  # type: ignore[arg-type]
            assert json.loads(json.dumps(result, allow_nan=False)) == result
            scramble(result)
            assert (given, held) == before


def scramble(value: Any) -> None:
    """Change everything inside."""
    for item in list(value.values()) if isinstance(value, dict) else list(value):
        if isinstance(item, (dict, list)):
            scramble(item)
    value.clear()


def test_attributes_are_plain_json_or_refused() -> None:
    np = pytest.importorskip("numpy")
    found = metadata_to_v3(V2, {"a": (1, 2), "b": np.float32(0.5), "c": np.arange(2)})
    assert found["attributes"] == {"a": [1, 2], "b": 0.5, "c": [0, 1]}
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    for wrong in ({"a": object()}, {"a": deep}, {"a": {1: 2}}):
        with pytest.raises(InvalidCodecError) as caught:
            metadata_to_v3(V2, wrong)
        assert caught.value.problems[0].path == ("attributes",)


def test_losses_are_raised_warned_of_or_passed() -> None:
    cast = {
        "name": "cast_value",
        "configuration": {"data_type": "int16", "rounding": "towards-positive"},
    }
    document = changed(V3, codecs=[cast, BYTES], fill_value=0.0)
    with pytest.raises(LossError):
        metadata_to_v2(document)
    with pytest.warns(LossWarning):
        found = metadata_to_v2(document, on_loss="warn")
    assert found == metadata_to_v2(document, on_loss="ignore")
    losses = translate_metadata(document, to="v2", on_loss="ignore").losses
    assert losses
    for _ in range(2):  # those of a remembered document too
        assert translate_metadata(document, to="v2", on_loss="ignore").losses == losses
        with pytest.raises(LossError):
            metadata_to_v2(document)


def test_unknown_codecs() -> None:
    document = changed(V2, compressor={"id": "my-codec", "level": 1})
    with pytest.raises(UnknownCodecError) as caught:
        metadata_to_v3(document)
    assert caught.value.path == ("compressor",)
    assert metadata_to_v3(document, unknown="keep")["codecs"][1] == {
        "name": "my-codec",
        "configuration": {"level": 1},
    }
    assert normalize_metadata(document, unknown="keep") == document


def test_what_repairs_a_document_leaves_its_encoding_as_it_is() -> None:
    without = {"data_type": "int32", "codecs": []}
    for _ in range(2):  # made, and remembered
        assert normalize_metadata(changed(V3, fill_value=0, **without))["codecs"] == [BYTES]
        pipeline = bridge.Pipeline.from_v3(**without, ndim=2, chunk_shape=[10, 10])
        with pytest.raises(NotRepresentableError):
            pipeline.to_v3()


def test_options_and_documents_that_are_none() -> None:
    with pytest.raises(ValueError, match="target"):
        metadata_to_v3(V2, target="xarray")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="on_loss"):
        metadata_to_v3(V2, on_loss="raise")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="expected to"):
        translate_metadata(V2, to="v4")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="its own"):
        translate_metadata(V3, {"a": 1})
    for wrong in ({}, {"zarr_format": 4}, {"zarr_format": "2"}, {"zarr_format": 1}, [], None):
        with pytest.raises(InvalidCodecError):
            file_of(wrong)
    with pytest.raises(InvalidCodecError, match=r"zarr-python 2.18"):
        normalize_metadata({"zarr_format": 1, "shape": [1]})
    with pytest.raises(InvalidCodecError, match="expected 2, got 3"):
        metadata_to_v3(V3)
    with pytest.raises(InvalidCodecError, match="expected 3, got 2"):
        metadata_to_v2(V2)


def test_what_was_remembered_depends_on_nothing_but_the_rest() -> None:
    other = changed(V2, shape=[7, 1], compressor={"id": "zstd", "level": 3})
    assert metadata_to_v3(other)["shape"] == [7, 1]
    assert metadata_to_v3(V2) == V3
    for level in (True, 3.0, "3"):  # 3.0 equals 3, and is not the same JSON
        with pytest.raises(InvalidCodecError):
            metadata_to_v3(changed(V2, compressor={"id": "zstd", "level": level}))
    empty = changed(V2, shape=[0, 30], chunks=[0, 10])
    assert metadata_to_v3(empty)["shape"] == [0, 30]
    with pytest.raises(InvalidCodecError):
        metadata_to_v3(changed(empty, shape=[1, 30]))
    assert math.copysign(1, metadata_to_v3(changed(V2, fill_value=-0.0))["fill_value"]) == -1
    assert math.copysign(1, metadata_to_v3(changed(V2, fill_value=0.0))["fill_value"]) == 1
    with pytest.raises(NotRepresentableError):
        metadata_to_v3(changed(V2, dtype=">U3", fill_value=""), target="tensorstore")
    assert metadata_to_v3(changed(V2, dtype=">U3", fill_value=""))


SHAPELESS = [
    spec.title
    for spec in bridge.registered_codecs()
    if spec.ignores_chunk_shape and spec.title != "bytes"
]


@pytest.mark.parametrize("name", SHAPELESS)
def test_what_is_remembered_for_every_shape_has_none(name: str) -> None:
    met = 0
    for row in ROWS:
        if name_of(row.codec) != name or not isinstance(row.v2, dict):
            continue
        for filters, compressor in (([row.v2], None), (None, row.v2), ([row.v2], {"id": "zlib"})):
            encoding = {
                "dtype": row.dtype or ("|O" if name.startswith("vlen") else "<f8"),
                "filters": filters,
                "compressor": compressor,
            }
            said = [outcome(encoding, shape) for shape in ((4, 6), (1, 1), (6, 1), (5, 7))]
            assert said.count(said[0]) == len(said)
        met += 1
    assert met


def outcome(encoding: dict[str, Any], shape: tuple[int, ...]) -> str:
    """What a v2 encoding gives for chunks of a shape."""
    try:
        pipeline = bridge.Pipeline.from_v2(**encoding, chunk_shape=shape)
        return repr(pipeline.translate("v3", on_loss="ignore"))
    except BridgeError as error:
        return str(error)


def test_targets_of_v2_documents() -> None:
    filtered = changed(V2, filters=[{"id": "delta", "dtype": "<f4"}])
    decodes_delta = {"spec", "zarr-python", "virtualizarr", "zarrita", "gdal"}
    opens_v2 = set(TARGETS) - {"icechunk"}
    for target in TARGETS:
        for document, opened in ((V2, opens_v2), (filtered, decodes_delta)):
            if target in opened:
                assert normalize_metadata(document, target=target) == document
            else:
                with pytest.raises(NotRepresentableError, match=target):
                    normalize_metadata(document, target=target)
    short = changed(V2, dtype="|S3", fill_value="YWI=")
    assert normalize_metadata(short, target="tensorstore")["fill_value"] == "YWIA"
    undefined = changed(V2, dtype="<U2", fill_value=None)
    assert normalize_metadata(undefined, target="zarrista")["fill_value"] is None
    objects = changed(V2, dtype="|O", filters=[{"id": "vlen-bytes"}], fill_value=0)
    found = normalize_metadata(objects, target="zarr-python", on_loss="ignore")
    assert found["fill_value"] == ""
