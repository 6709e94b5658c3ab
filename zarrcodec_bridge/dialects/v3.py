"""The v3 grammar: ``{"name": name, "configuration": {...}}``, the bare name, and ``any-numcodecs.*``.

Source: https://zarr-specs.readthedocs.io/en/latest/v3/core/index.html#extension-definition.
``any-numcodecs.{array-array,array-bytes,bytes-bytes}`` (package zarr-any-numcodecs) is an envelope around a v2
configuration.
"""

from __future__ import annotations

from typing import Any, Final

from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.errors import InvalidCodecError, NotRepresentableError
from zarrcodec_bridge.core.json_values import Path, misspelt
from zarrcodec_bridge.core.model import Codec, KeptCodec, frozen, thaw
from zarrcodec_bridge.core.propagation import kind_of, reordered
from zarrcodec_bridge.core.registry import find, spec_of
from zarrcodec_bridge.core.spec import Kind
from zarrcodec_bridge.dialects.grammar import (
    check_depth,
    first_form,
    invalid,
    no_json,
    read_params,
    unknown,
)

__all__ = ["NUMCODECS_PREFIX", "WRAPPERS", "read", "write"]

NUMCODECS_PREFIX: Final = "numcodecs."

WRAPPERS: Final[dict[Kind, str]] = {
    "a2a": "any-numcodecs.array-array",
    "a2b": "any-numcodecs.array-bytes",
    "b2b": "any-numcodecs.bytes-bytes",
}
"""The names of the envelope around any numcodecs codec, by kind."""

_KIND_OF: Final = {name: kind for kind, name in WRAPPERS.items()}


def read(payload: Any, ctx: ReadContext, path: Path = ()) -> Codec:
    """Read a v3 codec object or bare name.

    Raises :class:`InvalidCodecError` for a malformed one and :class:`UnknownCodecError` for a name that no
    codec has, unless the context keeps those.
    """
    if type(payload) is not dict and isinstance(payload, Codec):
        return payload
    check_depth(ctx, path)
    if isinstance(payload, str):
        payload = {"name": payload}
    if not isinstance(payload, dict):
        raise invalid("a v3 codec {'name', 'configuration'}", payload, path)
    name = payload.get("name")
    if not isinstance(name, str):
        raise invalid("the codec's name as 'name'", name, (*path, "name"))
    for key in payload:
        if key not in ("name", "configuration", "must_understand"):
            meant = misspelt(str(key), ("name", "configuration", "must_understand"))
            hint = f"; did you mean {meant!r}?" if meant else ""
            raise InvalidCodecError.at(
                (*path, key), f"unknown key; expected name and configuration{hint}"
            )
    optional = payload.get("must_understand", True)
    if not isinstance(optional, bool):
        raise invalid("true or false", optional, (*path, "must_understand"))
    configuration = payload.get("configuration", {})
    at = (*path, "configuration")
    if not isinstance(configuration, dict):
        raise invalid("an object", configuration, at)
    if name in _KIND_OF:
        return _unwrap(name, configuration, ctx, at)
    found = find("v3", name)
    if found is None:
        return _keep(name, configuration, not optional, ctx, path)
    if "id" in configuration and name.startswith(NUMCODECS_PREFIX):
        configuration = _without_id(name, configuration, at)
    output = found[0].array.encodes if found[0].array is not None else None
    if output is not None and output in configuration and configuration[output] is None:
        configuration = {key: value for key, value in configuration.items() if key != output}
    return read_params(*found, configuration, ctx, at)


def _without_id(name: str, configuration: dict[str, Any], path: Path) -> dict[str, Any]:
    """numcodecs 0.14.0 to 0.15.0 wrote the v2 ``id`` into the configuration."""
    expected, found = name.removeprefix(NUMCODECS_PREFIX), configuration["id"]
    if not isinstance(found, str) or found != expected:
        raise invalid(repr(expected), found, (*path, "id"))
    return {key: value for key, value in configuration.items() if key != "id"}


def _unwrap(name: str, configuration: dict[str, Any], ctx: ReadContext, path: Path) -> Codec:
    """Read what stands inside an ``any-numcodecs.*`` envelope."""
    ctx.path = path
    codec = ctx.codec(configuration, dialect="v2")
    if isinstance(codec, KeptCodec):
        return codec.model_copy(update={"kind": _KIND_OF[name]})
    kind = kind_of(codec)
    if kind != _KIND_OF[name]:
        raise invalid(f"{WRAPPERS[kind]} around this codec" if kind else "a codec", name, path[:-1])
    return codec


def _keep(
    name: str, configuration: dict[str, Any], optional: bool, ctx: ReadContext, path: Path
) -> Codec:
    if ctx.unknown == "error":
        raise unknown("v3", name, path)
    try:
        text = frozen(configuration)
    except (TypeError, ValueError, RecursionError) as error:
        raise no_json(error, path) from None
    return KeptCodec(name=name, configuration=text, dialect="v3", optional=optional)


def write(codec: Codec, ctx: WriteContext) -> dict[str, Any]:
    """Write a codec as v3; raises :class:`NotRepresentableError` where v3, or the target, cannot say it.

    ``configuration`` is always written: zarr-python requires it of every ``numcodecs.*`` codec.
    """
    spec = spec_of(type(codec))
    if spec is None:
        if isinstance(codec, KeptCodec):
            return _write_kept(codec, ctx)
        raise NotRepresentableError("v3", type(codec).__name__, "it is not a registered codec")
    if spec.array is not None:
        native = reordered(codec, "little")
        if native is not codec:
            ctx.note(spec.title, "its data types lose their byte order, which in v3 `bytes` has")
            codec = native
    try:
        form, params = first_form(codec, spec, ctx)
    except NotRepresentableError:
        if spec.v3 or ctx.unknown == "error" or not spec.v2:
            raise
        wrapped = ctx.codec(codec, dialect="v2")
        return _wrap(spec.kind, wrapped) if ctx.unknown == "wrap" else _as_v3(wrapped)
    return {"name": form.name, "configuration": params}


def _write_kept(codec: KeptCodec, ctx: WriteContext) -> dict[str, Any]:
    if ctx.target != "spec" and ctx.unknown == "error":
        raise NotRepresentableError(
            "v3",
            codec.name,
            f"{ctx.target} is not known to open it; unknown='keep' passes it through",
        )
    if codec.dialect == "v3":
        kept = {"name": codec.name, "configuration": thaw(codec.configuration)}
        return {**kept, "must_understand": False} if codec.optional else kept
    payload = {"id": codec.name, **thaw(codec.configuration)}
    if ctx.unknown != "wrap" and find("v3", codec.name) is not None:
        raise NotRepresentableError(
            "v3",
            codec.name,
            "that v3 name is another codec's; unknown='wrap' writes any-numcodecs.*",
        )
    return _wrap(codec.kind or "b2b", payload) if ctx.unknown == "wrap" else _as_v3(payload)


def _wrap(kind: Kind, payload: dict[str, Any]) -> dict[str, Any]:
    return {"name": WRAPPERS[kind], "configuration": payload}


def _as_v3(payload: dict[str, Any]) -> dict[str, Any]:
    name = payload.pop("id")
    return {"name": name, "configuration": payload}
