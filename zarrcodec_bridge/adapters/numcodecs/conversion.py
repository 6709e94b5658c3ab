"""numcodecs objects of one codec, of a pipeline, and of the slots of a v2 array."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any, cast, overload

from zarrcodec_bridge.adapters.numcodecs.instances import (
    NumcodecsObject,
    instance,
    instance_of,
    refuse_unsafe,
)
from zarrcodec_bridge.core.contexts import WriteContext
from zarrcodec_bridge.core.data_types import DTypeLike
from zarrcodec_bridge.core.errors import BridgeError, shorten_tracebacks
from zarrcodec_bridge.core.options import OnLoss, Unknown, check_flag
from zarrcodec_bridge.dialects import codec_objects, write_codec
from zarrcodec_bridge.dialects.sources import CodecLike
from zarrcodec_bridge.translation.one_codec import to_v2
from zarrcodec_bridge.translation.options import make_options, report_losses
from zarrcodec_bridge.translation.pipeline import Pipeline
from zarrcodec_bridge.translation.placement import (
    PlacedCodec,
    V2Slots,
    v2_slots,
    zarr_python_context,
)
from zarrcodec_bridge.translation.slots import AUTO, Slots


@overload
def to_numcodecs(
    source: Pipeline, *, on_loss: OnLoss = "error", allow_pickle: bool = False
) -> dict[str, Any]: ...


@overload
def to_numcodecs(
    source: CodecLike,
    *,
    dtype: DTypeLike | None = None,
    on_loss: OnLoss = "error",
    unknown: Unknown = "error",
    allow_pickle: bool = False,
) -> NumcodecsObject: ...


@shorten_tracebacks
def to_numcodecs(
    source: CodecLike | Pipeline,
    *,
    dtype: DTypeLike | None = None,
    on_loss: OnLoss = "error",
    unknown: Unknown = "error",
    allow_pickle: bool = False,
) -> NumcodecsObject | dict[str, Any]:
    """Make the numcodecs object of a codec, or the objects of a pipeline.

    Parameters
    ----------
    source : CodecLike or Pipeline
        The codec or codecs. An object that has the numcodecs API is returned as it is.
    dtype : optional
        The data type of the elements that the codec sees, where its v2 form depends on it. A pipeline has its own.
    on_loss : {"error", "warn", "ignore"}
        What to do where existing bytes decode equal, but later writes would differ in value.
    unknown : {"error", "keep", "wrap"}
        What to do with an unregistered codec name; anything but "error" asks numcodecs for a codec of that name.
    allow_pickle : bool
        Whether to make codecs that execute code from the data they decode.

    Returns
    -------
    NumcodecsObject
        An instance of the class that is registered with numcodecs for the codec's v2 id. A class of imagecodecs is
        registered in this process, where imagecodecs-numcodecs, which registers it in all of them, is missing.
        Of a pipeline a dictionary of ``dtype``, ``order``, ``filters`` and ``compressor``, as an array of format 2
        has them; a compressor that was left "auto" stays "auto".

    Raises
    ------
    InvalidCodecError, UnknownCodecError
        `source` cannot be read.
    NotRepresentableError
        v2 has no form of it.
    UnsafeCodecError
        It is, or holds, `pickle`, and `allow_pickle` is false.
    BackendMissingError
        numcodecs, or what it needs for this codec, is not installed; the message says what to install.
    BackendUnsupportedError
        The installed numcodecs has no such codec, or refuses these parameters.

    Example
    -------
    >>> to_numcodecs({"name": "gzip", "configuration": {"level": 5}})
    GZip(level=5)
    >>> to_numcodecs(Pipeline.from_v2(dtype="<i4", compressor={"id": "gzip", "level": 5}))
    {'dtype': '<i4', 'order': 'C', 'filters': None, 'compressor': GZip(level=5)}
    """
    make_options(on_loss=on_loss, unknown=unknown)
    check_flag("allow_pickle", allow_pickle)
    if isinstance(source, Pipeline):
        if dtype is not None or unknown != "error":
            raise BridgeError(
                "a pipeline has its own data type and codecs: pass no dtype or unknown"
            )
        return _pipeline_objects(source, on_loss, allow_pickle)
    given: CodecLike = codec_objects.unwrap(source)
    if codec_objects.has_numcodecs_api(given) and isinstance(given, NumcodecsObject):
        if not allow_pickle:
            refuse_unsafe(given.get_config(), given.codec_id)
        return given
    if unknown == "error" and codec_objects.is_codec_object(given):
        unknown = "keep"
    payload = to_v2(given, dtype=dtype, on_loss=on_loss, unknown=unknown)
    return instance(payload, allow_pickle=allow_pickle)


def _pipeline_objects(pipeline: Pipeline, on_loss: OnLoss, allow_pickle: bool) -> dict[str, Any]:
    ctx = zarr_python_context("v2", pipeline.data_type, pipeline.ndim, pipeline.chunk_shape)
    slots = v2_slots(pipeline.encoding, ctx, pipeline.chunk_shape)
    objects = v2_objects(slots, ctx, allow_pickle=allow_pickle)
    report_losses("v2", ctx.losses, on_loss)
    is_auto = slots.compressor is None and "compressors" in pipeline.auto
    return {
        "dtype": slots.dtype.to_v2(),
        "order": slots.order,
        "filters": objects["filters"] or None,
        "compressor": AUTO if is_auto else objects["compressor"],
    }


def v2_objects(
    slots: V2Slots, ctx: WriteContext, given: Slots | None = None, *, allow_pickle: bool = False
) -> dict[str, Any]:
    """Make the numcodecs objects of the slots of a v2 array: `filters`, `compressor`.

    A codec that was given as such an object, and was not changed, is that object. `ctx` collects the losses of the
    others. Raises as :func:`to_numcodecs`.
    """

    def make(placed: PlacedCodec) -> Any:
        source = given.source_of(placed.codec, "v2") if given is not None else None
        if source is not None:
            return _as_json(to_numcodecs(source, allow_pickle=allow_pickle), placed)
        return instance_of(placed.codec, placed.sees, outer=ctx, allow_pickle=allow_pickle)

    return {
        "filters": [make(placed) for placed in slots.filters],
        "compressor": None if slots.compressor is None else make(slots.compressor),
    }


def _as_json(source: NumcodecsObject, placed: PlacedCodec) -> Any:
    """The object itself; where its parameters are NumPy's, which zarr-python cannot write, an equal one with JSON's."""
    try:
        json.dumps(source.get_config())
    except TypeError:
        payload = write_codec(
            placed.codec, WriteContext(dialect="v2", chunk=placed.sees, unknown="keep")
        )
        config = {name: value for name, value in payload.items() if name != "id"}
        with suppress(Exception):  # foreign code; zarr-python says what it cannot write
            return cast(Any, type(source)).from_config(config)
    return source
