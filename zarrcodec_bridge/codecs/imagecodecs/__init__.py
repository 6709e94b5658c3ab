"""The 81 codecs of imagecodecs, in v2 (`imagecodecs.numcodecs`) and v3 (`imagecodecs.zarr`, `virtual-tiff`).

They are made from one table (:mod:`.table`), each when it is first looked up. The model of ``imagecodecs_zstd`` is
``zarrcodec_bridge.codecs.imagecodecs.ImagecodecsZstd``.

:mod:`.reading` and :mod:`.writing` have the parameters of both formats, :mod:`.array` those that v2 repeats from the
array, and :mod:`.equivalents` the codecs with an equal that every reader knows. Chains by other writers of v3 metadata
are in :mod:`zarrcodec_bridge.translation.imagecodecs_chains`.

https://github.com/cgohlke/imagecodecs
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

from zarrcodec_bridge.core.spec import Chunk, CodecSpec, Dialect

if TYPE_CHECKING:
    from zarrcodec_bridge.codecs.imagecodecs.equivalents import Portable
    from zarrcodec_bridge.core.model import Codec

__all__ = ["CODECS", "NAMES", "SPECS", "build", "portable"]

CODECS: Final = tuple(
    "aec apng avif b2nd bfloat16 bitorder bitshuffle blosc blosc2 bmp brotli byteshuffle bz2 ccittfax3 ccittfax4"
    " ccittrle checksum chunked cms dds deflate delta dicomrle eer exr float24 floatpred gif hcomp heif htj2k isal jpeg"
    " jpeg2k jpegls jpegxl jpegxr jpegxs lerc ljpeg lz4 lz4f lz4h5 lzf lzfse lzham lzma lzo lzw meshopt openzl packbits"
    " packints pcodec pcx pglz pixarlog plio png qoi quantize rcomp rgbe snappy sperr spng sz3 szip tga tiff ultrahdr"
    " wavpack webp wic xor zfp zlib zlibng zopfli zstd zstd1".split()
)
"""The codecs as imagecodecs calls them."""

PREFIX: Final = "imagecodecs_"

ALIASES: Final = {"HorizontalDeltaCodec": "delta", "imagecodecs_jpeg8": "jpeg"}
"""Other names, in virtual-tiff."""

NAMES: Final[tuple[tuple[Dialect, str], ...]] = (
    *(("v2", PREFIX + codec) for codec in CODECS),
    *(("v3", name) for name in (*(PREFIX + codec for codec in CODECS), *ALIASES, "ChunkyCodec")),
)
"""Every name that :func:`build` knows, with its dialect."""

SPECS: tuple[CodecSpec, ...]
"""The definitions of all of them, made when this is asked for."""

_built: dict[str, CodecSpec] = {}
_lock = threading.RLock()


def build(name: str) -> CodecSpec:
    """The definition of the codec with that v2 id or v3 name, made at the first call."""
    if name == "ChunkyCodec":
        from zarrcodec_bridge.codecs.imagecodecs.chunky import SPEC

        return SPEC
    from zarrcodec_bridge.codecs.imagecodecs.definitions import definition

    codec = ALIASES.get(name) or name.removeprefix(PREFIX)
    with _lock:
        if codec not in _built:
            _built[codec], models = definition(codec)
            globals().update(models)
        return _built[codec]


def build_of_model(name: str) -> CodecSpec | None:
    """The definition of the codec whose model, or whose model of parameters, has that name."""
    for suffix in ("V2", "V3", ""):
        codec = name.removeprefix("Imagecodecs").removesuffix(suffix).lower()
        if codec in CODECS and name == f"Imagecodecs{codec.capitalize()}{suffix}":
            return build(PREFIX + codec)
    return None


def portable(codec: Codec, chunk: Chunk, dialect: Dialect) -> Portable | None:
    """Find the codecs that replace this one for every reader, with interchangeable bytes."""
    if not type(codec).__module__.startswith(__name__):
        return None
    from zarrcodec_bridge.codecs.imagecodecs.equivalents import equivalent

    return equivalent(codec, chunk, dialect)


def __getattr__(name: str) -> Any:
    if name == "SPECS":
        return tuple(map(build, (*(PREFIX + codec for codec in CODECS), "ChunkyCodec")))
    if name == "ChunkyCodec":
        return build(name).model
    if build_of_model(name) is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return globals()[name]
