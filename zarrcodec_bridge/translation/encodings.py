"""The two encodings of an array as values: v2 ``(dtype, order, filters, compressor)``, v3 ``(data_type, codecs)``.

Sources: https://zarr-specs.readthedocs.io/en/latest/v2/v2.0.html#metadata and
https://zarr-specs.readthedocs.io/en/latest/v3/core/index.html#array-metadata.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, NamedTuple, ParamSpec, TypeVar, cast

from zarrcodec_bridge.codecs.bytes import Bytes
from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.data_types import DataType, DTypeLike, read_dtype
from zarrcodec_bridge.core.errors import BridgeError, InvalidCodecError, Note
from zarrcodec_bridge.core.json_values import copy_json
from zarrcodec_bridge.core.messages import Message, excerpt
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.options import Order, read_order
from zarrcodec_bridge.core.propagation import array_chunk
from zarrcodec_bridge.core.validity import check_codecs, check_kinds
from zarrcodec_bridge.dialects import read_codec, write_codecs
from zarrcodec_bridge.readers import find_readers

if TYPE_CHECKING:
    from zarrcodec_bridge.readers.reader import Reader

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
        checked = read_order(order)
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
        found = {
            "dtype": self.dtype.to_v2(),
            "order": self.order,
            "filters": written or None,
            "compressor": compressor,
        }
        check_target_opens(found, ctx, ndim)
        return found


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
                normalize_chain,
            )

            plainly = all(type(item) is dict for item in codecs)
            kept = plainly and is_of_virtual_tiff(codecs, chain)
            chain = normalize_chain(chain, dtype, ctx)
            if kept:
                notes = tuple(ctx.notes[said:])
                del ctx.notes[said:]
                return cls(dtype, chain, AsRead(copy_json(codecs), notes))
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
            return {"data_type": self.data_type.to_v3(), "codecs": copy_json(self.as_read.codecs)}
        array = array_chunk(self.data_type, ndim, shape)
        readers = find_readers(ctx.target)
        found = {
            "data_type": _spell_type(self.data_type, readers),
            "codecs": write_codecs(self.codecs, array, ctx),
        }
        if readers:
            from zarrcodec_bridge.readers.refusals import check_array

            check_target_opens(found, ctx, ndim)
            for reader in readers:
                check_array(reader, self.codecs, array)
        return found


def _spell_type(data_type: DataType, readers: Sequence[Reader]) -> Any:
    """Write a data type as all the readers know it, or else as one of them does."""
    if not readers:
        return data_type.to_v3()
    from zarrcodec_bridge.readers.checks import encoding_problems

    spellings = [reader.v3.spell(data_type) for reader in readers]
    for spelled in spellings:
        problems = (encoding_problems(reader, {"data_type": spelled}) for reader in readers)
        if not any(True for found in problems for _ in found):
            return spelled
    return spellings[0]


def check_target_opens(encoding: dict[str, Any], ctx: WriteContext, ndim: int | None) -> None:
    """Raise :class:`NotRepresentableError` for what the target refuses, or reads wrong, in an encoding."""
    readers = find_readers(ctx.target)
    if readers:
        from zarrcodec_bridge.readers.checks import encoding_problems
        from zarrcodec_bridge.readers.refusals import first_refusal

        first_refusal(
            readers,
            ctx.dialect,
            lambda reader: encoding_problems(
                reader, encoding, ndim=ndim, keep=ctx.unknown != "error"
            ),
        )


def v2_dtype(dtype: DTypeLike) -> DataType:
    """The data type of a v2 array in any spelling; texts and bytes of variable length are objects there."""
    if isinstance(dtype, DataType):
        return dtype
    found = read_dtype(dtype).in_memory()
    return DataType("object") if found.name in ("string", "variable_length_bytes") else found


_P = ParamSpec("_P")
_T = TypeVar("_T")


def takes_members(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """Make a class method that takes keywords alone refuse a whole document, and shorten its tracebacks."""

    @wraps(function)
    def call(*args: Any, **members: Any) -> Any:
        if len(args) > 1:
            from zarrcodec_bridge.dialects.inputs import describe_input  # only errors need it

            found = describe_input(args[1]) or excerpt(args[1])
            raise InvalidCodecError.at(
                (), Message("expected the members of a document as keywords, got ", found)
            )
        try:
            return cast(Any, function)(*args, **members)
        except BridgeError as error:
            error.__traceback__ = None
            raise

    return cast("Callable[_P, _T]", call)
