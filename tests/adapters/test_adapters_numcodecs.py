"""numcodecs objects of any codec-like input, and input that cannot be one."""

from __future__ import annotations

import importlib.util
import pickle
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

import zarrcodec_bridge as bridge
from support import shared
from support.processes import run
from support.third_party import Framed, Inverted
from zarrcodec_bridge.adapters.numcodecs import is_registered, register, to_numcodecs
from zarrcodec_bridge.core.messages import Hint
from zarrcodec_bridge.dialects import codec_objects

numcodecs = pytest.importorskip("numcodecs")
np = pytest.importorskip("numpy")

REGISTERED_IDS = [
    "adler32",
    "astype",
    "base64",
    "bitround",
    "blosc",
    "bz2",
    "categorize",
    "crc32",
    "crc32c",
    "delta",
    "fixedscaleoffset",
    "fletcher32",
    "gzip",
    "jenkins_lookup3",
    "json2",
    "lz4",
    "lzma",
    "msgpack2",
    "packbits",
    "pcodec",
    "quantize",
    "shuffle",
    "vlen-array",
    "vlen-bytes",
    "vlen-utf8",
    "zfpy",
    "zlib",
    "zstd",
]
PARAMETERS: dict[str, dict[str, Any]] = {
    "astype": {"encode_dtype": "<f4", "decode_dtype": "<f8"},
    "bitround": {"keepbits": 7},
    "categorize": {"labels": ["a", "b"], "dtype": "<U1", "astype": "|u1"},
    "delta": {"dtype": "<i4"},
    "fixedscaleoffset": {"offset": 1, "scale": 10, "dtype": "<f8", "astype": "<i4"},
    "quantize": {"digits": 2, "dtype": "<f8"},
    "vlen-array": {"dtype": "<i4"},
}


@pytest.mark.parametrize("codec_id", REGISTERED_IDS)
def test_every_codec_of_numcodecs(codec_id: str) -> None:
    if not is_registered(codec_id):
        pytest.skip(f"no {codec_id} in this environment")
    config = {"id": codec_id, **PARAMETERS.get(codec_id, {})}
    made = to_numcodecs(config)
    assert made.codec_id == codec_id
    assert made == numcodecs.get_codec(config)
    assert to_numcodecs(bridge.normalize(made)) == made


def test_every_codec_that_has_a_v2_form_is_in_the_list() -> None:
    known = {spec.v2[0].name for spec in bridge.registered_codecs() if spec.v2}
    foreign = {"n5_wrapper", "pickle", "fill_hdf_strings", "grib", "record_member"}
    foreign |= {"FITSAscii", "FITSVarBintable"}
    missing = {name for name in known - foreign if not name.startswith("imagecodecs_")}
    assert missing == set(REGISTERED_IDS)


@pytest.mark.parametrize("vector", shared.vectors(), ids=lambda vector: vector.name)
def test_decodes_what_numcodecs_wrote_long_ago(vector: shared.Vector) -> None:
    if vector.encoded_file is None or vector.array_file is None:
        pytest.skip("no bytes are kept of it")
    if not is_registered(vector.config["id"]):
        pytest.skip(f"no {vector.config['id']} in this environment")
    try:
        expected_codec = numcodecs.get_codec(dict(vector.config))
    except Exception:
        pytest.skip("this numcodecs refuses the configuration")
    if vector.config.get("indent") is True:
        pytest.skip("JSON.indent is a number; true is a slip of the fixture's author")
    made = to_numcodecs(dict(vector.config), allow_pickle=True)
    encoded = vector.encoded_file.read_bytes()
    try:
        expected = expected_codec.decode(encoded)
    except Exception:
        pytest.skip("this numcodecs does not decode it")
    found = made.decode(encoded)
    assert np.asarray(found).tobytes() == np.asarray(expected).tobytes()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ({"name": "gzip", "configuration": {"level": 5}}, {"id": "gzip", "level": 5}),
        ({"name": "numcodecs.zlib", "configuration": {"level": 3}}, {"id": "zlib", "level": 3}),
        ("zlib", {"id": "zlib", "level": 1}),
        ("blosc:zstd", {"id": "blosc", "cname": "zstd", "clevel": 5, "shuffle": 1, "blocksize": 0}),
        (
            {"name": "any-numcodecs.bytes-bytes", "configuration": {"id": "bz2", "level": 2}},
            {"id": "bz2", "level": 2},
        ),
        (
            {
                "name": "blosc",
                "configuration": {
                    "cname": "lz4",
                    "clevel": 5,
                    "shuffle": "bitshuffle",
                    "typesize": 4,
                    "blocksize": 0,
                },
            },
            {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 2, "blocksize": 0},
        ),
    ],
)
def test_reads_any_holder(source: Any, expected: dict[str, Any]) -> None:
    assert to_numcodecs(source).get_config() == expected


def test_an_object_with_the_api_is_itself() -> None:
    for source in (numcodecs.Blosc(), Inverted(key=1)):
        assert to_numcodecs(source) is source


def test_numpy_values_in_an_object_become_json() -> None:
    codec = Inverted(
        level=np.int64(3), size=(1, np.int32(2)), dtype=np.dtype("<f4"), table=np.arange(3)
    )
    assert bridge.to_v2(codec, unknown="keep") == {
        "id": "stranger_inverted",
        "level": 3,
        "size": [1, 2],
        "dtype": "<f4",
        "table": [0, 1, 2],
    }


def test_bytes_in_an_object_are_refused() -> None:
    with pytest.raises(bridge.InvalidCodecError, match="bytes"):
        bridge.to_v2(Inverted(table=b"\x00\xff"), unknown="keep")


def test_blosc_says_its_typesize_where_it_has_the_attribute() -> None:
    class Blosc(numcodecs.Blosc):
        typesize = 4

    assert codec_objects.json_of_object(Blosc())["typesize"] == 4
    assert "typesize" not in codec_objects.json_of_object(numcodecs.Blosc())


PICKLE = {"id": "pickle", "protocol": 4}


@pytest.mark.parametrize(
    "source",
    [
        PICKLE,
        numcodecs.Pickle(),
        bridge.normalize(PICKLE),
        {"name": "any-numcodecs.array-bytes", "configuration": PICKLE},
        Inverted(inner=[{"deeper": PICKLE}]),
    ],
    ids=["v2", "object", "model", "envelope", "inside"],
)
def test_pickle_is_named_and_not_made(source: Any) -> None:
    with pytest.raises(bridge.UnsafeCodecError, match="allow_pickle=True") as caught:
        to_numcodecs(source, unknown="keep")
    assert caught.value.codec == "pickle"
    assert pickle.loads(pickle.dumps(caught.value)).codec == "pickle"


def test_pickle_where_it_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("numcodecs.pickles.ALLOW_UNSAFE_PICKLE_DECODE", True, raising=False)
    made = to_numcodecs(PICKLE, allow_pickle=True)
    assert made.decode(made.encode(np.array(["a", 1], dtype=object))).tolist() == ["a", 1]


@pytest.mark.parametrize(
    ("codec_id", "package"),
    [
        ("zfpy", "numcodecs[zfpy]"),
        ("crc32c", "numcodecs[crc32c]"),
        ("msgpack2", "numcodecs[msgpack]"),
        ("imagecodecs_absent", "imagecodecs-numcodecs"),
        ("wavpack", "wavpack-numcodecs"),
        ("gribscan.raw", "gribscan"),
    ],
)
def test_a_missing_package_is_named(
    codec_id: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(numcodecs.registry.codec_registry, codec_id, raising=False)
    monkeypatch.delitem(numcodecs.registry.entries, codec_id, raising=False)
    with pytest.raises(bridge.BackendMissingError) as caught:
        to_numcodecs({"id": codec_id}, unknown="keep")
    assert caught.value.hint == Hint(package=package)
    assert caught.value.backend == "numcodecs"
    assert isinstance(caught.value, ImportError)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_a_codec_whose_package_is_missing_when_it_is_made() -> None:
    class Needy(Inverted):
        codec_id = "pcodec"

        @classmethod
        def from_config(cls, config: dict[str, Any]) -> Any:
            raise ImportError("pcodec must be installed to use the PCodec codec.")

    before = numcodecs.registry.codec_registry.get("pcodec")
    register(Needy, "pcodec")
    try:
        with pytest.raises(bridge.BackendMissingError, match=r"pip install 'numcodecs\[pcodec\]'"):
            to_numcodecs({"id": "pcodec"})
    finally:
        if before is not None:
            register(before, "pcodec")
        else:
            del numcodecs.registry.codec_registry["pcodec"]


@pytest.mark.parametrize(
    ("source", "module", "package"),
    [
        ({"id": "zfpy", "mode": 5}, "zfpy", "numcodecs[zfpy]"),
        ({"id": "pcodec"}, "pcodec", "numcodecs[pcodec]"),
        ({"id": "crc32c"}, "crc32c", "numcodecs[crc32c]"),
        ({"id": "msgpack2"}, "msgpack", "numcodecs[msgpack]"),
        ({"id": "imagecodecs_lzf"}, "imagecodecs", "imagecodecs-numcodecs"),
    ],
    ids=lambda value: value["id"] if isinstance(value, dict) else None,
)
def test_what_to_install_is_said_where_a_package_is_really_missing(
    source: dict[str, Any], module: str, package: str
) -> None:
    """By `to_numcodecs`, `to_zarr` where its object is ours, and `array_kwargs` of format 2."""
    if module == "crc32c" and importlib.util.find_spec("google_crc32c"):
        pytest.skip("numcodecs takes google-crc32c, which zarr-python itself needs")
    code = f"""
        import sys

        sys.modules[{module!r}] = None
        import zarrcodec_bridge as bridge
        from zarrcodec_bridge.arrays import array_kwargs

        makers = [bridge.to_numcodecs]
        try:
            import zarr
        except ImportError:
            pass
        else:
            if zarr.__version__ < "3" or {source["id"]!r} != "msgpack2":
                makers.append(lambda source: array_kwargs(source, zarr_format=2))
            if zarr.__version__ >= "3" and {source["id"]!r} not in ("crc32c", "msgpack2"):
                makers.append(bridge.to_zarr)
        for make in makers:
            try:
                made = make({source!r})
            except bridge.BackendMissingError as error:
                assert error.hint.package == '{package}', error
            else:
                raise AssertionError(f"made {{made}} without {module}")
    """
    run(code)


def test_a_codec_that_nobody_has() -> None:
    with pytest.raises(bridge.UnknownCodecError):
        to_numcodecs({"id": "nobody_has"})
    with pytest.raises(bridge.BackendUnsupportedError, match="nobody_has") as caught:
        to_numcodecs({"id": "nobody_has"}, unknown="keep")
    assert not isinstance(caught.value, bridge.BackendMissingError)


def test_parameters_that_the_library_refuses() -> None:
    class Picky(Inverted):
        codec_id = "stranger_picky"

        def __init__(self, level: int) -> None:
            super().__init__(level=level)

    register(Picky, "stranger_picky")
    assert to_numcodecs({"id": "stranger_picky", "level": 1}, unknown="keep").get_config() == {
        "id": "stranger_picky",
        "level": 1,
    }
    with pytest.raises(bridge.BackendUnsupportedError, match="unexpected keyword"):
        to_numcodecs({"id": "stranger_picky", "speed": 1}, unknown="keep")


def test_a_third_party_through_the_registry() -> None:
    assert not is_registered(Framed.codec_id) or numcodecs.get_codec({"id": Framed.codec_id})
    register(Framed, Framed.codec_id)
    assert is_registered(Framed.codec_id)
    made = to_numcodecs({"id": Framed.codec_id, "level": 2}, unknown="keep")
    assert isinstance(made, Framed)
    assert made.config == {"level": 2}


def test_v2_has_no_such_codec() -> None:
    with pytest.raises(bridge.NotRepresentableError, match="transpose"):
        to_numcodecs({"name": "transpose", "configuration": {"order": [1, 0]}})


def test_imagecodecs_without_entry_points(monkeypatch: pytest.MonkeyPatch) -> None:
    classes = pytest.importorskip("imagecodecs.numcodecs")
    monkeypatch.delitem(numcodecs.registry.codec_registry, "imagecodecs_zlib", raising=False)
    monkeypatch.delitem(numcodecs.registry.entries, "imagecodecs_zlib", raising=False)
    made = to_numcodecs({"id": "imagecodecs_zlib", "level": 4}, unknown="keep")
    assert isinstance(made, classes.Zlib)
    assert made.level == 4
    monkeypatch.delitem(numcodecs.registry.codec_registry, "imagecodecs_zlib")
    monkeypatch.setattr(classes.Zlib, "__init__", lambda self: None)  # as if it were an older one
    with pytest.raises(bridge.BackendUnsupportedError, match="unexpected keyword argument 'level'"):
        to_numcodecs({"id": "imagecodecs_zlib", "level": 4}, unknown="keep")


def test_without_numcodecs_the_error_says_so_and_nothing_is_imported_before() -> None:
    code = """
        import sys

        sys.modules["numcodecs"] = None
        import zarrcodec_bridge as bridge
        import zarrcodec_bridge.adapters.numcodecs as adapter

        assert "numpy" not in sys.modules, "imported numpy"
        try:
            adapter.to_numcodecs("zstd")
        except bridge.BackendMissingError as error:
            assert "pip install numcodecs" in str(error), error
        else:
            raise AssertionError("made a codec without numcodecs")
    """
    root = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True, cwd=root)


def test_zarr_python_2_has_no_v3_codecs() -> None:
    zarr = pytest.importorskip("zarr")
    if not zarr.__version__.startswith("2."):
        pytest.skip("zarr-python 3")
    from zarrcodec_bridge.adapters.zarr_python import to_zarr

    with pytest.raises(bridge.BackendUnsupportedError, match="pip install 'zarr>=3'"):
        to_zarr("zstd")
