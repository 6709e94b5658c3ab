"""The `transpose` codec: core in v3; in v2 a full reversal is ``order: "F"``.

https://zarr-specs.readthedocs.io/en/latest/v3/codecs/transpose/index.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

from annotated_types import Len
from pydantic import AfterValidator, Field

from zarrcodec_bridge.core.contexts import WriteContext
from zarrcodec_bridge.core.errors import MissingContextError, Problem
from zarrcodec_bridge.core.messages import USE_A_PIPELINE, Message, excerpt
from zarrcodec_bridge.core.model import MOST_AXES, Codec, Listed, Natural
from zarrcodec_bridge.core.spec import A2A, ArrayEffect, Chunk, CodecSpec, Form


def _permutation(order: tuple[int, ...]) -> tuple[int, ...]:
    """\"a permutation of 0, 1, ..., n-1\"."""
    if sorted(order) != list(range(len(order))):
        raise ValueError(f"expected a permutation of 0 to {len(order) - 1}, got {excerpt(order)}")
    return order


Permutation = Annotated[
    tuple[Natural, ...],
    Len(0, MOST_AXES),
    Field(json_schema_extra={"uniqueItems": True, "examples": [[1, 0]]}),
    Listed(),
    AfterValidator(_permutation),
]


class Transpose(Codec):
    """Permutes the axes of the chunk.

    The names ``"C"`` (no change) and ``"F"`` (reversed) are from before v3 was final; tensorstore still reads them.
    """

    order: Permutation | Literal["C", "F"] = Field(
        description="Axis i of the output is axis order[i] of the input."
    )


def _write(codec: Transpose, ctx: WriteContext) -> dict[str, Any]:
    if isinstance(codec.order, tuple):
        return {"order": list(codec.order)}
    if ctx.chunk.ndim is None:
        raise MissingContextError(
            "v3", "transpose", f"order {codec.order!r} depends on the number of axes", ["ndim"]
        )
    ctx.note("transpose", f"order {codec.order!r} is written as a permutation")
    axes = list(range(ctx.chunk.ndim))
    return {"order": axes if codec.order == "C" else axes[::-1]}


def _problems(codec: Transpose, chunk: Chunk) -> Iterator[Problem]:
    if isinstance(codec.order, tuple) and chunk.ndim not in (None, len(codec.order)):
        yield Problem(
            ("order",),
            f"expected {chunk.ndim} axes, as the chunk has, got {excerpt(list(codec.order))}",
        )


SPEC: Final = CodecSpec(
    model=Transpose,
    kind=A2A,
    v3=(Form("transpose", Transpose, write=_write, registered=True),),
    array=ArrayEffect(),
    check=_problems,
    no_v2=Message("v2 has only order 'C' and 'F' for the whole array; ", USE_A_PIPELINE),
    docs="https://zarr-specs.readthedocs.io/en/latest/v3/codecs/transpose/index.html",
)
