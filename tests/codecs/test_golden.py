"""The measured pairs of ``shared/golden``: answers come out, refusals raise, forbidden pairs never come out."""

from __future__ import annotations

from typing import Any

import pytest

import zarrcodec_bridge as bridge
from support import shared
from zarrcodec_bridge.core.errors import BridgeError

PIPELINES = shared.pipelines()
CODECS = shared.codecs()

RESOLVED_BY_TARGET = {
    "bitround_f4": "the registered name is `bitround`; zarr-python knows `numcodecs.bitround`",
    "astype_bitround": "likewise",
}
"""Canonical pairs whose v3 side is what the target zarr-python gets."""


def _pipeline(row: Any, side: str) -> bridge.Pipeline:
    members = {key: value for key, value in row[side].items() if key != "fill_value"}
    read = bridge.Pipeline.from_v2 if side == "v2" else bridge.Pipeline.from_v3
    return read(**members, chunk_shape=row["context"].get("chunks"))


def _tidy(value: Any) -> Any:
    """Without what makes no difference: an empty configuration, a null list of filters."""
    if isinstance(value, dict):
        kept = {key: _tidy(item) for key, item in value.items()}
        if "name" in kept and kept.get("configuration") == {}:
            del kept["configuration"]
        if "filters" in kept:
            kept["filters"] = kept["filters"] or None
        if kept.get("id") == "zstd" and kept.get("checksum") is False:
            del kept["checksum"]
        kept.pop("fill_value", None)
        return kept
    return [_tidy(item) for item in value] if isinstance(value, list) else value


def _rows(rows: Any, *uses: str) -> list[Any]:
    return [pytest.param(row, id=row["name"]) for row in rows if row["use"] in uses]


@pytest.mark.parametrize("row", _rows(PIPELINES, "translate"))
def test_pipeline_translates_to_its_pair(row: Any) -> None:
    if row["direction"] in ("both", "v2_to_v3"):
        target = "zarr-python" if row["name"] in RESOLVED_BY_TARGET else "spec"
        written = _pipeline(row, "v2").to_v3(target)
        if row["canonical"]:
            assert _tidy(written) == _tidy(row["v3"])
        assert _pipeline(row, "v2") == bridge.Pipeline.from_v3(
            **written, chunk_shape=row["context"].get("chunks")
        )
    if row["direction"] in ("both", "v3_to_v2"):
        written = _pipeline(row, "v3").to_v2(on_loss="ignore")
        if row["canonical"] and row["name"] not in V2_DIFFERS and "auto" not in row["name"]:
            assert _tidy(written) == _tidy(row["v2"])


V2_DIFFERS = {
    "delta_be_to_le": "v3 keeps no byte order of an array behind a filter: '<i4' reads the same bytes",
    "blosc_min": "defaults are spelled out",
    "shuffle_default": "defaults are spelled out",
    "quantize_f8_f4_q+astype": "stays two filters in v2",
    "delta_i4_i1": "the automatic shuffle was resolved",
    "shuffle_zlib_fletcher": "the last bytes-to-bytes codec is the compressor",
}
"""Pairs whose v2 side is one of several right answers, and why another one is given."""


@pytest.mark.parametrize("row", _rows(PIPELINES, "refuse"))
def test_pipeline_is_refused(row: Any) -> None:
    for side, translate in (("v2", "to_v3"), ("v3", "to_v2")):
        if row[side] is not None and row["name"] != "v3only_default_cke":  # its keys are refused
            with pytest.raises(BridgeError):
                getattr(_pipeline(row, side), translate)()


@pytest.mark.parametrize("row", _rows(PIPELINES, "forbidden_pair"))
def test_forbidden_pipeline_never_comes_out(row: Any) -> None:
    for target in ("spec", "zarr-python", "tensorstore", "zarrs"):
        try:
            written = _pipeline(row, "v2").to_v3(target)  # type: ignore[arg-type]
        except BridgeError:
            continue
        assert _tidy(written) != _tidy(row["v3"])
    try:
        written = _pipeline(row, "v3").to_v2()
    except BridgeError:
        return
    assert _tidy(written) != _tidy(row["v2"])


def _dtype(row: Any) -> Any:
    context = row["context"]
    size = context.get("itemsize")
    return context.get("dtype") or ({1: "|u1", 5: "|S5"}.get(size, f"<f{size}") if size else None)


@pytest.mark.parametrize("row", _rows(CODECS, "translate"))
def test_codec_translates_to_its_pair(row: Any) -> None:
    dtype = _dtype(row)
    if isinstance(row["v3"], list):
        written = bridge.Pipeline.from_v2(
            dtype="<i4", compressor=row["v2"], ndim=row["context"]["ndim"]
        ).to_v3()
        assert _tidy(written["codecs"]) == _tidy(row["v3"])
        return
    assert bridge.same(row["v2"], row["v3"], dtype=dtype) or row["name"] in RELATED
    if row["direction"] in ("both", "v2_to_v3") and row["name"] not in RELATED:
        assert _tidy(bridge.to_v3(row["v2"], dtype=dtype)) == _tidy(
            bridge.to_v3(row["v3"], dtype=dtype)
        )
        assert _tidy(bridge.to_v3(row["v2"], dtype=dtype)) == _tidy(row["v3"])
    if row["direction"] in ("both", "v3_to_v2"):
        written = bridge.to_v2(row["v3"], dtype=dtype or "<f8")
        assert _tidy(written) == _tidy(row["v2"])


RELATED = {"codec_287": "astype is `numcodecs.astype` in v3; `cast_value` is another codec"}


@pytest.mark.parametrize("row", _rows(CODECS, "refuse", "forbidden_pair"))
def test_codec_is_refused_or_forbidden(row: Any) -> None:
    dtype = _dtype(row)
    if row["use"] == "refuse":
        with pytest.raises(BridgeError):
            bridge.to_v3(row["v2"], dtype=dtype)
        return
    assert not bridge.same(row["v2"], row["v3"], dtype=dtype)


@pytest.mark.parametrize("alias", shared.aliases(), ids=lambda alias: alias["name"])
def test_alias_is_known_as_its_codec(alias: Any) -> None:
    if alias["canonical"].startswith(("[", "<")):
        return
    names = {
        name: spec
        for spec in bridge.registered_codecs()
        for form in spec.v3
        for name in (form.name, *form.aliases)
    }
    assert names[alias["name"]] is names[alias["canonical"]]
