"""The `categorize` codec: `numcodecs.Categorize`, in v2 only.

https://numcodecs.readthedocs.io/en/stable/filter/categorize.html
"""

from __future__ import annotations

from typing import Annotated, Any, Final, TypeAlias

from pydantic import BeforeValidator, Field, WithJsonSchema

from zarrcodec_bridge.core.data_types import Typestr, read_dtype, typestr_schema
from zarrcodec_bridge.core.messages import excerpt
from zarrcodec_bridge.core.model import Codec, Listed
from zarrcodec_bridge.core.spec import A2A, ArrayEffect, CodecSpec, Form


def _text(value: Any) -> str:
    """Read a data type of text; numcodecs: "only unicode ('U') and object ('O') dtypes are supported"."""
    text = read_dtype(value).to_v2()
    if not isinstance(text, str) or text[1] not in "UO":
        raise ValueError(f"expected '|O' or a type string such as '<U4', got {excerpt(text)}")
    return text


TextTypestr: TypeAlias = Annotated[
    str, BeforeValidator(_text), WithJsonSchema(typestr_schema("UO"))
]
Labels = Annotated[tuple[str, ...], Listed()]


class Categorize(Codec):
    """Stores each text as the number of its label, from 1; other texts become 0 and are lost.

    `numcodecs.Categorize(labels, dtype, astype="u1")`.
    """

    labels: Labels = Field(description="The texts that have numbers.")
    dtype: TextTypestr = Field(description="The data type of the texts.")
    astype: Typestr = Field(default="|u1", description="The data type of the numbers.")


SPEC: Final = CodecSpec(
    model=Categorize,
    kind=A2A,
    v2=(Form("categorize", Categorize),),
    array=ArrayEffect(views="dtype", encodes="astype"),
    no_v3="no implementation has a v3 name for it; read the array, and write it as string with"
    " vlen-utf8",
    docs="https://numcodecs.readthedocs.io/en/stable/filter/categorize.html",
)
