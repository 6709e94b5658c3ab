"""Transposes in a chain: moved to its front, composed, and left out where they move nothing."""

from __future__ import annotations

from collections.abc import Sequence

from zarrcodec_bridge.codecs.transpose import Transpose
from zarrcodec_bridge.core.errors import NotRepresentableError
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.propagation import (
    effect_of,
)
from zarrcodec_bridge.core.spec import NOT_KNOWN, Chunk


def move_transposes_first(a2a: Sequence[Codec], chunk: Chunk) -> list[Codec]:
    """The same filters with their transposes moved to the front as far as they go, composed into one.

    A transpose trades places with an element-wise codec. It does not with one that flattens or reshapes the chunk.
    One that moves no axis, or only axes of length 1, is left out: the bytes stay.
    """
    moved: list[Codec] = []
    start = 0
    for codec in a2a:
        if not isinstance(codec, Transpose):
            moved.append(codec)
            if not effect_of(codec).elementwise:
                start = len(moved)
        elif start < len(moved) and isinstance(before := moved[start], Transpose):
            moved[start] = compose(before, codec, chunk.ndim)
        else:
            moved.insert(start, codec)
    return [
        codec
        for index, codec in enumerate(moved)
        if not isinstance(codec, Transpose)
        or not keeps_bytes(codec, chunk if index == 0 else NOT_KNOWN)
    ]


def axes_of(codec: Transpose, ndim: int | None) -> tuple[int, ...] | None:
    """The permutation of a transpose, where the number of axes is known."""
    if isinstance(codec.order, tuple):
        return codec.order
    if ndim is None:
        return None
    return tuple(range(ndim)) if codec.order == "C" else tuple(range(ndim))[::-1]


def compose(first: Transpose, second: Transpose, ndim: int | None) -> Transpose:
    """One transpose that does what two do, one after the other."""
    for codec in (first, second):
        if isinstance(codec.order, tuple):
            ndim = len(codec.order)
    one, two = axes_of(first, ndim), axes_of(second, ndim)
    if one is None or two is None:
        return Transpose(order="C" if first.order == second.order else "F")
    if len(one) != len(two):
        raise NotRepresentableError(
            "v2", "transpose", f"one has {len(one)} axes, and the next {len(two)}"
        )
    return Transpose(order=tuple(one[axis] for axis in two))


def keeps_bytes(codec: Transpose, chunk: Chunk) -> bool:
    """Whether a transpose leaves the bytes of the chunk as they are."""
    axes = axes_of(codec, chunk.ndim)
    if axes is None:
        return codec.order == "C"
    shape = chunk.shape if chunk.shape is not None and len(chunk.shape) == len(axes) else None
    moving = [axis for axis in axes if shape is None or shape[axis] != 1]
    return moving == sorted(moving)
