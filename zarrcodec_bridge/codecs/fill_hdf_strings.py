"""The `fill_hdf_strings` codec of kerchunk: v2 only.

https://github.com/fsspec/kerchunk/blob/3cd5ddc00f22bf9ec8664552aa49f3e992c486fb/kerchunk/codecs.py

Its decode takes bytes and puts out an array, of Python strings or with such fields: array-to-bytes.
It has no encode.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field

from zarrcodec_bridge.core.data_types import NumPyDType
from zarrcodec_bridge.core.messages import excerpt
from zarrcodec_bridge.core.model import Codec, FrozenJSON, Params
from zarrcodec_bridge.core.spec import A2B, CodecSpec, Form
from zarrcodec_bridge.dialects.any_numcodecs import only_in_envelope


class FillHdfStrings(Codec):
    """`FillStringsCodec(dtype, id_map=None)`: replaces the string ids of HDF5 by strings."""

    dtype: FrozenJSON = Field(
        description="The data type of the bytes: a type string or a list of fields, as JSON text."
    )
    id_map: FrozenJSON | None = Field(
        default=None, description="One string for all, or the string of each id, as JSON text."
    )


def _id_map(value: Any) -> Any:
    texts = list(value.values()) if isinstance(value, dict) else [value]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError(f"expected a string, or one by string id, got {excerpt(value)}")
    return value


class FillHdfStringsV2(Params):
    """The v2 parameters."""

    dtype: NumPyDType = Field(examples=["|S16"])
    id_map: Annotated[str | dict[str, str], BeforeValidator(_id_map)] | None = None


SPEC: Final = CodecSpec(
    model=FillHdfStrings,
    kind=A2B,
    v2=(Form("fill_hdf_strings", FillHdfStringsV2, json_text=frozenset({"dtype", "id_map"})),),
    little_endian_only=True,
    no_v3=only_in_envelope("kerchunk", A2B),
    docs="https://fsspec.github.io/kerchunk/reference.html#kerchunk.codecs.FillStringsCodec",
)
