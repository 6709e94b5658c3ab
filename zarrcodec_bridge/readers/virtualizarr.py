"""VirtualiZarr, its `ZarrParser`: references to the chunks of a Zarr store, which zarr-python decodes.

Of a v2 array it makes one of v3, with the wrappers of zarr-python around the codecs of numcodecs.

https://virtualizarr.readthedocs.io
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.readers.reader import (
    DEFAULT_KEYS,
    Reader,
    ReaderProblem,
    reads_wrong,
    refuses,
)
from zarrcodec_bridge.readers.zarr_python import READER as ZARR_PYTHON

_FILTERS: Final = frozenset("astype bitround delta fixedscaleoffset packbits quantize".split())
_COMPRESSORS: Final = frozenset(
    "adler32 blosc bz2 crc32 crc32c fletcher32 gzip jenkins_lookup3 lz4 lzma shuffle zlib zstd".split()
)


def _quantize(params: Mapping[str, Any], dtype: DataType | None) -> ReaderProblem | None:
    if str(params.get("dtype")).startswith(">"):
        return reads_wrong("takes big-endian elements for little-endian ones")
    if params.get("astype") in (None, params.get("dtype")):
        return None
    return refuses("opens it only where astype is dtype")


def _swapped_fields(dtype: DataType) -> ReaderProblem | None:
    if any(field.dtype.endian == "big" for field in dtype.fields):
        return reads_wrong("takes big-endian fields of a struct for little-endian ones")
    return None


READER: Final[Reader] = replace(
    ZARR_PYTHON,
    name="virtualizarr",
    version="2.8.0",
    v2=replace(
        ZARR_PYTHON.v2,
        codecs=_FILTERS | _COMPRESSORS,
        prefix=None,
        extensible=False,
        filters=_FILTERS,
        compressors=_COMPRESSORS,
        rules={**ZARR_PYTHON.v2.rules, "quantize": _quantize},
        limits={"blosc.shuffle": (0, 2)},
        objects=frozenset(),
        data_types=ZARR_PYTHON.v2.data_types - {"object"},
        type_rule=_swapped_fields,
    ),
    v3=replace(
        ZARR_PYTHON.v3,
        keys=DEFAULT_KEYS,
        other_keys=reads_wrong(
            "looks for chunks under 'c/0/0' or 'c.0.0' alone, so that all read as the fill value"
        ),
    ),
)
