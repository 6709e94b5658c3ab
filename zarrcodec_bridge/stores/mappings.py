"""Mappings from keys to bytes as stores: a dictionary, a store of zarr-python 2."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping, Sequence
from typing import Any

from zarrcodec_bridge.stores.archives import scan_keys
from zarrcodec_bridge.stores.layout import below, parent
from zarrcodec_bridge.stores.store import Document, MigrationError, PlainStore, Read


class MappingStore(PlainStore):
    """A mapping from keys to bytes, in this process."""

    workers = 1
    listing_is_cheap = True

    def __init__(self, mapping: MutableMapping[str, Any]) -> None:
        self._mapping = mapping
        self.name = f"a {type(mapping).__name__}"
        self._sorted: list[str] | None = None

    def __reduce__(self) -> Any:
        raise MigrationError(f"{self.name} is in the memory of one process; leave `executor` out")

    def read(self, keys: Sequence[str]) -> Read:
        """The values of these keys."""
        found: Read = {}
        for key in keys:
            try:
                found[key] = bytes(self._mapping[key])
            except KeyError:
                continue
            except Exception as error:  # a mapping may be backed by anything
                found[key] = error
        return found

    def write_all(
        self, documents: Sequence[Document], first: Document | None = None
    ) -> dict[str, Exception]:
        """Set items."""
        if first is not None and (problems := self.write_all([first])):
            return {document.key: problems[first.key] for document in (first, *documents)}
        problems = {}
        for key, data, replace in documents:
            try:
                if not replace and key in self._mapping:
                    raise FileExistsError(key)
                self._mapping[key] = data
            except Exception as error:  # a mapping may be backed by anything
                problems[key] = error
        return problems

    def delete(self, key: str) -> None:
        """Delete an item."""
        try:
            del self._mapping[key]
        except KeyError:
            return

    def names(self, path: str) -> Sequence[str]:
        """The last names of the keys in `path`."""
        return sorted(key.rpartition("/")[2] for key in self._mapping if parent(key) == path)

    def scan(self, path: str) -> Iterator[tuple[str, bool]]:
        """The names in `path`, as they were at the first call, and whether each is a folder."""
        listing = getattr(self._mapping, "listdir", None)
        if listing is not None:
            return ((name, below(path, name) not in self._mapping) for name in listing(path))
        if self._sorted is None:
            self._sorted = sorted(self._mapping)
        return scan_keys(self._sorted, path)
