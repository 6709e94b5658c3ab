"""The examples of upstream issues, as users wrote them down; the issue's number is in the name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

np = pytest.importorskip("numpy")
numcodecs = pytest.importorskip("numcodecs")
zarr = pytest.importorskip("zarr")

import zarrcodec_bridge as bridge  # noqa: E402
from zarrcodec_bridge.arrays import array_kwargs  # noqa: E402
from zarrcodec_bridge.translation.open_arrays import array_encoding  # noqa: E402

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*not in the Zarr version 3 specification"),
    pytest.mark.filterwarnings("ignore:.*does not have a Zarr V3 specification"),
]

V3: Final = hasattr(zarr, "create_array")
FORMATS: Final = (2, 3) if V3 else (2,)
needs_zarr_3 = pytest.mark.skipif(not V3, reason="the example needs zarr-python 3")


def gzips() -> list[Any]:
    return [numcodecs.GZip(), zarr.codecs.GzipCodec()] if V3 else [numcodecs.GZip()]


def of_format(zarr_format: int) -> dict[str, Any]:
    return {"zarr_format": zarr_format} if V3 else {}


@needs_zarr_3
@pytest.mark.parametrize("zarr_format", FORMATS)
@pytest.mark.parametrize("compressor", gzips(), ids=lambda codec: type(codec).__name__)
def test_zarr_python_3162_gzip_of_either_library_in_either_format(
    compressor: Any, zarr_format: int
) -> None:
    kwargs = array_kwargs(compressor, zarr_format=zarr_format)
    x = zarr.create_array({}, shape=(10,), dtype="uint8", zarr_format=zarr_format, **kwargs)
    x[:] = np.arange(10)
    assert list(x[:]) == list(range(10))
    codecs = array_encoding(x).encoding.codecs
    assert [codec for codec in codecs if type(codec).__name__ == "Gzip"] == [
        bridge.normalize(compressor)
    ]


@needs_zarr_3
@pytest.mark.parametrize(
    "foo",
    [
        numcodecs.GZip(level=3),
        numcodecs.Blosc(cname="zstd", clevel=3, shuffle=2),
        {"id": "gzip", "level": 3},
        {"name": "gzip", "configuration": {"level": 3}},
        "zstd",
        None,
    ],
    ids=repr,
)
def test_zarr_python_2654_the_same_value_of_foo(foo: Any) -> None:
    made = []
    for zarr_format in (2, 3):
        kwargs = array_kwargs(foo, dtype="i4", zarr_format=zarr_format)
        array = zarr.create_array({}, shape=(10,), dtype="i4", zarr_format=zarr_format, **kwargs)
        array[:] = np.arange(10)
        assert list(array[:]) == list(range(10))
        made.append(array_encoding(array).encoding)
    v2, v3 = made
    compressors = [codec for codec in v3.codecs if type(codec).__name__ != "Bytes"]
    assert len(compressors) == len(v2.codecs) == (foo is not None)
    for old, new in zip(v2.codecs, compressors, strict=True):
        assert bridge.same(old, new, dtype="i4")


@pytest.mark.parametrize("zarr_format", FORMATS)
def test_zarr_python_2647_one_dictionary_for_zarr_open(zarr_format: int, tmp_path: Path) -> None:
    compressor = {"id": "zstd", "level": 1}
    z = zarr.open(
        str(tmp_path / "a.zarr"),
        mode="w",
        shape=(10,),
        chunks=(5,),
        dtype="u2",
        **of_format(zarr_format),
        **array_kwargs(compressor, dtype="u2", zarr_format=zarr_format, api="open"),
    )
    z[:] = np.arange(10)
    assert list(zarr.open(str(tmp_path / "a.zarr"), mode="r")[:]) == list(range(10))
    tensorstore = pytest.importorskip("tensorstore")
    store = {"driver": "file", "path": str(tmp_path / "a.zarr")}
    driver = "zarr" if zarr_format == 2 else "zarr3"
    array = tensorstore.open({"driver": driver, "kvstore": store}).result()
    assert list(array.read().result()) == list(range(10))


def test_zarr_python_2647_no_checksum_that_tensorstore_refuses() -> None:
    assert bridge.to_v2(numcodecs.Zstd(level=1)) == {"id": "zstd", "level": 1}


@needs_zarr_3
@pytest.mark.parametrize("astype", [None, np.float32], ids=["no astype", "astype"])
def test_zarr_python_3165_quantize_with_a_numpy_type(astype: Any) -> None:
    codec = numcodecs.Quantize(2, np.float32, astype)
    assert json.loads(json.dumps(bridge.to_v3(codec)))["configuration"]["dtype"] == "<f4"
    kwargs = array_kwargs("auto", filters=[codec], dtype="f4", zarr_format=3)
    store: dict[str, Any] = {}
    array = zarr.create_array(store, shape=(4,), dtype="f4", zarr_format=3, **kwargs)
    array[:] = np.array([0.123, 1.456, 2.789, 3], "f4")
    assert np.allclose(zarr.open_array(store, mode="r")[:], [0.123, 1.456, 2.789, 3], atol=0.01)


@needs_zarr_3
def test_zarr_python_3165_quantize_of_the_v3_wrappers() -> None:
    wrappers = pytest.importorskip("zarr.codecs.numcodecs")
    codec = wrappers.Quantize(digits=2, dtype=np.float32)
    assert json.loads(json.dumps(bridge.to_v3(codec)))["configuration"]["dtype"] == "<f4"
    kwargs = array_kwargs("zstd", filters=[codec], dtype="f4", zarr_format=3)
    array = zarr.create_array({}, shape=(4,), dtype="f4", zarr_format=3, **kwargs)
    array[:] = np.array([0.123, 1.456, 2.789, 3], "f4")
    assert np.allclose(array[:], [0.123, 1.456, 2.789, 3], atol=0.01)


@needs_zarr_3
def test_zarr_python_3165_through_xarray(tmp_path: Path) -> None:
    xarray = pytest.importorskip("xarray")
    ds = xarray.Dataset({"var": ("x", np.array([0.123, 1.456], "f4"))})
    encoding = array_kwargs(
        "auto",
        filters=[numcodecs.Quantize(digits=2, dtype=np.float32)],
        dtype="f4",
        zarr_format=3,
        api="xarray",
    )
    ds.to_zarr(tmp_path / "a", zarr_format=3, consolidated=False, encoding={"var": encoding})
    again = xarray.open_zarr(tmp_path / "a", consolidated=False, chunks=None)
    assert np.allclose(again["var"].values, [0.123, 1.456], atol=0.01)


def example_of_10032() -> Any:
    xarray, pandas = pytest.importorskip("xarray"), pytest.importorskip("pandas")
    return xarray.Dataset(
        {"foo": (("x", "y"), np.random.default_rng(0).random((4, 5)))},
        coords={
            "x": [10, 20, 30, 40],
            "y": pandas.date_range("2000-01-01", periods=5),
            "z": ("x", list("abcd")),
        },
    )


@needs_zarr_3
@pytest.mark.parametrize("zarr_format", FORMATS)
def test_xarray_10032_numcodecs_blosc_in_the_encoding(zarr_format: int, tmp_path: Path) -> None:
    ds = example_of_10032()
    compressor = numcodecs.Blosc(cname="zstd", clevel=3, shuffle=2)
    encoding = array_kwargs(compressor, dtype="f8", zarr_format=zarr_format, api="xarray")
    ds.to_zarr(
        tmp_path / "tmp.zarr",
        encoding={"foo": encoding},
        mode="w",
        zarr_format=zarr_format,
        consolidated=False,
    )
    codecs = array_encoding(zarr.open_array(tmp_path / "tmp.zarr" / "foo")).encoding.codecs
    assert bridge.same(codecs[-1], compressor, dtype="f8")


@needs_zarr_3
@pytest.mark.parametrize("key", ["compressor", "compressors"])
@pytest.mark.parametrize("zarr_format", FORMATS)
def test_xarray_10032_as_it_was_written_for_zarr_2(
    key: str, zarr_format: int, tmp_path: Path
) -> None:
    from zarrcodec_bridge.adapters.xarray import convert_encoding

    ds = example_of_10032()
    ds["foo"].encoding[key] = numcodecs.Blosc(cname="zstd", clevel=3, shuffle=2)
    path = tmp_path / "tmp.zarr"
    convert_encoding(ds, zarr_format).to_zarr(path, zarr_format=zarr_format, consolidated=False)
    assert (
        type(array_encoding(zarr.open_array(path / "foo")).encoding.codecs[-1]).__name__ == "Blosc"
    )
    xarray = pytest.importorskip("xarray")
    assert (xarray.open_zarr(path, consolidated=False)["foo"].values == ds["foo"].values).all()


@needs_zarr_3
@pytest.mark.parametrize("zarr_format", FORMATS)
@pytest.mark.parametrize("name", ["PCodec", "ZFPY"])
def test_xarray_9987_array_to_bytes_codecs_are_serializers(
    name: str, zarr_format: int, tmp_path: Path
) -> None:
    xarray = pytest.importorskip("xarray")
    codec = getattr(numcodecs, name, None)
    if codec is None:
        pytest.skip(f"this numcodecs has no {name}")
    encoding = array_kwargs(codec(), dtype="f4", zarr_format=zarr_format, api="xarray")
    assert ("serializer" in encoding) == (zarr_format == 3)
    ds = xarray.Dataset({"band": ("x", np.arange(8, dtype="f4"))})
    path = tmp_path / "a.zarr"
    ds.to_zarr(path, zarr_format=zarr_format, consolidated=False, encoding={"band": encoding})
    again = xarray.open_zarr(path, consolidated=False, chunks=None)
    assert np.allclose(again["band"].values, ds["band"].values)


@needs_zarr_3
def test_hdmf_zarr_shuffle_among_the_filters_then_gzip(tmp_path: Path) -> None:
    """An HDF5 file converted to format 2, exported to format 3; hdmf-zarr 0.14's export fails on it."""
    source = zarr.create_array(
        tmp_path / "v2",
        shape=(100,),
        chunks=(10,),
        dtype="i4",
        zarr_format=2,
        filters=[numcodecs.Shuffle(elementsize=4)],
        compressors=numcodecs.GZip(level=4),
    )
    source[:] = np.arange(100)
    kwargs = array_kwargs(
        source.compressors,
        filters=source.filters,
        dtype=source.dtype,
        zarr_format=3,
        api="Group.create_array",
    )
    target = zarr.open_group(tmp_path / "v3", mode="w", zarr_format=3)
    copy = target.create_array("data", shape=(100,), chunks=(10,), dtype="i4", **kwargs)
    copy[:] = source[:]
    assert list(zarr.open_array(tmp_path / "v3" / "data")[:]) == list(range(100))
    names = [
        codec["name"]
        for codec in json.loads((tmp_path / "v3/data/zarr.json").read_text())["codecs"]
    ]
    assert names == ["bytes", "numcodecs.shuffle", "gzip"]
    raw = np.arange(10, dtype="<i4")
    stored = (tmp_path / "v3" / "data" / "c" / "0").read_bytes()
    plain = numcodecs.Shuffle(4).decode(numcodecs.GZip().decode(stored))
    assert list(np.frombuffer(plain, "<i4")) == list(raw)


@needs_zarr_3
def test_zarr_python_2398_numcodecs_in_format_3() -> None:
    filters = [numcodecs.Delta(dtype="i4")]
    compressor = numcodecs.Blosc(cname="zstd", clevel=1, shuffle=numcodecs.Blosc.SHUFFLE)
    kwargs = array_kwargs(compressor, filters=filters, dtype="i4", zarr_format=3, api="open")
    assert [codec.to_dict()["name"] for codec in kwargs["codecs"]] == [
        "numcodecs.delta",
        "bytes",
        "blosc",
    ]
    blosc = kwargs["codecs"][-1].to_dict()["configuration"]
    assert {key: getattr(value, "value", value) for key, value in blosc.items()} == {
        "cname": "zstd",
        "clevel": 1,
        "shuffle": "shuffle",
        "typesize": 4,
        "blocksize": 0,
    }


@needs_zarr_3
def test_zarr_python_2773_no_v3_codecs_in_format_2(tmp_path: Path) -> None:
    wrappers = pytest.importorskip("zarr.codecs.numcodecs")
    kwargs = array_kwargs(
        None, serializer=wrappers.PCodec(level=5), dtype="f4", zarr_format=2, api="create_array"
    )
    path = tmp_path / "a"
    array = zarr.create_array(path, shape=(4,), dtype="f4", zarr_format=2, **kwargs)
    array[:] = np.arange(4)
    assert json.loads((path / ".zarray").read_text())["compressor"]["id"] == "pcodec"


@pytest.mark.parametrize("zarr_format", FORMATS)
def test_zarr_python_3038_none_means_none(zarr_format: int) -> None:
    for api in ("create", "open", "create_array"):
        kwargs = array_kwargs(None, dtype="i4", zarr_format=zarr_format, api=api)
        make = getattr(zarr, api, zarr.create)
        mode = {"mode": "w"} if api == "open" else {}
        store = {} if V3 else zarr.MemoryStore()
        array = make(
            store=store, shape=(4,), dtype="i4", **mode, **of_format(zarr_format), **kwargs
        )
        names = [type(codec).__name__ for codec in array_encoding(array).encoding.codecs]
        assert names == (["Bytes"] if zarr_format == 3 else [])


@pytest.mark.parametrize("zarr_format", FORMATS)
def test_zarr_python_2171_blosc_shuffles_by_the_size_of_the_elements(zarr_format: int) -> None:
    data = np.arange(100_000, dtype="i8")
    sizes = {}
    for shuffle in (0, 1, -1):
        codec = numcodecs.Blosc("lz4", 5, shuffle)
        kwargs = array_kwargs(codec, dtype="i8", zarr_format=zarr_format, api="create")
        store = {} if V3 else zarr.MemoryStore()
        array = zarr.create(
            store=store,
            shape=data.shape,
            chunks=data.shape,
            dtype="i8",
            **of_format(zarr_format),
            **kwargs,
        )
        array[:] = data
        stored = array.nbytes_stored
        sizes[shuffle] = stored() if callable(stored) else stored
    assert sizes[1] == pytest.approx(sizes[-1], rel=0.01)
    assert sizes[1] * 10 < sizes[0]
