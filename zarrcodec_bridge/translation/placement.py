"""The codecs of an encoding in the slots of a zarr-python array, each with the chunk that reaches it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zarrcodec_bridge.codecs.transpose import Transpose
from zarrcodec_bridge.core.contexts import WriteContext
from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.errors import (
    MissingContextError,
    NotRepresentableError,
)
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.options import Order, Unknown
from zarrcodec_bridge.core.propagation import (
    kind_of,
    output_chunk,
    resolve_parameters,
)
from zarrcodec_bridge.core.spec import A2B, Chunk, Dialect
from zarrcodec_bridge.readers import zarr_python
from zarrcodec_bridge.readers.refusals import check_array
from zarrcodec_bridge.translation.encodings import V2Encoding, V3Encoding
from zarrcodec_bridge.translation.slots import UNSPECIFIED, first_chunk
from zarrcodec_bridge.translation.v2_to_v3 import v2_to_v3
from zarrcodec_bridge.translation.v3_to_v2 import v3_to_v2
from zarrcodec_bridge.translation.value_checks import check_orders


@dataclass(frozen=True, slots=True)
class PlacedCodec:
    """A codec in the slot where it belongs, and the chunk that reaches it there."""

    codec: Codec
    sees: Chunk


@dataclass(frozen=True, slots=True)
class V3Slots:
    """The slots of a v3 array; parameters that depend on the array are filled in as far as it is known."""

    data_type: DataType
    filters: tuple[PlacedCodec, ...]
    serializer: PlacedCodec
    compressors: tuple[PlacedCodec, ...]

    @property
    def gains_order(self) -> bool:
        """Whether the filters turn elements without a byte order into elements with one.

        zarr-python chooses `bytes` for the elements of the array, and fails where `endian` is then missing.
        """
        seen = self.serializer.sees.dtype
        return seen is not None and seen.has_order and not self.data_type.has_order


@dataclass(frozen=True, slots=True)
class V2Slots:
    """The slots of a v2 array."""

    dtype: DataType
    order: Order
    filters: tuple[PlacedCodec, ...]
    compressor: PlacedCodec | None

    @property
    def codecs(self) -> tuple[PlacedCodec, ...]:
        """All codecs in the order in which they encode."""
        return self.filters if self.compressor is None else (*self.filters, self.compressor)


def zarr_python_context(
    dialect: Dialect,
    dtype: DataType | None,
    ndim: int | None = None,
    shape: tuple[int, ...] | None = None,
    *,
    unknown: Unknown = "keep",
) -> WriteContext:
    """The context in which the codecs of an array are written for zarr-python, as far as the array is known."""
    return WriteContext(
        dialect=dialect,
        target="zarr-python",
        chunk=first_chunk(dtype, ndim, shape),
        unknown=unknown,
        complete=dtype is not None,
    )


def v3_slots(
    encoding: V2Encoding | V3Encoding, ctx: WriteContext, shape: tuple[int, ...] | None = None
) -> V3Slots:
    """The slots of a v3 array with this encoding.

    Raises :class:`NotRepresentableError` where v3 has no such encoding.
    """
    v3 = encoding if isinstance(encoding, V3Encoding) else v2_to_v3(encoding, ctx)
    check_orders(v3.codecs, ctx)
    chunk = first_chunk(v3.data_type, ctx.chunk.ndim, shape)
    placed = _place(v3.codecs, chunk)
    check_array(zarr_python.READER, [item.codec for item in placed], chunk)
    kinds = [kind_of(item.codec) for item in placed]
    if kinds.count(A2B) != 1:
        raise NotRepresentableError(
            "v3", "codecs", f"expected one array-to-bytes codec, got {kinds.count(A2B)}"
        )
    at = kinds.index(A2B)
    return V3Slots(v3.data_type, placed[:at], placed[at], placed[at + 1 :])


def v2_slots(
    encoding: V2Encoding | V3Encoding, ctx: WriteContext, shape: tuple[int, ...] | None = None
) -> V2Slots:
    """The slots of a v2 array with this encoding.

    Raises :class:`NotRepresentableError` where v2 has no such encoding.
    """
    if isinstance(encoding, V3Encoding) and encoding.data_type == UNSPECIFIED:
        raise MissingContextError(
            "v2", "the array", "v2 has the byte order in its data type", ["dtype"]
        )
    v2 = encoding if isinstance(encoding, V2Encoding) else v3_to_v2(encoding, ctx)
    chunk = first_chunk(v2.dtype, ctx.chunk.ndim, shape)
    placed: list[PlacedCodec] = []
    for codec in v2.codecs:
        placed.append(PlacedCodec(codec, chunk))
        chunk = output_chunk(codec, chunk)
    compressor = placed.pop() if v2.compressor is not None else None
    return V2Slots(v2.dtype, v2.order, tuple(placed), compressor)


def _place(codecs: Sequence[Codec], chunk: Chunk) -> tuple[PlacedCodec, ...]:
    """Resolve the parameters of a v3 chain, and give each codec the chunk that reaches it."""
    placed: list[PlacedCodec] = []
    if chunk.ndim is not None:
        codecs = [_with_axes(codec, chunk.ndim) for codec in codecs]
    for codec in resolve_parameters(codecs, chunk):
        placed.append(PlacedCodec(codec, chunk))
        chunk = output_chunk(codec, chunk)
    return tuple(placed)


def _with_axes(codec: Codec, ndim: int) -> Codec:
    """Axes by number: "C" and "F" are how v3 spelled them before it was final."""
    if not isinstance(codec, Transpose) or isinstance(codec.order, tuple):
        return codec
    axes = tuple(range(ndim))
    return codec.model_copy(update={"order": axes[::-1] if codec.order == "F" else axes})
