"""zarr-python, 2 and 3."""

import os
from importlib.metadata import version

import zarr
from common import main

IS_2 = zarr.__version__.startswith("2")


def read(job):
    if IS_2 and job["format"] == 3:
        raise NotImplementedError("zarr-python 2 does not read format 3")
    options = {} if IS_2 else {"zarr_format": job["format"]}
    return zarr.open_array(os.path.join(job["path"], job["array"]), mode="r", **options)[...]


main(read, version("zarr"))
