"""Our zarr-python codecs around numcodecs objects: the same bytes, right wherever a chunk may stand or come from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import zarrcodec_bridge as bridge
from support import readers
from support.third_party import KINDS as STRANGERS
from zarrcodec_bridge.adapters.numcodecs import is_registered
from zarrcodec_bridge.adapters.zarr_python import to_zarr

zarr = pytest.importorskip("zarr", minversion="3.0")

numcodecs = pytest.importorskip("numcodecs")

np = pytest.importorskip("numpy")

from zarr.codecs import BytesCodec, Crc32cCodec, ShardingCodec, TransposeCodec  # noqa: E402
from zarr.storage import LocalStore, MemoryStore  # noqa: E402

from support.wrapped import (  # noqa: E402
    ALL,
    PIPELINES,
    Seen,
    array_of,
    codec_of,
    label,
    same,
    values_of,
)
from zarrcodec_bridge.core.registry import find  # noqa: E402

pytestmark = [
    pytest.mark.filterwarnings("ignore:Numcodecs codecs are not in the Zarr version 3"),
    pytest.mark.filterwarnings("ignore:Combining a `sharding_indexed` codec"),
]

STRANGE = [(cls, dtype) for cls in STRANGERS for dtype in ("i4", "f8")]


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
    """As `Pipeline` says that they do."""
    packages = {"tensorstore": ["tensorstore"], "zarrs-python": ["zarrs"], "zarrista": ["zarrista"]}
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
