"""The one memory of results: bounded in bytes, without a cliff, and never seen in what it gives."""

from __future__ import annotations

import json
from typing import Any

import pytest

import zarrcodec_bridge as bridge
from zarrcodec_bridge.core.cache import Cache, clear_caches, is_exact, key_of
from zarrcodec_bridge.documents import array_cache
from zarrcodec_bridge.translation import one_codec, pipeline

CACHES = {
    "one codec": one_codec._cache,
    "one pipeline": pipeline._cache,
    "one document": array_cache._cache,
}


def _gzip(level: int) -> dict[str, Any]:
    return {"id": "gzip", "level": level}


def _zarray(level: int) -> dict[str, Any]:
    return {
        "zarr_format": 2,
        "shape": [8],
        "chunks": [4],
        "dtype": "<i2",
        "order": "C",
        "filters": None,
        "compressor": _gzip(level),
        "fill_value": 0,
    }


CALLS = {
    "one codec": lambda level: bridge.to_v3(_gzip(level)),
    "one pipeline": lambda level: bridge.Pipeline.from_v2(
        dtype="<i2", compressor=_gzip(level)
    ).to_v3(),
    "one document": lambda level: bridge.metadata_to_v3(_zarray(level)),
}


def test_it_forgets_the_oldest() -> None:
    cache = Cache[int](lambda key: 3 if key < 10 else key, capacity=10)
    for key in range(5):
        cache.keep(cache.entries, key, key)
    assert list(cache.entries) == [2, 3, 4]
    cache.keep(cache.entries, 3, 30)
    assert cache.entries == {2: 2, 3: 3, 4: 4}
    cache.keep(cache.entries, 11, 0)
    assert cache.entries == {}


def test_what_was_made_before_it_was_cleared_is_not_kept() -> None:
    cache = Cache[int](len)
    before = cache.entries
    clear_caches()
    cache.keep(before, "key", 1)
    assert not cache.entries


def test_what_is_met_once_is_not_worth_keeping() -> None:
    cache = Cache[int](len)
    assert [cache.meets_again(key) for key in "aabcbca"] == [0, 1, 0, 0, 1, 1, 1]


def test_the_keys_that_it_met_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zarrcodec_bridge.core.cache.MOST_MET", 4)
    cache = Cache[int](len)
    for key in range(100):
        cache.meets_again(key)
        assert len(cache._met) <= 4


@pytest.mark.parametrize("name", CACHES)
def test_it_holds_what_is_met_again_and_no_more_than_its_capacity(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, call = CACHES[name], CALLS[name]
    clear_caches()
    cache._met.clear()
    call(0)
    assert not cache.entries
    call(0)
    (key,) = cache.entries
    monkeypatch.setattr(cache, "_capacity", 4 * cache._held)
    for level in range(1, 10):
        call(level)
        call(level)
    assert 3 <= len(cache.entries) <= 4
    assert key not in cache.entries
    assert sum(map(cache._size, cache.entries)) == cache._held <= cache._capacity
    clear_caches()


@pytest.mark.parametrize("name", CALLS)
def test_a_result_may_be_changed(name: str) -> None:
    clear_caches()
    call = CALLS[name]
    first = call(3)
    expected = json.dumps(first)
    for _ in range(3):
        again = call(3)
        assert json.dumps(again) == expected
        for value in again.values():
            if isinstance(value, (dict, list)):
                value.clear()
        again.clear()


@pytest.mark.parametrize("name", CALLS)
def test_numbers_of_another_type_are_another_codec(name: str) -> None:
    call = CALLS[name]
    call(1)
    call(1)
    for other in (True, 1.0, "1"):
        with pytest.raises(bridge.InvalidCodecError):
            call(other)
    call(1)


def test_keys_tell_what_json_tells_and_stand_for_nothing_else() -> None:
    numpy = pytest.importorskip("numpy")
    assert key_of({"a": 1}) != key_of({"a": 1.0})
    assert key_of({"a": [1]}) != key_of({"a": (1,)})
    assert key_of(object()) is None
    assert key_of("x" * 100_000) is None
    for value in ({"a": [1, 1.5, None, "b", {"c": True}]}, [], "a"):
        key = key_of(value)
        assert key is not None
        assert is_exact(key, value)
    for value in (numpy.float64(1), {"a": numpy.int32(1)}, [numpy.arange(3)], float("nan")):
        key = key_of(value)
        assert key is not None
        assert not is_exact(key, value)


def test_losses_and_notes_are_told_again() -> None:
    source = {"id": "delta", "dtype": ">i4", "astype": ">i4"}
    told = [bridge.translate(source, to="v3") for _ in range(3)]
    assert told[0] == told[1] == told[2]
    assert told[0].notes
    lossy = {"name": "cast_value", "configuration": {"data_type": "int16", "out_of_range": "wrap"}}
    for _ in range(2):
        with pytest.raises(bridge.NotRepresentableError):
            bridge.to_v2(lossy, dtype="<f8")


@pytest.mark.parametrize("known", [False, True])
def test_what_a_document_may_be_does_not_depend_on_what_was_met(known: bool) -> None:
    clear_caches()
    for _ in range(3 * known):
        bridge.metadata_to_v3(_zarray(1))
    with pytest.raises(bridge.InvalidCodecError, match="expected a list of lengths"):
        bridge.metadata_to_v3({**_zarray(1), "chunks": [2**64]})
