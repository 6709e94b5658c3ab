"""What `check` says of codecs, encodings, documents and stores, and whether what it offers helps."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any, Final

import pytest

import zarrcodec_bridge as bridge
from zarrcodec_bridge.core.messages import in_words, phrase_for_command_line
from zarrcodec_bridge.core.options import OptionError
from zarrcodec_bridge.documents.reach import problems_for
from zarrcodec_bridge.explanations import checks
from zarrcodec_bridge.readers import READERS

ZLIB: Final = {"id": "zlib", "level": 1}
DELTA: Final = {"id": "delta", "dtype": "<i2"}
ZARRAY: Final = {
    "zarr_format": 2,
    "shape": [4, 4],
    "chunks": [2, 2],
    "dtype": "<i2",
    "order": "C",
    "filters": None,
    "compressor": ZLIB,
    "fill_value": 0,
}


def zarr_json(data_type: str, *codecs: Any, **members: Any) -> dict[str, Any]:
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": [4, 4],
        "data_type": data_type,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2, 2]}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}, *codecs],
        "fill_value": 0,
        "attributes": {},
        **members,
    }


BIG: Final = {"codecs": [{"name": "bytes", "configuration": {"endian": "big"}}]}
PIPELINE: Final = bridge.Pipeline.from_v2(dtype="<i2", filters=[DELTA], compressor=ZLIB)


def verdicts(source: Any, readers: Any = None, **options: Any) -> dict[tuple[str, str], str]:
    rows = bridge.check(source, readers, **options).readers
    return {(row.reader, row.format): row.verdict for row in rows}


# the cells that were measured (2026-11-28): each reader opened the literal file
MEASURED: Final[list[tuple[Any, str, str]]] = [
    (ZARRAY, "zarr-python", "opens"),
    (ZARRAY, "netcdf-c", "opens"),
    (ZARRAY, "zarrista", "refuses"),
    ({**ZARRAY, "order": "F"}, "netcdf-c", "reads wrong"),
    ({**ZARRAY, "order": "F"}, "z5py", "refuses"),
    ({**ZARRAY, "filters": [DELTA]}, "neuroglancer", "reads wrong"),
    ({**ZARRAY, "filters": [DELTA]}, "tensorstore", "refuses"),
    ({**ZARRAY, "filters": [{**DELTA, "astype": "<i4"}]}, "zarrita", "reads wrong"),
    ({**ZARRAY, "dtype": "<i8"}, "neuroglancer", "reads wrong"),
    ({**ZARRAY, "dtype": "<c8", "fill_value": [0.0, 0.0]}, "gdal", "refuses"),
    (zarr_json("int16"), "netcdf-c", "refuses"),
    (zarr_json("int16", {"name": "crc32c"}), "gdal", "refuses"),
    (zarr_json("int16", **BIG), "z5py", "reads wrong"),
    (zarr_json("uint64", fill_value=2**63 + 1), "zarrita", "reads wrong"),
    (zarr_json("uint64", fill_value=2**63 + 1), "gdal", "reads wrong"),
]


@pytest.mark.parametrize(("document", "reader", "expected"), MEASURED)
def test_measured_cells(document: dict[str, Any], reader: str, expected: str) -> None:
    (row,) = bridge.check(document, reader).readers
    assert row.verdict == expected
    assert bool(row.reason) == (expected != "opens")


def test_to_dict_has_these_keys_alone() -> None:
    found = bridge.check(ZARRAY).to_dict()
    assert json.loads(json.dumps(found)) == found
    assert list(found) == ["readers"]
    keys = ["reader", "version", "format", "verdict", "reason", "help"]
    assert all(list(row) == keys for row in found["readers"])
    assert {row["verdict"] for row in found["readers"]} <= {"opens", "refuses", "reads wrong"}
    assert [row["reader"] for row in found["readers"]] == list(READERS)
    assert {row["format"] for row in found["readers"]} == {"v2"}
    assert all(row["version"] == READERS[row["reader"]].version for row in found["readers"])


@pytest.mark.parametrize(
    ("source", "options"),
    [
        (ZLIB, {}),
        ({"name": "numcodecs.zlib", "configuration": {"level": 1}}, {}),
        ("zstd", {}),
        (PIPELINE, {}),
        ([DELTA, ZLIB], {"dtype": "<i2"}),
        ([{"name": "bytes"}, {"name": "gzip", "configuration": {"level": 1}}], {"dtype": "uint8"}),
    ],
    ids=str,
)
def test_codecs_and_encodings_have_both_formats(source: Any, options: Any) -> None:
    found = verdicts(source, **options)
    assert set(found) == {(name, dialect) for dialect in ("v2", "v3") for name in READERS}
    assert found["zarr-python", "v2"] == found["zarr-python", "v3"] == "opens"
    assert found["netcdf-c", "v3"] == "refuses"


CHAINS: Final = [
    ("<i2", [], None),
    ("<i2", [DELTA], ZLIB),
    (">f4", [], {"id": "gzip", "level": 1}),
    ("<f4", [{"id": "bitround", "keepbits": 9}], {"id": "blosc", "cname": "lz4"}),
    ("<f8", [{"id": "quantize", "digits": 2, "dtype": "<f8"}], {"id": "bz2", "level": 1}),
    ("<i4", [{"id": "shuffle", "elementsize": 4}], ZLIB),
    ("|b1", [{"id": "packbits"}], None),
    ("<U3", [], {"id": "zstd", "level": 1}),
    ("|O", [{"id": "vlen-utf8"}], None),
    ("<M8[s]", [], {"id": "lz4", "acceleration": 1}),
    (
        "<f4",
        [{"id": "fixedscaleoffset", "offset": 0, "scale": 10, "dtype": "<f4", "astype": "<i2"}],
        None,
    ),
]


@pytest.mark.parametrize(("dtype", "filters", "compressor"), CHAINS)
def test_pipeline_readers_agree(dtype: str, filters: list[Any], compressor: Any) -> None:
    """`Pipeline.readers()` and `check` say the same of v3."""
    pipeline = bridge.Pipeline.from_v2(dtype=dtype, filters=filters, compressor=compressor, ndim=2)
    found = verdicts(pipeline)
    opened = {name for (name, dialect), each in found.items() if (dialect, each) == ("v3", "opens")}
    assert opened == set(pipeline.readers())


DOCUMENTS: Final = [
    ZARRAY,
    {**ZARRAY, "order": "F"},
    {**ZARRAY, "dtype": ">f4", "compressor": {"id": "gzip", "level": 1}},
    {**ZARRAY, "dtype": "<f4", "compressor": None, "filters": [{"id": "bitround", "keepbits": 9}]},
    {**ZARRAY, "filters": [ZLIB], "compressor": None},
    {**ZARRAY, "filters": [DELTA]},
    {**ZARRAY, "dtype": "<c8", "fill_value": None},
    {**ZARRAY, "dimension_separator": "/", "compressor": {"id": "zstd", "level": 1}},
    zarr_json("int16", {"name": "numcodecs.zlib", "configuration": {"level": 1}}),
    zarr_json("float32", {"name": "zstd", "configuration": {}}, attributes={"limit": float("nan")}),
    zarr_json("uint8", chunk_key_encoding={"name": "v2", "configuration": {"separator": "."}}),
    zarr_json("float64", dimension_names=["x", "x"]),
]


@pytest.mark.parametrize("document", DOCUMENTS, ids=range(len(DOCUMENTS)))
def test_help_that_is_offered_helps(document: dict[str, Any]) -> None:
    """A translation is offered only where the reader opens its result."""
    for row in bridge.check(document).readers:
        if row.verdict == "opens":
            assert not row.help, row
        if "target=" not in row.help:
            continue
        assert f"target={row.reader!r}" in row.help
        call = row.help.partition("(")[0]
        own = "v2" if document["zarr_format"] == 2 else "v3"
        to = own if call == "normalize_metadata" else call.removeprefix("metadata_to_")
        assert to in ("v2", "v3"), row
        on_loss = "ignore" if "on_loss" in row.help else "error"
        done = bridge.translate_metadata(document, to=to, target=row.reader, on_loss=on_loss)
        written = done.result["zarr.json" if to == "v3" else ".zarray"]
        assert problems_for(READERS[row.reader], written, done.result.get(".zattrs")) == ()


@pytest.mark.parametrize(
    ("document", "reader", "expected"),
    [
        (zarr_json("int16", {"name": "numcodecs.gzip"}), "gdal", "normalize_metadata"),
        ({**ZARRAY, "filters": [DELTA]}, "tensorstore", "write the array again with zstd"),
        (zarr_json("int16", **BIG), "z5py", "write the array again with zstd and little-endian"),
        ({**ZARRAY, "dtype": ">i2"}, "z5py", "write the array again with zstd and little-endian"),
    ],
)
def test_help(document: dict[str, Any], reader: str, expected: str) -> None:
    (row,) = bridge.check(document, reader).readers
    assert row.help.startswith(expected)


def test_help_on_the_command_line() -> None:
    """Each surface has its words: the command takes the options of the call."""
    documents = {"a/.zarray": json.dumps({**ZARRAY, "dtype": ">i2"}).encode()}
    sources: list[tuple[Any, str, str, str]] = [
        (documents, "zarrs-python", "migrate(store, ", "migrate STORE --target zarrs-python"),
        (
            zarr_json("int16", {"name": "numcodecs.gzip", "configuration": {"level": 1}}),
            "zarr-python==3.1, gdal",
            "normalize_metadata(document, ",
            "convert SOURCE --to (its own format) --target gdal",
        ),
        (
            {"name": "numcodecs.zlib", "configuration": {"level": 1}},
            "gdal",
            "to_v2(codec, ",
            "to-v2 SOURCE --target gdal",
        ),
    ]
    for source, readers, call, command in sources:
        helps = [row.help for row in bridge.check(source, readers).readers if row.help]
        assert [each[: len(call)] for each in helps] == [call]
        assert in_words(helps[0], phrase_for_command_line) == command


def test_readers_by_name_and_version() -> None:
    v3 = zarr_json("float64", codecs=[{"name": "scale_offset"}, *zarr_json("u")["codecs"]])
    rows = bridge.check(v3, ["zarr-python>=2.18", "zarrita"]).readers
    assert [(row.reader, row.version[:4], row.verdict) for row in rows] == [
        ("zarr-python", "3.4.", "opens"),
        ("zarr-python", "3.1.", "refuses"),
        ("zarr-python", "2.18", "refuses"),
        ("zarrita", "0.7.", "opens"),
    ]
    assert bridge.check(v3, "zarr-python, zarrita") == bridge.check(v3, ["zarr-python", "zarrita"])
    assert not bridge.check(v3, ["zarr-python>=3.1"]).is_opened
    assert bridge.check(v3, ["zarr-python", "zarrita"]).is_opened


@pytest.mark.parametrize(
    ("readers", "suggestion"),
    [
        ("gdall", "gdal"),
        (["zarrita", "neuroglancr"], "neuroglancer"),
        ("spec", None),
        ([], None),
        (5, None),
    ],
)
def test_unknown_readers_are_refused(readers: Any, suggestion: str | None) -> None:
    with pytest.raises(OptionError, match="readers") as caught:
        bridge.check(ZARRAY, readers)
    assert caught.value.option == "readers"
    assert "spec" not in caught.value.choices
    if suggestion is not None:
        assert caught.value.suggestions == (suggestion,)


def test_readers_that_were_not_run_are_marked() -> None:
    for row in bridge.check(ZARRAY, ["zarr-java", "n5-zarr"]).readers:
        assert "from its source alone" in row.reason
    assert not bridge.check(ZARRAY, "zarrita").readers[0].reason


def test_it_is_a_value_that_shows_itself() -> None:
    found = bridge.check({**ZARRAY, "filters": [DELTA]})
    assert (
        pickle.loads(pickle.dumps(found)) == found == bridge.check({**ZARRAY, "filters": [DELTA]})
    )
    assert found != bridge.check(ZARRAY)
    assert hash(found) == hash(bridge.check({**ZARRAY, "filters": [DELTA]}))
    text, html = str(found), found._repr_html_()
    for row in found.readers:
        line = f"{row.reader} {row.version}"
        assert line in text
        assert line in html
    assert "reads wrong" in text
    assert "<table>" in html
    rich = pytest.importorskip("rich.console")
    console = rich.Console(width=200, file=__import__("io").StringIO())
    console.print(found)
    assert console.file.getvalue().split() == text.split()


# stores


def store() -> dict[str, bytes]:
    documents: dict[str, Any] = {
        ".zgroup": {"zarr_format": 2},
        "a/.zarray": ZARRAY,
        "a/.zattrs": {"units": "m"},
        "b/c/.zarray": {**ZARRAY, "shape": [40, 4]},
        "b/.zgroup": {"zarr_format": 2},
        "d/.zarray": {**ZARRAY, "order": "F"},
        "e/zarr.json": zarr_json("int16", {"name": "gzip", "configuration": {"level": 1}}),
    }
    return {key: json.dumps(document).encode() for key, document in documents.items()}


def test_a_store_is_summed_up_by_encoding() -> None:
    found = bridge.check(store(), ["zarr-python", "netcdf-c", "z5py"])
    assert [(each.title, each.arrays, each.example) for each in found.encodings] == [
        ("v2 <i2: zlib", 2, "a"),
        ("v2 <i2: zlib, order F", 1, "d"),
        ("v3 int16: bytes, gzip", 1, "e"),
    ]
    rows = {(row.reader, row.format): row for row in found.readers}
    assert rows["zarr-python", "v2"].verdict == "opens"
    assert rows["netcdf-c", "v2"].verdict == "reads wrong"
    assert rows["netcdf-c", "v2"].reason.startswith("1 of 3 arrays, such as d: order 'F'")
    assert rows["z5py", "v2"].verdict == "refuses"
    assert rows["z5py", "v3"].verdict == "opens"
    assert not found.is_opened
    assert bridge.check(store(), "zarr-python").is_opened
    text = str(found)
    assert "2 arrays, such as a" in text
    assert "opened by zarr-python, netcdf-c, z5py" in text


def test_an_array_in_both_formats_is_opened_in_one(tmp_path: Path) -> None:
    (tmp_path / ".zarray").write_text(json.dumps(ZARRAY))
    keys = {"name": "v2", "configuration": {"separator": "."}}
    v3 = zarr_json(
        "int16", {"name": "numcodecs.zlib", "configuration": {"level": 1}}, chunk_key_encoding=keys
    )
    (tmp_path / "zarr.json").write_text(json.dumps(v3))
    found = bridge.check(tmp_path, ["netcdf-c", "gdal"])
    assert {(row.reader, row.format, row.verdict) for row in found.readers} == {
        ("netcdf-c", "v2", "opens"),
        ("netcdf-c", "v3", "refuses"),
        ("gdal", "v2", "opens"),
        ("gdal", "v3", "refuses"),
    }
    assert found.is_opened
    assert len(found.encodings) == 1


@pytest.mark.parametrize("kind", ["path", "text", "URL", "consolidated", "references"])
def test_sources_of_a_store(kind: str, tmp_path: Path) -> None:
    for key, data in store().items():
        (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / key).write_bytes(data)
    metadata = {key: json.loads(data) for key, data in store().items() if "zarr.json" not in key}
    source: Any = {
        "path": tmp_path,
        "text": str(tmp_path),
        "URL": tmp_path.as_uri(),
        "consolidated": {"zarr_consolidated_format": 1, "metadata": metadata},
        "references": {
            "version": 1,
            "refs": {key: json.dumps(found) for key, found in metadata.items()},
        },
    }[kind]
    whole = kind in ("path", "text", "URL")
    found = bridge.check(source, "netcdf-c")
    assert sum(each.arrays for each in found.encodings) == 3 + whole
    assert found.readers == bridge.check(store(), "netcdf-c").readers[: len(found.readers)]


def test_what_cannot_be_read_counts_as_refused() -> None:
    documents = {
        **store(),
        "x/.zarray": b"{",
        "y/.zarray": json.dumps({**ZARRAY, "dtype": "<q9"}).encode(),
    }
    found = bridge.check(documents, "zarr-python")
    (row, _) = found.readers
    assert row.verdict == "refuses"
    assert "2 of 5 arrays" in row.reason
    assert "cannot be read" in row.reason


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"zarr_format": 2}, "got none"),
        ({".zgroup": b'{"zarr_format": 2}'}, "got none"),
        ({".zarray": b"{"}, ".zarray cannot be read"),
        ({"compressor": {"id": "zlib"}}, "pass dtype"),
        ({"compressors": [ZLIB], "filters": None}, "pass dtype"),
    ],
)
def test_what_cannot_be_checked_is_refused(source: Any, message: str) -> None:
    with pytest.raises(bridge.BridgeError, match=message):
        bridge.check(source)


def test_encodings_are_bounded(monkeypatch: Any) -> None:
    monkeypatch.setattr(checks, "MOST_ENCODINGS", 3)
    documents = {
        f"a{n}/.zarray": json.dumps(
            {**ZARRAY, "compressor": {"id": "zlib", "level": n % 10}, "chunks": [n + 1, 4]}
        ).encode()
        for n in range(60)
    }
    found = bridge.check({".zgroup": b'{"zarr_format": 2}', **documents})
    assert len(found.encodings) == 4
    assert sum(each.arrays for each in found.encodings) == 60
    assert found.encodings[0].title.startswith(
        "other encodings than the first 3, such as v2 <i2: zlib"
    )


MALFORMED: Final[list[dict[str, Any]]] = [
    {"zarr_consolidated_format": 1, "metadata": [{"id": 5}]},
    {"zarr_format": 3, "node_type": "group", "consolidated_metadata": {"metadata": "x"}},
    {"zarr_format": 2, "chunks": [2], "compressor": ZLIB},
    {**ZARRAY, "filters": 1},
    {**ZARRAY, "shape": 1},
    zarr_json("int16", shape=2**70),
    zarr_json("int16", codecs=1, chunk_grid="x"),
    zarr_json(
        "int16",
        chunk_grid="x",
        chunk_key_encoding={"name": "v2", "configuration": {"separator": []}},
    ),
]


@pytest.mark.parametrize("document", MALFORMED, ids=range(len(MALFORMED)))
@pytest.mark.parametrize("in_store", [False, True])
def test_malformed_documents(document: dict[str, Any], in_store: bool) -> None:
    """They are refused by name, or readers refuse them: never another exception, never "opens"."""
    source: Any = document
    if in_store:
        file = ".zarray" if document.get("zarr_format") == 2 else "zarr.json"
        source = {".zgroup": b"{}", f"a/{file}": json.dumps(document).encode()}
    try:
        found = bridge.check(source)
    except bridge.BridgeError:
        return
    assert {row.verdict for row in found.readers} == {"refuses"}
