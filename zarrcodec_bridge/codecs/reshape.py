"""The `reshape` codec: registered in v3; in v2 the bytes are the same without it.

https://github.com/zarr-developers/zarr-extensions/tree/4da7b37a84f76e660902f6d3de3eaef0e0febae6/codecs/reshape
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import prod
from typing import Annotated, Any, Final

from annotated_types import Len
from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from zarrcodec_bridge.core.errors import Problem
from zarrcodec_bridge.core.messages import excerpt
from zarrcodec_bridge.core.model import LARGEST, MOST_AXES, Codec, Listed
from zarrcodec_bridge.core.spec import A2A, ZARR_EXTENSIONS, ArrayEffect, Chunk, CodecSpec, Form


def _size(value: Any) -> Any:
    """A "positive integer `size`", "the special value `-1`", or "an array of integers"."""
    axes = value if isinstance(value, (list, tuple)) else ()
    number = type(value) is int and (1 <= value <= LARGEST or value == -1)
    if not (number or axes is value) or any(
        type(axis) is not int or not 0 <= axis <= LARGEST for axis in axes
    ):
        raise ValueError(f"expected a positive size, -1 or a list of axes, got {excerpt(value)}")
    return tuple(axes) if axes is value else value


def _shape(shape: tuple[int | tuple[int, ...], ...]) -> tuple[int | tuple[int, ...], ...]:
    """At most one -1; input dimensions "in strictly monotonically increasing order"."""
    if shape.count(-1) > 1:
        raise ValueError("expected -1 at most once")
    flat = [axis for item in shape if isinstance(item, tuple) for axis in item]
    if any(left >= right for left, right in pairwise(flat)):
        raise ValueError(f"expected input dimensions in increasing order, got {excerpt(flat)}")
    return shape


SHAPE_SCHEMA: Final[dict[str, Any]] = {
    "type": "array",
    "items": {
        "anyOf": [
            {"type": "integer", "minimum": 1, "maximum": LARGEST},
            {"const": -1},
            {
                "type": "array",
                "items": {"type": "integer", "minimum": 0, "maximum": LARGEST},
                "uniqueItems": True,
            },
        ]
    },
    "contains": {"const": -1},
    "maxItems": MOST_AXES,
    "minContains": 0,
    "maxContains": 1,
    "examples": [[[0, 1], -1]],
}
"""The same as JSON Schema, which cannot say that dimensions increase."""

Size = Annotated[int | tuple[int, ...], BeforeValidator(_size)]
Shape = Annotated[
    tuple[Size, ...],
    Len(0, MOST_AXES),
    Listed(),
    AfterValidator(_shape),
    WithJsonSchema(SHAPE_SCHEMA),
]


class Reshape(Codec):
    """Gives the chunk another shape; its elements stay in (C) order."""

    shape: Shape = Field(
        description="Per axis of the output: its size, -1 for what is left, or input axes to join."
    )


def _output_shape(codec: Reshape, shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """Give the shape of the output; ``None`` where the input cannot have it."""
    if any(axis >= len(shape) for item in codec.shape if isinstance(item, tuple) for axis in item):
        return None
    sizes = [
        prod(shape[axis] for axis in item) if isinstance(item, tuple) else item
        for item in codec.shape
    ]
    others = prod(size for size in sizes if size != -1)
    rest, remainder = divmod(prod(shape), others) if others else (0, 0)
    found = tuple(rest if size == -1 else size for size in sizes)
    return found if not remainder and prod(found) == prod(shape) else None


def _problems(codec: Reshape, chunk: Chunk) -> Iterator[Problem]:
    for index, item in enumerate(codec.shape):
        if (
            isinstance(item, tuple)
            and chunk.ndim is not None
            and max(item, default=0) >= chunk.ndim
        ):
            yield Problem(
                ("shape", index), f"expected axes of {chunk.ndim}, got {excerpt(list(item))}"
            )
            return
    if chunk.shape is None:
        return
    found = _output_shape(codec, chunk.shape)
    if found is None:
        yield Problem(
            ("shape",), f"expected as many elements as {list(chunk.shape)} has, got another number"
        )
        return
    for index, item in enumerate(codec.shape):
        if isinstance(item, tuple) and item:
            before = prod(found[:index]) == prod(chunk.shape[: item[0]])
            after = prod(found[index + 1 :]) == prod(chunk.shape[item[-1] + 1 :])
            if not (before and after):
                yield Problem(
                    ("shape", index),
                    f"expected axes of {list(chunk.shape)} that become this one, got {excerpt(list(item))}",
                )


SPEC: Final = CodecSpec(
    model=Reshape,
    kind=A2A,
    v3=(Form("reshape", Reshape, aliases=("zarrs.reshape",), registered=True),),
    array=ArrayEffect(layout_only=True, output_shape=_output_shape),
    check=_problems,
    no_v2="v2 has only the chunk's shape; a Pipeline leaves it out where the bytes stay the same",
    docs=f"{ZARR_EXTENSIONS}/reshape",
)
