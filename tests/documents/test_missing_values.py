"""Missing values, dimension names and attributes as the programs that read with them see them."""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from support.missing_values import (
    CASES,
    Case,
    references,
    seen,
    write,
    zmetadata,
)
from zarrcodec_bridge.cli import main
from zarrcodec_bridge.core.errors import LossError, NotRepresentableError
from zarrcodec_bridge.documents.metadata import (
    metadata_to_v2,
    metadata_to_v3,
    normalize_metadata,
    translate_metadata,
)
from zarrcodec_bridge.documents.references import references_to_v2, references_to_v3
from zarrcodec_bridge.stores import migrate

NAMED = {"_ARRAY_DIMENSIONS": ["x"]}


def zarray(dtype: str, fill_value: Any) -> dict[str, Any]:
    return {
        "zarr_format": 2,
        "shape": [5],
        "chunks": [5],
        "dtype": dtype,
        "compressor": None,
        "filters": None,
        "order": "C",
        "fill_value": fill_value,
        "dimension_separator": ".",
    }


@pytest.mark.parametrize(
    ("dtype", "fill_value", "expected"),
    [
        ("<i2", -1, -1),
        ("|u1", 255, 255),
        ("<f4", -9999, "AAAAAICHw8A="),
        ("<f4", "NaN", "AAAAAAAA+H8="),
        ("<f4", 0.1, "AAAAoJmZuT8="),  # the nearest float32
        ("<c8", [1, "NaN"], ...),
        ("|b1", False, False),
        ("<i2", None, ...),
        ("<M8[s]", 0, ...),
    ],
)
def test_b1_the_attribute_is_written_as_xarray_reads_it(
    dtype: str, fill_value: Any, expected: Any
) -> None:
    v2 = zarray(dtype, fill_value)
    v3 = metadata_to_v3(v2, NAMED)
    assert v3["attributes"].get("_FillValue", ...) == expected
    assert metadata_to_v3(v2, NAMED, keep_attributes=True)["attributes"] == {}
    assert metadata_to_v3(v2, {"a": 1})["attributes"] == {"a": 1}
    assert metadata_to_v2(v3, chunks_complete=True) == (v2, NAMED)


def test_b2_a_plain_number_of_a_float_array_is_encoded() -> None:
    v3 = metadata_to_v3(zarray("<f4", None), {"_FillValue": -9999, **NAMED})
    assert v3["attributes"] == {"_FillValue": "AAAAAICHw8A="}


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("target", ["spec", "tensorstore", "zarrs", "zarr-python"])
def test_b3_numbers_that_json_does_not_allow_are_a_loss(number: float, target: Any) -> None:
    v2, attributes = zarray("<f4", 0), {"a": {"b": [1, number]}}
    with pytest.raises(LossError, match="JSON does not allow"):
        translate_metadata(v2, attributes, to="v3", target=target)
    found = translate_metadata(v2, attributes, to="v3", target=target, on_loss="ignore")
    assert len(found.losses) == 1
    written = json.dumps(found.result["zarr.json"]["attributes"])
    name = json.dumps(number)
    assert (
        written == f'{{"a": {{"b": [1, {name if target == "zarr-python" else json.dumps(name)}]}}}}'
    )
    if target in ("tensorstore", "zarrs"):
        with pytest.raises(NotRepresentableError, match="refuses the document"):
            translate_metadata(
                v2, attributes, to="v3", target=target, on_loss="ignore", keep_attributes=True
            )


def test_b7_no_null_in_dimension_names_of_v2() -> None:
    v3 = metadata_to_v3(zarray("<f4", 0))
    v3["dimension_names"] = [None]
    with pytest.raises(LossError, match="are left out"):
        metadata_to_v2(v3)
    assert metadata_to_v2(v3, on_loss="ignore")[1] == {}
    v3.update(shape=[5, 5], dimension_names=["y", None])
    v3["chunk_grid"]["configuration"]["chunk_shape"] = [5, 5]
    with pytest.raises(LossError, match="are left out"):
        metadata_to_v2(v3)
    assert metadata_to_v2(v3, on_loss="ignore")[1] == {}


def test_a_loss_of_bytes_names_the_attribute() -> None:
    document = {**zarray("|S3", "YWJj"), "fill_value": "YWJj"}
    found = translate_metadata(document, {"_ARRAY_DIMENSIONS": ["x"]}, to="v3", on_loss="ignore")
    (loss,) = found.losses
    assert "it does not open a v3 array of this data type with _FillValue" in str(loss)


Json = dict[str, Any]
Files = dict[str, Json]
GROUP2: Final[Files] = {".zgroup": {"zarr_format": 2}, ".zattrs": {}}
GROUP3: Final[Files] = {"zarr.json": {"zarr_format": 3, "node_type": "group", "attributes": {}}}
SLOW: Final = pytest.mark.filterwarnings("ignore")


@pytest.mark.parametrize("case", CASES.values(), ids=str)
def test_b1_b2_what_is_lost_is_refused_and_nothing_else(case: Case) -> None:
    before = json.dumps([case.zarray, case.zattrs])
    if case.lost:
        with pytest.raises(LossError, match="xarray"):
            metadata_to_v3(case.zarray, case.zattrs)
    else:
        v3 = metadata_to_v3(case.zarray, case.zattrs)
        back = metadata_to_v2(v3, chunks_complete=True)
        assert metadata_to_v3(*back)["attributes"] == v3["attributes"]
        exact = {**v3, "fill_value": metadata_to_v3(*back)["fill_value"]}
        if back[0]["fill_value"] is not None:  # no chunk needs to be known where the two are equal
            assert metadata_to_v2(exact) == back
    kept = metadata_to_v3(case.zarray, case.zattrs, keep_attributes=True, on_loss="ignore")
    assert json.dumps(kept["attributes"]) == json.dumps(
        {key: value for key, value in case.zattrs.items() if key != "_ARRAY_DIMENSIONS"}
    )
    assert json.dumps([case.zarray, case.zattrs]) == before


@cache
def readable() -> tuple[str, ...]:
    """The cases whose data types the installed zarr-python and xarray have in both formats."""
    zarr = pytest.importorskip("zarr", minversion="3")
    pytest.importorskip("xarray")
    from xarray.backends.zarr import FillValueCoder

    left_out = "MmUSVO" if tuple(map(int, zarr.__version__.split(".")[:2])) < (3, 1) else ""
    try:
        FillValueCoder.decode(["AAAAAAAAAAA="] * 2, "complex64")
    except ValueError:  # before 2026.4
        left_out += "c"
    return tuple(name for name, case in CASES.items() if case.dtype[1] not in left_out)


def v2_files() -> Files:
    found = dict(GROUP2)
    for name in readable():
        found[f"{name}/.zarray"], found[f"{name}/.zattrs"] = CASES[name].zarray, CASES[name].zattrs
    return found


def v3_files() -> Files:
    found = dict(GROUP3)
    for name in readable():
        case = CASES[name]
        found[f"{name}/zarr.json"] = metadata_to_v3(case.zarray, case.zattrs, on_loss="ignore")
    return found


def look(folder: Path, files: Files | None = None, **options: Any) -> dict[str, tuple[str, str]]:
    """What xarray sees of documents beside the chunks of the cases."""
    import xarray

    if files is not None:
        write(folder, files)
    zarr_format = 3 if (folder / "zarr.json").exists() else 2
    opened = xarray.open_zarr(
        folder, consolidated=False, zarr_format=zarr_format, chunks=None, **options
    )
    return seen(opened)


@SLOW
@pytest.mark.parametrize("mask_and_scale", [True, pytest.param(False, marks=pytest.mark.long)])
def test_b1_b2_xarray_sees_the_same_in_v3_and_back_in_v2(
    tmp_path: Path, mask_and_scale: bool
) -> None:
    names = readable()
    options = {"mask_and_scale": mask_and_scale}
    before = look(tmp_path / "v2", v2_files(), **options)
    after = look(tmp_path / "v3", v3_files(), **options)
    unlike = {name for name in names if before[name] != after[name]}
    expected = {name for name in names if CASES[name].differs} if mask_and_scale else set()
    assert {str(CASES[name]) for name in unlike} == {str(CASES[name]) for name in expected}

    back = dict(GROUP2)
    for name in names:
        zarray, zattrs = metadata_to_v2(
            v3_files()[f"{name}/zarr.json"],
            chunks_complete=True,
            on_loss="ignore" if is_swapped(CASES[name]) else "error",
        )
        back[f"{name}/.zarray"], back[f"{name}/.zattrs"] = zarray, zattrs
    again = look(tmp_path / "back", back, **options)
    unlike = {name for name in names if again[name] != after[name]}
    assert [str(CASES[name]) for name in unlike if not is_swapped(CASES[name])] == []


def is_swapped(case: Case) -> bool:
    """Whether xarray swaps the bytes of the missing value in v2, so that nothing keeps it."""
    return case.dtype == ">i4" and "_Unsigned" in case.more


FEW: Final = frozenset({"<i2", "|u1", "<f4", "<c8", "|b1", "<U2", "|S2", "<M8[s]", "|O"})


@SLOW
def test_b1_xarray_sees_the_same_of_v3_in_v2_or_it_is_a_loss(tmp_path: Path) -> None:
    """Of v3 arrays with any fill value beside the attribute, and without it."""
    documents: dict[str, Json] = {}
    of: dict[str, str] = {}
    told: dict[str, bool] = {}
    v2, complete = dict(GROUP2), dict(GROUP2)
    for name in readable():
        case = CASES[name]
        if case.dtype not in FEW:
            continue
        v3 = metadata_to_v3(case.zarray, case.zattrs, on_loss="ignore")
        attributes = {key: v3["attributes"][key] for key in v3["attributes"] if key[0] != "_"}
        zero = metadata_to_v3({**case.zarray, "fill_value": None})["fill_value"]
        for variant in (v3, {**v3, "fill_value": zero}, {**v3, "attributes": attributes}):
            new = f"{name}-{len(documents)}"
            if variant in documents.values():
                continue
            documents[new], of[new] = variant, name
            done = translate_metadata(variant, to="v2", on_loss="ignore")
            told[new] = bool(done.losses)
            v2.update({f"{new}/{file}": text for file, text in done.result.items()})
            whole = translate_metadata(variant, to="v2", chunks_complete=True)
            complete.update({f"{new}/{file}": text for file, text in whole.result.items()})
    v3_group = {**GROUP3, **{f"{new}/zarr.json": text for new, text in documents.items()}}
    views = {}
    for folder, files in (("v3", v3_group), ("v2", v2), ("complete", complete)):
        write(tmp_path / folder, files)
        for new, name in of.items():
            (tmp_path / folder / new / "0").write_bytes(CASES[name].chunk)
        views[folder] = look(tmp_path / folder)
    assert [new for new in of if views["complete"][new] != views["v3"][new]] == []
    silent = [new for new in of if views["v2"][new] != views["v3"][new] and not told[new]]
    assert silent == []
    unneeded = [new for new in of if views["v2"][new] == views["v3"][new] and told[new]]
    assert len(unneeded) < sum(told.values()) / 4  # no element equals the fill value by chance


def nodes(v3: Json) -> Files:
    """The documents of consolidated metadata by path."""
    return {
        f"{path}/zarr.json": document
        for path, document in v3["consolidated_metadata"]["metadata"].items()
    }


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("keep", [False, True])
def test_every_entry_point_writes_the_same(
    tmp_path: Path, keep: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("numpy")
    expected = {
        f"{name}/zarr.json": metadata_to_v3(
            case.zarray, case.zattrs, on_loss="ignore", keep_attributes=keep
        )
        for name, case in CASES.items()
    }
    whole = metadata_to_v3(zmetadata(), on_loss="ignore", keep_attributes=keep)
    assert same(nodes(whole), expected)

    refs = references_to_v3(references(), on_loss="ignore", keep_attributes=keep)
    found = {key: json.loads(refs[key]) for key in refs if key.endswith("/zarr.json")}
    assert same(found, expected)

    store = {
        key: json.dumps(document).encode()
        for key, document in zmetadata()["metadata"].items()
        if key.partition("/")[0] in CASES
    }
    report = migrate(store, 3, dry_run=False, on_loss="ignore", keep_attributes=keep)
    assert report.ok
    assert same({key: json.loads(store[key]) for key in expected}, expected)
    again = migrate(store, 3, dry_run=False, on_loss="ignore", keep_attributes=keep)
    assert again.counts == {"unchanged": len(CASES)}

    path = tmp_path / "refs.json"
    path.write_text(json.dumps(references()))
    options = ["--keep-attributes"] if keep else []
    code = main(["convert", str(path), "--on-loss", "ignore", *options])
    assert code == 0
    printed = json.loads(capsys.readouterr().out)
    assert same({key: json.loads(printed[key]) for key in expected}, expected)


def same(a: Any, b: Any) -> bool:
    """Equal, and NaN equal to itself."""
    return json.dumps(a, sort_keys=True) == json.dumps(b, sort_keys=True)


@SLOW
def test_b1_xarray_sees_the_same_through_references(tmp_path: Path) -> None:
    """Both ways: every chunk has a reference, so that the fill value of v2 is free."""
    xarray = pytest.importorskip("xarray")
    fsspec = pytest.importorskip("fsspec")
    zarr = pytest.importorskip("zarr", minversion="3.1")
    from fsspec.implementations.asyn_wrapper import AsyncFileSystemWrapper

    def view(refs: Json, zarr_format: int, decode: bool) -> dict[str, tuple[str, str]]:
        system = fsspec.filesystem("reference", fo=refs, skip_instance_cache=True)
        if not system.async_impl:
            system = AsyncFileSystemWrapper(system)
        store = zarr.storage.FsspecStore(system, read_only=True, path="")
        opened = xarray.open_zarr(
            store, consolidated=False, zarr_format=zarr_format, decode_cf=decode, chunks=None
        )
        return seen(opened if decode else xarray.decode_cf(opened))

    names = [name for name in readable() if CASES[name].dtype in FEW and not CASES[name].differs]
    kept = {*names, ".zgroup"}
    v2 = {key: value for key, value in references().items() if key.partition("/")[0] in kept}
    v3 = references_to_v3(v2, on_loss="ignore")
    back = references_to_v2(v3)
    before = view(v2, 2, True)
    for refs, zarr_format, decode in ((v3, 3, True), (back, 2, True), (v3, 3, False)):
        after = view(refs, zarr_format, decode)
        assert [str(CASES[name]) for name in names if before[name] != after[name]] == []


def test_references_without_every_chunk_are_a_loss() -> None:
    v3 = references_to_v3(
        {
            "a/.zarray": json.dumps({**zarray("<i2", None), "shape": [10]}),
            "a/.zattrs": json.dumps(NAMED),
            "a/0": ["f", 0, 10],
            "a/1": ["f", 10, 10],
        }
    )
    back = references_to_v2(v3)
    assert json.loads(back["a/.zarray"])["fill_value"] is None
    del v3["a/1"]
    with pytest.raises(LossError, match="xarray takes 0 for missing values"):
        references_to_v2(v3)
    assert json.loads(references_to_v2(v3, on_loss="ignore")["a/.zarray"])["fill_value"] == 0


@SLOW
def test_a_migrated_store_looks_the_same_to_xarray(tmp_path: Path) -> None:
    write(tmp_path, v2_files())
    before = look(tmp_path)
    assert migrate(tmp_path, 3, dry_run=False, on_loss="ignore").ok
    after = look(tmp_path)
    unlike = {name for name in readable() if before[name] != after[name]}
    assert unlike == {name for name in readable() if CASES[name].differs}

    for path in [*tmp_path.rglob(".z*")]:  # and back, every chunk being stored
        if path.is_file():
            path.unlink()
    report = migrate(tmp_path, 2, dry_run=False, partial=True)
    refused = {node.path for node in report.of("refused")}
    assert refused == {name for name in readable() if is_swapped(CASES[name]) and CASES[name].lost}
    for path in tmp_path.rglob("zarr.json"):
        path.unlink()
    again = look(tmp_path)
    kept = set(readable()) - refused
    assert [str(CASES[name]) for name in kept if again[name] != after[name]] == []


def test_b2_normalizing_encodes_what_other_writers_left_plain() -> None:
    v3 = metadata_to_v3(zarray("<f4", "NaN"), NAMED)
    v3["attributes"] = {"_FillValue": -9999}
    assert normalize_metadata(v3)["attributes"] == {"_FillValue": "AAAAAICHw8A="}
    assert normalize_metadata(v3, keep_attributes=True) == v3
    text = metadata_to_v3(zarray("<U2", "a"), NAMED)
    old = {**text, "attributes": {"_FillValue": "b"}}  # as xarray wrote it with zarr-python 3.0
    assert normalize_metadata(old)["attributes"] == {"missing_value": "b"}
    assert normalize_metadata({**v3, "dimension_names": [None]}) == {
        **v3,
        "dimension_names": [None],
    }


def test_scalars_of_xarray_have_no_names_in_v3_and_an_empty_list_in_v2() -> None:
    """xarray opens no v2 array without it, and so not the dataset."""
    v3 = metadata_to_v3({**zarray("<i8", None), "shape": [], "chunks": []})
    assert metadata_to_v2(v3) == ({**zarray("<i8", 0), "shape": [], "chunks": []}, {})
    zarr2, attributes = metadata_to_v2(v3, chunks_complete=True)
    assert (zarr2["fill_value"], attributes) == (None, {"_ARRAY_DIMENSIONS": []})


@pytest.mark.parametrize("value", [math.nan, math.inf, {"deep": [[-math.inf]]}])
def test_b3_in_every_place_where_attributes_stand(value: Any) -> None:
    """Groups, consolidated metadata, references, a store, normalising, and v2."""
    group = {"zarr_format": 2}
    store = {".zgroup": json.dumps(group).encode(), ".zattrs": json.dumps({"a": value}).encode()}
    whole = {"zarr_consolidated_format": 1, "metadata": {".zgroup": group, ".zattrs": {"a": value}}}
    v3 = {"zarr_format": 3, "node_type": "group", "attributes": {"a": value}}
    results = []
    for document, attributes, to in (
        (group, {"a": value}, "v3"),
        (group, {"a": value}, "v2"),
        (whole, None, "v3"),
        (whole, None, "v2"),
        (v3, None, "v2"),
        (v3, None, "v3"),
        ({**zarray("<f4", 0), "attributes": {"a": value}}, None, "v3"),
        ({**zarray("<f4", 0), "attributes": {"a": value}}, None, "v2"),
    ):
        with pytest.raises(LossError, match="JSON does not allow"):
            translate_metadata(document, attributes, to=to)  # type: ignore[arg-type]
        done = translate_metadata(document, attributes, to=to, on_loss="ignore")  # type: ignore[arg-type]
        results.append(done.result)
    refs = {key: text.decode() for key, text in store.items()}
    with pytest.raises(LossError):
        references_to_v3(refs)
    results.append(references_to_v3(refs, on_loss="ignore"))
    assert not migrate(store, 3, dry_run=False).ok
    assert migrate(store, 3, dry_run=False, on_loss="ignore").ok
    results.append(json.loads(store["zarr.json"]))
    for result in results:
        json.dumps(result, allow_nan=False)
    assert "NaN" not in json.dumps(results).replace('"NaN"', "").replace('\\"NaN\\"', "")


def test_b3_nan_in_the_rest_of_a_document_is_refused() -> None:
    from zarrcodec_bridge.core.errors import InvalidCodecError

    v2 = {**zarray("<f4", 0), "filters": [{"id": "acme", "level": math.nan}]}
    with pytest.raises(InvalidCodecError, match="JSON"):
        metadata_to_v3(v2, unknown="keep")
    v3 = {**metadata_to_v3(zarray("<f4", 0)), "more": {"must_understand": False, "a": math.inf}}
    with pytest.raises(InvalidCodecError, match="JSON does not allow"):
        normalize_metadata(v3)


def test_the_command_line_keeps_attributes_and_is_told_of_complete_chunks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / ".zarray").write_text(json.dumps(zarray("<i2", -1)))
    (tmp_path / "a" / ".zattrs").write_text(json.dumps(NAMED))
    assert main(["migrate", str(tmp_path), "--write", "--keep-attributes"]) == 0
    document = tmp_path / "a" / "zarr.json"
    assert json.loads(document.read_text())["attributes"] == {}
    assert main(["migrate", str(tmp_path), "--write"]) == 0
    assert json.loads(document.read_text())["attributes"] == {"_FillValue": -1}
    assert main(["migrate", str(tmp_path), "--undo", "--keep-attributes"]) == 2

    v3 = metadata_to_v3(zarray("<i2", None), NAMED)
    document.write_text(json.dumps(v3))
    capsys.readouterr()
    assert main(["convert", str(document)]) == 1
    said = capsys.readouterr().err
    assert "pass --chunks-complete" in said
    assert "--keep-attributes leaves the attributes" in said
    for option, fill_value in (("--keep-attributes", 0), ("--chunks-complete", None)):
        assert main(["convert", str(document), option]) == 0
        assert json.loads(capsys.readouterr().out)[".zarray"]["fill_value"] == fill_value
