"""`array_kwargs` with objects: codecs of format 2 and 3, of unknown classes, and what is left open."""

from __future__ import annotations

from typing import Any, Final

import pytest

from support.array_kwargs import APIS, FIXED_V3, FORMATS, V3, Json, MemoryStore, delta, v3, values
from zarrcodec_bridge.arrays import array_kwargs
from zarrcodec_bridge.core.errors import (
    BackendUnsupportedError,
    MissingContextError,
)

np = pytest.importorskip("numpy")

numcodecs = pytest.importorskip("numcodecs")

zarr = pytest.importorskip("zarr")

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*not in the Zarr version 3 specification"),
    pytest.mark.filterwarnings("ignore:.*does not have a Zarr V3 specification"),
    pytest.mark.filterwarnings("ignore:.*not part in the Zarr format 3 specification"),
]


def test_a_codec_of_format_2_is_passed_on_as_it_came() -> None:
    compressor, filters = numcodecs.Blosc(), [numcodecs.Delta("<i4")]
    found = array_kwargs(compressor, filters=filters, dtype="i4", zarr_format=2, api="create")
    assert found["compressor"] is compressor
    assert found["filters"][0] is filters[0]


@pytest.mark.skipif(not V3, reason="zarr-python 2 has no v3 codecs")
def test_a_codec_of_format_3_is_passed_on_as_it_came() -> None:
    compressor = v3.BloscCodec()
    assert array_kwargs(compressor, zarr_format=3)["compressors"] == [compressor]


@pytest.mark.skipif(not V3 or not FIXED_V3, reason="zarr-python before 3.1 opens them")
@pytest.mark.parametrize(
    "codec", [numcodecs.JSON(), numcodecs.MsgPack(), numcodecs.VLenArray("i4")]
)
def test_what_zarr_writes_and_does_not_open_is_refused(codec: Any) -> None:
    with pytest.raises(BackendUnsupportedError, match="does not open them"):
        array_kwargs(codec, dtype="i4", zarr_format=2)
    array = zarr.create_array({}, shape=4, dtype="i4", zarr_format=2, filters=codec)
    with pytest.raises(ValueError, match="No Zarr data type"):
        zarr.open_array(array.store)


@pytest.mark.skipif(not V3, reason="zarr-python 2 has no serializer")
def test_a_compressor_as_serializer_leaves_the_serializer_open() -> None:
    kwargs = array_kwargs(None, serializer=numcodecs.Zlib(1), zarr_format=3)
    assert "serializer" not in kwargs
    array = APIS["create_array"](MemoryStore(), 3, "i4", kwargs)
    assert list(array[:]) == list(values("i4"))


@pytest.mark.skipif(V3, reason="zarr-python 3 has no object_codec")
@pytest.mark.filterwarnings("error")
def test_a_codec_of_objects_may_encode_numbers() -> None:
    kwargs = array_kwargs("zlib", filters=numcodecs.JSON(), dtype="i4", zarr_format=2, api="create")
    assert APIS["create"](MemoryStore(), 2, "i4", kwargs)[3] == values("i4")[3]


class Mirror(numcodecs.abc.Codec):
    """A third party's codec, registered nowhere."""

    codec_id = "mirror"

    def encode(self, buf: Any) -> bytes:
        return bytes(memoryview(buf).cast("B"))[::-1]

    def decode(self, buf: Any, out: Any = None) -> Any:
        plain = bytes(memoryview(buf).cast("B"))[::-1]
        if out is None:
            return plain
        memoryview(out).cast("B")[:] = plain
        return out

    def get_config(self) -> Json:
        return {"id": self.codec_id}

    @classmethod
    def from_config(cls, config: Json) -> Mirror:
        return cls()


TEXTS: Final = ["a", "", "\u00e9", "b", "text"]

OF_OBJECTS: Final = {
    "json2": ({"id": "json2"}, TEXTS),
    "msgpack2": ({"id": "msgpack2"}, TEXTS),
    "pickle": ({"id": "pickle"}, TEXTS),
    "vlen-utf8": ({"id": "vlen-utf8"}, TEXTS),
    "vlen-bytes": ({"id": "vlen-bytes"}, [text.encode() for text in TEXTS]),
    "vlen-array": ({"id": "vlen-array", "dtype": "<i4"}, [range(n) for n in (1, 3, 0, 2, 1)]),
    "categorize": (
        {"id": "categorize", "dtype": "|O", "astype": "|u1", "labels": TEXTS[:3]},
        ["a", "a", "\u00e9", "", "a"],
    ),
}


@pytest.mark.skipif(V3, reason="zarr-python 3 makes no arrays of objects but text and bytes")
@pytest.mark.parametrize("name", OF_OBJECTS)
def test_the_bytes_of_objects_are_those_of_the_numcodecs_object(name: str) -> None:
    config, items = OF_OBJECTS[name]
    given = np.empty(len(items), dtype=object)
    given[:] = [np.array(item, "i4") if isinstance(item, range) else item for item in items]
    kwargs = array_kwargs(
        "zstd", filters=[config], dtype=object, zarr_format=2, api="create", allow_pickle=True
    )
    store = MemoryStore()
    array = zarr.create(shape=len(items), chunks=len(items), dtype=object, store=store, **kwargs)
    array[:] = given
    expected = numcodecs.Zstd().encode(numcodecs.get_codec(dict(config)).encode(given))
    assert bytes(store["0"]) == bytes(expected)
    assert all(np.array_equal(*both) for both in zip(zarr.open(store)[:], given, strict=True))


@pytest.mark.parametrize("zarr_format", FORMATS)
@pytest.mark.parametrize("slot", ["compressors", "serializer"])
def test_an_object_of_an_unknown_class_keeps_its_slot(zarr_format: int, slot: str) -> None:
    codec_id = f"mirror-{slot}"
    mirror = type("Mirror", (Mirror,), {"codec_id": codec_id})
    numcodecs.register_codec(mirror)
    codec = mirror()
    kwargs = array_kwargs(**{"compressors": None, slot: codec}, dtype="i4", zarr_format=zarr_format)
    if zarr_format == 2:
        assert codec in kwargs.values()
    array = APIS["create_array"](MemoryStore(), zarr_format, "i4", kwargs)
    assert list(array[:]) == list(values("i4"))


@pytest.mark.parametrize("zarr_format", FORMATS)
@pytest.mark.parametrize("unknown", ["keep", "wrap"])
def test_a_dictionary_of_an_unknown_name(zarr_format: int, unknown: Any) -> None:
    numcodecs.register_codec(type("Named", (Mirror,), {"codec_id": f"mirror-{unknown}"}))
    kwargs = array_kwargs(
        {"id": f"mirror-{unknown}"}, dtype="i4", zarr_format=zarr_format, unknown=unknown
    )
    array = APIS["create_array"](MemoryStore(), zarr_format, "i4", kwargs)
    assert list(array[:]) == list(values("i4"))
    if zarr_format == 3:
        name = array.metadata.codecs[-1].to_dict()["name"]
        assert name == {"keep": "mirror-keep", "wrap": "any-numcodecs.bytes-bytes"}[unknown]


@pytest.mark.parametrize(
    ("api", "means"),
    [
        ("zarr.create_array", "create_array"),
        ("zarr.api.asynchronous.create_array", "create_array"),
        ("zarr.Group.require_array", "create_array"),
        ("xarray.Dataset.to_zarr", "xarray"),
        ("Dataset.to_zarr", "xarray"),
        ("da.to_zarr", "dask"),
        ("AnnData.write_zarr", "anndata"),
        ("ome-zarr", "ome_zarr"),
    ],
)
def test_entry_points_go_by_the_names_that_users_know_them_by(api: str, means: str) -> None:
    assert repr(array_kwargs("gzip", zarr_format=2, api=api)) == repr(
        array_kwargs("gzip", zarr_format=2, api=means)
    )


@pytest.mark.skipif(not V3, reason="zarr-python 2 has one list of filters")
def test_what_is_left_open_in_a_list_of_codecs_is_asked_of_zarr() -> None:
    found = array_kwargs(filters=[delta("i4")], dtype="i4", zarr_format=3, api="create")
    names = [codec.to_dict()["name"] for codec in found["codecs"]]
    assert names == ["numcodecs.delta", "bytes", "zstd"]
    with pytest.raises(MissingContextError, match="dtype"):
        array_kwargs(filters=[delta("i4")], zarr_format=3, api="create")


@pytest.mark.skipif(not V3, reason="zarr-python 2 has no format 3")
def test_what_this_zarr_would_read_wrong_is_refused() -> None:
    """[numcodecs.delta, bytes(big)]: right in 3.3 and later, other values in 3.0 to 3.2."""
    arguments = {
        "filters": [delta("i4")],
        "serializer": {"name": "bytes", "configuration": {"endian": "big"}},
        "dtype": "i4",
        "zarr_format": 3,
    }
    if tuple(int(n) for n in zarr.__version__.split(".")[:2]) < (3, 3):
        with pytest.raises(BackendUnsupportedError, match="reads big-endian bytes after"):
            array_kwargs("gzip", **arguments)
    else:
        kwargs = array_kwargs("gzip", **arguments)
        array = APIS["create_array"](MemoryStore(), 3, "i4", kwargs)
        assert list(array[:]) == list(values("i4"))


@pytest.mark.skipif(not V3, reason="a v3 codec")
@pytest.mark.parametrize("form", ["object", "list"])
def test_an_open_blosc_stays_open(form: str) -> None:
    codec = v3.BloscCodec(cname="zstd", clevel=3)
    found = array_kwargs([codec] if form == "list" else codec, zarr_format=2)
    assert found["compressors"].get_config()["shuffle"] == -1


def test_imagecodecs_objects() -> None:
    imagecodecs = pytest.importorskip("imagecodecs.numcodecs")
    imagecodecs.register_codecs(verbose=False)
    for zarr_format in FORMATS:
        kwargs = array_kwargs(imagecodecs.Lzf(), dtype="i4", zarr_format=zarr_format)
        array = APIS["create_array"](MemoryStore(), zarr_format, "i4", kwargs)
        assert list(array[:]) == list(values("i4"))
