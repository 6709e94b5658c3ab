"""What anybody reads of the arrays of a hierarchy, as values: what a work must leave as it was."""

from __future__ import annotations

import json
import os
import stat
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

from support.faults import has_zarr3
from support.hierarchies import Tree
from zarrcodec_bridge.stores.layout import JOURNAL

Readable: TypeAlias = dict[tuple[str, int | None], Any]
"""Values by path and format; without a format as a reader takes them that looks for it."""


def folders_of(root: Path) -> set[str]:
    """The folders of a store, and those that its links lead to in it, each link once, so that loops end."""
    found = set()
    top = os.path.realpath(root)
    for folder, folders, _ in os.walk(root):
        path = Path(folder)
        found.add(path)
        for name in folders:
            if os.path.islink(path / name) and (
                os.path.realpath(path / name).startswith(top + os.sep)
            ):
                found |= {Path(inner) for inner, _, _ in os.walk(path / name)}
    paths = {path.relative_to(root).as_posix() for path in found}
    return {"" if path == "." else path for path in paths if not path.startswith(JOURNAL)}


def contents(root: Path) -> Tree:
    """Read every regular file as a reader would that follows links; large files are left out."""
    found: Tree = {}
    for path in folders_of(root):
        with suppress(OSError):
            for entry in os.scandir(root / path):
                with suppress(OSError):
                    status = entry.stat()
                    if stat.S_ISREG(status.st_mode) and status.st_size < 1 << 20:
                        found[f"{path}/{entry.name}".lstrip("/")] = Path(entry.path).read_bytes()
    return found


def shape_and_type(tree: Tree, path: str, zarr_format: int | None) -> Any:
    """What the document of an array says, where nothing decodes chunks."""
    for name in ("zarr.json", ".zarray") if zarr_format is None else (document_name(zarr_format),):
        content = json.loads(tree.get(f"{path}/{name}".lstrip("/"), b"{}"))
        if "shape" in content:
            return content["shape"]
    raise KeyError(path)


def document_name(zarr_format: int) -> str:
    return {2: ".zarray", 3: "zarr.json"}[zarr_format]


def decoded(tree: Tree, path: str, zarr_format: int | None) -> Any:
    """The values of an array as zarr-python reads them: of one format, or of the one that it finds."""
    import zarr
    from zarr.core.buffer import default_buffer_prototype

    buffer = default_buffer_prototype().buffer
    store = zarr.storage.MemoryStore(
        {key: buffer.from_bytes(data) for key, data in tree.items()}, read_only=True
    )
    array = zarr.open_array(store, path=path, mode="r", zarr_format=zarr_format)
    if array.size > 1 << 16:
        raise ValueError("too large to be one of ours")
    values = array[...]
    return values.shape, str(values.dtype.newbyteorder("=")), repr(values.tolist())


def readable(tree: Tree) -> Readable:
    """The values of each array, in each format, and where the format is left to the reader."""
    read = decoded if has_zarr3() else shape_and_type
    found: Readable = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in {
            key.rpartition("/")[0]
            for key in tree
            if key.rpartition("/")[2] in (".zarray", "zarr.json")
        }:
            for zarr_format in (None, 2, 3):
                with suppress(Exception):  # what does not open is not readable
                    found[path, zarr_format] = read(tree, path, zarr_format)
    return found


def lost(before: Readable, after: Readable) -> list[Any]:
    """What was readable and is not, or reads otherwise: one format may have taken the place of the other."""
    return [
        (path, zarr_format, values, after.get((path, zarr_format)))
        for (path, zarr_format), values in before.items()
        if after.get((path, zarr_format), after.get((path, None))) != values
    ]
