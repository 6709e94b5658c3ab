"""What people have in hand, for each verb: it is taken, or the error names the call that takes it."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

import zarrcodec_bridge as bridge
from zarrcodec_bridge import Pipeline
from zarrcodec_bridge.core.messages import Hint
from zarrcodec_bridge.dialects.inputs import kind_of_input
from zarrcodec_bridge.explanations import HierarchyExplanation, explain
from zarrcodec_bridge.explanations.inputs import read_input

GZIP: Final = {"id": "gzip", "level": 5}
ZARRAY: Final = {
    "zarr_format": 2,
    "shape": [4, 4],
    "chunks": [2, 2],
    "dtype": "<i4",
    "order": "C",
    "filters": None,
    "compressor": GZIP,
    "fill_value": 0,
}
ZARR_JSON: Final = bridge.metadata_to_v3(ZARRAY)
GROUP: Final = {"zarr_format": 3, "node_type": "group", "attributes": {}}
MEMBERS: Final = {key: ZARRAY[key] for key in ("dtype", "order", "filters", "compressor")}
ZMETADATA: Final = {
    "zarr_consolidated_format": 1,
    "metadata": {".zgroup": {"zarr_format": 2}, "a/.zarray": ZARRAY, "a/.zattrs": {"x": 1}},
}
CONSOLIDATED: Final = {
    **GROUP,
    "consolidated_metadata": {
        "kind": "inline",
        "must_understand": False,
        "metadata": {"g": GROUP, "g/a": ZARR_JSON},
    },
}
REFERENCES: Final = {
    "version": 1,
    "refs": {
        ".zgroup": '{"zarr_format": 2}',
        "a/.zarray": json.dumps(ZARRAY),
        "a/0.0": ["f", 0, 9],
    },
}
STORE: Final = {
    "a/.zarray": json.dumps(ZARRAY).encode(),
    "a/.zattrs": b'{"x": 1}',
    "g/b/zarr.json": json.dumps(ZARR_JSON).encode(),
    "g/bad/.zarray": b"{",
    "g/odd/.zarray": json.dumps({**ZARRAY, "compressor": {"id": "gzpi"}}).encode(),
    "a/0.0": b"",
}
XARRAY: Final = {"dtype": "<i4", "compressors": (GZIP,), "filters": (), "chunks": (2, 2)}

V2_ARRAY = "a whole .zarray; metadata_to_v3(document) writes it as v3, Pipeline.from_metadata(document) reads its encoding"
V3_ARRAY = (
    "a whole zarr.json; metadata_to_v2(document) writes it as v2, normalize_metadata(document) repairs it,"
    " Pipeline.from_metadata(document) reads its encoding"
)
VALUES: Final[dict[str, tuple[Any, str, str, str | None]]] = {
    # what it is, its kind for `read_input`, and what the verbs for one codec say
    "codec": (GZIP, "codec", "codec", None),
    "name": ("zstd", "codec", "codec", None),
    "zarray": (ZARRAY, "array", "array", V2_ARRAY),
    "zarr.json": (ZARR_JSON, "array", "array", V3_ARRAY),
    "members of v2": (
        MEMBERS,
        "encoding",
        "encoding",
        "the encoding of an array; Pipeline.from_v2(**encoding) reads it",
    ),
    "members of v3": (
        {"data_type": "int32", "codecs": ["bytes"]},
        "encoding",
        "encoding",
        "the encoding of an array; Pipeline.from_v3(**encoding) reads it",
    ),
    "list": (["bytes", "zstd"], "codecs", "encoding", "a list of codecs; explain(codecs, dtype=...) takes it"),
    "xarray encoding": (
        XARRAY,
        "xarray encoding",
        "encoding",
        "an encoding of xarray; convert_encoding(dataset, zarr_format) converts those of a dataset",
    ),
    "group": (GROUP, "group", "group", "the document of a group; translate_metadata(document, to=...)"),
    ".zmetadata": (
        ZMETADATA,
        "consolidated",
        "consolidated",
        "consolidated metadata; translate_metadata(document, to=...)",
    ),
    "consolidated": (CONSOLIDATED, "consolidated", "consolidated", "consolidated metadata; translate_metadata(document, to=...)"),
    "references": (
        REFERENCES,
        "references",
        "references",
        "a set of kerchunk references; references_to_v3(references) writes it as v3",
    ),
    "store": (dict(STORE), "store", "store", "a store; explain(store) lists its arrays, migrate(store)"),
    "JSON text": (json.dumps(GZIP), "JSON text", "codec", "JSON as text; json.loads(text) reads it"),
    "JSON bytes": (json.dumps(ZARRAY).encode(), "JSON text", "array", "JSON as text; json.loads(text)"),
}  # fmt: skip
VERBS: Final[tuple[Callable[[Any], Any], ...]] = (
    bridge.normalize,
    bridge.to_v2,
    bridge.to_v3,
    bridge.to_numcodecs,
    lambda value: bridge.translate(value, to="v3"),
    lambda value: bridge.same(value, value),  # which keeps unknown names
)


@pytest.mark.parametrize("name", VALUES)
def test_each_value_is_known(name: str) -> None:
    value, kind, read_as, _ = VALUES[name]
    assert kind_of_input(value) == kind
    with read_input(value) as found:
        assert found.kind == read_as
        assert found.name == ("a dict" if kind == "store" else "")


@pytest.mark.parametrize("verb", range(len(VERBS)))
@pytest.mark.parametrize("name", [name for name, row in VALUES.items() if row[3]])
def test_a_verb_for_one_codec_names_the_call_that_takes_it(name: str, verb: int) -> None:
    value, _, _, said = VALUES[name]
    with pytest.raises(bridge.InvalidCodecError) as caught:
        VERBS[verb](value)
    assert said is not None
    assert str(caught.value).startswith(f"invalid codec: expected one codec, got {said}")
    assert caught.value.hint is not None
    assert caught.value.hint.call.partition(".")[0] in {*bridge.__all__, "json"}


def test_what_the_error_names_works() -> None:
    assert Pipeline.from_metadata(ZARRAY) == Pipeline.from_v2(**MEMBERS, ndim=2)  # type: ignore[arg-type]
    assert Pipeline.from_metadata(ZARR_JSON) == Pipeline.from_metadata(ZARRAY)
    assert bridge.normalize_metadata(ZARR_JSON) == ZARR_JSON
    for value in (GROUP, ZMETADATA, CONSOLIDATED):
        assert bridge.translate_metadata(value, to="v3").result
    assert bridge.references_to_v3(REFERENCES)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (GZIP, "one codec; to_v3(codec) writes it as v3, to_v2(codec) writes it as v2"),
        ("zstd", "one codec; to_v3(codec)"),
        (XARRAY, "an encoding of xarray; convert_encoding"),
        (REFERENCES, "a set of kerchunk references; references_to_v3(references)"),
        (MEMBERS, "the encoding of an array; Pipeline.from_v2(**encoding)"),
        (["zstd"], "a list of codecs; "),
        ("nope/zarr.json", "'nope/zarr.json', which is no codec's name, and there is no such file"),
    ],
)
def test_a_verb_for_documents_names_the_call_that_takes_it(value: Any, said: str) -> None:
    for verb in (bridge.metadata_to_v3, bridge.metadata_to_v2, bridge.normalize_metadata):
        with pytest.raises(bridge.InvalidCodecError) as caught:
            verb(value)
        assert f"expected a metadata document, got {said}" in str(caught.value)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: Pipeline.from_metadata(GZIP), "document of an array, got one codec; to_v3(codec)"),
        (lambda: Pipeline.from_metadata(GROUP), "document of one array, got that of a group"),
        (lambda: Pipeline.from_metadata(XARRAY), "document of an array, got an encoding of xarray"),
        (lambda: Pipeline.from_metadata(["zstd"]), "array or its metadata, got a list of codecs"),
        (lambda: Pipeline.from_metadata("nope.zarr"), "got 'nope.zarr', which is no codec's name"),
        (lambda: Pipeline.from_metadata(5), "expected an open zarr array or its metadata, got int"),
        (lambda: Pipeline.from_array(ZARRAY), f"array or its metadata, got {V2_ARRAY}"),
        (lambda: Pipeline.from_v2(ZARRAY), f"members of a document as keywords, got {V2_ARRAY}"),  # type: ignore[call-arg, misc]
        (lambda: Pipeline.from_v3(ZARR_JSON), f"as keywords, got {V3_ARRAY}"),  # type: ignore[call-arg, misc]
        (
            lambda: Pipeline.from_v2(dtype="<i4", compressor=ZARRAY),
            f"compressor: expected one codec, got {V2_ARRAY}",
        ),
        (
            lambda: Pipeline.from_v3(data_type="int32", codecs=[ZARR_JSON]),
            f"codecs[0]: expected one codec, got {V3_ARRAY}",
        ),
        (
            lambda: Pipeline.from_slots(dtype="<i4", compressors="nope.zarr"),
            "compressors: expected one codec, got 'nope.zarr', which is no",
        ),
        (
            lambda: bridge.array_kwargs(ZARRAY, zarr_format=3),
            f"compressors: expected one codec, got {V2_ARRAY}",
        ),
        (
            lambda: bridge.array_kwargs("nope.zarr", zarr_format=3),
            "compressors: expected one codec, got 'nope.zarr', which is no",
        ),
        (
            lambda: bridge.references_to_v3(ZARRAY),
            "expected a reference set, got a metadata document, which translate_metadata(",
        ),
        (
            lambda: bridge.references_to_v2(CONSOLIDATED),
            "expected a reference set, got a metadata document, which translate_",
        ),
        (lambda: Pipeline.from_v3(5), "as keywords, got 5"),  # type: ignore[call-arg, misc]
    ],
)
def test_pipelines_name_the_call_that_takes_it(call: Callable[[], Any], said: str) -> None:
    with pytest.raises(bridge.InvalidCodecError) as caught:
        call()
    assert said in str(caught.value)


@pytest.mark.parametrize("name", [*VALUES])
def test_explain_takes_each(name: str) -> None:
    if name == "group":
        with pytest.raises(bridge.InvalidCodecError, match="that of a group"):
            explain(GROUP)
        return
    found = explain(VALUES[name][0], dtype="int32" if name == "list" else None)
    assert isinstance(found, HierarchyExplanation) == (
        name in (".zmetadata", "consolidated", "references", "store")
    )
    assert str(found)
    assert json.loads(json.dumps(found.to_dict())) == found.to_dict()


LINES: Final = [
    "  a      v2  little-endian int32, gzip",
    "  g/b    v3  int32, bytes, gzip",
    "  g/bad      .zarray cannot be read: not a JSON object",
    "  g/odd  v2  no codec is registered for the v2 name 'gzpi' at compressor; did you mean 'gzip'?",
]


@pytest.fixture
def stores(tmp_path: Path) -> dict[str, Any]:
    """One store as everything that people have in hand."""
    for key, data in STORE.items():
        (tmp_path / "s.zarr" / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "s.zarr" / key).write_bytes(data)
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as archive:
        for key, data in STORE.items():
            archive.writestr(key, data)
    path = tmp_path / "s.zarr"
    return {
        "text": str(path),
        "path": path,
        "URL": f"file://{path}",
        "zip": str(tmp_path / "s.zip"),
        "zip path": tmp_path / "s.zip",
        "mapping": dict(STORE),
    }


@pytest.mark.parametrize("form", ["text", "path", "URL", "zip", "zip path", "mapping"])
def test_explain_lists_the_arrays_of_a_store(form: str, stores: dict[str, Any]) -> None:
    found = explain(stores[form])
    assert isinstance(found, HierarchyExplanation)
    title, *lines = str(found).splitlines()
    assert title.endswith(": 4 arrays")
    assert [re.sub(r" (?:read by|\().*", "", line).rstrip() for line in lines] == LINES
    odd = found.to_dict()["arrays"][-1]
    assert odd["path"] == "g/odd"
    assert odd["hints"][0] == Hint(name="gzip").to_dict()


def test_one_document_of_a_store(stores: dict[str, Any]) -> None:
    path = stores["path"]
    for source in (path / "a/.zarray", str(path / "a/.zarray"), path / "a", f"file://{path}/a"):
        assert explain(source) == explain(ZARRAY)
    assert explain(str(path / "g/b/zarr.json")) == explain(ZARR_JSON)
    assert read_input(path / "a/.zarray").attributes == {"x": 1}
    with read_input(path) as found:
        arrays = list(found.arrays())
    assert [array.path for array in arrays] == ["a", "g/b", "g/bad", "g/odd"]
    assert arrays[0].attributes == {"x": 1}
    assert arrays[2].problem == ".zarray cannot be read: not a JSON object"
    (only,) = read_input(ZMETADATA).arrays()
    assert (only.path, only.document, only.attributes) == ("a", ZARRAY, {"x": 1})
    assert [array.path for array in read_input(CONSOLIDATED).arrays()] == ["g/a"]


MISSING: Final = ["nope/zarr.json", "nope.zarr", "./zstdd", "x/.zarray", "a.zip"]


@pytest.mark.parametrize("text", MISSING)
def test_a_path_that_does_not_exist_is_a_missing_file(text: str) -> None:
    for source in (text, Path(text)):
        for verb in (*VERBS[:-1], explain):
            with pytest.raises(bridge.InvalidCodecError) as caught:
                verb(source)
            shown = repr(text if isinstance(source, str) else str(source))
            assert f"got {shown}, which is no codec's name, and there is no such file" in str(
                caught.value
            )
    assert bridge.to_v3(text, unknown="keep")["name"] == text
    assert kind_of_input("zsdt") == kind_of_input("my-codec") == "codec"  # not a path


def test_a_path_names_the_call(stores: dict[str, Any]) -> None:
    folder, file = stores["text"], str(stores["path"] / "a" / ".zarray")
    for verb in VERBS[:-1]:
        for source in (folder, stores["path"]):
            with pytest.raises(bridge.InvalidCodecError) as caught:
                verb(source)
            assert (
                f"expected one codec, got the path of a folder, {folder!r}; explain({folder!r}) lists its arrays,"
                f" migrate({folder!r}) gives it the other format" in str(caught.value)
            )
        with pytest.raises(bridge.InvalidCodecError) as caught:
            verb(file)
        assert f"got the path of a file, {file!r}; explain({file!r}) reads it" in str(caught.value)


def test_a_name_is_a_codec_even_beside_a_file_of_that_name(
    tmp_path: Path, monkeypatch: Any
) -> None:
    (tmp_path / "zstd").mkdir()
    monkeypatch.chdir(tmp_path)
    assert bridge.to_v3("zstd")["name"] == explain("zstd").title == "zstd"


def test_addresses() -> None:
    with pytest.raises(bridge.InvalidCodecError) as caught:
        bridge.to_v3("https://example.org/a.zarr")
    assert str(caught.value) == (
        "invalid codec: expected one codec, got the URL 'https://example.org/a.zarr';"
        " explain('https://example.org/a.zarr') lists its arrays, migrate('https://example.org/a.zarr') gives it the"
        " other format; unknown='keep' takes it for the name of a codec"
    )
    assert bridge.to_v3("https://example.org/mine", unknown="keep")
    assert explain("https://example.org/mine", unknown="keep").title == "https://example.org/mine"


def test_a_document_is_no_store() -> None:
    with pytest.raises(bridge.BridgeError) as caught:
        bridge.migrate(dict(ZARRAY))
    assert str(caught.value) == f"expected a path, a URL, a mapping or a store, got {V2_ARRAY}"


class Chunks(dict[str, bytes]):
    """A mapping like fsspec's, whose values are on a server."""

    fs, root = None, ""

    def __getitem__(self, key: str) -> bytes:
        raise AssertionError(f"{key} was read")


def test_the_values_of_a_store_are_not_looked_at() -> None:
    assert kind_of_input(Chunks({"a/0.0": b"", "a/.zarray": b""})) == "store"


def test_files_that_hold_no_document(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{nope")
    with pytest.raises(bridge.InvalidCodecError, match=r"x\.json' is not JSON"):
        explain(tmp_path / "x.json")
    (tmp_path / "empty").mkdir()
    assert str(explain(tmp_path / "empty")).endswith("empty: no arrays")


# what zarr-python and xarray have


@pytest.fixture(params=[2, 3])
def opened(request: Any) -> tuple[Any, Any]:
    """An open array and its group, in either format."""
    zarr = pytest.importorskip("zarr", minversion="3", reason="zarr-python 3 is not installed")
    group = zarr.open_group({}, mode="w", zarr_format=request.param)
    return (
        group.create_array("a", shape=(4, 4), chunks=(2, 2), dtype="f4", fill_value=float("nan")),
        group,
    )


@pytest.mark.filterwarnings("ignore")
def test_d5_objects_of_zarr_python_are_taken(opened: tuple[Any, Any]) -> None:
    """D5: `storage_transformers: ()` is empty, tuples are lists, and NumPy's values are JSON."""
    array, group = opened
    expected = Pipeline.from_array(array)
    for value in (array, array.metadata, array.metadata.to_dict()):
        assert Pipeline.from_metadata(value) == expected
        assert explain(value) == explain(expected)
        with read_input(value) as found:
            assert found.kind == "array"
            (only,) = found.arrays()
        if value is not array.metadata.to_dict():
            assert only.document is not None
            json.dumps(only.document)
            assert bridge.translate_metadata(only.document).result
    with pytest.raises(bridge.InvalidCodecError) as caught:
        bridge.to_v3(array)
    assert "got an open array; Pipeline.from_array(array) reads its encoding" in str(caught.value)
    with pytest.raises(bridge.InvalidCodecError, match="got an object of zarr-python, ArrayV"):
        bridge.to_v2(array.metadata)
    listed = explain(group)
    assert isinstance(listed, HierarchyExplanation)
    assert [each.path for each in listed.arrays] == ["a"]
    assert explain(group.store) == listed


def test_arrays_of_zarr_python_2_are_taken() -> None:
    zarr = pytest.importorskip("zarr")
    if not zarr.__version__.startswith("2."):
        pytest.skip("zarr-python 3")
    group = zarr.group(store={})
    array = group.create_dataset("x/a", shape=(4, 4), chunks=(2, 2), dtype=">i4", order="F")
    assert Pipeline.from_metadata(array) == Pipeline.from_array(array)
    assert explain(array) == explain(Pipeline.from_array(array))
    with read_input(array) as found:
        assert found.value == json.loads(array.store["x/a/.zarray"])
    listed = explain(group)
    assert isinstance(listed, HierarchyExplanation)
    assert [each.path for each in listed.arrays] == ["x/a"]


@pytest.mark.filterwarnings("ignore")
def test_an_encoding_of_xarray_is_taken() -> None:
    xarray = pytest.importorskip("xarray")
    zarr = pytest.importorskip("zarr", minversion="3")
    ds = xarray.Dataset({"a": ("x", [1, 2, 3, 4])})
    for zarr_format in (2, 3):
        store: dict[str, Any] = {}
        ds.to_zarr(store, zarr_format=zarr_format, consolidated=False)
        with xarray.open_zarr(store, consolidated=False) as again:
            encoding = again["a"].encoding
        found = explain(encoding)
        assert found.v3.result == Pipeline.from_array(zarr.open_array(store, path="a")).to_v3()
        for verb in (bridge.to_v2, bridge.to_v3):
            with pytest.raises(
                bridge.InvalidCodecError, match=r"convert_encoding\(dataset, zarr_format\)"
            ):
                verb(encoding)
    with pytest.raises(bridge.InvalidCodecError, match="a dataset of xarray; convert_encoding"):
        bridge.normalize(ds)
