"""The way of one codec to one dialect, under options that are checked once; what it gave is remembered.

By the codec's JSON: its keys, and its values under :mod:`marshal`, which tells ``1``, ``1.0`` and ``True`` apart. And
by parts, for some parameters stand apart (:attr:`CodecSpec.apart`): blosc alone has a thousand usual configurations, of
six names, ten levels, four shuffles and a few block sizes. What one of them became serves for all that have its other
parameters, once each value that stands apart has been met, and so validated, in any of them or in the codec itself.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import count
from marshal import dumps
from operator import itemgetter
from typing import Any, Final, TypeAlias

from zarrcodec_bridge.core import registry
from zarrcodec_bridge.core.cache import LONGEST_KEY, MOST, is_plain, same, to_keep
from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.data_types import DataType, any_dtype
from zarrcodec_bridge.core.errors import NotRepresentableError
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.propagation import (
    NO_EFFECT,
    array_chunk,
    effect_of,
    name_of,
    with_byte_order,
)
from zarrcodec_bridge.core.registry import spec_of
from zarrcodec_bridge.core.siblings import Given
from zarrcodec_bridge.core.spec import Dialect, Unknown
from zarrcodec_bridge.core.validity import check_codec
from zarrcodec_bridge.dialects import sources, write_codec
from zarrcodec_bridge.readers import TargetName
from zarrcodec_bridge.translation.pipeline import OnLoss, check_options, settle_losses
from zarrcodec_bridge.translation.value_checks import check_alone, check_native, check_views

__all__ = ["Way", "array_dtype", "forget", "usual", "way"]

Kept: TypeAlias = tuple[str | None, dict[str, Any]]
"""The name and the configuration of a codec in v3; in v2 ``None``, and all of it."""


class Shape(dict[bytes, Kept]):
    """What the codecs whose JSON has the same keys became, by their values."""

    __slots__ = ("apart", "made", "of", "others")

    def __init__(self) -> None:
        self.apart: list[tuple[str, dict[Any, type]]] = []
        """The parameters that stand apart, and the values of each that were met, with their types."""
        self.of: frozenset[str] = frozenset()
        """The names of all that stand apart in their codec, if they have them or not."""
        self.others: Callable[[Any], Any] | None = None
        """Picks the rest, the codec's name among it; ``None`` where nothing stands apart."""
        self.made: dict[bytes, Kept] = {}
        """What one codec became, by that rest."""

    def assembled(
        self, source: dict[str, Any], key: bytes, codec: Codec | None = None
    ) -> Kept | None:
        """What `source` becomes, from parts that were met or are in `codec`, as which it was read; kept by `key`.

        ``None`` where one of them was not met.
        """
        if self.others is None:
            return None
        found = self.made.get(dumps(self.others(source), 2))
        if found is None:
            return None
        name, configuration = found
        configuration = configuration.copy()
        try:
            for parameter, met in self.apart:
                value = source[parameter]
                if met.get(value) is not type(value):
                    if codec is None or not same(getattr(codec, parameter, None), value):
                        return None
                    met[value] = type(value)
                configuration[parameter] = value
        except TypeError:  # not even hashable
            return None
        if next(_assembled) % MOST_ASSEMBLED == 0:
            forget()
        kept = self[key] = name, configuration
        return kept

    def learn(self, source: dict[str, Any], apart: frozenset[str], kept: Kept) -> None:
        """Keep the parts of a v2 codec, whose parameters `apart` stand apart, and what it became in v3."""
        if self.others is None:
            names = [key for key in source if key in apart]
            if not names:
                return
            self.of = apart
            self.apart = [(key, {}) for key in names]
            self.others = itemgetter(*(key for key in source if key not in apart))
        elif self.of is not apart:
            return  # another codec, of the same keys
        name, configuration = kept
        for key, _ in self.apart:
            if configuration.get(key) != source[key]:
                return
        for key, met in self.apart:
            met[source[key]] = type(source[key])
        self.made[dumps(self.others(source), 2)] = name, configuration.copy()


def array_dtype(dtype: Any) -> DataType | None:
    """The data type of the elements; one that is named as in v3, without a byte order, is native."""
    return None if dtype is None else any_dtype(dtype).in_memory()


class Way:
    """The options of :func:`translate`, checked once, and what equal JSON gave under them."""

    __slots__ = (
        "chunk",
        "dtype",
        "given",
        "on_loss",
        "portable",
        "room",
        "shapes",
        "strict",
        "target",
        "to",
        "unknown",
    )

    def __init__(
        self,
        to: Dialect,
        dtype: Any,
        target: TargetName,
        on_loss: OnLoss,
        unknown: Unknown,
        strict: bool,
        portable: bool,
    ) -> None:
        check_options(target, unknown)
        if to not in ("v2", "v3"):
            raise ValueError(f"expected to 'v2' or 'v3', got {to!r}")
        self.to: Dialect = to
        self.target = target
        self.on_loss: OnLoss = on_loss
        self.unknown: Unknown = unknown
        self.strict = strict
        self.portable = portable
        self.given = dtype
        self.dtype = array_dtype(dtype)
        self.chunk = array_chunk(self.dtype, None, None)
        is_usual = (target, on_loss, unknown, strict, portable) == _USUAL
        self.shapes = usual[to] if is_usual else {}
        self.room = MOST

    def made(self, source: Any) -> dict[str, Any]:
        """The codec that `source` holds in the other dialect, whether made now or before."""
        if type(source) is not dict:
            return self.written(source)[0]
        keys = self.given, *source
        try:
            shape = self.shapes.get(keys)
            key = dumps([*source.values()], 2)
        except (TypeError, ValueError):  # a data type that is no key, or no JSON
            return self.written(source)[0]
        kept = None if shape is None else shape.get(key)
        if kept is not None:
            return _whole(kept)
        known = registry.generation()
        codec, _ = self.read(source)
        kept = None if shape is None else shape.assembled(source, key, codec)
        if kept is not None:
            return _whole(kept)
        result, write = self.write(codec, source)
        if write.losses or len(key) > LONGEST_KEY or len(result) == 3 or not is_plain(source):
            return result  # of 3 members is what may be skipped
        if self.room == 0:
            self.shapes.clear()
            self.room = MOST
            shape = None
        self.room -= 1
        if shape is None:
            shape = self.shapes[keys] = Shape()
        shape[key] = kept = _parted(result, self.to)
        spec = spec_of(type(codec))
        if spec is not None and spec.apart and self.to == "v3" and not self.portable:
            shape.learn(source, spec.apart, kept)
        if registry.generation() is not known:
            forget()  # a codec was registered meanwhile
        return result

    def written(self, source: Any) -> Given:
        """The same, made now, with the notes and losses of reading and writing it."""
        codec, read = self.read(source)
        result, write = self.write(codec, source)
        notes = tuple(dict.fromkeys((*read.notes, *write.notes)))
        return result, notes, tuple(dict.fromkeys(write.losses))

    def read(self, source: Any) -> tuple[Codec, ReadContext]:
        """The codec, and what noted the changes on the way to it."""
        ctx = ReadContext(unknown=self.unknown, strict=self.strict)
        codec = sources.read(source, ctx)
        check_codec(codec, self.chunk)
        from_v3 = ctx.source == "v3"
        crosses = from_v3 or self.to == "v3"
        if effect_of(codec) is NO_EFFECT:
            if crosses and self.dtype is not None:
                check_native(codec, self.dtype, self.to)
            return codec, ctx
        check_alone(codec, self.dtype, from_v3=from_v3, to=self.to)
        if self.dtype is not None:
            if from_v3 and self.dtype.endian is not None:
                codec = with_byte_order(codec, self.dtype.endian)
            if crosses:
                check_views([codec], self.dtype, self.to)
        return codec, ctx

    def write(self, codec: Codec, source: Any) -> tuple[dict[str, Any], WriteContext]:
        """The codec in the other dialect, and what noted the changes on the way from `source` to it."""
        ctx = WriteContext(self.to, self.target, self.chunk, self.unknown)
        if self.portable:
            codec = _portable(codec, ctx)
        result = write_codec(codec, ctx)
        if ctx.losses and type(source) is dict and source == result:
            ctx.losses.clear()  # nothing is changed, so nothing is lost
        settle_losses(self.to, ctx.losses, self.on_loss)
        return result, ctx


def _parted(result: dict[str, Any], dialect: Dialect) -> Kept:
    if dialect == "v2":
        return None, to_keep(result)
    return result["name"], to_keep(result["configuration"])


def _whole(kept: Kept) -> dict[str, Any]:
    name, json = kept
    return json.copy() if name is None else {"name": name, "configuration": json.copy()}


def _portable(codec: Codec, ctx: WriteContext) -> Codec:
    from zarrcodec_bridge.translation.several_codecs import portable

    equal = portable([codec], ctx.chunk, ctx)
    if len(equal) != 1:
        raise NotRepresentableError(
            ctx.dialect, name_of(codec), f"its equal is {len(equal)} codecs; use a Pipeline"
        )
    return equal[0]


def way(
    to: Dialect,
    dtype: Any,
    target: TargetName,
    on_loss: OnLoss,
    unknown: Unknown,
    strict: bool,
    portable: bool,
) -> Way:
    """The way under these options, made now or before.

    Raises :class:`ValueError` for options that are none.
    """
    if dtype is not None and type(dtype) is not str:
        dtype = any_dtype(dtype)
    options = to, dtype, target, on_loss, unknown, strict, portable
    with suppress(TypeError):  # what cannot be a key
        found = _ways.get(options)
        if found is not None:
            return found
    found = Way(*options)
    with suppress(TypeError):
        if len(_ways) >= MOST_WAYS:
            forget()
        _ways[options] = found
    return found


MOST_ASSEMBLED: Final = 1 << 16
"""Codecs assembled from parts, of all shapes and ways, until all are forgotten."""
_assembled: Final = count(1)

MOST_WAYS: Final = 64
_ways: Final[dict[Any, Way]] = {}
"""By their options: plain dictionaries, the quickest to ask."""

usual: Final[dict[Dialect, dict[tuple[Any, ...], Shape]]] = {"v2": {}, "v3": {}}
"""What the default options gave, by dialect: by the data type, as it was given, and the keys of the JSON."""

_USUAL: Final = ("spec", "error", "error", False, False)


def forget() -> None:
    """Forget what was remembered, of every codec."""
    _ways.clear()
    for shapes in usual.values():
        shapes.clear()


registry.forget_with(forget)
