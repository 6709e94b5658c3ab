"""What runs in the process with zarr 2: writes and reads arrays on request, until its input ends.

Requests and answers are pickles; an answer is ``("ok", values)`` or ``("error", text)``.
"""

from __future__ import annotations

import pickle
import sys
import warnings
from typing import Any

import numpy as np
import zarr

from support.differential.values import corner, values


def write(path: str, seed: int, objects: str, specials: list[Any], whole: bool) -> None:
    array = zarr.open_array(path, mode="r+")
    chosen = corner(array.shape, seed, whole)
    shape = [part.stop for part in chosen]
    array[chosen] = values(array.dtype, shape, seed, objects=objects, specials=specials)


def read(path: str) -> Any:
    array = zarr.open_array(path, mode="r")
    return np.asarray(array[...], array.dtype)


def main() -> None:
    warnings.simplefilter("ignore")
    try:
        import imagecodecs.numcodecs

        imagecodecs.numcodecs.register_codecs()
    except ImportError:
        pass
    answers, sys.stdout = sys.stdout.buffer, sys.stderr
    while True:
        try:
            name, arguments = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            answer = ("ok", {"write": write, "read": read}[name](*arguments))
        except Exception as error:
            answer = ("error", f"{type(error).__name__}: {error}")
        pickle.dump(answer, answers)
        answers.flush()


if __name__ == "__main__":
    main()
