"""Whether codecs fit the chunks that reach them, and one another: axes, shapes, data types, sizes, kinds.

The rules of a codec are in its own file (:attr:`CodecSpec.check`); the functions here go through chains.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from zarrcodec_bridge.core.errors import InvalidCodecError, NotRepresentableError, Problem
from zarrcodec_bridge.core.json_values import Path
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.propagation import effect_of, kind_of, output_chunk
from zarrcodec_bridge.core.registry import spec_of
from zarrcodec_bridge.core.spec import A2A, A2B, Chunk


def check_codec(codec: Codec, chunk: Chunk) -> None:
    """Raise :class:`InvalidCodecError` if a codec that only v3 has does not fit the chunk that it sees."""
    spec = spec_of(type(codec))
    if spec is None or spec.check is None or any(form.readable for form in spec.v2):
        return
    _raise_any(codec_problems(codec, chunk, ()))


def check_codecs(codecs: Sequence[Codec], chunk: Chunk) -> None:
    """Raise :class:`InvalidCodecError` if a codec of a v3 chain does not fit the chunk that reaches it.

    Parameters
    ----------
    codecs : sequence of Codec
        The chain.
    chunk : Chunk
        The chunk that its first codec sees, as far as it is known.
    """
    _raise_any(chain_problems(codecs, chunk, ("codecs",)))


def _raise_any(problems: Iterator[Problem]) -> None:
    found = list(islice(problems, 20))
    if found:
        raise InvalidCodecError(found)


def chain_problems(codecs: Sequence[Codec], chunk: Chunk, path: Path) -> Iterator[Problem]:
    """Find the problems of a v3 chain, the first codec of which sees `chunk`."""
    for index, codec in enumerate(codecs):
        yield from codec_problems(codec, chunk, (*path, index))
        chunk = _next_chunk(codec, chunk)


def codec_problems(codec: Codec, chunk: Chunk, path: Path) -> Iterator[Problem]:
    """Find what of a codec does not fit the chunk that it sees."""
    spec = spec_of(type(codec))
    if spec is not None and spec.check is not None:
        for problem in spec.check(codec, chunk):
            inner = ("configuration", *problem.path) if problem.path else ()
            yield Problem((*path, *inner), problem.message)


def _next_chunk(codec: Codec, chunk: Chunk) -> Chunk:
    """Give the chunk that the next codec sees; its shape only where that is known."""
    effect = effect_of(codec)
    after = output_chunk(codec, chunk)
    if effect.output_shape is not None:
        shape = None if chunk.shape is None else effect.output_shape(codec, chunk.shape)
        return after._replace(ndim=None if shape is None else len(shape), shape=shape)
    if effect.output is not None:  # it packs elements together
        return after._replace(ndim=None, shape=None)
    return after


def check_kinds(codecs: Sequence[Codec], dialect: str) -> None:
    """Refuse a v3 chain that is not array-to-array, then one array-to-bytes, then bytes-to-bytes codecs."""
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
    """Whether the size of the output follows from that of the input; an unknown codec is taken for one of those."""
    spec = spec_of(type(codec))
    if spec is None or spec.kind == A2A:
        return True
    return spec.fixed_size or spec.preserves_itemsize or spec.checksum
