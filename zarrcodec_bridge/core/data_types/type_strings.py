"""v2 type strings among a codec's parameters, in canonical spelling, and their JSON Schema."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BeforeValidator, WithJsonSchema

from zarrcodec_bridge.core.data_types.data_type import DataType
from zarrcodec_bridge.core.data_types.names import CODE_OF, NUMERIC, ORDERLESS, UNITS
from zarrcodec_bridge.core.data_types.spellings import read_dtype
from zarrcodec_bridge.core.messages import excerpt


def typestr(value: Any) -> str:
    """Give the canonical v2 type string of a simple data type: ``"int32"``, ``"i4"`` -> ``"<i4"``."""
    if isinstance(value, str) and value in _PLAIN:
        return value
    dtype = read_dtype(value) if not isinstance(value, str) else DataType.from_v2(value, ())
    text = dtype.to_v2()
    if not isinstance(text, str) or text == "|O" or text[0] not in "<>|":
        raise ValueError(f"expected the type string of a number, got {excerpt(text)}")
    return text


_PLAIN: Final = frozenset(
    {f"{order}{code}" for code in NUMERIC for order in "<>" if NUMERIC[code] not in ORDERLESS}
    | {f"|{code}" for code in NUMERIC if NUMERIC[code] in ORDERLESS}
)

_TIME: Final = rf"8?(\[[0-9]{{0,9}}({'|'.join(sorted({*UNITS, 'μs'}))})\])?"

_BODIES: Final = {
    "b": "b1",
    "iu": "[iu][1248]",
    "f": "f([248]|12|16)",
    "c": "c(8|16|24|32)",
    "SV": "[SV][0-9]{0,9}",
    "U": "U[0-9]{0,9}",
    "Mm": f"[Mm]{_TIME}",
    "O": "O[0-9]{0,9}",
}
"""What may stand in a type string behind its byte order, by kind."""


def typestr_schema(kinds: str = "biufcSUVMm") -> dict[str, Any]:
    """Write the JSON Schema of a type string of one of those kinds, or of a name that is read as one."""
    names = "|".join(name for name, code in CODE_OF.items() if code[0] in kinds)
    bodies = "|".join(body for kind, body in _BODIES.items() if kind[0] in kinds)
    return {
        "type": "string",
        "pattern": f"^({names + '|' if names else ''}[<>|=]?({bodies}))$",
        "examples": ["<U8" if "U" in kinds and "f" not in kinds else "<f4"],
    }


def _numpy_dtype(value: Any) -> Any:
    if not isinstance(value, (str, list, dict)):
        raise ValueError(f"expected a data type that numpy.dtype takes, got {excerpt(value)}")
    return value


NumPyDType = Annotated[str | list[Any] | dict[str, Any], BeforeValidator(_numpy_dtype)]
"""The JSON of a data type as NumPy takes it, which is not looked into."""

Typestr = Annotated[str, BeforeValidator(typestr), WithJsonSchema(typestr_schema())]
"""A v2 type string in canonical spelling: ``"<f4"``, ``"|u1"``; other spellings are read as it."""
