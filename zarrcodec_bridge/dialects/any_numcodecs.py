"""Codecs of numcodecs without a v3 form, as v3: in an ``any-numcodecs.*`` envelope, or under their v2 names.

``any-numcodecs.{array-array,array-bytes,bytes-bytes}`` (package zarr-any-numcodecs) have a v2 codec as their
configuration.
"""

from __future__ import annotations

from typing import Any, Final

from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.errors import NotRepresentableError
from zarrcodec_bridge.core.json_values import Path
from zarrcodec_bridge.core.messages import Hint, Message
from zarrcodec_bridge.core.model import Codec, KeptCodec
from zarrcodec_bridge.core.propagation import kind_of
from zarrcodec_bridge.core.registry import find, spec_of
from zarrcodec_bridge.core.spec import Kind
from zarrcodec_bridge.dialects import v2
from zarrcodec_bridge.dialects.grammar import (
    check_depth,
    check_target,
    invalid,
    parse_extension,
    without_byte_order,
)

WRAPPERS: Final[dict[Kind, str]] = {
    "a2a": "any-numcodecs.array-array",
    "a2b": "any-numcodecs.array-bytes",
    "b2b": "any-numcodecs.bytes-bytes",
}
"""The names of the envelopes, by the kind of the codec inside."""


def only_in_envelope(library: str, kind: Kind) -> Message:
    """Say that v3 has a codec of a library in an envelope alone."""
    return Message(
        f"{library} has it for v2 only; ",
        Hint("unknown", "wrap"),
        f" writes {WRAPPERS[kind]}, which the package zarr-any-numcodecs reads",
    )


_KIND_OF: Final = {name: kind for kind, name in WRAPPERS.items()}


def is_envelope(payload: Any) -> bool:
    """Whether `payload` is v3 JSON with the name of an envelope."""
    name = payload.get("name") if isinstance(payload, dict) else payload
    return isinstance(name, str) and name in _KIND_OF


def read(payload: Any, ctx: ReadContext, path: Path = ()) -> Codec:
    """Read the v2 codec inside an envelope."""
    check_depth(ctx, path)
    name, configuration, _ = parse_extension(payload, path)
    ctx.dialect = "v2"
    ctx.depth += 1
    try:
        codec = v2.read(configuration, ctx, (*path, "configuration"))
    finally:
        ctx.depth -= 1
    if isinstance(codec, KeptCodec):
        return codec.model_copy(update={"kind": _KIND_OF[name]})
    kind = kind_of(codec)
    if kind != _KIND_OF[name]:
        raise invalid(f"{WRAPPERS[kind]} around this codec" if kind else "a codec", name, path)
    return codec


def has_only_v2_form(codec: Codec, ctx: WriteContext) -> bool:
    """Whether a codec is written from its v2 form: it has no v3 form, and the context lets it pass."""
    if isinstance(codec, KeptCodec):
        return codec.dialect == "v2"
    spec = spec_of(type(codec))
    return spec is not None and not spec.v3 and bool(spec.v2) and ctx.unknown != "error"


def write(codec: Codec, ctx: WriteContext) -> dict[str, Any]:
    """Write a codec without a v3 form: in an envelope for ``unknown="wrap"``, else with its v2 id as the name."""
    if isinstance(codec, KeptCodec):
        check_target(codec, ctx)
        if ctx.unknown != "wrap" and find("v3", codec.name) is not None:
            raise NotRepresentableError(
                "v3",
                codec.name,
                Message(
                    "that v3 name is another codec's; ",
                    Hint("unknown", "wrap"),
                    " writes any-numcodecs.*",
                ),
            )
    ctx.dialect = "v2"
    payload = v2.write(without_byte_order(codec, ctx), ctx)
    if ctx.unknown == "wrap":
        return {"name": WRAPPERS[kind_of(codec) or "b2b"], "configuration": payload}
    return {"name": payload.pop("id"), "configuration": payload}
