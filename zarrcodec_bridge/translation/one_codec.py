"""One codec: to its canonical model, to v2, to v3."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from marshal import dumps, loads
from typing import Any, Final, TypeAlias

from zarrcodec_bridge.core.cache import LARGEST, Cache, copier, is_exact
from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.data_types import DataType, DTypeLike, array_dtype
from zarrcodec_bridge.core.errors import (
    BridgeError,
    Loss,
    Note,
    NotRepresentableError,
    shorten_tracebacks,
)
from zarrcodec_bridge.core.messages import USE_A_PIPELINE, Message
from zarrcodec_bridge.core.model import Codec, KeptCodec
from zarrcodec_bridge.core.options import OnLoss, Options, Unknown, check_dialect, check_flag
from zarrcodec_bridge.core.propagation import (
    NO_EFFECT,
    array_chunk,
    effect_of,
    name_of,
    names_big_endian,
    resolve_for_a_check,
    resolve_parameters,
    viewed_dtype,
    with_byte_order,
)
from zarrcodec_bridge.core.registry import spec_of
from zarrcodec_bridge.core.spec import Dialect
from zarrcodec_bridge.core.validity import check_codec
from zarrcodec_bridge.dialects import sources, write_codec
from zarrcodec_bridge.dialects.sources import CodecLike
from zarrcodec_bridge.readers import TargetName
from zarrcodec_bridge.translation.options import Translation, make_options, report_losses
from zarrcodec_bridge.translation.value_checks import check_alone, check_native, check_views

__all__ = [
    "normalize",
    "read_for",
    "same",
    "to_v2",
    "to_v3",
    "translate",
]

_Kept: TypeAlias = tuple[Callable[[], dict[str, Any]], tuple[Note, ...], tuple[Loss, ...]]
"""What makes a copy of the JSON of a codec, the notes and the losses."""

Written: TypeAlias = tuple[dict[str, Any], tuple[Note, ...], tuple[Loss, ...]]
"""The JSON of a codec, the notes and the losses."""

_cache: Final = Cache[_Kept](lambda key: 1000 + 3 * len(key[0]))
"""What was written before, by the codec's JSON, and its data type and the options."""

_KEYS: Final = frozenset({str, DataType})
"""Types of data types that are compared exactly when they are looked up."""


@shorten_tracebacks
def normalize(
    source: CodecLike,
    *,
    dtype: DTypeLike | None = None,
    unknown: Unknown = "error",
    strict: bool = False,
) -> Codec:
    """Read one codec, however it is spelled, into its canonical model.

    Parameters
    ----------
    source : dict, str, Codec, or codec object
        v2 JSON, v3 JSON, a name (``"zstd"``, ``"zstd:9"``, ``"blosc:lz4"``), an object with the numcodecs API, or a
        zarr-python codec.
    dtype : optional
        The data type of the elements that the codec sees, in any spelling; it gives
        the parameters that depend on the array.
    unknown : {"error", "keep", "wrap"}
        What to do with an unregistered codec name; anything but "error" gives a :class:`KeptCodec`.
    strict : bool
        Refuse keys that other writers are known to leave, instead of dropping them.

    Returns
    -------
    Codec
        Frozen, hashable; equal for equal codecs.

    Raises
    ------
    InvalidCodecError
        The payload is malformed; ``problems`` say where.
    UnknownCodecError
        The name is not registered; ``suggestions`` are near ones.
    NotRepresentableError
        It is a v3 filter that names big-endian elements, which mean something in a chain alone.

    Example
    -------
    >>> normalize({"id": "gzip", "level": 5}) == normalize({"name": "gzip", "configuration": {"level": 5}})
    True
    """
    options = make_options(unknown=unknown, strict=strict)
    seen = array_dtype(dtype)
    ctx = ReadContext(unknown=options.unknown, strict=strict)
    codec = sources.read_source(source, ctx, dtype=seen)
    if ctx.source == "v3" and effect_of(codec) is not NO_EFFECT:
        check_alone(sources.read_source(source, ctx), seen, from_v3=True, to="v3")
    check_codec(codec, array_chunk(seen, None, None))
    return codec if seen is None else resolve_parameters([codec], array_chunk(seen, None, None))[0]


def to_v2(
    source: CodecLike,
    *,
    dtype: DTypeLike | None = None,
    target: TargetName = "spec",
    on_loss: OnLoss = "error",
    unknown: Unknown = "error",
    strict: bool = False,
    portable: bool = False,
) -> dict[str, Any]:
    """Translate one codec to v2: ``{"id": ..., **parameters}``.

    Parameters are as for :func:`translate`.

    Example
    -------
    >>> to_v2({"name": "zstd", "configuration": {"level": 3, "checksum": False}})
    {'id': 'zstd', 'level': 3}
    """
    try:
        return _translate(source, ("v2", dtype, target, on_loss, unknown, strict, portable))[0]
    except BridgeError as error:
        error.__traceback__ = None
        raise


def to_v3(
    source: CodecLike,
    *,
    dtype: DTypeLike | None = None,
    target: TargetName = "spec",
    on_loss: OnLoss = "error",
    unknown: Unknown = "error",
    strict: bool = False,
    portable: bool = False,
) -> dict[str, Any]:
    """Translate one codec to v3: ``{"name": ..., "configuration": {...}}``.

    Parameters are as for :func:`translate`. Without `dtype`, parameters that depend on the array (blosc's `typesize`,
    an automatic `shuffle`) are left out, so that whoever creates the array fills them in.

    Example
    -------
    >>> to_v3({"id": "gzip", "level": 5})
    {'name': 'gzip', 'configuration': {'level': 5}}
    """
    try:
        return _translate(source, ("v3", dtype, target, on_loss, unknown, strict, portable))[0]
    except BridgeError as error:
        error.__traceback__ = None
        raise


def translate(
    source: CodecLike,
    *,
    to: Dialect,
    dtype: DTypeLike | None = None,
    target: TargetName = "spec",
    on_loss: OnLoss = "error",
    unknown: Unknown = "error",
    strict: bool = False,
    portable: bool = False,
) -> Translation:
    """Translate one codec to `to`, and say what was changed.

    Parameters
    ----------
    source : dict, str, Codec, or codec object
        As for :func:`normalize`.
    to : {"v2", "v3"}
        The format to write.
    dtype : optional
        The data type of the elements that the codec sees, in any spelling.
    target : str or tuple of str
        The reader that the output is for, or several, all of which are to open it: "spec", or a name of
        :data:`~zarrcodec_bridge.readers.TARGETS`, with versions where several were measured ("zarr-python>=3.1").
    on_loss : {"error", "warn", "ignore"}
        What to do where existing bytes decode equal, but later writes would differ in value.
    unknown : {"error", "keep", "wrap"}
        What to do with an unregistered codec name, or a codec that v3 has no name for: refuse, pass through, or
        write the ``any-numcodecs.*`` envelope.
    strict : bool
        Refuse keys that other writers are known to leave.
    portable : bool
        Write the codec that more readers know (`zstd` for `imagecodecs_zstd`) where the bytes are interchangeable.

    Returns
    -------
    Translation
        ``result`` (plain JSON, new at each call), ``notes`` and ``losses``.

    Raises
    ------
    InvalidCodecError, UnknownCodecError
        `source` cannot be read.
    NotRepresentableError
        `to`, or the target, has no form of it that decodes the same bytes.
    MissingContextError
        It depends on `dtype`, which was not given.
    LossError
        Later writes would differ in value, and `on_loss` is "error".
    """
    request = (to, dtype, target, on_loss, unknown, strict, portable)
    try:
        return Translation(*_translate(source, request))
    except BridgeError as error:
        error.__traceback__ = None
        raise


_Request: TypeAlias = tuple[Dialect, Any, TargetName, OnLoss, Unknown, bool, bool]
"""What a caller asks for: the keywords of :func:`translate`."""


def _translate(source: Any, request: _Request) -> Written:
    """Write the codec as it was written before, or now."""
    key: tuple[bytes, _Request] | None = None
    if type(source) is dict and (request[1] is None or type(request[1]) in _KEYS):
        try:
            key = dumps(source, 2), request
            kept = _cache.entries.get(key)
        except (TypeError, ValueError):  # an option that has no hash, or no JSON
            key = kept = None
        if kept is not None:
            copy, notes, losses = kept
            if losses:
                report_losses(request[0], losses, request[3])
            return copy(), notes, losses
    entries = _cache.entries
    to, dtype, target, on_loss, unknown, strict, portable = request
    check_dialect(to)
    options = make_options(target, on_loss, unknown, strict=strict, portable=portable)
    found = _write(to, source, array_dtype(dtype), options)
    if key is not None and _cache.meets_again(key) and is_exact(key[0], source):
        written = dumps(found[0], 2)
        if len(key[0]) + len(written) <= LARGEST:
            _cache.keep(entries, key, (copier(loads(written)), *found[1:]))
    report_losses(to, found[2], on_loss)
    return found


def _write(to: Dialect, source: Any, dtype: DataType | None, options: Options) -> Written:
    """Write the codec now."""
    codec, read = read_for(to, source, dtype, options)
    ctx = WriteContext(to, options.target, array_chunk(dtype, None, None), options.unknown)
    if options.portable:
        codec = _portable(codec, ctx)
    result = write_codec(codec, ctx)
    if options.target != "spec":
        from zarrcodec_bridge.readers.refusals import check_written_codecs

        keep = options.unknown != "error"
        whole = result
        if dtype is None:
            with suppress(BridgeError):
                (resolved,) = resolve_for_a_check([codec])
                whole = write_codec(resolved, WriteContext(to, options.target, ctx.chunk))
        check_written_codecs(options.target, to, [whole], dtype, keep=keep)
    if ctx.losses and type(source) is dict and source == result:
        ctx.losses.clear()  # nothing is changed, so nothing is lost
    notes = dict.fromkeys((*read.notes, *ctx.notes))
    return result, tuple(notes), tuple(dict.fromkeys(ctx.losses))


def read_for(
    to: Dialect, source: Any, dtype: DataType | None, options: Options
) -> tuple[Codec, ReadContext]:
    """Read a codec that is to be written as `to`, and refuse it where it means something in a chain alone.

    Parameters
    ----------
    to : {"v2", "v3"}
        The format to write.
    source : codec-like
        As for :func:`normalize`.
    dtype : DataType or None
        The data type of the elements that the codec sees.
    options : Options
        The options of the translation.

    Returns
    -------
    Codec, ReadContext
        The model, and the context that has the notes.
    """
    ctx = ReadContext(unknown=options.unknown, strict=options.strict)
    codec = sources.read_source(source, ctx)
    check_codec(codec, array_chunk(dtype, None, None))
    from_v3 = ctx.source == "v3"
    crosses = from_v3 or to == "v3"
    if effect_of(codec) is NO_EFFECT:
        if crosses and dtype is not None:
            check_native(codec, dtype, to)
        return codec, ctx
    check_alone(codec, dtype, from_v3=from_v3, to=to)
    if dtype is not None:
        if from_v3 and dtype.endian is not None:
            codec = with_byte_order(codec, dtype.endian)
        if crosses:
            check_views([codec], dtype, to)
    return codec, ctx


def _portable(codec: Codec, ctx: WriteContext) -> Codec:
    from zarrcodec_bridge.translation.several_codecs import portable

    equal = portable([codec], ctx.chunk, ctx)
    if len(equal) != 1:
        raise NotRepresentableError(
            ctx.dialect,
            name_of(codec),
            Message(f"its equal is {len(equal)} codecs; ", USE_A_PIPELINE),
        )
    return equal[0]


@shorten_tracebacks
def same(
    a: CodecLike, b: CodecLike, *, dtype: DTypeLike | None = None, decode_only: bool = False
) -> bool:
    """Whether two codec-like inputs mean the same codec.

    Parameters
    ----------
    a, b : dict, str, Codec, or codec object
        As for :func:`normalize`.
    dtype : optional
        The data type of the elements that the codecs see. Without it, parameters that depend on the array are taken
        to agree where one of the two leaves them open.
    decode_only : bool
        Leave out what decoding does not need (levels, block sizes): whether each decodes the other's bytes.

    Example
    -------
    >>> same({"id": "gzip", "level": 1}, {"name": "gzip", "configuration": {"level": 9}}, decode_only=True)
    True
    """
    check_flag("decode_only", decode_only)
    seen = array_dtype(dtype)
    (left, one), (right, other) = _of_same(a, seen), _of_same(b, seen)
    odd = [
        c for c, source in ((left, one), (right, other)) if source == "v3" and names_big_endian(c)
    ]
    if odd and one != other:
        return False  # v3 has no byte order there, so that nothing of v2 is the same
    if not odd:
        left, right = _in_order(left, one, right, seen), _in_order(right, other, left, seen)
    if seen is not None:
        chunk = array_chunk(seen, None, None)
        left, right = resolve_parameters([left], chunk)[0], resolve_parameters([right], chunk)[0]
    return bool(_meaning(left, right, decode_only) == _meaning(right, left, decode_only))


def _of_same(source: Any, dtype: DataType | None) -> tuple[Codec, Dialect | None]:
    """A codec as it is written, and the dialect in which it is."""
    ctx = ReadContext(unknown="keep")
    return sources.read_source(source, ctx), ctx.source


def _in_order(codec: Codec, source: Dialect | None, other: Codec, dtype: DataType | None) -> Codec:
    """A codec of v3, which has no byte order, in that of the array, or as the other takes it."""
    array = dtype or viewed_dtype(other)
    if source != "v3" or array is None or array.endian is None:
        return codec
    return with_byte_order(codec, array.endian)


def _meaning(codec: Codec, other: Codec, decode_only: bool) -> Any:
    """What of a codec counts when it is compared with `other`."""
    if isinstance(codec, KeptCodec):
        return codec.name, codec.configuration
    spec = spec_of(type(codec))
    left_out = spec.not_needed_to_decode if spec is not None and decode_only else frozenset[str]()
    open_ones = {
        name
        for name in (spec.array_dependent if spec is not None else ())
        if getattr(codec, name, None) is None or getattr(other, name, None) is None
    }
    effect = effect_of(codec)
    values = []
    for name, value in codec.__dict__.items():
        if name in left_out or name in open_ones:
            continue
        if value is None and name == effect.encodes and effect.views:
            value = getattr(codec, effect.views)  # what is put out is of the type that goes in
        pair = getattr(other, name, None)
        if isinstance(value, Codec) and isinstance(pair, Codec):
            value = _meaning(value, pair, decode_only)
        elif isinstance(value, tuple) and isinstance(pair, tuple) and len(value) == len(pair):
            value = tuple(
                _meaning(item, twin, decode_only)
                if isinstance(item, Codec) and isinstance(twin, Codec)
                else item
                for item, twin in zip(value, pair, strict=True)
            )
        values.append((name, value))
    return type(codec), tuple(values)
