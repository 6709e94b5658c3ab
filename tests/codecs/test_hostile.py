"""Hostile input is refused with this library's errors, in time proportional to it, and nothing of it runs.

``fuzz/`` has the long run.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import zarrcodec_bridge as bridge
from support import shared
from support.hostile import Attack
from support.hostile_values import Agreeable, Codec, Liar, Raising, Scalar, Unfriendly
from support.readers import v2_document
from support.real import real_json
from zarrcodec_bridge.core.errors import BridgeError, InvalidCodecError

TESTS = Path(__file__).parents[1]


def _real() -> list[Any]:
    try:
        shared.folder()
    except pytest.skip.Exception:
        return real_json(with_shared=False)
    return real_json()


@pytest.mark.parametrize("seed", range(4))
def test_a_seeded_attack_fails(seed: int) -> None:
    attack = Attack(seed, _real())
    failures = attack.run(2500)
    assert not failures, [(failure.call, failure.reason, failure.value) for failure in failures]
    assert attack.raised["InvalidCodecError"] > 500
    assert sum(attack.raised.values()) < 0.95 * attack.cases, "some of it is valid"


def test_an_attack_notices_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise KeyError("dtype")

    monkeypatch.setattr(bridge, "normalize", broken)
    failures = Attack(0, real_json(with_shared=False)).run(200)
    assert ("normalize", "KeyError: 'dtype'") in [failure.kind for failure in failures]


def _nested(depth: int, wrap: Callable[[Any], Any], inner: Any) -> Any:
    for _ in range(depth):
        inner = wrap(inner)
    return inner


def _cyclic() -> Any:
    payload: dict[str, Any] = {"id": "n5_wrapper", "chunk_shape": [1]}
    payload["compressor_config"] = payload
    return payload


def _shard(inner: Any) -> Any:
    chain = {"codecs": [inner], "index_codecs": ["bytes"]}
    return {"name": "sharding_indexed", "configuration": {"chunk_shape": [1], **chain}}


SOURCES: dict[str, Any] = {
    "nothing": None,
    "a number": 5,
    "NaN": float("nan"),
    "bytes": b"gzip",
    "a set": {"gzip"},
    "a list": [{"id": "gzip"}],
    "both grammars": {"id": "gzip", "name": "gzip"},
    "neither grammar": {"level": 1},
    "a key that is no string": {"id": "gzip", 5: 1},
    "a key that is None": {"name": "gzip", "configuration": {None: 1}},
    "a key that is bytes": {"name": "gzip", "configuration": {"level": 1}, b"x": 1},
    "a lone surrogate": {"id": "gzip", "\ud800": "\udfff"},
    "a name of a lone surrogate": {"name": "\ud800"},
    "a number of 20000 bits": {"id": "gzip", "level": 1 << 20_000},
    "a size of 20000 bits": {"id": "shuffle", "elementsize": 1 << 20_000},
    "a size that JSON readers have not": {"id": "shuffle", "elementsize": 1 << 63},
    "a number that becomes infinite": {"id": "zfpy", "tolerance": 1e400},
    "an integer that is no float": {
        "id": "fixedscaleoffset",
        "offset": 10**400,
        "scale": 1,
        "dtype": "<f8",
    },
    "a scale of 5000 digits": {"name": "scale_offset", "configuration": {"scale": 10**5000}},
    "nested lists": {"id": "gzip", "level": _nested(5000, lambda x: [x], 1)},
    "nested shards": _nested(5000, _shard, "bytes"),
    "nested data types": {
        "name": "cast_value",
        "configuration": {
            "data_type": _nested(
                3000,
                lambda x: {
                    "name": "struct",
                    "configuration": {"fields": [{"name": "a", "data_type": x}]},
                },
                "int8",
            )
        },
    },
    "nested in a kept value": {
        "id": "fill_hdf_strings",
        "dtype": _nested(500, lambda x: [x], "f4"),
    },
    "a foreign object in a kept value": {"id": "fill_hdf_strings", "dtype": [iter(())]},
    "endless": _cyclic(),
    "a mapping that raises": Raising(ZeroDivisionError("no")),
    "a mapping that raises at length": Raising(ValueError("x" * 100_000)),
    "an object that raises": Unfriendly(),
    "an object that has everything": Agreeable(),
    "an object without end": {"id": "gzip", "level": Scalar(...)},
    "an object that raises as a parameter": {"id": "gzip", "level": Unfriendly()},
    "an object that raises as an id": {
        "name": "numcodecs.gzip",
        "configuration": {"id": Unfriendly(), "level": 1},
    },
    "a config that is none": Codec("gzip", None),
    "a config that raises": Codec("gzip", RecursionError("no")),
    "a config with an id that is none": Codec("gzip", {"id": {}}),
    "a class": dict,
    "the module of a codec": "zarrcodec_bridge.codecs.gzip",
    "the class of a codec": "numcodecs.pickles.Pickle",
    "code": "__import__('os').system('true')",
    "a name of 10 MB": "x" * 10_000_000,
    "a v2 name of 10 MB": {"id": "x" * 10_000_000},
    "a key of 10 MB": {"id": "gzip", "x" * 10_000_000: 1},
    "a data type of 10 MB": {"id": "delta", "dtype": "<" + "i" * 10_000_000},
    "a filter without a data type": {"id": "delta", "dtype": Unfriendly()},
}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_what_is_no_codec(source: Any) -> None:
    for call in (
        lambda: bridge.normalize(source),
        lambda: bridge.to_v2(source),
        lambda: bridge.to_v3(source),
        lambda: bridge.explain(source),
        lambda: bridge.Pipeline.from_v2(dtype="<f4", compressor=5 if source is None else source),
        lambda: bridge.Pipeline.from_v2(dtype="<f4", filters=[source]),
        lambda: bridge.Pipeline.from_v3(data_type="float32", codecs=[source]),
        lambda: bridge.Pipeline.from_slots(dtype="<f4", compressors=[source]),
    ):
        with pytest.raises(BridgeError) as caught:
            call()
        assert len(str(caught.value)) < 5000
    with suppress(BridgeError):
        assert not bridge.same(source, {"id": "gzip"})  # unknown names are kept there


DTYPES: dict[str, Any] = {
    "a number": 5,
    "bytes": b"<f4",
    "an empty list": [],
    "a field without a data type": [["a"]],
    "fields of the same name": [["a", "<f4"], ["a", "<f4"]],
    "nested": _nested(5000, lambda x: [["a", x]], "<f4"),
    "more bytes than there are": [["a", "<f4", [2**60] * 5]],
    "many digits": "<f" + "8" * 5000,
    "other digits": "|S\u0663",
    "a newline": "<f4\n",
    "another unit": "<M8[xs]",
    "code": "__import__('os')",
    "10 MB": "<" + "f" * 10_000_000,
    "an object that raises": Unfriendly(),
    "a mapping that raises": Raising(KeyError("no")),
    "an object that has everything": Agreeable(),
    "a dictionary that lies": Liar(id="gzip"),
    "a class that says it is NumPy's": type("x", (), {"__module__": "numpy.evil"}),
}


@pytest.mark.parametrize("dtype", DTYPES.values(), ids=DTYPES)
def test_what_is_no_data_type(dtype: Any) -> None:
    for call in (
        lambda: bridge.normalize({"id": "delta", "dtype": "<f4"}, dtype=dtype),
        lambda: bridge.to_v3({"id": "blosc"}, dtype=dtype),
        lambda: bridge.to_v2({"id": "delta", "dtype": dtype}),
        lambda: bridge.Pipeline.from_v2(dtype=dtype),
        lambda: bridge.Pipeline.from_slots(dtype=5 if isinstance(dtype, type) else dtype),
    ):
        with pytest.raises(BridgeError) as caught:
            call()
        assert len(str(caught.value)) < 5000


def test_what_is_no_member() -> None:
    encoding: dict[str, Any] = {"dtype": "<f4"}
    for key, values in {
        "order": ("c", None, 5, Unfriendly(), ["C"]),
        "filters": ({}, "gzip", 5, Unfriendly(), {"id": "gzip"}),
        "ndim": (-1, 2.0, True, "2", 1 << 70),
        "chunk_shape": (5, "45", [1.0], [-1], [True], [None], {}),
    }.items():
        for value in values:
            with pytest.raises(BridgeError):
                bridge.Pipeline.from_v2(**{**encoding, key: value})
            if key in ("ndim", "chunk_shape"):
                with pytest.raises(BridgeError):
                    bridge.Pipeline.from_slots(**{**encoding, key: value})
            if key == "ndim":
                with pytest.raises(BridgeError):
                    bridge.array_kwargs("gzip", zarr_format=2, api="tensorstore", ndim=value)


@pytest.mark.parametrize(
    "order",
    [{1, 0}, frozenset({1, 0}), range(2), {"1": 1}.values(), iter([1, 0]), deque([1, 0])],
    ids=lambda order: type(order).__name__,
)
def test_what_has_no_order_or_runs_out_is_no_list(order: Any) -> None:
    for payload in (
        {"name": "transpose", "configuration": {"order": order}},
        {"name": "reshape", "configuration": {"shape": order}},
        {"id": "n5_wrapper", "chunk_shape": order},
        {"id": "imagecodecs_b2nd", "chunkshape": order},
    ):
        with pytest.raises(InvalidCodecError):
            bridge.normalize(payload)


@pytest.mark.parametrize("size", [1 << 21, (1 << 31) - 8, 1 << 60])
def test_a_small_document_gives_no_large_one(size: int) -> None:
    def configured(name: str) -> dict[str, Any]:
        return {"name": name, "configuration": {"length_bytes": size}}

    fields = [
        {"name": "a", "data_type": configured("fixed_length_utf32")},
        {"name": "b", "data_type": "int8"},
    ]
    struct = {"name": "struct", "configuration": {"fields": fields}}
    for data_type, fill_value in (
        (configured("raw_bytes"), None),
        (configured("raw_bytes"), "YWI="),
        (configured("null_terminated_bytes"), "YWI="),
        (configured("fixed_length_utf32"), "a"),
        (struct, None),
        (struct, {"a": "x", "b": 1}),
        (struct, {"a": "x"}),
    ):
        document = {
            "zarr_format": 3,
            "node_type": "array",
            "shape": [1],
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [1]}},
            "chunk_key_encoding": {"name": "v2"},
            "data_type": data_type,
            "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
            "fill_value": fill_value,
        }
        for call in (bridge.metadata_to_v2, bridge.normalize_metadata):
            with suppress(BridgeError):
                assert len(json.dumps(call(document))) < 1000


@pytest.mark.parametrize("dtype", ["|b1", "<i4", "<f4", "<c8", "<M8[s]", "|S3", "<U3", "|V3", "|O"])
@pytest.mark.parametrize("wrap", [lambda x: x, lambda x: [x, 0.0], lambda x: {"a": x}])
def test_what_is_no_fill_value(dtype: str, wrap: Callable[[Any], Any]) -> None:
    encoding = {"dtype": dtype, "filters": [{"id": "vlen-utf8"}] if dtype == "|O" else None}
    for value in (Unfriendly(), Agreeable(), Raising(ValueError()), b"x", {1}, 1j):
        with pytest.raises(InvalidCodecError):
            bridge.metadata_to_v3(v2_document(encoding, [1], [1], wrap(value)))


@pytest.mark.parametrize("kind", [ValueError, TypeError, KeyError, ZeroDivisionError])
def test_what_foreign_values_raise_is_told_and_cut(kind: type[Exception]) -> None:
    for value in (Raising(kind("x" * 100_000)), Unfriendly()):
        for payload in (
            {"id": "n5_wrapper", "compressor_config": value},
            {"id": "imagecodecs_jpegls", "spiff": value},
            {"id": "my-codec", "level": value},
        ):
            with pytest.raises(InvalidCodecError) as caught:
                bridge.normalize(payload, unknown="keep")
            assert len(str(caught.value)) < 600


def test_options_that_are_none() -> None:
    gzip = {"id": "gzip"}
    for call in (
        lambda: bridge.to_v3(gzip, target="zarr"),  # type: ignore[arg-type]
        lambda: bridge.to_v3(gzip, unknown="drop"),  # type: ignore[arg-type]
        lambda: bridge.to_v3(gzip, on_loss="drop"),  # type: ignore[arg-type]
        lambda: bridge.to_v3(gzip, unknown=["keep"]),  # type: ignore[arg-type]
        lambda: bridge.translate(gzip, to="v4"),  # type: ignore[arg-type]
        lambda: bridge.Pipeline.from_v2(dtype="<f4").to_v3("zarr"),  # type: ignore[arg-type]
        lambda: bridge.to_zarr(gzip, kind="b3b"),  # type: ignore[arg-type]
        lambda: bridge.to_zarr(gzip, kind=Unfriendly()),  # type: ignore[arg-type]
        lambda: bridge.register_with_zarr("base64", kind=["b2b"]),  # type: ignore[arg-type]
    ):
        with pytest.raises(ValueError, match="expected"):
            call()


WATCHED = """
import io, json, sys
sys.path[:0] = [{tests!r}, {tests!r} + '/codecs']
from contextlib import redirect_stderr, redirect_stdout
from support.hostile import Attack
from support.readers import v2_document
from support.real import real_json
import pickle, random, zarrcodec_bridge as bridge
from zarrcodec_bridge import cli
attack = Attack(0, real_json(with_shared={shared}), objects=False)
attack.run(3000)                       # loads every module of the library
schemas = bridge.json_schema("v2"), bridge.json_schema("v3")
seen = []
WATCHED = ("exec", "compile", "os.system", "os.exec", "os.posix_spawn", "os.fork", "subprocess.Popen",
           "socket.connect", "ctypes.dlopen", "pickle.find_class", "marshal.loads", "code.__new__",
           "os.putenv", "shutil.", "os.remove", "os.rename", "os.mkdir", "webbrowser.open")
OWN = "zarrcodec_bridge."
def hook(event, arguments):
    if event == "import" and arguments[0] not in sys.modules:
        seen.append(("import", arguments[0]))
    elif event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        seen.append(("open", str(arguments[0])))
    elif event == "marshal.loads" and sys._getframe(1).f_globals["__name__"].startswith(OWN):
        pass  # a memory's copy of its own result
    elif event.startswith(WATCHED):
        seen.append((event, repr(arguments)[:100]))
loads = pickle.loads
pickle.loads = lambda data: data and "no error is pickled here"  # the attack's own
sys.addaudithook(hook)
rng = random.Random(5)
NAMES = ["pickle", "os.system", "antigravity", "this", "zarr", "numcodecs", "numcodecs.pickles:Pickle",
         "zarrcodec_bridge.cli:main", "__import__('os')", "cPickle", "../evil", "evil.so", "any-numcodecs.bytes-bytes"]
payloads = [{{"id": name, "name2": name}} for name in NAMES]
payloads += [{{"name": name, "configuration": {{"id": name, "class": name, "__reduce__": name}}}} for name in NAMES]
payloads += [{{"id": "delta", "dtype": name}} for name in NAMES] + NAMES
payloads += [{{"id": "pickle"}}, {{"id": "pickle", "protocol": 0}}]
for payload in payloads:
    for unknown in ("error", "keep", "wrap"):
        for call in (bridge.normalize, bridge.to_v2, bridge.to_v3):
            try:
                call(payload, unknown=unknown)
            except ValueError:
                pass
        try:
            bridge.Pipeline.from_v2(dtype="|O", filters=[payload], unknown=unknown).to_v3()
        except ValueError:
            pass
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        cli.main(["to-v3", json.dumps(payload)])
for seed in range(3):
    case = Attack(seed, real_json(with_shared=False), objects=False)
    for _ in range(1500):
        try:
            case.case()[2]()
        except (ValueError, AssertionError):
            pass
found = sorted(set(map(tuple, seen)))
import colorsys
assert ("import", "colorsys") in seen, "the hook is awake"
print(json.dumps(found))
"""


def test_nothing_that_input_names_is_imported_or_run() -> None:
    code = WATCHED.format(tests=str(TESTS), shared=False)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1]) == []


def test_pickle_is_named_and_never_run(monkeypatch: pytest.MonkeyPatch) -> None:
    import pickle

    def run(*_: Any, **__: Any) -> Any:
        raise AssertionError("pickle was run")

    for name in ("loads", "load", "Unpickler", "dumps", "dump", "Pickler"):
        monkeypatch.setattr(pickle, name, run)
    payload = {"id": "pickle", "protocol": 0}
    assert bridge.to_v2(payload) == payload
    assert bridge.Pipeline.from_v2(dtype="|O", filters=[payload]).to_v2()["filters"] == [payload]
    for unsafe in (lambda: bridge.to_v3(payload), lambda: bridge.to_zarr(payload)):
        with pytest.raises(BridgeError):
            unsafe()
    str(bridge.explain(payload))


GZIP = {"name": "gzip", "configuration": {"level": 1}}
BYTES = {"name": "bytes", "configuration": {"endian": "little"}}

GROWING: dict[str, Callable[[int], Any]] = {
    "numbers in a list": lambda n: {"name": "transpose", "configuration": {"order": [*range(n)]}},
    "no numbers in a list": lambda n: {"name": "transpose", "configuration": {"order": ["x"] * n}},
    "labels": lambda n: {"id": "categorize", "labels": ["x"] * n, "dtype": "|O"},
    "no labels": lambda n: {"id": "categorize", "labels": [5] * n, "dtype": "|O"},
    "keys": lambda n: {"id": "gzip", **{f"k{i}": i for i in range(n)}},
    "kept keys": lambda n: {"id": "no such", **{f"k{i}": i for i in range(n)}},
    "nested codecs": lambda n: {"name": "conditional", "configuration": {"codecs": [GZIP] * n}},
    "pairs": lambda n: {
        "name": "cast_value",
        "configuration": {"data_type": "int8", "scalar_map": {"encode": [[1, 2]] * n}},
    },
    "filters of lzma": lambda n: {"id": "lzma", "format": 3, "filters": [{"id": 33}] * n},
    "a codec in every slot": lambda n: ("int32", [BYTES, *[GZIP] * n]),
    "transposes": lambda n: (
        "int32",
        [*[{"name": "transpose", "configuration": {"order": [1, 0]}}] * n, BYTES],
    ),
    "rounded transposes": lambda n: (
        "float32",
        [
            *[
                {"name": "bitround", "configuration": {"keepbits": 1}},
                {"name": "transpose", "configuration": {"order": [1, 0]}},
            ]
            * n,
            BYTES,
        ],
    ),
    "fields": lambda n: ([[f"f{i}", "<f4"] for i in range(n)], [BYTES]),
    "subarrays": lambda n: ([["f", "<f4", [2**60] * n]], [BYTES]),
}


def _seconds(value: Any) -> float:
    started = time.process_time()
    try:
        if isinstance(value, tuple):
            dtype, codecs = value
            pipeline = bridge.Pipeline.from_v3(
                data_type=bridge.Pipeline.from_v2(dtype=dtype).data_type, codecs=codecs, ndim=2
            )
            hash(pipeline)
            pipeline.to_v3()
            pipeline.to_v2()
        else:
            bridge.normalize(value, unknown="keep")
            bridge.to_v3(value, unknown="keep")
    except BridgeError:
        pass
    return time.process_time() - started


@pytest.mark.long
@pytest.mark.parametrize("grow", GROWING.values(), ids=GROWING)
def test_time_is_proportional_to_the_input(grow: Callable[[int], Any]) -> None:
    small, large = 500, 16_000
    _seconds(grow(small))
    least = min(_seconds(grow(small)) for _ in range(3))
    most = min(_seconds(grow(large)) for _ in range(2))
    assert most < 10 * (large / small) * max(least, 0.001), (least, most)
