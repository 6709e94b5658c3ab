"""What is wrong in documents besides their codecs: chunk grids (C6, G2), data type names, consolidated paths (G2).

And G6: sentences, `indent` of JSON, and the 0 of zarr-python 2 as the fill value of texts.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import zarrcodec_bridge as bridge
from zarrcodec_bridge.core.errors import InvalidCodecError, LossError, NotRepresentableError
from zarrcodec_bridge.core.json_values import Path
from zarrcodec_bridge.documents.metadata import translate_metadata

LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}


def _document(**changes: Any) -> dict[str, Any]:
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": [10, 6],
        "data_type": "int32",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [4, 3]}},
        "chunk_key_encoding": {"name": "v2", "configuration": {"separator": "."}},
        "fill_value": 0,
        "codecs": [LITTLE],
        "attributes": {},
        **changes,
    }


def _rectilinear(*axes: Any, **changes: Any) -> dict[str, Any]:
    configuration = {"kind": "inline", "chunk_shapes": list(axes), **changes}
    return _document(chunk_grid={"name": "rectilinear", "configuration": configuration})


AT: Path = ("chunk_grid", "configuration")
SHAPES: Path = (*AT, "chunk_shapes")

WRONG_GRIDS: list[tuple[dict[str, Any], Path, str]] = [
    (_rectilinear(4, 3, kind="outline"), (*AT, "kind"), "expected 'inline'"),
    (
        _document(chunk_grid={"name": "rectilinear", "configuration": {"chunk_shapes": [4, 3]}}),
        (*AT, "kind"),
        "expected 'inline'",
    ),
    (_rectilinear(4, 3, edges=1), (*AT, "edges"), "unknown key"),
    (_rectilinear(chunk_shapes="4"), SHAPES, "expected the lengths"),
    (_rectilinear(4), SHAPES, "expected 2 axes"),
    (_rectilinear(4, 3, 2), SHAPES, "expected 2 axes"),
    (_rectilinear(0, 3), (*SHAPES, 0), "at least 1"),
    (_rectilinear(4, -1), (*SHAPES, 1), "at least 1"),
    (_rectilinear(4.0, 3), (*SHAPES, 0), "at least 1"),
    (_rectilinear("4", 3), (*SHAPES, 0), "at least 1"),
    (_rectilinear([], 3), (*SHAPES, 0), "at least one length"),
    (_rectilinear([4, 0, 6], 3), (*SHAPES, 0, 1), "at least 1"),
    (_rectilinear([4, 5], 3), (*SHAPES, 0), "cover the axis of 10, got 9"),
    (_rectilinear([[3, 3]], 3), (*SHAPES, 0), "cover the axis of 10, got 9"),
    (_rectilinear([[5, 2, 1]], 3), (*SHAPES, 0, 0), "[length, count]"),
    (_rectilinear([[5]], 3), (*SHAPES, 0, 0), "[length, count]"),
    (_rectilinear([[5, 0], 10], 3), (*SHAPES, 0, 0, 1), "a count of at least 1"),
    (_rectilinear([[0, 5], 10], 3), (*SHAPES, 0, 0, 0), "at least 1"),
]


def _opens(document: dict[str, Any]) -> bool:
    zarr = pytest.importorskip("zarr", minversion="3.4")
    metadata = pytest.importorskip("zarr.core.metadata.v3")
    with zarr.config.set({"array.rectilinear_chunks": True}):
        try:
            metadata.ArrayV3Metadata.from_dict(json.loads(json.dumps(document)))
        except Exception:
            return False
    return True


@pytest.mark.parametrize(("document", "path", "expected"), WRONG_GRIDS)
def test_g2_contents_of_rectilinear_grids(
    document: dict[str, Any], path: Path, expected: str
) -> None:
    for read in (bridge.normalize_metadata, bridge.metadata_to_v2):
        with pytest.raises(InvalidCodecError) as caught:
            read(document)
        assert caught.value.problems[0].path == path
        assert expected in caught.value.problems[0].message


@pytest.mark.parametrize(("document", "path", "expected"), WRONG_GRIDS)
def test_g2_zarr_python_refuses_them_too(
    document: dict[str, Any], path: Path, expected: str
) -> None:
    if path[-1] == "edges":
        pytest.skip("zarr-python takes no notice of other keys")
    assert not _opens(document)


EQUAL: list[tuple[tuple[Any, Any], list[int]]] = [
    ((4, 3), [4, 3]),
    (([4, 4, 4], 3), [4, 3]),
    (([[4, 3]], [[3, 2]]), [4, 3]),
    (([4, [4, 1], 4], [3, 3]), [4, 3]),
    (([10], [6]), [10, 6]),
    (([12], [[7, 1]]), [12, 7]),
    (([[4, 1000000000000]], 3), [4, 3]),
]


@pytest.mark.parametrize(("axes", "chunks"), EQUAL)
def test_c6_a_rectilinear_grid_of_equal_chunks_is_a_regular_one(
    axes: tuple[Any, Any], chunks: list[int]
) -> None:
    document = _rectilinear(*axes)
    regular = {"name": "regular", "configuration": {"chunk_shape": chunks}}
    assert bridge.normalize_metadata(document) == document
    assert bridge.normalize_metadata(document, target="zarrista") == document
    for target in ("zarr-python", "tensorstore"):
        found = translate_metadata(document, target=target)  # type: ignore[arg-type]
        assert found.result["zarr.json"]["chunk_grid"] == regular
        assert "equal chunks" in " ".join(map(str, found.notes))
    found = translate_metadata(document, to="v2")
    assert found.result[".zarray"]["chunks"] == chunks
    assert "equal chunks" in " ".join(map(str, found.notes))


@pytest.mark.parametrize(("axes", "chunks"), EQUAL[:-1])
def test_c6_zarr_python_reads_the_same(
    axes: tuple[Any, Any], chunks: list[int], tmp_path: Any
) -> None:
    """The oracle: zarr-python writes through the rectilinear grid, and reads through ours, in both formats."""
    zarr = pytest.importorskip("zarr", minversion="3.4")
    values = np.arange(60, dtype="i4").reshape(10, 6)
    document = _rectilinear(*axes)
    with zarr.config.set({"array.rectilinear_chunks": True}):
        (tmp_path / "zarr.json").write_text(json.dumps(document))
        zarr.open_array(tmp_path, mode="r+")[:] = values
    written = bridge.normalize_metadata(document, target="zarr-python")
    (tmp_path / "zarr.json").write_text(json.dumps(written))
    np.testing.assert_array_equal(zarr.open_array(tmp_path, mode="r")[:], values)
    (tmp_path / "zarr.json").unlink()
    (tmp_path / ".zarray").write_text(json.dumps(bridge.metadata_to_v2(document)[0]))
    np.testing.assert_array_equal(zarr.open_array(tmp_path, mode="r", zarr_format=2)[:], values)


@pytest.mark.parametrize("axes", [([4, 6], 3), ([4, 4, 2], 3), (4, [[2, 2], 3]), ([[4, 2], 5], 3)])
def test_c6_a_grid_of_other_chunks_is_refused_for_the_true_reason(axes: Any) -> None:
    document = _rectilinear(*axes)
    assert bridge.normalize_metadata(document) == document
    assert _opens(document)
    with pytest.raises(NotRepresentableError) as caught:
        bridge.metadata_to_v2(document)
    assert str(caught.value).startswith(
        "chunk grid rectilinear cannot be written as v2: v2 has only"
    )
    with pytest.raises(NotRepresentableError, match="does not open it without its option"):
        bridge.normalize_metadata(document, target="zarr-python")
    with pytest.raises(NotRepresentableError, match="tensorstore does not open it; only a regular"):
        bridge.normalize_metadata(document, target="tensorstore")


def test_c6_an_unknown_grid_is_refused_for_the_true_reason() -> None:
    document = _document(chunk_grid={"name": "hexagonal", "configuration": {}})
    with pytest.raises(NotRepresentableError) as caught:
        bridge.metadata_to_v2(document)
    assert str(caught.value).startswith("chunk grid hexagonal cannot be written as v2: v2 has only")
    with pytest.raises(NotRepresentableError, match="no specification says where its chunks are"):
        bridge.normalize_metadata(document)
    with pytest.raises(NotRepresentableError, match="zarr-python does not open it"):
        bridge.normalize_metadata(document, target="zarr-python")


def test_shards_divide_every_chunk_of_a_rectilinear_grid() -> None:
    def sharded(*axes: Any) -> dict[str, Any]:
        shard = {
            "chunk_shape": [2, 3],
            "codecs": [LITTLE],
            "index_codecs": [LITTLE, {"name": "crc32c", "configuration": {}}],
        }
        found = _rectilinear(*axes)
        return {**found, "codecs": [{"name": "sharding_indexed", "configuration": shard}]}

    fits = sharded([4, 6], 3)
    assert bridge.normalize_metadata(fits)["chunk_grid"] == fits["chunk_grid"]
    assert _opens(fits)
    wrong = sharded([4, 5, 1], 3)
    with pytest.raises(InvalidCodecError) as caught:
        bridge.normalize_metadata(wrong)
    assert caught.value.problems[0].path == ("codecs", 0, "configuration", "chunk_shape", 0)
    assert not _opens(wrong)


@pytest.mark.parametrize(
    ("data_type", "path"),
    [
        (name, ("data_type",))
        for name in ("", "Int32", "int 32", " int32", "<i4", "int32\n", "-x", "0x", "r12", "r0", "é")
    ]
    + [
        ({"name": "Int32"}, ("data_type",)),
        ({"name": "int32", "configuration": {"endian": "big"}}, ("data_type", "configuration")),
        ({"name": "struct", "configuration": {"fields": [{"name": "a", "data_type": "I4"}]}},
         ("data_type", "configuration", "fields", 0, "data_type")),
    ],
)  # fmt: skip
def test_g2_malformed_data_type_names(data_type: Any, path: Path) -> None:
    for read in (
        lambda: bridge.normalize_metadata(_document(data_type=data_type)),
        lambda: bridge.metadata_to_v2(_document(data_type=data_type)),
        lambda: bridge.Pipeline.from_v3(data_type=data_type, codecs=[LITTLE]),
    )[: 2 if data_type == "<i4" else 3]:  # a pipeline takes a data type in any spelling (E4)
        with pytest.raises(InvalidCodecError) as caught:
            read()
        assert caught.value.problems[0].path == path


@pytest.mark.parametrize("name", ["my-type.v1", "https://example.com/t", "urn:example", "a_b"])
def test_names_of_other_data_types_are_kept(name: str) -> None:
    assert bridge.normalize_metadata(_document(data_type=name))["data_type"] == name


PATHS = ["a/../b", "..", ".", "a/.", "/a", "a//b", "a/", "", "...", "a/.../b"]


@pytest.mark.parametrize("node", PATHS)
def test_g2_consolidated_paths(node: str) -> None:
    group = {"zarr_format": 3, "node_type": "group", "attributes": {}}
    document = {
        **group,
        "consolidated_metadata": {
            "kind": "inline",
            "must_understand": False,
            "metadata": {node: _document()},
        },
    }
    v2 = {"zarr_format": 2}
    consolidated = {
        "zarr_consolidated_format": 1,
        "metadata": {".zgroup": v2, f"{node}/.zgroup": v2, f"{node}/.zattrs": {}},
    }
    for read, source, at in (
        (bridge.normalize_metadata, document, ("consolidated_metadata", "metadata", node)),
        (bridge.metadata_to_v2, document, ("consolidated_metadata", "metadata", node)),
        (bridge.normalize_metadata, consolidated, ("metadata", f"{node}/.zgroup")),
        (bridge.metadata_to_v3, consolidated, ("metadata", f"{node}/.zgroup")),
    ):
        with pytest.raises(InvalidCodecError) as caught:
            read(source)
        assert caught.value.problems[0].path == at
        assert "expected a path of names" in caught.value.problems[0].message


def test_other_consolidated_paths_are_names() -> None:
    for node in ("a", "a/b", ".hidden", "a..b", "a b/c", "__x"):
        found = bridge.metadata_to_v3(
            {"zarr_consolidated_format": 1, "metadata": {f"{node}/.zgroup": {"zarr_format": 2}}}
        )
        assert list(found["consolidated_metadata"]["metadata"]) == [node]


def test_g6_categorize_says_what_it_views() -> None:
    codec = {"id": "categorize", "labels": ["a"], "dtype": "|O", "astype": "|u1"}
    with pytest.raises(NotRepresentableError, match="2-byte elements as variable-length ones"):
        bridge.Pipeline.from_v2(dtype="<i2", filters=[codec]).to_v3()


@pytest.mark.parametrize(
    ("indent", "becomes"), [(True, 1), (False, 0), ("  ", 2), (4, 4), (None, None)]
)
def test_g6_indents_of_json(indent: Any, becomes: int | None) -> None:
    found = bridge.normalize({"id": "json2", "indent": indent})
    assert (type(found.indent), found.indent) == (type(becomes), becomes)
    numcodecs = pytest.importorskip("numcodecs")
    value = np.array([{"a": [1, 2]}], dtype=object)
    codec = numcodecs.JSON(indent=indent)
    assert bridge.to_v2(codec)["indent"] == becomes
    ours = numcodecs.get_codec(bridge.to_v2(codec))
    assert ours.encode(value) == codec.encode(value)


def _texts(fill_value: Any) -> dict[str, Any]:
    return {
        "zarr_format": 2, "shape": [4], "chunks": [2], "dtype": "|O", "order": "C",
        "filters": [{"id": "vlen-utf8"}], "compressor": None, "fill_value": fill_value,
    }  # fmt: skip


@pytest.mark.parametrize("zero", [0, 0.0])
def test_g6_missing_texts_that_read_as_0(zero: Any, tmp_path: Any) -> None:
    """zarr-python 3 reads '0' for them, and zarrs ''."""
    document = _texts(zero)
    with pytest.raises(LossError, match="zarr-python reads '0'"):
        bridge.metadata_to_v3(document)
    assert bridge.metadata_to_v3(document, on_loss="ignore")["fill_value"] == ""
    found = translate_metadata(document, to="v3", chunks_complete=True)
    assert (found.result["zarr.json"]["fill_value"], found.losses) == ("", ())
    assert bridge.metadata_to_v3(document, target="zarrista")["fill_value"] == ""
    exact = bridge.metadata_to_v3(document, target="zarr-python")
    assert exact["fill_value"] == str(zero)
    again = translate_metadata(document)
    assert again.result[".zarray"]["fill_value"] == zero
    assert not again.losses
    zarr = pytest.importorskip("zarr", minversion="3.1")
    seen = []
    for name, metadata in ((".zarray", document), ("zarr.json", exact)):
        path = tmp_path / name.strip(".")
        path.mkdir()
        (path / name).write_text(json.dumps(metadata))
        seen.append(list(zarr.open_array(path, mode="r")[:]))
    assert seen == [[str(zero)] * 4] * 2


@pytest.mark.parametrize("fill_value", [None, "", "x", "0"])
def test_other_missing_texts_are_no_loss(fill_value: Any) -> None:
    assert (
        bridge.metadata_to_v3(_texts(fill_value))["fill_value"] == fill_value or fill_value is None
    )
