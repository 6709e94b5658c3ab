"""What the recipes of docs/neighbours.md are tried on."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import numpy as np

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "neighbours.md"
REPLACED: Final = (
    "zarr_codec_config_to_v3",
    "zarr_codec_config_to_v2",
    "get_codec_config",
    "convert_v3_to_v2_metadata",
)

_WALK: Final = np.cumsum(np.random.default_rng(0).integers(-3, 4, (60, 50)), axis=1)
CHUNKS: Final = (20, 25)
KERCHUNK_READS: Final[dict[str, tuple[Any, dict[str, Any]]]] = {
    "shuffle_gzip": (_WALK.astype("i4"), {"shuffle": True, "compression": "gzip"}),
    "big_endian": (_WALK.astype(">i2"), {"shuffle": True, "compression": "gzip"}),
    "big_endian_floats": (_WALK.astype(">f8") / 8, {}),
    "packed": (_WALK.astype("i2"), {"compression": "gzip"}),
}
VIRTUALIZARR_READS: Final[dict[str, tuple[Any, dict[str, Any]]]] = {
    **KERCHUNK_READS,
    "fletcher32": (_WALK.astype("f4"), {"compression": "gzip", "fletcher32": True}),
    "lzf": (_WALK.astype("i4"), {"compression": "lzf"}),
    "shuffle_lzf": (_WALK.astype(">i4"), {"compression": "lzf", "shuffle": True}),
    "lzf_fletcher32": (_WALK.astype("i2"), {"compression": "lzf", "fletcher32": True}),
}
PACKING: Final = {"scale_factor": 0.25, "add_offset": 10.0}


def hdf5_file(path: Path, datasets: dict[str, tuple[Any, dict[str, Any]]]) -> dict[str, Any]:
    """Write the datasets, and give what h5py reads in them."""
    import h5py

    with h5py.File(path, "w") as file:
        for name, (values, options) in datasets.items():
            dataset = file.create_dataset(name, data=values, chunks=CHUNKS, **options)
            if name == "packed":
                dataset.attrs.update(PACKING)
    with h5py.File(path) as file:
        return {name: file[name][...] for name in datasets}


def virtualizarr_recipe() -> ModuleType:
    """The module that the page shows."""
    (text,) = (
        block
        for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
        if "def install()" in block
    )
    module = ModuleType("virtualizarr_bridge")
    exec(compile(text, f"{PAGE.name}: virtualizarr_bridge", "exec"), vars(module))
    return module


@contextmanager
def virtualizarr_as_it_was() -> Iterator[None]:
    """Undo what the recipe replaces."""
    held = {
        (name, attribute): vars(module)[attribute]
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] == "virtualizarr"
        for attribute in REPLACED
        if attribute in vars(module)
    }
    try:
        yield
    finally:
        for (name, attribute), value in held.items():
            setattr(sys.modules[name], attribute, value)


def reference_group(references: dict[str, Any], zarr_format: int) -> Any:
    """A reference set, opened by zarr-python through fsspec."""
    import fsspec
    import zarr

    files = fsspec.filesystem(
        "reference", fo=references, asynchronous=True, remote_options={"asynchronous": True}
    )
    store = zarr.storage.FsspecStore(files, path="")
    return zarr.open_group(store, mode="r", zarr_format=zarr_format)
