"""Arrays on disk, each in a group of its own: written and read by other programs."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from support import readers
from support.differential.drawing import Case, Json
from support.differential.values import corner, region, values

TESTS = Path(__file__).parents[2]
ZARR2 = os.environ.get("ZARRCODEC_BRIDGE_ZARR2")
"""The Python of an environment with zarr 2, where there is one."""

NAME = "v"
METADATA = ("zarr.json", ".zarray", ".zattrs")


class NotWrittenError(Exception):
    """A program does not write the array, or does not read what it wrote."""


class Zarr2:
    """zarr 2 in a process of its own, one for many arrays."""

    def __init__(self, python: str) -> None:
        self._process = subprocess.Popen(
            [python, "-W", "ignore", "-m", "support.differential.zarr2_child"],
            cwd=TESTS,
            env={**os.environ, "PYTHONPATH": str(TESTS)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def write(self, path: Path, case: Case) -> None:
        """Write every chunk where zarr 2 would read those that miss as what lies in memory, or as text."""
        whole = case.whole or case.document["fill_value"] is None or case.document["dtype"] == "|O"
        self._ask("write", str(path), case.seed, case.objects, case.specials, whole)

    def read(self, path: Path) -> Any:
        return readers.native(self._ask("read", str(path)))

    def _ask(self, name: str, *arguments: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        pickle.dump((name, arguments), self._process.stdin)
        self._process.stdin.flush()
        outcome, answer = pickle.load(self._process.stdout)
        if outcome == "error":
            raise NotWrittenError(answer)
        return answer


@dataclass
class Written:
    """An array that was written, and what its writer reads from it."""

    case: Case
    root: Path
    writer: str
    expected: Any

    @property
    def files(self) -> dict[str, Json]:
        return files_of(self.case)

    @property
    def is_whole(self) -> bool:
        """Whether no chunk that misses is read as whatever lies in memory, as zarr 2 does without a fill value."""
        return (
            self.writer == "zarr 2"
            or self.case.whole
            or self.case.document["fill_value"] is not None
        )


def files_of(case: Case) -> dict[str, Json]:
    """The documents of an array by file name."""
    if case.zarr_format == 3:
        return {"zarr.json": case.document}
    return {".zarray": case.document, ".zattrs": case.attributes}


def place(root: Path, files: dict[str, Json]) -> Path:
    """Give the array of a store these documents and no others."""
    path = root / NAME
    path.mkdir(parents=True, exist_ok=True)
    for folder in (root, path):
        for name in (*METADATA, ".zgroup"):
            (folder / name).unlink(missing_ok=True)
    if "zarr.json" in files:
        group: Json = {"zarr_format": 3, "node_type": "group", "attributes": {}}
        (root / "zarr.json").write_text(json.dumps(group))
    else:
        (root / ".zgroup").write_text('{"zarr_format": 2}')
    for name, document in files.items():
        (path / name).write_text(json.dumps(document))
    return path


def copy_with(root: Path, files: dict[str, Json], name: str) -> Path:
    """The same chunks in another store, under other documents."""
    other = root.with_name(f"{root.name}-{name}")
    shutil.rmtree(other, ignore_errors=True)
    shutil.copytree(root, other)
    place(other, files)
    return other


def read(reader: readers.Reader, root: Path) -> Any:
    """What a program of this process reads. Raises `readers.RefusedError`."""
    return readers.read_path(reader, root / NAME)


def write(root: Path, case: Case, writer: str, zarr2: Zarr2 | None = None) -> Written:
    """Write a corner of an array with one program. Raises `NotWrittenError`."""
    path = place(root, files_of(case))
    with quiet():
        if writer == "zarr 2":
            assert zarr2 is not None
            zarr2.write(path, case)
            return Written(case, root, writer, zarr2.read(path))
        _WRITERS[writer](path, case)
        return Written(case, root, writer, _read_back(writer, root))


def _read_back(writer: str, root: Path) -> Any:
    reader: readers.Reader = "tensorstore" if writer == "tensorstore" else "zarr-python"
    try:
        return read(reader, root)
    except readers.RefusedError as error:
        raise NotWrittenError(str(error)) from error


def write_later(root: Path, case: Case, seed: int) -> tuple[Any, Any]:
    """Write other values into a block with zarr-python. Raises `NotWrittenError`.

    Gives what is read from the whole array, and what was written, in the place of what was read before.
    """
    with quiet():
        before = _read_back("zarr-python", root)
        chosen, drawn = _with_zarr_python(root / NAME, case, seed, region)
        before[chosen] = drawn
        return _read_back("zarr-python", root), before


def quiet() -> Any:
    return warnings.catch_warnings(action="ignore")


def _with_zarr_python(
    path: Path,
    case: Case,
    seed: int | None = None,
    part: Callable[..., tuple[slice, ...]] = corner,
) -> tuple[tuple[slice, ...], Any]:
    zarr = pytest.importorskip("zarr")
    seed = case.seed if seed is None else seed
    try:
        array = zarr.open_array(path, mode="r+", zarr_format=_format(path))
        chosen = part(array.shape, seed, case.whole)
        shape = [piece.stop - (piece.start or 0) for piece in chosen]
        drawn = values(array.dtype, shape, seed, objects=case.objects, specials=case.specials)
        array[chosen] = drawn
    except Exception as error:
        raise NotWrittenError(f"{type(error).__name__}: {error}") from error
    return chosen, drawn


def _format(path: Path) -> int:
    return 3 if (path / "zarr.json").exists() else 2


def _with_tensorstore(path: Path, case: Case) -> None:
    tensorstore = pytest.importorskip("tensorstore")
    driver = "zarr3" if case.zarr_format == 3 else "zarr"
    spec = {"driver": driver, "kvstore": {"driver": "file", "path": f"{path}/"}}
    try:
        array = tensorstore.open(spec, open=True).result()
        dtype = array.dtype.numpy_dtype
        if dtype.itemsize == 0 or list(array.shape) != case.document["shape"]:
            raise NotWrittenError("an array of another shape")
        chosen = corner(array.shape, case.seed, case.whole)
        shape = [piece.stop for piece in chosen]
        drawn = values(dtype, shape, case.seed, objects=case.objects, specials=case.specials)
        array[chosen].write(np.asarray(drawn)).result()
    except Exception as error:
        raise NotWrittenError(f"{type(error).__name__}: {error}") from error


_WRITERS: dict[str, Callable[[Path, Case], Any]] = {
    "zarr-python": _with_zarr_python,
    "tensorstore": _with_tensorstore,
}
