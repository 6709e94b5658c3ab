"""VirtualiZarr, its `ZarrParser`: references to the chunks of a Zarr store, which zarr-python decodes.

https://virtualizarr.readthedocs.io
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from zarrcodec_bridge.readers.reader import DEFAULT_KEYS, Reader, reads_wrong
from zarrcodec_bridge.readers.zarr_python import READER as ZARR_PYTHON

__all__ = ["READER"]

READER: Final[Reader] = replace(
    ZARR_PYTHON,
    name="virtualizarr",
    version="2.8.0",
    v3=replace(
        ZARR_PYTHON.v3,
        keys=DEFAULT_KEYS,
        other_keys=reads_wrong(
            "looks for chunks under 'c/0/0' or 'c.0.0' alone, so that all read as the fill value"
        ),
    ),
)
