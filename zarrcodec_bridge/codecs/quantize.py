"""The `quantize` codec: `numcodecs.Quantize` in v2, `numcodecs.quantize` in v3.

https://numcodecs.readthedocs.io/en/stable/filter/quantize.html
"""

from __future__ import annotations

from typing import Annotated, Any, Final, TypeAlias

from annotated_types import Interval
from pydantic import AfterValidator, Field, WithJsonSchema

from zarrcodec_bridge.dtypes import Typestr, typestr_schema
from zarrcodec_bridge.errors import NotRepresentableError
from zarrcodec_bridge.model import Codec, defaults_to
from zarrcodec_bridge.payloads import excerpt
from zarrcodec_bridge.spec import A2A, ArrayEffect, CodecSpec, Form, Writing

__all__ = ["SPEC", "Quantize"]

Digits = Annotated[int, Interval(ge=-308, le=307)]
"""\"Desired precision (number of decimal digits)\"; beyond, powers of ten are no float64."""


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
    dtype: Floating = Field(description="The data type as which the chunk is viewed.")
    astype: Annotated[Floating | None, defaults_to("dtype")] = Field(
        default=None,
        validate_default=True,
        description="The data type that is stored; that of `dtype` if left out.",
    )


def _write_v2(codec: Quantize, ctx: Writing) -> dict[str, Any]:
    return codec.model_dump(mode="json", exclude_unset=True)


def _write_v3(codec: Quantize, ctx: Writing) -> dict[str, Any]:
    """For zarr-python, which does not expect this codec to change the data type."""
    if codec.astype is not None and codec.astype[1:] != codec.dtype[1:]:
        raise NotRepresentableError(
            "v3",
            "quantize",
            f"zarr-python cannot read it with astype {codec.astype!r}; use a Pipeline, which writes"
            " numcodecs.quantize and numcodecs.astype",
        )
    return _write_v2(codec, ctx)


SPEC: Final = CodecSpec(
    model=Quantize,
    kind=A2A,
    v2=(Form("quantize", Quantize, write=_write_v2, readers=frozenset({"zarr-python"})),),
    v3=(Form("numcodecs.quantize", Quantize, write=_write_v3, readers=frozenset({"zarr-python"})),),
    array=ArrayEffect(views="dtype", encodes="astype", elementwise=True, unannounced=True),
    encode_only=frozenset({"digits"}),
    docs="https://numcodecs.readthedocs.io/en/stable/filter/quantize.html",
)
