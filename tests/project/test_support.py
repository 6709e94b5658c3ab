"""The harness is right: golden and corpus data read as documented, through no code of ours."""

from __future__ import annotations

import importlib.metadata
import re
from fnmatch import fnmatchcase
from typing import Final, Literal, NamedTuple

import numpy as np
import pytest
from packaging.specifiers import SpecifierSet

from support import readers, shared

Outcome = Literal["equal", "refused", "wrong"]

PAIRS: Final = {pair["name"]: pair for pair in shared.pipelines()}
CHUNKS: Final = shared.chunks()
READERS: Final = readers.available()
NOT_READ: Final = {
    "569-dvtiff-float32_LZW_predictor_3_tif_0d46": "virtual-tiff's codec of a name that "
    "imagecodecs-zarr takes",
}


class Known(NamedTuple):
    """What a reader makes of golden arrays instead of reading them."""

    reader: readers.Reader
    versions: str
    zarr_format: int
    names: str
    outcome: Outcome
    reason: str


KNOWN: Final = (
    Known("zarr-python", "<3", 3, "*", "refused", "reads format 2 only"),
    Known("zarr-python", "<3", 2, "blosc_typesize_*", "refused", "numcodecs 0.15: no typesize"),
    Known("zarr-python", ">=3.1", 2, "json2 vlen_array", "refused", "no such object codec"),
    Known("zarr-python", ">=3,<3.4.2", 2, "struct_nested", "refused", "no nested v2 dtype"),
    Known("zarr-python", ">=3", 3, "bitround_std_*", "refused", "knows numcodecs.bitround only"),
    Known("zarr-python", ">=3", 3, "packbits_first_byte", "refused", "no v3 packbits"),
    Known("zarr-python", ">=3,<3.3", 3, "astype_be", "wrong", "views big-endian bytes as <f4"),
    Known("zarr-python", ">=3.2,<3.3", 3, "struct_be", "wrong", "endian ignored for struct"),
    Known("zarr-python", ">=3,<3.2", 3, "*_cv *_cv_ne *_q+cast", "refused", "no cast_value"),
    Known("zarr-python", ">=3,<3.2", 3, "blosc_struct struct_*", "refused", "`structured` only"),
    Known("zarrs", "", 2, "fso_i4_frac_so_cv", "wrong", "rounds where numcodecs truncates"),
    Known("zarrs", "", 2, "raw_>c8", "wrong", "swaps big-endian complex in partial chunks"),
    Known("zarrs", "", 3, "raw_>c8", "wrong", "swaps big-endian complex in partial chunks"),
    Known("zarrista", "", 2, "fso_i4_frac_so_cv", "wrong", "rounds where numcodecs truncates"),
    Known("zarrista", "", 2, "vlen_bytes_dtbytes", "wrong", "takes every v2 |O for strings"),
)


def _has_bitround() -> bool:
    """Whether zarr-python finds the codec that this package, where it is installed, registers."""
    return any(e.name == "bitround" for e in importlib.metadata.entry_points(group="zarr.codecs"))


def known(reader: readers.Reader, zarr_format: int, name: str) -> Outcome:
    """What `reader`, as installed, is known to make of a golden array."""
    for row in KNOWN:
        if row.names == "bitround_std_*" and _has_bitround():
            continue
        if (
            (row.reader, row.zarr_format) == (reader, zarr_format)
            and READERS[reader] in SpecifierSet(row.versions)
            and any(fnmatchcase(name, pattern) for pattern in row.names.split())
        ):
            return row.outcome
    return "equal"


def is_measured(reader: readers.Reader) -> bool:
    """Whether `KNOWN` lists all that the installed reader does not read."""
    return reader == "zarr-python" and READERS[reader] not in SpecifierSet(">=3,<3.1.6")


def label(reader: readers.Reader) -> str:
    """What stores.json calls the installed reader."""
    return f"{reader} {READERS[reader]}"


def outcome(reader: readers.Reader, document: shared.Json, written: shared.Written) -> Outcome:
    """What `reader` makes of the chunks through `document`."""
    try:
        array = readers.read(reader, document, written.chunks)
    except readers.RefusedError:
        return "refused"
    return "equal" if readers.equal(array, written.expected()) else "wrong"


def other_side(written: shared.Written) -> shared.Json:
    """The golden pair's document of the format that `written` was not written in."""
    pair = PAIRS[written.name]
    build, encoding = (
        (readers.v3_document, pair["v3"])
        if written.zarr_format == 2
        else (readers.v2_document, pair["v2"])
    )
    assert encoding is not None
    return build(encoding, written.shape, written.chunk_shape)


def claimed(reader: readers.Reader, written: shared.Written) -> bool:
    """Whether the pair's evidence says that `reader` reads these chunks through the v3 side."""
    sentence = rf"(^|; ){reader} \S+ (\(v3\)|zarr3) reads 2\.18\.7 chunks: ok"
    evidence = PAIRS[written.name]["evidence"]
    return written.writer.startswith("zarr-python 2.18.7") and bool(re.search(sentence, evidence))


def agrees(reader: readers.Reader, document: shared.Json, written: shared.Written) -> bool:
    """Whether `reader` does what is known of it; outside `KNOWN` it may also refuse."""
    found = outcome(reader, document, written)
    expected = known(reader, document["zarr_format"], written.name)
    return found == expected or (found == "refused" and not is_measured(reader))


@pytest.mark.parametrize("name", CHUNKS)
@pytest.mark.parametrize("reader", READERS)
def test_writers_own_metadata(reader: readers.Reader, name: str) -> None:
    for written in CHUNKS[name]:
        assert agrees(reader, written.metadata, written), written.writer


@pytest.mark.parametrize("name", [name for name in CHUNKS if PAIRS[name]["byte_compatible"]])
@pytest.mark.parametrize("reader", READERS)
def test_golden_other_side(reader: readers.Reader, name: str) -> None:
    for written in CHUNKS[name]:
        document = other_side(written)
        assert agrees(reader, document, written), written.writer
        if reader != "zarr-python" and claimed(reader, written):
            assert outcome(reader, document, written) == "equal", written.writer


@pytest.mark.parametrize(
    "name", [name for name in CHUNKS if PAIRS[name]["use"] == "forbidden_pair"]
)
@pytest.mark.parametrize("reader", READERS)
def test_forbidden_pairs_do_not_read(reader: readers.Reader, name: str) -> None:
    for written in CHUNKS[name]:
        assert outcome(reader, other_side(written), written) != "equal", written.writer


@pytest.mark.parametrize("reader", READERS)
def test_stores_read_as_documented(reader: readers.Reader) -> None:
    wrong = []
    for store in shared.stores():
        if store.entry["readers"].get(label(reader)) != "match" or store.name in NOT_READ:
            continue
        try:
            array = readers.read_path(reader, store.path)
        except readers.RefusedError as refused:
            if type(refused.error).__name__ != "UnknownCodecError":  # a package not installed
                wrong.append((store.name, str(refused)))
            continue
        expected = store.expected(array.dtype)
        if expected is not None and not readers.equal(array, expected):
            wrong.append((store.name, "values differ"))
    assert wrong == []


NAN_BITS: Final = np.array([0x7FF8000000000001], "u8").view("f8")
STRUCT: Final = np.array([(1, np.nan)], [("a", "<i4"), ("b", "<f8")])


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (np.array([np.nan]), NAN_BITS, True),
        (np.array([1, 2], "<i4"), np.array([1, 2], ">i4"), True),
        (np.array([1, 2], "<i4"), np.array([1, 2], "<i8"), False),
        (np.array([1]), np.array([[1]]), False),
        (np.array(["NaT"], "M8[s]"), np.array(["NaT"], ">M8[s]"), True),
        (np.array([1], "M8[s]"), np.array([1], "M8[ms]"), False),
        (np.array(["a"], object), np.array(["a"], "U1"), True),
        (np.array([b"a"], object), np.array(["a"], object), False),
        (np.array([complex(np.nan, 1)]), np.array([complex(np.nan, 1)]), True),
        (STRUCT, STRUCT.astype([("a", ">i4"), ("b", ">f8")]), True),
        (STRUCT, STRUCT.astype([("a", "<i4"), ("b", "<f4")]), False),
        (STRUCT, STRUCT.astype([("a", "<i4"), ("c", "<f8")], casting="unsafe"), False),
        (np.array([b"ab"], "V2"), np.array([b"ac"], "V2"), False),
    ],
)
def test_equal(a: np.ndarray, b: np.ndarray, expected: bool) -> None:
    assert readers.equal(a, b) is expected


def test_absent_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv(shared.VARIABLE, str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception):
        shared.folder()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception):
        shared.folder()


def test_every_part_of_the_folder_loads() -> None:
    assert all(len(load()) for load in (shared.codecs, shared.aliases, shared.documents))
    assert all(len(load()) for load in (shared.fragments, shared.other_formats))
    assert all(
        store.document["zarr_format"] == store.entry["zarr_format"] for store in shared.stores()
    )
    assert all(
        file.exists()
        for vector in shared.vectors()
        for file in (vector.array_file, vector.encoded_file)
        if file is not None
    )
