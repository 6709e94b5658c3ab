"""Codec objects for the slots of an array: numcodecs objects for v2, zarr-python objects for v3."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Any, cast

from zarrcodec_bridge.adapters.numcodecs import NumcodecsObject, instance_of, to_numcodecs
from zarrcodec_bridge.adapters.zarr_python import backend, codec_of_array
from zarrcodec_bridge.adapters.zarr_python.misread import refuse_misread
from zarrcodec_bridge.codecs.bytes import Bytes
from zarrcodec_bridge.core.contexts import WriteContext
from zarrcodec_bridge.core.errors import BackendMissingError, LossError
from zarrcodec_bridge.core.model import Codec, KeptCodec
from zarrcodec_bridge.core.options import OnLoss, Unknown
from zarrcodec_bridge.core.spec import A2A, A2B, B2B, Dialect, Kind
from zarrcodec_bridge.dialects import codec_objects, write_codec
from zarrcodec_bridge.translation.options import report_losses
from zarrcodec_bridge.translation.pipeline import Pipeline
from zarrcodec_bridge.translation.slots import (
    AUTO,
    OBJECT_CODECS,
    Placed,
    Slots,
    V2Slots,
    V3Slots,
    first_chunk,
    v2_slots,
    v3_slots,
)

__all__ = [
    "pipeline_to_numcodecs",
    "pipeline_to_zarr",
    "said",
    "v2_objects",
    "v3_objects",
    "zarr_version",
]


def said(source: Any) -> Any:
    """What a codec object says of itself, without what only an array can settle."""
    try:
        return codec_objects.payload_of(source)
    except Exception:  # foreign code; whoever asks it again says what went wrong
        return source


def v2_objects(
    found: V2Slots, ctx: WriteContext, given: Slots | None = None, *, allow_pickle: bool = False
) -> dict[str, Any]:
    """The slots of a v2 array, codecs as numcodecs objects: `filters`, `compressor`.

    A codec that came as such an object, and was not changed, is that object. `ctx` keeps the losses of the others.

    Raises as :func:`~zarrcodec_bridge.adapters.numcodecs.to_numcodecs`.
    """

    def made(placed: Placed) -> Any:
        source = given.source_of(placed.codec, "v2") if given is not None else None
        if source is not None:
            return _plain(to_numcodecs(source, allow_pickle=allow_pickle), placed)
        return instance_of(placed.codec, placed.sees, outer=ctx, allow_pickle=allow_pickle)

    return {
        "filters": [made(placed) for placed in found.filters],
        "compressor": None if found.compressor is None else made(found.compressor),
    }


def _plain(source: NumcodecsObject, placed: Placed) -> Any:
    """The object itself; where its parameters are NumPy's, which zarr-python cannot write, one of the same in JSON."""
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


def v3_objects(
    found: V3Slots,
    ctx: WriteContext,
    given: Slots | None = None,
    *,
    unknown: Unknown = "keep",
    allow_pickle: bool = False,
) -> dict[str, Any]:
    """zarr-python's slots of a v3 array, codecs as its objects: `filters`, `serializer`, `compressors`.

    `ctx` keeps the losses. Raises as :func:`~zarrcodec_bridge.adapters.zarr_python.codec_of_array`.
    """
    placed = (*found.filters, found.serializer, *found.compressors)
    refuse_misread([item.codec for item in placed], found.data_type)

    def made(placed: Placed, kind: Kind) -> Any:
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
        "filters": [made(placed, A2A) for placed in found.filters],
        "serializer": made(found.serializer, A2B),
        "compressors": [made(placed, B2B) for placed in found.compressors],
    }


def _v3_source(codec: Codec, given: Slots | None) -> Any:
    if given is None:
        return None
    source = given.source_of(codec, "v3")
    if source is None and isinstance(codec, KeptCodec):
        return given.source_of(codec, "v2")
    return source


def pipeline_to_zarr(
    pipeline: Pipeline, *, on_loss: OnLoss = "error", allow_pickle: bool = False
) -> dict[str, Any]:
    """What ``zarr.create_array`` takes in format 3: objects in `filters`, `serializer`, `compressors`.

    What was ``"auto"`` is that. Raises as :meth:`Pipeline.to_v3` and
    :func:`~zarrcodec_bridge.adapters.zarr_python.to_zarr`.
    """
    ctx = _writing("v3", pipeline)
    found = v3_slots(pipeline.encoding, ctx, pipeline.chunk_shape)
    made = v3_objects(found, ctx, allow_pickle=allow_pickle)
    report_losses("v3", ctx.losses, on_loss)
    return made | dict.fromkeys(_left_open(pipeline, found), AUTO)


def _left_open(pipeline: Pipeline, found: V3Slots) -> Iterator[str]:
    auto: frozenset[str] = getattr(pipeline, "auto", frozenset())
    serializer = found.serializer.codec
    if "filters" in auto and not found.filters:
        yield "filters"
    if "serializer" in auto and (
        serializer in (Bytes(endian="little"), Bytes()) or serializer in OBJECT_CODECS.values()
    ):
        yield "serializer"
    if "compressors" in auto and not found.compressors:
        yield "compressors"


def pipeline_to_numcodecs(
    pipeline: Pipeline, *, on_loss: OnLoss = "error", allow_pickle: bool = False
) -> dict[str, Any]:
    """What makes an array of format 2: `dtype`, `order`, and objects in `filters`, `compressor`.

    Raises as :meth:`Pipeline.to_v2` and :func:`~zarrcodec_bridge.adapters.numcodecs.to_numcodecs`.
    """
    ctx = _writing("v2", pipeline)
    found = v2_slots(pipeline.encoding, ctx, pipeline.chunk_shape)
    made = v2_objects(found, ctx, allow_pickle=allow_pickle)
    report_losses("v2", ctx.losses, on_loss)
    auto: frozenset[str] = getattr(pipeline, "auto", frozenset())
    return {
        "dtype": found.dtype.to_v2(),
        "order": found.order,
        "filters": made["filters"] or None,
        "compressor": made["compressor"] if found.compressor or "compressors" not in auto else AUTO,
    }


def _writing(dialect: Dialect, pipeline: Pipeline) -> WriteContext:
    return WriteContext(
        dialect=dialect,
        target="zarr-python",
        chunk=first_chunk(pipeline.data_type, pipeline.ndim, pipeline.chunk_shape),
        unknown="keep",
        complete=True,
    )


def zarr_version() -> tuple[int, ...]:
    """The version of the installed zarr-python; raises :class:`BackendMissingError` where there is none."""
    found = backend.installed("zarr")
    if found is None:
        raise BackendMissingError(
            "zarr", "what the keywords are called depends on the installed zarr: pip install zarr"
        )
    return found
