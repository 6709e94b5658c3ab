"""One object for both formats: it has the numcodecs API, and is a zarr-python codec of its kind.

zarr-python asks an object for its class: in format 2 for one with the numcodecs API, in format 3 for a subclass of
``zarr.abc.codec``. The two have methods of the same name, `encode` and `decode`. They do not meet: format 3 replaces
each codec by what its `evolve_from_array_spec` gives, and that is zarr-python's own codec.

The classes are made when they are first needed, one for each id and kind, from the libraries that are installed.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from copy import deepcopy
from functools import cached_property, lru_cache
from typing import Any, ClassVar, Final, Literal, cast

from zarrcodec_bridge.adapters.numcodecs.conversion import to_numcodecs
from zarrcodec_bridge.adapters.numcodecs.instances import NumcodecsObject, refuse_unsafe
from zarrcodec_bridge.adapters.unreadable import refuse_unreadable_in_v3
from zarrcodec_bridge.adapters.zarr_python.backend import native_dtype, zarr_version
from zarrcodec_bridge.adapters.zarr_python.objects import registered_object, zarr_json
from zarrcodec_bridge.core.data_types import DataType, DTypeLike, read_dtype
from zarrcodec_bridge.core.errors import (
    BridgeError,
    MissingContextError,
    NotRepresentableError,
    UnsafeCodecError,
    shorten_tracebacks,
)
from zarrcodec_bridge.core.messages import Hint, Message
from zarrcodec_bridge.core.model import Codec, KeptCodec
from zarrcodec_bridge.core.options import read_kind, read_zarr_format
from zarrcodec_bridge.core.propagation import kind_of, name_of, viewed_dtype, with_kind
from zarrcodec_bridge.core.registry import spec_of
from zarrcodec_bridge.core.spec import A2A, A2B, B2B, Kind
from zarrcodec_bridge.dialects.codec_objects import (
    ObjectOfBothFormats,
    has_numcodecs_api,
    is_codec_object,
)
from zarrcodec_bridge.dialects.sources import CodecLike
from zarrcodec_bridge.translation.one_codec import normalize, to_v2, to_v3
from zarrcodec_bridge.translation.placement import v3_slots, zarr_python_context
from zarrcodec_bridge.translation.slots import read_slots

__all__ = ["CodecOfBothFormats", "codec"]

ZARR_BASES: Final[dict[Kind, str]] = {
    A2A: "ArrayArrayCodec",
    A2B: "ArrayBytesCodec",
    B2B: "BytesBytesCodec",
}
"""The base class of each kind in ``zarr.abc.codec``."""

_KIND_OF_BASE: Final[dict[str, Kind]] = {base: kind for kind, base in ZARR_BASES.items()}

ZARR_NAMES: Final = {"vlen-utf8": "VLenUTF8Codec", "vlen-bytes": "VLenBytesCodec"}
"""By name: the class that zarr-python asks for by its name, where the elements are of variable length."""

THREADED: Final = (3, 2)
"""The version from which zarr-python tells each codec what the codec before it puts out; before, what the array has."""


@shorten_tracebacks
def codec(source: CodecLike, *, kind: Kind | None = None) -> CodecOfBothFormats:
    """Make one codec object for arrays of both formats.

    zarr-python takes it wherever it takes a codec, under every version: as one of ``compressors`` or ``filters``, as
    ``serializer``, in ``codecs``, inside shards, in an encoding of xarray. An array of format 2 keeps it as a codec of
    numcodecs, an array of format 3 gets zarr-python's own codec for its data type. Nothing is registered.

    Three places are closed to it. ``zarr.create``, ``zarr.open`` and others that have a ``compressor`` refuse, for
    format 2, every bytes-to-bytes codec of zarr-python: pass ``**array_kwargs(x, zarr_format=2, api="create")`` there,
    or ``compressor=to_numcodecs(x)``. So does ``zarr.zeros_like`` of an array of format 2 that was made with it: open
    that array again. And it is nothing for the ``index_codecs`` of a ``ShardingCodec``.

    Parameters
    ----------
    source : CodecLike
        The codec: JSON of either format, a name, an object of numcodecs or zarr-python, a canonical model.
    kind : {"a2a", "a2b", "b2b"}, optional
        Array-to-array, array-to-bytes or bytes-to-bytes; needed for an object of an unregistered class.

    Returns
    -------
    CodecOfBothFormats
        Frozen, hashable, picklable; equal to what means the same codec. A codec that one format does not have is
        refused when an array of that format is made with it.

    Raises
    ------
    InvalidCodecError, UnknownCodecError
        `source` cannot be read.
    NotRepresentableError
        `kind` is not its kind; or it is, or holds, `pickle`.
    MissingContextError
        Its kind is not known, and `kind` was not given.
    OptionError
        `kind` is not a kind.

    Example
    -------
    >>> compressor = codec("blosc:zstd:9")
    >>> compressor
    codec({'id': 'blosc', 'cname': 'zstd', 'clevel': 9, 'shuffle': 1, 'blocksize': 0})
    >>> compressor.to_json(3, dtype="int32")["configuration"]["typesize"]
    4
    """
    kind = read_kind(kind)
    if isinstance(source, ObjectOfBothFormats):
        kind, source = kind or source.kind, cast(CodecLike, source.source)
    found = normalize(source, unknown="keep" if is_codec_object(source) else "error")
    given = kind or _kind_of_class(type(source))
    found = found if given is None else with_kind(found, given)
    known = kind_of(found)
    if known is None:
        raise MissingContextError(
            "v3", name_of(found), "its kind ('a2a', 'a2b' or 'b2b') is not known", ["kind"]
        )
    if kind not in (None, known):
        raise NotRepresentableError("v3", name_of(found), f"its kind is {known}, not {kind}")
    codec_id = _codec_id(found)
    _refuse_unsafe(source, codec_id)
    own = type(source) if isinstance(found, KeptCodec) and is_codec_object(source) else None
    return _class_of(codec_id, known, own)(source, found)


def _kind_of_class(cls: type[Any]) -> Kind | None:
    """The kind of a codec class of zarr-python."""
    for base in cls.__mro__:
        if base.__module__ == "zarr.abc.codec" and base.__name__ in _KIND_OF_BASE:
            return _KIND_OF_BASE[base.__name__]
    return None


def _codec_id(found: Codec) -> str:
    """The v2 id of a codec; its v3 name where v2 has no form of it."""
    spec = spec_of(type(found))
    return spec.v2[0].name if spec is not None and spec.v2 else name_of(found)


def _refuse_unsafe(source: CodecLike, codec_id: str) -> None:
    try:
        refuse_unsafe(to_v2(source, unknown="keep"), codec_id)
    except UnsafeCodecError as error:
        raise NotRepresentableError(
            "v3",
            error.codec,
            Message(
                "it executes code from the data that it decodes; for an array of format 2 that you trust, use ",
                Hint(call="to_numcodecs", argument="..., allow_pickle=True"),
            ),
        ) from None
    except NotRepresentableError:
        return


class CodecOfBothFormats(ObjectOfBothFormats):
    """What :func:`codec` gives: the methods of both libraries."""

    codec_id: ClassVar[str]
    """The v2 id, as numcodecs has it."""
    kind: ClassVar[Kind]
    """Array-to-array, array-to-bytes or bytes-to-bytes."""
    model: Codec
    """The canonical model."""
    is_fixed_size: ClassVar[bool] = False
    _own_class: ClassVar[type[Any] | None]

    def __init__(self, source: Any, model: Codec) -> None:
        source = deepcopy(dict(source)) if isinstance(source, Mapping) else source
        self.__dict__.update(source=source, model=model)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{name}: a codec of both formats cannot be changed; make another one")

    def to_json(self, zarr_format: Literal[2, 3], dtype: DTypeLike | None = None) -> dict[str, Any]:
        """Give the JSON of the codec as zarr-python writes it in that format.

        Parameters
        ----------
        zarr_format : {2, 3}
            The format.
        dtype : optional
            The data type of the elements that the codec sees; without it, parameters that depend on it are left out.

        Raises
        ------
        NotRepresentableError
            The format has no form of it.

        Example
        -------
        >>> [codec("gzip:5").to_json(zarr_format) for zarr_format in (2, 3)]
        [{'id': 'gzip', 'level': 5}, {'name': 'gzip', 'configuration': {'level': 5}}]
        """
        if read_zarr_format(zarr_format) == 3:
            return zarr_json(self.source, dtype=dtype, kind=self.kind)
        return to_v2(self.source, dtype=dtype)

    @cached_property
    def _live(self) -> NumcodecsObject:
        found: NumcodecsObject = to_numcodecs(self.source)
        return found

    # The API of numcodecs.

    def encode(self, buf: Any) -> Any:
        """Encode a buffer, as numcodecs does."""
        return self._live.encode(buf)

    def decode(self, buf: Any, out: Any = None) -> Any:
        """Decode a buffer, as numcodecs does."""
        return self._live.decode(buf) if out is None else self._live.decode(buf, out)

    def get_config(self) -> dict[str, Any]:
        """Give the v2 JSON."""
        return self.to_json(2)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> CodecOfBothFormats:
        """Make the object of v2 JSON, with or without its `id`."""
        if cls._own_class is not None:
            return codec(cls._own_class.from_config(config), kind=cls.kind)
        return codec({"id": cls.codec_id, **config}, kind=cls.kind)

    # The API of zarr-python's codecs.

    def to_dict(self) -> dict[str, Any]:
        """Give the v2 JSON: zarr-python writes it into ``.zarray``; in format 3 it never asks this object.

        Raises :class:`~zarrcodec_bridge.BackendError` where numcodecs could not write the chunks.
        """
        config = self.get_config()
        _ = self._live
        return config

    @classmethod
    def from_dict(cls, data: CodecLike) -> CodecOfBothFormats:
        """Make the object of JSON of either format."""
        return codec(data, kind=cls.kind)

    def evolve_from_array_spec(self, array_spec: Any) -> Any:
        """Give zarr-python's own codec for an array of format 3.

        Raises :class:`~zarrcodec_bridge.NotRepresentableError` where other processes would read other elements.
        """
        if self.kind == A2A and not isinstance(self.model, KeptCodec):
            self._check_elements(read_dtype(native_dtype(array_spec)))
        try:
            found = registered_object(self.source, self.kind)
        except MissingContextError:
            found = registered_object(
                self.source, self.kind, read_dtype(native_dtype(array_spec)).to_v2()
            )
        return found.evolve_from_array_spec(array_spec)

    def _check_elements(self, dtype: DataType) -> None:
        """Refuse a filter that views elements as other ones, for which zarr-python and numcodecs differ."""
        view = viewed_dtype(self.model)
        same_size = view is not None and view.itemsize == dtype.itemsize
        if not same_size and zarr_version() < THREADED:
            return  # it may stand behind another filter, and fails on the first chunk if it does not
        slots = read_slots(filters=cast(CodecLike, self), compressors=None)
        ctx = zarr_python_context("v3", dtype)
        refuse_unreadable_in_v3(v3_slots(slots.encoding(dtype, new=True), ctx), dtype)

    def validate(self, **array: Any) -> None:
        """Check the codec against an array of format 3: shards ask before they have zarr-python's own codec."""
        with suppress(MissingContextError):
            registered_object(self.source, self.kind).validate(**array)

    def resolve_metadata(self, chunk_spec: Any) -> Any:
        """Give the specification of the chunk that the next codec of a shard sees."""
        return self.evolve_from_array_spec(chunk_spec).resolve_metadata(chunk_spec)

    def compute_encoded_size(self, input_byte_length: int, chunk_spec: Any) -> int:
        """Give the number of bytes that it makes of this number of bytes."""
        found = self.evolve_from_array_spec(chunk_spec)
        return int(found.compute_encoded_size(input_byte_length, chunk_spec))

    # Comparison, pickling and text.

    def __eq__(self, other: object) -> bool:
        if isinstance(other, CodecOfBothFormats):
            return bool(self.model == other.model)
        # A codec of zarr-python is not equal, since a shard would then keep this object in its place.
        if not has_numcodecs_api(other):
            return NotImplemented
        try:
            found = normalize(cast(CodecLike, other), unknown="keep")
        except BridgeError:
            return False
        return bool(self.model == with_kind(found, self.kind))

    def __hash__(self) -> int:
        return hash(self.model)

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self.source, self.kind)

    def __repr__(self) -> str:
        if self._own_class is not None:
            return f"codec({self.source!r}, kind={self.kind!r})"
        for write in (to_v2, to_v3):
            with suppress(NotRepresentableError):
                return f"codec({write(self.source)!r})"
        return f"codec({self.source!r})"


def _restore(source: Any, kind: Kind) -> CodecOfBothFormats:
    return codec(source, kind=kind)


@lru_cache(maxsize=256)
def _class_of(codec_id: str, kind: Kind, own_class: type[Any] | None) -> type[CodecOfBothFormats]:
    """The class of a codec, whose bases are those that the installed libraries ask for."""
    bases: list[type[Any]] = [CodecOfBothFormats]
    with suppress(ImportError):
        from numcodecs.abc import Codec as NumcodecsCodec  # type: ignore[import-untyped]

        bases.append(NumcodecsCodec)
    with suppress(ImportError):  # zarr-python 2 has no such module
        from zarr.abc import codec as zarr_codecs

        bases.append(getattr(zarr_codecs, ZARR_BASES[kind]))
    name = ZARR_NAMES.get(codec_id, CodecOfBothFormats.__name__)
    members = {
        "codec_id": codec_id,
        "kind": kind,
        "_own_class": own_class,
        "__module__": __name__,
        "__doc__": CodecOfBothFormats.__doc__,
    }
    return cast(type[CodecOfBothFormats], type(name, tuple(bases), members))
