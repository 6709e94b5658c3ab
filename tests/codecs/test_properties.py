"""Properties over generated models: what is written reads back as the same value."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import zarrcodec_bridge as bridge
from table import ROWS
from zarrcodec_bridge.core.errors import BridgeError, Note
from zarrcodec_bridge.core.registry import forget
from zarrcodec_bridge.core.siblings import memory_of
from zarrcodec_bridge.core.spec import CodecSpec
from zarrcodec_bridge.translation.ways import Shape, Way, usual

BY_MODEL: dict[type, list[Any]] = {}
for row in ROWS:
    BY_MODEL.setdefault(type(row.codec), []).append(row)

TYPESTRS = st.sampled_from(["<i2", "<i4", ">i4", "<u8", "|u1", "<f4", "<f8", ">f8"])


def _variants(spec: CodecSpec) -> st.SearchStrategy[Any]:
    """Models with each parameter taken from any row of the table, or drawn within its bounds."""
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


@pytest.mark.parametrize("spec", bridge.registered_codecs(), ids=lambda spec: spec.model.__name__)
@pytest.mark.parametrize("dialect", ["v2", "v3"])
def test_what_is_written_reads_back_as_the_same(spec: CodecSpec, dialect: str) -> None:
    write = bridge.to_v2 if dialect == "v2" else bridge.to_v3

    @settings(
        max_examples=40,
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
        max_examples=40,
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


APART = pytest.mark.parametrize(
    "spec",
    [spec for spec in bridge.registered_codecs() if spec.apart],
    ids=lambda spec: spec.model.__name__,
)
DIALECTS = pytest.mark.parametrize("dialect", ["v2", "v3"])
MANY = settings(max_examples=1000, deadline=None, derandomize=True)
TARGET_NAMES = st.sampled_from(["spec", "zarr-python", "tensorstore", "zarrs"])


@APART
@MANY
@given(data=st.data())
def test_parameters_that_stand_apart_change_nothing_else(spec: CodecSpec, data: Any) -> None:
    draw = data.draw
    dialect, to = draw(st.sampled_from([("v2", "v3"), ("v2", "v2"), ("v3", "v2"), ("v3", "v3")]))
    one, parameter, other = _two_that_differ_in_what_stands_apart(spec, dialect, data)
    options = {
        "to": to,
        "dtype": draw(st.one_of(st.none(), TYPESTRS)),
        "target": draw(TARGET_NAMES) if to == "v3" else "spec",
    }
    try:
        first = bridge.translate(one, **options)
    except BridgeError:
        return
    written = first.result["configuration"] if to == "v3" else first.result
    parameters, others = (payload.get("configuration", payload) for payload in (one, other))
    if parameter in parameters:
        assert written[parameter] == parameters[parameter]
    try:
        second = bridge.translate(other, **options)
    except bridge.InvalidCodecError as error:
        wrong = {problem.path[-1] for problem in error.problems} - spec.ignored_keys
        assert wrong == {parameter} or (parameter in wrong and first.notes)  # what was repaired
        return
    written[parameter] = others[parameter]
    assert json.dumps(second.result, sort_keys=True) == json.dumps(first.result, sort_keys=True)
    if parameter in parameters:  # where it is not, a default that is spelled out may be a note
        assert second.notes == first.notes
    assert second.losses == first.losses


def _two_that_differ_in_what_stands_apart(
    spec: CodecSpec, dialect: str, data: st.DataObject
) -> tuple[dict[str, Any], str, dict[str, Any]]:
    """A payload, valid or not; a parameter that stands apart; and the payload with another value of it."""
    draw = data.draw
    payloads = [
        payload
        for payload in (getattr(row, dialect) for row in BY_MODEL[spec.model])
        if isinstance(payload, dict)
    ]
    one = _odd(deepcopy(draw(st.sampled_from(payloads))), data)
    other = deepcopy(one)
    parameters = other.setdefault("configuration", {}) if dialect == "v3" else other
    parameter = draw(st.sampled_from(sorted(spec.apart)))
    values = [payload.get("configuration", payload).get(parameter) for payload in payloads]
    parameters[parameter] = draw(st.sampled_from([*values, 0, 1, True, 1.0, "1", None, [1]]))
    return one, parameter, other


def _check_alone_and_after(one: Any, other: Any, call: Callable[[Any], Any]) -> None:
    """What `call` gives for `other` is the same without any memory, after `one`, and again."""
    forget()
    alone = _outcome(lambda: call(other))
    forget()
    _outcome(lambda: call(one))
    assert _outcome(lambda: call(other)) == alone
    assert _outcome(lambda: call(other)) == alone
    forget()


@DIALECTS
@APART
@MANY
@given(data=st.data())
def test_codecs_give_what_each_gives_alone(spec: CodecSpec, dialect: str, data: Any) -> None:
    one, _, other = _two_that_differ_in_what_stands_apart(spec, dialect, data)
    options = {
        "dtype": data.draw(st.one_of(st.none(), TYPESTRS)),
        "target": data.draw(TARGET_NAMES),
        "portable": data.draw(st.booleans()),
        "unknown": data.draw(st.sampled_from(["error", "keep", "wrap"])),
    }
    if data.draw(st.booleans()):
        options = {"dtype": options["dtype"]}
    _check_alone_and_after(one, other, lambda payload: bridge.to_v3(payload, **options))


@DIALECTS
@APART
@MANY
@given(data=st.data())
def test_siblings_give_what_each_gives_alone(spec: CodecSpec, dialect: str, data: Any) -> None:
    draw = data.draw
    one, _, other = _two_that_differ_in_what_stands_apart(spec, dialect, data)
    dtype = draw(st.sampled_from(["<i4", ">i4", "<f8", "|u1", "|b1", "<M8[s]", "|O"]))
    filters = draw(st.lists(SIMPLE, max_size=2))
    order = draw(st.sampled_from(["C", "F"]))
    options = {
        "to": draw(st.sampled_from(["v2", "v3"])),
        "target": draw(TARGET_NAMES),
        "portable": draw(st.booleans()),
        "unknown": draw(st.sampled_from(["error", "keep", "wrap"])),
        "on_loss": "ignore",
    }

    def pipeline(last: dict[str, Any]) -> bridge.Pipeline:
        members = {"dtype": dtype, "filters": filters, "compressor": last, "order": order}
        if dialect == "v2":
            return bridge.Pipeline.from_v2(**members, ndim=2)
        v3 = bridge.Pipeline.from_v2(**{**members, "compressor": None}, ndim=2).to_v3()
        return bridge.Pipeline.from_v3(**{**v3, "codecs": [*v3["codecs"], last]}, ndim=2)

    def translated(last: dict[str, Any]) -> Any:
        found = pipeline(last).translate(**options)
        return [found.result, *map(str, (*found.notes, *found.losses))]

    _check_alone_and_after(one, other, translated)


@DIALECTS
def test_one_pipeline_serves_for_its_siblings(
    dialect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pipeline(clevel: int, cname: str, typesize: int) -> bridge.Pipeline:
        filters = [{"id": "delta", "dtype": f"<i{typesize}"}]
        blosc = {"id": "blosc", "cname": cname, "clevel": clevel, "shuffle": 1, "blocksize": 0}
        found = bridge.Pipeline.from_v2(dtype=f"<i{typesize}", filters=filters, compressor=blosc)
        return found if dialect == "v2" else bridge.Pipeline.from_v3(**found.to_v3())

    forget()
    first = pipeline(1, "lz4", 4)
    given = first.translate("v3"), first.translate("v2")
    second = pipeline(9, "zstd", 4)
    expected = replace(second).translate("v3"), replace(second).translate("v2")
    other = pipeline(9, "zstd", 2)
    monkeypatch.setattr(bridge.Pipeline, "_translate", lambda *_: pytest.fail("made anew"))
    assert (second.translate("v3"), second.translate("v2")) == expected
    assert (first.translate("v3"), first.translate("v2")) == given
    second.to_v3()["codecs"][-1]["configuration"].clear()
    second.to_v2()["compressor"].clear()
    assert (second.translate("v3"), second.translate("v2")) == expected
    for one in (other, replace(second), pickle.loads(pickle.dumps(second))):
        with pytest.raises(pytest.fail.Exception, match="made anew"):
            one.to_v3()


def test_pipelines_that_differ_in_anything_else_are_no_siblings() -> None:
    def blosc(cname: str, clevel: int) -> Any:
        return bridge.normalize({"id": "blosc", "cname": cname, "clevel": clevel})

    lz4, zstd = {"cname": "lz4"}, {"cname": "zstd"}
    note = Note("blosc", "is as it is")
    forget()
    first = memory_of(blosc("lz4", 1), lz4, ("<i4",), [])
    assert memory_of(blosc("zstd", 1), zstd, ("<i4",), []).given is first.given
    for one in (
        memory_of(blosc("zstd", 2), zstd, ("<i4",), []),
        memory_of(blosc("zstd", 1), zstd, ("<i4",), [note]),
        memory_of(blosc("zstd", 1), zstd, ("<i8",), []),
        memory_of(blosc("zstd", 1), zstd | {"clevel": 1}, ("<i4",), []),
        memory_of(bridge.normalize("zstd"), zstd, ("<i4",), []),
    ):
        assert one.given is not first.given
    options, known = ("v2", "spec", "error", False), object()
    for compressor in ({"cname": "zstd"}, {"clevel": 1}, None):
        first.keep(options, ({"compressor": compressor}, (), ()), known)
        assert first.recall(options, known) is None
    forget()


def test_one_codec_serves_for_those_that_differ_in_what_stands_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def blosc(cname: Any, clevel: Any, blocksize: Any, shuffle: Any = -1) -> dict[str, Any]:
        return {
            "id": "blosc",
            "cname": cname,
            "clevel": clevel,
            "shuffle": shuffle,
            "blocksize": blocksize,
        }

    forget()
    bridge.to_v3(blosc("lz4", 1, 0), dtype="<i4")
    bridge.to_v3(blosc("zstd", 9, 1024), dtype="<i4")
    new = blosc("lz4", 9, 1024)
    expected = bridge.translate(new, to="v3", dtype="<i4").result
    unmet = [blosc("lz4", 2, 0), blosc("snappy", 9, 77)]
    alone = [bridge.translate(one, to="v3", dtype="<i4").result for one in unmet]
    invalid = [
        blosc("lz4", True, 0),
        blosc("lz4", 1.0, 0),
        blosc(["lz4"], 1, 0),
        blosc("lz5", 1, 0),
    ]
    others = [blosc("lz4", 9, 1024, True), blosc("lz4", 9, 1024, 0)]

    with monkeypatch.context() as patch:
        patch.setattr(Way, "read", lambda *_: pytest.fail("read anew"))
        assert json.dumps(bridge.to_v3(new, dtype="<i4")) == json.dumps(expected)
        for one in (*unmet, *invalid, *others):
            with pytest.raises(pytest.fail.Exception, match="read anew"):
                bridge.to_v3(one, dtype="<i4")
    with monkeypatch.context() as patch:
        patch.setattr(Way, "write", lambda *_: pytest.fail("written anew"))
        assert json.dumps([bridge.to_v3(one, dtype="<i4") for one in unmet]) == json.dumps(alone)
        for one in invalid:
            with pytest.raises(bridge.InvalidCodecError):
                bridge.to_v3(one, dtype="<i4")
        for one, dtype in ((new, "<i2"), *((other, "<i4") for other in others)):
            with pytest.raises((pytest.fail.Exception, bridge.InvalidCodecError)) as caught:
                bridge.to_v3(one, dtype=dtype)
            assert "written anew" in str(caught.value) or one["shuffle"] is True
    with monkeypatch.context() as patch:
        patch.setattr(Way, "read", lambda *_: pytest.fail("read anew"))
        assert json.dumps([bridge.to_v3(one, dtype="<i4") for one in unmet]) == json.dumps(alone)


def test_parts_are_kept_only_where_they_are_found_again() -> None:
    def x(level: Any) -> dict[str, Any]:
        return {"id": "x", "level": level}

    apart, three = frozenset({"level"}), bridge.normalize({"id": "zlib", "level": 3})
    shape = Shape()
    shape.learn(x(1), apart, ("x", {"level": 2}))
    assert shape.assembled(x(1), b"") is None
    shape.learn(x(1), apart, ("x", {"level": 1, "a": 0}))
    assert shape.assembled(x(1), b"") == ("x", {"level": 1, "a": 0})
    assert shape.assembled(x(3), b"") is None
    for other in (4, 3.0, "3"):
        assert shape.assembled(x(other), b"", three) is None
    assert shape.assembled(x(3), b"", three) == ("x", {"level": 3, "a": 0})
    assert shape.assembled(x(3), b"") == ("x", {"level": 3, "a": 0})
    y = {"id": "y", "level": 1}
    shape.learn(y, frozenset({"id"}), ("y", {"level": 1}))
    assert shape.assembled(y, b"") is None


def test_the_memory_of_parts_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zarrcodec_bridge.translation.ways.MOST_ASSEMBLED", 8)
    forget()
    most = 0
    for size in range(100):
        bridge.to_v3({"id": "blosc", "clevel": size % 10, "blocksize": size}, dtype="<i4")
        most = max(most, sum(map(len, usual["v3"].values())))
    assert 8 <= most <= 10
    forget()


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
