"""The JSON Schemas: current, complete in themselves, and of one mind with the models."""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import zarrcodec_bridge as bridge
from support import shared
from support.mutations import mutated
from table import ROWS, Row
from zarrcodec_bridge.cli import main
from zarrcodec_bridge.core.errors import BridgeError, UnknownCodecError
from zarrcodec_bridge.dialects.sources import json_of
from zarrcodec_bridge.schemas import as_text, json_schema, schema_files, write_schemas

FOLDER = Path(__file__).parents[2] / "schemas"
ALL = [pytest.param(row, id=row.name) for row in ROWS]


@cache
def _files() -> dict[str, Any]:
    return dict(schema_files())


@cache
def _validator(dialect: str, codec: str | None = None) -> Any:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json_schema(dialect, codec)  # type: ignore[arg-type]
    return jsonschema.Draft202012Validator(schema)


def _is_valid(dialect: str, payload: Any) -> bool:
    """The verdict of the codec's own schema and of the encoding's, which must agree."""
    name = payload if isinstance(payload, str) else payload.get("id" if dialect == "v2" else "name")
    own = None
    if isinstance(name, str):
        with suppress(UnknownCodecError):
            own = _validator(dialect, name).is_valid(payload)
    whole: Any = {"data_type": "float64", "codecs": [payload]}
    if dialect == "v2":
        whole = {"dtype": "<f8", "order": "C", "filters": [payload], "compressor": payload}
    inside = bool(_validator(dialect).is_valid(whole))
    assert own in (None, inside), payload
    return inside


def _is_json(payload: Any) -> bool:
    try:
        json.dumps(payload, allow_nan=False)
    except (TypeError, ValueError):
        return False
    return True


def test_files_are_current() -> None:
    there = {str(path.relative_to(FOLDER)): path for path in FOLDER.glob("v[23]/*.json")}
    assert there.keys() == _files().keys(), "run: zarrcodec-bridge schema --write schemas"
    old = [
        name
        for name, schema in _files().items()
        if as_text(schema) != there[name].read_text("utf-8")
    ]
    assert not old, "run: zarrcodec-bridge schema --write schemas"


@pytest.mark.long
def test_schemas_are_schemas() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    identities = set()
    for name, schema in _files().items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert schema["description"], name
        identities.add(schema["$id"])
    assert len(identities) == len(_files())


def test_schemas_are_complete_in_themselves() -> None:
    for name, schema in _files().items():
        text = json.dumps(schema)
        references = {*re.findall(r'"\$ref": "([^"]+)"', text)}
        targets = {reference.removeprefix("#/$defs/") for reference in references}
        assert targets == schema.get("$defs", {}).keys(), name
        assert '"nested"' not in text, name


def _parameters(schema: Any) -> Any:
    """The properties of an object schema and of its alternatives, those of a v3 configuration among them."""
    for part in (schema, *schema.get("anyOf", ())):
        properties = part.get("properties", {})
        yield properties
        yield properties.get("configuration", {}).get("properties", {})
    for part in schema.get("anyOf", ()):
        if "anyOf" in part:
            yield from _parameters(part)


def test_every_parameter_is_described() -> None:
    silent = [
        (name, key)
        for name, schema in _files().items()
        for properties in _parameters(schema)
        for key, parameter in properties.items()
        if key not in ("id", "name") and "description" not in parameter
    ]
    assert not silent


@pytest.mark.long
@pytest.mark.parametrize("dialect", ["v2", "v3"])
def test_examples_are_read(dialect: str) -> None:
    for name, schema in _files().items():
        if not name.startswith(dialect):
            continue
        assert schema["examples"], name
        for example in schema["examples"]:
            if name == "v2/encoding.json":
                bridge.Pipeline.from_v2(**example, strict=True)
            elif name == "v3/encoding.json":
                bridge.Pipeline.from_v3(**example, strict=True)
            else:
                bridge.normalize(example, strict=True)
                assert _is_valid(dialect, example), example


def _written(row: Row) -> list[Any]:
    payloads = (row.v2, row.v3, *row.also, *row.same, *row.targets.values())
    return [payload for payload in payloads if not isinstance(payload, type) and _is_json(payload)]


@pytest.mark.parametrize("row", ALL)
def test_rows_are_valid(row: Row) -> None:
    for payload in _written(row):
        dialect, grammatical = json_of(payload)
        assert _is_valid(dialect, grammatical), payload


WHOLE = "JSON Schema counts 1.0 as an integer"
NO_JSON = "it is not JSON"
COMPARES = "JSON Schema compares no value with another, nor with a length"
LEFT = "other writers leave it there: deprecated, and refused only with strict=True"
LEFT_OUT = "other writers leave out what decoding does not need: refused only with strict=True"

NOT_CAUGHT: dict[str, str] = {
    '{"name": "gzip", "configuration": {"level": 1.0}}': WHOLE,
    '{"id": "bitround", "keepbits": 5.0}': WHOLE,
    '{"id": "lzma", "format": 1.0}': WHOLE,
    '{"name": "numcodecs.shuffle", "configuration": {"elementsize": 4.0}}': WHOLE,
    '{"id": "quantize", "digits": 2.0, "dtype": "<f8"}': WHOLE,
    '{"name": "numcodecs.pcodec", "configuration": {"level": 8.0}}': WHOLE,
    '{"id": "fixedscaleoffset", "offset": NaN, "scale": 1, "dtype": "<f8"}': NO_JSON,
    '{"id": "zfpy", "tolerance": Infinity}': NO_JSON,
    '{"name": "zfp", "configuration": {"mode": "fixed_accuracy", "tolerance": NaN}}': NO_JSON,
    '{"name": "transpose", "configuration": {"order": [1, 2]}}': COMPARES,
    '{"name": "packbits", "configuration": {"first_bit": 4, "last_bit": 3}}': COMPARES,
    '{"name": "reshape", "configuration": {"shape": [[1], [0]]}}': COMPARES,
    '{"name": "reshape", "configuration": {"shape": [[1, 0], 10, [3, 4]]}}': COMPARES,
    '{"name": "n5_default", "configuration": {"codecs": [{"name": "transpose", "configuration":'
    ' {"order": [0, 1]}}, {"name": "bytes", "configuration": {"endian": "big"}}]}}': COMPARES,
    '{"id": "blosc", "shuffle": "shuffle"}': LEFT,
    '{"id": "lz4", "header": "YES"}': LEFT,
    '{"id": "zstd", "level": 3, "checksum": "no"}': LEFT,
    '{"name": "gzip"}': LEFT_OUT,
    '{"name": "zstd"}': LEFT_OUT,
    '{"name": "zstd", "configuration": {}}': LEFT_OUT,
    '{"id": "lzma", "delta": 1}': LEFT,
    '{"name": "imagecodecs_delta", "configuration": {"axis": -1, "shape": [1]}}': LEFT,
}
"""Wrong payloads that the schemas let pass, and why they must."""


def test_wrong_payloads_are_caught() -> None:
    passed = []
    for row in ROWS:
        for payload, _ in row.wrong:
            try:
                dialect, grammatical = json_of(payload)
            except BridgeError:  # nothing that a dialect is to be known by
                continue
            if _is_valid(dialect, grammatical):
                passed.append(json.dumps(payload))
    assert sorted(passed) == sorted(NOT_CAUGHT)


UNSAYABLE = (
    "expected a permutation",
    "expected a transpose that reverses",
    "in increasing order",
    "expected at least first_bit",
    "expected a bit for each",
)
"""What models say of what schemas let pass, as :data:`COMPARES`."""


def _nearly_integral(value: Any) -> bool:
    """Whether there is a 1.0 in it, or a number that is none once it is written."""
    if isinstance(value, float):
        return value.is_integer()
    if isinstance(value, dict):
        value = list(value.values())
    return isinstance(value, list) and any(_nearly_integral(item) for item in value)


def test_schemas_and_models_judge_alike() -> None:
    pytest.importorskip("jsonschema")
    rng = random.Random(20261123)
    known = [
        json_of(payload)
        for row in ROWS
        for payload in (*_written(row), *(wrong for wrong, _ in row.wrong))
        if _is_json(payload)
        and isinstance(payload, dict)
        and ("id" in payload) != ("name" in payload)
    ]
    judged = {True: 0, False: 0}
    for _ in range(6000):
        dialect, payload = rng.choice(known)
        for _ in range(rng.choice((1, 1, 2))):
            payload = mutated(payload, rng)
        name = (
            payload.get("id" if dialect == "v2" else "name") if isinstance(payload, dict) else None
        )
        if (
            not isinstance(name, str)
            or ("id" in payload and "name" in payload)
            or _nearly_integral(payload)
        ):
            continue
        try:
            accepts = _validator(dialect, name).is_valid(payload)
        except UnknownCodecError:
            continue
        try:
            bridge.normalize(payload)
        except BridgeError as error:
            said = str(error)
            assert not accepts or any(words in said for words in UNSAYABLE), (payload, said)
        else:
            assert accepts, payload
        judged[accepts] += 1
    assert min(judged.values()) > 500, judged


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_real_documents_are_valid(zarr_format: int) -> None:
    checked = 0
    for row in shared.documents():
        document = row["document"]
        if document.get("zarr_format") != zarr_format:
            continue
        v2 = zarr_format == 2
        names = ("dtype", "filters", "compressor") if v2 else ("data_type", "codecs")
        members = {name: document.get(name) for name in names}
        try:
            (bridge.Pipeline.from_v2 if v2 else bridge.Pipeline.from_v3)(**members)
        except BridgeError:
            continue
        errors = list(_validator(f"v{zarr_format}").iter_errors(document))
        assert not errors, (document, errors[0].message)
        checked += 1
    assert checked > 200


def test_a_codec_is_named_by_any_of_its_names_or_by_its_model() -> None:
    by_name = json_schema("v3", "gzip")
    assert json_schema("v3", "numcodecs.gzip") == by_name
    assert json_schema("v3", type(bridge.normalize("gzip"))) == by_name
    assert json_schema("v3", "gzip") is not by_name


@pytest.mark.parametrize(
    ("dialect", "codec", "error"),
    [
        ("v2", "bytes", UnknownCodecError),
        ("v3", "gzpi", UnknownCodecError),
        ("v2", bridge.Codec, UnknownCodecError),
        ("v2", int, UnknownCodecError),
        ("v4", None, ValueError),
        (["v2"], None, ValueError),
        ("v2", 5, ValueError),
        ("v2", {}, ValueError),
        ("v2", ["gzip"], ValueError),
    ],
)
def test_what_has_no_schema(dialect: Any, codec: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        json_schema(dialect, codec)


def _command(*words: str) -> int:
    return main(["schema", *words])


def test_command_prints_a_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert _command("v3", "zstd") == 0
    assert json.loads(capsys.readouterr().out) == json_schema("v3", "zstd")
    assert _command("v2") == 0
    assert json.loads(capsys.readouterr().out) == json_schema("v2")
    for wrong in ([], ["v2", "--write", "x"]):
        assert _command(*wrong) == 2
    assert _command("v2", "bytes") == 1


@pytest.mark.long
def test_command_writes_the_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _command("--write", str(tmp_path / "new")) == 0
    reports = [*(Path(__file__).parents[2] / "schemas" / "reports").glob("*.json")]
    assert reports
    assert str(len(_files()) + len(reports)) in capsys.readouterr().out
    for name, schema in _files().items():
        assert json.loads((tmp_path / "new" / name).read_text("utf-8")) == schema
    for path in reports:
        assert (tmp_path / "new" / "reports" / path.name).read_text("utf-8") == path.read_text(
            "utf-8"
        )
    assert len(write_schemas(tmp_path / "new")) == len(_files())


EXTENSIONS = Path(os.environ.get("ZARR_EXTENSIONS", "no such folder"))
SOURCE = "https://raw.githubusercontent.com/zarr-developers/zarr-extensions/refs/heads/main/codecs/"
"""What its n5_default refers to."""

Difference = tuple[str, bool, Callable[[dict[str, Any]], bool], str]


def _has(configuration: dict[str, Any], *keys: str) -> bool:
    return any(key in configuration for key in keys)


def _order(configuration: dict[str, Any]) -> Any:
    return configuration.get("order")


def _chain(configuration: dict[str, Any]) -> list[Any]:
    return list(configuration.get("codecs", ()))


def _vast(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_vast, value.values()))
    if isinstance(value, list):
        return any(map(_vast, value))
    return isinstance(value, (int, float)) and not -(2**63) <= value < 2**63


DIFFERENCES: list[Difference] = [
    ("any", True, _vast, "it has no bound, and no reader has more than 64 bits"),
    ("bytes", False, lambda c: c.get("endian", "") is None, "null is read as left out"),
    ("cast_value", False, lambda c: None in [*c.values(), *_sides(c)], "null is read as left out"),
    (
        "cast_value",
        True,
        lambda c: True,
        "it leaves the data type, what wraps, and the scalars of scalar_map to the text",
    ),
    (
        "scale_offset",
        True,
        lambda c: True,
        "it leaves scalars to the text, a scale of 0 among them",
    ),
    ("scale_offset", False, lambda c: c == {}, "the core specification has bare names"),
    (
        "packbits",
        False,
        lambda c: _has(c, "first_bit", "last_bit") or "_byte" in str(c.get("padding_encoding")),
        "its text, and zarrs, have first_* and last_* where the schema has start_* and end_*",
    ),
    ("packbits", False, lambda c: c == {}, "the core specification has bare names"),
    (
        "reshape",
        True,
        lambda c: True,
        "it leaves to the text that 0 is no size, -1 stands once, and dimensions are not repeated",
    ),
    (
        "transpose",
        True,
        lambda c: any(type(axis) is int and axis < 0 for axis in _order(c)),
        "its bound is misspelt ('range'), so that it has none",
    ),
    (
        "transpose",
        False,
        lambda c: _order(c) in ("C", "F"),
        "names from before v3 was final, which are read",
    ),
    (
        "zfp",
        False,
        lambda c: _has(c, "write_header") or None in c.values() or "_" not in str(c.get("mode")),
        "null is read as left out, and what older zarrs wrote is read",
    ),
    ("zstd", True, lambda c: type(c.get("level")) is float, "it has 'number' for an integer"),
    (
        "n5_default",
        True,
        lambda c: len(_chain(c)) < 2 or any(_unlike(codec) for codec in _chain(c)),
        "it lets the two required codecs be left out, and transposes with negative axes",
    ),
    (
        "n5_default",
        False,
        lambda c: any(isinstance(codec, str) or _lenient(codec) for codec in _chain(c)),
        "bytes may be a bare name in the core specification; orders by name and null are read",
    ),
    (
        "n5_default",
        False,
        lambda c: len(_chain(c)) == 3,
        "it has a reference for a type, so that no third codec can be judged",
    ),
]
"""Codec, whether the registered schema accepts it, which configurations, and why ours does not agree."""


def _sides(configuration: dict[str, Any]) -> list[Any]:
    sides = configuration.get("scalar_map")
    return [*sides.values()] if isinstance(sides, dict) else []


def _unlike(codec: Any) -> bool:
    order = codec.get("configuration", {}).get("order", ()) if isinstance(codec, dict) else ()
    return any(type(axis) is int and axis < 0 for axis in order)


def _lenient(codec: Any) -> bool:
    configuration = codec.get("configuration", {}) if isinstance(codec, dict) else {}
    return configuration.get("order") in ("C", "F") or configuration.get("endian", "") is None


def _drawn(schema: Any, rng: random.Random, load: Callable[[str], Any]) -> Any:
    """An instance of one of the registered schemas."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return rng.choice(schema["enum"])
    if "$ref" in schema:
        return _drawn(load(schema["$ref"].split("/")[-2]), rng, load)
    if "oneOf" in schema or "allOf" in schema:
        parts = schema.get("oneOf") or schema["allOf"][:1]
        return _drawn(rng.choice(parts), rng, load)
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = rng.choice(kind)
    if kind == "object":
        required = schema.get("required", ())
        return {
            key: _drawn(part, rng, load)
            for key, part in schema.get("properties", {}).items()
            if key in required or rng.random() < 0.6
        }
    if kind == "array":
        if "prefixItems" in schema:
            parts = schema["prefixItems"][: rng.choice((1, 2, 2))]
        else:
            count = rng.randint(schema.get("minItems", 0), schema.get("maxItems", 3))
            parts = [schema.get("items", {})] * count
        return [_drawn(part, rng, load) for part in parts]
    if kind in ("integer", "number"):
        near = (schema.get("minimum", -3), 0, 1, 2, 7, schema.get("maximum", 40))
        return rng.choice((*near, 2.5) if kind == "number" else near)
    if kind == "boolean":
        return rng.random() < 0.5
    if kind == "string":
        return rng.choice(("int8", "float32", "bool", "no such type"))
    return rng.choice((0, 1, 2.5, "NaN", "five", None, [0.0, 1.0]))


@pytest.mark.skipif(
    not EXTENSIONS.is_dir(), reason="ZARR_EXTENSIONS names no checkout of zarr-extensions"
)
def test_registered_schemas_judge_alike() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    referencing = pytest.importorskip("referencing")
    draft = pytest.importorskip("referencing.jsonschema").DRAFT202012

    def load(name: str) -> Any:
        return json.loads((EXTENSIONS / "codecs" / name / "schema.json").read_text())

    names = sorted(path.parent.name for path in EXTENSIONS.glob("codecs/*/schema.json"))
    registry = referencing.Registry().with_resources(
        [(f"{SOURCE}{name}/schema.json", draft.create_resource(load(name))) for name in names]
    )
    used: set[int] = set()
    judged = 0
    for name in names:
        rng = random.Random(name)
        theirs = jsonschema.Draft202012Validator(load(name), registry=registry)
        payloads = [name, *(p for row in ROWS for p in _written(row) if name == _v3_name(p))]
        payloads += [_drawn(load(name), rng, load) for _ in range(300)]
        payloads += [mutated(rng.choice(payloads), rng) for _ in range(900)]
        for payload in payloads:
            if _v3_name(payload) != name:
                continue
            try:
                accepted = theirs.is_valid(payload)
            except jsonschema.exceptions.UnknownType:
                accepted = False
            judged += 1
            if _validator("v3", name).is_valid(payload) == accepted:
                continue
            configuration = payload.get("configuration", {}) if isinstance(payload, dict) else {}
            reasons = [
                index
                for index, (codec, theirs_accepts, applies, _) in enumerate(DIFFERENCES)
                if codec in (name, "any") and theirs_accepts == accepted and applies(configuration)
            ]
            assert reasons, (payload, accepted)
            used.update(reasons)
    assert used == {*range(len(DIFFERENCES))}, "each difference is met"
    assert judged > 5000


def _v3_name(payload: Any) -> Any:
    return payload.get("name") if isinstance(payload, dict) else payload
