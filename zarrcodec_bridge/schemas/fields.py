"""Field types for users' own Pydantic models: a codec, dumped as v2, as v3, or as the first of them that has it.

Each takes any codec-like input and keeps the canonical model. Their JSON Schemas say what they take (a name, v2 or v3
JSON), and in ``mode="serialization"`` what they dump.

Example
-------
>>> from pydantic import BaseModel
>>> class Array(BaseModel):
...     compressor: V2Codec
>>> array = Array(compressor={"name": "gzip", "configuration": {"level": 5}})
>>> array.compressor
Gzip(level=5)
>>> array.model_dump()
{'compressor': {'id': 'gzip', 'level': 5}}
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, TypeAlias

from pydantic import GetJsonSchemaHandler
from pydantic_core import core_schema

from zarrcodec_bridge.core.errors import NotRepresentableError
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.translation.one_codec import normalize, to_v2, to_v3

__all__ = ["AnyCodec", "V2Codec", "V3Codec"]

_NAME: Final = {"type": "string", "description": "The name of a codec, with its defaults."}
_V2: Final = {
    "type": "object",
    "properties": {"id": {"type": "string"}},
    "required": ["id"],
    "description": "The codec as Zarr v2 spells it.",
}
_V3: Final = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "configuration": {"type": "object"}},
    "required": ["name"],
    "description": "The codec as Zarr v3 spells it.",
}


@dataclass(frozen=True, slots=True)
class _CodecField:
    """Reads any codec-like input, and dumps it with `dump` as what `dumped` describes."""

    dump: Callable[[Codec], dict[str, Any]]
    dumped: tuple[dict[str, Any], ...] = field(compare=False)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _read,
            serialization=core_schema.plain_serializer_function_ser_schema(
                self.dump, return_schema=core_schema.dict_schema()
            ),
        )

    def __get_pydantic_json_schema__(
        self, schema: Any, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        shown = self.dumped if handler.mode == "serialization" else (_NAME, _V2, _V3)
        return dict(shown[0]) if len(shown) == 1 else {"anyOf": [dict(each) for each in shown]}


def _read(value: Any) -> Codec:
    return normalize(value)


def _dump_v2(codec: Codec) -> dict[str, Any]:
    return to_v2(codec)


def _dump_v3(codec: Codec) -> dict[str, Any]:
    return to_v3(codec)


def _dump_any(codec: Codec) -> dict[str, Any]:
    try:
        return to_v3(codec)
    except NotRepresentableError:
        return to_v2(codec)


V2Codec: TypeAlias = Annotated[Codec, _CodecField(_dump_v2, (_V2,))]
"""A field that takes any codec-like input and dumps v2 JSON."""

V3Codec: TypeAlias = Annotated[Codec, _CodecField(_dump_v3, (_V3,))]
"""A field that takes any codec-like input and dumps v3 JSON."""

AnyCodec: TypeAlias = Annotated[Codec, _CodecField(_dump_any, (_V3, _V2))]
"""A field that takes any codec-like input and dumps v3 JSON, or v2 JSON of a codec that v3 has no form of."""
