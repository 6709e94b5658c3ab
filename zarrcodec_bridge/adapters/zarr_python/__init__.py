"""zarr-python codec objects: the only import of zarr. They carry v3 JSON.

:func:`to_zarr` gives zarr-python's own object where the installed version has a right one, and else a wrapper of ours
around the object with the numcodecs API. :func:`register_with_zarr` makes a name readable that only numcodecs has.
Importing this package does not import zarr.
"""

from __future__ import annotations

from zarrcodec_bridge.adapters.zarr_python.conversion import to_zarr
from zarrcodec_bridge.adapters.zarr_python.registration import register_with_zarr

__all__ = ["register_with_zarr", "to_zarr"]
