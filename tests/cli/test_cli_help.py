"""What the command line says of itself: examples, suggestions, colours, completion, and files that are whole (E7)."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.programs import GZIP_V2, GZIP_V3, HOME, ZARR_JSON, ZARRAY, Stdin, run
from zarrcodec_bridge.cli import COMMANDS, listing, load_command, main
from zarrcodec_bridge.cli.output import JSON_TOKEN, Output
from zarrcodec_bridge.cli.parser import EPILOG
from zarrcodec_bridge.core.messages import Hint

EXAMPLES = [
    pytest.param(example, id=f"E7-{name}-{number}")
    for name, examples in [
        *((name, load_command(name).examples) for name in COMMANDS),
        ("help", tuple(line[2:] for line in EPILOG.split("\n") if line.startswith("  "))),
    ]
    for number, example in enumerate(examples)
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what the examples read."""
    group = {"zarr_format": 2}
    plain = {**ZARRAY, "filters": None, "order": "C"}
    consolidated = {
        "zarr_consolidated_format": 1,
        "metadata": {".zgroup": group, "a/.zarray": plain},
    }
    references = {"version": 1, "refs": {".zgroup": json.dumps(group)}}
    documents: dict[str, Any] = {
        "array.zarr/.zarray": plain,
        "array3.zarr/zarr.json": {**ZARR_JSON, "attributes": {},
            "chunk_key_encoding": {"name": "v2", "configuration": {"separator": "."}}},
        "archive.zarr/.zgroup": group,
        "archive.zarr/.zmetadata": consolidated,
        "archive.zarr/a/.zarray": plain,
        "references.json": references,
    }  # fmt: skip
    for name, document in documents.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(json.dumps(document))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_of_the_help_runs(example, folder, monkeypatch, capfd):
    if " completion " in example:
        pytest.importorskip("shtab")
    if "--verify" in example:
        pytest.importorskip("zarr", minversion="3.0.8")
        pytest.importorskip("numcodecs")
    monkeypatch.setattr(listing, "write_schemas", lambda _: [])  # takes seconds
    if "--undo" in example:
        assert main(["migrate", "archive.zarr", "--write"]) == 0
    monkeypatch.setenv("HOME", str(folder))
    stdin = ""
    for line in example.split(" | "):
        program, *arguments = map(os.path.expanduser, shlex.split(line))
        assert program == "zarrcodec-bridge"
        if "-o" in arguments:
            Path(arguments[arguments.index("-o") + 1]).parent.mkdir(parents=True, exist_ok=True)
        monkeypatch.setattr(sys, "stdin", Stdin(stdin))
        assert main(arguments) == 0, capfd.readouterr().err
        stdin = capfd.readouterr().out
        if "-o" in arguments:
            assert Path(arguments[arguments.index("-o") + 1]).stat().st_size
        else:
            assert stdin


@pytest.mark.parametrize("name", COMMANDS)
def test_every_subcommand_has_a_help_with_examples(name, capsys):
    command = load_command(name)
    assert command.run.__doc__
    assert all(each.settings.get("help") for each in command.options)
    assert main([name, "--help"]) == 0
    shown = capsys.readouterr().out
    assert command.examples
    assert all(f"  {example}\n" in shown for example in command.examples)
    flags = {flag for each in command.options for flag in each.flags}
    assert {"-o", "--output"} <= flags
    assert ("--json" in flags) == (name != "completion")  # which prints a program


@pytest.mark.parametrize(
    ("arguments", "usage", "meant"),
    [
        (["to-v3", "zstd", "--targett", "spec"], "to-v3 [-h]", "--target"),
        (["to-v3", "zstd", "--targett=spec"], "to-v3 [-h]", "--target"),
        (["--targett", "spec", "to-v3", "zstd"], "[-h]", None),
        (["migrate", "x", "--verfy", "3"], "migrate [-h]", "--verify"),
        (["migrate", "x", "--on-los", "warn"], "migrate [-h]", "--on-loss"),
        (["migrate", "x", "--on-loss", "wran"], "migrate [-h]", "warn"),
        (["convert", "x", "--to", "4"], "convert [-h]", None),
        (["to-v3", "zstd", "--unknown", "Keep"], "to-v3 [-h]", "keep"),
        (["schema", "reprot"], "schema [-h]", "report"),
        (["schema", "report", "migrat"], None, "migrate"),
        (["schema", "v3", "gzp"], None, "'gzip'"),
        (["migrat", "x"], "COMMAND ...", "migrate"),
        (["Explain", "x"], "COMMAND ...", "explain"),
        (["tov3", "x"], "COMMAND ...", "to-v3"),
        (["completion", "fsh"], "completion [-h]", "fish"),
    ],
    ids=lambda value: f"E7-{' '.join(value)}" if isinstance(value, list) else "",
)
def test_a_mistyped_word_is_corrected_with_the_usage_of_its_command(
    arguments, usage, meant, capsys
):
    assert main(arguments) == (1 if "gzp" in arguments else 2)
    captured = capsys.readouterr()
    assert captured.out == ""
    *shown, error = captured.err.rstrip("\n").split("\n")
    assert error.startswith("error: ")
    if meant is None:
        assert "did you mean" not in error
    else:
        assert f"did you mean {meant}?" in error
    assert bool(shown) == (usage is not None)
    if usage is not None:
        assert shown[0].startswith(f"usage: zarrcodec-bridge {usage}")


@pytest.mark.parametrize("name", COMMANDS)
def test_no_option_is_advised_that_the_command_lacks(name):
    """E7: of all options that any command has, and of one that none has."""
    flags = {flag for each in load_command(name).options for flag in each.flags}
    every = {
        flag
        for other in COMMANDS
        for option in load_command(other).options
        for flag in option.flags
        if flag.startswith("--")
    }
    out = Output()
    out.open(None, flags, as_json=False)
    for flag in (*every, "--nothing-such"):
        hint = Hint(flag[2:].replace("-", "_"), "x")
        shown = out.phrase(type("Text", (), {"text": _message(hint)})())
        assert (flag in shown) == (flag in flags), shown
        assert ("in Python" in shown) == (flag not in flags), shown


def _message(hint: Hint) -> Any:
    from zarrcodec_bridge.core.messages import Message

    return Message("pass ", hint)


def test_schema_of_a_mistyped_codec_advises_no_unknown(capsys):
    """E7: neither does Python, whose json_schema has no such option."""
    assert main(["schema", "v3", "gzp"]) == 1
    assert capsys.readouterr().err == (
        "error: no codec is registered for the v3 name 'gzp'; did you mean 'gzip'?\n"
    )


# --- files


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch, capsys):
    target = tmp_path / "codec.json"
    assert main(["to-v3", GZIP_V2, "-o", str(target)]) == 0
    assert capsys.readouterr().out == ""
    assert target.read_text() == GZIP_V3 + "\n"
    assert main(["to-v3", "zsdt", "-o", str(target)]) == 1
    assert main(["to-v3", "missing.json", "-o", str(target)]) == 2
    assert target.read_text() == GZIP_V3 + "\n"

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device", "temporary")

    monkeypatch.setattr(os, "replace", full)
    capsys.readouterr()
    assert main(["to-v3", "zstd", "-o", str(target)]) == 2
    assert capsys.readouterr().err == (
        f"error: {target} cannot be written: No space left on device\n"
    )
    assert target.read_text() == GZIP_V3 + "\n"
    assert os.listdir(tmp_path) == ["codec.json"]


def test_a_file_that_cannot_be_written(tmp_path, capsys):
    for target in (tmp_path / "missing" / "x.json", tmp_path):
        assert main(["to-v3", "zstd", "-o", str(target)]) == 2
        assert f"error: {target} cannot be written: " in capsys.readouterr().err
    assert main(["to-v3", "zstd", "-o", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "zstd"


@pytest.mark.skipif(os.name != "posix", reason="POSIX modes, links and devices")
def test_a_file_keeps_its_mode_and_a_link_stays(tmp_path):
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    assert main(["to-v3", "zstd", "-o", str(link)]) == 0
    assert link.is_symlink()
    assert json.loads(real.read_text())["name"] == "zstd"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    old = os.umask(0o027)
    try:
        assert main(["to-v3", "zstd", "-o", str(tmp_path / "new")]) == 0
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640
    ran = run("to-v3", "zstd", "-o", "/dev/stdout")
    assert json.loads(ran.stdout)["name"] == "zstd"


def test_the_report_of_a_refusal_is_a_report(tmp_path):
    target = tmp_path / "report.json"
    assert main(["to-v3", "zsdt", "--json", "-o", str(target)]) == 1
    assert json.loads(target.read_text())["error"]["kind"] == "UnknownCodecError"


# --- colours


class Terminal:
    def __init__(self) -> None:
        self.shown = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> None:
        self.shown += text

    def flush(self) -> None:
        pass


@pytest.mark.parametrize(
    ("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_errors_and_notes_are_coloured_on_a_terminal(environment, coloured, monkeypatch):
    """E7; and no rich is imported for them."""
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(os, "name", "posix")
    for stream in ("stdout", "stderr"):
        monkeypatch.setattr(sys, stream, Terminal())
    assert main(["to-v3", "zsdt"]) == 1
    assert main(["to-v3", '{"id": "blosc", "nthreads": 4}']) == 0
    errors, notes = sys.stderr.shown.split("\n")[:2]  # type: ignore[attr-defined]
    assert errors.startswith("\x1b[1;31merror:\x1b[0m no codec" if coloured else "error: no codec")
    assert notes.startswith("\x1b[36mnote:\x1b[0m blosc" if coloured else "note: blosc")
    assert ("\x1b[" in sys.stdout.shown) == coloured  # type: ignore[attr-defined]


def test_json_on_a_terminal_imports_no_rich():
    code = (
        "import sys; sys.stdout.isatty = lambda: True\n"
        "from zarrcodec_bridge.cli import main\n"
        "assert main(['to-v3', 'zstd']) == 0\n"
        "print('rich' in sys.modules)"
    )
    environment = {key: os.environ[key] for key in os.environ if key not in ("NO_COLOR", "TERM")}
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={**environment, "PYTHONPATH": str(HOME), "WT_SESSION": "1"},
    )  # fmt: skip
    *shown, imported = ran.stdout.splitlines()
    assert "\x1b[1;34m" in "".join(shown)
    assert imported == "False"


def test_json_tokens():
    text = json.dumps({'a":\\': ["b: c", 1e300, -2, None, True, {}, "\\"]}, indent=2)
    found = [match.lastgroup for match in JSON_TOKEN.finditer(text)]
    assert found == ["key", "text", *["number"] * 4, "text"]
    assert JSON_TOKEN.sub(lambda match: match[0], text) == text


# --- completion


def _script(shell: str) -> str:
    pytest.importorskip("shtab")
    ran = run("completion", shell)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.decode()


LINES = [
    ("zarrcodec-bridge to-", {"to-v2", "to-v3"}),
    ("zarrcodec-bridge migrate --ver", {"--verify"}),
    ("zarrcodec-bridge to-v3 --target tens", {"tensorstore"}),
    ("zarrcodec-bridge schema re", {"report"}),
    ("zarrcodec-bridge convert --output arr", {"array.zarr", "array3.zarr"}),
    ("zarrcodec-bridge explain ref", {"references.json"}),
]


@pytest.mark.parametrize("shell", ["bash", "fish"])
def test_completion(shell, folder):
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    (folder / "script").write_text(_script(shell))
    for line, expected in LINES:
        ran = subprocess.run(
            [shell, "-c", _completes(shell, line)], capture_output=True, text=True, check=False
        )
        found = {each.split("\t")[0].rstrip("/ ") for each in ran.stdout.split("\n") if each}
        assert found == expected, (line, ran.stderr)


def _completes(shell: str, line: str) -> str:
    if shell == "fish":
        return f"source ./script; complete -C '{line}'"
    words = line.split(" ")
    return (
        "source ./script; COMP_WORDS=({}); COMP_CWORD={}; COMP_LINE='{}'; COMP_POINT=${{#COMP_LINE}};"
        " $(complete -p zarrcodec-bridge | sed 's/.*-F \\([^ ]*\\).*/\\1/')"
        " zarrcodec-bridge '{}' '{}'; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    ).format(" ".join(words), len(words) - 1, line, words[-1], words[-2])


def test_completion_of_zsh_is_registered(folder):
    if shutil.which("zsh") is None:
        pytest.skip("no zsh here")
    (folder / "script").write_text(_script("zsh"))
    line = 'autoload -Uz compinit && compinit -u -D; eval "$(cat script)"; echo $_comps[zarrcodec-bridge]'
    ran = subprocess.run(["zsh", "-fc", line], capture_output=True, text=True, check=False)
    assert ran.stdout.strip() == "_shtab_zarrcodec_bridge", ran.stderr


def test_completion_without_shtab(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert main(["completion", "bash"]) == 2
    assert "pip install 'zarrcodec_bridge[completion]'" in capsys.readouterr().err


def test_the_options_that_name_readers_take_them_from_the_readers():
    from zarrcodec_bridge.readers import TARGETS

    for name in COMMANDS:
        for option in load_command(name).options:
            if option.flags == ("--target",):
                offered = option.completes or option.settings.get("choices")
                assert tuple(offered) == tuple(TARGETS)  # type: ignore[arg-type]
