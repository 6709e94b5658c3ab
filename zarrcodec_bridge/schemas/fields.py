"""Field types for users' own Pydantic models: a codec, dumped as v2 or as v3.

Example
-------
>>> from pydantic import BaseModel
>>> class Array(BaseModel):
...     compressor: V2Codec
>>> Array(compressor={"name": "gzip", "configuration": {"level": 5}}).model_dump()
{'compressor': {'id': 'gzip', 'level': 5}}
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, InstanceOf, PlainSerializer

from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.translation.one_codec import normalize, to_v2, to_v3

__all__ = ["V2Codec", "V3Codec"]


def _read(value: Any) -> Codec:
    return normalize(value)


def _dump_v2(codec: Codec) -> dict[str, Any]:
    return to_v2(codec)


def _dump_v3(codec: Codec) -> dict[str, Any]:
    return to_v3(codec)


V2Codec: TypeAlias = Annotated[
    InstanceOf[Codec], BeforeValidator(_read), PlainSerializer(_dump_v2, return_type=dict[str, Any])
]
"""A field that takes any codec-like input and dumps v2 JSON."""

V3Codec: TypeAlias = Annotated[
    InstanceOf[Codec], BeforeValidator(_read), PlainSerializer(_dump_v3, return_type=dict[str, Any])
]
"""A field that takes any codec-like input and dumps v3 JSON."""
