"""Codecs that several test files of the zarr-python adapter use."""

from __future__ import annotations

from typing import Any

SAMPLES: dict[str, dict[str, Any]] = {
    "transpose": {"order": [1, 0]},
    "sharding_indexed": {
        "chunk_shape": [2],
        "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
        "index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
    },
    "bytes": {"endian": "little"},
    "blosc": {"cname": "lz4", "clevel": 5, "shuffle": "shuffle", "typesize": 4, "blocksize": 0},
    "gzip": {"level": 1},
    "zstd": {"level": 1, "checksum": False},
    "cast_value": {"data_type": "float32"},
    "scale_offset": {"scale": 2},
    "numcodecs.bitround": {"keepbits": 3},
    "numcodecs.delta": {"dtype": "<i4"},
    "numcodecs.astype": {"encode_dtype": "<f4", "decode_dtype": "<f8"},
    "numcodecs.fixedscaleoffset": {"offset": 0, "scale": 2, "dtype": "<f8", "astype": "<i4"},
    "numcodecs.quantize": {"digits": 2, "dtype": "<f8"},
    "numcodecs.shuffle": {"elementsize": 4},
    "n5_default": {
        "codecs": [
            {"name": "transpose", "configuration": {"order": [1, 0]}},
            {"name": "bytes", "configuration": {"endian": "big"}},
        ]
    },
    "numcodecs.blosc": {"cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0},
}
