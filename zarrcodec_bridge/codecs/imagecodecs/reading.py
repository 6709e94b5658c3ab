"""From the parameters of either dialect to the canonical model of a codec."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pydantic import BaseModel

from zarrcodec_bridge.codecs.imagecodecs.table import REQUIRED, Facts, Parameter
from zarrcodec_bridge.codecs.imagecodecs.types import OLD_NAMES, enumeration, member_name
from zarrcodec_bridge.core.contexts import ReadContext
from zarrcodec_bridge.core.errors import InvalidCodecError
from zarrcodec_bridge.core.messages import excerpt
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.spec import Dialect

Values = dict[str, Any]


def make_reader(
    codec: str, facts: Facts, model: type[Codec], dialect: Dialect
) -> Callable[[BaseModel, ReadContext], Codec]:
    """Make the function that reads the parameters of `codec` as `dialect` spells them."""
    name = f"imagecodecs_{codec}"
    meaning, normalise = MEANINGS.get(codec), NORMALISED.get(codec)

    def read(params: BaseModel, ctx: ReadContext) -> Codec:
        if dialect == "v3" and ctx.strict:
            _refuse_implied(params, facts, ctx)
        values = {
            key: _value(name, key, fact, getattr(params, key, None), dialect, ctx)
            for key, fact in facts.parameters.items()
        }
        key, value = NULLS.get((codec, dialect), ("", None))
        if key and values[key] is None:
            values[key] = value
        if meaning is not None:
            meaning(values, dialect, ctx)
        if normalise is not None:
            normalise(values)
        return model(**values)

    return read


def _refuse_implied(params: BaseModel, facts: Facts, ctx: ReadContext) -> None:
    for key in params.model_fields_set & facts.implied:
        raise InvalidCodecError.at(
            (*ctx.path, key), "unknown key; v3 takes it from the array (virtual-tiff writes it)"
        )


def _value(
    codec: str, key: str, fact: Parameter, value: Any, dialect: Dialect, ctx: ReadContext
) -> Any:
    """Give one value in canonical form: null as the value that it stands for, members of enumerations by name."""
    if value is None:
        default = fact.default_in(dialect) if fact.is_in(dialect) else fact.canonical_default
        return None if default is REQUIRED else default
    enumerated = enumeration(fact.type)
    if enumerated is None or isinstance(value, bool):
        return value
    found = member_name(enumerated, value) or OLD_NAMES.get((enumerated, value))
    if found is None and fact.decodes:
        raise InvalidCodecError.at(
            (*ctx.path, key), f"expected a member of {enumerated}, got {excerpt(value)}"
        )
    if found is None:
        ctx.note(
            codec, f"{key} {excerpt(value)}, which is not a member of {enumerated}, is dropped"
        )
    return found


def _checksum(values: Values) -> None:
    if values["prepend"] is None:
        values["prepend"] = values["kind"] in ("crc32", "adler32")
    values["byteorder"] = {"<": "little", ">": "big"}.get(values["byteorder"], values["byteorder"])


def _lossless(values: Values) -> None:
    """Replace null by what it means to the encoder."""
    if values["lossless"] is None:
        level, distance = values["level"], values["distance"]
        values["lossless"] = (
            distance is None if level is None else level > 100 or distance is not None
        )


def _forget_header_values(values: Values) -> None:
    """Drop the shape and the data type of a codec with a header, which has both."""
    if values["header"]:
        values.update(dict.fromkeys(values.keys() & {"shape", "dtype", "strides"}))


def _note_flat_decoding(values: Values, dialect: Dialect, ctx: ReadContext) -> None:
    if dialect == "v2" and values["shape"] is None:
        ctx.note(
            "imagecodecs_delta" if "dist" in values else "imagecodecs_xor",
            "without shape, v2 readers decode it as flat data, which is not what they encode;"
            " v3 gives back what was encoded",
        )


NULLS: Final[dict[tuple[str, Dialect], tuple[str, Any]]] = {
    ("aec", "v3"): ("bitspersample", 8),  # there it gets bytes, and in v2 elements
    ("jpegxl", "v2"): ("lossless", True),
    ("plio", "v2"): ("dtype", "<i4"),  # the integers of its decoder
}
"""By codec and dialect: a parameter, and what null means there."""

UNREADABLE: Final[dict[str, tuple[Callable[[Values], Any], str]]] = {
    "deflate": (lambda v: v["raw"], "raw streams"),
    "zopfli": (lambda v: v["format"] not in (None, 1), "formats other than zlib (1)"),
    "ultrahdr": (lambda v: v["transfer"] is not None, "streams once transfer is set"),
    "szip": (lambda v: not v["header"], "most streams without header"),
}
"""By codec: the values with which imagecodecs writes streams that it cannot read in either format."""


def _note_unreadable(codec: str) -> Callable[[Values, Dialect, ReadContext], None]:
    applies, what = UNREADABLE[codec]

    def note(values: Values, dialect: Dialect, ctx: ReadContext) -> None:
        if applies(values):
            ctx.note(f"imagecodecs_{codec}", f"imagecodecs decodes {what} in neither format")

    return note


NORMALISED: Final[dict[str, Callable[[Values], None]]] = {
    "checksum": _checksum,
    "jpegxl": _lossless,
    "rgbe": _forget_header_values,
    "sperr": _forget_header_values,
    "zfp": _forget_header_values,
}
"""By codec: a function that changes values which depend on one another, in either dialect."""

MEANINGS: Final[dict[str, Callable[[Values, Dialect, ReadContext], None]]] = {
    "delta": _note_flat_decoding,
    "xor": _note_flat_decoding,
    **{codec: _note_unreadable(codec) for codec in UNREADABLE},
}
"""By codec: a function that notes what is odd in its values."""
