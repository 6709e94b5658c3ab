"""Every row of the table, through every property."""

from __future__ import annotations

import copy
import json
import pickle
from importlib import import_module
from typing import Any

import pytest

import zarrcodec_bridge as bridge
from table import ROWS, Row, row_modules
from zarrcodec_bridge.core.errors import BridgeError, InvalidCodecError, LossError
from zarrcodec_bridge.core.spec import CodecSpec

ALL = [pytest.param(row, id=row.name) for row in ROWS]


def _write(row: Row, dialect: str, **options: Any) -> dict[str, Any]:
    write = bridge.to_v2 if dialect == "v2" else bridge.to_v3
    return write(row.codec, dtype=row.dtype, **options)


def _check_cell(row: Row, dialect: str, cell: Any, **options: Any) -> None:
    if isinstance(cell, type):
        with pytest.raises(BridgeError) as caught:
            _write(row, dialect, **options)
        assert type(caught.value) is cell
        return
    if row.lossy == dialect:
        with pytest.raises(LossError):
            _write(row, dialect, **options)
        options["on_loss"] = "ignore"
    written = _write(row, dialect, **options)
    assert written == cell
    assert json.loads(json.dumps(written)) == written, "plain JSON"


@pytest.mark.parametrize("row", ALL)
def test_row_is_written(row: Row) -> None:
    _check_cell(row, "v2", row.v2)
    _check_cell(row, "v3", row.v3)
    for target, cell in row.targets.items():
        _check_cell(row, "v3", cell, target=target)


@pytest.mark.parametrize("row", ALL)
def test_row_is_read_back(row: Row) -> None:
    for cell in (row.v2, row.v3, *row.targets.values()):
        if not isinstance(cell, type):
            assert bridge.same(cell, row.codec, dtype=row.dtype) or row.lossy or row.notes
    for payload in row.also:
        before = copy.deepcopy(payload)
        assert bridge.normalize(payload) == row.codec
        assert payload == before, "the caller's payload is left alone"
    for payload in row.same:
        assert bridge.same(payload, row.codec, dtype=row.dtype)


@pytest.mark.parametrize("row", [param for param in ALL if param.values[0].wrong])
def test_wrong_payloads_are_refused_where_they_are_wrong(row: Row) -> None:
    for payload, path in row.wrong:
        with pytest.raises(InvalidCodecError) as caught:
            bridge.normalize(payload, strict=True)
        assert path in [problem.path for problem in caught.value.problems], str(caught.value)
        assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@pytest.mark.parametrize("row", [param for param in ALL if param.values[0].notes])
def test_notes_are_written_down(row: Row) -> None:
    notes = ""
    for source in (*row.also[:1], row.codec):
        for to in ("v2", "v3"):
            try:
                found = bridge.translate(source, to=to, dtype=row.dtype, on_loss="ignore")  # type: ignore[arg-type]
            except BridgeError:
                continue
            notes += " ".join(str(note) for note in found.notes)
    for note in row.notes:
        assert note in notes


@pytest.mark.parametrize("row", ALL)
def test_models_are_values(row: Row) -> None:
    again = pickle.loads(pickle.dumps(row.codec))
    assert again == row.codec
    assert hash(again) == hash(row.codec)


def test_every_codec_has_a_row() -> None:
    models = {type(row.codec) for row in ROWS}
    for spec in bridge.registered_codecs():
        assert spec.model in models, f"{spec.title} has no row: write one in {_row_file(spec)}"


def test_every_name_has_a_row() -> None:
    spelled = set()
    for row in ROWS:
        for payload in (row.v2, row.v3, *row.also, *row.same, *row.targets.values()):
            if isinstance(payload, str):
                spelled |= {("v2", payload), ("v3", payload)}
            elif isinstance(payload, dict):
                spelled.add(("v2", payload["id"]) if "id" in payload else ("v3", payload["name"]))
    for spec in bridge.registered_codecs():
        for dialect in ("v2", "v3"):
            for form in spec.forms(dialect):
                for name in (form.name, *form.aliases) if form.readable else ():
                    assert (dialect, name) in spelled, (
                        f"no row of {spec.title} spells {name!r} in {dialect}: see {_row_file(spec)}"
                    )


def test_rows_are_in_the_file_that_has_the_name_of_their_codec() -> None:
    for name in row_modules():
        module = import_module(name)
        models = {type(row.codec).__module__ for row in module.ROWS}
        codec = name.replace("rows.", "zarrcodec_bridge.codecs.", 1)
        assert models == {codec} or _of_imagecodecs(codec, models), f"{name} has rows of {models}"


def _of_imagecodecs(name: str, models: set[str]) -> bool:
    family = "zarrcodec_bridge.codecs.imagecodecs"
    return name.startswith(family) and all(model.startswith(family) for model in models)


def _row_file(spec: CodecSpec) -> str:
    module = spec.model.__module__.removeprefix("zarrcodec_bridge.codecs.")
    if module == "imagecodecs":  # one table has the parameters of all of them
        return "tests/codecs/rows/imagecodecs/"
    return f"tests/codecs/rows/{module.replace('.', '/')}.py"
