"""Whole documents that others wrote: golden arrays, the corpus, and its stores."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from support import shared
from zarrcodec_bridge.core.errors import BridgeError, LossError
from zarrcodec_bridge.documents.metadata import (
    metadata_to_v2,
    metadata_to_v3,
    normalize_metadata,
    translate_metadata,
)
from zarrcodec_bridge.translation.pipeline import Pipeline

ROWS = {row["name"]: row for row in shared.pipelines()}
WRITTEN = [written for group in shared.chunks().values() for written in group]
DOCUMENTS = shared.documents()
LOOKED_AT = json.loads(
    (Path(__file__).parents[1] / "data" / "corpus_refusals_documents.json").read_text()
)
"""By document id: the error that refuses to translate it, an excerpt of its message, why that is right, and whether
it is refused too as a document of its own format."""

WITHOUT_ENDIAN = {333, 335, 510, 573}
"""Documents in specifications and tests that leave out the byte order of elements, or of a shard's index."""

ZERO_OF_TEXT = {92, 203, 204, 207, 209, 210, 211, 212, 214}
"""Documents with the fill value 0 for text or bytes, which versions of zarr-python read as different elements (G6)."""

V2_KEYS = {"name": "v2", "configuration": {"separator": "."}}

BEFORE = {
    "astype_be": ((3, 3), "reads [numcodecs.astype, bytes big] wrong"),
    "struct_be": ((3, 3), "does not know struct, or ignores its byte order"),
    "blosc_struct": ((3, 2), "does not know struct"),
    "struct_le_b64fill": ((3, 2), "does not know struct"),
    "struct_shuffle_zlib": ((3, 2), "does not know struct"),
    "struct_nested": ((3, 4), "does not know struct, or nested ones in v2"),
}
"""By name: what zarr-python before this version cannot decode, and why."""


@cache
def zarr_version() -> tuple[int, ...]:
    zarr = pytest.importorskip("zarr")
    return tuple(int(part) for part in zarr.__version__.split(".")[:2])


def same_json(a: Any, b: Any) -> bool:
    """Equal, and NaN equal to itself."""
    return json.dumps(a, sort_keys=True) == json.dumps(b, sort_keys=True)


@pytest.mark.parametrize("written", WRITTEN, ids=lambda w: f"{w.name}-{w.writer}")
def test_golden_array_reads_equal_through_its_translated_document(written: Any) -> None:
    from support import readers

    forward = written.zarr_format == 2
    if zarr_version()[:2] == (3, 0) or (forward and zarr_version()[0] == 2):
        pytest.skip("zarr-python 2 reads no v3, and 3.0 little of either")
    try:
        if forward:
            document = metadata_to_v3(written.metadata, target="zarr-python")
        else:
            document, attributes = metadata_to_v2(written.metadata, on_loss="ignore")
            assert attributes == written.metadata.get("attributes", {})
    except BridgeError:
        row = ROWS[written.name]
        if row["use"] == "refuse" or not row["byte_compatible"]:
            return
        raise
    if zarr_version() < BEFORE.get(written.name, ((0,), ""))[0]:
        pytest.skip(f"zarr-python {zarr_version()} {BEFORE[written.name][1]}")
    try:
        found = readers.read("zarr-python", document, written.chunks)
    except readers.RefusedError as error:
        if zarr_version()[0] == 2 and is_newer_than_numcodecs(written.name):
            pytest.skip(str(error))
        raise
    assert readers.equal(found, written.expected())


def is_newer_than_numcodecs(name: str) -> bool:
    """Codecs that the numcodecs beside zarr-python 2.18 has not, or not with these parameters."""
    return name.startswith("pcodec")


def v2_keyed(document: dict[str, Any]) -> dict[str, Any]:
    """A v3 document with chunk keys that v2 can name."""
    encoding = document.get("chunk_key_encoding")
    if isinstance(encoding, dict) and encoding.get("name") == "v2":
        return document
    return {**document, "chunk_key_encoding": V2_KEYS}


def there_and_back(document: dict[str, Any]) -> None:
    """Translate a document to the other format and back: the meaning is the one that it has when repaired."""
    repaired = normalize_metadata(document, on_loss="ignore")
    if document["zarr_format"] == 2:
        v3 = metadata_to_v3(document, on_loss="ignore")
        back, attributes = metadata_to_v2(v3, on_loss="ignore", chunks_complete=True)
        again = metadata_to_v3(back, attributes, on_loss="ignore")
        if "dimension_names" not in v3 and not v3["shape"]:
            assert again.pop("dimension_names", []) == []
        assert again == v3
        assert same_but_for_spelling(back, repaired)
        assert same_json(metadata_to_v3(repaired, document.get("attributes"), on_loss="ignore"), v3)
    else:
        back, attributes = metadata_to_v2(document, on_loss="ignore")
        v3 = metadata_to_v3(back, attributes, on_loss="ignore")
        again, kept = metadata_to_v2(v3, on_loss="ignore")
        assert same_json(metadata_to_v3(again, kept, on_loss="ignore"), v3)
        again, kept = metadata_to_v2(repaired, on_loss="ignore")
        assert same_json(metadata_to_v3(again, kept, on_loss="ignore"), v3)


def same_but_for_spelling(back: dict[str, Any], repaired: dict[str, Any]) -> bool:
    """Whether two v2 documents are the same array: an undefined fill value is read, a slot may be another."""
    pipelines = [
        Pipeline.from_v2(
            **{key: document[key] for key in ("dtype", "filters", "compressor", "order")},
            chunk_shape=document["chunks"],
        )
        for document in (back, repaired)
    ]
    fills = [document["fill_value"] for document in (back, repaired)]
    return (
        pipelines[0] == pipelines[1]
        and (back["shape"], back["chunks"]) == (repaired["shape"], repaired["chunks"])
        and back["dimension_separator"] == repaired.get("dimension_separator", ".")
        and (None in fills or fills[0] == fills[1] or {str(fills[0])} == {"", str(fills[0])})
    )


@pytest.mark.parametrize("row", DOCUMENTS, ids=lambda row: str(row["id"]))
def test_document_translates_and_comes_back_or_is_refused_rightly(row: Any) -> None:
    document = row["document"]
    before = json.dumps(document)
    looked_at = LOOKED_AT.get(str(row["id"]))
    if document["zarr_format"] == 3:
        document = v2_keyed(document)
    if looked_at is None:
        there_and_back(document)
    else:
        with pytest.raises(BridgeError) as caught:
            translate_metadata(
                document, to="v3" if document["zarr_format"] == 2 else "v2", on_loss="ignore"
            )
        assert type(caught.value).__name__ == looked_at["error"]
        assert looked_at["excerpt"] in str(caught.value)
    assert json.dumps(row["document"]) == before


@pytest.mark.parametrize("row", DOCUMENTS, ids=lambda row: str(row["id"]))
def test_document_is_written_again_in_its_own_format(row: Any) -> None:
    looked_at = LOOKED_AT.get(str(row["id"]))
    if looked_at is not None and looked_at["normalize"]:
        with pytest.raises(BridgeError) as caught:
            normalize_metadata(row["document"], on_loss="ignore")
        assert type(caught.value).__name__ == looked_at["error"]
        return
    options: Any = {}
    if row["id"] in WITHOUT_ENDIAN:
        with pytest.raises(LossError, match="endian is missing"):
            normalize_metadata(row["document"])
        options = {"on_loss": "ignore"}
    if row["id"] in ZERO_OF_TEXT:
        for write in (normalize_metadata, metadata_to_v3):
            with pytest.raises(LossError, match=r"^fill_value"):
                write(row["document"])
        options = {"on_loss": "ignore"}
    found = normalize_metadata(row["document"], **options)
    assert same_json(normalize_metadata(found), found)
    remaining = [note.codec for note in translate_metadata(found).notes]
    assert all(codec.startswith("imagecodecs_") for codec in remaining)  # what its v3 classes do


@pytest.mark.parametrize(
    "row",
    [row for row in DOCUMENTS if row["zarr_format"] == 3],
    ids=lambda row: str(row["id"]),
)
def test_default_chunk_keys_have_no_v2(row: Any) -> None:
    document = row["document"]
    if v2_keyed(document) is document or str(row["id"]) in LOOKED_AT:
        return
    with pytest.raises(BridgeError, match="copy them to v2's keys"):
        metadata_to_v2(document, on_loss="ignore")


def test_every_refusal_has_a_reason_and_a_document() -> None:
    assert set(LOOKED_AT) <= {str(row["id"]) for row in DOCUMENTS}
    assert (len(DOCUMENTS), len(LOOKED_AT)) == (786, 122)
    assert all(entry["why"] for entry in LOOKED_AT.values())


def test_what_readers_open_is_refused_only_for_a_reason_that_names_what_is_missing() -> None:
    """A document that is refused in its own format is one that no reader opens, or has a codec of one writer.

    Document 958 lacks what its codec needs to decode, which zarr-python does not look at when it opens it.
    """
    for row in DOCUMENTS:
        looked_at = LOOKED_AT.get(str(row["id"]))
        if looked_at and looked_at["normalize"] and row["opened_by"] and row["id"] != 958:
            assert looked_at["error"] == "UnknownCodecError"


OTHER_PACKAGES = ("grib", "fill_hdf_strings", "n5_default", "imagecodecs_", "ChunkyCodec")
"""What opens only with a package beside the reader."""


@pytest.mark.parametrize("target", ["zarr-python", "tensorstore"])
def test_target_opens_what_is_written_for_it(target: Any, tmp_path: Path) -> None:
    if zarr_version() < (3, 4):
        pytest.skip("the targets were measured with zarr-python 3.4")
    pytest.importorskip("tensorstore")
    not_opened = {}
    opened = 0
    for row in DOCUMENTS:
        try:
            document = normalize_metadata(row["document"], target=target, on_loss="ignore")
        except BridgeError:
            continue
        if any(name in json.dumps(document) for name in OTHER_PACKAGES):
            continue
        path = tmp_path / str(row["id"])
        path.mkdir()
        name = ".zarray" if document["zarr_format"] == 2 else "zarr.json"
        (path / name).write_text(json.dumps(document))
        try:
            OPENERS[target](path, document)
        except ValueError as error:
            not_opened[row["id"]] = str(error)
        else:
            opened += 1
    assert not not_opened
    assert opened > 300


def open_with_zarr(path: Path, document: dict[str, Any]) -> None:
    import warnings

    import zarr

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        zarr.open_array(path, mode="r", zarr_format=document["zarr_format"])


def open_with_tensorstore(path: Path, document: dict[str, Any]) -> None:
    import tensorstore

    driver = "zarr" if document["zarr_format"] == 2 else "zarr3"
    spec: Any = {"driver": driver, "kvstore": {"driver": "file", "path": f"{path}/"}}
    dtype = document.get("dtype", document.get("data_type"))
    if isinstance(dtype, list):
        spec["field"] = dtype[0][0]
    elif isinstance(dtype, dict) and dtype["name"] == "struct":
        spec["field"] = dtype["configuration"]["fields"][0]["name"]
    tensorstore.open(spec, read=True).result()


OPENERS = {"zarr-python": open_with_zarr, "tensorstore": open_with_tensorstore}


def test_zarr_format_1_is_refused_with_the_remedy() -> None:
    for row in shared.other_formats():
        with pytest.raises(BridgeError, match="expected 2 or 3, got 1; rewrite the array"):
            normalize_metadata(row["document"])


STORES = [
    store
    for store in shared.stores()
    if any(text == "match" for text in store.entry["readers"].values())
]


@pytest.mark.parametrize("store", STORES, ids=lambda store: store.name)
def test_store_reads_equal_through_its_translated_document(store: Any, tmp_path: Path) -> None:
    if zarr_version() < (3, 1):
        pytest.skip("needs a zarr-python that reads both formats")
    from support import readers

    document = store.document
    attributes = None
    if (store.path / ".zattrs").exists():
        attributes = json.loads((store.path / ".zattrs").read_text())
    files: dict[str, Any] = {}
    for translate in (translated, repaired):
        try:
            files = translate(document, attributes)
        except BridgeError:
            continue
        if files:
            break
    else:
        return
    try:
        original = readers.read_path("zarr-python", store.path)
    except readers.RefusedError:
        original = None
    mirror(store.path, tmp_path / "array", files)
    try:
        found = readers.read_path("zarr-python", tmp_path / "array")
    except readers.RefusedError as error:
        # imagecodecs has v3 classes since 2026.5.10, for Python 3.12 and newer
        assert original is None or "Unknown codec: 'imagecodecs_" in str(error), error
        return
    if original is not None:
        assert readers.equal(found, original)
    elif store.expected(found.dtype) is not None:
        assert readers.equal(found, store.expected(found.dtype))


@pytest.mark.parametrize(
    "store", [store for store in STORES if store.entry["zarr_format"] == 3], ids=lambda s: s.name
)
def test_v3_store_reads_equal_as_v2_once_its_chunks_have_v2_keys(
    store: Any, tmp_path: Path
) -> None:
    """`c/0/0` without the `c` is v2's key with the separator "/": the remedy that the refusal names."""
    from support import readers

    encoding = {"name": "v2", "configuration": {"separator": "/"}}
    document = {**store.document, "chunk_key_encoding": encoding}
    try:
        files = translate_metadata(document, to="v2", on_loss="ignore").result
    except BridgeError:
        assert any(
            word in json.dumps(document["codecs"])
            for word in ("sharding_indexed", "packbits", "optional", "transpose", "imagecodecs")
        )
        return
    mirror(store.path, tmp_path / "array", files, chunks=store.path / "c")
    try:
        found = readers.read_path("zarr-python", tmp_path / "array")
        original = readers.read_path("zarr-python", store.path)
    except readers.RefusedError:
        return
    assert readers.equal(found, original)


def translated(document: Any, attributes: Any) -> dict[str, Any]:
    to = "v3" if document["zarr_format"] == 2 else "v2"
    return translate_metadata(
        document,
        attributes,
        to=to,  # type: ignore[arg-type]
        target="zarr-python",
        on_loss="ignore",
    ).result


def repaired(document: Any, attributes: Any) -> dict[str, Any]:
    return translate_metadata(document, attributes, target="zarr-python", on_loss="ignore").result


def mirror(source: Path, copy: Path, files: dict[str, Any], *, chunks: Path | None = None) -> None:
    """The store with other documents: links to its chunks."""
    copy.mkdir()
    folder = source if chunks is None else chunks
    if folder.is_file():
        (copy / "0").symlink_to(folder)
    elif folder.is_dir():
        for entry in folder.iterdir():
            if entry.name not in (".zarray", ".zattrs", "zarr.json"):
                (copy / entry.name).symlink_to(entry)
    for name, document in files.items():
        (copy / name).write_text(json.dumps(document))


@pytest.mark.filterwarnings("ignore")
def test_a_dataset_of_xarray_opens_equal_in_the_other_format(tmp_path: Path) -> None:
    xarray = pytest.importorskip("xarray")
    np = pytest.importorskip("numpy")
    if zarr_version() < (3, 4):
        pytest.skip("needs a zarr-python that reads both formats")
    path = tmp_path / "data.zarr"
    dataset = xarray.Dataset(
        {
            "height": (("time", "x"), np.arange(12.0, dtype="f4").reshape(4, 3), {"units": "m"}),
            "name": ("x", np.array(["a", "bb", "\u00e9"])),
            "scalar": ((), 5),
            "depth": ("x", np.array([0.0, 1.0, np.nan]), {}, {"dtype": "i2", "_FillValue": -7}),
            "flags": ("x", np.array([True, False, True])),
        },
        coords={"time": np.array(["2020-01-01", "2020-01-02", "NaT", "2020-01-04"], "M8[ns]")},
        attrs={"title": "t"},
    )
    dataset.to_zarr(path, zarr_format=2, consolidated=True)
    original = xarray.open_zarr(path, zarr_format=2).load()
    zmetadata = json.loads((path / ".zmetadata").read_text())
    for file in [*path.rglob(".z*")]:
        file.unlink()
    v3 = translate_metadata(zmetadata, to="v3")
    found = opened_by_xarray(path, v3.result)
    xarray.testing.assert_identical(found, original)

    with pytest.raises(LossError, match="every chunk is"):
        translate_metadata(v3.result["zarr.json"], to="v2")
    v2 = translate_metadata(v3.result["zarr.json"], to="v2", chunks_complete=True)
    xarray.testing.assert_identical(opened_by_xarray(path, v2.result), original)
    plain = {"mask_and_scale": False, "decode_times": False}
    xarray.testing.assert_equal(
        opened_by_xarray(path, v2.result, **plain), opened_by_xarray(path, v3.result, **plain)
    )


def opened_by_xarray(path: Path, files: dict[str, Any], **options: Any) -> Any:
    """The dataset whose chunks are at `path`, under other documents."""
    import xarray

    for name in ("zarr.json", ".zgroup", ".zattrs", ".zmetadata"):
        (path / name).unlink(missing_ok=True)
    for name, document in files.items():
        (path / name).write_text(json.dumps(document))
    zarr_format = 3 if "zarr.json" in files else 2
    return xarray.open_zarr(path, zarr_format=zarr_format, **options).load()
