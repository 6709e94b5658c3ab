"""The functions that make arrays, and what they call their keyword arguments."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from zarrcodec_bridge.core.options import OptionError


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """What a function that makes arrays takes."""

    api: str
    v2: Literal["compressor", "compressors"]
    """The keyword of the compressor in format 2."""
    v3: Literal["codecs", "slots"]
    """Whether format 3 has one list of codecs, or `filters`, `serializer` and `compressors`."""
    order: bool = True
    """Whether it takes the memory order of v2."""
    only_compressor: bool = False
    """Whether it has no place for filters, because it makes arrays of many data types."""
    json: bool = False
    """Whether it takes JSON and not objects."""


CREATE: Final = EntryPoint("create", "compressor", "codecs")
CREATE_ARRAY: Final = EntryPoint("create_array", "compressors", "slots")
XARRAY: Final = EntryPoint("xarray", "compressors", "slots", order=False)
ANNDATA: Final = EntryPoint("anndata", "compressor", "slots", order=False, only_compressor=True)
TENSORSTORE: Final = EntryPoint("tensorstore", "compressor", "codecs", json=True)

NAMES: Final = {
    CREATE: "open open_array create zeros ones empty full array save_array save open_like zeros_like ones_like"
    " empty_like full_like group.zeros group.ones group.empty group.full group.zeros_like group.ones_like"
    " group.empty_like group.full_like",
    CREATE_ARRAY: "create_array from_array group.create_array group.create group.require_array group.array"
    " group.create_dataset group.require_dataset dask dask.to_zarr dask.array.to_zarr da.to_zarr ome_zarr"
    " ome_zarr.writer",
    XARRAY: "xarray xarray.to_zarr xarray.dataset.to_zarr xarray.dataarray.to_zarr xarray.datatree.to_zarr"
    " dataset.to_zarr dataarray.to_zarr datatree.to_zarr",
    ANNDATA: "anndata anndata.write_zarr anndata.io.write_zarr",
    TENSORSTORE: "tensorstore tensorstore.open",
}
"""By what they take: the functions, in lower case, without `zarr.`, and with `_` for `-`."""

ENTRY_POINTS: Final[Mapping[str, EntryPoint]] = {
    name: entry for entry, names in NAMES.items() for name in names.split()
}

USUAL: Final = (
    "create_array",
    "Group.create_array",
    "open",
    "create",
    "xarray",
    "dask.to_zarr",
    "anndata",
    "ome-zarr",
    "tensorstore",
)
"""What an error lists, besides names that are like the one that was given."""


def find_entry_point(api: Any) -> EntryPoint:
    """Find what the function named `api` takes; raises :class:`OptionError` for an unknown name."""
    if not isinstance(api, str):
        raise OptionError("api", api, USUAL)
    name = api.lower().replace("-", "_").removeprefix("zarr.")
    name = name.removeprefix("api.").removeprefix("asynchronous.").removeprefix("synchronous.")
    if name in ENTRY_POINTS:
        return ENTRY_POINTS[name]
    near = difflib.get_close_matches(name[:80], ENTRY_POINTS, n=1)
    raise OptionError("api", api, tuple(dict.fromkeys((*USUAL, *near))))
