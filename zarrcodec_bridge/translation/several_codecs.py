"""Where one codec of one format is several of the other: rules that no single codec can know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, cast

from zarrcodec_bridge.codecs import imagecodecs
from zarrcodec_bridge.codecs.bytes import Bytes
from zarrcodec_bridge.codecs.transpose import Transpose
from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.errors import MissingContextError, NotRepresentableError
from zarrcodec_bridge.core.model import Codec, thaw
from zarrcodec_bridge.core.propagation import array_chunk, name_of, output_chunk, resolve_parameters
from zarrcodec_bridge.core.spec import Chunk
from zarrcodec_bridge.dialects import read_codec

if TYPE_CHECKING:  # each is imported where a chain has it
    from zarrcodec_bridge.codecs.cast_value import CastValue
    from zarrcodec_bridge.codecs.fixedscaleoffset import FixedScaleOffset
    from zarrcodec_bridge.codecs.n5_default import N5Default
    from zarrcodec_bridge.codecs.n5_wrapper import N5Wrapper
    from zarrcodec_bridge.codecs.quantize import Quantize
    from zarrcodec_bridge.codecs.scale_offset import ScaleOffset

QUANTIZE: Final = "numcodecs.quantize"


def expand(codecs: Sequence[Codec], dtype: DataType, ctx: WriteContext) -> list[Codec]:
    """v2 to v3: split what v3 says with several codecs."""
    split: list[Codec] = []
    seen: DataType | None = dtype
    for codec in codecs:
        if name_of(codec) == QUANTIZE:
            split += _split_quantize(cast("Quantize", codec), seen, ctx)
        elif name_of(codec) == "n5_wrapper":
            split += _split_n5(cast("N5Wrapper", codec), dtype, ctx)
        else:
            split.append(codec)
        seen = output_chunk(codec, array_chunk(seen, None, None)).dtype
    return split


def _split_quantize(codec: Quantize, seen: DataType | None, ctx: WriteContext) -> list[Codec]:
    """`numcodecs.quantize` does not tell zarr-python that it changes the data type; `numcodecs.astype` does."""
    from zarrcodec_bridge.codecs.astype import Astype

    if codec.dtype is None and codec.astype is not None:
        (first,) = resolve_parameters([codec], array_chunk(seen, None, None))
        codec = cast("Quantize", first)
    if codec.astype is None or codec.dtype is None or not _casts(codec):
        return [codec]
    ctx.note("quantize", f"astype {codec.astype!r} becomes a codec of its own, numcodecs.astype")
    return [
        codec.model_copy(update={"astype": codec.dtype}),
        Astype(encode_dtype=codec.astype, decode_dtype=codec.dtype),
    ]


def _split_n5(codec: N5Wrapper, dtype: DataType, ctx: WriteContext) -> list[Codec]:
    """N5 blocks hold the axes in reverse: ``[transpose, n5_default([transpose, bytes(big), X])]``."""
    from zarrcodec_bridge.codecs.n5_default import N5Default

    ndim = len(codec.chunk_shape) if codec.chunk_shape is not None else ctx.chunk.ndim
    if ndim is None:
        raise MissingContextError("v3", "n5_wrapper", "N5 reverses the axes", ["ndim"])
    if dtype.endian == "big":
        raise NotRepresentableError("v3", "n5_wrapper", "it puts out little-endian elements only")
    reverse = Transpose(order=tuple(range(ndim))[::-1])
    inner: list[Codec] = [reverse, Bytes(endian="big" if dtype.has_order else None)]
    if codec.compressor_config is not None:
        inner.append(codec.compressor_config)
    return [reverse, N5Default(codecs=tuple(inner))]


def contract(codecs: Sequence[Codec], dtype: DataType, ctx: WriteContext) -> list[Codec]:
    """v3 to v2: join what v2 says with one codec."""
    joined: list[Codec] = []
    rest = list(codecs)
    while rest:
        codec = rest.pop(0)
        names = (name_of(codec), name_of(rest[0]) if rest else "")
        if names == ("scale_offset", "cast_value"):
            scale, cast_value = cast("ScaleOffset", codec), cast("CastValue", rest.pop(0))
            joined.append(_join_scale_offset(scale, cast_value, dtype, ctx))
        elif names == ("transpose", "n5_default"):
            transpose, n5 = cast(Transpose, codec), cast("N5Default", rest.pop(0))
            joined.append(_join_n5(transpose, n5, dtype, ctx))
        else:
            if names[0] == QUANTIZE and _casts(cast("Quantize", codec)):
                raise NotRepresentableError(
                    "v2",
                    "numcodecs.quantize",
                    "no reader of v3 decodes it with another data type as astype",
                )
            joined.append(codec)
    return joined


def _casts(codec: Quantize) -> bool:
    """Whether it puts out another data type, byte order aside."""
    if codec.astype is None or codec.dtype is None:
        return False
    return codec.astype[1:] != codec.dtype[1:]


def _join_scale_offset(
    scale: ScaleOffset, cast: CastValue, dtype: DataType, ctx: WriteContext
) -> FixedScaleOffset:
    """``[scale_offset, cast_value]`` is `fixedscaleoffset`, to the bit for float64 alone."""
    from zarrcodec_bridge.codecs.fixedscaleoffset import FixedScaleOffset

    target = DataType.from_v3(thaw(cast.data_type))
    numbers: list[Any] = [scale.offset_value, scale.scale_value]

    def refuse(reason: str) -> NotRepresentableError:
        return NotRepresentableError("v2", "scale_offset", reason)

    if dtype.name != "float64":
        raise refuse(
            f"fixedscaleoffset computes in float64, so {dtype.name} values would differ in the last bit"
        )
    if not all(isinstance(n, (int, float)) and not isinstance(n, bool) for n in numbers):
        raise refuse("its offset and scale are not plain numbers")
    if not target.name.startswith(("int", "uint")) or target.name in (
        "int2",
        "int4",
        "uint2",
        "uint4",
    ):
        raise refuse("fixedscaleoffset rounds to whole numbers, and the cast is not to one")
    if cast.scalar_map is not None:
        raise refuse("v2 has no scalar_map")
    if target.itemsize == 8 and cast.rounding not in (None, "nearest-even"):
        raise refuse(
            f"float64 does not hold all of {target.name}, and fixedscaleoffset decodes to the nearest"
        )
    if cast.rounding not in (None, "nearest-even") or cast.out_of_range != "wrap":
        ctx.lose(
            "cast_value",
            f"rounding {cast.rounding or 'nearest-even'!r} and out_of_range {cast.out_of_range!r}"
            " become fixedscaleoffset's 'nearest-even' and 'wrap' when written",
        )
    return FixedScaleOffset(
        offset=numbers[0],
        scale=numbers[1],
        dtype="<f8",
        astype=target.with_endian("little").to_v2(),
    )


def _join_n5(transpose: Transpose, n5: N5Default, dtype: DataType, ctx: WriteContext) -> N5Wrapper:
    from zarrcodec_bridge.codecs.n5_wrapper import N5Wrapper

    inner = list(n5.codecs)
    shape = ctx.chunk.shape
    if shape is None:
        raise MissingContextError(
            "v2", "n5_default", "N5 blocks are of the chunk's shape", ["chunk_shape"]
        )
    reverse = tuple(range(len(shape)))[::-1]
    if transpose.order not in ("F", reverse):
        raise NotRepresentableError(
            "v2", "n5_default", "the transpose before it is no full reversal"
        )
    return N5Wrapper(
        dtype=dtype.with_endian("little").to_v2(),
        chunk_shape=shape,
        compressor_config=inner[2] if len(inner) > 2 else None,
    )


def portable(codecs: Sequence[Codec], chunk: Chunk, ctx: WriteContext) -> list[Codec]:
    """The same chain with the codecs that more readers know, where they read and write the same bytes."""
    chain: list[Codec] = []
    read = ReadContext(dialect=ctx.dialect)
    for codec in codecs:
        equal = imagecodecs.portable(codec, chunk, ctx.dialect)
        if equal is None:
            chain.append(codec)
        else:
            chain += [read_codec(payload, read) for payload in equal.codecs]
            ctx.note(name_of(codec), equal.note)
            if equal.loss:
                ctx.lose(name_of(codec), equal.loss)
        chunk = output_chunk(codec, chunk)
    return chain
