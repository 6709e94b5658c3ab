"""The imagecodecs family, chunk by chunk: what imagecodecs wrote as one format, it reads as the other.

A sample of the grid is run; ``ZARRCODEC_BRIDGE_IMAGECODECS=all`` runs it whole (some minutes).
"""

from __future__ import annotations

import base64
import inspect
import itertools
import json
import os
import pickle
import struct
import subprocess
import sys
import warnings
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import zarrcodec_bridge as bridge
from support import shared
from support.readers import equal, v2_document, v3_document
from table import ROWS as ALL_ROWS
from zarrcodec_bridge import Pipeline, normalize
from zarrcodec_bridge.codecs import imagecodecs as family
from zarrcodec_bridge.codecs.imagecodecs.enums import ENUMERATIONS
from zarrcodec_bridge.codecs.imagecodecs.facts import REQUIRED
from zarrcodec_bridge.codecs.imagecodecs.table import CODECS
from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.errors import BridgeError, NotRepresentableError
from zarrcodec_bridge.core.propagation import array_chunk, output_chunk
from zarrcodec_bridge.core.spec import CodecSpec
from zarrcodec_bridge.dialects import read_codec
from zarrcodec_bridge.translation.imagecodecs_chains import normalised

numcodecs = pytest.importorskip("numcodecs")
imagecodecs = pytest.importorskip("imagecodecs", minversion="2026.10")
zarr = pytest.importorskip("zarr", minversion="3.2")
pytest.importorskip("imagecodecs.zarr")
v2_side = pytest.importorskip("imagecodecs.numcodecs")

WHOLE = os.environ.get("ZARRCODEC_BRIDGE_IMAGECODECS") == "all"
SAMPLE = 11
"""Of how many points of the grid one is run."""


HOOKED = "fit" in CodecSpec.__dataclass_fields__
"""Whether the crossing asks codecs to fit the array; else it is done here."""

ROWS = [row for row in ALL_ROWS if type(row.codec).__module__.startswith(family.__name__)]

H, W = 24, 32
rng = np.random.default_rng(20261122)
RAMP = np.add.outer(np.arange(H), np.arange(W))


def _array(dtype: str, samples: int = 0) -> np.ndarray:
    shape = (H, W, samples) if samples else (H, W)
    values = np.stack([RAMP + 7 * s for s in range(samples)], -1) if samples else RAMP
    kind = np.dtype(dtype).kind
    if kind == "b":
        return (values % 5 == 0).astype(dtype)
    if kind == "f":
        return (values / 131 + rng.random(shape) / 97).clip(0, 0.99).astype(dtype)
    return (values + rng.integers(0, 3, shape)).astype(dtype)


ARRAYS = {
    name: _array(*spec)
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

LAYOUTS: dict[str, Callable[[tuple[int, ...]], tuple[int, ...]]] = {
    "plain": lambda shape: shape,
    "leading": lambda shape: (1, *shape),
    "trailing": lambda shape: (*shape, 1),
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


@dataclass(frozen=True)
class Point:
    """One point of the grid."""

    codec: str
    config: int
    array: str
    layout: str
    behind: bool
    """Whether another codec follows, so that it is a v2 filter."""

    @property
    def parameters(self) -> dict[str, Any]:
        return CONFIGS[self.codec][self.config]

    @property
    def data(self) -> np.ndarray:
        array = ARRAYS[self.array]
        return array.reshape(LAYOUTS[self.layout](array.shape))

    def __str__(self) -> str:
        where = "filter" if self.behind else "compressor"
        return f"{self.codec}-{self.config}-{self.array}-{self.layout}-{where}"


def _grid() -> Iterator[Point]:
    for codec, configs in CONFIGS.items():
        for config in range(len(configs)):
            for array, layout, behind in itertools.product(ARRAYS, LAYOUTS, (False, True)):
                yield Point(codec, config, array, layout, behind)


def _sampled() -> list[Point]:
    points = list(_grid())
    if WHOLE:
        return points
    return [point for point in points if zlib.crc32(str(point).encode()) % SAMPLE == 0]


POINTS = _sampled()


def _open(document: dict[str, Any], chunks: dict[str, bytes] | None = None) -> Any:
    """An array in memory with that metadata and those chunks."""
    from zarr.core.buffer import cpu
    from zarr.storage import MemoryStore

    v3 = document["zarr_format"] == 3
    files = {"zarr.json" if v3 else ".zarray": json.dumps(document).encode(), **(chunks or {})}
    store = MemoryStore({key: cpu.Buffer.from_bytes(data) for key, data in files.items()})
    return zarr.open_array(store, mode="r+", zarr_format=document["zarr_format"])


def _written(document: dict[str, Any], data: np.ndarray) -> dict[str, bytes]:
    """The chunks that zarr-python writes of one whole chunk."""
    array = _open(document)
    array[...] = data
    files = array.store._store_dict
    return {
        key: value.to_bytes()
        for key, value in files.items()
        if key not in (".zarray", "zarr.json", ".zattrs")
    }


def _tried(action: Callable[[], Any]) -> Any:
    """What it gives, or the error that it raises."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return action()
    except Exception as error:  # an encoder or decoder; any error says that it cannot
        return error


def _v2_members(point: Point, order: str = "C", byte_order: str = "<") -> dict[str, Any]:
    data = point.data.astype(point.data.dtype.newbyteorder(byte_order))
    payload = v2_config(point.codec, point.parameters, data)
    filters, compressor = (
        ([payload], {"id": "imagecodecs_zstd"}) if point.behind else (None, payload)
    )
    return {
        "dtype": data.dtype.str,
        "order": order,
        "filters": filters,
        "compressor": compressor,
    }


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
                slots[index] = family.fit(codec, chunk, members["order"], write)
            chunk = output_chunk(codec, chunk)
    pipeline = Pipeline.from_v2(
        dtype=members["dtype"],
        order=members["order"],
        filters=slots[:-1],
        compressor=slots[-1],
        chunk_shape=shape,
    )
    return pipeline.to_v3("zarr-python", on_loss="ignore")


def _chain(members: dict[str, Any]) -> tuple[Any, ...]:
    """The codecs of v3 metadata, of whichever dialect, as models."""
    ctx = ReadContext(dialect="v3")
    codecs = tuple(read_codec(payload, ctx) for payload in members["codecs"])
    return normalised(codecs, DataType.from_v3(members["data_type"]), ctx)


def to_v2(members: dict[str, Any], shape: tuple[int, ...]) -> dict[str, Any]:
    """The other way."""
    codecs = members["codecs"] if HOOKED else _chain(members)
    found = Pipeline.from_v3(
        data_type=members["data_type"], codecs=codecs, chunk_shape=shape
    ).to_v2(on_loss="ignore")
    chunk = array_chunk(DataType.from_v2(found["dtype"]), len(shape), shape)
    for codec in () if HOOKED else codecs:
        family.fit(codec, chunk, found["order"], WriteContext(dialect="v2", complete=True))
    return found


def _v3_members(point: Point, transposed: bool = False) -> dict[str, Any]:
    dtype = DataType.from_v2(point.data.dtype.str)
    found = {"name": f"imagecodecs_{point.codec}", "configuration": dict(point.parameters)}
    kind = family.build(str(found["name"])).kind
    endian = {"configuration": {"endian": "little"}} if point.data.dtype.itemsize > 1 else {}
    middle = {"name": "bytes", **endian}
    reverse = list(range(point.data.ndim))[::-1]
    first = [{"name": "transpose", "configuration": {"order": reverse}}] if transposed else []
    last = [{"name": "imagecodecs_zstd"}] if point.behind else []
    chain = {"a2a": [found, middle], "a2b": [found], "b2b": [middle, found]}[kind]
    return {"data_type": dtype.to_v3(), "codecs": [*first, *chain, *last]}


def v2_then_v3(point: Point, order: str = "C", byte_order: str = "<") -> str:
    """What becomes of a chunk that v2 wrote."""
    data = point.data.astype(point.data.dtype.newbyteorder(byte_order))
    members = _v2_members(point, order, byte_order)
    document = v2_document(members, data.shape, data.shape, 0)
    chunks = _tried(lambda: _written(document, data))
    if isinstance(chunks, Exception):
        return "not encoded"
    v2 = _tried(lambda: _open(document, chunks)[...])
    try:
        encoding = to_v3(members, data.shape)
    except NotRepresentableError as error:
        return f"refused: {error.reason}"
    v3 = _tried(lambda: _open(v3_document(encoding, data.shape, data.shape), chunks)[...])
    return _compared(v2, v3, data)


def v3_then_v2(point: Point, transposed: bool = False) -> str:
    """What becomes of a chunk that v3 wrote."""
    data = point.data
    members = _v3_members(point, transposed)
    document = v3_document(members, data.shape, data.shape)
    chunks = _tried(lambda: _written(document, data))
    if isinstance(chunks, Exception):
        return "not encoded"
    v3 = _tried(lambda: _open(document, chunks)[...])
    try:
        encoding = to_v2(members, data.shape)
    except NotRepresentableError as error:
        return f"refused: {error.reason}"
    v2 = _tried(lambda: _open(v2_document(encoding, data.shape, data.shape, 0), chunks)[...])
    return _compared(v3, v2, data)


def _compared(source: Any, target: Any, data: np.ndarray) -> str:
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


FINE = {"same", "not encoded"}

ALSO: dict[tuple[str, str], str] = {
    ("v2", "aec: only the target gives what was encoded"): (
        "imagecodecs encodes 16 bits of a typed array and decodes 8 of the bytes that it is given"
    ),
    ("v2", "aec: refused: nothing says whether its samples are signed"): (
        "imagecodecs sets AEC_DATA_SIGNED for signed typed arrays, and takes it from `flags` to decode"
    ),
    ("v2", "bitshuffle: refused: upstream decodes elements"): (
        "bitshuffle_decode ignores itemsize for arrays, and zarr-python hands it bytes as an array"
    ),
    ("v2", "hcomp: only the target gives what was encoded"): (
        "imagecodecs.numcodecs.Hcomp gives out the decoder's int32 whatever it encoded"
    ),
    ("v2", "hcomp: the source does not decode it"): "the same, of order F",
    ("v2", "sperr: refused: upstream's v3 class does not decode it without header"): (
        "imagecodecs.zarr.Sperr encodes the squeezed chunk and decodes to the whole one"
    ),
    ("v2", "spng: neither decodes it"): "libspng is asked to decode 8 bits",
    ("v3", "bitshuffle: refused: upstream decodes elements"): "as above",
    ("v3", "hcomp: refused: upstream's v2 class decodes 4-byte integers alone"): "as above",
    ("v3", "sperr: the source does not decode it"): "as above",
    ("v3", "spng: neither decodes it"): "as above",
    (
        "v3",
        "ultrahdr: neither decodes it",
    ): "imagecodecs decodes what it encodes from float16 RGBA alone",
}
"""What else may become of a chunk, by the format that wrote it, and why."""

SHAPE_AWARE = 'refused: it works on the shape of the chunk, and order "F" is a transpose in v3'
NATIVE = "refused: it takes native elements only"


def _unexpected(writer: str, point: Point, outcome: str, *also: str) -> bool:
    if outcome in FINE or any(outcome.startswith(fine) for fine in also):
        return False
    found = f"{point.codec}: {outcome}"
    return not any(writer == side and found.startswith(known) for side, known in ALSO)


@pytest.mark.parametrize("codec", CONFIGS)
def test_chunks_that_v2_wrote_decode_equal_as_v3(codec: str) -> None:
    outcomes = {point: v2_then_v3(point) for point in POINTS if point.codec == codec}
    assert not {str(p): o for p, o in outcomes.items() if _unexpected("v2", p, o)}


@pytest.mark.parametrize("codec", CONFIGS)
def test_chunks_that_v3_wrote_decode_equal_as_v2(codec: str) -> None:
    outcomes = {point: v3_then_v2(point) for point in POINTS if point.codec == codec}
    assert not {str(p): o for p, o in outcomes.items() if _unexpected("v3", p, o)}


def test_every_codec_with_an_encoder_was_read_as_the_other_format() -> None:
    counts = Counter(
        point.codec for point in map(_simplest, CONFIGS) if v2_then_v3(point) == "same"
    )
    assert set(CONFIGS) - set(counts) == set()


def _simplest(codec: str) -> Point:
    """A point of the grid that a codec encodes and both formats decode."""
    array = {
        "bfloat16": "f4",
        "byteshuffle": "u2",
        "exr": "f4",
        "float24": "f4",
        "floatpred": "f4",
        "hcomp": "i4",
        "meshopt": "f4",
        "packints": "u2",
        "qoi": "rgb-u1",
        "quantize": "f4",
        "rcomp": "u2",
        "rgbe": "rgb-f4",
        "sperr": "f4",
        "sz3": "f4",
        "ultrahdr": "rgba-f2",
        "webp": "rgb-u1",
        "zfp": "f4",
    }.get(codec, "u1")
    return Point(codec, 0, array, "plain", False)


@pytest.mark.parametrize("codec", CONFIGS)
def test_big_endian_chunks_decode_equal_or_are_refused(codec: str) -> None:
    outcomes = {}
    for point in POINTS:
        if point.codec == codec and point.data.dtype.itemsize > 1:
            outcomes[point] = v2_then_v3(point, byte_order=">")
    assert not {str(p): o for p, o in outcomes.items() if _unexpected("v2", p, o, NATIVE)}


@pytest.mark.parametrize("codec", CONFIGS)
def test_chunks_in_fortran_order_decode_equal_or_are_refused(codec: str) -> None:
    points = [point for point in POINTS if point.codec == codec]
    outcomes = {point: v2_then_v3(point, order="F") for point in points}
    assert not {str(p): o for p, o in outcomes.items() if _unexpected("v2", p, o, SHAPE_AWARE)}
    outcomes = {point: v3_then_v2(point, transposed=True) for point in points}
    assert not {str(p): o for p, o in outcomes.items() if _unexpected("v3", p, o, SHAPE_AWARE)}


SHAPES = [(24, 32), (1, 24, 32), (24, 32, 1), (1, 1, 24, 32), (24, 1, 32)]
MASKED = ["exr", "gif", "jpegxl", "lerc", "pixarlog", "png", "qoi", "rgbe", "tiff", "webp"]


@pytest.mark.parametrize(
    "codec",
    [
        "byteshuffle",
        "delta",
        "floatpred",
        "meshopt",
        "pcodec",
        "pixarlog",
        "plio",
        "rcomp",
        "sz3",
        "xor",
        "zfp",
    ],
)
def test_a_shape_that_differs_from_the_chunks_by_ones_decodes_equal_or_is_refused(
    codec: str,
) -> None:
    """As tifffile and kerchunk write it, which describe chunks of others."""
    outcomes = Counter()
    for config, own, chunk in itertools.product(CONFIGS[codec], SHAPES, SHAPES):
        for base in (ARRAYS["f4"], ARRAYS["u2"]):
            data = base.reshape(own)
            payload = v2_config(codec, config, data)
            members = {
                "dtype": data.dtype.str,
                "order": "C",
                "filters": None,
                "compressor": payload,
            }
            chunks = _tried(lambda: _written(v2_document(members, own, own, 0), data))  # noqa: B023
            if isinstance(chunks, Exception):
                continue
            outcomes[_read_elsewhere(members, chunk, chunks, base)] += 1
    assert not {
        o: n for o, n in outcomes.items() if o != "same" and not o.startswith("refused: its")
    }
    assert outcomes["same"] >= 3


def _read_elsewhere(
    members: dict[str, Any], shape: tuple[int, ...], chunks: dict[str, bytes], base: np.ndarray
) -> str:
    """The chunk of one array, read by both formats as the chunk of an array of another shape."""
    moved = {".".join("0" * len(shape)): data for data in chunks.values()}
    v2 = _tried(lambda: _open(v2_document(members, shape, shape, 0), moved)[...])
    if isinstance(v2, Exception):
        return "refused: its v2 does not decode it either"
    try:
        encoding = to_v3(members, shape)
    except NotRepresentableError as error:
        return f"refused: {error.reason}"
    v3 = _tried(lambda: _open(v3_document(encoding, shape, shape), moved)[...])
    return _compared(v2, v3, base.reshape(shape))


@pytest.mark.parametrize("codec", MASKED)
def test_squeezed_axes_decode_equal_or_are_refused(codec: str) -> None:
    outcomes = Counter()
    base = ARRAYS["rgb-f4" if codec in ("exr", "rgbe") else "rgb-u1"]
    for config, shape in itertools.product(CONFIGS[codec], [base.shape, (1, *base.shape)]):
        for squeeze in (False, [int(size == 1) for size in shape]):
            data = base.reshape(shape)
            payload = {**v2_config(codec, config, data), "squeeze": squeeze}
            members = {
                "dtype": data.dtype.str,
                "order": "C",
                "filters": None,
                "compressor": payload,
            }
            chunks = _tried(lambda: _written(v2_document(members, shape, shape, 0), data))  # noqa: B023
            if not isinstance(chunks, Exception):
                outcomes[_read_elsewhere(members, shape, chunks, base)] += 1
    assert not {o: n for o, n in outcomes.items() if o != "same" and not o.startswith("refused: ")}
    assert outcomes["same"]


def _bits(text: str) -> bytes:
    return int(text.ljust(-(-len(text) // 8) * 8, "0"), 2).to_bytes(-(-len(text) // 8), "big")


def _dicomrle() -> tuple[bytes, np.ndarray]:
    values = ARRAYS["u2"]
    planes = []
    for plane in (values >> 8, values & 255):
        packed = imagecodecs.packbits_encode(plane.astype("u1").tobytes())
        planes.append(packed + b"\0" * (len(packed) % 2))
    header = struct.pack("<16I", 2, 64, 64 + len(planes[0]), *[0] * 13)
    return header + b"".join(planes), values


RUN = "00110101" + "0000010111" + "101010"
"""A row of 32 pixels in CCITT's code: no white, 16 black, 16 white."""

HALF = np.repeat([[1] * 16 + [0] * 16], H, axis=0).astype("u1")

DDS = (
    struct.pack("<4s7I44x", b"DDS ", 124, 0x1007, 4 * 6, 4 * 8, 8 * 48, 0, 0)
    + struct.pack("<2I4s5I", 32, 4, b"DXT1", 0, 0, 0, 0, 0)
    + struct.pack("<5I", 0x1000, 0, 0, 0, 0)
    + struct.pack("<HHI", 0xF800, 0x001F, 0x1B1B1B1B) * 48
)

LITERALS = bytes(range(192))

BY_HAND: dict[str, tuple[dict[str, Any], bytes, str, tuple[int, ...], Any]] = {
    "ccittrle": ({"height": H, "width": W}, _bits(RUN) * H, "|u1", (H, W), HALF),
    "ccittfax3": (
        {"height": H, "width": W, "t4options": 0},
        _bits(("0" * 11 + "1" + RUN) * H + ("0" * 11 + "1") * 6),
        "|u1",
        (H, W),
        HALF,
    ),
    "ccittfax4": ({"height": H, "width": W}, b"\xff" * 3, "|u1", (H, W), np.zeros((H, W), "u1")),
    "dds": ({}, DDS, "|u1", (H, W, 4), None),
    "dicomrle": ({"dtype": "<u2"}, _dicomrle()[0], "<u2", (H, W), _dicomrle()[1]),
    "eer": (
        {"shape": [H, W], "skipbits": 7, "horzbits": 1, "vertbits": 1},
        b"\x05" * 8,
        "|b1",
        (H, W),
        None,
    ),
    "lzo": (
        {"header": True},
        b"\xf0" + struct.pack(">I", 192) + bytes([17 + 192]) + LITERALS + b"\x11\0\0",
        "|u1",
        (6, 32),
        np.frombuffer(LITERALS, "u1").reshape(6, 32),
    ),
}
"""Streams of what imagecodecs only decodes: v2 parameters, stream, data type, shape, values."""


@pytest.mark.parametrize("codec", BY_HAND)
def test_streams_made_by_hand_decode_equal(codec: str) -> None:
    params, stream, dtype, shape, values = BY_HAND[codec]
    payload = {"id": f"imagecodecs_{codec}", **params}
    members = {"dtype": dtype, "order": "C", "filters": None, "compressor": payload}
    chunks = {".".join("0" * len(shape)): stream}
    v2 = _open(v2_document(members, shape, shape, 0), chunks)[...]
    assert values is None or equal(v2, values.astype(dtype))
    encoding = to_v3(members, shape)
    assert equal(_open(v3_document(encoding, shape, shape), chunks)[...], v2)
    again = to_v2(encoding, shape)
    assert again["compressor"] == normalized(payload)
    assert equal(_open(v2_document(again, shape, shape, 0), chunks)[...], v2)


def normalized(payload: dict[str, Any]) -> dict[str, Any]:
    """A v2 payload as it is written."""
    return bridge.to_v2(payload)


def test_colour_transforms_decode_equal() -> None:
    profile = base64.b64encode(imagecodecs.cms_profile("srgb")).decode()
    data = ARRAYS["rgb-u1"]
    payload = {
        "id": "imagecodecs_cms",
        "profile": profile,
        "outprofile": profile,
        "shape": list(data.shape),
        "dtype": "|u1",
    }
    members = {
        "dtype": "|u1",
        "order": "C",
        "filters": [payload],
        "compressor": None,
    }
    document = v2_document(members, data.shape, data.shape, 0)
    chunks = _written(document, data)
    encoding = to_v3(members, data.shape)
    assert [codec["name"] for codec in encoding["codecs"]] == ["imagecodecs_cms", "bytes"]
    v3 = _open(v3_document(encoding, data.shape, data.shape), chunks)[...]
    assert equal(v3, _open(document, chunks)[...])


DIALECT_B: dict[str, dict[str, Any]] = {
    "byteshuffle": {"axis": -1, "dist": 1, "delta": False, "reorder": False},
    "floatpred": {"axis": -1, "dist": 1},
}


@pytest.mark.parametrize("codec", DIALECT_B)
@pytest.mark.parametrize("array", ["u2", "f4", "f8", "rgb-f4"])
def test_v3_metadata_of_before_2026_8_is_read_as_what_is_written_today(
    codec: str, array: str
) -> None:
    data = ARRAYS[array]
    serializer = {"name": f"imagecodecs_{codec}", "configuration": DIALECT_B[codec]}
    name = DataType.from_v2(data.dtype.str).to_v3()
    after = [{"name": "imagecodecs_zlib", "configuration": {}}]
    today = {"data_type": name, "codecs": [serializer, *after]}
    chunks = _tried(lambda: _written(v3_document(today, data.shape, data.shape), data))
    if isinstance(chunks, Exception):
        pytest.skip(f"imagecodecs does not encode it: {chunks}")
    middle = {"name": "bytes", "configuration": {"endian": "little"}}
    before = {"data_type": name, "codecs": [serializer, middle, *after]}
    pipeline = Pipeline.from_v3(data_type=name, codecs=_chain(before), chunk_shape=data.shape)
    assert pipeline.to_v3("zarr-python") == today
    v2 = _open(v2_document(to_v2(before, data.shape), data.shape, data.shape, 0), chunks)[...]
    assert equal(v2, data)
    with pytest.raises(NotRepresentableError):
        _chain(
            {
                **before,
                "codecs": [
                    serializer,
                    {"name": "bytes", "configuration": {"endian": "big"}},
                    *after,
                ],
            }
        )


def test_virtual_tiffs_interleaved_samples_are_a_transpose() -> None:
    """`ChunkyCodec` after the transpose that virtual-tiff puts before it: samples last."""
    codecs = [
        {"name": "transpose", "configuration": {"order": [0, 2, 1]}},
        {"name": "ChunkyCodec", "configuration": {"endian": "little"}},
        {"name": "imagecodecs_png", "configuration": {"level": None, "squeeze": None}},
    ]
    chain = _chain({"data_type": "uint8", "codecs": codecs})
    written = Pipeline.from_v3(data_type="uint8", codecs=chain, chunk_shape=(3, H, W)).to_v3()
    assert written["codecs"] == [
        {"name": "transpose", "configuration": {"order": [1, 2, 0]}},
        {"name": "imagecodecs_png", "configuration": {}},
    ]
    image = ARRAYS["rgb-u1"]
    chunks = {"0.0.0": imagecodecs.png_encode(image)}
    document = v3_document(written, (3, H, W), (3, H, W))
    assert equal(_open(document, chunks)[...], image.transpose(2, 0, 1))
    raw = Pipeline.from_v3(
        data_type="uint8", codecs=_chain({"data_type": "uint8", "codecs": codecs[:2]}), ndim=3
    )
    document = v3_document(raw.to_v3(), (3, H, W), (3, H, W))
    assert equal(_open(document, {"0.0.0": image.tobytes()})[...], image.transpose(2, 0, 1))


FAMILY_NAMES = ("imagecodecs_", "ChunkyCodec", "HorizontalDeltaCodec")


def _is_family(codecs: list[str]) -> bool:
    return any(name in codec for codec in codecs for name in FAMILY_NAMES)


REFUSED_AS_V3 = {
    951: "bitshuffle of 2-byte elements, which v3 decodes wrong",
    958: "cms of imagecodecs 2026.3.6, which had no parameters, and no transform",
}
"""Documents of the corpus that are refused, and why."""


def test_every_document_of_the_corpus_is_translated_or_refused_for_a_known_reason() -> None:
    seen = Counter()
    for item in shared.documents():
        if not _is_family(item["codecs"]):
            continue
        document = item["document"]
        if item["zarr_format"] == 2:
            members = {
                key: document.get(key) for key in ("dtype", "order", "filters", "compressor")
            }
            try:
                encoding = to_v3(members, tuple(document["chunks"]))
            except BridgeError:
                assert item["id"] in REFUSED_AS_V3
                continue
            seen["v2 to v3"] += 1
            to_v2(encoding, tuple(document["chunks"]))
            continue
        shape = tuple(document["chunk_grid"]["configuration"]["chunk_shape"])
        Pipeline.from_v3(
            data_type=document["data_type"], codecs=_chain(document), chunk_shape=shape
        ).to_v3("zarr-python")
        seen["v3 to v3"] += 1
        outcome = _tried(lambda: to_v2(document, shape))  # noqa: B023
        if isinstance(outcome, NotRepresentableError):
            assert outcome.codec in ("transpose", "imagecodecs_bitshuffle")
        else:
            seen["v3 to v2"] += 1
    assert seen == {"v2 to v3": 58, "v3 to v3": 66, "v3 to v2": 53}


def _files(path: Path) -> dict[str, bytes]:
    names = {"zarr.json", ".zarray", ".zattrs"}
    return {
        str(file.relative_to(path)): file.read_bytes()
        for file in path.rglob("*")
        if file.is_file() and file.name not in names
    }


def test_stores_that_tifffile_and_virtual_tiff_describe_decode_to_what_they_decode() -> None:
    """The chunks are those of TIFF files."""
    seen = Counter()
    for store in shared.stores():
        if not _is_family(store.entry["codecs"]):
            continue
        document, files = store.document, _files(store.path)
        if store.entry["zarr_format"] == 2:
            shape = tuple(document["chunks"])
            expected = _open(document, files)[...]
            found = v3_document(to_v3(document, shape), document["shape"], shape)
            separator = document.get("dimension_separator", ".")
            found["chunk_key_encoding"]["configuration"] = {"separator": separator}
            seen["tifffile"] += 1
        else:
            shape = tuple(document["chunk_grid"]["configuration"]["chunk_shape"])
            expected = _as_virtual_tiff_reads(document, files)
            encoding = Pipeline.from_v3(
                data_type=document["data_type"], codecs=_chain(document), chunk_shape=shape
            ).to_v3("zarr-python")
            found = {**document, **encoding}
            seen["virtual-tiff"] += 1
        assert equal(_open(found, files)[...], expected), store.name
    assert seen == {"tifffile": 21, "virtual-tiff": 14}


def _as_virtual_tiff_reads(document: dict[str, Any], files: dict[str, bytes]) -> np.ndarray:
    """What virtual-tiff 0.5 makes of its own metadata, by its code, chunk by chunk."""
    shape, chunk = document["shape"], document["chunk_grid"]["configuration"]["chunk_shape"]
    dtype = np.dtype(document["data_type"])
    padded = [-(-size // step) * step for size, step in zip(shape, chunk, strict=True)]
    whole = np.zeros(padded, dtype)
    for key, data in files.items():
        at = [int(index) for index in key.split("/")[1:]]
        box = tuple(slice(i * step, (i + 1) * step) for i, step in zip(at, chunk, strict=True))
        whole[box] = _virtual_tiff_chunk(document["codecs"], data, tuple(chunk), dtype)
    return whole[tuple(slice(size) for size in shape)]


def _virtual_tiff_chunk(
    codecs: list[dict[str, Any]], data: Any, shape: tuple[int, ...], dtype: np.dtype
) -> np.ndarray:
    for codec in reversed(codecs):
        name, configuration = codec["name"], codec.get("configuration", {})
        if name in ("bytes", "ChunkyCodec"):
            swapped = dtype.newbyteorder(">" if configuration.get("endian") == "big" else "<")
            orders = [c["configuration"]["order"] for c in codecs if c["name"] == "transpose"]
            seen = tuple(shape[axis] for axis in orders[0]) if orders else shape
            flat = np.frombuffer(bytes(memoryview(data).cast("B")), swapped)
            data = flat.reshape(seen, order="F" if name == "ChunkyCodec" else "C")
        elif name == "transpose":
            data = data.transpose(np.argsort(configuration["order"]))
        elif name == "HorizontalDeltaCodec":
            unsigned = np.dtype(f"u{dtype.itemsize}")
            data = np.ascontiguousarray(data).view(unsigned)
            data = data.cumsum(axis=-1, dtype=unsigned).view(dtype)
        else:
            name = name.removeprefix("numcodecs.")
            data = numcodecs.get_codec({"id": name, **configuration}).decode(data)
    return np.asarray(data).reshape(shape)


EQUALS = {
    **{codec: CONFIGS[codec] for codec in ("blosc", "bz2", "deflate", "delta", "isal", "lz4")},
    **{codec: CONFIGS[codec] for codec in ("byteshuffle", "lzma", "pcodec", "zlib", "zlibng")},
    **{codec: CONFIGS[codec] for codec in ("checksum", "zopfli", "zstd")},
    "quantize": [{"mode": mode, "nsd": 3} for mode in ("bitround", "scale", "granularbr")],
    "zfp": [
        {},
        {"mode": "FIXED_PRECISION", "level": 20},
        {"mode": "FIXED_RATE", "level": 8},
        {"mode": "FIXED_ACCURACY", "level": 0},
    ],
}
"""Codecs that have an equal, with the parameters for which they are tried."""

LINES = {
    **{name: ARRAYS[name] for name in ("u1", "u2", "f4", "f8")},
    "line-u2": np.arange(500, dtype="u2"),
    "line-i4": np.arange(500, dtype="i4"),
    "column-u4": np.arange(500, dtype="u4").reshape(500, 1),
    "row-u4": np.arange(500, dtype="u4").reshape(1, 500),
}

NEEDS = {"pcodec": "pcodec", "zfp": "zfpy"}


@pytest.mark.parametrize("codec", EQUALS)
def test_portable_equals_read_the_same_chunks(codec: str) -> None:
    if codec in NEEDS:
        pytest.importorskip(NEEDS[codec])
    found = Counter()
    for config, data in itertools.product(EQUALS[codec], LINES.values()):
        payload = v2_config(codec, config, data)
        members = {"dtype": data.dtype.str, "order": "C", "filters": None, "compressor": payload}
        document = v2_document(members, data.shape, data.shape, 0)
        chunks = _tried(lambda: _written(document, data))  # noqa: B023
        if isinstance(chunks, Exception):
            continue
        values = _open(document, chunks)[...]
        chunk = array_chunk(DataType.from_v2(data.dtype.str), data.ndim, data.shape)
        for dialect in ("v2", "v3"):
            equal_one = family.portable(normalize(payload), chunk, dialect)
            if equal_one is None:
                found["none"] += 1
                continue
            found["some"] += 1
            got = _through(equal_one.codecs, codec, dialect, data, chunks)
            assert equal(got, values), (config, data.dtype, data.shape, dialect)
    assert found["some"]


def _through(
    codecs: Any, codec: str, dialect: str, data: np.ndarray, chunks: dict[str, bytes]
) -> Any:
    """Those chunks, read with those codecs in the place of an imagecodecs one."""
    shape = data.shape
    if dialect == "v2":
        members = {"dtype": data.dtype.str, "filters": list(codecs) or None, "compressor": None}
        return _open(v2_document(members, shape, shape, 0), chunks)[...]
    kind = family.build(f"imagecodecs_{codec}").kind
    endian = {"endian": "little"} if data.dtype.itemsize > 1 else {}
    middle = {"name": "bytes", "configuration": endian}
    chain = {"b2b": [middle, *codecs], "a2b": codecs, "a2a": [*codecs, middle]}[kind]
    members = {"data_type": DataType.from_v2(data.dtype.str).to_v3(), "codecs": list(chain)}
    return _open(v3_document(members, shape, shape), chunks)[...]


def test_portable_equal_of_packints_is_the_registered_packbits() -> None:
    data = ARRAYS["u2"]
    codec = normalize(
        {"id": "imagecodecs_packints", "bitspersample": 12, "bitorder": "<", "dtype": "<u2"}
    )
    chunk = array_chunk(DataType.from_v2("<u2"), 2, data.shape)
    assert family.portable(codec, chunk, "v2") is None
    found = family.portable(codec, chunk, "v3")
    assert found is not None
    assert found.codecs == ({"name": "packbits", "configuration": {"last_bit": 11}},)


NO_EQUAL = [
    {"id": "imagecodecs_checksum", "kind": "h5crc"},
    {"id": "imagecodecs_checksum", "kind": "crc32", "byteorder": ">"},
    {"id": "imagecodecs_checksum", "kind": "crc32", "value": 5},
    {"id": "imagecodecs_checksum", "kind": "fletcher32", "prepend": True},
    {"id": "imagecodecs_deflate", "raw": True},
    {"id": "imagecodecs_delta", "shape": [4, 5], "dtype": "<u2"},
    {"id": "imagecodecs_isal", "raw": True},
    {"id": "imagecodecs_lz4"},
    {"id": "imagecodecs_zopfli", "format": 0},
    {"id": "imagecodecs_zfp", "header": False, "shape": [4, 5], "dtype": "<f4"},
    {"id": "imagecodecs_packbits"},
    {"id": "imagecodecs_blosc2"},
    {"id": "imagecodecs_zstd1"},
    {"id": "imagecodecs_png"},
    {"id": "gzip"},
]


@pytest.mark.parametrize("payload", NO_EQUAL, ids=json.dumps)
def test_what_has_no_portable_equal(payload: dict[str, Any]) -> None:
    chunk = array_chunk(DataType.from_v2("<u2"), 2, (4, 5))
    assert family.portable(normalize(payload), chunk, "v2") is None


NULL_STANDS_FOR = {
    ("hcomp", "level"): 0,
    ("hcomp", "smooth"): 0,
    ("lerc", "planar"): False,
    ("rgbe", "header"): False,
    ("sz3", "mode"): "abs",
    ("sz3", "abs"): 0.0,
    ("sz3", "rel"): 0.0,
    ("zstd1", "samples"): 1,
}
"""Defaults that the table has in the place of imagecodecs' null."""


@pytest.mark.parametrize("dialect", ["v2", "v3"])
def test_the_table_is_what_imagecodecs_has(dialect: Any) -> None:
    import imagecodecs.zarr as v3_side

    side = v2_side if dialect == "v2" else v3_side
    assert set(family.CODECS) == set(CODECS)
    classes = {
        name
        for name in dir(side)
        if hasattr(getattr(side, name), "from_config" if dialect == "v2" else "from_dict")
    }
    assert {codec.capitalize() for codec in CODECS} == classes - {
        "Codec",
        "ArrayArrayCodec",
        "ArrayBytesCodec",
        "BytesBytesCodec",
    }
    for codec, facts in CODECS.items():
        signature = inspect.signature(getattr(side, codec.capitalize()).__init__)
        theirs = {
            name: REQUIRED if parameter.default is inspect.Parameter.empty else parameter.default
            for name, parameter in signature.parameters.items()
            if name != "self"
        }
        ours = {
            name: fact.default_in(dialect)
            for name, fact in facts.parameters.items()
            if fact.is_in(dialect)
        }
        assert theirs.keys() == ours.keys(), codec
        for name, default in theirs.items():
            if default is None:
                default = NULL_STANDS_FOR.get((codec, name))
            assert ours[name] == default, (codec, name)


def test_the_enumerations_are_what_imagecodecs_has() -> None:
    for name, members in ENUMERATIONS.items():
        owner, _, enumeration = name.partition(".")
        try:
            theirs = getattr(getattr(imagecodecs, owner), enumeration)
        except ImportError:
            assert owner in ("HEIF", "WIC")  # not in the Linux wheels
            continue
        found = {key: int(value) for key, value in theirs.__members__.items()}
        assert found == {
            key: int(value) for key, _, value in (m.partition("=") for m in members.split())
        }


LOST_UPSTREAM = {
    ("jpegls", "spiff"),
    ("qoi", "colorspace"),
    ("snappy", "level"),
    ("openzl", "level"),
}
"""Parameters that imagecodecs' v3 classes read or write not."""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_v3_rows_are_what_imagecodecs_writes(row: Any) -> None:
    if isinstance(row.v3, type):
        return
    name = row.v3["name"].removeprefix("imagecodecs_")
    found = zarr.registry.get_codec_class(row.v3["name"])
    if name in ("heif", "jpegxs", "openzl", "wic"):
        pytest.skip("not in the Linux wheels")
    if name == "cms":
        pytest.skip("the row has no whole profile")
    configuration = row.v3["configuration"]
    theirs = found.from_dict(json.loads(json.dumps(row.v3))).to_dict().get("configuration", {})
    theirs = json.loads(json.dumps(theirs))
    for key in configuration:
        if (name, key) in LOST_UPSTREAM:
            theirs[key] = configuration[key]
    assert theirs == configuration


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_v2_rows_are_what_imagecodecs_reads(row: Any) -> None:
    if isinstance(row.v2, type):
        return
    name = row.v2["id"].removeprefix("imagecodecs_")
    if name in ("heif", "jpegxs", "openzl", "wic"):
        pytest.skip("not in the Linux wheels")
    if name == "cms":
        pytest.skip("the row has no whole profile")
    codec = getattr(v2_side, name.capitalize()).from_config(
        {key: value for key, value in row.v2.items() if key != "id"}
    )
    assert bridge.same(codec, row.codec, dtype=row.dtype)


def _run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_other_codecs_build_none_of_these() -> None:
    code = (
        "import sys, zarrcodec_bridge as bridge\n"
        "bridge.to_v3({'id': 'gzip', 'level': 5})\n"
        "name = 'zarrcodec_bridge.codecs.imagecodecs.table'\n"
        "assert name not in sys.modules\n"
        "from zarrcodec_bridge.codecs import imagecodecs\n"
        "assert name not in sys.modules\n"
        "imagecodecs.ImagecodecsZstd\n"
        "print([key for key in vars(imagecodecs) if key.startswith('Imagecodecs')])\n"
    )
    assert _run(code) == "['ImagecodecsZstd', 'ImagecodecsZstdV2', 'ImagecodecsZstdV3']"


def test_models_unpickle_in_a_new_process() -> None:
    models = [row.codec for row in ROWS]
    text = base64.b64encode(pickle.dumps(models)).decode()
    code = f"import base64, pickle; print(len(pickle.loads(base64.b64decode({text!r}))))"
    assert _run(code) == str(len(models))
    cloudpickle = pytest.importorskip("cloudpickle")
    assert cloudpickle.loads(cloudpickle.dumps(models)) == models
    classes = [type(model) for model in models]
    assert cloudpickle.loads(cloudpickle.dumps(classes)) == classes


def test_every_parameter_says_what_it_is_for() -> None:
    for spec in family.SPECS:
        assert spec.model.__doc__
        for name, field in spec.model.model_fields.items():
            assert field.description, (spec.title, name)
        for form in (*spec.v2, *spec.v3):
            json.dumps(form.params.model_json_schema())


@pytest.mark.parametrize(
    ("codec", "order", "ndim", "message"),
    [
        ({"id": "imagecodecs_zlib"}, "F", 2, "is read scrambled"),
        ({"id": "imagecodecs_zlib"}, "F", 1, None),
        ({"id": "imagecodecs_zlib"}, "C", 2, None),
        ({"id": "imagecodecs_delta"}, "C", 2, "as flat data"),
        ({"id": "imagecodecs_xor"}, "C", 2, "as flat data"),
        ({"id": "imagecodecs_xor"}, "C", 1, None),
    ],
)
def test_what_v2_writes_and_does_not_read_back_is_a_loss(
    codec: dict[str, Any], order: str, ndim: int, message: str | None
) -> None:
    pipeline = Pipeline.from_v2(dtype="<u2", compressor=codec, order=order, chunk_shape=[2] * ndim)
    losses = [loss.message for loss in pipeline.translate("v3", on_loss="ignore").losses]
    assert [message in loss for loss in losses if message] == ([True] if message else [])
    assert message is not None or not losses
