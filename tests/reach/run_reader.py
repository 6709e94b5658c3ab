"""Run a program over a list of stores. A crash or a hang costs one store: the program goes on with the next."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

Job = dict[str, Any]
PATIENCE = 60.0
"""Seconds without an answer after which a program is ended."""


def lines(path: Path) -> list[Any]:
    found = []
    for line in path.read_text(errors="replace").splitlines() if path.exists() else ():
        try:
            found.append(json.loads(line))
        except ValueError:  # the program ended in the middle of a line
            continue
    return found


def watch(command: list[str], output: Path) -> str:
    """Wait for the program; how it ended."""
    with open(f"{output}.stderr", "w+", errors="replace") as errors:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        size, since = -1, time.monotonic()
        while process.poll() is None:
            time.sleep(0.02)
            if output.stat().st_size != size:
                size, since = output.stat().st_size, time.monotonic()
            elif time.monotonic() - since > PATIENCE:
                process.kill()
                process.wait()
                return f"no answer in {PATIENCE:.0f} s"
        errors.seek(0)
        return f"exit status {process.returncode}: {errors.read()[-300:]}"


def run(command: list[str], jobs: list[Job], output: Path) -> dict[str, Any]:
    """What the program says of every job: by id, its line of JSON, or ``{"crash": how it ended}``."""
    results: dict[str, Any] = {}
    left = jobs
    while left:
        listed = output.with_suffix(".jobs")
        listed.write_text("".join(json.dumps(job) + "\n" for job in left))
        output.write_text("")
        how = watch([*command, str(listed), str(output)], output)
        results.update({line["id"]: line for line in lines(output) if "start" not in line})
        left = [job for job in left if job["id"] not in results]
        if left:
            results[left[0]["id"]] = {"crash": how}
            left = left[1:]
    return results
