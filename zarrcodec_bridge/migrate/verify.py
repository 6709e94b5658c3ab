"""Whether chunks decode alike through the old and the new metadata, tried with zarr-python on copies of a few."""

from __future__ import annotations

import itertools
import json
import math
import os
import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zarrcodec_bridge.errors import BackendMissingError, BackendUnsupportedError, BridgeError
from zarrcodec_bridge.migrate.layout import below
from zarrcodec_bridge.migrate.stores import Documents

__all__ = ["VerificationError", "check_backend", "verify_array"]

_PROBES = 8
"""How many places to look in for each chunk that is wanted, in an array with missing chunks."""


class VerificationError(BridgeError):
    """The new metadata was not seen to decode the chunks as the old does."""


def check_backend() -> None:
    """Raise :class:`BackendError` unless zarr-python 3 is installed."""
    try:
        import zarr
    except ImportError:
        raise BackendMissingError(
            "zarr", "verifying chunks needs zarr-python 3; pip install 'zarr>=3'"
        ) from None
    if int(zarr.__version__.partition(".")[0]) < 3:
        raise BackendUnsupportedError(
            "zarr", f"verifying chunks needs zarr-python 3, and {zarr.__version__} is installed"
        )


def verify_array(store: Documents, path: str, documents: Mapping[str, bytes], wanted: int) -> int:
    """Decode some chunks of an array through both its v2 and its v3 documents.

    Parameters
    ----------
    store : Documents
        Where the chunks are; it is only read.
    path : str
        Where the array is.
    documents : mapping
        Its ``.zarray``, ``.zattrs`` and ``zarr.json``, whether they are in the store or not.
    wanted : int
        How many chunks to decode: the last one, the first one, and others that depend on the path only. Where none
        of these places has a chunk, those that the store lists.

    Returns
    -------
    int
        How many chunks were there, and were found equal. One that is missing is compared too.

    Raises
    ------
    VerificationError
        Something differs, or the array cannot be opened or decoded.
    """
    grid = _Grid.of(documents[".zarray"], path)
    try:
        with tempfile.TemporaryDirectory(prefix="zarrcodec_bridge-") as folder:
            pair = _Pair(folder, documents)
            fills = grid.last is None or pair.equal(grid.region(grid.last))
            found, missing = _sample(store, grid, wanted, look_for_missing=not fills)
            if missing and not fills:
                raise VerificationError("missing chunks are filled with other values")
            for index, data in found.items():
                pair.put(grid.key(index), data)
            for index in found:
                if not pair.equal(grid.region(index)):
                    raise VerificationError(f"chunk {grid.key(index)} decodes to other values")
    except VerificationError:
        raise
    except Exception as error:  # whatever zarr-python and its codecs raise
        raise VerificationError(
            f"zarr-python could not decode it: {type(error).__name__}: {error}"
        ) from error
    return len(found)


def _sample(
    store: Documents, grid: _Grid, wanted: int, *, look_for_missing: bool
) -> tuple[dict[tuple[int, ...], bytes], bool]:
    """Some chunks, and whether others are missing. In an array with few of them the store is asked which there are."""
    found: dict[tuple[int, ...], bytes] = {}
    missing = False
    for index in grid.places(wanted * _PROBES):
        data = grid.read(store, index)
        if data is None:
            missing = True
        elif len(found) < wanted:
            found[index] = data
        if len(found) == wanted and (missing or not look_for_missing):
            return found, missing
    if missing and not found:
        for index in itertools.islice(grid.listed(store), wanted):
            data = grid.read(store, index)
            if data is not None:
                found[index] = data
    return found, missing


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the chunks of a v2 array are."""

    path: str
    shape: list[int]
    chunks: list[int]
    separator: str

    @classmethod
    def of(cls, zarray: bytes, path: str) -> _Grid:
        document = json.loads(zarray)
        shape = [int(length) for length in document["shape"]]
        chunks = [max(int(length), 1) for length in document["chunks"]]
        return cls(path, shape, chunks, document.get("dimension_separator") or ".")

    @property
    def counts(self) -> list[int]:
        return [
            math.ceil(length / chunk) for length, chunk in zip(self.shape, self.chunks, strict=True)
        ]

    @property
    def last(self) -> tuple[int, ...] | None:
        """The last chunk; none in an array without elements."""
        return None if 0 in self.counts else tuple(count - 1 for count in self.counts)

    def places(self, most: int) -> Iterator[tuple[int, ...]]:
        """Indices of chunks, each once: the last, the first, and what the path draws."""
        total = math.prod(self.counts)
        if total == 0:
            return
        draw = random.Random(self.path)  # noqa: S311 - a sample, no secret
        few = total <= most
        drawn = draw.sample(range(total), total) if few else map(draw.randrange, [total] * most)
        for place in dict.fromkeys((total - 1, 0, *drawn)):
            yield self._unravelled(place)

    def _unravelled(self, place: int) -> tuple[int, ...]:
        index: list[int] = []
        for count in reversed(self.counts):
            place, at = divmod(place, count)
            index.append(at)
        return tuple(reversed(index))

    def key(self, index: tuple[int, ...]) -> str:
        """The key of a chunk in its array."""
        return self.separator.join(map(str, index)) or "0"

    def listed(self, store: Documents) -> Iterator[tuple[int, ...]]:
        """Indices of the chunks that the store lists."""
        if self.separator == "/":
            yield from self._listed_below(store, ())
            return
        for name in store.names(self.path):
            yield from self._index(name.split(self.separator))

    def _listed_below(self, store: Documents, above: tuple[str, ...]) -> Iterator[tuple[int, ...]]:
        folder = below(self.path, "/".join(above))
        if len(above) + 1 < len(self.shape):
            for name in store.folders(folder):
                if name.isdecimal():
                    yield from self._listed_below(store, (*above, name))
            return
        for name in store.names(folder):
            yield from self._index((*above, name))

    def _index(self, names: Sequence[str]) -> Iterator[tuple[int, ...]]:
        """The index that a key stands for, if it is one of a chunk in the array."""
        if len(names) == len(self.shape) and all(name.isdecimal() for name in names):
            index = tuple(map(int, names))
            if all(at < count for at, count in zip(index, self.counts, strict=True)):
                yield index

    def region(self, index: tuple[int, ...]) -> tuple[slice, ...]:
        """The elements of a chunk."""
        return tuple(
            slice(at * length, min((at + 1) * length, whole))
            for at, length, whole in zip(index, self.chunks, self.shape, strict=True)
        )

    def read(self, store: Documents, index: tuple[int, ...]) -> bytes | None:
        """The bytes of a chunk, if it is there."""
        key = below(self.path, self.key(index))
        data = store.read([key]).get(key)
        if isinstance(data, Exception):
            raise VerificationError(f"chunk {self.key(index)} cannot be read: {data}") from data
        return data


class _Pair:
    """Copies of an array's documents and of some chunks, opened in both formats."""

    def __init__(self, folder: str, documents: Mapping[str, bytes]) -> None:
        import zarr

        self._homes = {2: os.path.join(folder, "v2"), 3: os.path.join(folder, "v3")}
        for zarr_format, home in self._homes.items():
            os.mkdir(home)
            names = (".zarray", ".zattrs") if zarr_format == 2 else ("zarr.json",)
            for name in names:
                if name in documents:
                    _put(home, name, documents[name])
        self._arrays: list[Any] = [
            zarr.open_array(home, mode="r", zarr_format=zarr_format)  # type: ignore[arg-type]
            for zarr_format, home in self._homes.items()
        ]

    def put(self, key: str, data: bytes) -> None:
        """Add a chunk."""
        for home in self._homes.values():
            _put(home, key, data)

    def equal(self, region: tuple[slice, ...]) -> bool:
        """Whether both formats give the same elements."""
        old, new = self._arrays
        if tuple(old.shape) != tuple(new.shape):
            raise VerificationError(f"the shape differs: {old.shape} and {new.shape}")
        return _equal(old[region], new[region])


def _put(home: str, key: str, data: bytes) -> None:
    path = os.path.join(home, *key.split("/"))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


def _equal(a: Any, b: Any) -> bool:
    import numpy

    left, right = numpy.asarray(a), numpy.asarray(b)
    if left.shape != right.shape:
        return False
    objects = {"O", "T"}
    if {left.dtype.kind, right.dtype.kind} & objects:
        pairs = zip(left.astype(object).flat, right.astype(object).flat, strict=True)
        return all(type(x) is type(y) and numpy.array_equal(x, y) for x, y in pairs)
    left, right = (array.astype(array.dtype.newbyteorder("=")) for array in (left, right))
    return left.dtype == right.dtype and left.tobytes() == right.tobytes()
