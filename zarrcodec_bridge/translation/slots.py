"""zarr-python's slots to an encoding and back: `filters`, `serializer`, `compressors`, and v2's `compressor`.

A slot takes any holder of a codec, or a list of them, ``"auto"`` (what the library itself would choose) or nothing.
Which slot a codec was given in decides only where its kind is not known: a `shuffle` among the filters is a
bytes-to-bytes codec, `pcodec` as the compressor an array-to-bytes one. Their order is kept, or it is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from zarrcodec_bridge.codecs.bytes import Bytes
from zarrcodec_bridge.codecs.pickle import Pickle
from zarrcodec_bridge.codecs.transpose import Transpose
from zarrcodec_bridge.codecs.vlen_bytes import VlenBytes
from zarrcodec_bridge.codecs.vlen_utf8 import VlenUtf8
from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.data_types import DataType, Endian, array_dtype
from zarrcodec_bridge.core.errors import (
    InvalidCodecError,
    MissingContextError,
    Note,
    NotRepresentableError,
)
from zarrcodec_bridge.core.json_values import Path, copy_json
from zarrcodec_bridge.core.messages import excerpt
from zarrcodec_bridge.core.model import Codec, KeptCodec
from zarrcodec_bridge.core.options import Order, Unknown, read_order
from zarrcodec_bridge.core.propagation import (
    array_chunk,
    kind_of,
    name_of,
    output_chunk,
    output_dtype,
    resolve_parameters,
    viewed_dtype,
    with_byte_order,
)
from zarrcodec_bridge.core.registry import spec_of
from zarrcodec_bridge.core.spec import A2A, A2B, B2B, Chunk, Dialect, Kind
from zarrcodec_bridge.core.validity import check_as_zarr_python
from zarrcodec_bridge.dialects import read_codec, sources
from zarrcodec_bridge.translation.encodings import V2Encoding, V3Encoding
from zarrcodec_bridge.translation.v2_to_v3 import v2_to_v3
from zarrcodec_bridge.translation.v3_to_v2 import v3_to_v2
from zarrcodec_bridge.translation.value_checks import check_orders

__all__ = [
    "AUTO",
    "SLOTS",
    "UNSPECIFIED",
    "ArrayEncoding",
    "Held",
    "Placed",
    "Slots",
    "V2Slots",
    "V3Slots",
    "array_encoding",
    "encoding_from_slots",
    "first_chunk",
    "read_slots",
    "v2_slots",
    "v3_slots",
    "zarr_python_context",
]

AUTO: Final = "auto"
"""Left to the library; ``"default"`` is how zarr-python 2 calls it."""

SLOTS: Final[Mapping[str, Kind]] = {"filters": A2A, "serializer": A2B, "compressors": B2B}
"""zarr-python's slots, and the kind of what each of them is for."""

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
class Held:
    """A codec that stood in a slot."""

    codec: Codec
    dialect: Dialect | None = None
    """How its holder spells it: data types inside a v3 codec have no byte order."""
    source: Any = None
    """The codec object that it came as."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A codec in the slot where it belongs, and what reaches it there."""

    codec: Codec
    sees: Chunk


@dataclass(frozen=True, slots=True)
class V3Slots:
    """The slots of a v3 array, everything settled that the array can settle."""

    data_type: DataType
    filters: tuple[Placed, ...]
    serializer: Placed
    compressors: tuple[Placed, ...]

    @property
    def gains_order(self) -> bool:
        """Whether the filters make elements with a byte order of such that have none.

        zarr-python chooses `bytes` for the elements of the array, and fails where `endian` is then missing.
        """
        seen = self.serializer.sees.dtype
        return seen is not None and seen.has_order and not self.data_type.has_order


@dataclass(frozen=True, slots=True)
class V2Slots:
    """The slots of a v2 array."""

    dtype: DataType
    order: Order
    filters: tuple[Placed, ...]
    compressor: Placed | None

    @property
    def placed(self) -> tuple[Placed, ...]:
        """All codecs in the order in which they encode."""
        return self.filters if self.compressor is None else (*self.filters, self.compressor)


@dataclass(frozen=True, slots=True)
class ArrayEncoding:
    """How an open array encodes its chunks."""

    encoding: V2Encoding | V3Encoding
    chunk_shape: tuple[int, ...] | None
    """The shape of what is encoded at once: of a shard, where there are shards."""
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Slots:
    """What stood in zarr-python's slots; made by :func:`read_slots`."""

    filters: tuple[Held, ...] = ()
    serializer: Held | None = None
    compressors: tuple[Held, ...] = ()
    auto: frozenset[str] = frozenset()
    """The slots that are left to the library."""
    notes: tuple[Note, ...] = ()

    @property
    def held(self) -> tuple[Held, ...]:
        """All codecs in the order in which they encode."""
        middle = () if self.serializer is None else (self.serializer,)
        return (*self.filters, *middle, *self.compressors)

    def source_of(self, codec: Codec, dialect: Dialect) -> Any:
        """The object of `dialect` that `codec` came as; ``None`` if it came otherwise or was changed since."""
        for held in self.held:
            if held.codec == codec and held.dialect == dialect and held.source is not None:
                return held.source
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

        It is v2's where v2 has all of the codecs, because v2 leaves open what v3 would have to settle. The filters of
        a `new` array, of which no chunk is written yet, take its byte order.

        Raises :class:`NotRepresentableError` where there is no order in which the codecs can encode.
        """
        serializer = self.serializer.codec if self.serializer is not None else None
        explicit = serializer if isinstance(serializer, Bytes) else None
        dtype = self._implied() if dtype is None else dtype
        endian = (explicit.endian if explicit is not None else None) or dtype.endian or "little"
        dtype = dtype if dtype.endian == endian else dtype.with_endian(endian)
        orderless = new or explicit is not None
        chain = [
            with_byte_order(held.codec, endian) if orderless or held.dialect == "v3" else held.codec
            for held in self.held
            if held.codec is not explicit
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
        """Whether a codec takes the objects; `pickle` as a compressor takes the bytes that the library's own gives."""
        return any(
            kind_of(held.codec) == A2B
            and not (held in self.compressors and isinstance(held.codec, Pickle))
            for held in self.held
        )

    def _v2(self, dtype: DataType, order: Order, chain: Sequence[Codec]) -> V2Encoding:
        """Keep what was given as filters there: the slots of v2 say nothing of kinds.

        What encodes objects is a filter in any case: zarr-python looks for it there.
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

    def _implied(self) -> DataType:
        """The data type for which the first codec takes its input, where none was given."""
        first = self.held[0].codec if self.held else None
        spec = spec_of(type(first)) if first is not None else None
        if spec is not None and spec.object_type is not None:
            return DataType(spec.object_type)
        view = viewed_dtype(first) if first is not None and kind_of(first) == A2A else None
        return view or UNSPECIFIED


def read_slots(
    *,
    filters: Any = None,
    serializer: Any = AUTO,
    compressors: Any = AUTO,
    unknown: Unknown = "error",
) -> Slots:
    """Read what a user put into zarr-python's slots.

    Parameters
    ----------
    filters, compressors : codec, list of codecs, "auto" or None
        Each codec in any holder. ``None``, ``()`` and ``[]`` mean none, ``"auto"`` what the library would choose.
        As compressors ``False`` and ``True`` mean these, as in HDF5's tools and those of its converts.
    serializer : codec, "auto" or None
        Likewise; both ``"auto"`` and ``None`` (as v2 arrays have it) leave it to the library.
    unknown : {"error", "keep", "wrap"}
        What to do with names that no codec has. An object of an unknown class is always kept.

    Raises
    ------
    InvalidCodecError
        A value holds no codec; ``problems`` say in which slot.
    UnknownCodecError
        No codec has this name.

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
        found, others[slot] = _without_bytes(read[slot], slot)
        serializers = (*serializers, *found)
    if len(serializers) > 1:
        raise InvalidCodecError.at(("serializer",), f"expected one codec, got {len(serializers)}")
    serializer = serializers[0] if serializers else None
    serializes = serializer is not None and kind_of(serializer.codec) in (A2B, None)
    return Slots(
        others["filters"],
        serializer,
        others["compressors"],
        (auto - {"serializer"}) if serializes else auto | {"serializer"},
        tuple(notes),
    )


def _without_bytes(held: tuple[Held, ...], slot: str) -> tuple[list[Held], tuple[Held, ...]]:
    """`bytes` in another slot, as in a list of all codecs, is the serializer that it is anywhere."""
    found = [index for index, item in enumerate(held) if isinstance(item.codec, Bytes)]
    if found and any(kind_of(before.codec) != A2A for before in held[: found[0]]):
        raise InvalidCodecError.at(
            (slot, found[0]), "expected bytes before what takes bytes, not after it"
        )
    others = tuple(item for item in held if not isinstance(item.codec, Bytes))
    return [held[index] for index in found], others


def _is_auto(value: Any) -> bool:
    return isinstance(value, str) and value in (AUTO, "default")


@dataclass(frozen=True, slots=True)
class _Reader:
    unknown: Unknown
    notes: list[Note]

    def hold(self, source: Any, slot: str, *at: int) -> Held:
        path: Path = (slot, *at)
        if source is None or isinstance(source, bool) or _is_auto(source):
            raise InvalidCodecError.at(
                path,
                f"expected a codec, got {excerpt(source)}; 'auto' alone is the library's default, None is none",
            )
        if isinstance(source, Codec):
            return Held(source)
        is_object = not isinstance(source, (str, Mapping))
        ctx: ReadContext = ReadContext(unknown="keep" if is_object else self.unknown)
        dialect, payload = sources.payload_of(source, path)
        codec = read_codec(payload, ctx, *path, dialect=dialect)
        self.notes.extend(ctx.notes)
        if isinstance(codec, KeptCodec) and codec.kind is None:
            codec = codec.model_copy(update={"kind": SLOTS[slot]})
        return Held(codec, dialect, source if is_object else None)


def _read_slot(slot: str, value: Any, reader: _Reader) -> tuple[Held, ...]:
    if value is None or (isinstance(value, str) and value == "none"):
        return ()
    if not isinstance(value, (list, tuple)):
        return (reader.hold(value, slot),)
    return tuple(reader.hold(item, slot, index) for index, item in enumerate(value))


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


def zarr_python_context(
    dialect: Dialect,
    dtype: DataType | None,
    ndim: int | None = None,
    shape: tuple[int, ...] | None = None,
    *,
    unknown: Unknown = "keep",
) -> WriteContext:
    """Where the codecs of an array are written for zarr-python, as far as the array is known."""
    return WriteContext(
        dialect=dialect,
        target="zarr-python",
        chunk=first_chunk(dtype, ndim, shape),
        unknown=unknown,
        complete=dtype is not None,
    )


def encoding_from_slots(
    *,
    dtype: Any,
    filters: Any = (),
    serializer: Any = AUTO,
    compressors: Any = AUTO,
    order: str = "C",
    ndim: int | None = None,
    unknown: Unknown = "error",
) -> tuple[V2Encoding | V3Encoding, frozenset[str]]:
    """The encoding that zarr-python's slots mean, and the slots that were left to the library.

    Parameters are those of :func:`read_slots`, and of the array: its data type in any spelling, the memory order of
    a chunk, the number of axes.

    Example
    -------
    >>> encoding, auto = encoding_from_slots(dtype="<i4", filters=[{"id": "shuffle", "elementsize": 4}],
    ...                                      compressors="gzip")
    >>> type(encoding.filters[0]).__name__, type(encoding.compressor).__name__, sorted(auto)
    ('Shuffle', 'Gzip', ['serializer'])
    """
    checked = read_order(order)
    slots = read_slots(
        filters=filters, serializer=serializer, compressors=compressors, unknown=unknown
    )
    return slots.encoding(array_dtype(dtype), checked, ndim), slots.auto


def v3_slots(
    encoding: V2Encoding | V3Encoding, ctx: WriteContext, shape: tuple[int, ...] | None = None
) -> V3Slots:
    """The slots of a v3 array that encodes so.

    Raises :class:`NotRepresentableError` where v3 has no such encoding.
    """
    v3 = encoding if isinstance(encoding, V3Encoding) else v2_to_v3(encoding, ctx)
    check_orders(v3.codecs, ctx)
    chunk = first_chunk(v3.data_type, ctx.chunk.ndim, shape)
    placed = _placed(v3.codecs, chunk)
    check_as_zarr_python([item.codec for item in placed], chunk)
    kinds = [kind_of(item.codec) for item in placed]
    if kinds.count(A2B) != 1:
        raise NotRepresentableError(
            "v3", "codecs", f"expected one array-to-bytes codec, got {kinds.count(A2B)}"
        )
    at = kinds.index(A2B)
    return V3Slots(v3.data_type, placed[:at], placed[at], placed[at + 1 :])


def v2_slots(
    encoding: V2Encoding | V3Encoding, ctx: WriteContext, shape: tuple[int, ...] | None = None
) -> V2Slots:
    """The slots of a v2 array that encodes so.

    Raises :class:`NotRepresentableError` where v2 has no such encoding.
    """
    if isinstance(encoding, V3Encoding) and encoding.data_type == UNSPECIFIED:
        raise MissingContextError(
            "v2", "the array", "v2 keeps in it what these codecs say of the elements", ["dtype"]
        )
    v2 = encoding if isinstance(encoding, V2Encoding) else v3_to_v2(encoding, ctx)
    chunk = first_chunk(v2.dtype, ctx.chunk.ndim, shape)
    placed: list[Placed] = []
    for codec in v2.codecs:
        placed.append(Placed(codec, chunk))
        chunk = output_chunk(codec, chunk)
    compressor = placed.pop() if v2.compressor is not None else None
    return V2Slots(v2.dtype, v2.order, tuple(placed), compressor)


def _placed(codecs: Sequence[Codec], chunk: Chunk) -> tuple[Placed, ...]:
    placed: list[Placed] = []
    if chunk.ndim is not None:
        codecs = [_with_axes(codec, chunk.ndim) for codec in codecs]
    for codec in resolve_parameters(codecs, chunk):
        placed.append(Placed(codec, chunk))
        chunk = output_chunk(codec, chunk)
    return tuple(placed)


def _with_axes(codec: Codec, ndim: int) -> Codec:
    """Axes by number: "C" and "F" are how v3 spelled them before it was final."""
    if not isinstance(codec, Transpose) or isinstance(codec.order, tuple):
        return codec
    axes = tuple(range(ndim))
    return codec.model_copy(update={"order": axes[::-1] if codec.order == "F" else axes})


def array_encoding(array: Any) -> ArrayEncoding:
    """How an open array encodes its chunks.

    Parameters
    ----------
    array : zarr.Array
        Of zarr-python 2 or 3, in either format; anything else with its public attributes.

    Raises
    ------
    InvalidCodecError
        It is no such array.

    Example
    -------
    >>> class Opened:
    ...     dtype, order, chunks, filters, compressor = "<i4", "C", (10,), None, {"id": "zlib", "level": 1}
    >>> type(array_encoding(Opened).encoding.compressor).__name__
    'Zlib'
    """
    metadata: Any = getattr(array, "metadata", None)
    if callable(getattr(metadata, "to_dict", None)):
        members: dict[str, Any] = metadata.to_dict()
        if "codecs" in members:
            return _v3_array(members)
        if "compressor" in members:
            return _v2_array(members)
    if all(hasattr(array, name) for name in ("dtype", "order", "filters", "compressor")):
        names = ("dtype", "order", "filters", "compressor", "chunks")
        return _v2_array({name: getattr(array, name, None) for name in names})
    raise InvalidCodecError.at(
        (), f"expected an open zarr array, got {type(array).__name__}", "not an array"
    )


def _v2_array(members: dict[str, Any]) -> ArrayEncoding:
    ctx = ReadContext(dialect="v2", unknown="keep")
    compressor, dtype = members["compressor"], members["dtype"]
    encoding = V2Encoding.read(
        ctx,
        dtype=array_dtype(copy_json(dtype) if isinstance(dtype, (list, tuple)) else dtype),
        order=members["order"],
        filters=[_said(codec) for codec in members["filters"] or ()],
        compressor=None if compressor is None else _said(compressor),
    )
    return ArrayEncoding(encoding, _chunk_shape(members.get("chunks")), tuple(ctx.notes))


def _v3_array(members: dict[str, Any]) -> ArrayEncoding:
    ctx = ReadContext(dialect="v3", unknown="keep")
    data_type = members["data_type"]
    encoding = V3Encoding.read(
        ctx,
        data_type=copy_json(getattr(data_type, "value", data_type)),  # an enumeration in 3.0
        codecs=[_said(codec) for codec in members["codecs"]],
    )
    grid: Any = members.get("chunk_grid")
    shape = grid.get("configuration", {}).get("chunk_shape") if isinstance(grid, dict) else None
    return ArrayEncoding(_with_kinds(encoding), _chunk_shape(shape), tuple(ctx.notes))


def _said(codec: Any) -> Any:
    return copy_json(sources.payload_of(codec)[1])


def _chunk_shape(shape: Any) -> tuple[int, ...] | None:
    """The shape of a chunk; rectilinear grids have none."""
    if isinstance(shape, (list, tuple)) and all(isinstance(length, int) for length in shape):
        return tuple(shape)
    return None


def _with_kinds(v3: V3Encoding) -> V3Encoding:
    """What no definition describes stands before or after the array-to-bytes codec, which tells its kind."""
    kinds = [kind_of(codec) for codec in v3.codecs]
    if A2B not in kinds:
        return v3
    at = kinds.index(A2B)
    codecs = tuple(
        codec.model_copy(update={"kind": A2A if index < at else B2B})
        if isinstance(codec, KeptCodec) and codec.kind is None
        else codec
        for index, codec in enumerate(v3.codecs)
    )
    return replace(v3, codecs=codecs)
