"""What each reader accepts in v3 metadata, as data; the forms of a codec say which readers open them.

Measured with zarr-python 3.4.2, tensorstore 0.1.86 and zarrs 0.23.8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

__all__ = ["TARGETS", "Target", "TargetName"]

TargetName: TypeAlias = Literal["spec", "zarr-python", "tensorstore", "zarrs"]


@dataclass(frozen=True, slots=True)
class Target:
    """A reader that v3 output is meant for."""

    name: str
    data_types: frozenset[str] | None = None
    """The data types it opens; ``None`` is all."""
    field_types: frozenset[str] | None = None
    """Those of the fields of a struct; ``None`` is `data_types`."""
    fewest_fields: int = 1
    """Of a struct that it opens: tensorstore wants the fill value of a single field bare, not in an object."""
    renamed: Mapping[str, str] = field(default_factory=dict[str, str])
    """Data types that it knows by another name."""
    swapped_wrong: frozenset[str] = frozenset()
    """Data types whose big-endian elements it decodes wrong."""
    raw_bits: bool = False
    """Whether it spells raw bytes as ``r*``, as the core specification does."""
    strict_json: bool = True
    """Whether it refuses a document with a bare NaN or Infinity, which JSON does not allow."""


_CORE: Final = frozenset(
    "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64"
    " complex64 complex128".split()
)
_MINIFLOATS: Final = frozenset(
    "float8_e3m4 float8_e4m3fn float8_e4m3fnuz float8_e4m3b11fnuz float8_e5m2 float8_e5m2fnuz".split()
)

TARGETS: Final[Mapping[str, Target]] = {
    target.name: target
    for target in (
        Target("spec"),
        Target(
            "zarr-python",
            data_types=_CORE
            | {
                "fixed_length_utf32",
                "null_terminated_bytes",
                "numpy.datetime64",
                "numpy.timedelta64",
                "raw_bytes",
                "string",
                "struct",
                "variable_length_bytes",
            },
            strict_json=False,
        ),
        Target(
            "tensorstore",
            data_types=_CORE | _MINIFLOATS | {"bfloat16", "int2", "int4", "raw_bytes", "struct"},
            field_types=_CORE,
            fewest_fields=2,
        ),
        Target(
            "zarrs",
            data_types=_CORE
            | _MINIFLOATS
            | {
                "bfloat16",
                "complex_bfloat16",
                "complex_float16",
                "complex_float32",
                "complex_float64",
                "fixed_length_utf32",
                "float4_e2m1fn",
                "float6_e2m3fn",
                "float6_e3m2fn",
                "float8_e4m3",
                "float8_e8m0fnu",
                "int2",
                "int4",
                "numpy.datetime64",
                "numpy.timedelta64",
                "raw_bytes",
                "string",
                "uint2",
                "uint4",
                "variable_length_bytes",
            },
            renamed={"variable_length_bytes": "bytes"},
            swapped_wrong=frozenset(
                {"complex64", "complex128", "complex_float32", "complex_float64"}
            ),
            raw_bits=True,
        ),
    )
}
