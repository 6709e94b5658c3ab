"""What drawing v2 and v3 documents has in common. Every draw comes from one `random.Random`."""

from __future__ import annotations

import base64
import importlib.util
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

import numpy as np

Json = dict[str, Any]
T = TypeVar("T")

IMAGECODECS = importlib.util.find_spec("imagecodecs") is not None
KIND_SIZES = {"i": (1, 2, 4, 8), "u": (1, 2, 4, 8), "f": (2, 4, 8), "c": (8, 16)}


@dataclass
class Case:
    """An array to be: its document, its attributes, and what its values are drawn from."""

    document: Json
    attributes: Json
    seed: int
    objects: str = "text"
    specials: list[Any] = field(default_factory=list)
    whole: bool = False
    """Whether every chunk is written first."""

    @property
    def zarr_format(self) -> int:
        return int(self.document["zarr_format"])


def weighted(rng: Random, choices: dict[T, int]) -> T:
    """One of `choices`, as often as its weight says."""
    return rng.choices(list(choices), list(choices.values()))[0]


def chance(rng: Random, probability: float) -> bool:
    return rng.random() < probability


def shape_and_chunks(rng: Random) -> tuple[list[int], list[int]]:
    """0 to 3 axes, short ones; chunks that need not divide them."""
    ndim = weighted(rng, {0: 1, 1: 6, 2: 6, 3: 2})
    shape = [weighted(rng, {0: 1, 1: 2, 2: 3, 3: 4, 4: 5, 6: 4}) for _ in range(ndim)]
    return shape, [rng.randint(1, max(1, length + 1)) for length in shape]


def typestr_of(rng: Random, itemsize: int, kinds: str = "iuufc", orders: str = "<>") -> str | None:
    """A v2 data type of elements of that size."""
    fitting = [kind for kind in kinds if itemsize in KIND_SIZES[kind]]
    if not fitting:
        return None
    return f"{'|' if itemsize == 1 else rng.choice(orders)}{rng.choice(fitting)}{itemsize}"


def view_of(rng: Random, seen: Any, orders: str = "<>") -> str | None:
    """A data type as which a filter may view the elements that it sees: their own, or another."""
    way = rng.random()
    if way < 0.3 and seen.kind in "iufc":
        return str(seen.str) if chance(rng, 0.7) else str(seen.newbyteorder(rng.choice(orders)).str)
    if ">" in orders and seen.str[0] in "<>" and chance(rng, 0.65):
        orders = str(seen.str[0])
    if way < 0.92:
        return typestr_of(rng, seen.itemsize, orders=orders)
    return typestr_of(rng, rng.choice([1, 2, 4, 8]), orders=orders)


def stored_of(rng: Random, view: str, orders: str = "<>") -> str:
    """A data type that a filter puts out."""
    if chance(rng, 0.4):
        return view if len(view) < 3 or view[0] == "|" else f"{rng.choice(orders)}{view[1:]}"
    size = rng.choice([1, 2, 4, 4, 8, 8, 16])
    found = typestr_of(rng, size, kinds="iuffc", orders=orders)
    assert found is not None
    return found


def element_filter(rng: Random, seen: Any, orders: str = "<>", after: str = "") -> tuple[Json, Any]:
    """A filter of single elements as v2 JSON, and the data type that it puts out."""
    names = {"delta": 5, "astype": 3, "fixedscaleoffset": 2, "quantize": 1, "bitround": 1}
    if seen.kind == "f" and after != "bitround":
        names |= {"bitround": 6, "quantize": 2}
    if seen.kind == "b":
        names["packbits"] = 6
    name = weighted(rng, names)
    if name == "bitround":
        return {"id": "bitround", "keepbits": rng.choice([1, 5, 7, 10])}, seen
    if name == "packbits":
        return {"id": "packbits"}, np.dtype("u1")
    view = view_of(rng, seen, orders)
    if name == "quantize" and (view is None or view[1] != "f"):
        view = typestr_of(rng, seen.itemsize, "f", orders)
    if view is None:
        return {"id": "bitround", "keepbits": 3}, seen
    stored = stored_of(rng, view, orders) if chance(rng, 0.6) else view
    if name == "delta":
        found: Json = {"id": "delta", "dtype": view}
        if stored != view or chance(rng, 0.3):
            found["astype"] = stored
        return found, np.dtype(stored)
    if name == "astype":
        return {"id": "astype", "encode_dtype": stored, "decode_dtype": view}, np.dtype(stored)
    if name == "quantize":
        stored = stored if stored[1] == "f" else view
        return {
            "id": "quantize",
            "digits": rng.choice([1, 2, 4]),
            "dtype": view,
            "astype": stored,
        }, np.dtype(stored)
    found = {
        "id": "fixedscaleoffset",
        "offset": rng.choice([0, 1, 0.5]),
        "scale": rng.choice([1, 8, 10]),
        "dtype": view,
        "astype": stored,
    }
    return found, np.dtype(stored)


def bytes_filter(rng: Random, itemsize: int, image: bool = True) -> Json:
    """A filter of bytes, as v2 JSON; of imagecodecs too, which crashes on structs."""
    found: list[Json] = [
        {"id": "shuffle", "elementsize": rng.choice([itemsize or 1, 2, 4])},
        {"id": "zlib", "level": 1},
        {"id": "crc32"},
        {"id": "crc32", "location": "end"},
        {"id": "crc32c"},
        {"id": "adler32"},
        {"id": "fletcher32"},
        {"id": "jenkins_lookup3", "initval": rng.choice([0, 3]), "prefix": None},
        {"id": "lz4", "acceleration": 1},
        {"id": "zstd", "level": 1},
        {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0},
    ]
    if IMAGECODECS and image and chance(rng, 0.2):
        found = [
            {"id": "imagecodecs_bitshuffle", "itemsize": rng.choice([1, itemsize or 1])},
            {"id": "imagecodecs_zstd", "level": 1},
            {"id": "imagecodecs_deflate", "level": 1},
            {"id": "imagecodecs_lz4", "level": 1, "header": True},
            {"id": "imagecodecs_bitorder"},
            {"id": "imagecodecs_brotli"},
            {"id": "imagecodecs_snappy"},
        ]
    return rng.choice(found)


def image_filter(rng: Random, seen: Any, chunks: Sequence[int]) -> Json:
    """A filter of imagecodecs that knows the chunk."""
    name = rng.choice(["delta", "xor", "floatpred", "byteshuffle"])
    return {"id": f"imagecodecs_{name}", "shape": list(chunks), "dtype": seen.str, "axis": -1}


def compressor(rng: Random, itemsize: int, image: bool = True) -> Json | None:
    """A v2 compressor."""
    return rng.choice(
        [
            None,
            None,
            {"id": "zlib", "level": 1},
            {"id": "gzip", "level": 5},
            {"id": "zstd", "level": 3},
            {"id": "zstd", "level": 3, "checksum": True},
            {"id": "bz2", "level": 1},
            {"id": "lz4", "acceleration": 1},
            {"id": "lzma", "format": 1, "check": -1, "preset": None, "filters": None},
            {
                "id": "blosc",
                "cname": rng.choice(["lz4", "zstd", "zlib", "blosclz", "lz4hc"]),
                "clevel": rng.choice([1, 5, 9]),
                "shuffle": rng.choice([-1, 0, 1, 2]),
                "blocksize": rng.choice([0, 256]),
            },
            bytes_filter(rng, itemsize, image),
        ]
    )


FILLS: dict[str, Callable[[Random, Any], Any]] = {
    "b": lambda rng, dtype: rng.choice([True, False]),
    "i": lambda rng, dtype: rng.choice(
        [0, -1, 100, int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)]
    ),
    "u": lambda rng, dtype: rng.choice([0, 7, int(np.iinfo(dtype).max)]),
    "f": lambda rng, dtype: rng.choice(
        [0.0, -0.0, 1.5, -999.0, "NaN", "NaN", "Infinity", "-Infinity"]
    ),
    "c": lambda rng, dtype: rng.choice([[0.0, 0.0], [1.5, -0.0], ["NaN", "Infinity"]]),
    "M": lambda rng, dtype: rng.choice([0, 1, -(2**63)]),
    "m": lambda rng, dtype: rng.choice([0, -5, -(2**63)]),
}


def attributes(rng: Random, dtype: Any, zarr_format: int, fill: Any) -> Json:
    """What users, netCDF writers and xarray keep beside an array."""
    found: Json = {}
    if chance(rng, 0.3):
        found["units"] = rng.choice(["m", "days since 2000-01-01", "seconds"])
    if dtype is None or dtype.kind not in "iufcbSU":
        return found
    if chance(rng, 0.25):
        found["_FillValue"] = mask_value(rng, dtype, zarr_format)
    if dtype.kind in "iuf":
        if chance(rng, 0.15):
            found["scale_factor"] = rng.choice([0.1, 2.0])
        if chance(rng, 0.1):
            found["add_offset"] = rng.choice([5.0, 273.15])
        if chance(rng, 0.1):
            found["missing_value"] = rng.choice([-1, 7, 100]) if dtype.kind != "u" else 7
    unsigned = dtype.kind in "iu" and chance(rng, 0.05)
    if unsigned and dtype.isnative:  # xarray takes fill values of others for other numbers
        found["_Unsigned"] = "true"
    if dtype.str == "|i1" and chance(rng, 0.1):
        found["dtype"] = "bool"
    return found


def mask_value(rng: Random, dtype: Any, zarr_format: int) -> Any:
    """A `_FillValue` as writers put it there: a plain number, or as xarray encodes it in v3."""
    number = rng.choice([-1, 2, 7, 100] if dtype.kind != "u" else [2, 7, 100])
    if dtype.kind == "b":
        return True
    if dtype.kind in "iu":
        return number
    if dtype.kind == "S":
        return base64.b64encode(b"5").decode()
    if dtype.kind == "U":
        return "a"
    plain = chance(rng, 0.3 if zarr_format == 3 else 0.7)
    packed = base64.b64encode(struct.pack("<d", float(number))).decode()
    if dtype.kind == "c":
        return [number, 0.0] if plain else [packed, packed]
    return rng.choice([number, float(number)]) if plain else packed


def specials(dtype: Any, fill: Any, found: Json) -> list[Any]:
    """Values that mean something to somebody, to be strewn into the array."""
    if dtype is None or dtype.kind not in "iufSUMm":
        return []
    numbers: list[Any] = [2, 7, -1] if dtype.kind in "iuf" else []
    if isinstance(fill, str) and dtype.kind == "f":
        numbers.append(float(fill.replace("Infinity", "inf")))
    elif fill is not None and dtype.kind not in "SU":
        numbers.append(fill if dtype.kind in "iuf" else np.int64(fill).view(dtype))
    masks = (found.get(name) for name in ("_FillValue", "missing_value"))
    return [*numbers, *(mask for mask in masks if isinstance(mask, (int, float)))]
