"""The `shuffle` codec: `numcodecs.Shuffle` in v2, `numcodecs.shuffle` in v3.

https://numcodecs.readthedocs.io/en/stable/filter/shuffle.html
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from pydantic import Field

from zarrcodec_bridge.core.contexts import WriteContext
from zarrcodec_bridge.core.errors import MissingContextError, NotRepresentableError
from zarrcodec_bridge.core.model import Codec, Natural, Params
from zarrcodec_bridge.core.spec import B2B, Chunk, CodecSpec, Form
from zarrcodec_bridge.readers import find_readers

Elementsize: TypeAlias = Natural
"""\"Size in bytes of the array elements\"; numcodecs leaves the bytes as they are for 0 and 1."""


class Shuffle(Codec):
    """First the first byte of every element, then the second of every element, and so on."""

    elementsize: Elementsize | None = Field(
        default=None, examples=[4], description="Bytes per element; those of the array if left out."
    )


class ShuffleV2(Params):
    """`numcodecs.Shuffle(elementsize=4)`: 4 by default, whatever the array has."""

    elementsize: Elementsize = 4


def _elementsize(codec: Shuffle, chunk: Chunk) -> int | None:
    """Give its elementsize, or the size of the array's elements, as zarr-python does.

    A chunk of single bytes may be the output of an earlier codec, and then says nothing of the array's elements.
    """
    if codec.elementsize is not None:
        return codec.elementsize
    return chunk.itemsize if chunk.dtype is not None or chunk.itemsize != 1 else None


def _missing(ctx: WriteContext) -> MissingContextError:
    needs = "dtype" if ctx.chunk.itemsize is None else "elementsize"
    return MissingContextError(
        ctx.dialect, "shuffle", "its elementsize is that of the array's elements", [needs]
    )


def _write_v2(codec: Shuffle, ctx: WriteContext) -> dict[str, Any]:
    elementsize = _elementsize(codec, ctx.chunk)
    if elementsize is None:
        raise _missing(ctx)
    return {"elementsize": elementsize}


def _write_v3(codec: Shuffle, ctx: WriteContext) -> dict[str, Any]:
    elementsize = _elementsize(codec, ctx.chunk)
    if elementsize == 0:
        raise NotRepresentableError(
            "v3",
            "shuffle",
            "elementsize 0 means no shuffle in numcodecs, and the size of an element in netCDF-C;"
            " pass 1, or that size",
        )
    if elementsize is None:
        readers = find_readers(ctx.target)
        required = any("numcodecs.shuffle.elementsize" in reader.v3.required for reader in readers)
        if required or (ctx.complete and ctx.chunk.itemsize is None):
            raise _missing(ctx)
        return {}
    return {"elementsize": elementsize}


def _resolve(codec: Shuffle, chunk: Chunk) -> Shuffle:
    return codec.model_copy(update={"elementsize": _elementsize(codec, chunk)})


SPEC: Final = CodecSpec(
    model=Shuffle,
    kind=B2B,
    v2=(Form("shuffle", ShuffleV2, write=_write_v2),),
    v3=(Form("numcodecs.shuffle", Shuffle, write=_write_v3),),
    array_dependent=frozenset({"elementsize"}),
    resolve=_resolve,
    fixed_size=True,
    ignores_chunk_shape=True,
    docs="https://numcodecs.readthedocs.io/en/stable/filter/shuffle.html",
)
