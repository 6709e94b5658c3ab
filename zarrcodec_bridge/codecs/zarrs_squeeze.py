"""The `zarrs.squeeze` codec: an experiment of zarrs; in v2 the bytes are the same without it.

https://docs.rs/zarrs/0.23.8/zarrs/array/codec/array_to_array/squeeze/index.html
"""

from __future__ import annotations

from typing import Final

from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.spec import A2A, ZARRS, ArrayEffect, CodecSpec, Form


class ZarrsSqueeze(Codec):
    """Drops the axes of length 1."""


def _output_shape(codec: ZarrsSqueeze, shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(length for length in shape if length != 1)


SPEC: Final = CodecSpec(
    model=ZarrsSqueeze,
    kind=A2A,
    v3=(
        Form("zarrs.squeeze", ZarrsSqueeze, aliases=("squeeze", f"{ZARRS}/array_to_array/squeeze")),
    ),
    array=ArrayEffect(layout_only=True, output_shape=_output_shape),
    no_v2="v2 has only the chunk's shape; a Pipeline leaves it out where the bytes stay the same",
    docs="https://docs.rs/zarrs/0.23.8/zarrs/array/codec/array_to_array/squeeze/index.html",
)
