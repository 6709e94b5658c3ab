"""The ``$defs`` of a schema: every codec, those of each kind, and what refers to what."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, Final

from zarrcodec_bridge.core.spec import CodecSpec
from zarrcodec_bridge.dialects.any_numcodecs import WRAPPERS
from zarrcodec_bridge.schemas.forms import DIALECTS, Schema, describe_codec, forms_of, name_of_codec


def definitions(known: Iterable[CodecSpec]) -> Schema:
    """Describe every codec in every dialect, by its name; those of each kind, by the kind; and any."""
    parts: Schema = {}
    kinds: dict[str, list[Schema]] = {f"{d}.{k}": [] for d in DIALECTS for k in WRAPPERS}
    for spec in known:
        for dialect in DIALECTS:
            if forms_of(dialect, spec):
                key = f"{dialect}.{name_of_codec(dialect, spec)}"
                parts[key] = describe_codec(dialect, spec, parts)
                kinds[f"{dialect}.{spec.kind}"].append({"$ref": f"#/$defs/{_fragment(key)}"})
    for kind, name in WRAPPERS.items():
        kinds[f"v3.{kind}"].append(
            {
                "type": "object",
                "description": "The envelope of zarr-any-numcodecs around a v2 codec.",
                "properties": {
                    "name": {"const": name},
                    "configuration": {"$ref": f"#/$defs/v2.{kind}"},
                },
                "required": ["name", "configuration"],
                "additionalProperties": False,
            }
        )
    for dialect in DIALECTS:
        kinds[f"{dialect}.any"] = [{"$ref": f"#/$defs/{dialect}.{kind}"} for kind in WRAPPERS]
    return parts | {key: {"anyOf": choices} for key, choices in kinds.items()}


def _fragment(key: str) -> str:
    """A key of ``$defs`` as it stands in a reference (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


def find_references(schema: Any) -> set[str]:
    """Find the keys of ``$defs`` to which a schema refers."""
    found = re.findall(r'"\$ref": "#/\$defs/([^"]+)"', json.dumps(schema))
    return {key.replace("~1", "/").replace("~0", "~") for key in found}


def follow_references(keys: Iterable[str], parts: Schema) -> set[str]:
    """Give those keys, and all that their parts refer to in turn."""
    found: set[str] = set()
    left = [key for key in keys if key in parts]
    while left:
        key = left.pop()
        if key not in found:
            found.add(key)
            left += find_references(parts[key])
    return found


WORDS: Final = frozenset({"description", "examples", "default", "title", "deprecated", "$comment"})


def strip_words(schema: Any) -> Any:
    """Keep what validates, without the words, which are in the codec's own schema."""
    if isinstance(schema, list):
        return [strip_words(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found: Schema = {}
    for key, value in schema.items():
        if key == "properties":
            found[key] = {name: strip_words(item) for name, item in value.items()}
        elif key in ("enum", "const"):
            found[key] = value
        elif key not in WORDS:
            found[key] = strip_words(value)
    return found
