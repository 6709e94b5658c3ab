"""What each codec of a chain sees of the chunk: kinds of codecs, and how data types and shapes change on the way."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from zarrcodec_bridge.core.data_types import DataType, Endian, typestr
from zarrcodec_bridge.core.model import Codec, KeptCodec, thaw
from zarrcodec_bridge.core.registry import spec_of
from zarrcodec_bridge.core.spec import A2A, A2B, B2B, ArrayEffect, Chunk, Dialect, Kind


def kind_of(codec: Codec) -> Kind | None:
    """Look up the kind of a codec; ``None`` for a kept codec of unknown kind."""
    spec = spec_of(type(codec))
    if spec is not None:
        return spec.kind
    return codec.kind if isinstance(codec, KeptCodec) else None


def with_kind(codec: Codec, kind: Kind) -> Codec:
    """Give an unregistered codec of unknown kind its kind; give other codecs back."""
    unknown = isinstance(codec, KeptCodec) and codec.kind is None
    return codec.model_copy(update={"kind": kind}) if unknown else codec


def name_of(codec: Codec) -> str:
    """Give the name of a codec for messages."""
    spec = spec_of(type(codec))
    if spec is not None:
        return spec.title
    return codec.name if isinstance(codec, KeptCodec) else type(codec).__name__


def effect_of(codec: Codec) -> ArrayEffect:
    """Look up what an array-to-array codec does to the array."""
    spec = spec_of(type(codec))
    return (spec.array if spec is not None else None) or NO_EFFECT


NO_EFFECT: Final = ArrayEffect()
"""The effect of codecs that are not array-to-array, and of those without a declared effect."""


def named_dtype(codec: Codec, parameter: str | None) -> DataType | None:
    """Read the data type in one parameter of a codec; ``None`` where it is left out."""
    value: Any = getattr(codec, parameter) if parameter else None
    return None if value is None else _data_type(value)


@lru_cache(maxsize=256)
def _data_type(text: str) -> DataType:
    return DataType.from_v2(text) if text[:1] in "<>|" else DataType.from_v3(thaw(text))


@lru_cache(maxsize=256)
def _in_order(text: str, endian: Endian) -> str:
    return str(DataType.from_v2(text).with_endian(endian).to_v2())


def viewed_dtype(codec: Codec) -> DataType | None:
    """Read the data type as which an array-to-array codec views its input, where it names one."""
    return named_dtype(codec, effect_of(codec).views)


def output_dtype(codec: Codec, incoming: DataType | None) -> DataType | None:
    """Give the data type that an array-to-array codec puts out; ``None`` where it is not known."""
    if isinstance(codec, KeptCodec):
        return None
    effect = effect_of(codec)
    if effect.output is not None:
        return DataType.from_v2(effect.output)
    return named_dtype(codec, effect.encodes) or named_dtype(codec, effect.views) or incoming


def elements_typestr(chunk: Chunk, dialect: Dialect, kinds: str = "") -> str | None:
    """Give the v2 type string of the elements that a codec sees, in native order for v3; ``None`` if not known.

    With `kinds`, the letters of type strings, it is ``None`` for elements of others, too.
    """
    if chunk.dtype is None:
        return None
    try:
        found = typestr(chunk.dtype if dialect == "v2" else chunk.dtype.with_endian("little"))
    except ValueError:
        return None
    return found if not kinds or found[1] in kinds else None


def names_big_endian(codec: Codec) -> bool:
    """Whether a data type in the parameters of a codec is big-endian."""
    effect = effect_of(codec)
    return any(
        str(getattr(codec, parameter)).startswith(">")
        for parameter in (effect.views, effect.encodes)
        if parameter
    )


def with_byte_order(codec: Codec, endian: Endian) -> Codec:
    """Give the same codec with the data types in its parameters in that byte order."""
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
    values = {**codec.__dict__, **changes}
    return type(codec).model_construct(
        {*codec.model_fields_set}, **values
    )  # left out stays left out


def array_chunk(dtype: DataType | None, ndim: int | None, shape: tuple[int, ...] | None) -> Chunk:
    """Give the chunk that the first codec of an array sees."""
    if ndim is None and shape is not None:
        ndim = len(shape)
    return Chunk(dtype.itemsize if dtype else None, dtype, ndim, shape)


def output_chunk(codec: Codec, chunk: Chunk) -> Chunk:
    """Give the chunk that the next codec sees, after `codec` has seen `chunk`."""
    spec = spec_of(type(codec))
    kind = spec.kind if spec is not None else kind_of(codec)
    if kind == B2B:
        return _BYTES
    if kind == A2A:
        effect = effect_of(codec)
        dtype = chunk.dtype
        if effect is not NO_EFFECT or spec is None:
            dtype = output_dtype(codec, dtype)
        order = codec.__dict__.get("order")
        keeps_axes = order is not None or effect.elementwise or effect.keeps_shape
        shape = chunk.shape if keeps_axes else None
        if shape is not None and order == "F":
            shape = shape[::-1]
        elif shape is not None and isinstance(order, tuple) and len(order) == len(shape):
            shape = tuple(shape[axis] for axis in order)
        return Chunk(dtype.itemsize if dtype else None, dtype, chunk.ndim, shape)
    if kind == A2B and spec is not None and spec.preserves_itemsize:
        return Chunk(chunk.itemsize)
    return _BYTES


_BYTES: Final = Chunk(1)


def resolve_for_a_check(codecs: Iterable[Codec]) -> tuple[Codec, ...]:
    """Give a chain with the parameters that depend on the array as for int32.

    Whoever makes the array fills them in, so that a check without an array takes them for given.
    """
    return resolve_parameters(codecs, array_chunk(DataType.from_v2("<i4"), None, None))


def resolve_parameters(codecs: Iterable[Codec], chunk: Chunk) -> tuple[Codec, ...]:
    """Give the same chain with the parameters that depend on the array resolved, the first codec seeing `chunk`."""
    chain = []
    for codec in codecs:
        spec = spec_of(type(codec))
        if spec is not None and spec.resolve is not None:
            codec = spec.resolve(codec, chunk)
        chain.append(codec)
        chunk = output_chunk(codec, chunk)
    return tuple(chain)
