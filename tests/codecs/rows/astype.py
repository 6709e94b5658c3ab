"""Rows of `astype`."""

from __future__ import annotations

from table_row import Row, v3
from zarrcodec_bridge.codecs.astype import Astype
from zarrcodec_bridge.core.errors import MissingContextError, NotRepresentableError

ROWS = [
    Row(
        codec=Astype(encode_dtype="<f4", decode_dtype="<f8"),
        v2={"id": "astype", "encode_dtype": "<f4", "decode_dtype": "<f8"},
        v3=v3("numcodecs.astype", encode_dtype="<f4", decode_dtype="<f8"),
        also=[
            {"id": "astype", "encode_dtype": "f4", "decode_dtype": "float64"},
            v3("numcodecs.astype", id="astype", encode_dtype="float32", decode_dtype="f8"),
        ],
        wrong=[
            ("astype", ("encode_dtype",)),
            ({"id": "astype", "encode_dtype": "<f4"}, ("decode_dtype",)),
            ({"id": "astype", "encode_dtype": "|O", "decode_dtype": "<f8"}, ("encode_dtype",)),
            (v3("numcodecs.astype", decode_dtype="<f8"), ("configuration", "encode_dtype")),
        ],
        targets={
            "zarr-python": v3("numcodecs.astype", encode_dtype="<f4", decode_dtype="<f8"),
            "zarrs": NotRepresentableError,
            "tensorstore": NotRepresentableError,
        },
    ),
    Row(
        codec=Astype(encode_dtype="|i1"),
        v2=MissingContextError,
        v3=v3("numcodecs.astype", encode_dtype="|i1"),
        also=[v3("numcodecs.astype", encode_dtype="int8")],
    ),
    Row(
        codec=Astype(encode_dtype="|i1"),
        dtype=">i4",
        v2={"id": "astype", "encode_dtype": "|i1", "decode_dtype": ">i4"},
        v3=v3("numcodecs.astype", encode_dtype="|i1", decode_dtype="<i4"),
    ),
]
