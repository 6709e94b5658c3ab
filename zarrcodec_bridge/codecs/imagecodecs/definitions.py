"""The models and the definition of one codec, made from what the table says of it."""

from __future__ import annotations

from typing import Any, Final

from pydantic import ConfigDict, Field, create_model, model_validator

from zarrcodec_bridge.codecs.imagecodecs.array import (
    ANY_ORDER,
    SHAPE_AWARE,
    fit_to_array,
    make_resolver,
)
from zarrcodec_bridge.codecs.imagecodecs.reading import make_reader
from zarrcodec_bridge.codecs.imagecodecs.table import CODECS, REQUIRED, Facts, Parameter
from zarrcodec_bridge.codecs.imagecodecs.types import canonical_type, json_type
from zarrcodec_bridge.codecs.imagecodecs.writing import make_v2_writer, make_v3_writer
from zarrcodec_bridge.core.contexts import ReadContext
from zarrcodec_bridge.core.model import Codec, Params
from zarrcodec_bridge.core.spec import A2A, A2B, ArrayEffect, CodecSpec, Dialect, Form

PACKAGE: Final = "zarrcodec_bridge.codecs.imagecodecs"
"""Where the models are found by name, as pickle looks for them."""

SOURCE: Final = "https://github.com/cgohlke/imagecodecs/blob/883b29058e3500b4c2c41d16b178576d58145903/imagecodecs"
"""The source of imagecodecs as of 2026.5.10, the newest that is public in Git."""

EFFECTS: Final = {
    "bitorder": ArrayEffect(elementwise=True),
    "cms": ArrayEffect(views="dtype", keeps_shape=True),
    "delta": ArrayEffect(views="dtype", keeps_shape=True),
    "quantize": ArrayEffect(elementwise=True),
    "xor": ArrayEffect(views="dtype", keeps_shape=True),
}
"""What the array-to-array codecs do to the array."""

OPEN: Final = {"aec": frozenset({"bitspersample"}), "zstd1": frozenset({"itemsize"})}
"""Parameters that both formats have, and whose null depends on the array."""


class HorizontalDeltaParams(Params):
    """virtual-tiff's `HorizontalDeltaCodec`, TIFF's predictor 2, takes no parameters."""


class _Spelled(Params):
    model_config = ConfigDict(json_schema_extra={"additionalProperties": {"type": "null"}})

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, data: Any) -> Any:
        """imagecodecs writes nulls for all that is not set, so a null of a newer one says nothing."""
        if isinstance(data, dict) and data.keys() - cls.model_fields.keys():
            return {k: v for k, v in data.items() if v is not None or k in cls.model_fields}
        return data


def definition(codec: str) -> tuple[CodecSpec, dict[str, Any]]:
    """The definition of ``imagecodecs_<codec>``, and its models by name."""
    facts = CODECS[codec]
    title = f"imagecodecs_{codec}"
    models = _models(codec, facts)
    model, v2, v3 = models.values()
    forms = [
        Form(
            title,
            v3,
            make_reader(codec, facts, model, "v3"),
            make_v3_writer(codec, facts),
            aliases=("imagecodecs_jpeg8",) if codec == "jpeg" else (),
        )
    ]
    if codec == "delta":
        forms.append(_horizontal_delta(model))
    spec = CodecSpec(
        model=model,
        kind=facts.kind,
        v2=(Form(title, v2, make_reader(codec, facts, model, "v2"), make_v2_writer(codec, facts)),),
        v3=tuple(forms),
        array=EFFECTS[codec] if facts.kind == A2A else None,
        not_needed_to_decode=facts.not_needed_to_decode,
        array_dependent=facts.implied
        | OPEN.get(codec, frozenset())
        | (facts.parameters.keys() & NO_PART_OF_THE_DATA),
        resolve=make_resolver(codec),
        ignored_keys=frozenset({"axis"}) if codec == "packbits" else frozenset(),
        little_endian_only=facts.kind == A2B and codec not in ANY_ORDER,
        works_along_axes=codec in SHAPE_AWARE,
        checksum=codec == "checksum",
        docs=f"{SOURCE}/zarr.py",
        fit=fit_to_array,
    )
    return spec, models


def _models(codec: str, facts: Facts) -> dict[str, Any]:
    """The canonical model and those of the parameters in v2 and v3, by name."""
    name = f"Imagecodecs{codec.capitalize()}"
    fields: dict[str, Any] = {key: _field(fact) for key, fact in facts.parameters.items()}
    models: dict[str, Any] = {
        name: create_model(
            name,
            __base__=Codec,
            __module__=PACKAGE,
            __doc__=f"{facts.about}\n\n`imagecodecs_{codec}` of imagecodecs.",
            **fields,
        )
    }
    for dialect, where in SIDES.items():
        models[name + dialect.upper()] = create_model(
            name + dialect.upper(),
            __base__=_Spelled,
            __module__=PACKAGE,
            __doc__=f"`imagecodecs.{where}.{codec.capitalize()}`.",
            **_spelled_fields(facts, dialect),
        )
    return models


NO_PART_OF_THE_DATA: Final = frozenset({"numthreads", "verbose"})
"""Parameters that may be left open for good."""

SIDES: Final[dict[Dialect, str]] = {"v2": "numcodecs", "v3": "zarr"}
"""The module of imagecodecs that has the classes of each dialect."""


def _field(fact: Parameter) -> tuple[Any, Any]:
    default = fact.canonical_default
    if default is REQUIRED:
        return canonical_type(fact.type), Field(description=fact.about)
    kind = canonical_type(fact.type)
    if default is None:
        kind = kind | None
    return kind, Field(default=default, description=fact.about, validate_default=True)


def _spelled_fields(facts: Facts, dialect: Dialect) -> dict[str, Any]:
    """The fields of the parameters as a dialect spells them.

    v3 metadata of virtual-tiff, and of imagecodecs before 2026.8.16, has what v3 leaves to the array.
    """
    fields: dict[str, Any] = {}
    for key, fact in facts.parameters.items():
        if not fact.is_in(dialect):
            if fact.implied:
                fields[key] = (
                    json_type(fact.type) | None,
                    Field(
                        default=None, description=fact.about, json_schema_extra={"deprecated": True}
                    ),
                )
            continue
        default = fact.default_in(dialect)
        kind = json_type(fact.type, only_members=fact.decodes)
        if default is REQUIRED:
            fields[key] = (kind, Field(description=fact.about))
        else:
            fields[key] = (kind | None, Field(default=default, description=fact.about))
    return fields


def _horizontal_delta(model: Any) -> Form:
    def read(params: HorizontalDeltaParams, ctx: ReadContext) -> Codec:
        ctx.note("HorizontalDeltaCodec", "virtual-tiff's codec is read as imagecodecs_delta")
        codec: Codec = model(axis=-1, dist=1)
        return codec

    return Form("HorizontalDeltaCodec", HorizontalDeltaParams, read, written=False)
