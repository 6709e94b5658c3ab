"""Missing values, dimension names and attributes as the programs that read with them see them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from zarrcodec_bridge.errors import LossError, NotRepresentableError
from zarrcodec_bridge.metadata import metadata_to_v2, metadata_to_v3, translate_metadata

NAMED = {"_ARRAY_DIMENSIONS": ["x"]}


def zarray(dtype: str, fill_value: Any) -> dict[str, Any]:
    return {
        "zarr_format": 2,
        "shape": [5],
        "chunks": [5],
        "dtype": dtype,
        "compressor": None,
        "filters": None,
        "order": "C",
        "fill_value": fill_value,
        "dimension_separator": ".",
    }


@pytest.mark.parametrize(
    ("dtype", "fill_value", "expected"),
    [
        ("<i2", -1, -1),
        ("|u1", 255, 255),
        ("<f4", -9999, "AAAAAICHw8A="),
        ("<f4", "NaN", "AAAAAAAA+H8="),
        ("<f4", 0.1, "AAAAoJmZuT8="),  # the nearest float32
        ("<c8", [1, "NaN"], ["AAAAAAAA8D8=", "AAAAAAAA+H8="]),
        ("|b1", False, False),
        ("<i2", None, ...),
        ("<M8[s]", 0, ...),
    ],
)
def test_b1_the_attribute_is_written_as_xarray_reads_it(
    dtype: str, fill_value: Any, expected: Any
) -> None:
    v2 = zarray(dtype, fill_value)
    v3 = metadata_to_v3(v2, NAMED)
    assert v3["attributes"].get("_FillValue", ...) == expected
    assert metadata_to_v3(v2, NAMED, keep_attributes=True)["attributes"] == {}
    assert metadata_to_v3(v2, {"a": 1})["attributes"] == {"a": 1}
    assert metadata_to_v2(v3, chunks_complete=True) == (v2, NAMED)


def test_b2_a_plain_number_of_a_float_array_is_encoded() -> None:
    v3 = metadata_to_v3(zarray("<f4", None), {"_FillValue": -9999, **NAMED})
    assert v3["attributes"] == {"_FillValue": "AAAAAICHw8A="}


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("target", ["spec", "tensorstore", "zarrs", "zarr-python"])
def test_b3_numbers_that_json_does_not_allow_are_a_loss(number: float, target: Any) -> None:
    v2, attributes = zarray("<f4", 0), {"a": {"b": [1, number]}}
    with pytest.raises(LossError, match="JSON does not allow"):
        translate_metadata(v2, attributes, to="v3", target=target)
    found = translate_metadata(v2, attributes, to="v3", target=target, on_loss="ignore")
    assert len(found.losses) == 1
    written = json.dumps(found.result["zarr.json"]["attributes"])
    name = json.dumps(number)
    assert (
        written == f'{{"a": {{"b": [1, {name if target == "zarr-python" else json.dumps(name)}]}}}}'
    )
    if target in ("tensorstore", "zarrs"):
        with pytest.raises(NotRepresentableError, match="refuses the document"):
            translate_metadata(
                v2, attributes, to="v3", target=target, on_loss="ignore", keep_attributes=True
            )


def test_b7_no_null_in_dimension_names_of_v2() -> None:
    v3 = metadata_to_v3(zarray("<f4", 0))
    v3["dimension_names"] = [None]
    assert metadata_to_v2(v3)[1] == {}
    v3.update(shape=[5, 5], dimension_names=["y", None])
    v3["chunk_grid"]["configuration"]["chunk_shape"] = [5, 5]
    with pytest.raises(LossError, match="are left out"):
        metadata_to_v2(v3)
    assert metadata_to_v2(v3, on_loss="ignore")[1] == {}
