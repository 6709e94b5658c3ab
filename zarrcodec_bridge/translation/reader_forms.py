"""Other codecs for the same chunks, where a reader of the target lacks the codec that an encoding has.

Nothing is changed that all readers of the target open. What is changed decodes the same bytes to the same array: a
filter whose decoding gives what it is given is left out, `fixedscaleoffset` is `scale_offset` with `cast_value`, a
transpose that moves no element is left out, and the last v2 filter is the compressor where there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from zarrcodec_bridge.codecs.transpose import Transpose
from zarrcodec_bridge.core.contexts import WriteContext
from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.errors import NotRepresentableError
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.propagation import array_chunk, effect_of, name_of, output_chunk
from zarrcodec_bridge.core.registry import spec_of
from zarrcodec_bridge.core.spec import B2B, Chunk
from zarrcodec_bridge.dialects import write_codec
from zarrcodec_bridge.readers import find_readers
from zarrcodec_bridge.translation.encodings import V2Encoding, V3Encoding
from zarrcodec_bridge.translation.transposes import keeps_bytes

if TYPE_CHECKING:
    from zarrcodec_bridge.codecs.fixedscaleoffset import FixedScaleOffset
    from zarrcodec_bridge.codecs.sharding_indexed import ShardingIndexed
    from zarrcodec_bridge.readers.reader import Reader


def fit_to_readers(encoding: V2Encoding | V3Encoding, ctx: WriteContext) -> V2Encoding | V3Encoding:
    """Give the encoding with codecs that the target opens, as far as there are some.

    The notes and losses in the context say what changed.
    """
    readers = find_readers(ctx.target)
    if not readers:
        return encoding
    if isinstance(encoding, V2Encoding):
        return _fit_v2(encoding, readers, ctx)
    chunk = array_chunk(encoding.data_type, ctx.chunk.ndim, ctx.chunk.shape)
    codecs = _fit_chain(encoding.codecs, chunk, readers, ctx)
    return encoding if codecs == encoding.codecs else V3Encoding(encoding.data_type, codecs)


def _fit_v2(v2: V2Encoding, readers: Sequence[Reader], ctx: WriteContext) -> V2Encoding:
    from zarrcodec_bridge.readers.checks import slot_problems

    def list_refusing(codec: Codec, chunk: Chunk, slot: str) -> list[str]:
        written = write_codec(codec, replace(ctx, chunk=chunk, notes=[], losses=[]))
        filters, compressor = ([written], None) if slot == "filters" else ([], written)
        return [
            reader.title
            for reader in readers
            if any(True for _ in slot_problems(reader, filters, compressor, chunk.dtype))
        ]

    chunk = array_chunk(v2.dtype, ctx.chunk.ndim, ctx.chunk.shape)
    filters: list[Codec] = []
    compressor, last = v2.compressor, chunk
    for codec in v2.filters:
        may_go = _decodes_to_its_input(codec, chunk)
        refusing = list_refusing(codec, chunk, "filters") if may_go else []
        if refusing:
            _lose(codec, refusing, ctx)
        else:
            filters.append(codec)
            last = chunk
        chunk = output_chunk(codec, chunk)
    if (
        compressor is None
        and filters
        and _may_be_compressor(filters[-1])
        and list_refusing(filters[-1], last, "filters")
        and not list_refusing(filters[-1], last, "compressor")
    ):
        compressor = filters.pop()
        ctx.note(name_of(compressor), "becomes the compressor: it was the last of the filters")
    if len(filters) == len(v2.filters):
        return v2
    return V2Encoding(v2.dtype, v2.order, tuple(filters), compressor)


def _may_be_compressor(codec: Codec) -> bool:
    spec = spec_of(type(codec))
    return spec is not None and spec.kind == B2B and not spec.filter_only


def _fit_chain(
    codecs: tuple[Codec, ...], chunk: Chunk, readers: Sequence[Reader], ctx: WriteContext
) -> tuple[Codec, ...]:
    """Fit a v3 chain, the first codec of which sees `chunk`, and those inside its codecs."""
    found: list[Codec] = []
    for codec in codecs:
        if name_of(codec) == "sharding_indexed":
            found.append(_fit_shard(cast("ShardingIndexed", codec), chunk, readers, ctx))
        elif not _has_another_form(codec, chunk):
            found.append(codec)
        elif refusing := _list_refusing(codec, chunk, readers, ctx):
            found += _other_form(codec, chunk, refusing, readers, ctx)
        else:
            found.append(codec)
        chunk = output_chunk(codec, chunk)
    return codecs if tuple(found) == codecs else tuple(found)


def _fit_shard(
    codec: ShardingIndexed, chunk: Chunk, readers: Sequence[Reader], ctx: WriteContext
) -> ShardingIndexed:
    inner = array_chunk(chunk.dtype, None, tuple(codec.chunk_shape))
    codecs = _fit_chain(codec.codecs, inner, readers, ctx)
    return codec if codecs is codec.codecs else codec.model_copy(update={"codecs": codecs})


def _has_another_form(codec: Codec, chunk: Chunk) -> bool:
    return (
        _decodes_to_its_input(codec, chunk)
        or (isinstance(codec, Transpose) and keeps_bytes(codec, chunk))
        or name_of(codec) == "numcodecs.fixedscaleoffset"
    )


def _other_form(
    codec: Codec,
    chunk: Chunk,
    refusing: list[str],
    readers: Sequence[Reader],
    ctx: WriteContext,
) -> list[Codec]:
    """Give the codecs that stand for one that a reader lacks; the same one where there are none."""
    if isinstance(codec, Transpose):
        ctx.note("transpose", "is left out: it moves only axes of length 1, or none")
        return []
    if name_of(codec) != "numcodecs.fixedscaleoffset":
        _lose(codec, refusing, ctx)
        return []
    pair = _scale_and_cast(cast("FixedScaleOffset", codec), chunk)
    after = output_chunk(codec, chunk)
    if not pair or any(
        _list_refusing(each, seen, readers, ctx)
        for each, seen in zip(pair, (chunk, after), strict=True)
    ):
        return [codec]
    ctx.note("fixedscaleoffset", "becomes scale_offset and cast_value, which decode to the same")
    return pair


def _scale_and_cast(codec: FixedScaleOffset, chunk: Chunk) -> list[Codec]:
    """Give ``[scale_offset, cast_value]`` where they compute what `fixedscaleoffset` does: with float64 alone."""
    from zarrcodec_bridge.codecs.cast_value import CastValue
    from zarrcodec_bridge.codecs.scale_offset import ScaleOffset

    viewed, stored = codec.dtype, codec.astype
    if chunk.dtype is None or chunk.dtype.name != "float64" or viewed is None or stored is None:
        return []
    if DataType.from_v2(viewed).name != "float64" or stored[1:2] not in ("i", "u"):
        return []
    name = DataType.from_v2(stored).name
    return [
        ScaleOffset.model_validate({"offset": codec.offset, "scale": codec.scale}),
        CastValue(data_type=name, rounding="nearest-even", out_of_range="wrap"),
    ]


def _decodes_to_its_input(codec: Codec, chunk: Chunk) -> bool:
    identity = effect_of(codec).decodes_to_its_input
    return identity is not None and identity(codec, chunk)


def _lose(codec: Codec, refusing: list[str], ctx: WriteContext) -> None:
    do = "does" if len(refusing) == 1 else "do"
    ctx.lose(
        name_of(codec),
        f"{' and '.join(refusing)} {do} not open it, and it is left out: what is written later is not rounded",
    )


def _list_refusing(
    codec: Codec, chunk: Chunk, readers: Sequence[Reader], ctx: WriteContext
) -> list[str]:
    """List the readers that do not open a v3 codec as it is written for all of them."""
    from zarrcodec_bridge.readers.checks import codec_problems

    try:
        written = write_codec(codec, replace(ctx, chunk=chunk, notes=[], losses=[]))
    except NotRepresentableError:  # one of the readers has no form of it
        spec = spec_of(type(codec))
        forms = spec.v3 if spec is not None else ()
        lacking = [
            reader.title
            for reader in readers
            if not any(reader.v3.may_have(form.name) for form in forms if form.written)
        ]
        return lacking or [ctx.target]
    return [
        reader.title
        for reader in readers
        if any(True for _ in codec_problems(reader, "v3", written, chunk.dtype))
    ]
