"""One codec in one dialect: the parameters of its forms, as Pydantic describes them, in their envelope."""

from __future__ import annotations

from typing import Any, Final

from zarrcodec_bridge.core.model import NESTED
from zarrcodec_bridge.core.spec import CodecSpec, Dialect, Form
from zarrcodec_bridge.dialects.v3 import NUMCODECS_PREFIX
from zarrcodec_bridge.schemas.samples import example

DIALECTS: Final[tuple[Dialect, ...]] = ("v2", "v3")

Schema = dict[str, Any]


def forms_of(dialect: Dialect, spec: CodecSpec) -> list[Form]:
    """Give the forms of a codec that are read."""
    return [form for form in spec.forms(dialect) if form.readable]


def name_of_codec(dialect: Dialect, spec: CodecSpec) -> str:
    """Give the name by which schemas call a codec: that which is written."""
    return forms_of(dialect, spec)[0].name


def describe_codec(dialect: Dialect, spec: CodecSpec, parts: Schema) -> Schema:
    """Describe a codec as its schema does; what its parameters refer to goes into `parts`."""
    forms = [_form(dialect, spec, form, parts) for form in forms_of(dialect, spec)]
    return {
        "description": " ".join((spec.model.__doc__ or "").split()),
        **({"$comment": spec.docs} if spec.docs else {}),
        **(forms[0] if len(forms) == 1 else {"anyOf": forms}),
        "examples": [example(dialect, form) for form in forms_of(dialect, spec)],
    }


def _form(dialect: Dialect, spec: CodecSpec, form: Form, parts: Schema) -> Schema:
    """One spelling of a codec."""
    params = _parameters(spec, form, parts)
    names = [form.name, *form.aliases]
    name: Schema = {"enum": names} if form.aliases else {"const": form.name}
    if dialect == "v2":
        params["properties"] = {"id": name, **params["properties"]}
        params["required"] = ["id", *params["required"]]
        return params
    ids = [n.removeprefix(NUMCODECS_PREFIX) for n in names if n.startswith(NUMCODECS_PREFIX)]
    if ids:
        params["properties"]["id"] = {
            "enum": ids,
            "deprecated": True,
            "description": "The v2 id, which numcodecs 0.14.0 to 0.15.0 left there.",
        }
    optional = not params["required"]
    schema: Schema = {
        "type": "object",
        "properties": {
            "name": name,
            "configuration": {"description": "The parameters.", **params},
            "must_understand": {
                "type": "boolean",
                "default": True,
                "description": "Whether a reader that does not know the codec must fail.",
            },
        },
        "required": ["name"] if optional else ["name", "configuration"],
        "additionalProperties": False,
    }
    if optional:
        del params["required"]
    return {"anyOf": [schema, name]} if optional else schema


def _parameters(spec: CodecSpec, form: Form, parts: Schema) -> Schema:
    """The parameters of a form as an object."""
    schema = form.params.model_json_schema()
    owner = form.params.__name__
    for key, part in schema.pop("$defs", {}).items():
        parts[f"{owner}.{key}"] = _refer(_drop_titles(part), owner)
    schema.pop("examples", None)
    schema.pop("description", None)
    params: Schema = _refer(_drop_titles(schema), owner)
    params.setdefault("properties", {})
    params.setdefault("required", [])
    for key, parameter in params["properties"].items():
        known = spec.model.model_fields.get(key)
        if "description" not in parameter and known is not None and known.description:
            parameter["description"] = known.description
    for (
        key,
        value,
    ) in form.assumed.items():  # lenient readers, this library among them, take a default
        params["required"].remove(key)
        parameter = params["properties"][key]
        parameter["default"] = value
        parameter["description"] += " The specification requires it."
    for key in sorted(spec.ignored_keys - params["properties"].keys()):
        params["properties"][key] = {
            "deprecated": True,
            "description": "Left there by other writers, without meaning.",
        }
    return params


def _drop_titles(schema: Schema) -> Schema:
    """Drop the titles that Pydantic makes of names."""
    schema.pop("title", None)
    for parameter in schema.get("properties", {}).values():
        parameter.pop("title", None)
    return schema


def _refer(schema: Any, owner: str) -> Any:
    """Refer to what stands in ``$defs`` here: codecs, and what belongs to `owner`."""
    if isinstance(schema, list):
        return [_refer(item, owner) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if NESTED in schema:
        dialect, _, what = schema[NESTED].partition(" ")
        return {"$ref": f"#/$defs/{dialect}.{what or 'any'}"}
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        return {**schema, "$ref": f"#/$defs/{owner}.{name}"}
    return {key: _refer(value, owner) for key, value in schema.items()}
