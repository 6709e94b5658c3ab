"""How many bytes codecs put out, where that is known."""

from __future__ import annotations

from typing import Any, Final

from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.registry import spec_of

GROWTH: Final = {
    "adler32": 4,
    "crc32": 4,
    "crc32c": 4,
    "fletcher32": 4,
    "jenkins_lookup3": 4,
    "shuffle": 0,
}
"""By v2 id: how many bytes a bytes-to-bytes codec always adds."""

WITHOUT_LENGTH: Final[dict[str, tuple[str, bool] | None]] = {
    "imagecodecs_aec": None,
    "imagecodecs_deflate": ("raw", True),
    "imagecodecs_lzf": ("header", False),
    "imagecodecs_lzo": ("header", False),
    "imagecodecs_pglz": ("header", False),
}
"""By v2 id: codecs whose streams do not store the length of their content, and the parameter value that makes it so.
imagecodecs assumes about eight times the length of the stream, and fails on more (`pglz` returns a part of it)."""


def growth_of(codec: Codec) -> int | None:
    """How many bytes the codec always adds; ``None`` where that differs."""
    return GROWTH.get(_v2_id(codec))


def has_no_length(codec: Codec) -> bool:
    """Whether the stream does not store the length of its content, so that the decoder needs it."""
    codec_id = _v2_id(codec)
    if codec_id not in WITHOUT_LENGTH:
        return False
    when = WITHOUT_LENGTH[codec_id]
    value: Any = None if when is None else getattr(codec, when[0], None)
    return when is None or bool(value) is when[1]


def _v2_id(codec: Codec) -> str:
    spec = spec_of(type(codec))
    return spec.v2[0].name if spec is not None and spec.v2 else ""
