"""H16: without ``allow_pickle`` no entry point makes the codec that runs code, whatever name or envelope it is in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import zarrcodec_bridge as bridge
from zarrcodec_bridge.core.errors import BridgeError

zarr = pytest.importorskip("zarr", minversion="3")
numcodecs = pytest.importorskip("numcodecs")

PICKLE = {"id": "pickle", "protocol": 4}
BYTES = {"name": "bytes", "configuration": {"endian": "little"}}


def envelope(kind: str, inner: Any = PICKLE) -> dict[str, Any]:
    return {"name": f"any-numcodecs.{kind}", "configuration": inner}


def shard(*codecs: Any) -> dict[str, Any]:
    configuration = {"chunk_shape": [2], "codecs": [*codecs], "index_codecs": [BYTES, "crc32c"]}
    return {"name": "sharding_indexed", "configuration": configuration}


SOURCES: dict[str, Any] = {
    "v2": PICKLE,
    "v3 name": {"name": "pickle", "configuration": {"protocol": 4}},
    "numcodecs name": {"name": "numcodecs.pickle", "configuration": {"protocol": 4}},
    "numcodecs name, v2": {"name": "numcodecs.pickle", "configuration": PICKLE},
    "bare name": "pickle",
    "array-array": envelope("array-array"),
    "array-bytes": envelope("array-bytes"),
    "bytes-bytes": envelope("bytes-bytes"),
    "in itself": envelope("bytes-bytes", {"id": "any-numcodecs.bytes-bytes", "inner": [PICKLE]}),
    "in a shard": shard(envelope("array-bytes")),
    "in a shard, after bytes": shard(BYTES, envelope("bytes-bytes")),
    "in a shard in a shard": shard(shard(envelope("array-bytes"))),
    "inside an unknown one": {"id": "a-stranger-s", "codecs": [{"deeper": PICKLE}]},
    "inside an unknown envelope": envelope("bytes-bytes", {"id": "mine", "codecs": [PICKLE]}),
}


class MadeError(AssertionError):
    """The codec was made."""


@pytest.fixture(autouse=True)
def _trap(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Record every time that the codec is made, also where the error is caught."""
    made: list[Any] = []

    class Pickle:
        codec_id = "pickle"

        def __init__(self, *given: Any, **named: Any) -> None:
            made.append((given, named))
            raise MadeError

        @classmethod
        def from_config(cls, config: Any) -> Any:
            return cls(config)

    class Mine(Pickle):
        codec_id = "mine"

    monkeypatch.setitem(numcodecs.registry.codec_registry, "pickle", Pickle)
    monkeypatch.setitem(numcodecs.registry.codec_registry, "mine", Mine)
    yield made
    assert made == []


def in_slot(slot: str, api: str, zarr_format: int, unknown: str) -> Callable[[Any], Any]:
    def call(source: Any) -> Any:
        given = {slot: source if slot != "filters" else [source]}
        kept = {} if unknown == "error" else {"unknown": unknown}
        return bridge.array_kwargs(
            **given, dtype="float32", ndim=1, api=api, zarr_format=zarr_format, **kept
        )

    return call


def of_pipeline(method: str, unknown: str) -> Callable[[Any], Any]:
    def call(source: Any) -> Any:
        if isinstance(source, dict) and "id" in source:
            pipeline = bridge.Pipeline.from_v2(
                dtype="|O", filters=[source], ndim=1, unknown=unknown
            )
        elif isinstance(source, dict) and source["name"].endswith(("bytes-bytes", "array-array")):
            chain = [source, BYTES] if "array-array" in source["name"] else [BYTES, source]
            pipeline = bridge.Pipeline.from_v3(
                data_type="float32", codecs=chain, ndim=1, unknown=unknown
            )
        else:
            pipeline = bridge.Pipeline.from_v3(
                data_type="string", codecs=[source], ndim=1, unknown=unknown
            )
        return getattr(bridge, method)(pipeline, on_loss="ignore")

    return call


UNKNOWN = ("error", "keep", "wrap")
ENTRIES: dict[str, Callable[[Any], Any]] = {
    **{
        f"to_zarr {unknown} {kind}": (
            lambda source, unknown=unknown, kind=kind: bridge.to_zarr(
                source, unknown=unknown, kind=kind, dtype="float32"
            )
        )
        for unknown in UNKNOWN
        for kind in (None, "a2a", "a2b", "b2b")
    },
    **{
        f"to_numcodecs {unknown}": (
            lambda source, unknown=unknown: bridge.to_numcodecs(source, unknown=unknown)
        )
        for unknown in UNKNOWN
    },
    **{
        f"array_kwargs {slot} {api} {zarr_format} {unknown}": in_slot(
            slot, api, zarr_format, unknown
        )
        for slot in ("filters", "serializer", "compressors")
        for api, zarr_format in (("create_array", 2), ("create_array", 3), ("create", 3))
        for unknown in UNKNOWN
    },
    **{
        f"{method} of a pipeline {unknown}": of_pipeline(method, unknown)
        for method in ("to_zarr", "to_numcodecs")
        for unknown in UNKNOWN
    },
}


@pytest.mark.parametrize("entry", ENTRIES)
def test_h16_it_is_refused(entry: str) -> None:
    for name, source in SOURCES.items():
        try:
            made = ENTRIES[entry](source)
        except BridgeError:
            continue
        # a codec of that name has a parameter `id`, so that v2 cannot say it, and it refuses to work
        assert name == "numcodecs name, v2", made


@pytest.mark.parametrize("source", SOURCES)
def test_h16_the_registered_envelopes_do_not_make_it(source: str) -> None:
    """A stranger's document, opened by zarr-python with the envelopes that this package registers."""
    wrapper = zarr.registry.get_codec_class("any-numcodecs.array-bytes")
    assert wrapper.__module__.startswith("zarrcodec_bridge")
    value = SOURCES[source]
    if not isinstance(value, dict) or "name" not in value:
        pytest.skip("no v3")
    chains = [[value], [value, BYTES], [BYTES, value]]
    for codecs in chains:
        document = {
            "zarr_format": 3,
            "node_type": "array",
            "shape": [2],
            "data_type": "float32",
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2]}},
            "chunk_key_encoding": {"name": "default"},
            "codecs": codecs,
            "fill_value": 0,
            "attributes": {},
        }
        buffer = zarr.core.buffer.default_buffer_prototype().buffer
        store = zarr.storage.MemoryStore(
            {
                "zarr.json": buffer.from_bytes(json.dumps(document).encode()),
                "c/0": buffer.from_bytes(b"cos\nsystem\n(S'true'\ntR."),
            }
        )
        with pytest.raises(Exception, match=r"(?s)."):
            np.asarray(zarr.open_array(store, mode="r")[...])


def test_h16_a_migration_that_verifies_does_not_make_it() -> None:
    from zarrcodec_bridge.stores import migrate

    document = {
        "zarr_format": 2,
        "shape": [2],
        "chunks": [2],
        "dtype": "|O",
        "order": "C",
        "filters": [PICKLE],
        "compressor": None,
        "fill_value": None,
    }
    for unknown in UNKNOWN:
        store = {".zarray": json.dumps(document).encode(), "0": b"cos\nsystem\n(S'true'\ntR."}
        report = migrate(store, verify=1, unknown=unknown, on_loss="ignore")
        assert [node.outcome for node in report.nodes] == ["refused"]
