"""The v3 grammar: ``{"name": name, "configuration": {...}}``, or the bare name.

Source: https://zarr-specs.readthedocs.io/en/latest/v3/core/index.html#extension-definition.
"""

from __future__ import annotations

from typing import Any, Final

from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.errors import NotRepresentableError
from zarrcodec_bridge.core.json_values import Path
from zarrcodec_bridge.core.model import Codec, KeptCodec, frozen, thaw
from zarrcodec_bridge.core.registry import find, spec_of
from zarrcodec_bridge.dialects.grammar import (
    check_depth,
    check_target,
    first_form,
    invalid,
    no_json,
    parse_extension,
    read_params,
    unknown,
    without_byte_order,
)

NUMCODECS_PREFIX: Final = "numcodecs."


def read(payload: Any, ctx: ReadContext, path: Path = ()) -> Codec:
    """Read the v3 JSON of a codec, an object or a bare name, into its canonical model.

    Raises :class:`InvalidCodecError` for malformed JSON and :class:`UnknownCodecError` for an unregistered name,
    unless the context keeps such codecs.
    """
    if type(payload) is not dict and isinstance(payload, Codec):
        return payload
    check_depth(ctx, path)
    name, configuration, optional = parse_extension(payload, path)
    at = (*path, "configuration")
    found = find("v3", name)
    if found is None:
        if ctx.unknown == "error":
            raise unknown("v3", name, path, alone=isinstance(payload, str) and "codecs" not in path)
        return _keep(name, configuration, optional, path)
    if "id" in configuration and name.startswith(NUMCODECS_PREFIX):
        configuration = _without_id(name, configuration, at)
    output = found[0].array.encodes if found[0].array is not None else None
    if output is not None and output in configuration and configuration[output] is None:
        configuration = {key: value for key, value in configuration.items() if key != output}
    return read_params(*found, configuration, ctx, at)


def _without_id(name: str, configuration: dict[str, Any], path: Path) -> dict[str, Any]:
    """Leave out the v2 ``id``, which numcodecs 0.14.0 to 0.15.0 wrote into the configuration."""
    expected, found = name.removeprefix(NUMCODECS_PREFIX), configuration["id"]
    if not isinstance(found, str) or found != expected:
        raise invalid(repr(expected), found, (*path, "id"))
    return {key: value for key, value in configuration.items() if key != "id"}


def _keep(name: str, configuration: dict[str, Any], optional: bool, path: Path) -> Codec:
    try:
        text = frozen(configuration)
    except (TypeError, ValueError, RecursionError) as error:
        raise no_json(error, path) from None
    return KeptCodec(name=name, configuration=text, dialect="v3", optional=optional)


def write(codec: Codec, ctx: WriteContext) -> dict[str, Any]:
    """Write a codec as v3 JSON; raises :class:`NotRepresentableError` if v3 has no form, or the target opens none.

    ``configuration`` is always written: zarr-python requires it of every ``numcodecs.*`` codec.
    """
    spec = spec_of(type(codec))
    if spec is not None:
        form, params = first_form(without_byte_order(codec, ctx), spec, ctx)
        return {"name": form.name, "configuration": params}
    if not isinstance(codec, KeptCodec):
        raise NotRepresentableError("v3", type(codec).__name__, "it is not a registered codec")
    check_target(codec, ctx)
    kept = {"name": codec.name, "configuration": thaw(codec.configuration)}
    return {**kept, "must_understand": False} if codec.optional else kept
