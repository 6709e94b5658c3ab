"""What is known of how many bytes codecs put out, as data."""

from __future__ import annotations

from typing import Any, Final

from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.registry import spec_of

__all__ = ["growth_of", "tells_no_size"]

GROWTH: Final = {
    "adler32": 4,
    "crc32": 4,
    "crc32c": 4,
    "fletcher32": 4,
    "jenkins_lookup3": 4,
    "shuffle": 0,
}
"""How many bytes a bytes-to-bytes codec adds, by v2 id: those that always add as many."""

TELL_NO_SIZE: Final[dict[str, tuple[str, bool] | None]] = {
    "imagecodecs_aec": None,
    "imagecodecs_deflate": ("raw", True),
    "imagecodecs_lzf": ("header", False),
    "imagecodecs_lzo": ("header", False),
    "imagecodecs_pglz": ("header", False),
}
"""Whose streams do not say how long their content is, by v2 id, and with which parameter: imagecodecs takes it for
about eight times as long as the stream, and fails on what was compressed more (`pglz` gives a part of it)."""


def growth_of(codec: Codec) -> int | None:
    """How many bytes it always adds; ``None`` where that differs."""
    return GROWTH.get(_v2_id(codec))


def tells_no_size(codec: Codec) -> bool:
    """Whether its decoder has to be told how long the content is."""
    codec_id = _v2_id(codec)
    if codec_id not in TELL_NO_SIZE:
        return False
    when = TELL_NO_SIZE[codec_id]
    value: Any = None if when is None else getattr(codec, when[0], None)
    return when is None or bool(value) is when[1]


def _v2_id(codec: Codec) -> str:
    spec = spec_of(type(codec))
    return spec.v2[0].name if spec is not None and spec.v2 else ""
