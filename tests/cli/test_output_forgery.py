"""Names and texts of a stranger in what is printed: none can be taken for what the library says (H6)."""

import io
import json
import sys

import pytest

from zarrcodec_bridge import explain
from zarrcodec_bridge.cli import main
from zarrcodec_bridge.cli.output import Output
from zarrcodec_bridge.core.errors import LONGEST_MESSAGE, Loss, Note
from zarrcodec_bridge.core.messages import Cell
from zarrcodec_bridge.stores import migrate
from zarrcodec_bridge.stores.progress import progress_bar
from zarrcodec_bridge.stores.report import NodeReport, Report

ZARRAY = {
    "zarr_format": 2,
    "shape": [4],
    "chunks": [2],
    "dtype": "<i2",
    "order": "C",
    "filters": None,
    "compressor": {"id": "no\nsuch\x1b[2J\u202ecodec"},
    "fill_value": 0,
}

FOREIGN = {
    "newline": "x\ndone         array  all/good",
    "carriage return": "x\rdone         array  all/good",
    "terminal": "x\x1b[2J\x1b]0;title\x07",
    "C1 control": "x\x9b2J",
    "bidirectional": "x\u202eyarra  enod\u2066",
    "line separator": "x\u2028done\u2029done\x85done\x0bdone\x0cdone",
    "invisible": "x\u200b\ufeff\u00ad\U000e0001",
    "surrogate": "x\udc80",
}


def assert_harmless(text: str, lines: int) -> None:
    assert text.count("\n") == lines - 1, text
    assert all(char.isprintable() or char == "\n" for char in text), ascii(text)


@pytest.mark.parametrize("foreign", FOREIGN.values(), ids=[f"H6-{name}" for name in FOREIGN])
def test_a_report_has_a_line_for_each_thing_that_it_says(foreign):
    nodes = (
        NodeReport(foreign, "array", "refused", foreign),
        NodeReport(
            "b", "array", "done", None, (Note(foreign, foreign),), (Loss(foreign, foreign),)
        ),
    )
    report = Report(foreign, 3, False, nodes, foreign, foreign, remarks=(foreign,))
    assert_harmless(str(report), 9)
    assert_harmless(report.summary(), 6)
    assert_harmless(report.to_json(), 1)
    assert json.loads(report.to_json())["nodes"][0]["path"] == foreign


@pytest.mark.parametrize(
    "path", ["a  (removes its old documents)", " a", "'a'", "a  (3 chunks verified)"]
)
def test_a_path_that_looks_like_more_than_a_name_is_quoted(path):
    """H6: also without control characters."""
    assert str(NodeReport(path, "array", "done")).endswith(f"  {path!r}")


def test_reports_are_of_bounded_length():
    """H6: a reason, a path or a note of megabytes."""
    long = "x" * 3_000_000
    nodes = (NodeReport(long, "array", "refused", long, losses=(Loss(long, long),)),)
    report = Report(long, 3, True, nodes, long, long, remarks=(long,))
    assert len(str(report)) < 8 * LONGEST_MESSAGE
    (node,) = report.to_dict()["nodes"]
    assert node["path"] == long  # it is a key, which a program looks up
    others = {**report.to_dict(), "nodes": [{**node, "path": ""}]}
    assert len(json.dumps(others)) < 11 * LONGEST_MESSAGE


@pytest.mark.parametrize("name", ["x\ndone  array  forged", "x\x1b[2J", "x\u202e"])
def test_the_command_prints_no_forged_line(name, tmp_path, capsys):
    """H6: the path of a refused array, and the name of its codec."""
    try:
        folder = tmp_path / name
        folder.mkdir()
    except (OSError, ValueError):
        pytest.skip("no such names in this file system")
    (folder / ".zarray").write_text(json.dumps(ZARRAY))
    assert main(["migrate", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert_harmless(out.rstrip("\n"), 3)
    assert main(["migrate", str(folder / "missing")]) == 2
    assert_harmless(capsys.readouterr().err.rstrip("\n"), 1)
    assert main(["to-v3", json.dumps(ZARRAY["compressor"])]) == 1
    assert_harmless(capsys.readouterr().err.rstrip("\n"), 1)


@pytest.mark.parametrize(
    "title", ["[/nothing]", "[red]x", "x[/]", "a\x1b[2Jb", "a\nb", "{task.id}"]
)
def test_the_bar_shows_a_title_as_it_is(title, monkeypatch):
    """H6: markup of rich raised MarkupError, and control sequences reached the terminal."""
    pytest.importorskip("rich")

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(sys, "stderr", screen)
    with progress_bar(True, title) as show:
        show(1, 2)
    assert "\x1b[2J" not in screen.getvalue()
    shown = title.replace("\x1b", "\\x1b").replace("\n", "\\n")
    assert shown in screen.getvalue()


NAMES = ["target=3", "partial=True", "unknown='keep'", "on_loss='warn'", "verify=4", "keep_attributes=True",
         "chunks_complete=True", "use a Pipeline"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_that_somebody_chose_stay_as_they_are(name, tmp_path, capsys):
    """H6: the words of the library become those of a command line, names do not."""
    (tmp_path / name).mkdir()
    document = {**ZARRAY, "compressor": {"id": name}}
    (tmp_path / name / ".zarray").write_text(json.dumps(document))
    assert main(["migrate", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert f"  {name}\n" in out
    assert f"'{name}'" in out.replace('"', "'")
    assert "--unknown keep passes it through, --unknown wrap writes" in out
    assert main(["to-v3", json.dumps({"id": name}), "--unknown", "keep"]) in (0, 1)
    assert main(["explain", json.dumps({"id": name})]) in (0, 1)
    assert "--" not in capsys.readouterr().out.replace("--unknown", "")


def test_json_and_tables_on_a_terminal_hold_no_control_characters(monkeypatch):
    """H6: rich writes JSON again, in which C1 and bidirectional characters stood as they are."""
    pytest.importorskip("rich")

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    foreign = "".join(FOREIGN.values())
    for terminal in (Terminal(), io.StringIO()):
        monkeypatch.setattr(sys, "stdout", terminal)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("COLUMNS", "400")
        monkeypatch.delenv("NO_COLOR", raising=False)
        Output().json({"x": foreign})
        Output().show([[Cell(foreign), Cell(foreign)]])
        shown = terminal.getvalue()
        for char in "\x9b\u202e\u2028\x07\x85":
            assert char not in shown
        assert "\x1b[2J" not in shown


def test_html_is_escaped():
    """H6: a codec's name in a notebook."""
    foreign = "<script>alert(1)</script>"
    page = explain({"id": foreign}, unknown="keep")._repr_html_()
    assert "<script" not in page
    assert "&lt;script" in page


def test_a_refused_array_forges_no_line_of_a_mapping():
    """H6, in Python."""
    store = {"a\ndone  array  b/.zarray": json.dumps(ZARRAY).encode()}
    assert_harmless(str(migrate(store)), 3)
