"""JSON Schema (draft 2020-12) of every codec and of whole encodings, per dialect, made from the models.

Source: https://json-schema.org/draft/2020-12/schema. A schema describes what this library reads; what it reads but
never writes is ``deprecated`` in it.
"""

from __future__ import annotations

from typing import Any

from zarrcodec_bridge.core.errors import InvalidCodecError, shorten_tracebacks
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.options import check_choice
from zarrcodec_bridge.core.registry import find, spec_of, specs
from zarrcodec_bridge.core.spec import Dialect
from zarrcodec_bridge.dialects.grammar import unknown
from zarrcodec_bridge.schemas.files import as_text, schema_files, write_schemas
from zarrcodec_bridge.schemas.forms import DIALECTS, Schema, forms_of
from zarrcodec_bridge.schemas.wholes import codec_schema, encoding_schema

__all__ = ["as_text", "json_schema", "schema_files", "write_schemas"]


@shorten_tracebacks
def json_schema(dialect: Dialect, codec: str | type[Codec] | None = None) -> Schema:
    """Write the JSON Schema of a codec, or of a whole encoding, in one dialect.

    Parameters
    ----------
    dialect : {"v2", "v3"}
        The format whose JSON is described.
    codec : str or type, optional
        A codec by its name in `dialect`, or by its canonical model; without one, the encoding members of a whole
        array document (`dtype, order, filters, compressor` or `data_type, codecs`).

    Returns
    -------
    dict
        A new schema, complete in itself: codecs inside the codec are in its ``$defs``.

    Raises
    ------
    UnknownCodecError
        No codec has this name, or this one has no form in `dialect`.
    OptionError
        `dialect` is not "v2" or "v3".
    InvalidCodecError
        `codec` is neither a name nor a model.

    Example
    -------
    >>> json_schema("v2", "gzip")["properties"]["level"]["maximum"]
    9
    """
    check_choice("dialect", dialect, DIALECTS)
    if codec is None:
        return encoding_schema(dialect, specs())
    if isinstance(codec, str):
        found = find(dialect, codec)
        if found is None:
            raise unknown(dialect, codec, (), can_pass=False)
        return codec_schema(dialect, found[0], specs())
    given: Any = codec
    if not isinstance(given, type):
        kind = type(given).__name__
        raise InvalidCodecError.at(
            ("codec",), f"expected a codec's name or its model, got an object of {kind}"
        )
    spec = spec_of(codec)
    if spec is None or not forms_of(dialect, spec):
        raise unknown(dialect, codec.__name__, (), can_pass=False)
    return codec_schema(dialect, spec, specs())
