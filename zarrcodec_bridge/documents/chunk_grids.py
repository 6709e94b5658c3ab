"""Chunk grids of v3: regular ones, and rectilinear ones, which are regular where all their chunks are equal.

Sources: https://zarr-specs.readthedocs.io/en/latest/v3/chunk-grids/regular-grid/index.html and
https://github.com/zarr-developers/zarr-extensions/tree/main/chunk-grids/rectilinear.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from zarrcodec_bridge.core.errors import NotRepresentableError
from zarrcodec_bridge.core.json_values import Path
from zarrcodec_bridge.core.messages import excerpt
from zarrcodec_bridge.core.spec import Dialect
from zarrcodec_bridge.documents.context import DocumentContext, copy_member, invalid_member
from zarrcodec_bridge.documents.members import read_chunk_shape, read_lengths
from zarrcodec_bridge.readers import find_readers

Edges: TypeAlias = "int | list[tuple[int, int]]"
"""The lengths of the chunks along one axis: one for all, or each with how often it is repeated."""

_AT: Final[Path] = ("chunk_grid", "configuration")


@dataclass(frozen=True, slots=True)
class ChunkGrid:
    """A chunk grid as it was read."""

    written: dict[str, Any]
    """As the target opens it."""
    chunks: list[int] | None
    """The shape of a chunk, where all have the same."""
    edges: tuple[tuple[int, ...], ...] = ()
    """Without one shape: the different lengths of chunks along each axis."""

    def shapes(self) -> Iterator[tuple[int, ...]]:
        """Shapes of chunks among which every length of every axis is met."""
        for index in range(max(map(len, self.edges), default=0)):
            yield tuple(axis[min(index, len(axis) - 1)] for axis in self.edges)


def read_grid(
    name: str, configuration: dict[str, Any], shape: list[int], to: Dialect, ctx: DocumentContext
) -> ChunkGrid:
    """Read a chunk grid that is to be written as `to`.

    Raises :class:`InvalidCodecError` for a malformed one, :class:`NotRepresentableError` for one that `to` or the
    target does not have.
    """
    if name == "regular":
        return _regular(configuration, shape, ctx)
    if name == "rectilinear":
        return _rectilinear(configuration, shape, to, ctx)
    if to == "v2":
        raise _refuse_grid(name)
    readers = find_readers(ctx.target)
    refusing = [reader.title for reader in readers if name not in reader.v3.grids]
    if readers and not refusing:
        return ChunkGrid(
            {"name": name, "configuration": copy_member(configuration, _AT)}, chunks=None
        )
    reason = (
        f"{refusing[0]} does not open it; only a regular one"
        if readers
        else "no specification says where its chunks are; rewrite the array with a regular grid"
    )
    raise NotRepresentableError("v3", f"chunk grid {name}", reason)


def _refuse_grid(name: str) -> NotRepresentableError:
    return NotRepresentableError(
        "v2",
        f"chunk grid {name}",
        "v2 has only chunks of one shape; rewrite the array with a regular grid",
    )


def _regular(configuration: dict[str, Any], shape: list[int], ctx: DocumentContext) -> ChunkGrid:
    if set(configuration) != {"chunk_shape"}:
        raise invalid_member(
            _AT, f"expected 'chunk_shape' alone, got {excerpt(list(configuration))}"
        )
    path = (*_AT, "chunk_shape")
    chunks = read_chunk_shape(
        shape, read_lengths(configuration["chunk_shape"], path, ctx), path, ctx
    )
    return ChunkGrid(_regular_grid(chunks), chunks)


def _regular_grid(chunks: list[int]) -> dict[str, Any]:
    return {"name": "regular", "configuration": {"chunk_shape": chunks}}


def _rectilinear(
    configuration: dict[str, Any], shape: list[int], to: Dialect, ctx: DocumentContext
) -> ChunkGrid:
    for key in configuration:
        if key not in ("kind", "chunk_shapes"):
            raise invalid_member((*_AT, key), "unknown key; expected kind and chunk_shapes")
    if configuration.get("kind") != "inline":
        raise invalid_member(
            (*_AT, "kind"), f"expected 'inline', got {excerpt(configuration.get('kind'))}"
        )
    path = (*_AT, "chunk_shapes")
    given = configuration.get("chunk_shapes")
    if not isinstance(given, (list, tuple)):
        raise invalid_member(path, f"expected the lengths of chunks per axis, got {excerpt(given)}")
    if len(given) != len(shape):
        raise invalid_member(path, f"expected {len(shape)} axes as the shape has, got {len(given)}")
    axes = [
        _edges(item, extent, (*path, axis))
        for axis, (item, extent) in enumerate(zip(given, shape, strict=True))
    ]
    chunks = _equal(axes)
    refusing = [
        reader for reader in find_readers(ctx.target) if "rectilinear" not in reader.v3.grids
    ]
    if to == "v2" or refusing:
        if chunks is None and to == "v2":
            raise _refuse_grid("rectilinear")
        if chunks is None:
            option = refusing[0].v3.option_for_grid.get("rectilinear")
            behind = f" without its option {option}" if option else ""
            raise NotRepresentableError(
                "v3",
                "chunk grid rectilinear",
                f"{refusing[0].title} does not open it{behind}; only a regular one",
            )
        ctx.note(
            "chunk_grid", "a rectilinear one of equal chunks becomes the regular one that it is"
        )
        return ChunkGrid(_regular_grid(chunks), chunks)
    written = {"name": "rectilinear", "configuration": copy_member(configuration, _AT)}
    if chunks is not None:
        return ChunkGrid(written, chunks)
    edges = tuple(
        (axis,) if isinstance(axis, int) else tuple(dict.fromkeys(length for length, _ in axis))
        for axis in axes
    )
    return ChunkGrid(written, None, edges)


def _edges(value: Any, extent: int, path: Path) -> Edges:
    """Read the lengths along one axis: "The sum of the edge lengths MUST equal or exceed" its extent."""
    if not isinstance(value, (list, tuple)):
        return _positive(value, path, "a length of at least 1, or a list of lengths")
    if not value:
        raise invalid_member(path, "expected at least one length, got none")
    runs = [_run(item, (*path, index)) for index, item in enumerate(value)]
    total = sum(length * count for length, count in runs)
    if total < extent:
        raise invalid_member(
            path, f"expected lengths that cover the axis of {extent}, got {total} in all"
        )
    return runs


def _run(value: Any, path: Path) -> tuple[int, int]:
    """Read a length, or ``[length, count]``."""
    if not isinstance(value, (list, tuple)):
        return _positive(value, path, "a length of at least 1 or [length, count]"), 1
    if len(value) != 2:
        raise invalid_member(path, f"expected a length or [length, count], got {excerpt(value)}")
    return (
        _positive(value[0], (*path, 0), "a length of at least 1"),
        _positive(value[1], (*path, 1), "a count of at least 1"),
    )


def _positive(value: Any, path: Path, what: str) -> int:
    if type(value) is not int or value < 1:
        raise invalid_member(path, f"expected {what}, got {excerpt(value)}")
    return value


def _equal(axes: list[Edges]) -> list[int] | None:
    """Find the one length of the chunks along each axis; ``None`` where they differ."""
    chunks: list[int] = []
    for axis in axes:
        found = {axis} if isinstance(axis, int) else {length for length, _ in axis}
        if len(found) > 1:
            return None
        chunks += found
    return chunks
