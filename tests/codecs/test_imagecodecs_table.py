"""The imagecodecs family: its table and rows are what imagecodecs has; portable codecs that read the same chunks."""

from __future__ import annotations

import base64
import inspect
import itertools
import json
import pickle
import subprocess
import sys
from collections import Counter
from typing import Any

import numpy as np
import pytest

import zarrcodec_bridge as bridge
from support.imagecodecs_chunks import ARRAYS, CONFIGS, attempt, open_array, v2_config, write_chunks
from support.readers import equal, v2_document, v3_document
from table import ROWS as ALL_ROWS
from zarrcodec_bridge import Pipeline, normalize
from zarrcodec_bridge.codecs import imagecodecs as family
from zarrcodec_bridge.codecs.imagecodecs.table import CODECS, ENUMERATIONS, REQUIRED
from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.propagation import array_chunk

pytest.importorskip("numcodecs")

imagecodecs = pytest.importorskip("imagecodecs", minversion="2026.10")

zarr = pytest.importorskip("zarr", minversion="3.2")

pytest.importorskip("imagecodecs.zarr")

v2_side = pytest.importorskip("imagecodecs.numcodecs")

ROWS = [row for row in ALL_ROWS if type(row.codec).__module__.startswith(family.__name__)]

EQUALS = {
    **{codec: CONFIGS[codec] for codec in ("blosc", "bz2", "deflate", "delta", "isal", "lz4")},
    **{codec: CONFIGS[codec] for codec in ("byteshuffle", "lzma", "pcodec", "zlib", "zlibng")},
    **{codec: CONFIGS[codec] for codec in ("checksum", "zopfli", "zstd")},
    "quantize": [{"mode": mode, "nsd": 3} for mode in ("bitround", "scale", "granularbr")],
    "zfp": [
        {},
        {"mode": "FIXED_PRECISION", "level": 20},
        {"mode": "FIXED_RATE", "level": 8},
        {"mode": "FIXED_ACCURACY", "level": 0},
    ],
}
"""Codecs that have an equal, with the parameters for which they are tried."""

LINES = {
    **{name: ARRAYS[name] for name in ("u1", "u2", "f4", "f8")},
    "line-u2": np.arange(500, dtype="u2"),
    "line-i4": np.arange(500, dtype="i4"),
    "column-u4": np.arange(500, dtype="u4").reshape(500, 1),
    "row-u4": np.arange(500, dtype="u4").reshape(1, 500),
}

NEEDS = {"pcodec": "pcodec", "zfp": "zfpy"}


@pytest.mark.parametrize("codec", EQUALS)
def test_portable_equals_read_the_same_chunks(codec: str) -> None:
    if codec in NEEDS:
        pytest.importorskip(NEEDS[codec])
    found = Counter()
    for config, data in itertools.product(EQUALS[codec], LINES.values()):
        payload = v2_config(codec, config, data)
        members = {"dtype": data.dtype.str, "order": "C", "filters": None, "compressor": payload}
        document = v2_document(members, data.shape, data.shape, 0)
        chunks = attempt(lambda: write_chunks(document, data))  # noqa: B023
        if isinstance(chunks, Exception):
            continue
        values = open_array(document, chunks)[...]
        chunk = array_chunk(DataType.from_v2(data.dtype.str), data.ndim, data.shape)
        for dialect in ("v2", "v3"):
            equal_one = family.portable(normalize(payload), chunk, dialect)
            if equal_one is None:
                found["none"] += 1
                continue
            found["some"] += 1
            got = _through(equal_one.codecs, codec, dialect, data, chunks)
            assert equal(got, values), (config, data.dtype, data.shape, dialect)
    assert found["some"]


def _through(
    codecs: Any, codec: str, dialect: str, data: np.ndarray, chunks: dict[str, bytes]
) -> Any:
    """Those chunks, read with those codecs in the place of an imagecodecs one."""
    shape = data.shape
    if dialect == "v2":
        members = {"dtype": data.dtype.str, "filters": list(codecs) or None, "compressor": None}
        return open_array(v2_document(members, shape, shape, 0), chunks)[...]
    kind = family.build(f"imagecodecs_{codec}").kind
    endian = {"endian": "little"} if data.dtype.itemsize > 1 else {}
    middle = {"name": "bytes", "configuration": endian}
    chain = {"b2b": [middle, *codecs], "a2b": codecs, "a2a": [*codecs, middle]}[kind]
    members = {"data_type": DataType.from_v2(data.dtype.str).to_v3(), "codecs": list(chain)}
    return open_array(v3_document(members, shape, shape), chunks)[...]


def test_portable_equal_of_packints_is_the_registered_packbits() -> None:
    data = ARRAYS["u2"]
    codec = normalize(
        {"id": "imagecodecs_packints", "bitspersample": 12, "bitorder": "<", "dtype": "<u2"}
    )
    chunk = array_chunk(DataType.from_v2("<u2"), 2, data.shape)
    assert family.portable(codec, chunk, "v2") is None
    found = family.portable(codec, chunk, "v3")
    assert found is not None
    assert found.codecs == ({"name": "packbits", "configuration": {"last_bit": 11}},)


NO_EQUAL = [
    {"id": "imagecodecs_checksum", "kind": "h5crc"},
    {"id": "imagecodecs_checksum", "kind": "crc32", "byteorder": ">"},
    {"id": "imagecodecs_checksum", "kind": "crc32", "value": 5},
    {"id": "imagecodecs_checksum", "kind": "fletcher32", "prepend": True},
    {"id": "imagecodecs_deflate", "raw": True},
    {"id": "imagecodecs_delta", "shape": [4, 5], "dtype": "<u2"},
    {"id": "imagecodecs_isal", "raw": True},
    {"id": "imagecodecs_lz4"},
    {"id": "imagecodecs_zopfli", "format": 0},
    {"id": "imagecodecs_zfp", "header": False, "shape": [4, 5], "dtype": "<f4"},
    {"id": "imagecodecs_packbits"},
    {"id": "imagecodecs_blosc2"},
    {"id": "imagecodecs_zstd1"},
    {"id": "imagecodecs_png"},
    {"id": "gzip"},
]


@pytest.mark.parametrize("payload", NO_EQUAL, ids=json.dumps)
def test_what_has_no_portable_equal(payload: dict[str, Any]) -> None:
    chunk = array_chunk(DataType.from_v2("<u2"), 2, (4, 5))
    assert family.portable(normalize(payload), chunk, "v2") is None


NULL_STANDS_FOR = {
    ("hcomp", "level"): 0,
    ("hcomp", "smooth"): 0,
    ("lerc", "planar"): False,
    ("rgbe", "header"): False,
    ("sz3", "mode"): "abs",
    ("sz3", "abs"): 0.0,
    ("sz3", "rel"): 0.0,
    ("zstd1", "samples"): 1,
}
"""Defaults that the table has in the place of imagecodecs' null."""


@pytest.mark.parametrize("dialect", ["v2", "v3"])
def test_the_table_is_what_imagecodecs_has(dialect: Any) -> None:
    import imagecodecs.zarr as v3_side

    side = v2_side if dialect == "v2" else v3_side
    assert set(family.CODECS) == set(CODECS)
    classes = {
        name
        for name in dir(side)
        if hasattr(getattr(side, name), "from_config" if dialect == "v2" else "from_dict")
    }
    assert {codec.capitalize() for codec in CODECS} == classes - {
        "Codec",
        "ArrayArrayCodec",
        "ArrayBytesCodec",
        "BytesBytesCodec",
    }
    for codec, facts in CODECS.items():
        signature = inspect.signature(getattr(side, codec.capitalize()).__init__)
        theirs = {
            name: REQUIRED if parameter.default is inspect.Parameter.empty else parameter.default
            for name, parameter in signature.parameters.items()
            if name != "self"
        }
        ours = {
            name: fact.default_in(dialect)
            for name, fact in facts.parameters.items()
            if fact.is_in(dialect)
        }
        assert theirs.keys() == ours.keys(), codec
        for name, default in theirs.items():
            if default is None:
                default = NULL_STANDS_FOR.get((codec, name))
            assert ours[name] == default, (codec, name)


def test_the_enumerations_are_what_imagecodecs_has() -> None:
    for name, members in ENUMERATIONS.items():
        owner, _, enumeration = name.partition(".")
        try:
            theirs = getattr(getattr(imagecodecs, owner), enumeration)
        except ImportError:
            assert owner in ("HEIF", "WIC")  # not in the Linux wheels
            continue
        found = {key: int(value) for key, value in theirs.__members__.items()}
        assert found == {
            key: int(value) for key, _, value in (m.partition("=") for m in members.split())
        }


LOST_UPSTREAM = {
    ("jpegls", "spiff"),
    ("qoi", "colorspace"),
    ("snappy", "level"),
    ("openzl", "level"),
}
"""Parameters that imagecodecs' v3 classes read or write not."""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_v3_rows_are_what_imagecodecs_writes(row: Any) -> None:
    if isinstance(row.v3, type):
        return
    name = row.v3["name"].removeprefix("imagecodecs_")
    found = zarr.registry.get_codec_class(row.v3["name"])
    if name in ("heif", "jpegxs", "openzl", "wic"):
        pytest.skip("not in the Linux wheels")
    if name == "cms":
        pytest.skip("the row has no whole profile")
    configuration = row.v3["configuration"]
    theirs = found.from_dict(json.loads(json.dumps(row.v3))).to_dict().get("configuration", {})
    theirs = json.loads(json.dumps(theirs))
    for key in configuration:
        if (name, key) in LOST_UPSTREAM:
            theirs[key] = configuration[key]
    assert theirs == configuration


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_v2_rows_are_what_imagecodecs_reads(row: Any) -> None:
    if isinstance(row.v2, type):
        return
    name = row.v2["id"].removeprefix("imagecodecs_")
    if name in ("heif", "jpegxs", "openzl", "wic"):
        pytest.skip("not in the Linux wheels")
    if name == "cms":
        pytest.skip("the row has no whole profile")
    codec = getattr(v2_side, name.capitalize()).from_config(
        {key: value for key, value in row.v2.items() if key != "id"}
    )
    assert bridge.same(codec, row.codec, dtype=row.dtype)


def _run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_other_codecs_build_none_of_these() -> None:
    code = (
        "import sys, zarrcodec_bridge as bridge\n"
        "bridge.to_v3({'id': 'gzip', 'level': 5})\n"
        "name = 'zarrcodec_bridge.codecs.imagecodecs.table'\n"
        "assert name not in sys.modules\n"
        "from zarrcodec_bridge.codecs import imagecodecs\n"
        "assert name not in sys.modules\n"
        "imagecodecs.ImagecodecsZstd\n"
        "print([key for key in vars(imagecodecs) if key.startswith('Imagecodecs')])\n"
    )
    assert _run(code) == "['ImagecodecsZstd', 'ImagecodecsZstdV2', 'ImagecodecsZstdV3']"


def test_models_unpickle_in_a_new_process() -> None:
    models = [row.codec for row in ROWS]
    text = base64.b64encode(pickle.dumps(models)).decode()
    code = f"import base64, pickle; print(len(pickle.loads(base64.b64decode({text!r}))))"
    assert _run(code) == str(len(models))
    cloudpickle = pytest.importorskip("cloudpickle")
    assert cloudpickle.loads(cloudpickle.dumps(models)) == models
    classes = [type(model) for model in models]
    assert cloudpickle.loads(cloudpickle.dumps(classes)) == classes


def test_every_parameter_says_what_it_is_for() -> None:
    for spec in family.SPECS:
        assert spec.model.__doc__
        for name, field in spec.model.model_fields.items():
            assert field.description, (spec.title, name)
        for form in (*spec.v2, *spec.v3):
            json.dumps(form.params.model_json_schema())


@pytest.mark.parametrize(
    ("codec", "order", "ndim", "message"),
    [
        ({"id": "imagecodecs_zlib"}, "F", 2, "is read scrambled"),
        ({"id": "imagecodecs_zlib"}, "F", 1, None),
        ({"id": "imagecodecs_zlib"}, "C", 2, None),
        ({"id": "imagecodecs_delta"}, "C", 2, "as flat data"),
        ({"id": "imagecodecs_xor"}, "C", 2, "as flat data"),
        ({"id": "imagecodecs_xor"}, "C", 1, None),
    ],
)
def test_what_v2_writes_and_does_not_read_back_is_a_loss(
    codec: dict[str, Any], order: str, ndim: int, message: str | None
) -> None:
    pipeline = Pipeline.from_v2(dtype="<u2", compressor=codec, order=order, chunk_shape=[2] * ndim)
    losses = [loss.message for loss in pipeline.translate("v3", on_loss="ignore").losses]
    assert [message in loss for loss in losses if message] == ([True] if message else [])
    assert message is not None or not losses
