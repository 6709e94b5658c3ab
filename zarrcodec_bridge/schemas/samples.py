"""Examples: values that the schema of a form accepts."""

from __future__ import annotations

from typing import Any, Final

from zarrcodec_bridge.core.model import NESTED
from zarrcodec_bridge.core.registry import find
from zarrcodec_bridge.core.spec import Dialect, Form
from zarrcodec_bridge.dialects.grammar import unknown

Schema = dict[str, Any]


def example(dialect: Dialect, form: Form) -> Schema:
    """Make an example of a codec in this form: what it requires, and the defaults of the rest."""
    schema = form.params.model_json_schema()
    params = schema.get("examples", [None])[0]
    if params is None:
        params = _sample(schema, schema.get("$defs", {}))
    if dialect == "v2":
        return {"id": form.name, **params}
    return {"name": form.name, "configuration": params}


SIMPLE: Final = {"v3": "v3 bytes", "v3 b2b": "v3 gzip", "v2 b2b": "v2 zlib"}
"""Codecs that stand for any of their kind in examples."""


def _sample(schema: Schema, parts: Schema) -> Any:
    """A value that a schema from Pydantic accepts."""
    for key in ("examples", "enum"):
        if key in schema:
            return schema[key][0]
    if "const" in schema:
        return schema["const"]
    if NESTED in schema:
        return _nested_sample(schema[NESTED])
    if "$ref" in schema:
        return _sample(parts[schema["$ref"].removeprefix("#/$defs/")], parts)
    if "anyOf" in schema:
        return _sample(schema["anyOf"][0], parts)
    return _sample_of_type(schema, parts)


def _nested_sample(wanted: str) -> Schema:
    dialect, _, name = SIMPLE.get(wanted, wanted).partition(" ")
    each: Dialect = "v2" if dialect == "v2" else "v3"
    found = find(each, name)
    if found is None:
        raise unknown(each, name, ())
    return example(each, found[1])


def _sample_of_type(schema: Schema, parts: Schema) -> Any:
    kind = schema.get("type")
    if kind == "object":
        required = schema.get("required", ())
        return {
            key: _sample(parameter, parts)
            if key in required or "examples" in parameter
            else parameter["default"]
            for key, parameter in schema.get("properties", {}).items()
            if key in required or "examples" in parameter or parameter.get("default") is not None
        }
    if kind == "array":
        items = schema.get("prefixItems") or [schema.get("items", {})]
        return [_sample(item, parts) for item in items]
    if kind in ("integer", "number"):
        return max(1, schema.get("minimum", 1))
    return {"boolean": False, "string": "text"}.get(str(kind))
