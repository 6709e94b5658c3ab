"""Fill values in both formats: what the readers read from arrays without chunks, to the bit."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

import pytest

from zarrcodec_bridge.core.data_types import DataType, read_dtype
from zarrcodec_bridge.core.errors import BridgeError, InvalidCodecError, NotRepresentableError
from zarrcodec_bridge.documents import fill_values
from zarrcodec_bridge.documents.fill_values.binary import pack, unpack

np = pytest.importorskip("numpy")

STRUCT = [["a", "<i4"], ["b", "<i2"]]
DEEP = [["p", [["q", "<i4"], ["r", "<f8"]]], ["s", "|b1"]]
MANY = [["t", "<M8[ms]"], ["v", "|V3"], ["s", "|S2"], ["u", "<U2"], ["n", [["m", "<m8[s]"]]]]


@dataclass(frozen=True)
class Row:
    """A v2 fill value, and the v3 fill value that it reads as."""

    dtype: Any
    v2: Any
    v3: Any
    note: str = ""
    """An excerpt of the note; none where the value is as the specification has it."""
    refused: tuple[int, ...] = ()
    """The major versions of zarr-python that do not open the v2 spelling."""
    not_by: tuple[int, ...] = ()
    """The major versions of zarr-python that read another value, and why it does not count is in the comment."""

    @property
    def name(self) -> str:
        return f"{json.dumps(self.dtype)}-{json.dumps(self.v2)}"[:70]


UNDEFINED = (2,)  # zarr-python 2 gives what happened to be in memory

ROWS = [
    Row("<f4", 0, 0),
    Row("<f4", 0.1, 0.1),
    Row("<f4", -0.0, -0.0),
    Row("<f4", 3.4028235677973366e38, 3.4028235677973366e38),
    Row("<f4", 1e39, 1e39),
    Row("<f4", 2**60 + 1, 2**60 + 1),
    Row("<f4", "NaN", "NaN"),
    Row("<f4", "Infinity", "Infinity"),
    Row("<f4", "-Infinity", "-Infinity"),
    Row("<f4", math.nan, "NaN", "becomes a string"),
    Row("<f4", -math.inf, "-Infinity", "becomes a string"),
    Row("<f4", "1.5", 1.5, "becomes 1.5"),
    Row("<f4", "nan", "NaN", "becomes"),
    Row("<f4", "inf", "Infinity", "becomes"),
    Row("<f4", True, 1.0, "becomes 1.0"),
    Row("<f4", None, 0.0, "as zarr-python 3 reads it", not_by=UNDEFINED),
    Row(">f4", 1.5, 1.5),
    Row(">f4", "NaN", "NaN"),
    Row("<f8", 0.1, 0.1),
    Row("<f8", 2**53 + 1, 2**53 + 1),
    Row("<f2", 65504, 65504),
    Row("<f2", 65520, 65520),
    Row("<f2", 1e-8, 1e-8),
    Row("<i4", 5, 5),
    Row("<i4", 1.0, 1, "becomes the whole number 1"),
    Row("<i4", "7", 7, "becomes the whole number 7"),
    Row("<i4", True, 1, "becomes the whole number 1"),
    Row("<i4", None, 0, "as zarr-python 3 reads it", not_by=UNDEFINED),
    Row("<i8", 2**53 + 1, 2**53 + 1),
    Row("<i8", -(2**63), -(2**63)),
    Row("<i8", 2**63 - 1, 2**63 - 1),
    Row("<i8", "9007199254740993", 2**53 + 1, "becomes"),
    Row(">u8", 2**64 - 1, 2**64 - 1),
    Row("|u1", "255", 255, "becomes"),
    Row("|b1", False, False),
    Row("|b1", True, True),
    Row("|b1", 1, True, "becomes true"),
    Row("|b1", 0, False, "becomes false"),
    Row("|b1", None, False, "as zarr-python 3 reads it", not_by=UNDEFINED),
    Row("<c8", [1, 2], [1, 2]),
    Row("<c8", ["NaN", 0.0], ["NaN", 0.0]),
    Row("<c8", ["NaN", "NaN"], ["NaN", "NaN"]),
    # zarr-python 2 computes inf + inf * 1j
    Row("<c8", ["Infinity", "-Infinity"], ["Infinity", "-Infinity"], not_by=(2,)),
    Row("<c8", [-0.0, 0.0], [-0.0, 0.0], not_by=(2,)),
    Row(">c16", [math.nan, 1.0], ["NaN", 1.0], "becomes a string"),
    Row("<c16", 1.5, [1.5, 0.0], "the pair", refused=(2, 3)),
    Row("<c16", None, [0.0, 0.0], "as zarr-python 3 reads it", not_by=UNDEFINED),
    Row("|S3", "", ""),
    Row("|S3", "YWI=", "YWI="),
    Row("|S3", "YQBi", "YQBi"),
    Row("|S3", "YWJjZA==", "YWJj", "cut to 3"),
    Row("|S3", "IA==", "IA=="),
    Row("|S3", "  ", "", "is skipped, as readers skip it"),
    Row("|S3", "YWI=%%", "YWI=", "is skipped, as readers skip it"),
    Row("|S3", "abc", "YWJj", "as zarr-python 2 reads it", refused=(3,)),
    Row("|S1", 0, "MA==", "as zarr-python 2 reads it", refused=(3,)),
    Row("|S3", None, "", "as zarr-python 3 reads it", not_by=UNDEFINED),
    Row("<U4", "", ""),
    Row("<U4", "abcd", "abcd"),
    Row("<U4", "abcde", "abcd", "cut to 4"),
    Row("<U4", "\u00e9\U0001f600", "\u00e9\U0001f600"),
    Row(">U4", "ab", "ab"),
    Row("<U4", 0, "0", "as zarr-python 2 reads it", refused=(3,)),
    Row("<U4", None, "", "as zarr-python 3 reads it", not_by=UNDEFINED),
    Row("|V3", "AAEC", "AAEC"),
    Row("|V3", "", "AAAA", "filled up to 3"),
    Row("|V3", "AAA=", "AAAA", "filled up to 3"),
    Row("|V3", 0, "AAAA", "3 zero bytes", refused=(2, 3)),
    Row("|V3", None, "AAAA", "as zarr-python 3 reads it", not_by=UNDEFINED),
    Row("<M8[ns]", 0, 0),
    Row("<M8[ns]", -(2**63), "NaT"),
    Row("<M8[ns]", "NaT", "NaT"),
    Row(">M8[10us]", 5, 5),
    Row("<M8[ns]", None, "NaT", "as zarr-python 3 reads it", not_by=UNDEFINED),
    Row("<m8[s]", -(2**63), "NaT"),
    Row("<m8[s]", -5, -5),
    Row("<m8[s]", None, "NaT", "as zarr-python 3 reads it", not_by=UNDEFINED),
    Row(STRUCT, "KgAAAAoA", {"a": 42, "b": 10}),
    Row([["a", ">i4"], ["b", ">i2"]], "AAAAKgAK", {"a": 42, "b": 10}),
    Row([["a", "|S2"]], "YWI=", {"a": "YWI="}),
    Row([["f", "<f4"]], "AQDAfw==", {"f": "0x7fc00001"}),
    Row([["f", ">f4"], ["g", ">f8"]], "f8AAAIAAAAAAAAAA", {"f": "NaN", "g": -0.0}),
    Row(STRUCT, 0, {"a": 0, "b": 0}, "zero in every field", refused=(2, 3)),
    Row(STRUCT, None, {"a": 0, "b": 0}, "as zarr-python 3 reads it", not_by=UNDEFINED),
    Row(DEEP, "AAAAAAAAAAAAAAAAAQ==", {"p": {"q": 0, "r": 0.0}, "s": True}),
    Row(
        MANY,
        None,
        {"t": 0, "v": "AAAA", "s": "", "u": "", "n": {"m": 0}},
        "as zarr-python 3 reads it",
        not_by=UNDEFINED,
    ),
]


def read(value: Any, dtype: DataType, dialect: Any) -> tuple[Any, list[str]]:
    notes: list[str] = []
    return fill_values.read(value, dtype, dialect, writer(notes)), notes


def writer(notes: list[str]) -> Any:
    """What writes down notes, and losses too."""
    return lambda message, lossy=False: notes.append(message)


def same(a: Any, b: Any) -> bool:
    return json.dumps(a) == json.dumps(b)  # tells -0.0 from 0.0, and 1 from 1.0 and True


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_v2_is_read_as_v3(row: Row) -> None:
    found, notes = read(row.v2, DataType.from_v2(row.dtype), "v2")
    assert same(found, row.v3)
    assert bool(notes) == bool(row.note)
    assert row.note in "".join(notes)
    assert json.loads(json.dumps(found, allow_nan=False)) == found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_v3_is_read_as_it_is_and_written_as_v2(row: Row) -> None:
    dtype = DataType.from_v2(row.dtype)
    again, notes = read(row.v3, dtype.with_endian(None), "v3")
    assert same(again, row.v3)
    assert not notes
    written = fill_values.to_v2(row.v3, dtype)
    back, _ = read(written, dtype, "v2")
    assert same(back, row.v3)
    if not row.note and row.v2 != "NaT":
        assert same(written, row.v2)


def numpy_type(dtype: Any) -> Any:
    if isinstance(dtype, str):
        return np.dtype(dtype)
    return np.dtype([(name, numpy_type(inner)) for name, inner in dtype])


def value_of(row: Row) -> Any:
    """The v3 fill value as NumPy has it, by way of its packed bytes."""
    data = pack(row.v3, DataType.from_v2(row.dtype), ())
    return np.frombuffer(data, numpy_type(row.dtype))


def opened(document: dict[str, Any]) -> Any:
    from support import readers

    return readers.read("zarr-python", {"attributes": {}, **document}, {})


ENCODING = {"zarr_format": 2, "shape": [1], "chunks": [1], "order": "C"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_zarr_python_reads_that_value_from_v2(row: Row) -> None:
    zarr = pytest.importorskip("zarr")
    from support import readers

    major, minor = (int(part) for part in zarr.__version__.split(".")[:2])
    if major == 3 and (minor == 0 or (minor < 4 and row.dtype in (DEEP, MANY))):
        pytest.skip("3.0 reads fill values as 2 or 3 do, and structs are nested since 3.4")
    document = {"filters": None, "compressor": None, **ENCODING}
    document = {**document, "dtype": row.dtype, "fill_value": row.v2}
    if major in row.refused:
        with pytest.raises(readers.RefusedError):
            opened(document)
    elif major not in row.not_by:
        assert readers.equal(opened(document), value_of(row))
        assert opened(document).tobytes() == readers.native(value_of(row)).tobytes()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_zarr_python_reads_that_value_from_v3(row: Row) -> None:
    zarr = pytest.importorskip("zarr", minversion="3.1")
    from support import readers

    dtype = DataType.from_v2(row.dtype)
    if dtype.fields and zarr.__version__ < "3.3":
        pytest.skip("zarr-python before 3.3 has no struct")
    codec = {"name": "bytes", "configuration": {"endian": "little"}}
    document = {
        "zarr_format": 3,
        "node_type": "array",
        "shape": [1],
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [1]}},
        "data_type": dtype.with_endian(None).to_v3(),
        "codecs": [codec],
        "fill_value": row.v3,
    }
    found = opened(document)
    assert found.tobytes() == readers.native(value_of(row)).tobytes()


V3_ROWS: list[tuple[Any, Any, Any, Any]] = [
    ("float32", "0x7fc00000", "0x7fc00000", "NaN"),
    ("float32", "0x3fc00000", "0x3fc00000", 1.5),
    ("float32", "0X7F800000", "0x7F800000", "Infinity"),
    ("float32", "0x80000000", "0x80000000", -0.0),
    ("float32", "0x00000001", "0x00000001", 1.401298464324817e-45),
    ("float64", "0x7ff8000000000000", "0x7ff8000000000000", "NaN"),
    ("float16", "0x3c00", "0x3c00", 1.0),
    ("complex64", ["0x7fc00000", "0x80000000"], ["0x7fc00000", "0x80000000"], ["NaN", -0.0]),
    ("r24", [0, 1, 2], "AAEC", "AAEC"),
    ({"name": "raw_bytes", "configuration": {"length_bytes": 3}}, "AAEC", "AAEC", "AAEC"),
    ("string", "a\u00e9", "a\u00e9", "a\u00e9"),
    ("variable_length_bytes", "YWI=", "YWI=", "YWI="),
    ("bytes", [97, 98], "YWI=", "YWI="),
    ("bfloat16", "NaN", "NaN", "NaN"),
    ("float8_e4m3fn", 1.5, 1.5, 1.5),
    ("int4", -8, -8, -8),
    ("bool", 1, True, True),
]
"""A data type, a v3 fill value, how it is written again, and how as v2."""


@pytest.mark.parametrize(("data_type", "value", "again", "v2"), V3_ROWS)
def test_v3_spellings(data_type: Any, value: Any, again: Any, v2: Any) -> None:
    dtype = read_dtype(data_type)
    found, _ = read(value, dtype, "v3")
    assert same(found, again)
    assert same(fill_values.to_v2(found, dtype), v2)


def test_v3_structs_are_read_from_base64_in_little_endian_order_and_from_fields() -> None:
    dtype = read_dtype(
        {
            "name": "struct",
            "configuration": {
                "fields": [
                    {"name": "a", "data_type": "int32"},
                    {"name": "b", "data_type": "float32"},
                ]
            },
        }
    )
    assert read("KgAAAAAAwH8=", dtype, "v3") == ({"a": 42, "b": "NaN"}, [])
    assert read({"b": "0x7fc00001", "a": 42}, dtype, "v3")[0] == {"a": 42, "b": "0x7fc00001"}
    found, notes = read({"a": 42, "c": 1}, dtype, "v3")
    assert found == {"a": 42, "b": 0.0}
    assert "'b' is missing" in notes[0]
    assert '"c" is no field' in notes[1]
    big = dtype.with_endian("big")
    assert fill_values.to_v2({"a": 42, "b": "0x7fc00001"}, big) == "AAAAKn/AAAE="


@pytest.mark.parametrize("bits", ["0x7fc00001", "0xffc00000", "0x7fa00001"])
def test_a_nan_that_v2_cannot_say_is_refused(bits: str) -> None:
    with pytest.raises(NotRepresentableError, match="write 'NaN' where any NaN will do"):
        fill_values.to_v2(bits, read_dtype("float32"))
    with pytest.raises(NotRepresentableError):
        fill_values.to_v2([0.0, bits], read_dtype("complex64"))


def test_objects_of_v2() -> None:
    string, data = DataType("string"), DataType("variable_length_bytes")
    for value in (None, 0):
        assert read(value, string, "v2")[0] == ""
        found, notes = read(value, data, "v2")
        assert found == ""
        assert notes
    assert read("YWI=", string, "v2") == ("YWI=", [])
    found, notes = read("YWI=", data, "v2")
    assert found == "YWI="
    assert "as zarr-python 3 reads it" in notes[0]
    notes = []
    assert fill_values.to_v2("YWI=", data, writer(notes)) == "YWI="
    assert "zarr-python 2" in notes[0]


WRONG: list[tuple[Any, Any, tuple[str | int, ...]]] = [
    ("<f4", "", ("fill_value",)),
    ("<f4", "abc", ("fill_value",)),
    ("<f4", "0x7fc00000", ("fill_value",)),
    ("<f4", [1], ("fill_value",)),
    ("<f4", 10**400, ("fill_value",)),
    ("<f4", {"a": object()}, ("fill_value",)),
    ("<i4", 1.5, ("fill_value",)),
    ("<i4", 2**31, ("fill_value",)),
    ("<i4", "0x10", ("fill_value",)),
    ("<i4", math.nan, ("fill_value",)),
    ("<i8", 2**63, ("fill_value",)),
    ("<u8", -1, ("fill_value",)),
    ("<u8", 1.8446744073709552e19, ("fill_value",)),
    ("|u1", 256, ("fill_value",)),
    ("|b1", "true", ("fill_value",)),
    ("|b1", math.nan, ("fill_value",)),
    ("<c8", "NaN", ("fill_value",)),
    ("<c8", [1.0], ("fill_value",)),
    ("<c8", [1.0, "x"], ("fill_value", 1)),
    ("|S3", "\u00e9", ("fill_value",)),
    ("|S3", [97], ("fill_value",)),
    ("|V3", 1, ("fill_value",)),
    ("<U4", 1.5, ("fill_value",)),
    ("<M8[ns]", "0", ("fill_value",)),
    ("<M8[ns]", 1.0, ("fill_value",)),
    ("<M8[ns]", 2**63, ("fill_value",)),
    ("<M8[ns]", True, ("fill_value",)),
    (STRUCT, "", ("fill_value",)),
    (STRUCT, "KgAAAA==", ("fill_value",)),
    (STRUCT, [42, 10], ("fill_value",)),
    (STRUCT, {"a": 42, "b": 1e9}, ("fill_value", "b")),
    ([["u", "<U1"]], "////fw==", ("fill_value", "u")),
]


@pytest.mark.parametrize(("dtype", "value", "path"), WRONG)
def test_what_is_no_value_is_refused_where_it_stands(dtype: Any, value: Any, path: Any) -> None:
    with pytest.raises(InvalidCodecError) as caught:
        read(value, DataType.from_v2(dtype), "v2")
    assert [problem.path for problem in caught.value.problems] == [path]


@pytest.mark.parametrize(
    ("data_type", "value"),
    [
        ("float32", "0x7f"),
        ("float32", "0x7fc000000"),
        ("raw_bytes", "%%%"),
        ("string", 0),
        ("bytes", [256]),
        ("bytes", "abc"),
    ],
)
def test_wrong_v3_values_are_refused(data_type: str, value: Any) -> None:
    dtype = DataType("raw_bytes", 3) if data_type == "raw_bytes" else read_dtype(data_type)
    with pytest.raises(InvalidCodecError):
        read(value, dtype, "v3")


def test_numpy_scalars_become_json() -> None:
    assert read(np.float32(0.5), read_dtype("<f4"), "v2")[0] == 0.5
    found, _ = read(np.int64(5), read_dtype("<i8"), "v2")
    assert type(found) is int


def test_unknown_data_types_keep_their_values_and_have_no_zero() -> None:
    dtype = read_dtype({"name": "urn:example", "configuration": {"unit": "ns"}})
    value = {"any": [1]}
    found, _ = read(value, dtype, "v3")
    assert found == value
    assert found is not value
    assert read(None, dtype, "v3") == (None, [])
    with pytest.raises(InvalidCodecError, match="is not known"):
        fill_values.zero(dtype)


def test_repaired_v2_keeps_what_v3_cannot_say() -> None:
    notes: list[str] = []
    mixed = DataType.from_v2([["x", "<f4"], ["y", ">i2"]])
    assert fill_values.normalize_v2("AAAAAAAB", mixed, notes.append) == "AAAAAAAB"
    subarray = DataType.from_v2([["m", "<f4", [2]]])
    assert fill_values.normalize_v2("AAAAAAAAAAE=", subarray, notes.append) == "AAAAAAAAAAE="
    objects = DataType.from_v2("|O")
    assert fill_values.normalize_v2({"a": 1}, objects, notes.append) == {"a": 1}
    assert fill_values.normalize_v2(None, mixed, notes.append) is None
    assert not notes
    with pytest.raises(BridgeError):
        fill_values.normalize_v2("AAAA", mixed, notes.append)


def test_every_float_and_struct_keeps_its_bits() -> None:
    hypothesis = pytest.importorskip("hypothesis")
    strategies = hypothesis.strategies

    @hypothesis.given(strategies.binary(min_size=26, max_size=26), strategies.sampled_from("<>"))
    @hypothesis.settings(max_examples=200, deadline=None)
    def check(data: bytes, order: str) -> None:
        fields = [["a", "f2"], ["b", "f4"], ["c", "f8"], ["d", "i8"], ["e", "i2"], ["f", "u2"]]
        dtype = DataType.from_v2([[name, order + code] for name, code in fields])
        value = unpack(data, dtype, ())
        assert json.loads(json.dumps(value, allow_nan=False)) == value
        assert pack(value, dtype, ()) == data
        again, notes = read(value, dtype, "v3")
        assert pack(again, dtype, ()) == data
        assert not notes

    check()
