"""v3 names that users ask zarr-python to read through our wrappers, in this process."""

from __future__ import annotations

from typing import Any, Final

from zarrcodec_bridge.adapters.numcodecs.instances import NumcodecsObject, register
from zarrcodec_bridge.adapters.zarr_python import backend, names
from zarrcodec_bridge.core.errors import (
    DuplicateCodecError,
    InvalidCodecError,
    MissingContextError,
    NotRepresentableError,
    shorten_tracebacks,
)
from zarrcodec_bridge.core.options import check_flag, read_kind
from zarrcodec_bridge.core.registry import find
from zarrcodec_bridge.core.spec import Kind

_USED_BY_ZARR: Final = frozenset({"bytes", "crc32c", "sharding_indexed"})
"""Codecs that zarr-python makes itself, for shards and their index, and reads back by these names."""


@shorten_tracebacks
def register_with_zarr(
    codec: str | type[Any] | NumcodecsObject, *, kind: Kind | None = None, replace: bool = False
) -> str:
    """Make zarr-python read a v3 name, in this process, through the object with the numcodecs API.

    Arrays that were written with :func:`to_zarr` of a codec that only numcodecs knows open after this call. A package
    that has such a codec makes the call needless with an entry point::

        [project.entry-points."zarr.codecs"]
        my_codec = "zarrcodec_bridge.adapters.zarr_python.wrappers:WrappedArrayBytes"

    Parameters
    ----------
    codec : str, class or object
        A v3 name, which is also the codec's id in numcodecs or one that this library knows; or a class, or an
        instance of one, with the numcodecs API, which is then registered with numcodecs too.
    kind : {"a2a", "a2b", "b2b"}, optional
        Array-to-array, array-to-bytes or bytes-to-bytes; needed for an unregistered codec.
    replace : bool
        Take the place of a class that zarr-python or another package provides. zarr-python's configuration
        (``codecs``) then names ours.

    Returns
    -------
    str
        The v3 name.

    Raises
    ------
    DuplicateCodecError
        zarr-python reads the name with another class, and `replace` is false.
    NotRepresentableError
        It has another kind than `kind`, or zarr-python needs its own class of that name for shards.
    MissingContextError
        Its kind is not known, and `kind` was not given.
    OptionError
        `kind` is not a kind, or `replace` neither true nor false.

    Example
    -------
    >>> register_with_zarr("base64")
    'base64'
    """
    kind = read_kind(kind)
    check_flag("replace", replace)
    backend.require()
    from zarrcodec_bridge.adapters.zarr_python.wrappers import KINDS

    name = codec if isinstance(codec, str) else getattr(codec, "codec_id", None)
    if not isinstance(name, str):
        raise InvalidCodecError.at((), "expected a name, or a codec with the numcodecs API")
    found = find("v3", name) or find("v2", name)
    known = found[0].kind if found is not None else None
    if kind is None:
        kind = known
    if kind is None:
        raise MissingContextError(
            "v3", name, "its kind ('a2a', 'a2b' or 'b2b') is not known", ["kind"]
        )
    if known is not None and kind != known:
        raise NotRepresentableError("v3", name, f"its kind is {known}, not {kind}")
    cls, present = KINDS[kind], backend.codec_class(name)
    if present is not None and present is not cls and not replace:
        raise DuplicateCodecError("v3", name, owner=backend.class_name(present))
    if name in _USED_BY_ZARR and present is not cls:
        raise NotRepresentableError(
            "v3",
            name,
            "zarr-python itself makes shards and their index with its own class of this name, also"
            " where another one is registered, and sharded arrays would not open; give the codec"
            " another name",
        )
    if not isinstance(codec, str):
        register(codec if isinstance(codec, type) else type(codec), name)
    names.claim(name)
    if present is not cls:
        backend.register(name, cls)
        if present is not None:
            backend.prefer(name, cls)
    return name
