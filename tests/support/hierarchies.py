"""Hierarchies as mappings from keys to bytes, written without any Zarr library, and what zarr-python sees in them."""

from __future__ import annotations

import gzip
import itertools
import json
import math
import struct
import warnings
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from support.readers import equal

Json = dict[str, Any]
Tree = dict[str, bytes]

SPARSE = np.full((5, 4), np.nan)
SPARSE[4, 2:] = [1.5, -0.0]
ARRAYS: dict[str, np.ndarray] = {
    "plain": np.arange(7, dtype="u1"),
    "sub/big": np.arange(30, dtype="i4").reshape(5, 6),
    "sub/delta": np.arange(10, dtype="i8") ** 2,
    "sub/deep/sparse": SPARSE,
    "words": np.array(["a", "", "zwölf", "d"], dtype=object),
}
"""The arrays of :func:`v2_tree`."""

GROUPS = ("", "sub", "sub/deep")


def document(**members: Any) -> bytes:
    """A metadata document."""
    return json.dumps(members).encode()


def zarray(shape: Any, chunks: Any, dtype: str, **members: Any) -> bytes:
    """A `.zarray`."""
    given = {"order": "C", "filters": None, "compressor": None, "fill_value": 0, **members}
    return document(zarr_format=2, shape=list(shape), chunks=list(chunks), dtype=dtype, **given)


def chunks_of(
    values: np.ndarray, chunks: tuple[int, ...], fill: Any = 0
) -> dict[tuple[int, ...], np.ndarray]:
    """The chunks of an array by index, edge chunks filled up."""
    found = {}
    counts = [math.ceil(length / chunk) for length, chunk in zip(values.shape, chunks, strict=True)]
    for index in itertools.product(*map(range, counts)):
        part = values[
            tuple(slice(at * n, (at + 1) * n) for at, n in zip(index, chunks, strict=True))
        ]
        whole = np.full(chunks, fill, dtype=values.dtype)
        whole[tuple(map(slice, part.shape))] = part
        found[index] = whole
    return found


def _vlen(values: np.ndarray) -> bytes:
    texts = [str(value or "").encode() for value in values.flat]
    return struct.pack("<I", len(texts)) + b"".join(
        struct.pack("<I", len(text)) + text for text in texts
    )


def _gzipped(data: bytes) -> bytes:
    return gzip.compress(data, 5, mtime=0)


def _put(
    tree: Tree,
    path: str,
    chunks: tuple[int, ...],
    encode: Callable[[np.ndarray], bytes],
    **how: Any,
) -> None:
    separator = how.get("separator", ".")
    for index, chunk in chunks_of(ARRAYS[path], chunks, how.get("fill", 0)).items():
        if how.get("skip") is None or not how["skip"](chunk):
            tree[f"{path}/{separator.join(map(str, index))}"] = encode(chunk)


def v2_tree(*, consolidated: bool = True) -> Tree:
    """A v2 hierarchy of three groups and five arrays with different encodings."""
    tree: Tree = {f"{group}/.zgroup".lstrip("/"): document(zarr_format=2) for group in GROUPS}
    tree[".zattrs"] = document(title="all", nested={"a": [1, None]})
    tree["sub/.zattrs"] = document(title="sub")
    tree["plain/.zarray"] = zarray([7], [3], "|u1")
    _put(tree, "plain", (3,), lambda chunk: chunk.tobytes())
    tree["sub/big/.zarray"] = zarray(
        [5, 6], [2, 4], ">i4", order="F", compressor={"id": "gzip", "level": 5}, fill_value=-1
    )
    tree["sub/big/.zattrs"] = document(_ARRAY_DIMENSIONS=["y", "x"], units="K")
    _put(
        tree,
        "sub/big",
        (2, 4),
        lambda chunk: _gzipped(chunk.astype(">i4").tobytes(order="F")),
        fill=-1,
    )
    tree["sub/delta/.zarray"] = zarray(
        [10],
        [4],
        "<i8",
        filters=[{"id": "delta", "dtype": "<i8"}],
        compressor={"id": "zlib", "level": 1},
    )
    _put(
        tree,
        "sub/delta",
        (4,),
        lambda chunk: zlib.compress(np.diff(chunk, prepend=0).astype("<i8").tobytes(), 1),
    )
    tree["sub/deep/sparse/.zarray"] = zarray(
        [5, 4], [2, 2], "<f8", fill_value="NaN", dimension_separator="/"
    )
    _put(
        tree,
        "sub/deep/sparse",
        (2, 2),
        lambda chunk: chunk.tobytes(),
        separator="/",
        fill=np.nan,
        skip=lambda chunk: np.isnan(chunk).all(),
    )
    tree["words/.zarray"] = zarray([4], [3], "|O", filters=[{"id": "vlen-utf8"}], fill_value="")
    _put(tree, "words", (3,), _vlen, fill="")
    if consolidated:
        consolidate(tree)
    return tree


def v3_tree() -> Tree:
    """A v3 hierarchy with v2's chunk keys: a group in a group, and two arrays."""
    regular = {"name": "regular"}
    keys = {"name": "v2", "configuration": {"separator": "."}}
    little = {"name": "bytes", "configuration": {"endian": "little"}}

    def array(
        shape: list[int], chunks: list[int], data_type: str, codecs: Any, **members: Any
    ) -> bytes:
        return document(
            zarr_format=3,
            node_type="array",
            shape=shape,
            data_type=data_type,
            chunk_grid={**regular, "configuration": {"chunk_shape": chunks}},
            chunk_key_encoding=keys,
            codecs=codecs,
            fill_value=0,
            attributes={},
            **members,
        )

    tree: Tree = {
        "zarr.json": document(zarr_format=3, node_type="group", attributes={"title": "all"}),
        "sub/zarr.json": document(zarr_format=3, node_type="group", attributes={}),
        "plain/zarr.json": array([7], [3], "uint8", [{"name": "bytes"}]),
        "sub/delta/zarr.json": array(
            [10],
            [4],
            "int64",
            [little, {"name": "gzip", "configuration": {"level": 5}}],
            dimension_names=["t"],
        ),
    }
    _put(tree, "plain", (3,), lambda chunk: chunk.tobytes())
    _put(tree, "sub/delta", (4,), lambda chunk: _gzipped(chunk.tobytes()))
    return tree


def consolidate(tree: Tree, root: str = "") -> None:
    """Give a v2 group its `.zmetadata`."""
    start = f"{root}/" if root else ""
    metadata = {
        key[len(start) :]: json.loads(data)
        for key, data in sorted(tree.items())
        if key.startswith(start) and key.rpartition("/")[2] in (".zarray", ".zattrs", ".zgroup")
    }
    tree[f"{start}.zmetadata"] = document(zarr_consolidated_format=1, metadata=metadata)


def write_tree(root: Path, tree: Mapping[str, bytes]) -> Path:
    """Put a hierarchy into a directory."""
    for key, data in tree.items():
        path = root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    root.mkdir(parents=True, exist_ok=True)
    return root


def read_tree(root: Path) -> Tree:
    """All files of a directory."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


def without_journal(tree: Mapping[str, bytes]) -> Tree:
    """The hierarchy without what a migration records in it."""
    return {key: data for key, data in tree.items() if not key.startswith(".zarrcodec_bridge/")}


def array_paths(tree: Mapping[str, bytes]) -> set[str]:
    """The arrays of a hierarchy that have a document, broken or not."""
    found = {key.rpartition("/")[0] for key in tree if key.endswith(".zarray")}
    for key, data in tree.items():
        if key.rpartition("/")[2] == "zarr.json":
            try:
                kind = json.loads(data).get("node_type")
            except ValueError:
                continue
            if kind == "array":
                found.add(key.rpartition("/")[0])
    return found


def whole(tree: Mapping[str, bytes], *, but: frozenset[str] = frozenset()) -> list[str]:
    """What is wrong with a hierarchy as readers see it, by its documents alone: nothing, one hopes.

    A reader opens ``zarr.json`` before v2's documents, and sees below a v3 group only what has ``zarr.json``: each
    array below one must have it, and be in its consolidated metadata. `but` are arrays that nothing can read.
    """
    problems = []
    documents: dict[str, Json] = {}
    for key, data in tree.items():
        name = key.rpartition("/")[2]
        if name in {".zarray", ".zgroup", ".zattrs", ".zmetadata", "zarr.json"}:
            try:
                documents[key] = dict(json.loads(data))
            except (ValueError, TypeError, RecursionError):
                if key.rpartition("/")[0] not in but:
                    problems.append(f"{key} is not a JSON object")
    arrays = array_paths(tree) - but
    for group in {
        key.rpartition("/")[0]
        for key, found in documents.items()
        if found.get("node_type") == "group"
    }:
        start = f"{group}/" if group else ""
        held = documents[f"{start}zarr.json"].get("consolidated_metadata")
        for path in arrays:
            if path.startswith(start):
                if f"{path}/zarr.json" not in documents:
                    problems.append(f"{path} cannot be seen from the v3 group {group!r}")
                elif held is not None and path[len(start) :] not in held["metadata"]:
                    problems.append(f"{path} is not in the consolidated metadata of {group!r}")
    problems += [
        f"{path} has no document"
        for path in arrays
        if not {f"{path}/zarr.json", f"{path}/.zarray"} & documents.keys()
    ]
    return problems


def seen(root: Path, path: str, *, route: str) -> np.ndarray:
    """What zarr-python reads of an array: by its own path, or through the root group, consolidated or not."""
    import zarr

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if route == "path":
            return np.asarray(zarr.open_array(root / path, mode="r")[...])
        if route in ("2", "3"):
            return np.asarray(zarr.open_array(root / path, mode="r", zarr_format=int(route))[...])
        consolidated = {"group": False, "consolidated": True}[route]
        group = zarr.open_group(root, mode="r", use_consolidated=consolidated)
        return np.asarray(group[path][...])


def unequal(root: Path, values: Mapping[str, np.ndarray], *routes: str) -> list[str]:
    """The arrays that zarr-python does not read with these values, and by which route."""
    problems = []
    for path, expected in values.items():
        for route in routes:
            try:
                found = seen(root, path, route=route)
            except Exception as error:
                problems.append(f"{path} by {route}: {type(error).__name__}: {error}")
                continue
            if not equal(_comparable(found), _comparable(expected)):
                problems.append(f"{path} by {route}: other values")
    return problems


def _comparable(values: np.ndarray) -> np.ndarray:
    return values.astype(object) if values.dtype.kind in "OTU" else values
