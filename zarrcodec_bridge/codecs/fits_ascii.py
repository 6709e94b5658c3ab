"""The `FITSAscii` codec of kerchunk: v2 only.

https://github.com/fsspec/kerchunk/blob/3cd5ddc00f22bf9ec8664552aa49f3e992c486fb/kerchunk/codecs.py

Its decode takes the text of a FITS table and puts out an array of records in native byte order:
array-to-bytes. It has no encode.
"""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from zarrcodec_bridge.core.model import Codec, Listed
from zarrcodec_bridge.core.spec import A2B, CodecSpec, Form
from zarrcodec_bridge.dialects.any_numcodecs import only_in_envelope

FieldDtype = Annotated[tuple[str, str], Listed()]
"""A name and a NumPy data type."""

Fields = Annotated[tuple[FieldDtype, ...], Listed()]


class FitsAscii(Codec):
    """Reads the text of an ASCII-TABLE extension: `AsciiTableCodec(indtypes, outdtypes)`."""

    indtypes: Fields = Field(
        description="The fields as the table has them, text of fixed length.",
        examples=[[["flux", "S16"]]],
    )
    outdtypes: Fields = Field(
        description="The fields as they are put out.", examples=[[["flux", "f8"]]]
    )


SPEC: Final = CodecSpec(
    model=FitsAscii,
    kind=A2B,
    v2=(Form("FITSAscii", FitsAscii),),
    little_endian_only=True,
    no_v3=only_in_envelope("kerchunk", A2B),
    docs="https://fsspec.github.io/kerchunk/reference.html#kerchunk.codecs.AsciiTableCodec",
)
