"""Chunk keys in reference sets: references are free to have other keys, so those of one encoding become another's.

Source: https://zarr-specs.readthedocs.io/en/latest/v3/core/index.html#chunk-key-encoding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from zarrcodec_bridge.core.errors import NotRepresentableError
from zarrcodec_bridge.core.messages import excerpt
from zarrcodec_bridge.documents.context import invalid_member

ChunkKeyEncoding: TypeAlias = Literal["default", "v2"]
"""How chunk keys are written: ``c/0/0`` (`default`) or ``0.0`` (`v2`)."""

EXPAND: Final = (
    "fsspec expands templates:"
    " fsspec.filesystem('reference', fo=references, simple_templates=False).references"
)
"""The remedy for templates in keys, and for those that are more than a name."""

_SEPARATORS: Final[Mapping[str, str]] = {"default": "/", "v2": "."}


def join(node: str, name: str) -> str:
    """Write the key or path of `name` in a node; the root is the empty text."""
    return f"{node}/{name}" if node else name


def items_of(references: Mapping[Any, Any]) -> Iterable[tuple[Any, Any]]:
    """Go through the references by key.

    The `items` of fsspec's ``LazyReferenceMapper`` do not go together, and it has keys of missing chunks.
    """
    return references.items() if isinstance(references, dict) else _look_up(references)


def _look_up(references: Mapping[Any, Any]) -> Iterator[tuple[Any, Any]]:
    for key in references:
        with suppress(KeyError):
            yield key, references[key]


class KeyEncoding(NamedTuple):
    """How the chunk keys of an array are written."""

    name: str
    """`default` or `v2`."""
    separator: str
    ndim: int

    def write(self, index: Iterable[str]) -> str:
        """Write the key of a chunk, without the path of its array."""
        if self.name == "v2":
            return self.separator.join(index) or "0"
        return self.separator.join(("c", *index))

    def read(self, key: str) -> list[str] | None:
        """Read the index of a chunk from its key; ``None`` for what is not the key of a chunk."""
        if _pattern(self).fullmatch(key) is None:
            return None
        index = key.split(self.separator)
        return index if self.ndim and self.name == "v2" else index[1:]

    def convert(self, name: ChunkKeyEncoding) -> KeyEncoding:
        """Give the encoding of that name in which the keys can be written; v2 has either separator."""
        if name == self.name == "v2":
            return self
        return self._replace(name=name, separator=_SEPARATORS[name])

    @property
    def metadata(self) -> dict[str, Any]:
        """The member `chunk_key_encoding` of a ``zarr.json``."""
        return {"name": self.name, "configuration": {"separator": self.separator}}


@cache
def _pattern(encoding: KeyEncoding) -> re.Pattern[str]:
    """A pattern of the keys of an encoding."""
    index = re.escape(encoding.separator).join(["(?:0|[1-9][0-9]*)"] * encoding.ndim)
    if encoding.name == "v2":
        return re.compile(index or "0?")  # VirtualiZarr 2.8 writes the empty text for 0
    return re.compile(f"c{re.escape(encoding.separator)}{index}" if index else "c")


def key_encoding_of(document: Mapping[str, Any]) -> KeyEncoding | None:
    """Read how the chunk keys of a ``zarr.json`` are written; ``None`` where it is malformed, or a group's.

    Raises
    ------
    NotRepresentableError
        Another encoding than those of the specification.
    """
    encoding, shape = document.get("chunk_key_encoding", "default"), document.get("shape")
    if isinstance(encoding, str):
        encoding = {"name": encoding}
    if not isinstance(encoding, Mapping) or not isinstance(shape, (list, tuple)):
        return None
    name, configuration = encoding.get("name"), encoding.get("configuration") or {}
    if not isinstance(name, str) or not isinstance(configuration, Mapping):
        return None
    if name not in _SEPARATORS:
        raise NotRepresentableError(
            "v3",
            f"chunk key encoding {name}",
            "only the chunk keys of 'default' and 'v2' can be written as each other",
        )
    separator = configuration.get("separator", _SEPARATORS[name])
    return KeyEncoding(name, separator, len(shape)) if separator in (".", "/") else None


class ChunkKeys:
    """Finds the array and the index of a chunk by its key in a reference set.

    Parameters
    ----------
    encodings : dict
        How the chunk keys of each array are written, by the path of the array.
    """

    def __init__(self, encodings: Mapping[str, KeyEncoding]) -> None:
        self._encodings = encodings
        self._scalars: dict[str, str] = {}
        """The key of the chunk of each array without axes: in v2 there are two that read alike, ``0`` and none."""

    def find(self, key: str) -> tuple[str, list[str]] | None:
        """Find the path of the array and the index of the chunk; ``None`` where the key is in no array.

        Raises
        ------
        InvalidCodecError
            The key is in an array and is not the key of a chunk: that chunk would read as missing.
        """
        node = key
        while node:
            node = node.rpartition("/")[0]
            encoding = self._encodings.get(node)
            if encoding is not None:
                index = encoding.read(key[len(node) + 1 :] if node else key)
                if index is None:
                    expected = join(node, encoding.write(["0"] * encoding.ndim))
                    raise invalid_member(
                        (key,),
                        f"expected the key of a chunk, such as {excerpt(expected)}, or no key in the array;"
                        f" {EXPAND}",
                    )
                if not index and self._scalars.setdefault(node, key) != key:
                    raise invalid_member(
                        (key,),
                        f"expected one key for the chunk of an array without axes, and found {excerpt(key)} and"
                        f" {excerpt(self._scalars[node])}; remove the one that is wrong",
                    )
                return node, index
        return None


def with_keys(
    node: str,
    document: Mapping[str, Any],
    keys: ChunkKeyEncoding | None,
    old: dict[str, KeyEncoding],
) -> dict[str, Any]:
    """Copy a ``zarr.json`` with other chunk keys; the encodings that arrays had are put into `old` by their paths."""
    written = dict(document)
    if keys is None:
        return written
    held: Any = document.get("consolidated_metadata")
    nodes = held.get("metadata") if isinstance(held, Mapping) else None
    if isinstance(nodes, Mapping):
        inner = {
            path: with_keys(join(node, path), child, keys, old)
            for path, child in nodes.items()
            if isinstance(path, str) and isinstance(child, Mapping)
        }
        written["consolidated_metadata"] = {**held, "metadata": {**nodes, **inner}}
    encoding = key_encoding_of(document)
    if encoding is not None:
        old[node] = encoding
        if encoding != encoding.convert(keys):
            written["chunk_key_encoding"] = encoding.convert(keys).metadata
    return written


def make_renaming(
    old: Mapping[str, KeyEncoding], keys: ChunkKeyEncoding | None
) -> Callable[[str], str] | None:
    """Make the function that writes the key of a chunk anew; ``None`` where all keys stay."""
    new = {node: encoding.convert(keys) for node, encoding in old.items() if keys is not None}
    changed = {node: encoding for node, encoding in old.items() if encoding != new[node]}
    if not changed:
        return None
    chunk_keys = ChunkKeys(changed)

    def rename(key: str) -> str:
        found = chunk_keys.find(key)
        return key if found is None else join(found[0], new[found[0]].write(found[1]))

    return rename
