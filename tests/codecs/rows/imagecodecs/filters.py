"""Rows of the filters of imagecodecs."""

from __future__ import annotations

from rows.imagecodecs import AGAIN, FLOATS, SRGB, only_v3, row, v3
from table_row import Row
from zarrcodec_bridge.codecs import imagecodecs
from zarrcodec_bridge.core.errors import MissingContextError, NotRepresentableError

ROWS = [
    row(
        "bfloat16",
        {"byteorder": "<", "rounding": "UPWARD"},
        {"byteorder": "<", "rounding": "UPWARD"},
        also=({"byteorder": "<", "rounding": 2048},),
        wrong=(({"byteorder": "little"}, "byteorder"),),
    ),
    row("bitorder", {}, {}, also=(v3("bitorder"),), wrong=(({"level": 1}, "level"),)),
    row(
        "bitshuffle",
        {"itemsize": 1, "blocksize": 64},
        {"blocksize": 64},
        dtype="|u1",
        also=({"blocksize": 64}, v3("bitshuffle", blocksize=64, itemsize=1)),
        same=(v3("bitshuffle", blocksize=64),),
    ),
    Row(
        codec=imagecodecs.ImagecodecsBitshuffle(itemsize=2),
        v2={"id": "imagecodecs_bitshuffle", "itemsize": 2, "blocksize": 0},
        v3=NotRepresentableError,
        dtype="<u2",
    ),
    row(
        "byteshuffle",
        {"axis": -1, "dist": 1, "delta": False, "reorder": True, **AGAIN},
        {"axis": -1, "dist": 1, "delta": False, "reorder": True},
        also=({"reorder": True, **AGAIN}, {"reorder": True, "shape": [24, 32], "dtype": "uint16"}),
        wrong=(({"shape": [24, 32]}, "dtype"), ({"dtype": "<u2"}, "shape")),
        notes=("shape [24, 32] is left to the array",),
    ),
    only_v3("byteshuffle", {"axis": 0, "dist": 1, "delta": True, "reorder": False}),
    row(
        "cms",
        {"profile": SRGB, "outprofile": SRGB, "intent": "PERCEPTUAL", "flags": 0, **AGAIN},
        {"profile": SRGB, "outprofile": SRGB, "intent": "PERCEPTUAL", "flags": 0},
        also=({"profile": SRGB, "outprofile": SRGB, "intent": 0, "flags": 0, **AGAIN},),
        wrong=(
            ({}, "profile"),
            ({"profile": SRGB, "outprofile": "Adobe RGB"}, "outprofile"),
            (v3("cms", profile=SRGB), "outprofile"),
        ),
    ),
    row(
        "delta",
        {"axis": -2, "dist": 1, "shape": [32, 32, 4], "dtype": "|u1"},
        {"axis": -2, "dist": 1},
        dtype="|u1",
        also=(
            {"axis": -2, "shape": [32, 32, 4], "dtype": "uint8"},
            v3("delta", axis=-2, dist=1, shape=[32, 32, 4], dtype="|u1"),
        ),
        same=(v3("delta", axis=-2),),
        wrong=((v3("delta", axis=-1, shape=[1]), "shape"), ({"shape": "all"}, "shape")),
    ),
    Row(
        codec=imagecodecs.ImagecodecsDelta(axis=-1, dist=1),
        v2=MissingContextError,
        v3=v3("delta", axis=-1, dist=1),
        also=[
            {"id": "imagecodecs_delta", "shape": None, "dtype": None},
            "HorizontalDeltaCodec",
            {"name": "HorizontalDeltaCodec"},
            v3("delta", axis=-1, dist=1),
        ],
        wrong=[
            (
                {"name": "HorizontalDeltaCodec", "configuration": {"axis": 0}},
                ("configuration", "axis"),
            )
        ],
        notes=("decode it as flat data",),
    ),
    row("float24", {"byteorder": ">"}, {"byteorder": ">"}, also=({"byteorder": ">"},)),
    row(
        "floatpred",
        {"axis": -1, "dist": 1, **FLOATS},
        {"axis": -1, "dist": 1},
        dtype="<f4",
        also=(FLOATS, v3("floatpred", axis=-1, dist=1, **FLOATS)),
        same=(v3("floatpred"),),
        wrong=(({"axis": -1}, "shape"),),
    ),
    row(
        "packints",
        {"bitspersample": 12, "runlen": 0, "dtype": "<u2"},
        {"bitspersample": 12, "runlen": 0},
        dtype="<u2",
        also=({"bitspersample": 12, "dtype": "<u2", "bitorder": None},),
        same=(v3("packints", bitspersample=12),),
        wrong=(({"dtype": "<u2"}, "bitspersample"),),
    ),
    Row(
        codec=imagecodecs.ImagecodecsPackints(bitspersample=12, dtype="<u2", bitorder="<"),
        v2={
            "id": "imagecodecs_packints",
            "bitspersample": 12,
            "bitorder": "<",
            "runlen": 0,
            "dtype": "<u2",
        },
        v3=NotRepresentableError,
        dtype="<u4",
    ),
    row("quantize", {"mode": "bitround", "nsd": 10}, {"mode": "bitround", "nsd": 10}),
    row(
        "quantize",
        {"mode": "bitgroom", "nsd": 8},
        {"mode": "bitgroom", "nsd": 8},
        also=(v3("quantize"),),
        wrong=(({"nsd": 3}, "mode"), ({"mode": "granular", "nsd": 3}, "mode")),
    ),
    row("xor", {"axis": 0, **AGAIN}, {"axis": 0}, dtype="<u2", same=(v3("xor", axis=0),)),
    only_v3("xor", {"axis": -1}),
]
