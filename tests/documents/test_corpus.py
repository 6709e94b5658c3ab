"""Real documents: each translates and comes back to the same meaning, or is refused for a reason looked at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import zarrcodec_bridge as bridge
from support import shared
from zarrcodec_bridge.core.errors import BridgeError
from zarrcodec_bridge.core.propagation import effect_of

LOOKED_AT = json.loads((Path(__file__).parents[1] / "data" / "corpus_refusals.json").read_text())
"""By document id: the error that refuses it, an excerpt of its message, and why that is right."""


def pipeline_of(document: dict[str, Any]) -> bridge.Pipeline:
    """The encoding of a whole array document, as a caller would take it out by hand."""
    if document["zarr_format"] == 2:
        return bridge.Pipeline.from_v2(
            dtype=document.get("dtype"),
            order=document.get("order", "C"),
            filters=document.get("filters"),
            compressor=document.get("compressor"),
            chunk_shape=document.get("chunks"),
        )
    grid = document.get("chunk_grid") or {}
    configuration = grid.get("configuration", {}) if grid.get("name") == "regular" else {}
    return bridge.Pipeline.from_v3(
        data_type=document.get("data_type"),
        codecs=document.get("codecs"),
        ndim=len(document.get("shape", [])),
        chunk_shape=configuration.get("chunk_shape"),
    )


def imagecodecs(row: Any) -> bool:
    """Whether a document has a codec of the imagecodecs family."""
    return any(
        name in str(row["document"])
        for name in ("imagecodecs_", "ChunkyCodec", "HorizontalDeltaCodec")
    )


def round_trip(document: dict[str, Any]) -> None:
    """Translate a document's encoding to the other format and back, and compare the meanings."""
    pipeline = pipeline_of(document)
    shape = {"chunk_shape": pipeline.chunk_shape}
    if document["zarr_format"] == 2:
        there = pipeline.to_v3()
        back = bridge.Pipeline.from_v2(**bridge.Pipeline.from_v3(**there, **shape).to_v2(), **shape)
    else:
        there = pipeline.to_v2()
        back = bridge.Pipeline.from_v3(**bridge.Pipeline.from_v2(**there, **shape).to_v3(), **shape)
    assert json.loads(json.dumps(there)) == there
    if any(effect_of(codec).layout_only for codec in pipeline.codecs):
        assert back.to_v2() == pipeline.to_v2()  # what leaves the bytes as they are is left out
    elif any("imagecodecs" in type(codec).__module__ for codec in pipeline.codecs):
        other = (
            "v3" if document["zarr_format"] == 2 else "v2"
        )  # older dialects, what one side alone says
        assert back.translate(other).result == pipeline.translate(other).result
    else:
        assert back == pipeline


@pytest.mark.parametrize("row", shared.documents(), ids=lambda row: str(row["id"]))
def test_document(row: Any) -> None:
    looked_at = LOOKED_AT.get(str(row["id"]))
    if looked_at is None:
        round_trip(row["document"])
        return
    with pytest.raises(BridgeError) as caught:
        round_trip(row["document"])
    assert type(caught.value).__name__ == looked_at["error"]
    assert looked_at["excerpt"] in str(caught.value)


def test_every_refusal_has_a_reason_and_a_document() -> None:
    known = {str(row["id"]) for row in shared.documents()}
    assert set(LOOKED_AT) <= known
    assert all(entry["why"] for entry in LOOKED_AT.values())


@pytest.mark.parametrize("row", shared.documents(), ids=lambda row: str(row["id"]))
def test_v3_document_is_written_again_as_v3(row: Any) -> None:
    if row["zarr_format"] != 3:
        return
    try:
        pipeline = pipeline_of(row["document"])
        written = pipeline.to_v3()
    except BridgeError:
        return
    assert bridge.Pipeline.from_v3(**written, chunk_shape=pipeline.chunk_shape) == pipeline
    assert bridge.Pipeline.from_v3(**written, chunk_shape=pipeline.chunk_shape).to_v3() == written


@pytest.mark.parametrize("row", shared.fragments(), ids=lambda row: str(row["codec"])[:60])
def test_fragment_is_read_or_refused(row: Any) -> None:
    try:
        codec = bridge.normalize(row["codec"])
    except BridgeError:
        return
    for write in (bridge.to_v2, bridge.to_v3):
        try:
            assert json.dumps(write(codec))
        except BridgeError:
            continue
