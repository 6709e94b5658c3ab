"""JSON Schema (draft 2020-12) of every codec and of whole encodings, per dialect, made from the models.

Source: https://json-schema.org/draft/2020-12/schema. A schema describes what this library reads; what it reads but
never writes is ``deprecated`` in it.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from zarrcodec_bridge.dialects.grammar import unknown
from zarrcodec_bridge.dialects.v3 import NUMCODECS_PREFIX, WRAPPERS
from zarrcodec_bridge.dtypes import SIZES, UNITS, typestr_schema
from zarrcodec_bridge.errors import BridgeError
from zarrcodec_bridge.model import NESTED, Codec
from zarrcodec_bridge.pipeline import Pipeline
from zarrcodec_bridge.registry import find, spec_of, specs
from zarrcodec_bridge.spec import CodecSpec, Dialect, Form

if TYPE_CHECKING:
    import argparse

__all__ = [
    "ARGUMENTS",
    "add_arguments",
    "json_schema",
    "schema_command",
    "schema_files",
    "write_schemas",
]

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
URN: Final = "urn:zarrcodec-bridge:schema"

DIALECTS: Final[tuple[Dialect, ...]] = ("v2", "v3")

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
        A new schema, complete in itself: codecs inside the codec are in its ``$defs``.

    Raises
    ------
    UnknownCodecError
        No codec has this name, or this one has no form in `dialect`.
    ValueError
        `dialect` is no dialect, or `codec` neither a name nor a model.

    Example
    -------
    >>> json_schema("v2", "gzip")["properties"]["level"]["maximum"]
    9
    """
    if dialect not in DIALECTS:
        raise ValueError(f"expected dialect 'v2' or 'v3', got {dialect!r}")
    if codec is None:
        return _encoding(dialect, specs())
    if isinstance(codec, str):
        found = find(dialect, codec)
        if found is None:
            raise unknown(dialect, codec, ())
        return _codec(dialect, found[0], specs())
    given: Any = codec
    if not isinstance(given, type):
        kind = type(given).__name__
        raise ValueError(f"expected a codec's name or its model, got an object of {kind}")
    spec = spec_of(codec)
    if spec is None or not _forms(dialect, spec):
        raise unknown(dialect, codec.__name__, ())
    return _codec(dialect, spec, specs())


def schema_files() -> Iterator[tuple[str, Schema]]:
    """The schemas of the built-in codecs, each with its path in the folder ``schemas``."""
    builtin = [spec for spec in specs() if _is_builtin(spec)]
    for dialect in DIALECTS:
        yield f"{dialect}/encoding.json", _encoding(dialect, builtin)
        for spec in builtin:
            if _forms(dialect, spec):
                name = re.sub(r"[^\w.-]", "_", _name(dialect, spec))
                yield f"{dialect}/{name}.json", _codec(dialect, spec, builtin)


def write_schemas(folder: str | Path) -> list[Path]:
    """Write :func:`schema_files` into a folder, which is made if needed; gives the paths of the files.

    Example
    -------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     len([path for path in write_schemas(folder) if path.name == "encoding.json"])
    2
    """
    written = []
    for name, schema in schema_files():
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(as_text(schema), encoding="utf-8")
        written.append(path)
    return written


def as_text(schema: Schema) -> str:
    """A schema as it stands in its file: what fits stays on one line."""
    return _lines(schema, "") + "\n"


WIDTH: Final = 110


def _lines(value: Any, indent: str) -> str:
    text = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(text) <= WIDTH or not isinstance(value, (dict, list)):
        return text
    inner = indent + " "
    if isinstance(value, dict):
        items = [f"{inner}{json.dumps(key)}: {_lines(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(items) + f"\n{indent}}}"
    if any(isinstance(item, (dict, list)) for item in value):
        body = ",\n".join(inner + _lines(item, inner) for item in value)
    else:
        body = textwrap.fill(
            text[1:-1],
            WIDTH,
            initial_indent=inner,
            subsequent_indent=inner,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return f"[\n{body}\n{indent}]"


ARGUMENTS: Final[tuple[tuple[tuple[str, ...], dict[str, Any]], ...]] = (
    (
        ("dialect",),
        {"nargs": "?", "choices": DIALECTS, "help": "the format whose JSON is described"},
    ),
    (
        ("codec",),
        {
            "nargs": "?",
            "metavar": "CODEC",
            "help": "a codec by its v2 id or v3 name; a whole encoding if left out",
        },
    ),
    (
        ("--write",),
        {"metavar": "FOLDER", "help": "write the schemas of all built-in codecs into a folder"},
    ),
)
"""What the subcommand ``schema`` takes."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a parser the arguments of the subcommand ``schema``."""
    for flags, settings in ARGUMENTS:
        parser.add_argument(*flags, **settings)


def schema_command(arguments: argparse.Namespace) -> int:
    """Print the JSON Schema of a codec, or of a whole encoding; or write those of all codecs into a folder."""
    if arguments.write is not None:
        if arguments.dialect is not None:
            raise BridgeError("--write writes the schemas of all codecs; leave out the rest")
        print(f"{len(write_schemas(arguments.write))} schemas written")
    elif arguments.dialect is None:
        raise BridgeError("expected v2 or v3, or --write FOLDER")
    else:
        print(as_text(json_schema(arguments.dialect, arguments.codec)), end="")
    return 0


def _is_builtin(spec: CodecSpec) -> bool:
    return spec.model.__module__.startswith(f"{__package__}.")


def _forms(dialect: Dialect, spec: CodecSpec) -> list[Form]:
    return [form for form in spec.forms(dialect) if form.readable]


def _name(dialect: Dialect, spec: CodecSpec) -> str:
    """The name by which schemas call a codec: that which is written."""
    return _forms(dialect, spec)[0].name


def _codec(dialect: Dialect, spec: CodecSpec, known: Iterable[CodecSpec]) -> Schema:
    name = _name(dialect, spec)
    parts: Schema = {}
    schema: Schema = {
        "$schema": DRAFT,
        "$id": f"{URN}:{dialect}:{name}",
        "title": f"{name} in {dialect}",
        **_described(dialect, spec, parts),
    }
    nested = _nested_in(schema)
    if nested:
        around = _definitions(known)
        parts |= {key: _bare(around[key]) for key in sorted(_reached(nested, around))}
    return schema | ({"$defs": parts} if parts else {})


def _encoding(dialect: Dialect, known: Iterable[CodecSpec]) -> Schema:
    """The encoding members of a whole array document, with every codec in full."""
    parts = _definitions(known) | _data_types()
    codec = {"$ref": f"#/$defs/{dialect}.any"}
    properties: Schema = (
        {
            "dtype": {
                "$ref": "#/$defs/v2.dtype",
                "description": "The data type with its byte order.",
            },
            "order": {
                "enum": ["C", "F"],
                "default": "C",
                "description": "The memory order of a chunk.",
            },
            "filters": {
                "anyOf": [{"type": "array", "items": codec}, {"type": "null"}],
                "default": None,
                "description": "The codecs that encode a chunk before `compressor`, in this order.",
            },
            "compressor": {
                "anyOf": [codec, {"type": "null"}],
                "default": None,
                "description": "The codec that encodes a chunk last.",
            },
        }
        if dialect == "v2"
        else {
            "data_type": {
                "$ref": "#/$defs/v3.data_type",
                "description": "The data type; its byte order is that of the `bytes` codec.",
            },
            "codecs": {
                "type": "array",
                "items": codec,
                "description": "Array-to-array codecs, one array-to-bytes codec, bytes-to-bytes codecs.",
            },
        }
    )
    schema: Schema = {
        "$schema": DRAFT,
        "$id": f"{URN}:{dialect}:encoding",
        "title": f"the encoding of an array in {dialect}",
        "description": "The members of an array's metadata that say how its chunks are encoded.",
        "type": "object",
        "properties": properties,
        "required": ["dtype"] if dialect == "v2" else ["data_type", "codecs"],
        "examples": [
            Pipeline.from_v2(**encoding, ndim=2).translate(dialect).result for encoding in ENCODINGS
        ],
    }
    reached = _reached(_nested_in(schema), parts)
    return {**schema, "$defs": {key: parts[key] for key in sorted(reached)}}


ENCODINGS: Final[tuple[dict[str, Any], ...]] = (
    {
        "dtype": "<f4",
        "order": "C",
        "filters": None,
        "compressor": {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0},
    },
    {
        "dtype": ">i2",
        "order": "F",
        "filters": [{"id": "delta", "dtype": ">i2"}, {"id": "shuffle", "elementsize": 2}],
        "compressor": {"id": "zlib", "level": 1},
    },
    {"dtype": "|O", "order": "C", "filters": [{"id": "vlen-utf8"}], "compressor": {"id": "zstd"}},
)
"""Of which the examples of the two encodings are made."""


def _described(dialect: Dialect, spec: CodecSpec, parts: Schema) -> Schema:
    """What is said of a codec in its schema; what its parameters refer to goes into `parts`."""
    forms = [_form(dialect, spec, form, parts) for form in _forms(dialect, spec)]
    return {
        "description": " ".join((spec.model.__doc__ or "").split()),
        **({"$comment": spec.docs} if spec.docs else {}),
        **(forms[0] if len(forms) == 1 else {"anyOf": forms}),
        "examples": [_example(dialect, form) for form in _forms(dialect, spec)],
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
        parts[f"{owner}.{key}"] = _refer(_untitled(part), owner)
    schema.pop("examples", None)
    schema.pop("description", None)
    params: Schema = _refer(_untitled(schema), owner)
    params.setdefault("properties", {})
    params.setdefault("required", [])
    for key, parameter in params["properties"].items():
        known = spec.model.model_fields.get(key)
        if "description" not in parameter and known is not None and known.description:
            parameter["description"] = known.description
    for key in sorted(spec.foreign - params["properties"].keys()):
        params["properties"][key] = {
            "deprecated": True,
            "description": "Left there by other writers, without meaning.",
        }
    return params


def _untitled(schema: Schema) -> Schema:
    """Without the titles that Pydantic makes of names."""
    schema.pop("title", None)
    for parameter in schema.get("properties", {}).values():
        parameter.pop("title", None)
    return schema


def _refer(schema: Any, owner: str) -> Any:
    """With references to what stands in ``$defs`` here: codecs, and what belongs to `owner`."""
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


def _definitions(known: Iterable[CodecSpec]) -> Schema:
    """Every codec in every dialect, by its name; those of each kind, by the kind; and any."""
    parts: Schema = {}
    kinds: dict[str, list[Schema]] = {f"{d}.{k}": [] for d in DIALECTS for k in WRAPPERS}
    for spec in known:
        for dialect in DIALECTS:
            if _forms(dialect, spec):
                key = f"{dialect}.{_name(dialect, spec)}"
                parts[key] = _described(dialect, spec, parts)
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


def _nested_in(schema: Any) -> set[str]:
    """The keys of ``$defs`` to which a schema refers."""
    found = re.findall(r'"\$ref": "#/\$defs/([^"]+)"', json.dumps(schema))
    return {key.replace("~1", "/").replace("~0", "~") for key in found}


def _reached(keys: Iterable[str], parts: Schema) -> set[str]:
    """Those keys, and all that their parts refer to in turn."""
    reached: set[str] = set()
    left = [key for key in keys if key in parts]
    while left:
        key = left.pop()
        if key not in reached:
            reached.add(key)
            left += _nested_in(parts[key])
    return reached


WORDS: Final = frozenset({"description", "examples", "default", "title", "deprecated", "$comment"})


def _bare(schema: Any) -> Any:
    """What validates, without the words: they are in the codec's own schema."""
    if isinstance(schema, list):
        return [_bare(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    bare: Schema = {}
    for key, value in schema.items():
        if key == "properties":
            bare[key] = {name: _bare(item) for name, item in value.items()}
        elif key in ("enum", "const"):
            bare[key] = value
        elif key not in WORDS:
            bare[key] = _bare(value)
    return bare


def _example(dialect: Dialect, form: Form) -> Schema:
    """A codec in this form: what it requires, and the defaults of the rest."""
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
    return _example(each, found[1])


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


def _data_types() -> Schema:
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
