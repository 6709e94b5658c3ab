"""Registered names that are similar to an unregistered one, for error messages."""

from __future__ import annotations

import difflib
import re
from typing import Final

from zarrcodec_bridge.core.registry import find
from zarrcodec_bridge.core.registry import names as known_names
from zarrcodec_bridge.core.spec import Dialect

_PREFIXES: Final = ("numcodecs.", "imagecodecs_")

_OTHER_FORMATS: Final[dict[str, tuple[str, ...]]] = {
    "bitshuffle": (),
    "blosc2": ("imagecodecs_blosc2",),
    "bzip2": ("bz2", "numcodecs.bz2"),
    "deflate": (),
    "gdeflate": (),
    "jp2": ("imagecodecs_jpeg2k",),
    "jpeg-xl": ("imagecodecs_jpegxl",),
    "jpeg2000": ("imagecodecs_jpeg2k",),
    "jxl": ("imagecodecs_jpegxl",),
    "lz4-frame": ("imagecodecs_lz4f",),
    "lz4f": ("imagecodecs_lz4f",),
    "lz4frame": ("imagecodecs_lz4f",),
    "lz4h5": ("imagecodecs_lz4h5",),
    "lz4hc": (),
    "lzma2": (),
    "sharding": ("sharding_indexed",),
    "xz": ("lzma", "numcodecs.lzma"),
    "zfp": (),
    "zfpy": (),
    "zlib-ng": ("zlib", "numcodecs.zlib"),
    "zlibng": ("zlib", "numcodecs.zlib"),
    "zstandard": ("zstd",),
}
"""By name of a format: the codecs that decode it. The names look like those of codecs that do not."""


def similar_names(dialect: Dialect, name: str) -> list[str]:
    """Find the registered names that `name` may stand for.

    Names that differ in case alone come first, then other names of the same format, then likely misspellings. A
    codec that cannot decode the format of that name is never suggested.
    """
    known = {_folded(known): known for known in known_names(dialect)}
    asked = _folded(name[:80])
    stem = asked.removeprefix("numcodecs.").removeprefix("imagecodecs-")
    same = [asked, stem] if dialect == "v2" and asked.startswith("numcodecs.") else [asked]
    if stem == asked:
        same.append("numcodecs." + asked)
        same += [] if stem in _OTHER_FORMATS else ["imagecodecs-" + asked]
    aliases = tuple(map(_folded, _OTHER_FORMATS.get(stem, ())))
    for names in (same[:1], aliases, same[1:2], same[2:]):
        found = [known[key] for key in names if key in known]
        if found:
            return found[:1]
    return [] if stem in _OTHER_FORMATS else _misspelt(dialect, asked, known)


_WITH_LEVEL: Final = re.compile(r"([a-z]\w*?)[-_ /(=]*([+-]?\d{1,3})\)?")
_WITH_CNAME: Final = re.compile(r"blosc[-_ /(=]+(blosclz|lz4|lz4hc|snappy|zlib|zstd)\)?")


def name_with_level(name: str) -> list[str]:
    """Find the codec with a level, or blosc with a `cname`, that `name` spells otherwise: ``"zstd-9"``."""
    asked = name[:80].lower()
    with_cname = _WITH_CNAME.fullmatch(asked)
    if with_cname:
        return [f"blosc:{with_cname[1]}"]
    with_level = _WITH_LEVEL.fullmatch(asked)
    found = find("v2", with_level[1]) if with_level else None
    if with_level is None or found is None or "level" not in found[1].params.model_fields:
        return []
    return [f"{with_level[1]}:{with_level[2]}"]


def _folded(name: str) -> str:
    return name.lower().replace("_", "-")


def _misspelt(dialect: Dialect, asked: str, known: dict[str, str]) -> list[str]:
    """Find names with the same prefix, or else of numcodecs, that `asked` is likely to misspell."""
    own = next((prefix for prefix in map(_folded, _PREFIXES) if asked.startswith(prefix)), "")
    for prefix in dict.fromkeys((own, own or _PREFIXES[0])):
        stem = asked.removeprefix(own)
        stems = {
            key.removeprefix(prefix): codec
            for key, codec in known.items()
            if key.startswith(prefix or tuple("abcdefghijklmnopqrstuvwxyz"))
            and not (not prefix and key.startswith(tuple(map(_folded, _PREFIXES))))
            and _same_digits(stem, key.removeprefix(prefix))
        }
        found = [stems[match] for match in difflib.get_close_matches(stem, stems, 3, 0.75)]
        if found:
            return found
    return []


_FORMATS: Final = frozenset("blosc gzip jpeg lzma packbits pcodec zfp zfpy zlib zstd".split())


def _same_digits(asked: str, known: str) -> bool:
    """Whether two names may be of one format: blosc2 is not blosc."""
    digits = [letter for letter in asked if letter.isdigit()]
    theirs = [letter for letter in known if letter.isdigit()]
    return not digits or digits == theirs or not (theirs or known in _FORMATS)
