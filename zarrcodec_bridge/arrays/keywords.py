"""Make the keyword arguments of an array from codecs in any form."""

from __future__ import annotations

import warnings
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any, Literal

from zarrcodec_bridge.adapters.numcodecs.conversion import v2_objects
from zarrcodec_bridge.adapters.unreadable import refuse_unreadable, refuse_unreadable_in_v3
from zarrcodec_bridge.adapters.zarr_python.backend import zarr_version
from zarrcodec_bridge.adapters.zarr_python.conversion import v3_objects
from zarrcodec_bridge.arrays.entry_points import EntryPoint, find_entry_point
from zarrcodec_bridge.codecs.bytes import Bytes
from zarrcodec_bridge.core.contexts import WriteContext
from zarrcodec_bridge.core.data_types import DataType, DTypeLike, array_dtype
from zarrcodec_bridge.core.errors import (
    BackendUnsupportedError,
    BridgeError,
    MissingContextError,
    NotRepresentableError,
    shorten_tracebacks,
)
from zarrcodec_bridge.core.messages import Hint, Message, describe_exception
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.options import OnLoss, Unknown, check_flag, read_axes, read_zarr_format
from zarrcodec_bridge.core.propagation import kind_of, name_of, resolve_for_a_check, viewed_dtype
from zarrcodec_bridge.core.registry import spec_of
from zarrcodec_bridge.core.spec import A2B, Dialect
from zarrcodec_bridge.dialects import write_codec, write_codecs
from zarrcodec_bridge.readers.refusals import check_written_codecs
from zarrcodec_bridge.translation.options import Translation, make_options, report_losses
from zarrcodec_bridge.translation.placement import PlacedCodec, V2Slots, V3Slots, v2_slots, v3_slots
from zarrcodec_bridge.translation.slots import (
    AUTO,
    OBJECT_CODECS,
    SlotLike,
    Slots,
    first_chunk,
    read_slots,
)

__all__ = ["array_kwargs", "translate_array_kwargs"]


@shorten_tracebacks
def array_kwargs(
    compressors: SlotLike = AUTO,
    *,
    filters: SlotLike = None,
    serializer: SlotLike = AUTO,
    dtype: DTypeLike | None = None,
    zarr_format: Literal[2, 3],
    api: str = "create_array",
    ndim: int | None = None,
    on_loss: OnLoss = "error",
    unknown: Unknown = "error",
    allow_pickle: bool = False,
) -> dict[str, Any]:
    """Make the keyword arguments with which `api` of the installed libraries makes an array with these codecs.

    Parameters
    ----------
    compressors, filters : codec, list of codecs, "auto" or None
        Each codec an object of numcodecs, imagecodecs or zarr-python, what :func:`~zarrcodec_bridge.codec` gives, a
        v2 or v3 dictionary, or a name (``"zstd"``, ``"zstd:9"``, ``"blosc:lz4"``). ``"auto"`` is the library's own
        default, ``None`` is none; as compressors, ``True`` and ``False`` are those too. Every codec goes into the
        slot where `zarr_format` has it.
    serializer : codec or "auto"
        The array-to-bytes codec.
    dtype : optional
        The data type of the array, in any spelling; needed only where the codecs depend on it.
    zarr_format : {2, 3}
        The format of the array.
    api : str
        ``"open"``, ``"open_array"``, ``"create"``, ``"zeros"``, ``"array"``...; ``"create_array"``,
        ``"Group.create_array"``...; ``"xarray"`` (the `encoding` of a variable); ``"dask.to_zarr"``;
        ``"anndata"``; ``"ome-zarr"`` (`storage_options`); ``"tensorstore"`` (members of the spec's `metadata`).
    ndim : int, optional
        The number of axes, where a codec reorders them.
    on_loss : {"error", "warn", "ignore"}
        What to do where the other format's form of a codec writes other values.
    unknown : {"error", "keep", "wrap"}
        What to do with an unregistered codec name: refuse it, ask numcodecs for it, or ask numcodecs and write it
        into format 3 in the ``any-numcodecs.*`` envelope. An object of an unknown class is kept; its slot
        gives its kind.
        A known codec makes an array of format 3 only under a name that zarr-python reads in other processes too: its
        own and those of installed packages. One of your own class is read in this process, and wherever
        :func:`~zarrcodec_bridge.register_with_zarr` is called for it. ``imagecodecs_*`` and ``any-numcodecs.*`` need
        this package (or imagecodecs-zarr and zarr-any-numcodecs) installed wherever they are read.
    allow_pickle : bool
        Whether to make codecs that execute code from the data that they decode. zarr-python 3 opens `pickle` as the
        compressor of text in format 2. To read it, zarr-python (3.4) and numcodecs (0.16.6) want opt-ins of their
        own: ``zarr.config.set({"array.allow_unsafe_pickle_decode": True})`` and
        ``numcodecs.pickles.ALLOW_UNSAFE_PICKLE_DECODE = True``.

    Returns
    -------
    dict
        To be passed as ``**kwargs`` beside `shape`, `dtype` and `zarr_format`. What is ``"auto"`` is left out.

    Raises
    ------
    InvalidCodecError, UnknownCodecError
        A value is not a codec.
    NotRepresentableError
        The format, or `api`, has no place for a codec; or the codecs cannot encode in any order; or a codec does not
        take elements of `dtype`; or no other process would open the array.
    OptionError
        An option has a value that it does not take.
    MissingContextError
        It depends on `dtype` or `ndim`.
    BackendMissingError, BackendUnsupportedError
        The library that has the codec objects is not installed, or its version has no such codec or format.

    Example
    -------
    >>> array_kwargs({"id": "gzip", "level": 5}, zarr_format=2, api="tensorstore")
    {'compressor': {'id': 'gzip', 'level': 5}}
    >>> array_kwargs({"id": "gzip", "level": 5}, dtype="i4", zarr_format=3, api="tensorstore")["codecs"][1]
    {'name': 'gzip', 'configuration': {'level': 5}}
    """
    return translate_array_kwargs(
        compressors,
        filters=filters,
        serializer=serializer,
        dtype=dtype,
        zarr_format=zarr_format,
        api=api,
        ndim=ndim,
        on_loss=on_loss,
        unknown=unknown,
        allow_pickle=allow_pickle,
    ).result


@shorten_tracebacks
def translate_array_kwargs(
    compressors: SlotLike = AUTO,
    *,
    filters: SlotLike = None,
    serializer: SlotLike = AUTO,
    dtype: DTypeLike | None = None,
    zarr_format: Literal[2, 3],
    api: str = "create_array",
    ndim: int | None = None,
    on_loss: OnLoss = "error",
    unknown: Unknown = "error",
    allow_pickle: bool = False,
) -> Translation:
    """Make the keyword arguments as :func:`array_kwargs` does, and return the notes and losses too.

    Parameters and errors are those of :func:`array_kwargs`; the ``result`` of the :class:`Translation` is its value.

    Example
    -------
    >>> found = translate_array_kwargs("gzip", zarr_format=2, api="tensorstore", dtype="i4")
    >>> found.result, found.losses
    ({'compressor': {'id': 'gzip', 'level': 1}}, ())
    """
    entry = find_entry_point(api)
    dialect: Dialect = "v2" if read_zarr_format(zarr_format) == 2 else "v3"
    make_options(on_loss=on_loss, unknown=unknown)
    check_flag("allow_pickle", allow_pickle)
    ndim, _ = read_axes(ndim)
    slots = read_slots(
        filters=filters,
        serializer=serializer,
        compressors=compressors,
        unknown=unknown,
    )
    if entry.only_compressor:
        dtype = None  # one compressor for arrays of many data types
    kept: Unknown = "wrap" if unknown == "wrap" else "keep"
    request = _Request(entry, slots, dtype, array_dtype(dtype), ndim, kept, allow_pickle)
    ctx = request.context(dialect)
    kwargs = request.v2_keywords(ctx) if dialect == "v2" else request.v3_keywords(ctx)
    report_losses(dialect, ctx.losses, on_loss)
    return Translation(
        kwargs,
        tuple(dict.fromkeys((*slots.notes, *ctx.notes))),
        tuple(dict.fromkeys(ctx.losses)),
    )


@dataclass(frozen=True, slots=True)
class _Request:
    """One call of :func:`array_kwargs`."""

    entry: EntryPoint
    slots: Slots
    given_dtype: Any
    dtype: DataType | None
    ndim: int | None
    unknown: Unknown
    allow_pickle: bool

    def v2_keywords(self, ctx: WriteContext) -> dict[str, Any]:
        zarr = None if self.entry.json else zarr_version()
        is_zarr_2 = zarr is not None and zarr < (3,)
        given = self._without_byte_order(self.slots)
        slots = v2_slots(given.encoding(self.dtype, ndim=self.ndim, new=True), ctx)
        self._check_dtype(slots.dtype)
        refuse_unreadable(slots, self.dtype, zarr)
        if self._is_auto("compressors") and slots.compressor is not None:
            slots = replace(slots, filters=(*slots.filters, slots.compressor), compressor=None)
        if self._is_auto("filters") and not self.slots.filters and not self.entry.json:
            slots = replace(slots, filters=())
        self._check_places(slots)
        kwargs: dict[str, Any] = {"order": "F"} if slots.order == "F" else {}
        if self.entry.json:
            return kwargs | self._v2_json(slots, ctx)
        objects = v2_objects(slots, ctx, self.slots, allow_pickle=self.allow_pickle)
        if not self._is_auto("compressors"):
            kwargs["compressor" if is_zarr_2 else self.entry.v2] = objects["compressor"]
        filters = objects["filters"]
        of_objects = self.dtype is None or self.dtype.itemsize is None
        if filters and is_zarr_2 and of_objects and _takes_objects(slots.filters[0].codec):
            kwargs["object_codec"] = filters.pop(0)
        if filters or (self._takes_filters() and not self._is_auto("filters")):
            kwargs["filters"] = filters or None
        return kwargs

    def _without_byte_order(self, given: Slots) -> Slots:
        """Leave out a little-endian serializer: v2 has the byte order in the data type, which is not known here."""
        serializer = given.serializer.codec if given.serializer is not None else None
        others = (*given.filters, *given.compressors)
        if (
            self.dtype is not None
            or not isinstance(serializer, Bytes)
            or any(kind_of(item.codec) == A2B for item in others)
        ):
            return given
        if serializer.endian == "big":
            raise MissingContextError(
                "v2", "bytes", "v2 has its endian in the data type", ["dtype"]
            )
        return replace(given, serializer=None, auto=given.auto | {"serializer"})

    def _check_dtype(self, needed: DataType) -> None:
        if self.dtype is not None and self.dtype.has_order and needed.endian != self.dtype.endian:
            raise NotRepresentableError(
                "v2",
                "bytes",
                f"v2 has its endian in the data type: make the array with dtype {needed.to_v2()!r}",
            )

    def _check_places(self, slots: V2Slots) -> None:
        if slots.order == "F" and not self.entry.order:
            raise NotRepresentableError("v2", "transpose", f"{self.entry.api} takes no order 'F'")
        if slots.filters and (self.entry.only_compressor or self.entry.json):
            raise NotRepresentableError(
                "v2",
                name_of(slots.filters[0].codec),
                f"{self.entry.api} takes no filters in format 2",
            )

    def _takes_filters(self) -> bool:
        """Whether the filters may be none: data types of variable length need one, which zarr-python adds."""
        return not self.entry.only_compressor and (
            self.dtype is not None and self.dtype.itemsize is not None
        )

    def _v2_json(self, slots: V2Slots, ctx: WriteContext) -> dict[str, Any]:
        if slots.compressor is None:
            return {} if self._is_auto("compressors") else {"compressor": None}
        payload = write_codec(slots.compressor.codec, ctx, slots.compressor.sees)
        check_written_codecs(self.entry.api, "v2", [payload], None, keep=False)
        return {"compressor": payload}

    def v3_keywords(self, ctx: WriteContext) -> dict[str, Any]:
        if not self.entry.json and zarr_version() < (3,):
            raise BackendUnsupportedError(
                "zarr",
                Message(
                    f"zarr {version('zarr')} makes arrays of format 2 only; pass ",
                    Hint("zarr_format", 2),
                    ", or install zarr>=3",
                ),
            )
        slots = v3_slots(self.slots.encoding(self.dtype, ndim=self.ndim, new=True), ctx)
        refuse_unreadable_in_v3(slots, self.dtype)
        if self._leaves_serializer(slots):
            slots = replace(slots, serializer=_little(slots.serializer))
        if self.entry.v3 == "codecs":
            return self._codecs(slots, ctx)
        return self._v3_slots(slots, ctx)

    def _v3_slots(self, slots: V3Slots, ctx: WriteContext) -> dict[str, Any]:
        if self._is_auto("compressors") and slots.compressors:
            raise self._no_default_after(slots.compressors[-1].codec)
        only = self.entry.only_compressor
        if only and (slots.filters or not self._leaves_serializer(slots)):
            first = (*slots.filters, slots.serializer)[0].codec
            raise NotRepresentableError(
                "v3", name_of(first), f"{self.entry.api} takes compressors only"
            )
        objects = self._v3_objects(slots, ctx)
        kwargs: dict[str, Any] = {}
        if not self._is_auto("compressors"):
            kwargs[self.entry.v2 if only else "compressors"] = objects["compressors"] or None
        if not only and (slots.filters or not self._is_auto("filters")):
            kwargs["filters"] = objects["filters"] or None
        if not self._leaves_serializer(slots):
            kwargs["serializer"] = objects["serializer"]
        return kwargs

    def _codecs(self, slots: V3Slots, ctx: WriteContext) -> dict[str, Any]:
        """One list holds all codecs, so that the defaults of the library have to be asked for and written out."""
        if self._is_auto("compressors") and slots.compressors:
            raise self._no_default_after(slots.compressors[-1].codec)
        if self._is_auto("compressors") and not slots.filters and self._leaves_serializer(slots):
            return {}
        if self.entry.json:
            if self._is_auto("compressors"):
                raise self._no_default()
            placed = (*slots.filters, slots.serializer, *slots.compressors)
            chunk = first_chunk(slots.data_type, self.ndim)
            written = write_codecs([item.codec for item in placed], chunk, ctx)
            keep, whole = self.unknown != "error", written
            if chunk.dtype is None:
                with suppress(BridgeError):
                    resolved = resolve_for_a_check(item.codec for item in placed)
                    whole = write_codecs(resolved, chunk, WriteContext("v3", ctx.target, chunk))
            check_written_codecs(ctx.target, "v3", whole, chunk.dtype, keep=keep)
            return {"codecs": written}
        objects = self._v3_objects(slots, ctx)
        serializer, compressors = objects["serializer"], objects["compressors"]
        if self._is_auto("compressors") or self._leaves_serializer(slots):
            default = self._defaults()
            if default is None and self._is_auto("compressors"):
                raise self._no_default()
            if default is not None and self._is_auto("compressors"):
                compressors = default.compressors
            if default is not None and self._leaves_serializer(slots) and not _is_bytes(default):
                serializer = default.serializer
        return {"codecs": [*objects["filters"], serializer, *compressors]}

    def _defaults(self) -> Any:
        """An array of this data type with zarr-python's own codecs; ``None`` where the data type is not known."""
        if self.dtype is None:
            return None
        import zarr

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the user is warned when making the array
                return zarr.create_array({}, shape=(1,), dtype=self.given_dtype, zarr_format=3)
        except Exception as error:  # zarr-python and NumPy raise TypeError, ValueError and more
            raise BackendUnsupportedError(
                "zarr",
                f"zarr {version('zarr')} makes no array of this data type: {describe_exception(error)}",
            ) from error

    def _v3_objects(self, slots: V3Slots, ctx: WriteContext) -> dict[str, Any]:
        return v3_objects(
            slots, ctx, self.slots, unknown=self.unknown, allow_pickle=self.allow_pickle
        )

    def _leaves_serializer(self, slots: V3Slots) -> bool:
        """Whether the serializer is the one that the library chooses itself."""
        codec = slots.serializer.codec
        return self._is_auto("serializer") and (
            (isinstance(codec, Bytes) and not slots.gains_order) or self._is_implied(codec)
        )

    def _is_implied(self, codec: Codec) -> bool:
        """Whether the data type alone needs this codec, and the user gave none."""
        return codec in OBJECT_CODECS.values() and all(
            held.codec != codec for held in self.slots.codecs
        )

    def _no_default_after(self, codec: Codec) -> BridgeError:
        return NotRepresentableError(
            "v3",
            name_of(codec),
            Message(
                "in format 3 it is one of the compressors, of which 'auto' leaves all to the library; pass ",
                Hint("compressors"),
            ),
        )

    def _no_default(self) -> BridgeError:
        return MissingContextError(
            "v3",
            "compressors 'auto'",
            f"{self.entry.api} takes one list of codecs, in which nothing can be left open",
            ["compressors"] if self.entry.json else ["compressors (or dtype)"],
        )

    def _is_auto(self, slot: str) -> bool:
        return slot in self.slots.auto

    def context(self, dialect: Dialect) -> WriteContext:
        """The context in which the codecs are written."""
        return WriteContext(
            dialect=dialect,
            target=self.entry.api if self.entry.json else "zarr-python",
            chunk=first_chunk(self.dtype, self.ndim),
            unknown=self.unknown,
            complete=self.dtype is not None,
        )


def _little(serializer: PlacedCodec) -> PlacedCodec:
    """The serializer that every library chooses: v3 arrays are little-endian by default."""
    codec = serializer.codec
    if not isinstance(codec, Bytes) or (codec.endian is None and serializer.sees.dtype is not None):
        return serializer
    return replace(serializer, codec=Bytes(endian="little"))


def _takes_objects(codec: Codec) -> bool:
    """Whether zarr-python 2 takes it as `object_codec`: `vlen-utf8` and the like, `categorize` of objects."""
    spec = spec_of(type(codec))
    if kind_of(codec) == A2B:
        return spec is not None and not spec.little_endian_only
    return viewed_dtype(codec) == DataType("object")


def _is_bytes(array: Any) -> bool:
    return bool(array.serializer.to_dict()["name"] == "bytes")
