"""From the parameters of either dialect to the canonical model of a codec."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pydantic import BaseModel

from zarrcodec_bridge.codecs.imagecodecs.facts import REQUIRED, Facts, Parameter
from zarrcodec_bridge.codecs.imagecodecs.types import OLD_NAMES, enumeration, member
from zarrcodec_bridge.core.contexts import ReadContext
from zarrcodec_bridge.core.errors import InvalidCodecError
from zarrcodec_bridge.core.messages import excerpt
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.spec import Dialect

__all__ = ["SETTLED", "reader"]

Values = dict[str, Any]


def reader(
    codec: str, facts: Facts, model: type[Codec], dialect: Dialect
) -> Callable[[BaseModel, ReadContext], Codec]:
    """The function that reads the parameters of `codec` as `dialect` spells them."""
    name = f"imagecodecs_{codec}"
    meaning, settle = MEANINGS.get(codec), SETTLED.get(codec)

    def read(params: BaseModel, ctx: ReadContext) -> Codec:
        if dialect == "v3" and ctx.strict:
            _refuse_implied(params, facts, ctx)
        values = {
            key: _value(name, key, fact, getattr(params, key, None), dialect, ctx)
            for key, fact in facts.parameters.items()
        }
        if meaning is not None:
            meaning(values, dialect, ctx)
        if settle is not None:
            settle(values)
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
    """One value in canonical form: nulls that stand for a value as that, members of enumerations by name."""
    if value is None:
        default = fact.default_in(dialect) if fact.is_in(dialect) else fact.canonical_default
        return None if default is REQUIRED else default
    enumerated = enumeration(fact.type)
    if enumerated is None or isinstance(value, bool):
        return value
    found = member(enumerated, value) or OLD_NAMES.get((enumerated, value))
    if found is None and fact.decodes:
        raise InvalidCodecError.at(
            (*ctx.path, key), f"expected a member of {enumerated}, got {excerpt(value)}"
        )
    if found is None:
        ctx.note(codec, f"{key} {excerpt(value)}, which is no member of {enumerated}, is dropped")
    return found


def _aec(values: Values, dialect: Dialect, ctx: ReadContext) -> None:
    """v3 hands aec bytes, so that null is 8 bits; v2 hands it elements."""
    if dialect == "v3" and values["bitspersample"] is None:
        values["bitspersample"] = 8


def _checksum(values: Values) -> None:
    if values["prepend"] is None:
        values["prepend"] = values["kind"] in ("crc32", "adler32")
    values["byteorder"] = {"<": "little", ">": "big"}.get(values["byteorder"], values["byteorder"])


def _jpegxl(values: Values, dialect: Dialect, ctx: ReadContext) -> None:
    """v2 takes null for true."""
    if values["lossless"] is None and dialect == "v2":
        values["lossless"] = True


def _lossless(values: Values) -> None:
    """What null means to the encoder."""
    if values["lossless"] is None:
        level, distance = values["level"], values["distance"]
        values["lossless"] = (
            distance is None if level is None else level > 100 or distance is not None
        )


def _headed(values: Values) -> None:
    """The header says shape and data type; the codec forgets them."""
    if values["header"]:
        values.update(dict.fromkeys(values.keys() & {"shape", "dtype", "strides"}))


def _shapeless(values: Values, dialect: Dialect, ctx: ReadContext) -> None:
    if dialect == "v2" and values["shape"] is None:
        ctx.note(
            "imagecodecs_delta" if "dist" in values else "imagecodecs_xor",
            "without shape, v2 readers decode it as flat data, which is not what they encode;"
            " v3 gives back what was encoded",
        )


def _plio(values: Values, dialect: Dialect, ctx: ReadContext) -> None:
    """Without a data type v2 gives out the 4-byte integers of the decoder."""
    if dialect == "v2" and values["dtype"] is None:
        values["dtype"] = "<i4"


UNREADABLE: Final[dict[str, tuple[Callable[[Values], Any], str]]] = {
    "deflate": (lambda v: v["raw"], "raw streams"),
    "zopfli": (lambda v: v["format"] not in (None, 1), "formats other than zlib (1)"),
    "ultrahdr": (lambda v: v["transfer"] is not None, "streams once transfer is set"),
    "szip": (lambda v: not v["header"], "most streams without header"),
}
"""What imagecodecs writes and reads back in neither format."""


def _unreadable(codec: str) -> Callable[[Values, Dialect, ReadContext], None]:
    applies, what = UNREADABLE[codec]

    def note(values: Values, dialect: Dialect, ctx: ReadContext) -> None:
        if applies(values):
            ctx.note(f"imagecodecs_{codec}", f"imagecodecs decodes {what} in neither format")

    return note


SETTLED: Final[dict[str, Callable[[Values], None]]] = {
    "checksum": _checksum,
    "jpegxl": _lossless,
    "rgbe": _headed,
    "sperr": _headed,
    "zfp": _headed,
}
"""What the values of a codec mean together, in either dialect."""

MEANINGS: Final[dict[str, Callable[[Values, Dialect, ReadContext], None]]] = {
    "aec": _aec,
    "delta": _shapeless,
    "jpegxl": _jpegxl,
    "plio": _plio,
    "xor": _shapeless,
    **{codec: _unreadable(codec) for codec in UNREADABLE},
}
"""What they mean in the dialect that they are read from, or what is to be noted of them."""
