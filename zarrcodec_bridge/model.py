"""The Pydantic bases: :class:`Codec` for canonical models, :class:`Params` for a dialect's own spelling."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Annotated, Any, ClassVar, Final, TypeAlias

from annotated_types import Interval
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    SerializeAsAny,
    ValidationInfo,
    WithJsonSchema,
)

from zarrcodec_bridge.payloads import Dialect, Kind, plain

__all__ = [
    "LARGEST",
    "MOST_AXES",
    "NESTED",
    "Codec",
    "FrozenJSON",
    "KeptCodec",
    "Natural",
    "NestedCodec",
    "NestedCodecs",
    "NestedV3BytesChain",
    "NestedV3Chain",
    "Params",
    "Positive",
    "Whole",
    "exact",
    "frozen",
    "thaw",
]


class _Base(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True
    )


class Params(_Base):
    """The parameters of a codec as one dialect spells them, where that differs from the canonical model."""


class Codec(_Base):
    """A codec in canonical form: everything that any dialect can say about it.

    Frozen, hashable and picklable; equal models mean the same codec.
    """


LARGEST: Final = 2**63 - 1
"""The largest number in metadata: what all readers have, whatever they are written in."""

MOST_AXES: Final = 1024
"""The most axes of an array; NumPy has 64."""

Whole: TypeAlias = Annotated[int, Interval(ge=-LARGEST - 1, le=LARGEST)]
Natural: TypeAlias = Annotated[int, Interval(ge=0, le=LARGEST)]
Positive: TypeAlias = Annotated[int, Interval(ge=1, le=LARGEST)]


def exact(value: Any) -> Any:
    """Refuse ``True`` and ``1.0`` where a literal 1 is meant (``Literal`` alone lets them pass)."""
    if isinstance(value, (bool, float)):
        raise ValueError(f"expected a whole number, got {json.dumps(value)}")
    return value


def frozen(value: Any) -> str:
    """JSON as text: the one form of it that is immutable, hashable and compares by value."""
    return json.dumps(plain(value), sort_keys=True, allow_nan=False)


def _text(value: Any) -> Any:
    if isinstance(value, str):
        with suppress(ValueError, RecursionError):
            json.loads(value)
            return value
    return frozen(value)


FrozenJSON: TypeAlias = Annotated[str, BeforeValidator(_text), WithJsonSchema({})]
"""JSON, kept as its text; give it as a value or as text."""


def defaults_to(field: str) -> AfterValidator:
    """A validator for a parameter that, left out, is what another one is; it still counts as left out."""

    def fill(value: Any, info: ValidationInfo) -> Any:
        return info.data.get(field) if value is None else value

    return AfterValidator(fill)


def thaw(text: str) -> Any:
    """A new copy of the JSON that :data:`FrozenJSON` keeps."""
    return json.loads(text)


NestedCodec: TypeAlias = SerializeAsAny[InstanceOf[Codec]]
"""A codec inside another one."""

NestedCodecs: TypeAlias = Annotated[tuple[NestedCodec, ...], Field(strict=False)]
"""A chain of codecs inside another one."""


NESTED: Final = "nested"
"""The key by which a parameter's schema says: here stands a codec of that dialect and that kind."""

NestedV3Chain: TypeAlias = list[Annotated[Any, WithJsonSchema({NESTED: "v3"})]]
"""The v3 JSON of a chain of codecs, among parameters."""

NestedV3BytesChain: TypeAlias = list[Annotated[Any, WithJsonSchema({NESTED: "v3 b2b"})]]
"""The v3 JSON of a chain of bytes-to-bytes codecs, among parameters."""


class KeptCodec(Codec):
    """A codec that no definition describes, passed through as it came (``unknown="keep"``)."""

    name: str = Field(description="Its v2 id or v3 name.")
    configuration: FrozenJSON = Field(default="{}", description="Its parameters, as JSON text.")
    dialect: Dialect = Field(description="The dialect it came in.")
    kind: Kind | None = Field(default=None, description="Its kind, where that is known.")
    optional: bool = Field(
        default=False, description="v3 `must_understand: false`: may be skipped."
    )
