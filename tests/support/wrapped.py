"""Codecs that zarr-python has no class for, and arrays that have them."""

from __future__ import annotations

from typing import Any

import pytest

import zarrcodec_bridge as bridge
from support.third_party import KINDS as STRANGERS
from zarrcodec_bridge.adapters.numcodecs import is_registered
from zarrcodec_bridge.adapters.zarr_python import to_zarr

zarr = pytest.importorskip("zarr", minversion="3.0")

np = pytest.importorskip("numpy")

from zarr.codecs import BytesCodec, ShardingCodec  # noqa: E402
from zarr.core import codec_pipeline  # noqa: E402
from zarr.storage import MemoryStore  # noqa: E402

from zarrcodec_bridge.adapters.zarr_python.wrappers import KINDS  # noqa: E402
from zarrcodec_bridge.core.registry import find  # noqa: E402

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
