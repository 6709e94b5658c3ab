"""What stands in zarr-python's slots `filters`, `serializer` and `compressors`, and the encoding that it means.

A slot takes any codec-like input, or a list of them, ``"auto"`` (what the library itself would choose) or nothing. The
slot that a codec was given in decides only where its kind is not known: a `shuffle` among the filters is a
bytes-to-bytes codec, `pcodec` as the compressor an array-to-bytes one. Their order is kept, or it is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias

from zarrcodec_bridge.codecs.bytes import Bytes
from zarrcodec_bridge.codecs.pickle import Pickle
from zarrcodec_bridge.codecs.vlen_bytes import VlenBytes
from zarrcodec_bridge.codecs.vlen_utf8 import VlenUtf8
from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.data_types import DataType, Endian
from zarrcodec_bridge.core.errors import (
    InvalidCodecError,
    Note,
)
from zarrcodec_bridge.core.json_values import Path
from zarrcodec_bridge.core.messages import excerpt
from zarrcodec_bridge.core.model import Codec, KeptCodec
from zarrcodec_bridge.core.options import Order, Unknown
from zarrcodec_bridge.core.propagation import (
    array_chunk,
    kind_of,
    name_of,
    output_dtype,
    viewed_dtype,
    with_byte_order,
    with_kind,
)
from zarrcodec_bridge.core.registry import spec_of
from zarrcodec_bridge.core.spec import A2A, A2B, B2B, Chunk, Dialect, Kind
from zarrcodec_bridge.dialects import sources
from zarrcodec_bridge.dialects.codec_objects import ObjectOfBothFormats
from zarrcodec_bridge.dialects.sources import CodecLike
from zarrcodec_bridge.translation.encodings import V2Encoding, V3Encoding
from zarrcodec_bridge.translation.v2_to_v3 import v2_to_v3

SlotLike: TypeAlias = CodecLike | Sequence[CodecLike] | bool | None
"""What a slot takes: codecs, ``"auto"`` or none; true and false in the slot of compressors alone."""

AUTO: Final = "auto"
"""The library's own choice; zarr-python 2 calls it ``"default"``."""

SLOTS: Final[Mapping[str, Kind]] = {"filters": A2A, "serializer": A2B, "compressors": B2B}
"""zarr-python's slots, and the kind of the codecs in each of them."""

UNSPECIFIED: Final = DataType("unspecified")
"""The data type of an array of which nothing is known yet."""

OBJECT_CODECS: Final[Mapping[str, Codec]] = {
    "string": VlenUtf8(),
    "variable_length_bytes": VlenBytes(),
}
"""The array-to-bytes codec that every library chooses for data types of variable length."""

_OBJECTS: Final = frozenset({"object", *OBJECT_CODECS})
"""Data types whose elements NumPy holds as objects in v2."""


@dataclass(frozen=True, slots=True)
class SlotCodec:
    """A codec that a user put into a slot."""

    codec: Codec
    dialect: Dialect | None = None
    """The dialect that it was given in: data types inside a v3 codec have no byte order."""
    source: Any = None
    """The codec object that was given."""


@dataclass(frozen=True, slots=True)
class Slots:
    """What a user put into zarr-python's slots; made by :func:`read_slots`."""

    filters: tuple[SlotCodec, ...] = ()
    serializer: SlotCodec | None = None
    compressors: tuple[SlotCodec, ...] = ()
    auto: frozenset[str] = frozenset()
    """The slots that are left to the library."""
    notes: tuple[Note, ...] = ()

    @property
    def codecs(self) -> tuple[SlotCodec, ...]:
        """All codecs in the order in which they encode."""
        middle = () if self.serializer is None else (self.serializer,)
        return (*self.filters, *middle, *self.compressors)

    def source_of(self, codec: Codec, dialect: Dialect) -> Any:
        """The object of `dialect` that was given for `codec`; ``None`` for JSON, or if the codec was changed since."""
        for item in self.codecs:
            if item.codec == codec and item.dialect == dialect and item.source is not None:
                return item.source
        return None

    def encoding(
        self,
        dtype: DataType | None,
        order: Order = "C",
        ndim: int | None = None,
        *,
        new: bool = False,
    ) -> V2Encoding | V3Encoding:
        """The encoding that the slots mean for an array of `dtype`.

        It is a v2 encoding where v2 has all of the codecs, because v3 would have to fill in parameters that depend on
        the array. The filters of a `new` array, of which no chunk is written yet, take its byte order.

        Raises :class:`NotRepresentableError` where there is no order in which the codecs can encode.
        """
        serializer = self.serializer.codec if self.serializer is not None else None
        explicit = serializer if isinstance(serializer, Bytes) else None
        dtype = self._needed_dtype() if dtype is None else dtype
        endian = (explicit.endian if explicit is not None else None) or dtype.endian or "little"
        dtype = dtype if dtype.endian == endian else dtype.with_endian(endian)
        orderless = new or explicit is not None
        chain = [
            with_byte_order(item.codec, endian) if orderless or item.dialect == "v3" else item.codec
            for item in self.codecs
            if item.codec is not explicit
        ]
        to_bytes = [name_of(codec) for codec in chain if kind_of(codec) == A2B]
        if explicit is not None and to_bytes:
            raise InvalidCodecError.at(
                ("serializer",), f"expected one array-to-bytes codec, got bytes and {to_bytes[0]}"
            )
        if not explicit and dtype.name in OBJECT_CODECS and not self._has_object_codec():
            chain.insert(0, OBJECT_CODECS[dtype.name])
        if all(_has_v2(codec) for codec in chain) and not (explicit and dtype == UNSPECIFIED):
            return self._v2(dtype, order, chain)
        v3 = v2_to_v3(V2Encoding(dtype, order, tuple(chain)), _writing("v3", dtype, ndim))
        plain = explicit or Bytes(endian=_endian_after(v3, endian))
        codecs = tuple(plain if isinstance(codec, Bytes) else codec for codec in v3.codecs)
        return replace(v3, codecs=codecs)

    def _has_object_codec(self) -> bool:
        """Whether a codec encodes objects; `pickle` as a compressor takes bytes of the library's own codec."""
        return any(
            kind_of(item.codec) == A2B
            and not (item in self.compressors and isinstance(item.codec, Pickle))
            for item in self.codecs
        )

    def _v2(self, dtype: DataType, order: Order, chain: Sequence[Codec]) -> V2Encoding:
        """A v2 encoding in which filters stay filters: the slots of v2 say nothing of kinds.

        A codec that encodes objects is a filter in any case: zarr-python looks for it there.
        """
        last = chain[-1] if chain else None
        to_bytes = last is not None and kind_of(last) == A2B
        is_first = [kind_of(codec) for codec in chain].count(A2B) == 1
        of_objects = to_bytes and is_first and (dtype.name in _OBJECTS or _gives_objects(chain[-1]))
        lone_serializer = (
            to_bytes and self.serializer is not None and "compressors" not in self.auto
        )
        if last is not None and not of_objects and (self.compressors or lone_serializer):
            return V2Encoding(dtype, order, tuple(chain[:-1]), last)
        return V2Encoding(dtype, order, tuple(chain))

    def _needed_dtype(self) -> DataType:
        """The data type that the first codec takes; for an array of which none was given."""
        first = self.codecs[0].codec if self.codecs else None
        spec = spec_of(type(first)) if first is not None else None
        if spec is not None and spec.object_type is not None:
            return DataType(spec.object_type)
        view = viewed_dtype(first) if first is not None and kind_of(first) == A2A else None
        return view or UNSPECIFIED


def read_slots(
    *,
    filters: SlotLike = None,
    serializer: SlotLike = AUTO,
    compressors: SlotLike = AUTO,
    unknown: Unknown = "error",
) -> Slots:
    """Read what a user put into zarr-python's slots.

    Parameters
    ----------
    filters, compressors : codec, list of codecs, "auto" or None
        Each codec any codec-like input. ``None``, ``()`` and ``[]`` mean none, ``"auto"`` what the library would
        choose. As compressors ``False`` and ``True`` mean these, as in HDF5's tools.
    serializer : codec, "auto" or None
        Likewise; both ``"auto"`` and ``None`` (as v2 arrays have it) leave it to the library.
    unknown : {"error", "keep", "wrap"}
        What to do with unregistered codec names. An object of an unknown class is always kept.

    Raises
    ------
    InvalidCodecError
        A value is not a codec; ``problems`` say in which slot.
    UnknownCodecError
        No codec is registered under a name.

    Example
    -------
    >>> slots = read_slots(filters=None, compressors="blosc:zstd")
    >>> slots.compressors[0].codec.cname, sorted(slots.auto)
    ('zstd', ['serializer'])
    """
    values = {"filters": filters, "serializer": serializer, "compressors": compressors}
    if serializer is None:
        values["serializer"] = AUTO
    if isinstance(compressors, bool):
        values["compressors"] = AUTO if compressors else None
    auto = frozenset(slot for slot, value in values.items() if _is_auto(value))
    notes: list[Note] = []
    read = {
        slot: () if slot in auto else _read_slot(slot, value, _Reader(unknown, notes))
        for slot, value in values.items()
    }
    serializers, others = read["serializer"], {}
    for slot in ("filters", "compressors"):
        found, others[slot] = _split_bytes(read[slot], slot)
        serializers = (*serializers, *found)
    if len(serializers) > 1:
        raise InvalidCodecError.at(("serializer",), f"expected one codec, got {len(serializers)}")
    only = serializers[0] if serializers else None
    serializes = only is not None and kind_of(only.codec) in (A2B, None)
    return Slots(
        others["filters"],
        only,
        others["compressors"],
        (auto - {"serializer"}) if serializes else auto | {"serializer"},
        tuple(notes),
    )


def _split_bytes(
    given: tuple[SlotCodec, ...], slot: str
) -> tuple[list[SlotCodec], tuple[SlotCodec, ...]]:
    """The `bytes` codecs of a slot, which are serializers in a list of all codecs too, and the others."""
    found = [index for index, item in enumerate(given) if isinstance(item.codec, Bytes)]
    if found and any(kind_of(before.codec) != A2A for before in given[: found[0]]):
        raise InvalidCodecError.at(
            (slot, found[0]), "expected bytes before what takes bytes, not after it"
        )
    others = tuple(item for item in given if not isinstance(item.codec, Bytes))
    return [given[index] for index in found], others


def _is_auto(value: Any) -> bool:
    return isinstance(value, str) and value in (AUTO, "default")


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the codecs of all slots, and collects the notes."""

    unknown: Unknown
    notes: list[Note]

    def read(self, source: Any, slot: str, *at: int) -> SlotCodec:
        path: Path = (slot, *at)
        if source is None or isinstance(source, bool) or _is_auto(source):
            raise InvalidCodecError.at(
                path,
                f"expected a codec, got {excerpt(source)}; 'auto' alone is the library's default, None is none",
            )
        kind = SLOTS[slot]
        if isinstance(source, ObjectOfBothFormats):
            source, kind = source.source, source.kind
        if isinstance(source, Codec):
            return SlotCodec(source)
        is_object = not isinstance(source, (str, Mapping))
        ctx: ReadContext = ReadContext(unknown="keep" if is_object else self.unknown)
        dialect, payload = sources.json_of(source, path)
        codec = sources.read_json(source, payload, ctx, *path, dialect=dialect)
        self.notes.extend(ctx.notes)
        codec = with_kind(codec, kind)
        return SlotCodec(codec, dialect, source if is_object else None)


def _read_slot(slot: str, value: Any, reader: _Reader) -> tuple[SlotCodec, ...]:
    if value is None or (isinstance(value, str) and value == "none"):
        return ()
    if not isinstance(value, (list, tuple)):
        return (reader.read(value, slot),)
    return tuple(reader.read(item, slot, index) for index, item in enumerate(value))


def _endian_after(v3: V3Encoding, endian: Endian) -> Literal["little", "big"] | None:
    """The byte order of what the filters put out; those of v3 do not name it."""
    dtype: DataType | None = v3.data_type
    for codec in v3.codecs:
        if kind_of(codec) == A2A:
            dtype = output_dtype(codec, dtype)
    return endian if dtype is not None and dtype.has_order and endian != "mixed" else None


def _has_v2(codec: Codec) -> bool:
    if isinstance(codec, KeptCodec):
        return codec.dialect == "v2"
    spec = spec_of(type(codec))
    return spec is not None and any(form.written and form.readable for form in spec.v2)


def _gives_objects(codec: Codec) -> bool:
    spec = spec_of(type(codec))
    return spec is not None and spec.object_type is not None


def _writing(dialect: Dialect, dtype: DataType, ndim: int | None) -> WriteContext:
    return WriteContext(dialect=dialect, chunk=first_chunk(dtype, ndim), complete=True)


def first_chunk(
    dtype: DataType | None, ndim: int | None = None, shape: tuple[int, ...] | None = None
) -> Chunk:
    """What the first codec of an array sees, as far as the array is known."""
    return array_chunk(None if dtype == UNSPECIFIED else dtype, ndim, shape)
