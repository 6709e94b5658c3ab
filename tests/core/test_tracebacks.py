"""The traceback of a user's error ends at the user's line; that of a fault of this library has every frame."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

import zarrcodec_bridge as bridge
from zarrcodec_bridge import Pipeline
from zarrcodec_bridge.core.errors import BridgeError
from zarrcodec_bridge.translation import one_codec

PACKAGE: Final = str(Path(bridge.__file__).parent)
TYPO: Final = {"id": "gzpi"}
ZARRAY: Final = {
    "zarr_format": 2,
    "shape": [4],
    "chunks": [4],
    "dtype": "<i4",
    "order": "C",
    "filters": None,
    "compressor": TYPO,
    "fill_value": 0,
}
REFERENCES: Final = {".zgroup": '{"zarr_format": 2}', "a/.zarray": ZARRAY}
PIPELINE: Final = Pipeline.from_v2(dtype="<i4", order="F")
CALLS: Final[dict[str, Callable[[], Any]]] = {
    "normalize": lambda: bridge.normalize(TYPO),
    "to_v2": lambda: bridge.to_v2(TYPO),
    "to_v3": lambda: bridge.to_v3(TYPO),
    "translate": lambda: bridge.translate(TYPO, to="v3"),
    "same": lambda: bridge.same({}, {}),
    "explain": lambda: bridge.explain(TYPO),
    "Pipeline.from_v2": lambda: Pipeline.from_v2(dtype="<i4", compressor=TYPO),
    "Pipeline.from_v3": lambda: Pipeline.from_v3(data_type="int32", codecs=["gzpi"]),
    "Pipeline.from_slots": lambda: Pipeline.from_slots(dtype="<i4", compressors=TYPO),
    "Pipeline.from_array": lambda: Pipeline.from_array(5),
    "Pipeline.from_metadata": lambda: Pipeline.from_metadata(ZARRAY),
    "Pipeline.to_v2": lambda: Pipeline.from_v3(data_type="int32", codecs=["crc32c"]).to_v2(),
    "Pipeline.to_v3": lambda: PIPELINE.to_v3(),
    "Pipeline.translate": lambda: PIPELINE.translate("v3"),
    "metadata_to_v3": lambda: bridge.metadata_to_v3(ZARRAY),
    "metadata_to_v2": lambda: bridge.metadata_to_v2(ZARRAY),
    "normalize_metadata": lambda: bridge.normalize_metadata(ZARRAY),
    "translate_metadata": lambda: bridge.translate_metadata(ZARRAY, to="v3"),
    "references_to_v3": lambda: bridge.references_to_v3(REFERENCES),
    "references_to_v2": lambda: bridge.references_to_v2(REFERENCES),
    "to_numcodecs": lambda: bridge.to_numcodecs({"id": "pickle"}),
    "to_zarr": lambda: bridge.to_zarr({"id": "gzip", "level": 99}),
    "codec": lambda: bridge.codec({"id": "gzip", "level": 99}),
    "array_kwargs": lambda: bridge.array_kwargs(TYPO, zarr_format=2),
    "json_schema": lambda: bridge.json_schema("v4"),  # type: ignore[arg-type]
    "migrate": lambda: bridge.migrate("nowhere.zarr"),
    "undo": lambda: bridge.undo("nowhere.zarr"),
    "an option": lambda: bridge.to_v3("gzip", target="zars"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("name", CALLS)
def test_e6_the_last_frame_is_the_callers(name: str) -> None:
    """E6: a typo showed nine frames of this library."""
    with pytest.raises(BridgeError) as caught:
        CALLS[name]()
    frames = traceback.extract_tb(caught.value.__traceback__)
    assert frames[-1].filename == __file__
    assert not [frame for frame in frames if frame.filename.startswith(PACKAGE)]


def test_a_cause_keeps_its_traceback() -> None:
    class Broken:
        codec_id = "gzip"

        def get_config(self) -> Any:
            raise RuntimeError("no")

    with pytest.raises(BridgeError) as caught:
        bridge.to_v3(Broken())
    cause = caught.value.__cause__
    assert isinstance(cause, RuntimeError)
    assert traceback.extract_tb(cause.__traceback__)[-1].name == "get_config"


def test_faults_of_this_library_keep_every_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(one_codec, "read_for", fail)
    with pytest.raises(ZeroDivisionError) as caught:
        bridge.to_v3({"id": "zlib", "level": 8})
    names = [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert names[-4:] == ["to_v3", "_translate", "_write", "fail"]


def test_public_functions_keep_their_signatures() -> None:
    assert list(inspect.signature(bridge.explain).parameters)[:2] == ["source", "dtype"]
    assert list(inspect.signature(Pipeline.from_v2).parameters)[:2] == ["dtype", "filters"]
    assert bridge.explain.__doc__ is not None
