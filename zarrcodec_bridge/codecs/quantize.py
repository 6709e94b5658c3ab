"""The `quantize` codec: `numcodecs.Quantize` in v2, `numcodecs.quantize` in v3.

https://numcodecs.readthedocs.io/en/stable/filter/quantize.html
"""

from __future__ import annotations

from typing import Annotated, Any, Final, TypeAlias

from annotated_types import Interval
from pydantic import AfterValidator, Field, WithJsonSchema

from zarrcodec_bridge.core.contexts import WriteContext
from zarrcodec_bridge.core.data_types import Typestr, typestr_schema
from zarrcodec_bridge.core.errors import MissingContextError, NotRepresentableError
from zarrcodec_bridge.core.messages import USE_A_PIPELINE, Message, excerpt
from zarrcodec_bridge.core.model import Codec, Params, defaults_to
from zarrcodec_bridge.core.propagation import elements_typestr
from zarrcodec_bridge.core.spec import A2A, ArrayEffect, Chunk, CodecSpec, Form

Digits = Annotated[int, Interval(ge=-308, le=307)]
"""\"Desired precision (number of decimal digits)\"; beyond, float64 has no powers of ten."""


def _floating(value: str) -> str:
    """Of numcodecs: "only floating point data types are supported"."""
    if value[1] != "f":
        raise ValueError(f"expected a floating point data type, got {excerpt(value)}")
    return value


Floating: TypeAlias = Annotated[
    Typestr, AfterValidator(_floating), WithJsonSchema(typestr_schema("f"))
]


class Quantize(Codec):
    """Rounds to a number of decimal digits: `numcodecs.Quantize(digits, dtype, astype=None)`.

    Decoding only casts from `astype` back to `dtype`.
    """

    digits: Digits = Field(description="How many decimal digits are kept after the point.")
    dtype: Floating | None = Field(
        default=None,
        description="The data type as which the chunk is viewed; that of the array if left out.",
    )
    astype: Annotated[Floating | None, defaults_to("dtype")] = Field(
        default=None,
        validate_default=True,
        description="The data type that is stored; that of `dtype` if left out.",
    )


class QuantizeV2(Params):
    """`numcodecs.Quantize(digits, dtype, astype=None)`: `dtype` is required."""

    digits: Digits
    dtype: Floating = Field(description="The data type as which the chunk is viewed.")
    astype: Annotated[Floating | None, defaults_to("dtype")] = Field(None, validate_default=True)


def _write_v2(codec: Quantize, ctx: WriteContext) -> dict[str, Any]:
    dtype = codec.dtype or elements_typestr(ctx.chunk, ctx.dialect, "f")
    if dtype is None and ctx.dialect == "v2":
        raise MissingContextError("v2", "quantize", "its dtype is that of the array", ["dtype"])
    if ctx.dialect == "v2" and ctx.chunk.ndim == 0 and str(codec.astype or dtype)[:1] == ">":
        ctx.lose(
            "quantize",
            "numcodecs rounds an array without axes to a native number: it reads big-endian chunks, and writes"
            " little-endian ones",
        )
    params: dict[str, Any] = {"digits": codec.digits}
    if dtype is not None:
        params["dtype"] = dtype
    if codec.astype is not None and "astype" in codec.model_fields_set:
        params["astype"] = codec.astype
    return params


def _write_v3(codec: Quantize, ctx: WriteContext) -> dict[str, Any]:
    """Write for zarr-python, which does not expect this codec to change the data type."""
    params = _write_v2(codec, ctx)
    astype, dtype = codec.astype, params.get("dtype")
    if astype is not None and dtype is not None and astype[1:] != dtype[1:]:
        raise NotRepresentableError(
            "v3",
            "quantize",
            Message(
                f"zarr-python cannot read it with astype {astype!r}; ",
                USE_A_PIPELINE,
                ", which writes numcodecs.quantize and numcodecs.astype",
            ),
        )
    return params


def _resolve(codec: Quantize, chunk: Chunk) -> Quantize:
    dtype = codec.dtype or elements_typestr(chunk, "v2", "f")
    return codec.model_copy(update={"dtype": dtype})


def _casts_nothing(codec: Quantize, chunk: Chunk) -> bool:
    seen = [elements_typestr(chunk, dialect) for dialect in ("v2", "v3")]
    return all(each is None or each in seen for each in (codec.dtype, codec.astype))


SPEC: Final = CodecSpec(
    model=Quantize,
    kind=A2A,
    v2=(Form("quantize", QuantizeV2, write=_write_v2),),
    v3=(Form("numcodecs.quantize", Quantize, write=_write_v3),),
    array=ArrayEffect(
        views="dtype",
        encodes="astype",
        elementwise=True,
        decodes_to_its_input=_casts_nothing,
        unannounced=True,
    ),
    not_needed_to_decode=frozenset({"digits"}),
    array_dependent=frozenset({"dtype"}),
    resolve=_resolve,
    ignores_chunk_shape=True,
    docs="https://numcodecs.readthedocs.io/en/stable/filter/quantize.html",
)
