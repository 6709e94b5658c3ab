"""Every codec of imagecodecs that this wheel encodes with, through our objects: in v3 arrays and as v2 objects."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest

import zarrcodec_bridge as bridge
from support.processes import keep, read_all, this_package
from zarrcodec_bridge.adapters.numcodecs import to_numcodecs
from zarrcodec_bridge.adapters.zarr_python import to_zarr
from zarrcodec_bridge.codecs import imagecodecs as family

zarr = pytest.importorskip("zarr", minversion="3.0")
np = pytest.importorskip("numpy")
imagecodecs = pytest.importorskip("imagecodecs")
v2_side = pytest.importorskip("imagecodecs.numcodecs")

from zarr.codecs import TransposeCodec  # noqa: E402
from zarr.storage import MemoryStore  # noqa: E402

CLASSES = {
    cls.codec_id: cls
    for cls in vars(v2_side).values()
    if isinstance(cls, type) and str(getattr(cls, "codec_id", "")).startswith("imagecodecs_")
}
KINDS = {
    name: family.build(name).kind
    for dialect, name in family.NAMES
    if dialect == "v2" and name in CLASSES
}

RAMP = np.add.outer(np.arange(24), np.arange(32))
ARRAYS = {
    "u1": (RAMP % 251).astype("u1"),
    "u2": RAMP.astype("u2"),
    "i4": RAMP.astype("i4"),
    "f4": (RAMP / 131).astype("f4"),
    "rgb": np.stack([RAMP % 251, RAMP % 127, RAMP % 89], -1).astype("u1"),
}

KNOWN_BROKEN = {
    (
        "imagecodecs_spng",
        "u2",
    ): "imagecodecs' decoder does not know the format that its encoder writes",
}
"""What imagecodecs itself does not read back."""

LOSSLESS_NOT = set(
    "avif jpeg jpegxr pixarlog quantize sperr webp bfloat16 float24 lerc zfp ultrahdr exr gif htj2k jpeg2k plio".split()
)
"""Codecs that are lossy, or may be."""


def parameters(name: str, array: Any) -> dict[str, Any]:
    """What the constructor cannot do without."""
    shaped = {"shape": array.shape, "dtype": array.dtype.str}
    return {
        "bitshuffle": {"itemsize": array.itemsize},
        "byteshuffle": shaped,
        "checksum": {"kind": "crc32"},
        "delta": shaped,
        "floatpred": shaped,
        "hcomp": {"shape": array.shape},
        "meshopt": shaped,
        "packints": {"dtype": array.dtype.str, "bitspersample": 8 * array.itemsize - 2},
        "pcodec": shaped,
        "pixarlog": shaped,
        "plio": shaped,
        "quantize": {"mode": "bitround", "nsd": 6},
        "rcomp": shaped,
        "rgbe": {"shape": array.shape, "header": True},
        "sperr": {**shaped, "level": 100.0, "mode": "psnr"},
        "sz3": {**shaped, "mode": "abs", "abs": 0.0},
        "szip": {
            "options_mask": 4,
            "pixels_per_block": 32,
            "bits_per_pixel": 8 * array.itemsize,
            "pixels_per_scanline": 256,
        },
        "xor": shaped,
        "zfp": shaped,
        "zstd1": {"itemsize": array.itemsize, "samples": 1},
    }.get(name.removeprefix("imagecodecs_"), {})


def encoder(name: str, array: Any) -> Any:
    """The v2 object, or a skip where it does not encode this array."""
    try:
        codec = CLASSES[name](**parameters(name, array))
        codec.encode(np.ascontiguousarray(array))
    except Exception as error:
        pytest.skip(f"imagecodecs does not encode it: {type(error).__name__}")
    return codec


def close(name: str, found: Any, array: Any) -> bool:
    found = np.asarray(found)
    if name.removeprefix("imagecodecs_") in LOSSLESS_NOT:
        within = 0.1 * np.ptp(array) + 2
        return found.shape == array.shape and bool(
            np.allclose(found.astype("f8"), array.astype("f8"), atol=within)
        )
    return bool(np.array_equal(found, array))


def v3_array(codec: Any, kind: str, array: Any, before: Any = ()) -> Any:
    slots: dict[str, Any] = {"filters": list(before), "compressors": None}
    if kind == "a2b":
        slots["serializer"] = codec
    else:
        slots["filters" if kind == "a2a" else "compressors"] = [
            *(slots["filters"] if kind == "a2a" else ()),
            codec,
        ]
    return zarr.create_array(
        MemoryStore(),
        shape=array.shape,
        chunks=array.shape,
        dtype=array.dtype,
        fill_value=0,
        **slots,
    )


@pytest.mark.parametrize("array", ARRAYS)
@pytest.mark.parametrize("name", sorted(CLASSES))
def test_round_trip_in_v3(name: str, array: str) -> None:
    if name not in KINDS:
        pytest.skip("imagecodecs has dropped it since")
    values = ARRAYS[array]
    source = encoder(name, values)
    kind = KINDS[name]
    codec = to_zarr(source, kind=kind, dtype=values.dtype, unknown="wrap")
    assert bridge.same(codec, bridge.to_v3(codec, unknown="keep"))
    if (name, array) in KNOWN_BROKEN:
        with pytest.raises(Exception):  # noqa: B017, PT011  # imagecodecs' own, whatever it is
            written_and_read(codec, kind, values)
        return
    for given in (values, values.astype(values.dtype.newbyteorder(">")), np.asfortranarray(values)):
        assert close(name, written_and_read(codec, kind, values, given), values)
    if kind == "a2b" and array != "rgb" and "shape" not in codec.to_dict().get("configuration", {}):
        turned = TransposeCodec(order=(1, 0))
        assert close(name, written_and_read(codec, kind, values, before=[turned]), values)


def sample_of(name: str) -> tuple[Any, Any] | None:
    """An object that encodes one of the arrays, and this array."""
    for values in ARRAYS.values():
        try:
            codec = CLASSES[name](**parameters(name, values))
            codec.decode(bytes(codec.encode(np.ascontiguousarray(values))))
        except Exception:
            continue
        return codec, values
    return None


def written(name: str, codec: Any, values: Any, path: Path) -> Any:
    slots: dict[str, Any] = {"filters": None, "compressors": None}
    slot = {"a2a": "filters", "a2b": "serializer", "b2b": "compressors"}[KINDS[name]]
    slots[slot] = codec if slot == "serializer" else [codec]
    array = zarr.create_array(
        path, shape=values.shape, chunks=values.shape, dtype=values.dtype, fill_value=0, **slots
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NumPy's, inside imagecodecs
        array[...] = values
    return array


SAMPLES = sorted(name for name in CLASSES if name in KINDS)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_bytes_are_those_of_the_v2_object(name: str, tmp_path: Path) -> None:
    sample = sample_of(name)
    if sample is None:
        pytest.skip("imagecodecs does not encode and decode any of the arrays")
    source, values = sample
    if name == "imagecodecs_lerc" and imagecodecs.__version__ < "2026.5":
        pytest.skip("its encoder leaves in a part of the stream what was in memory")
    codec = to_zarr(source, kind=KINDS[name], dtype=values.dtype, unknown="wrap")
    given = np.frombuffer(values.tobytes(), "u1") if KINDS[name] == "b2b" else values
    for turn in range(3 if name in VARYING else 1):
        path = tmp_path / f"array {turn}"
        array = written(name, codec, values, path)
        (stored,) = [path for path in (path / "c").rglob("*") if path.is_file()]
        expected = np.asarray(memoryview(source.encode(given))).tobytes()
        assert array.shape == values.shape
        if stored.read_bytes() == expected:
            break
    assert stored.read_bytes() == expected


VARYING = {
    "imagecodecs_isal": "its encoder itself, called directly, once gave an equal stream of other bytes"
}
"""Codecs whose bytes are compared up to three times, and why."""


def test_a_new_process_reads_what_every_codec_wrote(tmp_path: Path) -> None:
    """With imagecodecs-zarr through its classes, and without it through ours; no name is found twice."""
    folder = tmp_path / "arrays"
    for name in SAMPLES:
        sample = sample_of(name)
        if sample is None:
            continue
        source, values = sample
        codec = to_zarr(source, kind=KINDS[name], dtype=values.dtype, unknown="wrap")
        keep(folder, name, written(name, codec, values, folder / name / "array"))
    assert len(list(folder.iterdir())) > 40
    read_all(folder, this_package(tmp_path / "ours"), again=False, ignored=["invalid value"])


def written_and_read(
    codec: Any, kind: str, values: Any, given: Any = None, before: Any = ()
) -> Any:
    array = v3_array(codec, kind, values, before)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NumPy's, inside imagecodecs
        array[...] = values if given is None else given
        return array[...]


@pytest.mark.parametrize("array", ARRAYS)
@pytest.mark.parametrize("name", sorted(CLASSES))
def test_round_trip_as_v2_objects(name: str, array: str) -> None:
    values = ARRAYS[array]
    source = encoder(name, values)
    made = to_numcodecs(bridge.to_v2(source, dtype=values.dtype, unknown="keep"), unknown="keep")
    assert type(made) is type(source)
    encoded = bytes(source.encode(np.ascontiguousarray(values)))
    try:
        expected = np.asarray(source.decode(encoded))
    except Exception as error:
        pytest.skip(f"imagecodecs does not decode it: {type(error).__name__}")
    assert np.array_equal(
        np.asarray(made.decode(encoded)), expected, equal_nan=expected.dtype.kind == "f"
    )


KNOWN_BROKEN_IN_V2 = {
    "imagecodecs_hcomp": "decodes to wider integers, which zarr-python takes for more elements",
}
"""What zarr-python's own v2 codec cannot read back, whoever made the object."""


@pytest.mark.parametrize("name", SAMPLES)
def test_round_trip_in_arrays_of_format_2(name: str, tmp_path: Path) -> None:
    sample = sample_of(name)
    if sample is None:
        pytest.skip("imagecodecs does not encode and decode any of the arrays")
    source, values = sample
    made = to_numcodecs(bridge.to_v2(source, dtype=values.dtype, unknown="keep"), unknown="keep")
    array = zarr.create_array(
        tmp_path / "array",
        shape=values.shape,
        chunks=values.shape,
        dtype=values.dtype,
        zarr_format=2,
        filters=None,
        compressors=made,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        array[...] = values
        if name in KNOWN_BROKEN_IN_V2:
            with pytest.raises(ValueError, match="reshape"):
                array[...]
            return
        found = zarr.open_array(tmp_path / "array", mode="r")[...]
    assert close(name, found, values)


SIZELESS = {
    "lzf": {"header": False},
    "deflate": {"raw": True},
    "aec": {"bitspersample": 8},
    "pglz": {"header": False},
}
"""What tells no decoder how long its content is."""


@pytest.mark.filterwarnings("ignore:Numcodecs codecs are not in the Zarr version 3")
@pytest.mark.parametrize("after", [None, "fletcher32", "shuffle"])
@pytest.mark.parametrize("size", [40, 100_000])
@pytest.mark.parametrize("name", SIZELESS)
def test_streams_without_a_size_that_were_compressed_much(
    name: str, size: int, after: str | None
) -> None:
    """h5py's LZF chunks are such: imagecodecs' own guess is eight times the stream."""
    if (name, after) == ("aec", "fletcher32"):
        pytest.skip("aec itself fills up what is no whole number of its blocks")
    values = np.zeros(size, "i4")
    source = CLASSES[f"imagecodecs_{name}"](**SIZELESS[name])
    encoded = bytes(source.encode(np.frombuffer(values.tobytes(), "u1")))
    codec = to_zarr(source, dtype="i4")
    assert codec.to_dict()["name"] == f"imagecodecs_{name}"
    before = {"fletcher32": {"id": "fletcher32"}, "shuffle": {"id": "shuffle", "elementsize": 4}}
    compressors = [to_zarr(before[after])] if after is not None else []
    array = zarr.create_array(
        {}, shape=size, chunks=size, dtype="i4", compressors=[*compressors, codec]
    )
    array[...] = values
    assert (array[...] == values).all()
    if name != "pglz":  # which refuses what it cannot make smaller
        array[...] = np.arange(size)
        assert (array[...] == np.arange(size)).all()
    if after is None:
        store: dict[str, Any] = {}
        array = zarr.create_array(store, shape=size, chunks=size, dtype="i4", compressors=[codec])
        array[...] = np.ones(size, "i4")
        key = next(key for key in store if key.startswith("c/"))
        store[key] = type(store[key]).from_bytes(encoded)  # as another program wrote it
        assert (array[...] == values).all()
