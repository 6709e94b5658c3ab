"""Zarr codecs between v2 and v3, JSON and objects: the same chunk bytes decode to the same array, or it is refused.

::

    import zarrcodec_bridge as bridge

    bridge.to_v3({"id": "gzip", "level": 5})      # {"name": "gzip", "configuration": {"level": 5}}

One codec: :func:`normalize`, :func:`to_v2`, :func:`to_v3`, :func:`translate`, :func:`same` (:mod:`.translate`),
:func:`explain` (:mod:`.explain`). A whole encoding: :class:`Pipeline` (:mod:`.pipeline`). What is known:
:func:`codecs`, :func:`register` (:mod:`.registry`), :func:`json_schema` (:mod:`.json_schema`); canonical models are in
``zarrcodec_bridge.codecs.<codec>``. Field types for Pydantic models: :data:`V2Codec`, :data:`V3Codec` (:mod:`.fields`).
Errors: :mod:`.errors`.
"""

from __future__ import annotations

import zarrcodec_bridge.codecs as _builtin_codecs  # before the function of that name, below
from zarrcodec_bridge.errors import (
    BackendError,
    BackendMissingError,
    BackendUnsupportedError,
    BridgeError,
    DuplicateCodecError,
    InvalidCodecError,
    LossError,
    LossWarning,
    MissingContextError,
    NotRepresentableError,
    UnknownCodecError,
    UnsafeCodecError,
)
from zarrcodec_bridge.explain import explain
from zarrcodec_bridge.fields import V2Codec, V3Codec
from zarrcodec_bridge.json_schema import json_schema
from zarrcodec_bridge.model import Codec
from zarrcodec_bridge.pipeline import Pipeline, Translation
from zarrcodec_bridge.registry import register
from zarrcodec_bridge.spec import Chunk, CodecSpec, Form
from zarrcodec_bridge.translate import codecs, normalize, same, to_v2, to_v3, translate

del _builtin_codecs

__version__ = "0.1.0"

__all__ = [
    "BackendError",
    "BackendMissingError",
    "BackendUnsupportedError",
    "BridgeError",
    "Chunk",
    "Codec",
    "CodecSpec",
    "DuplicateCodecError",
    "Form",
    "InvalidCodecError",
    "LossError",
    "LossWarning",
    "MissingContextError",
    "NotRepresentableError",
    "Pipeline",
    "Translation",
    "UnknownCodecError",
    "UnsafeCodecError",
    "V2Codec",
    "V3Codec",
    "codecs",
    "explain",
    "json_schema",
    "normalize",
    "register",
    "same",
    "to_v2",
    "to_v3",
    "translate",
]
