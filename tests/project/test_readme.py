"""README's blocks run, and its table is the code's."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

import zarrcodec_bridge as bridge
from zarrcodec_bridge.readers import opened_by

README = Path(__file__).resolve().parents[2] / "README.md"
HOME = "https://github.com/zarrcodec-bridge/zarrcodec_bridge/"
FLAGS = doctest.ELLIPSIS


def codec_table() -> str:
    """The table of codecs, from the code."""
    lines = ["| codec | kind | v2 | v3 | readers |", "| --- | --- | --- | --- | --- |"]
    for spec in bridge.registered_codecs():
        if spec.model.__module__.startswith("zarrcodec_bridge.codecs.imagecodecs"):
            continue
        names = {
            dialect: ", ".join(
                f"`{name}`"
                for form in spec.forms(dialect)
                if form.readable
                for name in (form.name, *form.aliases)
                if not name.startswith("https:")
            )
            for dialect in ("v2", "v3")
        }
        readers = sorted({name for form in spec.v3 for name in opened_by("v3", [form.name])})
        lines.append(
            f"| [{spec.model.__name__}]({spec.docs}) | {spec.kind} | {names['v2']} | {names['v3']} |"
            f" {', '.join(readers)} |"
        )
    return "\n".join(lines)


def test_table_is_generated() -> None:
    text = README.read_text()
    found = re.search(r"<!-- codecs -->\n(.*?)\n?<!-- /codecs -->", text, re.DOTALL)
    assert found is not None
    assert found[1] == codec_table(), "run: python tests/project/test_readme.py"


def test_blocks_run() -> None:
    found = re.findall(
        r"(?:<!-- needs: (.*?) -->\n)?```python\n(.*?)```", README.read_text(), re.DOTALL
    )
    blocks = [text for needs, text in found if all(map(_installed, needs.split()))]
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "README", str(README), 0)
    assert len(test.examples) > 15
    results = doctest.DocTestRunner(optionflags=FLAGS).run(test)
    assert results.failed == 0


PAGES = [README, README.with_name("CONTRIBUTING.md"), *sorted(README.parent.glob("docs/*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    """README's are absolute, since an index shows it without the other files."""
    for target in re.findall(r"\]\(([^)#]+)", page.read_text()):
        if target.startswith(HOME):
            path = README.parent / re.sub("(blob|tree)/main/", "", target.removeprefix(HOME))
        elif target.startswith("https://"):
            continue
        else:
            assert page != README, target
            path = page.parent / target
        assert path.exists(), target


def test_the_project_page_leads_to_files() -> None:
    urls = tomllib.loads(README.with_name("pyproject.toml").read_text())["project"]["urls"]
    for url in urls.values():
        assert f"{url}/".startswith(HOME)
        _, _, path = url.partition("/main/")
        assert (README.parent / path).exists(), url


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_error_messages_are_shown_whole(page: Path) -> None:
    """They are compared word for word, which an ellipsis would prevent."""
    assert not re.findall(r"^[\w.]+Error: .*\.\.\.", page.read_text(), re.MULTILINE)


def _installed(package: str) -> bool:
    try:
        found = version(package)
    except PackageNotFoundError:
        return False
    return package != "zarr" or not found.startswith("2.")


def test_console_sessions_are_real(tmp_path: Path) -> None:
    shim = tmp_path / "zarrcodec-bridge"
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m zarrcodec_bridge "$@"\n')
    shim.chmod(0o755)
    root = README.parent
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(root)}
    ran = 0
    for block in re.findall(r"```console\n(.*?)```", README.read_text(), re.DOTALL):
        for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, expected = step.partition("\n")
            done = subprocess.run(
                ["bash", "-c", command], cwd=root, env=env, capture_output=True, text=True
            )
            assert (done.stdout + done.stderr).replace(f"{root}/", "") == expected, command
            ran += 1
    assert ran >= 4


if __name__ == "__main__":
    text = README.read_text()
    README.write_text(
        re.sub(
            r"(<!-- codecs -->\n).*?(<!-- /codecs -->)",
            lambda match: f"{match[1]}{codec_table()}\n{match[2]}",
            text,
            flags=re.DOTALL,
        )
    )
