"""Look into the source archive and the wheel, and run README's two commands in the unpacked archive.

A user who has downloaded the archive has neither git nor anything installed. Usage: archives.py FOLDER
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOT_SHIPPED = ("/.ci/", "/.github/")
"""Folders of the checkout that are for its own gate."""


def tracked() -> set[str]:
    """The files that git has."""
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return {name for name in done.stdout.splitlines() if not f"/{name}".startswith(NOT_SHIPPED)}


def check_source(archive: Path) -> None:
    """Refuse a source archive that has other files than the checkout."""
    with tarfile.open(archive) as tar:
        found = {name.partition("/")[2] for name in tar.getnames()}
    assert found == tracked() | {"PKG-INFO"}, sorted(found ^ tracked())


def check_wheel(archive: Path) -> None:
    """Refuse a wheel that has more than the package, its type marker and its license, or less."""
    found = set(zipfile.ZipFile(archive).namelist())
    described = {name for name in found if ".dist-info/" in name}
    package = {name for name in tracked() if name.startswith("zarrcodec_bridge/")}
    assert found - described == package, sorted((found - described) ^ package)
    assert "zarrcodec_bridge/py.typed" in found
    assert {name.partition(".dist-info/")[2] for name in described} == {
        "METADATA",
        "RECORD",
        "WHEEL",
        "entry_points.txt",
        "licenses/LICENSE",
    }, described


def commands() -> list[str]:
    """The one-line commands of README's section "Try it"."""
    section = (ROOT / "README.md").read_text().split("## Try it")[1].split("\n## ")[0]
    return [block.strip() for block in re.findall(r"```sh\n(.*?)```", section, re.DOTALL)]


def main() -> None:
    """Check both archives, then run each command in its own copy of the source."""
    (source,), (wheel,) = (Path(sys.argv[1]).glob(f"*{end}") for end in (".tar.gz", ".whl"))
    check_source(source)
    check_wheel(wheel)
    env = {key: value for key, value in os.environ.items() if key not in ("VIRTUAL_ENV", "CI")}
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    found = commands()
    assert len(found) == 2, found
    for command in found:
        with tempfile.TemporaryDirectory() as temporary, tarfile.open(source) as tar:
            tar.extractall(temporary, filter="data")
            (folder,) = Path(temporary).iterdir()
            print(f"$ {command}", flush=True)
            subprocess.run(["bash", "-c", command], cwd=folder, env=env, check=True)


main()
