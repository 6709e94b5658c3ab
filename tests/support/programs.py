"""The command line, run as a program, and what it is given in several test files."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import zarrcodec_bridge

HOME = Path(zarrcodec_bridge.__file__).parents[1]

PROGRAM = [sys.executable, "-W", "error", "-m", "zarrcodec_bridge"]

GZIP_V2 = '{"id": "gzip", "level": 5}'

GZIP_V3 = '{"name": "gzip", "configuration": {"level": 5}}'

BYTES = {"name": "bytes", "configuration": {"endian": "little"}}

ZARRAY = {
    "zarr_format": 2,
    "shape": [10, 10],
    "chunks": [5, 5],
    "dtype": "<i4",
    "order": "F",
    "filters": [{"id": "delta", "dtype": "<i4"}],
    "compressor": {"id": "blosc", "cname": "zstd", "clevel": 5, "shuffle": -1, "blocksize": 0},
    "fill_value": 0,
}

AS_V3 = {
    "data_type": "int32",
    "codecs": [
        {"name": "transpose", "configuration": {"order": [1, 0]}},
        {"name": "numcodecs.delta", "configuration": {"dtype": "<i4"}},
        BYTES,
        {
            "name": "blosc",
            "configuration": {
                "cname": "zstd",
                "clevel": 5,
                "shuffle": "shuffle",
                "typesize": 4,
                "blocksize": 0,
            },
        },
    ],
}

ZARR_JSON = {
    "zarr_format": 3,
    "node_type": "array",
    "shape": [10],
    "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [5]}},
    **AS_V3,
    "codecs": AS_V3["codecs"][1:],
    "fill_value": 0,
}

V2_MEMBERS = {key: ZARRAY[key] for key in ("dtype", "order", "filters", "compressor")}


class Stdin(io.TextIOWrapper):
    """Standard input with given content."""

    def __init__(self, content: str | bytes) -> None:
        raw = content.encode() if isinstance(content, str) else content
        super().__init__(io.BytesIO(raw), encoding="utf-8")


def run(
    *arguments: str, stdin: str | bytes | None = None, **options: Any
) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(HOME), "PYTHONIOENCODING": "utf-8"}
    environment.pop("FORCE_COLOR", None)
    environment.update(options.pop("env", {}))
    raw = stdin.encode() if isinstance(stdin, str) else stdin
    return subprocess.run(
        [*PROGRAM, *arguments],
        input=raw or b"",
        capture_output="stdout" not in options,
        env=environment,
        timeout=120,
        check=False,
        **options,
    )


def text_of(*arguments: str, stdin: str = "") -> str:
    ran = run(*arguments, stdin=stdin)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.decode()
