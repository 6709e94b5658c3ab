"""B5: reference sets in an Icechunk repository, read back with xarray, from a local HDF5 file."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

np = pytest.importorskip("numpy")

from zarrcodec_bridge.adapters.icechunk import write_references  # noqa: E402
from zarrcodec_bridge.core.errors import (  # noqa: E402
    BackendError,
    BackendMissingError,
    InvalidCodecError,
    LossError,
    NotRepresentableError,
)
from zarrcodec_bridge.core.options import OptionError  # noqa: E402
from zarrcodec_bridge.documents.references import references_to_v3  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")

WALK: Final = np.arange(48).reshape(6, 8)
GZIP: Final = {"shuffle": True, "compression": "gzip"}
NEVER: Final = -99
"""A fill value that no element has."""
VARIABLES: Final[dict[str, tuple[Any, dict[str, Any], dict[str, Any]]]] = {
    "gzip_shuffle": (WALK.astype("i4"), {**GZIP, "fillvalue": NEVER}, {}),
    "big_endian": (WALK.astype(">i2"), {**GZIP, "fillvalue": NEVER}, {}),
    "big_endian_floats": ((WALK / 4).astype(">f8"), {"fillvalue": NEVER}, {}),
    "masked": (WALK.astype("i2"), {**GZIP, "fillvalue": 7}, {"_FillValue": np.int16(7)}),
    "masked_floats": (WALK.astype(">f4"), {"fillvalue": 5}, {"_FillValue": np.float32(5)}),
    "masked_by_nan": (np.where(WALK % 5, WALK, np.nan), {"fillvalue": np.nan}, {}),
    "packed": (
        WALK.astype("i2"),
        {**GZIP, "fillvalue": 3},
        {"_FillValue": np.int16(3), "scale_factor": 0.25, "add_offset": 10.0},
    ),
    "bytes": (np.char.mod("s%d", WALK).astype("S4"), {"compression": "gzip"}, {}),
}


def expected(name: str) -> Any:
    """What the CF conventions say of a variable."""
    values, options, attributes = VARIABLES[name]
    if values.dtype.kind == "S":
        return values
    masked = np.where(values == options["fillvalue"], np.nan, values)
    return masked * attributes.get("scale_factor", 1) + attributes.get("add_offset", 0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: Any) -> Path:
    h5py = pytest.importorskip("h5py")
    found: Path = tmp_path_factory.mktemp("files")
    with h5py.File(found / "v.h5", "w") as file:
        scales = {"y": np.arange(6.0), "x": np.arange(8, dtype=">f4")}
        for name, values in scales.items():
            file.create_dataset(name, data=values, fillvalue=NEVER).make_scale(name)
        for name, (values, options, attributes) in VARIABLES.items():
            variable = file.create_dataset(name, data=values, chunks=(3, 4), **options)
            variable.attrs.update(attributes)
            for axis, scale in enumerate(scales):
                variable.dims[axis].attach_scale(file[scale])
        part = file.create_dataset("part", shape=(6, 8), chunks=(3, 4), dtype="i4", fillvalue=NEVER)
        part[:3, :4] = 1
        text = file.create_dataset("text", shape=(6,), dtype=h5py.string_dtype())
        text[:] = [f"é{n}" for n in range(6)]
        text.dims[0].attach_scale(file["y"])
        for axis, scale in enumerate(scales):
            part.dims[axis].attach_scale(file[scale])
        file["scalar"] = np.float64(3.5)
    return found


def session_for(folder: Path | None) -> Any:
    icechunk = pytest.importorskip("icechunk")
    config, access = icechunk.RepositoryConfig.default(), None
    if folder is not None:
        prefix = f"{folder.as_uri()}/"
        files = icechunk.local_filesystem_store(f"{folder}/")
        config.set_virtual_chunk_container(icechunk.VirtualChunkContainer(prefix, files))
        access = {prefix: icechunk.credentials.LocalFileSystemAccess}
    storage = icechunk.in_memory_storage()
    repository = icechunk.Repository.create(storage, config, authorize_virtual_chunk_access=access)
    return repository.writable_session("main")


def kerchunk_references(folder: Path, inline: int = 0) -> dict[str, Any]:
    hdf = pytest.importorskip("kerchunk.hdf")
    found: dict[str, Any] = hdf.SingleHdf5ToZarr(
        str(folder / "v.h5"), inline_threshold=inline
    ).translate()
    return found


def virtualizarr_references(folder: Path) -> dict[str, Any]:
    virtualizarr = pytest.importorskip("virtualizarr")
    from obspec_utils.registry import ObjectStoreRegistry
    from obstore.store import LocalStore

    dataset = virtualizarr.open_virtual_dataset(
        (folder / "v.h5").as_uri(),
        registry=ObjectStoreRegistry({"file://": LocalStore()}),
        parser=virtualizarr.parsers.HDFParser(),
        loadable_variables=[],
        drop_variables=["text"],
    )
    found: dict[str, Any] = dataset.vz.to_kerchunk(format="dict")
    return found


def with_template(references: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The references of version 1 with a template for the folder."""
    refs = {
        key: [value[0].replace(str(folder), "{{f}}"), *value[1:]]
        if isinstance(value, list)
        else value
        for key, value in references["refs"].items()
    }
    return {**references, "templates": {"f": str(folder)}, "refs": refs}


ROUTES: Final[dict[str, Any]] = {
    "kerchunk": kerchunk_references,
    "kerchunk, inlined": lambda folder: kerchunk_references(folder, 60),
    "kerchunk, version 0": lambda folder: kerchunk_references(folder)["refs"],
    "kerchunk, a template": lambda folder: with_template(kerchunk_references(folder), folder),
    "ours, keys of v2": lambda folder: references_to_v3(
        kerchunk_references(folder), target="zarr-python", on_loss="ignore"
    ),
    "ours, keys of Icechunk": lambda folder: references_to_v3(
        kerchunk_references(folder),
        target="zarr-python",
        on_loss="ignore",
        chunk_key_encoding="default",
    ),
    "virtualizarr": virtualizarr_references,
}


@pytest.mark.parametrize("path", ["", "in/a/group"])
@pytest.mark.parametrize("route", ROUTES)
def test_b5_every_array_is_equal_and_masks_are_kept(folder: Path, route: str, path: str) -> None:
    xarray = pytest.importorskip("xarray")
    session = session_for(folder)
    references = ROUTES[route](folder)
    write_references(references, session, path=path, on_loss="ignore")
    after = xarray.open_zarr(session.store, group=path, consolidated=False).load()
    for name in VARIABLES:
        assert after[name].dims == ("y", "x")
        np.testing.assert_array_equal(after[name].values, expected(name), err_msg=name)
    np.testing.assert_array_equal(after["y"], np.arange(6.0))
    assert after["scalar"] == 3.5
    assert bool((after["part"][:3, :4] == 1).all())
    assert int(after["part"].isnull().sum()) == 36
    if route != "virtualizarr":
        assert list(after["text"].values) == [f"é{n}" for n in range(6)]
        # and as xarray reads the references themselves
        inner = references.get("refs", references)
        if ".zgroup" in inner:
            before = xarray.open_dataset(references, engine="kerchunk").load()
            xarray.testing.assert_equal(before, after)


@pytest.mark.parametrize("target", ["zarr-python", ("icechunk", "zarr-python>=3.1")])
def test_other_targets(folder: Path, target: Any) -> None:
    zarr = pytest.importorskip("zarr", minversion="3.4")
    session = session_for(folder)
    write_references(kerchunk_references(folder), session, target=target, on_loss="ignore")
    array = zarr.open_group(session.store, mode="r")["big_endian"]
    np.testing.assert_array_equal(array[...], VARIABLES["big_endian"][0])
    with pytest.raises(OptionError, match="did you mean 'icechunk'"):
        write_references(ONE, session, target="icechunks")


def test_what_is_lost_is_refused(folder: Path) -> None:
    with pytest.raises(LossError, match="bytes: fill_value"):
        write_references(kerchunk_references(folder), session_for(folder))


@pytest.mark.parametrize("other", [None, Path("/elsewhere")])
def test_a_file_without_container_is_refused(folder: Path, other: Path | None) -> None:
    session = session_for(other)
    with pytest.raises(BackendError, match="no virtual chunk container of the repository has"):
        write_references(kerchunk_references(folder), session, on_loss="ignore")


ZARRAY: Final = {
    "zarr_format": 2,
    "shape": [4],
    "chunks": [2],
    "dtype": "|u1",
    "order": "C",
    "filters": None,
    "compressor": None,
    "fill_value": 0,
}
ONE: Final = {".zgroup": '{"zarr_format": 2}', "a/.zarray": json.dumps(ZARRAY), "a/0": "xy"}


@pytest.mark.parametrize(
    ("references", "error", "message"),
    [
        ({**ONE, "a/1": 5}, InvalidCodecError, r"a/1: expected \[address, offset, length\]"),
        ({**ONE, "a/1": ["f", 0]}, InvalidCodecError, r"expected \[address, offset, length\]"),
        ({**ONE, "a/1": ["f", -1, 2]}, InvalidCodecError, r"expected \[address, offset, length\]"),
        ({**ONE, "a/1": ["s3://b/k"]}, InvalidCodecError, "Icechunk wants the length"),
        ({**ONE, "a/1": "base64:*"}, InvalidCodecError, "expected a chunk as base64"),
        ({**ONE, "b/1": "xy"}, InvalidCodecError, "b/1: expected the key of a chunk in an array"),
        ({**ONE, "a/2": "xy"}, BackendError, "invalid chunk index"),
        ({**ONE, "a/0.0": "xy"}, InvalidCodecError, "expected the key of a chunk"),
        (
            {"version": 1, "refs": {**ONE, "a/1": ["{{f(x='1')}}", 0, 2]}},
            InvalidCodecError,
            "simple_templates=False",
        ),
        ({"version": 1, "refs": ONE, "gen": [{}]}, InvalidCodecError, "simple_templates=False"),
        ({"metadata": {}, "record_size": 4}, NotRepresentableError, "LazyReferenceMapper"),
        ([], InvalidCodecError, "expected a reference set"),
    ],
)
def test_what_cannot_be_written_is_refused(references: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        write_references(references, session_for(None))


def test_nothing_is_mixed_with_what_is_there() -> None:
    zarr = pytest.importorskip("zarr", minversion="3.4")
    session = session_for(None)
    done = write_references(ONE, session, path="first")
    assert list(done.result) == ["", "a"]
    with pytest.raises(BackendError, match='the session has "first" already'):
        write_references(ONE, session, path="first/")
    write_references(ONE, session, path="second")
    group = zarr.open_group(session.store, mode="r")
    assert sorted(group.group_keys()) == ["first", "second"]
    assert [*group["second/a"][...]] == [*b"xy", 0, 0]


def test_a_session_that_cannot_be_written_is_refused() -> None:
    icechunk = pytest.importorskip("icechunk")
    repository = icechunk.Repository.create(icechunk.in_memory_storage())
    for session in (repository, repository.readonly_session("main"), None):
        with pytest.raises(BackendError, match="expected a writable session"):
            write_references(ONE, session)


@pytest.mark.parametrize("spell", [str, lambda path: f"file://{path}", lambda path: "s3://b/k"])
@pytest.mark.parametrize("name", ["f.bin", "100% #1, a?b é%20.bin"])
def test_files_of_any_name_that_may_have_moved(tmp_path: Path, name: str, spell: Any) -> None:
    zarr = pytest.importorskip("zarr", minversion="3.4")
    path = tmp_path / name
    path.write_bytes(b"abc")
    session = session_for(tmp_path)
    write_references(
        {**ONE, "a/0": [spell(path), 1, 2], "a/1": [spell(path)]},
        session,
        rename_paths=lambda address: address.replace("s3://b/k", str(path)),
    )
    array = zarr.open_array(session.store, path="a", mode="r")
    assert [*array[:2]] == [*b"bc"]
    with pytest.raises(ValueError, match="reshape"):  # three bytes: all of the file
        array[2:]


def test_a_file_that_changed_is_an_error_of_icechunk(tmp_path: Path) -> None:
    zarr = pytest.importorskip("zarr", minversion="3.4")
    (tmp_path / "f.bin").write_bytes(b"abc")
    for moment, changed in (
        (datetime.now(UTC) + timedelta(1), False),
        (datetime(2020, 1, 1, tzinfo=UTC), True),
    ):
        session = session_for(tmp_path)
        references = {**ONE, "a/0": [str(tmp_path / "f.bin"), 1, 2]}
        write_references(references, session, checksum=moment)
        array = zarr.open_array(session.store, path="a", mode="r")
        if changed:
            with pytest.raises(Exception, match=r"checksum of the object .* has changed"):
                array[:2]
        else:
            assert [*array[:2]] == [*b"bc"]


def test_parquet_references_through_fsspec(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("fastparquet")
    reference = pytest.importorskip("fsspec.implementations.reference")
    df = pytest.importorskip("kerchunk.df")
    zarr = pytest.importorskip("zarr", minversion="3.4")
    df.refs_to_dataframe(kerchunk_references(folder), str(tmp_path / "p.parq"), record_size=10)
    session = session_for(folder)
    mapper = reference.LazyReferenceMapper(str(tmp_path / "p.parq"))
    write_references(mapper, session, on_loss="ignore")
    group = zarr.open_group(session.store, mode="r")
    for name, (values, _, _) in VARIABLES.items():
        np.testing.assert_array_equal(group[name][...], values, err_msg=name)


def test_without_icechunk(monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "icechunk", None)
    with pytest.raises(BackendMissingError, match="pip install icechunk"):
        write_references(ONE, None)
