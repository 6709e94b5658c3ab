"""The command line: what is printed where, and the exit codes.

``ROWS`` is run in this process and as a program; what needs a pipe, a terminal or a broken stream has a test below.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

import zarrcodec_bridge
from support.programs import (
    AS_V3,
    BYTES,
    GZIP_V2,
    GZIP_V3,
    V2_MEMBERS,
    ZARR_JSON,
    ZARRAY,
    Stdin,
    run,
    text_of,
)
from zarrcodec_bridge.cli import COMMANDS, load_command, main
from zarrcodec_bridge.readers import opened_by

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
    misused("to-v4", GZIP_V2, says="got 'to-v4'; did you mean to-v3?"),
    misused("to-v3", GZIP_V2, "--targets", "spec", says="unrecognized arguments"),
    misused("to-v3", GZIP_V2, "--tar", "spec", says="unrecognized arguments"),
    done("to-v2", GZIP_V2, "--target", "gdal", gives="~gzip"),
    misused("to-v3", GZIP_V2, "--target", "gdall", says="did you mean 'gdal'?"),
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
    misused("to-v3", os.devnull, says="no such file"),
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


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_in_process(row, monkeypatch, capfd):
    monkeypatch.setattr(sys, "stdin", Stdin(row.stdin or ""))
    code = main(row.arguments)
    captured = capfd.readouterr()
    check(row, code, captured.out, captured.err)


@pytest.mark.parametrize("row", ROWS[::5], ids=lambda row: row.name)
def test_as_a_program(row):
    ran = run(*row.arguments, stdin=row.stdin)
    check(row, ran.returncode, ran.stdout.decode(), ran.stderr.decode())


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


def test_every_subcommand_has_a_help_and_every_option_too():
    for subcommand in map(load_command, COMMANDS):
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
                "readers": list(opened_by("v3", ["bytes"])),
                "registered": True,
                "read": True,
                "written": True,
            }
        ],
        "docs": "https://zarr-specs.readthedocs.io/en/latest/v3/codecs/bytes/index.html",
    }
    assert main(["codecs"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["array-to-array", "codecs", "read", "by"]
    assert [row.split()[:2] for row in rows if row.split()[1:2] == ["zlib"]] == [["v2", "zlib"]]
    assert len(rows) >= len(listed)
