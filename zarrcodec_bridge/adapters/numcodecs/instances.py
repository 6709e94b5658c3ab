"""Objects with the numcodecs API from the registry of numcodecs: the only import of numcodecs.

https://numcodecs.readthedocs.io/en/stable/abc.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from typing import Any, Final, Protocol, cast, runtime_checkable

from zarrcodec_bridge.core.contexts import WriteContext
from zarrcodec_bridge.core.errors import (
    BackendError,
    BackendMissingError,
    BackendUnsupportedError,
    NotRepresentableError,
    UnsafeCodecError,
)
from zarrcodec_bridge.core.json_values import MAX_DEPTH
from zarrcodec_bridge.core.messages import Hint, Message, describe_exception, excerpt
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.registry import find
from zarrcodec_bridge.core.spec import NOT_KNOWN, Chunk
from zarrcodec_bridge.dialects import write_codec

PROVIDERS: Final = {
    "zfpy": "numcodecs[zfpy]",
    "pcodec": "numcodecs[pcodec]",
    "crc32c": "numcodecs[crc32c]",
    "msgpack2": "numcodecs[msgpack]",
    "imagecodecs_": "imagecodecs-numcodecs",
    "grib": "kerchunk",
    "fill_hdf_strings": "kerchunk",
    "record_member": "kerchunk",
    "FITSAscii": "kerchunk",
    "FITSVarBintable": "kerchunk",
    "n5_wrapper": "zarr<3",
    "wavpack": "wavpack-numcodecs",
    "gribscan.": "gribscan",
    "rawgrib": "gribscan",
    "vc-delta3d": "vc-delta3d",
}
"""What to install for codecs that numcodecs does not always have, by id or by prefix."""


@runtime_checkable
class NumcodecsObject(Protocol):
    """The numcodecs API of a codec object, whatever its class."""

    codec_id: str | None

    def encode(self, buf: Any) -> Any:
        """Encode a buffer."""
        ...

    def decode(self, buf: Any, out: Any = None) -> Any:
        """Decode a buffer."""
        ...

    def get_config(self) -> dict[str, Any]:
        """The v2 configuration."""
        ...


def instance_of(
    codec: Codec,
    chunk: Chunk | None = None,
    *,
    outer: WriteContext | None = None,
    allow_pickle: bool = False,
) -> NumcodecsObject:
    """Make the numcodecs object of a canonical codec, for the chunk that it sees; `outer` collects the losses.

    Raises as :func:`~zarrcodec_bridge.to_numcodecs`, and :class:`MissingContextError` where its v2 form depends on the
    chunk.
    """
    ctx = WriteContext(dialect="v2", chunk=chunk or NOT_KNOWN, unknown="keep")
    payload = write_codec(codec, ctx)
    if outer is not None:
        outer.losses += ctx.losses
    return instance(payload, allow_pickle=allow_pickle)


def is_chunk_independent(codec: Codec, chunk: Chunk) -> bool:
    """Whether the v2 form of a codec, and so its object, is the same for every chunk; `chunk` is an example."""
    try:
        free, bound = (
            write_codec(codec, WriteContext(dialect="v2", chunk=seen, unknown="keep"))
            for seen in (NOT_KNOWN, chunk)
        )
    except NotRepresentableError:
        return False
    return bool(free == bound)


def instance(payload: dict[str, Any], *, allow_pickle: bool = False) -> NumcodecsObject:
    """Make the numcodecs object of a v2 configuration; raises as :func:`~zarrcodec_bridge.to_numcodecs`."""
    codec_id = str(payload["id"])
    if not allow_pickle:
        refuse_unsafe(payload, codec_id)
    try:
        return _create(payload, codec_id)
    except BackendError:
        raise
    except ImportError as error:
        raise _missing(codec_id, str(error)) from error
    except Exception as error:
        raise BackendUnsupportedError(
            "numcodecs", f"numcodecs refuses {excerpt(payload)}: {describe_exception(error)}"
        ) from error


def _create(payload: dict[str, Any], codec_id: str) -> NumcodecsObject:
    get_codec = _get_codec()
    try:
        return get_codec(payload)
    except Exception as error:
        if not _is_unregistered(error, codec_id):
            raise
    _register_imagecodecs(codec_id)
    return get_codec(payload)


def is_registered(codec_id: str) -> bool:
    """Whether numcodecs has a codec of this id."""
    try:
        _get_codec()({"id": codec_id})
    except Exception as error:  # a codec that needs parameters is registered too
        return not _is_unregistered(error, codec_id)
    return True


def register(cls: type[Any], codec_id: str) -> None:
    """Make a class known to numcodecs, in this process."""
    _get_codec()
    from numcodecs.registry import register_codec  # type: ignore[import-untyped]

    register_codec(cls, codec_id)


def _get_codec() -> Callable[[dict[str, Any]], NumcodecsObject]:
    try:
        from numcodecs.registry import get_codec
    except ImportError as error:
        raise BackendMissingError(
            "numcodecs",
            Message(
                "codec objects need numcodecs, which is not installed: ", Hint(package="numcodecs")
            ),
        ) from error
    return cast(Callable[[dict[str, Any]], NumcodecsObject], get_codec)


def _is_unregistered(error: Exception, codec_id: str) -> bool:
    """Whether the error of numcodecs (0.13: a bare ValueError) means that it has no codec of this id."""
    return isinstance(error, ValueError) and (
        str(error).startswith("codec not available") and codec_id in str(error)
    )


def _register_imagecodecs(codec_id: str) -> None:
    """Register the class of imagecodecs, which has no entry points of numcodecs: what it writes can be opened."""
    if codec_id.startswith("imagecodecs_"):
        with suppress(ImportError):
            for cls in vars(import_module("imagecodecs.numcodecs")).values():
                if isinstance(cls, type) and getattr(cls, "codec_id", None) == codec_id:
                    register(cls, codec_id)
                    return
    raise _missing(codec_id, "it is not registered")


def _missing(codec_id: str, reason: str) -> BackendMissingError | BackendUnsupportedError:
    for name, package in PROVIDERS.items():
        if codec_id == name or (name[-1] in "._" and codec_id.startswith(name)):
            return BackendMissingError(
                "numcodecs",
                Message(
                    f"numcodecs has no codec {excerpt(codec_id)} here ({reason}): ",
                    Hint(package=package),
                ),
            )
    return BackendUnsupportedError(
        "numcodecs",
        f"numcodecs has no codec {excerpt(codec_id)} here ({reason}); install the package that provides it,"
        " or register its class with numcodecs.register_codec",
    )


def refuse_unsafe(config: Any, codec_id: str | None) -> None:
    """Raise :class:`UnsafeCodecError` for a configuration that is `pickle`, or holds it."""
    for name in (codec_id, *_ids(config)):
        found = find("v2", name) if isinstance(name, str) else None
        if found is not None and found[0].unsafe:
            raise UnsafeCodecError(str(name))


def _ids(config: Any, depth: int = 0) -> Iterator[Any]:
    """The ids of the codecs in a configuration."""
    if depth > MAX_DEPTH:
        return
    if isinstance(config, dict):
        mapping = cast(dict[str, Any], config)
        if "id" in mapping:
            yield mapping["id"]
        for value in mapping.values():
            yield from _ids(value, depth + 1)
    elif isinstance(config, (list, tuple)):
        for value in cast(list[Any], config):
            yield from _ids(value, depth + 1)
