"""From the canonical model of a codec to the parameters of either dialect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from zarrcodec_bridge.codecs.imagecodecs.array import array_parameters, drop_implied
from zarrcodec_bridge.codecs.imagecodecs.reading import NORMALISED
from zarrcodec_bridge.codecs.imagecodecs.table import Facts
from zarrcodec_bridge.core.contexts import WriteContext
from zarrcodec_bridge.core.errors import MissingContextError, NotRepresentableError
from zarrcodec_bridge.core.json_values import copy_json
from zarrcodec_bridge.core.model import Codec, thaw

Writer = Callable[[Any, WriteContext], dict[str, Any]]


EIGHT_BITS: Final = ("aec", "bitspersample", 8)
"""The codec, parameter and value that null stands for in v3."""


def _plain(word: str, value: Any) -> Any:
    return thaw(value) if word == "json" else copy_json(value)


def _values(name: str, codec: Codec) -> dict[str, Any]:
    """Give the values of a codec, with nulls replaced where they mean the same for every array."""
    values = dict(codec.__dict__)
    normalise = NORMALISED.get(name)
    if normalise is not None:
        normalise(values)
    return values


def make_v2_writer(name: str, facts: Facts) -> Writer:
    """Make the function that writes all but nulls, since older imagecodecs refuse keys that they do not know."""
    title = f"imagecodecs_{name}"

    def write(codec: Codec, ctx: WriteContext) -> dict[str, Any]:
        values = _values(name, codec)
        implied = array_parameters(name, facts, codec, ctx.chunk)
        written = {}
        for key, fact in facts.parameters.items():
            value = values[key] if values[key] is not None else implied.get(key)
            if value is None:
                continue
            if not fact.is_in("v2"):
                ctx.note(title, f"{key} is left out: v2 has no such parameter")
            elif key in ("prefix", "iccprofile"):
                _refuse_bytes(title, key, fact.decodes, ctx)
            else:
                written[key] = _plain(fact.type, value)
        if name == "zstd1" and "itemsize" not in written:
            written["itemsize"] = _itemsize(title, ctx)
        return written

    return write


def _itemsize(title: str, ctx: WriteContext) -> int:
    """Give the item size of the array, which a null `itemsize` of v3 stands for."""
    if ctx.chunk.dtype is None or ctx.chunk.itemsize is None:
        raise MissingContextError("v2", title, "its itemsize is that of the array", ["dtype"])
    return ctx.chunk.itemsize


def _refuse_bytes(title: str, key: str, decodes: bool, ctx: WriteContext) -> None:
    reason = f"{key} is bytes, which imagecodecs' v2 class does not read from JSON"
    if decodes:
        raise NotRepresentableError("v2", title, reason)
    ctx.note(title, f"{key} is left out: it {reason.removeprefix(key + ' ')}")


def make_v3_writer(name: str, facts: Facts) -> Writer:
    """Make the function that writes what is not the default, and what `imagecodecs.zarr` always writes."""
    title = f"imagecodecs_{name}"

    def write(codec: Codec, ctx: WriteContext) -> dict[str, Any]:
        codec = drop_implied(name, facts, codec, ctx)
        values = _values(name, codec)
        if name == "aec" and values["bitspersample"] is None:
            values["bitspersample"] = _bits(title, ctx)
        written = {}
        for key, fact in facts.parameters.items():
            value = values[key]
            if fact.implied or value is None:
                continue
            if not fact.is_in("v3"):
                ctx.note(
                    title,
                    f"{key} is left out: v3 has no such parameter, and decoding does not need it",
                )
            elif fact.always or (
                value != fact.default_in("v3") and (name, key, value) != EIGHT_BITS
            ):
                written[key] = _plain(fact.type, value)
        if name in ("blosc", "blosc2") and (ctx.chunk.itemsize or 1) > 1:
            ctx.note(title, "the v3 class shuffles single bytes, so that new chunks get larger")
        return written

    return write


def _bits(title: str, ctx: WriteContext) -> int | None:
    """Give the bits of an element, which a null `bitspersample` of v2 stands for."""
    if ctx.chunk.itemsize is None:
        if ctx.complete:
            raise MissingContextError("v3", title, "its bitspersample is the array's", ["dtype"])
        return None
    return 8 * ctx.chunk.itemsize
