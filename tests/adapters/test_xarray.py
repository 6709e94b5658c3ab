"""A dataset opened from one format, written in the other: its values and its codecs are kept, and itself untouched."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any, Final

import pytest

np = pytest.importorskip("numpy")
xarray = pytest.importorskip("xarray")
zarr = pytest.importorskip("zarr")
numcodecs = pytest.importorskip("numcodecs")
pytest.importorskip("zarr", minversion="3.1", reason="xarray writes format 3 with zarr-python 3")

from zarrcodec_bridge.adapters.xarray import (  # noqa: E402
    convert_encoding,
    convert_variable_encoding,
)
from zarrcodec_bridge.core.errors import (  # noqa: E402
    BridgeError,
    InvalidCodecError,
    LossError,
    LossWarning,
    NotRepresentableError,
    UnknownCodecError,
)
from zarrcodec_bridge.translation.open_arrays import array_encoding  # noqa: E402

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*does not have a Zarr V3 specification"),
    pytest.mark.filterwarnings("ignore:.*not in the Zarr version 3 specification"),
    pytest.mark.filterwarnings("ignore:Duplicate name"),
]

n = numcodecs
NUMBERS: Final = np.arange(8)
TEXT: Final = np.array([f"text{i}" * (i + 1) for i in range(8)], dtype=object)
Json = dict[str, Any]

V2: Final[dict[str, tuple[Any, Any, Json, list[str]]]] = {
    # name: dtype, values, codecs; what it is in format 3, without the serializer
    "blosc": ("f4", NUMBERS, {"compressors": n.Blosc("zstd", 3, 1)}, ["Blosc"]),
    "blosc_auto": ("i2", NUMBERS, {"compressors": n.Blosc("lz4", 5, -1)}, ["Blosc"]),
    "zstd": ("i8", NUMBERS, {"compressors": n.Zstd(3)}, ["Zstd"]),
    "gzip": ("i4", NUMBERS, {"compressors": n.GZip(5)}, ["Gzip"]),
    "zlib": ("u1", NUMBERS, {"compressors": n.Zlib(1)}, ["Zlib"]),
    "lz4": ("f8", NUMBERS, {"compressors": n.LZ4()}, ["Lz4"]),
    "bz2": ("i4", NUMBERS, {"compressors": n.BZ2(1)}, ["Bz2"]),
    "none": ("i4", NUMBERS, {"compressors": None}, []),
    "delta": (
        "i4",
        NUMBERS,
        {"compressors": n.Zlib(1), "filters": [n.Delta("i4")]},
        ["Delta", "Zlib"],
    ),
    "fixedscaleoffset": (
        "f8",
        NUMBERS / 10,
        {"compressors": n.Zlib(1), "filters": [n.FixedScaleOffset(0, 10, "f8", "i2")]},
        ["FixedScaleOffset", "Zlib"],
    ),
    "shuffle": (
        "i4",
        NUMBERS,
        {"compressors": n.GZip(1), "filters": [n.Shuffle(4)]},
        ["Shuffle", "Gzip"],
    ),
    "zlib_in_filters": ("i4", NUMBERS, {"compressors": None, "filters": [n.Zlib(1)]}, ["Zlib"]),
    "pcodec": ("i4", NUMBERS, {"compressors": n.PCodec()}, ["Pcodec"]),
    "strings": (str, TEXT, {"compressors": n.Zstd(1)}, ["VlenUtf8", "Zstd"]),
    "strings_none": (str, TEXT, {"compressors": None}, ["VlenUtf8"]),
    "fixed_text": ("U8", TEXT.astype("U8"), {"compressors": n.LZ4()}, ["Lz4"]),
    "fixed_bytes": ("S8", TEXT.astype("S8"), {"compressors": n.LZ4()}, ["Lz4"]),
    "big": (">i4", NUMBERS, {"compressors": n.Zstd(1)}, ["Zstd"]),
    "big_delta": (
        ">i4",
        NUMBERS,
        {"compressors": n.Zstd(1), "filters": [n.Delta(">i4")]},
        ["Delta", "Zstd"],
    ),
    "big_float": (">f8", NUMBERS / 3, {"compressors": n.Blosc("lz4", 5, 2)}, ["Blosc"]),
    "flags": ("bool", NUMBERS % 2 == 0, {"compressors": n.Blosc()}, ["Blosc"]),
    "time": (
        "i8",
        NUMBERS,
        {"compressors": n.Blosc(), "filters": [n.Delta("i8")]},
        ["Delta", "Blosc"],
    ),
    "x": ("i8", NUMBERS, {"compressors": n.Zlib(3)}, ["Zlib"]),
}


def write_v2(path: Path) -> Path:
    """A store as zarr-python writes it, xarray's convention for dimensions added."""
    group = zarr.open_group(path, mode="w", zarr_format=2)
    for name, (dtype, data, codecs, _) in V2.items():
        array = group.create_array(
            name,
            shape=(8,),
            chunks=(4,),
            dtype=dtype,
            fill_value=None
            if dtype == "bool"
            else ""
            if dtype is str
            else 99
            if np.dtype(dtype).kind not in "SU"
            else None,
            **codecs,
        )
        array[...] = data
        array.attrs["_ARRAY_DIMENSIONS"] = ["x"]
    group["time"].attrs.update(units="days since 2000-01-01", calendar="proleptic_gregorian")
    zarr.consolidate_metadata(group.store)
    return path


@pytest.fixture(scope="module")
def v2(tmp_path_factory: Any) -> Path:
    return write_v2(tmp_path_factory.mktemp("v2") / "v2.zarr")


@pytest.fixture(scope="module")
def v3(v2: Path, tmp_path_factory: Any) -> Path:
    path = tmp_path_factory.mktemp("v3") / "v3.zarr"
    convert_encoding(opened(v2), 3).to_zarr(path, zarr_format=3, consolidated=False)
    return path


def opened(path: Path) -> Any:
    return xarray.open_zarr(path, chunks=None, consolidated=False)


def codecs_in(path: Path, name: str) -> list[Any]:
    """The models of what is on disk, `bytes` left out."""
    encoding = array_encoding(zarr.open_group(path, mode="r")[name]).encoding
    return [codec for codec in encoding.codecs if type(codec).__name__ != "Bytes"]


def plain(values: Any) -> Any:
    return np.asarray(values).astype(object) if np.asarray(values).dtype.kind in "TU" else values


@pytest.mark.parametrize("name", V2)
def test_v2_to_v3(v2: Path, v3: Path, name: str) -> None:
    before, after = opened(v2)[name], opened(v3)[name]
    assert (plain(before.values) == plain(after.values)).all()
    assert zarr.open_group(v3, mode="r")[name].metadata.zarr_format == 3
    assert [type(codec).__name__ for codec in codecs_in(v3, name)] == V2[name][3]
    if name == "big_float":
        return  # xarray keeps the byte order of integers with a mask alone
    metadata = array_encoding(zarr.open_group(v3, mode="r")[name]).encoding
    endian = [codec.endian for codec in metadata.codecs if type(codec).__name__ == "Bytes"]
    if str(V2[name][0]).startswith(">"):
        assert endian == ["little" if metadata.codecs[0] in codecs_in(v3, name)[:-1] else "big"]


@pytest.mark.parametrize("name", V2)
def test_v3_to_v2(v2: Path, v3: Path, name: str, tmp_path: Path) -> None:
    converted = convert_encoding(opened(v3)[[name]], 2)
    assert all("serializer" not in item.encoding for item in converted.variables.values())
    converted.to_zarr(tmp_path / "again.zarr", zarr_format=2, consolidated=False)
    before, after = opened(v2)[name], opened(tmp_path / "again.zarr")[name]
    assert (plain(before.values) == plain(after.values)).all()
    array = zarr.open_group(tmp_path / "again.zarr", mode="r")[name]
    assert array.metadata.zarr_format == 2
    on_disk, was = (
        array_encoding(array).encoding,
        array_encoding(zarr.open_group(v2)[name]).encoding,
    )
    assert on_disk.dtype == was.dtype or name in ("big_float", "big_delta")
    if name == "big_delta":
        return
    settled = [codec for codec in was.codecs if type(codec).__name__ != "Blosc"]
    assert [codec for codec in on_disk.codecs if type(codec).__name__ != "Blosc"] == settled
    if name == "blosc":
        assert on_disk.compressor == was.compressor


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_what_needs_no_conversion_stays(
    v2: Path, v3: Path, zarr_format: int, tmp_path: Path
) -> None:
    ds = opened(v2 if zarr_format == 2 else v3)
    convert_encoding(ds, zarr_format).to_zarr(
        tmp_path / "same.zarr", zarr_format=zarr_format, consolidated=False
    )
    for name in V2:
        assert codecs_in(tmp_path / "same.zarr", name) == codecs_in(
            v2 if zarr_format == 2 else v3, name
        )


def test_without_it_xarray_refuses(v2: Path, v3: Path, tmp_path: Path) -> None:
    """The reason for it; if this fails, xarray converts by itself."""
    with pytest.raises((TypeError, ValueError)):
        opened(v2)[["gzip"]].to_zarr(tmp_path / "a", zarr_format=3, consolidated=False)
    with pytest.raises((TypeError, ValueError)):
        opened(v3)[["gzip"]].to_zarr(tmp_path / "b", zarr_format=2, consolidated=False)


def test_the_dataset_itself_is_untouched(v2: Path) -> None:
    ds = opened(v2)
    before = {name: copy.copy(item.encoding) for name, item in ds.variables.items()}
    converted = convert_encoding(ds, 3)
    converted["gzip"].encoding["more"] = 1
    assert {name: item.encoding for name, item in ds.variables.items()} == before
    assert "serializer" not in ds["x"].encoding
    assert converted["x"].encoding["compressors"] != ds["x"].encoding["compressors"]
    assert converted.attrs == ds.attrs
    assert converted.identical(ds)


def test_data_arrays_and_trees(v2: Path, tmp_path: Path) -> None:
    array = convert_encoding(opened(v2)["shuffle"], 3)
    assert len(array.encoding["compressors"]) == 2
    assert type(array.coords["x"].variable.encoding["compressors"][0]).__name__ != "Zlib(level=3)"
    tree = xarray.DataTree.from_dict({"/": opened(v2)[["gzip"]], "/inner": opened(v2)[["shuffle"]]})
    converted = convert_encoding(tree, 3)
    converted.to_zarr(tmp_path / "tree.zarr", zarr_format=3, consolidated=False)
    inner = zarr.open_array(tmp_path / "tree.zarr" / "inner" / "shuffle")
    assert inner.metadata.zarr_format == 3
    assert len(inner.compressors) == 2
    assert len(tree["inner/shuffle"].encoding["compressors"]) == 1


@pytest.mark.parametrize(
    "value",
    [
        "zstd",
        {"id": "zstd"},
        n.Zstd(),
        {"name": "zstd", "configuration": {"level": 0, "checksum": False}},
    ],
)
@pytest.mark.parametrize("key", ["compressors", "compressor"])
@pytest.mark.parametrize("zarr_format", [2, 3])
def test_encodings_that_users_wrote(value: Any, key: str, zarr_format: int, tmp_path: Path) -> None:
    ds = xarray.Dataset({"a": ("x", NUMBERS.astype("f4")), "t": ("x", TEXT)})
    for item in ds.data_vars.values():
        item.encoding[key] = value
    ds["a"].encoding["filters"] = [n.Delta("f4")]
    converted = convert_encoding(ds, zarr_format)
    assert key not in converted["a"].encoding or key == "compressors"
    converted.to_zarr(tmp_path / "a.zarr", zarr_format=zarr_format, consolidated=False)
    assert [type(codec).__name__ for codec in codecs_in(tmp_path / "a.zarr", "a")] == [
        "Delta",
        "Zstd",
    ]
    assert [type(codec).__name__ for codec in codecs_in(tmp_path / "a.zarr", "t")] == [
        "VlenUtf8",
        "Zstd",
    ]
    assert (opened(tmp_path / "a.zarr")["t"].values.astype(object) == TEXT).all()


def test_empty_text_stays_empty(tmp_path: Path) -> None:
    """Format 2 masks it, as its fill value; format 3 does not."""
    group = zarr.open_group(tmp_path / "a.zarr", mode="w", zarr_format=2)
    array = group.create_array("t", shape=(3,), dtype=str, compressors=n.Zstd())
    array[...] = np.array(["a", "", "c"], dtype=object)
    array.attrs["_ARRAY_DIMENSIONS"] = ["x"]
    for zarr_format, source, target in ((3, "a", "b"), (2, "b", "c")):
        ds = convert_encoding(opened(tmp_path / f"{source}.zarr"), zarr_format)
        ds.to_zarr(tmp_path / f"{target}.zarr", zarr_format=zarr_format, consolidated=False)
        stored = zarr.open_array(tmp_path / f"{target}.zarr" / "t")
        assert list(stored[...]) == ["a", "", "c"]


def test_filters_take_the_byte_order_that_xarray_writes(tmp_path: Path) -> None:
    """xarray writes floats that were opened as big-endian in native order, with the filters as they were."""
    values = np.arange(8) / 10
    filters = [n.FixedScaleOffset(0, 10, ">f8", ">i2")]
    group = zarr.open_group(tmp_path / "a.zarr", mode="w", zarr_format=2)
    array = group.create_array("f", shape=(8,), dtype=">f8", compressors=n.Zstd(), filters=filters)
    array[...] = values
    array.attrs["_ARRAY_DIMENSIONS"] = ["x"]
    for zarr_format in (2, 3):
        ds = convert_encoding(opened(tmp_path / "a.zarr"), zarr_format)
        ds.to_zarr(tmp_path / f"{zarr_format}.zarr", zarr_format=zarr_format, consolidated=False)
        assert list(zarr.open_array(tmp_path / f"{zarr_format}.zarr" / "f")[...]) == list(values)


@pytest.mark.skipif(zarr.__version__.startswith("3.1."), reason="zarr-python 3.1 does not read it")
def test_filters_that_give_bytes_a_byte_order(tmp_path: Path) -> None:
    """zarr-python chooses the serializer for the elements of the array, which have none."""
    ds = xarray.Dataset({"a": ("x", NUMBERS.astype("u1"))})
    ds["a"].encoding = {"filters": [n.FixedScaleOffset(0, 1, "|u1", "<i4")], "compressors": "zlib"}
    convert_encoding(ds, 3).to_zarr(tmp_path / "a.zarr", zarr_format=3, consolidated=False)
    assert list(zarr.open_array(tmp_path / "a.zarr" / "a")[...]) == list(ds["a"].values)


def test_without_codecs_in_the_encoding_nothing_is_put_there() -> None:
    encoding = {"dtype": "i2", "scale_factor": 0.1, "chunks": (4,)}
    assert convert_variable_encoding(encoding, 3) == encoding
    assert convert_variable_encoding({**encoding, "fill_value": 0}, 2) == encoding


def test_shards_are_a_loss_in_format_2(tmp_path: Path) -> None:
    ds = xarray.Dataset({"a": ("x", NUMBERS)})
    ds.to_zarr(
        tmp_path / "s.zarr",
        zarr_format=3,
        consolidated=False,
        encoding={
            "a": {"chunks": (2,), "shards": (8,), "compressors": zarr.codecs.GzipCodec(level=5)}
        },
    )
    sharded = opened(tmp_path / "s.zarr")
    with pytest.raises(LossError, match="shards") as caught:
        convert_encoding(sharded, 2)
    assert "variable 'a'" in "".join(caught.value.__notes__)
    with pytest.warns(LossWarning, match="shards"):
        convert_encoding(sharded, 2, on_loss="warn")
    converted = convert_encoding(sharded, 2, on_loss="ignore")
    converted.to_zarr(tmp_path / "c.zarr", zarr_format=2, consolidated=False)
    assert [type(codec).__name__ for codec in codecs_in(tmp_path / "c.zarr", "a")] == ["Gzip"]
    assert zarr.open_array(tmp_path / "c.zarr" / "a").chunks == (2,)


REFUSED: Final[list[tuple[Json, int, type[BridgeError], str]]] = [
    ({"compressors": 5}, 3, InvalidCodecError, "compressors"),
    ({"compressors": ["gzp"]}, 3, UnknownCodecError, "did you mean 'gzip'"),
    ({"filters": [n.Shuffle(4)]}, 3, NotRepresentableError, "set 'compressors'"),
    ({"filters": [n.Quantize(2, "f4")], "dtype": "i4"}, 2, NotRepresentableError, "views int32"),
    ({"compressors": "gzip"}, 4, BridgeError, "zarr_format 2 or 3"),
    (
        {"filters": [{"name": "transpose", "configuration": {"order": [1, 0]}}], "dtype": "i4"},
        2,
        LossError,
        "no memory order",
    ),
]


@pytest.mark.parametrize(("encoding", "zarr_format", "error", "message"), REFUSED)
def test_refusals(encoding: Json, zarr_format: int, error: type[BridgeError], message: str) -> None:
    with pytest.raises(error, match=message):
        convert_variable_encoding(encoding, zarr_format, dtype="i4", ndim=2)


def test_what_is_no_dataset() -> None:
    with pytest.raises(InvalidCodecError, match="expected an xarray Dataset"):
        convert_encoding({"a": 1}.copy(), 3)
