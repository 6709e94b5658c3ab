"""VirtualiZarr's parser of Zarr stores: what it makes of a store, read by zarr-python."""

from importlib.metadata import version

import zarr
from common import main
from obstore.store import LocalStore
from virtualizarr.parsers import ZarrParser
from virtualizarr.registry import ObjectStoreRegistry


def read(job):
    registry = ObjectStoreRegistry({"file://": LocalStore()})
    manifests = ZarrParser()(url=f"file://{job['path']}", registry=registry)
    return zarr.open_group(manifests, mode="r", zarr_format=3)[job["array"]][...]


main(read, version("virtualizarr"))
