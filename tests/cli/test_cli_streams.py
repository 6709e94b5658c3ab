"""The command line as a program: pipes, terminals, broken streams, and the keyboard."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess

import pytest

from support.programs import GZIP_V2, GZIP_V3, HOME, PROGRAM, ZARRAY, run, text_of
from zarrcodec_bridge.cli.command import INTERRUPTED, READER_GONE

pty = pytest.importorskip("pty", reason="no pseudo-terminals here") if os.name == "posix" else None


COLOUR = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\")
"""Colours, and where links begin and end."""


def test_output_that_ascii_cannot_say():
    name = "caf\u00e9\ud800"
    ran = run(
        "explain",
        "--unknown",
        "keep",
        stdin=json.dumps({"id": name}),
        env={"PYTHONIOENCODING": "ascii"},
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout.startswith(rb"caf\xe9\ud800")
    ran = run("to-v3", stdin=json.dumps({"id": name}), env={"PYTHONIOENCODING": "ascii"})
    assert ran.returncode == 1
    assert rb"'caf\xe9\ud800'" in ran.stderr


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX pipes")
@pytest.mark.parametrize(
    "arguments", [("codecs",), ("codecs", "--json"), ("to-v3", "zstd"), ("--help",)]
)
def test_a_reader_that_goes_away(arguments):
    reading, writing = os.pipe()
    os.close(reading)
    ran = run(*arguments, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert ran.stderr == b""
    assert ran.returncode in (
        0,
        READER_GONE,
    )  # argparse does not say that its help went nowhere


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX pipes")
def test_stderr_whose_reader_goes_away():
    reading, writing = os.pipe()
    os.close(reading)
    ran = run("to-v3", "zsdt", stdout=writing, stderr=writing)
    os.close(writing)
    assert ran.returncode == READER_GONE


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk():
    with open("/dev/full", "wb") as full:
        ran = run("to-v3", "zstd", stdout=full, stderr=subprocess.PIPE)
    assert ran.returncode == 2
    assert ran.stderr == b"error: the output cannot be written: No space left on device\n"


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX shells")
def test_streams_that_are_closed():
    def ran(redirection: str) -> subprocess.CompletedProcess[bytes]:
        line = " ".join([*PROGRAM, "to-v3", redirection])
        return subprocess.run(
            line,
            shell=True,
            capture_output=True,
            env={**os.environ, "PYTHONPATH": str(HOME)},
            check=False,
        )

    assert ran("zstd >&-").returncode == 2
    assert b"stdout is closed" in ran("zstd >&-").stderr
    assert ran("- <&-").returncode == 2
    assert ran("zsdt 2>&-").returncode == 1
    assert ran("zstd 2>&-").stdout


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")
def test_an_interrupt():
    with subprocess.Popen(
        [*PROGRAM, "to-v3", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(HOME)},
        preexec_fn=lambda: signal.signal(
            signal.SIGINT, signal.SIG_DFL
        ),  # ignored in a background job
    ) as waiting:
        assert waiting.stdin is not None
        waiting.stdin.write(b" " * (1 << 20))  # more than a pipe holds: it is reading
        waiting.send_signal(signal.SIGINT)
        out, err = waiting.communicate(timeout=60)
    assert (waiting.returncode, out, err) == (INTERRUPTED, b"", b"")


def on_terminal(*arguments: str, **environment: str) -> str:
    """What the program shows on a terminal of its own."""
    pytest.importorskip("rich")
    assert pty is not None
    master, slave = pty.openpty()
    clean = {
        key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR")
    }
    with subprocess.Popen(
        [*PROGRAM, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=slave,
        stderr=subprocess.PIPE,
        env={
            **clean,
            "PYTHONPATH": str(HOME),
            "TERM": "xterm-256color",
            "COLUMNS": "60",
            **environment,
        },
    ) as running:
        os.close(slave)
        shown = b""
        while True:
            try:
                piece = os.read(master, 65536)
            except OSError:  # Linux, when the other side is closed
                break
            if not piece:
                break
            shown += piece
        os.close(master)
        assert running.wait(timeout=60) == 0
        assert running.stderr is not None
        assert b"Traceback" not in running.stderr.read()
    return shown.decode().replace("\r\n", "\n")


INDENTED = json.dumps(json.loads(GZIP_V3), indent=2) + "\n"


@pytest.mark.skipif(pty is None, reason="no pseudo-terminals here")
@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        ({}, True),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, True),
        ({"TERM": "dumb"}, False),
    ],
    ids=str,
)
def test_on_a_terminal(environment, coloured):
    shown = on_terminal("to-v3", GZIP_V2, **environment)
    assert bool(COLOUR.search(shown)) == coloured
    assert COLOUR.sub("", shown) == INDENTED


@pytest.mark.skipif(pty is None, reason="no pseudo-terminals here")
def test_the_same_on_a_terminal_as_in_a_pipe():
    for arguments, columns in (
        (("explain", json.dumps(ZARRAY)), "500"),
        (("explain", json.dumps(ZARRAY)), "60"),
        (("codecs",), "60"),
    ):
        in_pipe = text_of(*arguments)
        shown = on_terminal(*arguments, COLUMNS=columns)
        assert COLOUR.search(shown)
        plain = COLOUR.sub("", shown)
        assert max(map(len, plain.splitlines())) <= int(columns)
        assert "".join(plain.split()) == "".join(in_pipe.split())
        assert (plain == in_pipe) == (columns == "500")
    wide = json.dumps({"id": "mine", "text": "word " * 60})
    shown = COLOUR.sub("", on_terminal("to-v3", wide, "--unknown", "keep"))
    assert json.loads(shown) == json.loads(text_of("to-v3", wide, "--unknown", "keep"))


def test_json_is_one_line_in_a_pipe():
    assert text_of("to-v3", GZIP_V2) == GZIP_V3 + "\n"
    forced = run("to-v3", GZIP_V2, env={"FORCE_COLOR": "1"})
    assert forced.stdout.decode() == GZIP_V3 + "\n"
