"""Chunks that imagecodecs writes as one format and reads as the other: arrays, configurations and both ways."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from support.readers import equal
from zarrcodec_bridge import Pipeline
from zarrcodec_bridge.codecs.imagecodecs.array import fit_to_array
from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.propagation import array_chunk, output_chunk
from zarrcodec_bridge.core.spec import CodecSpec
from zarrcodec_bridge.dialects import read_codec
from zarrcodec_bridge.translation.imagecodecs_chains import normalize_chain

zarr = pytest.importorskip("zarr", minversion="3.2")

HOOKED = "fit" in CodecSpec.__dataclass_fields__
"""Whether the crossing asks codecs to fit the array; else it is done here."""

H, W = 24, 32

rng = np.random.default_rng(20261122)

RAMP = np.add.outer(np.arange(H), np.arange(W))


def make_array(dtype: str, samples: int = 0) -> np.ndarray:
    shape = (H, W, samples) if samples else (H, W)
    values = np.stack([RAMP + 7 * s for s in range(samples)], -1) if samples else RAMP
    kind = np.dtype(dtype).kind
    if kind == "b":
        return (values % 5 == 0).astype(dtype)
    if kind == "f":
        return (values / 131 + rng.random(shape) / 97).clip(0, 0.99).astype(dtype)
    return (values + rng.integers(0, 3, shape)).astype(dtype)


ARRAYS = {
    name: make_array(*spec)
    for name, spec in {
        **{code: (code,) for code in "u1 i1 u2 i2 u4 i4 i8 f2 f4 f8 bool".split()},
        "rgb-u1": ("u1", 3),
        "rgba-u1": ("u1", 4),
        "rgb-u2": ("u2", 3),
        "rgb-f2": ("f2", 3),
        "rgba-f2": ("f2", 4),
        "rgb-f4": ("f4", 3),
    }.items()
}

CONFIGS: dict[str, list[dict[str, Any]]] = {
    "aec": [{}, {"bitspersample": 8}, {"bitspersample": 16, "flags": 8}],
    "apng": [{}, {"level": 1, "strategy": "RLE"}],
    "avif": [{}, {"level": 60, "speed": 9}],
    "b2nd": [{}, {"level": 3, "compressor": "ZSTD", "shuffle": "BITSHUFFLE"}],
    "bfloat16": [{}, {"byteorder": ">"}],
    "bitorder": [{}],
    "bitshuffle": [{}, {"blocksize": 64}],
    "blosc": [{}, {"compressor": "LZ4", "level": 2, "shuffle": "NOSHUFFLE"}],
    "blosc2": [{}, {"compressor": "ZLIB", "splitmode": "NEVER"}],
    "bmp": [{}],
    "brotli": [{}, {"level": 2, "mode": "TEXT", "lgwin": 16}],
    "byteshuffle": [{}, {"axis": 0}, {"delta": True}, {"reorder": True}],
    "bz2": [{}, {"level": 1}],
    "checksum": [
        *({"kind": kind} for kind in ("crc32", "adler32", "fletcher32", "lookup3", "h5crc")),
        {"kind": "crc32", "prepend": False, "byteorder": "big"},
        {"kind": "lookup3", "value": 7},
    ],
    "chunked": [{}, {"codec": "LZ4", "chunksize": 500}],
    "deflate": [{}, {"level": 12}],
    "delta": [{}, {"axis": 0}, {"axis": -2}],
    "exr": [{}, {"compression": "ZIP", "level": 3.0}],
    "float24": [{}, {"rounding": "UPWARD"}],
    "floatpred": [{}, {"axis": -2}],
    "gif": [{}],
    "hcomp": [{}],
    "htj2k": [{}, {"level": 0.01, "reversible": False}],
    "isal": [{}, {"level": 1}, {"gzip": True}, {"raw": True}],
    "jpeg": [{}, {"level": 80, "subsampling": "444"}, {"lossless": True}],
    "jpeg2k": [{}, {"level": 40, "codecformat": "J2K"}],
    "jpegls": [{}, {"level": 2}],
    "jpegxl": [{}, {"lossless": True, "effort": 3}, {"level": 80, "lossless": False}],
    "jpegxr": [{}, {"level": 0.8}],
    "lerc": [{}, {"level": 0.01}, {"compression": "zstd"}],
    "ljpeg": [{}],
    "lz4": [{}, {"header": True}, {"hc": True, "level": 5, "header": True}],
    "lz4f": [{}, {"contentchecksum": True}],
    "lz4h5": [{}, {"blocksize": 100}],
    "lzf": [{}, {"header": False}],
    "lzfse": [{}],
    "lzham": [{}, {"level": 1}],
    "lzma": [{}, {"level": 1, "check": "CRC32"}],
    "lzw": [{}],
    "meshopt": [{}, {"level": 1}],
    "packbits": [{}],
    "packints": [{"bitspersample": 12}, {"bitspersample": 7, "bitorder": "<"}],
    "pcodec": [{}, {"level": 4}],
    "pcx": [{}],
    "pglz": [{}],
    "pixarlog": [{}, {"level": 1}],
    "plio": [{}],
    "png": [{}, {"level": 9, "filter": "SUB"}],
    "qoi": [{}],
    "quantize": [{"mode": "bitgroom", "nsd": 3}, {"mode": "scale", "nsd": 2}],
    "rcomp": [{}, {"nblock": 16}],
    "rgbe": [{"header": True}, {"header": False}],
    "snappy": [{}],
    "sperr": [{"level": 8.0, "mode": "bpp"}, {"level": 0.01, "mode": "pwe", "header": False}],
    "spng": [{}, {"level": 1}],
    "sz3": [{}, {"mode": "rel", "rel": 0.01}],
    "szip": [
        {
            "options_mask": 4,
            "pixels_per_block": 8,
            "bits_per_pixel": 8,
            "pixels_per_scanline": 32,
        }
    ],
    "tga": [{}, {"rle": True}],
    "tiff": [{}, {"compression": "ADOBE_DEFLATE", "predictor": "HORIZONTAL"}],
    "ultrahdr": [{"dtype": "<f2"}],
    "wavpack": [{}, {"channels": True}],
    "webp": [{}, {"level": 70.0, "lossless": False}],
    "xor": [{}, {"axis": 0}],
    "zfp": [{}, {"mode": "FIXED_PRECISION", "level": 20}, {"header": False}],
    "zlib": [{}, {"level": 1}],
    "zlibng": [{}, {"level": 1}],
    "zopfli": [{}],
    "zstd": [{}, {"level": 9}],
    "zstd1": [{}, {"itemsize": 2}, {"itemsize": 1}],
}
"""Parameters that both sides take; what v2 alone needs is added by :func:`v2_config`."""

SHAPED = {
    "byteshuffle",
    "floatpred",
    "meshopt",
    "pcodec",
    "rcomp",
    "sz3",
    "delta",
    "xor",
    "plio",
    "pixarlog",
    "hcomp",
}

TYPED = (SHAPED - {"hcomp"}) | {"packints"}


def v2_config(codec: str, config: dict[str, Any], array: np.ndarray) -> dict[str, Any]:
    """The v2 payload, as a user of imagecodecs' own v2 class would have it."""
    found = {"id": f"imagecodecs_{codec}", **config}
    squeezed = list(np.atleast_2d(np.squeeze(array)).shape)
    if codec in SHAPED:
        found["shape"] = list(array.shape)
    if codec in TYPED:
        found["dtype"] = array.dtype.str
    if config.get("header") is False and codec in ("sperr", "zfp", "rgbe"):
        found["shape"] = list(array.shape) if codec == "zfp" else squeezed
        if codec != "rgbe":
            found["dtype"] = array.dtype.str
    if codec == "bitshuffle":
        found["itemsize"] = array.dtype.itemsize
    return found


def open_array(document: dict[str, Any], chunks: dict[str, bytes] | None = None) -> Any:
    """An array in memory with that metadata and those chunks."""
    from zarr.core.buffer import cpu
    from zarr.storage import MemoryStore

    v3 = document["zarr_format"] == 3
    files = {"zarr.json" if v3 else ".zarray": json.dumps(document).encode(), **(chunks or {})}
    store = MemoryStore({key: cpu.Buffer.from_bytes(data) for key, data in files.items()})
    return zarr.open_array(store, mode="r+", zarr_format=document["zarr_format"])


def write_chunks(document: dict[str, Any], data: np.ndarray) -> dict[str, bytes]:
    """The chunks that zarr-python writes of one whole chunk."""
    array = open_array(document)
    array[...] = data
    files = array.store._store_dict
    return {
        key: value.to_bytes()
        for key, value in files.items()
        if key not in (".zarray", "zarr.json", ".zattrs")
    }


def attempt(action: Callable[[], Any]) -> Any:
    """What it gives, or the error that it raises."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return action()
    except Exception as error:  # an encoder or decoder; any error says that it cannot
        return error


def to_v3(members: dict[str, Any], shape: tuple[int, ...]) -> dict[str, Any]:
    """The translation under test, fitted to the array as the crossing does it."""
    ctx = ReadContext(dialect="v2")
    write = WriteContext(dialect="v3", complete=True)
    chunk = array_chunk(DataType.from_v2(members["dtype"]), len(shape), shape)
    slots: list[Any] = [*(members["filters"] or []), members["compressor"]]
    for index, payload in enumerate(slots):
        if payload is not None:
            codec = read_codec(payload, ctx)
            if not HOOKED:
                slots[index] = fit_to_array(codec, chunk, members["order"], write)
            chunk = output_chunk(codec, chunk)
    pipeline = Pipeline.from_v2(
        dtype=members["dtype"],
        order=members["order"],
        filters=slots[:-1],
        compressor=slots[-1],
        chunk_shape=shape,
    )
    return pipeline.to_v3("zarr-python", on_loss="ignore")


def chain_of(members: dict[str, Any]) -> tuple[Any, ...]:
    """The codecs of v3 metadata, of whichever dialect, as models."""
    ctx = ReadContext(dialect="v3")
    codecs = tuple(read_codec(payload, ctx) for payload in members["codecs"])
    return normalize_chain(codecs, DataType.from_v3(members["data_type"]), ctx)


def to_v2(members: dict[str, Any], shape: tuple[int, ...]) -> dict[str, Any]:
    """The other way."""
    codecs = members["codecs"] if HOOKED else chain_of(members)
    found = Pipeline.from_v3(
        data_type=members["data_type"], codecs=codecs, chunk_shape=shape
    ).to_v2(on_loss="ignore")
    chunk = array_chunk(DataType.from_v2(found["dtype"]), len(shape), shape)
    for codec in () if HOOKED else codecs:
        fit_to_array(codec, chunk, found["order"], WriteContext(dialect="v2", complete=True))
    return found


def compare(source: Any, target: Any, data: np.ndarray) -> str:
    if isinstance(source, Exception) and isinstance(target, Exception):
        return "neither decodes it"
    if isinstance(target, Exception):
        return f"only the source decodes it: {type(target).__name__}: {str(target)[:100]}"
    if not isinstance(source, Exception) and equal(source, target):
        return "same"
    if equal(target, data):
        return "only the target gives what was encoded"
    if isinstance(source, Exception):
        return "the source does not decode it"
    return "MISMATCH"
