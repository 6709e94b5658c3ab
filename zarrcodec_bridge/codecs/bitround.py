"""The `bitround` codec: `numcodecs.BitRound` in v2, a registered codec in v3.

https://github.com/zarr-developers/zarr-extensions/blob/4da7b37a84f76e660902f6d3de3eaef0e0febae6/codecs/bitround/README.md
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from pydantic import Field

from zarrcodec_bridge.core.contexts import WriteContext
from zarrcodec_bridge.core.errors import NotRepresentableError
from zarrcodec_bridge.core.model import Codec, Natural
from zarrcodec_bridge.core.spec import (
    A2A,
    ZARR_EXTENSIONS,
    ZARRS,
    ArrayEffect,
    Chunk,
    CodecSpec,
    Form,
)

Keepbits: TypeAlias = Natural
"""The README has \"Must be at least 1\", its schema and numcodecs have 0 as well."""

MANTISSA: Final = {"float16": 10, "float32": 23, "float64": 52}
"""The data types that numcodecs rounds, and the most bits that it can keep of each."""


class Bitround(Codec):
    """Rounds numbers to their leading bits, to compress better; decoding changes nothing."""

    keepbits: Keepbits = Field(
        description="How many bits are kept of a mantissa, or of an integer from its first bit."
    )


def _write_numcodecs(codec: Bitround, ctx: WriteContext) -> dict[str, Any]:
    dtype = ctx.chunk.dtype
    if dtype is not None and dtype.name not in MANTISSA:
        if ctx.dialect == "v3" and dtype.name.startswith("int"):
            raise NotRepresentableError(
                "v3", "bitround", f"numcodecs.bitround takes {dtype.name} elements for floats"
            )
        ctx.lose(
            "bitround", f"numcodecs reads {dtype.name} elements, but it cannot round and write them"
        )
    elif dtype is not None and codec.keepbits > MANTISSA[dtype.name]:
        ctx.lose(
            "bitround",
            f"{dtype.name} has {MANTISSA[dtype.name]} bits, not {codec.keepbits}:"
            " numcodecs reads chunks, but cannot write them",
        )
    elif dtype is not None and ctx.dialect == "v2" and dtype.endian == "big":
        ctx.note("bitround", "numcodecs reads big-endian chunks, but cannot write them")
    return {"keepbits": codec.keepbits}


def _sees_floats(codec: Bitround, chunk: Chunk) -> bool:
    """Decoding is a view as floats (numcodecs), which changes nothing of floats alone."""
    return chunk.dtype is not None and chunk.dtype.name in MANTISSA


SPEC: Final = CodecSpec(
    model=Bitround,
    kind=A2A,
    v2=(Form("bitround", Bitround, write=_write_numcodecs),),
    v3=(
        Form(
            "bitround",
            Bitround,
            aliases=(f"{ZARRS}/array_to_bytes/bitround", f"{ZARRS}/array_to_array/bitround"),
            registered=True,
        ),
        Form("numcodecs.bitround", Bitround, write=_write_numcodecs),
    ),
    array=ArrayEffect(
        elementwise=True,
        decodes_as_floats=True,
        decodes_to_its_input=_sees_floats,
        in_order_f="numcodecs since 0.14 reads chunks of order 'F' right, and writes them scrambled",
    ),
    not_needed_to_decode=frozenset({"keepbits"}),
    ignores_chunk_shape=True,
    docs=f"{ZARR_EXTENSIONS}/bitround",
)
