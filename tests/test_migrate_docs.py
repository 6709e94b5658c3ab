"""The page on migrating a store holds: its blocks run from the first to the last, in one folder."""

from __future__ import annotations

import doctest
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

CHECKOUT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = CHECKOUT / "docs" / "migrate.md"
FLAGS: Final = doctest.ELLIPSIS


def blocks() -> Iterator[tuple[str, str]]:
    """The language and text of each block whose section has what it needs."""
    for section in re.split(r"^(?=## )", PAGE.read_text(), flags=re.MULTILINE):
        needs = re.search(r"<!-- needs: (.*?) -->", section)
        if all(map(importlib.util.find_spec, needs[1].split() if needs else ())):
            yield from re.findall(r"```(python|console)\n(.*?)```", section, re.DOTALL)


def environment(folder: Path) -> dict[str, str]:
    """Where the command is that the page calls."""
    folder.mkdir()
    shim = folder / "zarrcodec-bridge"
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -W ignore -m zarrcodec_bridge "$@"\n')
    shim.chmod(0o755)
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONPATH": str(CHECKOUT)}


def session(text: str, home: Path, environ: dict[str, str]) -> str:
    """A console session as it goes."""
    seen = ""
    for command in re.findall(r"^\$ (.*)\n", text, re.MULTILINE):
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=home,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        seen += f"$ {command}\n" + done.stdout.replace(f"{home}/", "")
    return seen


@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(sys.platform == "win32", reason="the page is for a POSIX shell")
def test_the_page(tmp_path: Path, monkeypatch: Any) -> None:
    pytest.importorskip("zarr", minversion="3.1.3")
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    environ = environment(tmp_path / "bin")
    names: dict[str, Any] = {}
    for number, (language, text) in enumerate(blocks()):
        if language == "console":
            assert session(text, home, environ) == text
            continue
        test = doctest.DocTestParser().get_doctest(text, names, f"block {number}", PAGE.name, 0)
        said: list[str] = []
        runner = doctest.DocTestRunner(optionflags=FLAGS)
        results = runner.run(test, out=said.append, clear_globs=False)
        assert results.failed == 0, "".join(said)
        names.update(test.globs)
    assert number > 12
