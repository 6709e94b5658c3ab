"""Kerchunk reference sets, opened by fsspec and zarr-python before and after."""

from __future__ import annotations

import base64
import copy
import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from zarrcodec_bridge.core.errors import InvalidCodecError, LossError, NotRepresentableError
from zarrcodec_bridge.documents.metadata import metadata_to_v3
from zarrcodec_bridge.documents.references import (
    format_of,
    references_to_v2,
    references_to_v3,
    translate_references,
)

ZARRAY = {
    "zarr_format": 2,
    "shape": [4, 3],
    "chunks": [2, 3],
    "dtype": ">i2",
    "order": "C",
    "filters": [{"id": "shuffle", "elementsize": 2}],
    "compressor": {"id": "zlib", "level": 1},
    "fill_value": -1,
}
SCALAR = {**ZARRAY, "shape": [], "chunks": [], "filters": None, "compressor": None}
ATTRIBUTES = {"_ARRAY_DIMENSIONS": ["y", "x"], "units": "m"}


def text(document: Any) -> str:
    return json.dumps(document)


def refs(url: str = "memory://data") -> dict[str, Any]:
    """A set of version 0: chunk 0.0 in a file, chunk 1.0 missing, a scalar inlined."""
    return {
        ".zgroup": text({"zarr_format": 2}),
        ".zattrs": text({"title": "t"}),
        "a/.zarray": text(ZARRAY),
        "a/.zattrs": text(ATTRIBUTES),
        "a/0.0": [url, 3, len(CHUNK)],
        "g/.zgroup": text({"zarr_format": 2}),
        "g/s/.zarray": text(SCALAR),
        "g/s/0": "base64:" + base64.b64encode(b"\x00\x07").decode(),
    }


def encoded() -> bytes:
    import zlib

    data = b"".join(number.to_bytes(2, "big") for number in range(6))
    return zlib.compress(data[::2] + data[1::2], 1)


CHUNK = encoded()


def is_chunk(key: str) -> bool:
    return key.rpartition("/")[2] not in (
        ".zarray",
        ".zattrs",
        ".zgroup",
        ".zmetadata",
        "zarr.json",
    )


def chunks(references: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in references.items() if is_chunk(key)}


def test_version_0_in_both_formats() -> None:
    v2 = refs()
    before = copy.deepcopy(v2)
    v3 = references_to_v3(v2)
    assert v2 == before
    assert list(v3) == [
        "zarr.json",
        "a/zarr.json",
        "a/0.0",
        "g/zarr.json",
        "g/s/zarr.json",
        "g/s/0",
    ]
    assert chunks(v3) == chunks(v2)
    assert v3["a/0.0"] is v2["a/0.0"]
    assert json.loads(v3["a/zarr.json"]) == metadata_to_v3(ZARRAY, ATTRIBUTES)
    assert json.loads(v3["zarr.json"])["attributes"] == {"title": "t"}
    back = references_to_v2(v3)
    assert chunks(back) == chunks(v2)
    assert {key: json.loads(back[key]) for key in back if not is_chunk(key)} == {
        **{key: json.loads(value) for key, value in v2.items() if not is_chunk(key)},
        "g/.zattrs": {},
        "g/s/.zattrs": {},
        "a/.zarray": {**ZARRAY, "dimension_separator": "."},
        "g/s/.zarray": {**SCALAR, "dimension_separator": "."},
    }
    assert references_to_v3(back) == v3


PARQUET = {"metadata": {".zgroup": {"zarr_format": 2}, "a/.zarray": ZARRAY}, "record_size": 4}


@pytest.mark.parametrize(
    ("references", "expected"),
    [
        (refs(), "v2"),
        (references_to_v3(refs()), "v3"),
        ({"version": 1, "refs": refs()}, "v2"),
        ({"version": 1, "refs": references_to_v3(refs())}, "v3"),
        (PARQUET, "v2"),
        (references_to_v3(PARQUET), "v3"),
        ({**references_to_v3(refs()), "a/.zarray": text(ZARRAY)}, "v2"),
        ({"a/0.0": ["memory://data", 0, 1]}, None),
        ({"zarr_format": 2}, None),
        ({"zarr_consolidated_format": 1, "metadata": {".zgroup": {"zarr_format": 2}}}, None),
        ({"version": 1, "refs": 5}, None),
        ({"version": 1, "refs": ["a/.zarray"]}, None),
        ({"metadata": None, "record_size": 4}, None),
        ({1: 2}, None),
        ([], None),
        (None, None),
    ],
)
def test_format_of(references: Any, expected: str | None) -> None:
    assert format_of(references) == expected


def test_version_1_keeps_templates_and_gen() -> None:
    gen = [{"key": "a/{{i}}.0", "url": "{{u}}", "dimensions": {"i": {"stop": 2}}}]
    v2 = {"version": 1, "templates": {"u": "memory://data"}, "gen": gen, "refs": refs("{{u}}")}
    v3 = references_to_v3(v2)
    assert (v3["version"], v3["templates"], v3["gen"]) == (1, v2["templates"], gen)
    assert v3["refs"]["a/0.0"] == ["{{u}}", 3, len(CHUNK)]
    assert references_to_v2(v3)["refs"]["a/0.0"] == ["{{u}}", 3, len(CHUNK)]
    assert references_to_v3(references_to_v2(v3)) == v3


def test_documents_as_objects_bytes_and_base64_are_read() -> None:
    as_object = references_to_v3({"a/.zarray": ZARRAY})["a/zarr.json"]
    assert as_object == metadata_to_v3(ZARRAY)
    data = text(ZARRAY).encode()
    for held in (data, "base64:" + base64.b64encode(data).decode()):
        assert json.loads(references_to_v3({"a/.zarray": held})["a/zarr.json"]) == as_object


def test_consolidated_metadata_of_a_set() -> None:
    metadata = {key: json.loads(value) for key, value in refs().items() if not is_chunk(key)}
    zmetadata = {"zarr_consolidated_format": 1, "metadata": metadata}
    v2 = {".zmetadata": text(zmetadata), **refs()}
    v3 = references_to_v3(v2)
    root = json.loads(v3["zarr.json"])
    nodes = root["consolidated_metadata"]["metadata"]
    assert list(nodes) == ["a", "g", "g/s"]
    assert root["attributes"] == {"title": "t"}
    for node, document in nodes.items():
        assert json.loads(v3[f"{node}/zarr.json"]) == document
    back = references_to_v2(v3)
    assert json.loads(back[".zmetadata"])["metadata"]["a/.zattrs"] == ATTRIBUTES
    assert references_to_v3(back) == v3
    alone = references_to_v3({".zmetadata": text(zmetadata)})
    assert json.loads(alone["zarr.json"]) == root


@pytest.mark.parametrize(
    ("held", "message"),
    [
        (["s3://bucket/a/.zarray"], "must be inlined first"),
        ("{", "expected a metadata document as JSON text"),
        ("base64:%", "expected a metadata document as JSON text"),
        ("[1]", "expected a metadata document as JSON text"),
        (7, "expected a metadata document as JSON text"),
        ('{"zarr_format": 2, "shape": [1]}', "chunks: expected this member"),
    ],
)
def test_malformed_documents_are_refused_where_they_stand(held: Any, message: str) -> None:
    wrong = {"version": 1, "refs": {"a/.zarray": held}}
    with pytest.raises(InvalidCodecError, match="expected") as caught:
        references_to_v3(wrong)
    assert message in str(caught.value)
    assert caught.value.problems[0].path[:2] == ("refs", "a/.zarray")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_what_is_no_set_of_that_format_is_refused() -> None:
    with pytest.raises(InvalidCodecError, match="version 1 with 'refs'"):
        references_to_v3({"version": 2, "refs": {}})
    with pytest.raises(InvalidCodecError, match="expected a reference set"):
        references_to_v3([])  # type: ignore[arg-type]
    for document in ({"zarr_format": 2}, {"zarr_consolidated_format": 1, "metadata": {}}):
        with pytest.raises(
            InvalidCodecError, match="a metadata document, which translate_metadata"
        ):
            references_to_v3(document)
        with pytest.raises(
            InvalidCodecError, match="a metadata document, which translate_metadata"
        ):
            references_to_v2(document)
    with pytest.raises(InvalidCodecError, match="expected v2 documents alone"):
        references_to_v3(references_to_v3(refs()))
    with pytest.raises(InvalidCodecError, match="expected v3 documents alone"):
        references_to_v2(refs())
    with pytest.raises(ValueError, match="expected to"):
        translate_references(refs(), to="v4")  # type: ignore[arg-type]


def test_arrays_whose_chunk_keys_are_unknown_are_refused_by_name() -> None:
    v3 = references_to_v3(refs())
    document = json.loads(v3["a/zarr.json"])
    document["chunk_key_encoding"] = {"name": "suffix"}
    v3["a/zarr.json"] = text(document)
    with pytest.raises(NotRepresentableError, match=r"^a: chunk key encoding suffix"):
        references_to_v2(v3)


def test_notes_and_losses_say_which_array() -> None:
    v2 = refs()
    v2["a/.zarray"] = text({**ZARRAY, "fill_value": None})
    v2["lost/.zattrs"] = "{}"
    notes = "\n".join(str(note) for note in translate_references(v2, to="v3").notes)
    assert "a: fill_value: null leaves open" in notes
    assert "lost: .zattrs: belongs to no array or group" in notes
    v3 = references_to_v3(refs())
    cast = {
        "name": "cast_value",
        "configuration": {"data_type": "int8", "rounding": "towards-zero"},
    }
    document = json.loads(v3["a/zarr.json"])
    document["data_type"], document["fill_value"] = "float32", 0.0
    document["codecs"] = [cast, {"name": "bytes"}]
    v3["a/zarr.json"] = text(document)
    with pytest.raises(LossError, match=r"a: "):
        references_to_v2(v3)
    assert translate_references(v3, to="v2", on_loss="ignore").losses


def open_group(references: Any, zarr_format: int, **options: Any) -> Any:
    zarr = pytest.importorskip("zarr", minversion="3.1")
    fsspec = pytest.importorskip("fsspec")
    from fsspec.implementations.asyn_wrapper import AsyncFileSystemWrapper

    memory = fsspec.filesystem("memory")
    memory.pipe("/data", b"abc" + CHUNK + b"xyz")
    system = fsspec.filesystem(
        "reference", fo=references, fs=AsyncFileSystemWrapper(memory), skip_instance_cache=True
    )
    if not system.async_impl:
        system = AsyncFileSystemWrapper(system)
    store = zarr.storage.FsspecStore(system, read_only=True, path="")
    return zarr.open_group(store, mode="r", zarr_format=zarr_format, **options)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("version", [0, 1])
def test_zarr_python_reads_the_same_through_fsspec(version: int) -> None:
    np = pytest.importorskip("numpy")
    v2: dict[str, Any] = refs()
    if version == 1:
        v2 = {"version": 1, "templates": {"u": "memory://data"}, "refs": refs("{{u}}")}
    v3 = references_to_v3(v2, target="zarr-python")
    expected = np.array([[0, 1, 2], [3, 4, 5], [-1] * 3, [-1] * 3])
    for references, zarr_format in ((v2, 2), (v3, 3), (references_to_v2(v3), 2)):
        group = open_group(references, zarr_format, use_consolidated=False)
        assert group["a"].metadata.zarr_format == zarr_format
        np.testing.assert_array_equal(group["a"][...], expected)
        assert group["g/s"][()] == 7
        assert dict(group.attrs) == {"title": "t"}
    assert open_group(v3, 3)["a"].metadata.dimension_names == ("y", "x")


def parquet(folder: Path, chunks: int) -> dict[str, Any]:
    """A directory of Parquet references to that many chunks, as kerchunk lays it out; its ``.zmetadata``."""
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("fastparquet")
    metadata = {
        ".zgroup": {"zarr_format": 2},
        ".zattrs": {"title": "t"},
        "a/.zarray": ZARRAY,
        "a/.zattrs": ATTRIBUTES,
    }
    zmetadata = {"metadata": metadata, "record_size": 4}
    (folder / "a").mkdir(parents=True)
    (folder / ".zmetadata").write_text(text(zmetadata))
    frame = pandas.DataFrame(
        {
            "path": (["memory://data"] * chunks + [None] * 4)[:4],
            "offset": ([3] * chunks + [0] * 4)[:4],
            "size": ([len(CHUNK)] * chunks + [0] * 4)[:4],
            "raw": [None, None, None, None],
        }
    )
    frame.to_parquet(
        folder / "a" / "refs.0.parq",
        engine="fastparquet",
        index=False,
        object_encoding={"raw": "bytes", "path": "utf8"},
        has_nulls=["path", "raw"],
    )
    return zmetadata


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("held", [1, 2])
def test_parquet_references_need_only_another_zmetadata(tmp_path: Path, held: int) -> None:
    np = pytest.importorskip("numpy")
    pandas = pytest.importorskip("pandas")
    if held == 1 and int(pandas.__version__.partition(".")[0]) >= 3:
        pytest.skip("fsspec takes pandas 3's NaN for the address of a missing chunk, in v2 too")
    folder = tmp_path / "refs.parq"
    v2 = parquet(folder, held)
    table = (folder / "a" / "refs.0.parq").read_bytes()
    rows = [[0, 1, 2], [3, 4, 5]]
    expected = np.array([*rows, *(rows if held == 2 else [[-1] * 3] * 2)])
    np.testing.assert_array_equal(open_group(f"{folder}/", 2)["a"][...], expected)

    v3 = references_to_v3(v2, target="zarr-python")
    assert v3["record_size"] == 4
    (folder / ".zmetadata").write_text(text(v3))
    group = open_group(f"{folder}/", 3)
    assert group["a"].metadata.zarr_format == 3
    assert group["a"].metadata.dimension_names == ("y", "x")
    assert list(group.array_keys()) == ["a"]
    np.testing.assert_array_equal(group["a"][...], expected)

    back = references_to_v2(v3)
    assert back["metadata"]["a/.zarray"] == {**ZARRAY, "dimension_separator": "."}
    assert not [key for key in back["metadata"] if key.endswith("zarr.json")]
    (folder / ".zmetadata").write_text(text(back))
    np.testing.assert_array_equal(open_group(f"{folder}/", 2)["a"][...], expected)
    assert (folder / "a" / "refs.0.parq").read_bytes() == table
