"""Rows of `base64`."""

from __future__ import annotations

from table_row import Row
from zarrcodec_bridge.codecs.base64 import Base64
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=Base64(),
        v2={"id": "base64"},
        v3=NotRepresentableError,
        also=["base64"],
        wrong=[({"id": "base64", "altchars": "-_"}, ("altchars",))],
    ),
]
