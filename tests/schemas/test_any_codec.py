"""The field types of Pydantic: every form is taken, the canonical model is kept, the base class says which to use."""

from __future__ import annotations

import json
import pickle
from typing import Annotated, Any, Final

import pytest
from pydantic import BaseModel, InstanceOf, TypeAdapter, ValidationError, create_model
from pydantic.errors import PydanticSchemaGenerationError

import zarrcodec_bridge as bridge
from zarrcodec_bridge.codecs.gzip import Gzip
from zarrcodec_bridge.codecs.sharding_indexed import ShardingIndexed

GZIP: Final = Gzip(level=5)
V2: Final = {"id": "gzip", "level": 5}
V3: Final = {"name": "gzip", "configuration": {"level": 5}}
BASE64: Final = {"id": "base64"}


class Numcodec:
    """An object with the numcodecs API."""

    codec_id = "gzip"

    def get_config(self) -> dict[str, Any]:
        return dict(V2)


class ZarrCodec:
    """An object with the API of zarr-python's codecs."""

    def to_dict(self) -> dict[str, Any]:
        return dict(V3)


FORMS: Final[dict[str, Any]] = {
    "v2": V2,
    "v3": V3,
    "model": GZIP,
    "numcodecs object": Numcodec(),
    "zarr codec": ZarrCodec(),
    "name with a level": "gzip:5",
}


class Three(BaseModel):
    any: bridge.AnyCodec
    v2: bridge.V2Codec
    v3: bridge.V3Codec


@pytest.mark.parametrize("form", FORMS)
def test_e6_every_form_gives_the_canonical_model(form: str) -> None:
    """E6"""
    model = Three(any=FORMS[form], v2=FORMS[form], v3=FORMS[form])
    assert model.any == model.v2 == model.v3 == GZIP
    assert type(model.any) is Gzip
    assert model.model_dump() == {"any": V3, "v2": V2, "v3": V3}
    assert Three.model_validate_json(model.model_dump_json()) == model
    assert pickle.loads(pickle.dumps(model)) == model


def test_live_objects_of_the_libraries() -> None:
    numcodecs = pytest.importorskip("numcodecs")
    objects = [numcodecs.GZip(5)]
    zarr = pytest.importorskip("zarr")
    if not zarr.__version__.startswith("2."):
        objects.append(zarr.codecs.GzipCodec(level=5))
    for each in objects:
        assert TypeAdapter(bridge.AnyCodec).validate_python(each) == GZIP


def test_a_codec_without_a_v3_form_is_dumped_as_v2() -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(bridge.AnyCodec)
    codec = adapter.validate_python(BASE64)
    assert adapter.dump_python(codec) == BASE64
    assert adapter.validate_json(adapter.dump_json(codec)) == codec
    with pytest.raises(Exception, match="base64 cannot be written as v3"):
        TypeAdapter(bridge.V3Codec).dump_python(codec)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("gzpi", "did you mean 'gzip'?"),
        ({"id": "gzip", "level": 99}, "level: expected less than or equal to 9, got 99"),
        (
            {"zarr_format": 2, "shape": [4]},
            "expected one codec, got a whole .zarray; metadata_to_v3",
        ),
        (5, "expected a codec"),
        (None, "expected a codec"),
    ],
)
def test_what_is_no_codec_is_a_validation_error(value: Any, said: str) -> None:
    for field in (bridge.AnyCodec, bridge.V2Codec, bridge.V3Codec):
        with pytest.raises(ValidationError) as caught:
            TypeAdapter(field).validate_python(value)
        assert said in str(caught.value)
        assert caught.value.errors()[0]["type"] == "value_error"


def test_fields_may_be_left_out_and_nested() -> None:
    class Array(BaseModel):
        filters: list[bridge.AnyCodec] = []
        compressor: bridge.AnyCodec | None = None

    assert Array().model_dump() == {"filters": [], "compressor": None}
    array = Array(filters=["crc32c", V2], compressor=V3)  # type: ignore[list-item, arg-type]
    assert [type(codec).__name__ for codec in array.filters] == ["Crc32c", "Gzip"]


def test_schemas_say_what_is_taken_and_what_is_dumped() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    taken = Three.model_json_schema()
    dumped = Three.model_json_schema(mode="serialization")
    jsonschema.Draft202012Validator.check_schema(taken)
    for value in (V2, V3, "gzip"):
        jsonschema.validate({"any": value, "v2": value, "v3": value}, taken)
    for value in (5, None, {}, []):
        assert not jsonschema.Draft202012Validator(taken).is_valid(
            {"any": value, "v2": V2, "v3": V3}
        )
    written = Three(any=V2, v2=V2, v3=V2).model_dump(mode="json")  # type: ignore[arg-type]
    jsonschema.validate(written, dumped)
    validator = jsonschema.Draft202012Validator(dumped)
    assert not validator.is_valid({**written, "v2": V3})
    assert not validator.is_valid({**written, "v3": V2})
    assert validator.is_valid({**written, "any": V2})


def test_e6_the_bare_base_class_says_which_to_use() -> None:
    """E6: a field typed as the base class was filled with nothing, and dumped {}."""
    for annotation in (bridge.Codec, list[bridge.Codec], dict[str, bridge.Codec | None]):
        with pytest.raises(
            PydanticSchemaGenerationError,
            match="annotate the field with AnyCodec, V2Codec or V3Codec",
        ):
            create_model("Array", compressor=(annotation, ...))
    assert TypeAdapter(Gzip).validate_python({"level": 5}) == GZIP  # the model of one codec
    assert TypeAdapter(InstanceOf[bridge.Codec]).validate_python(GZIP) is GZIP
    assert TypeAdapter(Annotated[bridge.AnyCodec, "mine"]).validate_python(V2) == GZIP


def test_e6_a_model_names_its_class() -> None:
    """E6: `print(model)` showed `level=1`."""
    assert str(GZIP) == repr(GZIP) == f"{GZIP}" == "Gzip(level=5)"
    shard = bridge.normalize(
        {
            "name": "sharding_indexed",
            "configuration": {"chunk_shape": [2], "codecs": ["bytes"], "index_codecs": ["bytes"]},
        }
    )
    assert isinstance(shard, ShardingIndexed)
    assert str(shard).startswith("ShardingIndexed(chunk_shape=(2,), codecs=(Bytes(")
    assert json.loads(shard.model_dump_json())["chunk_shape"] == [2]
    assert str(bridge.normalize("mine", unknown="keep")).startswith("KeptCodec(name='mine'")
