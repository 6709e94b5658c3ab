"""Random v2 arrays: ``.zarray`` and ``.zattrs``."""

from __future__ import annotations

import base64
from random import Random
from typing import Any

import numpy as np

from support.differential.drawing import (
    FILLS,
    IMAGECODECS,
    Case,
    Json,
    attributes,
    bytes_filter,
    chance,
    compressor,
    element_filter,
    image_filter,
    shape_and_chunks,
    specials,
    weighted,
)

INTEGERS = ("|i1", "|u1", "<i2", ">i2", "<u2", ">u4", "<u4", "<i4", ">i8", "<i8", ">u8")
FLOATS = ("<f2", ">f2", "<f4", ">f4", "<f8", ">f8")
COMPLEX = ("<c8", ">c8", "<c16", ">c16")
TEXT = ("|S1", "|S3", "<U2", ">U2")
RAW = ("|V1", "|V2", "|V4", "|V8", "|V5")
TIMES = ("<M8[ns]", ">M8[s]", "<M8[10us]", "<m8[D]", ">m8[10us]")
STRUCTS: tuple[Any, ...] = (
    [["a", "<i2"], ["b", "<f4"], ["c", "|S2"]],
    [["a", ">i2"], ["b", ">f4"], ["c", "|S2"]],
    [["a", "<i2"], ["b", ">f4"], ["c", "|S2"]],
    [["a", "<i2"], ["b", "<i2"]],
    [["a", ">i2"], ["b", ">i2"]],
    [["a", "<i4"]],
    [["a", ">i4"]],
    [["a", "<f4"]],
    [["a", ">f8"]],
    [["a", "|S2"]],
    [["a", "|u1"], ["b", "|i1"]],
    [["a", "|V2"], ["b", "<u2"]],
    [["a", "<M8[s]"]],
    [["a", "<c8"]],
    [["a", "<i2"], ["b", [["c", "<i2"], ["d", "|u1"]]]],
    [["a", "<i2", [2]]],
)


def data_type(rng: Random) -> Any:
    kinds = {INTEGERS: 8, FLOATS: 8, COMPLEX: 2, TEXT: 2, RAW: 2, TIMES: 2, ("|b1",): 1, ("|O",): 2}
    if chance(rng, 0.12):
        return rng.choice(STRUCTS)
    return rng.choice(weighted(rng, kinds))


def numpy_type(dtype: Any) -> Any:
    """The NumPy data type of a v2 one."""
    if not isinstance(dtype, list):
        return np.dtype(dtype)
    return np.dtype([(name, numpy_type(kind), *map(tuple, axes)) for name, kind, *axes in dtype])


def draw(rng: Random) -> Case:
    """A v2 array."""
    dtype = data_type(rng)
    shape, chunks = shape_and_chunks(rng)
    objects = rng.choice(["text", "bytes"])
    filters = _filters(rng, dtype, chunks, objects)
    fill = _fill(rng, dtype, objects)
    known = None if dtype == "|O" or isinstance(dtype, list) else np.dtype(dtype)
    zattrs = attributes(rng, known, 2, fill)
    if chance(rng, 0.6):
        zattrs["_ARRAY_DIMENSIONS"] = ["x", "y", "z"][: len(shape)]
    elif chance(rng, 0.1):
        zattrs["_ARRAY_DIMENSIONS"] = ["only"]
    zarray: Json = {
        "zarr_format": 2,
        "shape": shape,
        "chunks": chunks,
        "dtype": dtype,
        "compressor": _compressor(rng, dtype, filters),
        "fill_value": fill,
        "order": rng.choice("CF"),
        "filters": filters or None,
        "dimension_separator": rng.choice("./"),
    }
    if chance(rng, 0.1):
        del zarray["dimension_separator"]
    strewn = specials(known, fill, zattrs)
    return Case(zarray, zattrs, rng.getrandbits(32), objects, strewn, chance(rng, 0.35))


def _filters(rng: Random, dtype: Any, chunks: list[int], objects: str) -> list[Json]:
    if dtype == "|O":
        found: list[Json] = [{"id": "vlen-utf8" if objects == "text" else "vlen-bytes"}]
        return found + ([bytes_filter(rng, 1)] if chance(rng, 0.3) else [])
    found = []
    seen: Any = numpy_type(dtype)
    for _ in range(weighted(rng, {0: 4, 1: 6, 2: 4, 3: 2})):
        if IMAGECODECS and seen.names is None and chance(rng, 0.05):
            found.append(image_filter(rng, seen, chunks))
            continue
        codec, seen = element_filter(rng, seen, after=found[-1]["id"] if found else "")
        found.append(codec)
    for _ in range(weighted(rng, {0: 6, 1: 3, 2: 1})):
        found.append(bytes_filter(rng, seen.itemsize, seen.names is None))
    if chance(rng, 0.04):
        rng.shuffle(found)
    return found


def _compressor(rng: Random, dtype: Any, filters: list[Json]) -> Json | None:
    if isinstance(dtype, str) and dtype[1] in "iuf" and chance(rng, 0.08):
        return rng.choice(
            [
                {
                    "id": "pcodec",
                    "level": 8,
                    "mode_spec": "auto",
                    "delta_spec": "auto",
                    "paging_spec": "equal_pages_up_to",
                    "delta_encoding_order": None,
                    "equal_pages_up_to": 262144,
                },
                {"id": "zfpy", "mode": 4, "tolerance": 0.01, "rate": -1, "precision": -1},
            ]
        )
    return compressor(
        rng, 1 if dtype == "|O" else numpy_type(dtype).itemsize, isinstance(dtype, str)
    )


def _fill(rng: Random, dtype: Any, objects: str) -> Any:
    if chance(rng, 0.25):
        return None
    if isinstance(dtype, list):
        return (
            base64.b64encode(rng.randbytes(numpy_type(dtype).itemsize)).decode()
            if chance(rng, 0.5)
            else 0
        )
    if dtype == "|O":
        return rng.choice(["", "abc", 0] if objects == "text" else ["", "YWI="])
    found = np.dtype(dtype)
    if found.kind in FILLS:
        return FILLS[found.kind](rng, found)
    if found.kind == "S":
        return rng.choice(["", 0, base64.b64encode(b"a").decode()])
    if found.kind == "U":
        return rng.choice(["", 0, "a", "é"])
    return rng.choice([0, base64.b64encode(rng.randbytes(found.itemsize)).decode()])
