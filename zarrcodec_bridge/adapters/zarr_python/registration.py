"""Names that zarr-python reads through our wrappers: registered in this process."""

from __future__ import annotations

from typing import Any, Final

from zarrcodec_bridge.adapters.numcodecs import NumcodecsObject, is_registered, register
from zarrcodec_bridge.adapters.zarr_python import backend
from zarrcodec_bridge.core.errors import (
    DuplicateCodecError,
    InvalidCodecError,
    MissingContextError,
    NotRepresentableError,
)
from zarrcodec_bridge.core.model import Codec, KeptCodec
from zarrcodec_bridge.core.options import read_kind
from zarrcodec_bridge.core.propagation import name_of
from zarrcodec_bridge.core.registry import find, spec_of
from zarrcodec_bridge.core.spec import Kind
from zarrcodec_bridge.dialects.any_numcodecs import WRAPPERS

__all__ = ["is_ours", "make_readable", "refuse_unopened", "register_with_zarr"]

_ONLY_HERE: Final[set[str]] = set()
"""Names that were made readable in this process, and that nobody asked to have registered."""


_USED_BY_ZARR: Final = frozenset({"bytes", "crc32c", "sharding_indexed"})
"""What zarr-python makes for itself, and reads back by these names: the codecs of shards and of their index."""


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
        Array-to-array, array-to-bytes or bytes-to-bytes; needed for a codec that no definition describes.
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
        It is of another kind than `kind`, or zarr-python needs its own class of that name for shards.
    MissingContextError
        Its kind is not known, and `kind` was not given.
    ValueError
        `kind` is no kind.

    Example
    -------
    >>> register_with_zarr("base64")
    'base64'
    """
    kind = read_kind(kind)
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
            "v3", name, "nothing says of what kind it is", ["kind ('a2a', 'a2b' or 'b2b')"]
        )
    if known is not None and kind != known:
        raise NotRepresentableError("v3", name, f"its kind is {known}, not {kind}")
    cls, present = KINDS[kind], backend.codec_class(name)
    if present is not None and present is not cls and not replace:
        raise DuplicateCodecError("v3", name, owner=backend.named(present))
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
    _ONLY_HERE.discard(name)
    if present is not cls:
        backend.register(name, cls)
        if present is not None:
            backend.prefer(name, cls)
    return name


def make_readable(name: str, kind: Kind, codec: Codec, live: Any = None) -> None:
    """Let this process open what it writes under a name that nobody has.

    Raises :class:`DuplicateCodecError` where it reads the name as a codec of another kind.
    """
    from zarrcodec_bridge.adapters.zarr_python.wrappers import KINDS

    present = _present(name, kind)
    if live is not None and isinstance(codec, KeptCodec) and not is_registered(codec.name):
        register(type(live), codec.name)
    if present is None:
        _ONLY_HERE.add(name)
        backend.register(name, KINDS[kind])


def refuse_unopened(name: str, kind: Kind, codec: Codec, live: Any = None) -> None:
    """Refuse a name that zarr-python reads in no process, or in this one only, where nobody registered it.

    A codec of the caller's own class, or one that was asked to be kept, is read here by that class, and wherever the
    caller registers it.

    Raises :class:`NotRepresentableError`, and as :func:`make_readable`.
    """
    if isinstance(codec, KeptCodec) and find("v2", codec.name) is None:
        make_readable(name, kind, codec, live)
        return
    if _present(name, kind) is None or name in _ONLY_HERE:
        spec = spec_of(type(codec))
        known = spec.no_v3 if spec is not None else ""
        reason = f"{known}, or make the array with zarr_format=2" if known else ""
        raise NotRepresentableError("v3", name_of(codec), reason or _unopened(name, kind))


def _unopened(name: str, kind: Kind) -> str:
    return (
        "zarr-python opens no codec of that name in another process: pass unknown='wrap', which writes"
        f" {WRAPPERS[kind]} (wherever it is read, this package or zarr-any-numcodecs has to be"
        f" installed), or call register_with_zarr({name!r}, kind={kind!r}) here and in every process that opens"
        " the array, or make it with zarr_format=2"
    )


def _present(name: str, kind: Kind) -> type[Any] | None:
    """The class that zarr-python reads the name with; raises :class:`DuplicateCodecError` if of another kind."""
    from zarrcodec_bridge.adapters.zarr_python.wrappers import KINDS

    present = backend.codec_class(name)
    others = {cls: other for other, cls in KINDS.items() if other != kind}
    if present in others:
        raise DuplicateCodecError(
            "v3",
            name,
            owner=f"a codec of kind {others[present]} here, and arrays with it as {kind} would not open; where it is"
            f" {kind}, call register_with_zarr({name!r}, kind={kind!r}, replace=True)",
        )
    return present


def is_ours(cls: type[Any]) -> bool:
    """Whether it is one of our wrappers."""
    from zarrcodec_bridge.adapters.zarr_python.wrappers import KINDS

    return cls in KINDS.values()
