"""Codecs of imagecodecs whose bytes a more common codec reads and writes.

Each rule was verified both ways with chunks, in zarr-python, and in zarrs where it has the codec.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import prod
from typing import Any, Final

from zarrcodec_bridge.codecs.imagecodecs.array import typestr_of
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.registry import spec_of
from zarrcodec_bridge.core.spec import Chunk, Dialect


@dataclass(frozen=True, slots=True)
class Portable:
    """The codecs that replace one codec, as JSON of one dialect, in the order of encoding."""

    codecs: tuple[dict[str, Any], ...]
    loss: str = ""
    """How chunks that are written later may differ in value."""
    note: str = ""
    """What else differs in chunks that are written later."""


Rule = Callable[[Any, Chunk, Dialect], Portable | None]


def equivalent(codec: Codec, chunk: Chunk, dialect: Dialect) -> Portable | None:
    """Find the codecs that can replace `codec`, which sees `chunk`; ``None`` if no codec can."""
    spec = spec_of(type(codec))
    rule = RULES.get(spec.title.removeprefix("imagecodecs_")) if spec is not None else None
    found = rule(codec, chunk, dialect) if rule is not None else None
    if found is None or found.note:
        return found
    names = [str(payload.get("id") or payload["name"]) for payload in found.codecs]
    what = f"as {' and '.join(names)}, which reads the same bytes" if names else "not at all"
    return replace(found, note=f"is written {what}")


def _payload(dialect: Dialect, name: str, **params: Any) -> dict[str, Any]:
    """Write the JSON of a codec whose v3 name is the v2 id, or that with ``numcodecs.`` before it."""
    if dialect == "v2":
        return {"id": name, **params}
    return {"name": name if name in REGISTERED else f"numcodecs.{name}", "configuration": params}


REGISTERED: Final = frozenset({"blosc", "gzip", "zstd"})
"""Codecs that v3 has without a prefix."""


def _same(dialect: Dialect, name: str, note: str = "", **params: Any) -> Portable:
    return Portable((_payload(dialect, name, **params),), note=note)


def _clamp(level: int | None, default: int, least: int, most: int) -> int:
    """Give the nearest level that there is, as imagecodecs does."""
    return default if level is None else min(max(level, least), most)


def _zlib(codec: Any, chunk: Chunk, dialect: Dialect) -> Portable:
    return _same(dialect, "zlib", level=_clamp(codec.level, 6, -1, 9))


def _deflate(codec: Any, chunk: Chunk, dialect: Dialect) -> Portable | None:
    return None if codec.raw else _same(dialect, "zlib", level=_clamp(codec.level, 6, 0, 9))


def _isal(codec: Any, chunk: Chunk, dialect: Dialect) -> Portable | None:
    if codec.gzip:
        return _same(dialect, "gzip", level=_clamp(codec.level, 6, 0, 9))
    return _deflate(codec, chunk, dialect)


def _zopfli(codec: Any, chunk: Chunk, dialect: Dialect) -> Portable | None:
    if codec.format not in (None, 1):
        return None
    return _same(dialect, "zlib", "Zopfli's streams are smaller than zlib's", level=9)


def _bz2(codec: Any, chunk: Chunk, dialect: Dialect) -> Portable:
    return _same(dialect, "bz2", level=_clamp(codec.level, 9, 1, 9))


def _zstd(codec: Any, chunk: Chunk, dialect: Dialect) -> Portable:
    checksum: dict[str, Any] = {} if dialect == "v2" else {"checksum": False}
    return _same(dialect, "zstd", level=3 if codec.level is None else codec.level, **checksum)


LZMA_CHECKS: Final = {None: 4, "NONE": 0, "CRC32": 1, "CRC64": 4, "SHA256": 10}


def _lzma(codec: Any, chunk: Chunk, dialect: Dialect) -> Portable:
    check = LZMA_CHECKS[codec.check]
    preset = _clamp(codec.level, 6, 0, 9)
    return _same(dialect, "lzma", format=1, check=check, preset=preset, filters=None)


def _lz4(codec: Any, chunk: Chunk, dialect: Dialect) -> Portable | None:
    if not codec.header:
        return None
    if codec.hc:
        return _same(dialect, "lz4", "LZ4 HC's streams are smaller", acceleration=1)
    return _same(dialect, "lz4", acceleration=_clamp(codec.level, 1, 1, 65537))


BLOSC_SHUFFLES: Final = {None: 1, "NOSHUFFLE": 0, "SHUFFLE": 1, "BITSHUFFLE": 2}
SHUFFLE_NAMES: Final = ("noshuffle", "shuffle", "bitshuffle")


def _blosc(codec: Any, chunk: Chunk, dialect: Dialect) -> Portable | None:
    code = BLOSC_SHUFFLES[codec.shuffle]
    shuffle: dict[str, Any] = {"shuffle": code}
    if dialect == "v3":
        typesize = {"typesize": chunk.itemsize} if chunk.itemsize else {}
        shuffle = {"shuffle": SHUFFLE_NAMES[code], **typesize}
    is_snappy = codec.compressor == "SNAPPY"
    return _same(
        dialect,
        "blosc",
        "numcodecs reads blosc with snappy and does not write it" if is_snappy else "",
        cname=(codec.compressor or "BLOSCLZ").lower(),
        clevel=_clamp(codec.level, 9, 0, 9),
        **shuffle,
        blocksize=codec.blocksize or 0,
    )


CHECKSUMS: Final = {
    "crc32": ("crc32", None, 0),
    "adler32": ("adler32", None, 1),
    "fletcher32": ("fletcher32", False, None),
    "lookup3": ("jenkins_lookup3", False, None),
}
"""By kind: the other codec's name, where it puts the checksum if in one place, the start value that is none."""


def _checksum(codec: Any, chunk: Chunk, dialect: Dialect) -> Portable | None:
    if codec.kind not in CHECKSUMS or codec.byteorder != "little" or codec.prefix is not None:
        return None
    name, prepend, none = CHECKSUMS[codec.kind]
    if prepend is not None:
        if codec.prepend or (codec.value is not None and name == "fletcher32"):
            return None
        if name == "fletcher32":
            return _same(dialect, name)
        return _same(dialect, name, initval=codec.value or 0)
    if codec.value not in (None, none):
        return None
    return _same(dialect, name, location="start" if codec.prepend else "end")


def _over_all(codec: Any, chunk: Chunk) -> bool:
    """Whether all elements of the chunk are along the axis of the codec."""
    shape = codec.shape or chunk.shape
    if shape is None:
        return chunk.ndim == 1
    return bool(-len(shape) <= codec.axis < len(shape) and shape[codec.axis] == prod(shape))


def _delta(codec: Any, chunk: Chunk, dialect: Dialect) -> Portable | None:
    """numcodecs' delta runs over the flattened chunk, and does arithmetic."""
    dtype = typestr_of(chunk.dtype)
    if codec.dist != 1 or dtype is None or not re.fullmatch(r"[<>|][iu][1248]", dtype):
        return None
    return _same(dialect, "delta", dtype=dtype) if _over_all(codec, chunk) else None


def _byteshuffle(codec: Any, chunk: Chunk, dialect: Dialect) -> Portable | None:
    if codec.delta or codec.reorder or chunk.itemsize is None or not _over_all(codec, chunk):
        return None
    shuffle = _payload(dialect, "shuffle", elementsize=chunk.itemsize)
    return Portable((shuffle,) if dialect == "v2" else (_bytes(chunk), shuffle))


def _bytes(chunk: Chunk) -> dict[str, Any]:
    endian = {"endian": "little"} if (chunk.itemsize or 1) > 1 else {}
    return {"name": "bytes", "configuration": endian}


def _packints(codec: Any, chunk: Chunk, dialect: Dialect) -> Portable | None:
    """The registered `packbits` puts the lowest bit first."""
    if dialect == "v2" or chunk.dtype is None or chunk.dtype.name != "uint16":
        return None
    if codec.bitorder != "<" or codec.runlen or not 9 <= codec.bitspersample <= 15:
        return None
    return Portable(({"name": "packbits", "configuration": {"last_bit": codec.bitspersample - 1}},))


def _pcodec(codec: Any, chunk: Chunk, dialect: Dialect) -> Portable | None:
    if chunk.itemsize == 1:
        return None
    level = _clamp(codec.level, 8, 0, 12)
    return _same(dialect, "pcodec", level=level)


def _quantize(codec: Any, chunk: Chunk, dialect: Dialect) -> Portable | None:
    """Replace it by any filter that decodes to its input, as it does."""
    dtype = typestr_of(chunk.dtype)
    if codec.mode == "bitround":
        payload = _payload(dialect, "bitround", keepbits=codec.nsd)
        return Portable((payload,), loss="bitround rounds ties otherwise than imagecodecs")
    if codec.mode == "scale" and dtype is not None:
        return _same(dialect, "quantize", digits=codec.nsd, dtype=dtype)
    return Portable((), loss=f"mode {codec.mode!r} has no equal; new chunks are not rounded")


ZFP_LEVELS: Final = {
    "FIXED_RATE": (2, "rate"),
    "FIXED_PRECISION": (3, "precision"),
    "FIXED_ACCURACY": (4, "tolerance"),
}
"""zfpy's modes, and the parameter that each needs."""


def _zfp(codec: Any, chunk: Chunk, dialect: Dialect) -> Portable | None:
    if not codec.header:
        return None
    if codec.mode in ZFP_LEVELS:
        mode, parameter = ZFP_LEVELS[codec.mode]
        if codec.level is not None:
            return _same(dialect, "zfpy", mode=mode, **{parameter: codec.level})
    if codec.mode == "EXPERT":
        payload = _payload(dialect, "zfpy", mode=4)
        return Portable((payload,), loss="new chunks are reversible, not of expert mode")
    return _same(dialect, "zfpy", mode=4)


RULES: Final[dict[str, Rule]] = {
    "blosc": _blosc,
    "byteshuffle": _byteshuffle,
    "bz2": _bz2,
    "checksum": _checksum,
    "deflate": _deflate,
    "delta": _delta,
    "isal": _isal,
    "lz4": _lz4,
    "lzma": _lzma,
    "packints": _packints,
    "pcodec": _pcodec,
    "quantize": _quantize,
    "zfp": _zfp,
    "zlib": _zlib,
    "zlibng": _zlib,
    "zopfli": _zopfli,
    "zstd": _zstd,
}
"""By codec: the rule. blosc2, lz4f, lz4h5 and zstd1 read the streams of a common codec, which does not read theirs."""
