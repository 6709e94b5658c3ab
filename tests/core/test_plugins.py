"""Codecs of other packages, through the entry points of a real (installed) one and through `register`."""

from __future__ import annotations

import os
import pkgutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import zarrcodec_bridge as bridge
from zarrcodec_bridge.codecs.zlib import SPEC as ZLIB
from zarrcodec_bridge.core import registry
from zarrcodec_bridge.core.cache import clear_caches

HERE = Path(__file__).parents[1]


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
print(len([spec for spec in bridge.registered_codecs() if spec.title == "acme.rle"]))
pipeline = bridge.Pipeline.from_v2(dtype="<i2", compressor={"id": "acme-rle"})
print([codec["name"] for codec in pipeline.to_v3()["codecs"]])
""",
        "plugin",
    ).splitlines() == [
        "False",
        "{'name': 'acme.rle', 'configuration': {'bits': 32}}",
        "True",
        "{'id': 'acme-rle', 'width': 2}",
        "AcmeRle(width=1)",
        "1",
        "['bytes', 'acme.rle']",
    ]


BROKEN = {
    "raises": "raise ModuleNotFoundError(\"No module named 'no_such_module'\")",
    "exits": "raise SystemExit('bye')",
    "warns": "import warnings; warnings.warn('old'); raise ValueError('x')",
    "no spec": "SPEC = 5",
    "no list of specs": "SPEC = [5]",
    "takes a name": """
from zarrcodec_bridge import Codec, CodecSpec, Form
class Gzip(Codec):
    pass
SPEC = CodecSpec(Gzip, "b2b", v2=(Form("gzip", Gzip),))
""",
    "looks up codecs": """
import zarrcodec_bridge as bridge
try:
    bridge.normalize({"id": "no-such-codec"})
except bridge.UnknownCodecError:
    raise RuntimeError("it was not there") from None
""",
}


@pytest.mark.parametrize(
    "how",
    [pytest.param(how, marks=[pytest.mark.long] if n > 2 else []) for n, how in enumerate(BROKEN)],
)
def test_h7_broken_plugin_takes_no_other_codec_away(how: str, tmp_path: Path) -> None:
    info = tmp_path / "broken_codecs-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-codecs\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[zarrcodec_bridge.codecs]\nbroken = broken_codecs:SPEC\n"
    )
    (tmp_path / "broken_codecs.py").write_text(BROKEN[how])
    told = _run(
        """
import warnings
warnings.simplefilter("error")
print(bridge.to_v3({"id": "acme-rle"}))
try:
    bridge.to_v3({"id": "acme-rl"})
except bridge.UnknownCodecError as error:
    print([*error.broken_plugins], "the codec plugin 'broken' could not be loaded: " in str(error))
print(bridge.to_v3({"id": "gzip"})["name"], len(bridge.registered_codecs()) > 100)
""",
        "plugin",
        str(tmp_path),
    )
    assert told.splitlines() == [
        "{'name': 'acme.rle', 'configuration': {'bits': 8}}",
        "['broken'] True",
        "gzip True",
    ]


def test_h7_a_plugin_that_registers_while_another_thread_looks_up_does_not_lock_it(
    tmp_path: Path,
) -> None:
    info = tmp_path / "slow_codecs-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: slow-codecs\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[zarrcodec_bridge.codecs]\nslow = slow_codecs:SPEC\n")
    (tmp_path / "slow_codecs.py").write_text(
        """
import threading
import time
import zarrcodec_bridge as bridge
started.set() if (started := getattr(threading, "started", None)) else None
time.sleep(0.5)
class Slow(bridge.Codec):
    pass
SPEC = bridge.CodecSpec(Slow, "b2b", v2=(bridge.Form("slow", Slow),))
bridge.register(SPEC)
"""
    )
    told = _run(
        """
import importlib, threading
threading.started = threading.Event()
importer = threading.Thread(target=importlib.import_module, args=("slow_codecs",), daemon=True)
importer.start()
threading.started.wait()
looker = threading.Thread(target=lambda: print(bridge.normalize({"id": "slow"})), daemon=True)
looker.start()
looker.join(20); importer.join(20)
print(looker.is_alive(), importer.is_alive())
""",
        str(tmp_path),
    )
    assert told.splitlines()[-1] == "False False"


def test_h7_no_lock_is_held_while_a_built_in_codec_is_imported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow, other = ("v2", "zfpy"), ("v2", "grib")
    load, started, finish = registry._builtin[slow], threading.Event(), threading.Event()

    def load_slowly(dialect: Any, name: str) -> Any:
        started.set()
        assert finish.wait(20)
        return load(dialect, name)

    monkeypatch.setattr(registry, "_forms", {})
    monkeypatch.setitem(registry._builtin, slow, load_slowly)
    threads = [threading.Thread(target=registry.find, args=key) for key in (slow, other)]
    threads[0].start()
    assert started.wait(20)
    threads[1].start()
    threads[1].join(20)
    assert not threads[1].is_alive()
    finish.set()
    threads[0].join(20)
    assert {slow, other} <= registry._forms.keys()


def test_without_the_package_the_name_is_unknown() -> None:
    with pytest.raises(bridge.UnknownCodecError):
        bridge.normalize({"id": "acme-rle"})


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    bridge.registered_codecs()  # loads the plugins, before this one can be found
    monkeypatch.syspath_prepend(str(HERE / "plugin"))
    monkeypatch.setattr(registry, "_forms", dict(registry._forms))
    monkeypatch.setattr(registry, "_specs", dict(registry._specs))
    import acme_codecs

    yield acme_codecs.SPEC
    clear_caches()


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


RLE_V2 = {"id": "acme-rle", "width": 4}
RLE_V3 = {"name": "acme.rle", "configuration": {"bits": 32}}
ZARRAY = {
    "zarr_format": 2,
    "shape": [4],
    "chunks": [4],
    "dtype": "|u1",
    "order": "C",
    "filters": None,
    "compressor": RLE_V2,
    "fill_value": 0,
}

IN_FLIGHT: dict[str, tuple[str, Any]] = {
    "Pipeline.from_v2": (
        "translation.encodings.V2Encoding.read",
        lambda: bridge.Pipeline.from_v2(dtype="<i4", compressor=RLE_V2, unknown="keep").codecs,
    ),
    "Pipeline.from_v3": (
        "translation.encodings.V3Encoding.read",
        lambda: (
            bridge.Pipeline.from_v3(
                data_type="uint8", codecs=[{"name": "bytes"}, RLE_V3], unknown="keep"
            ).codecs
        ),
    ),
    "to_v3": ("translation.one_codec._write", lambda: bridge.to_v3(RLE_V2, unknown="keep")),
    "to_v2": ("translation.one_codec._write", lambda: bridge.to_v2(RLE_V3, unknown="keep")),
    "metadata_to_v3": (
        "translation.pipeline.Pipeline.translate",
        lambda: bridge.metadata_to_v3(ZARRAY, unknown="keep"),
    ),
}
"""By entry point: after what a codec is registered, as another thread may do it, and what is made."""


@pytest.mark.parametrize("name", IN_FLIGHT, ids="E5-{}".format)
def test_e5_what_was_being_made_when_a_codec_was_registered_is_not_remembered(
    name: str, acme: Any
) -> None:
    step, make = IN_FLIGHT[name]
    unknown = make()
    clear_caches()
    owner, attribute = step.rsplit(".", 1)
    cls = pkgutil.resolve_name(f"zarrcodec_bridge.{owner}")
    before = getattr(cls, attribute)

    def and_register(*given: Any, **options: Any) -> Any:
        found = before(*given, **options)
        bridge.register(acme)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cls, attribute, and_register)
        with suppress(bridge.NotRepresentableError):  # a kept codec has the name of a known one
            make()
    remembered = make()
    clear_caches()
    assert remembered == make()
    assert remembered != unknown


def test_e5_a_pipeline_from_before_does_not_remember_what_it_gave(acme: Any) -> None:
    pipeline = bridge.Pipeline.from_v2(
        dtype="<i4", compressor={"id": "acme.rle", "width": 3}, unknown="keep"
    )
    assert pipeline.to_v3(unknown="keep")["codecs"][-1]["name"] == "acme.rle"
    bridge.register(acme)
    with pytest.raises(bridge.NotRepresentableError, match="another codec's"):
        pipeline.to_v3(unknown="keep")
