"""The imagecodecs family, chunk by chunk: what imagecodecs wrote as one format, it reads as the other.

A sample of the grid is run; ``ZARRCODEC_BRIDGE_IMAGECODECS=all`` runs it whole (some minutes).
"""

from __future__ import annotations

import itertools
import os
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from support.imagecodecs_chunks import (
    ARRAYS,
    CONFIGS,
    attempt,
    compare,
    open_array,
    to_v2,
    to_v3,
    v2_config,
    write_chunks,
)
from support.readers import v2_document, v3_document
from zarrcodec_bridge.codecs import imagecodecs as family
from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.errors import NotRepresentableError

pytest.importorskip("numcodecs")

pytest.importorskip("imagecodecs", minversion="2026.10")

pytest.importorskip("zarr", minversion="3.2")

pytest.importorskip("imagecodecs.zarr")

pytest.importorskip("imagecodecs.numcodecs")

WHOLE = os.environ.get("ZARRCODEC_BRIDGE_IMAGECODECS") == "all"

SAMPLE = 11
"""Of how many points of the grid one is run."""

LAYOUTS: dict[str, Callable[[tuple[int, ...]], tuple[int, ...]]] = {
    "plain": lambda shape: shape,
    "leading": lambda shape: (1, *shape),
    "trailing": lambda shape: (*shape, 1),
}


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
    chunks = attempt(lambda: write_chunks(document, data))
    if isinstance(chunks, Exception):
        return "not encoded"
    v2 = attempt(lambda: open_array(document, chunks)[...])
    try:
        encoding = to_v3(members, data.shape)
    except NotRepresentableError as error:
        return f"refused: {error.reason}"
    v3 = attempt(lambda: open_array(v3_document(encoding, data.shape, data.shape), chunks)[...])
    return compare(v2, v3, data)


def v3_then_v2(point: Point, transposed: bool = False) -> str:
    """What becomes of a chunk that v3 wrote."""
    data = point.data
    members = _v3_members(point, transposed)
    document = v3_document(members, data.shape, data.shape)
    chunks = attempt(lambda: write_chunks(document, data))
    if isinstance(chunks, Exception):
        return "not encoded"
    v3 = attempt(lambda: open_array(document, chunks)[...])
    try:
        encoding = to_v2(members, data.shape)
    except NotRepresentableError as error:
        return f"refused: {error.reason}"
    v2 = attempt(lambda: open_array(v2_document(encoding, data.shape, data.shape, 0), chunks)[...])
    return compare(v3, v2, data)


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


@pytest.mark.long
@pytest.mark.parametrize("codec", CONFIGS)
def test_big_endian_chunks_decode_equal_or_are_refused(codec: str) -> None:
    outcomes = {}
    for point in POINTS:
        if point.codec == codec and point.data.dtype.itemsize > 1:
            outcomes[point] = v2_then_v3(point, byte_order=">")
    assert not {str(p): o for p, o in outcomes.items() if _unexpected("v2", p, o, NATIVE)}


@pytest.mark.long
@pytest.mark.parametrize("codec", CONFIGS)
def test_chunks_in_fortran_order_decode_equal_or_are_refused(codec: str) -> None:
    points = [point for point in POINTS if point.codec == codec]
    outcomes = {point: v2_then_v3(point, order="F") for point in points}
    assert not {str(p): o for p, o in outcomes.items() if _unexpected("v2", p, o, SHAPE_AWARE)}
    outcomes = {point: v3_then_v2(point, transposed=True) for point in points}
    assert not {str(p): o for p, o in outcomes.items() if _unexpected("v3", p, o, SHAPE_AWARE)}
