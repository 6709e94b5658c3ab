"""Codecs of other packages, through the entry points of a real (installed) one and through `register`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import zarrcodec_bridge as bridge
from zarrcodec_bridge import registry
from zarrcodec_bridge.codecs.zlib import SPEC as ZLIB

HERE = Path(__file__).parent


def _run(code: str, *folders: str) -> str:
    path = os.pathsep.join([*(str(HERE / folder) for folder in folders), str(HERE.parent)])
    return subprocess.run(
        [sys.executable, "-c", "import zarrcodec_bridge as bridge\n" + code],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_entry_point_is_loaded_at_the_first_unknown_name() -> None:
    assert _run(
        """
import sys
bridge.to_v3({"id": "gzip"})
print("acme_codecs" in sys.modules)
print(bridge.to_v3({"id": "acme-rle", "width": 4}))
print("acme_codecs" in sys.modules)
print(bridge.to_v2({"name": "acme.rle", "configuration": {"bits": 16}}))
print(bridge.normalize({"id": "acme-rle"}))
print(len([spec for spec in bridge.codecs() if spec.title == "acme.rle"]))
pipeline = bridge.Pipeline.from_v2(dtype="<i2", compressor={"id": "acme-rle"})
print([codec["name"] for codec in pipeline.to_v3()["codecs"]])
""",
        "plugin",
    ).splitlines() == [
        "False",
        "{'name': 'acme.rle', 'configuration': {'bits': 32}}",
        "True",
        "{'id': 'acme-rle', 'width': 2}",
        "AcmeRle(width=1)".replace("AcmeRle(", "").replace(")", ""),
        "1",
        "['bytes', 'acme.rle']",
    ]


def test_broken_plugin_is_left_out_with_a_warning() -> None:
    assert _run(
        """
import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print(bridge.to_v3({"id": "acme-rle"}))
print([str(warning.message) for warning in caught])
""",
        "plugin",
        "plugin_broken",
    ).splitlines() == [
        "{'name': 'acme.rle', 'configuration': {'bits': 8}}",
        "[\"codec plugin 'broken' is left out: No module named 'no_such_module'\"]",
    ]


def test_without_the_package_the_name_is_unknown() -> None:
    with pytest.raises(bridge.UnknownCodecError):
        bridge.normalize({"id": "acme-rle"})


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.syspath_prepend(str(HERE / "plugin"))
    monkeypatch.setattr(registry, "_forms", dict(registry._forms))
    monkeypatch.setattr(registry, "_specs", dict(registry._specs))
    import acme_codecs

    yield acme_codecs.SPEC
    registry.forget()


def test_register(acme: Any) -> None:
    bridge.normalize("gzip")
    bridge.register(acme)
    bridge.register(acme)
    assert bridge.to_v3({"id": "acme-rle", "width": 8})["configuration"] == {"bits": 64}


def test_register_forgets_what_names_gave(acme: Any) -> None:
    before = bridge.to_v3({"id": "acme-rle", "width": 8}, unknown="keep")
    bridge.register(acme)
    assert bridge.to_v3({"id": "acme-rle", "width": 8}, unknown="keep") != before


def test_taken_names_are_refused_whole(acme: Any) -> None:
    from dataclasses import replace

    thief = replace(acme, v2=(bridge.Form("acme-2", acme.model), *ZLIB.v2))
    with pytest.raises(bridge.DuplicateCodecError) as caught:
        bridge.register(thief)
    assert (caught.value.dialect, caught.value.name, caught.value.owner) == ("v2", "zlib", "Zlib")
    with pytest.raises(bridge.UnknownCodecError):
        bridge.normalize({"id": "acme-2"})
