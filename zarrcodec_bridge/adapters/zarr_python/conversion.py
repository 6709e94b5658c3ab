"""zarr-python objects of one codec, of a pipeline, and of the slots of a v3 array."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, overload

from zarrcodec_bridge.adapters.zarr_python.misread import refuse_misread
from zarrcodec_bridge.adapters.zarr_python.names import make_readable
from zarrcodec_bridge.adapters.zarr_python.objects import Options, codec_of_array, make_object
from zarrcodec_bridge.codecs.bytes import Bytes
from zarrcodec_bridge.core.contexts import WriteContext
from zarrcodec_bridge.core.data_types import DTypeLike
from zarrcodec_bridge.core.errors import BridgeError, LossError, shorten_tracebacks
from zarrcodec_bridge.core.model import Codec, KeptCodec
from zarrcodec_bridge.core.options import OnLoss, Unknown, check_flag, read_kind
from zarrcodec_bridge.core.spec import A2A, A2B, B2B, Kind
from zarrcodec_bridge.dialects.sources import CodecLike
from zarrcodec_bridge.translation.options import make_options, report_losses
from zarrcodec_bridge.translation.pipeline import Pipeline
from zarrcodec_bridge.translation.placement import (
    PlacedCodec,
    V3Slots,
    v3_slots,
    zarr_python_context,
)
from zarrcodec_bridge.translation.slots import AUTO, OBJECT_CODECS, Slots

if TYPE_CHECKING:
    from zarr.abc.codec import ArrayArrayCodec, ArrayBytesCodec, BytesBytesCodec


@overload
def to_zarr(
    source: Pipeline, *, on_loss: OnLoss = "error", allow_pickle: bool = False
) -> dict[str, Any]: ...


@overload
def to_zarr(
    source: CodecLike,
    *,
    dtype: DTypeLike | None = None,
    kind: Kind | None = None,
    on_loss: OnLoss = "error",
    unknown: Unknown = "error",
    allow_pickle: bool = False,
) -> ArrayArrayCodec | ArrayBytesCodec | BytesBytesCodec: ...


@shorten_tracebacks
def to_zarr(
    source: CodecLike | Pipeline,
    *,
    dtype: DTypeLike | None = None,
    kind: Kind | None = None,
    on_loss: OnLoss = "error",
    unknown: Unknown = "error",
    allow_pickle: bool = False,
) -> ArrayArrayCodec | ArrayBytesCodec | BytesBytesCodec | dict[str, Any]:
    """Make the zarr-python v3 codec object of a codec, or the objects of a pipeline.

    It is zarr-python's own object where the installed version has a class of that name that is not known to be faulty,
    and else a wrapper around the object with the numcodecs API. Its v3 name is the one that zarr-python reads, the
    registered one, or, for an unregistered codec, its `codec_id`.

    Parameters
    ----------
    source : CodecLike or Pipeline
        The codec or codecs.
    dtype : optional
        The data type of the elements that the codec sees. Without it, parameters that depend on the array stay open,
        and zarr-python fills them in when it creates the array. A pipeline has its own.
    kind : {"a2a", "a2b", "b2b"}, optional
        Array-to-array, array-to-bytes or bytes-to-bytes; needed for an unregistered codec.
    on_loss : {"error", "warn", "ignore"}
        What to do where existing bytes decode equal, but later writes would differ in value.
    unknown : {"error", "keep", "wrap"}
        What to do with a codec that has no v3 name: refuse, write its `codec_id`, or write the ``any-numcodecs.*``
        envelope. An object of an unknown class is kept.
    allow_pickle : bool
        Whether to make codecs that execute code from the data they decode.

    Returns
    -------
    zarr.abc.codec.ArrayArrayCodec, ArrayBytesCodec or BytesBytesCodec
        For a filter, a serializer or a compressor of an array. Of a pipeline a dictionary of ``filters``,
        ``serializer`` and ``compressors``, as ``zarr.create_array`` takes them; what was left "auto" stays "auto".

    Raises
    ------
    InvalidCodecError, UnknownCodecError
        `source` cannot be read.
    NotRepresentableError
        v3 has no form of it, or `kind` is not its kind.
    MissingContextError
        Its kind is not known, and `kind` was not given.
    UnsafeCodecError
        It is, or holds, `pickle`, and `allow_pickle` is false.
    BackendMissingError
        zarr or numcodecs, or what it needs for this codec, is not installed.
    BackendUnsupportedError
        Neither zarr-python nor numcodecs has it; or it is a shard whose chunks the installed zarr-python would read
        as other values (big-endian `bytes` behind a filter, before zarr 3.3).
    OptionError
        An option has a value that it does not take.

    Example
    -------
    >>> to_zarr({"id": "gzip", "level": 5})
    GzipCodec(level=5)
    >>> to_zarr(Pipeline.from_v2(dtype="|u1", compressor={"id": "gzip", "level": 5}))["compressors"]
    [GzipCodec(level=5)]
    """
    make_options(on_loss=on_loss, unknown=unknown)
    check_flag("allow_pickle", allow_pickle)
    kind = read_kind(kind)
    if isinstance(source, Pipeline):
        if dtype is not None or kind is not None or unknown != "error":
            raise BridgeError(
                "a pipeline has its own data type and codecs: pass no dtype, kind or unknown"
            )
        return _pipeline_objects(source, on_loss, allow_pickle)
    options = Options(dtype, kind, on_loss, unknown, allow_pickle, make_readable)
    return make_object(source, options)  # type: ignore[no-any-return]


def _pipeline_objects(pipeline: Pipeline, on_loss: OnLoss, allow_pickle: bool) -> dict[str, Any]:
    ctx = zarr_python_context("v3", pipeline.data_type, pipeline.ndim, pipeline.chunk_shape)
    slots = v3_slots(pipeline.encoding, ctx, pipeline.chunk_shape)
    objects = v3_objects(slots, ctx, allow_pickle=allow_pickle)
    report_losses("v3", ctx.losses, on_loss)
    return objects | dict.fromkeys(_left_open(pipeline.auto, slots), AUTO)


def _left_open(auto: frozenset[str], slots: V3Slots) -> Iterator[str]:
    serializer = slots.serializer.codec
    if "filters" in auto and not slots.filters:
        yield "filters"
    if "serializer" in auto and (
        serializer in (Bytes(endian="little"), Bytes()) or serializer in OBJECT_CODECS.values()
    ):
        yield "serializer"
    if "compressors" in auto and not slots.compressors:
        yield "compressors"


def v3_objects(
    slots: V3Slots,
    ctx: WriteContext,
    given: Slots | None = None,
    *,
    unknown: Unknown = "keep",
    allow_pickle: bool = False,
) -> dict[str, Any]:
    """Make the zarr-python objects of the slots of a v3 array: `filters`, `serializer`, `compressors`.

    `ctx` collects the losses. Raises as :func:`~zarrcodec_bridge.adapters.zarr_python.objects.codec_of_array`.
    """
    placed = (*slots.filters, slots.serializer, *slots.compressors)
    refuse_misread([item.codec for item in placed], slots.data_type)

    def make_placed(placed: PlacedCodec, kind: Kind) -> Any:
        source = _v3_source(placed.codec, given)
        if source is not None:
            return codec_of_array(source, kind=kind, unknown=unknown, allow_pickle=allow_pickle)
        dtype = placed.sees.dtype
        make = partial(
            codec_of_array,
            placed.codec,
            dtype=dtype.with_endian("little") if dtype is not None and dtype.is_known else None,
            kind=kind,
            unknown=unknown,
            allow_pickle=allow_pickle,
        )
        try:
            return make()
        except LossError as error:
            ctx.losses += error.losses
            return make(on_loss="ignore")

    return {
        "filters": [make_placed(placed, A2A) for placed in slots.filters],
        "serializer": make_placed(slots.serializer, A2B),
        "compressors": [make_placed(placed, B2B) for placed in slots.compressors],
    }


def _v3_source(codec: Codec, given: Slots | None) -> Any:
    if given is None:
        return None
    source = given.source_of(codec, "v3")
    if source is None and isinstance(codec, KeptCodec):
        return given.source_of(codec, "v2")
    return source
