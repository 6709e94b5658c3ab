"""Whether codecs fit the chunks that reach them: ranks, shapes, data types, sizes.

What its specification asks of the chunk is in a codec's own file (:attr:`CodecSpec.check`); here chains are walked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from zarrcodec_bridge.core.errors import InvalidCodecError, NotRepresentableError, Problem
from zarrcodec_bridge.core.json_values import Path
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.propagation import effect_of, kind_of, name_of, output_chunk
from zarrcodec_bridge.core.registry import spec_of
from zarrcodec_bridge.core.spec import A2A, A2B, Chunk

__all__ = [
    "chain_problems",
    "check_as_zarr_python",
    "check_codec",
    "check_codecs",
    "check_kinds",
    "is_of_fixed_size",
]


def check_codec(codec: Codec, chunk: Chunk, path: Path = ()) -> None:
    """Raise :class:`InvalidCodecError` where a codec that only v3 has does not fit the chunk that it sees."""
    spec = spec_of(type(codec))
    if spec is None or spec.check is None or any(form.readable for form in spec.v2):
        return
    _raise(_problems(codec, chunk, path))


def check_codecs(codecs: Sequence[Codec], chunk: Chunk, path: Path = ("codecs",)) -> None:
    """Raise :class:`InvalidCodecError` where a codec of a v3 chain does not fit the chunk that reaches it.

    Parameters
    ----------
    codecs : sequence of Codec
        The chain.
    chunk : Chunk
        What its first codec sees, as far as it is known.
    path : tuple
        Where the chain stands in the caller's payload.
    """
    _raise(chain_problems(codecs, chunk, path))


def _raise(problems: Iterator[Problem]) -> None:
    found = list(islice(problems, 20))
    if found:
        raise InvalidCodecError(found)


def chain_problems(codecs: Sequence[Codec], chunk: Chunk, path: Path) -> Iterator[Problem]:
    """What is wrong in a v3 chain, the first codec of which sees `chunk`."""
    for index, codec in enumerate(codecs):
        yield from _problems(codec, chunk, (*path, index))
        chunk = _next(codec, chunk)


def _problems(codec: Codec, chunk: Chunk, path: Path) -> Iterator[Problem]:
    spec = spec_of(type(codec))
    if spec is not None and spec.check is not None:
        for problem in spec.check(codec, chunk):
            inner = ("configuration", *problem.path) if problem.path else ()
            yield Problem((*path, *inner), problem.message)


def _next(codec: Codec, chunk: Chunk) -> Chunk:
    """What the next codec sees; of a chunk that is given another shape, only where that is known."""
    effect = effect_of(codec)
    after = output_chunk(codec, chunk)
    if effect.reshaped is not None:
        shape = None if chunk.shape is None else effect.reshaped(codec, chunk.shape)
        return after._replace(ndim=None if shape is None else len(shape), shape=shape)
    if effect.output is not None:  # it packs elements together
        return after._replace(ndim=None, shape=None)
    return after


def check_as_zarr_python(codecs: Sequence[Codec], array: Chunk) -> None:
    """Raise :class:`NotRepresentableError` where zarr-python does not open a chain that fits.

    It asks each codec whether it fits the array itself, too, whatever the codecs before it make of that.
    """
    for codec in codecs:
        problem = next(_problems(codec, array, ()), None)
        if problem is not None:
            raise NotRepresentableError(
                "v3",
                name_of(codec),
                f"zarr-python takes it for a codec of the array as it is: {problem}",
            )


def check_kinds(codecs: Sequence[Codec], dialect: str) -> None:
    """Refuse a v3 chain that is not array-to-array, one array-to-bytes, then bytes-to-bytes codecs."""
    kinds = [kind_of(codec) for codec in codecs]
    if None in kinds:
        return
    if kinds.count(A2B) != 1:
        raise NotRepresentableError(
            dialect, "codecs", f"expected one array-to-bytes codec, got {kinds.count(A2B)}"
        )
    at = kinds.index(A2B)
    if kinds.count(A2A) != at or A2A in kinds[at:]:
        raise NotRepresentableError(
            dialect,
            "codecs",
            "expected array-to-array, then array-to-bytes, then bytes-to-bytes codecs",
        )


def is_of_fixed_size(codec: Codec) -> bool:
    """Whether the size of what a codec puts out is known from its input's; of what is not known, it is."""
    spec = spec_of(type(codec))
    if spec is None or spec.kind == A2A:
        return True
    return spec.fixed_size or spec.preserves_itemsize or spec.checksum
