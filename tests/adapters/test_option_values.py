"""Invalid values of options are refused with a suggestion, before any work and before any library is asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import pytest

import zarrcodec_bridge as bridge
from zarrcodec_bridge.arrays import translate_array_kwargs
from zarrcodec_bridge.core.options import OptionError

GZIP: Final = {"id": "gzip", "level": 5}
PIPELINE: Final = bridge.Pipeline.from_v2(dtype="<i4", compressor=GZIP)


def xarray(name: str) -> Callable[..., Any]:
    """A function for xarray's encodings, which needs numpy."""
    pytest.importorskip("numpy")
    from importlib import import_module

    return getattr(import_module("zarrcodec_bridge.adapters.xarray"), name)


class Empty:
    """A dataset without variables."""

    data_vars: Final[dict[str, Any]] = {}
    variables: Final[dict[str, Any]] = {}

    def copy(self) -> Empty:
        raise AssertionError("worked before the options were checked")


CALLS: Final[dict[str, tuple[Callable[..., Any], set[str]]]] = {
    "to_numcodecs": (
        partial(bridge.to_numcodecs, GZIP),
        {"on_loss", "unknown", "allow_pickle"},
    ),
    "to_numcodecs of a pipeline": (
        partial(bridge.to_numcodecs, PIPELINE),
        {"on_loss", "unknown", "allow_pickle"},
    ),
    "to_zarr": (
        partial(bridge.to_zarr, GZIP),
        {"on_loss", "unknown", "allow_pickle", "kind"},
    ),
    "to_zarr of a pipeline": (
        partial(bridge.to_zarr, PIPELINE),
        {"on_loss", "unknown", "allow_pickle", "kind"},
    ),
    "array_kwargs": (
        partial(bridge.array_kwargs, GZIP, zarr_format=2),
        {"on_loss", "unknown", "allow_pickle", "api", "zarr_format"},
    ),
    "translate_array_kwargs": (
        partial(translate_array_kwargs, GZIP, zarr_format=3),
        {"on_loss", "unknown", "allow_pickle", "api", "zarr_format"},
    ),
    "convert_encoding": (
        lambda **o: xarray("convert_encoding")(Empty(), **{"zarr_format": 2, **o}),
        {"on_loss", "allow_pickle", "zarr_format"},
    ),
    "convert_variable_encoding": (
        lambda **o: xarray("convert_variable_encoding")({}, **{"zarr_format": 2, **o}),
        {"on_loss", "allow_pickle", "zarr_format"},
    ),
    "register_with_zarr": (partial(bridge.register_with_zarr, "gzip"), {"kind", "replace"}),
}
BAD: Final[dict[str, list[tuple[Any, str | None]]]] = {
    "on_loss": [("warning", "warn"), ("eror", "error"), (None, None), (1, None)],
    "unknown": [("keeps", "keep"), (True, None)],
    "allow_pickle": [("no", None), (1, None), (None, None)],
    "replace": [("no", None), (1, None)],
    "kind": [("b3b", "b2b"), ("", None), (2, None)],
    "api": [
        ("creat_array", "create_array"),
        ("zeroes", "zeros"),
        ("datset.to_zarr", "dataset.to_zarr"),
        (3, None),
    ],
    "zarr_format": [(4, None), ("2", None), (True, None), (None, None), (2.5, None)],
}


@pytest.mark.parametrize(
    ("call", "option", "value", "meant"),
    [
        (call, option, value, meant)
        for call, (_, options) in CALLS.items()
        for option in sorted(options)
        for value, meant in BAD[option]
    ],
)
def test_an_invalid_value_is_named_and_the_nearest_valid_one_suggested(
    call: str, option: str, value: Any, meant: str | None
) -> None:
    with pytest.raises(OptionError) as caught:
        CALLS[call][0](**{option: value})
    assert caught.value.option == option
    assert f"expected {option} " in str(caught.value)
    if meant is not None:
        assert caught.value.suggestions == (meant,)
        assert f"did you mean {meant!r}?" in str(caught.value)


@pytest.mark.parametrize("option", [{"dtype": "i4"}, {"unknown": "keep"}])
def test_a_pipeline_has_its_own_data_type_and_codecs(option: dict[str, Any]) -> None:
    for call in (bridge.to_numcodecs, bridge.to_zarr):
        with pytest.raises(bridge.BridgeError, match="a pipeline has its own data type and codecs"):
            call(PIPELINE, **option)
