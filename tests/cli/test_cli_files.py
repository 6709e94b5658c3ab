"""The command line on files and on standard input, in this process."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import warnings
from typing import Any

import pytest

from support.programs import AS_V3, GZIP_V2, V2_MEMBERS, ZARR_JSON, ZARRAY, Stdin
from zarrcodec_bridge import cli
from zarrcodec_bridge.cli import COMMANDS, load_command, main, options
from zarrcodec_bridge.cli.command import Command, Misuse, command, option
from zarrcodec_bridge.cli.output import Output
from zarrcodec_bridge.cli.sources import load


def test_files(tmp_path, monkeypatch, capsys):
    (tmp_path / ".zarray").write_text(json.dumps(ZARRAY))
    (tmp_path / "zarr.json").write_text(json.dumps(ZARR_JSON, indent=4))
    (tmp_path / "zstd").write_text(GZIP_V2)
    (tmp_path / "codec").write_text(GZIP_V2)
    (tmp_path / "locked").write_text(GZIP_V2)
    monkeypatch.chdir(tmp_path)
    for source, expected in ((".zarray", AS_V3), (str(tmp_path / ".zarray"), AS_V3)):
        assert main(["to-v3", source]) == 0
        assert json.loads(capsys.readouterr().out) == expected
    assert main(["to-v2", "zarr.json"]) == 0
    assert json.loads(capsys.readouterr().out)["filters"] == V2_MEMBERS["filters"]
    assert read("zstd") == "zstd"
    assert read(os.path.join(os.curdir, "zstd")) == read("codec") == json.loads(GZIP_V2)


def read(text: str, **options: Any) -> Any:
    return load(argparse.Namespace(source=text, **options)).value


def test_a_file_without_permission(tmp_path, monkeypatch):
    def denied(*_: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "codec.json").write_text(GZIP_V2)
    monkeypatch.setattr("builtins.open", denied)
    with pytest.raises(Misuse, match="cannot be read: PermissionError"):
        read(str(tmp_path / "codec.json"))


@pytest.mark.parametrize("given", [{}, {"max_size": 1}])
def test_a_chunk_instead_of_metadata(given, tmp_path, monkeypatch):
    """D10: what reads consolidated metadata, too, has an option for it."""
    monkeypatch.setattr(options, "LARGEST_INPUT", 1)  # MiB
    path = str(tmp_path / "0.0")
    content = json.dumps(json.loads(GZIP_V2)) + " " * (1 << 20)
    (tmp_path / "0.0").write_text(content)
    for source in (path, "-"):
        monkeypatch.setattr(sys, "stdin", Stdin(content))
        with pytest.raises(Misuse, match="larger than metadata") as caught:
            read(source, **given)
        assert ("--max-size" in str(caught.value)) == bool(given)
    assert read(path, max_size=2) == json.loads(GZIP_V2)


@pytest.mark.parametrize("name", COMMANDS)
def test_max_size_is_advised_where_it_is_an_option(name):
    """D10"""
    flags = {flag for each in load_command(name).options for flag in each.flags}
    assert ("--max-size" in flags) == (name in ("convert", "explain", "check"))


def test_stdin_that_is_none(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["to-v3"]) == main(["to-v3", "-"]) == 2
    assert "stdin is closed" in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", io.StringIO(GZIP_V2))
    assert main(["to-v3"]) == 0


def test_stdin_that_is_a_terminal(monkeypatch, capsys):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal(GZIP_V2))
    assert main(["to-v3"]) == 2
    assert "expected a SOURCE" in capsys.readouterr().err
    assert main(["to-v3", "-"]) == 0


def offer(monkeypatch: pytest.MonkeyPatch, made: Command) -> None:
    """Add a subcommand."""
    monkeypatch.setitem(COMMANDS, made.name, "")
    monkeypatch.setattr(
        cli, "load_command", lambda name: made if name == made.name else load_command(name)
    )


@pytest.mark.filterwarnings("always")
def test_warnings_are_one_line(monkeypatch, capsys):
    def run(args: Any, out: Output) -> None:
        warnings.warn("a plugin\nis broken", stacklevel=1)

    offer(monkeypatch, Command("warns", run, ()))
    assert main(["warns"]) == 0
    assert capsys.readouterr().err == "warning: a plugin\\nis broken\n"


def test_a_subcommand_is_one_function(monkeypatch, capsys):
    @command("shout", option("word", help="100% of it"), option("--times", type=int, default=1))
    def shout(args: Any, out: Output) -> int:
        """Say a word 100% aloud."""
        out.json([args.word.upper()] * args.times)
        return 3

    offer(monkeypatch, shout)
    assert main(["shout", "a", "--times", "2"]) == 3
    assert capsys.readouterr().out == '["A", "A"]\n'
    assert main(["--help"]) == 0
    assert "Say a word 100% aloud." in capsys.readouterr().out


def test_attributes_beside_the_file_are_converted_with_it(tmp_path, capsys):
    (tmp_path / ".zarray").write_text(json.dumps(ZARRAY))
    (tmp_path / ".zattrs").write_text('{"_ARRAY_DIMENSIONS": ["y", "x"], "units": "K"}')
    assert main(["convert", str(tmp_path / ".zarray")]) == 0
    beside = capsys.readouterr()
    assert f"note: attributes: are those of {tmp_path / '.zattrs'}\n" in beside.err
    found = json.loads(beside.out)
    assert (found["attributes"], found["dimension_names"]) == (
        {"units": "K", "_FillValue": 0},
        ["y", "x"],
    )

    assert main(["convert", str(tmp_path / ".zarray"), "--attributes", '{"units": "m"}']) == 0
    assert json.loads(capsys.readouterr().out)["attributes"] == {"units": "m"}
