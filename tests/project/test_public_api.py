"""The names of the front page are a contract."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest

import zarrcodec_bridge as bridge
from support.processes import run

NAMES = set(
    """
    BackendError BackendMissingError BackendUnsupportedError BridgeError Chunk Codec CodecSpec
    DuplicateCodecError Form InvalidCodecError LossError LossWarning MissingContextError
    NotRepresentableError Pipeline Translation UnknownCodecError UnsafeCodecError AnyCodec V2Codec V3Codec
    array_kwargs check codec convert_encoding explain json_schema metadata_to_v2 metadata_to_v3 migrate normalize
    normalize_metadata references_to_v2 references_to_v3 register register_with_zarr registered_codecs same to_numcodecs to_v2 to_v3 to_zarr translate
    translate_metadata undo
    """.split()
)


def test_front_page_is_pinned() -> None:
    assert set(bridge.__all__) == NAMES
    for name in NAMES:
        assert getattr(bridge, name) is not None


def test_everything_public_is_documented() -> None:
    for name in NAMES - {"AnyCodec", "V2Codec", "V3Codec"}:
        assert (getattr(bridge, name).__doc__ or "").strip(), name


def test_error_tree() -> None:
    assert issubclass(bridge.BridgeError, ValueError)
    assert issubclass(bridge.BackendMissingError, ImportError)
    assert issubclass(bridge.LossError, bridge.NotRepresentableError)
    assert issubclass(bridge.MissingContextError, bridge.NotRepresentableError)
    for name in NAMES:
        if name.endswith("Error"):
            assert issubclass(getattr(bridge, name), bridge.BridgeError)


def test_tab_completion_shows_what_is_public() -> None:
    assert {name for name in dir(bridge) if not name.startswith("_")} == NAMES


MODULES: Final = [
    module.name
    for module in pkgutil.walk_packages(
        bridge.__path__, "zarrcodec_bridge.", onerror=lambda _: None
    )
    if not module.name.endswith("__main__")
]
NEEDS: Final = {
    "zarrcodec_bridge.adapters.numcodecs": ("numcodecs", "0.13"),
    "zarrcodec_bridge.adapters.zarr_python": ("zarr", "3"),
    "zarrcodec_bridge.adapters.xarray": ("zarr", "3"),
}
"""What the examples of a module need, besides what it needs itself."""


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples_run(name: str, tmp_path: Path, monkeypatch: Any) -> None:
    for module, (package, oldest) in NEEDS.items():
        if name == module or name.startswith(f"{module}."):
            pytest.importorskip(package, minversion=oldest)
    monkeypatch.chdir(tmp_path)
    if name == "zarrcodec_bridge.core.registry":  # what it registers is for good
        run(f"import doctest, {name} as m; assert doctest.testmod(m).failed == 0")
        return
    results = doctest.testmod(import_module(name), optionflags=doctest.ELLIPSIS)
    assert results.failed == 0


def test_every_call_of_the_front_page_has_an_example() -> None:
    for name in NAMES - {"AnyCodec", "V2Codec", "V3Codec", "translate"}:
        found = getattr(bridge, name)
        assert isinstance(found, type) or ">>>" in found.__doc__, name
