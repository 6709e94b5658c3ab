"""Stores that other programs wrote, as cases: `stores.json` says what is in each of them.

The folder is given (`measure.py --corpus FOLDER`); without it, nothing of this is measured.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np

import environments
import forms
import install
import run_reader

sys.path.append(str(environments.PROGRAMS))
import common

EXTRA_PACKAGES = ("imagecodecs", "HorizontalDelta", "ChunkyCodec")
"""Codecs that need a package which the readers here do not have."""


ORACLES = {
    "zarr-python 3.4.2": "zarr-python-3",
    "zarr-python 2.18.7": "zarr-python-2",
    "tensorstore 0.1.86": "tensorstore",
    "zarrista 0.1.0": "zarrista",
}
"""Whose reading is taken where stores.json has no values, if stores.json says that it was right."""


def why_not(store: dict[str, Any]) -> str | None:
    """Why a store is not measured."""
    codecs = [name.partition(":")[2] for name in store["codecs"]]
    extra = [name for name in codecs if name.startswith(EXTRA_PACKAGES)]
    if extra:
        return f"{extra[0]} needs a package of its own"
    if "tolerance" in store["expected"]:
        return "its values are not known exactly"
    return None


def values_of(expected: dict[str, Any]) -> np.ndarray:
    """The values that stores.json has. Raises TypeError for data types that NumPy lacks."""
    shape, given = expected["shape"], expected["dtype"]
    if "objects" in expected.get("value_kind", ""):
        return np.array(expected["values"], dtype=object).reshape(shape)
    if isinstance(given, dict):
        given = f"<U{given['configuration']['length_bytes'] // 4}"
    dtype = np.dtype(given)
    if "values" in expected:
        return np.array(expected["values"]).astype(dtype).reshape(shape)
    return np.arange(np.prod(shape)).astype(dtype).reshape(shape)


def read_by_others(envs: Path, work: Path, stores: dict[str, Any], cases: Path) -> dict[str, Any]:
    """What a program that is known to be right reads from the stores, by name."""
    found: dict[str, Any] = {}
    for oracle, reader in ORACLES.items():
        jobs = [
            {"id": name, "path": str(cases / name / "original"), "array": "a", "format": version}
            for name, version in ((name, store["zarr_format"]) for name, store in stores.items())
            if name not in found and stores[name]["readers"].get(oracle) in ("read", "match")
        ]
        command = install.command_of(envs, reader)
        said = run_reader.run(command, jobs, work / "oracle.jsonl")
        found.update(
            {name: line for name, line in said.items() if {"error", "crash"}.isdisjoint(line)}
        )
    return found


def copy(folder: Path, store: dict[str, Any], case: Path) -> None:
    original = case / "original"
    dialect = "v3" if store["zarr_format"] == 3 else "v2"
    others = [
        name for names in forms.FILES.values() for name in names if names != forms.FILES[dialect]
    ]
    others += ["attributes.json", ".zgroup"]  # of N5, and of no array
    source = folder / store["dir"]
    shutil.copytree(source, original / "a", ignore=shutil.ignore_patterns(*others))
    for name, value in forms.GROUPS[dialect].items():
        (original / name).write_text(json.dumps(value))


def write_cases(folder: Path, envs: Path, cases: Path) -> list[str]:
    """Copy the stores as cases, and say which were left out."""
    left_out = []
    unknown = {}
    shutil.rmtree(cases, ignore_errors=True)
    for store in json.loads((folder / "stores.json").read_text()):
        name = Path(store["dir"]).name
        if why := why_not(store):
            left_out.append(f"{name}: {why}")
            continue
        copy(folder, store, cases / name)
        try:
            if not {"values", "rule"} & store["expected"].keys():
                raise TypeError
            expected = common.describe(values_of(store["expected"]))
            (cases / name / "expected.json").write_text(json.dumps(expected))
        except TypeError:
            unknown[name] = store
    read = read_by_others(envs, cases.parent, unknown, cases)
    for name in unknown:
        if name in read:
            (cases / name / "expected.json").write_text(json.dumps(read[name]))
        else:
            shutil.rmtree(cases / name)
            left_out.append(f"{name}: its values are not known")
    return left_out
