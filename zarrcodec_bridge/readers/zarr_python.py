"""zarr-python, with the codecs of numcodecs, and of packages that add theirs to both.

https://github.com/zarr-developers/zarr-python
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.readers.reader import (
    CLOSED,
    NUMBERS,
    Format,
    Reader,
    ReaderProblem,
    reads_wrong,
    refuses,
)
from zarrcodec_bridge.readers.rules import parameters_of

_NUMCODECS: Final = frozenset(
    "adler32 astype bitround blosc bz2 crc32 crc32c delta fixedscaleoffset fletcher32 gzip"
    " jenkins_lookup3 lz4 lzma packbits pcodec quantize shuffle zfpy zlib zstd".split()
)
"""Codecs of numcodecs that format 3 has as ``numcodecs.<id>`` too."""

_KERCHUNK: Final = frozenset(
    "FITSAscii FITSVarBintable fill_hdf_strings grib record_member".split()
)

_TYPES: Final = NUMBERS | frozenset(
    "fixed_length_utf32 null_terminated_bytes numpy.datetime64 numpy.timedelta64 raw_bytes"
    " struct".split()
)

WITHOUT_DATA_TYPE_SINCE: Final = (3, 1)
"""Since then it looks for the data type of objects by their codec, and finds none for some codecs."""

SWAPS_RIGHT_SINCE: Final = (3, 3)
"""Before, it read big-endian `bytes` wrong after filters that view elements as another data type."""

SWAPS_STRUCTS_WRONG_SINCE: Final = (3, 1)
"""Until `SWAPS_RIGHT_SINCE`: it reads structs of big-endian fields wrong in format 3; 3.0 has no structs there."""

FAILS_ON_GAINED_ORDER: Final = (3, 1), (3, 2)
"""The first version that fails where filters make elements with a byte order of single bytes, and the first that does
not."""

NATIVE_ONLY: Final = frozenset({"cast_value"})
"""v3 codecs that it has for arrays which NumPy holds in native order (3.4.2: it fails on the fill value)."""


def _shuffle(params: Mapping[str, Any], dtype: DataType | None) -> ReaderProblem | None:
    """netCDF-C writes 0 for the size of the elements, and numcodecs copies the bytes as they are."""
    if params.get("elementsize") != 0:
        return None
    return reads_wrong("does not shuffle elements of 0 bytes")


def _ordered_texts(encoding: Mapping[str, Any]) -> ReaderProblem | None:
    dtype = encoding.get("dtype")
    if isinstance(dtype, str) and dtype[:2] in ("<S", ">S"):
        return refuses(f"does not open it; it knows |{dtype[1:]}", f"data type {dtype}")
    return None


def _swapped(encoding: Mapping[str, Any]) -> ReaderProblem | None:
    codecs = [codec for codec in encoding["codecs"] if isinstance(codec, Mapping)]
    is_big = any(parameters_of(codec).get("endian") == "big" for codec in codecs)
    if is_big and codecs[0].get("name") in _VIEWS:
        return reads_wrong("swaps big-endian elements wrong after a filter that views them")
    if is_big and "fields" in parameters_of(encoding["data_type"]):
        return reads_wrong("does not swap the big-endian fields of a struct")
    return None


_VIEWS: Final = frozenset(
    f"numcodecs.{name}" for name in ("astype", "delta", "fixedscaleoffset", "quantize")
)

_V2: Final = Format(
    opens_deviations=frozenset({"empty filters", "no compressor", "no filters", "ordered bytes"}),
    codecs=_NUMCODECS | _KERCHUNK | {"base64", "categorize", "vlen-bytes", "vlen-utf8"},
    prefix="imagecodecs_",
    elsewhere={
        **dict.fromkeys(("json2", "msgpack2", "pickle", "vlen-array"), "zarr-python<3.1"),
        "n5_wrapper": "zarr-python<3 (N5Store)",
    },
    extensible=True,
    data_types=_TYPES | {"object"},
    objects=frozenset({"vlen-utf8", "vlen-bytes"}),
    rules={"shuffle": _shuffle},
    encoding_rule=_ordered_texts,
    strict_json=False,
)


def _packs_bool(params: Mapping[str, Any], dtype: DataType | None) -> ReaderProblem | None:
    """`numcodecs.packbits` says that it puts out bool, whatever it packs."""
    if dtype is None or dtype.name == "bool":
        return None
    return refuses(f"opens it for bool elements alone, not {dtype.name}")


READER: Final = Reader(
    name="zarr-python",
    version="3.4.2",
    measured="2026-11-28",
    v2=_V2,
    v3=Format(
        opens_deviations=frozenset({"must_understand", "null attributes", "null dimension_names"}),
        codecs=frozenset(f"numcodecs.{name}" for name in _NUMCODECS)
        | frozenset(
            "blosc bytes cast_value crc32c gzip n5_default scale_offset sharding_indexed transpose"
            " vlen-bytes vlen-utf8 zstd".split()
        ),
        prefix="imagecodecs_",
        rules={"numcodecs.packbits": _packs_bool},
        data_types=_TYPES | {"string", "variable_length_bytes"},
        strict_index=True,
        checks_array=True,
        option_for_grid={"rectilinear": "array.rectilinear_chunks"},
        strict_json=False,
    ),
    zero_is_text=True,
)

OLDER: Final = (
    replace(
        READER,
        version="3.1.6",
        newest=False,
        v2=replace(
            _V2,
            nested_structs=False,
            opens_deviations=_V2.opens_deviations - {"ordered bytes"},
            encoding_rule=None,
        ),
        v3=replace(
            READER.v3,
            codecs=READER.v3.codecs - {"cast_value", "scale_offset"},
            listed_fields=True,
            nested_structs=False,
            guesses_endian=True,
            option_for_grid={},
            encoding_rule=_swapped,
        ),
    ),
    replace(
        READER,
        version="2.18.7",
        newest=False,
        v2=replace(
            _V2,
            codecs=_V2.codecs | {"json2", "msgpack2", "n5_wrapper", "pickle", "vlen-array"},
            elsewhere={},
            objects=frozenset("json2 msgpack2 pickle vlen-array vlen-bytes vlen-utf8".split()),
            subarrays=True,
            opens_deviations=frozenset(
                {
                    "empty filters",
                    "null dimension_separator",
                    "null order",
                    "ordered bytes",
                    "other dtype",
                }
            ),
            encoding_rule=None,
        ),
        v3=CLOSED,
        zero_is_text=False,
    ),
)
"""The versions that were measured before, the newest first."""
