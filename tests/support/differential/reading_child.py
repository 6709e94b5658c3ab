"""What runs in a new process: reads many arrays, whose paths come as a pickle, and answers with their values."""

from __future__ import annotations

import pickle
import sys
import warnings
from pathlib import Path
from typing import Any


def read(path: str) -> tuple[str, Any]:
    from support import readers

    try:
        return "ok", readers.read_path("zarr-python", Path(path))
    except readers.RefusedError as error:
        return "error", str(error)


def main() -> None:
    warnings.simplefilter("ignore")
    answers, sys.stdout = sys.stdout.buffer, sys.stderr
    pickle.dump([read(path) for path in pickle.load(sys.stdin.buffer)], answers)


if __name__ == "__main__":
    main()
