"""Payloads held against code that others wrote: zarr-metadata, numcodecs, zarr-python, the registered schemas."""

from __future__ import annotations

import json
import os
import warnings
from pathlib import Path
from typing import Any

import pytest

import zarrcodec_bridge as bridge
from table import ROWS, Row
from zarrcodec_bridge.core.errors import BridgeError

ALL = [pytest.param(row, id=row.name) for row in ROWS]


def _written(row: Row, dialect: str, target: str = "spec") -> Any:
    try:
        if dialect == "v2":
            return bridge.to_v2(row.codec, dtype=row.dtype, on_loss="ignore")
        return bridge.to_v3(row.codec, dtype=row.dtype, target=target, on_loss="ignore")  # type: ignore[arg-type]
    except BridgeError:
        return None


ZARR_METADATA_DIFFERS: dict[str, str] = {}
"""Written payloads that zarr-metadata 0.6.0 has problems with, by name, and why they are right all the same."""


@pytest.mark.parametrize("dialect", ["v2", "v3"])
@pytest.mark.parametrize("row", ALL)
def test_zarr_metadata_accepts_what_is_written(row: Row, dialect: str) -> None:
    definition = pytest.importorskip("zarr_metadata.definition")
    v2 = pytest.importorskip("zarr_metadata.v2.definition")
    v3 = pytest.importorskip("zarr_metadata.v3.definition")
    payload = _written(row, dialect)
    if payload is None:
        return
    if dialect == "v2":
        _, problems = definition.resolve(payload, v2.ZarrV2CodecDefinition, v2.CORE_V2)
    else:
        if bridge.to_v3(row.codec, dtype=row.dtype, on_loss="ignore") != payload:
            return
        if payload["name"] == "blosc" and "typesize" not in payload["configuration"]:
            return  # left open on purpose: no data type was given
        _, problems = definition.resolve(payload, v3.CodecDefinition, v3.CORE_AND_EXTENSIONS)
    name = payload["id"] if dialect == "v2" else payload["name"]
    assert not problems or f"{dialect} {name}" in ZARR_METADATA_DIFFERS, problems


@pytest.mark.parametrize("row", ALL)
def test_numcodecs_builds_what_is_written(row: Row) -> None:
    numcodecs = pytest.importorskip("numcodecs")
    payload = _written(row, "v2")
    if payload is None or payload["id"] not in numcodecs.registry.codec_registry:
        return
    if payload["id"].startswith("imagecodecs_"):
        pytest.importorskip("imagecodecs", minversion="2026.5.10")
    if payload["id"] == "n5_wrapper" and "chunk_shape" not in payload:
        return  # zarr-python 2 registers it, and needs the shape
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            codec = numcodecs.get_codec(dict(payload))
        except ValueError as error:
            assert "not available" in str(error), error  # left out of imagecodecs' wheel
            return
        assert bridge.same(codec, payload, dtype=row.dtype)


@pytest.mark.parametrize("row", ALL)
def test_zarr_python_builds_what_is_written_for_it(row: Row) -> None:
    zarr = pytest.importorskip("zarr", minversion="3.1.3")
    payload = _written(row, "v3", "zarr-python")
    if payload is None or payload["name"] in NOT_IN_THIS_ZARR.get(zarr.__version__[:3], set()):
        return
    if payload["name"].startswith("imagecodecs_"):
        pytest.importorskip("imagecodecs", minversion="2026.5.10")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = zarr.registry.get_codec_class(payload["name"])
        except Exception:
            name = payload["name"]
            assert name in FROM_OTHER_PACKAGES or name.startswith("imagecodecs_"), name
            return
        try:
            codec = found.from_dict(json.loads(json.dumps(payload)))
        except ValueError as error:
            assert "imagecodecs" in payload["name"], error
            assert "not available" in str(error), error  # left out of the wheel
            return
        assert bridge.same(codec, payload, dtype=row.dtype or "<f8") or row.dtype is None


NOT_IN_THIS_ZARR = {"3.1": {"cast_value", "scale_offset"}}
FROM_OTHER_PACKAGES = {"n5_default": "package zarr-n5"}


EXTENSIONS = Path(os.environ.get("ZARR_EXTENSIONS", "no such folder"))

SCHEMAS_DIFFER = {
    "packbits": "the schema says start_byte and start_bit where its text says first_byte and first_bit",
}


@pytest.mark.skipif(
    not EXTENSIONS.is_dir(), reason="ZARR_EXTENSIONS names no checkout of zarr-extensions"
)
@pytest.mark.parametrize("row", ALL)
def test_registered_schemas_accept_what_is_written(row: Row) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    payload = _written(row, "v3")
    if payload is None:
        return
    schema = EXTENSIONS / "codecs" / payload["name"] / "schema.json"
    if not schema.exists() or payload["name"] == "n5_default":  # it refers to addresses
        return
    validator = jsonschema.Draft202012Validator(json.loads(schema.read_text()))
    errors = list(validator.iter_errors(payload))
    assert not errors or payload["name"] in SCHEMAS_DIFFER, errors
