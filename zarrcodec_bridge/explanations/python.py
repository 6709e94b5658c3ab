"""The Python code that zarr-python 3 takes for a codec or an encoding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from zarrcodec_bridge.explanations.formats import codecs_by_slot

ZARR_CODECS: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "blosc": ("BloscCodec", {}),
    "bytes": ("BytesCodec", {"endian": None}),
    "cast_value": ("CastValue", {}),
    "crc32c": ("Crc32cCodec", {}),
    "gzip": ("GzipCodec", {}),
    "scale_offset": ("ScaleOffset", {}),
    "sharding_indexed": ("ShardingCodec", {}),
    "transpose": ("TransposeCodec", {}),
    "vlen-bytes": ("VLenBytesCodec", {}),
    "vlen-utf8": ("VLenUTF8Codec", {}),
    "zstd": ("ZstdCodec", {}),
}
"""The classes of ``zarr.codecs`` by v3 name, with what the class guesses where it is left out."""


NUMCODECS_CLASSES: Final[Mapping[str, str]] = {
    "adler32": "Adler32",
    "astype": "AsType",
    "bitround": "BitRound",
    "blosc": "Blosc",
    "bz2": "BZ2",
    "crc32": "CRC32",
    "crc32c": "CRC32C",
    "delta": "Delta",
    "fixedscaleoffset": "FixedScaleOffset",
    "fletcher32": "Fletcher32",
    "gzip": "GZip",
    "jenkins_lookup3": "JenkinsLookup3",
    "lz4": "LZ4",
    "lzma": "LZMA",
    "packbits": "PackBits",
    "pcodec": "PCodec",
    "quantize": "Quantize",
    "shuffle": "Shuffle",
    "zfpy": "ZFPY",
    "zlib": "Zlib",
    "zstd": "Zstd",
}
"""The classes of ``zarr.codecs.numcodecs`` (zarr-python 3.1.3) by what follows ``numcodecs.``."""


def array_code(result: dict[str, Any]) -> str:
    """Write the call of `zarr.create_array` that has an encoding."""
    slots = codecs_by_slot(result["codecs"])
    serializer = slots["serializer"]
    return ", ".join(
        (
            f"zarr.create_array(store, shape=shape, dtype={result['data_type']!r}",
            f"filters={_chain_code(slots['filters'])}",
            f"serializer={codec_code(serializer[0]) if serializer else 'None'}",
            f"compressors={_chain_code(slots['compressors'])}",
            "zarr_format=3)",
        )
    )


def _chain_code(codecs: list[dict[str, Any]]) -> str:
    return f"[{', '.join(codec_code(codec) for codec in codecs)}]" if codecs else "None"


def codec_code(payload: dict[str, Any]) -> str:
    """Write one codec as Python: its class, or the dictionary that zarr-python takes in its place."""
    name = payload["name"]
    configuration: dict[str, Any] = payload.get("configuration", {})
    if name in ZARR_CODECS:
        called, spelled_out = ZARR_CODECS[name]
        configuration = {**spelled_out, **configuration}
    elif name.startswith("numcodecs.") and name[10:] in NUMCODECS_CLASSES:
        called = f"numcodecs.{NUMCODECS_CLASSES[name[10:]]}"
    else:
        return repr(payload)
    arguments = ", ".join(f"{key}={_argument(value)}" for key, value in configuration.items())
    return f"zarr.codecs.{called}({arguments})"


def _argument(value: Any) -> str:
    chain: Any = value if isinstance(value, list) else ()
    if chain and all(isinstance(item, Mapping) and "name" in item for item in chain):
        return _chain_code(value)
    return repr(value)
