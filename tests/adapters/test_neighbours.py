"""The recipes of docs/neighbours.md with the packages that they are for."""

from __future__ import annotations

import importlib.metadata
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

np = pytest.importorskip("numpy")
numcodecs = pytest.importorskip("numcodecs")
zarr = pytest.importorskip("zarr", minversion="3.4")

import zarrcodec_bridge as bridge  # noqa: E402
from support.neighbours import (  # noqa: E402
    KERCHUNK_READS,
    PACKING,
    VIRTUALIZARR_READS,
    hdf5_file,
    reference_group,
    virtualizarr_as_it_was,
    virtualizarr_recipe,
)
from zarrcodec_bridge.adapters.zarr_python import register_with_zarr  # noqa: E402
from zarrcodec_bridge.arrays import array_kwargs  # noqa: E402
from zarrcodec_bridge.core.errors import InvalidCodecError, NotRepresentableError  # noqa: E402
from zarrcodec_bridge.documents.references import references_to_v2, references_to_v3  # noqa: E402
from zarrcodec_bridge.stores import migrate  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")

ZARR_342: Final = importlib.metadata.version("zarr") == "3.4.2"
FLOATS: Final = np.arange(64, dtype="f4").reshape(8, 8)


@pytest.fixture
def recipe() -> Iterator[Any]:
    for package in ("virtualizarr", "h5py", "obstore", "imagecodecs.numcodecs", "imagecodecs.zarr"):
        pytest.importorskip(package)
    import virtualizarr.codecs
    import virtualizarr.parsers.hdf.hdf
    import virtualizarr.parsers.kerchunk.translator
    import virtualizarr.utils
    import virtualizarr.writers.kerchunk  # noqa: F401

    found = virtualizarr_recipe()
    with virtualizarr_as_it_was():
        found.install()
        yield found


def local_files() -> Any:
    from obspec_utils.registry import ObjectStoreRegistry
    from obstore.store import LocalStore

    return ObjectStoreRegistry({"file://": LocalStore()})


def virtual(path: Path, parser: Any) -> Any:
    import virtualizarr

    return virtualizarr.open_virtual_dataset(
        path.as_uri(), registry=local_files(), parser=parser, loadable_variables=[]
    )


def assert_reads(group: Any, expected: dict[str, Any]) -> None:
    for name, values in expected.items():
        np.testing.assert_array_equal(group[name][...], values, err_msg=name)


# VirtualiZarr


def test_the_recipe_stands_where_virtualizarr_calls_its_own(recipe: Any) -> None:
    import virtualizarr.parsers.hdf.hdf
    import virtualizarr.parsers.kerchunk.translator
    import virtualizarr.utils
    import virtualizarr.writers.kerchunk

    ours = {
        virtualizarr.parsers.hdf.hdf.zarr_codec_config_to_v3,
        virtualizarr.parsers.kerchunk.translator.zarr_codec_config_to_v3,
        virtualizarr.utils.zarr_codec_config_to_v2,
        virtualizarr.utils.get_codec_config,
        virtualizarr.writers.kerchunk.convert_v3_to_v2_metadata,
    }
    assert {function.__module__ for function in ours} == {recipe.__name__}


def test_hdf5_opens_and_reads_as_h5py_reads_it(recipe: Any, tmp_path: Path) -> None:
    from virtualizarr.parsers import HDFParser

    path = tmp_path / "a.h5"
    expected = hdf5_file(path, VIRTUALIZARR_READS)
    store = HDFParser()(path.as_uri(), registry=local_files())
    group = zarr.open_group(store, mode="r")
    assert_reads(group, expected)
    lzf = [codec.to_dict() for codec in group["shuffle_lzf"].metadata.codecs][-1]
    assert lzf == {"name": "imagecodecs_lzf", "configuration": {"header": False}}


def test_kerchunk_references_of_hdf5_read_in_both_formats(recipe: Any, tmp_path: Path) -> None:
    """VirtualiZarr writes them as v2, and this library as v3."""
    from virtualizarr.parsers import HDFParser

    path = tmp_path / "a.h5"
    expected = hdf5_file(path, VIRTUALIZARR_READS)
    references = virtual(path, HDFParser()).vz.to_kerchunk(format="dict")
    assert_reads(reference_group(references, 2), expected)
    assert_reads(reference_group(references_to_v3(references, target="zarr-python"), 3), expected)


def test_kerchunk_references_go_through_virtualizarr_and_back(recipe: Any, tmp_path: Path) -> None:
    from virtualizarr.parsers import HDFParser, KerchunkJSONParser

    path = tmp_path / "a.h5"
    expected = hdf5_file(path, VIRTUALIZARR_READS)
    references = virtual(path, HDFParser()).vz.to_kerchunk(format="dict")
    written = tmp_path / "refs.json"
    written.write_text(json.dumps(references))
    store = KerchunkJSONParser()(written.as_uri(), registry=local_files())
    assert_reads(zarr.open_group(store, mode="r"), expected)


def test_lzf_that_imagecodecs_cannot_size_is_an_error_or_right(recipe: Any, tmp_path: Path) -> None:
    from virtualizarr.parsers import HDFParser

    path = tmp_path / "a.h5"
    expected = hdf5_file(path, {"zeros": (np.zeros((60, 50), "i4"), {"compression": "lzf"})})
    group = zarr.open_group(HDFParser()(path.as_uri(), registry=local_files()), mode="r")
    try:
        found = group["zeros"][...]
    except RuntimeError as error:
        assert "buffer is not large enough" in str(error)
    else:
        np.testing.assert_array_equal(found, expected["zeros"])
    chosen = zarr.config.get("codecs")
    try:
        register_with_zarr("imagecodecs_lzf", replace=True)
        group = zarr.open_group(HDFParser()(path.as_uri(), registry=local_files()), mode="r")
        np.testing.assert_array_equal(group["zeros"][...], expected["zeros"])
    finally:
        zarr.config.set({"codecs": chosen})


@pytest.mark.parametrize("values", [FLOATS], ids=["f4"])
@pytest.mark.parametrize(
    "codec",
    [
        {"name": "numcodecs.pcodec", "configuration": {"level": 8}},
        {"name": "numcodecs.zfpy", "configuration": {"mode": 5}},
    ],
    ids=lambda codec: codec["name"],
)
def test_array_to_bytes_codecs_stay_in_kerchunk_references(
    recipe: Any, codec: Any, values: Any, tmp_path: Path
) -> None:
    pytest.importorskip("arro3.core")
    pytest.importorskip({"numcodecs.pcodec": "pcodec", "numcodecs.zfpy": "zfpy"}[codec["name"]])
    from virtualizarr.parsers import ZarrParser

    path = three(tmp_path, values, chunks=(4, 8), serializer=bridge.to_zarr(codec))
    references = virtual(path, ZarrParser()).vz.to_kerchunk(format="dict")
    document = json.loads(references["refs"]["a/.zarray"])
    assert codec["name"] == f"numcodecs.{document['filters'][0]['id']}"
    assert_reads(reference_group(references, 2), {"a": values})


def test_shards_are_refused_in_kerchunk_references(recipe: Any, tmp_path: Path) -> None:
    pytest.importorskip("arro3.core")
    from virtualizarr.parsers import ZarrParser

    path = three(tmp_path, FLOATS, chunks=(2, 8), shards=(4, 8))
    dataset = virtual(path, ZarrParser())
    with pytest.raises(NotRepresentableError, match="v2 has no shards; rewrite the data unsharded"):
        dataset.vz.to_kerchunk(format="dict")


def three(tmp_path: Path, values: Any, **options: Any) -> Path:
    path = tmp_path / "three.zarr"
    group = zarr.open_group(path, mode="w", zarr_format=3)
    array = group.create_array(
        "a", shape=values.shape, dtype=values.dtype, dimension_names=["y", "x"], **options
    )
    array[...] = values
    return path


def test_what_is_no_codec_is_refused_as_virtualizarr_refuses_it(recipe: Any) -> None:
    with pytest.raises(TypeError, match="Expected codec config to be a dict"):
        recipe.zarr_codec_config_to_v3("zlib")
    with pytest.raises(ValueError, match="Unable to parse codec configuration"):
        recipe.get_codec_config(object())
    with pytest.raises(InvalidCodecError):
        recipe.zarr_codec_config_to_v2({"level": 1})


# kerchunk


def test_kerchunk_references_of_an_hdf5_file_read_through_v3(tmp_path: Path) -> None:
    pytest.importorskip("h5py")
    hdf = pytest.importorskip("kerchunk.hdf")
    path = tmp_path / "a.h5"
    expected = hdf5_file(path, KERCHUNK_READS)
    references = hdf.SingleHdf5ToZarr(str(path), inline_threshold=0, error="raise").translate()
    v3 = references_to_v3(references, target="zarr-python")
    group = reference_group(v3, 3)
    assert_reads(group, expected)
    assert_reads(reference_group(references_to_v2(v3), 2), expected)
    assert {key: group["packed"].attrs[key] for key in PACKING} == PACKING
    assert {key: value for key, value in v3["refs"].items() if isinstance(value, list)} == {
        key: value for key, value in references["refs"].items() if isinstance(value, list)
    }


# napari, ome-zarr, anndata: one value, both formats

ONE_VALUE: Final = numcodecs.Blosc("zstd", clevel=3, shuffle=numcodecs.Blosc.BITSHUFFLE)
IMAGE: Final = np.arange(4096, dtype="u2").reshape(64, 64)


def blosc_of(array: Any) -> Any:
    (codec,) = array.compressors
    return bridge.to_v2(codec)


@pytest.mark.parametrize("how", ["codec", "array_kwargs", "objects"])
@pytest.mark.parametrize("zarr_format", [2, 3])
def test_napari(zarr_format: int, how: str, tmp_path: Path) -> None:
    components = pytest.importorskip("napari.components")
    if how == "codec":
        options = {"compressors": bridge.codec(ONE_VALUE)}
    elif how == "array_kwargs":
        options = array_kwargs(ONE_VALUE, dtype="u2", zarr_format=zarr_format)
    else:
        make = bridge.to_numcodecs if zarr_format == 2 else bridge.to_zarr
        options = {"compressors": make(ONE_VALUE, dtype="u2")}
    path = tmp_path / "image.zarr"
    array = zarr.create_array(
        path, shape=IMAGE.shape, chunks=(32, 32), dtype="u2", zarr_format=zarr_format, **options
    )
    array[...] = IMAGE
    assert bridge.same(blosc_of(array), ONE_VALUE, dtype="u2")
    viewer = components.ViewerModel()
    added = viewer.add_image(zarr.open_array(path, mode="r"))
    [opened] = viewer.open(str(path), plugin=napari_reader())
    for layer in (added, opened):
        np.testing.assert_array_equal(np.asarray(layer.data), IMAGE)
    assert len(viewer.layers) == 2


def napari_reader() -> str:
    from npe2 import PluginManager

    PluginManager.instance().discover()
    return "napari"


@pytest.mark.parametrize("how", ["compressor", "compressors", "array_kwargs"])
@pytest.mark.parametrize("version", ["0.4", "0.5"])
def test_ome_zarr(version: str, how: str, tmp_path: Path) -> None:
    writer = pytest.importorskip("ome_zarr.writer")
    from ome_zarr.format import format_from_version
    from ome_zarr.io import parse_url
    from ome_zarr.reader import Reader

    fmt = format_from_version(version)
    options = {how: bridge.codec(ONE_VALUE)}
    if how == "array_kwargs":
        options = array_kwargs(ONE_VALUE, dtype="u2", zarr_format=fmt.zarr_format, api="ome-zarr")
    path = str(tmp_path / "image.zarr")
    writer.write_image(
        IMAGE, path, axes="yx", fmt=fmt, storage_options={"chunks": (32, 32), **options}
    )
    (node,) = Reader(parse_url(path, fmt=fmt))()
    np.testing.assert_array_equal(np.asarray(node.data[0]), IMAGE)
    arrays = [array for _, array in zarr.open_group(path, mode="r").arrays()]
    assert arrays
    for array in arrays:
        assert array.metadata.zarr_format == fmt.zarr_format
        assert bridge.same(blosc_of(array), ONE_VALUE, dtype="u2")


@pytest.mark.parametrize("how", ["compressor", "compressors", "array_kwargs"])
@pytest.mark.parametrize("zarr_format", [2, 3])
def test_anndata(zarr_format: int, how: str, tmp_path: Path) -> None:
    anndata = pytest.importorskip("anndata")
    import pandas
    import scipy.sparse

    table = anndata.AnnData(
        np.arange(12, dtype="f4").reshape(4, 3),
        obs=pandas.DataFrame({"kind": ["a", "b", "a", "c"]}, index=list("wxyz")),
    )
    table.layers["sparse"] = scipy.sparse.csr_matrix(table.X)
    path = tmp_path / "table.zarr"
    options = {how: bridge.codec(ONE_VALUE)}
    if how == "array_kwargs":
        options = array_kwargs(ONE_VALUE, zarr_format=zarr_format, api="anndata")
    with anndata.settings.override(zarr_write_format=zarr_format):
        anndata.io.write_zarr(path, table, **options)
    again = anndata.io.read_zarr(path)
    np.testing.assert_array_equal(again.X, table.X)
    np.testing.assert_array_equal(again.layers["sparse"].toarray(), table.X)
    assert list(again.obs["kind"]) == list(table.obs["kind"])
    stored = zarr.open_group(path, mode="r")["X"]
    assert stored.metadata.zarr_format == zarr_format
    assert bridge.same(blosc_of(stored), ONE_VALUE, dtype="f4")


# what `zarr migrate v3` leaves

STRUCTS: Final = np.array([(i, i / 2) for i in range(8)], dtype=[("a", ">i4"), ("b", ">f8")])
MIXED: Final = np.array([(i, i / 2, b"x") for i in range(8)], dtype="u1,>f8,S3")
TEXT: Final = np.array(["a", "bb", "", "ü€"], dtype=object)
LEFT: Final[dict[str, tuple[Any, dict[str, Any], str]]] = {
    "blosc with automatic shuffle": (
        FLOATS,
        {"compressors": {"id": "blosc", "cname": "zstd", "shuffle": -1}},
        "ValueError",
    ),
    "bytes codec before the compressor": (
        FLOATS,
        {"filters": [{"id": "shuffle", "elementsize": 4}], "compressors": {"id": "gzip"}},
        "TypeError",
    ),
    "bytes codec as the filter": (
        FLOATS,
        {"filters": [{"id": "zlib", "level": 5}], "compressors": None},
        "TypeError",
    ),
    "variable-length strings": (TEXT, {"dtype": str}, "ValueError"),
    "pcodec": (FLOATS, {"compressors": {"id": "pcodec", "level": 8}}, "TypeError"),
    "zfpy": (FLOATS, {"compressors": {"id": "zfpy", "mode": 5}}, "TypeError"),
    "structs, big-endian": (STRUCTS, {}, "other numbers"),
    "structs, big-endian and bytes": (MIXED, {"compressors": {"id": "zlib"}}, "other numbers"),
}


@pytest.fixture(params=LEFT)
def left(request: Any, tmp_path: Path) -> tuple[Path, Any, str]:
    values, options, outcome = LEFT[request.param]
    options = {"dtype": values.dtype, **options}
    for slot in ("filters", "compressors"):
        if options.get(slot):
            several = options[slot] if isinstance(options[slot], list) else [options[slot]]
            for codec in several:
                pytest.importorskip(codec["id"]) if codec["id"] in ("pcodec", "zfpy") else None
            options[slot] = [bridge.to_numcodecs(codec, dtype=values.dtype) for codec in several]
    path = tmp_path / "two.zarr"
    array = zarr.create_array(
        path,
        shape=values.shape,
        chunks=tuple(size // 2 for size in values.shape),
        zarr_format=2,
        **options,
    )
    array[...] = values
    np.testing.assert_array_equal(zarr.open_array(path, mode="r")[...], values)
    return path, values, outcome


def in_format_3(path: Path) -> Any:
    return zarr.open_array(path, mode="r", zarr_format=3)[...]


@pytest.mark.skipif(not ZARR_342, reason="said of zarr-python 3.4.2")
def test_zarr_migrate_v3_does_what_the_page_says(left: tuple[Path, Any, str]) -> None:
    from zarr.metadata.migrate_v3 import migrate_v2_to_v3

    path, values, expected = left
    try:
        migrate_v2_to_v3(input_store=zarr.storage.LocalStore(path))
        found = "equal" if np.array_equal(in_format_3(path), values) else "other numbers"
    except (ValueError, TypeError) as error:
        found = type(error).__name__
    assert found == expected


def test_what_zarr_migrate_v3_leaves_is_migrated(left: tuple[Path, Any, str]) -> None:
    path, values, _ = left
    alone = path.with_name("alone.zarr")
    shutil.copytree(path, alone)
    document = bridge.metadata_to_v3(
        json.loads((alone / ".zarray").read_text()), target="zarr-python"
    )
    (alone / "zarr.json").write_text(json.dumps(document))
    np.testing.assert_array_equal(in_format_3(alone), values)

    before = {file: file.read_bytes() for file in path.rglob("*") if file.is_file()}
    report = migrate(path, 3, dry_run=False, verify=4, target="zarr-python", progress=False)
    assert report.ok, report
    np.testing.assert_array_equal(in_format_3(path), values)
    assert {file: file.read_bytes() for file in before} == before
