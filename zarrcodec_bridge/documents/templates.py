"""What equal documents gave before: in an archive, arrays differ in shape and attributes, and seldom in the rest.

The rest of a document is looked up as the cache looks up encodings. The shape of a chunk belongs
to it only where a codec looks at it.
"""

from __future__ import annotations

from collections.abc import Callable
from marshal import dumps
from typing import Any, Final, NamedTuple, TypeAlias

from zarrcodec_bridge.core import registry
from zarrcodec_bridge.core.cache import LONGEST_KEY, Memo, fresh, is_flat, is_plain, key_of
from zarrcodec_bridge.core.errors import Loss, Note
from zarrcodec_bridge.core.registry import spec_of
from zarrcodec_bridge.documents.context import Context, invalid
from zarrcodec_bridge.documents.members import is_json
from zarrcodec_bridge.translation.encodings import V2Encoding
from zarrcodec_bridge.translation.pipeline import Pipeline

__all__ = ["Maker", "template"]

Maker: TypeAlias = Callable[
    [dict[str, Any], int, list[int] | None, Context], tuple[dict[str, Any], Pipeline]
]
"""Makes a document, but for shapes and attributes: from the rest of one, the number of axes and a chunk's shape."""


class _Kept(NamedTuple):
    copy: Callable[[], dict[str, Any]]
    notes: list[Note]
    losses: list[Loss]


_SHAPED: Final = _Kept(dict, [], [])
"""Stands for documents that depend on the shape of the chunk, which are kept by it."""

_memo: Memo[_Kept] = Memo()
registry.forget_with(_memo.forget)


def template(
    make: Maker, rest: dict[str, Any], ndim: int, chunks: list[int] | None, ctx: Context
) -> dict[str, Any]:
    """What `make` gives for the rest of a document, whether made now or before."""
    try:
        key = (make, ctx.target, ctx.unknown, ndim, dumps(rest, 2))
    except ValueError:  # no JSON
        made, _ = make(rest, ndim, chunks, ctx)
        return made
    entries = _memo.entries
    kept = entries.get(key)
    if kept is _SHAPED:
        kept = entries.get(_with_shape(key, chunks))
    if kept is not None:
        copy, notes, losses = kept
        if notes or losses:
            ctx.take(notes, losses)
        return copy()
    inner = Context(ctx.target, ctx.unknown)
    made, pipeline = make(rest, ndim, chunks, inner)
    if not is_json(made):
        raise invalid((), "it holds NaN or infinity, which JSON does not allow")
    notes, losses = inner.notes, inner.losses
    ctx.take(notes, losses)
    if len(key[-1]) <= LONGEST_KEY and is_plain(rest) and key_of(made) is not None:
        kept = _Kept(_copying(made), notes, losses)
        if _is_shapeless(pipeline):
            entries.remember(key, kept)
        else:
            entries.remember(key, _SHAPED)
            entries.remember(_with_shape(key, chunks), kept)
    return made


def _with_shape(key: tuple[Any, ...], chunks: list[int] | None) -> tuple[Any, ...]:
    return key, None if chunks is None else tuple(chunks)


def _is_shapeless(pipeline: Pipeline) -> bool:
    encoding = pipeline.encoding
    if isinstance(encoding, V2Encoding) and encoding.order != "C":
        return False
    specs = [spec_of(type(codec)) for codec in encoding.codecs]
    return all(spec is not None and spec.ignores_chunk_shape for spec in specs)


def _copying(made: dict[str, Any]) -> Callable[[], dict[str, Any]]:
    """What makes new copies of a document; what its members mostly are, named objects and lists of them, at once."""
    kept: dict[str, Any] = fresh(made)
    objects, chains, others = [], [], []
    for key, item in kept.items():
        if type(item) is dict and is_flat(item):
            objects.append((key, item["name"], item["configuration"].copy))
        elif type(item) is list and all(type(inner) is dict and is_flat(inner) for inner in item):
            chains.append((key, [(inner["name"], inner["configuration"].copy) for inner in item]))
        elif type(item) in (dict, list):
            others.append((key, item))

    def copy() -> dict[str, Any]:
        found = kept.copy()
        for key, name, configuration in objects:
            found[key] = {"name": name, "configuration": configuration()}
        for key, chain in chains:
            found[key] = [
                {"name": name, "configuration": configuration()} for name, configuration in chain
            ]
        for key, item in others:
            found[key] = fresh(item)
        return found

    return copy
