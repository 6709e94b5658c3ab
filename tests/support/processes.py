"""Processes of their own, in which packages are installed that are not installed here."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

ROOT: Final = Path(__file__).resolve().parents[2]
ENTRIES: Final[dict[str, str]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
    "entry-points"
]["zarr.codecs"]
"""The entry points of this package for zarr-python."""


def run(code: str, *packages: Path) -> None:
    """Run Python in a process of its own, where `packages` are installed too."""
    paths = [str(path) for path in (*packages, ROOT, ROOT / "tests")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    command = [sys.executable, "-c", textwrap.dedent(code)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def installed(folder: Path, name: str, groups: dict[str, dict[str, str]]) -> Path:
    """A folder with the metadata of an installed package that has these entry points."""
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    lines = []
    for group, entries in groups.items():
        lines += [f"[{group}]", *(f"{key} = {value}" for key, value in entries.items())]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n")
    return folder


def this_package(folder: Path) -> Path:
    """A folder with this package's entry points, as its project file has them."""
    return installed(folder, "ours", {"zarr.codecs": ENTRIES})


READ_ALL: Final = """
    import warnings
    from pathlib import Path

    import numpy as np
    import zarr

    warnings.simplefilter("error")
    for message in {ignored!r}:
        warnings.filterwarnings("ignore", message)
    read = 0
    for path in sorted(Path({folder!r}).iterdir()):
        array = zarr.open_array(path / "array", mode="r+")
        expected = np.load(path / "expected.npy")
        assert np.array_equal(array[...], expected, equal_nan=expected.dtype.kind == "f"), path.name
        if {again}:
            array[:1] = expected[:1]
            again = zarr.open_array(path / "array", mode="r")
            assert np.array_equal(again[...], expected), path.name
        read += 1
    assert read == {count}, read
"""
"""Reads what `keep` has written, and says no to any warning but the `ignored` ones."""


def keep(folder: Path, name: str, array: Any) -> None:
    """Keep, beside an array at ``folder / name / "array"``, what it reads as here."""
    np.save(folder / name / "expected.npy", array[...])


def read_all(
    folder: Path, *packages: Path, again: bool = True, ignored: Sequence[str] = ()
) -> None:
    """Open each array of `folder` in one process of its own; `again` if what is written there too is lossless."""
    count = len(list(folder.iterdir()))
    options = {"folder": str(folder), "count": count, "again": again, "ignored": tuple(ignored)}
    run(READ_ALL.format(**options), *packages)
