"""Rows of `n5_wrapper`."""

from __future__ import annotations

from table_row import Row
from zarrcodec_bridge.codecs.gzip import Gzip
from zarrcodec_bridge.codecs.n5_wrapper import N5Wrapper
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=N5Wrapper(dtype="<i4", chunk_shape=(4, 5), compressor_config=Gzip(level=1)),
        v2={
            "id": "n5_wrapper",
            "dtype": "<i4",
            "chunk_shape": [4, 5],
            "compressor_config": {"id": "gzip", "level": 1},
        },
        v3=NotRepresentableError,
        wrong=[
            ({"id": "n5_wrapper", "chunk_shape": [0]}, ("chunk_shape", 0)),
            ({"id": "n5_wrapper", "dtype": "q"}, ("dtype",)),
            (
                {"id": "n5_wrapper", "compressor_config": {"id": "gzip", "level": 10}},
                ("compressor_config", "level"),
            ),
            (
                {"id": "n5_wrapper", "compressor_config": {"id": "delta", "dtype": "<i4"}},
                ("compressor_config",),
            ),
            ({"id": "n5_wrapper", "compressor": None}, ("compressor",)),
        ],
    ),
    Row(
        codec=N5Wrapper(),
        v2={"id": "n5_wrapper", "compressor_config": None},
        v3=NotRepresentableError,
        also=[
            {"id": "n5_wrapper"},
            {"id": "n5_wrapper", "compressor_config": {"id": "raw"}},
        ],
    ),
]
