"""New arrays that would not give back what is written to them: refused before anything is.

Format 2 does not say what reaches a codec, so that neither zarr-python nor numcodecs notices. Measured with zarr
2.18.7, 3.1.6 and 3.4.2, numcodecs 0.16.6 and imagecodecs 2026.10.10.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Final

from zarrcodec_bridge.dtypes import DataType
from zarrcodec_bridge.errors import BackendUnsupportedError, NotRepresentableError
from zarrcodec_bridge.flow import INTEGERS, effect_of, kind_of, name_of, viewed
from zarrcodec_bridge.model import Codec
from zarrcodec_bridge.registry import spec_of
from zarrcodec_bridge.slots import Placed, V2Slots, V3Slots
from zarrcodec_bridge.spec import A2A

__all__ = ["refuse_unreadable", "refuse_unreadable_in_v3"]

WITHOUT_DATA_TYPE: Final = frozenset({"json2", "msgpack2", "pickle", "vlen-array"})
"""Codecs by which zarr-python looks for the data type of an array of format 2, and finds none."""

WITHOUT_DATA_TYPE_SINCE: Final = (3, 1)

NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "imagecodecs_bitshuffle": ("itemsize",),
    "imagecodecs_delta": ("shape", "dtype"),
    "imagecodecs_xor": ("shape", "dtype"),
}
"""Parameters without which a decoder takes elements for single bytes."""

NATIVE_ONLY: Final = frozenset({"imagecodecs_quantize"})
"""Array-to-array codecs that put out native elements, whatever they are given."""

NEVER_ALONE: Final = frozenset({"imagecodecs_bitshuffle"})
"""Codecs that decode the bytes that a compressor gives them right, and those of the store wrong."""

WRONG_FOR: Final[Mapping[str, frozenset[str]]] = {"numcodecs.delta": frozenset({"bool"})}
"""Data types that a codec encodes and does not decode to the same elements, in numcodecs itself."""

BITS: Final = frozenset({"bool", "numpy.datetime64", "numpy.timedelta64", "raw_bytes", "struct"})
"""Data types, besides integers, whose elements come back from their bits as integers."""

_BYTE: Final = DataType("uint8", 1)


def refuse_unreadable(found: V2Slots, dtype: DataType | None, zarr: tuple[int, ...] | None) -> None:
    """Refuse what would not come back.

    `dtype` is the data type of the array, as far as it is known; `zarr` the version of what writes it, ``None`` if that
    is not zarr-python.

    Raises :class:`NotRepresentableError`, or :class:`BackendUnsupportedError` where another version would open it.
    """
    for placed in found.placed:
        name = name_of(placed.codec)
        if name in WITHOUT_DATA_TYPE and zarr is not None and zarr >= WITHOUT_DATA_TYPE_SINCE:
            raise BackendUnsupportedError(
                "zarr",
                f"zarr {version('zarr')} makes arrays of format 2 with {name}, but does not open them: zarr<3 does",
            )
        reason = _wrong_for(placed.codec, viewed(placed.codec))
        if dtype is not None and not reason:
            reason = _why_not(placed, dtype, alone=len(found.placed) == 1)
        if reason:
            raise NotRepresentableError("v2", name, reason)


def refuse_unreadable_in_v3(found: V3Slots) -> None:
    """Refuse what would not come back; raises :class:`NotRepresentableError`."""
    for placed in found.filters:
        reason = _wrong_for(placed.codec, viewed(placed.codec))
        if reason:
            raise NotRepresentableError("v3", name_of(placed.codec), reason)


def _wrong_for(codec: Codec, elements: DataType | None) -> str | None:
    if elements is None or elements.name not in WRONG_FOR.get(name_of(codec), ()):
        return None
    return f"numcodecs decodes {elements.name} elements to other ones; view them as uint8"


def _why_not(placed: Placed, array: DataType, *, alone: bool) -> str | None:
    codec, sees = placed.codec, placed.sees
    spec, name = spec_of(type(codec)), name_of(codec)
    if spec is not None and spec.object_type is not None and array.itemsize is not None:
        return f"it takes objects, not {array.name} elements"
    elements = sees.dtype or (_BYTE if sees.itemsize == 1 else None)
    if elements is None or elements.itemsize is None:
        return None
    if kind_of(codec) == A2A:
        _check_bits(codec, elements)
    native_only = (spec is not None and spec.native_only) or name in NATIVE_ONLY
    if native_only and elements.endian == "big":
        native = elements.with_endian("little").to_v2()
        return f"it takes native elements only: make the array with dtype {native!r}"
    if elements.itemsize > 1 or kind_of(codec) == A2A:
        unsaid = (None,) if elements.itemsize == 1 else (None, 1)
        missing = [need for need in NEEDED.get(name, ()) if getattr(codec, need) in unsaid]
        if missing:
            return f"it decodes single bytes: give it {' and '.join(missing)}"
    if alone and name in NEVER_ALONE and elements.itemsize > 1:
        return "as the only codec it decodes other values than it encoded: add a compressor"
    return None


def _check_bits(codec: Codec, elements: DataType) -> None:
    """Refuse a filter that takes the bits of elements for those of another kind.

    It gives back other ones: `packbits` knows two values of each, `quantize` rounds integers as if they were floats.
    """
    if effect_of(codec).output is not None and elements.name != "bool":
        raise NotRepresentableError(
            "v2", name_of(codec), f"it packs bool elements, not {elements.name}"
        )
    view = viewed(codec)
    if view is not None and view.name != elements.name:
        whole = INTEGERS.fullmatch(view.name)
        if not whole or not (INTEGERS.fullmatch(elements.name) or elements.name in BITS):
            raise NotRepresentableError(
                "v2",
                name_of(codec),
                f"it views {elements.name} elements as {view.name}, and gives back other ones",
            )
    if view is not None and view.name == elements.name and view.itemsize != elements.itemsize:
        raise NotRepresentableError(
            "v2",
            name_of(codec),
            f"it views {elements.itemsize}-byte elements as {view.itemsize}-byte ones",
        )
