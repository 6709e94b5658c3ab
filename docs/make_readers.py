"""Write ``readers.md``: who opens what, from the measured data of the readers.

python docs/make_readers.py
"""

from __future__ import annotations

import runpy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import zarrcodec_bridge as bridge
from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.json_values import Dialect
from zarrcodec_bridge.core.propagation import kind_of
from zarrcodec_bridge.documents.reach import problems_for
from zarrcodec_bridge.readers import READERS, versions_of
from zarrcodec_bridge.readers.reader import CLOSED, Reader

PAGE: Final = Path(__file__).with_name("readers.md")
EXAMPLES: Final = runpy.run_path(str(Path(__file__).with_name("make_table.py")))["EXAMPLES"]
"""The codecs of numcodecs, each as its users make it."""

PROGRAMS: Final[Mapping[str, str]] = {
    "zarr-python": "xarray, dask, napari, anndata, spatialdata, ome-zarr-py",
    "zarrs-python": "zarr-python, with this codec pipeline",
    "zarrita": "[vizarr](https://github.com/hms-dbmi/vizarr),"
    " [OpenLayers](https://openlayers.org/en/latest/examples/geozarr.html)",
    "gdal": "[QGIS](https://discourse.pangeo.io/t/5526), rasterio,"
    " [R: terra, stars and others](https://mdsumner.github.io/r-zarr-capability/landscape.html)",
    "netcdf-c": "netCDF4 for Python, the netCDF tools",
    "neuroglancer": "its viewer",
    "icechunk": "xarray and zarr-python, from its repositories",
    "virtualizarr": "xarray and zarr-python, through references to the chunks",
    "n5-zarr": "[Fiji](https://github.com/saalfeldlab/n5-ij),"
    " [n5-viewer](https://github.com/saalfeldlab/n5-viewer)",
}
"""The programs that open arrays through a reader."""


class Case(NamedTuple):
    """Arrays of one encoding: each document is one way to write it."""

    title: str
    documents: tuple[dict[str, Any], ...]


def v2(dtype: Any, **members: Any) -> dict[str, Any]:
    """A ``.zarray`` of two dimensions."""
    return {
        "zarr_format": 2,
        "shape": [8, 8],
        "chunks": [4, 4],
        "dtype": dtype,
        "order": "C",
        "filters": None,
        "compressor": None,
        "fill_value": None if dtype == "|O" or isinstance(dtype, list) else 0,
        **members,
    }


def v3(data_type: Any, *codecs: Any, **members: Any) -> dict[str, Any]:
    """A ``zarr.json`` of two dimensions."""
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": [8, 8],
        "data_type": data_type,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [4, 4]}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "codecs": [*codecs],
        "fill_value": 0,
        "attributes": {},
        **members,
    }


def codec(name: str, **configuration: Any) -> dict[str, Any]:
    """The JSON of a v3 codec."""
    return {"name": name, "configuration": configuration}


LITTLE: Final = codec("bytes", endian="little")
GZIP: Final = codec("gzip", level=5)
INDEX: Final = [LITTLE, codec("crc32c")]


def shards(*codecs: Any, location: str = "end", index: Sequence[Any] = INDEX) -> dict[str, Any]:
    """The JSON of a sharding codec."""
    return codec(
        "sharding_indexed",
        chunk_shape=[2, 2],
        codecs=[*codecs],
        index_codecs=[*index],
        index_location=location,
    )


NO_FILL: Final = {"string": "", "variable_length_bytes": "", "bool": False}


AS_FILTERS: Final = frozenset("adler32 crc32 crc32c fletcher32 jenkins_lookup3 shuffle".split())
"""Codecs of bytes that v2 arrays have among their filters, before the compressor."""


def v2_cases() -> Iterator[Case]:
    """The codecs of v2, each alone, as filter or as compressor."""
    yield Case("no codec", (v2("<f4"),))
    for example in EXAMPLES:
        name, kind = example.v2["id"], kind_of(bridge.normalize(example.v2))
        is_filter = name in AS_FILTERS or example.dtype == "|O" or kind == "a2a"
        slot = {"filters": [example.v2]} if is_filter else {"compressor": example.v2}
        yield Case(f"`{name}`", (v2(example.dtype, **slot),))


def v3_cases() -> Iterator[Case]:
    """The codecs of v3, each with no more than it needs."""
    yield Case("`bytes`", (v3("float32", LITTLE),))
    for example in EXAMPLES:
        pipeline = bridge.Pipeline.from_v2(dtype=example.dtype, filters=[example.v2], ndim=2)
        try:
            encoding = pipeline.to_v3("zarr-python")
        except bridge.NotRepresentableError:
            continue
        (name, *_) = [each["name"] for each in encoding["codecs"] if each["name"] != "bytes"]
        fill = NO_FILL.get(encoding["data_type"], 0)
        document = v3(encoding["data_type"], *encoding["codecs"], fill_value=fill)
        yield Case(f"`{name}`", (document,))
    yield Case("`bitround`", (v3("float32", codec("bitround", keepbits=10), LITTLE),))
    yield Case("`cast_value`", (v3("float64", codec("cast_value", data_type="float32"), LITTLE),))
    yield Case("`scale_offset`", (v3("float64", codec("scale_offset", offset=5, scale=2), LITTLE),))
    yield Case("`packbits`", (v3("bool", codec("packbits"), fill_value=False),))
    yield Case("`transpose`", (v3("float32", codec("transpose", order=[1, 0]), LITTLE),))
    yield Case("`sharding_indexed`", (v3("float32", shards(LITTLE, GZIP)),))
    yield Case("`reshape`", (v3("float32", codec("reshape", shape=[16]), LITTLE),))


def type_cases() -> Iterator[Case]:
    """The data types, in both formats where both have them."""
    strings = "|b1 |i1 |u1 <i2 <u2 <i4 <u4 <i8 <u8 <f2 <f4 <f8 <c8 <c16 <M8[s] <m8[s] |S3 <U3 |V3"
    for text in strings.split():
        dtype = DataType.from_v2(text)
        fill = {"b": False, "S": "", "U": "", "V": "AAAA"}.get(text[1], 0)
        fill = [0.0, 0.0] if text[1] == "c" else fill
        yield Case(
            f"`{dtype.name}`",
            (
                v2(text, fill_value=fill),
                v3(
                    dtype.to_v3(),
                    *([LITTLE] if dtype.has_order else [codec("bytes")]),
                    fill_value="AAAA" if text[1] == "V" else fill,
                ),
            ),
        )
    fields = [["a", "<i4"], ["b", "<f8"]]
    struct = DataType.from_v2(fields).to_v3()
    yield Case(
        "`struct`", (v2(fields, fill_value=None), v3(struct, LITTLE, fill_value="AAAAAAAAAAAAAAAA"))
    )
    texts = v2("|O", filters=[{"id": "vlen-utf8"}], fill_value="")
    yield Case("`string`", (texts, v3("string", codec("vlen-utf8"), fill_value="")))
    texts = v2("|O", filters=[{"id": "vlen-bytes"}], fill_value="")
    blobs = v3("variable_length_bytes", codec("vlen-bytes"), fill_value="")
    yield Case("`variable_length_bytes`", (texts, blobs))


HUGE: Final = 2**63 + 1
"""Neither a double nor a signed integer of 64 bits."""


def conditions() -> Iterator[Case]:
    """What else a reader may not open, or read wrong: each array is a plain one but for this."""
    yield Case("order `F`", (v2("<i4", order="F"),))
    yield Case("big-endian elements", (v2(">i4"), v3("int32", codec("bytes", endian="big"))))
    big = v3("complex64", codec("bytes", endian="big"), fill_value=[0.0, 0.0])
    yield Case("big-endian complex numbers", (v2(">c8", fill_value=[0.0, 0.0]), big))
    yield Case("`transpose` with another inverse", (transposed([2, 0, 1]),))
    yield Case(
        "the chunk keys `0.0`", (v2("<i4"), v3("int32", LITTLE, chunk_key_encoding=keys("v2", ".")))
    )
    yield Case(
        "the chunk keys `0/0`",
        (
            v2("<i4", dimension_separator="/"),
            v3("int32", LITTLE, chunk_key_encoding=keys("v2", "/")),
        ),
    )
    yield Case(
        "the chunk keys `c.0.0`", (v3("int32", LITTLE, chunk_key_encoding=keys("default", ".")),)
    )
    yield Case("arrays without axes", (reshaped([], []),))
    yield Case("an axis of length 0", (reshaped([0, 8], [4, 4]),))
    yield Case(
        "a fill value of 64 bits",
        (v2("<u8", fill_value=HUGE), v3("uint64", LITTLE, fill_value=HUGE)),
    )
    yield Case(
        "the fill value Infinity",
        (v2("<f4", fill_value="Infinity"), v3("float32", LITTLE, fill_value="Infinity")),
    )
    yield Case("the fill value null", (v2("<f4", fill_value=None), v2("<c8", fill_value=None)))
    texts = v2("|S3", fill_value="YWJj"), v2("<U3", fill_value="abc"), v2("|S1", fill_value="YQ==")
    yield Case("a fill value of texts", (*texts, v2("|S8", fill_value="YWI=")))
    yield Case("a fill value of big-endian elements", (v2(">i4", fill_value=7),))
    big_endian = codec("bytes", endian="big")
    pairs = {"name": "structured", "configuration": {"fields": [["a", "int32"], ["b", "float64"]]}}
    structs = v3(pairs, big_endian, fill_value="AAAAAAAAAAAAAAAA")
    yield Case("structs of big-endian fields", (v2([["a", ">i4"], ["b", ">f8"]]), structs))
    differences = codec("numcodecs.delta", dtype="<i4")
    yield Case("`delta` of big-endian elements", (v3("int32", differences, big_endian),))
    rounded = {"id": "quantize", "digits": 2, "dtype": ">f4"}
    yield Case("`quantize` of big-endian elements", (v2(">f4", filters=[rounded]),))
    unsized = {"id": "shuffle", "elementsize": 0}
    yield Case("`shuffle` with elementsize 0", (v2("<i4", compressor=unsized),))
    yield Case("two codecs after `bytes`", (v3("int32", LITTLE, GZIP, GZIP),))
    yield Case("a fill value in hexadecimal", (v3("float32", LITTLE, fill_value="0x3f800000"),))
    small = v3("float8_e8m0fnu", codec("bytes"), fill_value=1.0)
    yield Case("a fill value of float8_e8m0fnu", (small,))
    yield Case("texts with a byte order", (v2(">S3", fill_value=""),))
    zero = v2("|O", filters=[{"id": "vlen-utf8"}], fill_value=0)
    yield Case("texts with the fill value 0", (zero,))
    yield Case("NaN in attributes", (v3("int32", LITTLE, attributes={"limit": float("nan")}),))
    yield Case("names for some dimensions", (v3("int32", LITTLE, dimension_names=["y", None]),))
    yield Case("equal names of dimensions", (v3("int32", LITTLE, dimension_names=["x", "x"]),))
    yield Case(
        "shards in shards",
        (
            v3(
                "int32",
                codec(
                    "sharding_indexed",
                    chunk_shape=[4, 4],
                    codecs=[shards(LITTLE)],
                    index_codecs=INDEX,
                ),
            ),
        ),
    )
    yield Case(
        "shards with the index at the start", (v3("int32", shards(LITTLE, location="start")),)
    )
    yield Case("a codec after shards", (v3("int32", shards(LITTLE), codec("crc32c")),))
    yield Case(
        "shards without a checksum of the index", (v3("int32", shards(LITTLE, index=[LITTLE])),)
    )
    delta = {"dtype": "<i2", "astype": "<i4"}
    yield Case(
        "`delta` into another data type",
        (
            v2("<i2", filters=[{"id": "delta", **delta}]),
            v3("int16", codec("numcodecs.delta", **delta), LITTLE),
        ),
    )


def keys(name: str, separator: str) -> dict[str, Any]:
    """The member `chunk_key_encoding`."""
    return codec(name, separator=separator)


def transposed(order: list[int]) -> dict[str, Any]:
    """A ``zarr.json`` of three dimensions."""
    document = v3("int32", codec("transpose", order=order), LITTLE)
    grid = {"name": "regular", "configuration": {"chunk_shape": [4, 4, 4]}}
    return {**document, "shape": [8, 8, 8], "chunk_grid": grid}


def reshaped(shape: list[int], chunks: list[int]) -> dict[str, Any]:
    """A ``zarr.json`` of that shape."""
    grid = {"name": "regular", "configuration": {"chunk_shape": chunks}}
    return {**v3("int32", LITTLE), "shape": shape, "chunk_grid": grid}


def dialect_of(document: Mapping[str, Any]) -> Dialect:
    """The format of a document."""
    return "v3" if document["zarr_format"] == 3 else "v2"


def readers_of(dialect: Dialect) -> list[Reader]:
    """All measured versions of the readers that know a format."""
    versions = [reader for name in READERS for reader in versions_of(name)]
    return [reader for reader in versions if reader.format(dialect) is not CLOSED]


def verdict(reader: Reader, document: Mapping[str, Any]) -> str:
    """What a reader does with a document."""
    verdicts = {problem.verdict for problem in problems_for(reader, document)}
    return "no" if "refuses" in verdicts else "**wrong**" if verdicts else "yes"


def table(dialect: Dialect, cases: Iterable[Case]) -> Iterator[str]:
    """The codecs of a format by the readers that know it."""
    readers = readers_of(dialect)
    heads = [f"{reader.name}<br>{reader.version}{'*' * reader.source_only}" for reader in readers]
    yield f"| codec | {' | '.join(heads)} |"
    yield f"| --- |{' :-: |' * len(readers)}"
    for case in cases:
        (document,) = case.documents
        cells = [verdict(reader, document) for reader in readers]
        yield f"| {case.title} | {' | '.join(cells)} |"


def type_table() -> Iterator[str]:
    """The data types by reader: the formats in which it opens them."""
    readers = [versions_of(name)[0] for name in READERS]
    yield f"| data type | {' | '.join(reader.name for reader in readers)} |"
    yield f"| --- |{' :-: |' * len(readers)}"
    for case in type_cases():
        yield f"| {case.title} | {' | '.join(type_cell(reader, case) for reader in readers)} |"


def type_cell(reader: Reader, case: Case) -> str:
    """The formats in which a reader opens a data type."""
    marks = {"yes": "{}", "**wrong**": "**wrong** in {}"}
    found = [
        marks[each].format(document["zarr_format"])
        for document in case.documents
        if (each := verdict(reader, document)) in marks
    ]
    return ", ".join(found) or "no"


def reader_table() -> Iterator[str]:
    """The readers: versions, formats, and the programs that read through them."""
    yield "| reader | measured | formats | read through it |"
    yield "| --- | --- | --- | --- |"
    for name in READERS:
        versions = versions_of(name)
        shown = ", ".join(reader.version for reader in versions)
        newest = versions[0]
        when = "from its source, not run" if newest.source_only else newest.measured
        formats = [str(n) for n, opened in ((2, newest.v2), (3, newest.v3)) if opened is not CLOSED]
        programs = PROGRAMS.get(name, "")
        yield f"| [{name}](#{name}) | {shown} ({when}) | {' and '.join(formats)} | {programs} |"


def everybody(dialect: Dialect, cases: Iterable[Case]) -> list[str]:
    """The cases that all readers of a format open in their newest version."""
    readers = [reader for reader in readers_of(dialect) if reader.newest]
    return [
        case.title
        for case in cases
        if all(verdict(reader, case.documents[0]) == "yes" for reader in readers)
    ]


def advice() -> Iterator[str]:
    """Three lines on what to choose."""
    for number, dialect, cases in ((2, "v2", v2_cases()), (3, "v3", v3_cases())):
        count = sum(reader.newest for reader in readers_of(dialect))
        yield f"- Format {number}: {join(everybody(dialect, cases))}, which all {count} readers of it open."
    types = [case.title for case in type_cases() if all(opens_type(name, case) for name in READERS)]
    yield f"- Little-endian elements in order C, of the data types {join(types)}: all {len(READERS)} readers open them."


def opens_type(name: str, case: Case) -> bool:
    """Whether a reader opens a data type in each format that it knows."""
    reader = READERS[name]
    known = [each for each in case.documents if reader.format(dialect_of(each)) is not CLOSED]
    return all(verdict(reader, document) == "yes" for document in known)


def join(items: Sequence[str]) -> str:
    """Write a list in words."""
    return f"{', '.join(items[:-1])} or {items[-1]}" if len(items) > 1 else "".join(items)


def sections() -> Iterator[str]:
    """What each reader reads wrong, and what else it does not open."""
    for name in READERS:
        reader = READERS[name]
        yield f"### {name}"
        yield ""
        how = "by its source, which was not run," if reader.source_only else "measured"
        yield f"Version {reader.version}, {how} on {reader.measured}."
        yield from (f"{remark[0].upper()}{remark[1:]}." for remark in reader.remarks)
        yield ""
        wrong = dict(faults(reader, "reads wrong"))
        for older in versions_of(name)[1:]:
            for reason, titles in faults(older, "reads wrong"):
                wrong.setdefault(reason, f"{titles}, in {older.version}")
        if wrong:
            yield "Reads wrong, without an error:"
            yield ""
            yield from (f"- {titles}: it {reason}." for reason, titles in wrong.items())
        else:
            yield "Nothing was found that it reads wrong."
        yield ""
        refused = dict(faults(reader, "refuses"))
        if refused:
            yield "Besides codecs and data types, it refuses:"
            yield ""
            yield from (f"- {titles}: it {reason}." for reason, titles in refused.items())
            yield ""


def faults(reader: Reader, wanted: str) -> Iterator[tuple[str, str]]:
    """What a reader refuses, or reads wrong: why, and the titles of the cases."""
    found: dict[str, dict[str, list[int]]] = {}
    cases = [*conditions()]
    if wanted == "reads wrong":
        cases += [*v2_cases(), *v3_cases(), *type_cases()]
    for case in cases:
        for document in case.documents:
            opened = reader.format(dialect_of(document))
            problems = problems_for(reader, document)
            verdicts = {problem.verdict for problem in problems}
            if opened is CLOSED or verdicts != {wanted}:
                continue
            for problem in problems:
                if wanted == "refuses" and not is_condition(reader, document):
                    continue
                formats = found.setdefault(problem.reason, {}).setdefault(case.title, [])
                formats.append(document["zarr_format"])
    for reason, titles in found.items():
        shown = [
            f"{title} (format {join([*map(str, dict.fromkeys(formats))])})"
            for title, formats in titles.items()
        ]
        if len(shown) > 5:
            shown[4:] = [f"{len(shown) - 4} more"]
        yield reason, "; ".join(shown)


def is_condition(reader: Reader, document: Mapping[str, Any]) -> bool:
    """Whether a reader opens the codecs and the data type of a document, so that something else is refused."""
    opened = reader.format(dialect_of(document))
    names = [
        each.get("id", each.get("name"))
        for each in (*(document.get("filters") or ()), *document.get("codecs", ()))
    ]
    given = document.get("dtype", document.get("data_type"))
    dtype = DataType.from_v2(given) if "dtype" in document else DataType.from_v3(given)
    return dtype.name in opened.data_types and all(map(opened.opens, names))


def page() -> str:
    """The whole page."""
    head = HEAD.replace("@EXAMPLE@", repr(EXAMPLE)).replace("@READERS@", repr(EXAMPLE_READERS))
    head = head.replace("@CHECK@", str(bridge.check(EXAMPLE, EXAMPLE_READERS)))
    parts: list[str] = [head, *advice(), "", "## The readers", "", *reader_table(), ""]
    parts += ["Readers with a star, or `not run`, are known from their source alone.", ""]
    parts += ["## Codecs of format 2", "", TABLES, "", *table("v2", v2_cases()), ""]
    parts += ["## Codecs of format 3", "", *table("v3", v3_cases()), ""]
    parts += ["## Data types", "", TYPES, "", *type_table(), ""]
    parts += ["## Reader by reader", "", *sections()]
    return "\n".join(parts).rstrip() + "\n"


EXAMPLE: Final = v2("<i2", filters=[{"id": "delta", "dtype": "<i2"}], order="F")
EXAMPLE_READERS: Final = ["zarr-python", "zarrita", "gdal", "netcdf-c", "neuroglancer"]

HEAD: Final = """# Who opens what

"Will napari, neuroglancer, QGIS, xarray, my JavaScript viewer, our Java pipeline open this?" For what you have in hand,
`check` answers: a codec, an encoding, a document, or a whole store by its path or URL.

```python
>>> import zarrcodec_bridge as bridge
>>> zarray = @EXAMPLE@
>>> print(bridge.check(zarray, @READERS@))
@CHECK@

```

On the command line: `zarrcodec-bridge check STORE --reader gdal`. A name in `target=` or `--target` writes what that
reader opens, or refuses before anything is written. This page is made from the same data
(`python docs/make_readers.py`).

## Choose a codec that everybody opens
"""
TABLES: Final = (
    "`yes`: it gives the values that were written. `no`: it raises an error. **wrong**: it gives other values without"
    " an error. Each codec stands alone, on a data type that it takes, as `zarr-python` writes it."
)
TYPES: Final = "The formats in which a reader opens it, little-endian and without compressor."


if __name__ == "__main__":
    PAGE.write_text(page())
