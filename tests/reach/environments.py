"""The readers of readers.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PROGRAMS = HERE / "programs"


def load() -> dict[str, dict[str, Any]]:
    """By name, what readers.toml says of each environment; `node` is one of them and no reader."""
    return tomllib.loads((HERE / "readers.toml").read_text())


def readers() -> dict[str, dict[str, Any]]:
    """By name, what readers.toml says of each reader."""
    return {name: entry for name, entry in load().items() if "program" in entry}


def reader_of(name: str) -> str:
    """The reader of the library (a value of `target=`) that an environment is."""
    return readers()[name].get("reader", name)
