"""Icechunk: a store put into a repository in memory, key by key, and read by zarr-python."""

import asyncio
from importlib.metadata import version
from pathlib import Path

import icechunk
import zarr
from common import main
from zarr.core.buffer import default_buffer_prototype


async def put(store, root):
    prototype = default_buffer_prototype()
    files = [path for path in root.rglob("*") if path.is_file()]
    for path in sorted(files, key=lambda path: (path.name != "zarr.json", len(path.parts))):
        buffer = prototype.buffer.from_bytes(path.read_bytes())
        await store.set(path.relative_to(root).as_posix(), buffer)


def read(job):
    repository = icechunk.Repository.create(icechunk.in_memory_storage())
    session = repository.writable_session("main")
    asyncio.run(put(session.store, Path(job["path"])))
    group = zarr.open_group(session.store, mode="r", zarr_format=job["format"])
    return group[job["array"]][...]


main(read, version("icechunk"))
