"""What array-to-array codecs view, and in which byte order: equal in the other format, or refused (A1 to A5, B8).

The tables are measured: chunks that zarr 2.18.7 wrote through a ``.zarray`` with each filter were read by zarr-python
3.1.6, 3.2.1 and 3.4.2 through the ``zarr.json`` that says the same in v3. What all of them read equal is translated,
everything else is refused, and both are tested: "refused" fails where it is not needed.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any, Final

import pytest

import zarrcodec_bridge as bridge
from support.chains import DOCUMENT, NATIVE, Json, is_refused
from zarrcodec_bridge.core.errors import NotRepresentableError
from zarrcodec_bridge.documents.references import references_to_v3

VIEWS: Final[dict[int, str]] = {
    1: "|b1 |i1 |u1 |S1",
    2: "<i2 >i2 <u2 >u2 <f2 >f2 |S2",
    4: "<i4 >i4 <u4 >u4 <f4 >f4 |S4 <U1 >U1",
    8: "<i8 >i8 <u8 >u8 <f8 >f8 <c8 >c8 |S8 <M8[s] >M8[s] <M8[ns]",
    16: "<c16 >c16 |S16 <U4",
}
"""Data types as which a filter may view elements, by their size."""

EQUAL: Final[dict[str, str]] = {
    '"|b1"': "|b1 |i1 |u1",
    '"|i1"': "|i1 |u1",
    '"|u1"': "|i1 |u1",
    '"|S1"': "|S1",
    '"|V1"': "|i1 |u1",
    '"<i2"': "<i2 <u2",
    '">i2"': ">i2 >u2",
    '"<f2"': "<f2",
    '"|S2"': "|S2",
    '"|V2"': "<i2 <u2 <f2",
    '"<i4"': "<i4 <u4",
    '">u4"': ">i4 >u4",
    '"<f4"': "<f4",
    '">f4"': ">f4",
    '"<U1"': "<U1",
    '"|V4"': "<i4 <u4 <f4",
    '"<i8"': "<i8 <u8",
    '"<f8"': "<f8",
    '"<c8"': "<c8",
    '">c8"': ">c8",
    '"<M8[s]"': "<i8 <u8 <M8[s]",
    '">M8[s]"': ">i8 >u8 >M8[s]",
    '"<m8[ns]"': "<i8 <u8",
    '"|S8"': "|S8",
    '"|V8"': "<i8 <u8 <f8 <c8 <M8[s] <M8[ns]",
    '"<c16"': "<c16",
    '"|V16"': "<c16",
    '[["a", "<i2"]]': "<i2 <u2",
    '[["a", ">u2"]]': ">i2 >u2",
    '[["a", "<f2"]]': "<f2",
    '[["a", "|V2"]]': "<i2 <u2 <f2",
    '[["a", "|S2"]]': "|S2",
    '[["a", "|i1"], ["b", "|i1"]]': "",
    '[["a", "|b1"]]': "|b1 |i1 |u1",
    '[["a", "<i4"]]': "<i4 <u4",
    '[["a", "<f4"]]': "<f4",
    '[["a", ">f4"]]': ">f4",
    '[["a", "<i2"], ["b", "<i2"]]': "",
    '[["a", ">i2"], ["b", ">i2"]]': "",
    '[["a", "|i1"], ["b", "|u1"], ["c", "<i2"]]': "",
    '[["a", [["b", "<i4"]]]]': "<i4 <u4",
    '[["a", [["b", "<i2"], ["c", "<i2"]]]]': "",
    '[["a", "<i8"]]': "<i8 <u8",
    '[["a", "<M8[s]"]]': "<i8 <u8 <M8[s]",
    '[["a", ">c8"]]': ">c8",
    '[["a", "<f4"], ["b", "<f4"]]': "",
}
"""By the data type of a v2 array: how its first filter may view the elements; all other views are refused."""


def size_of(dtype: Any) -> int:
    if isinstance(dtype, list):
        return sum(size_of(inner) for _, inner in dtype)
    found = bridge.Pipeline.from_v2(dtype=dtype).data_type.itemsize
    assert found is not None
    return found


def filters_viewing(view: str) -> list[Json]:
    """Filters that view their input so, as far as they take such a data type."""
    found: list[Json] = [{"id": "astype", "encode_dtype": view, "decode_dtype": view}]
    if view[1] in "biufc":
        found.append({"id": "delta", "dtype": view})
    if view[1] in "iuf":
        found.append(
            {"id": "fixedscaleoffset", "offset": 1, "scale": 1, "dtype": view, "astype": view}
        )
    if view[1] == "f":
        found.append({"id": "quantize", "digits": 3, "dtype": view, "astype": view})
    return found


def zarray(dtype: Any, filters: list[Json], order: str = "C") -> Json:
    return {
        "zarr_format": 2,
        "shape": [2, 3],
        "chunks": [2, 3],
        "dtype": dtype,
        "compressor": None,
        "fill_value": None,
        "order": order,
        "filters": filters,
    }


@pytest.mark.parametrize("array", EQUAL, ids="A1-{}".format)
def test_a1_first_view_translates_or_is_refused(array: str) -> None:
    dtype = json.loads(array)
    for view in VIEWS[size_of(dtype)].split():
        for codec in filters_viewing(view):
            refused = view not in EQUAL[array].split()
            calls = {
                "Pipeline": lambda codec=codec: bridge.Pipeline.from_v2(
                    dtype=dtype, filters=[codec]
                ).to_v3(),
                "document": lambda codec=codec: bridge.metadata_to_v3(zarray(dtype, [codec])),
                "one codec": lambda codec=codec: bridge.to_v3(codec, dtype=dtype),
                "reference": lambda codec=codec: references_to_v3(
                    {".zarray": json.dumps(zarray(dtype, [codec]))}
                ),
            }
            for entry, call in calls.items():
                assert is_refused(call) == refused, (entry, array, codec)


@pytest.mark.parametrize("array", EQUAL, ids="A1-{}".format)
def test_a1_first_view_translates_back_or_is_refused(array: str) -> None:
    """From v3, where the array is native and `bytes` has the byte order."""
    dtype = json.loads(array)
    data_type = bridge.Pipeline.from_v2(dtype=dtype).to_v3()["data_type"]
    endian = "big" if ">" in array else "little"
    for view in VIEWS[size_of(dtype)].split():
        if view[0] == ">":
            continue
        in_v2 = view.replace("<", ">") if endian == "big" else view
        for codec in filters_viewing(in_v2):
            native = json.loads(json.dumps(codec).replace('">', '"<'))
            name = native.pop("id")
            codecs = [
                {"name": f"numcodecs.{name}", "configuration": native},
                {"name": "bytes", "configuration": {"endian": endian}},
            ]
            refused = in_v2 not in EQUAL[array].split()
            pipeline = bridge.Pipeline.from_v3(data_type=data_type, codecs=codecs)
            assert is_refused(pipeline.to_v2) == refused, (array, codecs)
            if not refused:
                assert pipeline.to_v2() == {
                    "dtype": dtype,
                    "order": "C",
                    "filters": [codec],
                    "compressor": None,
                }


def test_a1_raw_bytes_viewed_as_big_endian_are_refused_in_both_directions() -> None:
    raw = {"name": "raw_bytes", "configuration": {"length_bytes": 4}}
    delta = {"name": "numcodecs.delta", "configuration": {"dtype": "<i4"}}
    for endian, refused in (("little", False), ("big", True)):
        codecs = [delta, {"name": "bytes", "configuration": {"endian": endian}}]
        pipeline = bridge.Pipeline.from_v3(data_type=raw, codecs=codecs)
        assert is_refused(pipeline.to_v2) == refused


BITROUND: Final = {"id": "bitround", "keepbits": 5}

CHAINS: Final[list[tuple[str, list[Json], bool]]] = [
    # A2: what stands before the first view, and does not view
    ("<f4", [BITROUND, {"id": "delta", "dtype": "<u4"}], False),
    ("<f8", [BITROUND, {"id": "delta", "dtype": "<u8"}], False),
    (">f4", [BITROUND, {"id": "delta", "dtype": ">u4"}], False),
    ("<f4", [BITROUND, BITROUND, {"id": "delta", "dtype": "<u4"}], False),
    ("<f4", [BITROUND, {"id": "delta", "dtype": "<f4"}], True),
    ("<f4", [BITROUND, {"id": "delta", "dtype": "<i4"}], True),  # bitround decodes them as floats
    ("<f8", [BITROUND, {"id": "delta", "dtype": "<i8"}], True),
    ("<f2", [BITROUND, {"id": "delta", "dtype": "<i2"}], True),
    ("<f4", [{"id": "delta", "dtype": "<f4"}, BITROUND], True),
    ("<f4", [{"id": "delta", "dtype": "<f4"}, BITROUND, {"id": "delta", "dtype": "<u4"}], True),
    ("<f4", [{"id": "delta", "dtype": "<u4"}, BITROUND], False),
    # views of a later filter: the bits of what the one before put out, in both formats
    ("<f8", [{"id": "delta", "dtype": "<f8"}, {"id": "delta", "dtype": "<i8"}], True),
    ("<i8", [{"id": "delta", "dtype": "<i8"}, {"id": "delta", "dtype": "<c8"}], True),
    ("<c8", [{"id": "delta", "dtype": "<c8"}, {"id": "delta", "dtype": "<f8"}], True),
    (">f8", [{"id": "delta", "dtype": ">f8"}, {"id": "delta", "dtype": ">i8"}], True),
    # A4: a byte order swaps the halves of a complex number, the characters of a text, and no raw bytes
    (">i8", [{"id": "delta", "dtype": ">i8"}, {"id": "delta", "dtype": ">c8"}], False),
    (
        ">i8",
        [
            {"id": "delta", "dtype": ">i8"},
            {"id": "astype", "encode_dtype": ">c16", "decode_dtype": ">c8"},
        ],
        False,
    ),
    (">c8", [{"id": "delta", "dtype": ">c8"}, {"id": "delta", "dtype": ">f8"}], False),
    (">c8", [{"id": "delta", "dtype": ">c8"}, {"id": "delta", "dtype": ">u8"}], False),
    (
        ">f4",
        [
            {"id": "astype", "encode_dtype": "|S8", "decode_dtype": ">f4"},
            {"id": "delta", "dtype": ">i8"},
        ],
        False,
    ),
    (
        "<f4",
        [
            {"id": "astype", "encode_dtype": "|S8", "decode_dtype": "<f4"},
            {"id": "delta", "dtype": "<i8"},
        ],
        True,
    ),
    # in v3 quantize does not say what it puts out, so that `bytes` swaps as before it
    ("|V8", [{"id": "quantize", "digits": 3, "dtype": "<f8", "astype": ">f8"}], False),
    ("|V8", [{"id": "quantize", "digits": 3, "dtype": "<f8", "astype": "<f8"}], True),
    ("<f8", [{"id": "quantize", "digits": 3, "dtype": "<f8", "astype": ">f8"}], True),
    ("|V4", [{"id": "delta", "dtype": "<i4", "astype": ">i8"}], True),
    ("<f4", [{"id": "delta", "dtype": "<f4", "astype": ">f8"}], True),
]
"""The data type of a v2 array, its filters, and whether v3 has an equal."""


@pytest.mark.parametrize(
    ("dtype", "filters", "equal"),
    [pytest.param(*row, id=f"A2-A4-{n}") for n, row in enumerate(CHAINS)],
)
def test_a2_a4_chains_translate_or_are_refused(
    dtype: str, filters: list[Json], equal: bool
) -> None:
    pipeline = bridge.Pipeline.from_v2(dtype=dtype, filters=filters)
    assert is_refused(lambda: pipeline.to_v3("zarr-python")) == (not equal)
    assert is_refused(
        lambda: bridge.metadata_to_v3(zarray(dtype, filters), target="zarr-python")
    ) == (not equal)


@pytest.mark.parametrize("endian", ["little", "big"], ids="A4-{}".format)
def test_a4_later_views_translate_back_or_are_refused(endian: str) -> None:
    kinds = {"int64": "<i8", "uint64": "<u8", "float64": "<f8", "complex64": "<c8"}
    for (name, first), second in itertools.product(kinds.items(), kinds.values()):
        codecs = [
            {"name": "numcodecs.delta", "configuration": {"dtype": first}},
            {"name": "numcodecs.delta", "configuration": {"dtype": second}},
            {"name": "bytes", "configuration": {"endian": endian}},
        ]
        pipeline = bridge.Pipeline.from_v3(data_type=name, codecs=codecs)
        refused = endian == "big" and ("c" in first) != ("c" in second)
        assert is_refused(pipeline.to_v2) == refused, codecs


def test_a2_values_that_a_cast_decodes_are_viewed_by_no_other_filter() -> None:
    """In v3 `cast_value` takes the values that delta decodes; in v2 `astype` would take their bits."""
    for view, refused in (("<i4", False), ("<u4", True), ("<f4", True)):
        codecs = [
            {
                "name": "cast_value",
                "configuration": {
                    "data_type": "int32",
                    "rounding": "towards-zero",
                    "out_of_range": "wrap",
                },
            },
            {"name": "numcodecs.delta", "configuration": {"dtype": view}},
            {"name": "bytes", "configuration": {"endian": "little"}},
        ]
        pipeline = bridge.Pipeline.from_v3(data_type="float64", codecs=codecs)
        assert is_refused(lambda p=pipeline: p.to_v2(on_loss="ignore")) == refused, view


IN_ORDER_F: Final = [
    (["bitround"], True),
    (["astype", "bitround"], True),
    (["quantize", "bitround"], True),
    (["bitround", "delta"], True),
    (["delta", "bitround"], False),
    (["fixedscaleoffset", "bitround"], False),
    (["astype"], False),
    (["delta"], False),
    (["quantize"], False),
]
"""Filters behind a reversing transpose, and whether numcodecs writes them scrambled in order F (0.15 and 0.16)."""


@pytest.mark.parametrize(
    ("names", "lossy"), [pytest.param(*row, id=f"B8-{'+'.join(row[0])}") for row in IN_ORDER_F]
)
def test_b8_what_order_f_scrambles_is_a_loss(names: list[str], lossy: bool, tmp_path: Path) -> None:
    same = {
        key: {**value, **({"astype": "<f4"} if "astype" in value else {})}
        for key, value in NATIVE.items()
    } | {
        "astype": {"encode_dtype": "<f4", "decode_dtype": "<f4"},
        "bitround": {"keepbits": 12},
    }
    filters = [{"name": f"numcodecs.{name}", "configuration": same[name]} for name in names]
    transpose = {"name": "transpose", "configuration": {"order": [1, 0]}}
    little = {"name": "bytes", "configuration": {"endian": "little"}}
    pipeline = bridge.Pipeline.from_v3(
        data_type="float32", codecs=[transpose, *filters, little], ndim=2
    )
    assert is_refused(pipeline.to_v2) == lossy
    found = pipeline.to_v2(on_loss="ignore")
    assert found["order"] == "F"
    back = bridge.Pipeline.from_v2(**found, ndim=2)
    assert back.to_v2() == found, "nothing is lost where it was so before"
    back.to_v3()
    zarr = pytest.importorskip("zarr", minversion="3")
    np = pytest.importorskip("numpy")
    document = {**zarray(found["dtype"], found["filters"], "F")}
    (tmp_path / ".zarray").write_text(json.dumps(document))
    array = zarr.open_array(tmp_path, mode="r+", zarr_format=2)
    array[...] = values = np.arange(6, dtype="<f4").reshape(2, 3)
    assert bool((array[...] == values).all()) != lossy


def values_of(dtype: Any) -> Any:
    np = pytest.importorskip("numpy")
    if isinstance(dtype, list):
        found = np.zeros((2, 3), [(name, values_of(inner).dtype) for name, inner in dtype])
        for name, inner in dtype:
            found[name] = values_of(inner)
        return found
    kind = np.dtype(dtype).kind
    numbers = np.array([[1, -2, 300], [70000, 2**40 + 5, -(2**33)]], dtype="<i8")
    if kind == "V":
        return np.frombuffer(bytes(range(1, 1 + 6 * np.dtype(dtype).itemsize)), dtype).reshape(2, 3)
    if kind in "SU":
        return np.array([["a", "bc", "def"], ["ghijk", "l", "mnopqrstuv"]]).astype(dtype)
    if kind == "b":
        return numbers % 2 == 0
    if kind == "f":
        return (numbers % 1000 / 8).astype(dtype)
    if kind == "c":
        return (numbers % 1000 / 8 + 1j * (numbers % 77)).astype(dtype)
    return numbers.astype(dtype) if kind in "iu" else numbers.view(f"<{dtype[1:]}").astype(dtype)


def read_both(dtype: Any, filters: list[Json], path: Path, order: str = "C") -> None:
    """Assert that zarr-python reads a chunk, which it wrote as v2, equal through both documents, and back."""
    from support import readers

    zarr = pytest.importorskip("zarr")
    document = zarray(dtype, filters, order)
    path.mkdir()
    (path / ".zarray").write_text(json.dumps(document))
    zarr.open_array(path, mode="r+", zarr_format=2)[...] = values_of(dtype)
    chunks = {"0.0": (path / "0.0").read_bytes()}
    expected = readers.read("zarr-python", document, chunks)
    there = bridge.metadata_to_v3(document, target="zarr-python", on_loss="ignore")
    assert readers.equal(readers.read("zarr-python", there, chunks), expected), (dtype, filters)
    try:
        back, _ = bridge.metadata_to_v2(there, on_loss="ignore")
    except NotRepresentableError:
        assert dtype == "|V4"  # viewed as little, stored as big: v2 could say it, and nobody asked
        return
    assert readers.equal(readers.read("zarr-python", back, chunks), expected), (dtype, filters)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "array", [array for array, views in EQUAL.items() if views], ids="A1-{}".format
)
def test_a1_values_are_equal(array: str, tmp_path: Path) -> None:
    pytest.importorskip("zarr", minversion="3.3")
    dtype = json.loads(array)
    for view in EQUAL[array].split():
        for codec in filters_viewing(view):
            if codec["id"] != "delta" or view != "|b1":  # numcodecs' delta adds truth values up
                read_both(
                    dtype, [codec], tmp_path / f"{codec['id']}{'<>|'.index(view[0])}{view[1:]}"
                )


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("dtype", "filters"),
    [pytest.param(*row[:2], id=f"A2-A4-{n}") for n, row in enumerate(CHAINS) if row[2]],
)
def test_a2_a4_values_are_equal(dtype: str, filters: list[Json], tmp_path: Path) -> None:
    pytest.importorskip("zarr", minversion="3.3")
    if filters[-1] == BITROUND and filters[0].get("dtype") != "<f4":
        pytest.skip("numcodecs rounds floats only")
    if BITROUND in filters and "<i" in str(filters[0]):
        pytest.skip("numcodecs rounds floats only")
    read_both(dtype, filters, tmp_path / "array")


@pytest.mark.parametrize("name", ["v2", "v2 order F", "v3", "numcodecs in v3"], ids="D2-{}".format)
def test_d2_what_is_not_changed_loses_nothing(name: str) -> None:
    """numcodecs reads bitround of integers, and cannot write it; both formats could not before."""
    if name.startswith("v2"):
        order = "F" if name.endswith("F") else "C"
        document = zarray("|u1", [{"id": "bitround", "keepbits": 3}], order)
        assert bridge.normalize_metadata(document) == document
        codec = document["filters"][0]
        assert bridge.to_v2(codec, dtype="|u1") == codec
        if order == "C":
            with pytest.raises(bridge.LossError, match="cannot round and write"):
                bridge.metadata_to_v3(document, target="zarr-python")
        return
    prefix, target = ("numcodecs.", "zarr-python") if name != "v3" else ("", "spec")
    codec = {"name": f"{prefix}bitround", "configuration": {"keepbits": 3}}
    document = {**DOCUMENT, "data_type": "uint8", "codecs": [codec, {"name": "bytes"}]}
    found = bridge.normalize_metadata(document, target=target)
    assert found["codecs"] == [codec, {"name": "bytes", "configuration": {}}]
    assert bridge.to_v3(codec, dtype="uint8", target=target) == codec
    if name == "v3":
        with pytest.raises(bridge.LossError, match="cannot round and write"):
            bridge.normalize_metadata(document, target="zarr-python")
    with pytest.raises(bridge.LossError, match="cannot round and write"):
        bridge.metadata_to_v2(document)
