"""What this library writes of every store: of each case, one store per distinct document.

STORES/CASE/forms.json has the document of every form (`original`, `v3:spec`, `v2:zarrita`, ...): the name of its store,
or why there is none.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import shutil
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import environments
import zarrcodec_bridge as bridge

Json = dict[str, Any]
FILES = {"v2": (".zarray", ".zattrs"), "v3": ("zarr.json",)}
GROUPS = {
    "v2": {".zgroup": {"zarr_format": 2}},
    "v3": {"zarr.json": {"zarr_format": 3, "node_type": "group", "attributes": {}}},
}


def load(folder: Path) -> Json:
    """The documents of an array, by file name."""
    names = [name for names in FILES.values() for name in names]
    return {
        name: json.loads((folder / name).read_text()) for name in names if (folder / name).exists()
    }


def digest(files: Json) -> str:
    """A short name for the documents of an array."""
    text = json.dumps(files, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def document_of(files: Json) -> Json:
    return files["zarr.json"] if "zarr.json" in files else files[".zarray"]


def with_v2_keys(document: Json) -> Json:
    """Name the chunks as format 2 can, as somebody must who wants it read there."""
    keys = document.get("chunk_key_encoding", {})
    if keys.get("name") != "default":
        return document
    return {
        **document,
        "chunk_key_encoding": {"name": "v2", "configuration": {"separator": "."}},
    }


def chunk_shape(document: Json) -> list[int]:
    if "chunks" in document:
        return document["chunks"]
    grid = document["chunk_grid"]["configuration"]
    if "chunk_shapes" in grid:  # of a rectilinear grid, [length, count] for each dimension
        return [length for ((length, _),) in grid["chunk_shapes"]]
    return grid["chunk_shape"]


def key_of(document: Json, index: tuple[int, ...]) -> str:
    """The key of a chunk."""
    keys = document.get("chunk_key_encoding")
    if keys is None:
        return document.get("dimension_separator", ".").join(map(str, index)) or "0"
    is_default = keys["name"] == "default"
    separator = keys.get("configuration", {}).get("separator", "/" if is_default else ".")
    return separator.join([*(["c"] if is_default else []), *map(str, index)]) or "0"


def chunks_of(document: Json) -> Iterator[tuple[int, ...]]:
    sizes = zip(document["shape"], chunk_shape(document), strict=True)
    return itertools.product(*(range(-(-size // chunk)) for size, chunk in sizes))


def stored(store: Path, document: Json) -> np.ndarray:
    """Which elements are in a chunk of a store, and not of the fill value."""
    found = np.zeros(document["shape"], bool)
    for index in chunks_of(document):
        if (store / "a" / key_of(document, index)).exists():
            sizes = zip(index, chunk_shape(document), strict=True)
            found[tuple(slice(i * size, (i + 1) * size) for i, size in sizes)] = True
    return found


def write_store(source: Path, target: Path, before: Json, files: Json) -> None:
    """Put documents beside the chunks of a store, under the keys that they name."""
    document = document_of(files)
    dialect = "v3" if "zarr.json" in files else "v2"
    (target / "a").mkdir(parents=True)
    for folder, written in ((target, GROUPS[dialect]), (target / "a", files)):
        for name, value in written.items():
            (folder / name).write_text(json.dumps(value))
    for index in chunks_of(document):
        chunk = source / "a" / key_of(before, index)
        if chunk.exists():
            path = target / "a" / key_of(document, index)
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(chunk, path)


def translate(files: Json, to: str, target: str) -> tuple[Json, bool]:
    """The documents of one form, and whether missing chunks may read as something else (a loss).

    Raises :class:`BridgeError`.
    """
    document = document_of(files)
    if to == "v2":
        document = with_v2_keys(document)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = bridge.translate_metadata(
            document, files.get(".zattrs"), to=to, target=target, on_loss="ignore"
        )
    loses_fill = any(str(loss).startswith("fill_value") for loss in found.losses)
    return json.loads(json.dumps(found.result)), loses_fill


def targets() -> list[str]:
    return ["spec", *dict.fromkeys(environments.reader_of(name) for name in environments.readers())]


def forms_of(files: Json, wanted: Sequence[str]) -> dict[str, tuple[Json, bool] | str]:
    """By form, what `translate` gives, or why there is none."""
    found: dict[str, tuple[Json, bool] | str] = {"original": (files, False)}
    for to, target in itertools.product(("v2", "v3"), wanted):
        try:
            found[f"{to}:{target}"] = translate(files, to, target)
        except bridge.BridgeError as error:
            found[f"{to}:{target}"] = str(error)
    return found


def make(case: Path) -> None:
    original = load(case / "original" / "a")
    before = document_of(original)
    stores = {digest(original): "original"}
    written: Json = {}
    for form, made in forms_of(original, targets()).items():
        if isinstance(made, str):
            written[form] = {"refused": made}
            continue
        files, loses_fill = made
        name = stores.setdefault(digest(files), digest(files))
        if not (case / name).exists():
            write_store(case / "original", case / name, before, files)
        written[form] = {"store": name, "loses_fill": loses_fill}
    (case / "forms.json").write_text(json.dumps(written, indent=1))


def make_all(stores: Path) -> None:
    for case in sorted(stores.iterdir()):
        make(case)
