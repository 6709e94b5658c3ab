"""Names that zarr-python lacks: registered by a call, or by entry points of packages."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest

import zarrcodec_bridge as bridge
from support.processes import ENTRIES, installed, run, this_package
from support.third_party import Framed, Inverted
from zarrcodec_bridge.adapters.numcodecs import is_registered
from zarrcodec_bridge.adapters.zarr_python import register_with_zarr, to_zarr

zarr = pytest.importorskip("zarr", minversion="3.0")

numcodecs = pytest.importorskip("numcodecs")

np = pytest.importorskip("numpy")

from zarr.abc.codec import ArrayArrayCodec, ArrayBytesCodec, BytesBytesCodec  # noqa: E402
from zarr.codecs import (  # noqa: E402
    GzipCodec,
)
from zarr.registry import get_codec_class  # noqa: E402

from zarrcodec_bridge.adapters.zarr_python import provided  # noqa: E402
from zarrcodec_bridge.adapters.zarr_python.provided import NAMES  # noqa: E402
from zarrcodec_bridge.adapters.zarr_python.wrappers import KINDS  # noqa: E402
from zarrcodec_bridge.core.registry import find  # noqa: E402

# zarr-python 3.0 and 3.1 say of each numcodecs.* codec that it is not in the specification
pytestmark = [
    pytest.mark.filterwarnings("ignore:Numcodecs codecs are not in the Zarr version 3"),
    pytest.mark.filterwarnings("ignore:The codec `vlen-"),
]

BASES = (ArrayArrayCodec, ArrayBytesCodec, BytesBytesCodec)


def test_registering_a_name() -> None:
    class Hand(Inverted):
        codec_id = "stranger_by_hand"

    with pytest.raises(bridge.MissingContextError):
        register_with_zarr(Hand)
    with pytest.raises((KeyError, ValueError)):
        get_codec_class("stranger_by_hand")
    assert register_with_zarr(Hand, kind="b2b") == "stranger_by_hand"
    assert register_with_zarr("stranger_by_hand", kind="b2b") == "stranger_by_hand"
    assert get_codec_class("stranger_by_hand") is KINDS["b2b"]
    assert is_registered("stranger_by_hand")
    with pytest.raises(bridge.InvalidCodecError):
        register_with_zarr(object())  # type: ignore[arg-type]
    with pytest.raises(bridge.NotRepresentableError, match="its kind is b2b"):
        register_with_zarr("base64", kind="a2a")


def test_registering_shadows_nobody() -> None:
    with pytest.raises(bridge.DuplicateCodecError) as caught:
        register_with_zarr("gzip")
    assert "GzipCodec" in str(caught.value)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    assert get_codec_class("gzip") is GzipCodec


def test_a_name_is_of_one_kind_in_a_process() -> None:
    """zarr-python reads a name with one class, so that arrays of the other kind would not open again."""
    cls = type("Twofold", (Framed,), {"codec_id": "twofold"})
    assert to_zarr(cls(), kind="b2b").to_dict()["name"] == "twofold"
    with pytest.raises(bridge.DuplicateCodecError, match="replace=True"):
        to_zarr(cls(), kind="a2b")
    assert register_with_zarr("twofold", kind="a2b", replace=True) == "twofold"
    assert isinstance(to_zarr(cls(), kind="a2b"), KINDS["a2b"])


def test_the_id_is_that_of_the_configuration() -> None:
    """What is written names it, so that it is what has to be known here."""
    cls = type("Renamed", (Framed,), {"get_config": lambda self: {"id": "renamed_since"}})
    assert to_zarr(cls(), kind="b2b").to_dict()["name"] == "renamed_since"
    assert numcodecs.get_codec({"id": "renamed_since"})


def test_taking_the_place_of_a_faulty_class() -> None:
    code = """
        import warnings
        import zarr
        from zarr.registry import get_codec_class
        from zarrcodec_bridge.adapters.zarr_python import register_with_zarr
        from zarrcodec_bridge.adapters.zarr_python.wrappers import WrappedArrayArray

        theirs = get_codec_class("numcodecs.delta")
        others = zarr.config.get("codecs")["gzip"]
        warnings.simplefilter("error")
        register_with_zarr("numcodecs.delta", replace=True)
        assert get_codec_class("numcodecs.delta") is WrappedArrayArray
        assert zarr.config.get("codecs")["gzip"] == others
    """
    run(code)


@pytest.fixture(scope="module")
def entry_points(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This package's entry points, as its project file has them."""
    return this_package(tmp_path_factory.mktemp("ours"))


def test_the_project_file_names_what_is_provided() -> None:
    module = "zarrcodec_bridge.adapters.zarr_python.provided"
    family = [name for name in ENTRIES if name.startswith("imagecodecs_")]
    expected = {name: attribute for attribute, (name, _) in NAMES.items()}
    expected |= {name: name for name in family}
    assert {name: f"{module}:{attribute}" for name, attribute in expected.items()} == ENTRIES
    for name, attribute in expected.items():
        assert issubclass(getattr(provided, attribute), BASES), name
    with pytest.raises(AttributeError):
        getattr(provided, "imagecodecs_nothing")  # noqa: B009


def test_every_codec_of_imagecodecs_is_named_in_the_project_file() -> None:
    classes = pytest.importorskip("imagecodecs.numcodecs")
    ids = {getattr(cls, "codec_id", None) for cls in vars(classes).values()}
    ours = {name for name in ids if isinstance(name, str) and find("v3", name) is not None}
    assert len(ours) > 60
    assert ours <= ENTRIES.keys()


BITROUND = {"name": "bitround", "configuration": {"keepbits": 7}}


def written(store: Path, **slots: Any) -> Path:
    values = np.arange(12, dtype="f8").reshape(3, 4)
    array = zarr.create_array(
        store, shape=(3, 4), chunks=(3, 4), dtype="f8", compressors=None, **slots
    )
    array[...] = values
    return store


@pytest.mark.parametrize("name", ["bitround", "quantize"])
def test_a_new_process_reads_the_names_that_zarr_python_lacks(
    name: str, tmp_path: Path, entry_points: Path
) -> None:
    codec = to_zarr(BITROUND if name == "bitround" else numcodecs.Quantize(2, "<f8", "<f4"))
    store = written(tmp_path / "array", filters=[codec])
    if name == "bitround":  # as zarrs writes it
        document = json.loads((store / "zarr.json").read_text())
        document["codecs"][0]["name"] = "bitround"
        (store / "zarr.json").write_text(json.dumps(document))
    code = f"""
        import warnings
        import numpy as np
        import zarr

        warnings.simplefilter("error")
        array = zarr.open_array({str(store)!r}, mode="r+")
        assert np.array_equal(array[...], np.arange(12.0).reshape(3, 4))
        array[0, 0] = 64.0
        assert zarr.open_array({str(store)!r}, mode="r")[0, 0] == 64.0
    """
    run(code, entry_points)


def test_without_this_package_the_name_is_unknown(tmp_path: Path) -> None:
    if is_known_elsewhere("bitround"):
        pytest.skip("another package provides bitround here")
    store = written(tmp_path / "array", filters=[to_zarr(BITROUND)])
    text = (store / "zarr.json").read_text().replace("numcodecs.bitround", "bitround")
    (store / "zarr.json").write_text(text)
    code = f"""
        import zarr

        try:
            zarr.open_array({str(store)!r}, mode="r")
        except Exception as error:
            assert "bitround" in str(error), error
        else:
            raise AssertionError("opened")
    """
    run(code)


def is_known_elsewhere(name: str) -> bool:
    from importlib.metadata import entry_points

    return any(True for _ in entry_points(group="zarr.codecs", name=name))


@pytest.mark.parametrize("group", ["zarr.codecs", "zarr.codecs.bitround"])
def test_the_class_of_another_package_comes_first(
    group: str, tmp_path: Path, entry_points: Path
) -> None:
    (tmp_path / "other_bitround.py").write_text(
        "from zarr.codecs import GzipCodec\nclass BitRound(GzipCodec): pass\n"
    )
    key = "bitround" if group == "zarr.codecs" else "other"
    other = installed(tmp_path, "other", {group: {key: "other_bitround:BitRound"}})
    code = """
        import warnings
        from zarr.registry import get_codec_class

        warnings.simplefilter("error")
        assert get_codec_class("bitround").__module__ == "other_bitround"
    """
    run(code, entry_points, other)
    run(code, other, entry_points)


def test_a_third_party_package_makes_its_name_readable_by_an_entry_point(tmp_path: Path) -> None:
    store = written(tmp_path / "array", serializer=to_zarr(Framed(level=1), kind="a2b"))
    package = installed(
        tmp_path / "package",
        "stranger",
        {
            "numcodecs.codecs": {Framed.codec_id: "support.third_party:Framed"},
            "zarr.codecs": {
                Framed.codec_id: "zarrcodec_bridge.adapters.zarr_python.wrappers:WrappedArrayBytes"
            },
        },
    )
    code = f"""
        import warnings
        import numpy as np
        import zarr

        warnings.simplefilter("error")
        array = zarr.open_array({str(store)!r}, mode="r")
        assert np.array_equal(array[...], np.arange(12.0).reshape(3, 4))
    """
    run(code, package)


def test_a_third_party_name_becomes_readable_by_a_call(tmp_path: Path) -> None:
    store = written(tmp_path / "array", serializer=to_zarr(Framed(), kind="a2b"))
    code = f"""
        import warnings
        import numpy as np
        import zarr
        from support.third_party import Framed
        from zarrcodec_bridge.adapters.zarr_python import register_with_zarr

        warnings.simplefilter("error")
        register_with_zarr(Framed, kind="a2b")
        array = zarr.open_array({str(store)!r}, mode="r")
        assert np.array_equal(array[...], np.arange(12.0).reshape(3, 4))
    """
    run(code)
