"""The data types of both formats as JSON Schema."""

from __future__ import annotations

from typing import Any, Final

from zarrcodec_bridge.core.data_types import typestr_schema
from zarrcodec_bridge.core.data_types.names import SIZES, UNITS

Schema = dict[str, Any]


def data_types() -> Schema:
    """The ``$defs`` of the data types of v2 and of v3."""
    typestr = typestr_schema("biufcSUVMmO")
    names = sorted(
        name
        for name in SIZES
        if name not in ("string", "variable_length_bytes") and not name.startswith("numpy.")
    )
    length: Schema = {"type": "integer", "minimum": 0}
    return {
        "v2.dtype": {
            "anyOf": [
                typestr,
                {"enum": names, "description": "A name, as tensorstore's zarr driver has them."},
                {
                    "type": "array",
                    "description": "A struct.",
                    "minItems": 1,
                    "items": {
                        "type": "array",
                        "description": "A field: its name, its data type, the shape of a subarray.",
                        "minItems": 2,
                        "maxItems": 3,
                        "prefixItems": [
                            {"type": "string"},
                            {"$ref": "#/$defs/v2.dtype"},
                            {"type": "array", "minItems": 1, "items": length},
                        ],
                    },
                },
            ]
        },
        "v3.data_type": {
            "anyOf": [
                {"type": "string", "not": {"enum": [*CONFIGURED]}},
                {
                    "type": "object",
                    "properties": {
                        "name": {"type": "string"},
                        "configuration": {"type": "object"},
                        "must_understand": {},
                    },
                    "required": ["name"],
                    "additionalProperties": False,
                    "allOf": [
                        {
                            "if": {"properties": {"name": {"const": name}}},
                            "then": {
                                "properties": {"configuration": configuration},
                                "required": ["configuration"],
                            },
                        }
                        for name, configuration in CONFIGURED.items()
                    ],
                },
            ]
        },
    }


def _configuration(**properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": [next(iter(properties))],
        "additionalProperties": False,
    }


_FIELDS: Final[Schema] = {
    "type": "array",
    "minItems": 1,
    "items": {
        "anyOf": [
            {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "data_type": {"$ref": "#/$defs/v3.data_type"},
                },
                "required": ["name", "data_type"],
                "additionalProperties": False,
            },
            {
                "type": "array",
                "description": "The older spelling.",
                "deprecated": True,
                "prefixItems": [{"type": "string"}, {"$ref": "#/$defs/v3.data_type"}],
                "minItems": 2,
                "maxItems": 2,
            },
        ]
    },
}

_TIME: Final = _configuration(
    unit={"enum": sorted({*UNITS, "μs"})},
    scale_factor={"type": "integer", "minimum": 1, "maximum": (1 << 31) - 1, "default": 1},
)

CONFIGURED: Final[dict[str, Schema]] = {
    "numpy.datetime64": _TIME,
    "numpy.timedelta64": _TIME,
    "null_terminated_bytes": _configuration(length_bytes={"type": "integer", "minimum": 0}),
    "raw_bytes": _configuration(length_bytes={"type": "integer", "minimum": 0}),
    "fixed_length_utf32": _configuration(
        length_bytes={"type": "integer", "minimum": 0, "multipleOf": 4}
    ),
    "struct": _configuration(fields=_FIELDS),
    "structured": _configuration(fields=_FIELDS),
}
"""The configuration of each v3 data type that has one."""
