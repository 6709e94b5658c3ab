"""zarr-python's own tests of codecs and v2 arrays, with the codecs of every array sent through `array_kwargs`.

The tests are in zarr-python's source distribution, which ``.ci/run`` fetches; ``ZARR_SOURCE`` names the folder. They
need pytest-asyncio, which changes what pytest does with other tests: it is in a folder of its own beside it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest

zarr = pytest.importorskip("zarr")

ROOT: Final = Path(__file__).resolve().parents[2]
TESTS: Final = ("tests/test_codecs", "tests/test_v2.py")
EXPECTED: Final[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data").joinpath("zarr_own_tests.json").read_text()
)
"""Why some calls give documents of another spelling, and which of zarr-python's tests fail, by test."""


@pytest.fixture(scope="module")
def source() -> Path:
    """The source distribution of the installed zarr-python."""
    named = os.environ.get("ZARR_SOURCE")
    if not named:
        pytest.skip("ZARR_SOURCE names no source distribution of zarr-python")
    folder = Path(named)
    if not folder.is_dir():
        pytest.skip(f"no source distribution at {folder}")
    version = re.search(r"^Version: (.*)$", (folder / "PKG-INFO").read_text(), re.MULTILINE)
    if version is None or version[1] != zarr.__version__:
        pytest.skip(f"the source is not that of the installed zarr {zarr.__version__}")
    return folder


@pytest.fixture(scope="module")
def run(source: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """The output of zarr-python's tests, and what the plugin saw."""
    report = tmp_path_factory.mktemp("own") / "report.json"
    options = ["-q", "-c", os.devnull, f"--rootdir={source}", "-o", "asyncio_mode=auto"]
    plugins = ["-p", "no:cacheprovider", "-p", "support.zarr_own_tests"]
    paths = [str(ROOT), str(ROOT / "tests"), str(source.parent / "pytest-asyncio")]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *plugins, "--tb=short", *TESTS],
        cwd=source,
        env={
            **{key: os.environ[key] for key in os.environ if "XDIST" not in key},
            "PYTHONPATH": os.pathsep.join(paths),
            "ZARR_OWN_TESTS_REPORT": str(report),
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode in (0, 1), done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout, json.loads(report.read_text())


def _tests(calls: list[dict[str, str]]) -> dict[str, str]:
    return {call["test"].partition("[")[0]: call["message"] for call in calls}


def test_no_call_that_zarr_python_takes_is_refused(run: tuple[str, dict[str, Any]]) -> None:
    _, seen = run
    assert seen["calls"] - seen["refused_by_zarr"] > 500  # the plugin is in between
    assert _tests(seen["refused"]) == {}
    assert _tests(seen["failed"]) == {}


def test_the_metadata_is_identical(run: tuple[str, dict[str, Any]]) -> None:
    _, seen = run
    assert _tests(seen["different"]) == {}
    others = Counter(call["test"].partition("[")[0] for call in seen["spelled_otherwise"])
    assert others.keys() <= EXPECTED["spelled_otherwise"].keys()
    assert seen["identical"] > 40 * others.total()


def test_the_tests_pass(run: tuple[str, dict[str, Any]]) -> None:
    output, _ = run
    failed = set(re.findall(r"^(?:FAILED|ERROR) ([^ \[]+)", output, re.MULTILINE))
    assert failed <= EXPECTED["failing"].keys(), output[-3000:]
    assert int((re.findall(r"(\d+) passed", output) or ["0"])[-1]) > 800
