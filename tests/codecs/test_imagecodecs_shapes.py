"""The imagecodecs family: shapes of arrays that differ from those of chunks, and axes that are squeezed away."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import numpy as np
import pytest

from support.imagecodecs_chunks import (
    ARRAYS,
    CONFIGS,
    attempt,
    compare,
    open_array,
    to_v3,
    v2_config,
    write_chunks,
)
from support.readers import v2_document, v3_document
from zarrcodec_bridge.core.errors import NotRepresentableError

pytest.importorskip("numcodecs")

pytest.importorskip("imagecodecs", minversion="2026.10")

pytest.importorskip("zarr", minversion="3.2")

pytest.importorskip("imagecodecs.zarr")

pytest.importorskip("imagecodecs.numcodecs")

SHAPES = [(24, 32), (1, 24, 32), (24, 32, 1), (1, 1, 24, 32), (24, 1, 32)]

MASKED = ["exr", "gif", "jpegxl", "lerc", "pixarlog", "png", "qoi", "rgbe", "tiff", "webp"]


@pytest.mark.long
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
            chunks = attempt(lambda: write_chunks(v2_document(members, own, own, 0), data))  # noqa: B023
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
    v2 = attempt(lambda: open_array(v2_document(members, shape, shape, 0), moved)[...])
    if isinstance(v2, Exception):
        return "refused: its v2 does not decode it either"
    try:
        encoding = to_v3(members, shape)
    except NotRepresentableError as error:
        return f"refused: {error.reason}"
    v3 = attempt(lambda: open_array(v3_document(encoding, shape, shape), moved)[...])
    return compare(v2, v3, base.reshape(shape))


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
            chunks = attempt(lambda: write_chunks(v2_document(members, shape, shape, 0), data))  # noqa: B023
            if not isinstance(chunks, Exception):
                outcomes[_read_elsewhere(members, shape, chunks, base)] += 1
    assert not {o: n for o, n in outcomes.items() if o != "same" and not o.startswith("refused: ")}
    assert outcomes["same"]
