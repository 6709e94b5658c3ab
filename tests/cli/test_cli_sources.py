"""Commands take paths, URLs and stores alike (E7): what is read of each, and what is said where it cannot be."""

from __future__ import annotations

import io
import json
import os
import re
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from support.programs import AS_V3, V2_MEMBERS, ZARR_JSON, ZARRAY
from zarrcodec_bridge.cli import main, sources
from zarrcodec_bridge.stores.progress import progress_bar

GROUP = {"zarr_format": 2}
ATTRIBUTES = {"_ARRAY_DIMENSIONS": ["y", "x"], "units": "K"}
CONSOLIDATED = {
    "zarr_consolidated_format": 1,
    "metadata": {".zgroup": GROUP, "a/.zarray": ZARRAY, "a/.zattrs": ATTRIBUTES},
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    files: dict[str, Any] = {
        "array/.zarray": ZARRAY,
        "array/.zattrs": ATTRIBUTES,
        "array3/zarr.json": ZARR_JSON,
        "plain/.zgroup": GROUP,
        "plain/a/.zarray": ZARRAY,
        "plain/b/c/.zarray": {**ZARRAY, "compressor": {"id": "gzpi"}},
        "consolidated/.zgroup": GROUP,
        "consolidated/.zmetadata": CONSOLIDATED,
        "consolidated/a/.zarray": ZARRAY,
        "consolidated/a/.zattrs": ATTRIBUTES,
    }
    for name, document in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(json.dumps(document))
    (tmp_path / "empty").mkdir()
    with zipfile.ZipFile(tmp_path / "array.zip", "w") as archive:
        archive.writestr(".zarray", json.dumps(ZARRAY))
        archive.writestr(".zattrs", json.dumps(ATTRIBUTES))
    monkeypatch.chdir(tmp_path)
    return tmp_path


ARRAYS = ["array/.zarray", "array", "array/", "URL/array", "URL/array/.zarray", "array.zip"]


def address(source: str, folder: Path) -> str:
    if source.startswith("URL"):
        pytest.importorskip("fsspec")
        return folder.as_uri() + source[3:]
    return source


@pytest.mark.parametrize("source", ARRAYS)
def test_an_array_is_read_from(source, folder, capsys):
    source = address(source, folder)
    assert main(["to-v3", source]) == 0
    assert json.loads(capsys.readouterr().out) == AS_V3
    assert main(["convert", source]) == 0
    captured = capsys.readouterr()
    found = json.loads(captured.out)
    assert (found["dimension_names"], found["attributes"]["units"]) == (["y", "x"], "K")
    assert "note: attributes: are those of " in captured.err
    assert main(["explain", source]) == 0
    assert capsys.readouterr().out.startswith("encoding of little-endian int32\n")


@pytest.mark.parametrize("source", ["array3", "array3/zarr.json", "URL/array3"])
def test_an_array_of_v3_is_read_from(source, folder, capsys):
    assert main(["to-v2", address(source, folder)]) == 0
    assert json.loads(capsys.readouterr().out)["filters"] == V2_MEMBERS["filters"]


@pytest.mark.parametrize(
    "source", ["consolidated", "consolidated/.zmetadata", "URL/consolidated", "URL/consolidated/.zmetadata"]
)  # fmt: skip
def test_consolidated_metadata_is_read_from(source, folder, capsys):
    source = address(source, folder)
    assert main(["convert", source]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["consolidated_metadata"]["metadata"]["a"]["dimension_names"] == ["y", "x"]
    assert main(["explain", source]) == 0
    title, array = capsys.readouterr().out.rstrip("\n").split("\n")
    assert title.endswith("1 array")
    assert array.split()[:3] == ["a", "v2", "little-endian"]
    assert "zarr-python" in array


@pytest.mark.parametrize("source", ["plain", "URL/plain"])
def test_the_arrays_of_a_store_are_listed_with_their_readers(source, folder, capsys):
    source = address(source, folder)
    assert main(["explain", source]) == 0
    title, first, second = capsys.readouterr().out.rstrip("\n").split("\n")
    assert title.endswith("plain: 2 arrays")
    assert first.split()[:2] == ["a", "v2"]
    assert "zarr-python" in first
    assert "b/c" in second
    assert "did you mean 'gzip'" in second
    assert main(["explain", source, "--json"]) == 0
    arrays = json.loads(capsys.readouterr().out)["arrays"]
    assert [array["path"] for array in arrays] == ["a", "b/c"]
    assert arrays[0]["explanation"]["v2"]["readers"]
    assert arrays[1]["hints"]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (["to-v3", "plain"], "plain holds arrays, such as 'a', and no consolidated metadata"),
        (["convert", "plain"], "migrate STORE gives the whole store the other format"),
        (["to-v3", "empty"], "there is no array in"),
        (["convert", "empty"], "there is no array in"),
        (["to-v3", "nothing/here"], "no such file: 'nothing/here'"),
        (["convert", "nothing.zarr"], "no such file: 'nothing.zarr'"),
        (["explain", "nothing.zarr"], "no such file: 'nothing.zarr'"),
        (["to-v3", "URL/nothing"], "there is no directory or zip file at"),
        (["to-v3", "nosuch://a/b"], "nosuch"),
        (["explain", "nosuch://a/b"], "nosuch"),
        (["to-v3", "array.zip/x"], "no such file"),
        (["to-v3", "0" * 300 + "/x"], "no such file: '000"),
    ],
    ids=lambda value: f"E7-{' '.join(value)[:40]}" if isinstance(value, list) else "",
)
def test_what_cannot_be_read_is_misuse(call, says, folder, capsys):
    call = [address(word, folder) for word in call]
    assert main(call) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert says in captured.err
    assert captured.err.startswith("error: ")
    assert captured.err.count("\n") == 1


def test_a_url_is_not_taken_for_the_name_of_a_codec(folder, capsys):
    """E7; but the names of v3 may be URLs, and --unknown says that this is one."""
    name = "https://example.invalid/codec"
    assert main(["to-v3", f'"{name}"']) == 1
    assert "got the URL" in capsys.readouterr().err
    assert main(["to-v3", name, "--unknown", "keep"]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == name


@pytest.mark.parametrize("text", ['"array"', '"array/.zarray"'])
def test_a_path_in_json_is_a_name(text, folder, capsys):
    assert main(["to-v3", text]) == 1
    assert "the path of a f" in capsys.readouterr().err  # a file, a folder: nothing is opened


def test_targets_are_repeated_or_separated(folder, capsys):
    outputs = []
    for targets in (
        ["--target", "zarr-python>=3.1", "--target", "zarrita"],
        ["--target", "zarr-python>=3.1,zarrita"],
        ["--target=spec", "--target=zarr-python>=3.1", "--target=zarrita"],
    ):
        assert main(["to-v3", "array", *targets]) in (0, 1)
        outputs.append(capsys.readouterr())
    assert outputs[0] == outputs[1] == outputs[2]
    assert main(["to-v3", "array", "--target", "zarrita", "--target", "tensorstore"]) == 1
    both = capsys.readouterr().err
    assert main(["to-v3", "array", "--target", "tensorstore"]) == 1
    assert both
    assert os.listdir(folder)


@pytest.mark.parametrize(
    ("readers", "code"),
    [
        ([], 0),
        (["--reader", "zarr-python"], 0),
        (["--reader", "zarr-python", "--reader", "netcdf-c"], 1),
        (["--reader", "zarr-python,netcdf-c"], 1),
        (["--reader", "zarr-python>=3.1"], 0),
        (["--reader", "zarr-pyton"], 2),
        (["--reader", "spec"], 2),
    ],
    ids=str,
)
@pytest.mark.parametrize("source", ["array", "array/.zarray", "URL/array", "consolidated"])
def test_check_exits_with_1_where_a_named_reader_does_not_open_it(
    readers, code, source, folder, capsys
):
    assert main(["check", address(source, folder), *readers]) == code
    captured = capsys.readouterr()
    if code == 2:
        assert captured.out == ""
        assert "error: argument --reader: expected " in captured.err
    else:
        assert "zarr-python" in captured.out
        assert ("netcdf-c" in captured.out) == (code == 1 or not readers)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    "call", [["explain", "plain"], ["check", "plain"], ["convert", "large.json"]], ids=str
)
def test_long_work_is_shown_on_a_terminal_without_a_total(call, folder, monkeypatch, capsys):
    """E7"""
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sources, "LONG", 0)
    (folder / "large.json").write_text(json.dumps(CONSOLIDATED) + " " * 100)
    assert main(call) == 0
    assert call[1] in screen.getvalue()
    assert "0:00:0" in screen.getvalue()
    assert not re.search(r"\d+/\d+", screen.getvalue())
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    assert main(["to-v3", "array"]) == 0
    assert "0:00:0" not in screen.getvalue()


@pytest.mark.parametrize(("known", "shown"), [(True, "3/9"), (False, "3 done")])
def test_a_bar_has_a_total_only_where_it_does_not_grow(known, shown, monkeypatch):
    """E7"""
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with progress_bar(True, "a store", known=known) as show:
        show(3, 9)
    assert shown in screen.getvalue()
    assert bool(re.search(r"\d/\d", screen.getvalue())) == known
