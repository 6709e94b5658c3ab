"""The zarr-python object of one codec: its own where the installed version has a correct one, else our wrapper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from zarrcodec_bridge.adapters.numcodecs.instances import instance_of
from zarrcodec_bridge.adapters.zarr_python import backend
from zarrcodec_bridge.adapters.zarr_python.faults import fault_of, no_reader_of
from zarrcodec_bridge.adapters.zarr_python.misread import refuse_misread
from zarrcodec_bridge.adapters.zarr_python.names import (
    OurCodec,
    is_ours,
    make_readable,
    refuse_unopened,
    refuse_unregistered,
)
from zarrcodec_bridge.core.data_types import DTypeLike, array_dtype
from zarrcodec_bridge.core.errors import (
    BackendUnsupportedError,
    MissingContextError,
    NotRepresentableError,
)
from zarrcodec_bridge.core.messages import Hint, Message, excerpt
from zarrcodec_bridge.core.model import Codec, KeptCodec
from zarrcodec_bridge.core.options import OnLoss, Unknown
from zarrcodec_bridge.core.propagation import (
    NO_EFFECT,
    effect_of,
    kind_of,
    name_of,
    with_byte_order,
)
from zarrcodec_bridge.core.registry import find, spec_of
from zarrcodec_bridge.core.spec import Kind
from zarrcodec_bridge.dialects import codec_objects
from zarrcodec_bridge.dialects.any_numcodecs import WRAPPERS
from zarrcodec_bridge.dialects.sources import CodecLike
from zarrcodec_bridge.readers.zarr_python import READER
from zarrcodec_bridge.translation.one_codec import normalize, read_for, to_v2, to_v3
from zarrcodec_bridge.translation.options import make_options

HandleName: TypeAlias = Callable[[str, type[OurCodec], Codec, Any], None]


def codec_of_array(
    source: CodecLike,
    *,
    dtype: DTypeLike | None = None,
    kind: Kind,
    on_loss: OnLoss = "error",
    unknown: Unknown,
    allow_pickle: bool = False,
) -> Any:
    """Make the object as :func:`make_object` does, for an array that other processes open.

    It registers no name in this process, because other processes would not have it.

    Raises as :func:`~zarrcodec_bridge.to_zarr`, and :class:`NotRepresentableError` for a name that zarr-python reads
    nowhere.
    """
    return make_object(
        source, Options(dtype, kind, on_loss, unknown, allow_pickle, refuse_unopened)
    )


def registered_object(source: CodecLike, kind: Kind, dtype: DTypeLike | None = None) -> Any:
    """Make the object as :func:`codec_of_array` does, and register nothing at all."""
    return make_object(source, Options(dtype, kind, "error", "keep", False, refuse_unregistered))


class Options(NamedTuple):
    """What to make, and what to do with a name that only our wrapper reads: a function of `names`."""

    dtype: DTypeLike | None
    kind: Kind | None
    on_loss: OnLoss
    unknown: Unknown
    allow_pickle: bool
    handle_name: HandleName


def make_object(source: CodecLike, options: Options) -> Any:
    """Make the zarr-python object of one codec; raises as :func:`~zarrcodec_bridge.to_zarr`."""
    backend.require()
    if isinstance(source, codec_objects.ObjectOfBothFormats):
        options = options._replace(kind=options.kind or source.kind)
        source = source.source
    if (
        codec_objects.has_zarr_python_api(source)
        and not codec_objects.has_numcodecs_api(source)
        and _is_right(source)
    ):
        if options.handle_name is not make_readable:
            _refuse_unopened_object(source, options.handle_name)
        return source
    if options.unknown == "error" and codec_objects.is_codec_object(source):
        options = options._replace(unknown="keep")
    codec, dtype = _codec_and_dtype(source, options)
    refuse_misread([codec])
    payload = _payload(codec, dtype, options.on_loss, options.unknown)
    name = str(payload["name"])
    cls = backend.codec_class(name)
    if cls is not None and not is_ours(cls) and fault_of(name, codec) is None:
        return backend.build(cls, _with_our_objects(codec, payload, options))
    live = (
        source if isinstance(codec, KeptCodec) and codec_objects.has_numcodecs_api(source) else None
    )
    return _wrap(codec, payload, live, options)


def zarr_json(source: CodecLike, *, dtype: DTypeLike | None, kind: Kind) -> dict[str, Any]:
    """Give the v3 JSON that zarr-python writes for the object of a codec."""
    options = Options(dtype, kind, "error", "keep", False, refuse_unregistered)
    codec, dtype = _codec_and_dtype(source, options)
    return _payload(codec, dtype, "error", "keep" if isinstance(codec, KeptCodec) else "error")


def _codec_and_dtype(source: CodecLike, options: Options) -> tuple[Codec, DTypeLike | None]:
    """Read the codec as v3 has it, and the data type that it sees there."""
    checked = make_options(on_loss=options.on_loss, unknown=options.unknown)
    codec = read_for("v3", source, array_dtype(options.dtype), checked)[0]
    codec = _with_kind(codec, options.kind)
    if effect_of(codec) is NO_EFFECT:
        return codec, options.dtype
    return with_byte_order(codec, "little"), _native(options.dtype)  # v3 has none before `bytes`


def _refuse_unopened_object(source: Any, handle_name: HandleName) -> None:
    """Refuse our wrapper, alone or inside a shard, where only this process reads its name."""
    if is_ours(type(source)):
        name = str(source.to_dict()["name"])
        handle_name(name, type(source), source.codec, source.live)
    for inner in getattr(source, "codecs", None) or ():
        _refuse_unopened_object(inner, handle_name)


def _wrap(codec: Codec, payload: dict[str, Any], live: Any, options: Options) -> Any:
    from zarrcodec_bridge.adapters.zarr_python.wrappers import KINDS

    name, cls = str(payload["name"]), KINDS[_kind(codec)]
    spec = spec_of(type(codec))
    if spec is not None and not spec.v2:
        raise BackendUnsupportedError(
            "zarr",
            f"the installed zarr-python has no codec {excerpt(name)}, and numcodecs neither",
        )
    if options.handle_name is not make_readable:
        options.handle_name(name, cls, codec, live)
    if live is None and options.allow_pickle:
        live = instance_of(codec, allow_pickle=True)
    wrapper = cls.around(payload, codec, live) if live is not None else cls.from_dict(payload)
    options.handle_name(name, cls, codec, live)
    return wrapper


def _with_our_objects(codec: Codec, payload: dict[str, Any], options: Options) -> dict[str, Any]:
    """The JSON of a codec with inner codecs; an inner codec that needs our wrapper is an object in it."""
    configuration = dict(payload["configuration"])
    for name, inner in codec.__dict__.items():
        if isinstance(inner, tuple) and any(isinstance(item, Codec) for item in inner):
            configuration[name] = [_ours_or_json(item, options) for item in configuration[name]]
    return {**payload, "configuration": configuration}


def _ours_or_json(payload: dict[str, Any], options: Options) -> Any:
    codec = normalize(payload, unknown="keep")
    if kind_of(codec) is None:
        return payload
    inner = Options(None, None, "error", "keep", False, options.handle_name)
    found = make_object(codec, inner)
    return found if is_ours(type(found)) else payload


def _is_right(source: Any) -> bool:
    """Whether it is a zarr-python object that is not known to be faulty."""
    from zarr.abc.codec import ArrayArrayCodec, ArrayBytesCodec, BytesBytesCodec

    if not isinstance(source, (ArrayArrayCodec, ArrayBytesCodec, BytesBytesCodec)):
        return False
    if is_ours(type(source)):
        return True
    try:
        payload = codec_objects.json_of_object(source)
        fault = fault_of(payload["name"], normalize(payload, unknown="keep"))
    except Exception:  # it has no JSON: only zarr-python understands the object
        return True
    return fault is None or fault.lesser


def _with_kind(codec: Codec, kind: Kind | None) -> Codec:
    """Give an unregistered codec its kind; refuse another kind than a registered codec has."""
    known = kind_of(codec)
    if kind is None or kind == known:
        return codec
    if known is None:
        return codec.model_copy(update={"kind": kind})
    raise NotRepresentableError("v3", name_of(codec), f"its kind is {known}, not {kind}")


def _kind(codec: Codec) -> Kind:
    kind = kind_of(codec)
    if kind is None:
        raise MissingContextError(
            "v3",
            name_of(codec),
            "its kind ('a2a', 'a2b' or 'b2b') is not known",
            ["kind"],
        )
    return kind


def _native(dtype: DTypeLike | None) -> DTypeLike | None:
    """The data type that the codec sees in v3, where elements have no byte order."""
    found = array_dtype(dtype)
    return found.with_endian("little") if found is not None and found.endian == "big" else dtype


def _payload(
    codec: Codec, dtype: DTypeLike | None, on_loss: OnLoss, unknown: Unknown
) -> dict[str, Any]:
    """The v3 JSON: the form that zarr-python reads, else the registered form, else an envelope around v2 JSON."""
    if isinstance(codec, KeptCodec):
        _kind(codec)
        if codec.dialect == "v2" and unknown != "wrap" and find("v3", codec.name) is not None:
            raise NotRepresentableError(
                "v3",
                codec.name,
                Message(
                    "v3 has another codec of that name; ",
                    Hint("unknown", "wrap"),
                    " writes an envelope",
                ),
            )
    if no_reader_of(codec) is not None:
        inner = to_v2(codec, dtype=dtype, unknown="keep")
        return {"name": WRAPPERS[_kind(codec)], "configuration": inner}
    try:
        return to_v3(codec, dtype=dtype, target="zarr-python", on_loss=on_loss, unknown=unknown)
    except MissingContextError:
        raise
    except NotRepresentableError as refusal:
        if _has_form_here(codec):
            raise
        try:
            return to_v3(codec, dtype=dtype, on_loss=on_loss, unknown=unknown)
        except NotRepresentableError:
            raise refusal from None


def _has_form_here(codec: Codec) -> bool:
    """Whether zarr-python has a name for the codec, so that a refusal is about its parameters or its elements."""
    spec = spec_of(type(codec))
    return spec is not None and any(READER.opens("v3", form.name) for form in spec.v3)
