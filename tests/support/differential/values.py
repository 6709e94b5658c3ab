"""Random values of a NumPy data type. Needs NumPy alone, as the child process with zarr 2 draws the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

TEXTS = ("", "a", "äöü", "0", "NaN", "longer text")


def corner(shape: Sequence[int], seed: int, whole: bool = False) -> tuple[slice, ...]:
    """A corner of an array, so that other chunks stay missing; or the whole array."""
    random = np.random.default_rng([seed, 1])
    return tuple(
        slice(0, length if whole else int(random.integers(0, length + 1))) for length in shape
    )


def region(shape: Sequence[int], seed: int, whole: bool = False) -> tuple[slice, ...]:
    """Any block of an array, for a later write, whatever was written first."""
    random = np.random.default_rng([seed, 2])
    ends = (sorted(int(end) for end in random.integers(0, length + 1, 2)) for length in shape)
    return tuple(slice(start, stop) for start, stop in ends)


def values(
    dtype: Any,
    shape: Sequence[int],
    seed: int,
    *,
    objects: str = "text",
    specials: Sequence[Any] = (),
) -> Any:
    """Values of `dtype`, in native byte order; `specials` are strewn in where the data type holds them."""
    random = np.random.default_rng([seed, 3])
    found = _values(np.dtype(dtype).newbyteorder("="), tuple(shape), random, objects)
    if not len(specials) or random.random() < 0.4:
        return found
    for index in np.ndindex(found.shape):
        if random.random() < 0.3:
            try:
                found[index] = specials[int(random.integers(len(specials)))]
            except (TypeError, ValueError, OverflowError):
                continue
    return found


def _values(dtype: Any, shape: tuple[int, ...], random: Any, objects: str) -> Any:
    if dtype.names is not None:
        whole = np.zeros(shape, dtype)
        for name in dtype.names:
            field, axes = dtype[name], ()
            if field.subdtype is not None:
                field, axes = field.subdtype
            whole[name] = _values(field, (*shape, *axes), random, objects)
        return whole
    draw = _DRAWN.get(dtype.kind)
    if draw is not None:
        return np.asarray(draw(dtype, shape, random)).astype(dtype).reshape(shape)
    texts: list[Any] = list(TEXTS)
    if objects == "bytes":
        texts = [text.encode() for text in TEXTS]
    found = np.empty(shape, dtype)
    for index in np.ndindex(shape):
        found[index] = texts[int(random.integers(len(texts)))]
    return found


def _integers(dtype: Any, shape: tuple[int, ...], random: Any) -> Any:
    limits = np.iinfo(dtype)
    if random.random() < 0.3:
        return random.integers(limits.min, limits.max, shape, dtype, endpoint=True)
    low, high = max(limits.min, -100), min(limits.max, 1000)
    return random.integers(low, high, shape, endpoint=True)


def _floats(dtype: Any, shape: tuple[int, ...], random: Any) -> Any:
    way = random.random()
    if way < 0.3:
        return random.integers(-100, 100, shape).astype("f8")
    found = random.normal(scale=10, size=shape)
    if way < 0.5:
        strange = random.choice([np.nan, np.inf, -np.inf, -0.0, 0.0, 1e30], shape)
        found = np.where(random.random(shape) < 0.3, strange, found)
    with np.errstate(over="ignore"):
        return found.astype(dtype)


def _complex(dtype: Any, shape: tuple[int, ...], random: Any) -> Any:
    part = np.dtype(f"f{dtype.itemsize // 2}")
    found = np.empty(shape, dtype)
    found.real, found.imag = _floats(part, shape, random), _floats(part, shape, random)
    return found


def _times(dtype: Any, shape: tuple[int, ...], random: Any) -> Any:
    numbers = random.integers(-5000, 5000, shape).astype("i8")
    if random.random() < 0.3:
        numbers = np.where(random.random(shape) < 0.3, np.iinfo("i8").min, numbers)
    return numbers.view(dtype)


def _raw(dtype: Any, shape: tuple[int, ...], random: Any) -> Any:
    size = int(np.prod(shape)) * dtype.itemsize
    return np.frombuffer(random.bytes(size), dtype).reshape(shape).copy()


_DRAWN: dict[str, Any] = {
    "b": lambda dtype, shape, random: random.integers(0, 2, shape),
    "i": _integers,
    "u": _integers,
    "f": _floats,
    "c": _complex,
    "M": _times,
    "m": _times,
    "V": _raw,
    "S": lambda dtype, shape, random: random.integers(-99, 1000, shape).astype("S4"),
    "U": lambda dtype, shape, random: random.choice(np.array(["", "a", "é", "xyz"]), shape),
}
