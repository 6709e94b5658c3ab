"""The Pydantic bases: :class:`Codec` for canonical models, :class:`Params` for a dialect's own spelling."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Annotated, Any, ClassVar, Final, Literal, TypeAlias

from annotated_types import Interval
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    InstanceOf,
    PydanticSchemaGenerationError,
    SerializeAsAny,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError, core_schema

from zarrcodec_bridge.core.json_values import Dialect, Kind, copy_json

__all__ = [
    "LARGEST",
    "MOST_AXES",
    "NESTED",
    "ChecksumLocation",
    "Codec",
    "Exact",
    "FrozenJSON",
    "KeptCodec",
    "Listed",
    "Natural",
    "NestedCodec",
    "NestedCodecs",
    "NestedV3BytesChain",
    "NestedV3Chain",
    "Params",
    "Positive",
    "Whole",
    "defaults_to",
    "frozen",
    "null_means",
    "thaw",
]


class _Base(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True
    )

    def __str__(self) -> str:
        return repr(self)  # names its class


class Params(_Base):
    """The parameters of a codec as one dialect spells them, where that differs from the canonical model."""


class Codec(_Base):
    """A codec in canonical form, which has every parameter of each dialect.

    Frozen, hashable and picklable; equal models mean the same codec. In the annotations of users' own models stand
    :data:`AnyCodec`, :data:`V2Codec` or :data:`V3Codec` instead.
    """

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        if cls is Codec:
            raise PydanticSchemaGenerationError(
                "Codec is the base class of all codecs, which reads none; annotate the field with AnyCodec, V2Codec"
                " or V3Codec of zarrcodec_bridge, or with the model of one codec"
            )
        return handler(source)


LARGEST: Final = 2**63 - 1
"""The largest integer in metadata: that of readers in C, Rust and Java."""

MOST_AXES: Final = 1024
"""The most axes of an array; NumPy has 64."""

Whole: TypeAlias = Annotated[int, Interval(ge=-LARGEST - 1, le=LARGEST)]
Natural: TypeAlias = Annotated[int, Interval(ge=0, le=LARGEST)]
Positive: TypeAlias = Annotated[int, Interval(ge=1, le=LARGEST)]


class Exact:
    """Marks a literal of whole numbers: ``True`` and ``1.0``, which equal 1, are refused."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        literal: Any = handler(source)
        *others, last = map(str, literal["expected"])
        whole = core_schema.custom_error_schema(
            core_schema.int_schema(strict=True),
            custom_error_type="literal_error",
            custom_error_context={"expected": f"{', '.join(others)} or {last}"},
        )
        return core_schema.chain_schema([whole, literal])

    def __get_pydantic_json_schema__(
        self, schema: Any, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return handler(schema["steps"][-1])


class Listed:
    """Marks a tuple that is a list in JSON: read from a list or a tuple, not from a set or an iterator."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        schema: Any = handler(source)
        schema["strict"] = False
        return core_schema.no_info_before_validator_function(_listed, schema)


def _listed(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return value
    raise PydanticCustomError("list_type", "Input should be a list")


def frozen(value: Any) -> str:
    """Write JSON as text, which is immutable and hashable and compares by value."""
    return json.dumps(copy_json(value), sort_keys=True, allow_nan=False)


def _text(value: Any) -> Any:
    if isinstance(value, str):
        with suppress(ValueError, RecursionError):
            json.loads(value)
            return value
    return frozen(value)


FrozenJSON: TypeAlias = Annotated[str, BeforeValidator(_text), WithJsonSchema({})]
"""JSON, kept as its text; give it as a value or as text."""


def null_means(value: Any) -> BeforeValidator:
    """Make a validator that reads null as that value."""
    return BeforeValidator(lambda given: value if given is None else given)


ChecksumLocation: TypeAlias = Annotated[
    Literal["start", "end"], null_means("start"), WithJsonSchema({"enum": ["start", "end", None]})
]
"""Where a checksum of numcodecs stands; null is at the start."""


def defaults_to(field: str) -> AfterValidator:
    """Make a validator that gives a parameter the value of another one where it is left out."""

    def fill(value: Any, info: ValidationInfo) -> Any:
        return info.data.get(field) if value is None else value

    return AfterValidator(fill)


def thaw(text: str) -> Any:
    """Read the JSON in the text that :data:`FrozenJSON` keeps."""
    return json.loads(text)


NestedCodec: TypeAlias = SerializeAsAny[InstanceOf[Codec]]
"""A codec inside another one."""

NestedCodecs: TypeAlias = Annotated[tuple[NestedCodec, ...], Listed()]
"""A chain of codecs inside another one."""


NESTED: Final = "nested"
"""The key in a parameter's schema for a nested codec; its value is the dialect, and the kind if only one fits."""

NestedV3Chain: TypeAlias = list[Annotated[Any, WithJsonSchema({NESTED: "v3"})]]
"""The v3 JSON of a chain of codecs, among parameters."""

NestedV3BytesChain: TypeAlias = list[Annotated[Any, WithJsonSchema({NESTED: "v3 b2b"})]]
"""The v3 JSON of a chain of bytes-to-bytes codecs, among parameters."""


class KeptCodec(Codec):
    """A codec with an unregistered name, kept as it was read (``unknown="keep"``)."""

    name: str = Field(description="Its v2 id or v3 name.")
    configuration: FrozenJSON = Field(default="{}", description="Its parameters, as JSON text.")
    dialect: Dialect = Field(description="The dialect from which it was read.")
    kind: Kind | None = Field(default=None, description="Its kind, where that is known.")
    optional: bool = Field(
        default=False, description="v3 `must_understand: false`: may be skipped."
    )
