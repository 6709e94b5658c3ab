"""JSON Schema (draft 2020-12) of every codec and of whole encodings, per dialect, made from the models.

Source: https://json-schema.org/draft/2020-12/schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from zarrcodec_bridge.dialects.grammar import unknown
from zarrcodec_bridge.dialects.v3 import WRAPPERS
from zarrcodec_bridge.dtypes import SIZES, TYPESTR
from zarrcodec_bridge.model import Codec
from zarrcodec_bridge.registry import find, spec_of, specs
from zarrcodec_bridge.spec import CodecSpec, Dialect, Form

__all__ = ["json_schema", "schema_files"]

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
URN: Final = "urn:zarrcodec_bridge:schema"

Schema = dict[str, Any]


def json_schema(dialect: Dialect, codec: str | type[Codec] | None = None) -> Schema:
    """The JSON Schema of a codec, or of a whole encoding, in one dialect.

    Parameters
    ----------
    dialect : {"v2", "v3"}
        The format whose JSON is described.
    codec : str or type, optional
        A codec by its name in `dialect`, or by its canonical model; without one, the encoding members of a whole
        array document (`dtype, order, filters, compressor` or `data_type, codecs`).

    Returns
    -------
    dict
        A new schema, complete in itself.

    Raises
    ------
    UnknownCodecError
        No codec has this name, or this one has no form in `dialect`.

    Example
    -------
    >>> json_schema("v2", "gzip")["properties"]["level"]["maximum"]
    9
    """
    if dialect not in ("v2", "v3"):
        raise ValueError(f"expected dialect 'v2' or 'v3', got {dialect!r}")
    if codec is None:
        return _encoding(dialect)
    if isinstance(codec, str):
        found = find(dialect, codec)
        if found is None:
            raise unknown(dialect, codec, ())
        return _codec(dialect, found[0])
    spec = spec_of(codec)
    if spec is None or not _readable(spec, dialect):
        raise unknown(dialect, codec.__name__, ())
    return _codec(dialect, spec)


def schema_files() -> Iterator[tuple[str, Schema]]:
    """The files of the folder ``schemas``: path and content."""
    for dialect in ("v2", "v3"):
        yield f"{dialect}/encoding.json", json_schema(dialect)
        for spec in specs():
            if _readable(spec, dialect):
                name = spec.model.__module__.rsplit(".", 1)[-1]
                yield f"{dialect}/{name}.json", _codec(dialect, spec)


def _readable(spec: CodecSpec, dialect: Dialect) -> list[Form]:
    return [form for form in spec.forms(dialect) if form.readable]


def _codec(dialect: Dialect, spec: CodecSpec) -> Schema:
    forms = [_form(dialect, form) for form in _readable(spec, dialect)]
    body = forms[0] if len(forms) == 1 else {"anyOf": forms}
    described = (spec.model.__doc__ or "").strip()
    schema: Schema = {
        "$schema": DRAFT,
        "$id": f"{URN}:{dialect}:{spec.model.__name__}",
        "title": f"{spec.title} ({dialect})",
        "description": " ".join(described.split()),
        **({"$comment": spec.docs} if spec.docs else {}),
        **body,
    }
    nested = _nested_definitions(forms)
    if nested:
        schema["$defs"] = nested
    return schema


def _nested_definitions(forms: list[Schema]) -> Schema:
    text = str(forms)
    loose = {"v2": {"type": "object", "required": ["id"]}, "v3": _named_loosely()}
    return {
        f"{dialect}_codec": schema
        for dialect, schema in loose.items()
        if f"#/$defs/{dialect}_codec" in text
    }


def _named_loosely() -> Schema:
    return {
        "anyOf": [
            {"type": "string"},
            {
                "type": "object",
                "properties": {"name": {"type": "string"}, "configuration": {"type": "object"}},
                "required": ["name"],
            },
        ]
    }


def _form(dialect: Dialect, form: Form) -> Schema:
    parameters = _parameters(form)
    names: Schema = {"enum": [form.name, *form.aliases]} if form.aliases else {"const": form.name}
    if dialect == "v2":
        return {
            "type": "object",
            "properties": {"id": names, **parameters["properties"]},
            "required": ["id", *parameters["required"]],
            "additionalProperties": False,
            **({"$defs": parameters["$defs"]} if "$defs" in parameters else {}),
        }
    optional = not parameters["required"]
    if form.name.startswith("numcodecs."):  # numcodecs 0.14.0 to 0.15.0 wrote it there
        parameters["properties"]["id"] = {"const": form.name.removeprefix("numcodecs.")}
    schema: Schema = {
        "type": "object",
        "properties": {
            "name": names,
            "configuration": {
                "type": "object",
                "properties": parameters["properties"],
                "required": parameters["required"],
                "additionalProperties": False,
            },
            "must_understand": {"type": "boolean"},
        },
        "required": ["name"] if optional else ["name", "configuration"],
        "additionalProperties": False,
        **({"$defs": parameters["$defs"]} if "$defs" in parameters else {}),
    }
    return {"anyOf": [names, schema]} if optional else schema


def _parameters(form: Form) -> Schema:
    schema = form.params.model_json_schema()
    for part in (schema, *schema.get("$defs", {}).values()):
        part.pop("title", None)
        for parameter in part.get("properties", {}).values():
            parameter.pop("title", None)
    return {
        "properties": dict(schema.get("properties", {})),
        "required": list(schema.get("required", [])),
        **({"$defs": schema["$defs"]} if "$defs" in schema else {}),
    }


def _encoding(dialect: Dialect) -> Schema:
    """The encoding members of a whole array document, with every codec in full."""
    definitions: Schema = {}
    choices: dict[str, list[Schema]] = {"v2": [], "v3": []}
    names: dict[str, list[str]] = {"v2": [], "v3": [*WRAPPERS.values()]}
    for each in ("v2", "v3"):
        for spec in specs():
            forms = _readable(spec, each)
            if not forms:
                continue
            key = f"{each}_{spec.model.__name__}"
            bodies = [_hoist(_form(each, form), definitions) for form in forms]
            definitions[key] = bodies[0] if len(bodies) == 1 else {"anyOf": bodies}
            choices[each].append({"$ref": f"#/$defs/{key}"})
            names[each] += [name for form in forms for name in (form.name, *form.aliases)]
    choices["v3"].append(
        {
            "type": "object",
            "properties": {
                "name": {"enum": list(WRAPPERS.values())},
                "configuration": {"$ref": "#/$defs/v2_codec"},
            },
            "required": ["name", "configuration"],
            "additionalProperties": False,
        }
    )
    definitions["v2_codec"] = {"anyOf": choices["v2"]}
    definitions["v3_codec"] = {"anyOf": choices["v3"]}
    reference = {"$ref": f"#/$defs/{dialect}_codec"}
    properties: Schema = (
        {
            "dtype": {"$ref": "#/$defs/v2_dtype"},
            "order": {"enum": ["C", "F"]},
            "filters": {"anyOf": [{"type": "array", "items": reference}, {"type": "null"}]},
            "compressor": {"anyOf": [reference, {"type": "null"}]},
        }
        if dialect == "v2"
        else {
            "data_type": {"$ref": "#/$defs/v3_data_type"},
            "codecs": {"type": "array", "items": reference},
        }
    )
    return {
        "$schema": DRAFT,
        "$id": f"{URN}:{dialect}:encoding",
        "title": f"the encoding of an array ({dialect})",
        "description": "The members of an array's metadata that say how its chunks are encoded.",
        "type": "object",
        "properties": properties,
        "required": ["dtype"] if dialect == "v2" else ["data_type", "codecs"],
        "$defs": {**dict(sorted(definitions.items())), **_data_types()},
    }


def _hoist(schema: Schema, definitions: Schema) -> Schema:
    """Move the definitions of a form up to those of the whole."""
    for part in (schema, *schema.get("anyOf", [])):
        if isinstance(part, dict):
            definitions.update(part.pop("$defs", {}))
    return schema


def _data_types() -> Schema:
    return {
        "v2_dtype": {
            "anyOf": [
                {"type": "string", "pattern": f"^(?:{TYPESTR.pattern})$"},
                {
                    "enum": [
                        name for name in SIZES if name not in ("string", "variable_length_bytes")
                    ]
                },
                {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "array",
                        "minItems": 2,
                        "maxItems": 3,
                        "prefixItems": [{"type": "string"}, {"$ref": "#/$defs/v2_dtype"}],
                    },
                },
            ]
        },
        "v3_data_type": {
            "anyOf": [
                {"type": "string"},
                {
                    "type": "object",
                    "properties": {"name": {"type": "string"}, "configuration": {"type": "object"}},
                    "required": ["name"],
                },
            ]
        },
    }
