"""What equal documents gave before: in an archive, arrays differ in shape and attributes, and seldom in the rest.

The rest of a document is looked up as :mod:`zarrcodec_bridge.memo` looks up encodings. The shape of a chunk belongs
to it only where a codec looks at it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeAlias

from zarrcodec_bridge import registry
from zarrcodec_bridge.documents.context import Context
from zarrcodec_bridge.encodings import V2Encoding
from zarrcodec_bridge.errors import Loss, Note
from zarrcodec_bridge.flow import name_of
from zarrcodec_bridge.memo import Memo, copier, fresh, is_flat, is_plain, key_of
from zarrcodec_bridge.pipeline import Pipeline

__all__ = ["Maker", "template"]

Maker: TypeAlias = Callable[
    [dict[str, Any], int, list[int] | None, Context], tuple[dict[str, Any], Pipeline]
]
"""Makes a document, but for shapes and attributes: from the rest of one, the number of axes and a chunk's shape."""

SHAPELESS: Final = frozenset(
    {
        "blosc",
        "bytes",
        "crc32c",
        "gzip",
        "numcodecs.adler32",
        "numcodecs.bz2",
        "numcodecs.crc32",
        "numcodecs.fletcher32",
        "numcodecs.lz4",
        "numcodecs.lzma",
        "numcodecs.shuffle",
        "numcodecs.zlib",
        "vlen-bytes",
        "vlen-utf8",
        "zstd",
    }
)
"""Codecs whose translation does not depend on the shape of the chunk."""


class _Kept(NamedTuple):
    copy: Callable[[], dict[str, Any]]
    notes: list[Note]
    losses: list[Loss]


_SHAPED: Final = _Kept(dict, [], [])
"""Stands for documents that depend on the shape of the chunk, which are kept by it."""

_memo: Memo[_Kept] = Memo()
registry.forget_with(_memo.clear)


def template(
    make: Maker, rest: dict[str, Any], ndim: int, chunks: list[int] | None, ctx: Context
) -> dict[str, Any]:
    """What `make` gives for the rest of a document, whether made now or before."""
    key = (make, ctx.target, ctx.unknown, ndim, key_of(rest))
    kept = _memo.get(key)
    if kept is _SHAPED:
        kept = _memo.get(_with_shape(key, chunks))
    if kept is not None:
        copy, notes, losses = kept
        if notes or losses:
            ctx.take(notes, losses)
        return copy()
    inner = Context(ctx.target, ctx.unknown)
    made, pipeline = make(rest, ndim, chunks, inner)
    notes, losses = inner.notes, inner.losses
    ctx.take(notes, losses)
    if key[-1] is not None and is_plain(rest) and is_plain(made):
        kept = _Kept(_copying(made), notes, losses)
        if _is_shapeless(pipeline):
            _memo.remember(key, kept)
        else:
            _memo.remember(key, _SHAPED)
            _memo.remember(_with_shape(key, chunks), kept)
    return made


def _with_shape(key: tuple[Any, ...], chunks: list[int] | None) -> tuple[Any, ...]:
    return key, None if chunks is None else tuple(chunks)


def _is_shapeless(pipeline: Pipeline) -> bool:
    encoding = pipeline.encoding
    if isinstance(encoding, V2Encoding) and encoding.order != "C":
        return False
    return all(name_of(codec) in SHAPELESS for codec in encoding.codecs)


def _copying(made: dict[str, Any]) -> Callable[[], dict[str, Any]]:
    """What makes new copies of a document."""
    kept: dict[str, Any] = fresh(made)
    nested = [(key, _copier(item)) for key, item in kept.items() if type(item) in (dict, list)]

    def copy() -> dict[str, Any]:
        found = kept.copy()
        for key, inner in nested:
            found[key] = inner()
        return found

    return copy


def _copier(value: Any) -> Callable[[], Any]:
    if type(value) is list and all(type(item) is dict for item in value):
        if all(is_flat(item) for item in value):
            pairs = [(item["name"], item["configuration"]) for item in value]
            return lambda: [{"name": n, "configuration": c.copy()} for n, c in pairs]
        copiers = [_copier(item) for item in value]
        return lambda: [copied() for copied in copiers]
    if type(value) is dict and ("configuration" not in value or len(value) == 2):
        return copier(value)
    return lambda: fresh(value)
