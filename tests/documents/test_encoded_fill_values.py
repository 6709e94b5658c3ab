"""Fill values that scale_offset and cast_value cannot encode: refused as zarr-python refuses them (FINDINGS G2)."""

from __future__ import annotations

import itertools
import json
import warnings
from pathlib import Path
from typing import Any

import pytest

import zarrcodec_bridge as bridge

BYTES = {"name": "bytes", "configuration": {"endian": "little"}}


def scale(offset: Any, by: Any = 1) -> dict[str, Any]:
    return {"name": "scale_offset", "configuration": {"offset": offset, "scale": by}}


def cast(data_type: str, **more: Any) -> dict[str, Any]:
    return {"name": "cast_value", "configuration": {"data_type": data_type, **more}}


NAN_IS_0 = {"encode": [["NaN", 0]]}
CHAINS: list[list[dict[str, Any]]] = [
    [scale(1)],
    [scale(-200)],
    [scale(0, 100)],
    [scale(1, 2), scale(3)],
    [cast("uint8")],
    [cast("uint8", out_of_range="clamp")],
    [cast("uint8", out_of_range="wrap")],
    [cast("int8", rounding="towards-negative")],
    [cast("int16", rounding="nearest-away", scalar_map=NAN_IS_0)],
    [cast("float32")],
    [cast("float16")],
    [cast("float16", out_of_range="clamp")],
    [scale(1), cast("uint8")],
    [cast("int64"), scale(300)],
    [{"name": "transpose", "configuration": {"order": [0]}}, scale(1)],
]
FILLS: dict[str, list[Any]] = {
    "uint8": [0, 1, 2, 100, 255],
    "int8": [-128, -1, 0, 1, 127],
    "int32": [-1, 0, 300, 70_000],
    "uint64": [0, 1, 2**64 - 1],
    "float32": [0.0, -0.5, 1e38, "NaN", "Infinity"],
    "float64": [0.5, 254.5, 255.5, 1e300, "NaN", "-Infinity"],
}


def array_document(
    data_type: str, fill: Any, chain: list[dict[str, Any]], sharded: bool
) -> dict[str, Any]:
    last = {"endian": "little"}
    codecs = [*chain, {"name": "bytes", "configuration": last}]
    if sharded:
        index = [BYTES, {"name": "crc32c"}]
        shard = {"chunk_shape": [2], "codecs": codecs, "index_codecs": index}
        codecs = [{"name": "sharding_indexed", "configuration": shard}]
    return {
        "zarr_format": 3, "node_type": "array", "shape": [4], "data_type": data_type, "fill_value": fill,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [4]}},
        "chunk_key_encoding": {"name": "default"}, "attributes": {}, "codecs": codecs,
    }  # fmt: skip


def problem(document: dict[str, Any], target: Any = "spec") -> bridge.BridgeError | None:
    try:
        bridge.normalize_metadata(document, target=target, on_loss="ignore")
    except bridge.BridgeError as error:
        return error
    return None


@pytest.mark.parametrize("sharded", [False, pytest.param(True, marks=pytest.mark.long)])
def test_g2_zarr_python_opens_what_is_not_refused(tmp_path: Path, sharded: bool) -> None:
    zarr = pytest.importorskip("zarr", minversion="3.3")
    pytest.importorskip("cast_value_rs")
    differ, seen = [], {True: 0, False: 0}
    for data_type, chain in itertools.product(FILLS, CHAINS):
        if "float" not in data_type and "scalar_map" in str(chain):
            continue  # its NaN is no whole number
        for fill in FILLS[data_type]:
            document = array_document(data_type, fill, chain, sharded)
            (tmp_path / "zarr.json").write_text(json.dumps(document))
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    zarr.open_array(tmp_path, mode="r", zarr_format=3)[:]
                opens = True
            except Exception:  # whatever it raises
                opens = False
            seen[opens] += 1
            # in shards, zarr-python 3.4.2 takes 0 for the fill value of the array, and refuses more
            is_right = opens if sharded else True
            if is_right and (problem(document, "zarr-python") is None) != opens:
                differ.append(f"{data_type} {fill} {json.dumps(chain)} opens: {opens}")
    assert not differ, "\n".join(differ)
    assert min(seen.values()) > 50


@pytest.mark.parametrize(
    ("data_type", "fill", "chain", "says"),
    [
        ("uint8", 0, [scale(1)], "scale_offset can encode: 0 becomes -1, and uint8 has 0 to 255"),
        ("float64", 300.0, [cast("uint8")], "300.0 is not in 0 to 255, as uint8 has, and out_of_range is not set"),
        ("float64", "NaN", [cast("int8")], "nan is no int8, and scalar_map says nothing of it"),
        ("float64", 1e300, [cast("float32")], "is too large for float32, and out_of_range is not set"),
        ("float64", 300.4, [scale(44), cast("uint8", out_of_range="wrap"), scale(1)], "0 becomes -1"),
    ],
)  # fmt: skip
def test_g2_the_reason_is_told(data_type: str, fill: Any, chain: Any, says: str) -> None:
    found = problem(array_document(data_type, fill, chain, False))
    assert isinstance(found, bridge.InvalidCodecError)
    assert found.problems[0].path == ("fill_value",)
    assert says in str(found)
