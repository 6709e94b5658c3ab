"""Group documents and consolidated metadata in both formats."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from support.array_documents import BYTES, V2, V3, changed, notes_of
from zarrcodec_bridge.core.errors import (
    InvalidCodecError,
    NotRepresentableError,
    UnknownCodecError,
)
from zarrcodec_bridge.documents.metadata import (
    metadata_to_v2,
    metadata_to_v3,
    normalize_metadata,
    translate_metadata,
)

GROUP3 = {"zarr_format": 3, "node_type": "group", "attributes": {"a": 1}}


def test_groups() -> None:
    assert metadata_to_v3({"zarr_format": 2}, {"a": 1}) == GROUP3
    assert metadata_to_v2(GROUP3) == ({"zarr_format": 2}, {"a": 1})
    assert metadata_to_v3({"zarr_format": 2})["attributes"] == {}
    assert normalize_metadata({"zarr_format": 2, "_nczarr_group": {}}) == {"zarr_format": 2}
    assert normalize_metadata(GROUP3) == GROUP3
    bare = {"zarr_format": 3, "node_type": "group", "consolidated_metadata": None}
    assert normalize_metadata(bare) == {**GROUP3, "attributes": {}}
    with pytest.raises(InvalidCodecError):
        metadata_to_v2({**GROUP3, "more": 1})


def hierarchy() -> dict[str, Any]:
    return {
        "zarr_consolidated_format": 1,
        "metadata": {
            ".zgroup": {"zarr_format": 2},
            ".zattrs": {"root": True},
            "a/.zarray": V2,
            "a/.zattrs": {"_ARRAY_DIMENSIONS": ["y", "x"]},
            "g/.zgroup": {"zarr_format": 2},
            "g/.zattrs": {},
            "g/b/.zarray": V2,
            "g/b/.zattrs": {"units": "m"},
        },
    }


def test_consolidated_metadata_in_both_formats() -> None:
    v3 = metadata_to_v3(hierarchy())
    assert v3 == {
        "zarr_format": 3,
        "node_type": "group",
        "attributes": {"root": True},
        "consolidated_metadata": {
            "kind": "inline",
            "must_understand": False,
            "metadata": {
                "a": {
                    **V3,
                    "dimension_names": ["y", "x"],
                    "attributes": {"_FillValue": "AAAAAAAA+H8="},
                },
                "g": {**GROUP3, "attributes": {}},
                "g/b": {**V3, "attributes": {"units": "m"}},
            },
        },
    }
    assert metadata_to_v2(v3) == (hierarchy(), {"root": True})
    files = translate_metadata(v3, to="v2").result
    assert set(files) == {".zgroup", ".zattrs", ".zmetadata"}
    assert files[".zgroup"] == {"zarr_format": 2}
    assert normalize_metadata(v3) == v3
    assert normalize_metadata(hierarchy()) == hierarchy()


def test_consolidated_metadata_of_inner_groups_is_flattened() -> None:
    inner = {"kind": "inline", "must_understand": False, "metadata": {"b": V3}}
    outer = {"g": {**GROUP3, "consolidated_metadata": inner}}
    v3 = {**GROUP3, "consolidated_metadata": {"kind": "inline", "metadata": outer}}
    zmetadata, _ = metadata_to_v2(v3)
    assert zmetadata["metadata"]["g/b/.zarray"] == V2
    assert list(normalize_metadata(v3)["consolidated_metadata"]["metadata"]) == ["g", "g/b"]


def test_odd_hierarchies() -> None:
    document = hierarchy()
    del document["metadata"][".zgroup"], document["metadata"][".zattrs"]
    document["metadata"]["lost/.zattrs"] = {"a": 1}
    document["metadata"]["x/.nczarray"] = {}
    document["metadata"]["g/b/.zarray"] = changed(V2, dtype="<u1", fill_value=None)
    found = metadata_to_v3(document)
    assert found["attributes"] == {}
    assert found["consolidated_metadata"]["metadata"]["g/b"]["fill_value"] == 0
    notes = notes_of(document, to="v3")
    assert ".zgroup: of the root is missing, and is added" in notes
    assert "lost/.zattrs: belongs to no array or group" in notes
    assert "x/.nczarray: is no metadata document of v2" in notes
    assert "g/b: fill_value: null leaves open" in notes
    assert "g/b: dtype: '<u1' becomes '|u1'" in notes
    assert metadata_to_v3(hierarchy(), {"given": 1})["attributes"] == {"given": 1}


@pytest.mark.parametrize(
    ("key", "wrong", "error"),
    [
        ("compressor", {"id": "zlib", "level": 10}, InvalidCodecError),
        ("compressor", {"id": "zlibb"}, UnknownCodecError),
        ("filters", [{"id": "json2"}], NotRepresentableError),
    ],
)
def test_errors_in_hierarchies_say_which_array(
    key: str, wrong: Any, error: type[Exception]
) -> None:
    document = hierarchy()
    document["metadata"]["g/b/.zarray"] = changed(V2, **{key: wrong})
    with pytest.raises(error) as caught:
        metadata_to_v3(document)
    assert type(caught.value) is error
    assert str(caught.value).startswith("g/b: ")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    at = ("metadata", "g/b/.zarray", key)
    if isinstance(caught.value, InvalidCodecError):
        assert caught.value.problems[0].path == (*at, "level")
    if isinstance(caught.value, UnknownCodecError):
        assert caught.value.path == at


def test_errors_in_v3_hierarchies_say_which_array() -> None:
    v3 = metadata_to_v3(hierarchy())
    nodes = v3["consolidated_metadata"]["metadata"]
    nodes["g/b"] = changed(V3, codecs=[{"name": "bytes", "configuration": {"endian": 1}}])
    path = ("consolidated_metadata", "metadata", "g/b", "codecs", 0, "configuration", "endian")
    for write in (metadata_to_v2, normalize_metadata):
        with pytest.raises(InvalidCodecError, match=r"^g/b: ") as caught:
            write(v3)
        assert caught.value.problems[0].path == path
    nodes["g/b"] = 1
    with pytest.raises(InvalidCodecError) as caught:
        metadata_to_v2(v3)
    assert caught.value.problems[0].path == path[:3]
    v3["consolidated_metadata"] = {"kind": "elsewhere"}
    with pytest.raises(InvalidCodecError, match="inline"):
        metadata_to_v2(v3)


def test_losses_in_hierarchies_say_which_array() -> None:
    cast = {
        "name": "cast_value",
        "configuration": {"data_type": "int16", "rounding": "towards-positive"},
    }
    v3 = metadata_to_v3(hierarchy())
    v3["consolidated_metadata"]["metadata"]["g/b"] = changed(
        V3, codecs=[cast, BYTES], fill_value=0.0
    )
    losses = translate_metadata(v3, to="v2", on_loss="ignore").losses
    assert [loss.codec.partition(": ")[0] for loss in losses] == ["g/b"]


@pytest.mark.parametrize("to", ["v2", "v3"])
@pytest.mark.parametrize(
    "document", [{"zarr_format": 2}, GROUP3, V2, V3], ids=["group 2", "group 3", "2", "3"]
)
def test_a_key_that_is_not_text_is_refused(document: dict[str, Any], to: Any) -> None:
    says = "expected a string as key, got 1" if document["zarr_format"] == 2 else "unknown member"
    with pytest.raises(InvalidCodecError, match=says):
        translate_metadata({**document, 1: 2}, to=to)
