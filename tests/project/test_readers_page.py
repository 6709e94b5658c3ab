"""The page of readers is made from their data, and names every fault in it."""

from __future__ import annotations

import ast
import runpy
from pathlib import Path
from typing import Any, Final

import zarrcodec_bridge as bridge
from zarrcodec_bridge.readers import READERS, versions_of

ROOT: Final = Path(__file__).resolve().parents[2]
MAKER: Final[dict[str, Any]] = runpy.run_path(str(ROOT / "docs" / "make_readers.py"))
PAGE: Final = MAKER["PAGE"].read_text()


def test_the_page_is_generated() -> None:
    assert MAKER["page"]() == PAGE, "run: python docs/make_readers.py"


def section(reader: str) -> str:
    found = PAGE.partition(f"\n### {reader}\n")[2]
    return found.partition("\n### ")[0]


def test_every_reader_has_a_section_and_its_versions() -> None:
    for name in READERS:
        assert f"[{name}](#{name})" in PAGE
        assert READERS[name].measured in section(name)
        for reader in versions_of(name):
            assert reader.version in PAGE
        assert ("which was not run" in section(name)) == READERS[name].source_only
    assert set(MAKER["PROGRAMS"]) <= set(READERS)


def silent_faults(module: str) -> list[str]:
    """The constant parts of what a reader's file says that it reads wrong."""
    path = Path(bridge.__file__).parent / "readers" / f"{module}.py"
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "reads_wrong":
            text = node.args[0]
            parts = text.values if isinstance(text, ast.JoinedStr) else [text]
            found.append(
                max((str(part.value) for part in parts if isinstance(part, ast.Constant)), key=len)
            )
    return found


def test_every_silent_fault_in_the_data_is_on_the_page() -> None:
    count = 0
    for name in READERS:
        for fault in silent_faults(name.replace("-", "_")):
            assert fault in section(name), (name, fault)
            count += 1
        for dtype in READERS[name].swapped_wrong:
            assert dtype.startswith("complex")
            assert "big-endian complex numbers" in section(name)
    assert count >= 12


def test_a_codec_that_everybody_opens_is_one() -> None:
    """The advice, asked of each reader in another way: with `target=`."""
    for dialect in ("v2", "v3"):
        readers = [reader for reader in MAKER["readers_of"](dialect) if reader.newest]
        names = MAKER["everybody"](dialect, MAKER[f"{dialect}_cases"]())
        assert len(names) > 2
        pipelines = [
            bridge.Pipeline.from_v2(dtype="<f4", compressor=codec, ndim=2)
            for codec in (None, {"id": "zstd", "level": 1}, {"id": "blosc", "cname": "lz4"})
        ]
        for pipeline in pipelines:
            for reader in readers:
                write = pipeline.to_v2 if dialect == "v2" else pipeline.to_v3
                assert write(reader.name) == write()
