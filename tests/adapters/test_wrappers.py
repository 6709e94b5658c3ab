"""Our zarr-python codecs around numcodecs objects: the same bytes, right wherever a chunk may stand or come from."""

from __future__ import annotations

import importlib.util
import multiprocessing
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import zarrcodec_bridge as bridge
from support import readers
from support.processes import keep, read_all, this_package
from support.third_party import KINDS as STRANGERS
from support.third_party import Framed, Halved, Inverted, Sparse, Unchanged
from zarrcodec_bridge.adapters.numcodecs import is_registered, to_numcodecs
from zarrcodec_bridge.adapters.zarr_python import to_zarr
from zarrcodec_bridge.arrays import array_kwargs

zarr = pytest.importorskip("zarr", minversion="3.0")
numcodecs = pytest.importorskip("numcodecs")
np = pytest.importorskip("numpy")

from zarr.codecs import BytesCodec, Crc32cCodec, ShardingCodec, TransposeCodec  # noqa: E402
from zarr.core import codec_pipeline  # noqa: E402
from zarr.storage import LocalStore, MemoryStore  # noqa: E402

from zarrcodec_bridge.adapters.zarr_python.sizes import GROWTH  # noqa: E402
from zarrcodec_bridge.adapters.zarr_python.wrappers import KINDS  # noqa: E402
from zarrcodec_bridge.core.registry import find  # noqa: E402

pytestmark = [
    pytest.mark.filterwarnings("ignore:Numcodecs codecs are not in the Zarr version 3"),
    pytest.mark.filterwarnings("ignore:Combining a `sharding_indexed` codec"),
]

PIPELINES = [
    pytest.param(f"{codec_pipeline.__name__}.{name}", id=name)
    for name in ("BatchedCodecPipeline", "FusedCodecPipeline")
    if hasattr(codec_pipeline, name)
]
"""Those of this zarr-python."""

A2A: list[tuple[dict[str, Any], str]] = [
    ({"id": "delta", "dtype": "<i4"}, "i4"),
    ({"id": "delta", "dtype": "<i4", "astype": "<i8"}, "i4"),
    ({"id": "delta", "dtype": "<i4"}, "f4"),
    ({"id": "delta", "dtype": "<i4"}, "f8"),
    ({"id": "delta", "dtype": "<f8"}, "f8"),
    ({"id": "astype", "encode_dtype": "<f4", "decode_dtype": "<f8"}, "f8"),
    ({"id": "astype", "encode_dtype": "<i2", "decode_dtype": "<i8"}, "i8"),
    (
        {"id": "fixedscaleoffset", "offset": 0, "scale": 10, "dtype": "<f8", "astype": "<i2"},
        "f8",
    ),
    ({"id": "quantize", "digits": 2, "dtype": "<f8"}, "f8"),
    ({"id": "quantize", "digits": 2, "dtype": "<f8", "astype": "<f4"}, "f8"),
    ({"id": "bitround", "keepbits": 20}, "f4"),
    ({"id": "packbits"}, "bool"),
]
A2B: list[tuple[dict[str, Any], str]] = [
    ({"id": "pcodec"}, "i4"),
    ({"id": "pcodec", "level": 3}, "f8"),
    ({"id": "zfpy", "mode": 4, "tolerance": 0.001}, "f8"),
    ({"id": "json2"}, "i4"),
]
B2B: list[tuple[dict[str, Any], str]] = [
    ({"id": "zlib", "level": 1}, "i4"),
    ({"id": "gzip", "level": 1}, "i4"),
    ({"id": "zstd", "level": 1}, "i4"),
    ({"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0}, "i4"),
    ({"id": "bz2", "level": 1}, "i4"),
    ({"id": "lzma"}, "i4"),
    ({"id": "lz4"}, "i4"),
    ({"id": "shuffle", "elementsize": 4}, "i4"),
    ({"id": "crc32"}, "i4"),
    ({"id": "crc32", "location": "end"}, "i4"),
    ({"id": "crc32c"}, "i4"),
    ({"id": "crc32c", "location": "start"}, "i4"),
    ({"id": "adler32"}, "i4"),
    ({"id": "fletcher32"}, "i4"),
    ({"id": "jenkins_lookup3"}, "i4"),
    ({"id": "base64"}, "i4"),
]
ALL = [*A2A, *A2B, *B2B]
STRANGE = [(cls, dtype) for cls in STRANGERS for dtype in ("i4", "f8")]


def label(value: Any) -> str:
    if isinstance(value, dict):
        return "-".join(str(item) for item in value.values())
    return value.__name__ if isinstance(value, type) else str(value)


def codec_of(source: Any) -> Any:
    """Our wrapper, also where zarr-python has a right class of its own."""
    if isinstance(source, type):
        return to_zarr(source(), kind=STRANGERS[source])
    if not is_registered(source["id"]):
        pytest.skip(f"no {source['id']} in this environment")
    found = find("v2", source["id"])
    assert found is not None
    name = f"numcodecs.{source['id']}"
    payload = {"name": name, "configuration": {k: v for k, v in source.items() if k != "id"}}
    return KINDS[found[0].kind].around(payload, bridge.normalize(source))


def values_of(dtype: str, shape: tuple[int, ...] = (6, 8)) -> Any:
    numbers = (np.arange(np.prod(shape, dtype=int)) * 7) % 1000
    return (numbers % 3 == 0 if dtype == "bool" else numbers.astype(dtype)).reshape(shape)


def array_of(
    codec: Any, dtype: Any, shape: tuple[int, ...], chunks: tuple[int, ...], **options: Any
) -> Any:
    """An array with the codec in the slot of its kind."""
    filters = list(options.pop("before", []))
    filters += [codec] if codec.kind == "a2a" else []
    filters += options.pop("after", [])
    serializer = (
        codec if codec.kind == "a2b" else BytesCodec(endian=options.pop("endian", "little"))
    )
    compressors = [codec] if codec.kind == "b2b" else []
    compressors += options.pop("behind", [])
    if options.pop("sharded", False):
        serializer = ShardingCodec(chunk_shape=chunks, codecs=[*filters, serializer, *compressors])
        filters, compressors, chunks = [], [], tuple(2 * size for size in chunks)
    return zarr.create_array(
        options.pop("store", None) or MemoryStore(),
        shape=shape,
        chunks=chunks,
        dtype=dtype,
        filters=filters,
        serializer=serializer,
        compressors=compressors or None,
        fill_value=options.pop("fill_value", 0),
        **options,
    )


def same(found: Any, values: Any) -> bool:
    found = np.asarray(found)
    if found.shape != values.shape or found.dtype.newbyteorder("=") != values.dtype.newbyteorder(
        "="
    ):
        return False
    if found.dtype.kind == "f":
        return bool(np.allclose(found, values, atol=0.06, rtol=1e-3))
    return bool(np.array_equal(found, values))


@pytest.fixture(params=PIPELINES)
def pipeline(request: pytest.FixtureRequest) -> Iterator[str]:
    with zarr.config.set({"codec_pipeline.path": request.param}):
        yield request.param


SITUATIONS: dict[str, Callable[[Any, str], bool]] = {}


def situation(check: Callable[[Any, str], bool]) -> Callable[[Any, str], bool]:
    SITUATIONS[check.__name__] = check
    return check


def round_trip(codec: Any, dtype: str, given: Any = None, **options: Any) -> bool:
    values = values_of(dtype)
    array = array_of(codec, dtype, values.shape, options.pop("chunks", (3, 4)), **options)
    array[...] = values if given is None else given(values)
    return same(array[...], values)


@situation
def chunk_by_chunk(codec: Any, dtype: str) -> bool:
    return round_trip(codec, dtype)


@situation
def in_fortran_order(codec: Any, dtype: str) -> bool:
    return round_trip(codec, dtype, np.asfortranarray, chunks=(6, 8))


@situation
def strided(codec: Any, dtype: str) -> bool:
    return round_trip(codec, dtype, lambda values: np.repeat(values, 2, axis=1)[:, ::2])


@situation
def big_endian_elements(codec: Any, dtype: str) -> bool:
    def swapped(values: Any) -> Any:
        return values.astype(values.dtype.newbyteorder(">"))

    return round_trip(codec, dtype, swapped, chunks=(6, 8)) and round_trip(codec, dtype, swapped)


@situation
def big_endian_array(codec: Any, dtype: str) -> bool:
    values = values_of(dtype)
    array = array_of(codec, values.dtype.newbyteorder(">"), values.shape, (3, 4))
    array[...] = values.astype(values.dtype.newbyteorder(">"))
    return same(array[...], values)


@situation
def big_endian_serializer(codec: Any, dtype: str) -> bool:
    return codec.kind == "a2b" or round_trip(codec, dtype, endian="big")


@situation
def after_a_transpose(codec: Any, dtype: str) -> bool:
    return round_trip(codec, dtype, before=[TransposeCodec(order=(1, 0))])


@situation
def in_a_shard(codec: Any, dtype: str) -> bool:
    return round_trip(codec, dtype, sharded=True, chunks=(2, 2))


@situation
def before_a_shard(codec: Any, dtype: str) -> bool:
    if codec.kind != "a2a":
        return True
    if codec.resolve_metadata(Seen.spec_of(dtype, (6, 8))).shape != (6, 8):
        return True  # zarr-python has no shards of another number of axes than the array's
    values, fill = values_of(dtype), dtype == "bool" or 1
    values[:3] = fill
    array = zarr.create_array(
        MemoryStore(),
        shape=values.shape,
        chunks=values.shape,
        dtype=dtype,
        filters=[codec],
        serializer=ShardingCodec(chunk_shape=(3, 2), codecs=[BytesCodec()]),
        compressors=None,
        fill_value=fill,
    )
    array[1:] = values[1:]
    return same(array[...], values)


@situation
def under_a_checksum(codec: Any, dtype: str) -> bool:
    return round_trip(codec, dtype, behind=[Crc32cCodec()])


@situation
def without_axes(codec: Any, dtype: str) -> bool:
    values = values_of(dtype, ())
    array = array_of(codec, dtype, (), ())
    array[...] = values
    return same(array[...], values)


@situation
def without_elements(codec: Any, dtype: str) -> bool:
    array = array_of(codec, dtype, (0, 4), (3, 4))
    array[...] = values_of(dtype, (0, 4))
    return array[...].shape == (0, 4)


@situation
def in_part(codec: Any, dtype: str) -> bool:
    array = array_of(codec, dtype, (7, 9), (3, 4))
    expected = np.zeros((7, 9), dtype)
    for where in ((slice(1, 6), slice(2, 8)), (0, 0), (slice(0, 7, 2), 8)):
        part = values_of(dtype, (7, 9))[where]
        array[where] = part
        expected[where] = part
    return same(array[...], expected) and same(array[2:5, 3:], expected[2:5, 3:])


@situation
def empty_chunks(codec: Any, dtype: str) -> bool:
    fill = True if dtype == "bool" else 1
    array = array_of(
        codec, dtype, (6, 8), (3, 4), fill_value=fill, config={"write_empty_chunks": True}
    )
    array[:3] = fill
    expected = np.full((6, 8), fill, dtype)
    return same(array[...], expected)


@pytest.mark.parametrize("name", SITUATIONS)
@pytest.mark.parametrize(("source", "dtype"), [*ALL, *STRANGE], ids=label)
def test_round_trip(source: Any, dtype: str, name: str, pipeline: str) -> None:
    if name in ("big_endian_array", "before_a_shard") and zarr.__version__.startswith("3.0"):
        pytest.skip(
            "zarr-python 3.0 has no big-endian arrays, and fails on shards after any filter"
        )
    if isinstance(source, dict) and source["id"] == "json2" and name == "without_axes":
        pytest.skip("numcodecs.JSON decodes an array without axes to a list")
    assert SITUATIONS[name](codec_of(source), dtype)


def chunk_bytes(array: Any, folder: Path) -> list[bytes]:
    """The chunks of an array with 2 x 2 of them, as they are stored."""
    return [
        (folder / "c" / str(row) / str(column)).read_bytes() for row in (0, 1) for column in (0, 1)
    ]


@pytest.mark.parametrize(("source", "dtype"), ALL, ids=label)
def test_the_bytes_are_those_of_the_numcodecs_object(
    source: dict[str, Any], dtype: str, tmp_path: Path
) -> None:
    codec = codec_of(source)
    own = numcodecs.get_codec(dict(source))
    values = values_of(dtype)
    array = array_of(codec, dtype, values.shape, (3, 4), store=LocalStore(tmp_path))
    array[...] = values
    parts = [
        values[row : row + 3, column : column + 4].copy() for row in (0, 3) for column in (0, 4)
    ]
    for part, stored in zip(parts, chunk_bytes(array, tmp_path), strict=True):
        encoded = own.encode(part.tobytes() if codec.kind == "b2b" else part)
        expected = encoded.tobytes() if isinstance(encoded, np.ndarray) else bytes(encoded)
        if source["id"] == "gzip":  # its header has the time of writing
            stored, expected = stored[:4] + stored[8:], expected[:4] + expected[8:]
        assert stored == expected


def test_every_codec_of_numcodecs_that_zarr_python_can_hold_is_in_the_list() -> None:
    """The rest takes Python objects, which only `vlen-utf8` and `vlen-bytes` put into format 3."""
    of_objects = {"categorize", "msgpack2", "pickle", "vlen-array", "vlen-bytes", "vlen-utf8"}
    known = {spec.v2[0].name for spec in bridge.registered_codecs() if spec.v2}
    known = {name for name in known if is_registered(name) and not name.startswith("imagecodecs_")}
    elsewhere = {"grib", "record_member", "fill_hdf_strings", "FITSAscii", "FITSVarBintable"}
    assert known - elsewhere - of_objects == {
        source["id"] for source, _ in ALL if is_registered(source["id"])
    }


@pytest.mark.filterwarnings(
    "ignore:The codec `vlen-",
    "ignore:.*does not have a Zarr V3 spec",
    "ignore:.*not part in the Zarr format 3",
)
def test_the_bytes_of_text_are_those_of_the_numcodecs_object(tmp_path: Path) -> None:
    words = ["", "a", "é", "text" * 9, "x", "y"]
    for name, dtype, values in (
        ("vlen-utf8", str, words),
        ("vlen-bytes", "variable_length_bytes", [word.encode() for word in words]),
    ):
        if name == "vlen-bytes" and not hasattr(zarr, "dtype"):
            continue  # zarr-python 3.0 has no such data type
        array = zarr.create_array(
            tmp_path / name,
            shape=6,
            chunks=3,
            dtype=dtype,
            serializer=to_zarr({"id": name}),
            compressors=[to_zarr({"id": "zlib", "level": 1})],
        )
        array[:] = np.array(values, dtype=object)
        assert list(array[:]) == values
        for number in (0, 1):
            stored = (tmp_path / name / "c" / str(number)).read_bytes()
            part = np.array(values[3 * number : 3 * number + 3], dtype=object)
            encoded = numcodecs.get_codec({"id": name}).encode(part)
            assert numcodecs.Zlib(1).decode(stored) == bytes(encoded)
            assert numcodecs.Zlib(1).encode(encoded) == stored


@pytest.mark.parametrize("cls", STRANGERS, ids=label)
def test_the_bytes_are_those_of_the_third_party_object(cls: type[Any], tmp_path: Path) -> None:
    codec = codec_of(cls)
    values = values_of("i4")
    array = array_of(codec, "i4", values.shape, (3, 4), store=LocalStore(tmp_path))
    array[...] = values
    part = values[:3, :4].copy()
    encoded = cls().encode(np.frombuffer(part.tobytes(), "u1") if codec.kind == "b2b" else part)
    expected = encoded.tobytes() if isinstance(encoded, np.ndarray) else bytes(encoded)
    assert chunk_bytes(array, tmp_path)[0] == expected


@pytest.mark.parametrize(("source", "dtype"), ALL, ids=label)
def test_other_implementations_decode_it(
    source: dict[str, Any], dtype: str, tmp_path: Path
) -> None:
    """As `Pipeline` says that they do; zarrs by one of its packages, which differ in features."""
    packages = {"tensorstore": ["tensorstore"], "zarrs": ["zarrs", "zarrista"]}
    if not readers.available().keys() & {"tensorstore", "zarrs"}:
        pytest.skip("no other implementation in this environment")
    if dtype in ("f4", "f8") and source.get("dtype") == "<i4":
        pytest.skip("a view of other elements, which a pipeline refuses")
    codec_of(source)
    kind = find("v2", source["id"])[0].kind  # type: ignore[index]
    codec = to_zarr(source, dtype=dtype, unknown="keep")
    values = values_of(dtype)
    slots: dict[str, Any] = {"filters": None, "compressors": None}
    slot = {"a2a": "filters", "a2b": "serializer", "b2b": "compressors"}[kind]
    slots[slot] = codec if kind == "a2b" else [codec]
    array = zarr.create_array(
        tmp_path / "array", shape=values.shape, chunks=(3, 4), dtype=dtype, fill_value=0, **slots
    )
    array[...] = values
    codecs = [item.to_dict() for item in array.metadata.codecs]
    said = bridge.Pipeline.from_v3(data_type=np.dtype(dtype).name, codecs=codecs, unknown="keep")
    for target in said.readers():
        present = [name for name in packages.get(target, []) if name in readers.available()]
        found = [decoded_by(name, tmp_path / "array") for name in present]
        decoded = [values for values in found if values is not None]
        assert all(same(values, array[...]) for values in decoded)
        assert decoded or not present or source["id"] in NOT_IN_WHEELS, f"{target} does not open it"


NOT_IN_WHEELS = {"zfpy", "adler32", "fletcher32"}
"""What zarrs has behind features with which none of its Python packages is built (zarrs 0.2.3, zarrista 0.1.0)."""


def decoded_by(reader: Any, path: Path) -> Any:
    """What a reader makes of an array; ``None`` if it refuses."""
    try:
        return readers.read_path(reader, path)
    except readers.RefusedError:
        return None


INDEXABLE = [source for source, _ in B2B if source["id"] in GROWTH]


@pytest.mark.parametrize("source", INDEXABLE, ids=label)
def test_codecs_of_a_fixed_size_serve_a_shard_index(source: dict[str, Any], pipeline: str) -> None:
    codec = codec_of(source)
    values = values_of("i4")
    shard = ShardingCodec(
        chunk_shape=(3, 4), codecs=[BytesCodec()], index_codecs=[BytesCodec(endian="little"), codec]
    )
    array = zarr.create_array(
        MemoryStore(), shape=(6, 8), chunks=(6, 8), dtype="i4", serializer=shard, compressors=None
    )
    array[...] = values
    assert same(array[...], values)
    assert same(array[2:5, 1:7], values[2:5, 1:7])


@pytest.mark.parametrize(("source", "dtype"), A2A, ids=label)
def test_sizes_of_filters_are_as_declared(source: dict[str, Any], dtype: str) -> None:
    codec = codec_of(source)
    encoded = numcodecs.get_codec(dict(source)).encode(values_of(dtype))
    array = array_of(codec, dtype, (6, 8), (6, 8))
    spec = Seen.spec_of(dtype, (6, 8))
    assert codec.is_fixed_size
    assert codec.compute_encoded_size(spec.shape[0] * 8, spec) == encoded.nbytes
    assert array.metadata.codecs[0] == codec


@pytest.mark.parametrize("source", [{"id": "zlib"}, {"id": "pcodec"}, Inverted, Framed, Halved])
def test_other_sizes_are_not_declared(source: Any) -> None:
    codec = codec_of(source)
    assert not codec.is_fixed_size
    with pytest.raises(NotImplementedError):
        codec.compute_encoded_size(16, Seen.spec_of("i4", (4,)))


class Seen(KINDS["a2a"]):  # type: ignore[misc,valid-type]
    """A filter that keeps the specification of the chunk that it sees."""

    last: Any = None

    @classmethod
    def spec_of(cls, dtype: str, shape: tuple[int, ...]) -> Any:
        codec = cls.around(
            {"name": "seen", "configuration": {}},
            bridge.normalize({"id": "bitround", "keepbits": 52}),
        )
        array = array_of(codec, dtype, shape, shape)
        array[...] = np.ones(shape, dtype)
        return cls.last

    def _encode_sync(self, chunk_data: Any, chunk_spec: Any) -> Any:
        type(self).last = chunk_spec
        return chunk_data


def test_a_filter_that_flattens_before_a_transpose_and_a_shard() -> None:
    delta = codec_of({"id": "delta", "dtype": "<i4"})
    values = values_of("i4")
    turned = TransposeCodec(order=(1, 0))
    array = array_of(delta, "i4", (6, 8), (3, 4), after=[turned])
    array[...] = values
    assert same(array[...], values)
    shard = ShardingCodec(chunk_shape=(3, 4), codecs=[BytesCodec()])
    array = zarr.create_array(
        MemoryStore(),
        shape=(6, 8),
        chunks=(6, 8),
        dtype="i4",
        filters=[delta],
        serializer=shard,
        compressors=None,
    )
    array[...] = values
    assert same(array[...], values)


def test_a_chain_of_filters() -> None:
    values = values_of("f8")
    chain = [
        codec_of(
            {"id": "fixedscaleoffset", "offset": 0, "scale": 10, "dtype": "<f8", "astype": "<i4"}
        ),
        codec_of({"id": "delta", "dtype": "<i4", "astype": "<i2"}),
        codec_of(Halved),
    ]
    array = zarr.create_array(
        MemoryStore(),
        shape=(6, 8),
        chunks=(3, 4),
        dtype="f8",
        filters=chain[:2],
        compressors=[codec_of({"id": "shuffle", "elementsize": 2}), codec_of({"id": "lz4"})],
    )
    array[...] = values
    assert same(array[...], values)
    small = (values % 50).astype("i4")
    array = zarr.create_array(
        MemoryStore(),
        shape=(6, 8),
        chunks=(3, 4),
        dtype="i4",
        filters=[chain[2], chain[2]],
        compressors=None,
    )
    array[...] = small
    assert same(array[...], small)


def test_what_a_codec_hands_back_is_not_the_users_memory() -> None:
    values = values_of("i4")
    array = array_of(codec_of(Unchanged), "i4", (6, 8), (6, 8))
    array[...] = values
    kept = values.copy()
    values[...] = 0
    assert same(array[...], kept)


def test_a_filter_whose_output_varies_is_refused() -> None:
    array = array_of(to_zarr(Sparse(), kind="a2a"), "i4", (6, 8), (3, 4))
    with pytest.raises(bridge.BackendUnsupportedError, match="pass kind='a2b'"):
        array[...] = values_of("i4")


def test_a_decoder_that_gives_something_else_is_refused() -> None:
    class Lossy(Framed):
        codec_id = "stranger_lossy"

        def decode(self, buf: Any, out: Any = None) -> Any:
            return super().decode(buf)[..., :1]

    array = array_of(to_zarr(Lossy(), kind="a2b"), "i4", (6, 8), (3, 4))
    array[...] = values_of("i4")
    with pytest.raises(
        bridge.BackendUnsupportedError, match="stranger_lossy decodes another chunk"
    ):
        array[...]


def test_wider_integers_keep_their_values_and_others_are_no_guess() -> None:
    class Wide(Framed):
        codec_id = "stranger_wide"
        wide = "i8"

        def decode(self, buf: Any, out: Any = None) -> Any:
            return super().decode(buf).astype(self.wide)

    class Odd(Wide):
        codec_id = "stranger_odd"
        wide = "f8"

    for cls, right in ((Wide, True), (Odd, False)):
        array = array_of(to_zarr(cls(), kind="a2b"), "i4", (6, 8), (3, 4))
        array[...] = values_of("i4")
        if right:
            assert same(array[...], values_of("i4"))
        else:
            with pytest.raises(
                bridge.BackendUnsupportedError, match="expected 12 elements of int32"
            ):
                array[...]


def test_one_object_serves_many_threads(pipeline: str) -> None:
    values = values_of("i4", (64, 64))
    arrays = [
        array_of(codec_of(source), "i4", values.shape, (8, 8))
        for source in (
            {"id": "zlib"},
            {"id": "pcodec"},
            {"id": "delta", "dtype": "<i4"},
            Framed,
            Inverted,
        )
    ]

    def write_and_read(number: int) -> bool:
        array, row = arrays[number % len(arrays)], 8 * (number % 8)
        array[row : row + 8] = values[row : row + 8]
        return same(array[row : row + 8], values[row : row + 8])

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(write_and_read, range(80)))


def decoded_elsewhere(codec: Any, path: str) -> bool:
    """Run in another process: the codec came by pickle."""
    array = zarr.open_array(path, mode="r+")
    return same(array[...], values_of("i4")) and type(codec).from_dict(codec.to_dict()) == codec


@pytest.mark.parametrize(
    "source",
    [{"id": "zlib"}, {"id": "delta", "dtype": "<i4"}, {"id": "pcodec"}, *STRANGERS],
    ids=label,
)
def test_pickles(source: Any) -> None:
    codec = codec_of(source)
    codec.resolve_metadata(Seen.spec_of("f8", (4,)))
    packers = [pickle]
    if importlib.util.find_spec("cloudpickle"):
        import cloudpickle

        packers.append(cloudpickle)
    for packer in packers:
        copy = packer.loads(packer.dumps(codec))
        assert copy == codec
        assert hash(copy) == hash(codec)
        array = array_of(copy, "i4", (6, 8), (3, 4))
        array[...] = values_of("i4")
        assert same(
            pickle.loads(pickle.dumps(array))[...] if source is None else array[...],
            values_of("i4"),
        )


@pytest.mark.parametrize("source", [{"id": "delta", "dtype": "<i4"}, Framed], ids=label)
def test_a_spawned_process_gets_a_wrapped_codec(source: Any, tmp_path: Path) -> None:
    """With the codec it can open what was written with it, also where its name is known here alone."""
    codec = codec_of(source)
    array = array_of(codec, "i4", (6, 8), (3, 4), store=LocalStore(tmp_path / "array"))
    array[...] = values_of("i4")
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(decoded_elsewhere, (codec, str(tmp_path / "array")))


WARNINGS_OF_ZARR = ("Numcodecs codecs are not in", "Combining a `sharding_indexed`")


@pytest.mark.parametrize("sharded", [False, True], ids=["chunks", "shards"])
def test_a_new_process_reads_what_every_codec_wrote(sharded: bool, tmp_path: Path) -> None:
    """Only this package is installed in it, besides zarr-python and numcodecs; nothing is registered by hand."""
    folder = tmp_path / "arrays"
    for number, (source, dtype) in enumerate(ALL):
        if not is_registered(source["id"]):
            continue
        if dtype in ("f4", "f8") and source.get("dtype") == "<i4":
            continue  # a view of other elements, which zarr-python's class converts
        codec = to_zarr(source, dtype=dtype, unknown="wrap")
        kind = find("v2", source["id"])[0].kind  # type: ignore[index]
        inner = {
            "filters": [codec] if kind == "a2a" else None,
            "serializer": codec if kind == "a2b" else BytesCodec(),
            "compressors": [codec] if kind == "b2b" else None,
        }
        chunks = (3, 4)
        if sharded:
            chain = [*(inner["filters"] or ()), inner["serializer"], *(inner["compressors"] or ())]
            shard = ShardingCodec(chunk_shape=chunks, codecs=chain)
            inner, chunks = {"serializer": shard, "filters": None, "compressors": None}, (6, 8)
        place = folder / f"{number}-{label(source)}"
        array = zarr.create_array(
            place / "array", shape=(6, 8), chunks=chunks, dtype=dtype, fill_value=0, **inner
        )
        array[...] = values_of(dtype)
        keep(folder, place.name, array)
    read_all(folder, this_package(tmp_path / "ours"), ignored=WARNINGS_OF_ZARR)


def write_part(array: Any, row: int) -> bool:
    """Run by a worker, which got the array with its codecs by pickle."""
    values = values_of("i4", (12, 8))
    array[row : row + 3] = values[row : row + 3]
    return same(array[row : row + 3], values[row : row + 3])


def test_dask_workers_write_and_read_with_a_wrapped_codec(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    codec = to_zarr(Framed(level=1), kind="a2b")
    array = array_of(codec, "i4", (12, 8), (3, 4), store=LocalStore(tmp_path / "array"))
    options = {
        "n_workers": 2,
        "threads_per_worker": 1,
        "processes": True,
        "dashboard_address": None,
    }
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster) as client:
        written = client.map(write_part, [array] * 4, range(0, 12, 3), pure=False)
        assert client.gather(written) == [True] * 4
    assert same(array[...], values_of("i4", (12, 8)))


def test_dask_writes_and_reads_an_array_with_wrapped_codecs_on_its_workers(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    import dask.array

    values = values_of("i4", (12, 8))
    kwargs = array_kwargs(
        [{"id": "shuffle", "elementsize": 4}, "zlib"],
        filters=[{"id": "delta", "dtype": "<i4"}],
        dtype="i4",
        zarr_format=3,
        api="dask.to_zarr",
    )
    assert type(kwargs["filters"][0]) is KINDS["a2a"]
    options = {
        "n_workers": 2,
        "threads_per_worker": 1,
        "processes": True,
        "dashboard_address": None,
    }
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster):
        given = dask.array.from_array(values, chunks=(3, 4))
        given.to_zarr(str(tmp_path / "a"), zarr_format=3, **kwargs)
        assert same(dask.array.from_zarr(str(tmp_path / "a")).compute(), values)
    assert same(zarr.open_array(tmp_path / "a", mode="r")[...], values)


def test_numcodecs_reads_what_the_wrapper_says_of_itself() -> None:
    for source, _ in ALL:
        if is_registered(source["id"]):
            made = to_numcodecs(codec_of(source).codec)
            assert made == numcodecs.get_codec(dict(source))
