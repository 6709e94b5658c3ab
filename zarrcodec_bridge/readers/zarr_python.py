"""zarr-python, with the codecs of numcodecs, and of the packages that add theirs to both.

https://github.com/zarr-developers/zarr-python
"""

from __future__ import annotations

from typing import Final

from zarrcodec_bridge.readers.reader import NUMBERS, Format, Reader

__all__ = ["READER"]

_NUMCODECS: Final = frozenset(
    "adler32 astype bitround blosc bz2 crc32 crc32c delta fixedscaleoffset fletcher32 gzip"
    " jenkins_lookup3 lz4 lzma packbits pcodec quantize shuffle zfpy zlib zstd".split()
)
"""Codecs of numcodecs that format 3 has as ``numcodecs.<id>`` too."""

READER: Final = Reader(
    name="zarr-python",
    version="3.4.2",
    measured="2026-11-28",
    v2=Format(
        codecs=_NUMCODECS
        | frozenset(
            "base64 categorize json2 msgpack2 pickle vlen-array vlen-bytes vlen-utf8".split()
        )
        | frozenset("FITSAscii FITSVarBintable fill_hdf_strings grib record_member".split()),
        prefix="imagecodecs_",
    ),
    v3=Format(
        codecs=frozenset(f"numcodecs.{name}" for name in _NUMCODECS)
        | frozenset(
            "blosc bytes cast_value crc32c gzip scale_offset sharding_indexed transpose vlen-bytes"
            " vlen-utf8 zstd".split()
        )
        | {"n5_default"},
        prefix="imagecodecs_",
        data_types=NUMBERS
        | frozenset(
            "fixed_length_utf32 null_terminated_bytes numpy.datetime64 numpy.timedelta64 raw_bytes"
            " string struct variable_length_bytes".split()
        ),
    ),
    strict_json=False,
)
