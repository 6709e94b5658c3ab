"""The front door: any holder of a codec to its canonical model, to v2, to v3."""

from __future__ import annotations

from marshal import dumps
from typing import Any

from zarrcodec_bridge.core.contexts import ReadContext
from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.model import Codec, KeptCodec
from zarrcodec_bridge.core.propagation import (
    NO_EFFECT,
    array_chunk,
    effect_of,
    names_big_endian,
    resolve_parameters,
    viewed_dtype,
    with_byte_order,
)
from zarrcodec_bridge.core.registry import spec_of, specs
from zarrcodec_bridge.core.spec import CodecSpec, Dialect, Unknown
from zarrcodec_bridge.core.validity import check_codec
from zarrcodec_bridge.dialects import sources
from zarrcodec_bridge.readers import TargetName
from zarrcodec_bridge.translation.pipeline import OnLoss, Translation, check_options
from zarrcodec_bridge.translation.value_checks import check_alone
from zarrcodec_bridge.translation.ways import array_dtype, usual, way

__all__ = ["normalize", "registered_codecs", "same", "to_v2", "to_v3", "translate"]

_usual_v2, _usual_v3 = usual["v2"], usual["v3"]


def normalize(
    source: Any, *, dtype: Any = None, unknown: Unknown = "error", strict: bool = False
) -> Codec:
    """Read any holder of a codec into its canonical model.

    Parameters
    ----------
    source : dict, str, Codec, or codec object
        v2 JSON, v3 JSON, a bare name (``"zstd"``, ``"blosc:lz4"``), an object with the numcodecs API, or a
        zarr-python codec.
    dtype : optional
        The data type of the elements that the codec sees, in any spelling; settles what only the array can.
    unknown : {"error", "keep", "wrap"}
        What to do with a name that no codec has; anything but "error" gives a :class:`KeptCodec`.
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
        No codec has this name; ``suggestions`` are near ones.
    NotRepresentableError
        It is a v3 filter that names big-endian elements, which mean something in a chain alone.

    Example
    -------
    >>> normalize({"id": "gzip", "level": 5}) == normalize({"name": "gzip", "configuration": {"level": 5}})
    True
    """
    check_options("spec", unknown)
    seen = array_dtype(dtype)
    ctx = ReadContext(unknown=unknown, strict=strict)
    codec = sources.read(source, ctx, dtype=seen)
    if ctx.source == "v3" and effect_of(codec) is not NO_EFFECT:
        check_alone(sources.read(source, ctx), seen, from_v3=True, to="v3")
    check_codec(codec, array_chunk(seen, None, None))
    return codec if seen is None else resolve_parameters([codec], array_chunk(seen, None, None))[0]


def to_v2(
    source: Any,
    *,
    dtype: Any = None,
    on_loss: OnLoss = "error",
    unknown: Unknown = "error",
    strict: bool = False,
    portable: bool = False,
) -> dict[str, Any]:
    """Write the codec that `source` holds as v2: ``{"id": ..., **parameters}``.

    Parameters are as for :func:`translate`.

    Example
    -------
    >>> to_v2({"name": "zstd", "configuration": {"level": 3, "checksum": False}})
    {'id': 'zstd', 'level': 3}
    """
    if (
        on_loss == "error"
        and unknown == "error"
        and not (strict or portable)
        and type(source) is dict
    ):
        try:
            kept = _usual_v2[(dtype, *source)].get(dumps([*source.values()], 2))
        except Exception:  # none like it was met, no JSON, or a foreign data type
            kept = None
        if kept is not None:
            return kept[1].copy()
    return way("v2", dtype, "spec", on_loss, unknown, strict, portable).made(source)


def to_v3(
    source: Any,
    *,
    dtype: Any = None,
    target: TargetName = "spec",
    on_loss: OnLoss = "error",
    unknown: Unknown = "error",
    strict: bool = False,
    portable: bool = False,
) -> dict[str, Any]:
    """Write the codec that `source` holds as v3: ``{"name": ..., "configuration": {...}}``.

    Parameters are as for :func:`translate`. Without `dtype`, what only the array can settle (blosc's `typesize`, an
    automatic `shuffle`) is left out, so that whoever creates the array settles it.

    Example
    -------
    >>> to_v3({"id": "gzip", "level": 5})
    {'name': 'gzip', 'configuration': {'level': 5}}
    """
    if (
        target == "spec"
        and on_loss == "error"
        and unknown == "error"
        and not (strict or portable)
        and type(source) is dict
    ):
        try:
            shape = _usual_v3[(dtype, *source)]
            key = dumps([*source.values()], 2)
        except Exception:  # none like it was met, no JSON, or a foreign data type
            kept = None
        else:
            kept = shape.get(key)
            if kept is None:
                kept = shape.assembled(source, key)
        if kept is not None:
            name, configuration = kept
            return {"name": name, "configuration": configuration.copy()}
    return way("v3", dtype, target, on_loss, unknown, strict, portable).made(source)


def translate(
    source: Any,
    *,
    to: Dialect,
    dtype: Any = None,
    target: TargetName = "spec",
    on_loss: OnLoss = "error",
    unknown: Unknown = "error",
    strict: bool = False,
    portable: bool = False,
) -> Translation:
    """Write the codec that `source` holds as `to`, and say what was changed.

    Parameters
    ----------
    source : dict, str, Codec, or codec object
        As for :func:`normalize`.
    to : {"v2", "v3"}
        The format to write.
    dtype : optional
        The data type of the elements that the codec sees, in any spelling.
    target : {"spec", "zarr-python", "tensorstore", "zarrs"}
        The reader that v3 output is for.
    on_loss : {"error", "warn", "ignore"}
        What to do where existing bytes decode equal, but later writes would differ in value.
    unknown : {"error", "keep", "wrap"}
        What to do with a codec that is not known, or that v3 has no name for: refuse, pass through, or write the
        ``any-numcodecs.*`` envelope.
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
    found = way(to, dtype, target, on_loss, unknown, strict, portable)
    return Translation(*found.written(source))


def same(a: Any, b: Any, *, dtype: Any = None, decode_only: bool = False) -> bool:
    """Whether two holders mean the same codec.

    Parameters
    ----------
    a, b : dict, str, Codec, or codec object
        As for :func:`normalize`.
    dtype : optional
        The data type of the elements that the codecs see. Without it, what only the array can settle is taken to
        agree where one of the two leaves it open.
    decode_only : bool
        Leave out what decoding does not need (levels, block sizes): whether each decodes the other's bytes.

    Example
    -------
    >>> same({"id": "gzip", "level": 1}, {"name": "gzip", "configuration": {"level": 9}}, decode_only=True)
    True
    """
    check_options("spec", "keep")
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
    return sources.read(source, ctx), ctx.source


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


def registered_codecs() -> tuple[CodecSpec, ...]:
    """Every known codec, those of plugins included.

    Example
    -------
    >>> [form.name for spec in registered_codecs() if spec.title == "gzip" for form in spec.v3]
    ['gzip', 'numcodecs.gzip']
    """
    return specs()
