"""The command line: what is printed where, and the exit codes.

``ROWS`` is run in this process and as a program; what needs a pipe, a terminal or a broken stream has a test below.
"""

from __future__ import annotations

import importlib.util
import io
import json
import os
import re
import signal
import subprocess
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import zarrcodec_bridge
from zarrcodec_bridge.cli import COMMANDS, main, sources
from zarrcodec_bridge.cli.command import INTERRUPTED, READER_GONE, Command, Misuse, command, option
from zarrcodec_bridge.cli.output import Output
from zarrcodec_bridge.cli.sources import load

pty = pytest.importorskip("pty", reason="no pseudo-terminals here") if os.name == "posix" else None

HOME = Path(zarrcodec_bridge.__file__).parents[1]
PROGRAM = [sys.executable, "-W", "error", "-m", "zarrcodec_bridge"]
HAS_RICH = importlib.util.find_spec("rich") is not None
COLOUR = re.compile(r"\x1b\[[0-9;]*m")

GZIP_V2 = '{"id": "gzip", "level": 5}'
GZIP_V3 = '{"name": "gzip", "configuration": {"level": 5}}'
BYTES = {"name": "bytes", "configuration": {"endian": "little"}}
ZARRAY = {
    "zarr_format": 2,
    "shape": [10, 10],
    "chunks": [5, 5],
    "dtype": "<i4",
    "order": "F",
    "filters": [{"id": "delta", "dtype": "<i4"}],
    "compressor": {"id": "blosc", "cname": "zstd", "clevel": 5, "shuffle": -1, "blocksize": 0},
    "fill_value": 0,
}
AS_V3 = {
    "data_type": "int32",
    "codecs": [
        {"name": "transpose", "configuration": {"order": [1, 0]}},
        {"name": "numcodecs.delta", "configuration": {"dtype": "<i4"}},
        BYTES,
        {
            "name": "blosc",
            "configuration": {
                "cname": "zstd",
                "clevel": 5,
                "shuffle": "shuffle",
                "typesize": 4,
                "blocksize": 0,
            },
        },
    ],
}
ZARR_JSON = {
    "zarr_format": 3,
    "node_type": "array",
    "shape": [10],
    "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [5]}},
    **AS_V3,
    "codecs": AS_V3["codecs"][1:],
    "fill_value": 0,
}
SHARDED = [
    {
        "name": "sharding_indexed",
        "configuration": {"chunk_shape": [2], "codecs": [BYTES], "index_codecs": [BYTES]},
    }
]
LOSSY = {
    "data_type": "float64",
    "codecs": [
        {"name": "scale_offset", "configuration": {"offset": 0, "scale": 10}},
        {"name": "cast_value", "configuration": {"data_type": "int16"}},
        BYTES,
    ],
}


@dataclass(frozen=True)
class Row:
    """One call of the program."""

    arguments: Sequence[str]
    stdin: str | bytes | None
    code: int
    stdout: Any
    """The JSON on the one line of stdout; an excerpt of it where it starts with `~`; "" is none."""
    stderr: str | None = None
    """An excerpt of stderr; ``None`` where it is empty."""

    @property
    def name(self) -> str:
        return f"{' '.join(self.arguments)[:50]}|{str(self.stdin)[:25]}"


def done(*arguments: str, gives: Any, stdin: str | bytes | None = None, says: str | None = None):
    return Row(arguments, stdin, 0, gives, says)


def refused(*arguments: str, says: str, stdin: str | bytes | None = None):
    return Row(arguments, stdin, 1, "", says)


def misused(*arguments: str, says: str, stdin: str | bytes | None = None):
    return Row(arguments, stdin, 2, "", says)


ZARR_JSON_OF_ZARRAY = {
    "zarr_format": 3,
    "node_type": "array",
    "shape": [10, 10],
    "data_type": AS_V3["data_type"],
    "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [5, 5]}},
    "chunk_key_encoding": {"name": "v2", "configuration": {"separator": "."}},
    "codecs": AS_V3["codecs"],
    "fill_value": 0,
    "attributes": {},
}
AGAIN = {"zarr_format": 2, "shape": [10, 10], "chunks": [5, 5], "dtype": "<i4"}
AGAIN["compressor"] = {**ZARRAY["compressor"], "shuffle": 1}
AGAIN |= {key: ZARRAY[key] for key in ("fill_value", "order", "filters")}
AGAIN["dimension_separator"] = "."
V2_MEMBERS = {key: ZARRAY[key] for key in ("dtype", "order", "filters", "compressor")}
PLAIN = {"dtype": "<i4", "order": "C", "filters": None, "compressor": None}
PLAIN_V3 = {"data_type": "int32", "codecs": [BYTES]}

ROWS = [
    # one codec
    done("to-v3", GZIP_V2, gives=json.loads(GZIP_V3)),
    done("to-v2", GZIP_V3, gives=json.loads(GZIP_V2)),
    done("to-v3", "-", stdin=GZIP_V2, gives=json.loads(GZIP_V3)),
    done("to-v3", stdin=GZIP_V2, gives=json.loads(GZIP_V3)),
    done("to-v3", stdin="\ufeff" + GZIP_V2, gives=json.loads(GZIP_V3)),
    done("to-v3", stdin=GZIP_V2.encode("utf-16"), gives=json.loads(GZIP_V3)),
    done("to-v2", "zstd", gives={"id": "zstd", "level": 0}),
    done("to-v3", '"crc32c"', gives={"name": "crc32c", "configuration": {}}),
    done(
        "to-v2",
        "blosc:lz4hc",
        gives={"id": "blosc", "cname": "lz4hc", "clevel": 5, "shuffle": 1, "blocksize": 0},
    ),
    done(
        "to-v3",
        '{"id": "blosc", "shuffle": -1}',
        "--dtype",
        "u1",
        gives='~"shuffle": "bitshuffle", "typesize": 1',
        says="note: blosc: the automatic shuffle",
    ),
    done(
        "to-v3",
        '{"id": "bitround", "keepbits": 3}',
        "--target",
        "zarr-python",
        gives={"name": "numcodecs.bitround", "configuration": {"keepbits": 3}},
    ),
    done(
        "to-v2",
        '{"name": "gzip", "configuration": {"level": 5}, "must_understand": true}',
        gives=json.loads(GZIP_V2),
    ),
    refused(
        "to-v3",
        '{"id": "bitround", "keepbits": 3}',
        "--target",
        "tensorstore",
        says="error: bitround cannot be written as v3: tensorstore does not open it",
    ),
    # whole documents
    done(
        "convert",
        json.dumps(ZARRAY),
        gives=ZARR_JSON_OF_ZARRAY,
        says="note: blosc: the automatic shuffle",
    ),
    done(
        "convert",
        "--to=2",
        '{"zarr_format": 2, "shape": [4], "chunks": [2], "dtype": "<u1", "fill_value": 0, "order": "C",'
        ' "filters": [], "compressor": null}',
        gives='~"dtype": "|u1"',
        says="note: dtype: '<u1' becomes '|u1'",
    ),
    done(
        "convert",
        json.dumps(ZARR_JSON_OF_ZARRAY),
        gives={".zarray": AGAIN, ".zattrs": {}},
    ),
    done(
        "convert",
        json.dumps({".zgroup": {"zarr_format": 2}, ".zattrs": {"a": 1}}),
        gives={"zarr_format": 3, "node_type": "group", "attributes": {"a": 1}},
    ),
    done(
        "convert",
        '{"version": 1, "refs": {".zgroup": "{\\"zarr_format\\": 2}", "a/0": ["x", 0, 4]}}',
        gives={
            "version": 1,
            "refs": {
                "zarr.json": '{"zarr_format": 3, "node_type": "group", "attributes": {}}',
                "a/0": ["x", 0, 4],
            },
        },
    ),
    refused("convert", "{}", says="error: invalid metadata: zarr_format: expected 2 or 3"),
    misused("convert", "zstd", says="error: expected a metadata document"),
    misused("convert", GZIP_V2, says="to-v3 and to-v2 take codecs"),
    misused(
        "convert",
        json.dumps(ZARR_JSON_OF_ZARRAY),
        "--attributes",
        "{}",
        says="a zarr.json has its own",
    ),
    misused(
        "convert",
        '{"refs": {".zgroup": "{}"}}',
        "--attributes={}",
        says="a reference set has its own",
    ),
    # whole encodings
    done("to-v3", json.dumps(ZARRAY), gives=AS_V3, says="note: blosc: the automatic shuffle"),
    done("to-v2", json.dumps(ZARRAY), gives=V2_MEMBERS),
    done(
        "to-v2",
        json.dumps(ZARR_JSON),
        gives={
            **V2_MEMBERS,
            "order": "C",
            "compressor": {**V2_MEMBERS["compressor"], "shuffle": 1},
        },
    ),
    done("to-v3", json.dumps(V2_MEMBERS), "--ndim", "2", gives=AS_V3, says="note: "),
    refused("to-v3", json.dumps(V2_MEMBERS), says="pass --ndim"),
    done("to-v3", '{"filters": null, "compressor": null}', "--dtype", "<i4", gives=PLAIN_V3),
    done("to-v3", '{"filters": null, "compressor": null}', "--dtype", "int32", gives=PLAIN_V3),
    done("to-v3", '{"compressor": null}', "--dtype", ">i4", gives='~"endian": "big"'),
    done("to-v3", '{"dtype": "<i4"}', "--dtype", "int32", gives=PLAIN_V3),
    done("to-v3", '{"dtype": "<i4", "order": null, "fill_value": NaN}', gives=PLAIN_V3),
    done("to-v2", json.dumps([BYTES]), "--dtype", "int32", gives=PLAIN),
    done("to-v2", '["bytes"]', "--dtype", "uint8", gives={**PLAIN, "dtype": "|u1"}),
    done(
        "to-v3",
        json.dumps([json.loads(GZIP_V2)]),
        "--dtype",
        "<i4",
        gives={"data_type": "int32", "codecs": [BYTES, json.loads(GZIP_V3)]},
    ),
    done(
        "to-v2",
        json.dumps([BYTES]),
        "--dtype",
        '{"name": "numpy.datetime64", "configuration": {"unit": "ns", "scale_factor": 1}}',
        gives={**PLAIN, "dtype": "<M8[ns]"},
    ),
    done("to-v3", '{"filters": null}', "--dtype", '[["a", "<i4"]]', gives='~"name": "struct"'),
    refused("to-v3", json.dumps(ZARRAY), "--ndim", "3", says="ndim: expected 2"),
    refused("to-v3", json.dumps(ZARRAY), "--dtype", "f8", says="contradicting data type"),
    misused(
        "to-v2",
        json.dumps([BYTES]),
        says="a list of codecs does not say the data type; pass --dtype",
    ),
    misused(
        "to-v3", '{"filters": null}', says="the encoding does not say the data type; pass --dtype"
    ),
    # losses
    refused("to-v2", json.dumps(LOSSY), says="--on-loss warn or --on-loss ignore accepts this"),
    done(
        "to-v2",
        json.dumps(LOSSY),
        "--on-loss",
        "warn",
        gives='~"fixedscaleoffset"',
        says="loss: cast_value: ",
    ),
    done("to-v2", json.dumps(LOSSY), "--on-loss", "ignore", gives='~"fixedscaleoffset"', says=""),
    refused(
        "to-v2",
        json.dumps(SHARDED),
        "--dtype",
        "u1",
        says="error: sharding_indexed cannot be written as v2: a shard holds many chunks",
    ),
    # names, keys
    refused("to-v3", "zsdt", says="did you mean 'zstd'? (--unknown keep passes it through"),
    refused("to-v2", '{"id": "GZip"}', says="did you mean 'gzip'"),
    done(
        "to-v3",
        '{"id": "mine", "x": 1}',
        "--unknown",
        "keep",
        gives={"name": "mine", "configuration": {"x": 1}},
    ),
    done(
        "to-v3",
        '{"id": "mine", "x": 1}',
        "--unknown",
        "wrap",
        gives={"name": "any-numcodecs.bytes-bytes", "configuration": {"id": "mine", "x": 1}},
    ),
    done(
        "to-v2", '{"id": "blosc", "nthreads": 4}', gives='~"blosc"', says="note: blosc: 'nthreads'"
    ),
    done(
        "to-v3",
        '{"id": "imagecodecs_zstd", "level": 3}',
        "--portable",
        gives={"name": "zstd", "configuration": {"level": 3, "checksum": False}},
        says="is written as zstd",
    ),
    refused("to-v2", '{"id": "blosc", "nthreads": 4}', "--strict", says="nthreads: unknown key"),
    refused("to-v2", '{"id": "gzip", "level": 99}', says="error: invalid codec: level: expected"),
    refused("to-v2", '{"id": "gzip", "level": NaN}', says="error: invalid codec: level: expected"),
    refused(
        "to-v2", '{"id": "gzip", "level": 1e400}', says="error: invalid codec: level: expected"
    ),
    refused("to-v2", '{"id": "mine", "x": NaN}', "--unknown", "keep", says="not JSON compliant"),
    refused("to-v3", "{}", says="expected 'id' (v2) or 'name' (v3)"),
    refused("to-v3", stdin="null", says="expected a codec"),
    refused("to-v3", stdin="5", says="expected a codec"),
    refused("to-v3", '{"zarr_format": 3, "node_type": "group"}', says="got that of a group"),
    refused("to-v3", '{"id": "x", "name": "x"}', says="got both in one codec"),
    refused("to-v3", '{"id": "a\\u001b[31m\\nb"}', says=r"'a\x1b[31m\nb'"),
    # misuse
    misused(says="arguments are required: COMMAND"),
    misused("to-v4", GZIP_V2, says="invalid choice"),
    misused("to-v3", GZIP_V2, "--targets", "spec", says="unrecognized arguments"),
    misused("to-v3", GZIP_V2, "--tar", "spec", says="unrecognized arguments"),
    misused("to-v2", GZIP_V2, "--target", "spec", says="unrecognized arguments"),
    misused("to-v3", GZIP_V2, "--target", "gdal", says="invalid choice: 'gdal'"),
    misused("to-v3", GZIP_V2, "--dtype", "nope", says="argument --dtype: invalid data type"),
    misused("to-v3", GZIP_V2, "--dtype", "[" * 5000, says="argument --dtype"),
    misused("to-v3", GZIP_V2, "--dtype", '{"name": "x%dy"', says="argument --dtype"),
    misused("to-v3", GZIP_V2, "--ndim", "-1", says="argument --ndim"),
    misused("to-v3", GZIP_V2, "--ndim", "1000000000", says="expected a number of axes, 0 to 64"),
    misused("to-v3", "{id: gzip}", says="SOURCE is not JSON: Expecting property name"),
    misused("to-v3", "", says="no such file: ''"),
    misused("to-v3", "missing.json", says="no such file: 'missing.json'"),
    misused("to-v3", "missing/zstd", says="no such file: 'missing/zstd'"),
    misused("to-v3", "x" * 5000 + ".json", says="no such file: 'xxxx"),
    misused("to-v3", os.curdir, says="error: '.' is a directory"),
    misused("to-v3", sys.executable, says="is not JSON"),
    misused("to-v3", stdin="", says="stdin is empty"),
    misused("to-v3", stdin=" \n", says="stdin is empty"),
    misused("to-v3", stdin=b"\x00\xff\xfe\x80" * 9, says="stdin is not JSON"),
    misused("to-v3", stdin=b'{"id": "\xff"}', says="stdin is not JSON: it is not text"),
    misused("to-v3", stdin="zstd", says="stdin is not JSON"),
    misused("to-v3", stdin=GZIP_V2 * 2, says="stdin is not JSON: Extra data"),
    misused("to-v3", stdin="[" * 200_000, says="stdin is nested too deeply"),
    misused("to-v3", stdin='{"id":' * 200_000, says="stdin is nested too deeply"),
    misused("to-v3", stdin="9" * 9000, says="stdin is not JSON"),
    refused("to-v3", "--dtype", "u1", stdin="[" * 500 + "]" * 500, says="error: "),
    refused(
        "to-v3",
        "--unknown",
        "keep",
        stdin='{"id": "x", "y": ' + "[" * 500 + "]" * 500 + "}",
        says="nested deeper",
    ),
    # explain, codecs, help
    done("explain", GZIP_V2, gives="~  zarr-python    zarr.codecs.GzipCodec(level=5)\n"),
    done(
        "explain", json.dumps(SHARDED), "--dtype", "u1", gives="~refused: sharding_indexed cannot"
    ),
    done("explain", json.dumps(LOSSY), gives="~  loss v2"),
    done(
        "explain",
        '{"id": "bitround", "keepbits": 3}',
        gives="~zarr-python, with --target zarr-python",
    ),
    done("explain", json.dumps(V2_MEMBERS), gives="~transpose of all axes; pass --ndim"),
    done("explain", json.dumps(BYTES), gives="~give the whole encoding"),
    done("explain", json.dumps(ZARRAY), "--json", gives='~"v3": {"result": ' + json.dumps(AS_V3)),
    refused("explain", "zsdt", says="did you mean 'zstd'"),
    misused("explain", "[]", says="pass --dtype"),
    done("codecs", gives="~numcodecs.gzip"),
    done("codecs", "--json", gives='~"codec": "gzip", "kind": "b2b"'),
    done("--version", gives=f"~zarrcodec-bridge {zarrcodec_bridge.__version__}\n"),
    done("--help", gives="~Exit codes: 0 done; 1 refused"),
    done("to-v3", "--help", gives="~--on-loss {error,warn,ignore}"),
]


def check(row: Row, code: int, stdout: str, stderr: str) -> None:
    assert "Traceback" not in stderr, stderr
    assert code == row.code, stderr
    if row.stderr is None:
        assert stderr == ""
    else:
        assert row.stderr in stderr
    if isinstance(row.stdout, str) and row.stdout.startswith("~"):
        assert row.stdout[1:] in stdout
    elif row.stdout == "":
        assert stdout == ""
    else:
        assert stdout == json.dumps(row.stdout) + "\n"
    if code == 1:
        assert stderr.startswith("error: ")
        assert stderr.count("\n") == 1
    assert "\x1b" not in stdout + stderr


class Stdin(io.TextIOWrapper):
    """Standard input with given content."""

    def __init__(self, content: str | bytes) -> None:
        raw = content.encode() if isinstance(content, str) else content
        super().__init__(io.BytesIO(raw), encoding="utf-8")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_in_process(row, monkeypatch, capfd):
    monkeypatch.setattr(sys, "stdin", Stdin(row.stdin or ""))
    code = main(row.arguments)
    captured = capfd.readouterr()
    check(row, code, captured.out, captured.err)


def run(
    *arguments: str, stdin: str | bytes | None = None, **options: Any
) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(HOME), "PYTHONIOENCODING": "utf-8"}
    environment.pop("FORCE_COLOR", None)
    environment.update(options.pop("env", {}))
    raw = stdin.encode() if isinstance(stdin, str) else stdin
    return subprocess.run(
        [*PROGRAM, *arguments],
        input=raw or b"",
        capture_output="stdout" not in options,
        env=environment,
        timeout=120,
        check=False,
        **options,
    )


@pytest.mark.parametrize("row", ROWS[::5], ids=lambda row: row.name)
def test_as_a_program(row):
    ran = run(*row.arguments, stdin=row.stdin)
    check(row, ran.returncode, ran.stdout.decode(), ran.stderr.decode())


def text_of(*arguments: str, stdin: str = "") -> str:
    ran = run(*arguments, stdin=stdin)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.decode()


def test_each_is_the_inverse_of_the_other():
    document = {**ZARRAY, "compressor": {**ZARRAY["compressor"], "shuffle": 1}}
    v3 = text_of("to-v3", stdin=json.dumps(document))
    assert json.loads(v3) == AS_V3
    v2 = text_of("to-v2", stdin=v3)
    assert json.loads(v2) == {key: document[key] for key in V2_MEMBERS}
    assert text_of("to-v3", "--ndim", "2", stdin=v2) == v3
    codec = text_of("to-v3", stdin=GZIP_V2)
    assert text_of("to-v2", stdin=codec) == GZIP_V2 + "\n"
    assert text_of("to-v3", codec) == codec


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
    assert load("zstd") == "zstd"
    assert load(os.path.join(os.curdir, "zstd")) == load("codec") == json.loads(GZIP_V2)
    assert main(["to-v3", os.curdir]) == 2
    near = os.path.join(os.curdir, "zarr.json")
    assert f"did you mean {near!r} or" in capsys.readouterr().err


def test_a_file_without_permission(tmp_path, monkeypatch):
    def denied(*_: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "codec.json").write_text(GZIP_V2)
    monkeypatch.setattr("builtins.open", denied)
    with pytest.raises(Misuse, match="cannot be read: Permission denied"):
        load(str(tmp_path / "codec.json"))


def test_a_chunk_instead_of_metadata(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "LARGEST_INPUT", 1)  # MiB
    (tmp_path / "0.0").write_bytes(b" " * ((1 << 20) + 1))
    with pytest.raises(Misuse, match="larger than metadata"):
        load(str(tmp_path / "0.0"))
    monkeypatch.setattr(sys, "stdin", Stdin(" " * ((1 << 20) + 1)))
    with pytest.raises(Misuse, match="stdin is larger"):
        load("-")


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


@pytest.mark.filterwarnings("always")
def test_warnings_are_one_line(monkeypatch, capsys):
    def run(args: Any, out: Output) -> None:
        warnings.warn("a plugin\nis broken", stacklevel=1)

    monkeypatch.setitem(COMMANDS, "warns", Command("warns", run, ()))
    assert main(["warns"]) == 0
    assert capsys.readouterr().err == "warning: a plugin\\nis broken\n"


def test_a_subcommand_is_one_function(monkeypatch, capsys):
    @command("shout", option("word", help="100% of it"), option("--times", type=int, default=1))
    def shout(args: Any, out: Output) -> int:
        """Say a word 100% aloud."""
        out.json([args.word.upper()] * args.times)
        return 3

    monkeypatch.setitem(COMMANDS, "shout", shout)
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


def test_every_subcommand_has_a_help_and_every_option_too():
    for subcommand in COMMANDS.values():
        assert subcommand.run.__doc__
        assert all(each.settings.get("help") for each in subcommand.options)


def test_codecs_are_what_the_library_knows(capsys):
    assert main(["codecs", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [row["codec"] for row in listed] == [
        spec.title for spec in zarrcodec_bridge.registered_codecs()
    ]
    assert listed[0] == {
        "codec": "bytes",
        "kind": "a2b",
        "v2": [],
        "v3": [
            {
                "name": "bytes",
                "aliases": ["endian"],
                "kind": "a2b",
                "readers": ["zarr-python", "tensorstore", "zarrs"],
                "registered": True,
                "read": True,
                "written": True,
            }
        ],
        "docs": "https://zarr-specs.readthedocs.io/en/latest/v3/codecs/bytes/index.html",
    }
    assert main(["codecs"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["kind", "v2", "id", "read", "by", "v3", "name", "read", "by"]
    assert len(rows) >= len(listed)


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
        ({}, HAS_RICH),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, HAS_RICH),
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
    for arguments in (("explain", json.dumps(ZARRAY)), ("explain", json.dumps(BYTES))):
        shown = on_terminal(*arguments)
        assert bool(COLOUR.search(shown)) == HAS_RICH
        assert COLOUR.sub("", shown) == text_of(*arguments)
    shown = COLOUR.sub("", on_terminal("codecs", COLUMNS="200"))
    in_pipe = text_of("codecs")
    assert [line.split() for line in shown.splitlines()] == [
        line.split() for line in in_pipe.splitlines()
    ]
    wide = json.dumps({"id": "mine", "text": "word " * 60})
    shown = COLOUR.sub("", on_terminal("to-v3", wide, "--unknown", "keep"))
    assert json.loads(shown) == json.loads(text_of("to-v3", wide, "--unknown", "keep"))


def test_json_is_one_line_in_a_pipe():
    assert text_of("to-v3", GZIP_V2) == GZIP_V3 + "\n"
    forced = run("to-v3", GZIP_V2, env={"FORCE_COLOR": "1"})
    assert forced.stdout.decode() == GZIP_V3 + "\n"


def test_importing_it_needs_no_rich():
    code = "import sys, zarrcodec_bridge.cli; sys.exit('rich' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(HOME)}, check=False
    )
    assert ran.returncode == 0
