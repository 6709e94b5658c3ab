"""z5py."""

from importlib.metadata import version

import z5py
from common import main


def read(job):
    return z5py.File(job["path"], mode="r", use_zarr_format=True)[job["array"]][...]


main(read, version("z5py"))
