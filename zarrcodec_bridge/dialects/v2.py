"""The v2 grammar: ``{"id": name, **parameters}``.

Source: https://zarr-specs.readthedocs.io/en/latest/v2/v2.0.html#filters, and the numcodecs protocol
(`codec_id`, `get_config`).
"""

from __future__ import annotations

from typing import Any

from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.errors import NotRepresentableError
from zarrcodec_bridge.core.json_values import Path
from zarrcodec_bridge.core.model import Codec, KeptCodec, frozen, thaw
from zarrcodec_bridge.core.registry import find, spec_of
from zarrcodec_bridge.dialects.grammar import (
    check_depth,
    first_form,
    invalid,
    no_json,
    read_params,
    refuse_other_inputs,
    unknown,
)


def read(payload: Any, ctx: ReadContext, path: Path = ()) -> Codec:
    """Read the v2 JSON of a codec into its canonical model.

    Raises :class:`InvalidCodecError` for malformed JSON and :class:`UnknownCodecError` for an unregistered name,
    unless the context keeps such codecs.
    """
    if type(payload) is not dict and isinstance(payload, Codec):
        return payload
    check_depth(ctx, path)
    if not isinstance(payload, dict):
        raise invalid("a v2 codec {'id': ..., **parameters}", payload, path)
    params = dict(payload)
    name = params.pop("id", None)
    if not isinstance(name, str):
        refuse_other_inputs(payload, path)
        raise invalid("the codec's name as 'id'", name, (*path, "id"))
    found = find("v2", name)
    if found is not None:
        return read_params(*found, params, ctx, path)
    if ctx.unknown == "error":
        raise unknown("v2", name, path)
    try:
        return KeptCodec(name=name, configuration=frozen(params), dialect="v2")
    except (TypeError, ValueError, RecursionError) as error:
        raise no_json(error, path) from None


def write(codec: Codec, ctx: WriteContext) -> dict[str, Any]:
    """Write a codec as v2 JSON; raises :class:`NotRepresentableError` where v2 has no form of it."""
    spec = spec_of(type(codec))
    if spec is not None:
        form, params = first_form(codec, spec, ctx)
        return {"id": form.name, **params}
    if isinstance(codec, KeptCodec):
        parameters = thaw(codec.configuration)
        if "id" in parameters:
            raise NotRepresentableError(
                "v2", codec.name, "it has a parameter 'id', which in v2 is the codec's name"
            )
        if codec.optional:
            ctx.note(
                codec.name, "must_understand: false has no form in v2, where no codec is optional"
            )
        return {"id": codec.name, **parameters}
    raise NotRepresentableError("v2", type(codec).__name__, "it is not a registered codec")
