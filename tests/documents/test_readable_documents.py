"""What is readable is read, and what is refused says the reason that decides (FINDINGS D5 to D10)."""

from __future__ import annotations

import contextlib
import io
import json
from typing import Any

import pytest

from zarrcodec_bridge import (
    InvalidCodecError,
    NotRepresentableError,
    Pipeline,
    cli,
    explain,
    metadata_to_v2,
    metadata_to_v3,
    normalize_metadata,
)
from zarrcodec_bridge.documents.metadata import translate_metadata

ZARRAY: dict[str, Any] = {
    "zarr_format": 2,
    "shape": [4, 6],
    "chunks": [2, 3],
    "dtype": "<i2",
    "order": "C",
    "filters": None,
    "compressor": None,
    "fill_value": 7,
}

MIB = 1 << 20


class Stdin:
    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)

    def isatty(self) -> bool:
        return False


WAYS = ("file", "stdin", "--attributes", ".zattrs beside it")


@pytest.mark.parametrize(
    ("way", "size", "largest", "code"),
    [
        *(pytest.param(way, 1, 1, 2, id=f"D10 {way} too large") for way in WAYS),
        *(pytest.param(way, 1, 2, 0, id=f"D10 {way} as told") for way in WAYS),
        pytest.param("file", 65, None, 2, id="D10 file over the default"),
    ],
)
def test_d10_convert_reads_large_files_if_told(
    way: str,
    size: int,
    largest: int | None,
    code: int,
    tmp_path: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    small, large = json.dumps(ZARRAY), b" " * (size * MIB)
    if "attr" in way:
        attributes = tmp_path / (".zattrs" if "beside" in way else "large.json")
        attributes.write_bytes(b"{}" + large)
        (tmp_path / ".zarray").write_text(small)
        options = [] if "beside" in way else ["--attributes", str(attributes)]
        arguments = [str(tmp_path / ".zarray"), *options]
    else:
        (tmp_path / "large").write_bytes(small.encode() + large)
        monkeypatch.setattr("sys.stdin", Stdin(small.encode() + large))
        arguments = [str(tmp_path / "large")] if way == "file" else ["-"]
    limit = [] if largest is None else ["--max-size", str(largest)]
    assert cli.main(["convert", *arguments, *limit]) == code
    said = capsys.readouterr()
    if code:
        assert f"over {largest or 64} MiB; --max-size reads more" in said.err
    else:
        assert json.loads(said.out)["shape"] == [4, 6]


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "many"])
def test_d10_sizes_are_numbers_of_mib(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["convert", "{}", f"--max-size={number}"]) == 2
    assert "expected a number of MiB" in capsys.readouterr().err


def as_json(value: Any) -> Any:
    """What a store has: lists for tuples."""
    return json.loads(json.dumps(value))


DTYPES: tuple[Any, ...] = (
    "bool", "i1", "<f4", ">i2", "f8", "c8", "M8[s]", "m8[ms]", "S3", "U3", "V5", [("a", "i4"), ("b", "f8")], str,
)  # fmt: skip


def made_by_zarr(dtype: Any, zarr_format: int) -> dict[str, Any]:
    zarr = pytest.importorskip("zarr", minversion="3.1")
    numpy = pytest.importorskip("numpy")
    more: dict[str, Any] = (
        {"dimension_names": ("y", "x"), "chunk_key_encoding": {"name": "v2", "separator": "/"}}
        if zarr_format == 3
        else {}
    )
    array = zarr.create_array(
        {},
        shape=(4, 6),
        chunks=(2, 3),
        dtype=dtype if dtype is str else numpy.dtype(dtype),
        zarr_format=zarr_format,
        attributes={"a": (1, 2)},
        **more,
    )
    found: dict[str, Any] = array.metadata.to_dict()
    return found


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("zarr_format", [2, 3])
@pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: f"D5 {dtype}")
def test_d5_metadata_objects_of_zarr_python_are_read_as_their_json(
    dtype: Any, zarr_format: int
) -> None:
    found = made_by_zarr(dtype, zarr_format)
    stored = as_json(found)
    assert normalize_metadata(found) == normalize_metadata(stored)
    assert as_json(normalize_metadata(found)) == normalize_metadata(found)
    assert explain(found).to_dict() == explain(stored).to_dict()
    if zarr_format == 2:
        members = ("dtype", "order", "filters", "compressor")
        translate: Any = metadata_to_v3
        pipeline = Pipeline.from_v2(
            **{key: found[key] for key in members}, chunk_shape=found["chunks"]
        )
        again = pipeline.to_v2()
        assert (
            again
            == Pipeline.from_v2(**{key: stored[key] for key in members}, chunk_shape=(2, 3)).to_v2()
        )
    else:
        translate = metadata_to_v2
        again = Pipeline.from_v3(data_type=found["data_type"], codecs=found["codecs"]).to_v3()
        assert again["codecs"] == normalize_metadata(stored)["codecs"]
    assert translate(found, on_loss="ignore") == translate(stored, on_loss="ignore")


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_d5_consolidated_metadata_objects_of_zarr_python(zarr_format: int) -> None:
    zarr = pytest.importorskip("zarr", minversion="3.1")
    store: dict[str, Any] = {}
    group = zarr.create_group(store, zarr_format=zarr_format, attributes={"a": 1})
    keys = {"name": "v2", "separator": "."} if zarr_format == 3 else None
    group.create_group("h").create_array("b", shape=(4,), dtype="f4", chunk_key_encoding=keys)
    with pytest.warns() if zarr_format == 3 else contextlib.nullcontext():
        found = zarr.consolidate_metadata(store).metadata.to_dict()
    stored = as_json(found)
    again = [normalize_metadata(document, on_loss="ignore") for document in (found, stored)]
    assert again[0] == again[1]
    translate: Any = metadata_to_v3 if zarr_format == 2 else metadata_to_v2
    assert translate(found, on_loss="ignore") == translate(stored, on_loss="ignore")
    if zarr_format == 3:
        nodes = normalize_metadata(found)["consolidated_metadata"]["metadata"]
        assert nodes["h/b"]["chunk_grid"]["configuration"] == {"chunk_shape": [4]}


@pytest.mark.parametrize("empty", [(), [], None])
@pytest.mark.parametrize("read", [explain, normalize_metadata, metadata_to_v2])
def test_d5_storage_transformers(empty: Any, read: Any) -> None:
    read({**ZARR_JSON, "storage_transformers": empty})
    with pytest.raises(NotRepresentableError, match="storage_transformers"):
        read({**ZARR_JSON, "storage_transformers": ({"name": "x"},)})


ZARR_JSON: dict[str, Any] = {
    "zarr_format": 3,
    "node_type": "array",
    "shape": [4, 6],
    "data_type": "int16",
    "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2, 3]}},
    "chunk_key_encoding": {"name": "v2", "configuration": {"separator": "/"}},
    "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
    "fill_value": 7,
    "attributes": {},
}
GROUP_V2: dict[str, Any] = {"zarr_format": 2}
GROUP_V3: dict[str, Any] = {"zarr_format": 3, "node_type": "group", "attributes": {}}

MISSPELT: list[tuple[dict[str, Any], str, str, Any]] = [
    (ZARRAY, "dimension_separator", "dimension_seperator", "/"),
    (ZARRAY, "dimension_separator", "dimensionSeparator", "/"),
    (ZARRAY, "dimension_separator", "Dimension-Separator", "/"),
    (ZARRAY, "compressor", "compresser", {"id": "zlib", "level": 1}),
    (ZARRAY, "compressor", "Compressor", {"id": "zlib", "level": 1}),
    (ZARRAY, "filters", "filter", [{"id": "delta", "dtype": "<i2"}]),
    (ZARRAY, "order", "Order", "F"),
    (ZARRAY, "fill_value", "fillvalue", 7),
    (ZARRAY, "dtype", "dytpe", "<i2"),
    (ZARRAY, "chunks", "chunk", [2, 3]),
    (ZARRAY, "shape", "shapes", [4, 6]),
    (GROUP_V2, "attributes", "atributes", {"a": 1}),
    (ZARR_JSON, "codecs", "codec", []),
    (ZARR_JSON, "data_type", "datatype", "int16"),
    (ZARR_JSON, "fill_value", "fillvalue", 7),
    (ZARR_JSON, "shape", "Shape", [4, 6]),
    (ZARR_JSON, "chunk_grid", "chunkgrid", ZARR_JSON["chunk_grid"]),
    (ZARR_JSON, "chunk_key_encoding", "chunk_keys_encoding", {"name": "v2"}),
    (ZARR_JSON, "dimension_names", "dimension_name", ["y", "x"]),
    (ZARR_JSON, "attributes", "atributes", {"a": 1}),
    (GROUP_V3, "attributes", "Attributes", {"a": 1}),
]


@pytest.mark.parametrize(
    ("document", "member", "misspelt", "value"),
    [
        pytest.param(*row, id=f"D6 v{row[0]['zarr_format']} {len(row[0])} {row[2]}")
        for row in MISSPELT
    ],
)
def test_d6_misspelt_members_are_refused_with_the_right_name(
    document: dict[str, Any], member: str, misspelt: str, value: Any
) -> None:
    wrong = {key: item for key, item in document.items() if key != member} | {misspelt: value}
    to: Any
    for to in ("v2", "v3"):
        with pytest.raises(InvalidCodecError) as error:
            translate_metadata(wrong, to=to)
        assert f"did you mean {member!r}?" in str(error.value)
        assert error.value.problems[0].path == (misspelt,)
    translate_metadata({**document, member: value} if member != "codecs" else document)


@pytest.mark.parametrize("member", ["compressor", "filters", "order", "dtype", "codecs"])
def test_d6_explain_refuses_misspelt_members_of_encodings(member: str) -> None:
    document = dict(ZARR_JSON if member == "codecs" else ZARRAY)
    del document[member]
    with pytest.raises(InvalidCodecError, match=f"did you mean '{member}'"):
        explain({**document, f"{member}_": "F" if member == "order" else [{"id": "zlib"}]})


@pytest.mark.parametrize(
    ("extra", "note"),
    [
        ({"dimension_seperator": "."}, "did you mean 'dimension_separator'?"),
        ({"dimension_seperator": "/", "dimension_separator": "."}, "is no member"),
        ({"filter": None}, "is no member"),
        ({"history": "by hand"}, "is no member"),
    ],
)
def test_d6_members_that_change_nothing_are_dropped_with_a_note(
    extra: dict[str, Any], note: str
) -> None:
    found = translate_metadata({**ZARRAY, **extra}, to="v3")
    assert found.result["zarr.json"] == metadata_to_v3(ZARRAY)
    assert note in " ".join(map(str, found.notes))


@pytest.mark.parametrize("raw", [{"type": "raw"}, {"id": "raw"}])
def test_d6_raw_of_n5_is_no_compression(raw: dict[str, str]) -> None:
    document = {**ZARRAY, "compressor": raw}
    assert metadata_to_v3(document) == metadata_to_v3(ZARRAY)
    assert normalize_metadata(document) == normalize_metadata(ZARRAY)
    assert explain(document).v3.result == explain(ZARRAY).v3.result
    notes = translate_metadata(document, to="v3").notes
    assert "n5's name for none" in " ".join(map(str, notes))
    for other in ({"id": "raw", "level": 1}, {"type": "gzip"}):
        with pytest.raises(Exception, match=r"raw|'id'"):
            metadata_to_v3({**ZARRAY, "compressor": other})


DEFAULT_KEYS = {"chunk_key_encoding": {"name": "default"}}
BYTES = {"name": "bytes", "configuration": {"endian": "little"}}
INCURABLE: dict[str, tuple[dict[str, Any], str]] = {
    "shards": (
        {
            "codecs": [
                {
                    "name": "sharding_indexed",
                    "configuration": {
                        "chunk_shape": [1, 3],
                        "codecs": [BYTES],
                        "index_codecs": [BYTES],
                    },
                }
            ]
        },
        "sharding_indexed",
    ),
    "packed": (
        {"data_type": "bool", "fill_value": False, "codecs": [{"name": "packbits"}]},
        "packbits",
    ),
    "grid": (
        {
            "chunk_grid": {
                "name": "rectilinear",
                "configuration": {"kind": "inline", "chunk_shapes": [[1, 3], [6]]},
            }
        },
        "chunk grid",
    ),
    "transformers": ({"storage_transformers": [{"name": "x"}]}, "storage_transformers"),
}


@pytest.mark.parametrize("reason", INCURABLE, ids=lambda reason: f"D9 {reason}")
@pytest.mark.parametrize(
    "keys",
    [
        DEFAULT_KEYS,
        {"chunk_key_encoding": {"name": "default", "configuration": {"separator": "."}}},
    ],
)
def test_d9_the_reason_that_no_copying_cures_comes_first(reason: str, keys: Any) -> None:
    change, says = INCURABLE[reason]
    with pytest.raises(NotRepresentableError) as error:
        metadata_to_v2({**ZARR_JSON, **change, **keys})
    assert says in str(error.value)
    assert "copy" not in str(error.value)
    with pytest.raises(NotRepresentableError, match="copy them to v2's keys"):
        metadata_to_v2({**ZARR_JSON, **keys})
