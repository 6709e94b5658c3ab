"""Random v2 arrays, written in part by zarr-python, read equal through their v3 documents and back, or are refused.

``ZARRCODEC_BRIDGE_EXAMPLES=20000 python -m pytest tests/test_differential.py`` is a long run, with other arrays each
time.
"""

from __future__ import annotations

import json
import os
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from zarrcodec_bridge.errors import BridgeError
from zarrcodec_bridge.metadata import metadata_to_v2, metadata_to_v3

zarr = pytest.importorskip("zarr", minversion="3.3")
np = pytest.importorskip("numpy")

EXAMPLES = int(os.environ.get("ZARRCODEC_BRIDGE_EXAMPLES", "150"))
IN_CI = EXAMPLES <= 150

INTEGERS = ("|i1", "|u1", "<i2", ">i2", "<u4", ">u4", "<i8", ">i8")
FLOATS = ("<f2", "<f4", ">f4", "<f8", ">f8")
FILLS: dict[str, tuple[Any, ...]] = {
    "b": (True, False),
    "i": (0, -1, 100),
    "u": (0, 7, 255),
    "f": (0.0, -0.0, 1.5, "NaN", "Infinity", "-Infinity"),
    "c": ([0.0, 0.0], [1.5, -0.0], ["NaN", "Infinity"]),
    "S": ("", "YWI="),
    "U": ("", "a", "é"),
    "V": ("", "AAECAw=="),
    "M": (0, 1, -9223372036854775808),
    "m": (0, -5, -9223372036854775808),
}
OTHERS = (
    "|b1",
    "<c8",
    ">c16",
    "|S3",
    "<U2",
    ">U2",
    "|V4",
    "<M8[ns]",
    ">M8[s]",
    "<m8[D]",
    ">m8[10us]",
)
STRUCTS: dict[str, Any] = {
    "little": [["a", "<i2"], ["b", "<f4"], ["c", "|S2"]],
    "big": [["a", ">i2"], ["b", ">f4"], ["c", "|S2"]],
    "mixed": [["a", "<i2"], ["b", ">f4"], ["c", "|S2"]],
}
TEXT = "|O"

COMPRESSORS: tuple[dict[str, Any] | None, ...] = (
    None,
    {"id": "zlib", "level": 1},
    {"id": "gzip", "level": 5},
    {"id": "zstd", "level": 3},
    {"id": "bz2", "level": 1},
    {"id": "lz4", "acceleration": 1},
    {"id": "lzma", "format": 1, "check": -1, "preset": None, "filters": None},
    {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0},
    {"id": "blosc", "cname": "zstd", "clevel": 1, "shuffle": -1, "blocksize": 0},
    {"id": "blosc", "cname": "zlib", "clevel": 9, "shuffle": 2, "blocksize": 256},
)
BYTES_FILTERS: tuple[dict[str, Any], ...] = (
    {"id": "shuffle", "elementsize": 4},
    {"id": "zlib", "level": 1},
    {"id": "crc32"},
    {"id": "adler32"},
    {"id": "fletcher32"},
    {"id": "jenkins_lookup3", "initval": 0, "prefix": None},
    {"id": "packbits"},
    {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0},
)


def element_filters(dtype: str) -> list[dict[str, Any]]:
    """Filters of single elements; those that take this data type, and such as take its bytes for another."""
    swapped = dtype.translate(str.maketrans("<>", "><"))
    bits = f"{dtype[0]}i{dtype[2:]}"
    found: list[dict[str, Any]] = [
        {"id": "delta", "dtype": dtype},
        {"id": "delta", "dtype": swapped},
        {"id": "delta", "dtype": bits},
        {"id": "delta", "dtype": dtype, "astype": "<f4"},
        {"id": "astype", "encode_dtype": "<f8", "decode_dtype": dtype},
        {"id": "astype", "encode_dtype": ">i2", "decode_dtype": dtype},
        {"id": "fixedscaleoffset", "offset": 1, "scale": 8, "dtype": dtype, "astype": "<i4"},
        {"id": "fixedscaleoffset", "offset": 0, "scale": 1, "dtype": dtype, "astype": "|u1"},
        {"id": "bitround", "keepbits": 7},
    ]
    if dtype in FLOATS:
        found += [
            {"id": "quantize", "digits": 2, "dtype": dtype, "astype": dtype},
            {"id": "quantize", "digits": 1, "dtype": dtype, "astype": "<f2"},
        ]
    return found if dtype in (*INTEGERS, *FLOATS) else []


@st.composite
def documents(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A ``.zarray`` and its ``.zattrs``."""
    dtype: Any = draw(st.sampled_from([*INTEGERS, *FLOATS, *OTHERS, TEXT, *STRUCTS]))
    filters: list[dict[str, Any]] = []
    if dtype == TEXT:
        filters.append({"id": "vlen-utf8"})
    elif elements := element_filters(dtype):
        filters += draw(st.lists(st.sampled_from(elements), max_size=2))
    filters += draw(st.lists(st.sampled_from(BYTES_FILTERS), max_size=2))
    if draw(st.integers(0, 9)) == 0:
        filters = draw(st.permutations(filters))
    shape = draw(st.lists(st.integers(0, 6), max_size=3))
    chunks = [draw(st.integers(1, max(1, length + 1))) for length in shape]
    fills = ("", "abc") if dtype == TEXT else FILLS.get(dtype[1], ("AAAAAAAAAAA=",))
    zarray = {
        "zarr_format": 2,
        "shape": shape,
        "chunks": chunks,
        "dtype": STRUCTS.get(dtype, dtype),
        "compressor": draw(st.sampled_from(COMPRESSORS)),
        "fill_value": draw(st.sampled_from([None, *fills])),
        "order": draw(st.sampled_from("CF")),
        "filters": filters or None,
        "dimension_separator": draw(st.sampled_from("./")),
    }
    names = draw(st.sampled_from([None, ["x", "y", "z"][: len(shape)], ["only"]]))
    return zarray, {"units": "m"} if names is None else {"_ARRAY_DIMENSIONS": names}


def write_in_part(path: Path, zarray: dict[str, Any], seed: int) -> None:
    """Write values into a corner of an array, so that other chunks are missing."""
    random = np.random.default_rng(seed)
    array = zarr.open_array(path, mode="r+", zarr_format=2)
    corner = tuple(slice(0, int(random.integers(0, length + 1))) for length in zarray["shape"])
    shape = tuple(part.stop for part in corner)
    if zarray["dtype"] == TEXT:
        values = np.array(random.choice(["", "a", "äöü", "0"], shape), dtype=object)
    elif isinstance(zarray["dtype"], list):
        values = np.zeros(shape, dtype=[(name, kind) for name, kind in zarray["dtype"]])
        values["a"], values["b"] = random.integers(-9, 9, shape), random.normal(size=shape)
        values["c"] = b"x"
    else:
        dtype = np.dtype(zarray["dtype"])
        numbers = random.integers(-100, 100, shape)
        values = {
            "S": lambda: numbers.astype("S3"),
            "U": lambda: numbers.astype("U2"),
            "V": lambda: numbers.astype("<i4").view("V4"),
            "f": lambda: random.normal(scale=10, size=shape),
        }.get(dtype.kind, lambda: numbers)()
        values = np.asarray(values).astype(dtype)
    array[corner] = values


def read_as(path: Path, name: str, document: dict[str, Any], attributes: Any = None) -> Any:
    """What zarr-python reads from the chunks at `path` under one document alone."""
    from support import readers

    for other in (".zarray", "zarr.json", ".zattrs"):
        (path / other).unlink(missing_ok=True)
    (path / name).write_text(json.dumps(document))
    if attributes is not None:
        (path / ".zattrs").write_text(json.dumps(attributes))
    return readers.read_path("zarr-python", path)


def test_arrays_read_equal_through_their_documents(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    from support import readers

    seen: Counter[str] = Counter()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=IN_CI,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(written=documents(), seed=st.integers(0, 2**32))
    def check(written: tuple[dict[str, Any], dict[str, Any]], seed: int) -> None:
        zarray, attributes = written
        path = tmp_path_factory.mktemp("array")
        (path / ".zarray").write_text(json.dumps(zarray))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                write_in_part(path, zarray, seed)
            expected = read_as(path, ".zarray", zarray, attributes)
        except Exception:  # zarr-python does not take it
            seen["not written"] += 1
            assume(False)
        try:
            document = metadata_to_v3(zarray, attributes, target="zarr-python")
        except BridgeError as error:
            seen[f"refused: {type(error).__name__}"] += 1
            return
        assert readers.equal(read_as(path, "zarr.json", document), expected), document
        again, kept = metadata_to_v2(document, on_loss="ignore")
        assert kept == attributes
        assert readers.equal(read_as(path, ".zarray", again, kept), expected), again
        seen["equal"] += 1

    check()
    print(dict(seen))
    assert seen["equal"] > EXAMPLES // 2
