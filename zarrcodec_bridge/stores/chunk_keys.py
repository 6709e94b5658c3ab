"""Which chunks of an array the store has, and chunks beside them whose keys no document gives."""

from __future__ import annotations

import itertools
import json
import math
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from zarrcodec_bridge.stores.layout import METADATA, below
from zarrcodec_bridge.stores.store import Documents, MigrationError, scan

Index = tuple[int, ...]

_KEY: Final = re.compile(r"(?:c\.)?[0-9]+(?:\.[0-9]+)*", re.ASCII)
"""A name that is a chunk's key, or the last part of one, in any of Zarr's key encodings."""

_DEEPEST: Final = 64
"""Folders in folders, at most: no array has more dimensions, and links may go round in circles."""


@dataclass(frozen=True, slots=True)
class ChunkGrid:
    """The chunks of an array and their keys, from its document."""

    path: str
    shape: list[int]
    chunks: list[int]
    separator: str

    @classmethod
    def of(cls, zarray: bytes, path: str) -> ChunkGrid:
        """The grid of the array at `path` with this ``.zarray``."""
        document = json.loads(zarray)
        shape = [int(length) for length in document["shape"]]
        chunks = [max(int(length), 1) for length in document["chunks"]]
        return cls(path, shape, chunks, document.get("dimension_separator") or ".")

    @classmethod
    def of_v3(cls, document: Mapping[str, Any], path: str) -> ChunkGrid:
        """The grid of the array at `path` with this ``zarr.json``, which has the chunk keys of v2."""
        shape = [int(length) for length in document["shape"]]
        chunks = [
            max(int(length), 1) for length in document["chunk_grid"]["configuration"]["chunk_shape"]
        ]
        keys = document["chunk_key_encoding"]
        configuration = keys.get("configuration") if isinstance(keys, Mapping) else None
        return cls(path, shape, chunks, (configuration or {}).get("separator") or ".")

    @property
    def counts(self) -> list[int]:
        """How many chunks there are along each dimension."""
        return [
            math.ceil(length / chunk) for length, chunk in zip(self.shape, self.chunks, strict=True)
        ]

    @property
    def last(self) -> Index | None:
        """The last chunk; none in an array without elements."""
        return None if 0 in self.counts else tuple(count - 1 for count in self.counts)

    def places(self, most: int) -> Iterator[Index]:
        """Indices of chunks, each once: the last, the first, and what the path draws."""
        total = math.prod(self.counts)
        if total == 0:
            return
        draw = random.Random(self.path)  # noqa: S311 - a sample, no secret
        few = total <= most
        drawn = draw.sample(range(total), total) if few else map(draw.randrange, [total] * most)
        for place in dict.fromkeys((total - 1, 0, *drawn)):
            yield self._unravel(place)

    def _unravel(self, place: int) -> Index:
        index: list[int] = []
        for count in reversed(self.counts):
            place, at = divmod(place, count)
            index.append(at)
        return tuple(reversed(index))

    def key(self, index: Index) -> str:
        """The key of a chunk in its array."""
        return self.separator.join(map(str, index)) or "0"

    def region(self, index: Index) -> tuple[slice, ...]:
        """The elements of a chunk."""
        return tuple(
            slice(at * length, min((at + 1) * length, whole))
            for at, length, whole in zip(index, self.chunks, self.shape, strict=True)
        )

    @property
    def nested(self) -> bool:
        """Whether chunks are in folders below that of the array."""
        return self.separator == "/" and len(self.shape) > 1

    def names(self, name: str, folder: bool | None) -> bool:
        """Whether what is directly in the array's folder may be a chunk, or hold chunks, that the document names."""
        if self.nested:
            return folder is not False and _is_number(name)
        parts = name.split(".")
        return folder is not True and len(parts) == (len(self.shape) or 1) and _are_numbers(parts)

    def index(self, parts: Sequence[str]) -> Index | None:
        """The index that the parts of a key stand for, if it is one of a chunk in the array."""
        if not self.shape:
            return () if list(parts) == ["0"] else None
        if len(parts) != len(self.shape) or not _are_numbers(parts):
            return None
        index = tuple(map(int, parts))
        if any(at >= count for at, count in zip(index, self.counts, strict=True)):
            return None
        return index if self.key(index) == self.separator.join(parts) else None

    def stored(self, store: Documents, name: str) -> Iterator[Index]:
        """The chunks that are this name in the array's folder, or in the folder of this name."""
        if self.nested:
            yield from self._stored_below(store, (name,))
        elif (index := self.index(name.split("."))) is not None:
            yield index

    def _stored_below(self, store: Documents, above: tuple[str, ...]) -> Iterator[Index]:
        is_last = len(above) + 1 == len(self.shape)
        for name, folder in scan(store, below(self.path, "/".join(above))):
            if not _is_number(name):
                continue
            if is_last and folder is not True:
                index = self.index((*above, name))
                if index is not None:
                    yield index
            elif not is_last and folder is not False:
                yield from self._stored_below(store, (*above, name))


class ChunkLook(NamedTuple):
    """The chunks that were found in an array's folder."""

    named: list[Index]
    """Some chunks that the array's document names."""
    unnamed: str | None
    """The key of a chunk that it does not name: of another separator, with a ``c`` before it, or of another rank."""


def look_for_chunks(store: Documents, grid: ChunkGrid, wanted: int, *, thorough: bool) -> ChunkLook:
    """List an array's folder, as far as it takes.

    Parameters
    ----------
    store : Documents
        Where the array is.
    grid : ChunkGrid
        Its chunks.
    wanted : int
        How many chunks that the document names are enough.
    thorough : bool
        Whether to go on, when these are found, to a chunk that the document does not name.

    Returns
    -------
    ChunkLook
        Both kinds, as far as they were looked for.
    """
    named: list[Index] = []
    unnamed: str | None = None
    for name, folder in scan(store, grid.path):
        if grid.names(name, folder):
            if len(named) < wanted:
                named += itertools.islice(grid.stored(store, name), wanted - len(named))
        elif unnamed is None:
            unnamed = _unnamed_chunk(store, grid, name, folder)
        if len(named) >= wanted and (unnamed is not None or not thorough):
            break
    return ChunkLook(named, unnamed)


@dataclass(frozen=True, slots=True)
class CompleteArrays:
    """The arrays of a node, by their paths below it, of which the store has every chunk.

    Each is listed when it is asked for, and counted: no list of its chunks is kept.
    """

    store: Documents
    path: str
    document: Mapping[str, Any]

    def __contains__(self, node: object) -> bool:
        try:
            document = self.document
            if node:
                document = document["consolidated_metadata"]["metadata"][node]
            grid = ChunkGrid.of_v3(document, below(self.path, str(node)))
            counts = grid.counts
        except (AttributeError, KeyError, TypeError, ValueError):
            return False
        try:
            return math.prod(counts) == 0 or self._count_stored(grid) == math.prod(counts)
        except Exception as error:  # stores raise what their backends raise
            raise MigrationError(
                f"{grid.path or 'the root'} cannot be listed: {type(error).__name__}: {error}"
            ) from error

    def _count_stored(self, grid: ChunkGrid) -> int:
        """Count the chunks of an array that the store has."""
        names = (name for name, folder in scan(self.store, grid.path) if grid.names(name, folder))
        return sum(1 for name in names for _ in grid.stored(self.store, name))


def _unnamed_chunk(store: Documents, grid: ChunkGrid, name: str, folder: bool | None) -> str | None:
    """The key of a chunk that is this name in the array's folder, or in the folder of this name."""
    if folder is not False and (name == "c" or _is_number(name)):
        key = _first_key_below(store, grid.path, name, _DEEPEST)
        if key is not None:
            return None if _is_in_node(store, grid.path, key) else key
    if folder is True or not (_KEY.fullmatch(name) or (name == "c" and not grid.shape)):
        return None
    if folder is None and below(grid.path, name) not in store.read([below(grid.path, name)]):
        return None  # an empty folder
    return name


def _first_key_below(store: Documents, path: str, above: str, deepest: int) -> str | None:
    """The first key of a chunk that is listed in a folder, or in folders in it."""
    for name, folder in scan(store, below(path, above)) if deepest else ():
        if not _is_number(name):
            continue
        key = f"{above}/{name}"
        inside = None if folder is False else _first_key_below(store, path, key, deepest - 1)
        if inside is not None:
            return inside
        if folder is not True:
            return key
    return None


def _is_in_node(store: Documents, path: str, key: str) -> bool:
    """Whether a key is that of a chunk of another array, which is below this one."""
    parts = key.split("/")
    above = ["/".join(parts[:end]) for end in range(1, len(parts))]
    documents = [below(path, f"{folder}/{name}") for folder in above for name in sorted(METADATA)]
    return bool(store.read(documents))


def _is_number(name: str) -> bool:
    return name.isascii() and name.isdecimal()


def _are_numbers(parts: Sequence[str]) -> bool:
    return all(map(_is_number, parts))
