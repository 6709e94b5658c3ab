"""Properties over generated models: what is written reads back as the same value."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import zarrcodec_bridge as bridge
from table import ROWS
from zarrcodec_bridge.core.errors import BridgeError
from zarrcodec_bridge.core.spec import CodecSpec

BY_MODEL: dict[type, list[Any]] = {}
for row in ROWS:
    BY_MODEL.setdefault(type(row.codec), []).append(row)

TYPESTRS = st.sampled_from(["<i2", "<i4", ">i4", "<u8", "|u1", "<f4", "<f8", ">f8"])


def _variants(spec: CodecSpec) -> st.SearchStrategy[Any]:
    """Models with each parameter taken from any row of the table, or drawn within its bounds."""
    assert spec.model in BY_MODEL, f"{spec.title} has no row"
    rows = BY_MODEL[spec.model]

    def build(draw: Any) -> Any:
        base = draw(st.sampled_from(rows)).codec
        changes: dict[str, Any] = {}
        for name in spec.model.model_fields:
            if draw(st.booleans()):
                changes[name] = getattr(draw(st.sampled_from(rows)).codec, name)
            if isinstance(changes.get(name), int) and not isinstance(changes[name], bool):
                changes[name] = draw(st.integers(changes[name] - 2, changes[name] + 2))
            if isinstance(changes.get(name), str) and changes[name][:1] in "<>|":
                changes[name] = draw(TYPESTRS)
        values = {**{key: getattr(base, key) for key in base.model_fields_set}, **changes}
        try:
            return spec.model(**values)
        except ValueError:
            return base

    return st.composite(build)()  # type: ignore[arg-type]


EXAMPLES: Final = 40 if os.environ.get("CI") else 12


@pytest.mark.parametrize("spec", bridge.registered_codecs(), ids=lambda spec: spec.model.__name__)
@pytest.mark.parametrize("dialect", ["v2", "v3"])
def test_what_is_written_reads_back_as_the_same(spec: CodecSpec, dialect: str) -> None:
    write = bridge.to_v2 if dialect == "v2" else bridge.to_v3

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(codec=_variants(spec), dtype=st.one_of(st.none(), TYPESTRS))
    def check(codec: Any, dtype: Any) -> None:
        try:
            written = write(codec, dtype=dtype)
        except BridgeError:
            return
        assert json.loads(json.dumps(written)) == written
        assert written == write(codec, dtype=dtype), "deterministic"
        again = bridge.normalize(written)
        notes = bridge.translate(codec, to=dialect, dtype=dtype).notes  # type: ignore[arg-type]
        if type(again) is type(codec) and not notes:
            assert bridge.same(written, codec, dtype=dtype) or _only_unused(again, codec)
        assert write(written, dtype=dtype) == written, "stable"
        assert pickle.loads(pickle.dumps(codec)) == codec

    check()


def _outcome(call: Callable[[], Any]) -> Any:
    """What a call gave, as text that tells 1, 1.0 and True apart, or how it refused."""
    try:
        return json.dumps(call())
    except BridgeError as error:
        return type(error).__name__, str(error), error.__reduce__()[1]


def _odd(payload: dict[str, Any], draw: st.DataObject) -> dict[str, Any]:
    """The same payload, or one with a parameter left out, added, or of another value."""
    parameters = payload.get("configuration", payload)
    name = draw.draw(st.sampled_from([*parameters, "nthreads", "configuration"]))
    match draw.draw(st.sampled_from(["as it is", "without", "other"])):
        case "without":
            parameters.pop(name, None)
        case "other":
            parameters[name] = draw.draw(
                st.sampled_from([None, True, 0, 1, 1.0, -1, 3, "1", "shuffle", [], [1], {}])
            )
    return payload


@pytest.mark.parametrize("spec", bridge.registered_codecs(), ids=lambda spec: spec.model.__name__)
def test_what_is_remembered_is_what_is_made(spec: CodecSpec) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        codec=_variants(spec),
        dtype=st.one_of(st.none(), TYPESTRS),
        source=st.sampled_from([bridge.to_v2, bridge.to_v3]),
        to=st.sampled_from(["v2", "v3"]),
        draw=st.data(),
    )
    def check(codec: Any, dtype: Any, source: Any, to: Any, draw: st.DataObject) -> None:
        try:
            payload = _odd(source(codec, on_loss="ignore"), draw)
        except BridgeError:
            return
        write = bridge.to_v2 if to == "v2" else bridge.to_v3
        first = _outcome(lambda: write(payload, dtype=dtype))
        if isinstance(first, str):
            write(payload, dtype=dtype).clear()
            write(payload, dtype=dtype).get("configuration", {}).clear()
        assert _outcome(lambda: write(payload, dtype=dtype)) == first
        assert _outcome(lambda: bridge.translate(payload, to=to, dtype=dtype).result) == first
        if dtype is None and isinstance(first, str):
            assert json.dumps(write(bridge.normalize(payload))) == first

    check()


KEPT = {
    "v2": {"id": "no such", "level": 1},
    "v2 without a name": {"id": ""},
    "v2 with the members of v3": {"id": "no such", "name": "", "configuration": {"a": [1]}},
    "v3": {"name": "no such", "configuration": {"a": {"b": []}}},
    "v3 without a name": {"name": "", "configuration": {"level": 1, "header": True}},
    "v3 without a configuration": {"name": "no such"},
    "v3 that may be skipped": {"name": "no such", "must_understand": False},
}


@pytest.mark.parametrize("unknown", ["keep", "wrap"])
@pytest.mark.parametrize("to", ["v2", "v3"])
@pytest.mark.parametrize("source", KEPT.values(), ids=KEPT)
def test_kept_codecs_are_remembered_as_they_are(source: Any, to: Any, unknown: Any) -> None:
    write = bridge.to_v2 if to == "v2" else bridge.to_v3
    first = _outcome(lambda: write(source, unknown=unknown))
    assert _outcome(lambda: write(source, unknown=unknown)) == first
    assert _outcome(lambda: bridge.translate(source, to=to, unknown=unknown).result) == first


def _only_unused(again: Any, codec: Any) -> bool:
    """Whether two zfpy differ in parameters that their mode does not use."""
    used = {2: "rate", 3: "precision", 4: "tolerance"}.get(getattr(codec, "mode", None), "")
    return type(codec).__name__ == "Zfpy" and getattr(again, used, 0) == getattr(codec, used, 0)


SIMPLE = st.sampled_from(
    [
        {"id": "zlib", "level": 1},
        {"id": "gzip", "level": 5},
        {"id": "blosc", "shuffle": -1},
        {"id": "blosc"},
        {"id": "shuffle", "elementsize": 4},
        {"id": "shuffle"},
        {"id": "crc32c"},
        {"id": "fletcher32"},
        {"id": "zstd", "level": 3},
        {"id": "lz4", "acceleration": 1},
        {"id": "delta", "dtype": "<i4", "astype": "<i2"},
        {"id": "delta", "dtype": ">i4"},
        {"id": "fixedscaleoffset", "offset": 1, "scale": 2, "dtype": "<f8", "astype": "<i4"},
        {"id": "quantize", "digits": 2, "dtype": "<f8", "astype": "<f4"},
        {"id": "astype", "encode_dtype": "<f4", "decode_dtype": "<f8"},
        {"id": "bitround", "keepbits": 4},
        {"id": "packbits"},
        {"id": "pcodec", "level": 8},
        {"id": "zfpy", "mode": 4, "tolerance": 0.1},
        {"id": "vlen-utf8"},
        {"id": "base64"},
    ]
)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    dtype=st.sampled_from(["<i4", ">i4", "<f8", ">f8", "|u1", "|b1", "<U4", "|S5", "<M8[s]", "|O"]),
    filters=st.lists(SIMPLE, max_size=3),
    compressor=st.one_of(st.none(), SIMPLE),
    order=st.sampled_from(["C", "F"]),
)
def test_pipelines_keep_every_codec_and_come_back(
    dtype: str, filters: Any, compressor: Any, order: str
) -> None:
    pipeline = bridge.Pipeline.from_v2(
        dtype=dtype, filters=filters, compressor=compressor, order=order, chunk_shape=(4, 5)
    )
    try:
        v3 = pipeline.translate("v3")
    except BridgeError:
        return
    given_codecs = len(filters) + (compressor is not None)
    names = [codec["name"] for codec in v3.result["codecs"]]
    kept = [name for name in names if name not in ("transpose", "bytes")]
    assert len(kept) >= given_codecs or v3.notes, (names, filters, compressor)
    back = bridge.Pipeline.from_v3(**v3.result, chunk_shape=(4, 5))
    assert back == pipeline
    again = bridge.Pipeline.from_v2(**back.to_v2(on_loss="ignore"), chunk_shape=(4, 5))
    assert again == pipeline
