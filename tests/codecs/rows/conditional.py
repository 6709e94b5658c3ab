"""Rows of `conditional`."""

from __future__ import annotations

from table_row import GZIP, LITTLE, Row
from zarrcodec_bridge.codecs.conditional import Conditional
from zarrcodec_bridge.codecs.gzip import Gzip
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=Conditional(codecs=(Gzip(level=1),)),
        v2=NotRepresentableError,
        v3={"name": "conditional", "configuration": {"codecs": [GZIP], "header_bits": 8}},
        also=[
            {"name": "conditional", "configuration": {"codecs": [GZIP]}},
            {"name": "conditional", "configuration": {"codecs": [GZIP], "header_bits": None}},
        ],
        targets={"zarr-python": NotRepresentableError, "zarrs": NotRepresentableError},
        wrong=[
            ({"name": "conditional"}, ("configuration", "codecs")),
            (
                {"name": "conditional", "configuration": {"codecs": [LITTLE]}},
                ("configuration", "codecs"),
            ),
            (
                {"name": "conditional", "configuration": {"codecs": [GZIP], "header_bits": 4}},
                ("configuration", "header_bits"),
            ),
            (
                {"name": "conditional", "configuration": {"codecs": [GZIP], "header_bits": 0}},
                ("configuration", "header_bits"),
            ),
            (
                {
                    "name": "conditional",
                    "configuration": {"codecs": [{"name": "gzip", "configuration": {"level": 10}}]},
                },
                ("configuration", "codecs", 0, "configuration", "level"),
            ),
        ],
    ),
    Row(
        codec=Conditional(codecs=(Gzip(level=1),) * 9, header_bits=16),
        v2=NotRepresentableError,
        v3={"name": "conditional", "configuration": {"codecs": [GZIP] * 9, "header_bits": 16}},
        also=[{"name": "conditional", "configuration": {"codecs": [GZIP] * 9}}],
    ),
]
