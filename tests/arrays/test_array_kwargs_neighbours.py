"""`array_kwargs` for tensorstore, anndata and ome-zarr."""

from __future__ import annotations

from typing import Any, Final

import pytest

from support.array_kwargs import CHUNK, COUNT, FORMATS, Json, values
from zarrcodec_bridge.arrays import array_kwargs
from zarrcodec_bridge.translation.open_arrays import array_encoding

np = pytest.importorskip("numpy")

numcodecs = pytest.importorskip("numcodecs")

zarr = pytest.importorskip("zarr")

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*not in the Zarr version 3 specification"),
    pytest.mark.filterwarnings("ignore:.*does not have a Zarr V3 specification"),
    pytest.mark.filterwarnings("ignore:.*not part in the Zarr format 3 specification"),
]

TENSORSTORE: Final = [
    (2, "gzip", {"compressor": {"id": "gzip", "level": 1}}),
    (2, None, {"compressor": None}),
    (2, "auto", {}),
    (
        2,
        numcodecs.Blosc("zstd", 3, -1),
        {
            "compressor": {
                "id": "blosc",
                "cname": "zstd",
                "clevel": 3,
                "shuffle": -1,
                "blocksize": 0,
            }
        },
    ),
    (2, numcodecs.Zstd(), {"compressor": {"id": "zstd", "level": 0}}),
    (3, "auto", {}),
    (3, None, {"codecs": ["bytes"]}),
    (3, ["zstd", "crc32c"], {"codecs": ["bytes", "zstd", "crc32c"]}),
    (3, numcodecs.Blosc("zstd", 3, -1), {"codecs": ["bytes", "blosc"]}),
]


@pytest.mark.parametrize(("zarr_format", "value", "members"), TENSORSTORE)
@pytest.mark.parametrize("dtype", ["i4", "u1", None])
def test_tensorstore_opens_what_it_is_given(
    zarr_format: int, value: Any, members: Json, dtype: str | None
) -> None:
    found = array_kwargs(value, dtype=dtype, zarr_format=zarr_format, api="tensorstore")
    if "codecs" in members:
        assert [codec["name"] for codec in found["codecs"]] == members["codecs"]
    else:
        assert found == members
    tensorstore = pytest.importorskip("tensorstore")
    numpy_type = np.dtype(dtype or "f8")
    shape = (
        {"shape": [COUNT], "chunks": [CHUNK], "dtype": numpy_type.str}
        if zarr_format == 2
        else {
            "shape": [COUNT],
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [CHUNK]}},
            "data_type": numpy_type.name,
        }
    )
    spec = {
        "driver": "zarr" if zarr_format == 2 else "zarr3",
        "kvstore": {"driver": "memory"},
        "metadata": {**shape, **found},
        "create": True,
    }
    array = tensorstore.open(spec).result()
    array[:] = values(numpy_type)
    assert list(array[:].read().result()) == list(values(numpy_type))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("zarr_format", FORMATS)
@pytest.mark.parametrize("value", ["blosc:zstd", {"id": "gzip", "level": 5}, None])
def test_anndata(zarr_format: int, value: Any, tmp_path: Any) -> None:
    found = array_kwargs(value, dtype="f4", zarr_format=zarr_format, api="anndata")
    assert set(found) == {"compressor"}
    anndata = pytest.importorskip("anndata")
    table = anndata.AnnData(values("f4").reshape(5, 2))
    table.obs["name"] = list("abcde")
    with anndata.settings.override(zarr_write_format=zarr_format):
        anndata.io.write_zarr(tmp_path / "a.zarr", table, **found)
    assert (anndata.io.read_zarr(tmp_path / "a.zarr").X == table.X).all()
    x = array_encoding(zarr.open_array(tmp_path / "a.zarr" / "X")).encoding
    last = x.codecs[-1] if x.codecs else None
    inner = getattr(last, "codecs", ())
    assert bool(value) == (type(inner[-1] if inner else last).__name__ in ("Blosc", "Gzip"))


@pytest.mark.filterwarnings("ignore:Dimension . is too small")
@pytest.mark.parametrize("zarr_format", FORMATS)
def test_ome_zarr(zarr_format: int, tmp_path: Any) -> None:
    found = array_kwargs("blosc:zstd", dtype="u2", zarr_format=zarr_format, api="ome-zarr")
    pytest.importorskip("ome_zarr")
    from ome_zarr.format import format_from_version
    from ome_zarr.writer import write_image

    image = np.arange(64, dtype="u2").reshape(8, 8)
    version = "0.4" if zarr_format == 2 else "0.5"
    write_image(
        image,
        str(tmp_path / "i.zarr"),
        axes="yx",
        storage_options={"chunks": (4, 4), **found},
        fmt=format_from_version(version),
    )
    array = next(
        zarr.open_array(path)
        for name in ("s0", "0")
        if (path := tmp_path / "i.zarr" / name).exists()
    )
    assert (array[...] == image).all()
    assert type(array_encoding(array).encoding.codecs[-1]).__name__ == "Blosc"
