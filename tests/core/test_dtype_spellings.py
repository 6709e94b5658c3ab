"""One meaning of `dtype=` for every public function that takes it, in any spelling (E4)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any, Final

import pytest

import zarrcodec_bridge as bridge
from zarrcodec_bridge.core.data_types import read_dtype
from zarrcodec_bridge.core.errors import BridgeError, InvalidCodecError

SPELLINGS: Final[dict[str, tuple[Any, ...]]] = {
    "<i8": ("int64", "i8", "<i8", "int", int, "longlong", {"name": "int64"}),
    "<f8": ("float64", "f8", "<f8", "float", float, "double"),
    "<f4": ("float32", "f4", "single"),
    "<f2": ("float16", "half"),
    "<c16": ("complex128", "complex", complex, "cdouble"),
    "<i4": ("int32", "i4", "=i4", "intc"),
    "<u2": ("uint16", "u2", "ushort"),
    "|u1": ("uint8", "u1", "|u1", "ubyte"),
    "|b1": ("bool", bool, "b1", "bool_"),
    ">f4": (">f4",),
    "<U5": ("U5", "<U5", {"name": "fixed_length_utf32", "configuration": {"length_bytes": 20}}),
    "string": (str, "str", "string"),
    "object": (object, "object", "O", "|O"),
}
"""By the type string that NumPy has for it: what a user may write."""

NUMPY: Final[dict[str, tuple[str, ...]]] = {
    "<i8": ("int64", "dtype('<i8')", "'q'"),
    "<f8": ("float64", "dtype('<f8')", "'d'"),
    "<f4": ("float32", "dtype('=f4')", "'f'"),
    "|b1": ("bool_", "'?'"),
    ">f4": ("dtype('>f4')",),
    "<U5": ("dtype('<U5')",),
    "object": ("object_", "dtype('O')"),
}
"""The same as NumPy's objects, and its texts that only it knows."""


def spellings() -> list[Any]:
    rows = [
        pytest.param(means, value, id=f"{means}-{value}")
        for means, values in SPELLINGS.items()
        for value in values
    ]
    try:
        import numpy
    except ImportError:
        return rows
    for means, texts in NUMPY.items():
        for text in texts:
            value = eval(text, {**vars(numpy)})  # the literals above
            rows.append(pytest.param(means, value, id=f"{means}-numpy {text}"))
    return rows


Taking = Callable[[Any], Any]
SHUFFLE: Final = {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0}
OPEN: Final = {"name": "numcodecs.astype", "configuration": {"encode_dtype": "<f4"}}

FUNCTIONS: Final[dict[str, Taking]] = {
    "read_dtype": lambda dtype: read_dtype(dtype).in_memory(),
    "to_v3": lambda dtype: bridge.to_v3(SHUFFLE, dtype=dtype),
    "to_v2": lambda dtype: bridge.to_v2(OPEN, dtype=dtype),
    "translate": lambda dtype: bridge.translate(SHUFFLE, to="v3", dtype=dtype).result,
    "normalize": lambda dtype: bridge.normalize(SHUFFLE, dtype=dtype),
    "same": lambda dtype: bridge.same(SHUFFLE, SHUFFLE, dtype=dtype),
    "Pipeline.from_v2": lambda dtype: bridge.Pipeline.from_v2(
        dtype=dtype, compressor="zstd"
    ).to_v2(),
    "Pipeline.from_v3": lambda dtype: bridge.Pipeline.from_v3(
        data_type=dtype, codecs=[{"name": "bytes", "configuration": {"endian": "little"}}]
    ),
    "Pipeline.from_slots": lambda dtype: bridge.Pipeline.from_slots(
        dtype=dtype, compressors="zstd"
    ).to_v2(),
    "Pipeline.from_slots v3": lambda dtype: bridge.Pipeline.from_slots(
        dtype=dtype, compressors={"name": "zstd"}
    ).to_v3(),
    "to_numcodecs": lambda dtype: repr(bridge.to_numcodecs(OPEN, dtype=dtype)),
    "to_zarr": lambda dtype: repr(bridge.to_zarr({"id": "shuffle"}, dtype=dtype)),
    "explain of filters": lambda dtype: str(bridge.explain([{"id": "shuffle"}], dtype=dtype)),
    "explain": lambda dtype: str(bridge.explain(SHUFFLE, dtype=dtype)),
    "array_kwargs": lambda dtype: bridge.array_kwargs(
        SHUFFLE, dtype=dtype, zarr_format=3, api="tensorstore"
    ),
}


def what(function: Taking, dtype: Any) -> Any:
    """What it gives, or how it refuses."""
    try:
        return function(dtype)
    except InvalidCodecError as error:
        if any(
            "dtype" in problem.path or "data type" in str(problem) for problem in error.problems
        ):
            raise
        return str(error)
    except BridgeError as error:
        return type(error), str(error)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(("means", "value"), spellings())
def test_e4_every_function_takes_every_spelling(name: str, means: str, value: Any) -> None:
    plain = means if means != "object" else "|O"
    if means == "string" and name == "Pipeline.from_v2":
        plain = "|O"  # as v2 spells the data type of text
    assert what(FUNCTIONS[name], value) == what(FUNCTIONS[name], plain)


@pytest.mark.parametrize(
    ("value", "means"),
    [
        (str, "string"),
        (int, "int64"),
        ("double", "float64"),
        (object, "object"),
        ("bytes", "variable_length_bytes"),
    ],
)
def test_e4_the_meaning(value: Any, means: str) -> None:
    assert read_dtype(value).name == means


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("value", ["flaot32", "int33", 3, dict, "<q9"], ids=str)
def test_e4_what_is_no_data_type_is_refused_everywhere(name: str, value: Any) -> None:
    if name in ("to_zarr", "to_numcodecs"):
        pytest.importorskip(name[3:], minversion="3" if name == "to_zarr" else None)
    if name == "Pipeline.from_v3" and isinstance(value, str) and value.isalnum():
        assert FUNCTIONS[name](value).data_type.name == value  # an extension may have that name
        return
    with pytest.raises(InvalidCodecError, match="data type"):
        FUNCTIONS[name](value)


@pytest.mark.parametrize("member", ["data_type", "dtype"])
@pytest.mark.parametrize("value", ["double", "int", "str", "half"])
def test_e4_documents_have_their_own_spelling_only(member: str, value: str) -> None:
    if member == "dtype":
        document = {
            "zarr_format": 2,
            "shape": [4],
            "chunks": [4],
            "dtype": value,
            "compressor": None,
            "fill_value": 0,
            "order": "C",
            "filters": None,
        }
        with pytest.raises(InvalidCodecError, match="dtype"):
            bridge.metadata_to_v3(document)
        return
    document = {
        "zarr_format": 3,
        "node_type": "array",
        "shape": [4],
        "data_type": value,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [4]}},
        "chunk_key_encoding": {"name": "default"},
        "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
        "fill_value": 0,
    }
    with pytest.raises(BridgeError, match="data type"):
        bridge.metadata_to_v2(document)


def test_e4_numpy_is_not_imported_for_json() -> None:
    code = """
import sys
import zarrcodec_bridge as bridge
for dtype in ("<f4", "float32", "double", int, str, object, {"name": "int8"}):
    bridge.to_v3({"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0}, dtype=dtype)
    bridge.Pipeline.from_v2(dtype=dtype, compressor=None)
sys.exit("numpy" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
