"""Rows of `n5_default`."""

from __future__ import annotations

from table_row import BIG, GZIP, LITTLE, SINGLE, Row
from zarrcodec_bridge.codecs.bytes import Bytes
from zarrcodec_bridge.codecs.gzip import Gzip
from zarrcodec_bridge.codecs.n5_default import N5Default
from zarrcodec_bridge.codecs.transpose import Transpose
from zarrcodec_bridge.core.errors import NotRepresentableError


def _reverse(*order: int) -> dict[str, object]:
    return {"name": "transpose", "configuration": {"order": list(order)}}


ROWS = [
    Row(
        codec=N5Default(codecs=(Transpose(order=(1, 0)), Bytes(endian="big"), Gzip(level=1))),
        v2=NotRepresentableError,
        v3={"name": "n5_default", "configuration": {"codecs": [_reverse(1, 0), BIG, GZIP]}},
        targets={
            "zarr-python": {
                "name": "n5_default",
                "configuration": {"codecs": [_reverse(1, 0), BIG, GZIP]},
            },
            "tensorstore": NotRepresentableError,
        },
        wrong=[
            ({"name": "n5_default"}, ("configuration", "codecs")),
            *(
                (
                    {"name": "n5_default", "configuration": {"codecs": codecs}},
                    ("configuration", "codecs"),
                )
                for codecs in (
                    [],
                    [BIG],
                    [_reverse(1, 0)],
                    [BIG, _reverse(1, 0)],
                    [_reverse(0, 1), BIG],
                    [_reverse(1, 0), LITTLE],
                    [_reverse(1, 0), BIG, BIG],
                    [_reverse(1, 0), BIG, GZIP, GZIP],
                )
            ),
        ],
    ),
    Row(
        codec=N5Default(codecs=(Transpose(order=(0,)), Bytes())),
        v2=NotRepresentableError,
        v3={"name": "n5_default", "configuration": {"codecs": [_reverse(0), SINGLE]}},
        also=[{"name": "n5_default", "configuration": {"codecs": [_reverse(0), "bytes"]}}],
    ),
]
