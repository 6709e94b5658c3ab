"""What each codec of a chain sees: kinds, and how an array changes on its way through."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

from zarrcodec_bridge.dtypes import DataType, Endian
from zarrcodec_bridge.errors import NotRepresentableError
from zarrcodec_bridge.model import Codec, KeptCodec, thaw
from zarrcodec_bridge.registry import spec_of
from zarrcodec_bridge.spec import A2A, A2B, B2B, ArrayEffect, Chunk, Kind

__all__ = [
    "NO_EFFECT",
    "check_first_view",
    "check_view",
    "effect_of",
    "encoded",
    "kind_of",
    "name_of",
    "passed",
    "reordered",
    "seen_first",
    "settled",
    "viewed",
]


def kind_of(codec: Codec) -> Kind | None:
    """Array-to-array, array-to-bytes or bytes-to-bytes; ``None`` for a kept codec of unknown kind."""
    spec = spec_of(type(codec))
    if spec is not None:
        return spec.kind
    return codec.kind if isinstance(codec, KeptCodec) else None


def name_of(codec: Codec) -> str:
    """The name by which messages call a codec."""
    spec = spec_of(type(codec))
    if spec is not None:
        return spec.title
    return codec.name if isinstance(codec, KeptCodec) else type(codec).__name__


def check_chain(codecs: Sequence[Codec], dialect: str) -> None:
    """Refuse a v3 chain that is not array-to-array, one array-to-bytes, then bytes-to-bytes codecs."""
    kinds = [kind_of(codec) for codec in codecs]
    if None in kinds:
        return
    if kinds.count(A2B) != 1:
        raise NotRepresentableError(
            dialect, "codecs", f"expected one array-to-bytes codec, got {kinds.count(A2B)}"
        )
    at = kinds.index(A2B)
    if kinds.count(A2A) != at or A2A in kinds[at:]:
        raise NotRepresentableError(
            dialect,
            "codecs",
            "expected array-to-array, then array-to-bytes, then bytes-to-bytes codecs",
        )


def effect_of(codec: Codec) -> ArrayEffect:
    """What an array-to-array codec does to the array."""
    spec = spec_of(type(codec))
    return (spec.array if spec is not None else None) or NO_EFFECT


NO_EFFECT: Final = ArrayEffect()
"""That of every codec which is not array-to-array, or does what nobody wrote down."""


def _named(codec: Codec, parameter: str | None) -> DataType | None:
    """The data type that one of its parameters names."""
    value: Any = getattr(codec, parameter) if parameter else None
    return None if value is None else _data_type(value)


@lru_cache(maxsize=256)
def _data_type(text: str) -> DataType:
    return DataType.from_v2(text) if text[:1] in "<>|" else DataType.from_v3(thaw(text))


@lru_cache(maxsize=256)
def _in_order(text: str, endian: Endian) -> str:
    return str(DataType.from_v2(text).with_endian(endian).to_v2())


def viewed(codec: Codec) -> DataType | None:
    """The data type as which an array-to-array codec views its input, where it names one."""
    return _named(codec, effect_of(codec).views)


def encoded(codec: Codec, incoming: DataType | None) -> DataType | None:
    """The data type that an array-to-array codec puts out; ``None`` where that is not known."""
    if isinstance(codec, KeptCodec):
        return None
    effect = effect_of(codec)
    if effect.output is not None:
        return DataType.from_v2(effect.output)
    return _named(codec, effect.encodes) or _named(codec, effect.views) or incoming


WHOLE_NUMBERS: Final = re.compile(r"u?int(8|16|32|64)")
SEEN_AS_WHOLE_NUMBERS: Final = frozenset(
    {"bool", "numpy.datetime64", "numpy.timedelta64", "raw_bytes", "struct"}
)
"""Data types of an array whose elements zarr-python lets a first filter see as whole numbers, bit by bit."""


def check_first_view(codec: Codec, array: DataType, dialect: str) -> None:
    """Refuse a first filter that takes the array's elements for another kind of number.

    v2 reinterprets their bits, and zarr-python converts their values in v3.
    """
    view = viewed(codec)
    if view is None or view.name == array.name:
        return
    whole = WHOLE_NUMBERS.fullmatch(view.name)
    if whole and (WHOLE_NUMBERS.fullmatch(array.name) or array.name in SEEN_AS_WHOLE_NUMBERS):
        return
    raise NotRepresentableError(
        dialect,
        name_of(codec),
        f"it views {array.name} elements as {view.name}: v2 takes their bits, and v3 their values",
    )


def check_view(codec: Codec, incoming: DataType) -> None:
    """Refuse a filter that takes its input's bytes for another data type than they are."""
    effect = effect_of(codec)
    view = _named(codec, effect.views)
    if incoming.name == "object" and effect.encodes:
        spec = spec_of(type(codec))
        reason = spec.no_v3 if spec is not None else ""
        raise NotRepresentableError("v3", name_of(codec), reason or "v3 has no arrays of objects")
    if view is None or incoming.itemsize is None:
        return
    if view.itemsize != incoming.itemsize:
        raise NotRepresentableError(
            "v3",
            name_of(codec),
            f"it views {incoming.itemsize}-byte elements as {view.itemsize}-byte ones",
        )
    if incoming.has_order and view.has_order and view.endian != incoming.endian:
        raise NotRepresentableError(
            "v3",
            name_of(codec),
            f"it views {incoming.endian}-endian elements as {view.endian}-endian ones,"
            " and v3 arrays have no byte order",
        )


def reordered(codec: Codec, endian: Endian) -> Codec:
    """The same codec with the data types in its parameters in another byte order."""
    if endian == "mixed":
        return codec
    effect = effect_of(codec)
    changes: dict[str, Any] = {}
    for parameter in filter(None, (effect.views, effect.encodes)):
        text = getattr(codec, parameter)
        if isinstance(text, str) and text[:1] in "<>":
            ordered = _in_order(text, endian)
            if ordered != text:
                changes[parameter] = ordered
    if not changes:
        return codec
    return codec.of_valid({**codec.__dict__, **changes}, set(codec.model_fields_set))


def seen_first(dtype: DataType | None, ndim: int | None, shape: tuple[int, ...] | None) -> Chunk:
    """What the first codec of an array sees."""
    if ndim is None and shape is not None:
        ndim = len(shape)
    return Chunk(dtype.itemsize if dtype else None, dtype, ndim, shape)


def passed(codec: Codec, chunk: Chunk) -> Chunk:
    """What the next codec sees after `codec` has seen `chunk`."""
    spec = spec_of(type(codec))
    kind = spec.kind if spec is not None else kind_of(codec)
    if kind == B2B:
        return _BYTES
    if kind == A2A:
        effect = effect_of(codec)
        dtype = chunk.dtype
        if effect is not NO_EFFECT or spec is None:
            dtype = encoded(codec, dtype)
        order = codec.__dict__.get("order")
        kept = order is not None or effect.elementwise or effect.keeps_shape
        shape = chunk.shape if kept else None
        if shape is not None and order == "F":
            shape = shape[::-1]
        elif shape is not None and isinstance(order, tuple) and len(order) == len(shape):
            shape = tuple(shape[axis] for axis in order)
        return Chunk(dtype.itemsize if dtype else None, dtype, chunk.ndim, shape)
    if kind == A2B and spec is not None and spec.elements:
        return Chunk(chunk.itemsize)
    return _BYTES


_BYTES: Final = Chunk(1)


def settled(codecs: Iterable[Codec], chunk: Chunk) -> tuple[Codec, ...]:
    """The same chain, with what only the array can settle settled for it."""
    chain = []
    for codec in codecs:
        spec = spec_of(type(codec))
        if spec is not None and spec.settle is not None:
            codec = spec.settle(codec, chunk)
        chain.append(codec)
        chunk = passed(codec, chunk)
    return tuple(chain)
