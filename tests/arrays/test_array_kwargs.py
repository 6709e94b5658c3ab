"""One value for any zarr version, format and entry point: what it makes, and that numcodecs alone reads the chunks."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest

from support.array_kwargs import (
    APIS,
    CHUNK,
    FIXED_V3,
    FORMATS,
    GZIP,
    SHUFFLE,
    V3,
    Json,
    MemoryStore,
    delta,
    of_format,
    v3,
    values,
)
from zarrcodec_bridge.arrays import array_kwargs
from zarrcodec_bridge.codecs.gzip import Gzip
from zarrcodec_bridge.core.errors import (
    BackendUnsupportedError,
)
from zarrcodec_bridge.translation.open_arrays import array_encoding

np = pytest.importorskip("numpy")

numcodecs = pytest.importorskip("numcodecs")

zarr = pytest.importorskip("zarr")

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*not in the Zarr version 3 specification"),
    pytest.mark.filterwarnings("ignore:.*does not have a Zarr V3 specification"),
    pytest.mark.filterwarnings("ignore:.*not part in the Zarr format 3 specification"),
]

FAILS_ON_GAINED_ORDER: Final = zarr.__version__.startswith("3.1.")
"""zarr-python 3.1 and later has v3 data types for datetimes and text of fixed length."""


@dataclass(frozen=True)
class Value:
    """Arguments of `array_kwargs`, and the numcodecs chain that reads what they write."""

    kwargs: Callable[[str], Json]
    chain: Callable[[str], list[Any]] | None = None
    """The v2 configurations that encode the chunk's bytes; `None` where the library chooses."""
    dtypes: str = "i4 u1 f8 >i4 M8[s] S3 U3 str"


def always(*chain: Json) -> Callable[[str], list[Json]]:
    return lambda dtype: list(chain)


ZLIB: Final = {"id": "zlib", "level": 1}

ZSTD: Final = {"id": "zstd", "level": 0}

BLOSC: Final = {"id": "blosc", "cname": "zstd", "clevel": 3, "shuffle": 1, "blocksize": 0}

NUMBERS: Final = "i4 f8 >i4"

VALUES: Final[dict[str, Value]] = {
    "numcodecs gzip": Value(lambda _: {"compressors": numcodecs.GZip(5)}, always(GZIP)),
    "numcodecs blosc": Value(
        lambda _: {"compressors": numcodecs.Blosc("zstd", 3, 1)}, always(BLOSC)
    ),
    "numcodecs blosc, automatic": Value(
        lambda _: {"compressors": numcodecs.Blosc("lz4", 5, -1)}, always({**BLOSC, "cname": "lz4"})
    ),
    "numcodecs lz4": Value(
        lambda _: {"compressors": numcodecs.LZ4()}, always({"id": "lz4", "acceleration": 1})
    ),
    "numcodecs zlib": Value(lambda _: {"compressors": numcodecs.Zlib(1)}, always(ZLIB)),
    "numcodecs bz2": Value(
        lambda _: {"compressors": numcodecs.BZ2(1)}, always({"id": "bz2", "level": 1})
    ),
    "numcodecs zstd in a list": Value(lambda _: {"compressors": [numcodecs.Zstd()]}, always(ZSTD)),
    "numcodecs zstd in a tuple": Value(
        lambda _: {"compressors": (numcodecs.Zstd(),)}, always(ZSTD)
    ),
    "v2 dictionary": Value(lambda _: {"compressors": GZIP}, always(GZIP)),
    "v3 dictionary": Value(
        lambda _: {"compressors": {"name": "gzip", "configuration": {"level": 5}}}, always(GZIP)
    ),
    "v3 dictionary of numcodecs": Value(
        lambda _: {"compressors": [{"name": "numcodecs.zlib", "configuration": {"level": 1}}]},
        always(ZLIB),
    ),
    "name": Value(lambda _: {"compressors": "zstd"}, always(ZSTD)),
    "name with cname": Value(lambda _: {"compressors": "blosc:zstd"}, always(BLOSC)),
    "model": Value(lambda _: {"compressors": Gzip(level=5)}, always(GZIP)),
    "None": Value(lambda _: {"compressors": None}, always()),
    "()": Value(lambda _: {"compressors": ()}, always()),
    "[]": Value(lambda _: {"compressors": [], "filters": []}, always()),
    "'none'": Value(lambda _: {"compressors": "none"}, always()),
    "False": Value(lambda _: {"compressors": False}, always()),
    "True": Value(lambda _: {"compressors": True}),
    "auto": Value(lambda _: {}),
    "'default'": Value(lambda _: {"compressors": "default"}),
    "two compressors": Value(
        lambda _: {"compressors": [SHUFFLE, GZIP]}, always(SHUFFLE, GZIP), "i4 f8 >i4"
    ),
    "delta": Value(
        lambda dtype: {"filters": [numcodecs.Delta(np.dtype(dtype).str)], "compressors": ZLIB},
        lambda dtype: [delta(dtype), ZLIB],
        NUMBERS,
    ),
    "delta alone": Value(
        lambda dtype: {"filters": delta(dtype), "compressors": None},
        lambda dtype: [delta(dtype)],
        NUMBERS,
    ),
    "delta, automatic compressors": Value(lambda dtype: {"filters": [delta(dtype)]}, None, NUMBERS),
    "delta, then blosc": Value(
        lambda dtype: {"filters": [delta(dtype)], "compressors": numcodecs.Blosc("zstd", 3, -1)},
        lambda dtype: [delta(dtype), BLOSC],
        NUMBERS,
    ),
    "shuffle among the filters": Value(
        lambda _: {"filters": [numcodecs.Shuffle(4)], "compressors": numcodecs.GZip(5)},
        always(SHUFFLE, GZIP),
        NUMBERS,
    ),
    "zlib as filter": Value(
        lambda _: {"filters": [numcodecs.Zlib(1)], "compressors": None}, always(ZLIB), NUMBERS
    ),
    "delta, shuffle, checksum": Value(
        lambda dtype: {
            "filters": [delta(dtype), SHUFFLE, {"id": "fletcher32"}],
            "compressors": "zstd",
        },
        lambda dtype: [delta(dtype), SHUFFLE, {"id": "fletcher32"}, ZSTD],
        NUMBERS,
    ),
    "fixedscaleoffset": Value(
        lambda _: {
            "filters": [numcodecs.FixedScaleOffset(0, 10, "<f8", "<i2")],
            "compressors": ZLIB,
        },
        always(
            {"id": "fixedscaleoffset", "offset": 0, "scale": 10, "dtype": "<f8", "astype": "<i2"},
            ZLIB,
        ),
        "f8",
    ),
    "quantize to f4": Value(
        lambda _: {"filters": [numcodecs.Quantize(3, "<f8", "<f4")], "compressors": ZLIB},
        always({"id": "quantize", "digits": 3, "dtype": "<f8", "astype": "<f4"}, ZLIB),
        "f8",
    ),
    "bytes to integers": Value(
        lambda _: {
            "filters": [numcodecs.FixedScaleOffset(0, 1, "|u1", "<i4")],
            "compressors": ZLIB,
        },
        always(
            {"id": "fixedscaleoffset", "offset": 0, "scale": 1, "dtype": "|u1", "astype": "<i4"},
            ZLIB,
        ),
        "u1",
    ),
    "NumPy's numbers": Value(
        lambda _: {"compressors": numcodecs.Blosc("zstd", np.int64(3), np.int8(1))}, always(BLOSC)
    ),
    "pcodec as compressor": Value(
        lambda _: {"compressors": numcodecs.PCodec()}, always({"id": "pcodec"}), "i4 f8"
    ),
    "pcodec as filter": Value(
        lambda _: {"filters": [numcodecs.PCodec()], "compressors": "gzip"},
        always({"id": "pcodec"}, {"id": "gzip", "level": 1}),
        "i4 f8",
    ),
    "pcodec as serializer": Value(
        lambda _: {"serializer": numcodecs.PCodec(), "compressors": None},
        always({"id": "pcodec"}),
        "i4 f8",
    ),
    "vlen-utf8 as filter": Value(
        lambda _: {"filters": [numcodecs.VLenUTF8()], "compressors": "zstd"},
        always({"id": "vlen-utf8"}, ZSTD),
        "str",
    ),
    "vlen-utf8 as compressor": Value(
        lambda _: {"compressors": numcodecs.VLenUTF8()}, always({"id": "vlen-utf8"}), "str"
    ),
    "vlen-utf8 as serializer, then two": Value(
        lambda _: {"serializer": "vlen-utf8", "compressors": [ZLIB, {"id": "crc32"}]},
        always({"id": "vlen-utf8"}, ZLIB, {"id": "crc32"}),
        "str",
    ),
    "big-endian serializer": Value(
        lambda _: {
            "serializer": {"name": "bytes", "configuration": {"endian": "big"}},
            "compressors": "gzip",
        },
        always({"id": "gzip", "level": 1}),
        ">i4",
    ),
}

if V3:
    VALUES |= {
        "zarr gzip": Value(lambda _: {"compressors": v3.GzipCodec(level=5)}, always(GZIP)),
        "zarr zstd in a list": Value(lambda _: {"compressors": [v3.ZstdCodec()]}, always(ZSTD)),
        "zarr blosc, open": Value(
            lambda _: {"compressors": v3.BloscCodec(cname="zstd", clevel=3)}, always(BLOSC)
        ),
        "zarr bytes and gzip": Value(
            lambda _: {"serializer": v3.BytesCodec(), "compressors": v3.GzipCodec(level=5)},
            always(GZIP),
            "i4 f8",
        ),
        "zarr vlen-utf8": Value(
            lambda _: {"serializer": v3.VLenUTF8Codec(), "compressors": v3.ZstdCodec()},
            always({"id": "vlen-utf8"}, ZSTD),
            "str",
        ),
        "zarr transpose of one axis": Value(
            lambda _: {
                "filters": v3.TransposeCodec(order=(0,)),
                "compressors": [v3.GzipCodec(level=5)],
            },
            always(GZIP),
            "i4 f8",
        ),
    }

NOT_WRITTEN: Final = {
    "dask.to_zarr": "str M8[s] S3 U3",
    "xarray": "str M8[s] S3 U3",
    "full": "str M8[s] S3 U3",
    "from_array": "str",
}
"""Data types that they change before they write them."""


def made_in(zarr_format: int, dtype: str) -> bool:
    """Whether zarr-python makes an array of this data type as it is."""
    if zarr_format == 2:
        return not (V3 and not FIXED_V3 and dtype in ("S3", "U3"))
    return FIXED_V3 or dtype not in (">i4", "M8[s]", "S3", "U3")


def stored(array: Any, store: Any) -> bytes:
    """The first chunk."""
    name = array.path + "/" if getattr(array, "path", "") else ""
    for key in (f"{name}0", f"{name}c/0"):
        found = get(store, key)
        if found is not None:
            return found
    raise AssertionError(f"no chunk in {store}")


def get(store: Any, key: str) -> bytes | None:
    if not V3:
        return bytes(store[key]) if key in store else None
    import asyncio

    prototype = zarr.core.buffer.default_buffer_prototype()
    found = asyncio.run(store.get(key, prototype))
    return None if found is None else found.to_bytes()


def decoded(chunk: bytes, chain: list[Json], dtype: str, array: Any) -> Any:
    """What numcodecs alone makes of a chunk."""
    data: Any = chunk
    for config in reversed(chain):
        data = numcodecs.get_codec(config).decode(data)
    if dtype == "str":
        return list(data)
    encoding = array_encoding(array).encoding
    on_disk = np.dtype(dtype)
    if hasattr(encoding, "codecs") and hasattr(encoding, "data_type"):
        big = any(getattr(codec, "endian", None) == "big" for codec in encoding.codecs)
        on_disk = on_disk.newbyteorder(">" if big else "<")
    data = (
        np.frombuffer(data, on_disk) if not hasattr(data, "dtype") or data.dtype == "u1" else data
    )
    return list(data.reshape(-1).view(on_disk))


def reads_pcodec() -> bool:
    """zarr-python 3.0 hands an array of format 2 to codecs that take bytes only."""
    array = zarr.create(
        shape=4,
        chunks=4,
        dtype="i4",
        compressor=numcodecs.PCodec(),
        store=MemoryStore(),
        **of_format(2),
    )
    array[:] = np.arange(4)
    try:
        return list(array[:]) == [0, 1, 2, 3]
    except TypeError:
        return False


READS_PCODEC: Final = reads_pcodec()

CASES: Final = [
    pytest.param(*case, id="{}-{}-v{}".format(*case), marks=[pytest.mark.long] if index % 3 else [])
    for index, case in enumerate(itertools.product(VALUES, APIS, FORMATS))
]


@pytest.mark.parametrize(("name", "api", "zarr_format"), CASES)
def test_every_value_makes_an_array_everywhere(name: str, api: str, zarr_format: int) -> None:
    value = VALUES[name]
    if zarr_format == 2 and name.startswith("pcodec") and "filter" not in name and not READS_PCODEC:
        pytest.skip("this zarr-python cannot read pcodec in format 2, whoever wrote it")
    if zarr_format == 3 and name == "bytes to integers" and FAILS_ON_GAINED_ORDER:
        with pytest.raises(
            BackendUnsupportedError, match=r"single bytes: pip install 'zarr>=3\.2'"
        ):
            array_kwargs(**value.kwargs("u1"), dtype="u1", zarr_format=3, api=api)
        return
    for dtype_name in value.dtypes.split():
        if not made_in(zarr_format, dtype_name) or dtype_name in NOT_WRITTEN.get(api, "").split():
            continue
        dtype: Any = str if dtype_name == "str" else dtype_name
        arguments = value.kwargs(dtype_name)
        kwargs = array_kwargs(**arguments, dtype=dtype, zarr_format=zarr_format, api=api)
        store = MemoryStore()
        array = APIS[api](store, zarr_format, dtype, kwargs)
        assert getattr(getattr(array, "metadata", None), "zarr_format", 2) == zarr_format
        assert list(array[:]) == list(values(dtype)), dtype_name
        if value.chain is not None:
            chain = value.chain(dtype_name)
            if dtype_name == "str" and not any(codec["id"] == "vlen-utf8" for codec in chain):
                chain = [{"id": "vlen-utf8"}, *chain]
            if zarr_format == 3 and dtype_name == ">i4" and "serializer" not in arguments:
                chain = [
                    {**codec, "dtype": "<i4"} if "dtype" in codec else codec for codec in chain
                ]
            found = decoded(stored(array, store), chain, dtype_name, array)
            assert found == list(values(dtype)[:CHUNK]), dtype_name


KEYWORDS: Final = [
    # api, format, keywords with a compressor and a filter, keywords of "auto"
    ("open", 2, {"compressor", "filters"}, set()),
    ("open", 3, {"codecs"}, set()),
    ("zarr.create", 2, {"compressor", "filters"}, set()),
    ("zarr.create", 3, {"codecs"}, set()),
    ("save_array", 3, {"codecs"}, set()),
    ("group.zeros", 2, {"compressor", "filters"}, set()),
    ("zarr.create_array", 2, {"compressors", "filters"}, set()),
    ("create_array", 3, {"compressors", "filters"}, set()),
    ("Group.create_array", 2, {"compressors", "filters"}, set()),
    ("group.create_array", 3, {"compressors", "filters"}, set()),
    ("Group.create", 3, {"compressors", "filters"}, set()),
    ("dask", 2, {"compressors", "filters"}, set()),
    ("dask.to_zarr", 3, {"compressors", "filters"}, set()),
    ("xarray", 2, {"compressors", "filters"}, set()),
    ("xarray", 3, {"compressors", "filters"}, set()),
    ("ome-zarr", 3, {"compressors", "filters"}, set()),
]


@pytest.mark.parametrize(("api", "zarr_format", "keywords", "none"), KEYWORDS)
def test_keywords_are_those_of_the_installed_zarr(
    api: str, zarr_format: int, keywords: set[str], none: set[str]
) -> None:
    if zarr_format not in FORMATS:
        with pytest.raises(BackendUnsupportedError, match="format 2 only"):
            array_kwargs("gzip", zarr_format=zarr_format, api=api)
        return
    found = array_kwargs(
        "gzip", filters=[delta("i4")], dtype="i4", zarr_format=zarr_format, api=api
    )
    assert set(found) == (keywords if V3 else {"compressor", "filters"})
    assert set(array_kwargs(filters="auto", zarr_format=zarr_format, api=api)) == none
