"""Our zarr-python codecs around numcodecs objects: in threads, other processes and dask's workers."""

from __future__ import annotations

import importlib.util
import multiprocessing
import pickle
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from support.processes import keep, read_all, this_package
from support.third_party import KINDS as STRANGERS
from support.third_party import Framed, Inverted
from zarrcodec_bridge.adapters.numcodecs import is_registered
from zarrcodec_bridge.adapters.zarr_python import to_zarr
from zarrcodec_bridge.arrays import array_kwargs

zarr = pytest.importorskip("zarr", minversion="3.0")

pytest.importorskip("numcodecs")

pytest.importorskip("numpy")

from zarr.codecs import BytesCodec, ShardingCodec  # noqa: E402
from zarr.storage import LocalStore  # noqa: E402

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
from zarrcodec_bridge.adapters.zarr_python.wrappers import KINDS  # noqa: E402
from zarrcodec_bridge.core.registry import find  # noqa: E402

pytestmark = [
    pytest.mark.filterwarnings("ignore:Numcodecs codecs are not in the Zarr version 3"),
    pytest.mark.filterwarnings("ignore:Combining a `sharding_indexed` codec"),
]


@pytest.fixture(params=PIPELINES)
def pipeline(request: pytest.FixtureRequest) -> Iterator[str]:
    with zarr.config.set({"codec_pipeline.path": request.param}):
        yield request.param


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


@pytest.mark.long
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
