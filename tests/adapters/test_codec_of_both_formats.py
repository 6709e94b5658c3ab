"""The object that `codec` gives: the API of numcodecs, a class of zarr-python, and what neither library does."""

from __future__ import annotations

import copy
import pickle
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent
from typing import Any, Final

import pytest

import table
import zarrcodec_bridge as bridge
from support.processes import run
from zarrcodec_bridge import codec
from zarrcodec_bridge.core.propagation import kind_of
from zarrcodec_bridge.core.registry import spec_of

GZIP: Final = {"id": "gzip", "level": 5}
SPELLINGS: Final = [
    (GZIP, "gzip:5", {"name": "gzip", "configuration": {"level": 5}}),
    (
        {"id": "zstd", "level": -5},
        "zstd:-5",
        {"name": "numcodecs.zstd", "configuration": {"level": -5}},
    ),
    ({"id": "zlib", "level": 9}, "zlib:9", "numcodecs.zlib:9"),
    (
        {"id": "blosc", "cname": "zstd", "clevel": 9, "shuffle": 1},
        "blosc:zstd:9",
        {"name": "numcodecs.blosc", "configuration": {"cname": "zstd", "clevel": 9, "shuffle": 1}},
    ),
    (
        {"id": "delta", "dtype": "<i4"},
        {"name": "numcodecs.delta", "configuration": {"dtype": "<i4"}},
    ),
    ("crc32c", {"name": "crc32c"}, "numcodecs.crc32c"),
    ("vlen-utf8", {"id": "vlen-utf8"}),
]


@pytest.mark.parametrize("spellings", SPELLINGS, ids=lambda spellings: str(spellings[0]))
def test_it_compares_and_hashes_by_meaning(spellings: tuple[Any, ...]) -> None:
    objects = [codec(source) for source in spellings]
    objects += [codec(bridge.normalize(spellings[0])), codec(objects[0])]
    assert len(set(objects)) == 1
    assert all(one == objects[0] for one in objects)
    assert objects[0] != codec("bz2")
    assert objects[0] != spellings[0]


@pytest.mark.parametrize("spellings", SPELLINGS, ids=lambda spellings: str(spellings[0]))
def test_it_is_copied_pickled_and_shown(spellings: tuple[Any, ...]) -> None:
    for source in spellings:
        x = codec(source)
        copies = [copy.copy(x), copy.deepcopy(x), pickle.loads(pickle.dumps(x)), eval(repr(x))]
        if find_spec("cloudpickle"):
            import cloudpickle

            copies.append(cloudpickle.loads(cloudpickle.dumps(x)))
        assert copies == [x] * len(copies)
        assert {type(one) for one in copies} == {type(x)}
        assert {*map(hash, copies)} == {hash(x)}


@pytest.mark.parametrize("spellings", SPELLINGS, ids=lambda spellings: str(spellings[0]))
def test_it_serialises_by_format(spellings: tuple[Any, ...]) -> None:
    for source in spellings:
        x = codec(source)
        assert x.to_json(2) == x.get_config() == bridge.to_v2(source)
        assert outcome(x.to_dict) in (x.get_config(), bridge.BackendMissingError)
        assert x.to_json(3) == bridge.to_v3(source, target="zarr-python")
        assert x.to_json(3, dtype="<i4") == bridge.to_v3(source, dtype="<i4", target="zarr-python")
        assert type(x).codec_id == x.get_config()["id"]
        config = x.get_config()
        assert type(x).from_config(config) == type(x).from_dict(config) == x
        del config["id"]
        assert type(x).from_config(config) == x
        assert type(x).from_dict(x.to_json(3)) == x


def outcome(call: Any) -> Any:
    try:
        return call()
    except bridge.BridgeError as error:
        return type(error)


def test_every_codec_of_the_table_has_both_forms_or_is_refused_as_by_the_translation() -> None:
    made = 0
    for row in table.ROWS:
        x = outcome(lambda: codec(row.codec))  # noqa: B023  # called at once
        if isinstance(x, type):
            assert row.codec.__class__.__name__ == "Pickle" or kind_of(row.codec) is None, row
            continue
        made += 1
        assert outcome(lambda: x.to_json(2)) == outcome(lambda: bridge.to_v2(row.codec)), row  # noqa: B023
        spec = spec_of(type(row.codec))
        assert spec is not None
        assert type(x).codec_id == (spec.v2 or spec.v3)[0].name
        assert pickle.loads(pickle.dumps(x)) == x
        assert repr(x).startswith("codec(")
        v3 = outcome(lambda: bridge.to_v3(row.codec, target="zarr-python"))  # noqa: B023
        if not isinstance(v3, type):
            assert bridge.same(x.to_json(3), v3)
    assert made > 100


def test_the_json_is_new_each_time_and_its_source_a_copy() -> None:
    source = {"id": "lzma", "format": 3, "filters": [{"id": 33, "preset": 1}]}
    x = codec(source)
    source["filters"].append("other")  # type: ignore[attr-defined]
    x.get_config()["filters"].clear()
    assert x.get_config()["filters"] == [{"id": 33, "preset": 1}]


def test_it_cannot_be_changed() -> None:
    with pytest.raises(AttributeError, match="model: a codec of both formats cannot be changed"):
        codec("gzip").model = None


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: codec("gzzip"), bridge.UnknownCodecError, "did you mean 'gzip'"),
        (lambda: codec("gzip:11"), bridge.InvalidCodecError, "level: expected less than or equal"),
        (lambda: codec("lz4:3"), bridge.InvalidCodecError, "lz4 has no level; pass a dictionary"),
        (lambda: codec("crc32:3"), bridge.InvalidCodecError, "crc32 has no level"),
        (lambda: codec("gzip:x"), bridge.InvalidCodecError, "expected a name, 'NAME:LEVEL'"),
        (lambda: codec("blosc:9"), bridge.InvalidCodecError, "'blosc:CNAME:LEVEL', got"),
        (lambda: codec("blosc:zstd:x"), bridge.InvalidCodecError, "'blosc:CNAME:LEVEL', got"),
        (lambda: codec("blosc:zstd:9:1"), bridge.InvalidCodecError, "'blosc:CNAME:LEVEL', got"),
        (lambda: codec("blosc:zip:9"), bridge.InvalidCodecError, "cname: expected"),
        (lambda: codec("gzzip:5"), bridge.UnknownCodecError, "did you mean 'gzip'"),
        (
            lambda: codec("packbits:5"),
            bridge.InvalidCodecError,
            "one codec in v2 and another in v3",
        ),
        (lambda: codec("gzip", kind="a2a"), bridge.NotRepresentableError, "kind is b2b, not a2a"),
        (lambda: codec("gzip", kind="b2a"), bridge.BridgeError, "kind"),
        (lambda: codec(Reversed()), bridge.MissingContextError, "pass kind"),
        (lambda: codec(Reversed), bridge.InvalidCodecError, "pass an instance"),
        (lambda: codec("pickle"), bridge.NotRepresentableError, "allow_pickle=True"),
        (lambda: codec(None), bridge.InvalidCodecError, "expected a codec"),
        (lambda: codec("gzip").to_json(4), bridge.BridgeError, "zarr_format"),
        (
            lambda: codec("bytes").to_json(2),
            bridge.NotRepresentableError,
            "byte order of the array",
        ),
        (lambda: codec("base64").to_json(3), bridge.NotRepresentableError, "no implementation has"),
    ],
)
def test_what_is_wrong_is_said(call: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        call()


class Reversed:
    """A codec of one's own, with the numcodecs API and no base class."""

    codec_id = "of-both-formats-reversed"

    def __init__(self, times: int = 1) -> None:
        self.times = times

    def encode(self, buf: Any) -> bytes:
        return bytes(buf)[::-1]

    def decode(self, buf: Any, out: Any = None) -> bytes:
        return bytes(buf)[::-1]

    def get_config(self) -> dict[str, Any]:
        return {"id": self.codec_id, "times": self.times}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Reversed:
        return cls(**{name: value for name, value in config.items() if name != "id"})

    def __repr__(self) -> str:
        return f"Reversed({self.times})"


def test_a_codec_of_ones_own() -> None:
    x = codec(Reversed(2), kind="b2b")
    assert x.get_config() == {"id": Reversed.codec_id, "times": 2}
    assert x.to_json(3) == {"name": Reversed.codec_id, "configuration": {"times": 2}}
    assert x.decode(x.encode(b"abc")) == b"abc"
    assert x.encode(b"abc") == b"cba"
    assert repr(x) == "codec(Reversed(2), kind='b2b')"
    assert x == eval(repr(x)) == type(x).from_config({"times": 2}) == pickle.loads(pickle.dumps(x))
    assert x != codec(Reversed(3), kind="b2b")
    assert x != codec(Reversed(2), kind="a2b")
    assert codec(x) == x


EVERYWHERE: Final[dict[str, Any]] = {
    "normalize": lambda x: bridge.normalize(x, dtype="f8"),
    "to_v2": bridge.to_v2,
    "to_v3": lambda x: bridge.to_v3(x, dtype="f8"),
    "translate": lambda x: bridge.translate(x, to="v3", dtype="f8"),
    "explain": lambda x: str(bridge.explain(x, dtype="f8")),
    "same": lambda x: bridge.same(x, "blosc:zstd:9"),
    "from_slots": lambda x: bridge.Pipeline.from_slots(dtype="f8", compressors=[x]).to_v2(),
    "from_v2": lambda x: bridge.Pipeline.from_v2(dtype="<f8", compressor=x).to_v3(),
    "from_v3": lambda x: bridge.Pipeline.from_v3(
        data_type="float64", codecs=[{"name": "bytes", "configuration": {"endian": "little"}}, x]
    ).to_v2(),
    "array_kwargs": lambda x: bridge.array_kwargs(x, dtype="f8", zarr_format=3, api="tensorstore"),
}


@pytest.mark.parametrize("call", EVERYWHERE)
def test_every_function_takes_it(call: str) -> None:
    source = {
        "name": "blosc",
        "configuration": {
            "cname": "zstd",
            "clevel": 9,
            "shuffle": "shuffle",
            "typesize": 8,
            "blocksize": 0,
        },
    }
    plain = bridge.to_v2(source) if call == "from_v2" else source
    assert EVERYWHERE[call](codec(source)) == EVERYWHERE[call](plain)


def test_its_kind_is_known_everywhere() -> None:
    x = codec(Reversed(), kind="a2b")
    assert bridge.normalize(x).kind == "a2b"  # type: ignore[attr-defined]
    pipeline = bridge.Pipeline.from_slots(dtype="|u1", compressors=x)
    assert [found["name"] for found in pipeline.to_v3()["codecs"]] == [Reversed.codec_id]


WITHOUT: Final = """
    import pickle, sys

    class Absent:
        def find_spec(self, name, path=None, target=None):
            if name.partition(".")[0] in ("numcodecs", "zarr"):
                raise ImportError(f"No module named {name!r}")

    sys.meta_path.insert(0, Absent())
    import zarrcodec_bridge as bridge

    x = bridge.codec("blosc:zstd:9")
    assert x == pickle.loads(pickle.dumps(x)) == eval(repr(x), {"codec": bridge.codec})
    assert x.to_json(2) == x.get_config() and x.to_json(3, "int32")["configuration"]["typesize"] == 4
    try:
        x.encode(b"")
    except bridge.BackendMissingError as error:
        assert "pip install numcodecs" in str(error)
    else:
        raise AssertionError("numcodecs is absent")

    class Reversed:
        codec_id = "reversed"
        def get_config(self): return {"id": "reversed"}
        def encode(self, buf): return bytes(buf)[::-1]
        def decode(self, buf, out=None): return bytes(buf)[::-1]

    assert bridge.codec(Reversed(), kind="b2b").encode(b"abc") == b"cba"
"""


def test_what_needs_no_other_library_needs_none() -> None:
    run(WITHOUT)


def test_it_has_the_api_of_numcodecs() -> None:
    abc = pytest.importorskip("numcodecs.abc")
    numcodecs = pytest.importorskip("numcodecs")
    for theirs in (numcodecs.GZip(5), numcodecs.Blosc("zstd", 9, 2), numcodecs.Delta("<i4")):
        x = codec(theirs)
        assert isinstance(x, abc.Codec)
        assert x.codec_id == type(x).codec_id == theirs.codec_id
        assert x == theirs
        assert theirs == x
        assert numcodecs.get_codec(x.get_config()) == x
        assert x != numcodecs.Zlib(5)
    np = pytest.importorskip("numpy")
    x, values = codec("zlib:3"), np.arange(100)
    assert x.encode(values) == numcodecs.Zlib(3).encode(values)
    out = np.empty_like(values)
    x.decode(x.encode(values), out=out)
    assert (out == values).all()


KINDS: Final = {
    "gzip": "BytesBytesCodec",
    "pcodec": "ArrayBytesCodec",
    "shuffle": "BytesBytesCodec",
    "vlen-utf8": "ArrayBytesCodec",
}


def test_it_is_a_codec_of_zarr_python_of_its_kind() -> None:
    abc = pytest.importorskip("zarr.abc.codec")
    sources = {**KINDS, codec({"id": "bitround", "keepbits": 2}): "ArrayArrayCodec"}
    for source, base in sources.items():
        x = codec(source)  # type: ignore[arg-type]
        assert isinstance(x, getattr(abc, base))
        assert [isinstance(x, getattr(abc, other)) for other in {*KINDS.values()}].count(True) < 2


def test_it_does_not_equal_a_codec_of_zarr_python() -> None:
    """A shard keeps the codecs that it was given, where those of the array equal them."""
    codecs = pytest.importorskip("zarr.codecs", reason="zarr 3")
    if not hasattr(codecs, "GzipCodec"):
        pytest.skip("zarr 3")
    assert codec("gzip:5") != codecs.GzipCodec(level=5)
    assert bridge.same(codec("gzip:5"), codecs.GzipCodec(level=5))


def test_a_class_of_ones_own_for_zarr_python_is_refused_in_format_2() -> None:
    """numcodecs could not write its chunks, so nothing is written."""
    abc = pytest.importorskip("zarr.abc.codec")
    import zarr

    class Own(abc.BytesBytesCodec):  # type: ignore[misc]
        is_fixed_size = True

        def to_dict(self) -> dict[str, Any]:
            return {"name": "of-both-formats-own", "configuration": {}}

        def compute_encoded_size(self, input_byte_length: int, chunk_spec: Any) -> int:
            return input_byte_length

        async def _encode_single(self, chunk_data: Any, chunk_spec: Any) -> Any:
            return chunk_data

        async def _decode_single(self, chunk_data: Any, chunk_spec: Any) -> Any:
            return chunk_data

    x, own = codec(Own()), Own()
    assert x.kind == "b2b"
    assert x.to_json(3) == own.to_dict()
    array = zarr.create_array({}, shape=4, dtype="u1", compressors=codec(own))
    array[:] = [1, 2, 3, 4]
    assert array.compressors[0] is own
    assert list(array[:]) == [1, 2, 3, 4]
    store: dict[str, Any] = {}
    with pytest.raises(bridge.BackendUnsupportedError, match="numcodecs has no codec"):
        zarr.create_array(store, shape=4, dtype="u1", compressors=x, zarr_format=2)
    assert not store


REGISTERS_NOTHING: Final = """
    import pickle
    import numcodecs.registry, zarr
    import zarrcodec_bridge as bridge
    from test_codec_of_both_formats import Reversed

    def known():
        ids = {*numcodecs.registry.codec_registry}
        try:
            from zarr.registry import get_codec_class
            get_codec_class(Reversed.codec_id)
        except (ImportError, KeyError, ValueError):
            return ids
        raise AssertionError("it is registered")

    before = known()
    x = bridge.codec(Reversed(), kind="b2b")
    y = pickle.loads(pickle.dumps(bridge.codec("gzip")))
    if hasattr(zarr, "create_array"):
        make = dict(shape=(4,), chunks=(2,), dtype="u1", compressors=x)
        array = zarr.create_array({}, **make, zarr_format=2)
        array[:] = [1, 2, 3, 4]
        assert list(array[:]) == [1, 2, 3, 4]
        store = {}
        try:
            zarr.create_array(store, **make, zarr_format=3)
        except bridge.NotRepresentableError as error:
            assert "call register_with_zarr(Reversed, kind='b2b') here" in str(error), error
        else:
            raise AssertionError("no process could open it")
        assert not store
    assert known() == before
"""


def test_it_registers_nothing() -> None:
    """An array that no process could open is not made: the user is told what to register."""
    pytest.importorskip("zarr")
    here = Path(__file__).parent
    run(dedent(REGISTERS_NOTHING), here, here.with_name("codecs"))
