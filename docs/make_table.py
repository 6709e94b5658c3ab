"""Write the table of ``from-numcodecs-to-zarr-3.md``: one row per codec of numcodecs, from the code.

python docs/make_table.py
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final, NamedTuple

import zarrcodec_bridge as bridge
from zarrcodec_bridge.core.propagation import kind_of

PAGE: Final = Path(__file__).with_name("from-numcodecs-to-zarr-3.md")
MARKS: Final = ("<!-- table -->\n", "\n<!-- /table -->")
TARGETS: Final = (
    "zarr-python",
    "tensorstore",
    "zarrs-python",
    "zarrista",
    "zarrita",
    "gdal",
    "neuroglancer",
)


class Example(NamedTuple):
    """A codec as a user of numcodecs makes it."""

    call: str
    v2: dict[str, Any]
    dtype: str = "<f4"


EXAMPLES: Final = (
    Example(
        "Blosc('zstd', 3, 1)",
        {"id": "blosc", "cname": "zstd", "clevel": 3, "shuffle": 1, "blocksize": 0},
    ),
    Example("Zstd(3)", {"id": "zstd", "level": 3}),
    Example("GZip(5)", {"id": "gzip", "level": 5}),
    Example("Zlib(5)", {"id": "zlib", "level": 5}),
    Example("BZ2(5)", {"id": "bz2", "level": 5}),
    Example("LZMA()", {"id": "lzma", "format": 1, "check": -1, "preset": None, "filters": None}),
    Example("LZ4()", {"id": "lz4", "acceleration": 1}),
    Example("PCodec(8)", {"id": "pcodec", "level": 8}),
    Example("ZFPY(4, tolerance=0.1)", {"id": "zfpy", "mode": 4, "tolerance": 0.1}),
    Example("Shuffle(4)", {"id": "shuffle", "elementsize": 4}),
    Example("Delta('<f4')", {"id": "delta", "dtype": "<f4"}),
    Example(
        "FixedScaleOffset(0, 10, '<f4', '<i2')",
        {"id": "fixedscaleoffset", "offset": 0, "scale": 10, "dtype": "<f4", "astype": "<i2"},
    ),
    Example("Quantize(3, '<f4')", {"id": "quantize", "digits": 3, "dtype": "<f4"}),
    Example("BitRound(10)", {"id": "bitround", "keepbits": 10}),
    Example(
        "AsType('<f4', '<f8')",
        {"id": "astype", "encode_dtype": "<f4", "decode_dtype": "<f8"},
        "<f8",
    ),
    Example("PackBits()", {"id": "packbits"}, "|b1"),
    Example("CRC32C()", {"id": "crc32c"}),
    Example("CRC32()", {"id": "crc32"}),
    Example("Adler32()", {"id": "adler32"}),
    Example("Fletcher32()", {"id": "fletcher32"}),
    Example("JenkinsLookup3()", {"id": "jenkins_lookup3", "initval": 0, "prefix": None}),
    Example("VLenUTF8()", {"id": "vlen-utf8"}, "|O"),
    Example("VLenBytes()", {"id": "vlen-bytes"}, "|O"),
    Example("VLenArray('<f4')", {"id": "vlen-array", "dtype": "<f4"}, "|O"),
    Example("Base64()", {"id": "base64"}),
    Example(
        "Categorize(['a', 'b'], '<U1')",
        {"id": "categorize", "labels": ["a", "b"], "dtype": "<U1", "astype": "|u1"},
        "<U1",
    ),
    Example("JSON()", {"id": "json2"}, "|O"),
    Example("MsgPack()", {"id": "msgpack2"}, "|O"),
    Example("Pickle()", {"id": "pickle"}, "|O"),
)
"""Every codec that numcodecs registers; a test makes each and compares."""


def row(example: Example) -> str:
    """The row of one codec."""
    name = example.call.partition("(")[0]
    docs = bridge.explain(example.v2).docs[0]
    first = f"[`{name}`]({docs})<br>`numcodecs.{example.call}`"
    pipeline = bridge.Pipeline.from_v2(dtype=example.dtype, filters=[example.v2], ndim=2)
    try:
        translated = pipeline.to_v3("zarr-python")["codecs"]
    except bridge.NotRepresentableError as refusal:
        return f"| {first} | none | {refusal.reason} | | |"
    slot, own = _slot(translated)
    code = bridge.explain(own).code
    readers = [target for target in TARGETS if _opens(pipeline, target)]
    return f"| {first} | `{slot}` | `{code}` | `{json.dumps(own)}` | {', '.join(readers)} |"


def _slot(codecs: list[dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    """The slot of format 3 in which the codec stands, and its JSON."""
    kinds = [kind_of(bridge.normalize(codec)) for codec in codecs]
    if kinds[0] == "a2a":
        return "filters", codecs[0]
    return ("compressors", codecs[-1]) if kinds[-1] == "b2b" else ("serializer", codecs[0])


def _opens(pipeline: bridge.Pipeline, target: str) -> bool:
    try:
        pipeline.to_v3(target)  # type: ignore[arg-type]
    except bridge.NotRepresentableError:
        return False
    return True


def table() -> str:
    """The whole table."""
    head = "| numcodecs | slot in format 3 | zarr-python 3 | in `zarr.json` | opened by |"
    return "\n".join([head, "| --- | --- | --- | --- | --- |", *map(row, EXAMPLES)])


def with_table(text: str) -> str:
    """The page, its table made anew."""
    start, end = MARKS
    return re.sub(
        re.escape(start) + ".*?" + re.escape(end),
        lambda _: start + table() + end,
        text,
        flags=re.DOTALL,
    )


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text()))
