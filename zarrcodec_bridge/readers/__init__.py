"""Who reads what: one file per reader, measured; and the names that output can be meant for.

`READERS` is the only table of it. A codec's definition does not know its readers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal, TypeAlias

from zarrcodec_bridge.core.json_values import Dialect
from zarrcodec_bridge.readers import tensorstore, zarr_python, zarrs
from zarrcodec_bridge.readers.reader import Format, Reader

__all__ = [
    "READERS",
    "TARGETS",
    "Format",
    "Reader",
    "TargetName",
    "find_reader",
    "opened_by",
    "readers_of",
]

TargetName: TypeAlias = Literal["spec", "zarr-python", "tensorstore", "zarrs"]
"""What output is meant for: a reader, or the specification."""

READERS: Final[Mapping[str, Reader]] = {
    reader.name: reader for reader in (zarr_python.READER, tensorstore.READER, zarrs.READER)
}

TARGETS: Final = ("spec", *READERS)


def find_reader(target: str) -> Reader | None:
    """The reader that output is meant for; ``None`` for the specification, which opens every form."""
    return READERS.get(target)


def readers_of(dialect: Dialect, name: str) -> tuple[str, ...]:
    """The names of the readers that open a codec of that v2 id or v3 name.

    Example
    -------
    >>> readers_of("v3", "numcodecs.zlib")
    ('zarr-python', 'zarrs')
    """
    return tuple(reader.name for reader in READERS.values() if reader.opens(dialect, name))


def opened_by(dialect: Dialect, names: Iterable[str]) -> tuple[str, ...]:
    """The readers that open codecs of all these names, with the version or build where only another one does.

    Example
    -------
    >>> opened_by("v2", ["fletcher32", "zlib"])
    ('zarr-python', 'zarrs built with its feature fletcher32')
    """
    names = tuple(names)
    found: list[str] = []
    for reader in READERS.values():
        opened = reader.format(dialect)
        others = [opened.elsewhere.get(name) for name in names if not opened.opens(name)]
        if not others:
            found.append(reader.name)
        elif None not in others and len(set(others)) == 1:
            found.append(str(others[0]))
    return tuple(found)
