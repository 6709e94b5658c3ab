"""Filters that view elements as another data type, and arrays that have them."""

from __future__ import annotations

from typing import Any, Final

from zarrcodec_bridge.core.errors import NotRepresentableError

Json = dict[str, Any]


def is_refused(call: Any) -> bool:
    try:
        call()
    except NotRepresentableError:
        return True
    return False


DOCUMENT: Final[Json] = {
    "zarr_format": 3,
    "node_type": "array",
    "shape": [4],
    "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [4]}},
    "chunk_key_encoding": {"name": "v2"},
    "fill_value": 0,
}

NATIVE: Final = {
    "delta": {"dtype": "<f4", "astype": "<f8"},
    "astype": {"decode_dtype": "<f4", "encode_dtype": "<f8"},
    "fixedscaleoffset": {"offset": 1, "scale": 2, "dtype": "<f4", "astype": "<f8"},
    "quantize": {"digits": 2, "dtype": "<f4", "astype": "<f4"},
}
