"""From what a caller has to a store: a path, a URL, a mapping, a store object."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping, MutableMapping
from importlib import import_module
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit
from urllib.request import url2pathname

from zarrcodec_bridge.core.errors import BackendMissingError
from zarrcodec_bridge.core.messages import Hint, Message, describe_exception
from zarrcodec_bridge.core.redaction import redact_error, secrets_in, without_secrets
from zarrcodec_bridge.dialects.inputs import describe_input
from zarrcodec_bridge.stores.archives import ZipArchive
from zarrcodec_bridge.stores.boundary import DOCUMENT_LIMIT
from zarrcodec_bridge.stores.directories import LocalDirectory
from zarrcodec_bridge.stores.http_store import HttpStore, check_address, is_http
from zarrcodec_bridge.stores.layout import METADATA
from zarrcodec_bridge.stores.mappings import MappingStore
from zarrcodec_bridge.stores.remote import FsspecStore, ZarrStore
from zarrcodec_bridge.stores.store import Documents, MigrationError, check_number

_DIRECTORIES: Final = frozenset({"DirectoryStore", "NestedDirectoryStore"})
"""The stores of zarr-python 2 that are directories."""


def open_documents(
    store: Any,
    storage_options: Mapping[str, Any] | None = None,
    *,
    follow_links: bool = False,
    document_limit: int = DOCUMENT_LIMIT,
) -> Documents:
    """A store as its documents.

    Parameters
    ----------
    store : str, path, mapping, or store object
        A directory, a zip file, a URL that fsspec knows, a mapping from keys to bytes, an fsspec map, a store of
        zarr-python, or an object with the methods of :class:`Documents`.
    storage_options : mapping, optional
        For a URL: what fsspec's file system takes.
    follow_links : bool
        Whether links may lead out of a directory, and redirects to another server.
    document_limit : int
        The bytes of a document at most, in a directory, in an archive and on a server.

    Raises
    ------
    MigrationError
        There is no such store, or `document_limit` is not a positive number.
    BackendMissingError
        It is a URL, and fsspec or the file system's own package is not installed.
    """
    check_number("document_limit", document_limit, 1)
    opened = _find_store(store, storage_options)
    if isinstance(opened, (ZipArchive, FsspecStore, ZarrStore)):
        opened.document_limit = document_limit
    if isinstance(opened, HttpStore):
        opened.follow_links = follow_links
    if not isinstance(opened, _Directory):
        return opened
    try:
        directory = LocalDirectory(opened.path, follow_links, document_limit)
    except OSError as error:
        raise MigrationError(
            f"{opened.path} cannot be opened: {describe_exception(error)}"
        ) from error
    if (problem := directory.journal_problem()) is not None:
        directory.close(keep=False)
        raise MigrationError(f"{opened.path}: {problem}")
    return directory


class _Directory(NamedTuple):
    """A directory that is still to be opened."""

    path: str


def _find_store(store: Any, storage_options: Mapping[str, Any] | None) -> Documents | _Directory:
    if isinstance(store, (str, os.PathLike)):
        location = os.fspath(store)
        if not isinstance(location, str):
            location = os.fsdecode(location)
        if "://" in location or "::" in location:
            return _open_url(location, dict(storage_options or {}))
        if storage_options:
            raise MigrationError(f"storage options are for URLs, and {location} is a path")
        return _open_path(location)
    if storage_options:
        raise MigrationError("storage options are for URLs, and the store is an object")
    if isinstance(store, Documents):
        return store
    if isinstance(store, dict) and store.keys() & {"zarr_format", "zarr_consolidated_format"}:
        found = describe_input(store) or "a document"
        raise MigrationError(Message("expected a path, a URL, a mapping or a store, got ", found))
    if isinstance(store, MutableMapping):
        if type(store).__module__.startswith("zarr.") and type(store).__name__ in _DIRECTORIES:
            return _open_path(str(store.path))  # type: ignore[attr-defined]
        filesystem, root = getattr(store, "fs", None), getattr(store, "root", None)
        if filesystem is not None and isinstance(root, str):
            return _open_filesystem(filesystem, root)
        return MappingStore(store)
    if hasattr(store, "list_dir") and hasattr(store, "get"):
        return _open_zarr_store(store)
    raise MigrationError(
        f"expected a path, a URL, a mapping or a store, got {type(store).__name__}"
    )


def _open_path(path: str) -> Documents | _Directory:
    if not path:
        raise MigrationError("expected a path or a URL, got an empty text")
    path = os.path.abspath(path)
    if os.path.isdir(path):
        return _Directory(path)
    if not os.path.exists(path):
        raise MigrationError(f"there is no directory or zip file at {path}")
    if zipfile.is_zipfile(path):
        return ZipArchive(path)
    folder, name = os.path.split(path)
    if name in METADATA:
        raise MigrationError(f"{path} is a document in a store; pass the folder, {folder}")
    raise MigrationError(f"expected a directory or a zip file at {path}, got another file")


def _local_path(url: str) -> str:
    """The path in a file URL, which fsspec takes as it stands and others quote."""
    plain = url.removeprefix("file://")
    return plain if os.path.exists(plain) else url2pathname(urlsplit(url).path)


def _open_url(url: str, options: dict[str, Any]) -> Documents | _Directory:
    if url.startswith("file://") and "::" not in url:
        return _open_path(_local_path(url))
    try:
        url_to_fs = import_module("fsspec.core").url_to_fs
    except ImportError:
        raise BackendMissingError(
            "fsspec",
            Message(f"opening {without_secrets(url)} needs fsspec; ", Hint(package="fsspec")),
        ) from None
    secrets = secrets_in(url, options)
    try:
        filesystem, root = url_to_fs(url, **options)
    except Exception as error:  # every backend has its own
        clean = redact_error(error, secrets)
        text = f"{without_secrets(url)}: {without_secrets(str(clean), secrets)}"
        cause = error if clean is error else None
        if isinstance(error, ImportError):
            raise BackendMissingError("fsspec", f"opening {text}") from cause
        raise MigrationError(f"cannot open {text}") from cause
    return _open_filesystem(filesystem, root, secrets)


def _open_filesystem(
    filesystem: Any, root: str, secrets: frozenset[str] = frozenset()
) -> Documents | _Directory:
    filesystem = getattr(filesystem, "sync_fs", filesystem)
    if type(filesystem).__name__ == "DirFileSystem":
        inner = str(filesystem.path).rstrip("/")
        return _open_filesystem(
            filesystem.fs, f"{inner}/{root}" if root.strip("/") else inner, secrets
        )
    protocol = filesystem.protocol
    if "file" in ((protocol,) if isinstance(protocol, str) else protocol):
        return _open_path(root)
    if getattr(filesystem, "asynchronous", False):
        options = {**filesystem.storage_options, "asynchronous": False}
        filesystem = type(filesystem)(*filesystem.storage_args, **options)
    secrets |= secrets_in(root, getattr(filesystem, "storage_options", None))
    check_address(root)
    kind = HttpStore if is_http(filesystem) else FsspecStore
    return kind(filesystem, root, secrets)


def _open_zarr_store(store: Any) -> Documents | _Directory:
    """A store of zarr-python 3; what is a directory, a zip file or fsspec below is taken as that."""
    from zarr import storage

    read_only = getattr(store, "read_only", False)
    if type(store) is storage.FsspecStore:
        opened = _open_filesystem(store.fs, store.path)
        if read_only and isinstance(opened, FsspecStore):
            opened.read_only = opened.read_only or "the store was opened to be read only"
        if not read_only or isinstance(opened, FsspecStore):
            return opened
    if read_only:
        return ZarrStore(store)
    if type(store) is storage.LocalStore:
        return _open_path(str(store.root))
    if type(store) is storage.ZipStore:
        return _open_path(str(store.path))
    return ZarrStore(store)
