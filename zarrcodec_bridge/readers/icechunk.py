"""Icechunk: a store of versions for zarr-python, which decodes the arrays.

https://icechunk.io
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from zarrcodec_bridge.readers.reader import CLOSED, Reader, refuses
from zarrcodec_bridge.readers.zarr_python import READER as ZARR_PYTHON

READER: Final[Reader] = replace(
    ZARR_PYTHON,
    name="icechunk",
    version="2.3.0",
    v2=CLOSED,
    v3=replace(
        ZARR_PYTHON.v3,
        keys={"default": frozenset({"/"})},
        other_keys=refuses("has chunks under 'c/0/0' alone"),
        strict_json=True,
    ),
)
