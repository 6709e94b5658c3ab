"""Verify that chunks decode alike through old and new metadata: zarr-python decodes copies of a few."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from typing import Any

from zarrcodec_bridge.core.errors import BackendMissingError, BackendUnsupportedError, BridgeError
from zarrcodec_bridge.core.messages import Hint, Message
from zarrcodec_bridge.stores.chunk_keys import ChunkGrid, Index, look_for_chunks
from zarrcodec_bridge.stores.layout import below
from zarrcodec_bridge.stores.store import Documents

_PROBES = 8
"""How many places to look in for each chunk that is wanted, in an array with missing chunks."""


class VerificationError(BridgeError):
    """The new metadata was not seen to decode the chunks as the old does."""


class UnnamedChunksError(VerificationError):
    """In an array's folder are chunks that its document does not name."""


def check_backend() -> None:
    """Raise :class:`BackendError` unless zarr-python 3 is installed."""
    try:
        import zarr
    except ImportError:
        raise BackendMissingError(
            "zarr", Message("verifying chunks needs zarr-python 3; ", Hint(package="zarr>=3"))
        ) from None
    if int(zarr.__version__.partition(".")[0]) < 3:
        raise BackendUnsupportedError(
            "zarr", f"verifying chunks needs zarr-python 3, and {zarr.__version__} is installed"
        )


def verify_array(
    store: Documents,
    path: str,
    documents: Mapping[str, bytes],
    wanted: int,
    *,
    source: str = ".zarray",
    thorough: bool = False,
) -> int:
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
    source : str
        The document to name where it names none of the chunks.
    thorough : bool
        Whether to look through the array's folder for chunks that the document does not name.

    Returns
    -------
    int
        How many chunks were there, and were found equal. One that is missing is compared too.

    Raises
    ------
    UnnamedChunksError
        The keys of the document find no chunk, and there are chunks of other keys; with `thorough`, any of other keys.
    VerificationError
        Something differs, or the array cannot be opened or decoded.
    """
    grid = ChunkGrid.of(documents[".zarray"], path)
    try:
        with tempfile.TemporaryDirectory(prefix="zarrcodec_bridge-") as folder:
            pair = _Pair(folder, documents)
            fills = grid.last is None or pair.equal(grid.region(grid.last))
            found, missing = _sample(store, grid, wanted, look_for_missing=not fills)
            if not found or thorough:
                listed = check_chunk_keys(
                    store, grid, source, wanted, any_named=bool(found), thorough=thorough
                )
                found |= {
                    index: data
                    for index in listed
                    if (data := _read(store, grid, index)) is not None
                }
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


def check_chunk_keys(
    store: Documents,
    grid: ChunkGrid,
    source: str,
    wanted: int = 1,
    *,
    any_named: bool = False,
    thorough: bool = False,
) -> list[Index]:
    """Refuse an array whose chunks lie under keys that its document does not give them.

    Parameters
    ----------
    store : Documents
        Where the array is.
    grid : ChunkGrid
        Its chunks.
    source : str
        The document to name in a refusal.
    wanted : int
        How many chunks to look for.
    any_named : bool
        Whether a chunk that the document names was found before.
    thorough : bool
        Whether to refuse it also where only some of its chunks lie elsewhere.

    Returns
    -------
    list
        Some chunks that the document names.

    Raises
    ------
    UnnamedChunksError
        There are chunks that it does not name: only such, or with `thorough` any.
    VerificationError
        The array's folder cannot be listed.
    """
    try:
        look = look_for_chunks(store, grid, 0 if any_named else wanted, thorough=thorough)
    except Exception as error:  # stores raise what their backends raise
        raise VerificationError(
            f"its folder cannot be listed: {type(error).__name__}: {error}"
        ) from error
    any_named = any_named or bool(look.named)
    if look.unnamed is None or (any_named and not thorough):
        return look.named
    if any_named:
        raise UnnamedChunksError(
            f"{source} does not name the chunk {look.unnamed}, and old documents are removed only where every chunk"
            " has a document; move it away or delete it, or keep the old documents"
        )
    expected = grid.key(grid.last or (0,) * len(grid.shape))
    raise UnnamedChunksError(
        f"no chunk is where {source} says (at {expected}, say), but there is one at {look.unnamed};"
        f" {_correction(look.unnamed, grid, source)}, and run again"
    )


def _correction(unnamed: str, grid: ChunkGrid, source: str) -> str:
    """What brings a document and its chunks together."""
    other = "." if grid.separator == "/" else "/"
    if unnamed.count(other) + 1 == len(grid.shape) > 1 and "c" not in unnamed:
        if source == ".zarray":
            return f'put "dimension_separator": "{other}" into {source}'
        return f'put "separator": "{other}" into the chunk_key_encoding of {source}'
    if unnamed.startswith("c"):
        if source == ".zarray":
            return "v2 has no such keys: rename the chunks, or write a zarr.json for them"
        return f'put "chunk_key_encoding": {{"name": "default"}} into {source}'
    return f"move it away, or correct {source}"


def _sample(
    store: Documents, grid: ChunkGrid, wanted: int, *, look_for_missing: bool
) -> tuple[dict[Index, bytes], bool]:
    """Some chunks, and whether others are missing."""
    found: dict[Index, bytes] = {}
    missing = False
    for index in grid.places(wanted * _PROBES):
        data = _read(store, grid, index)
        if data is None:
            missing = True
        elif len(found) < wanted:
            found[index] = data
        if len(found) == wanted and (missing or not look_for_missing):
            break
    return found, missing


def _read(store: Documents, grid: ChunkGrid, index: Index) -> bytes | None:
    """The bytes of a chunk, if it is there."""
    key = below(grid.path, grid.key(index))
    data = store.read([key]).get(key)
    if isinstance(data, Exception):
        raise VerificationError(f"chunk {grid.key(index)} cannot be read: {data}") from data
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
