"""Whether two readings are the same values; what a refusal says, in short; how a fault is kept."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from support import readers
from support.differential.drawing import Case


def same_values(left: Any, right: Any) -> bool:
    """As `readers.equal`, and with the same signs of zero; scalars of text are as long as their text."""
    left, right = readers.native(left), readers.native(right)
    if left.shape == right.shape and left.dtype.kind == right.dtype.kind:
        if left.size == 0:
            return True
        if left.dtype.kind in "SU" and left.ndim == 0:
            return bool(left == right)
    return readers.equal(left, right) and _same_zeros(left, right)


def _same_zeros(left: Any, right: Any) -> bool:
    if left.dtype.names is not None:
        return all(_same_zeros(left[name], right[name]) for name in left.dtype.names)
    if left.dtype.kind == "c":
        return _same_zeros(left.real, right.real) and _same_zeros(left.imag, right.imag)
    if left.dtype.kind != "f":
        return True
    zeros = left == 0
    return bool(np.array_equal(np.signbit(left)[zeros], np.signbit(right)[zeros]))


def differ(expected: Any, got: Any) -> str:
    """Where two arrays differ, as text."""
    left, right = _plain(expected), _plain(got)
    if left.shape != right.shape or left.dtype != right.dtype:
        described = f"expected {left.dtype} {left.shape}, got {right.dtype} {right.shape}"
        return f"{described}: {left.ravel()[:5].tolist()}, {right.ravel()[:5].tolist()}"
    found = [
        (index, a, b)
        for index, (a, b) in enumerate(zip(left.ravel(), right.ravel(), strict=True))
        if not same_values(a, b)
    ]
    shown = ", ".join(f"[{index}] expected {a}, got {b}" for index, a, b in found[:4])
    return f"{len(found)} of {left.size} {left.dtype}: {shown}"


def _plain(values: Any) -> Any:
    """Times as the numbers that they are: NumPy cannot show all of them."""
    array = readers.native(values)
    return array.view("i8") if array.dtype.kind in "Mm" else array


def short(error: BaseException) -> str:
    """The class of an error and its message without the particulars."""
    text = str(error).split("\n")[0]
    for pattern, word in (
        (r"(?<!\w)'[^']*'|\"[^\"]*\"", "_"),
        (r"\[[^]]*\]|\([^)]*\)|\{[^}]*\}", "_"),
        (r"[<>|]?\b(u?int|float|complex|bool|[iufcbVSUMm])\d+\b(\[\w+\])?", "T"),
        (r"(?<!\w)[<>|][\w.]+", "T"),
        (r"-?\d[\d.e+]*", "N"),
    ):
        text = re.sub(pattern, word, text)
    return f"{type(error).__name__}: {text[:110]}"


@dataclass
class Fault:
    """What should not have been."""

    kind: str
    way: str
    case: Case
    at: int
    detail: str

    @property
    def signature(self) -> tuple[str, str, str, str]:
        """By which faults are taken for one and the same."""
        dtype, codecs = outline(self.case)
        return self.kind, self.way, dtype, "" if "xarray" in self.kind else codecs

    def __str__(self) -> str:
        case = self.case
        return (
            f"{self.kind}, {self.way} (case {self.at}, values of seed {case.seed}): {self.detail}\n"
            f"  {json.dumps(case.document)}\n  {json.dumps(case.attributes)}"
        )


def outline(case: Case) -> tuple[str, str]:
    """The kind of data type, and the codecs by name."""
    document = case.document
    if case.zarr_format == 2:
        steps = [*(document["filters"] or []), document["compressor"] or {}]
        dtype = document["dtype"]
        kind = "struct" if isinstance(dtype, list) else dtype[:2]
        return kind, " ".join(step.get("id", "-") for step in steps)
    data_type = document["data_type"]
    kind = data_type["name"] if isinstance(data_type, dict) else data_type.rstrip("0123456789")
    names = (codec["name"].removeprefix("numcodecs.") for codec in document["codecs"])
    return kind, " ".join(names)


@dataclass
class Tally:
    """Outcomes counted, faults kept."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    cases: int = 0

    def count(self, outcome: str) -> None:
        self.counts[outcome] += 1

    def fault(self, kind: str, way: str, case: Case, detail: str) -> None:
        self.count(f"FAULT {kind}")
        self.faults.append(Fault(kind, way, case, self.cases, detail))

    def distinct(self) -> list[Fault]:
        """The first fault of each signature."""
        return list({fault.signature: fault for fault in reversed(self.faults)}.values())[::-1]

    def report(self) -> str:
        lines = [f"{self.cases} cases"]
        lines += [f"{count:8} {outcome}" for outcome, count in sorted(self.counts.items())]
        return "\n".join([*lines, *map(str, self.distinct())])
