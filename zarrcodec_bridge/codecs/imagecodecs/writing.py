"""From the canonical model of a codec to the parameters of either dialect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from zarrcodec_bridge.codecs.imagecodecs.array import drop_implied, implied_by
from zarrcodec_bridge.codecs.imagecodecs.facts import Facts
from zarrcodec_bridge.codecs.imagecodecs.reading import SETTLED
from zarrcodec_bridge.core.contexts import WriteContext
from zarrcodec_bridge.core.errors import MissingContextError, NotRepresentableError
from zarrcodec_bridge.core.json_values import copy_json
from zarrcodec_bridge.core.model import Codec, thaw

__all__ = ["v2_writer", "v3_writer"]

Writer = Callable[[Any, WriteContext], dict[str, Any]]


EIGHT_BITS: Final = ("aec", "bitspersample", 8)
"""What null means in v3."""


def _plain(word: str, value: Any) -> Any:
    return thaw(value) if word == "json" else copy_json(value)


def _values(name: str, codec: Codec) -> dict[str, Any]:
    """The values of a codec; what a null stands for whatever the array, and what a header makes idle, settled."""
    values = dict(codec.__dict__)
    settle = SETTLED.get(name)
    if settle is not None:
        settle(values)
    return values


def v2_writer(name: str, facts: Facts) -> Writer:
    """Writes all but nulls, which older imagecodecs refuse where they do not know the key."""
    title = f"imagecodecs_{name}"

    def write(codec: Codec, ctx: WriteContext) -> dict[str, Any]:
        values = _values(name, codec)
        implied = implied_by(name, facts, codec, ctx.chunk)
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
    """A null `itemsize` of v3 is that of the array, which v2 hands on to the first codec alone."""
    if ctx.chunk.dtype is None or ctx.chunk.itemsize is None:
        raise MissingContextError("v2", title, "its itemsize is that of the array", ["dtype"])
    return ctx.chunk.itemsize


def _refuse_bytes(title: str, key: str, decodes: bool, ctx: WriteContext) -> None:
    reason = f"{key} is bytes, which imagecodecs' v2 class does not read from JSON"
    if decodes:
        raise NotRepresentableError("v2", title, reason)
    ctx.note(title, f"{key} is left out: it {reason.removeprefix(key + ' ')}")


def v3_writer(name: str, facts: Facts) -> Writer:
    """Writes what is not the default, and what `imagecodecs.zarr` always writes."""
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
                    title, f"{key} is left out: v3 has no such parameter, and decoding no need"
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
    """A null `bitspersample` of v2, where the encoder takes that of the elements it is given."""
    if ctx.chunk.itemsize is None:
        if ctx.complete:
            raise MissingContextError("v3", title, "its bitspersample is the array's", ["dtype"])
        return None
    return 8 * ctx.chunk.itemsize
