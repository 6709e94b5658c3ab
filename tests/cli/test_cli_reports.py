"""What ``--json`` prints is what the published schemas describe, for every subcommand and every exit status."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from support.programs import BYTES, GZIP_V2, ZARR_JSON, ZARRAY, Stdin
from zarrcodec_bridge.cli import COMMANDS, listing, load_command, main
from zarrcodec_bridge.cli.reports import REPORTS, report_schema
from zarrcodec_bridge.schemas import as_text

FOLDER = Path(__file__).parents[2] / "schemas" / "reports"
LOSSY = {
    "data_type": "float64",
    "codecs": [
        {"name": "scale_offset", "configuration": {"offset": 0, "scale": 10}},
        {"name": "cast_value", "configuration": {"data_type": "int16"}},
        BYTES,
    ],
}
SHARDED = {"name": "sharding_indexed", "configuration": {
    "chunk_shape": [2], "codecs": [BYTES], "index_codecs": [BYTES]}}  # fmt: skip

CALLS: list[tuple[int, list[str]]] = [
    (0, ["to-v3", GZIP_V2]),
    (0, ["to-v3", '{"id": "blosc", "nthreads": 4}']),
    (1, ["to-v3", "zsdt"]),
    (1, ["to-v3", '{"id": "gzip", "level": 99}']),
    (2, ["to-v3", "missing.json"]),
    (0, ["to-v2", json.dumps(LOSSY), "--on-loss", "warn"]),
    (1, ["to-v2", json.dumps(LOSSY)]),
    (0, ["convert", json.dumps(ZARRAY)]),
    (0, ["convert", '{"version": 1, "refs": {".zgroup": "{\\"zarr_format\\": 2}"}}']),
    (1, ["convert", "{}"]),
    (2, ["convert", "zstd"]),
    (0, ["explain", GZIP_V2]),
    (0, ["explain", json.dumps(ZARRAY)]),
    (0, ["explain", json.dumps(ZARR_JSON)]),
    (0, ["explain", json.dumps(LOSSY)]),
    (0, ["explain", json.dumps(SHARDED)]),
    (0, ["explain", json.dumps({"id": "mine"}), "--unknown", "keep"]),
    (0, ["explain", "good"]),
    (0, ["explain", "bad"]),
    (2, ["explain", "missing.zarr"]),
    (1, ["explain", "zsdt"]),
    (0, ["check", "zstd"]),
    (0, ["check", "good"]),
    (1, ["check", json.dumps(ZARRAY), "--reader", "netcdf-c"]),
    (0, ["check", json.dumps(ZARRAY), "--reader", "zarr-python"]),
    (1, ["check", "zsdt"]),
    (2, ["check", "zstd", "--reader", "zarr-pyton"]),
    (2, ["check", "missing.zarr"]),
    (0, ["codecs"]),
    (0, ["schema", "v2", "gzip"]),
    (0, ["schema", "report", "migrate"]),
    (0, ["schema", "--write", "schemas"]),
    (1, ["schema", "v3", "gzp"]),
    (2, ["schema"]),
    (0, ["migrate", "good"]),
    (1, ["migrate", "bad"]),
    (0, ["migrate", "good", "--write", "--on-loss", "warn"]),
    (2, ["migrate", "missing"]),
    (2, ["migrate", "good", "--undo"]),
]


@pytest.fixture
def stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that can be migrated, with a note and a loss, and one with an array that cannot."""
    monkeypatch.chdir(tmp_path)
    for store, codec in (("good", ZARRAY["compressor"]), ("bad", {"id": "mine"})):
        Path(store, "a").mkdir(parents=True)
        Path(store, ".zgroup").write_text('{"zarr_format": 2}')
        Path(store, "a", ".zarray").write_text(json.dumps({**ZARRAY, "compressor": codec}))


@pytest.mark.usefixtures("stores")
@pytest.mark.parametrize(("code", "call"), CALLS, ids=lambda value: str(value)[:60])
def test_a_report_is_what_its_schema_describes(code, call, monkeypatch, capsys):
    jsonschema = pytest.importorskip("jsonschema")
    monkeypatch.setattr(sys, "stdin", Stdin(""))
    monkeypatch.setattr(listing, "write_schemas", lambda _: [])  # takes seconds
    assert main([*call, "--json"]) == code
    captured = capsys.readouterr()
    report: Any = json.loads(captured.out)
    jsonschema.Draft202012Validator(report_schema(call[0])).validate(report)
    assert ("error" in report) == (code != 0 and not {"nodes", "readers"} & report.keys())
    if "error" in report:
        assert f"error: {report['error']['message']}\n" in captured.err
    else:
        assert captured.err == ""  # notes and losses are in the report


def test_each_command_with_reports_has_calls_of_each_status():
    with_json = {
        name
        for name in COMMANDS
        if any("--json" in option.flags for option in load_command(name).options)
    }
    assert with_json == REPORTS.keys() == {call[0] for _, call in CALLS}


def test_a_schema_forbids_what_it_does_not_name():
    jsonschema = pytest.importorskip("jsonschema")
    good: dict[str, Any] = {"result": {}, "notes": [], "losses": []}
    validator = jsonschema.Draft202012Validator(report_schema("convert"))
    assert validator.is_valid(good)
    for wrong in ({**good, "more": 1}, {"result": {}}, {**good, "notes": ["text"]}, {"error": {}}):
        assert not validator.is_valid(wrong)


def test_files_are_current():
    assert {path.stem for path in FOLDER.iterdir()} == REPORTS.keys()
    old = [
        name
        for name in REPORTS
        if as_text(report_schema(name)) != (FOLDER / f"{name}.json").read_text("utf-8")
    ]
    assert not old, "run: zarrcodec-bridge schema --write schemas"
