"""What is translated: many different codecs, pipelines and documents, as archives have them."""

from __future__ import annotations

import json
from itertools import count, product
from typing import Any

CNAMES = ("lz4", "zstd", "zlib", "lz4hc", "blosclz", "snappy")
SHUFFLES = ("noshuffle", "shuffle", "bitshuffle")
BLOCK_SIZES = (0, 1 << 16, 1 << 18)

CONFIGURATIONS = [
    {"id": "blosc", "cname": cname, "clevel": clevel, "shuffle": shuffle, "blocksize": size}
    for cname, clevel, shuffle, size in product(CNAMES, range(10), range(-1, 3), BLOCK_SIZES)
]
"""720 different v2 blosc configurations, as archives have them."""

_numbers = count(1 << 20)


def blosc() -> dict[str, Any]:
    """One more, of a block size that has not been seen before."""
    number = next(_numbers)
    return {**CONFIGURATIONS[number % len(CONFIGURATIONS)], "blocksize": number}


def rewritten(codec: dict[str, Any]) -> dict[str, Any]:
    """The floor: blosc for 4-byte elements as v3, as one would write it by hand, without any check."""
    shuffle = codec["shuffle"]
    return {
        "name": "blosc",
        "configuration": {
            "cname": codec["cname"],
            "clevel": codec["clevel"],
            "shuffle": "shuffle" if shuffle == -1 else SHUFFLES[shuffle],
            "typesize": 4,
            "blocksize": codec["blocksize"],
        },
    }


def long_encoding(length: int) -> dict[str, Any]:
    """The v2 encoding of an array with that many filters, not seen before."""
    return {
        "dtype": "<i4",
        "filters": [{"id": "zlib", "level": at % 10} for at in range(length - 1)],
        "compressor": blosc(),
    }


BYTES = {"name": "bytes", "configuration": {"endian": "little"}}
CRC32C = {"name": "crc32c"}


def sharding(
    codecs: list[dict[str, Any]] | None = None, length: int | None = None
) -> dict[str, Any]:
    """Shards with three codecs inside, of a shape that has not been seen before unless one is given."""
    zstd = {"name": "zstd", "configuration": {"level": 3, "checksum": False}}
    return {
        "name": "sharding_indexed",
        "configuration": {
            "chunk_shape": [length or next(_numbers) + 1, 7],
            "codecs": codecs or [BYTES, zstd, CRC32C],
            "index_codecs": [BYTES, CRC32C],
            "index_location": "end",
        },
    }


def nested(depth: int) -> dict[str, Any]:
    """Shards in shards."""
    length = next(_numbers) + 1  # the same in all, since inner chunks divide outer ones
    codec = sharding(length=length)
    for _ in range(depth - 1):
        codec = sharding([codec], length)
    return codec


def document(number: int) -> dict[str, Any]:
    """The ``.zarray`` of one array of an archive, which has many shapes and few encodings."""
    return {
        "zarr_format": 2,
        "shape": [100 + number, 200],
        "chunks": [10, 20],
        "dtype": ("<f4", "<i2", "<f8", "|u1")[number % 4],
        "order": "C",
        "fill_value": 0,
        "filters": None,
        "compressor": {
            "id": "blosc",
            "cname": "lz4",
            "clevel": number % 5 + 1,
            "shuffle": 1,
            "blocksize": 0,
        },
        "dimension_separator": ".",
    }


def consolidated(arrays: int, encodings: int) -> str:
    """The text of a consolidated v2 document of so many arrays, with so many different encodings."""
    metadata: dict[str, Any] = {".zgroup": {"zarr_format": 2}}
    for number in range(arrays):
        zarray = document(number)
        zarray["compressor"] = {**zarray["compressor"], "blocksize": number % encodings}
        zarray["dtype"] = "<f4"
        zarray["compressor"]["clevel"] = 5
        metadata[f"group{number // 100}/array{number}/.zarray"] = zarray
        metadata[f"group{number // 100}/array{number}/.zattrs"] = {"units": "K"}
    return json.dumps({"zarr_consolidated_format": 1, "metadata": metadata})
