"""B5: the chunk keys of reference sets, written as `default` or as `v2`."""

from __future__ import annotations

import copy
import json
from typing import Any, Final

import pytest

from zarrcodec_bridge.core.errors import InvalidCodecError, NotRepresentableError
from zarrcodec_bridge.core.options import OptionError
from zarrcodec_bridge.documents.reference_keys import KeyEncoding
from zarrcodec_bridge.documents.references import (
    references_to_v2,
    references_to_v3,
    translate_references,
)

ZARRAY: Final = {
    "zarr_format": 2,
    "dtype": "|u1",
    "order": "C",
    "filters": None,
    "compressor": None,
    "fill_value": 0,
}
GROUP: Final = {"zarr_format": 2}


def array(ndim: int, separator: str | None = None) -> str:
    shape = {"shape": [4] * ndim, "chunks": [2] * ndim}
    member = {} if separator is None else {"dimension_separator": separator}
    return json.dumps({**ZARRAY, **shape, **member})


REFS: Final[dict[str, Any]] = {
    "a/0.1": ["memory://f", 0, 4],
    ".zgroup": json.dumps(GROUP),
    "a/.zarray": array(2),
    "a/1.1": "base64:AAAAAA==",
    "g/.zgroup": json.dumps(GROUP),
    "g/nested/.zarray": array(3, "/"),
    "g/nested/0/1/0": ["memory://f", 4, 8],
    "g/line/.zarray": array(1, "."),
    "g/line/1": ["memory://f", 0, 2],
    "s/.zarray": array(0),
    "s/0": "x",
    "other": ["memory://f", 0, 1],
}
DEFAULT: Final = {
    "a/c/0/1": "a/0.1",
    "a/c/1/1": "a/1.1",
    "g/nested/c/0/1/0": "g/nested/0/1/0",
    "g/line/c/1": "g/line/1",
    "s/c": "s/0",
    "other": "other",
}
DOTTED: Final = {**DEFAULT, "g/nested/c/0/1/0": "g/nested/0.1.0"}


def chunks(references: dict[str, Any]) -> dict[str, Any]:
    files = (".zarray", ".zgroup", ".zattrs", ".zmetadata", "zarr.json")
    return {key: value for key, value in references.items() if not key.endswith(files)}


def encodings(references: dict[str, Any]) -> set[tuple[str, str]]:
    documents = [json.loads(references[key]) for key in references if key.endswith("zarr.json")]
    found = [document["chunk_key_encoding"] for document in documents if "shape" in document]
    return {(encoding["name"], encoding["configuration"]["separator"]) for encoding in found}


@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize("own", ["v2", "v3"])
def test_b5_keys_and_documents_become_default(version: int, own: str) -> None:
    refs = REFS if own == "v2" else references_to_v3(REFS)
    given: dict[str, Any] = refs if version == 0 else {"version": 1, "refs": refs}
    before = copy.deepcopy(given)
    found = references_to_v3(given, chunk_key_encoding="default")
    assert given == before
    inner = found if version == 0 else found["refs"]
    assert chunks(inner) == {new: REFS[old] for new, old in DEFAULT.items()}
    assert encodings(inner) == {("default", "/")}
    # once more changes nothing; to "v2", and to format 2, the keys are those of v2 again
    assert references_to_v3(found, chunk_key_encoding="default") == found
    back: Any = references_to_v3(found, chunk_key_encoding="v2")
    inner = back if version == 0 else back["refs"]
    assert chunks(inner) == {DOTTED[new]: REFS[old] for new, old in DEFAULT.items()}
    assert encodings(inner) == {("v2", ".")}
    v2 = references_to_v2(found)
    v2 = v2 if version == 0 else v2["refs"]
    assert chunks(v2) == chunks(inner)
    assert json.loads(v2["g/nested/.zarray"])["dimension_separator"] == "."


@pytest.mark.parametrize("target", ["icechunk", ("icechunk", "zarrita"), "icechunk, zarr-python"])
@pytest.mark.parametrize("own", ["v2", "v3"])
def test_b5_a_target_that_opens_no_other_keys_implies_them(target: Any, own: str) -> None:
    refs = REFS if own == "v2" else references_to_v3(REFS)
    found = references_to_v3(refs, target=target)
    assert chunks(found) == {new: REFS[old] for new, old in DEFAULT.items()}
    assert encodings(found) == {("default", "/")}
    with pytest.raises(NotRepresentableError, match="icechunk has chunks under 'c/0/0' alone"):
        references_to_v3(refs, target=target, chunk_key_encoding="v2")


def test_keys_stay_unless_asked() -> None:
    for keys in (None, "v2"):
        found = references_to_v3(REFS, chunk_key_encoding=keys)  # type: ignore[arg-type]
        assert chunks(found) == chunks(REFS)
        assert encodings(found) == {("v2", "."), ("v2", "/")}
    with pytest.raises(InvalidCodecError, match="expected v2 documents alone"):
        references_to_v3(references_to_v3(REFS))


def test_root_array_and_consolidated_metadata() -> None:
    root = references_to_v3({".zarray": array(2), "0.1": "x"}, chunk_key_encoding="default")
    assert chunks(root) == {"c/0/1": "x"}
    metadata = {".zgroup": GROUP, "a/.zarray": json.loads(array(2))}
    zmetadata = json.dumps({"zarr_consolidated_format": 1, "metadata": metadata})
    v3 = references_to_v3({".zmetadata": zmetadata, "a/0.1": "x"}, chunk_key_encoding="default")
    held = json.loads(v3["zarr.json"])["consolidated_metadata"]["metadata"]["a"]
    assert held["chunk_key_encoding"]["name"] == "default"
    assert chunks(v3) == {"a/c/0/1": "x"}
    v2 = references_to_v2(v3)
    assert chunks(v2) == {"a/0.1": "x"}
    assert chunks(references_to_v3(v2, chunk_key_encoding="default")) == chunks(v3)


@pytest.mark.parametrize(
    "key", ["a/0", "a/0.0.0", "a/c/0/0", "a/{{i}}.0", "a/0.x", "a/0.٣", "a/.0.0", "s/1", "a/00.1"]
)
def test_a_key_that_is_no_chunks_is_refused_since_it_would_read_as_missing(key: str) -> None:
    with pytest.raises(InvalidCodecError, match="expected the key of a chunk") as caught:
        references_to_v3({**REFS, key: "x"}, chunk_key_encoding="default")
    assert caught.value.problems[0].path[-1] == key
    assert references_to_v3({**REFS, key: "x"})[key] == "x"


@pytest.mark.parametrize("keys", [("s/0", "s/"), ("s/", "s/0")])
def test_two_keys_of_one_chunk_are_refused_since_one_would_be_lost(keys: tuple[str, str]) -> None:
    refs = {"s/.zarray": array(0), keys[0]: "x", keys[1]: "y"}
    with pytest.raises(InvalidCodecError, match="expected one key for the chunk") as caught:
        references_to_v3(refs, chunk_key_encoding="default")
    assert caught.value.problems[0].path[-1] == keys[1]
    assert references_to_v3(refs)[keys[0]] == "x"


def test_what_cannot_have_other_keys_is_refused() -> None:
    gen = [{"key": "a/{{i}}.0", "url": "memory://f", "dimensions": {"i": {"stop": 2}}}]
    with pytest.raises(InvalidCodecError, match="simple_templates=False"):
        references_to_v3({"version": 1, "refs": REFS, "gen": gen}, chunk_key_encoding="default")
    parquet = {"metadata": {"a/.zarray": json.loads(array(2))}, "record_size": 4}
    with pytest.raises(NotRepresentableError, match="LazyReferenceMapper"):
        references_to_v3(parquet, chunk_key_encoding="default")
    with pytest.raises(OptionError, match="did you mean 'default'"):
        references_to_v3(REFS, chunk_key_encoding="defualt")  # type: ignore[arg-type]
    with pytest.raises(NotRepresentableError, match="chunk key encoding default"):
        translate_references(REFS, to="v2", chunk_key_encoding="default")


@pytest.mark.parametrize("separator", [".", "/"])
@pytest.mark.parametrize("name", ["default", "v2"])
@pytest.mark.parametrize("index", [[], ["0"], ["10", "0", "3"]])
def test_a_key_reads_as_its_index(name: str, separator: str, index: list[str]) -> None:
    zarr = pytest.importorskip("zarr", minversion="3.4")
    encoding = KeyEncoding(name, separator, len(index))
    key = encoding.write(index)
    assert encoding.read(key) == index
    shape = [100] * len(index)
    array = zarr.create_array(
        {}, shape=shape, chunks=shape, dtype="u1", chunk_key_encoding=encoding.metadata
    )
    assert array.metadata.encode_chunk_key(tuple(map(int, index))) == key
