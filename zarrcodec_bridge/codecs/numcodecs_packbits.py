"""The v2 `packbits` codec: `numcodecs.PackBits`, and `numcodecs.packbits` in v3.

It is not the registered v3 `packbits`, which has the least significant bit first.
https://numcodecs.readthedocs.io/en/stable/filter/packbits.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from zarrcodec_bridge.core.contexts import WriteContext
from zarrcodec_bridge.core.errors import NotRepresentableError, Problem
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.spec import A2A, ArrayEffect, Chunk, CodecSpec, Form


class NumcodecsPackbits(Codec):
    """A byte that counts the padding, then eight booleans to a byte, most significant bit first."""


def _write_v3(codec: NumcodecsPackbits, ctx: WriteContext) -> dict[str, Any]:
    dtype = ctx.chunk.dtype
    if dtype is not None and dtype.name != "bool":
        raise NotRepresentableError(
            "v3", "numcodecs.packbits", f"it packs bool elements, not {dtype.name}"
        )
    return {}


def _problems(codec: NumcodecsPackbits, chunk: Chunk) -> Iterator[Problem]:
    """Of numcodecs: "Filter to pack elements of a boolean array into bits"."""
    if chunk.dtype is not None and chunk.dtype.is_known and chunk.dtype.name != "bool":
        yield Problem((), f"expected bool elements, which it packs, got {chunk.dtype.name}")


SPEC: Final = CodecSpec(
    model=NumcodecsPackbits,
    kind=A2A,
    v2=(Form("packbits", NumcodecsPackbits),),
    v3=(Form("numcodecs.packbits", NumcodecsPackbits, write=_write_v3),),
    array=ArrayEffect(output="|u1"),
    check=_problems,
    docs="https://numcodecs.readthedocs.io/en/stable/filter/packbits.html",
)
