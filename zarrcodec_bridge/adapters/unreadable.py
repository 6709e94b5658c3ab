"""New arrays that would not return what is written to them: they are refused before anything is written.

Format 2 does not say what reaches a codec, so that neither zarr-python nor numcodecs notices. Measured with zarr
2.18.7, 3.1.6 and 3.4.2, numcodecs 0.16.6 and imagecodecs 2026.10.10.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Final

from zarrcodec_bridge.codecs import pcodec, zfpy
from zarrcodec_bridge.codecs.bitround import MANTISSA, Bitround
from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.data_types.names import KIND_OF, LONG_DOUBLES
from zarrcodec_bridge.core.errors import BackendUnsupportedError, NotRepresentableError
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.propagation import effect_of, kind_of, name_of, viewed_dtype
from zarrcodec_bridge.core.registry import spec_of
from zarrcodec_bridge.core.spec import A2A, A2B
from zarrcodec_bridge.readers import zarr_python
from zarrcodec_bridge.translation.placement import PlacedCodec, V2Slots, V3Slots
from zarrcodec_bridge.translation.slots import OBJECT_CODECS
from zarrcodec_bridge.translation.value_checks import INTEGERS

WITHOUT_DATA_TYPE: Final = {
    name: opens
    for name, opens in zarr_python.READER.v2.elsewhere.items()
    if name != "n5_wrapper"  # opened through a store of its own
}
"""Codecs by which zarr-python looks for the data type of an array of format 2, and finds none.

It goes by the first codec of objects that it meets, so that behind `vlen-utf8` each of them may stand.
"""

BEHIND_TEXT: Final = {"pickle": ", and 3 where it is the compressor of text (dtype=str)"}

NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "imagecodecs_bitshuffle": ("itemsize",),
    "imagecodecs_delta": ("shape", "dtype"),
    "imagecodecs_xor": ("shape", "dtype"),
}
"""Parameters without which a decoder takes elements for single bytes."""

NATIVE_ONLY: Final = frozenset({"bitround", "imagecodecs_quantize"})
"""Array-to-array codecs that take native elements only, or put out native ones, whatever they are given."""

NEVER_ALONE: Final = frozenset({"imagecodecs_bitshuffle"})
"""Codecs that decode the bytes that a compressor gives them right, and those of the store wrong."""

WRONG_FOR: Final[Mapping[str, frozenset[str]]] = {"numcodecs.delta": frozenset({"bool"})}
"""Data types that a codec encodes and does not decode to the same elements, in numcodecs itself."""

BITS: Final = frozenset({"bool", "numpy.datetime64", "numpy.timedelta64", "raw_bytes", "struct"})
"""Data types, besides integers, whose elements come back from their bits as integers."""

FLOATS: Final = frozenset({"float16", "float32", "float64"})
NUMBERS: Final = FLOATS | {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
COMPLEX: Final = frozenset({"complex64", "complex128"})
SIMPLE: Final = NUMBERS | COMPLEX | LONG_DOUBLES.keys() | {"bool"}

TAKEN: Final[Mapping[str, frozenset[str]]] = {
    "bitround": FLOATS,
    "cast_value": NUMBERS,
    "json2": NUMBERS | {"bool", "fixed_length_utf32", "object", "string"},
    "msgpack2": NUMBERS
    | {"bool", "fixed_length_utf32", "null_terminated_bytes", "object", "raw_bytes", "string"},
    "numcodecs.astype": SIMPLE | KIND_OF.keys() - {"raw_bytes"},
    "numcodecs.delta": SIMPLE | {"numpy.timedelta64"},
    "numcodecs.fixedscaleoffset": SIMPLE,
    "numcodecs.packbits": frozenset({"bool"}),
    "numcodecs.pcodec": pcodec.DATA_TYPES,
    "numcodecs.quantize": FLOATS | LONG_DOUBLES.keys(),
    "numcodecs.zfpy": zfpy.DATA_TYPES,
    "scale_offset": NUMBERS,
    "vlen-array": frozenset({"object"}),
}
"""The data types of which an encoder of numcodecs or zarr-python takes elements, where it does not take all.

Of a codec that names a data type as which it views its input, it is that one.
"""

_OF_OBJECTS: Final = frozenset(name_of(codec) for codec in OBJECT_CODECS.values())

_BYTE: Final = DataType("uint8", 1)


def refuse_unreadable(slots: V2Slots, dtype: DataType | None, zarr: tuple[int, ...] | None) -> None:
    """Refuse a v2 array that would not return what is written to it.

    `dtype` is the data type of the array, as far as it is known; `zarr` the version of zarr-python
    that writes it, ``None`` if another program does.

    Raises :class:`NotRepresentableError`, or :class:`BackendUnsupportedError` where another version would open it.
    """
    if zarr is not None and zarr >= zarr_python.WITHOUT_DATA_TYPE_SINCE:
        _refuse_without_data_type(slots)
    for placed in slots.codecs:
        name = name_of(placed.codec)
        reason = _why_decoded_wrong(placed.codec, viewed_dtype(placed.codec)) or _why_not_encoded(
            placed
        )
        if dtype is not None and not reason:
            reason = _why_not_read_back(placed, dtype, alone=len(slots.codecs) == 1)
        if reason:
            raise NotRepresentableError("v2", name, reason)


def _refuse_without_data_type(slots: V2Slots) -> None:
    for name in (name_of(placed.codec) for placed in slots.codecs):
        if name in WITHOUT_DATA_TYPE:
            raise BackendUnsupportedError(
                "zarr",
                f"zarr {version('zarr')} makes arrays of format 2 whose elements {name} encodes, but does not open"
                f" them: {WITHOUT_DATA_TYPE[name]} does{BEHIND_TEXT.get(name, '')}",
            )
        if name in _OF_OBJECTS:
            return


def refuse_unreadable_in_v3(slots: V3Slots, dtype: DataType | None) -> None:
    """Refuse a v3 array that zarr-python would not make, or that would not return what is written to it.

    `dtype` is the data type of the array as it was given, which says in which order NumPy has its bytes.

    Raises :class:`NotRepresentableError`.
    """
    for placed in (*slots.filters, slots.serializer):
        reason = _why_decoded_wrong(placed.codec, viewed_dtype(placed.codec)) or _why_not_encoded(
            placed
        )
        name = name_of(placed.codec)
        if (
            not reason
            and dtype is not None
            and dtype.endian == "big"
            and name in zarr_python.NATIVE_ONLY
        ):
            reason = _native_message(dtype)
        if reason:
            raise NotRepresentableError("v3", name, reason)
    _check_serializer(slots.serializer.codec, slots.data_type)


def _check_serializer(codec: Codec, array: DataType) -> None:
    """Refuse another serializer than the one that zarr-python wants for text, inside shards too."""
    inner = getattr(codec, "codecs", None)
    if isinstance(inner, tuple):
        for item in inner:
            if isinstance(item, Codec) and kind_of(item) == A2B:
                _check_serializer(item, array)
        return
    needed = OBJECT_CODECS.get(array.name)
    if needed is None or codec == needed:
        return
    spec = spec_of(type(codec))
    if array.name == "string" or (spec is not None and spec.object_type is not None):
        raise NotRepresentableError(
            "v3", name_of(codec), f"{array.name} elements are encoded by {name_of(needed)}"
        )


def _why_not_encoded(placed: PlacedCodec) -> str | None:
    """The reason why the encoder does not accept the elements that reach it."""
    codec = placed.codec
    elements = viewed_dtype(codec) or _elements(placed)
    if elements is None or not elements.is_known:
        return None
    if elements.name not in TAKEN.get(name_of(codec), (elements.name,)):
        return _accepted_message(codec, elements)
    if isinstance(codec, Bitround) and codec.keepbits > MANTISSA[elements.name]:
        return (
            f"{elements.name} elements have {MANTISSA[elements.name]} bits to keep, not"
            f" {codec.keepbits}: no chunk could be written"
        )
    return None


def _elements(placed: PlacedCodec) -> DataType | None:
    return placed.sees.dtype or (_BYTE if placed.sees.itemsize == 1 else None)


def _accepted_message(codec: Codec, elements: DataType) -> str:
    usual = TAKEN[name_of(codec)] - LONG_DOUBLES.keys()
    if len(usual) > len(FLOATS):
        return f"it has no {elements.name} elements"
    does = "packs" if effect_of(codec).output is not None else "takes"
    return f"it {does} {' or '.join(sorted(usual))} elements, not {elements.name}"


def _why_decoded_wrong(codec: Codec, elements: DataType | None) -> str | None:
    if elements is None or elements.name not in WRONG_FOR.get(name_of(codec), ()):
        return None
    return f"numcodecs decodes {elements.name} elements to other ones; view them as uint8"


def _why_not_read_back(placed: PlacedCodec, array: DataType, *, alone: bool) -> str | None:
    codec = placed.codec
    spec, name = spec_of(type(codec)), name_of(codec)
    if spec is not None and spec.object_type is not None:
        if array.itemsize is not None:
            return f"it takes objects, not {array.name} elements"
        if array.name in OBJECT_CODECS and array.name != spec.object_type:
            return f"it takes {spec.object_type} elements, not {array.name}"
    elements = _elements(placed)
    if elements is None or elements.itemsize is None:
        return None
    if kind_of(codec) == A2A:
        _check_bits(codec, elements)
        view = viewed_dtype(codec)
        if array.itemsize is None and view is not None and (view.itemsize or 1) > 1:
            return f"it views bytes of any number as {view.itemsize}-byte elements"
    little_endian_only = (spec is not None and spec.little_endian_only) or name in NATIVE_ONLY
    if little_endian_only and elements.endian == "big":
        return _native_message(elements)
    if elements.itemsize > 1 or kind_of(codec) == A2A:
        missing_values = (None,) if elements.itemsize == 1 else (None, 1)
        missing = [need for need in NEEDED.get(name, ()) if getattr(codec, need) in missing_values]
        if missing:
            return f"it decodes single bytes: give it {' and '.join(missing)}"
    if alone and name in NEVER_ALONE and elements.itemsize > 1:
        return "as the only codec it decodes other values than it encoded: add a compressor"
    return None


def _native_message(dtype: DataType) -> str:
    native = dtype.with_endian("little").to_v2()
    return f"it takes native elements only: make the array with dtype {native!r}"


def _check_bits(codec: Codec, elements: DataType) -> None:
    """Refuse a filter that reads the bits of elements as another kind of number.

    It returns other elements: `packbits` keeps two values, `quantize` rounds integers as if they were floats.
    """
    view = viewed_dtype(codec)
    if view is not None and view.name != elements.name:
        whole = INTEGERS.fullmatch(view.name)
        if not whole or not (INTEGERS.fullmatch(elements.name) or elements.name in BITS):
            raise NotRepresentableError(
                "v2",
                name_of(codec),
                f"it views {elements.name} elements as {view.name}, and returns other ones",
            )
    if view is None or not view.itemsize or not elements.itemsize:
        return
    smaller, larger = sorted((view.itemsize, elements.itemsize))
    if larger % smaller or (view.name == elements.name and larger != smaller):
        raise NotRepresentableError(
            "v2",
            name_of(codec),
            f"it views {elements.itemsize}-byte elements as {view.itemsize}-byte ones",
        )
