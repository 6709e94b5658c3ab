"""What `array_kwargs` makes is written, and read in a new process that does not have this library; or it is refused.

Each codec stands alone in its slot, on arrays of every kind of data type, in both formats.
"""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest

np = pytest.importorskip("numpy")
numcodecs = pytest.importorskip("numcodecs")
zarr = pytest.importorskip("zarr")

from zarrcodec_bridge import to_zarr  # noqa: E402
from zarrcodec_bridge.arrays import array_kwargs  # noqa: E402
from zarrcodec_bridge.core.errors import (  # noqa: E402
    BackendUnsupportedError,
    BridgeError,
    InvalidCodecError,
    MissingContextError,
    NotRepresentableError,
    UnsafeCodecError,
)

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*not in the Zarr version 3 specification"),
    pytest.mark.filterwarnings("ignore:.*does not have a Zarr V3 specification"),
    pytest.mark.filterwarnings("ignore:.*not part in the Zarr format 3 specification"),
]

ZARR: Final = tuple(int(part) for part in zarr.__version__.split(".")[:2])
V3: Final = ZARR >= (3,)
FORMATS: Final = (2, 3) if V3 else (2,)
COUNT: Final = 12

if V3:
    try:
        import zarr.codecs.numcodecs as filters
    except ImportError:  # 3.0
        import numcodecs.zarr3 as filters
    from zarr.codecs import BloscCodec, BytesCodec, Crc32cCodec, ShardingCodec, TransposeCodec

STRUCT: Final = [("a", "<i2"), ("b", "<f4")]
DTYPES: Final[dict[str, Any]] = {
    name: np.dtype(name)
    for name in "bool i1 u2 i4 f2 f4 f8 >f8 >i4 c8 M8[s] m8[s] S3 U3 V3".split()
} | {"struct": np.dtype(STRUCT), "text": str}
NOT_YET: Final = (
    {"M8[s]", "m8[s]", "V3", "struct", ">f8", ">i4", "S3", "U3"} if ZARR == (3, 0) else set[str]()
)
"""zarr-python 3.0 has no such data types in format 3, and reads some of them its own way in format 2."""

NUMBERS: Final = [
    name for name, dtype in DTYPES.items() if getattr(dtype, "kind", "text") in "iufcb"
]
TIMES: Final = ["M8[s]", "m8[s]"]


def values(name: str) -> Any:
    numbers = np.arange(COUNT) * 3 % 7
    dtype = DTYPES[name]
    if dtype is str:
        return np.array([f"text{n}" * n for n in numbers], dtype=object)
    if dtype.names:
        found = np.zeros(COUNT, dtype)
        found["a"], found["b"] = numbers, numbers
        return found
    if dtype.kind == "V":
        return np.arange(COUNT * dtype.itemsize, dtype="u1").view(dtype)
    if dtype.kind in "SU":
        return np.array([f"t{n}" for n in numbers], dtype)
    return (numbers % 2 if dtype.kind == "b" else numbers).astype("i8").astype(dtype)


Json = dict[str, Any]

BYTES: Final[dict[str, Json]] = {
    "blosc": {"id": "blosc"},
    "blosc auto": {"id": "blosc", "cname": "zstd", "shuffle": -1},
    "lz4": {"id": "lz4"},
    "zstd": {"id": "zstd", "level": 3},
    "zlib": {"id": "zlib"},
    "gzip": {"id": "gzip"},
    "bz2": {"id": "bz2"},
    "lzma": {"id": "lzma"},
    "crc32": {"id": "crc32"},
    "crc32c": {"id": "crc32c"},
    "adler32": {"id": "adler32"},
    "fletcher32": {"id": "fletcher32"},
    "jenkins_lookup3": {"id": "jenkins_lookup3"},
    "shuffle": {"id": "shuffle", "elementsize": 4},
    "base64": {"id": "base64"},
    "pcodec": {"id": "pcodec"},
    "zfpy": {"id": "zfpy", "mode": 4, "tolerance": -1},
}
VIEWING: Final[dict[str, Json]] = {
    "delta": {"id": "delta"},
    "fixedscaleoffset": {"id": "fixedscaleoffset", "offset": 0, "scale": 1},
    "quantize": {"id": "quantize", "digits": 3},
}
OBJECTS: Final = ("vlen-utf8", "vlen-bytes", "json2", "msgpack2", "pickle")


def codecs(name: str) -> Iterator[tuple[str, str, Any]]:
    """The name, the slot and the value of each codec, for arrays of that data type."""
    dtype = DTYPES[name]
    own = dtype.newbyteorder("<").str if name in (*NUMBERS, *TIMES) else "<i4"
    for label, config in BYTES.items():
        yield label, "compressors", config
    for label, config in VIEWING.items():
        for view in ("|b1", "|u1", "<i4", "<f4", own):
            yield f"{label} as {view}", "filters", {**config, "dtype": view}
    for stored in ("|u1", "<i4", "<f8"):
        config = {"id": "astype", "encode_dtype": stored, "decode_dtype": own}
        yield f"astype to {stored}", "filters", config
    for bits in (2, 23, 40):
        yield f"bitround {bits}", "filters", {"id": "bitround", "keepbits": bits}
    yield "packbits", "filters", {"id": "packbits"}
    labels = [str(text) for text in set(values("U3"))]
    categorize = {"id": "categorize", "labels": labels, "dtype": "<U3"}
    yield "categorize", "filters", categorize
    yield "vlen-array", "filters", {"id": "vlen-array", "dtype": "<i4"}
    for label in OBJECTS:
        yield f"{label} in filters", "filters", {"id": label}
        yield label, "serializer", {"id": label}
    if not V3:
        return
    for cls, kwargs in OPEN:
        yield f"zarr {cls.__name__}", "filters", cls(**kwargs)
    yield "zarr PCodec", "serializer", filters.PCodec(level=8)
    yield "zarr ZFPY", "serializer", filters.ZFPY(mode=4, tolerance=-1)
    yield "zarr Shuffle", "compressors", filters.Shuffle()
    yield "zarr Blosc", "compressors", BloscCodec()
    yield "zarr Crc32c", "compressors", Crc32cCodec()
    yield "zarr Bytes", "serializer", BytesCodec()
    yield "zarr big", "serializer", BytesCodec(endian="big")
    yield "zarr Sharding", "serializer", ShardingCodec(chunk_shape=(6,))
    yield "zarr Transpose", "filters", TransposeCodec(order=(0,))
    if hasattr(zarr.codecs, "CastValue"):
        yield "zarr CastValue", "filters", zarr.codecs.CastValue(data_type="float64")
        yield "zarr ScaleOffset", "filters", zarr.codecs.ScaleOffset(offset=0, scale=2)


OPEN: Final = (
    [
        (filters.PackBits, {}),
        (filters.BitRound, {"keepbits": 2}),
        (filters.Quantize, {"digits": 3}),
        (filters.FixedScaleOffset, {"offset": 0, "scale": 1}),
        (filters.AsType, {"encode_dtype": "<f8"}),
    ]
    if V3
    else []
)
"""zarr-python's own filters; the last three leave open the data type that they view."""

LOSSY: Final = ("astype to |u1", "bitround 2")
"""Codecs whose values are compared with what the process that wrote them reads."""

NOT_REFUSED: Final = {
    ("zarr AsType", "S3"): "casts texts that are numbers, which these are not",
    ("zarr AsType", "U3"): "casts texts that are numbers, which these are not",
    ("shuffle", "text"): "takes chunks whose bytes are a multiple of 4, which these are not",
    ("zarr Shuffle", "text"): "takes chunks whose bytes are a multiple of 16, which these are not",
}
"""What fails for these values and not for others."""

if ZARR == (3, 0):
    NOT_REFUSED |= {
        (codec, dtype): "zarr 3.0 decodes with arrays, which numcodecs 0.16.1 refuses"
        for codec in ("pcodec", "zarr PCodec")
        for dtype in NUMBERS
    }
if ZARR in ((3, 1), (3, 2)):
    NOT_REFUSED |= {
        ("zarr Sharding", dtype): "zarr 3.1 and 3.2 make no shards of it, with no codecs of ours"
        for dtype in ("V3", "struct")
    } | {("zarr ScaleOffset", ">f8"): "zarr 3.2 refuses it, with no codecs of ours"}


@dataclass(frozen=True)
class Case:
    codec: str
    dtype: str
    zarr_format: int

    def __str__(self) -> str:
        return f"{self.codec}, {self.dtype}, format {self.zarr_format}"


@dataclass
class Outcome:
    made: dict[Case, Any]
    refused: dict[Case, BridgeError]
    failed: dict[Case, str]


def make(path: Any, dtype: Any, zarr_format: int, kwargs: Json, shape: int = COUNT) -> Any:
    if V3:
        return zarr.create_array(
            path, shape=(shape,), chunks=(shape,), dtype=dtype, zarr_format=zarr_format, **kwargs
        )
    return zarr.create(shape=(shape,), chunks=(shape,), dtype=dtype, store=str(path), **kwargs)


API: Final = "create_array" if V3 else "create"


@pytest.fixture(scope="module", autouse=True)
def registered_by_nobody() -> Iterator[None]:
    """Other tests call `register_with_zarr` in this process: forget that anybody asked for these names."""
    names = {"base64", "categorize", "json2", "msgpack2", "pickle", "vlen-array"}
    with pytest.MonkeyPatch.context() as patch:
        if V3:
            from zarrcodec_bridge.adapters.zarr_python import names as registered

            patch.setattr(registered, "_ONLY_HERE", names)
        yield


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Every codec on every data type: made and read back here, refused, or failed."""
    found = Outcome({}, {}, {})
    folder, numbers = tmp_path_factory.mktemp("made"), count()
    for name, dtype in DTYPES.items():
        if name in NOT_YET:
            continue
        given = values(name)
        for label, slot, codec in codecs(name):
            for zarr_format in FORMATS:
                case = Case(label, name, zarr_format)
                slots = {"compressors": None, slot: codec}
                try:
                    kwargs = array_kwargs(**slots, dtype=dtype, zarr_format=zarr_format, api=API)
                except BridgeError as error:
                    found.refused[case] = error
                    continue
                path = folder / str(next(numbers))
                try:
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore")
                        array = make(path, dtype, zarr_format, kwargs)
                        array[:] = given
                        there = array[:]
                except Exception as error:
                    if (label, name) not in NOT_REFUSED:
                        found.failed[case] = repr(error)
                    continue
                if label not in LOSSY and not np.array_equal(there, given):
                    found.failed[case] = f"{there[:4]} != {given[:4]}"
                    continue
                found.made[case] = (path, there)
    return found


def test_c7_what_is_made_takes_the_elements_or_is_refused_before(outcome: Outcome) -> None:
    failed = [f"{case}: {why}" for case, why in outcome.failed.items()]
    assert not failed, "\n".join(failed[:40])


def test_most_codecs_are_made_on_most_data_types(outcome: Outcome) -> None:
    """So that the matrix says something: which codecs are made on how many data types."""
    made = Counter((case.codec, case.zarr_format) for case in outcome.made)
    every = len(DTYPES) - len(NOT_YET)
    for zarr_format in FORMATS:
        for label in ("blosc", "zstd", "gzip", "lzma", "crc32c", "zlib"):
            assert made[label, zarr_format] == every, (label, zarr_format)
        assert made["packbits", zarr_format] == 1
        assert made["bitround 2", zarr_format] >= 3
    assert not made["base64", 3]
    assert made["base64", 2] == every


IN_ANOTHER_PROCESS: Final = """
import json, sys, warnings
import numpy as np
import zarr

warnings.simplefilter("ignore")
plain, ours = json.loads(sys.stdin.read())
wrong = []
for paths in (plain, ours):
    for path in paths:
        try:
            there = zarr.open_array(path, mode="r")[:] if hasattr(zarr, "open_array") else zarr.open(path)[:]
            expected = np.load(path + ".npy", allow_pickle=True)
            if there.tolist() != expected.tolist():
                wrong.append([path, f"{there[:4]} != {expected[:4]}"])
        except Exception as error:
            wrong.append([path, repr(error)[:300]])
    if paths is plain and "zarrcodec_bridge" in sys.modules:
        wrong.append(["all", "zarrcodec_bridge was imported"])
print(json.dumps(wrong))
"""


def read_in_another_process(plain: dict[str, str], ours: dict[str, str]) -> list[str]:
    """What is not read, or not as it was written; `ours` are those that need this package installed."""
    done = subprocess.run(
        [sys.executable, "-c", IN_ANOTHER_PROCESS],
        input=json.dumps([list(plain), list(ours)]),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    names = {**plain, **ours}
    return [f"{names.get(path, path)}: {why}" for path, why in json.loads(done.stdout)]


WRAPPED: Final = [
    ("any-numcodecs.bytes-bytes", "compressors", {"id": "base64"}, "i4"),
    ("any-numcodecs.array-bytes", "serializer", {"id": "json2"}, "i4"),
    ("any-numcodecs.array-bytes", "serializer", {"id": "msgpack2"}, "f8"),
]
"""The v3 name, the slot, the codec and the data type of what only this package (or zarr-any-numcodecs) reads."""


def test_c8_another_process_reads_all_of_them(outcome: Outcome, tmp_path: Path) -> None:
    plain = {}
    for case, (path, there) in outcome.made.items():
        np.save(f"{path}.npy", np.asarray(there, object if case.dtype == "text" else None))
        plain[str(path)] = str(case)
    ours = {}
    for index, (name, slot, codec, dtype) in enumerate(WRAPPED if V3 else []):
        path = tmp_path / str(index)
        slots = {"compressors": None, slot: codec}
        kwargs = array_kwargs(**slots, dtype=dtype, zarr_format=3, unknown="wrap")
        array = make(path, dtype, 3, kwargs)
        array[:] = values(dtype)
        assert name in json.dumps(array.metadata.to_dict(), default=str)
        np.save(f"{path}.npy", values(dtype))
        ours[str(path)] = f"{name} around {codec}"
    assert not (wrong := read_in_another_process(plain, ours)), "\n".join(wrong[:40])


class Reversed(numcodecs.abc.Codec):
    """A third party's codec, of which neither library has an entry point."""

    codec_id = "third_party_reversed"

    def encode(self, buf: Any) -> bytes:
        return bytes(memoryview(buf).cast("B"))[::-1]

    def decode(self, buf: Any, out: Any = None) -> Any:
        return numcodecs.compat.ndarray_copy(bytes(memoryview(buf).cast("B"))[::-1], out)


WITHOUT_V3_NAME: Final = [
    ("compressors", {"id": "base64"}, "rewrite the chunks without it"),
    ("compressors", "base64", "rewrite the chunks without it"),
    ("compressors", numcodecs.Base64(), "rewrite the chunks without it"),
    ("serializer", numcodecs.JSON(), "v3 has no data type for its objects"),
    ("filters", numcodecs.MsgPack(), "v3 has no data type for its objects"),
    ("filters", numcodecs.VLenArray("i4"), "v3"),
    ("filters", numcodecs.Categorize(["a"], "<U3"), "no implementation has a v3 name"),
]


@pytest.mark.skipif(not V3, reason="zarr-python 2 makes no arrays of format 3")
@pytest.mark.parametrize("here", [False, True], ids=["", "made_here_before"])
@pytest.mark.parametrize("unknown", ["error", "keep"])
@pytest.mark.parametrize(
    ("slot", "codec", "says"),
    WITHOUT_V3_NAME,
    ids=[f"{slot}-{type(codec).__name__}" for slot, codec, _ in WITHOUT_V3_NAME],
)
def test_c8_what_no_other_process_opens_is_refused(
    slot: str, codec: Any, says: str, unknown: Any, here: bool
) -> None:
    dtype = "<U3" if isinstance(codec, numcodecs.Categorize) else "i4"
    if here:  # an object for this process alone makes no array for others
        to_zarr(codec, unknown="keep")
    with pytest.raises(NotRepresentableError, match=says):
        array_kwargs(
            **{"compressors": None, slot: codec}, dtype=dtype, zarr_format=3, unknown=unknown
        )


@pytest.mark.skipif(not V3, reason="zarr-python 2 makes no arrays of format 3")
@pytest.mark.parametrize("inside_a_shard", [False, True])
def test_c8_an_object_for_this_process_alone_is_refused_too(inside_a_shard: bool) -> None:
    codec = to_zarr({"id": "base64"}, unknown="keep")
    slots: Json = {"compressors": codec}
    if inside_a_shard:
        shard = ShardingCodec(chunk_shape=(2,), codecs=[BytesCodec(), codec])
        slots = {"compressors": None, "serializer": shard}
    with pytest.raises(NotRepresentableError, match="in another process"):
        array_kwargs(**slots, dtype="i4", zarr_format=3)


@pytest.mark.skipif(not V3, reason="zarr-python 2 makes no arrays of format 3")
@pytest.mark.parametrize("unknown", ["error", "wrap"])
def test_c8_an_object_of_a_class_of_the_callers_own_is_taken(unknown: Any) -> None:
    own = type("Own", (Reversed,), {"codec_id": f"own_{unknown}"})
    array = make(
        {}, "i4", 3, partial(array_kwargs, own(), dtype="i4", zarr_format=3, unknown=unknown)()
    )
    array[:] = values("i4")
    assert list(array[:]) == list(values("i4"))


NOT_BOOL: Final = [name for name in DTYPES if name not in ("bool", *NOT_YET)]


@pytest.mark.parametrize("zarr_format", FORMATS)
@pytest.mark.parametrize("dtype", NOT_BOOL)
def test_c7_packbits_takes_bool_only(dtype: str, zarr_format: int) -> None:
    holders = [{"id": "packbits"}, numcodecs.PackBits(), *([filters.PackBits()] if V3 else [])]
    for held in holders:
        with pytest.raises(
            NotRepresentableError, match=r"bool|objects|bytes of any number|takes an array"
        ):
            array_kwargs(filters=[held], dtype=DTYPES[dtype], zarr_format=zarr_format, api=API)


@pytest.mark.skipif(not V3, reason="zarr-python 2 makes no arrays of format 3")
def test_c7_zarr_python_asks_for_bool_arrays_whatever_the_filters_put_out() -> None:
    cast = {"id": "astype", "encode_dtype": "|b1", "decode_dtype": "|u1"}
    with pytest.raises(NotRepresentableError, match="of the array"):
        array_kwargs(None, filters=[cast, {"id": "packbits"}], dtype="u1", zarr_format=3)
    objects = [filters.AsType(encode_dtype="|b1", decode_dtype="|u1"), filters.PackBits()]
    with pytest.raises(ValueError, match="bool"):
        make({}, "u1", 3, {"filters": objects, "compressors": None})


@pytest.mark.skipif(not V3, reason="zarr-python 2 has no such codecs")
@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "i4", "u2"])
@pytest.mark.parametrize(
    ("cls", "config", "parameter"),
    [
        ("Quantize", {"digits": 3}, "dtype"),
        ("FixedScaleOffset", {"offset": 0, "scale": 1}, "dtype"),
        ("AsType", {"encode_dtype": "<f8"}, "decode_dtype"),
        ("Shuffle", {}, "elementsize"),
    ],
)
def test_g3_what_zarr_python_fills_in_is_filled_in(
    cls: str, config: Json, parameter: str, dtype: str
) -> None:
    codec = getattr(filters, cls)(**config)
    slots: Json = {"compressors": None, "filters": [codec]}
    if cls == "Shuffle":
        slots = {"compressors": [codec]}
    if cls == "Quantize" and np.dtype(dtype).kind != "f":
        for zarr_format in FORMATS:
            with pytest.raises(NotRepresentableError, match="float"):
                array_kwargs(**slots, dtype=dtype, zarr_format=zarr_format)
        return
    theirs = make({}, dtype, 3, slots).metadata.to_dict()["codecs"]
    ours = make({}, dtype, 3, array_kwargs(**slots, dtype=dtype, zarr_format=3))
    filled = [_configuration(held).get(parameter) for held in theirs]
    assert [_like(held) for held in filled] == [
        _like(_configuration(held).get(parameter)) for held in ours.metadata.to_dict()["codecs"]
    ]
    v2 = make({}, dtype, 2, array_kwargs(**slots, dtype=dtype, zarr_format=2))
    v2[:] = values("f4").astype(dtype)
    assert list(v2[:]) == list(values("f4").astype(dtype))


def _configuration(codec: Any) -> Json:
    found: Json = (codec if isinstance(codec, dict) else codec.to_dict()).get("configuration", {})
    return found


def _like(value: Any) -> Any:
    """A data type in one spelling; anything else as it is."""
    return np.dtype(value).str if isinstance(value, str) else value


@pytest.mark.skipif(not V3, reason="zarr-python 2 has no such codecs")
def test_g3_what_is_left_open_needs_the_data_type_in_format_2() -> None:
    with pytest.raises(MissingContextError, match="pass dtype"):
        array_kwargs(None, filters=[filters.Quantize(digits=3)], zarr_format=2)
    with pytest.raises(InvalidCodecError, match="dtype"):
        array_kwargs(None, filters=[{"id": "quantize", "digits": 3}], dtype="f4", zarr_format=2)


@pytest.mark.parametrize("dtype", [str, "i4"])
def test_g4_pickle_reads_after_the_opt_ins(dtype: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """zarr-python 3 makes and opens `pickle` as the compressor of text, as its own tests do."""
    if hasattr(numcodecs.pickles, "ALLOW_UNSAFE_PICKLE_DECODE"):
        monkeypatch.setattr(numcodecs.pickles, "ALLOW_UNSAFE_PICKLE_DECODE", True)
    slots: Json = {"compressors": numcodecs.Pickle()}
    ask = partial(array_kwargs, **slots, dtype=dtype, zarr_format=2, api=API)
    if ZARR >= (3, 1) and dtype is not str:
        with pytest.raises(BackendUnsupportedError, match=r"compressor of text \(dtype=str\)"):
            ask(allow_pickle=True)
        return
    if dtype is str or not V3:
        with pytest.raises(UnsafeCodecError, match=r"allow_unsafe_pickle_decode.*ALLOW_UNSAFE"):
            ask()
    store: Any = {} if V3 else zarr.MemoryStore()
    given = values("text") if dtype is str else values("i4")
    options = {} if V3 else {"store": store}
    if V3:
        array = make(store, dtype, 2, ask(allow_pickle=True))
    else:
        kwargs = ask(allow_pickle=True)
        array = zarr.create(shape=(COUNT,), chunks=(COUNT,), dtype=dtype, **options, **kwargs)
    array[:] = given
    if V3 and dtype is str:
        theirs = make({}, dtype, 2, slots)
        assert array.metadata.to_dict() == theirs.metadata.to_dict()
    if ZARR >= (3, 4):
        with zarr.config.set({"array.allow_unsafe_pickle_decode": True}):
            assert list(zarr.open_array(store)[:]) == list(given)
    else:
        opened = zarr.open_array(store) if V3 else zarr.open(store)
        assert list(opened[:]) == list(given)


@pytest.mark.skipif(not ZARR >= (3, 1), reason="zarr-python 3.0 has no structs in format 3")
@pytest.mark.filterwarnings("ignore:The data type")
@pytest.mark.parametrize(
    "dtype", [np.dtype([("a", ">i2"), ("b", ">f4")]), np.dtype([("a", ">f8")])]
)
def test_structs_of_big_endian_fields_open_equal_or_are_refused(tmp_path: Path, dtype: Any) -> None:
    big = {"name": "bytes", "configuration": {"endian": "big"}}
    try:
        kwargs = array_kwargs(None, serializer=big, dtype=dtype, zarr_format=3)
    except BackendUnsupportedError:
        assert ZARR < (3, 3)
        return
    values = np.ones(4, dtype)
    values["a"] = [1, 2, 500, -7]
    array = zarr.create_array(tmp_path, shape=4, chunks=4, dtype=dtype, zarr_format=3, **kwargs)
    array[:] = values
    np.testing.assert_array_equal(zarr.open_array(tmp_path, mode="r")[:], values)
    assert (tmp_path / "c" / "0").read_bytes() == values.tobytes()
