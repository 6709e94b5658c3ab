"""What is readable is read, and what is refused says the reason that decides (FINDINGS D5 to D10)."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from zarrcodec_bridge import cli

ZARRAY: dict[str, Any] = {
    "zarr_format": 2,
    "shape": [4, 6],
    "chunks": [2, 3],
    "dtype": "<i2",
    "order": "C",
    "filters": None,
    "compressor": None,
    "fill_value": 7,
}

MIB = 1 << 20


class Stdin:
    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)

    def isatty(self) -> bool:
        return False


WAYS = ("file", "stdin", "--attributes", ".zattrs beside it")


@pytest.mark.parametrize(
    ("way", "size", "largest", "code"),
    [
        *(pytest.param(way, 1, 1, 2, id=f"D10 {way} too large") for way in WAYS),
        *(pytest.param(way, 1, 2, 0, id=f"D10 {way} as told") for way in WAYS),
        pytest.param("file", 65, None, 2, id="D10 file over the default"),
    ],
)
def test_d10_convert_reads_large_files_if_told(
    way: str,
    size: int,
    largest: int | None,
    code: int,
    tmp_path: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    small, large = json.dumps(ZARRAY), b" " * (size * MIB)
    if "attr" in way:
        attributes = tmp_path / (".zattrs" if "beside" in way else "large.json")
        attributes.write_bytes(b"{}" + large)
        (tmp_path / ".zarray").write_text(small)
        options = [] if "beside" in way else ["--attributes", str(attributes)]
        arguments = [str(tmp_path / ".zarray"), *options]
    else:
        (tmp_path / "large").write_bytes(small.encode() + large)
        monkeypatch.setattr("sys.stdin", Stdin(small.encode() + large))
        arguments = [str(tmp_path / "large")] if way == "file" else ["-"]
    limit = [] if largest is None else ["--max-size", str(largest)]
    assert cli.main(["convert", *arguments, *limit]) == code
    said = capsys.readouterr()
    if code:
        assert f"over {largest or 64} MiB; --max-size reads more" in said.err
    else:
        assert json.loads(said.out)["shape"] == [4, 6]


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "many"])
def test_d10_sizes_are_numbers_of_mib(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["convert", "{}", f"--max-size={number}"]) == 2
    assert "expected a number of MiB" in capsys.readouterr().err
