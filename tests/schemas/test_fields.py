"""Fields for users' own Pydantic models, and objects of other libraries as sources."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

import zarrcodec_bridge as bridge


class Both(BaseModel):
    two: bridge.V2Codec
    three: list[bridge.V3Codec] = []


def test_fields_take_any_holder_and_dump_their_dialect() -> None:
    model = Both(
        two={"name": "gzip", "configuration": {"level": 5}}, three=["crc32c", {"id": "zlib"}]
    )
    assert model.model_dump() == {
        "two": {"id": "gzip", "level": 5},
        "three": [
            {"name": "crc32c", "configuration": {}},
            {"name": "numcodecs.zlib", "configuration": {"level": 1}},
        ],
    }
    assert Both.model_validate_json(model.model_dump_json()) == model
    assert isinstance(model.two, bridge.Codec)


def test_fields_say_what_is_wrong() -> None:
    with pytest.raises(ValidationError, match="clevel: expected less than or equal to 9"):
        Both(two={"id": "blosc", "clevel": 10})
    assert Both.model_json_schema()["properties"]["two"]


class ThirdParty:
    """An object with the numcodecs API, and nothing of numcodecs."""

    codec_id = "zlib"

    def __init__(self, **config: Any) -> None:
        self.config = config

    def get_config(self) -> dict[str, Any]:
        return self.config


def test_any_object_with_the_numcodecs_api_is_a_source() -> None:
    assert bridge.normalize(ThirdParty(id="zlib", level=3)) == bridge.normalize(
        {"id": "zlib", "level": 3}
    )
    assert bridge.to_v3(ThirdParty(level=3))["name"] == "numcodecs.zlib"
    with pytest.raises(bridge.InvalidCodecError, match="class"):
        bridge.normalize(ThirdParty)


def test_objects_of_numpy_become_json() -> None:
    np = pytest.importorskip("numpy")
    written = bridge.to_v3(ThirdParty(id="quantize", digits=np.int64(2), dtype=np.dtype("f4")))
    assert json.loads(json.dumps(written)) == written
    assert written["configuration"] == {"digits": 2, "dtype": "<f4", "astype": "<f4"} or written[
        "configuration"
    ] == {"digits": 2, "dtype": "<f4"}


def test_objects_whose_methods_fail_are_refused() -> None:
    class Broken(ThirdParty):
        def get_config(self) -> dict[str, Any]:
            raise RuntimeError("no")

    with pytest.raises(bridge.InvalidCodecError, match=r"get_config\(\) failed: RuntimeError"):
        bridge.normalize(Broken())
    for source in (5, None, b"zlib", object(), [], {"level": 1}, {"id": "zlib", "name": "zlib"}):
        with pytest.raises(bridge.BridgeError):
            bridge.normalize(source)


def test_objects_of_the_libraries_are_sources() -> None:
    numcodecs = pytest.importorskip("numcodecs")
    assert bridge.to_v2(numcodecs.Blosc("zstd", 3, 2)) == numcodecs.Blosc("zstd", 3, 2).get_config()
    zarr = pytest.importorskip("zarr", minversion="3")
    codec = zarr.codecs.GzipCodec(level=1)
    assert bridge.to_v2(codec) == {"id": "gzip", "level": 1}
    assert bridge.same(numcodecs.GZip(1), codec)
