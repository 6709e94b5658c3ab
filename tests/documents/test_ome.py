"""OME-Zarr (B4): what is 0.4 in v2 is 0.5 in v3, and back; what has no other version is a loss, never silent."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

import zarrcodec_bridge as bridge
from support.hierarchies import read_tree, write_tree
from zarrcodec_bridge import metadata_to_v2, metadata_to_v3, migrate, undo
from zarrcodec_bridge.documents.metadata import translate_metadata

AXES = [{"name": name, "type": "space", "unit": "micrometer"} for name in ("y", "x")]
IMAGE = {
    "name": "cells",
    "axes": AXES,
    "datasets": [
        {"path": path, "coordinateTransformations": [{"type": "scale", "scale": [n, n]}]}
        for path, n in (("0", 1.0), ("scale1/image", 2.0))
    ],
}
OMERO = {"channels": [{"color": "FF0000", "window": {"start": 0, "end": 9, "min": 0, "max": 9}}]}
PLATE = {
    "rows": [{"name": "A"}],
    "columns": [{"name": "1"}],
    "wells": [{"path": "A/1", "rowIndex": 0, "columnIndex": 0}],
}
OLD = {"version": "0.4"}
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "image": (
        {"multiscales": [{**OLD, **IMAGE}], "omero": OMERO, "mine": [1]},
        {"mine": [1], "ome": {"version": "0.5", "multiscales": [IMAGE], "omero": OMERO}},
    ),
    "label": (
        {"multiscales": [{**OLD, **IMAGE}], "image-label": {**OLD, "source": {"image": "../../"}}},
        {
            "ome": {
                "version": "0.5",
                "multiscales": [IMAGE],
                "image-label": {"source": {"image": "../../"}},
            }
        },
    ),
    "plate": ({"plate": {**OLD, **PLATE}}, {"ome": {"version": "0.5", "plate": PLATE}}),
    "well": (
        {"well": {**OLD, "images": [{"path": "0"}]}},
        {"ome": {"version": "0.5", "well": {"images": [{"path": "0"}]}}},
    ),
    "collection": (
        {"bioformats2raw.layout": 3},
        {"ome": {"version": "0.5", "bioformats2raw.layout": 3}},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_b4_attributes_of_a_group(name: str) -> None:
    old, new = CASES[name]
    given = copy.deepcopy(old)
    assert metadata_to_v3({"zarr_format": 2}, old)["attributes"] == new
    assert old == given
    document = {"zarr_format": 3, "node_type": "group", "attributes": new}
    assert metadata_to_v2(document) == ({"zarr_format": 2}, old)
    assert document["attributes"] == CASES[name][1]
    kept = metadata_to_v3({"zarr_format": 2}, old, keep_attributes=True)
    assert kept["attributes"] == old
    assert metadata_to_v2({**document, "attributes": new}, keep_attributes=True)[1] == new


NOT_OME = {
    "labels": {"labels": ["a", "b"]},
    "series": {"series": [1, 2]},
    "omero": {"omero": {"id": 1}},
    "a plate of another kind": {"plate": "steel"},
    "a well of water": {"well": {"depth": 30}},
    "a word": {"multiscales": True},
    "no levels": {"multiscales": []},
    "levels without a path": {"multiscales": [{"datasets": [{"name": "0"}]}]},
    "another layout": {"bioformats2raw.layout": 2},
    "ome of others": {"ome": ["a"]},
}


@pytest.mark.parametrize("name", NOT_OME)
def test_attributes_of_the_same_name_stay(name: str) -> None:
    attributes = NOT_OME[name]
    found = translate_metadata({"zarr_format": 2}, attributes, to="v3")
    assert found.result["zarr.json"]["attributes"] == attributes
    assert not found.notes
    assert not found.losses
    group = {"zarr_format": 3, "node_type": "group", "attributes": attributes}
    assert metadata_to_v2(group)[1] == attributes


LOST: dict[str, tuple[str, dict[str, Any], str]] = {
    "version 0.1": (
        "v3",
        {"multiscales": [{"version": "0.1", "datasets": [{"path": "0"}]}]},
        "OME-Zarr 0.1 stays as it is: only 0.4 becomes 0.5",
    ),
    "axes of 0.3": (
        "v3",
        {"multiscales": [{"axes": ["y", "x"], "datasets": [{"path": "0"}]}]},
        "OME-Zarr before 0.4 stays as it is",
    ),
    "two versions": (
        "v3",
        {"multiscales": [{**OLD, **IMAGE}], "plate": {**PLATE, "version": "0.2"}},
        "OME-Zarr 0.2, 0.4 stays as it is",
    ),
    "both": ("v3", {"multiscales": [IMAGE], "ome": {"version": "0.5"}}, "'ome' is there already"),
    "a later version": (
        "v2",
        {"ome": {"version": "0.6", "multiscales": [IMAGE]}},
        'OME-Zarr "0.6" stays as it is: only 0.5 becomes 0.4',
    ),
    "taken": (
        "v2",
        {"ome": {"version": "0.5", "plate": PLATE}, "plate": 1},
        "'plate' is there already",
    ),
}


@pytest.mark.parametrize("name", LOST)
def test_b4_what_has_no_other_version_is_a_loss(name: str) -> None:
    to, attributes, reason = LOST[name]

    def write(**options: Any) -> Any:
        if to == "v3":
            return metadata_to_v3({"zarr_format": 2}, attributes, **options)["attributes"]
        group = {"zarr_format": 3, "node_type": "group", "attributes": attributes}
        return metadata_to_v2(group, **options)[1]

    with pytest.raises(bridge.LossError, match=reason) as caught:
        write()
    assert caught.value.hint is not None
    assert caught.value.hint.option == "keep_attributes"
    assert write(on_loss="ignore") == write(keep_attributes=True) == attributes


def _array(*shape: int, **more: Any) -> dict[str, Any]:
    return {
        "zarr_format": 2,
        "shape": [*shape],
        "chunks": [*shape],
        "dtype": "<u2",
        "order": "C",
        "filters": None,
        "compressor": None,
        "fill_value": 0,
        "dimension_separator": "/",
        **more,
    }


def store() -> dict[str, dict[str, Any]]:
    """A collection with an image, its labels and a plate, by key."""
    group, image = {"zarr_format": 2}, CASES["image"][0]
    return {
        ".zgroup": group,
        ".zattrs": CASES["collection"][0],
        "OME/.zgroup": group,
        "OME/.zattrs": {"series": ["0"]},
        "0/.zgroup": group,
        "0/.zattrs": image,
        "0/0/.zarray": _array(4, 6),
        "0/scale1/.zgroup": group,
        "0/scale1/image/.zarray": _array(2, 3),
        "0/other/.zarray": _array(2, 3),
        "0/labels/.zgroup": group,
        "0/labels/.zattrs": {"labels": ["nuclei"]},
        "0/labels/nuclei/.zgroup": group,
        "0/labels/nuclei/.zattrs": CASES["label"][0],
        "0/labels/nuclei/0/.zarray": _array(4, 6),
        "p/.zgroup": group,
        "p/.zattrs": CASES["plate"][0],
        "p/A/.zgroup": group,
        "p/A/1/.zgroup": group,
        "p/A/1/.zattrs": CASES["well"][0],
        "p/A/1/0/.zgroup": group,
        "p/A/1/0/.zattrs": image,
        "p/A/1/0/0/.zarray": _array(4, 6),
    }


ATTRIBUTES = {
    "": CASES["collection"][1],
    "OME": {"ome": {"version": "0.5", "series": ["0"]}},
    "0": CASES["image"][1],
    "0/scale1": {},
    "0/labels": {"ome": {"version": "0.5", "labels": ["nuclei"]}},
    "0/labels/nuclei": CASES["label"][1],
    "p": CASES["plate"][1],
    "p/A": {},
    "p/A/1": CASES["well"][1],
    "p/A/1/0": CASES["image"][1],
}
LEVELS = {"0/0", "0/scale1/image", "0/labels/nuclei/0", "p/A/1/0/0"}
ARRAYS = LEVELS | {"0/other"}


def check(nodes: dict[str, dict[str, Any]]) -> None:
    """Check the ``zarr.json`` of each node of the store."""
    groups = {path: node for path, node in nodes.items() if node["node_type"] == "group"}
    assert {path: node["attributes"] for path, node in groups.items()} == ATTRIBUTES
    assert nodes.keys() - groups.keys() == ARRAYS
    for path in ARRAYS:
        names = ["y", "x"] if path in LEVELS else None
        assert nodes[path].get("dimension_names") == names, path


def _nodes(documents: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        key.rpartition("/")[0]: json.loads(value) if isinstance(value, (str, bytes)) else value
        for key, value in documents.items()
        if key.rpartition("/")[2] == "zarr.json"
    }


def _consolidated(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    inner = document["consolidated_metadata"]["metadata"]
    return {"": {**document, "consolidated_metadata": None}, **inner}


def test_b4_consolidated_metadata() -> None:
    found = metadata_to_v3({"zarr_consolidated_format": 1, "metadata": store()})
    check(_consolidated(found))
    zmetadata = translate_metadata(found, to="v2").result[".zmetadata"]["metadata"]
    for key, value in store().items():
        if key.endswith(".zattrs"):
            assert zmetadata[key] == value
    beside = metadata_to_v3(
        {"zarr_consolidated_format": 1, "metadata": store()}, CASES["collection"][0]
    )
    assert beside == found


def test_b4_references() -> None:
    refs = {key: json.dumps(value) for key, value in store().items()}
    check(_nodes(bridge.references_to_v3({**refs, "0/0/0/0": ["a.tif", 8, 48]})))


@pytest.mark.parametrize("consolidated", [False, True])
def test_b4_migrate_and_undo(tmp_path: Path, consolidated: bool) -> None:
    root = tmp_path / "s.zarr"
    files = store()
    if consolidated:
        files[".zmetadata"] = {"zarr_consolidated_format": 1, "metadata": store()}
    write_tree(root, {key: json.dumps(value).encode() for key, value in files.items()})
    before = read_tree(root)
    report = migrate(root, dry_run=False)
    assert report.ok, report
    after = {
        str(path.relative_to(root)).replace("\\", "/"): path.read_bytes()
        for path in root.rglob("zarr.json")
    }
    nodes = _nodes(after)
    if consolidated:
        check(_consolidated(nodes[""]))
    check({path: {**node, "consolidated_metadata": None} for path, node in nodes.items()})
    assert {node.outcome for node in migrate(root, dry_run=False).nodes} == {"unchanged"}
    assert undo(root, dry_run=False).ok
    assert read_tree(root) == before


def test_b4_other_names_than_those_of_the_axes_are_a_loss() -> None:
    files = store()
    files["0/0/.zattrs"] = {"_ARRAY_DIMENSIONS": ["lat", "lon"]}
    with pytest.raises(bridge.LossError, match="are not the image's axes"):
        metadata_to_v3({"zarr_consolidated_format": 1, "metadata": files})
    files["0/0/.zattrs"] = {"_ARRAY_DIMENSIONS": ["y", "x"]}
    check(_consolidated(metadata_to_v3({"zarr_consolidated_format": 1, "metadata": files})))
    files["0/0/.zarray"] = _array(4, 6, 1)
    files["0/0/.zattrs"] = {}
    with pytest.raises(bridge.LossError, match="are not the image's axes"):
        metadata_to_v3({"zarr_consolidated_format": 1, "metadata": files})


@pytest.mark.filterwarnings("ignore:'version' field not specified in plate")  # 0.4 has it there
@pytest.mark.parametrize("what", ["image", "plate"])
def test_b4_programs_of_the_field_find_the_same(what: str, tmp_path: Path) -> None:
    models = pytest.importorskip("ome_zarr_models")
    writer = pytest.importorskip("ome_zarr.writer")
    import numpy as np
    import zarr
    from ome_zarr.format import FormatV04, FormatV05
    from ome_zarr.io import parse_url
    from ome_zarr.reader import Reader

    pixels = np.arange(64 * 64, dtype="u2").reshape(64, 64)
    path = tmp_path / "s.zarr"
    group = zarr.open_group(path, mode="w", zarr_format=2)
    image = group
    if what == "plate":
        writer.write_plate_metadata(group, ["A"], ["1"], ["A/1"], fmt=FormatV04())
        well = group.require_group("A").require_group("1")
        writer.write_well_metadata(well, ["0"], fmt=FormatV04())
        image = well.require_group("0")
    options = {"chunks": (32, 32)}
    writer.write_image(pixels, image, axes="yx", fmt=FormatV04(), storage_options=options)
    labels = (pixels % 5).astype("u1")
    writer.write_labels(labels, image, "cells", axes="yx", fmt=FormatV04())
    (old, *_) = Reader(parse_url(str(path), fmt=FormatV04()))()
    expected = np.asarray(old.data[0])

    report = migrate(path, dry_run=False, verify=3, remove_old=True)
    assert report.ok, str(report)
    found = models.open_ome_zarr(zarr.open_group(path, mode="r", zarr_format=3))
    assert found.ome_zarr_version == "0.5"
    (new, *_) = Reader(parse_url(str(path), fmt=FormatV05()))()
    np.testing.assert_array_equal(np.asarray(new.data[0]), expected)
    where = "A/1/0" if what == "plate" else ""
    level = zarr.open_group(path / where, mode="r", zarr_format=3)["s0"]
    assert level.metadata.dimension_names == ("y", "x")
    np.testing.assert_array_equal(level[:], pixels)

    assert migrate(path, 2, dry_run=False, verify=3, remove_old=True).ok
    again = models.open_ome_zarr(zarr.open_group(path, mode="r", zarr_format=2))
    assert again.ome_zarr_version == "0.4"
