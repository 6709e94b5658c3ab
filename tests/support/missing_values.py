"""Arrays with fill values and attributes in every combination, and what xarray sees of them."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

Json = dict[str, Any]
ABSENT: Final = "absent"
NAN: Final = float("nan")


def encoded(number: float) -> str:
    """A float as xarray writes it into the attribute of a v3 array."""
    return base64.b64encode(struct.pack("<d", number)).decode()


@dataclass(frozen=True)
class Case:
    """A v2 array of five elements, and whether it becomes v3 without a loss."""

    dtype: str
    values: tuple[Any, ...]
    fill_value: Any
    attribute: Any = ABSENT
    more: Json = field(default_factory=dict)
    lost: bool = False
    """Whether it is refused by default."""
    codec: str = ""
    """The object codec of an array of objects."""
    differs: bool = False
    """Whether xarray sees something else in v3, the loss being accepted: other values, or another data type."""

    @property
    def zarray(self) -> Json:
        return {
            "zarr_format": 2,
            "shape": [5],
            "chunks": [5],
            "dtype": self.dtype,
            "compressor": None,
            "filters": [{"id": self.codec}] if self.codec else None,
            "order": "C",
            "fill_value": self.fill_value,
        }

    @property
    def zattrs(self) -> Json:
        given = {} if self.attribute is ABSENT else {"_FillValue": self.attribute}
        return {"_ARRAY_DIMENSIONS": ["x"], **self.more, **given}

    @property
    def chunk(self) -> bytes:
        import numpy as np

        if self.codec:
            texts = [text if isinstance(text, bytes) else text.encode() for text in self.values]
            parts = [struct.pack("<I", len(text)) + text for text in texts]
            return struct.pack("<I", len(texts)) + b"".join(parts)
        return np.array(self.values, dtype=self.dtype).tobytes()

    def __str__(self) -> str:
        more = "-".join(f"{key}={value}" for key, value in self.more.items())
        return f"{self.codec or self.dtype}-{self.fill_value}-{self.attribute}{more and '-'}{more}"


WHOLE: Final = (1, 2, 0, 100, 7)
SIGNED: Final = (1, -1, 0, 100, 2)
REAL: Final = (1, -9999, 0, NAN, 0.1)
COMPLEX: Final = (1, -1, 0, NAN, 2 + 1j)
PACKED: Final[Json] = {"scale_factor": 0.5, "add_offset": 10.0}
DAYS: Final[Json] = {"units": "days since 2000-01-01", "calendar": "standard"}


def _whole() -> Iterator[Case]:
    for dtype in ("|i1", "<i2", ">i4", "<i8", "|u1", "<u2", ">u4", "<u8"):
        values = SIGNED if "i" in dtype else WHOLE
        value = -1 if "i" in dtype else 100
        for more in ({}, PACKED, DAYS, {"missing_value": 2}):
            yield Case(dtype, values, None, more=more)
            yield Case(dtype, values, 0, more=more)
            yield Case(dtype, values, value, more=more)
            yield Case(dtype, values, None, value, more)
        yield Case(dtype, values, value, value)
        yield Case(
            dtype, values, 0, value, lost=True
        )  # xarray masks 0, and overrides the attribute
        yield Case(dtype, values, None, float(value))
        yield Case(dtype, values, None, [value])
        yield Case(
            dtype, values, None, 1 << 40
        )  # no element can be it, and xarray in v3 takes it so
        yield Case(dtype, values, None, 2.5, lost=True, differs=True)  # xarray in v3 cuts it to 2
        yield Case(dtype, values, None, [0, value], lost=True, differs=True)
        yield Case(dtype, values, None, "NaN", lost=True, differs=True)
        yield Case(dtype, values, None, NAN, lost=True)
    for fill_value, attribute in ((None, -1), (-1, ABSENT), (-1, -1)):
        yield Case("|i1", SIGNED, fill_value, attribute, {"_Unsigned": "true"})
        yield Case("<i2", SIGNED, fill_value, attribute, {"_Unsigned": "true", **PACKED})
    for fill_value, attribute in ((None, 2), (2, ABSENT)):  # xarray swaps the bytes of 2 in v2
        unsigned = {"_Unsigned": "true"}
        yield Case(">i4", SIGNED, fill_value, attribute, unsigned, lost=True, differs=True)
    yield Case(">i4", SIGNED, -1, ABSENT, {"_Unsigned": "true"})
    yield Case("|u1", (1, 255, 0, 100, 2), 255, ABSENT, {"_Unsigned": "false"})
    yield Case("|i1", (1, 0, 0, 1, 1), 0, ABSENT, {"dtype": "bool"})
    yield Case("|i1", (1, 0, 0, 1, 1), None, ABSENT, {"dtype": "bool"})


def _real() -> Iterator[Case]:
    for dtype in ("<f2", "<f4", ">f8"):
        for more in ({}, PACKED, {"missing_value": 1.0}):
            for fill_value in (None, 0, 0.1, 1, "NaN", "-Infinity"):
                yield Case(dtype, REAL, fill_value, more=more)
            for attribute in (1, 1.0, 0.1, [1.0], NAN):
                yield Case(dtype, REAL, None, attribute, more)
        yield Case(dtype, REAL, 1, 1)
        yield Case(dtype, REAL, 0.1, 0.1)
        yield Case(dtype, REAL, 1, encoded(1))
        yield Case(dtype, REAL, "NaN", NAN)
        yield Case(dtype, REAL, "NaN", "NaN")
        yield Case(dtype, REAL, None, "NaN")
        yield Case(dtype, REAL, 0, 1, lost=True)
        yield Case(dtype, REAL, "NaN", 1, lost=True)
        yield Case(dtype, REAL, None, encoded(1), lost=True)  # in v2 a text, which equals nothing
        yield Case(dtype, REAL, None, "none", lost=True)
        yield Case(dtype, REAL, None, [0, 1], lost=True, differs=True)
    yield Case("<f4", REAL, -9999, ABSENT, DAYS)


def _others() -> Iterator[Case]:
    for dtype in ("<c8", ">c16"):
        for fill_value in (None, ["NaN", "NaN"], ["NaN", 0]):
            yield Case(dtype, COMPLEX, fill_value)
        for fill_value in ([0, 0], [-1, 0], [2, 1]):
            yield Case(
                dtype, COMPLEX, fill_value, lost=True
            )  # before xarray 2026.4 it cannot open it
        yield Case(dtype, COMPLEX, None, 1, lost=True)
        yield Case(dtype, COMPLEX, [-1, 0], -1, lost=True)
        yield Case(dtype, COMPLEX, [0, 0], -1, lost=True)
        yield Case(dtype, COMPLEX, None, [1, -1], lost=True, differs=True)
    for fill_value in (None, False, True):
        yield Case("|b1", (1, 0, 0, 1, 1), fill_value)
    yield Case("|b1", (1, 0, 0, 1, 1), None, 0)
    yield Case("|b1", (1, 0, 0, 1, 1), None, True)
    yield Case("|b1", (1, 0, 0, 1, 1), True, False, lost=True)
    text = ("a", "", "b", "c", "0")
    for fill_value in (None, "", "a"):
        yield Case("<U2", text, fill_value)
    yield Case("<U2", text, None, "a")
    yield Case("<U2", text, "a", "a")
    yield Case("<U2", text, "a", ABSENT, {"missing_value": "b"})
    yield Case("<U2", text, "", "a", lost=True)
    for fill_value in (None, "", "a"):
        yield Case("|O", text, fill_value, codec="vlen-utf8")
    yield Case("|O", text, None, "a", codec="vlen-utf8")
    yield Case("|O", text, "a", ABSENT, {"missing_value": ["b", "c"]}, codec="vlen-utf8")
    yield Case("|O", text, "", "a", lost=True, codec="vlen-utf8")
    for attribute in (ABSENT, "a"):  # newer versions of zarr-python read 0 as "0"
        yield Case("|O", text, 0, attribute, lost=True, differs=True, codec="vlen-utf8")
    data = (b"a", b"", b"b", b"c", b"a")
    yield Case("|S2", data, None)
    yield Case("|S2", data, None, "a", lost=True, differs=True)
    yield Case("|S2", data, "", lost=True, differs=True)
    yield Case("|S2", data, "YQ==", lost=True, differs=True)
    yield Case("|O", data, None, codec="vlen-bytes")
    yield Case("|O", data, "", lost=True, differs=True, codec="vlen-bytes")
    for dtype in ("<M8[s]", "<m8[ms]"):
        for fill_value in (None, 0, -(2**63), 2):
            yield Case(dtype, (1, 2, 3, 0, -1), fill_value)
        yield Case(dtype, (1, 2, 3, 0, -1), 2, 2, lost=True)
    yield Case("|V2", (b"ab", b"cd", b"a", b"", b"x"), None)
    yield Case("|V2", (b"ab", b"cd", b"a", b"", b"x"), None, "ab", lost=True, differs=True)


CASES: Final[dict[str, Case]] = {
    f"a{index}": case for index, case in enumerate((*_whole(), *_real(), *_others()))
}
"""By the name of the array in one group."""


def zmetadata() -> Json:
    """The ``.zmetadata`` of all cases."""
    metadata: Json = {".zgroup": {"zarr_format": 2}}
    for name, case in CASES.items():
        metadata[f"{name}/.zarray"] = case.zarray
        metadata[f"{name}/.zattrs"] = case.zattrs
    return {"zarr_consolidated_format": 1, "metadata": metadata}


def references() -> Json:
    """All cases as a kerchunk reference set, with their chunks inlined."""
    found = {key: json.dumps(value) for key, value in zmetadata()["metadata"].items()}
    for name, case in CASES.items():
        found[f"{name}/0"] = "base64:" + base64.b64encode(case.chunk).decode()
    return found


def write(folder: Path, files: Json) -> Path:
    """Write documents, and the chunks of all cases."""
    for key, document in files.items():
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document))
    for name, case in CASES.items():
        if (folder / name).is_dir():
            (folder / name / "0").write_bytes(case.chunk)
    return folder


def seen(dataset: Any) -> dict[str, tuple[str, str]]:
    """The data type and the values of each array as xarray has them."""
    found = {}
    for name, variable in dataset.variables.items():
        values = variable.values
        kind = "text" if values.dtype.kind == "T" else str(values.dtype.newbyteorder("="))
        found[name] = (kind, repr(values.tolist()))
    return found
