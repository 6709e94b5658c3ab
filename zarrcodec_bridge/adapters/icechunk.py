"""Put a kerchunk reference set into an Icechunk repository: arrays of format 3, whose chunks stay in their files.

Icechunk knows the chunks of an array by the keys ``c/0/0`` of format 3 alone, and finds a file where the repository
has a virtual chunk container for its location.

Source: https://icechunk.io/en/stable/virtual/.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import os.path
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from urllib.request import url2pathname

from zarrcodec_bridge.core.errors import (
    BackendError,
    BackendMissingError,
    BackendUnsupportedError,
    NotRepresentableError,
)
from zarrcodec_bridge.core.messages import Hint, Message, describe_exception, excerpt
from zarrcodec_bridge.core.options import OnLoss, Unknown
from zarrcodec_bridge.documents.context import DocumentContext, invalid_member
from zarrcodec_bridge.documents.reference_keys import EXPAND, ChunkKeys, items_of, join
from zarrcodec_bridge.documents.references import (
    FILES,
    is_parquet,
    references_of,
    split_key,
    translate_documents,
)
from zarrcodec_bridge.readers import TargetName
from zarrcodec_bridge.translation.options import Translation, make_options, report_losses

__all__ = ["write_references"]

BATCH: Final = 20_000
"""Virtual chunks that are held before they are put into the session together."""

_SCHEMES: Final = {"s3a": "s3", "gcs": "gs"}
"""Names of fsspec for protocols that Icechunk has under another name."""


def write_references(
    references: Mapping[str, Any],
    session: Any,
    *,
    path: str = "",
    target: TargetName = "icechunk",
    on_loss: OnLoss = "error",
    unknown: Unknown = "error",
    keep_attributes: bool = False,
    rename_paths: Callable[[str], str] | None = None,
    checksum: str | datetime | None = None,
) -> Translation:
    """Write a reference set into a session of Icechunk, as arrays and groups of format 3 with virtual chunks.

    Nothing is committed. After an error, discard the changes of the session.

    Parameters
    ----------
    references : dict
        The reference set, with metadata of v2 or v3; also the ``LazyReferenceMapper`` of fsspec for Parquet references.
    session : icechunk.Session
        A writable session of a repository that has a virtual chunk container for the files of the references.
    path : str
        The group in which to write it; the root where it is left out.
    target, on_loss, unknown, keep_attributes
        As in :func:`.documents.metadata.translate_metadata`. The target is the reader of the arrays.
    rename_paths : callable, optional
        Gives the address of a file for the one that the references have.
    checksum : str or datetime, optional
        The ETag of the files, or the time after which a changed file is an error for Icechunk when it is read.

    Returns
    -------
    Translation
        The documents that were written, by path in the set, with the notes and losses.

    Raises
    ------
    BackendMissingError
        Icechunk is not installed.
    BackendError
        The session cannot be written, it has such an array already, or no virtual chunk container fits a file.
    InvalidCodecError, UnknownCodecError, NotRepresentableError, LossError
        As :func:`.documents.references.references_to_v3`.

    An example is in docs/neighbours.md.
    """
    icechunk = _require()
    store = _writable_store(session)
    options = make_options(target, on_loss, unknown)
    if is_parquet(references):
        raise NotRepresentableError(
            "v3",
            "Parquet references",
            "their .zmetadata does not hold them; pass fsspec's LazyReferenceMapper of the folder",
        )
    inner, at = references_of(references)
    if at and references.get("gen"):
        raise invalid_member(("gen",), f"expected references without it; {EXPAND}")
    ctx = DocumentContext(options.target, unknown, keep_attributes=keep_attributes)
    translated, encodings = translate_documents(inner, at, "v3", ctx, "default")
    report_losses("v3", ctx.losses, on_loss)
    documents = _separate(translated)
    writer = _Writer(icechunk, store, path.strip("/"), checksum)
    locations = _Locations(references.get("templates") if at else None, rename_paths)

    async def write() -> None:
        await writer.write_documents(documents)
        await writer.write_chunks(inner, ChunkKeys(encodings), locations)

    try:
        with ThreadPoolExecutor(1) as thread:  # a notebook has an event loop in its own
            thread.submit(asyncio.run, write()).result()
    except icechunk.IcechunkError as error:
        raise BackendError(
            "icechunk", f"Icechunk refused it: {describe_exception(error)}"
        ) from error
    return Translation(documents, tuple(dict.fromkeys(ctx.notes)), tuple(dict.fromkeys(ctx.losses)))


def _require() -> Any:
    try:
        return import_module("icechunk")
    except ImportError as error:
        raise BackendMissingError(
            "icechunk",
            Message(
                "a session of Icechunk needs icechunk, which is not installed: ",
                Hint(package="icechunk"),
            ),
        ) from error


def _writable_store(session: Any) -> Any:
    if getattr(session, "read_only", True):
        raise BackendUnsupportedError(
            "icechunk",
            f"expected a writable session of Icechunk, got {excerpt(session)};"
            " repository.writable_session('main') makes one",
        )
    return session.store


def _separate(translated: Mapping[str, Mapping[str, dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """Give each node a document of its own: Icechunk has no consolidated metadata."""
    found: dict[str, dict[str, Any]] = {}
    consolidated: dict[str, dict[str, Any]] = {}
    for node, files in translated.items():
        for document in files.values():
            own = dict(document)
            held = own.pop("consolidated_metadata", None) or {"metadata": {}}
            for path, child in held["metadata"].items():
                consolidated[join(node, path)] = child
            found[node] = own
    return {**consolidated, **found}


class _Locations:
    """Finds where Icechunk has the file of a reference: a URL, escaped as in a browser."""

    def __init__(self, templates: Any, rename: Callable[[str], str] | None) -> None:
        self._templates: Mapping[str, Any] = templates or {}
        self._rename = rename
        self._found: dict[str, str] = {}
        """Locations by the address that references have: there are few files of many chunks."""

    def find(self, address: str) -> str:
        """Find the location of a file from the address in a reference."""
        found = self._found.get(address)
        if found is None:
            written = _TEMPLATE.sub(self._expand, address)
            found = _location(written if self._rename is None else self._rename(written))
            self._found[address] = found
        return found

    def _expand(self, template: re.Match[str]) -> str:
        value = self._templates.get(template[1].strip())
        if not isinstance(value, str) or "{{" in value:
            raise invalid_member(
                ("templates",), f"expected a text for {excerpt(template[0])}; {EXPAND}"
            )
        return value


_TEMPLATE: Final = re.compile(r"\{\{(.*?)\}\}")


def _location(address: str) -> str:
    scheme, separator, rest = address.partition("://")
    if not separator or scheme in ("file", "local"):
        return Path(rest if separator else address).absolute().as_uri()
    if scheme in ("http", "https"):
        return address
    for char in "%?#":  # a URL of fsspec has them as they are
        rest = rest.replace(char, f"%{ord(char):02X}")
    return f"{_SCHEMES.get(scheme, scheme)}://{rest}"


class _Writer:
    """Writes documents and chunks into the store of a session."""

    def __init__(self, icechunk: Any, store: Any, path: str, checksum: Any) -> None:
        from zarr.registry import get_buffer_class

        self._spec = icechunk.VirtualChunkSpec
        self._store = store
        self._path = path
        self._checksums = (checksum, None) if isinstance(checksum, str) else (None, checksum)
        self._buffer = get_buffer_class().from_bytes

    async def write_documents(self, documents: Mapping[str, dict[str, Any]]) -> None:
        """Write the documents of arrays and groups, and the groups that they are in."""
        written = {join(self._path, node).rstrip("/"): found for node, found in documents.items()}
        for node, document in written.items():
            if await self._exists(node):
                raise BackendError(
                    "icechunk",
                    f"the session has {excerpt(node or 'a root group')} already, whose chunks would"
                    " be mixed with those of the references; delete it, or write into another path",
                )
            await self._set(join(node, "zarr.json"), json.dumps(document).encode())
        parents = {parent for node in written for parent in _parents(node)}
        for parent in parents - written.keys():
            if not await self._exists(parent):
                await self._set(join(parent, "zarr.json"), _GROUP)

    async def _exists(self, node: str) -> bool:
        return bool(await self._store.exists(join(node, "zarr.json")))

    async def _set(self, key: str, data: bytes) -> None:
        await self._store.set(key, self._buffer(data))

    async def write_chunks(
        self, references: Mapping[str, Any], keys: ChunkKeys, locations: _Locations
    ) -> None:
        """Write the chunks: inlined ones as they are, and the others as virtual chunks."""
        pending: dict[str, list[Any]] = {}
        count = 0
        for key, value in items_of(references):
            if split_key(key)[1] in FILES:
                continue
            found = keys.find(key)
            if found is None:
                raise invalid_member((key,), "expected the key of a chunk in an array of the set")
            node, index = join(self._path, found[0]).rstrip("/"), found[1]
            if isinstance(value, (str, bytes)):
                await self._set(join(node, "/".join(("c", *index))), _inlined(key, value))
                continue
            location, offset, length = _virtual(key, value, locations)
            pending.setdefault(node, []).append(
                self._spec([*map(int, index)], location, offset, length, *self._checksums)
            )
            count += 1
            if count % BATCH == 0:
                await self._write_virtual(pending)
        await self._write_virtual(pending)

    async def _write_virtual(self, pending: dict[str, list[Any]]) -> None:
        for node, chunks in pending.items():
            failed = await self._store.set_virtual_refs_async(
                node, chunks, validate_containers=True
            )
            if failed:
                location = next(
                    chunk.location for chunk in chunks if tuple(chunk.index) == tuple(failed[0])
                )
                raise BackendUnsupportedError(
                    "icechunk",
                    f"no virtual chunk container of the repository has {excerpt(location)};"
                    " set_virtual_chunk_container of its configuration adds one, and"
                    " authorize_virtual_chunk_access opens it",
                )
        pending.clear()


_GROUP: Final = b'{"zarr_format": 3, "node_type": "group", "attributes": {}}'


def _parents(node: str) -> list[str]:
    parts = node.split("/") if node else []
    return ["/".join(parts[:length]) for length in range(len(parts))]


def _inlined(key: str, value: str | bytes) -> bytes:
    if isinstance(value, bytes):
        return value
    if not value.startswith("base64:"):
        return value.encode()
    try:
        return base64.b64decode(value[7:], validate=True)
    except binascii.Error as error:
        raise invalid_member((key,), f"expected a chunk as base64: {error}") from None


def _virtual(key: str, value: Any, locations: _Locations) -> tuple[str, int, int]:
    """Read the location, offset and length of a reference to a part of a file, or to all of it."""
    match value:
        case [str(address), offset, length] if _is_size(offset) and _is_size(length):
            return locations.find(address), int(offset), int(length)
        case [str(address)]:
            location = locations.find(address)
            try:
                return location, 0, os.path.getsize(url2pathname(location.partition("file://")[2]))
            except OSError:
                raise invalid_member(
                    (key,),
                    "expected [address, offset, length], since Icechunk wants the length of a file"
                    f" that is not here to be measured, got {excerpt(value)}",
                ) from None
        case _:
            raise invalid_member(
                (key,),
                "expected [address, offset, length] or an inlined chunk as text,"
                f" got {excerpt(value)}",
            )


def _is_size(value: Any) -> bool:
    """Whether it is a whole number of any class: Parquet references have NumPy's."""
    return hasattr(value, "__index__") and not isinstance(value, bool) and int(value) >= 0
