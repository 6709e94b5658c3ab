"""Adding a codec, as CONTRIBUTING.md has it, in a copy of the checkout: what is forgotten is named by a test.

Each made-up codec forgets one step. The schemas are left out: they take long, and `tests/schemas` names the command.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

DEFINITION = '''"""A made-up codec."""
from pydantic import Field
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.spec import ArrayEffect, CodecSpec, Form

class {model}(Codec):
    """A made-up codec of two parameters."""
    level: int = Field({description}ge=0, le=9)
    window: int = Field(default=8, description="How far it looks back.")

SPEC = CodecSpec(
    model={model}, kind="{kind}", v2=(Form("{name}", {model}),), v3=(Form("acme.{name}", {model}),),
    docs="https://example.com/{name}", ignores_chunk_shape=True, {effect}
)
'''

ROW = '''"""Rows of `{name}`."""
from table_row import Row, v3
from zarrcodec_bridge.codecs.{name} import {model}

ROWS = [
    Row(
        codec={model}(level=3),
        v2={{"id": "{name}", "level": 3, "window": 8}},
        v3=v3("acme.{name}", level=3, window=8),
        also=[{{"id": "{name}", "level": 3}}],
        wrong=[({{"id": "{name}", "level": 10}}, ("level",))],
    )
]
'''

LINE = '    "{name}": ("{name}", "{listed}"),\n'
LIST = "MODULES: Final[dict[str, tuple[str, str]]] = {\n"


def _add(root: Path, name: str, kind: str = "b2b", *, without: str = "") -> None:
    """Add a codec to the copy, without one of: line, name, row, effect, description."""
    words = {
        "name": name,
        "model": name.capitalize(),
        "kind": kind,
        "effect": "array=ArrayEffect()" if kind == "a2a" and without != "effect" else "",
        "description": "" if without == "description" else 'description="How hard it tries.", ',
        "listed": "" if without == "name" else f"acme.{name}",
    }
    (root / f"zarrcodec_bridge/codecs/{name}.py").write_text(DEFINITION.format(**words))
    if without != "row":
        (root / f"tests/codecs/rows/{name}.py").write_text(ROW.format(**words))
    if without != "line":
        names = root / "zarrcodec_bridge/codecs/__init__.py"
        names.write_text(names.read_text().replace(LIST, LIST + LINE.format(**words)))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for folder in ("zarrcodec_bridge", "tests/codecs", "tests/project", "tests/support"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignored)
    for file in ("README.md", "pyproject.toml", "tests/table.py", "tests/table_row.py"):
        shutil.copy(ROOT / file, tmp_path / file)
    return tmp_path


def _run(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return f"{done.stdout}\n{done.stderr}\nexit {done.returncode}"


def _tests(root: Path) -> str:
    """What the tests say that CONTRIBUTING.md names."""
    return _run(
        *(root, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/codecs/test_table.py"),
        *("tests/codecs/test_table_names.py", "tests/codecs/test_definitions.py"),
        "tests/project/test_readme.py::test_table_is_generated",
    )


def test_each_forgotten_place_is_named(checkout: Path) -> None:
    _add(checkout, "lineless", without="line")
    _add(checkout, "nameless", without="name")
    _add(checkout, "rowless", without="row")
    _add(checkout, "effectless", "a2a", without="effect")
    _add(checkout, "wordless", without="description")
    said = _tests(checkout)
    for words in (
        "add to MODULES in codecs/__init__.py: ['lineless']",
        "add to 'nameless' in MODULES (v3): ['acme.nameless']",
        "acme.rowless has no row: write one in tests/codecs/rows/rowless.py",
        "in zarrcodec_bridge/codecs/effectless.py, the SPEC of acme.effectless needs `array=",
        "in zarrcodec_bridge/codecs/wordless.py, the field 'level' needs a description",
        "run: python tests/project/test_readme.py",
    ):
        assert words in said, f"{words}\n{said[-3000:]}"


@pytest.mark.long
def test_one_file_one_line_and_one_row_are_enough(checkout: Path) -> None:
    _add(checkout, "squash")
    _add(checkout, "gain", "a2a")
    written = _run(checkout, "tests/project/test_readme.py")
    assert written.endswith("exit 0"), written
    assert "acme.gain" in (checkout / "README.md").read_text()
    said = _tests(checkout)
    assert said.endswith("exit 0"), said[-3000:]
