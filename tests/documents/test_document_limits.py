"""Documents of a stranger: nested without end, and members of any length (FINDINGS H8)."""

from __future__ import annotations

import json
from typing import Any

import pytest

import zarrcodec_bridge as bridge
from zarrcodec_bridge.core.errors import LONGEST_MESSAGE
from zarrcodec_bridge.documents.metadata import translate_metadata
from zarrcodec_bridge.documents.references import translate_references
from zarrcodec_bridge.stores import migrate

LONG = "x" * 2_000_000
ARRAY = {
    "zarr_format": 2, "shape": [2], "chunks": [2], "dtype": "<i2", "order": "C", "filters": None,
    "compressor": None, "fill_value": 0,
}  # fmt: skip
ARRAY_V3 = {
    "zarr_format": 3, "node_type": "array", "shape": [2], "data_type": "int16", "fill_value": 0,
    "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2]}},
    "chunk_key_encoding": {"name": "v2"}, "attributes": {},
    "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
}  # fmt: skip


def nested(depth: int, at_the_bottom: dict[str, Any]) -> dict[str, Any]:
    """Groups in consolidated metadata in groups."""
    document = at_the_bottom
    for _ in range(depth):
        held = {"kind": "inline", "must_understand": False, "metadata": {"a": document}}
        document = {"zarr_format": 3, "node_type": "group", "consolidated_metadata": held}
    return document


def test_nested_consolidated_metadata_is_read_to_a_depth() -> None:
    zmetadata, _ = bridge.metadata_to_v2(nested(60, ARRAY_V3))
    assert zmetadata["metadata"]["/".join("a" * 60) + "/.zarray"]["dtype"] == "<i2"


@pytest.mark.parametrize("depth", [70, 600, 5_000])
def test_nested_deeper_is_refused_before_work_is_done(depth: int) -> None:
    for translate in (bridge.metadata_to_v2, bridge.normalize_metadata):
        with pytest.raises(bridge.InvalidCodecError, match="nested deeper than 64 groups"):
            translate(nested(depth, ARRAY_V3))


def test_a_document_that_is_too_deep_breaks_its_group_and_not_the_run() -> None:
    start, end = json.dumps(nested(1, {"at": "bottom"})).split('{"at": "bottom"}')
    text = start * 900 + json.dumps(ARRAY_V3) + end * 900  # json.dumps itself goes less deep
    store = {"zarr.json": b'{"zarr_format": 3, "node_type": "group"}'}
    store["deep/zarr.json"] = text.encode()
    store["deeper/zarr.json"] = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
    store["ok/zarr.json"] = json.dumps(ARRAY_V3).encode()
    report = migrate(store, 2)
    outcomes = {node.path: node.outcome for node in report.nodes}
    assert outcomes["ok"] == "will change"
    assert outcomes["deep"] == "refused"
    assert outcomes["deeper"] == "refused"


DOCUMENTS: dict[str, dict[str, Any]] = {
    "node_type": {**ARRAY_V3, "node_type": LONG},
    "data_type": {**ARRAY_V3, "data_type": LONG},
    "codec": {**ARRAY_V3, "codecs": [LONG]},
    "member": {**ARRAY_V3, LONG: 1},
    "dtype": {**ARRAY, "dtype": LONG},
    "v2 member": {**ARRAY, LONG: 1},
    "compressor": {**ARRAY, "compressor": {"id": LONG}},
    "fill_value": {**ARRAY, "fill_value": LONG},
    "order": {**ARRAY, "order": LONG},
    "zmetadata key": {"metadata": {f"{LONG}/.zarray": {**ARRAY, "dtype": LONG}}},
    "zmetadata file": {"metadata": {LONG: ARRAY}},
    "consolidated key": {
        "zarr_format": 3, "node_type": "group",
        "consolidated_metadata": {"kind": "inline", "metadata": {LONG: {**ARRAY_V3, "shape": 1}}},
    },
}  # fmt: skip


@pytest.mark.parametrize("member", DOCUMENTS)
def test_messages_are_of_bounded_length(member: str) -> None:
    document = DOCUMENTS[member]
    for to in ("v2", "v3"):
        said = []
        try:
            done = translate_metadata(document, to=to, on_loss="ignore")  # type: ignore[arg-type]
            said = [str(message) for message in (*done.notes, *done.losses)]
        except bridge.BridgeError as error:
            said = [str(error)]
        assert max(map(len, said), default=0) <= LONGEST_MESSAGE


@pytest.mark.parametrize("member", DOCUMENTS)
def test_reports_are_of_bounded_length(member: str) -> None:
    document = DOCUMENTS[member]
    name = ".zmetadata" if "metadata" in document else (
        "zarr.json" if document["zarr_format"] == 3 else ".zarray"
    )  # fmt: skip
    store = {f"a/{name}": json.dumps(document).encode(), "b/.zarray": json.dumps(ARRAY).encode()}
    for zarr_format in (2, 3):
        assert len(str(migrate(store, zarr_format))) < 3 * LONGEST_MESSAGE  # type: ignore[arg-type]
    report = migrate({**store, "b/zarr.json": json.dumps({LONG: 1}).encode()})
    assert len(str(report)) < 4 * LONGEST_MESSAGE


def test_references_say_no_more() -> None:
    for key in (f"{LONG}/.zarray", f"a{LONG}/.zattrs"):
        with pytest.raises(bridge.BridgeError) as caught:
            translate_references({key: json.dumps({**ARRAY, "dtype": LONG})[:-1]}, to="v3")
        assert len(str(caught.value)) <= LONGEST_MESSAGE
