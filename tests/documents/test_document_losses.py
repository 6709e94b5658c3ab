"""What a document says and its translation cannot is a loss, not a note (G6, and members that need not be understood).

The oracle of missing elements is zarr-python, which reads an array without chunks: what the installed version reads
from the original, it reads from the translation, or the translation is a loss.
"""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from zarrcodec_bridge import (
    InvalidCodecError,
    LossError,
    metadata_to_v2,
    metadata_to_v3,
    normalize_metadata,
)
from zarrcodec_bridge.documents.metadata import translate_metadata


def _v2(dtype: str, fill_value: Any, codec: str | None = None) -> dict[str, Any]:
    return {
        "zarr_format": 2, "shape": [2], "chunks": [2], "dtype": dtype, "order": "C", "compressor": None,
        "filters": [{"id": codec}] if codec else None, "fill_value": fill_value,
    }  # fmt: skip


def _v3(data_type: Any, fill_value: Any, codec: str) -> dict[str, Any]:
    return {
        "zarr_format": 3, "node_type": "array", "shape": [2], "data_type": data_type,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2]}},
        "chunk_key_encoding": {"name": "v2", "configuration": {"separator": "."}},
        "codecs": [{"name": codec, "configuration": {}}], "fill_value": fill_value, "attributes": {},
    }  # fmt: skip


FILLS = [
    # v2 document, fill value of v3, the loss
    (_v2("|S3", 0), "MA==", "3.0 reads the empty text"),
    (_v2("|S1", 0), "MA==", "3.0 reads the empty text"),
    (_v2("<U3", 0), "0", "3.0 reads the empty text"),
    (_v2(">U3", 0), "0", "3.0 reads the empty text"),
    (_v2("|O", 0, "vlen-utf8"), "", "zarr-python reads '0'"),
    (_v2("|O", 0, "vlen-bytes"), "", "read the number 0"),
    (_v2("|O", "YWI=", "vlen-bytes"), "YWI=", "read it as that text"),
    (_v2("|S3", 5), "NQ==", ""),
    (_v2("<U3", 5), "5", ""),
    (_v2("|S3", "YWI="), "YWI=", ""),
    (_v2("<U3", "ab"), "ab", ""),
    (_v2("<U3", "abcd"), "abc", ""),
    (_v2("|O", None, "vlen-utf8"), "", ""),
    (_v2("|O", "", "vlen-utf8"), "", ""),
    (_v2("|O", "0", "vlen-utf8"), "0", ""),
    (_v2("|O", None, "vlen-bytes"), "", ""),
    (_v2("|O", "", "vlen-bytes"), "", ""),
]


def _id(row: Any) -> str:
    return f"{row['dtype']}-{row['fill_value']}" if isinstance(row, dict) else ""


@pytest.mark.parametrize(("document", "fill_value", "loss"), FILLS, ids=_id)
def test_g6_fill_values_that_readers_disagree_on_are_losses(
    document: dict[str, Any], fill_value: str, loss: str
) -> None:
    found = translate_metadata(document, to="v3", on_loss="ignore")
    assert found.result["zarr.json"]["fill_value"] == fill_value
    assert [one.codec for one in found.losses] == ["fill_value"] * bool(loss)
    if not loss:
        return
    assert loss in found.losses[0].message
    with pytest.raises(LossError, match=loss):
        metadata_to_v3(document)
    again = translate_metadata(document, to="v3", on_loss="ignore")  # as it is remembered
    assert again.losses == found.losses
    complete = translate_metadata(document, to="v3", on_loss="ignore", chunks_complete=True)
    assert complete.result == found.result
    assert not complete.losses
    assert "fill_value" in {note.codec for note in complete.notes}


@pytest.mark.parametrize(
    ("document", "fill_value", "loss"),
    [row for row in FILLS if row[0]["fill_value"] is not None],
    ids=_id,
)
def test_g6_zarr_python_reads_that_missing_element_or_it_is_a_loss(
    document: dict[str, Any], fill_value: str, loss: str, tmp_path: Path
) -> None:
    """Whatever its version, which may refuse the array."""
    zarr = pytest.importorskip("zarr")
    (tmp_path / ".zarray").write_text(json.dumps(document))
    is_text = "U" in document["dtype"] or document["filters"] == [{"id": "vlen-utf8"}]
    expected = fill_value if is_text else b64decode(fill_value)
    try:
        found = zarr.open_array(str(tmp_path), mode="r")[:][0]
    except (TypeError, ValueError) as error:
        assert loss or document["fill_value"] == 5, error
        return
    assert loss or found == expected or (found == "" and not expected)


@pytest.mark.parametrize(("document", "fill_value", "loss"), FILLS, ids=_id)
def test_g6_a_v2_document_that_stays_as_it_was_loses_nothing(
    document: dict[str, Any], fill_value: str, loss: str
) -> None:
    found = translate_metadata(document, on_loss="ignore")
    kept = found.result[".zarray"]["fill_value"] == document["fill_value"]
    assert bool(found.losses) == (bool(loss) and not kept)
    assert kept or loss or document["fill_value"] in (5, "abcd", None)


@pytest.mark.parametrize(
    ("value", "loss"), [("YWI=", "as the base64 text that it is"), ("", ""), ([97, 98], "base64")]
)
@pytest.mark.parametrize("data_type", ["variable_length_bytes", "bytes"])
def test_g6_bytes_of_variable_length_in_v2(data_type: str, value: Any, loss: str) -> None:
    document = _v3(data_type, value, "vlen-bytes")
    found = translate_metadata(document, to="v2", on_loss="ignore")
    assert [one.codec for one in found.losses] == ["fill_value"] * bool(loss)
    assert not translate_metadata(document, to="v2", on_loss="ignore", chunks_complete=True).losses
    if loss:
        with pytest.raises(LossError, match=loss):
            metadata_to_v2(document)


MORE: dict[str, Any] = {"must_understand": False, "name": "x", "configuration": {"value": 10}}


@pytest.mark.parametrize(
    "document",
    [
        {**_v3("string", "", "vlen-utf8"), "more": MORE},
        {"zarr_format": 3, "node_type": "group", "attributes": {}, "more": MORE},
    ],
    ids=lambda document: str(document["node_type"]),
)
def test_members_that_v2_has_no_place_for_are_lost(document: dict[str, Any]) -> None:
    """Also in consolidated metadata; and v3 keeps them."""
    root = {
        "zarr_format": 3, "node_type": "group", "attributes": {},
        "consolidated_metadata": {"kind": "inline", "must_understand": False, "metadata": {"a": document}},
    }  # fmt: skip
    for whole, subject in ((document, "more"), (root, "a: more")):
        with pytest.raises(LossError, match="v2 has no place"):
            metadata_to_v2(whole)
        found = translate_metadata(whole, to="v2", on_loss="ignore")
        assert [one.codec for one in found.losses] == [subject]
        assert "must_understand" not in json.dumps(found.result)
        assert normalize_metadata(whole) == whole


def test_consolidated_metadata_of_an_object_of_a_v2_group(tmp_path: Path) -> None:
    """What zarr-python 3 has of a consolidated v2 group is translated as the ``.zmetadata`` that it was read from."""
    zarr = pytest.importorskip("zarr", minversion="3.1")
    root = zarr.create_group(str(tmp_path), zarr_format=2, attributes={"t": 1})
    group = root.create_group("g", attributes={"k": 2})
    group.create_array("b", shape=(4,), chunks=(2,), dtype="i4", attributes={"u": "m"})
    bare = root.metadata.to_dict()
    assert metadata_to_v3(bare)["attributes"] == {"t": 1}
    assert normalize_metadata(bare) == {"zarr_format": 2}
    zarr.consolidate_metadata(str(tmp_path), zarr_format=2)
    document = zarr.open_consolidated(str(tmp_path), zarr_format=2).metadata.to_dict()
    assert set(document["consolidated_metadata"]["metadata"]) == {"g", "g/b"}
    held = json.loads((tmp_path / ".zmetadata").read_text())
    assert metadata_to_v3(document) == metadata_to_v3(held)
    files = translate_metadata(document, to="v2")
    assert not files.losses
    assert set(files.result) == {".zgroup", ".zattrs", ".zmetadata"}
    assert files.result[".zattrs"] == {"t": 1}
    of_file = normalize_metadata(held)["metadata"]
    assert {"g/.zattrs": {"k": 2}, "g/b/.zattrs": {"u": "m"}}.items() <= of_file.items()
    assert normalize_metadata(document)["metadata"] == of_file
    assert metadata_to_v3(document, {"t": 5})["attributes"] == {"t": 5}
    inner = document["consolidated_metadata"]["metadata"]["g"]
    assert "consolidated_metadata" not in metadata_to_v3(inner)  # an empty one, of zarr-python


@pytest.mark.parametrize("to", ["v2", "v3"])
@pytest.mark.parametrize(
    ("held", "written"),
    [
        (None, 0),
        ({"kind": "inline", "must_understand": False, "metadata": {}}, 0),
        ({"kind": "inline", "metadata": {"g": {"zarr_format": 2}}}, 1),
        ({"kind": "inline", "metadata": {"g": {"zarr_format": 2, "consolidated_metadata": {
            "metadata": {"h": {"zarr_format": 2, "attributes": {"a": 1}}}}}}}, 2),
    ],
)  # fmt: skip
def test_consolidated_metadata_in_a_zgroup(held: Any, written: int, to: Any) -> None:
    found = translate_metadata({"zarr_format": 2, "consolidated_metadata": held}, to=to)
    assert not found.losses
    if to == "v3":
        nodes = found.result["zarr.json"].get("consolidated_metadata", {"metadata": {}})
        assert len(nodes["metadata"]) == written
    else:
        listed = found.result.get(".zmetadata", {"metadata": {}})["metadata"]
        assert len([key for key in listed if key.endswith("/.zgroup")]) == written


@pytest.mark.parametrize(
    ("held", "at"),
    [
        ({"kind": "elsewhere"}, ()),
        ({"kind": "inline"}, ("metadata",)),
        ({"metadata": {"g": {"zarr_format": 3}}}, ("metadata", "g")),
        ({"metadata": {"../g": {"zarr_format": 2}}}, ("metadata", "../g")),
        ({"metadata": {"g": {"zarr_format": 2, "shape": [1]}}}, ("metadata", "g", "chunks")),
    ],
)
def test_wrong_consolidated_metadata_in_a_zgroup(held: Any, at: tuple[str, ...]) -> None:
    for to in ("v2", "v3"):
        with pytest.raises(InvalidCodecError) as error:
            translate_metadata({"zarr_format": 2, "consolidated_metadata": held}, to=to)  # type: ignore[arg-type]
        assert error.value.problems[0].path == ("consolidated_metadata", *at)


@pytest.mark.parametrize("names", [[None], ["x", None], [None, None]])
def test_dimension_names_without_names_are_lost_in_v2(names: list[str | None]) -> None:
    """xarray opens such an array in v3, and in v2 only one whose dimensions all have names."""
    document = {**_v3("int16", 0, "bytes"), "dimension_names": names}
    document["shape"] = [2] * len(names)
    document["chunk_grid"] = {"name": "regular", "configuration": {"chunk_shape": [2] * len(names)}}
    document["codecs"] = [{"name": "bytes", "configuration": {"endian": "little"}}]
    with pytest.raises(LossError, match="name every dimension"):
        metadata_to_v2(document)
    zattrs = metadata_to_v2(document, on_loss="ignore")[1]
    assert zattrs == {}
    assert normalize_metadata(document)["dimension_names"] == names
