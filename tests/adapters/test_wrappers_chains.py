"""Our zarr-python codecs around numcodecs objects: sizes, chains, shards, and what a codec hands back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import zarrcodec_bridge as bridge
from support.third_party import Framed, Halved, Inverted, Sparse, Unchanged
from zarrcodec_bridge.adapters.numcodecs import is_registered, to_numcodecs
from zarrcodec_bridge.adapters.zarr_python import to_zarr

zarr = pytest.importorskip("zarr", minversion="3.0")

numcodecs = pytest.importorskip("numcodecs")

pytest.importorskip("numpy")

from zarr.codecs import BytesCodec, ShardingCodec, TransposeCodec  # noqa: E402
from zarr.storage import MemoryStore  # noqa: E402

from support.wrapped import (  # noqa: E402
    A2A,
    ALL,
    B2B,
    PIPELINES,
    Seen,
    array_of,
    codec_of,
    label,
    same,
    values_of,
)
from zarrcodec_bridge.adapters.zarr_python.sizes import GROWTH  # noqa: E402

pytestmark = [
    pytest.mark.filterwarnings("ignore:Numcodecs codecs are not in the Zarr version 3"),
    pytest.mark.filterwarnings("ignore:Combining a `sharding_indexed` codec"),
]


@pytest.fixture(params=PIPELINES)
def pipeline(request: pytest.FixtureRequest) -> Iterator[str]:
    with zarr.config.set({"codec_pipeline.path": request.param}):
        yield request.param


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


def test_numcodecs_reads_what_the_wrapper_says_of_itself() -> None:
    for source, _ in ALL:
        if is_registered(source["id"]):
            made = to_numcodecs(codec_of(source).codec)
            assert made == numcodecs.get_codec(dict(source))
