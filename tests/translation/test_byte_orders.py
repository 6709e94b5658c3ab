"""Byte orders in chains of filters, single codecs and `bytes`: values are equal, or it is refused (A3, A5, G5)."""

from __future__ import annotations

import itertools
import json
from typing import Any, Final

import pytest

import zarrcodec_bridge as bridge
from support.chains import DOCUMENT, NATIVE, Json, is_refused
from zarrcodec_bridge.core.errors import NotRepresentableError
from zarrcodec_bridge.documents.references import references_to_v2


def zarr_json(data_type: str, codec: Json, endian: str) -> Json:
    codecs = [codec, {"name": "bytes", "configuration": {"endian": endian}}]
    return {**DOCUMENT, "data_type": data_type, "codecs": codecs}


def in_a_shard(document: Json) -> Json:
    index = [{"name": "bytes", "configuration": {"endian": "little"}}]
    inner = {"chunk_shape": [4], "codecs": document["codecs"], "index_codecs": index}
    return {**document, "codecs": [{"name": "sharding_indexed", "configuration": inner}]}


VIEW: Final = {
    "delta": "dtype",
    "astype": "decode_dtype",
    "fixedscaleoffset": "dtype",
    "quantize": "dtype",
}


def orders() -> list[Any]:
    """v3 filters whose view, output or both are big-endian, and what becomes of them.

    Measured with zarr-python 3.0.8, 3.1.6, 3.2.1 and 3.4.2. An output is converted to (3.3 and later: from the order of
    `bytes`), so the name of its order says nothing; but for quantize, which does not announce it. What a view names is
    right where the output is announced, because the array takes values; what is written through it is not.
    """
    found = []
    for name, view, output in itertools.product(NATIVE, "<>", "<>-"):
        if (
            (view, output) == ("<", "<")
            or (name, output) == ("astype", "-")
            or view + output == "<-"
        ):
            continue
        parameters = dict(NATIVE[name])
        stored = "encode_dtype" if name == "astype" else "astype"
        parameters[VIEW[name]] = view + "f4"
        parameters[stored] = output + str(parameters[stored])[1:]
        if output == "-":
            del parameters[stored]
        wrong = (view == ">" and output == "-") or (name == "quantize" and output == ">")
        outcome = "refused" if wrong else "loss" if view == ">" else "equal"
        codec = {"name": f"numcodecs.{name}", "configuration": parameters}
        label = f"A3-{name}-{view}{output}"
        found += [
            pytest.param(codec, endian, outcome, id=f"{label}-{endian}")
            for endian in ("little", "big")
        ]
    return found


@pytest.mark.parametrize(("codec", "endian", "outcome"), orders())
def test_a3_byte_orders_in_v3_filters(codec: Json, endian: str, outcome: str) -> None:
    document = zarr_json("float32", codec, endian)
    calls = {
        "normalize": lambda **options: bridge.normalize_metadata(document, **options),
        "in a shard": lambda **options: bridge.normalize_metadata(in_a_shard(document), **options),
        "to v2": lambda **options: bridge.metadata_to_v2(document, **options),
        "reference": lambda **options: references_to_v2(
            {"zarr.json": json.dumps(document)}, **options
        ),
        "Pipeline to v3": lambda **options: bridge.Pipeline.from_v3(
            data_type="float32", codecs=document["codecs"]
        ).to_v3(**options),
        "Pipeline to v2": lambda **options: bridge.Pipeline.from_v3(
            data_type="float32", codecs=document["codecs"]
        ).to_v2(**options),
    }
    for entry, call in calls.items():
        assert is_refused(call) == (outcome != "equal"), entry
        assert is_refused(lambda call=call: call(on_loss="ignore")) == (outcome == "refused"), entry
    if outcome != "refused":
        written = json.dumps(calls["normalize"](on_loss="ignore"))
        assert '">' not in written
        sign = ">" if endian == "big" else "<"
        assert calls["to v2"](on_loss="ignore")[0]["dtype"] == f"{sign}f4"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("codec", "endian", "outcome"), orders())
def test_a3_readers_see_what_the_outcome_says(codec: Json, endian: str, outcome: str) -> None:
    """What zarr-python reads through the document, it reads through what becomes of it; where it would not: refused."""
    pytest.importorskip("zarr", minversion="3.3")
    np = pytest.importorskip("numpy")
    from support import readers

    document = zarr_json("float32", codec, endian)
    native = json.loads(json.dumps(codec).replace('">', '"<'))
    stored = native["configuration"].get("astype") or native["configuration"].get("encode_dtype")
    order = "<" if endian == "little" else ">"
    numbers = np.array([1, 2.5, -7, 300], f"{order}{(stored or '<f4')[1:]}")
    chunks = {"0": numbers.tobytes()}
    before = readers.read("zarr-python", document, chunks)
    plain = readers.read("zarr-python", zarr_json("float32", native, endian), chunks)
    assert readers.equal(before, plain) == (outcome != "refused")
    if outcome != "refused":
        again = bridge.normalize_metadata(document, target="zarr-python", on_loss="ignore")
        assert readers.equal(readers.read("zarr-python", again, chunks), before)
        v2, _ = bridge.metadata_to_v2(document, on_loss="ignore")
        assert readers.equal(readers.read("zarr-python", v2, chunks), before)


def test_a3_the_measured_example() -> None:
    codec = {"name": "numcodecs.delta", "configuration": {"dtype": ">i2"}}
    document = zarr_json("int16", codec, "little")
    for call in (bridge.normalize_metadata, bridge.metadata_to_v2):
        with pytest.raises(NotRepresentableError, match="names big-endian elements"):
            call(document, on_loss="ignore")
    codec["configuration"]["astype"] = None  # as zarr-python reads it: left out
    with pytest.raises(NotRepresentableError, match="names big-endian elements"):
        bridge.normalize_metadata(zarr_json("int16", codec, "little"), on_loss="ignore")
    one_byte = {"name": "numcodecs.delta", "configuration": {"dtype": ">i1"}}
    assert bridge.normalize_metadata(zarr_json("int8", one_byte, "little"))


ALONE: Final[list[tuple[Json, str | None, bool]]] = [
    ({"id": "delta", "dtype": "<f4", "astype": ">f8"}, "<f4", False),
    ({"id": "delta", "dtype": ">f4", "astype": "<f8"}, ">f4", False),
    ({"id": "delta", "dtype": "|u1", "astype": ">i2"}, "|u1", False),
    ({"id": "astype", "decode_dtype": "<f4", "encode_dtype": ">f8"}, "<f4", False),
    ({"id": "astype", "decode_dtype": ">f4", "encode_dtype": "<i2"}, ">f4", False),
    (
        {"id": "fixedscaleoffset", "offset": 0, "scale": 8, "dtype": "<f4", "astype": ">i2"},
        "<f4",
        False,
    ),
    ({"id": "quantize", "digits": 2, "dtype": "<f8", "astype": ">f8"}, "<f8", False),
    ({"id": "delta", "dtype": ">f4", "astype": ">f8"}, ">f4", True),
    ({"id": "delta", "dtype": "<f4", "astype": "<f8"}, "<f4", True),
    ({"id": "delta", "dtype": "|u1", "astype": "<i2"}, "|u1", True),
    ({"id": "astype", "decode_dtype": ">i4", "encode_dtype": "|i1"}, ">i4", True),
    ({"id": "quantize", "digits": 2, "dtype": ">f8", "astype": ">f8"}, ">f8", True),
    (
        {"id": "fixedscaleoffset", "offset": 0, "scale": 8, "dtype": ">f8", "astype": ">i2"},
        ">f8",
        True,
    ),
]
"""One codec, the data type of its array, and whether its byte order is the array's."""


@pytest.mark.parametrize(
    ("codec", "dtype", "equal"), [pytest.param(*row, id=f"A5-{n}") for n, row in enumerate(ALONE)]
)
def test_a5_one_codec_with_its_own_byte_order(codec: Json, dtype: str, equal: bool) -> None:
    before = dict(codec)
    for given in (dtype, None):
        calls = {
            "to_v3": lambda given=given: bridge.to_v3(codec, dtype=given),
            "translate": lambda given=given: bridge.translate(codec, to="v3", dtype=given),
            "a model": lambda given=given: bridge.to_v3(bridge.normalize(codec), dtype=given),
        }
        for entry, call in calls.items():
            assert is_refused(call) == (not equal), (entry, given)
        assert bridge.to_v2(codec, dtype=given) == before
        native = json.loads(json.dumps(codec).replace('">', '"<'))
        name = native.pop("id")
        after = {"name": f"numcodecs.{name}", "configuration": native}
        assert bridge.same(codec, after, dtype=given) == bridge.same(after, codec, dtype=given)
        assert bridge.same(codec, after, dtype=given) == equal
        if equal:
            assert bridge.to_v3(codec, dtype=given) == after
            assert bridge.to_v2(after, dtype=dtype) == before
    if not equal:
        with pytest.raises(NotRepresentableError, match="use a Pipeline"):
            bridge.to_v3(codec, dtype=dtype)
        chain = bridge.Pipeline.from_v2(dtype=dtype, filters=[codec])
        again = bridge.Pipeline.from_v3(**chain.to_v3()).to_v2()
        assert bridge.Pipeline.from_v2(**again) == chain


@pytest.mark.parametrize("entry", ["normalize", "to_v2", "to_v3"])
@pytest.mark.parametrize("name", NATIVE)
def test_a5_one_codec_of_v3_that_names_big_endian_elements(name: str, entry: str) -> None:
    for mixed in ('"<f4', '"<f8'):
        text = json.dumps({"name": f"numcodecs.{name}", "configuration": NATIVE[name]})
        codec = json.loads(text.replace(mixed, mixed.replace("<", ">")))
        if codec == json.loads(text):
            continue
        for dtype in (None, "<f4", ">f4"):
            with pytest.raises(NotRepresentableError, match="names big-endian elements"):
                getattr(bridge, entry)(codec, dtype=dtype)
        assert bridge.same(codec, codec)
        assert not bridge.same(codec, json.loads(text))
        assert not bridge.same(codec, {"id": name, **codec["configuration"]})


@pytest.mark.filterwarnings("ignore")
def test_a5_objects_of_one_codec_with_its_own_byte_order() -> None:
    numcodecs = pytest.importorskip("numcodecs")
    mixed = numcodecs.Delta("<f4", ">f8")
    assert bridge.to_numcodecs({"id": "delta", "dtype": "<f4", "astype": ">f8"}) == mixed
    with pytest.raises(NotRepresentableError, match="names big-endian elements"):
        bridge.to_numcodecs(
            {"name": "numcodecs.delta", "configuration": {"dtype": "<f4", "astype": ">f8"}}
        )
    pytest.importorskip("zarr", minversion="3")
    for source in (mixed, {"id": "delta", "dtype": "<f4", "astype": ">f8"}):
        with pytest.raises(NotRepresentableError, match="use a Pipeline"):
            bridge.to_zarr(source)


STRUCT: Final = {
    "name": "struct",
    "configuration": {"fields": [{"name": "a", "data_type": "int16"}]},
}


@pytest.mark.parametrize(
    ("data_type", "codecs", "guessed"),
    [
        pytest.param("int16", [], True, id="G5-int16"),
        pytest.param("float64", [], True, id="G5-float64"),
        pytest.param("complex64", [], True, id="G5-complex64"),
        pytest.param("uint8", [], False, id="G5-uint8"),
        pytest.param("bool", [], False, id="G5-bool"),
        pytest.param(
            "uint8",
            [
                {
                    "name": "numcodecs.astype",
                    "configuration": {"encode_dtype": "<i2", "decode_dtype": "|u1"},
                }
            ],
            True,
            id="G5-several-bytes-behind-a-filter",
        ),
        pytest.param(
            "bool",
            [{"name": "numcodecs.packbits", "configuration": {}}],
            False,
            id="G5-one-byte-behind-a-filter",
        ),
        pytest.param(STRUCT, [], False, id="G5-struct"),  # zarr-python opens it, as little-endian
    ],
)
def test_g5_bytes_without_endian_is_a_guess(
    data_type: Any, codecs: list[Json], guessed: bool
) -> None:
    fill = {"a": 0} if data_type == STRUCT else [0, 0] if data_type == "complex64" else 0
    fill = False if data_type == "bool" else fill
    document = {
        **DOCUMENT,
        "data_type": data_type,
        "fill_value": fill,
        "codecs": [*codecs, {"name": "bytes"}],
    }
    for target in ("spec", "zarr-python"):
        assert is_refused(lambda t=target: bridge.normalize_metadata(document, target=t)) == guessed
    assert is_refused(lambda: bridge.metadata_to_v2(document)) == guessed
    assert is_refused(lambda: bridge.normalize_metadata(in_a_shard(document))) == guessed
    told = bridge.translate_metadata(document, on_loss="ignore").losses
    assert [loss.codec for loss in told] == (["bytes"] if guessed else [])
    assert bridge.normalize_metadata(document, on_loss="ignore")
    pipeline = bridge.Pipeline.from_v3(data_type=data_type, codecs=document["codecs"])
    for target in ("spec", "zarr-python", "tensorstore"):
        if target != "tensorstore" or not (codecs or data_type == STRUCT):
            assert is_refused(lambda t=target: pipeline.to_v3(t)) == guessed
    assert is_refused(pipeline.to_v2) == guessed


def test_g5_the_index_of_a_shard_without_endian_is_a_guess() -> None:
    document = in_a_shard({**DOCUMENT, "data_type": "uint8", "codecs": [{"name": "bytes"}]})
    assert bridge.normalize_metadata(document)
    document["codecs"][0]["configuration"]["index_codecs"] = [{"name": "bytes"}]
    with pytest.raises(bridge.LossError, match="uint64 elements have a byte order"):
        bridge.normalize_metadata(document)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("reader", ["zarr-python", "tensorstore", "zarrs", "zarrista"])
def test_g5_readers_refuse_bytes_without_endian(reader: Any) -> None:
    """Once one of them opens it, the order that it takes is no guess."""
    from support import readers

    pytest.importorskip("zarr", minversion="3.3")
    if reader not in readers.available():
        pytest.skip(f"{reader} is not installed")
    document = {**DOCUMENT, "data_type": "int16", "codecs": [{"name": "bytes"}]}
    document["chunk_key_encoding"] = {"name": "v2", "configuration": {"separator": "."}}
    with pytest.raises(readers.RefusedError, match="endian"):
        readers.read(reader, document, {"0": bytes(8)})
