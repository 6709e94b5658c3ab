"""Run README's two commands as a new user would: in a fresh clone, with nothing installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def commands() -> list[str]:
    """The one-line commands of the section "Try it"."""
    section = (ROOT / "README.md").read_text().split("## Try it")[1].split("\n## ")[0]
    return [block.strip() for block in re.findall(r"```sh\n(.*?)```", section, re.DOTALL)]


def main() -> None:
    """Run each in its own copy of the checkout."""
    env = {key: value for key, value in os.environ.items() if key not in ("VIRTUAL_ENV", "CI")}
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    found = commands()
    assert len(found) == 2, found
    for command in found:
        with tempfile.TemporaryDirectory() as temporary:
            copy = Path(temporary) / "clone"
            shutil.copytree(
                ROOT, copy, ignore=shutil.ignore_patterns("env", ".git", "__pycache__", ".venv*")
            )
            print(f"$ {command}", flush=True)
            subprocess.run(["bash", "-c", command], cwd=copy, env=env, check=True)


main()
