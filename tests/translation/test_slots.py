"""Slots to an encoding and back: what was given where, and where it belongs."""

from __future__ import annotations

import importlib.util
from itertools import chain
from typing import Any, Final

import pytest

from support import readers, shared
from zarrcodec_bridge.codecs.bytes import Bytes
from zarrcodec_bridge.codecs.gzip import Gzip
from zarrcodec_bridge.core.contexts import WriteContext
from zarrcodec_bridge.core.data_types import array_dtype
from zarrcodec_bridge.core.errors import (
    BridgeError,
    InvalidCodecError,
    MissingContextError,
    NotRepresentableError,
    UnknownCodecError,
)
from zarrcodec_bridge.core.propagation import kind_of
from zarrcodec_bridge.translation.encodings import V2Encoding, V3Encoding
from zarrcodec_bridge.translation.open_arrays import array_encoding
from zarrcodec_bridge.translation.pipeline import Pipeline
from zarrcodec_bridge.translation.placement import v2_slots, v3_slots
from zarrcodec_bridge.translation.slots import SLOTS, first_chunk, read_slots

Json = dict[str, Any]

GZIP: Final = {"id": "gzip", "level": 5}
SHUFFLE: Final = {"id": "shuffle", "elementsize": 4}
DELTA: Final = {"id": "delta", "dtype": "<i4"}
BLOSC: Final = {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": -1}
BIG: Final = {"name": "bytes", "configuration": {"endian": "big"}}
LITTLE: Final = {"name": "bytes", "configuration": {"endian": "little"}}
REVERSE: Final = {"name": "transpose", "configuration": {"order": [1, 0]}}
SHARDS: Final = {
    "name": "sharding_indexed",
    "configuration": {"chunk_shape": [4], "codecs": [LITTLE], "index_codecs": [LITTLE]},
}


def context(
    encoding: V2Encoding | V3Encoding, dialect: str, ndim: int | None = None
) -> WriteContext:
    dtype = encoding.dtype if isinstance(encoding, V2Encoding) else encoding.data_type
    return WriteContext(dialect=dialect, chunk=first_chunk(dtype, ndim), complete=True)


def names(placed: Any) -> list[str]:
    return [type(item.codec).__name__ for item in placed]


PLACES: Final[list[tuple[str, Json, Any, Any]]] = [
    # what, slots; v3: filters, serializer, compressors; v2: dtype, order, filters, compressor, or the error
    ("auto", {}, ([], "Bytes", []), ("<i4", "C", [], None)),
    ("none", {"compressors": None}, ([], "Bytes", []), ("<i4", "C", [], None)),
    ("one", {"compressors": GZIP}, ([], "Bytes", ["Gzip"]), ("<i4", "C", [], "Gzip")),
    ("name", {"compressors": "gzip"}, ([], "Bytes", ["Gzip"]), ("<i4", "C", [], "Gzip")),
    ("model", {"compressors": Gzip(level=5)}, ([], "Bytes", ["Gzip"]), ("<i4", "C", [], "Gzip")),
    ("list", {"compressors": [GZIP]}, ([], "Bytes", ["Gzip"]), ("<i4", "C", [], "Gzip")),
    (
        "two bytes codecs",
        {"compressors": ["zstd", "crc32c"]},
        ([], "Bytes", ["Zstd", "Crc32c"]),
        ("<i4", "C", ["Zstd"], "Crc32c"),
    ),
    (
        "shuffle among the filters",
        {"filters": [SHUFFLE], "compressors": GZIP},
        ([], "Bytes", ["Shuffle", "Gzip"]),
        ("<i4", "C", ["Shuffle"], "Gzip"),
    ),
    (
        "shuffle among the filters, bytes said",
        {"filters": [SHUFFLE], "serializer": LITTLE, "compressors": GZIP},
        ([], "Bytes", ["Shuffle", "Gzip"]),
        ("<i4", "C", ["Shuffle"], "Gzip"),
    ),
    (
        "delta among the compressors",
        {"compressors": [DELTA, GZIP]},
        (["Delta"], "Bytes", ["Gzip"]),
        ("<i4", "C", ["Delta"], "Gzip"),
    ),
    (
        "pcodec as compressor",
        {"compressors": {"id": "pcodec"}},
        ([], "Pcodec", []),
        ("<i4", "C", [], "Pcodec"),
    ),
    (
        "pcodec as filter",
        {"filters": [DELTA, {"id": "pcodec"}], "compressors": GZIP},
        (["Delta"], "Pcodec", ["Gzip"]),
        ("<i4", "C", ["Delta", "Pcodec"], "Gzip"),
    ),
    (
        "pcodec as serializer",
        {"serializer": {"id": "pcodec"}, "compressors": ()},
        ([], "Pcodec", []),
        ("<i4", "C", [], "Pcodec"),
    ),
    (
        "pcodec as serializer, compressors open",
        {"serializer": {"id": "pcodec"}},
        ([], "Pcodec", []),
        ("<i4", "C", ["Pcodec"], None),
    ),
    (
        "big-endian said",
        {"serializer": BIG, "compressors": GZIP},
        ([], "Bytes", ["Gzip"]),
        (">i4", "C", [], "Gzip"),
    ),
    (
        "big-endian said among the compressors",
        {"compressors": [BIG, GZIP]},
        ([], "Bytes", ["Gzip"]),
        (">i4", "C", [], "Gzip"),
    ),
    (
        "all codecs in one list",
        {"compressors": [DELTA, BIG, SHUFFLE, GZIP]},
        (["Delta"], "Bytes", ["Shuffle", "Gzip"]),
        (">i4", "C", ["Delta", "Shuffle"], "Gzip"),
    ),
    (
        "big-endian said, after a filter",
        {"filters": [DELTA], "serializer": BIG, "compressors": None},
        (["Delta"], "Bytes", []),
        (">i4", "C", ["Delta"], None),
    ),
    (
        "text",
        {"dtype": str, "compressors": GZIP},
        ([], "VlenUtf8", ["Gzip"]),
        ("|O", "C", ["VlenUtf8"], "Gzip"),
    ),
    (
        "text, its codec said",
        {"dtype": "|O", "filters": [{"id": "vlen-utf8"}, SHUFFLE], "compressors": GZIP},
        ([], "VlenUtf8", ["Shuffle", "Gzip"]),
        ("|O", "C", ["VlenUtf8", "Shuffle"], "Gzip"),
    ),
    (
        "order F",
        {"order": "F", "ndim": 2, "compressors": GZIP},
        (["Transpose"], "Bytes", ["Gzip"]),
        ("<i4", "F", [], "Gzip"),
    ),
    (
        "reversed axes",
        {"filters": [REVERSE], "ndim": 2, "compressors": GZIP},
        (["Transpose"], "Bytes", ["Gzip"]),
        ("<i4", "F", [], "Gzip"),
    ),
    (
        "quantize to another type",
        {
            "dtype": "f8",
            "filters": {"id": "quantize", "digits": 2, "dtype": "<f8", "astype": "<f4"},
            "compressors": GZIP,
        },
        (["Quantize", "Astype"], "Bytes", ["Gzip"]),
        ("<f8", "C", ["Quantize"], "Gzip"),
    ),
    (
        "shards",
        {"serializer": SHARDS, "compressors": ()},
        ([], "ShardingIndexed", []),
        NotRepresentableError,
    ),
    (
        "delta after gzip",
        {"compressors": [GZIP, DELTA]},
        NotRepresentableError,
        ("<i4", "C", ["Gzip"], "Delta"),
    ),
    (
        "order F, axes unknown",
        {"order": "F", "compressors": GZIP},
        MissingContextError,
        ("<i4", "F", [], "Gzip"),
    ),
]


@pytest.mark.parametrize(
    ("slots", "in_v3", "in_v2"), [row[1:] for row in PLACES], ids=[row[0] for row in PLACES]
)
def test_every_codec_comes_where_it_belongs(slots: Json, in_v3: Any, in_v2: Any) -> None:
    encoding = Pipeline.from_slots(**{"dtype": "<i4", **slots}).encoding
    ndim = slots.get("ndim")
    if isinstance(in_v3, type):
        with pytest.raises(in_v3):
            v3_slots(encoding, context(encoding, "v3", ndim))
    else:
        v3 = v3_slots(encoding, context(encoding, "v3", ndim))
        found = names(v3.filters), type(v3.serializer.codec).__name__, names(v3.compressors)
        assert found == in_v3
    if isinstance(in_v2, type):
        with pytest.raises(in_v2):
            v2_slots(encoding, context(encoding, "v2", ndim))
    else:
        v2 = v2_slots(encoding, context(encoding, "v2", ndim))
        compressor = None if v2.compressor is None else type(v2.compressor.codec).__name__
        assert (v2.dtype.to_v2(), v2.order, names(v2.filters), compressor) == in_v2


@pytest.mark.parametrize(
    ("slots", "auto"),
    [
        ({}, {"serializer", "compressors"}),
        ({"filters": "auto"}, {"filters", "serializer", "compressors"}),
        ({"compressors": "default"}, {"serializer", "compressors"}),
        ({"compressors": None, "serializer": None}, {"serializer"}),
        ({"compressors": (), "serializer": LITTLE}, set()),
        ({"compressors": "none", "serializer": [LITTLE]}, set()),
        ({"compressors": {"id": "pcodec"}}, {"serializer"}),
    ],
)
def test_what_is_left_to_the_library_is_said(slots: Json, auto: set[str]) -> None:
    assert Pipeline.from_slots(dtype="i4", **slots).auto == auto


def test_an_automatic_shuffle_stays_open_until_v3_settles_it() -> None:
    encoding = Pipeline.from_slots(dtype="u1", compressors=BLOSC).encoding
    assert encoding.compressor.shuffle == "auto"
    v3 = v3_slots(encoding, context(encoding, "v3"))
    assert (v3.compressors[0].codec.shuffle, v3.compressors[0].codec.typesize) == ("bitshuffle", 1)
    encoding = Pipeline.from_slots(
        dtype="f8", filters={**DELTA, "dtype": "<f8", "astype": "<i2"}, compressors=BLOSC
    ).encoding
    v3 = v3_slots(encoding, context(encoding, "v3"))
    assert (v3.compressors[0].codec.shuffle, v3.compressors[0].codec.typesize) == ("shuffle", 2)


@pytest.mark.parametrize(
    ("order", "axes"), [("F", (2, 1, 0)), ("C", (0, 1, 2)), ([1, 0, 2], (1, 0, 2))]
)
def test_axes_get_numbers_where_their_count_is_known(order: Any, axes: tuple[int, ...]) -> None:
    transpose = {"name": "transpose", "configuration": {"order": order}}
    encoding = Pipeline.from_slots(dtype="i4", filters=transpose, ndim=3).encoding
    found = v3_slots(encoding, context(encoding, "v3", 3))
    assert found.filters[0].codec.order == axes


@pytest.mark.parametrize("name", ["delta", "numcodecs.delta"])
@pytest.mark.parametrize("dtype", ["<i4", ">i4"])
def test_filters_from_v3_have_no_byte_order(name: str, dtype: str) -> None:
    v3 = name.startswith("numcodecs.")
    delta = (
        {"name": name, "configuration": {"dtype": "<i4"}} if v3 else {"id": name, "dtype": dtype}
    )
    encoding = Pipeline.from_slots(dtype=dtype, filters=delta, compressors=None).encoding
    assert encoding.filters[0].dtype == dtype
    found = v3_slots(encoding, context(encoding, "v3"))
    assert found.filters[0].codec.dtype == "<i4"
    assert found.serializer.codec == Bytes(endian="little" if dtype == "<i4" else "big")


def test_a_filter_that_views_other_elements_is_refused_unless_the_array_is_new() -> None:
    slots = read_slots(filters={"id": "delta", "dtype": ">i4"}, compressors=None)
    dtype = array_dtype("<i4")
    existing = slots.encoding(dtype)
    with pytest.raises(NotRepresentableError, match="views little-endian elements as big-endian"):
        v3_slots(existing, context(existing, "v3"))
    assert slots.encoding(dtype, new=True).filters[0].dtype == "<i4"


REFUSED: Final[list[tuple[Json, type[BridgeError], str]]] = [
    ({"compressors": 5}, InvalidCodecError, r"compressors: expected a codec"),
    ({"compressors": [GZIP, 5]}, InvalidCodecError, r"compressors\[1\]: expected a codec"),
    ({"filters": True}, InvalidCodecError, r"filters: .*'auto' alone"),
    ({"compressors": [True]}, InvalidCodecError, r"compressors\[0\]: .*'auto' alone"),
    ({"filters": [None]}, InvalidCodecError, r"filters\[0\]: .*None is none"),
    ({"filters": ["auto"]}, InvalidCodecError, r"filters\[0\]"),
    ({"compressors": [{"id": "gzip", "level": 77}]}, InvalidCodecError, r"compressors\[0\]\.level"),
    ({"compressors": {"level": 5}}, InvalidCodecError, r"compressors: expected 'id'"),
    ({"serializer": [LITTLE, LITTLE]}, InvalidCodecError, "serializer: expected one codec, got 2"),
    (
        {"serializer": LITTLE, "compressors": {"id": "pcodec"}},
        InvalidCodecError,
        "expected one array-to-bytes",
    ),
    ({"compressors": "gzp"}, UnknownCodecError, "did you mean 'gzip'"),
    ({"compressors": {"id": "numcodecs.zlib"}}, UnknownCodecError, "did you mean 'zlib'"),
    ({"compressors": {"name": "lz4"}}, UnknownCodecError, r"did you mean 'numcodecs\.lz4'"),
    ({"order": "K"}, InvalidCodecError, "order: expected 'C' or 'F'"),
]


@pytest.mark.parametrize(("slots", "error", "message"), REFUSED)
def test_refusals_say_where(slots: Json, error: type[BridgeError], message: str) -> None:
    with pytest.raises(error, match=message):
        Pipeline.from_slots(**{"dtype": "i4", **slots})


class ThirdParty:
    codec_id = "third-party"

    def get_config(self) -> Json:
        return {"id": "third-party", "level": 3}


@pytest.mark.parametrize("slot", SLOTS)
def test_an_object_of_an_unknown_class_has_the_kind_of_its_slot(slot: str) -> None:
    codec = ThirdParty()
    slots = read_slots(**{"compressors": None, slot: codec})
    held = slots.codecs[0]
    assert kind_of(held.codec) == SLOTS[slot]
    assert slots.source_of(held.codec, "v2") is codec
    assert slots.source_of(held.codec, "v3") is None
    with pytest.raises(UnknownCodecError):
        read_slots(**{slot: codec.get_config()})
    kept = read_slots(**{slot: codec.get_config()}, unknown="keep").codecs[0]
    assert (kept.codec, kept.source) == (held.codec, codec.get_config() and None)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (str, "string"),
        ("str", "string"),
        ("string", "string"),
        (bytes, "variable_length_bytes"),
        (object, "object"),
        ("|O", "object"),
        ("i4", "int32"),
        ("float32", "float32"),
        ("float", "float64"),
        (int, "int64"),
        (">M8[ns]", "numpy.datetime64"),
        (
            {"name": "numpy.datetime64", "configuration": {"unit": "s", "scale_factor": 1}},
            "numpy.datetime64",
        ),
    ],
)
def test_data_types_in_any_spelling(value: Any, name: str) -> None:
    found = array_dtype(value)
    assert found is not None
    assert found.name == name


def test_no_data_type() -> None:
    assert array_dtype(None) is None
    for value in ("flaot", 5, [1]):
        with pytest.raises(InvalidCodecError):
            array_dtype(value)


PAIRS: Final = [pair for pair in shared.pipelines() if pair["use"] == "translate"]


@pytest.mark.parametrize(
    "pair", [pair for pair in PAIRS if pair["v2"]], ids=lambda pair: pair["name"]
)
def test_golden_v2_slots_are_the_v2_encoding(pair: Any) -> None:
    members = {key: pair["v2"].get(key) for key in ("dtype", "order", "filters", "compressor")}
    expected = Pipeline.from_v2(**members)
    encoding = Pipeline.from_slots(
        dtype=members["dtype"],
        order=members["order"],
        filters=members["filters"],
        compressors=members["compressor"],
    ).encoding
    assert encoding == expected.encoding


@pytest.mark.parametrize(
    "pair", [pair for pair in PAIRS if pair["v3"]], ids=lambda pair: pair["name"]
)
def test_golden_v3_slots_are_the_v3_encoding(pair: Any) -> None:
    expected = Pipeline.from_v3(
        data_type=pair["v3"]["data_type"],
        codecs=pair["v3"]["codecs"],
        chunk_shape=pair["context"].get("chunks"),
    )
    kinds = [kind_of(codec) for codec in expected.codecs]
    codecs = dict(zip(("filters", "serializer", "compressors"), ([], [], []), strict=True))
    for kind, payload in zip(kinds, pair["v3"]["codecs"], strict=True):
        codecs[{"a2a": "filters", "a2b": "serializer", "b2b": "compressors"}[kind or ""]].append(
            payload
        )
    given = Pipeline.from_slots(dtype=pair["v3"]["data_type"], ndim=expected.ndim, **codecs)
    encoding = given.encoding
    assert given.auto == frozenset()
    found = v3_slots(encoding, context(encoding, "v3", expected.ndim))
    placed = (*found.filters, found.serializer, *found.compressors)
    again = Pipeline(
        V3Encoding(found.data_type, tuple(item.codec for item in placed)),
        expected.ndim,
        expected.chunk_shape,
    )
    assert again.to_v3(on_loss="ignore") == expected.to_v3(on_loss="ignore")


class OpenedV2:
    """What zarr-python 2 says of an open array."""

    dtype = "<i4"
    order = "F"
    chunks = (4, 5)
    filters = (SHUFFLE,)
    compressor = ThirdParty()


def test_an_array_of_zarr_python_2() -> None:
    found = array_encoding(OpenedV2())
    assert found.chunk_shape == (4, 5)
    assert isinstance(found.encoding, V2Encoding)
    assert (found.encoding.order, found.encoding.compressor.name) == ("F", "third-party")


class OpenedV3:
    """What zarr-python 3 says of an open array, with what no definition describes in it."""

    class metadata:  # noqa: N801
        @staticmethod
        def to_dict() -> Json:
            return {
                "data_type": "int32",
                "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": (4,)}},
                "codecs": (
                    {"name": "before", "configuration": {"axes": (0, 1)}},
                    LITTLE,
                    {"name": "after"},
                ),
            }


def test_an_array_of_zarr_python_3() -> None:
    found = array_encoding(OpenedV3())
    assert found.chunk_shape == (4,)
    assert [kind_of(codec) for codec in found.encoding.codecs] == ["a2a", "a2b", "b2b"]


class OpenedGroup:
    """What zarr-python 3 says of an open group."""

    class metadata:  # noqa: N801
        @staticmethod
        def to_dict() -> Json:
            return {"zarr_format": 3, "node_type": "group", "attributes": {}}


@pytest.mark.parametrize("value", [5, None, {"codecs": []}, "array", OpenedGroup()])
def test_what_is_no_array(value: Any) -> None:
    with pytest.raises(InvalidCodecError, match="expected an open zarr array"):
        array_encoding(value)


def opened(document: Json) -> Any:
    """An array of zarr-python, of this metadata and no chunks."""
    import json
    import tempfile
    from pathlib import Path

    import zarr

    path = Path(tempfile.mkdtemp())
    v3 = document["zarr_format"] == 3
    if v3:
        document = {"chunk_key_encoding": readers.V2_KEYS, **document}
    (path / ("zarr.json" if v3 else ".zarray")).write_text(json.dumps(document))
    return zarr.open_array(str(path), mode="r")


FILLED_IN: Final = {
    "delta",
    "astype",
    "quantize",
    "fixedscaleoffset",
    "fso",
    "pcodec",
    "blosc",
    "zfpy",
    "shuffle",
}
"""Codecs whose objects fill in a default that the document leaves out."""


def types(encoding: V2Encoding | V3Encoding) -> list[str]:
    return [type(codec).__name__ for codec in encoding.codecs]


@pytest.mark.skipif(importlib.util.find_spec("zarr") is None, reason="no zarr")
@pytest.mark.filterwarnings("ignore")
def test_golden_arrays_that_zarr_opens() -> None:
    compared = 0
    differ: dict[str, list[list[str]]] = {}
    for written in chain.from_iterable(shared.chunks().values()):
        try:
            array = opened(written.metadata)
        except Exception:  # this version of zarr-python does not open it
            continue
        found = array_encoding(array)
        assert found.chunk_shape == tuple(written.chunk_shape)
        if written.zarr_format == 2:
            members = {
                key: written.metadata[key] for key in ("dtype", "order", "filters", "compressor")
            }
            expected = Pipeline.from_v2(**members)
        else:
            members = {key: written.metadata[key] for key in ("data_type", "codecs")}
            expected = Pipeline.from_v3(**members)
        shape = found.chunk_shape
        if Pipeline(found.encoding, len(shape), shape) != Pipeline(
            expected.encoding, len(shape), shape
        ):
            differ[written.name] = [types(found.encoding), types(expected.encoding)]
        compared += 1
    assert compared > 50
    assert all(ours == theirs for ours, theirs in differ.values()), differ
    assert {name.partition("_")[0] for name in differ} <= FILLED_IN


def has(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


@pytest.mark.skipif(has("zarr"), reason="zarr is installed")
def test_without_zarr_there_is_json_alone() -> None:
    from zarrcodec_bridge.arrays import array_kwargs
    from zarrcodec_bridge.core.errors import BackendMissingError

    found = array_kwargs("gzip", zarr_format=3, api="tensorstore")
    assert [codec["name"] for codec in found["codecs"]] == ["bytes", "gzip"]
    for api in ("create", "create_array", "xarray", "anndata"):
        with pytest.raises(BackendMissingError, match="pip install zarr"):
            array_kwargs("gzip", zarr_format=2, api=api)


@pytest.mark.parametrize(
    "module", ["translation.slots", "arrays", "adapters.xarray", "adapters.zarr_python"]
)
def test_importing_loads_no_library(module: str) -> None:
    import subprocess
    import sys

    code = (
        f"import sys, zarrcodec_bridge.{module};"
        "print([name for name in ('zarr', 'numcodecs', 'xarray', 'dask', 'imagecodecs') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
