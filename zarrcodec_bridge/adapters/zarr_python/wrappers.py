"""zarr-python codecs of our own around objects with the numcodecs API, one class per kind.

They implement the public base classes of :mod:`zarr.abc.codec`: the asynchronous methods that every 3.x calls and the
synchronous ones of its fused pipeline (3.4). One instance of the object serves all threads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from math import prod
from typing import Any, ClassVar, Final, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from zarr.abc.codec import ArrayArrayCodec, ArrayBytesCodec, BytesBytesCodec

from zarrcodec_bridge.adapters.numcodecs.instances import (
    NumcodecsObject,
    instance_of,
    is_chunk_independent,
)
from zarrcodec_bridge.adapters.zarr_python.backend import native_dtype, with_elements
from zarrcodec_bridge.adapters.zarr_python.chunks import (
    as_bytes,
    as_elements,
    copy_if_shared,
    flat_bytes,
    native,
)
from zarrcodec_bridge.adapters.zarr_python.names import OurCodec, make_readable
from zarrcodec_bridge.adapters.zarr_python.sizes import growth_of, has_no_length
from zarrcodec_bridge.core.data_types import read_dtype
from zarrcodec_bridge.core.errors import (
    BackendUnsupportedError,
    DuplicateCodecError,
    InvalidCodecError,
)
from zarrcodec_bridge.core.messages import Hint, Message
from zarrcodec_bridge.core.model import Codec, KeptCodec, frozen, thaw
from zarrcodec_bridge.core.propagation import (
    array_chunk,
    effect_of,
    kind_of,
    name_of,
    output_dtype,
    viewed_dtype,
)
from zarrcodec_bridge.core.registry import spec_of
from zarrcodec_bridge.core.spec import A2A, A2B, B2B, Chunk, Kind
from zarrcodec_bridge.translation.one_codec import normalize, to_v3

Layout: TypeAlias = tuple[np.dtype[Any], tuple[int, ...]]
"""The data type and the shape of a chunk."""

SLACK: Final = 1024
"""How many bytes a compressor may get beyond those of the chunk: checksums, a filter's header."""


@dataclass(frozen=True, repr=False)
class _Wrapped(OurCodec):
    """The base of all wrappers: the v3 JSON, its codec, and the numcodecs object that encodes and decodes."""

    payload: str
    """The v3 JSON as text; wrappers with equal text are equal."""
    codec: Codec = field(compare=False)
    live: NumcodecsObject | None = field(default=None, compare=False, repr=False)
    """The object; ``None`` where there is another one for each shape of chunk."""
    layouts: dict[Layout, Layout] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    """Output data types and shapes of an array-to-array codec, by those of its input, as far as they were needed."""

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Read v3 JSON, for zarr-python; any name that this library or numcodecs knows.

        Raises :class:`InvalidCodecError` for a codec of another kind.
        """
        return cls.around(data, normalize(dict(data), unknown="keep"))

    @classmethod
    def around(
        cls, payload: dict[str, Any], codec: Codec, live: NumcodecsObject | None = None
    ) -> Self:
        """Wrap a codec; without the object itself, one is made.

        `pickle` is never made here: give the object.
        """
        if isinstance(codec, KeptCodec):
            codec = codec.model_copy(update={"kind": cls.kind})
        if kind_of(codec) != cls.kind:
            raise InvalidCodecError.at(
                ("name",), f"expected a codec of kind {cls.kind}, got {name_of(codec)}"
            )
        if live is None and is_chunk_independent(codec, cls._seen(np.dtype(np.float32), (2, 3))):
            live = instance_of(codec)
        return cls(frozen(payload), codec, live)

    def to_dict(self) -> dict[str, Any]:
        """The v3 JSON."""
        payload: dict[str, Any] = thaw(self.payload)
        return payload

    def evolve_from_array_spec(self, array_spec: Any) -> Self:
        """Fill in the parameters that depend on the array."""
        spec = spec_of(type(self.codec))
        if spec is None or spec.resolve is None:
            return self
        if all(getattr(self.codec, name, 0) is not None for name in spec.array_dependent):
            return self
        dtype = read_dtype(native_dtype(array_spec))
        resolved = spec.resolve(self.codec, array_chunk(dtype, None, tuple(array_spec.shape)))
        return self.around(to_v3(resolved, target="zarr-python"), resolved)

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.payload, self.codec, self.live)

    def __repr__(self) -> str:
        payload = self.to_dict()
        return f"{type(self).__name__}({payload['name']!r}, {payload.get('configuration', {})!r})"

    def _object(self, spec: Any) -> NumcodecsObject:
        if self.live is not None:
            return self.live
        codec: Any = self.codec
        return _object_for(codec, self._seen(native_dtype(spec), tuple(spec.shape)))

    @classmethod
    def _seen(cls, dtype: np.dtype[Any], shape: tuple[int, ...]) -> Chunk:
        """A chunk of this data type and shape as the codec sees it."""
        found = array_chunk(read_dtype(dtype), None, shape)
        return Chunk(found.itemsize) if cls.kind == B2B else found

    def _encode_sync(self, chunk_data: Any, chunk_spec: Any) -> Any:
        raise NotImplementedError

    def _decode_sync(self, chunk_data: Any, chunk_spec: Any) -> Any:
        raise NotImplementedError

    async def encode(self, chunks_and_specs: Iterable[tuple[Any, Any]]) -> Iterable[Any]:
        """Encode a batch of chunks; a single chunk, which is zarr-python's default, directly."""
        batch = list(chunks_and_specs)
        if len(batch) != 1:
            return await super().encode(batch)  # type: ignore[misc, no-any-return]
        chunk, spec = batch[0]
        return [None if chunk is None else await self._encode_single(chunk, spec)]

    async def decode(self, chunks_and_specs: Iterable[tuple[Any, Any]]) -> Iterable[Any]:
        """Decode a batch of chunks; a single chunk directly."""
        batch = list(chunks_and_specs)
        if len(batch) != 1:
            return await super().decode(batch)  # type: ignore[misc, no-any-return]
        chunk, spec = batch[0]
        return [None if chunk is None else await self._decode_single(chunk, spec)]

    async def _encode_single(self, chunk_data: Any, chunk_spec: Any) -> Any:
        return await asyncio.to_thread(self._encode_sync, chunk_data, chunk_spec)

    async def _decode_single(self, chunk_data: Any, chunk_spec: Any) -> Any:
        return await asyncio.to_thread(self._decode_sync, chunk_data, chunk_spec)


class WrappedArrayArray(_Wrapped, ArrayArrayCodec):
    """An array-to-array codec with the numcodecs API (a filter)."""

    kind: ClassVar[Kind] = A2A

    @property
    def is_fixed_size(self) -> bool:  # type: ignore[override]  # a class attribute in zarr-python
        """Whether its output always has the same size."""
        return not isinstance(self.codec, KeptCodec)

    def resolve_metadata(self, chunk_spec: Any) -> Any:
        """The specification of the chunk that the next codec sees."""
        return with_elements(chunk_spec, *self._encoded_layout(*_layout(chunk_spec)))

    def compute_encoded_size(self, input_byte_length: int, chunk_spec: Any) -> int:
        """The number of bytes that it makes of this number of bytes."""
        if not self.is_fixed_size:
            raise NotImplementedError
        dtype, shape = self._encoded_layout(*_layout(chunk_spec))
        return prod(shape) * dtype.itemsize

    def _encoded_layout(self, dtype: np.dtype[Any], shape: tuple[int, ...]) -> Layout:
        found = self.layouts.get((dtype, shape))
        if found is None:
            known = not isinstance(self.codec, KeptCodec)
            found = (
                _declared_layout(self.codec, dtype, shape) if known else self._probe(dtype, shape)
            )
            self.layouts[dtype, shape] = found
        return found

    def _probe(self, dtype: np.dtype[Any], shape: tuple[int, ...]) -> Layout:
        """The output layout found by encoding zeros: an unregistered codec does not declare it."""
        zeros = np.zeros(shape, dtype)
        try:
            found = (self.live or instance_of(self.codec)).encode(zeros)
        except Exception as error:  # foreign code
            raise self._error(f"fails on zeros: {type(error).__name__}: {error}") from error
        if isinstance(found, np.ndarray) and not found.dtype.hasobject:
            gives = found.dtype.newbyteorder("=")
            return gives, shape if found.size == prod(shape) else tuple(found.shape)
        flat = flat_bytes(found)
        return (dtype, shape) if flat.nbytes == zeros.nbytes else (flat.dtype, flat.shape)

    def _error(self, reason: str) -> BackendUnsupportedError:
        message = f"{name_of(self.codec)} {reason}"
        if isinstance(self.codec, KeptCodec):
            rule = f"{message}; its output must have one data type and shape, or else pass "
            message = Message(rule, Hint("kind", "a2b"))
        return BackendUnsupportedError("numcodecs", message)

    def _encode_sync(self, chunk_data: Any, chunk_spec: Any) -> Any:
        given, live = native(chunk_data), self.live
        found = (self._object(chunk_spec) if live is None else live).encode(given)
        if (
            type(found) is np.ndarray
            and found.dtype is self._output_dtype
            and found.size == given.size
        ):
            array = found.reshape(given.shape)
        else:
            layout = self._encoded_layout(given.dtype, given.shape)
            array = self._as_declared("encodes", found, *layout)
        return chunk_spec.prototype.nd_buffer.from_ndarray_like(array)

    def _decode_sync(self, chunk_data: Any, chunk_spec: Any) -> Any:
        live = self.live
        found = (self._object(chunk_spec) if live is None else live).decode(native(chunk_data))
        array = self._as_declared("decodes", found, native_dtype(chunk_spec), chunk_spec.shape)
        return chunk_spec.prototype.nd_buffer.from_ndarray_like(array)

    @cached_property
    def _output_dtype(self) -> np.dtype[Any] | None:
        """The output data type where it does not depend on the input; ``None`` where it does."""
        if viewed_dtype(self.codec) is None or effect_of(self.codec).output is not None:
            return None
        output = output_dtype(self.codec, None)
        native = np.dtype(output.to_v2()).newbyteorder("=") if output is not None else None
        return np.dtype(native.str) if native is not None else None  # NumPy's own, one for all

    def _as_declared(
        self, does: str, found: Any, dtype: np.dtype[Any], shape: tuple[int, ...]
    ) -> npt.NDArray[Any]:
        try:
            return as_elements(found, dtype, shape)
        except BackendUnsupportedError as error:
            raise self._error(f"{does} another size: {error}") from error


class WrappedArrayBytes(_Wrapped, ArrayBytesCodec):
    """An array-to-bytes codec with the numcodecs API (a serializer)."""

    kind: ClassVar[Kind] = A2B
    is_fixed_size = False

    def compute_encoded_size(self, input_byte_length: int, chunk_spec: Any) -> int:
        """Raise, because the size is not known: the codec compresses."""
        raise NotImplementedError

    def _encode_sync(self, chunk_data: Any, chunk_spec: Any) -> Any:
        given = native(chunk_data)
        found = flat_bytes(self._object(chunk_spec).encode(given))
        return chunk_spec.prototype.buffer.from_array_like(copy_if_shared(given, found))

    def _decode_sync(self, chunk_data: Any, chunk_spec: Any) -> Any:
        found = self._object(chunk_spec).decode(as_bytes(chunk_data))
        try:
            array = as_elements(found, *_layout(chunk_spec))
        except BackendUnsupportedError as error:
            raise BackendUnsupportedError(
                "numcodecs", f"{name_of(self.codec)} decodes another chunk: {error}"
            ) from error
        return chunk_spec.prototype.nd_buffer.from_ndarray_like(array)


class WrappedBytesBytes(_Wrapped, BytesBytesCodec):
    """A bytes-to-bytes codec with the numcodecs API (a compressor)."""

    kind: ClassVar[Kind] = B2B

    @property
    def is_fixed_size(self) -> bool:  # type: ignore[override]  # a class attribute in zarr-python
        """Whether it always adds the same number of bytes."""
        return growth_of(self.codec) is not None

    def compute_encoded_size(self, input_byte_length: int, chunk_spec: Any) -> int:
        """The number of bytes that it makes of this number of bytes."""
        growth = growth_of(self.codec)
        if growth is None:
            raise NotImplementedError
        return input_byte_length + growth

    def _encode_sync(self, chunk_data: Any, chunk_spec: Any) -> Any:
        data = chunk_data.as_numpy_array()
        found = flat_bytes(self._object(chunk_spec).encode(data))
        return chunk_spec.prototype.buffer.from_array_like(copy_if_shared(data, found))

    def _decode_sync(self, chunk_data: Any, chunk_spec: Any) -> Any:
        known = not isinstance(self.codec, KeptCodec)
        data = chunk_data.as_numpy_array() if known else as_bytes(chunk_data)
        decode = self._object(chunk_spec).decode
        found = self._decode_into(decode, data, chunk_spec) if self._has_no_length else decode(data)
        return chunk_spec.prototype.buffer.from_array_like(flat_bytes(found))

    @cached_property
    def _has_no_length(self) -> bool:
        return has_no_length(self.codec)

    @staticmethod
    def _decode_into(decode: Callable[..., Any], data: Any, chunk_spec: Any) -> Any:
        """Decode into memory of the size of the chunk: the decoder does not know the size."""
        size = prod(chunk_spec.shape) * native_dtype(chunk_spec).itemsize
        return decode(data, out=np.empty(size + SLACK, np.uint8))


Wrapper: TypeAlias = WrappedArrayArray | WrappedArrayBytes | WrappedBytesBytes

KINDS: Final[dict[Kind, type[Wrapper]]] = {
    A2A: WrappedArrayArray,
    A2B: WrappedArrayBytes,
    B2B: WrappedBytesBytes,
}


def _restore(
    cls: type[Wrapper], payload: str, codec: Codec, live: NumcodecsObject | None
) -> Wrapper:
    """Unpickle a wrapper in another process, which can then open what it writes, as the first one can."""
    with suppress(DuplicateCodecError):  # the process reads the name as another kind; writing works
        make_readable(str(thaw(payload)["name"]), cls, codec, live)
    return cls(payload, codec, live)


@lru_cache(maxsize=256)
def _object_for(codec: Codec, chunk: Chunk) -> NumcodecsObject:
    return instance_of(codec, chunk)


def _layout(spec: Any) -> Layout:
    return native_dtype(spec), spec.shape


def _declared_layout(codec: Codec, dtype: np.dtype[Any], shape: tuple[int, ...]) -> Layout:
    """The output layout by the codec's definition; numcodecs views the bytes of a chunk as the data type in it."""
    if effect_of(codec).output is not None:
        packed = 1 + -(-prod(shape) // 8)  # `packbits`, after a byte that counts the padding
        return np.dtype(np.uint8), (packed,)
    view = viewed_dtype(codec)
    size = prod(shape) * dtype.itemsize
    count = size // view.itemsize if view is not None and view.itemsize else prod(shape)
    output = output_dtype(codec, read_dtype(dtype)) if view is not None else None
    found = np.dtype(output.to_v2()).newbyteorder("=") if output is not None else dtype
    return found, shape if count == prod(shape) else (count,)
