"""The imagecodecs family: streams and documents that other programs wrote."""

from __future__ import annotations

import base64
import struct
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import zarrcodec_bridge as bridge
from support import shared
from support.imagecodecs_chunks import (
    ARRAYS,
    H,
    W,
    attempt,
    chain_of,
    open_array,
    to_v2,
    to_v3,
    write_chunks,
)
from support.readers import equal, v2_document, v3_document
from zarrcodec_bridge import Pipeline
from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.errors import BridgeError, NotRepresentableError

numcodecs = pytest.importorskip("numcodecs")

imagecodecs = pytest.importorskip("imagecodecs", minversion="2026.10")

pytest.importorskip("zarr", minversion="3.2")

pytest.importorskip("imagecodecs.zarr")

pytest.importorskip("imagecodecs.numcodecs")


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
    v2 = open_array(v2_document(members, shape, shape, 0), chunks)[...]
    assert values is None or equal(v2, values.astype(dtype))
    encoding = to_v3(members, shape)
    assert equal(open_array(v3_document(encoding, shape, shape), chunks)[...], v2)
    again = to_v2(encoding, shape)
    assert again["compressor"] == normalized(payload)
    assert equal(open_array(v2_document(again, shape, shape, 0), chunks)[...], v2)


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
    chunks = write_chunks(document, data)
    encoding = to_v3(members, data.shape)
    assert [codec["name"] for codec in encoding["codecs"]] == ["imagecodecs_cms", "bytes"]
    v3 = open_array(v3_document(encoding, data.shape, data.shape), chunks)[...]
    assert equal(v3, open_array(document, chunks)[...])


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
    chunks = attempt(lambda: write_chunks(v3_document(today, data.shape, data.shape), data))
    if isinstance(chunks, Exception):
        pytest.skip(f"imagecodecs does not encode it: {chunks}")
    middle = {"name": "bytes", "configuration": {"endian": "little"}}
    before = {"data_type": name, "codecs": [serializer, middle, *after]}
    pipeline = Pipeline.from_v3(data_type=name, codecs=chain_of(before), chunk_shape=data.shape)
    assert pipeline.to_v3("zarr-python") == today
    v2 = open_array(v2_document(to_v2(before, data.shape), data.shape, data.shape, 0), chunks)[...]
    assert equal(v2, data)
    with pytest.raises(NotRepresentableError):
        chain_of(
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
    chain = chain_of({"data_type": "uint8", "codecs": codecs})
    written = Pipeline.from_v3(data_type="uint8", codecs=chain, chunk_shape=(3, H, W)).to_v3()
    assert written["codecs"] == [
        {"name": "transpose", "configuration": {"order": [1, 2, 0]}},
        {"name": "imagecodecs_png", "configuration": {}},
    ]
    image = ARRAYS["rgb-u1"]
    chunks = {"0.0.0": imagecodecs.png_encode(image)}
    document = v3_document(written, (3, H, W), (3, H, W))
    assert equal(open_array(document, chunks)[...], image.transpose(2, 0, 1))
    raw = Pipeline.from_v3(
        data_type="uint8", codecs=chain_of({"data_type": "uint8", "codecs": codecs[:2]}), ndim=3
    )
    document = v3_document(raw.to_v3(), (3, H, W), (3, H, W))
    assert equal(open_array(document, {"0.0.0": image.tobytes()})[...], image.transpose(2, 0, 1))


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
            data_type=document["data_type"], codecs=chain_of(document), chunk_shape=shape
        ).to_v3("zarr-python")
        seen["v3 to v3"] += 1
        outcome = attempt(lambda: to_v2(document, shape))  # noqa: B023
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
            expected = open_array(document, files)[...]
            found = v3_document(to_v3(document, shape), document["shape"], shape)
            separator = document.get("dimension_separator", ".")
            found["chunk_key_encoding"]["configuration"] = {"separator": separator}
            seen["tifffile"] += 1
        else:
            shape = tuple(document["chunk_grid"]["configuration"]["chunk_shape"])
            expected = _as_virtual_tiff_reads(document, files)
            encoding = Pipeline.from_v3(
                data_type=document["data_type"], codecs=chain_of(document), chunk_shape=shape
            ).to_v3("zarr-python")
            found = {**document, **encoding}
            seen["virtual-tiff"] += 1
        assert equal(open_array(found, files)[...], expected), store.name
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
