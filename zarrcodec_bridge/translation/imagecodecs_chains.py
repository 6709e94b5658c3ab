"""v3 chains of other writers as imagecodecs-zarr writes them today.

Three dialects share the names (A is what is written today; the chunks of all three are the same):

====  ==========================================  ======================================================
A     imagecodecs-zarr since 2026.8.16            ``[imagecodecs_floatpred, imagecodecs_zlib]``
B     imagecodecs-zarr 2026.5.10 and after        ``[imagecodecs_floatpred, bytes, imagecodecs_zlib]``
C     virtual-tiff                                ``[transpose, ChunkyCodec, imagecodecs_jpeg]``
====  ==========================================  ======================================================

They are told apart by place: an array-to-bytes codec before `bytes` is B's, one after it is C's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zarrcodec_bridge.codecs.bytes import Bytes
from zarrcodec_bridge.codecs.imagecodecs.chunky import ChunkyCodec
from zarrcodec_bridge.codecs.transpose import Transpose
from zarrcodec_bridge.core.contexts import ReadContext
from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.errors import NotRepresentableError
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.registry import spec_of
from zarrcodec_bridge.core.spec import A2B

ONCE_ARRAY_TO_ARRAY = frozenset(
    {"imagecodecs_bitshuffle", "imagecodecs_byteshuffle", "imagecodecs_floatpred"}
)
"""What was array-to-array in B (and, of these, floatpred in C)."""


def normalize_chain(
    codecs: Sequence[Codec], dtype: DataType | None, ctx: ReadContext
) -> tuple[Codec, ...]:
    """The chain as A: one array-to-bytes codec, and no `ChunkyCodec`.

    Raises :class:`NotRepresentableError` where a byte order that A cannot say is lost.
    """
    chain = list(_without_chunky(codecs, ctx))
    for at, codec in enumerate(chain):
        if not isinstance(codec, Bytes):
            continue
        before = _serializer_name(chain[at - 1]) if at else None
        after = _serializer_name(chain[at + 1]) if at + 1 < len(chain) else None
        if before is not None and before in ONCE_ARRAY_TO_ARRAY:
            _drop_bytes(codec, before, "after", _takes_bytes_raw(chain[at - 1]), dtype, ctx)
            return (*chain[:at], *chain[at + 1 :])
        if after is not None and before is None:
            _drop_bytes(codec, after, "before", False, dtype, ctx)
            return (*chain[:at], *chain[at + 1 :])
    return tuple(chain)


def is_of_virtual_tiff(codecs: Sequence[Any], chain: Sequence[Codec]) -> bool:
    """Whether virtual-tiff reads the JSON `codecs`, but not what :func:`normalize_chain` makes of `chain`, its models.

    imagecodecs-zarr and virtual-tiff take the same names for codecs of other kinds, so each opens its own chains only.
    """
    names = [str(codec["name"]) for codec in codecs]
    if "HorizontalDeltaCodec" in names:
        return True
    for at, codec in enumerate(chain):
        if isinstance(codec, (Bytes, ChunkyCodec)):
            if at and _serializer_name(chain[at - 1]) in ONCE_ARRAY_TO_ARRAY:
                before = any(name.startswith("numcodecs.") for name in names)
                return before or _takes_bytes_raw(chain[at - 1])
            return at + 1 < len(chain) and _serializer_name(chain[at + 1]) is not None
    return False


def _serializer_name(codec: Codec) -> str | None:
    """The name of an array-to-bytes codec of imagecodecs."""
    spec = spec_of(type(codec))
    found = spec is not None and spec.kind == A2B and spec.title.startswith("imagecodecs_")
    return spec.title if spec is not None and found else None


def _takes_bytes_raw(codec: Codec) -> bool:
    """virtual-tiff's floatpred takes what `bytes` gives for its own `dtype`, whatever the byte order."""
    return getattr(codec, "dtype", None) is not None


def _drop_bytes(
    codec: Bytes, neighbour: str, side: str, raw: bool, dtype: DataType | None, ctx: ReadContext
) -> None:
    swapped = codec.endian == "big" and not (dtype is not None and dtype.itemsize == 1)
    if swapped and not raw:
        raise NotRepresentableError(
            "v3",
            neighbour,
            "it stood next to big-endian bytes, and puts out native elements itself",
        )
    ctx.note(neighbour, f"is an array-to-bytes codec itself; the bytes codec {side} it is dropped")


def _without_chunky(codecs: Sequence[Codec], ctx: ReadContext) -> list[Codec]:
    """`ChunkyCodec` as a reversing transpose, joined with the one before it, and `bytes`."""
    chain: list[Codec] = []
    for codec in codecs:
        if not isinstance(codec, ChunkyCodec):
            chain.append(codec)
            continue
        reversing = Transpose(order="F")
        if chain and isinstance(before := chain[-1], Transpose) and isinstance(before.order, tuple):
            chain.pop()
            reversing = Transpose(order=before.order[::-1])
        if reversing.order != tuple(range(len(reversing.order))):
            chain.append(reversing)
        chain.append(Bytes(endian=codec.endian))
        ctx.note("ChunkyCodec", "virtual-tiff's codec is read as a transpose and bytes")
    return chain
