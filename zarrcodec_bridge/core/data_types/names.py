"""The names of data types: the v2 codes, the v3 names, and how many bytes an element has.

Sources: https://zarr-specs.readthedocs.io/en/latest/v2/v2.0.html#data-type-encoding,
https://zarr-specs.readthedocs.io/en/latest/v3/data-types/index.html and
https://github.com/zarr-developers/zarr-extensions/tree/4da7b37/data-types.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

NUMERIC: Final = {
    "b1": "bool",
    "i1": "int8",
    "i2": "int16",
    "i4": "int32",
    "i8": "int64",
    "u1": "uint8",
    "u2": "uint16",
    "u4": "uint32",
    "u8": "uint64",
    "f2": "float16",
    "f4": "float32",
    "f8": "float64",
    "c8": "complex64",
    "c16": "complex128",
}
"""The v2 code of each core v3 data type."""

CODE_OF: Final = {name: code for code, name in NUMERIC.items()} | {
    "complex_float32": "c8",
    "complex_float64": "c16",
}
"""The v2 code by v3 name; the registered `complex_float32` is `complex64` by another name."""

NARROW: Final = (
    "float4_e2m1fn",
    "float6_e2m3fn",
    "float6_e3m2fn",
    "float8_e3m4",
    "float8_e4m3",
    "float8_e4m3b11fnuz",
    "float8_e4m3fn",
    "float8_e4m3fnuz",
    "float8_e5m2",
    "float8_e5m2fnuz",
    "float8_e8m0fnu",
)
"""Floating point of at most 8 bits, one byte each under the `bytes` codec."""

RANGES: Final = {
    **{f"int{n}": (-(1 << n - 1), (1 << n - 1) - 1) for n in (2, 4, 8, 16, 32, 64)},
    **{f"uint{n}": (0, (1 << n) - 1) for n in (2, 4, 8, 16, 32, 64)},
}
"""The least and the greatest number of each integer data type."""

INTEGERS: Final = frozenset(RANGES)
FLOATS: Final = frozenset({"bfloat16", "float16", "float32", "float64", *NARROW})

REALS: Final = INTEGERS | FLOATS
"""\"Data types that model real numbers: floating-point and integral data types\"."""

ONE_BYTE: Final = frozenset({"bool", "int8", "uint8", "int2", "int4", "uint2", "uint4", *NARROW})

SIZES: Final[Mapping[str, int | None]] = {
    **{name: int(code[1:]) for name, code in CODE_OF.items()},
    **dict.fromkeys(ONE_BYTE, 1),
    **{f"complex_{name}": 2 for name in NARROW},
    "bfloat16": 2,
    "complex_float16": 4,
    "complex_bfloat16": 4,
    "numpy.datetime64": 8,
    "numpy.timedelta64": 8,
    "string": None,
    "variable_length_bytes": None,
}
"""Bytes per element under the `bytes` codec of every data type whose name says it."""

ORDERLESS: Final = ONE_BYTE | {f"complex_{name}" for name in NARROW}
"""Data types whose components are single bytes: the `bytes` codec has no `endian` for them."""

LONG_DOUBLES: Final = {
    "float96": "f12",
    "float128": "f16",
    "complex192": "c24",
    "complex256": "c32",
}
"""What some machines have for a long double; v3 has none."""

LENGTH_KINDS: Final = {"S": "null_terminated_bytes", "U": "fixed_length_utf32", "V": "raw_bytes"}
TIME_KINDS: Final = {"M": "numpy.datetime64", "m": "numpy.timedelta64"}
TIMES: Final = frozenset(TIME_KINDS.values())
KIND_OF: Final = {name: kind for kind, name in {**LENGTH_KINDS, **TIME_KINDS}.items()}

UNITS: Final = frozenset("Y M W D h m s ms us ns ps fs as generic".split())

V3_NAMES: Final = {"bytes": "variable_length_bytes", "structured": "struct"}
"""Other v3 names of a data type; the registered `bytes` is zarr-python's `variable_length_bytes`."""
