"""What has to hold of an array whose metadata are translated; each function checks one thing and counts outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from support import readers
from support.differential import stores
from support.differential.comparing import Tally, differ, same_values, short
from support.differential.drawing import Case, Json
from support.differential.stores import NotWrittenError, Written, Zarr2
from zarrcodec_bridge.core.errors import BridgeError, LossError
from zarrcodec_bridge.documents.metadata import translate_metadata

READERS: dict[str, Sequence[readers.Reader]] = {
    "spec": ("zarr-python",),
    "zarr-python": ("zarr-python",),
    "tensorstore": ("tensorstore",),
    "zarrs": ("zarrs", "zarrista"),
}


@dataclass(frozen=True)
class Way:
    """One translation: into a format, for a reader."""

    to: str
    target: str

    def __str__(self) -> str:
        return f"to {self.to} for {self.target}"


@dataclass
class Translated:
    """What a translation gave."""

    way: Way
    files: dict[str, Json]
    losses: tuple[str, ...]


def ways(installed: Sequence[str]) -> list[Way]:
    """The translations that are tried, for the readers that are here."""
    targets = [
        "spec",
        *(name for name in ("zarr-python", "tensorstore", "zarrs") if name in installed),
    ]
    return [*(Way("v3", target) for target in targets), Way("v2", "spec")]


def translate(case: Case, way: Way, tally: Tally) -> Translated | None:
    """Translate, or count the refusal. What fails with another error than our own is a fault."""
    attributes = case.attributes if case.zarr_format == 2 else None
    options: dict[str, Any] = {"to": way.to, "target": way.target}
    try:
        found = translate_metadata(case.document, attributes, **options, on_loss="ignore")
    except BridgeError as error:
        tally.count(f"{way}: refused, {short(error)}")
        return None
    except Exception as error:
        tally.fault("crash", str(way), case, repr(error))
        return None
    losses = tuple(map(str, found.losses))
    try:
        translate_metadata(case.document, attributes, **options)
    except LossError:
        if not losses:
            tally.fault("loss not told", str(way), case, "raises LossError, but tells no losses")
    else:
        if losses:
            tally.fault("loss passed", str(way), case, str(losses))
    return Translated(way, found.result, losses)


def decodes_equal(
    written: Written, found: Translated, tally: Tally, zarr2: Zarr2 | None = None
) -> bool:
    """The same chunks decode to the same values through the translated documents."""
    case, way = written.case, str(found.way)
    root = stores.copy_with(written.root, found.files, "decode")
    names: Sequence[readers.Reader] = READERS[found.way.target]
    if found.way.to == "v2":
        names = ("zarr-python",)
    opened: list[str] = []
    refusals: list[BaseException] = []
    for name in names:
        try:
            got = stores.read(name, root)
        except readers.RefusedError as error:
            refusals.append(error.error)
            continue
        opened.append(name)
        if not _expected(written, name, got, case):
            tally.fault(
                "other values", f"{way}, read by {name}", case, differ(written.expected, got)
            )
            return False
    if zarr2 is not None and found.way.to == "v2" and written.is_whole:
        try:
            got = zarr2.read(root / stores.NAME)
        except NotWrittenError as error:
            tally.count(f"{way}: not opened by zarr 2, {str(error)[:60]}")
        else:
            opened.append("zarr 2")
            if not _as_zarr_2_reads(written, got, zarr2):
                tally.fault(
                    "other values", f"{way}, read by zarr 2", case, differ(written.expected, got)
                )
                return False
    if not opened:
        if found.way.to == "v3" and found.way.target in ("spec", "zarrs"):
            tally.count(f"{way}: not opened by {' or '.join(names)}, {short(refusals[0])}")
        else:
            tally.fault("not opened", way, case, short(refusals[0]))
        return False
    tally.count(f"{way}: equal")
    return True


def _as_zarr_2_reads(written: Written, got: Any, zarr2: Zarr2) -> bool:
    """Whether zarr 2 sees what the writer does, or what it saw in the original.

    In missing chunks zarr 2 reads the fill value of vlen-bytes as text, and -0.0 as a part of a complex one as 0.0.
    """
    if same_values(written.expected, got) or readers.equal(written.expected, got):
        return True
    if written.case.zarr_format == 2:
        return same_values(zarr2.read(written.root / stores.NAME), got)
    if written.case.document["data_type"] != "variable_length_bytes":
        return False
    pairs = zip(written.expected.flat, got.flat, strict=True)
    return all(a == b for a, b in pairs if isinstance(b, bytes))


def _expected(written: Written, reader: str, got: Any, case: Case) -> bool:
    """Whether a reader sees what the writer does; or what it saw in the original, where it differs from the writer."""
    if same_values(written.expected, got):
        return True
    if (
        written.writer == "zarr 2" and got.dtype.kind == "c"
    ):  # it reads fill values without signs of zero
        return readers.equal(written.expected, got)
    if reader in ("zarr-python", written.writer):
        return False
    try:
        before = stores.read(reader, written.root)  # type: ignore[arg-type]
    except readers.RefusedError:
        return False
    return same_values(before, got)


def later_writes_equal(written: Written, found: Translated, tally: Tally, seed: int) -> None:
    """What is written later through either documents reads the same, or a loss was told."""
    case, way = written.case, str(found.way)
    originals = stores.copy_with(written.root, written.files, "before")
    translated = stores.copy_with(written.root, found.files, "after")
    try:
        before, intended = stores.write_later(originals, case, seed)
    except NotWrittenError:
        tally.count(f"{way}: later writes, not written before")
        return
    try:
        after, _ = stores.write_later(translated, case, seed)
    except NotWrittenError as error:
        said = "a loss told" if found.losses else str(error)[:100]
        tally.count(f"{way}: later writes, not written after, {said}")
        return
    if same_values(before, after):
        tally.count(
            f"{way}: later writes equal" + (", though a loss was told" if found.losses else "")
        )
    elif found.losses:
        tally.count(f"{way}: later writes differ, a loss told")
    elif (not _near(before, intended) and _near(after, intended)) or _is_written_wrong(case):
        tally.count(f"{way}: later writes are right, and were not before")
    else:
        tally.fault("later writes differ", way, case, f"seed {seed}: {differ(before, after)}")
        return
    stores.place(translated, written.files)
    try:
        again = stores.read("zarr-python", translated)
    except readers.RefusedError as error:
        if found.losses:
            tally.count(f"{way}: later writes, not read through the original, a loss told")
        else:
            tally.fault("later writes unreadable", way, case, f"seed {seed}: {short(error.error)}")
        return
    if not same_values(after, again):
        tally.fault("later writes, other values", way, case, f"seed {seed}: {differ(after, again)}")


def _is_written_wrong(case: Case) -> bool:
    """Whether zarr-python is known to write the array wrong through its own document."""
    if case.zarr_format == 3:
        names = [codec["name"] for codec in case.document["codecs"]]
        rounded = ("numcodecs.bitround", "scale_offset")  # puts out the integers that it masked
        return rounded in pairwise(names)
    filters = case.document["filters"] or []
    ids = {codec["id"] for codec in filters}
    ndim = len(case.document["shape"])
    if ndim == 0:  # numcodecs rounds to a scalar, which is native
        return "quantize" in ids and any(">" in str(codec) for codec in filters)
    return "bitround" in ids and case.document["order"] == "F" and ndim > 1  # copied in order C


def _near(found: Any, wanted: Any) -> bool:
    """Whether values are what was written, but for what lossy codecs round."""
    found, wanted = readers.native(found), readers.native(wanted)
    if found.dtype.kind not in "fc" or found.dtype != wanted.dtype:
        return same_values(found, wanted)
    with stores.quiet():
        return bool(np.allclose(found, wanted, rtol=0.3, atol=1, equal_nan=True))


def xarray_sees_equal(written: Written, found: Translated, tally: Tally) -> None:
    """xarray shows the same variable before and after, masked or not, or a loss was told."""
    case, way = written.case, str(found.way)
    root = stores.copy_with(written.root, found.files, "xarray")
    for masked in (True, False):
        try:
            before = _variable(written.root, masked)
        except Exception:
            tally.count(f"{way}: xarray does not open the original")
            continue
        try:
            after = _variable(root, masked)
        except Exception as error:
            if found.losses:
                tally.count(f"{way}: xarray raises, a loss told")
            else:
                tally.fault("xarray raises", way, case, f"masked={masked}: {short(error)}")
            continue
        if before[0] == after[0] and _shows_same(before[1], after[1]):
            tally.count(f"{way}: xarray equal, masked={masked}")
        elif found.losses:
            tally.count(f"{way}: xarray differs, a loss told")
        else:
            detail = f"masked={masked}: {before[0]} {after[0]} {differ(before[1], after[1])}"
            tally.fault("xarray differs", way, case, detail)


def _shows_same(before: Any, after: Any) -> bool:
    """As values are shown: xarray makes text of other byte order wider, and takes such structs for raw bytes."""
    if before.dtype.kind == after.dtype.kind == "U":
        return bool(np.array_equal(before, after))
    if before.dtype.kind == "V" and before.dtype.names != after.dtype.names:
        return True
    return same_values(before, after)


def _variable(root: Path, masked: bool) -> tuple[Any, Any]:
    xarray = pytest.importorskip("xarray")
    with (
        stores.quiet(),
        xarray.open_dataset(
            root, engine="zarr", consolidated=False, chunks=None, mask_and_scale=masked
        ) as dataset,
    ):
        variable = dataset[stores.NAME]
        return variable.dims, variable.values
