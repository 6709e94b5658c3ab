"""What `explain` finds, and how it is shown."""

from __future__ import annotations

import html.parser
import json
import pickle
from dataclasses import FrozenInstanceError
from typing import Any

import pytest

import zarrcodec_bridge as bridge
from table import ROWS
from zarrcodec_bridge import Pipeline, registered_codecs, to_v3
from zarrcodec_bridge.core.errors import (
    InvalidCodecError,
    MissingContextError,
    NotRepresentableError,
    UnknownCodecError,
)
from zarrcodec_bridge.explanations import explain
from zarrcodec_bridge.explanations.python import NUMCODECS_CLASSES, ZARR_CODECS
from zarrcodec_bridge.readers import READERS

GZIP = {"id": "gzip", "level": 5}
BYTES = {"name": "bytes", "configuration": {"endian": "little"}}
OPEN_V2 = tuple(name for name in READERS if name not in ("icechunk", "zarr-java"))
OPEN_V3 = tuple(name for name in READERS if name != "netcdf-c")
SHARDS = {
    "name": "sharding_indexed",
    "configuration": {
        "chunk_shape": [2, 2],
        "codecs": [BYTES, {"name": "gzip", "configuration": {"level": 1}}],
        "index_codecs": [BYTES, {"name": "crc32c", "configuration": {}}],
        "index_location": "end",
    },
}
ZARRAY = {
    "zarr_format": 2,
    "shape": [10, 10],
    "chunks": [5, 5],
    "dtype": ">i4",
    "order": "F",
    "filters": [{"id": "shuffle", "elementsize": 4}],
    "compressor": {"id": "zlib", "level": 1},
    "fill_value": 0,
}
ZARR_JSON = {
    "zarr_format": 3,
    "node_type": "array",
    "shape": [10, 10],
    "data_type": "int32",
    "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [5, 1]}},
    "codecs": [{"name": "transpose", "configuration": {"order": [1, 0]}}, BYTES],
    "fill_value": 0,
}

GZIP_TEXT = """\
gzip, bytes-to-bytes codec, registered v3 name
  v2             {"id": "gzip", "level": 5}
    compressor   gzip
    read by      zarr-python, tensorstore, zarrs-python, zarrista, zarrita, gdal, neuroglancer, z5py, virtualizarr, n5-zarr
  v3             {"name": "gzip", "configuration": {"level": 5}}
    compressors  gzip
    read by      zarr-python, tensorstore, zarrs-python, zarrista, zarrita, gdal, neuroglancer, z5py, icechunk, virtualizarr, zarr-java, n5-zarr
    also read    numcodecs.gzip
  zarr-python    zarr.codecs.GzipCodec(level=5)
  docs           https://zarr-specs.readthedocs.io/en/latest/v3/codecs/gzip/index.html"""


def test_a_codec():
    found = explain(GZIP)
    assert (found.title, found.kind) == ("gzip", "b2b")
    assert found.v2.result == GZIP
    assert found.v3.result == {"name": "gzip", "configuration": {"level": 5}}
    assert (found.v2.slot, found.v3.slot) == ("compressor", "compressors")
    assert found.v2.readers == tuple(name for name in OPEN_V2 if name != "netcdf-c")
    assert found.v3.readers == OPEN_V3
    assert (found.v2.registered, found.v3.registered) == (None, True)
    assert found.v3.also_read == ("numcodecs.gzip",)
    assert found.code == "zarr.codecs.GzipCodec(level=5)"
    assert not found.notes
    assert not found.losses
    assert str(found) == GZIP_TEXT


@pytest.mark.parametrize(
    ("source", "dtype", "kind", "v2_slot", "v3_slot", "code"),
    [
        ("crc32c", None, "b2b", "compressor", "compressors", "zarr.codecs.Crc32cCodec()"),
        ("zlib", None, "b2b", "compressor", "compressors", "zarr.codecs.numcodecs.Zlib(level=1)"),
        ("packbits", None, None, None, None, None),
        ({"id": "packbits"}, None, "a2a", "filters", "filters", "zarr.codecs.numcodecs.PackBits()"),
        ("vlen-utf8", None, "a2b", "filters", "serializer", "zarr.codecs.VLenUTF8Codec()"),
        ("pcodec", None, "a2b", "compressor", "serializer", "zarr.codecs.numcodecs.PCodec()"),
        (BYTES, None, "a2b", None, "serializer", "zarr.codecs.BytesCodec(endian='little')"),
        ({"name": "bytes"}, "u1", "a2b", None, "serializer", "zarr.codecs.BytesCodec(endian=None)"),
        (
            {"id": "blosc", "shuffle": -1},
            "u1",
            "b2b",
            "compressor",
            "compressors",
            "zarr.codecs.BloscCodec(cname='lz4', clevel=5, shuffle='bitshuffle', typesize=1,"
            " blocksize=0)",
        ),
        (
            SHARDS,
            None,
            "a2b",
            None,
            "serializer",
            "zarr.codecs.ShardingCodec(chunk_shape=[2, 2], codecs=[zarr.codecs.BytesCodec("
            "endian='little'), zarr.codecs.GzipCodec(level=1)], index_codecs=["
            "zarr.codecs.BytesCodec(endian='little'), zarr.codecs.Crc32cCodec()],"
            " index_location='end')",
        ),
    ],
    ids=lambda value: str(value)[:30],
)
def test_kinds_slots_and_code(source, dtype, kind, v2_slot, v3_slot, code):
    if kind is None:
        with pytest.raises(InvalidCodecError, match="one codec in v2 and another in v3"):
            explain(source)
        return
    found = explain(source, dtype=dtype)
    assert (found.kind, found.v2.slot, found.v3.slot) == (kind, v2_slot, v3_slot)
    assert found.code == code


def test_a_refusal_is_text():
    found = explain(SHARDS)
    assert found.v2.result is None
    assert found.v2.refusal.startswith("sharding_indexed cannot be written as v2: a shard holds")
    assert found.v2.slots == found.v2.readers == ()
    assert found.v3.result == SHARDS
    assert f"  v2            refused: {found.v2.refusal}" in str(found).splitlines()


def test_a_reader_that_wants_another_spelling():
    found = explain({"id": "bitround", "keepbits": 3})
    assert found.v3.result == {"name": "bitround", "configuration": {"keepbits": 3}}
    assert found.v3.readers == ("zarrista", "zarrita")
    assert found.v3.other_targets == ("zarr-python", "icechunk", "virtualizarr")
    assert found.code == "zarr.codecs.numcodecs.BitRound(keepbits=3)"
    assert "zarr-python, with target='zarr-python'" in str(found)
    found = explain({"id": "bitround", "keepbits": 3}, target="zarr-python")
    assert found.v3.result == {"name": "numcodecs.bitround", "configuration": {"keepbits": 3}}
    assert found.v3.registered is False
    assert "zarr-python" in found.v3.readers
    found = explain({"id": "bitround", "keepbits": 3}, target="tensorstore")
    assert "tensorstore does not open it" in found.v3.refusal
    assert found.v3.other_targets == (
        *("zarr-python", "zarrista", "zarrita", "icechunk", "virtualizarr"),
    )


def test_notes_say_of_which_format_they_are():
    found = explain({"id": "blosc", "shuffle": -1, "nthreads": 1}, dtype="<i4")
    assert [note.codec for note in found.notes] == ["blosc", "blosc"]
    lines = [line for line in str(found).splitlines() if line.startswith("  note")]
    assert lines[0].split()[:2] == ["note", "blosc:"]
    assert lines[1].split()[:2] == ["note", "v3"]
    with pytest.raises(InvalidCodecError, match="nthreads"):
        explain({"id": "blosc", "nthreads": 1}, strict=True)


def test_losses_are_listed():
    encoding = {
        "data_type": "float64",
        "codecs": [
            {"name": "scale_offset", "configuration": {"offset": 0, "scale": 10}},
            {"name": "cast_value", "configuration": {"data_type": "int16"}},
            BYTES,
        ],
    }
    found = explain(encoding)
    assert found.v2.result is not None
    assert [loss.codec for loss in found.losses] == ["cast_value"]
    assert found.losses == found.v2.losses
    assert not found.v3.losses
    assert any(line.startswith("  loss v2") for line in str(found).splitlines())


def test_an_encoding():
    found = explain(ZARRAY)
    assert (found.title, found.kind) == ("encoding of big-endian int32", None)
    assert found.v2.slots == (("filters", ("shuffle",)), ("compressor", ("zlib",)))
    assert found.v3.slots == (
        ("filters", ("transpose",)),
        ("serializer", ("bytes",)),
        ("compressors", ("numcodecs.shuffle", "numcodecs.zlib")),
    )
    assert found.v2.slot is found.v3.slot is None
    assert "tensorstore" not in found.v2.readers  # its zarr driver takes no filters
    assert "zarr-python" in found.v3.readers
    assert found.code == (
        "zarr.create_array(store, shape=shape, dtype='int32',"
        " filters=[zarr.codecs.TransposeCodec(order=[1, 0])],"
        " serializer=zarr.codecs.BytesCodec(endian='big'),"
        " compressors=[zarr.codecs.numcodecs.Shuffle(elementsize=4),"
        " zarr.codecs.numcodecs.Zlib(level=1)], zarr_format=3)"
    )
    assert len(found.docs) == 4


MEMBERS = {key: ZARRAY[key] for key in ("dtype", "order", "filters", "compressor")}
ENCODING = Pipeline.from_v2(**MEMBERS, ndim=2)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "options"),
    [
        (ZARRAY, {}),
        (ZARRAY, {"dtype": ">i4", "ndim": 2}),
        (ZARRAY, {"dtype": "int32"}),
        (MEMBERS, {"ndim": 2}),
        ({**MEMBERS, "chunks": [3, 3]}, {}),
        ({**MEMBERS, "shape": [9, 9]}, {}),
        ({**MEMBERS, "chunks": None}, {"ndim": 2}),
        ({key: MEMBERS[key] for key in MEMBERS if key != "dtype"}, {"dtype": ">i4", "ndim": 2}),
        (ENCODING, {}),
        (ENCODING, {"dtype": ">i4"}),
        (ENCODING.to_v3(), {}),
        ({**ENCODING.to_v3(), "zarr_format": 3, "shape": [4, 4]}, {}),
        ({"codecs": ENCODING.to_v3()["codecs"]}, {"dtype": "int32"}),
        (ENCODING.to_v3()["codecs"], {"dtype": "int32"}),
        (tuple(ENCODING.to_v3()["codecs"]), {"dtype": "<i4"}),
    ],
    ids=lambda value: str(value)[:40],
)
def test_every_way_to_give_an_encoding(source, options):
    found = explain(source, **options)
    assert found.v3.result == ENCODING.to_v3()
    assert found.v2.result == ENCODING.to_v2()


def test_a_chunk_shape_counts():
    found = explain(ZARR_JSON)
    assert found.v2.result is not None
    assert found.v2.result["order"] == "C"
    assert [note.codec for note in found.v2.notes] == ["transpose"]
    rectilinear = {**ZARR_JSON, "chunk_grid": {"name": "rectilinear", "configuration": {}}}
    assert explain(rectilinear).v2.result == {**found.v2.result, "order": "F"}


class Numcodec:
    """An object with the numcodecs API."""

    def __init__(self, **config: Any) -> None:
        self.config = config
        self.codec_id = config["id"]

    def get_config(self) -> dict[str, Any]:
        return self.config


class ZarrCodec:
    """An object with the API of zarr-python's codecs."""

    def __init__(self, **payload: Any) -> None:
        self.payload = payload

    def to_dict(self) -> dict[str, Any]:
        return self.payload


def test_objects():
    assert explain(Numcodec(**GZIP)) == explain(GZIP) == explain(explain(GZIP).v3.result)
    found = explain([ZarrCodec(**BYTES), ZarrCodec(name="crc32c")], dtype="int32")
    assert found.v3.result == {
        "data_type": "int32",
        "codecs": [BYTES, {"name": "crc32c", "configuration": {}}],
    }


@pytest.mark.parametrize("gzip", [GZIP, Numcodec(**GZIP)])
def test_a_list_of_v2_filters(gzip):
    found = explain([{"id": "delta", "dtype": "<i4"}, gzip], dtype="int32")
    assert found.v3.slots == (
        ("filters", ("numcodecs.delta",)),
        ("serializer", ("bytes",)),
        ("compressors", ("gzip",)),
    )


def test_no_codecs_at_all():
    found = explain({"dtype": "<f4", "filters": None, "compressor": None, "order": None})
    assert found.v2.readers == (*OPEN_V2[:-1], "zarr-java", "n5-zarr")
    assert found.v3.readers == OPEN_V3
    assert "filters=None" in found.code
    assert "compressors=None" in found.code


@pytest.mark.parametrize(
    ("source", "options", "error", "excerpt"),
    [
        ("zsdt", {}, UnknownCodecError, "did you mean 'zstd'"),
        (None, {}, InvalidCodecError, "got null"),
        (5, {}, InvalidCodecError, "got 5"),
        ({}, {}, InvalidCodecError, "expected 'id'"),
        ({"id": "gzip", "level": 99}, {}, InvalidCodecError, "level"),
        ({"id": "gzip"}, {"dtype": "nope"}, InvalidCodecError, "data type"),
        ([], {}, MissingContextError, "pass dtype"),
        (["bytes"], {}, MissingContextError, "pass dtype"),
        ({"filters": None, "compressor": None}, {}, MissingContextError, "pass dtype"),
        ({"dtype": "<i4", "codecs": []}, {}, InvalidCodecError, "got both"),
        ({"data_type": "int8"}, {}, InvalidCodecError, "codecs: expected a list"),
        ({**ZARRAY, "zarr_format": 3}, {}, InvalidCodecError, "zarr_format: expected 2, got 3"),
        ({**ZARRAY, "zarr_format": True}, {}, InvalidCodecError, "zarr_format: expected 2"),
        ({**ZARRAY, "chunks": "x"}, {}, InvalidCodecError, "chunk_shape"),
        ({**ZARRAY, "dtype": 5}, {}, InvalidCodecError, "dtype"),
        (ZARRAY, {"ndim": 3}, InvalidCodecError, "ndim: expected 2"),
        (ZARRAY, {"dtype": "<i4"}, InvalidCodecError, "big-endian int32 as the source says"),
        (ZARRAY, {"dtype": "float32"}, InvalidCodecError, "got float32"),
        ({"zarr_format": 3, "node_type": "group"}, {}, InvalidCodecError, "that of a group"),
        ({"zarr_format": 2}, {}, InvalidCodecError, "without encoding members"),
        ({"zarr_format": 1, "compression": "zlib"}, {}, InvalidCodecError, "expected 2 or 3"),
        (
            {**ZARR_JSON, "storage_transformers": [{"name": "x"}]},
            {},
            NotRepresentableError,
            "no reader applies them",
        ),
        ([{"id": "gzip"}, {"name": "gzip"}], {"dtype": "u1"}, InvalidCodecError, "codecs"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_cannot_be_read_raises(source, options, error, excerpt):
    with pytest.raises(error) as raised:
        explain(source, **options)
    assert excerpt in str(raised.value)


@pytest.mark.parametrize("option", [{"target": "gdall"}, {"unknown": "maybe"}])
def test_options_are_checked(option):
    with pytest.raises(ValueError, match="expected"):
        explain(GZIP, **option)


def test_an_unknown_codec_is_read_by_nobody_known():
    for unknown, slots in (
        ("keep", ()),
        ("wrap", (("compressors", ("any-numcodecs.bytes-bytes",)),)),
    ):
        found = explain({"id": "mine", "x": 1}, unknown=unknown)  # type: ignore[arg-type]
        assert (found.title, found.kind, found.code) == ("mine", None, "")
        assert found.v2.readers == found.v3.readers == found.v3.other_targets == ()
        assert found.v3.slots == slots
        assert "no known implementation" in str(found)
    inside = explain(
        {"data_type": "int8", "codecs": [{"name": "bytes"}, "https://example.org/mine"]},
        unknown="keep",
    )
    assert inside.v3.readers == ()
    assert inside.v3.slots[-1] == ("compressors", ("https://example.org/mine",))


NASTY = '<script>alert("&\'")</script>\n\x1b[31m\u202e'


class Balance(html.parser.HTMLParser):
    """Collects the text, and fails where tags do not close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.open.append(tag)
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize(
    "found",
    [
        explain(GZIP),
        explain(SHARDS),
        explain(ZARRAY),
        explain({"id": NASTY, NASTY: NASTY}, unknown="keep"),
        explain({"dtype": [[NASTY, "<i4"]], "filters": [{"id": NASTY}]}, unknown="wrap"),
    ],
    ids=lambda found: ascii(found.title)[:20],
)
def test_html_is_valid_and_escaped(found):
    parser = Balance()
    parser.feed(found._repr_html_())
    parser.close()
    assert parser.open == []
    assert parser.tags <= {"table", "tbody", "tr", "th", "td", "code", "a", "strong"}
    assert found.title[:7] in parser.text


def test_nothing_that_a_terminal_obeys():
    found = explain({"dtype": [[NASTY, "<i4"]], "filters": [{"id": NASTY}]}, unknown="keep")
    for line in str(found).splitlines():
        assert line.isprintable()
    assert len(str(found).splitlines()) == len(list(found.rows()))


def test_rich_shows_the_same_text():
    console = pytest.importorskip("rich.console", reason="rich is not installed")
    for found in (explain(GZIP), explain(ZARRAY), explain({"id": "[red]x"}, unknown="keep")):
        plain = console.Console(width=40, no_color=True, force_terminal=False)
        with plain.capture() as captured:
            plain.print(found, soft_wrap=True)
        assert captured.get().rstrip("\n") == str(found)


def test_it_is_a_value():
    found = explain(ZARRAY)
    assert found == explain(ZARRAY) != explain(GZIP)
    assert hash(found) == hash(explain(ZARRAY))
    assert pickle.loads(pickle.dumps(found)) == found
    with pytest.raises(FrozenInstanceError):
        found.title = "x"  # type: ignore[misc]


def test_as_json():
    found = explain(ZARRAY).to_dict()
    assert json.loads(json.dumps(found)) == found
    assert list(found) == ["title", "kind", "v2", "v3", "zarr_python", "docs"]
    assert found["v3"]["slots"]["serializer"] == ["bytes"]
    assert explain(SHARDS).to_dict()["v2"]["result"] is None


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_row_of_the_table(row):
    """What `explain` says is what `to_v2` and `to_v3` do."""
    found = explain(row.codec, dtype=row.dtype)
    for side, cell in ((found.v2, row.v2), (found.v3, row.v3)):
        if isinstance(cell, dict):
            assert side.result == cell
            assert not side.refusal
        else:
            assert side.result is None
            assert side.refusal
    assert bool(found.losses) == (row.lossy in ("v2", "v3"))
    for target in (*found.v3.readers, *found.v3.other_targets):
        to_v3(row.codec, dtype=row.dtype, target=target, on_loss="ignore")
    assert str(found)
    assert found._repr_html_()


def test_the_tables_of_classes_name_codecs_that_zarr_python_opens():
    opened = {
        form.name
        for spec in registered_codecs()
        for form in spec.v3
        if READERS["zarr-python"].opens("v3", form.name)
    }
    named = {*ZARR_CODECS, *(f"numcodecs.{name}" for name in NUMCODECS_CLASSES)}
    assert named <= opened
    assert {name for name in opened if name.startswith("numcodecs.")} <= named


@pytest.fixture
def zarr():
    """zarr-python, where it has the classes that `explain` names."""
    reason = "zarr-python 3.1.3 or later is not installed"
    found = pytest.importorskip("zarr", minversion="3.1.3", reason=reason)
    pytest.importorskip("zarr.codecs.numcodecs", reason=reason)
    return found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
@pytest.mark.filterwarnings("ignore")  # zarr-python's, of what is not in the specification
def test_zarr_python_runs_the_line_of_every_row(row, zarr):
    """It makes a codec with the JSON that the bridge writes for zarr-python."""
    found = explain(row.codec, dtype=row.dtype)
    if "zarr-python" not in (*found.v3.readers, *found.v3.other_targets):
        assert not found.code
        return
    expected = to_v3(row.codec, dtype=row.dtype, target="zarr-python", on_loss="ignore")
    if found.code.startswith("{"):  # no class of zarr-python's own: a package adds it
        assert eval(found.code) == expected
        return
    if not hasattr(zarr.codecs, found.code.split(".")[2].partition("(")[0]):
        pytest.skip(f"this zarr-python has no {found.code.partition('(')[0]}")
    made = eval(found.code, {"zarr": zarr})
    written = json.loads(json.dumps(made.to_dict(), default=str))
    assert written["name"] == expected["name"]
    configuration = written.get("configuration", {})
    for key, value in expected["configuration"].items():  # it leaves its defaults out
        assert _bare(configuration.get(key, value)) == _bare(value)


def _bare(value: Any) -> Any:
    """Without the empty configurations of codecs inside, which zarr-python leaves out."""
    if isinstance(value, list):
        return [_bare(item) for item in value]
    if isinstance(value, dict):
        return {key: _bare(item) for key, item in value.items() if item not in ({}, None)}
    return value


@pytest.mark.parametrize(
    "source",
    [
        ZARRAY,
        {"data_type": "int32", "codecs": [SHARDS]},
        {"dtype": "<M8[ns]", "filters": None, "compressor": {"id": "blosc"}},
        {"dtype": "|O", "filters": [{"id": "vlen-utf8"}], "compressor": {"id": "zstd"}},
        {"dtype": "|u1", "filters": None, "compressor": None},
        {"dtype": [["a", "<i4"], ["b", "<f8"]], "filters": None, "compressor": {"id": "zlib"}},
        {"dtype": "<f8", "filters": [{"id": "bitround", "keepbits": 3}], "compressor": None},
    ],
    ids=lambda source: str(source.get("dtype", source.get("data_type"))),
)
@pytest.mark.filterwarnings("ignore")  # zarr-python's, of what is not in the specification
def test_zarr_python_runs_the_line_of_an_encoding(source, zarr):
    if isinstance(source.get("dtype"), list) and not hasattr(zarr.dtype, "Struct"):
        pytest.skip("this zarr-python calls the data type 'structured'")
    found = explain(source)
    names = {"zarr": zarr, "store": zarr.storage.MemoryStore(), "shape": (4, 4)}
    made = eval(found.code, names).metadata.to_dict()["codecs"]
    pipeline = Pipeline.from_v3(**found.v3.result)
    assert [codec["name"] for codec in made] == [
        codec["name"] for codec in pipeline.to_v3("zarr-python")["codecs"]
    ]


@pytest.mark.parametrize(
    ("members", "wrong"),
    [
        ({}, set()),
        ({"dtype": ">f4", "fill_value": "NaN"}, {"netcdf-c"}),
        ({"dtype": "<u8", "fill_value": 2**64 - 1}, {"zarrita"}),
        ({"shape": [0]}, {"gdal"}),
    ],
)
def test_who_reads_a_document_depends_on_all_of_it(
    members: dict[str, Any], wrong: set[str]
) -> None:
    document = {
        "zarr_format": 2,
        "shape": [4],
        "chunks": [2],
        "dtype": "<i2",
        "order": "C",
        "filters": None,
        "compressor": {"id": "zlib", "level": 1},
        "fill_value": 0,
        **members,
    }
    rows = bridge.check(document).readers
    opening = {row.reader for row in rows if row.verdict == "opens"}
    assert set(bridge.explain(document).v2.readers) == opening
    assert not opening & wrong
    (array,) = bridge.explain(
        {"zarr_consolidated_format": 1, "metadata": {"a/.zarray": document}}
    ).arrays
    assert set(array.spelling.readers) == opening
