"""Functions that validate the parameters of a form, each made once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

from pydantic import BaseModel
from pydantic_core import SchemaValidator

from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.spec import Form

__all__ = ["validator"]

Validate: TypeAlias = Callable[[dict[str, Any]], BaseModel]
Fields: TypeAlias = Callable[[Any], tuple[dict[str, Any], None, set[str]]]


@cache
def validator(form: Form, model: type[Codec]) -> Validate:
    """Make the function that reads the parameters of `form` into its own model, or into `model` without a `read`."""
    params = form.params
    params.model_rebuild()
    if form.read is not None or params is model:
        return params.__pydantic_validator__.validate_python
    fields: Fields
    schema: Any = params.__pydantic_core_schema__
    if schema["type"] == "model" and schema["schema"]["type"] == "model-fields":
        fields = SchemaValidator(schema["schema"], schema["config"]).validate_python
    else:  # it has validators of the whole, or definitions
        fields = _fields_of(params)
    renamed = tuple((name, dict(names)) for name, names in form.renamed.items())

    of_valid = model.of_valid

    def validate(params: dict[str, Any]) -> BaseModel:
        values, _, given = fields(params)
        for name, names in renamed:
            value = values[name]
            values[name] = names.get(value, value)
        return of_valid(values, given)

    return validate


def _fields_of(params: type[BaseModel]) -> Fields:
    validate = params.__pydantic_validator__.validate_python

    def fields(given: Any) -> tuple[dict[str, Any], None, set[str]]:
        found = validate(given)
        return dict(found.__dict__), None, set(found.model_fields_set)

    return fields
