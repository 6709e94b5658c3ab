"""The `astype` codec: `numcodecs.AsType` in v2, `numcodecs.astype` in v3.

https://numcodecs.readthedocs.io/en/stable/filter/astype.html
"""

from __future__ import annotations

from typing import Any, Final

from pydantic import Field

from zarrcodec_bridge.core.contexts import WriteContext
from zarrcodec_bridge.core.data_types import Typestr
from zarrcodec_bridge.core.errors import MissingContextError
from zarrcodec_bridge.core.model import Codec, Params
from zarrcodec_bridge.core.propagation import elements_typestr
from zarrcodec_bridge.core.spec import A2A, ArrayEffect, Chunk, CodecSpec, Form


class Astype(Codec):
    """A cast of each element, there and back: `numcodecs.AsType(encode_dtype, decode_dtype)`."""

    encode_dtype: Typestr = Field(description="The data type that is stored.")
    decode_dtype: Typestr | None = Field(
        default=None,
        description="The data type as which the chunk is viewed; that of the array if left out.",
    )


class AstypeV2(Params):
    """`numcodecs.AsType(encode_dtype, decode_dtype)`: both are required."""

    encode_dtype: Typestr
    decode_dtype: Typestr


def _write(codec: Astype, ctx: WriteContext) -> dict[str, Any]:
    decode_dtype = codec.decode_dtype or elements_typestr(ctx.chunk, ctx.dialect)
    if decode_dtype is None:
        if ctx.dialect == "v2":
            raise MissingContextError(
                "v2", "astype", "its decode_dtype is that of the array", ["dtype"]
            )
        return {"encode_dtype": codec.encode_dtype}
    return {"encode_dtype": codec.encode_dtype, "decode_dtype": decode_dtype}


def _resolve(codec: Astype, chunk: Chunk) -> Astype:
    decode_dtype = codec.decode_dtype or elements_typestr(chunk, "v2")
    return codec.model_copy(update={"decode_dtype": decode_dtype})


SPEC: Final = CodecSpec(
    model=Astype,
    kind=A2A,
    v2=(Form("astype", AstypeV2, write=_write),),
    v3=(Form("numcodecs.astype", Astype, write=_write),),
    array=ArrayEffect(views="decode_dtype", encodes="encode_dtype", elementwise=True),
    array_dependent=frozenset({"decode_dtype"}),
    resolve=_resolve,
    ignores_chunk_shape=True,
    docs="https://numcodecs.readthedocs.io/en/stable/filter/astype.html",
)
