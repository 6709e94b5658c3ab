"""The `pcodec` codec: `numcodecs.PCodec` in v2, `numcodecs.pcodec` in v3.

https://numcodecs.readthedocs.io/en/stable/compression/pcodec.html
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, TypeAlias

from annotated_types import Interval
from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
)

from zarrcodec_bridge.core.contexts import WriteContext
from zarrcodec_bridge.core.errors import NotRepresentableError
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.spec import A2B, ZARRS, CodecSpec, Form
from zarrcodec_bridge.readers import find_readers

PcodecLevel = Annotated[int, Interval(ge=0, le=12)]
"""\"A compression level from 0-12, where 12 take the longest and compresses the most.\""""

DeltaOrder = Annotated[int, Interval(ge=0, le=7)]
"""\"Explicit delta encoding level from 0-7.\""""

PageSize = Annotated[int, Interval(ge=1, le=2**64 - 1)]

DATA_TYPES: Final = frozenset(
    f"{kind}{bits}" for kind in ("uint", "int", "float") for bits in (16, 32, 64)
) | {"numpy.datetime64", "numpy.timedelta64"}
"""\"uint16, uint32, uint64, int16, int32, int64, float16, float32, and float64\"; times, too."""

ZARRS_DATA_TYPES: Final = frozenset({"complex64", "complex128"})
"""Other data types that zarrs writes: real and imaginary parts in turn."""


def _no_op(value: Any) -> Any:
    """Read numcodecs 0.17's name of "none", which older versions and zarrs refuse."""
    return "none" if value == "no_op" else value


DeltaSpec: TypeAlias = Annotated[
    Literal["auto", "none", "try_consecutive", "try_lookback"],
    BeforeValidator(_no_op),
    WithJsonSchema({"enum": ["auto", "none", "try_consecutive", "try_lookback", "no_op"]}),
]


def _order_of_a_delta(order: int | None, info: ValidationInfo) -> int | None:
    """The order is "Only valid if delta_spec is 'try_consecutive' or 'auto'"."""
    if order is not None and info.data.get("delta_spec") in ("none", "try_lookback"):
        raise ValueError(f"expected null with delta_spec {info.data['delta_spec']!r}, got {order}")
    return order


class Pcodec(Codec):
    """Lossless compression of numbers (pco).

    `numcodecs.PCodec(level=8, *, mode_spec="auto", delta_spec="auto",
    paging_spec="equal_pages_up_to", delta_encoding_order=None, equal_pages_up_to=262144)`;
    `delta_spec` and `paging_spec` since 0.15.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "if": {
                "properties": {"delta_spec": {"enum": ["none", "no_op", "try_lookback"]}},
                "required": ["delta_spec"],
            },
            "then": {"properties": {"delta_encoding_order": {"type": "null"}}},
        }
    )

    level: PcodecLevel = Field(default=8, description="0 (fastest) to 12 (smallest).")
    mode_spec: Literal["auto", "classic"] = Field(
        default="auto", description="Whether to look for structure in the numbers."
    )
    delta_spec: DeltaSpec = Field(
        default="auto", description="Whether and how to take differences of neighbours."
    )
    paging_spec: Literal["equal_pages_up_to"] = Field(
        default="equal_pages_up_to", description="How to part a chunk into pages."
    )
    delta_encoding_order: Annotated[DeltaOrder | None, AfterValidator(_order_of_a_delta)] = Field(
        default=None, description="How often to take differences."
    )
    equal_pages_up_to: PageSize = Field(default=262144, description="How many numbers to a page.")


def _write(codec: Pcodec, ctx: WriteContext) -> dict[str, Any]:
    dtype = ctx.chunk.dtype
    known = DATA_TYPES
    if ctx.dialect == "v3":
        known |= ZARRS_DATA_TYPES
        for reader in find_readers(ctx.target):
            more = reader.v3.more_elements.get("numcodecs.pcodec", frozenset())
            known = DATA_TYPES | (known & more)
    if dtype is not None and dtype.name not in known:
        raise NotRepresentableError(ctx.dialect, "pcodec", f"it has no {dtype.name} elements")
    return codec.model_dump(mode="json", exclude_unset=True)


SPEC: Final = CodecSpec(
    model=Pcodec,
    kind=A2B,
    v2=(Form("pcodec", Pcodec, write=_write, sparse=True),),
    v3=(
        Form(
            "numcodecs.pcodec",
            Pcodec,
            write=_write,
            aliases=(f"{ZARRS}/array_to_bytes/pcodec",),
            sparse=True,
        ),
    ),
    not_needed_to_decode=frozenset(Pcodec.model_fields),
    little_endian_only=True,
    docs="https://numcodecs.readthedocs.io/en/stable/compression/pcodec.html",
)
