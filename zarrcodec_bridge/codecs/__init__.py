"""The built-in codecs: one module each, which has the name of the codec.

A codec's model is ``zarrcodec_bridge.codecs.blosc.Blosc``, its definition ``zarrcodec_bridge.codecs.blosc.SPEC``.
Importing this package imports none of them: a codec is imported when one of its names is looked up.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Final

from zarrcodec_bridge.codecs import imagecodecs
from zarrcodec_bridge.core import registry
from zarrcodec_bridge.core.spec import ZARRS, CodecSpec, Dialect

__all__ = ["MODULES"]

MODULES: Final[dict[str, tuple[str, str]]] = {
    "bytes": ("", "bytes endian"),
    "transpose": ("", "transpose"),
    "sharding_indexed": ("", "sharding_indexed"),
    "blosc": ("blosc", "blosc numcodecs.blosc"),
    "gzip": ("gzip", "gzip numcodecs.gzip"),
    "zstd": ("zstd", "zstd numcodecs.zstd"),
    "crc32c": ("crc32c", "crc32c numcodecs.crc32c"),
    "vlen_utf8": (
        "vlen-utf8",
        f"vlen-utf8 {ZARRS}/array_to_bytes/vlen_utf8 https://numcodecs.dev/vlen-utf8"
        " numcodecs.vlen-utf8",
    ),
    "vlen_bytes": (
        "vlen-bytes",
        f"vlen-bytes {ZARRS}/array_to_bytes/vlen_bytes numcodecs.vlen-bytes",
    ),
    "bitround": (
        "bitround",
        f"bitround {ZARRS}/array_to_bytes/bitround {ZARRS}/array_to_array/bitround"
        " numcodecs.bitround",
    ),
    "cast_value": ("", "cast_value"),
    "scale_offset": ("", "scale_offset"),
    "packbits": ("", "packbits"),
    "reshape": ("", "reshape zarrs.reshape"),
    "zfp": ("", f"zfp zarrs.zfp {ZARRS}/array_to_bytes/zfp"),
    "conditional": ("", "conditional"),
    "n5_default": ("", "n5_default"),
    "n5_wrapper": ("n5_wrapper", ""),
    "zlib": ("zlib", "numcodecs.zlib"),
    "bz2": ("bz2", f"numcodecs.bz2 {ZARRS}/bytes_to_bytes/bz2"),
    "lzma": ("lzma", "numcodecs.lzma"),
    "lz4": ("lz4", "numcodecs.lz4"),
    "shuffle": ("shuffle", "numcodecs.shuffle"),
    "delta": ("delta", "numcodecs.delta"),
    "fixedscaleoffset": ("fixedscaleoffset", "numcodecs.fixedscaleoffset"),
    "quantize": ("quantize", "numcodecs.quantize"),
    "astype": ("astype", "numcodecs.astype"),
    "numcodecs_packbits": ("packbits", "numcodecs.packbits"),
    "pcodec": ("pcodec", f"numcodecs.pcodec {ZARRS}/array_to_bytes/pcodec"),
    "zfpy": ("zfpy", f"numcodecs.zfpy {ZARRS}/array_to_bytes/zfpy"),
    "adler32": ("adler32", "numcodecs.adler32"),
    "crc32": ("crc32", "numcodecs.crc32"),
    "fletcher32": ("fletcher32", f"numcodecs.fletcher32 {ZARRS}/bytes_to_bytes/fletcher32"),
    "jenkins_lookup3": ("jenkins_lookup3", "numcodecs.jenkins_lookup3"),
    "base64": ("base64", ""),
    "json2": ("json2", ""),
    "msgpack2": ("msgpack2", ""),
    "pickle": ("pickle", ""),
    "categorize": ("categorize", ""),
    "vlen_array": ("vlen-array", ""),
    "zarrs_squeeze": ("", f"zarrs.squeeze squeeze {ZARRS}/array_to_array/squeeze"),
    "zarrs_vlen": ("", f"zarrs.vlen vlen {ZARRS}/array_to_bytes/vlen"),
    "zarrs_vlen_v2": (
        "",
        f"zarrs.vlen_v2 vlen_v2 {ZARRS}/array_to_bytes/vlen_v2"
        f" {ZARRS}/array_to_bytes/vlen_interleaved",
    ),
    "zarrs_optional": ("", f"zarrs.optional optional {ZARRS}/array_to_bytes/optional"),
    "zarrs_gdeflate": ("", f"zarrs.gdeflate gdeflate {ZARRS}/bytes_to_bytes/gdeflate"),
    "fill_hdf_strings": ("fill_hdf_strings", ""),
    "grib": ("grib", ""),
    "record_member": ("record_member", ""),
    "fits_ascii": ("FITSAscii", ""),
    "fits_var_bintable": ("FITSVarBintable", ""),
}
"""By module: the v2 names and the v3 names by which its codec is read, aliases too."""

DIALECTS: Final[tuple[Dialect, Dialect]] = ("v2", "v3")

_MODULE_OF: Final[dict[tuple[Dialect, str], str]] = {
    (dialect, name): module
    for module, both in MODULES.items()
    for dialect, names in zip(DIALECTS, both, strict=True)
    for name in names.split()
}


def _load(dialect: Dialect, name: str) -> CodecSpec:
    """The definition of the built-in codec with that name; imports its module alone."""
    module = _MODULE_OF.get((dialect, name))
    if module is None:
        return imagecodecs.build(name)
    spec: CodecSpec = import_module(f"{__name__}.{module}").SPEC
    return spec


def _definition_of(model: type) -> CodecSpec | None:
    """The definition of a built-in model; its module has been imported, since the model is there."""
    if not model.__module__.startswith(f"{__name__}."):
        return None
    if model.__module__ == imagecodecs.__name__:
        return imagecodecs.build_of_model(model.__name__)
    return getattr(sys.modules.get(model.__module__), "SPEC", None)


registry.add_builtin((*_MODULE_OF, *imagecodecs.NAMES), _load, _definition_of)
