"""The table of readers, measured: chunks that numcodecs wrote, and documents by hand, opened by each reader.

A claim that does not hold fails, and so does a codec that is opened and not claimed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

numcodecs = pytest.importorskip("numcodecs", minversion="0.16.5")
pytest.importorskip("zarr", minversion="3.4.2")
import zarrcodec_bridge as bridge  # noqa: E402
from support import readers  # noqa: E402
from zarrcodec_bridge.core.data_types import DataType  # noqa: E402
from zarrcodec_bridge.core.data_types.names import SIZES  # noqa: E402
from zarrcodec_bridge.documents.reach import problems_for  # noqa: E402
from zarrcodec_bridge.readers import READERS  # noqa: E402

PACKAGES: dict[str, Any] = {"zarrs-python": "zarrs"}
"""By reader: the package, where it has another name."""

HERE = ("zarr-python", "tensorstore", "zarrs-python", "zarrista")
PRESENT = [name for name in HERE if PACKAGES.get(name, name) in readers.available()]

SHAPE = (4, 6)
WHOLE = np.arange(24, dtype="<i4").reshape(SHAPE)
FLOATS = WHOLE.astype("<f4")
TEXTS = np.array([["a", "bc"], ["", "é"]], dtype=object)
BYTES = np.array([[b"a", b"bc"], [b"", b"\xff"]], dtype=object)
ARRAYS = np.empty(2, dtype=object)
ARRAYS[:] = [np.array([1, 2], "<i4"), np.array([3], "<i4")]

WRITTEN: dict[str, tuple[np.ndarray, dict[str, Any]]] = {
    "adler32": (WHOLE, {}),
    "astype": (WHOLE, {"encode_dtype": "<i2", "decode_dtype": "<i4"}),
    "base64": (WHOLE, {}),
    "bitround": (FLOATS, {"keepbits": 10}),
    "blosc": (WHOLE, {"cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0}),
    "bz2": (WHOLE, {"level": 1}),
    "categorize": (TEXTS.astype("<U2"), {"labels": ["a", "bc", "é"], "dtype": "<U2"}),
    "crc32": (WHOLE, {}),
    "crc32c": (WHOLE, {}),
    "delta": (WHOLE, {"dtype": "<i4"}),
    "fixedscaleoffset": (
        FLOATS / np.float32(3),
        {"offset": 0.1, "scale": 10, "dtype": "<f4", "astype": "<i2"},
    ),
    "fletcher32": (WHOLE, {}),
    "gzip": (WHOLE, {"level": 1}),
    "imagecodecs_zstd": (WHOLE, {"level": 1}),
    "jenkins_lookup3": (WHOLE, {}),
    "json2": (TEXTS, {}),
    "lz4": (WHOLE, {"acceleration": 1}),
    "lzma": (WHOLE, {"format": 1, "check": -1, "preset": None, "filters": None}),
    "msgpack2": (TEXTS, {}),
    "packbits": (WHOLE % 2 == 0, {}),
    "pcodec": (WHOLE, {"level": 8, "mode_spec": "auto", "delta_spec": "auto"}),
    "pickle": (TEXTS, {"protocol": 4}),
    "quantize": (FLOATS, {"digits": 2, "dtype": "<f4"}),
    "shuffle": (WHOLE, {"elementsize": 4}),
    "vlen-array": (ARRAYS, {"dtype": "<i4"}),
    "vlen-bytes": (BYTES, {}),
    "vlen-utf8": (TEXTS, {}),
    "zfpy": (FLOATS, {"mode": 4, "tolerance": -1}),
    "zlib": (WHOLE, {"level": 1}),
    "zstd": (WHOLE, {"level": 1}),
}
"""By v2 id: an array, and the parameters with which numcodecs encodes it."""

TAKEN_FOR_TEXT = {("zarrista", "vlen-bytes", "reads wrong")}
"""What a reader reads wrong and is said to refuse, since it does so for some data alone."""

FILTERS = {"astype", "bitround", "categorize", "delta", "fixedscaleoffset", "packbits", "quantize"}
OBJECTS = {"json2", "msgpack2", "pickle", "vlen-array", "vlen-bytes", "vlen-utf8"}
SERIALIZERS = OBJECTS | {"pcodec", "zfpy"}
ONLY_V2 = {"base64", "categorize", "json2", "msgpack2", "pickle", "vlen-array"}
V3_TYPES = {"vlen-bytes": "variable_length_bytes", "vlen-utf8": "string"}
LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}


def encoded(codec: str) -> tuple[dict[str, bytes], np.ndarray]:
    """The chunk, and what numcodecs decodes it to."""
    values, params = WRITTEN[codec]
    if codec.startswith("imagecodecs"):
        pytest.importorskip("imagecodecs.numcodecs").register_codecs(verbose=False)
    try:
        coder = numcodecs.get_codec({"id": codec, **params})
    except numcodecs.errors.UnknownCodecError as error:
        pytest.skip(str(error))
    data = coder.encode(values)
    chunks = {".".join("0" * values.ndim): np.ascontiguousarray(data).tobytes()}
    decoded = coder.decode(data).reshape(SHAPE) if codec == "fixedscaleoffset" else values
    return chunks, decoded


def outcome(reader: str, document: Any, chunks: dict[str, bytes], values: np.ndarray) -> str:
    try:
        found = readers.read(PACKAGES.get(reader, reader), document, chunks)
    except readers.RefusedError:
        return "refuses"
    return "opens" if readers.equal(found, values) else "reads wrong"


def claim(reader: str, document: Any) -> str:
    """What the file of a reader says of a document."""
    verdicts = {problem.verdict for problem in problems_for(READERS[reader], document)}
    return "refuses" if "refuses" in verdicts else verdicts.pop() if verdicts else "opens"


def v2_document(codec: str) -> Any:
    values, params = WRITTEN[codec]
    payload = {"id": codec, **params}
    is_filter = codec in FILTERS | OBJECTS
    encoding = {
        "dtype": "|O" if codec in OBJECTS else values.dtype.str,
        "filters": [payload] if is_filter else None,
        "compressor": None if is_filter else payload,
    }
    fill = None if values.dtype.kind in "OU" else 0
    return readers.v2_document(encoding, values.shape, values.shape, fill)


def v3_document(codec: str) -> Any:
    values, params = WRITTEN[codec]
    name = codec if codec in OBJECTS or codec.startswith("imagecodecs") else f"numcodecs.{codec}"
    payload = {"name": name, "configuration": params}
    chain = [LITTLE, payload]
    if codec in SERIALIZERS:
        chain = [payload]
    elif codec in FILTERS:
        chain = [payload, LITTLE]
    data_type = V3_TYPES.get(codec, values.dtype.name)
    return readers.v3_document(
        {"data_type": data_type, "codecs": chain}, values.shape, values.shape
    )


@pytest.mark.parametrize("reader", PRESENT)
@pytest.mark.parametrize("codec", WRITTEN)
@pytest.mark.filterwarnings("ignore")
def test_v2_codecs(codec: str, reader: str) -> None:
    if (reader, codec) == ("zarrs-python", "pcodec"):
        pytest.skip(
            "it opens it where the package pcodec is installed, which its wheel does not need"
        )
    document = v2_document(codec)
    found = outcome(reader, document, *encoded(codec))
    assert claim(reader, document) == found or (reader, codec, found) in TAKEN_FOR_TEXT


@pytest.mark.parametrize("reader", PRESENT)
@pytest.mark.parametrize("codec", sorted(WRITTEN.keys() - ONLY_V2))
@pytest.mark.filterwarnings("ignore")
def test_v3_codecs_of_numcodecs(codec: str, reader: str) -> None:
    document = v3_document(codec)
    assert claim(reader, document) == outcome(reader, document, *encoded(codec))


ONE_BYTE = {"name": "bytes"}
PACKED = {"name": "packbits", "configuration": {"padding_encoding": "first_byte"}}
INDEX = [LITTLE, {"name": "crc32c"}]
SHARD = {
    "name": "sharding_indexed",
    "configuration": {
        "chunk_shape": [2, 3],
        "codecs": [LITTLE],
        "index_codecs": INDEX,
        "index_location": "end",
    },
}
GZIP = {"name": "gzip", "configuration": {"level": 1}}
OPTIONAL = {"name": "zarrs.optional", "configuration": {"name": "int32", "configuration": {}}}
V3: dict[str, tuple[Any, list[Any]]] = {
    "bitround": ("float32", [{"name": "bitround", "configuration": {"keepbits": 10}}, LITTLE]),
    "blosc": (
        "int32",
        [
            LITTLE,
            {
                "name": "blosc",
                "configuration": {
                    "cname": "lz4",
                    "clevel": 5,
                    "shuffle": "shuffle",
                    "typesize": 4,
                    "blocksize": 0,
                },
            },
        ],
    ),
    "bytes": ("int32", [LITTLE]),
    "cast_value": (
        "float64",
        [{"name": "cast_value", "configuration": {"data_type": "float32"}}, LITTLE],
    ),
    "conditional": (
        "int32",
        [LITTLE, {"name": "conditional", "configuration": {"codecs": [GZIP], "header_bits": 8}}],
    ),
    "crc32c": ("int32", [LITTLE, {"name": "crc32c"}]),
    "gzip": ("int32", [LITTLE, GZIP]),
    "packbits": ("bool", [PACKED]),
    "reshape": ("int32", [{"name": "reshape", "configuration": {"shape": [24]}}, LITTLE]),
    "scale_offset": (
        "float32",
        [{"name": "scale_offset", "configuration": {"offset": 1, "scale": 2}}, LITTLE],
    ),
    "sharding_indexed": ("int32", [SHARD]),
    "transpose": ("int32", [{"name": "transpose", "configuration": {"order": [1, 0]}}, LITTLE]),
    "vlen-bytes": ("variable_length_bytes", [{"name": "vlen-bytes"}]),
    "vlen-utf8": ("string", [{"name": "vlen-utf8"}]),
    "zarrs.gdeflate": (
        "int32",
        [LITTLE, {"name": "zarrs.gdeflate", "configuration": {"level": 1}}],
    ),
    "zarrs.optional": (
        OPTIONAL,
        [
            {
                "name": "zarrs.optional",
                "configuration": {"mask_codecs": [PACKED], "data_codecs": [LITTLE]},
            }
        ],
    ),
    "zarrs.squeeze": ("int32", [{"name": "zarrs.squeeze"}, LITTLE]),
    "zarrs.vlen": (
        "string",
        [
            {
                "name": "zarrs.vlen",
                "configuration": {
                    "index_codecs": [LITTLE],
                    "data_codecs": [ONE_BYTE],
                    "index_data_type": "uint32",
                },
            }
        ],
    ),
    "zarrs.vlen_v2": ("string", [{"name": "zarrs.vlen_v2"}]),
    "zfp": ("float32", [{"name": "zfp", "configuration": {"mode": "reversible"}}]),
    "zstd": (
        "int32",
        [LITTLE, {"name": "zstd", "configuration": {"level": 1, "checksum": False}}],
    ),
}
"""By v3 name: a data type and codecs."""

FILLS = {
    "bool": False,
    "string": "",
    "variable_length_bytes": "",
    "fixed_length_utf32": "",
    "null_terminated_bytes": "AAAAAAAAAAA=",
    "raw_bytes": "AAAAAAAAAAA=",
    "bytes": [],
    "r64": [0] * 8,
}


def is_opened(reader: str, data_type: Any, codecs: list[Any]) -> bool:
    """Whether a reader opens an array without chunks."""
    name = data_type if isinstance(data_type, str) else data_type["name"]
    fill: Any = FILLS.get(name, 0)
    if name == "zarrs.optional":
        fill = None
    elif name.startswith("complex"):
        fill = [0.0, 0.0]
    elif "float" in name:
        fill = 0.0
    document = readers.v3_document({"data_type": data_type, "codecs": codecs}, SHAPE, SHAPE, fill)
    try:
        readers.read(PACKAGES.get(reader, reader), document, {})
    except readers.RefusedError as refusal:
        # read, and without a NumPy type
        return isinstance(refusal.error, TypeError) and "not understood" in str(refusal.error)
    return True


def is_added(name: str) -> bool:
    """Whether zarr-python has a codec from a package that is installed here, such as this one."""
    from importlib.metadata import entry_points

    return any(entry.name == name for entry in entry_points(group="zarr.codecs"))


@pytest.mark.parametrize("reader", PRESENT)
@pytest.mark.parametrize("name", V3)
@pytest.mark.filterwarnings("ignore")
def test_v3_codecs(name: str, reader: str) -> None:
    if reader == "zarr-python" and is_added(name):
        pytest.skip(f"a package that is installed here adds {name} to zarr-python")
    data_type, codecs = V3[name]
    assert is_opened(reader, data_type, codecs) == READERS[reader].opens("v3", name)


@pytest.mark.parametrize("reader", PRESENT)
@pytest.mark.filterwarnings("ignore")
def test_v3_data_types(reader: str) -> None:
    sized = {"length_bytes": 8}
    unit = {"unit": "s", "scale_factor": 1}
    configurations: dict[str, Any] = {
        "fixed_length_utf32": sized,
        "null_terminated_bytes": sized,
        "raw_bytes": sized,
        "numpy.datetime64": unit,
        "numpy.timedelta64": unit,
    }
    texts = {"string": "vlen-utf8", "variable_length_bytes": "vlen-bytes"}
    found = set()
    names = (SIZES.keys() | texts.keys() | configurations.keys()) - {"struct", "object"}
    for name in names:
        spelled = DataType.from_v3(
            {"name": name, "configuration": configurations[name]}
            if name in configurations
            else name
        )
        codec = {"name": texts[name]} if name in texts else LITTLE
        if is_opened(reader, READERS[reader].v3.spell(spelled), [codec]):
            found.add(name)
    assert found == READERS[reader].v3.data_types - {"struct"}


CHAINS = {
    "shard, gzip": [SHARD, GZIP],
    "shard, crc32c": [SHARD, {"name": "crc32c"}],
    "shard of (shard, gzip)": [
        {
            **SHARD,
            "configuration": {
                **SHARD["configuration"],
                "chunk_shape": [4, 6],
                "codecs": [SHARD, GZIP],
            },
        }
    ],
    "shard of gzip": [
        {**SHARD, "configuration": {**SHARD["configuration"], "codecs": [LITTLE, GZIP]}}
    ],
    "shard of shard": [
        {
            **SHARD,
            "configuration": {**SHARD["configuration"], "chunk_shape": [4, 6], "codecs": [SHARD]},
        }
    ],
    "gzip, crc32c": [LITTLE, GZIP, {"name": "crc32c"}],
}


def written(source: str, chain: list[Any], reader: Any) -> Any:
    """The codecs that an entry point writes for a reader."""
    if source == "Pipeline":
        pipeline = bridge.Pipeline.from_v3(data_type="int32", codecs=chain, chunk_shape=SHAPE)
        return pipeline.to_v3(reader)["codecs"]
    if source == "document":
        document = readers.v3_document({"data_type": "int32", "codecs": chain}, SHAPE, SHAPE)
        return bridge.normalize_metadata(document, target=reader)["codecs"]
    if source == "codec" and len(chain) == 1:
        return [bridge.to_v3(chain[0], dtype="<i4", target=reader)]
    if source == "array_kwargs" and reader == "tensorstore":
        serializers = {"bytes", "sharding_indexed"}
        at = next(i for i, item in enumerate(chain) if item["name"] in serializers)
        kwargs = bridge.array_kwargs(
            chain[at + 1 :] or None,
            serializer=chain[at],
            dtype="<i4",
            ndim=2,
            zarr_format=3,
            api="tensorstore",
        )
        return kwargs["codecs"]
    pytest.skip("not written so")


@pytest.mark.parametrize("reader", PRESENT)
@pytest.mark.parametrize("chain", CHAINS)
@pytest.mark.parametrize("source", ["Pipeline", "document", "codec", "array_kwargs"])
@pytest.mark.filterwarnings("ignore")
def test_c1_what_is_written_for_a_reader_is_what_it_opens(
    source: str, chain: str, reader: str
) -> None:
    opened = is_opened(reader, "int32", CHAINS[chain])
    try:
        codecs = written(source, CHAINS[chain], reader)
    except bridge.NotRepresentableError as refusal:
        assert not opened
        assert "opens no codecs after it" in refusal.reason
    else:
        assert opened
        assert is_opened(reader, "int32", codecs)


@pytest.mark.parametrize("chain", CHAINS)
@pytest.mark.filterwarnings("ignore")
def test_c1_readers_and_explain_name_those_that_open_it(chain: str) -> None:
    pipeline = bridge.Pipeline.from_v3(data_type="int32", codecs=CHAINS[chain], chunk_shape=SHAPE)
    opening = {reader for reader in PRESENT if is_opened(reader, "int32", CHAINS[chain])}
    assert set(pipeline.readers()) & set(PRESENT) == opening
    assert set(bridge.explain(pipeline).v3.readers) & set(PRESENT) == opening


@pytest.mark.skipif("tensorstore" not in PRESENT, reason="tensorstore is not installed")
@pytest.mark.parametrize("codec", sorted(WRITTEN.keys() - FILTERS - OBJECTS))
@pytest.mark.parametrize("more", [{}, {"checksum": True}])
def test_c1_array_kwargs_of_format_2_are_opened_by_tensorstore(
    codec: str, more: dict[str, Any]
) -> None:
    source = {"id": codec, **WRITTEN[codec][1], **more}
    if more and codec != "zstd":
        pytest.skip("it has no checksum")
    encoding = {"dtype": WRITTEN[codec][0].dtype.str, "filters": None, "compressor": source}
    document = readers.v2_document(encoding, SHAPE, SHAPE, 0)
    opened = outcome("tensorstore", document, {}, np.zeros(SHAPE, "<i4")) != "refuses"
    try:
        bridge.array_kwargs(source, dtype=encoding["dtype"], zarr_format=2, api="tensorstore")
    except bridge.NotRepresentableError:
        assert not opened
    else:
        assert opened


BIG = {"name": "bytes", "configuration": {"endian": "big"}}
PARTS = {
    "alone": [BIG],
    "in a shard": [{**SHARD, "configuration": {**SHARD["configuration"], "codecs": [BIG]}}],
}


@pytest.mark.parametrize("where", PARTS)
@pytest.mark.parametrize("reader", PRESENT)
def test_c1_elements_that_a_reader_swaps_wrong_are_refused_inside_shards_too(
    reader: str, where: str
) -> None:
    pipeline = bridge.Pipeline.from_v3(
        data_type="complex64", codecs=PARTS[where], chunk_shape=SHAPE
    )
    assert (reader in pipeline.readers()) == ("complex64" not in READERS[reader].swapped_wrong)
