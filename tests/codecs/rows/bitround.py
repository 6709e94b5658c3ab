"""Rows of `bitround`."""

from __future__ import annotations

from table_row import Row, v3
from zarrcodec_bridge.codecs.bitround import Bitround
from zarrcodec_bridge.core.errors import LossError, NotRepresentableError

ROWS = [
    Row(
        codec=Bitround(keepbits=5),
        v2={"id": "bitround", "keepbits": 5},
        v3=v3("bitround", keepbits=5),
        also=[
            v3("bitround", keepbits=5),
            v3("numcodecs.bitround", keepbits=5),
            v3("numcodecs.bitround", id="bitround", keepbits=5),
            v3("https://codec.zarrs.dev/array_to_bytes/bitround", keepbits=5),
            v3("https://codec.zarrs.dev/array_to_array/bitround", keepbits=5),
        ],
        wrong=[
            ("bitround", ("keepbits",)),
            ({"id": "bitround", "keepbits": -1}, ("keepbits",)),
            ({"id": "bitround", "keepbits": 5.0}, ("keepbits",)),
            ({"name": "bitround"}, ("configuration", "keepbits")),
            (v3("bitround", keepbits=True), ("configuration", "keepbits")),
            (v3("numcodecs.bitround", keepbits=5, mode="x"), ("configuration", "mode")),
        ],
        targets={
            "zarr-python": v3("numcodecs.bitround", keepbits=5),
            "zarrista": v3("bitround", keepbits=5),
            "tensorstore": NotRepresentableError,
        },
    ),
    Row(
        codec=Bitround(keepbits=0),
        v2={"id": "bitround", "keepbits": 0},
        v3=v3("bitround", keepbits=0),
        dtype="float16",
    ),
    Row(
        codec=Bitround(keepbits=23),
        v2={"id": "bitround", "keepbits": 23},
        v3=v3("bitround", keepbits=23),
        dtype="<f4",
        targets={"zarr-python": v3("numcodecs.bitround", keepbits=23)},
    ),
    Row(
        codec=Bitround(keepbits=24),
        v2={"id": "bitround", "keepbits": 24},
        v3=v3("bitround", keepbits=24),
        dtype="<f4",
        lossy="v2",
        targets={"zarrista": v3("bitround", keepbits=24), "zarr-python": LossError},
    ),
    Row(
        codec=Bitround(keepbits=52),
        v2={"id": "bitround", "keepbits": 52},
        v3=v3("bitround", keepbits=52),
        dtype=">f8",
        notes=["numcodecs reads big-endian chunks, but cannot write them"],
    ),
    Row(
        codec=Bitround(keepbits=3),
        v2={"id": "bitround", "keepbits": 3},
        v3=v3("bitround", keepbits=3),
        dtype="int32",
        lossy="v2",
        targets={"zarrista": v3("bitround", keepbits=3), "zarr-python": NotRepresentableError},
    ),
]
