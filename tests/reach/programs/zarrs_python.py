"""zarr-python with the codec pipeline of zarrs-python, which may not fall back to the codecs of zarr-python."""

import os
from importlib.metadata import version

import zarr
import zarrs  # noqa: F401 (so that its pipeline is known)
from common import main

zarr.config.set({"codec_pipeline.path": "zarrs.ZarrsCodecPipeline", "codec_pipeline.strict": True})


def read(job):
    path = os.path.join(job["path"], job["array"])
    return zarr.open_array(path, mode="r", zarr_format=job["format"])[...]


main(read, version("zarrs"))
