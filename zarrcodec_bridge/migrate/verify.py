"""Whether chunks decode alike through the old and the new metadata, tried with zarr-python on copies of a few."""

from __future__ import annotations

import json
import math
import os
import random
import tempfile
from collections.abc import Iterator, Mapping
from typing import Any

from zarrcodec_bridge.errors import BackendMissingError, BackendUnsupportedError, BridgeError
from zarrcodec_bridge.migrate.stores import Documents, below

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
        How many chunks to decode: the last one, the first one, and others that depend on the path only.

    Returns
    -------
    int
        How many chunks were there, and were found equal. One that is missing is compared too.

    Raises
    ------
    VerificationError
        Something differs, or the array cannot be opened or decoded.
    """
    shape, chunks, separator = _grid(documents[".zarray"])
    found: dict[tuple[int, ...], bytes | None] = {}
    for index in _places(path, shape, chunks, wanted * _PROBES):
        key = separator.join(map(str, index)) or "0"
        data = store.read([below(path, key)]).get(below(path, key))
        if isinstance(data, Exception):
            raise VerificationError(f"chunk {key} cannot be read: {data}") from data
        if data is not None or None not in found.values():
            found[index] = data
        if sum(data is not None for data in found.values()) == wanted:
            break
    try:
        with tempfile.TemporaryDirectory(prefix="zarrcodec_bridge-") as folder:
            old = _opened(
                folder,
                2,
                {n: documents[n] for n in (".zarray", ".zattrs") if n in documents},
                found,
                separator,
            )
            new = _opened(folder, 3, {"zarr.json": documents["zarr.json"]}, found, separator)
            _compare(old, new, found, chunks)
    except VerificationError:
        raise
    except Exception as error:  # whatever zarr-python and its codecs raise
        raise VerificationError(
            f"zarr-python could not decode it: {type(error).__name__}: {error}"
        ) from error
    return sum(data is not None for data in found.values())


def _grid(zarray: bytes) -> tuple[list[int], list[int], str]:
    document = json.loads(zarray)
    shape = [int(length) for length in document["shape"]]
    chunks = [int(length) for length in document["chunks"]]
    return shape, chunks, document.get("dimension_separator") or "."


def _places(path: str, shape: list[int], chunks: list[int], most: int) -> Iterator[tuple[int, ...]]:
    """Indices of chunks, each once: the last, the first, and what the path draws."""
    counts = [
        math.ceil(length / max(chunk, 1)) for length, chunk in zip(shape, chunks, strict=True)
    ]
    total = math.prod(counts)
    if total == 0:
        return
    draw = random.Random(path)  # noqa: S311 - a sample, no secret
    all_of_them = range(total) if total <= most else None
    drawn = draw.sample(all_of_them, total) if all_of_them else map(draw.randrange, [total] * most)
    for place in dict.fromkeys((total - 1, 0, *drawn)):
        yield _unravelled(place, counts)


def _unravelled(place: int, counts: list[int]) -> tuple[int, ...]:
    index = []
    for count in reversed(counts):
        place, at = divmod(place, count)
        index.append(at)
    return tuple(reversed(index))


def _opened(
    folder: str,
    zarr_format: int,
    documents: Mapping[str, bytes],
    chunks: Mapping[tuple[int, ...], bytes | None],
    separator: str,
) -> Any:
    import zarr

    home = os.path.join(folder, f"v{zarr_format}")
    os.mkdir(home)
    for name, data in documents.items():
        _put(home, name, data)
    for index, chunk in chunks.items():
        if chunk is not None:
            _put(home, separator.join(map(str, index)) or "0", chunk)
    return zarr.open_array(home, mode="r", zarr_format=zarr_format)  # type: ignore[arg-type]


def _put(home: str, key: str, data: bytes) -> None:
    path = os.path.join(home, *key.split("/"))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


def _compare(
    old: Any, new: Any, found: Mapping[tuple[int, ...], bytes | None], chunks: list[int]
) -> None:
    if tuple(old.shape) != tuple(new.shape):
        raise VerificationError(f"the shape differs: {old.shape} and {new.shape}")
    for index in found:
        where = tuple(
            slice(at * length, min((at + 1) * length, whole))
            for at, length, whole in zip(index, chunks, old.shape, strict=True)
        )
        if not _equal(old[where], new[where]):
            raise VerificationError(f"chunk {list(index)} decodes to other values")


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
