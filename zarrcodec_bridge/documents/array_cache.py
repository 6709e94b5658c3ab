"""Array documents that were made before: in an archive arrays differ in shape and attributes, seldom in the rest."""

from __future__ import annotations

from collections.abc import Callable
from marshal import loads
from typing import Any, Final, TypeAlias

from zarrcodec_bridge.core.cache import Cache, is_exact, key_of
from zarrcodec_bridge.core.errors import Loss, Note
from zarrcodec_bridge.core.model import LARGEST as LONGEST_AXIS
from zarrcodec_bridge.core.options import read_axes
from zarrcodec_bridge.core.registry import spec_of
from zarrcodec_bridge.documents.context import DocumentContext, invalid_member
from zarrcodec_bridge.documents.members import is_json
from zarrcodec_bridge.translation.encodings import V2Encoding
from zarrcodec_bridge.translation.pipeline import Pipeline

Maker: TypeAlias = Callable[
    [dict[str, Any], int, list[int] | None, DocumentContext], tuple[dict[str, Any], Pipeline]
]
"""Makes a document, but for shapes and attributes: from the rest of one, the number of axes and a chunk's shape."""

_Kept: TypeAlias = tuple[bytes, tuple[Note, ...], tuple[Loss, ...]]
"""The document but for its shapes and attributes, the notes and the losses."""

_cache: Final = Cache[_Kept | None](lambda key: 1000 + 3 * len(key[1]))
"""By the rest of a document; ``None`` stands for one that depends on the shape of the chunk, and is kept by it too."""


def make_array(
    make: Maker, rest: dict[str, Any], ndim: int, chunks: list[int] | None, ctx: DocumentContext
) -> dict[str, Any]:
    """Make the rest of an array document, or copy what was made of an equal one before."""
    # a document that was made before is not read again, so that nothing else would see it
    if chunks and max(chunks) > LONGEST_AXIS:
        read_axes(ndim, chunks)
    given: tuple[Any, ...] = (rest, ctx.target, ctx.unknown, ndim)
    key, entries = (make, key_of(given)), _cache.entries
    kept = entries.get(key)
    shaped = kept is None and key in entries
    if shaped:
        given = (*given, chunks)
        key = (make, key_of(given))
        kept = entries.get(key)
    if kept is not None:
        ctx.take(kept[1], kept[2])
        return loads(kept[0])  # type: ignore[no-any-return]
    inner = DocumentContext(ctx.target, ctx.unknown)
    made, pipeline = make(rest, ndim, chunks, inner)
    if not is_json(made):
        raise invalid_member((), "it holds NaN or infinity, which JSON does not allow")
    ctx.take(inner.notes, inner.losses)
    if key[1] is None or not _cache.meets_again(key):
        return made
    result = key_of(made)
    if result is not None and is_exact(key[1], given):
        if not shaped and not _is_shapeless(pipeline):
            _cache.keep(entries, key, None)
            key = (make, key_of((*given, chunks)))
        _cache.keep(entries, key, (result, tuple(inner.notes), tuple(inner.losses)))
    return made


def _is_shapeless(pipeline: Pipeline) -> bool:
    encoding = pipeline.encoding
    if isinstance(encoding, V2Encoding) and encoding.order != "C":
        return False
    specs = [spec_of(type(codec)) for codec in encoding.codecs]
    return all(spec is not None and spec.ignores_chunk_shape for spec in specs)
