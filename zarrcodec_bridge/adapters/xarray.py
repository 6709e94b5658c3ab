"""xarray's encodings: a dataset that was opened from one Zarr format, written in the other with its codecs kept.

https://docs.xarray.dev/en/stable/internals/zarr-encoding-spec.html. xarray keeps the codecs of a variable as the
library's objects in its `encoding` and passes them on as they are, so that those of one format meet the other.
Nothing is imported from xarray: datasets, arrays and trees are recognised by their public attributes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, Literal, TypeVar

import numpy

from zarrcodec_bridge.adapters.numcodecs.conversion import v2_objects
from zarrcodec_bridge.adapters.unreadable import refuse_unreadable, refuse_unreadable_in_v3
from zarrcodec_bridge.adapters.zarr_python.backend import zarr_version
from zarrcodec_bridge.adapters.zarr_python.conversion import v3_objects
from zarrcodec_bridge.codecs.bytes import Bytes
from zarrcodec_bridge.core.contexts import WriteContext
from zarrcodec_bridge.core.data_types import DataType, DTypeLike, array_dtype
from zarrcodec_bridge.core.errors import (
    BackendUnsupportedError,
    BridgeError,
    InvalidCodecError,
    Loss,
    Note,
    NotRepresentableError,
    shorten_tracebacks,
)
from zarrcodec_bridge.core.messages import Hint, Message
from zarrcodec_bridge.core.options import OnLoss, check_flag, read_axes, read_zarr_format
from zarrcodec_bridge.core.propagation import name_of
from zarrcodec_bridge.core.spec import Dialect
from zarrcodec_bridge.dialects.inputs import describe_input
from zarrcodec_bridge.translation.options import Translation, make_options, report_losses
from zarrcodec_bridge.translation.placement import (
    V2Slots,
    V3Slots,
    v2_slots,
    v3_slots,
    zarr_python_context,
)
from zarrcodec_bridge.translation.slots import AUTO, Slots, read_slots

__all__ = [
    "ConvertedEncoding",
    "convert_encoding",
    "convert_variable_encoding",
    "translate_encoding",
    "translate_variable_encoding",
]

T = TypeVar("T")

KEYS = ("filters", "serializer", "compressors", "compressor")


@dataclass(frozen=True, slots=True)
class ConvertedEncoding(Generic[T]):
    """The result of :func:`translate_encoding`: the dataset, and what was changed on the way to it."""

    result: T
    notes: tuple[Note, ...] = ()
    losses: tuple[Loss, ...] = ()


@shorten_tracebacks
def convert_encoding(
    ds: T, zarr_format: Literal[2, 3], *, on_loss: OnLoss = "error", allow_pickle: bool = False
) -> T:
    """Make the encodings of a dataset those of the other Zarr format, so that it writes with the same codecs.

    Parameters
    ----------
    ds : xarray.Dataset, xarray.DataArray or xarray.DataTree
        As xarray opened it, or with any codec-like input in its encodings. Coordinates are converted too.
    zarr_format : {2, 3}
        The format that it is to be written in.
    on_loss : {"error", "warn", "ignore"}
        What to do where the format, or xarray, has no place for something (shards in format 2).
    allow_pickle : bool
        Whether to make codecs that execute code from the data they decode.

    Returns
    -------
    xarray.Dataset, xarray.DataArray or xarray.DataTree
        A new one, which shares the data; the encodings of `ds` are as they were. Text of variable length has no mask
        in format 3: what format 2 masked is the array's fill value.

    Raises
    ------
    InvalidCodecError, UnknownCodecError
        An encoding has a value that is not a codec; ``problems`` say in which slot.
    NotRepresentableError
        The format has no form of a codec.
    LossError
        Something would be left out, and `on_loss` is "error".
    BackendMissingError, BackendUnsupportedError
        A library that has the codec objects is missing, or its version has no such codec or format.

    Example
    -------
    >>> ds = xarray.open_zarr("v2.zarr")                                               # doctest: +SKIP
    >>> convert_encoding(ds, 3).to_zarr("v3.zarr", zarr_format=3)                      # doctest: +SKIP
    """
    return translate_encoding(ds, zarr_format, on_loss=on_loss, allow_pickle=allow_pickle).result


@shorten_tracebacks
def translate_encoding(
    ds: T, zarr_format: Literal[2, 3], *, on_loss: OnLoss = "error", allow_pickle: bool = False
) -> ConvertedEncoding[T]:
    """Convert the encodings as :func:`convert_encoding` does, and return the notes and losses too.

    Each note and loss begins with the name of its variable. Parameters and errors are those of
    :func:`convert_encoding`.

    Example
    -------
    >>> ds = xarray.open_zarr("v2.zarr")                                               # doctest: +SKIP
    >>> translate_encoding(ds, 3, on_loss="ignore").losses                             # doctest: +SKIP
    """
    _check_options(zarr_format, on_loss, allow_pickle)
    given: Any = ds
    copied: Any = given.copy() if hasattr(given, "copy") else given
    notes: list[Note] = []
    losses: list[Loss] = []
    for where, variable in _variables(copied):
        try:
            found = translate_variable_encoding(
                variable.encoding,
                zarr_format,
                dtype=variable.dtype,
                ndim=variable.ndim,
                on_loss=on_loss,
                allow_pickle=allow_pickle,
            )
        except BridgeError as error:
            error.add_note(f"in the encoding of variable {where!r}")
            raise
        variable.encoding = found.result
        notes += [Note(f"{where}: {note.codec}", note.message) for note in found.notes]
        losses += [Loss(f"{where}: {loss.codec}", loss.message) for loss in found.losses]
    return ConvertedEncoding(copied, tuple(notes), tuple(losses))


def _check_options(zarr_format: Any, on_loss: Any, allow_pickle: Any) -> Dialect:
    """The dialect of the format; raises :class:`OptionError` for invalid options."""
    make_options(on_loss=on_loss)
    check_flag("allow_pickle", allow_pickle)
    return "v2" if read_zarr_format(zarr_format) == 2 else "v3"


def _variables(source: Any) -> Iterator[tuple[str, Any]]:
    if hasattr(source, "subtree"):
        for node in source.subtree:
            yield from ((f"{node.path}/{name}", item) for name, item in node.variables.items())
    elif hasattr(source, "data_vars"):
        yield from ((str(name), item) for name, item in source.variables.items())
    elif hasattr(source, "variable"):
        yield str(source.name), source.variable
        yield from ((str(name), item.variable) for name, item in source.coords.items())
    else:
        raise InvalidCodecError.at(
            (),
            Message(
                "expected an xarray Dataset, DataArray or DataTree, got ",
                describe_input(source) or type(source).__name__,
            ),
            "not a dataset",
        )


@shorten_tracebacks
def convert_variable_encoding(
    encoding: Mapping[str, Any],
    zarr_format: Literal[2, 3],
    *,
    dtype: DTypeLike | None = None,
    ndim: int | None = None,
    on_loss: OnLoss = "error",
    allow_pickle: bool = False,
) -> dict[str, Any]:
    """Convert the `encoding` of one variable to the other Zarr format.

    Parameters
    ----------
    encoding : mapping
        The encoding; keys other than those of codecs are kept.
    zarr_format, on_loss, allow_pickle
        As for :func:`convert_encoding`.
    dtype : optional
        The data type in memory, for an encoding that does not name the one on disk.
    ndim : int, optional
        The number of axes.

    Returns
    -------
    dict
        A new one. In format 3 it has no byte order in `dtype`, but in `serializer` (little-endian after filters, since
        zarr-python before 3.3 reads others wrong); in format 2 no `serializer`.

    Raises
    ------
    BridgeError
        As for :func:`convert_encoding`.

    Example
    -------
    >>> convert_variable_encoding({"compressors": "gzip", "serializer": None}, 2, dtype="i4")
    {'compressors': (GZip(level=1),)}
    """
    return translate_variable_encoding(
        encoding, zarr_format, dtype=dtype, ndim=ndim, on_loss=on_loss, allow_pickle=allow_pickle
    ).result


@shorten_tracebacks
def translate_variable_encoding(
    encoding: Mapping[str, Any],
    zarr_format: Literal[2, 3],
    *,
    dtype: DTypeLike | None = None,
    ndim: int | None = None,
    on_loss: OnLoss = "error",
    allow_pickle: bool = False,
) -> Translation:
    """Convert an encoding as :func:`convert_variable_encoding` does, and return the notes and losses too.

    Example
    -------
    >>> translate_variable_encoding({"shards": (4,), "compressors": "gzip"}, 2, dtype="i4", on_loss="ignore").losses
    (Loss(codec='sharding_indexed', message='format 2 has no shards, so each chunk is written by itself'),)
    """
    dialect = _check_options(zarr_format, on_loss, allow_pickle)
    ndim, _ = read_axes(ndim)
    kept = {key: value for key, value in encoding.items() if key not in KEYS}
    if not any(key in encoding for key in KEYS):
        return Translation(
            _without_v3_keys(kept) if zarr_format == 2 and kept.get("shards") is None else kept
        )
    given = read_slots(
        filters=encoding.get("filters", AUTO),
        serializer=encoding.get("serializer", AUTO),
        compressors=encoding.get("compressors", encoding.get("compressor", AUTO)),
    )
    on_disk = _on_disk(encoding, dtype)
    chain = given.encoding(on_disk, ndim=ndim, new=True)
    ctx = zarr_python_context(dialect, on_disk, ndim, _chunk_shape(encoding.get("chunks")))
    if dialect == "v2":
        slots = v2_slots(chain, ctx)
        refuse_unreadable(slots, on_disk, zarr_version())
        result = _v2(kept, given, slots, ctx, allow_pickle)
    else:
        readable = _readable(v3_slots(chain, ctx))
        refuse_unreadable_in_v3(readable, on_disk)
        result = _v3(kept, given, readable, ctx, allow_pickle)
        if (
            getattr(dtype, "kind", None) == "O"
            and getattr(result.get("dtype"), "kind", None) == "T"
        ):
            del result["dtype"]  # xarray writes what is masked as empty text, but casts it to "nan"
    report_losses(ctx.dialect, ctx.losses, on_loss)
    return Translation(
        result,
        tuple(dict.fromkeys((*given.notes, *ctx.notes))),
        tuple(dict.fromkeys(ctx.losses)),
    )


def _v2(
    kept: dict[str, Any], given: Slots, slots: V2Slots, ctx: WriteContext, allow_pickle: bool
) -> dict[str, Any]:
    """The encoding of a variable in format 2: what was kept, and the codec objects."""
    if slots.order == "F":
        ctx.lose(
            "transpose", "xarray passes no memory order on, so the axes are written as they are"
        )
    if kept.get("shards") is not None:
        ctx.lose("sharding_indexed", "format 2 has no shards, so each chunk is written by itself")
        del kept["shards"]
    if "compressors" in given.auto and slots.compressor is not None:
        slots = replace(slots, filters=(*slots.filters, slots.compressor), compressor=None)
    objects = v2_objects(slots, ctx, given, allow_pickle=allow_pickle)
    result = _without_v3_keys(kept)
    if slots.dtype.has_order and ("dtype" in kept or slots.dtype.endian == "big"):
        result["dtype"] = _ordered(kept.get("dtype", slots.dtype.to_v2()), slots.dtype)
    elif slots.dtype.name == "string":
        # to others xarray gives a fixed length, which vlen-utf8 cannot encode
        result["dtype"] = numpy.dtype(object)
    compressor = objects["compressor"]
    if "compressors" not in given.auto and zarr_version() < (3,):
        result["compressor"] = compressor
    elif "compressors" not in given.auto:
        result["compressors"] = () if compressor is None else (compressor,)
    may_be_none = slots.dtype.itemsize is not None  # text of variable length needs a filter
    if objects["filters"] or ("filters" not in given.auto and may_be_none):
        result["filters"] = tuple(objects["filters"])
    return result


def _v3(
    kept: dict[str, Any], given: Slots, slots: V3Slots, ctx: WriteContext, allow_pickle: bool
) -> dict[str, Any]:
    """The encoding of a variable in format 3: what was kept, and the codec objects."""
    if zarr_version() < (3,):
        raise BackendUnsupportedError(
            "zarr", Message("the installed zarr writes format 2 only: ", Hint(package="zarr>=3"))
        )
    if "compressors" in given.auto and slots.compressors:
        raise NotRepresentableError(
            "v3",
            name_of(slots.compressors[0].codec),
            "in format 3 it is one of the compressors, which the encoding leaves open; set 'compressors'",
        )
    objects = v3_objects(slots, ctx, given, allow_pickle=allow_pickle)
    result = dict(kept)
    if slots.data_type.name == "string" and "_FillValue" in result:
        # xarray has no such attribute for text in format 3, where the array's own fill value has it
        result.setdefault("fill_value", result.pop("_FillValue"))
    if "dtype" in kept and slots.data_type.has_order:
        result["dtype"] = numpy.dtype(kept["dtype"]).newbyteorder("=")
    if "compressors" not in given.auto:
        result["compressors"] = tuple(objects["compressors"])
    if objects["filters"] or "filters" not in given.auto:
        result["filters"] = tuple(objects["filters"])
    serializer = slots.serializer.codec
    if (
        "serializer" not in given.auto
        or not isinstance(serializer, Bytes)
        or serializer.endian == "big"
        or slots.gains_order
    ):
        result["serializer"] = objects["serializer"]
    return result


def _readable(slots: V3Slots) -> V3Slots:
    """Use little-endian bytes after a filter: zarr-python before 3.3 reads big-endian ones wrong."""
    serializer = slots.serializer.codec
    if not slots.filters or not isinstance(serializer, Bytes) or serializer.endian != "big":
        return slots
    return replace(slots, serializer=replace(slots.serializer, codec=Bytes(endian="little")))


def _without_v3_keys(kept: dict[str, Any]) -> dict[str, Any]:
    """xarray refuses the key `fill_value` in format 2, where `_FillValue` has it."""
    return {key: value for key, value in kept.items() if key != "fill_value"}


def _ordered(dtype: Any, order: DataType) -> Any:
    """The same NumPy data type in the byte order of another."""
    return numpy.dtype(dtype).newbyteorder(">" if order.endian == "big" else "<")


def _on_disk(encoding: Mapping[str, Any], dtype: Any) -> DataType | None:
    """The data type on disk: as the encoding has it, or as xarray encodes what is in memory."""
    if encoding.get("dtype") is not None:
        return array_dtype(encoding["dtype"])
    kind = getattr(dtype, "kind", None)
    if kind in ("M", "m"):  # CF times are numbers
        return array_dtype("int64")
    if kind == "b":
        return array_dtype("int8")
    return None if kind == "O" else array_dtype(dtype)


def _chunk_shape(chunks: Any) -> tuple[int, ...] | None:
    known = isinstance(chunks, tuple) and all(isinstance(n, int) for n in chunks)
    return chunks if known else None
