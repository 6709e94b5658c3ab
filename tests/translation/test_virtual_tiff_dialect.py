"""Chains of virtual-tiff stay readable for virtual-tiff, unless a target says otherwise (FINDINGS D7)."""

from __future__ import annotations

from typing import Any

import pytest

from zarrcodec_bridge import Pipeline, metadata_to_v2, normalize_metadata
from zarrcodec_bridge.documents.metadata import translate_metadata

BYTES = {"name": "bytes", "configuration": {"endian": "little"}}
FLOATPRED = {
    "name": "imagecodecs_floatpred",
    "configuration": {"axis": -1, "dist": 1, "dtype": "<f4", "shape": [2, 3]},
}
PLAIN_FLOATPRED = {"name": "imagecodecs_floatpred", "configuration": {"axis": -1, "dist": 1}}
CHUNKY = {"name": "ChunkyCodec", "configuration": {"endian": "little"}}
REVERSED = {"name": "transpose", "configuration": {"order": [1, 0]}}
ZLIB = {"name": "numcodecs.zlib", "configuration": {"level": 1}}
LZW = {"name": "imagecodecs_lzw"}
KEPT: dict[str, tuple[str, list[Any]]] = {
    "floatpred and zlib": ("float32", [PLAIN_FLOATPRED, BYTES, ZLIB]),
    "floatpred and lzw": ("float32", [FLOATPRED, BYTES, LZW]),
    "floatpred, big": (
        "float32",
        [FLOATPRED, {"name": "bytes", "configuration": {"endian": "big"}}, LZW],
    ),
    "predictor 2": ("int16", [{"name": "HorizontalDeltaCodec"}, BYTES, LZW]),
    "jpegxr": ("uint8", [CHUNKY, {"name": "imagecodecs_jpegxr"}]),
    "jpegxl": ("uint8", [CHUNKY, {"name": "imagecodecs_jpegxl"}]),
    "jpeg2k, transposed": ("uint8", [REVERSED, CHUNKY, {"name": "imagecodecs_jpeg2k"}]),
    "png": ("uint8", [{"name": "bytes"}, {"name": "imagecodecs_png"}]),
}


def document(data_type: str, codecs: list[Any]) -> dict[str, Any]:
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": [4, 6],
        "data_type": data_type,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2, 3]}},
        "chunk_key_encoding": {"name": "v2", "configuration": {"separator": "."}},
        "codecs": codecs,
        "fill_value": 0,
        "attributes": {},
    }


@pytest.mark.parametrize("chain", KEPT, ids=lambda chain: f"D7 {chain}")
def test_a_chain_of_virtual_tiff_is_kept(chain: str) -> None:
    data_type, codecs = KEPT[chain]
    found = normalize_metadata(document(data_type, codecs))
    assert found["codecs"] == codecs
    kept = translate_metadata(document(data_type, codecs))
    assert (kept.notes, kept.losses) == ((), ())
    assert (
        translate_metadata(document(data_type, codecs), to="v2", on_loss="ignore").result[".zarray"]
        == (metadata_to_v2(normalize_metadata(found, target="zarr-python"), on_loss="ignore")[0])
    )
    pipeline = Pipeline.from_v3(data_type=data_type, codecs=codecs, chunk_shape=(2, 3))
    assert pipeline.to_v3()["codecs"] == codecs
    codecs_of_zarr = pipeline.to_v3("zarr-python")["codecs"]
    names = [codec["name"] for codec in codecs_of_zarr]
    assert not {"HorizontalDeltaCodec", "ChunkyCodec"} & set(names)
    today = Pipeline.from_v3(data_type=data_type, codecs=codecs_of_zarr, chunk_shape=(2, 3))
    assert today == pipeline
    assert today.to_v2(on_loss="ignore") == pipeline.to_v2(on_loss="ignore")


@pytest.mark.parametrize("name", ["numcodecs.zlib", "numcodecs.lzma", "imagecodecs_lzw"])
def test_d7_what_all_readers_open_is_written_for_them(name: str) -> None:
    found = normalize_metadata(document("uint8", [CHUNKY, {"name": name}]))["codecs"]
    assert [codec["name"] for codec in found] == ["transpose", "bytes", name]


@pytest.mark.parametrize("last", [BYTES, {"name": "imagecodecs_jpegxr"}], ids=lambda x: x["name"])
def test_a_transpose_by_a_letter_is_the_one_by_axes(last: Any) -> None:
    def chain(order: Any, **more: Any) -> Pipeline:
        codecs = [{"name": "transpose", "configuration": {"order": order}}, last]
        return Pipeline.from_v3(data_type="uint8", codecs=codecs, **more)

    for more in ({"ndim": 2}, {"chunk_shape": (2, 3)}):
        assert chain("F", **more) == chain([1, 0], **more)
        assert hash(chain("F", **more)) == hash(chain([1, 0], **more))
        assert chain("C", **more) == chain([0, 1], **more) != chain("F", **more)
    assert chain("F") != chain([1, 0])
