"""`codec` gives one object that makes arrays of both formats, everywhere and under every zarr-python.

What is on disk is held against numcodecs and against zarr-python's own codecs.
"""

from __future__ import annotations

import json
import multiprocessing
import pickle
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from textwrap import dedent
from typing import Any, Final, NamedTuple

import pytest

import zarrcodec_bridge as bridge
from support.array_kwargs import (
    APIS,
    BYTES,
    CHUNK,
    COUNT,
    FIXED_V3,
    FORMATS,
    V3,
    Json,
    has,
    v3,
    values,
)
from support.processes import run

np = pytest.importorskip("numpy")
numcodecs = pytest.importorskip("numcodecs")
zarr = pytest.importorskip("zarr")

pytestmark = pytest.mark.filterwarnings("ignore")


class Row(NamedTuple):
    """A codec with parameters: v2 JSON."""

    given: Json
    dtype: str = "i4"
    name: str = ""
    """The same as a name, where a name can say it."""


ROWS: Final = {
    row.given["id"] + (" with parameters" if len(row.given) > 1 and row.name != "" else ""): row
    for row in (
        Row({"id": "gzip"}, name="gzip"),
        Row({"id": "gzip", "level": 5}, name="gzip:5"),
        Row({"id": "zstd"}, "f8", "zstd"),
        Row({"id": "zstd", "level": 9}, "f8", "zstd:9"),
        Row({"id": "blosc"}, "f8", "blosc"),
        Row({"id": "blosc", "cname": "zstd", "clevel": 9}, "f8", "blosc:zstd:9"),
        Row({"id": "zlib"}, name="zlib"),
        Row({"id": "zlib", "level": 5}, name="zlib:5"),
        Row({"id": "bz2"}, name="bz2"),
        Row({"id": "bz2", "level": 5}, name="bz2:5"),
        Row({"id": "lzma"}, name="lzma"),
        Row({"id": "lz4"}, name="lz4"),
        Row({"id": "crc32"}, name="crc32"),
        Row({"id": "crc32c"}, name="crc32c"),
        Row({"id": "adler32"}, name="adler32"),
        Row({"id": "fletcher32"}, name="fletcher32"),
        Row({"id": "jenkins_lookup3"}, name="jenkins_lookup3"),
        Row({"id": "shuffle"}, name="shuffle"),
        Row({"id": "pcodec"}, "f8", "pcodec"),
        Row({"id": "pcodec", "level": 4}, "f8", "pcodec:4"),
        Row({"id": "vlen-utf8"}, "str", "vlen-utf8"),
        Row({"id": "vlen-bytes"}, "bytes", "vlen-bytes"),
        Row({"id": "zfpy", "mode": 4, "tolerance": 0.01}, "f8"),
        Row({"id": "delta", "dtype": "<i4"}),
        Row({"id": "fixedscaleoffset", "offset": 1, "scale": 2, "dtype": "<f8"}, "f8"),
        Row({"id": "quantize", "digits": 2, "dtype": "<f8"}, "f8"),
        Row({"id": "bitround", "keepbits": 2}, "f4"),
        Row({"id": "astype", "encode_dtype": "<f4", "decode_dtype": "<f8"}, "f8"),
        Row({"id": "packbits"}, "bool"),
    )
}
MORE: Final = {
    "zstd with checksum": Row({"id": "zstd", "level": 3, "checksum": True}, "f8"),
    "blosc, bitshuffle": Row({"id": "blosc", "cname": "lz4", "clevel": 1, "shuffle": 2}, "f8"),
    "blosc, automatic": Row({"id": "blosc", "cname": "lz4", "clevel": 1, "shuffle": -1}, "f8"),
    "blosc, automatic, bytes": Row({"id": "blosc", "shuffle": -1, "blocksize": 64}, "u1"),
    "lzma with filters": Row({"id": "lzma", "format": 3, "filters": [{"id": 33, "preset": 1}]}),
    "lz4 with acceleration": Row({"id": "lz4", "acceleration": 4}),
    "jenkins_lookup3 with initval": Row({"id": "jenkins_lookup3", "initval": 3}),
    "shuffle of eight": Row({"id": "shuffle", "elementsize": 8}, "f8"),
    "delta, to fewer bytes": Row({"id": "delta", "dtype": "<i4", "astype": "<i2"}),
    "fixedscaleoffset, to fewer bytes": Row(
        {"id": "fixedscaleoffset", "offset": 0, "scale": 1, "dtype": "<f8", "astype": "<i2"}, "f8"
    ),
    "zfpy, of a rate": Row({"id": "zfpy", "mode": 2, "rate": 16.0}, "f4"),
}
ALL: Final = ROWS | MORE
SHORT: Final = ("gzip with parameters", "blosc with parameters", "delta", "pcodec", "vlen-utf8")

NOT_HERE: Final = {
    "zfpy": not has("zfpy"),
    "pcodec": not has("pcodec"),
    "crc32c": not has("crc32c"),
    "vlen-bytes": not FIXED_V3,  # only zarr-python 3.1 has a data type for it in both formats
}


def test_the_rows_are_the_codecs_that_both_formats_have() -> None:
    both = {
        spec.v2[0].name
        for spec in bridge.registered_codecs()
        if spec.v2 and spec.v3 and ".imagecodecs" not in spec.model.__module__
    }
    assert {row.given["id"] for row in ROWS.values()} == both


def numcodec(row: Row) -> Any:
    return numcodecs.get_codec(dict(row.given))


def own_codec_of_zarr(row: Row) -> Any:
    """The object of zarr-python itself, by the name that it has for the codec."""
    if not V3:
        pytest.skip("zarr-python 2 has none")
    payload = bridge.to_v3(row.given, target="zarr-python")
    return zarr.registry.get_codec_class(payload["name"]).from_dict(payload)


def name(row: Row) -> str:
    return row.name or pytest.skip("no name says it")


FORMS: Final = {
    "v2": lambda row: dict(row.given),
    "v3": lambda row: bridge.to_v3(row.given),
    "name": name,
    "numcodecs": numcodec,
    "zarr": own_codec_of_zarr,
    "model": lambda row: bridge.normalize(row.given),
}


def cell(row: str, *others: Any, short: bool) -> Any:
    marks = () if short else pytest.mark.long
    return pytest.param(row, *others, id="-".join(map(str, (row, *others))), marks=marks)


def cells_of_forms() -> Iterator[Any]:
    for row in ALL:
        for form in FORMS:
            for zarr_format in FORMATS:
                short = row in SHORT or (form == "numcodecs" and row in ROWS)
                yield cell(row, form, zarr_format, short=short)


def cells_of_entry_points() -> Iterator[Any]:
    for row in (row for row in ROWS if "with" not in row):
        for api in APIS:
            for zarr_format in FORMATS:
                yield cell(row, api, zarr_format, short=row in ("blosc", "delta", "pcodec"))


def available(row: str, zarr_format: int) -> Row:
    codec_id = ALL[row].given["id"]
    if NOT_HERE.get(codec_id):
        pytest.skip(f"no {codec_id} here")
    if codec_id == "pcodec" and zarr_format == 2 and zarr.__version__.startswith("3.0."):
        pytest.skip("this zarr-python cannot read pcodec in format 2, whoever wrote it")
    return ALL[row]


def dtype_of(row: Row) -> Any:
    return {"str": str, "bytes": BYTES}.get(row.dtype, row.dtype)


def data(row: Row) -> Any:
    return values(dtype_of(row))


SLOT: Final = {"a2a": "filters", "a2b": "serializer", "b2b": "compressors"}
ONE_LIST: Final = ("open", "open_array", "create", "zeros", "array", "full", "Group.zeros")
"""Entry points that take `compressor` in format 2, and `codecs` in format 3."""


def keywords(api: str, x: Any, zarr_format: int, dtype: Any) -> Json:
    """What a user writes."""
    if not V3 and dtype is str:
        return {"object_codec": x, "compressor": None}
    if zarr_format == 2 and x.kind != "b2b":
        return {"filters": [x], "compressors" if V3 and api not in ONE_LIST else "compressor": None}
    if not V3:
        return {"compressor": x}
    if api not in ONE_LIST:
        return {"compressors": None} | {SLOT[x.kind]: x if x.kind != "a2a" else [x]}
    if zarr_format == 2:
        return bridge.array_kwargs(x, zarr_format=2, api=api)
    numbers = v3.BytesCodec()
    return {"codecs": {"a2a": [x, numbers], "a2b": [x], "b2b": [numbers, x]}[x.kind]}


def documents(folder: Path) -> Json:
    """The metadata of the array in a folder."""
    found = sorted(
        path
        for path in [*folder.rglob(".zarray"), *folder.rglob("zarr.json")]
        if json.loads(path.read_text()).get("node_type") != "group"
    )
    assert len(found) == 1, found
    return json.loads(found[0].read_text())


def first_chunk(folder: Path) -> bytes:
    (path,) = [path for path in folder.rglob("0") if path.is_file()]
    return without_time(path.read_bytes())


def without_time(chunk: bytes) -> bytes:
    """A chunk without the time in the header of gzip, which some versions of numcodecs write."""
    return chunk[:4] + bytes(4) + chunk[8:] if chunk[:2] == b"\x1f\x8b" else chunk


def assert_is_v2(document: Json, row: Row) -> None:
    codecs = [*(document["filters"] or ()), *filter(None, [document["compressor"]])]
    assert [numcodecs.get_codec(codec) for codec in codecs] == [numcodec(row)], document


def assert_is_v3(document: Json, array: Any, x: Any, row: Row) -> None:
    written = [codec for codec in document["codecs"] if codec["name"] != "bytes"]
    expected = x.to_json(3, None if row.dtype == "bytes" else dtype_of(row))
    assert [bridge.normalize(codec) for codec in written] == [bridge.normalize(expected)]
    assert all(codec.keys() <= {"name", "configuration"} for codec in document["codecs"])
    (found,) = [codec for codec in array.metadata.codecs if type(codec).__name__ != "BytesCodec"]
    assert not isinstance(found, bridge.adapters.both_formats.CodecOfBothFormats)
    assert written == [found.to_dict()] or row.given["id"] == "crc32c"


def encoded(row: Row) -> bytes:
    """The first chunk, by numcodecs alone."""
    return without_time(numcodecs.compat.ensure_bytes(numcodec(row).encode(data(row)[:CHUNK])))


def decoded(row: Row) -> list[Any]:
    codec, found = numcodec(row), []
    for start in range(0, COUNT, CHUNK):
        part = data(row)[start : start + CHUNK]
        out = numcodecs.compat.ensure_ndarray(codec.decode(codec.encode(part)))
        found += list(out if out.dtype == object else out.reshape(-1).view(part.dtype))
    return found


OTHER_ELEMENTS: Final = {
    "vlen-bytes": ("dask.to_zarr", "xarray", "from_array"),
    "vlen-utf8": ("dask.to_zarr", "xarray", "from_array", "full"),
}
"""Entry points that change text and bytes before they write them."""


def check(api: str, row: Row, x: Any, zarr_format: int, folder: Path) -> None:
    codec_id, dtype = row.given["id"], dtype_of(row)
    if api in OTHER_ELEMENTS.get(codec_id, ()):
        pytest.skip(f"{api} writes other elements")
    array = APIS[api](str(folder), zarr_format, dtype, keywords(api, x, zarr_format, dtype))
    document = documents(folder)
    if zarr_format == 2:
        assert_is_v2(document, row)
    else:
        assert_is_v3(document, array, x, row)
    assert first_chunk(folder) == encoded(row)
    assert list(array[...]) == decoded(row)


@pytest.mark.parametrize(("row", "form", "zarr_format"), [*cells_of_forms()])
def test_every_form_of_every_codec(row: str, form: str, zarr_format: int, tmp_path: Path) -> None:
    given = available(row, zarr_format)
    check("create_array", given, bridge.codec(FORMS[form](given)), zarr_format, tmp_path / "a")


@pytest.mark.parametrize(("row", "api", "zarr_format"), [*cells_of_entry_points()])
def test_every_entry_point(row: str, api: str, zarr_format: int, tmp_path: Path) -> None:
    given = available(row, zarr_format)
    check(api, given, bridge.codec(numcodec(given)), zarr_format, tmp_path / "a")


# What else is done with an object, and with the arrays that it makes.


@pytest.mark.skipif(not V3, reason="zarr-python 3 has codecs of its own")
@pytest.mark.parametrize("zarr_format", FORMATS)
@pytest.mark.parametrize(
    "row", [pytest.param(row, marks=() if row in SHORT else pytest.mark.long) for row in ALL]
)
def test_a_store_is_that_of_the_librarys_own_object(
    row: str, zarr_format: int, tmp_path: Path
) -> None:
    found = available(row, zarr_format)
    own = numcodec(found) if zarr_format == 2 else own_codec_of_zarr(found)
    x = bridge.codec(found.given)
    written = []
    for name, value in (("ours", x), ("own", own)):
        slots: Json = {"filters": None, "compressors": None}
        slot = "filters" if zarr_format == 2 and x.kind != "b2b" else SLOT[x.kind]
        slots[slot] = [value] if slot == "filters" else value
        array = zarr.create_array(
            tmp_path / name,
            shape=(COUNT,),
            chunks=(CHUNK,),
            dtype=dtype_of(found),
            zarr_format=zarr_format,
            **slots,
        )
        array[:] = data(found)
        files = {
            path.relative_to(tmp_path / name): path.read_bytes()
            for path in (tmp_path / name).rglob("*")
            if path.is_file()
        }
        document = json.loads(files.pop(Path("zarr.json" if zarr_format == 3 else ".zarray")))
        members = ("codecs",) if zarr_format == 3 else ("filters", "compressor")
        codecs = [document.pop(member) for member in members]
        chain = [codec for part in codecs for codec in (part if isinstance(part, list) else [part])]
        meaning = [
            codec
            and bridge.normalize(
                codec, dtype=None if found.dtype in ("str", "bytes") else found.dtype
            )
            for codec in chain
        ]
        chunks = {path: without_time(data) for path, data in files.items()}
        written.append((document, meaning, chunks))
    assert written[0] == written[1]
    assert len(written[0][-1]) > 1


def make(x: Any, zarr_format: int, store: Any, dtype: Any = "f8", **more: Any) -> Any:
    shape = {"shape": (COUNT,), "chunks": (CHUNK,), "dtype": dtype}
    if not V3:
        return zarr.create(store=store, compressor=x, **shape, **more)
    return zarr.create_array(store, zarr_format=zarr_format, compressors=x, **shape, **more)


@pytest.mark.parametrize("zarr_format", FORMATS)
def test_zarr_shows_its_own_class_in_format_3(zarr_format: int) -> None:
    x = bridge.codec("blosc:zstd:9")
    for given in (x, [x], (x,)) if V3 else (x,):
        array = make(given, zarr_format, {})
        if zarr_format == 2:
            assert (array.compressors[0] if V3 else array.compressor) == x
        else:
            (found,) = array.compressors
            assert type(found) is v3.BloscCodec
            assert found.typesize == 8


@pytest.mark.parametrize("zarr_format", FORMATS)
def test_one_object_serves_many_threads(zarr_format: int) -> None:
    x = bridge.codec("blosc:zstd:9")
    arrays = [make(x, zarr_format, {}, dtype) for dtype in ("f8", "u1", "i4")]

    def write_and_read(number: int) -> bool:
        array = arrays[number % len(arrays)]
        array[:CHUNK] = number % 7
        return x.decode(x.encode(b"abc" * number)) == b"abc" * number and len(array[:]) == COUNT

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(write_and_read, range(1, 100)))


@pytest.mark.parametrize("zarr_format", FORMATS)
def test_arrays_are_pickled_with_it(zarr_format: int, tmp_path: Path) -> None:
    array = make(bridge.codec("blosc:zstd:9"), zarr_format, str(tmp_path / "a"))
    array[:] = np.arange(COUNT)
    again = pickle.loads(pickle.dumps(array))
    assert list(again[:]) == list(range(COUNT))
    if V3:
        assert again.metadata == array.metadata
        assert again.metadata == zarr.open_array(str(tmp_path / "a")).metadata


@pytest.mark.parametrize("zarr_format", FORMATS)
def test_it_is_sent_to_a_spawned_process(zarr_format: int, tmp_path: Path) -> None:
    arguments = bridge.codec("blosc:zstd:9"), zarr_format, str(tmp_path / "a")
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        pool.apply(write, arguments)
    array = zarr.open_array(arguments[2], mode="r")
    assert list(array[:]) == list(range(COUNT))


def write(x: Any, zarr_format: int, path: str) -> None:
    """Run in another process."""
    make(x, zarr_format, path)[:] = np.arange(COUNT)


SHARDS: Final[dict[str, Any]] = {
    "slots": lambda x: {"shards": (10,), "compressors": x, "filters": None},
    "slots, in a list": lambda x: {"shards": (10,), "compressors": [x]},
    "sharding codec": lambda x: {
        "serializer": v3.ShardingCodec(chunk_shape=(CHUNK,), codecs=[v3.BytesCodec(), x])
    },
    "of both formats itself": lambda x: {
        "serializer": bridge.codec(
            v3.ShardingCodec(chunk_shape=(CHUNK,), codecs=[v3.BytesCodec(), x])
        )
    },
    "array_kwargs": lambda x: bridge.array_kwargs(
        serializer=v3.ShardingCodec(chunk_shape=(CHUNK,), codecs=[v3.BytesCodec(), x]),
        compressors=None,
        dtype="f8",
        zarr_format=3,
    ),
}


@pytest.mark.skipif(not V3, reason="shards are of format 3")
@pytest.mark.parametrize("how", SHARDS)
@pytest.mark.parametrize("source", ["blosc:zstd:9", "gzip:5", "shuffle"])
def test_shards(how: str, source: str, tmp_path: Path) -> None:
    x = bridge.codec(source)
    kwargs = {
        "compressors": None,
        "chunks": (CHUNK,) if "slots" in how else (10,),
        **SHARDS[how](x),
    }
    array = zarr.create_array(str(tmp_path / "a"), shape=(COUNT,), dtype="f8", **kwargs)
    array[:] = np.arange(COUNT)
    assert list(zarr.open_array(str(tmp_path / "a"), mode="r")[:]) == list(range(COUNT))
    (sharding,) = documents(tmp_path)["codecs"]
    assert sharding["configuration"]["codecs"][-1] == x.to_json(3, "f8")


def test_zarr_create_says_no_in_format_2_and_array_kwargs_yes() -> None:
    x = bridge.codec("gzip:5")
    options = {"shape": 4, "dtype": "i4", "store": {}}
    if V3:
        options["zarr_format"] = 2
        with pytest.raises(ValueError, match="Cannot use a BytesBytesCodec as a compressor"):
            zarr.create(compressor=x, **options)
    for kwargs in (
        bridge.array_kwargs(x, zarr_format=2, api="create"),
        {"compressor": bridge.to_numcodecs(x)},
    ):
        assert kwargs == {"compressor": numcodecs.GZip(5)}
        assert type(kwargs["compressor"]) is numcodecs.GZip
        zarr.create(**options, **kwargs, overwrite=True)


@pytest.mark.skipif(not FIXED_V3, reason="zarr-python before 3.1 takes it, or forgets the codec")
def test_arrays_like_one_of_format_2_are_made_after_it_was_opened_again(tmp_path: Path) -> None:
    array = make(bridge.codec("gzip:5"), 2, str(tmp_path / "a"))
    options = {"store": {}, "zarr_format": 2, "overwrite": True}
    with pytest.raises(ValueError, match="Cannot use a BytesBytesCodec as a compressor"):
        zarr.zeros_like(array, **options)
    again = zarr.zeros_like(zarr.open_array(str(tmp_path / "a")), **options)
    assert again.compressors == (numcodecs.GZip(5),)


REFUSED: Final = [
    ("base64", "compressors", 3, "make the array with zarr_format=2"),
    ("json2", "serializer", 3, "read the array, and write it as string with vlen-utf8"),
    ({"name": "bytes", "configuration": {"endian": "little"}}, "filters", 2, "use a Pipeline"),
    ({"name": "transpose", "configuration": {"order": [0]}}, "filters", 2, "use a Pipeline"),
]
"""Codecs of one format: the source, its slot, the other format, and what is said."""

REFUSE: Final = """
    import zarr
    import zarrcodec_bridge as bridge

    for source, slot, zarr_format, message in %r:
        x, store = bridge.codec(source), {}
        kwargs = {"compressors": None, slot: x if slot == "serializer" else [x]}
        try:
            zarr.create_array(store, shape=4, dtype="i4", zarr_format=zarr_format, **kwargs)
        except bridge.NotRepresentableError as error:
            assert message in str(error), error
        else:
            raise AssertionError(source)
        assert not store
"""


@pytest.mark.skipif(not V3, reason="zarr-python 3 asks when it makes an array")
def test_what_a_format_lacks_is_refused_before_anything_is_written() -> None:
    """In a process of its own: in this one, other tests have registered some of them."""
    run(REFUSE % REFUSED)


ABSENT: Final = """
    import sys

    class Absent:
        def find_spec(self, name, path=None, target=None):
            if name.partition(".")[0] == "zarrcodec_bridge":
                raise ImportError(f"No module named {name!r}")

    sys.meta_path.insert(0, Absent())
"""
READ_ALL: Final = """
    import json, pathlib, numpy, zarr

    read = 0
    for folder in pathlib.Path(%r).iterdir():
        found = zarr.open_array(str(folder), mode="r")[...]
        expected = json.loads((folder / "expected.json").read_text())
        assert found.tolist() == expected, folder
        read += 1
    assert read == %d, read
"""


def test_arrays_open_in_a_process_without_this_library(tmp_path: Path) -> None:
    """All but what zarr-python reads through this library alone."""
    made = 0
    for row in (row for row in ROWS.values() if not NOT_HERE.get(row.given["id"])):
        for zarr_format in FORMATS:
            codec_id, x = row.given["id"], bridge.codec(row.given)
            if codec_id in ("vlen-bytes", "vlen-utf8", "astype", "quantize") or (
                codec_id,
                zarr_format,
            ) == ("pcodec", 2):
                continue  # read in the matrix above; their classes of zarr-python have faults
            folder = tmp_path / f"{made}"
            kwargs = keywords("create_array", x, zarr_format, row.dtype)
            array = APIS["create_array"](str(folder), zarr_format, row.dtype, kwargs)
            (folder / "expected.json").write_text(json.dumps(array[...].tolist()))
            made += 1
    run(dedent(ABSENT) + dedent(READ_ALL % (str(tmp_path), made)))


@pytest.mark.skipif(V3, reason="of zarr-python 2")
def test_xarray_takes_it_in_an_encoding_of_zarr_2(tmp_path: Path) -> None:
    xarray = pytest.importorskip("xarray")
    data = xarray.Dataset({"a": ("x", np.arange(COUNT, dtype="i4"))})
    encoding = {"a": {"compressor": bridge.codec("zstd:9")}}
    data.to_zarr(tmp_path / "a", encoding=encoding, consolidated=False)
    opened = xarray.open_zarr(tmp_path / "a", consolidated=False)
    assert opened.equals(data)
    assert opened["a"].encoding["compressor"] == numcodecs.Zstd(9)


@pytest.mark.skipif(not V3, reason="other keys in zarr-python 2")
@pytest.mark.parametrize("zarr_format", FORMATS)
def test_xarray_takes_it_in_an_encoding(zarr_format: int, tmp_path: Path) -> None:
    xarray = pytest.importorskip("xarray")
    x, filters = bridge.codec("zstd:9"), [bridge.codec({"id": "delta", "dtype": "<i4"})]
    data = xarray.Dataset({"a": ("x", np.arange(COUNT, dtype="i4"))})
    for number, encoding in enumerate(
        ({"compressors": x}, {"compressors": [x]}, {"compressors": (x,), "filters": filters})
    ):
        path = tmp_path / str(number)
        data.to_zarr(path, zarr_format=zarr_format, consolidated=False, encoding={"a": encoding})
        opened = xarray.open_zarr(path, consolidated=False)
        assert opened.equals(data)
        found = [bridge.normalize(codec) for codec in opened["a"].encoding["compressors"]]
        assert found == [bridge.normalize("zstd:9")]
    data["a"].encoding = {"compressors": x, "filters": filters}
    other = bridge.convert_encoding(data, 5 - zarr_format)
    other.to_zarr(tmp_path / "other", zarr_format=5 - zarr_format, consolidated=False)
    assert xarray.open_zarr(tmp_path / "other", consolidated=False).equals(data)


VIEWS: Final = [
    ("f4", {"id": "delta", "dtype": "<i4"}),
    ("f8", {"id": "delta", "dtype": "<i8"}),
    ("i4", {"id": "delta", "dtype": "<f4"}),
    ("c8", {"id": "delta", "dtype": "<i8"}),
    ("f4", {"id": "astype", "encode_dtype": "<i4", "decode_dtype": "<i4"}),
    ("f4", {"id": "fixedscaleoffset", "offset": 0, "scale": 1, "dtype": "<i4", "astype": "<i4"}),
    ("bool", {"id": "delta", "dtype": "|b1"}),
]
"""Filters that view elements as other ones: other processes would read other values in format 3."""


@pytest.mark.skipif(not V3, reason="numcodecs takes the bits in format 2")
@pytest.mark.parametrize(("dtype", "source"), VIEWS)
def test_a_filter_that_other_processes_read_otherwise_is_refused(dtype: str, source: Json) -> None:
    store: Json = {}
    with pytest.raises(bridge.NotRepresentableError):
        zarr.create_array(store, shape=4, dtype=dtype, filters=[bridge.codec(source)])
    assert not store


CHAINS: Final = [
    (
        "f8",
        [
            {"id": "fixedscaleoffset", "offset": 0, "scale": 1, "dtype": "<f8", "astype": "<i2"},
            {"id": "delta", "dtype": "<i2"},
        ],
        "zstd",
    ),
    ("f4", [{"id": "bitround", "keepbits": 9}, {"id": "delta", "dtype": "<f4"}], "blosc:lz4"),
    (
        "i4",
        [
            {"id": "astype", "encode_dtype": "<f4", "decode_dtype": "<i4"},
            {"id": "bitround", "keepbits": 9},
        ],
        "gzip",
    ),
]


@pytest.mark.parametrize("zarr_format", FORMATS)
@pytest.mark.parametrize(("dtype", "filters", "compressor"), CHAINS)
def test_chains(dtype: str, filters: list[Json], compressor: str, zarr_format: int) -> None:
    store: Json = {}
    given = [bridge.codec(source) for source in filters]
    array = make(bridge.codec(compressor), zarr_format, store, dtype, filters=given)
    array[:] = np.arange(COUNT)
    assert list(zarr.open_array(store, mode="r")[:]) == list(range(COUNT))
