"""Random v3 arrays: ``zarr.json``."""

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
    element_filter,
    shape_and_chunks,
    specials,
    weighted,
)

NUMBERS = {
    name: np.dtype(kind)
    for name, kind in {
        **{f"int{8 * n}": f"i{n}" for n in (1, 2, 4, 8)},
        **{f"uint{8 * n}": f"u{n}" for n in (1, 2, 4, 8)},
        **{f"float{8 * n}": f"f{n}" for n in (2, 4, 8)},
        **{f"complex{8 * n}": f"c{n}" for n in (8, 16)},
        "bool": "?",
    }.items()
}
LITTLE: Json = {"name": "bytes", "configuration": {"endian": "little"}}
BIG: Json = {"name": "bytes", "configuration": {"endian": "big"}}
ROUNDINGS = ("nearest-even", "towards-zero", "towards-positive", "towards-negative", "nearest-away")


def data_type(rng: Random) -> tuple[Any, Any]:
    """A v3 data type, and NumPy's; None for variable length."""
    if chance(rng, 0.75):
        name = rng.choice(list(NUMBERS))
        return name, NUMBERS[name]
    unit, kind = rng.choice(["s", "ns", "D"]), rng.choice("Mm")
    size = rng.choice([1, 2, 4, 8])
    names = {
        "string": None,
        "variable_length_bytes": None,
        "fixed_length_utf32": "U2",
        "null_terminated_bytes": "S3",
        "raw_bytes": f"V{size}",
        "time": f"{kind}8[{unit}]",
        "struct": [],
    }
    name = rng.choice(list(names))
    if name == "time":
        full = "numpy.datetime64" if kind == "M" else "numpy.timedelta64"
        configuration = {"unit": unit, "scale_factor": 1}
        return {"name": full, "configuration": configuration}, np.dtype(names[name])
    if name == "struct":
        fields = rng.choice(
            [["int16", "int16"], ["float32"], ["int32"], ["uint8", "int8"], ["int16", "float32"]]
        )
        dtype = np.dtype([("abc"[i], NUMBERS[kind]) for i, kind in enumerate(fields)])
        members = [{"name": "abc"[i], "data_type": kind} for i, kind in enumerate(fields)]
        return {"name": "struct", "configuration": {"fields": members}}, dtype
    if names[name] is None:
        return name, None
    dtype = np.dtype(names[name])
    return {"name": name, "configuration": {"length_bytes": dtype.itemsize}}, dtype


def draw(rng: Random) -> Case:
    """A v3 array."""
    name, dtype = data_type(rng)
    shape, chunks = shape_and_chunks(rng)
    fill = _fill(rng, name, dtype)
    document: Json = {
        "zarr_format": 3,
        "node_type": "array",
        "shape": shape,
        "data_type": name,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": chunks}},
        "chunk_key_encoding": _keys(rng),
        "codecs": codecs(rng, name, dtype, chunks),
        "fill_value": fill,
        "attributes": attributes(rng, dtype, 3, fill),
    }
    if chance(rng, 0.5):
        document["dimension_names"] = ["x", "y", "z"][: len(shape)]
        if shape and chance(rng, 0.1):
            document["dimension_names"][-1] = None
    strewn = specials(dtype, fill, document["attributes"])
    objects = "bytes" if name == "variable_length_bytes" else "text"
    return Case(document, {}, rng.getrandbits(32), objects, strewn, chance(rng, 0.35))


def _keys(rng: Random) -> Json:
    if chance(rng, 0.25):
        return {"name": "default", "configuration": {"separator": "/"}}
    return {"name": "v2", "configuration": {"separator": rng.choice("./")}}


def codecs(rng: Random, name: Any, dtype: Any, chunks: list[int], depth: int = 0) -> list[Json]:
    """A chain of codecs, with shards one time in six."""
    if dtype is None:
        serializer = {
            "name": "vlen-utf8" if name == "string" else "vlen-bytes",
            "configuration": {},
        }
        return [*_transposes(rng, len(chunks)), serializer, *_bytes_codecs(rng, 1)]
    filters, seen, axes = _filters(rng, dtype, len(chunks))
    if depth == 0 and chance(rng, 0.17):
        outer = [chunks[axis] for axis in axes]
        inner = [
            rng.choice([n for n in range(1, length + 1) if length % n == 0]) for length in outer
        ]
        shard = {
            "name": "sharding_indexed",
            "configuration": {
                "chunk_shape": inner,
                "codecs": codecs(rng, name, seen, inner, 1),
                "index_codecs": rng.choice([[LITTLE], [LITTLE, {"name": "crc32c"}]]),
                "index_location": rng.choice(["start", "end"]),
            },
        }
        if seen == dtype:
            return [*filters, shard]
    return [
        *filters,
        _serializer(rng, seen),
        *_bytes_codecs(rng, seen.itemsize, seen.names is None),
    ]


def _transposes(rng: Random, ndim: int) -> list[Json]:
    if ndim < 1 or not chance(rng, 0.35):
        return []
    axes = list(range(ndim))
    if chance(rng, 0.6):
        axes.reverse()
    else:
        rng.shuffle(axes)
    return [{"name": "transpose", "configuration": {"order": axes}}]


def _filters(rng: Random, dtype: Any, ndim: int) -> tuple[list[Json], Any, list[int]]:
    """The array-to-array codecs, the data type that they put out, and where its axes came from."""
    found: list[Json] = []
    seen, axes = dtype, list(range(ndim))

    def reorder() -> None:
        nonlocal axes
        for codec in _transposes(rng, ndim):
            found.append(codec)
            axes = [axes[axis] for axis in codec["configuration"]["order"]]

    reorder()
    for _ in range(weighted(rng, {0: 5, 1: 5, 2: 2, 3: 1})):
        if IMAGECODECS and seen.names is None and chance(rng, 0.05):
            configuration = {"axis": rng.choice([-1, 0])}
            found.append(
                {
                    "name": f"imagecodecs_{rng.choice(['delta', 'xor'])}",
                    "configuration": configuration,
                }
            )
            continue
        made = _registered_filter(rng, seen) if chance(rng, 0.3) else None
        if made is None:
            orders = "<<=>" if chance(rng, 0.5) else "<"
            before = found[-1]["name"].removeprefix("numcodecs.") if found else ""
            codec, seen = element_filter(rng, seen, orders, before)
            made = [_as_v3(codec)]
        else:
            made, seen = made
        found += made
        if chance(rng, 0.2):
            reorder()
    return found, seen, axes


def _as_v3(codec: Json) -> Json:
    configuration = {key: value for key, value in codec.items() if key != "id"}
    return {"name": f"numcodecs.{codec['id']}", "configuration": configuration}


def _registered_filter(rng: Random, seen: Any) -> tuple[list[Json], Any] | None:
    """`cast_value` or `scale_offset`, which take real numbers."""
    if seen.kind not in "iuf":
        return None
    if chance(rng, 0.4):
        integers = seen.kind != "f"
        configuration = {
            "offset": rng.choice([0, 1] if integers else [0, 0.5]),
            "scale": rng.choice([1, 2]),
        }
        return [{"name": "scale_offset", "configuration": configuration}], seen
    name = rng.choice(
        [name for name in NUMBERS if name != "bool" and not name.startswith("complex")]
    )
    configuration: Json = {"data_type": name}
    if chance(rng, 0.6):
        configuration["rounding"] = rng.choice(ROUNDINGS)
    if chance(rng, 0.6):
        configuration["out_of_range"] = rng.choice(
            ["clamp", "clamp" if name.startswith("float") else "wrap"]
        )
    if name.lstrip("u").startswith("int") and seen.kind == "f" and chance(rng, 0.4):
        pairs = [["NaN", 0]]
        configuration["scalar_map"] = (
            {"encode": pairs} if chance(rng, 0.6) else {"encode": pairs, "decode": [[0, "NaN"]]}
        )
    found = [{"name": "cast_value", "configuration": configuration}]
    if seen.kind == "f" and chance(rng, 0.4):
        found.insert(0, {"name": "scale_offset", "configuration": {"offset": 1, "scale": 10}})
    return found, NUMBERS[name]


def _serializer(rng: Random, seen: Any) -> Json:
    if seen.kind in "iuf" and chance(rng, 0.05):
        configuration = {
            "level": 8,
            "mode_spec": "auto",
            "delta_spec": "auto",
            "paging_spec": "equal_pages_up_to",
        }
        return {"name": "numcodecs.pcodec", "configuration": configuration}
    if seen.kind == "f" and seen.itemsize > 2 and chance(rng, 0.05):
        return {"name": "numcodecs.zfpy", "configuration": {"mode": 4, "tolerance": 0.01}}
    if IMAGECODECS and seen.kind in "iuf" and chance(rng, 0.04):
        name = "floatpred" if seen.kind == "f" else "byteshuffle"
        return {"name": f"imagecodecs_{name}", "configuration": {"axis": -1}}
    if seen.itemsize == 1 or (seen.kind in "SV" and seen.names is None):
        return {"name": "bytes"}
    return LITTLE if chance(rng, 0.65) else BIG


def _bytes_codecs(rng: Random, itemsize: int, image: bool = True) -> list[Json]:
    found: list[Json] = []
    for _ in range(weighted(rng, {0: 4, 1: 4, 2: 1})):
        if chance(rng, 0.4):
            codec = bytes_filter(rng, itemsize, image)
            if codec["id"] == "blosc":
                continue
            found.append(codec_of_bytes(codec))
            continue
        found.append(
            rng.choice(
                [
                    {"name": "gzip", "configuration": {"level": 5}},
                    {"name": "zstd", "configuration": {"level": 1, "checksum": chance(rng, 0.3)}},
                    {"name": "crc32c"},
                    {
                        "name": "blosc",
                        "configuration": {
                            "cname": rng.choice(["lz4", "zstd"]),
                            "clevel": 5,
                            "shuffle": rng.choice(["noshuffle", "shuffle", "bitshuffle"]),
                            "typesize": rng.choice([itemsize or 1, 1, 4]),
                            "blocksize": 0,
                        },
                    },
                ]
            )
        )
    return found


def codec_of_bytes(codec: Json) -> Json:
    """The v3 form of a filter of bytes that zarr-python has under a name of numcodecs or imagecodecs."""
    if codec["id"].startswith("imagecodecs_"):
        configuration = {key: value for key, value in codec.items() if key != "id"}
        return {"name": codec["id"], "configuration": configuration}
    return _as_v3(codec)


def _fill(rng: Random, name: Any, dtype: Any) -> Any:
    if dtype is None:
        return rng.choice(["", "abc"] if name == "string" else ["", "YWI="])
    if dtype.names is not None:
        return {field: 1 if dtype[field].kind != "f" else 1.5 for field in dtype.names}
    if dtype.kind in FILLS:
        return FILLS[dtype.kind](rng, dtype)
    if dtype.kind == "U":
        return rng.choice(["", "a"])
    return base64.b64encode(rng.randbytes(dtype.itemsize) if dtype.kind == "V" else b"a").decode()
