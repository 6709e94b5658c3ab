"""The built-in codecs: one module each, in the order of the tables that are made from them.

A codec's model lives in the module that has its name: ``zarrcodec_bridge.codecs.blosc.Blosc``. The modules are
imported at the first look-up, not with the library.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Final

from zarrcodec_bridge.codecs import imagecodecs
from zarrcodec_bridge.core import registry
from zarrcodec_bridge.core.spec import CodecSpec

__all__ = ["MODULES", "builtin"]

MODULES: Final = (
    "bytes",
    "transpose",
    "sharding_indexed",
    "blosc",
    "gzip",
    "zstd",
    "crc32c",
    "vlen_utf8",
    "vlen_bytes",
    "bitround",
    "cast_value",
    "scale_offset",
    "packbits",
    "reshape",
    "zfp",
    "conditional",
    "n5_default",
    "n5_wrapper",
    "zlib",
    "bz2",
    "lzma",
    "lz4",
    "shuffle",
    "delta",
    "fixedscaleoffset",
    "quantize",
    "astype",
    "numcodecs_packbits",
    "pcodec",
    "zfpy",
    "adler32",
    "crc32",
    "fletcher32",
    "jenkins_lookup3",
    "base64",
    "json2",
    "msgpack2",
    "pickle",
    "categorize",
    "vlen_array",
    "zarrs_squeeze",
    "zarrs_vlen",
    "zarrs_vlen_v2",
    "zarrs_optional",
    "zarrs_gdeflate",
    "fill_hdf_strings",
    "grib",
    "record_member",
    "fits_ascii",
    "fits_var_bintable",
)
"""Every module of this package that defines a codec, as ``SPEC``."""


def builtin() -> Iterator[CodecSpec]:
    """The definitions of all built-in codecs."""
    for module in MODULES:
        yield import_module(f"{__name__}.{module}").SPEC
    registry.lazy(imagecodecs.NAMES, imagecodecs.build)


registry.source(builtin)
