"""zarr-python objects of any codec-like input: of which class, under which name, and what is refused."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

import zarrcodec_bridge as bridge
from support.processes import run
from support.third_party import KINDS as STRANGERS
from support.third_party import Inverted
from zarrcodec_bridge.adapters.numcodecs import is_registered, to_numcodecs
from zarrcodec_bridge.adapters.zarr_python import to_zarr
from zarrcodec_bridge.dialects import codec_objects
from zarrcodec_bridge.readers import READERS

zarr = pytest.importorskip("zarr", minversion="3.0")

numcodecs = pytest.importorskip("numcodecs")

np = pytest.importorskip("numpy")

from zarr.abc.codec import ArrayArrayCodec, ArrayBytesCodec, BytesBytesCodec  # noqa: E402
from zarr.codecs import (  # noqa: E402
    BloscCodec,
    BytesCodec,
    Crc32cCodec,
    GzipCodec,
    ShardingCodec,
    TransposeCodec,
    VLenUTF8Codec,
    ZstdCodec,
)
from zarr.registry import get_codec_class  # noqa: E402

from support.zarr_objects import (  # noqa: E402
    SAMPLES,
)
from zarrcodec_bridge.adapters.zarr_python.wrappers import KINDS  # noqa: E402

# zarr-python 3.0 and 3.1 say of each numcodecs.* codec that it is not in the specification
pytestmark = [
    pytest.mark.filterwarnings("ignore:Numcodecs codecs are not in the Zarr version 3"),
    pytest.mark.filterwarnings("ignore:The codec `vlen-"),
]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ({"id": "gzip", "level": 5}, GzipCodec(level=5)),
        ({"name": "numcodecs.gzip", "configuration": {"level": 5}}, GzipCodec(level=5)),
        (numcodecs.Zstd(level=3), ZstdCodec(level=3, checksum=False)),
        ("crc32c", Crc32cCodec()),
        ({"id": "crc32c"}, Crc32cCodec()),
        ({"name": "bytes", "configuration": {"endian": "big"}}, BytesCodec(endian="big")),
        ({"name": "transpose", "configuration": {"order": [1, 0]}}, TransposeCodec(order=(1, 0))),
        (
            {
                "id": "blosc",
                "cname": "lz4",
                "clevel": 5,
                "shuffle": 1,
                "blocksize": 0,
                "typesize": 4,
            },
            BloscCodec(cname="lz4", clevel=5, shuffle="shuffle", typesize=4),
        ),
    ],
    ids=str,
)
def test_zarr_pythons_own_class_where_it_has_one(source: Any, expected: Any) -> None:
    assert to_zarr(source) == expected


def test_variable_length_strings() -> None:
    assert isinstance(to_zarr({"id": "vlen-utf8"}), VLenUTF8Codec)


def test_every_codec_that_zarr_python_reads_has_an_object() -> None:
    bases = {"a2a": ArrayArrayCodec, "a2b": ArrayBytesCodec, "b2b": BytesBytesCodec}
    made, missing = set(), set()
    for spec in bridge.registered_codecs():
        for form in spec.v3:
            if not READERS["zarr-python"].opens("v3", form.name) or form.name.startswith(
                "imagecodecs_"
            ):
                continue
            payload = {"name": form.name, "configuration": SAMPLES.get(form.name, {})}
            try:
                codec = to_zarr(payload)
            except (bridge.BackendMissingError, bridge.BackendUnsupportedError):
                missing.add(form.name)
                continue
            assert isinstance(codec, bases[spec.kind])
            assert bridge.same(codec_objects.json_of_object(codec), payload)
            made.add(form.name)
    assert missing <= MAY_BE_MISSING
    assert len(made) > 25


MAY_BE_MISSING = {"cast_value", "scale_offset", "n5_default", "numcodecs.msgpack2"}


def test_what_is_open_stays_open() -> None:
    codec = to_zarr({"id": "blosc", "cname": "lz4", "clevel": 3, "shuffle": -1, "blocksize": 0})
    assert codec == BloscCodec(cname="lz4", clevel=3)
    array = zarr.create_array({}, shape=(4,), chunks=(4,), dtype="f8", compressors=[codec])
    found = array.metadata.codecs[-1].to_dict()["configuration"]
    assert (found["typesize"], found["shuffle"]) == (8, "shuffle")


def test_what_is_open_is_settled_by_the_data_type() -> None:
    codec = to_zarr(numcodecs.Blosc(shuffle=-1), dtype="u1")
    assert codec == BloscCodec(cname="lz4", clevel=5, shuffle="bitshuffle", typesize=1)


OPEN = {"cname": "zstd", "clevel": 5, "blocksize": 0}


@pytest.mark.parametrize(
    ("codec", "configuration"),
    [
        (BloscCodec(), OPEN),
        (
            BloscCodec(typesize=1, shuffle="bitshuffle"),
            {**OPEN, "typesize": 1, "shuffle": "bitshuffle"},
        ),
        (BloscCodec(shuffle="noshuffle"), {**OPEN, "shuffle": "noshuffle"}),
        (BloscCodec(typesize=4), {**OPEN, "typesize": 4}),
        (BloscCodec(typesize=2, shuffle="shuffle"), {**OPEN, "typesize": 2, "shuffle": "shuffle"}),
    ],
    ids=["open", "said", "shuffle said", "typesize said", "both said"],
)
def test_a_codec_that_has_met_no_array(codec: Any, configuration: dict[str, Any]) -> None:
    assert codec_objects.json_of_object(codec) == {"name": "blosc", "configuration": configuration}
    shard = ShardingCodec(chunk_shape=(2,), codecs=[BytesCodec(), codec])
    inner = codec_objects.json_of_object(shard)["configuration"]["codecs"]
    assert inner[1] == {"name": "blosc", "configuration": configuration}
    assert to_zarr(codec) is codec


def test_a_codec_that_has_met_its_array() -> None:
    array = zarr.create_array({}, shape=(4,), chunks=(4,), dtype="i2", compressors=[BloscCodec()])
    said = codec_objects.json_of_object(array.metadata.codecs[-1])["configuration"]
    assert said == {**OPEN, "typesize": 2, "shuffle": "shuffle"}


def test_enumerations_of_zarr_python() -> None:
    from zarr.codecs import BloscCname, BloscShuffle

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # 3.3 deprecates them
        codec = BloscCodec(cname=BloscCname.lz4, shuffle=BloscShuffle.bitshuffle, typesize=4)
    assert bridge.to_v2(codec_objects.json_of_object(codec)) == {
        "id": "blosc",
        "cname": "lz4",
        "clevel": 5,
        "shuffle": 2,
        "blocksize": 0,
    }


def test_an_object_with_equality_by_identity_is_taken_at_its_word() -> None:
    class Said:
        def __init__(self, **configuration: Any) -> None:
            self.configuration = configuration

        @classmethod
        def from_dict(cls, data: dict[str, Any]) -> Said:
            return cls(**data["configuration"])

        def to_dict(self) -> dict[str, Any]:
            return {"name": "gzip", "configuration": self.configuration}

    assert codec_objects.json_of_object(Said(level=3)) == {
        "name": "gzip",
        "configuration": {"level": 3},
    }


def test_a_codec_that_cannot_say_what_it_is() -> None:
    class Mute:
        def to_dict(self) -> dict[str, Any]:
            raise ValueError("not today")

    with pytest.raises(ValueError, match="not today"):
        codec_objects.json_of_object(Mute())
    with pytest.raises(bridge.InvalidCodecError, match="not today"):
        bridge.to_v3(Mute())


@pytest.mark.parametrize("cls", STRANGERS, ids=lambda cls: cls.__name__)
def test_a_third_party_object_is_wrapped(cls: type[Any]) -> None:
    kind = STRANGERS[cls]
    codec = to_zarr(cls(level=np.int64(2)), kind=kind)
    assert type(codec) is KINDS[kind]
    assert codec.to_dict() == {"name": cls.codec_id, "configuration": {"level": 2}}
    assert get_codec_class(cls.codec_id).from_dict(codec.to_dict()) == codec
    assert is_registered(cls.codec_id)
    assert to_numcodecs(codec).get_config() == {"id": cls.codec_id, "level": 2}


def test_a_kind_is_needed_where_nothing_says_it() -> None:
    with pytest.raises(bridge.MissingContextError, match="kind") as caught:
        to_zarr(Inverted())
    assert caught.value.needs == ("kind",)
    assert "its kind ('a2a', 'a2b' or 'b2b') is not known; pass kind" in str(caught.value)


def test_another_kind_than_it_is() -> None:
    with pytest.raises(bridge.NotRepresentableError, match="its kind is b2b, not a2b"):
        to_zarr("zstd", kind="a2b")
    with pytest.raises(ValueError, match="'a2a', 'a2b' or 'b2b'"):
        to_zarr("zstd", kind="filter")  # type: ignore[arg-type]


def test_byte_orders_inside_a_filter_are_native() -> None:
    codec = to_zarr(numcodecs.Delta(">i4", ">i8"))
    assert codec.to_dict() == {
        "name": "numcodecs.delta",
        "configuration": {"dtype": "<i4", "astype": "<i8"},
    }


def test_names_of_codecs_that_v3_lacks() -> None:
    with pytest.raises(bridge.NotRepresentableError, match="base64"):
        to_zarr({"id": "base64"})
    assert to_zarr({"id": "base64"}, unknown="keep").to_dict()["name"] == "base64"
    wrapped = to_zarr({"id": "base64"}, unknown="wrap").to_dict()
    assert wrapped == {"name": "any-numcodecs.bytes-bytes", "configuration": {"id": "base64"}}


def test_a_v2_id_that_is_another_codec_in_v3() -> None:
    class Transpose(Inverted):
        codec_id = "transpose"

    with pytest.raises(bridge.NotRepresentableError, match="another codec of that name"):
        to_zarr(Transpose(), kind="b2b")
    name = to_zarr(Transpose(), kind="b2b", unknown="wrap").to_dict()["name"]
    assert name == "any-numcodecs.bytes-bytes"


@pytest.mark.parametrize("name", ["reshape", "packbits", "zfp"])
def test_codecs_that_neither_library_has(name: str) -> None:
    samples = {"reshape": {"shape": [2]}, "zfp": {"mode": "reversible"}}
    with pytest.raises(bridge.BackendUnsupportedError, match=name):
        to_zarr({"name": name, "configuration": samples.get(name, {})})


def test_pickle_is_named_and_not_made() -> None:
    with pytest.raises(bridge.UnsafeCodecError):
        to_zarr({"id": "pickle"}, unknown="keep")
    codec = to_zarr({"id": "pickle"}, unknown="keep", allow_pickle=True)
    assert codec.to_dict()["name"] == "pickle"
    with pytest.raises(bridge.UnsafeCodecError):
        type(codec).from_dict(codec.to_dict())


def test_zarr_is_imported_only_when_it_is_asked_for() -> None:
    code = """
        import sys

        import zarrcodec_bridge.adapters.zarr_python

        assert "zarr" not in sys.modules
        assert "numcodecs" not in sys.modules
    """
    run(code)


def test_without_zarr_the_error_says_so() -> None:
    code = """
        import sys

        sys.modules["zarr"] = None
        import zarrcodec_bridge as bridge
        from zarrcodec_bridge.adapters.zarr_python import to_zarr

        try:
            to_zarr("zstd")
        except bridge.BackendMissingError as error:
            assert "pip install 'zarr>=3'" in str(error), error
        else:
            raise AssertionError("made a codec without zarr")
    """
    run(code)
