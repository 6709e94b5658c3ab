"""The two encodings of an array as values: v2 ``(dtype, order, filters, compressor)``, v3 ``(data_type, codecs)``.

Sources: https://zarr-specs.readthedocs.io/en/latest/v2/v2.0.html#metadata and
https://zarr-specs.readthedocs.io/en/latest/v3/core/index.html#array-metadata.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from zarrcodec_bridge.codecs.bytes import Bytes
from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.errors import BridgeError, InvalidCodecError, Note, NotRepresentableError
from zarrcodec_bridge.core.json_values import excerpt, plain
from zarrcodec_bridge.core.model import LARGEST, MOST_AXES, Codec
from zarrcodec_bridge.core.propagation import array_chunk
from zarrcodec_bridge.core.spec import A2A, A2B, B2B, Kind
from zarrcodec_bridge.core.validity import check_as_zarr_python, check_codecs, check_kinds
from zarrcodec_bridge.dialects import read_codec, write_codecs
from zarrcodec_bridge.readers import Format, find_reader

__all__ = [
    "Order",
    "V2Encoding",
    "V3Encoding",
    "checked_axes",
    "checked_format",
    "checked_kind",
    "checked_order",
]

Order: TypeAlias = Literal["C", "F"]
"""The memory order of a v2 chunk."""


def checked_order(order: Any) -> Order:
    """The memory order that a caller passed; raises :class:`InvalidCodecError` for what is none."""
    if isinstance(order, str):  # an array would not tell whether it is equal
        if order == "C":
            return "C"
        if order == "F":
            return "F"
    raise InvalidCodecError.at(("order",), f"expected 'C' or 'F', got {excerpt(order)}")


def checked_format(zarr_format: Any) -> Literal[2, 3]:
    """The Zarr format that a caller passed; raises :class:`BridgeError` for what is none."""
    number = _whole(zarr_format, 3)
    if number == 2:
        return 2
    if number == 3:
        return 3
    raise BridgeError(f"expected zarr_format 2 or 3, got {excerpt(zarr_format)}")


def checked_kind(kind: Any) -> Kind | None:
    """The kind of codec that a caller passed, if any; raises :class:`ValueError` for what is none."""
    if kind is None:
        return None
    for known in (A2A, A2B, B2B):
        if isinstance(kind, str) and kind == known:
            return known
    raise ValueError(f"expected kind 'a2a', 'a2b' or 'b2b', got {excerpt(kind)}")


def checked_axes(ndim: Any, chunk_shape: Any = None) -> tuple[int | None, tuple[int, ...] | None]:
    """The number of axes and the chunk shape that a caller passed, as far as they are known.

    Raises :class:`InvalidCodecError` for what is none, or where the two differ.
    """
    axes = None if ndim is None else _whole(ndim, MOST_AXES)
    if axes is None and ndim is not None:
        raise InvalidCodecError.at(
            ("ndim",), f"expected a number of axes, 0 to {MOST_AXES}, got {excerpt(ndim)}"
        )
    if chunk_shape is None:
        return axes, None
    lengths = [_whole(n, LARGEST) for n in chunk_shape] if _is_list(chunk_shape) else [None]
    shape = tuple(length for length in lengths if length is not None)
    if len(shape) < len(lengths) or len(shape) > MOST_AXES:
        raise InvalidCodecError.at(
            ("chunk_shape",), f"expected a list of lengths, got {excerpt(chunk_shape)}"
        )
    if axes is not None and axes != len(shape):
        raise InvalidCodecError.at(
            ("ndim",), f"expected {len(shape)} as the chunk shape has, got {axes}"
        )
    return len(shape), shape


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def _whole(value: Any, most: int) -> int | None:
    """A whole number of any class, NumPy's among them, from 0 to `most`; ``None`` for anything else."""
    if isinstance(value, bool):
        return None
    try:
        found = operator.index(value)
    except Exception:  # foreign code
        return None
    return found if 0 <= found <= most else None


N5_RAW: Final = ({"type": "raw"}, {"id": "raw"})
"""n5's raw compression, which Java libraries write where v2 has null: https://github.com/saalfeldlab/n5-zarr/pull/4"""


@dataclass(frozen=True, slots=True)
class V2Encoding:
    """How v2 encodes a chunk. Which slot a codec is in says nothing of its kind."""

    dtype: DataType
    order: Order = "C"
    filters: tuple[Codec, ...] = ()
    compressor: Codec | None = None

    @property
    def codecs(self) -> tuple[Codec, ...]:
        """All codecs in the order in which they encode."""
        return self.filters if self.compressor is None else (*self.filters, self.compressor)

    @classmethod
    def read(
        cls, ctx: ReadContext, *, dtype: Any, order: Any, filters: Any, compressor: Any
    ) -> V2Encoding:
        """Read the members of a ``.zarray``."""
        checked = checked_order(order)
        if filters is not None and not isinstance(filters, (list, tuple)):
            raise InvalidCodecError.at(
                ("filters",), f"expected a list of codecs or null, got {excerpt(filters)}"
            )
        data_type = dtype if isinstance(dtype, DataType) else DataType.from_v2(dtype)
        if not ctx.strict and any(compressor == raw for raw in N5_RAW):
            ctx.note("compressor", f"{excerpt(compressor)} is n5's name for none, and becomes null")
            compressor = None
        return cls(
            data_type.in_memory(),
            checked,
            tuple(
                read_codec(item, ctx, "filters", index, dialect="v2")
                for index, item in enumerate(filters or ())
            ),
            None if compressor is None else read_codec(compressor, ctx, "compressor", dialect="v2"),
        )

    def write(
        self, ctx: WriteContext, ndim: int | None, shape: tuple[int, ...] | None
    ) -> dict[str, Any]:
        """The members of a ``.zarray``: `dtype`, `order`, `filters`, `compressor`."""
        written = write_codecs(self.codecs, array_chunk(self.dtype, ndim, shape), ctx)
        compressor = written.pop() if self.compressor is not None else None
        return {
            "dtype": self.dtype.to_v2(),
            "order": self.order,
            "filters": written or None,
            "compressor": compressor,
        }


class AsRead(NamedTuple):
    """A chain as it was read, which is written so again."""

    codecs: list[Any]
    """The JSON."""
    notes: tuple[Note, ...]
    """What there is to say where the chain is written otherwise."""


@dataclass(frozen=True, slots=True)
class V3Encoding:
    """How v3 encodes a chunk: array-to-array codecs, one array-to-bytes codec, bytes-to-bytes codecs."""

    data_type: DataType
    codecs: tuple[Codec, ...] = ()
    as_read: AsRead | None = dataclass_field(default=None, compare=False, repr=False)
    """The JSON of virtual-tiff's codecs, which opens nothing else."""

    @classmethod
    def read(
        cls,
        ctx: ReadContext,
        *,
        data_type: Any,
        codecs: Any,
        ndim: int | None = None,
        shape: tuple[int, ...] | None = None,
    ) -> V3Encoding:
        """Read the members of a ``zarr.json``, whose chunks have that many axes and that shape, where known."""
        if not isinstance(codecs, (list, tuple)):
            raise InvalidCodecError.at(
                ("codecs",), f"expected a list of codecs, got {excerpt(codecs)}"
            )
        dtype = data_type if isinstance(data_type, DataType) else DataType.from_v3(data_type)
        said = len(ctx.notes)
        chain = tuple(
            read_codec(item, ctx, "codecs", index, dialect="v3")
            for index, item in enumerate(codecs)
        )
        check_codecs(chain, array_chunk(dtype, ndim, shape))
        if any("imagecodecs" in type(codec).__module__ for codec in chain):
            from zarrcodec_bridge.translation.imagecodecs_chains import (
                is_of_virtual_tiff,
                normalised,
            )

            plainly = all(type(item) is dict for item in codecs)
            kept = plainly and is_of_virtual_tiff(codecs, chain)
            chain = normalised(chain, dtype, ctx)
            if kept:
                notes = tuple(ctx.notes[said:])
                del ctx.notes[said:]
                return cls(dtype, chain, AsRead(plain(codecs), notes))
        if dtype.fields and dtype.has_order and chain[:1] == (Bytes(),):
            ctx.note("bytes", "without endian on a struct is little, as zarr-python reads it")
            chain = (Bytes(endian="little"), *chain[1:])
        return cls(dtype, chain)

    def write(
        self, ctx: WriteContext, ndim: int | None, shape: tuple[int, ...] | None
    ) -> dict[str, Any]:
        """The members of a ``zarr.json``: `data_type`, `codecs`."""
        check_kinds(self.codecs, "v3")
        if self.as_read is not None and ctx.target == "spec":
            return {"data_type": self._data_type(ctx.target), "codecs": plain(self.as_read.codecs)}
        array = array_chunk(self.data_type, ndim, shape)
        if ctx.target == "zarr-python":
            check_as_zarr_python(self.codecs, array)
        return {
            "data_type": self._data_type(ctx.target),
            "codecs": write_codecs(self.codecs, array, ctx),
        }

    def _data_type(self, target_name: str) -> Any:
        found = self.data_type
        reader = find_reader(target_name)
        if reader is None:
            return found.to_v3()
        unopened = _unopened(found, reader.v3.data_types, reader.v3)
        if unopened is not None:
            raise NotRepresentableError(
                "v3", f"data type {unopened}", f"{target_name} does not open it"
            )
        if found.name in reader.swapped_wrong and Bytes(endian="big") in self.codecs:
            raise NotRepresentableError(
                "v3",
                f"data type {found.name}",
                f"{target_name} decodes big-endian ones wrong in chunks that the array covers in part",
            )
        if reader.v3.raw_bits and found.name == "raw_bytes" and found.itemsize:
            return f"r{found.itemsize * 8}"
        return reader.v3.renamed.get(found.name) or found.to_v3()


def _unopened(dtype: DataType, opened: frozenset[str] | None, reader: Format) -> str | None:
    """The first data type in `dtype` that is not among those `opened`."""
    if opened is None:
        return None
    if dtype.name not in opened:
        return dtype.name
    if 0 < len(dtype.fields) < reader.fewest_fields:
        return f"{dtype.name} of a single field"
    inner = opened if reader.field_types is None else reader.field_types
    for field in dtype.fields:
        found = _unopened(field.dtype, inner, reader)
        if found is not None:
            return f"{found} of field {field.name!r}"
    return None
