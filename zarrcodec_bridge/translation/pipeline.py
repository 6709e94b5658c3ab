"""A whole encoding in one value: made from either format, written as either, or refused with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from zarrcodec_bridge.core.cache import Cache, is_exact, key_of
from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.data_types import DataType, DTypeLike, array_dtype, read_data_type
from zarrcodec_bridge.core.errors import (
    BridgeError,
    Loss,
    MissingContextError,
    Note,
    NotRepresentableError,
    shorten_tracebacks,
)
from zarrcodec_bridge.core.messages import Displayed, Row
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.options import (
    OnLoss,
    Options,
    Order,
    Unknown,
    check_dialect,
    read_axes,
    read_order,
)
from zarrcodec_bridge.core.propagation import array_chunk
from zarrcodec_bridge.core.spec import Dialect
from zarrcodec_bridge.core.validity import check_codecs
from zarrcodec_bridge.dialects import sources
from zarrcodec_bridge.readers import READERS, TargetName
from zarrcodec_bridge.translation.chains import canonical_encoding, portable_encoding, walk_codecs
from zarrcodec_bridge.translation.encodings import V2Encoding, V3Encoding, takes_members, v2_dtype
from zarrcodec_bridge.translation.options import Translation, make_options, report_losses
from zarrcodec_bridge.translation.pipeline_rows import pipeline_rows
from zarrcodec_bridge.translation.v2_to_v3 import v2_to_v3
from zarrcodec_bridge.translation.v3_to_v2 import v3_to_v2
from zarrcodec_bridge.translation.value_checks import check_orders

__all__ = ["Pipeline", "read_v2", "read_v3"]

Written: TypeAlias = tuple[dict[str, Any], tuple[Note, ...], tuple[Loss, ...]]
"""The members of a document, the notes and the losses."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Pipeline(Displayed):
    """How an array's chunks are encoded: data type and codecs, from and to either format.

    Made by :meth:`from_metadata`, :meth:`from_v2`, :meth:`from_v3` or :meth:`from_slots`. Frozen, hashable and
    picklable; two pipelines are equal if they mean the same data type and codecs, whichever format they came from.

    Example
    -------
    >>> pipeline = Pipeline.from_v2(dtype="<i4", filters=[{"id": "shuffle", "elementsize": 4}],
    ...                             compressor={"id": "zlib", "level": 1})
    >>> [codec["name"] for codec in pipeline.to_v3()["codecs"]]
    ['bytes', 'numcodecs.shuffle', 'numcodecs.zlib']
    """

    encoding: V2Encoding | V3Encoding
    """The encoding that it was made from."""
    ndim: int | None = None
    """The number of axes of a chunk, where known."""
    chunk_shape: tuple[int, ...] | None = None
    """The shape of a chunk in elements, where known."""
    notes: tuple[Note, ...] = ()
    """What was normalised when it was read."""
    auto: frozenset[str] = frozenset()
    """Which of zarr-python's slots are left to whoever creates the array: ``"serializer"``, ``"compressors"``."""

    @classmethod
    @takes_members
    def from_v2(
        cls,
        *,
        dtype: DTypeLike,
        filters: Any = None,
        compressor: Any = None,
        order: str = "C",
        ndim: int | None = None,
        chunk_shape: Sequence[int] | None = None,
        unknown: Unknown = "error",
        strict: bool = False,
    ) -> Pipeline:
        """Read the encoding members of a ``.zarray``.

        Parameters
        ----------
        dtype : str or list
            The v2 data type (``"<f4"``, a list of fields); a NumPy ``dtype`` is read too.
        filters : list of codecs or None
            Each a v2 configuration, or any other codec-like input.
        compressor : codec or None
            Likewise.
        order : {"C", "F"}
            The memory order of a chunk.
        ndim : int, optional
            The number of axes; needed to write order "F" as v3.
        chunk_shape : sequence of int, optional
            The shape of a chunk in elements; gives `ndim`, and some codecs need it.
        unknown : {"error", "keep", "wrap"}
            What to do with unregistered codec names.
        strict : bool
            Refuse keys that other writers are known to leave, instead of dropping them with a note.

        Raises
        ------
        InvalidCodecError, UnknownCodecError
            A member is malformed (``problems`` say where), or a codec is not known.
        """
        ndim, shape = read_axes(ndim, chunk_shape)
        return _recall(read_v2, dtype, filters, compressor, order, ndim, shape, unknown, strict)

    @classmethod
    @takes_members
    def from_v3(
        cls,
        *,
        data_type: DTypeLike,
        codecs: Any,
        ndim: int | None = None,
        chunk_shape: Sequence[int] | None = None,
        unknown: Unknown = "error",
        strict: bool = False,
    ) -> Pipeline:
        """Read the encoding members of a ``zarr.json``.

        Parameters
        ----------
        data_type : str or dict
            The v3 data type.
        codecs : list of codecs
            Each a v3 codec object or bare name, or any other codec-like input.
        ndim, chunk_shape, unknown, strict
            As in :meth:`from_v2`; the chunk shape tells whether a `transpose` moves only axes of length 1.

        Raises
        ------
        InvalidCodecError, UnknownCodecError
            A member is malformed (``problems`` say where), or a codec is not known.
        """
        ndim, shape = read_axes(ndim, chunk_shape)
        return _recall(read_v3, data_type, codecs, ndim, shape, unknown, strict)

    @classmethod
    @shorten_tracebacks
    def from_slots(
        cls,
        *,
        dtype: DTypeLike,
        filters: Any = (),
        serializer: Any = "auto",
        compressors: Any = "auto",
        order: Order = "C",
        ndim: int | None = None,
        chunk_shape: Sequence[int] | None = None,
        unknown: Unknown = "error",
    ) -> Pipeline:
        """Read zarr-python's slots, each value any codec-like input.

        Parameters
        ----------
        dtype : str, list, dict or dtype
            The data type of the array, in any spelling.
        filters, serializer, compressors : codec, list of codecs, "auto" or None
            As `zarr.create_array` takes them, but in either dialect and from any library; a codec in another slot
            than its kind has moves to that one. "auto" stays open, None and ``()`` mean none.
        order : {"C", "F"}
            The memory order of a chunk.
        ndim, chunk_shape, unknown
            As in :meth:`from_v2`.

        Raises
        ------
        InvalidCodecError, UnknownCodecError, NotRepresentableError
            A value cannot be read, or the codecs do not make one chain.

        Example
        -------
        >>> slots = Pipeline.from_slots(dtype="<i4", filters=[{"id": "shuffle"}], compressors="zlib")
        >>> [codec["name"] for codec in slots.to_v3()["codecs"]]
        ['bytes', 'numcodecs.shuffle', 'numcodecs.zlib']
        """
        from zarrcodec_bridge.translation.slots import read_slots

        checked = read_order(order)
        slots = read_slots(
            filters=filters, serializer=serializer, compressors=compressors, unknown=unknown
        )
        ndim, shape = read_axes(ndim, chunk_shape)
        encoding = slots.encoding(array_dtype(dtype), checked, ndim)
        if isinstance(encoding, V3Encoding):
            check_codecs(encoding.codecs, array_chunk(encoding.data_type, ndim, shape))
        return cls(encoding, ndim, shape, slots.notes, slots.auto)

    @classmethod
    @shorten_tracebacks
    def from_array(cls, array: Any) -> Pipeline:
        """Read the encoding of an open zarr array, of zarr-python 2 or 3 and in either format.

        Parameters
        ----------
        array : zarr.Array
            Read through its public attributes alone.

        Raises
        ------
        InvalidCodecError, UnknownCodecError
            Its codecs cannot be read.
        """
        from zarrcodec_bridge.translation.open_arrays import array_encoding

        found = array_encoding(array)
        shape = found.chunk_shape
        ndim = None if shape is None else len(shape)
        return cls(found.encoding, ndim, shape, found.notes)

    @classmethod
    @shorten_tracebacks
    def from_metadata(
        cls, document: Any, *, unknown: Unknown = "error", strict: bool = False
    ) -> Pipeline:
        """Read the encoding of a whole ``.zarray`` or ``zarr.json``, or of zarr-python's object of either.

        Parameters
        ----------
        document : dict, metadata object, or zarr.Array
            Unknown codecs of an object are kept.
        unknown, strict
            As in :meth:`from_v2`.

        Raises
        ------
        InvalidCodecError, UnknownCodecError, NotRepresentableError
            It is not the document of one array, or its codecs cannot be read.
        """
        from zarrcodec_bridge.translation.encoding_members import encoding_keywords

        found = encoding_keywords(document)
        if found is None:
            return cls.from_array(document)
        read = cls.from_v2 if found[0] == "v2" else cls.from_v3
        return read(**found[1], unknown=unknown, strict=strict)

    @property
    def codecs(self) -> tuple[Codec, ...]:
        """The codecs in the order in which they encode: v3's where there is a v3 form, else v2's."""
        if isinstance(self.encoding, V3Encoding):
            return self.encoding.codecs
        try:
            return self._v3(self._writing("v3")).codecs
        except NotRepresentableError:
            return self.encoding.codecs

    def walk(self) -> Iterator[Codec]:
        """The codecs, and those nested in them, outermost first.

        Example
        -------
        >>> inner = [{"name": "bytes", "configuration": {"endian": "little"}}]
        >>> shard = {"name": "sharding_indexed", "configuration": {
        ...     "chunk_shape": [4], "codecs": inner, "index_codecs": inner}}
        >>> [type(codec).__name__ for codec in Pipeline.from_v3(data_type="int32", codecs=[shard]).walk()]
        ['ShardingIndexed', 'Bytes', 'Bytes']
        """
        return walk_codecs(self.codecs)

    def readers(self) -> tuple[str, ...]:
        """The implementations that open it as v3: those for which :meth:`to_v3` writes it without another loss."""
        names = []
        plain: Translation | None = None
        with suppress(BridgeError):
            plain = self.translate("v3", on_loss="ignore")
        for target in READERS:
            with suppress(BridgeError):
                done = self.translate("v3", target=target, on_loss="ignore")
                if not done.losses_beyond(plain):
                    names.append(target)
        return tuple(names)

    @shorten_tracebacks
    def to_v2(
        self,
        target: TargetName = "spec",
        *,
        on_loss: OnLoss = "error",
        unknown: Unknown = "error",
        portable: bool = False,
    ) -> dict[str, Any]:
        """Write it as v2: ``{"dtype", "order", "filters", "compressor"}``.

        Parameters
        ----------
        target, on_loss, unknown, portable
            As in :func:`translate`.

        Raises
        ------
        NotRepresentableError
            v2, or the target, cannot say it, or existing chunks would decode to something else.
        LossError
            Later writes would differ in value, and `on_loss` is "error".
        """
        return self.translate(
            "v2", target=target, on_loss=on_loss, unknown=unknown, portable=portable
        ).result

    @shorten_tracebacks
    def to_v3(
        self,
        target: TargetName = "spec",
        *,
        on_loss: OnLoss = "error",
        unknown: Unknown = "error",
        portable: bool = False,
    ) -> dict[str, Any]:
        """Write it as v3: ``{"data_type", "codecs"}``.

        Parameters
        ----------
        target : str or tuple of str
            The readers that are to open it, as in :func:`translate`; "spec" prefers registered names.
        on_loss, unknown, portable
            As in :meth:`to_v2`; ``unknown="wrap"`` writes ``any-numcodecs.*`` for what has no v3 name.

        Raises
        ------
        NotRepresentableError
            v3, or the target, cannot say it, or existing chunks would decode to something else.
        MissingContextError
            It depends on `ndim` or `chunk_shape`, which were not given.
        LossError
            Later writes would differ in value, and `on_loss` is "error".
        """
        return self.translate(
            "v3", target=target, on_loss=on_loss, unknown=unknown, portable=portable
        ).result

    @shorten_tracebacks
    def translate(
        self,
        to: Dialect,
        *,
        target: TargetName = "spec",
        on_loss: OnLoss = "error",
        unknown: Unknown = "error",
        portable: bool = False,
    ) -> Translation:
        """Write it as `to`, with the notes and losses of reading and writing it."""
        check_dialect(to)
        options = make_options(target, on_loss, unknown, portable=portable)
        result, notes, losses = self._write(to, options)
        report_losses(to, losses, on_loss)
        return Translation(result, notes, losses)

    def _write(self, to: Dialect, options: Options) -> Written:
        if "compressors" in self.auto:
            raise MissingContextError(
                to, "compressors 'auto'", "each library has its own default", ["compressors"]
            )
        ctx = self._writing(to, options.target, options.unknown)
        encoding = self._v2(ctx) if to == "v2" else self._v3(ctx)
        if options.portable:
            encoding = portable_encoding(encoding, ctx)
        if options.target != "spec":
            from zarrcodec_bridge.translation.reader_forms import fit_to_readers

            encoding = fit_to_readers(encoding, ctx)
        result = encoding.write(ctx, self.ndim, self.chunk_shape)
        if to == "v2" and encoding is self.encoding:
            ctx.losses.clear()  # it is written as it was: what v2 cannot do there, it could not before
        notes = dict.fromkeys((*self.notes, *ctx.notes))
        return result, tuple(notes), tuple(dict.fromkeys(ctx.losses))

    def _writing(
        self, to: Dialect, target: str = "spec", unknown: Unknown = "error"
    ) -> WriteContext:
        chunk = array_chunk(self.data_type, self.ndim, self.chunk_shape)
        return WriteContext(dialect=to, target=target, chunk=chunk, unknown=unknown, complete=True)

    @property
    def data_type(self) -> DataType:
        """The data type of the array, with v2's byte order where it came from v2."""
        encoding = self.encoding
        return encoding.dtype if isinstance(encoding, V2Encoding) else encoding.data_type

    def _v2(self, ctx: WriteContext) -> V2Encoding:
        encoding = self.encoding
        if isinstance(encoding, V2Encoding):
            return encoding
        if encoding.as_read is not None:
            ctx.notes += encoding.as_read.notes
        return v3_to_v2(encoding, ctx)

    def _v3(self, ctx: WriteContext) -> V3Encoding:
        encoding = self.encoding
        if isinstance(encoding, V2Encoding):
            return v2_to_v3(encoding, ctx)
        if encoding.as_read is not None and ctx.target != "spec":
            ctx.notes += encoding.as_read.notes
        check_orders(encoding.codecs, ctx)
        return encoding

    def _key(self) -> V2Encoding | V3Encoding:
        try:
            v3 = self._v3(self._writing("v3"))
        except NotRepresentableError:
            return self.encoding
        return canonical_encoding(v3, array_chunk(v3.data_type, self.ndim, self.chunk_shape))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Pipeline) and self.auto == other.auto and self._key() == other._key()
        )

    def __hash__(self) -> int:
        return hash(self._key())

    def rows(self) -> Iterator[Row]:
        return pipeline_rows(self)

    def __repr__(self) -> str:
        chain = ", ".join(repr(codec) for codec in self.codecs)
        return f"Pipeline({self.data_type.name}: {chain})"


def read_v2(
    dtype: DTypeLike,
    filters: Any,
    compressor: Any,
    order: str,
    ndim: int | None,
    shape: tuple[int, ...] | None,
    unknown: Unknown,
    strict: bool = False,
) -> Pipeline:
    """Read the encoding members of a ``.zarray``, as :meth:`Pipeline.from_v2` does, whether met before or not."""
    make_options(unknown=unknown)
    ctx = ReadContext(dialect="v2", unknown=unknown, strict=strict)
    encoding = V2Encoding.read(
        ctx,
        dtype=v2_dtype(dtype),
        order=order,
        filters=sources.read_objects(filters, ctx, "filters"),
        compressor=sources.read_object(compressor, ctx, "compressor"),
    )
    return Pipeline(encoding, ndim, shape, tuple(ctx.notes))


def read_v3(
    data_type: DTypeLike,
    codecs: Any,
    ndim: int | None,
    shape: tuple[int, ...] | None,
    unknown: Unknown,
    strict: bool = False,
) -> Pipeline:
    """Read the encoding members of a ``zarr.json``, as :meth:`Pipeline.from_v3` does, whether met before or not."""
    make_options(unknown=unknown)
    ctx = ReadContext(dialect="v3", unknown=unknown, strict=strict)
    encoding = V3Encoding.read(
        ctx,
        data_type=read_data_type(data_type),
        codecs=sources.read_objects(codecs, ctx, "codecs"),
        ndim=ndim,
        shape=shape,
    )
    return Pipeline(encoding, ndim, shape, tuple(ctx.notes))


_cache: Final = Cache["Pipeline"](lambda key: 16 * len(key))
"""Pipelines that were read before, by the JSON that they were read from."""


def _recall(read: Callable[..., Pipeline], *given: Any) -> Pipeline:
    """Give the pipeline that was read from equal JSON before, or read it now."""
    entries = _cache.entries
    key = key_of((read is read_v2, *given))
    if key is None:
        return read(*given)
    found = entries.get(key)
    if found is None:
        found = read(*given)
        if _cache.meets_again(key) and is_exact(key, (read is read_v2, *given)):
            _cache.keep(entries, key, found)
    return found
