"""Single codecs as objects and JSON: what comes out of a translation decodes what went in encoded."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

import zarrcodec_bridge as bridge
from support import readers
from support.differential import drawing_v2, drawing_v3, stores
from support.differential.comparing import Tally, differ, same_values, short
from support.differential.drawing import (
    IMAGECODECS,
    Case,
    Json,
    bytes_filter,
    chance,
    compressor,
    element_filter,
    image_filter,
)
from support.differential.values import values

NAMES = {dtype: name for name, dtype in drawing_v3.NUMBERS.items()}
"""The v3 names of NumPy's data types."""


def data_type(rng: Random) -> Any:
    """A NumPy data type of fixed size."""
    kinds = [*drawing_v2.INTEGERS, *drawing_v2.FLOATS, *drawing_v2.COMPLEX, "|b1"]
    if chance(rng, 0.15):
        kinds = [*drawing_v2.RAW, *drawing_v2.TIMES]
    return np.dtype(rng.choice(kinds))


def v3_name(dtype: Any) -> Any:
    """The v3 data type of NumPy's."""
    dtype = dtype.newbyteorder("=")
    if dtype in NAMES:
        return NAMES[dtype]
    if dtype.kind == "V":
        return {"name": "raw_bytes", "configuration": {"length_bytes": dtype.itemsize}}
    unit, scale = np.datetime_data(dtype)
    name = "numpy.datetime64" if dtype.kind == "M" else "numpy.timedelta64"
    return {"name": name, "configuration": {"unit": unit, "scale_factor": scale}}


def shape_of(rng: Random) -> list[int]:
    return [rng.randint(1, 8) for _ in range(rng.choice([1, 1, 2]))]


def check_v2(number: int, tally: Tally) -> None:
    """A codec with the numcodecs API, or its JSON."""
    import numcodecs

    rng = Random(number)
    dtype, shape = data_type(rng), shape_of(rng)
    payload = _draw_v2(rng, dtype, shape)
    with stores.quiet():
        try:
            codec = numcodecs.get_codec(dict(payload))
            drawn = values(dtype, shape, rng.getrandbits(32)).astype(dtype)
            data = np.asarray(memoryview(numcodecs.compat.ensure_bytes(codec.encode(drawn))))
            expected = _decoded(codec, data, dtype, shape)
        except Exception:
            tally.count("not encoded")
            return
        check = _Check(payload, dtype, shape, data.tobytes(), expected, tally)
        check.try_v3(rng.choice([payload, codec]))
        check.try_numcodecs("to_numcodecs", lambda: bridge.to_numcodecs(payload, dtype=dtype))
        check.try_numcodecs(
            "to_v3 and back",
            lambda: numcodecs.get_codec(
                bridge.to_v2(bridge.to_v3(codec, dtype=dtype), dtype=dtype)
            ),
        )


def check_v3(number: int, tally: Tally) -> None:
    """A codec of zarr-python, or its JSON."""
    import numcodecs
    import zarr.registry

    rng = Random(number)
    dtype, shape = data_type(rng).newbyteorder("<"), shape_of(rng)
    payload = _draw_v3(rng, dtype, shape)
    with stores.quiet():
        try:
            codec = zarr.registry.get_codec_class(payload["name"]).from_dict(payload)
            data, expected = _encoded(payload, dtype, shape, rng.getrandbits(32))
        except Exception:
            tally.count("not encoded")
            return
        check = _Check(payload, dtype, shape, data, expected, tally)
        source = rng.choice([payload, codec])
        check.try_v3(source)
        check.try_numcodecs(
            "to_v2",
            lambda: numcodecs.get_codec(bridge.to_v2(source, dtype=dtype, on_loss="ignore")),
        )
        check.try_numcodecs(
            "to_numcodecs", lambda: bridge.to_numcodecs(source, dtype=dtype, on_loss="ignore")
        )


def _draw_v2(rng: Random, dtype: Any, shape: list[int]) -> Json:
    way = rng.random()
    if way < 0.55:
        return element_filter(rng, dtype)[0]
    if way < 0.6 and IMAGECODECS:
        return image_filter(rng, dtype, shape)
    if way < 0.65:
        return rng.choice([{"id": "pcodec"}, {"id": "zfpy", "mode": 4, "tolerance": 0.01}])
    found = (compressor(rng, dtype.itemsize) if way < 0.8 else None) or bytes_filter(
        rng, dtype.itemsize
    )
    if found["id"] == "imagecodecs_bitshuffle":
        found["itemsize"] = (
            1  # upstream decodes bytes that hold wider elements otherwise than arrays of them
        )
    return found


def _draw_v3(rng: Random, dtype: Any, shape: list[int]) -> Json:
    drawn = drawing_v3.codecs(rng, v3_name(dtype), dtype, shape, 1)
    others = [codec for codec in drawn if codec["name"] not in ("bytes", "transpose")]
    return rng.choice(others or drawn)


class _Check:
    """One codec that encoded: what is made of it must decode the same bytes."""

    def __init__(
        self, payload: Json, dtype: Any, shape: list[int], data: bytes, expected: Any, tally: Tally
    ) -> None:
        self.payload, self.dtype, self.shape = payload, dtype, shape
        self.data, self.expected, self.tally = data, expected, tally

    def try_v3(self, source: Any) -> None:
        """As JSON in a document, and as an object in an array that is made with it."""
        options: dict[str, Any] = {"dtype": self.dtype, "on_loss": "ignore"}
        self._try(
            "to_v3",
            lambda: bridge.to_v3(source, target="zarr-python", **options),
            lambda found: readers.read(
                "zarr-python",
                document(found, self.dtype, self.shape),
                {_key(self.shape): self.data},
            ),
        )
        self._try("to_zarr", lambda: bridge.to_zarr(source, **options), self._read_with_object)

    def try_numcodecs(self, way: str, make: Callable[[], Any]) -> None:
        data = np.frombuffer(self.data, "u1").copy()
        self._try(way, make, lambda codec: _decoded(codec, data, self.dtype, self.shape))

    def _try(self, way: str, make: Callable[[], Any], decode: Callable[[Any], Any]) -> None:
        try:
            made = make()
        except bridge.BridgeError as error:
            self.tally.count(f"{way}: refused, {short(error)}")
            return
        except Exception as error:
            self._fault("crash", way, repr(error))
            return
        try:
            got = decode(made)
        except Exception as error:
            self._fault("not decoded", way, f"{made}: {short(error)}")
            return
        if same_values(self.expected, got):
            self.tally.count(f"{way}: equal")
        else:
            self._fault("other values", way, f"{made}: {differ(self.expected, got)}")

    def _read_with_object(self, codec: Any) -> Any:
        import zarr

        slots: dict[str, Any] = {"filters": None, "compressors": None}
        slot = {"a2a": "filters", "a2b": "serializer", "b2b": "compressors"}[_kind(codec)]
        slots[slot] = codec if slot == "serializer" else [codec]
        if slot != "serializer":
            slots["serializer"] = zarr.codecs.BytesCodec(endian=_endian(self.dtype))
        with tempfile.TemporaryDirectory() as folder:
            array = zarr.create_array(
                folder,
                shape=self.shape,
                chunks=self.shape,
                dtype=self.dtype.newbyteorder("="),
                zarr_format=3,
                chunk_key_encoding={"name": "v2", "separator": "."},
                **slots,
            )
            (Path(folder) / _key(self.shape)).write_bytes(self.data)
            return array[...]

    def _fault(self, kind: str, way: str, detail: str) -> None:
        outline: Json = {
            "zarr_format": 2,
            "dtype": self.dtype.str,
            "filters": [{"id": self.payload.get("name"), **self.payload}],
            "compressor": None,
            "shape": self.shape,
        }
        self.tally.fault(kind, way, Case(outline, {}, 0), detail)


def _key(shape: list[int]) -> str:
    return ".".join("0" * len(shape))


def _endian(dtype: Any) -> str:
    return "big" if dtype.str[0] == ">" else "little"


def _kind(codec: Any) -> str:
    from zarr.abc.codec import ArrayArrayCodec, ArrayBytesCodec

    cls = codec if isinstance(codec, type) else type(codec)
    if issubclass(cls, ArrayArrayCodec):
        return "a2a"
    return "a2b" if issubclass(cls, ArrayBytesCodec) else "b2b"


def document(payload: Json, dtype: Any, shape: list[int]) -> Json:
    """A v3 array of one chunk with that codec, and with the byte order of `dtype`."""
    import zarr.registry

    kind = _kind(zarr.registry.get_codec_class(payload["name"]))
    serializer = {"name": "bytes", "configuration": {"endian": _endian(dtype)}}
    chain = {"a2a": [payload, serializer], "a2b": [payload], "b2b": [serializer, payload]}[kind]
    data_type = v3_name(dtype)
    fill: Any = [0.0, 0.0] if dtype.kind == "c" else False if dtype.kind == "b" else 0
    if dtype.kind == "V":
        fill = readers.zero(data_type)
    return readers.v3_document({"data_type": data_type, "codecs": chain}, shape, shape, fill)


def _decoded(codec: Any, data: Any, dtype: Any, shape: list[int]) -> Any:
    """What zarr's format 2 makes of a chunk."""
    decoded = codec.decode(np.ascontiguousarray(data))
    found = np.frombuffer(
        bytes(memoryview(decoded).cast("B"))
        if not isinstance(decoded, np.ndarray)
        else decoded.tobytes(),
        dtype,
    )
    return readers.native(found.reshape(shape))


def _encoded(payload: Json, dtype: Any, shape: list[int], seed: int) -> tuple[bytes, Any]:
    """A chunk that zarr-python writes with that codec, and what it reads from it."""
    import json

    import zarr

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "zarr.json").write_text(json.dumps(document(payload, dtype, shape)))
        array = zarr.open_array(folder, mode="r+", zarr_format=3)
        array[...] = values(dtype, shape, seed)
        expected = array[...]
        key = Path(folder) / _key(shape)
        if not key.exists():
            raise stores.NotWrittenError("nothing but fill values")
        return key.read_bytes(), readers.native(expected)
