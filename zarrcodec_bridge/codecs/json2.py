"""The `json2` codec: `numcodecs.JSON`, in v2 only.

https://numcodecs.readthedocs.io/en/stable/other/json.html
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, WithJsonSchema

from zarrcodec_bridge.core.model import LARGEST, Codec, Listed, Whole
from zarrcodec_bridge.core.spec import A2B, CodecSpec, Form


def _spaces(value: Any) -> Any:
    """Read Python's `indent`: a number of spaces, true or false as numbers, or the spaces as text.

    Other text is refused, because the model has a number.
    """
    if isinstance(value, bool):
        return int(value)
    return len(value) if isinstance(value, str) and value and not value.strip(" ") else value


Indent = Annotated[
    Whole | None,
    BeforeValidator(_spaces),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": -LARGEST - 1, "maximum": LARGEST},
                {"type": "boolean", "deprecated": True},
                {"type": "string", "pattern": "^ +$", "deprecated": True},
                {"type": "null"},
            ]
        }
    ),
]


def _compact(separators: tuple[str, str] | None, info: ValidationInfo) -> tuple[str, str]:
    """The "most compact representation if indent is None"."""
    if separators is not None:
        return separators
    return (",", ":") if info.data.get("indent") is None else (", ", ": ")


Separators = Annotated[Annotated[tuple[str, str], Listed()] | None, AfterValidator(_compact)]


class Json2(Codec):
    """Objects as JSON text, with their NumPy data type and the shape of the chunk after them.

    `numcodecs.JSON(encoding="utf-8", skipkeys=False, ensure_ascii=True, check_circular=True,
    allow_nan=True, sort_keys=True, indent=None, separators=None, strict=True)`: all but `encoding`
    are parameters of Python's `json.JSONEncoder` and `json.JSONDecoder` (`strict`).
    """

    encoding: str = Field(default="utf-8", description="The encoding of the text.")
    skipkeys: bool = Field(default=False, description="Leave out keys that JSON does not allow.")
    ensure_ascii: bool = Field(default=True, description="Escape what is not ASCII.")
    check_circular: bool = Field(default=True, description="Look for circular references.")
    allow_nan: bool = Field(default=True, description="Write NaN and Infinity.")
    sort_keys: bool = Field(default=True, description="Sort the keys of objects.")
    indent: Indent = Field(default=None, description="Spaces per level; none is one line.")
    separators: Separators = Field(
        default=None,
        description="What stands between items, and after keys.",
        validate_default=True,
    )
    strict: bool = Field(default=True, description="Refuse control characters when reading.")


SPEC: Final = CodecSpec(
    model=Json2,
    kind=A2B,
    v2=(Form("json2", Json2),),
    not_needed_to_decode=frozenset(Json2.model_fields) - {"encoding", "strict"},
    no_v3="v3 has no data type for its objects; read the array, and write it as string with vlen-utf8",
    docs="https://numcodecs.readthedocs.io/en/stable/other/json.html",
)
