"""v3 names that this process reads through our wrappers, and whether other processes read them too."""

from __future__ import annotations

from typing import Any, ClassVar, Final, TypeGuard

from zarrcodec_bridge.adapters.numcodecs.instances import is_registered, register
from zarrcodec_bridge.adapters.zarr_python import backend
from zarrcodec_bridge.core.errors import DuplicateCodecError, NotRepresentableError
from zarrcodec_bridge.core.messages import Hint, Message
from zarrcodec_bridge.core.model import Codec, KeptCodec
from zarrcodec_bridge.core.propagation import name_of
from zarrcodec_bridge.core.registry import find, spec_of
from zarrcodec_bridge.core.spec import Kind
from zarrcodec_bridge.dialects.any_numcodecs import WRAPPERS

_ONLY_HERE: Final[set[str]] = set()
"""Names that were made readable in this process, and that no user asked to register."""


class OurCodec:
    """A zarr-python codec of this package; one class per kind, which reads any name of that kind."""

    kind: ClassVar[Kind]


def is_ours(cls: type[Any]) -> TypeGuard[type[OurCodec]]:
    """Whether it is one of our wrappers."""
    return issubclass(cls, OurCodec)


def claim(name: str) -> None:
    """Remember that the user registers a name, and so can register it in other processes too."""
    _ONLY_HERE.discard(name)


def make_readable(name: str, cls: type[OurCodec], codec: Codec, live: Any = None) -> None:
    """Let this process open what it writes under an unregistered name.

    Raises :class:`DuplicateCodecError` where it reads the name as a codec of another kind.
    """
    registered = _registered(name, cls)
    if live is not None and isinstance(codec, KeptCodec) and not is_registered(codec.name):
        register(type(live), codec.name)
    if registered is None:
        _ONLY_HERE.add(name)
        backend.register(name, cls)


def refuse_unopened(name: str, cls: type[OurCodec], codec: Codec, live: Any = None) -> None:
    """Refuse a name that zarr-python does not read in other processes, and that the user did not register.

    An unregistered codec, of the user's own class or kept by ``unknown``, is accepted: it is read here, and wherever
    the user registers it.

    Raises :class:`NotRepresentableError`, and as :func:`make_readable`.
    """
    if isinstance(codec, KeptCodec) and find("v2", codec.name) is None:
        make_readable(name, cls, codec, live)
        return
    if _registered(name, cls) is None or name in _ONLY_HERE:
        spec = spec_of(type(codec))
        known = spec.no_v3 if spec is not None else ""
        reason = (
            Message(known, ", or make the array with ", Hint("zarr_format", 2)) if known else ""
        )
        raise NotRepresentableError(
            "v3", name_of(codec), reason or _unopened_message(name, cls.kind)
        )


def refuse_unregistered(name: str, cls: type[OurCodec], codec: Codec, live: Any = None) -> None:
    """Refuse as :func:`refuse_unopened` does, and an unregistered codec that this process does not read either."""
    if not isinstance(codec, KeptCodec):
        refuse_unopened(name, cls, codec, live)
    elif _registered(name, cls) is None:
        what = repr(name) if live is None else type(live).__name__
        raise NotRepresentableError(
            "v3",
            codec.name,
            Message(
                "zarr-python reads no codec of that name: call ",
                *_register_or_format_2(what, cls.kind),
            ),
        )


def _unopened_message(name: str, kind: Kind) -> str:
    return Message(
        "zarr-python opens no codec of that name in another process: pass ",
        Hint("unknown", "wrap"),
        f", which writes {WRAPPERS[kind]} (wherever it is read, this package or zarr-any-numcodecs has to be"
        " installed), or call ",
        *_register_or_format_2(repr(name), kind),
    )


def _register_or_format_2(what: str, kind: Kind) -> tuple[str | Hint, ...]:
    return (
        Hint(call="register_with_zarr", argument=f"{what}, kind={kind!r}"),
        " here and in every process that opens the array, or make it with ",
        Hint("zarr_format", 2),
    )


def _registered(name: str, cls: type[OurCodec]) -> type[Any] | None:
    """The class that zarr-python reads the name with.

    Raises :class:`DuplicateCodecError` if it is our wrapper of another kind than `cls`.
    """
    registered = backend.codec_class(name)
    if registered is not None and is_ours(registered) and registered.kind != cls.kind:
        kind = cls.kind
        raise DuplicateCodecError(
            "v3",
            name,
            owner=Message(
                f"a codec of kind {registered.kind} here, and arrays with it as {kind} would not open; where it is"
                f" {kind}, call ",
                Hint(call="register_with_zarr", argument=f"{name!r}, kind={kind!r}, replace=True"),
            ),
        )
    return registered
