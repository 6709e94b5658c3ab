"""Zarr codecs between v2 and v3, JSON and objects: the same chunk bytes decode to the same array, or it is refused.

::

    import zarrcodec_bridge as bridge

    bridge.to_v3({"id": "gzip", "level": 5})      # {"name": "gzip", "configuration": {"level": 5}}

One codec: :func:`normalize`, :func:`to_v2`, :func:`to_v3`, :func:`translate`, :func:`same` (:mod:`.translate`),
:func:`explain` (:mod:`.explanations`). Objects: :func:`to_numcodecs` (:mod:`.adapters.numcodecs`), :func:`to_zarr`,
:func:`register_with_zarr` (:mod:`.adapters.zarr_python`). A whole encoding: :class:`Pipeline` (:mod:`.pipeline`).
Making arrays: :func:`array_kwargs` (:mod:`.arrays`), xarray's encodings (:mod:`.adapters.xarray`). Whole documents:
:func:`metadata_to_v3`, :func:`metadata_to_v2`, :func:`normalize_metadata`, and :func:`translate_metadata` with notes
and losses (:mod:`.metadata`), kerchunk references (:mod:`.references`), stores (:mod:`.migrate`). What is known:
:func:`codecs`, :func:`register` (:mod:`.registry`), :func:`json_schema` (:mod:`.schemas`); canonical models are in
``zarrcodec_bridge.codecs.<codec>``. Field types for Pydantic models: :data:`V2Codec`, :data:`V3Codec`
(:mod:`.fields`). Errors: :mod:`.errors`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

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
from zarrcodec_bridge.fields import V2Codec, V3Codec
from zarrcodec_bridge.model import Codec
from zarrcodec_bridge.pipeline import Pipeline, Translation
from zarrcodec_bridge.registry import register
from zarrcodec_bridge.spec import Chunk, CodecSpec, Form
from zarrcodec_bridge.translate import codecs, normalize, same, to_v2, to_v3, translate

if TYPE_CHECKING:
    from zarrcodec_bridge.adapters.numcodecs import to_numcodecs
    from zarrcodec_bridge.adapters.zarr_python import register_with_zarr, to_zarr
    from zarrcodec_bridge.arrays import array_kwargs
    from zarrcodec_bridge.explanations import explain
    from zarrcodec_bridge.metadata import (
        metadata_to_v2,
        metadata_to_v3,
        normalize_metadata,
        translate_metadata,
    )
    from zarrcodec_bridge.schemas import json_schema

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
    "array_kwargs",
    "codecs",
    "explain",
    "json_schema",
    "metadata_to_v2",
    "metadata_to_v3",
    "normalize",
    "normalize_metadata",
    "register",
    "register_with_zarr",
    "same",
    "to_numcodecs",
    "to_v2",
    "to_v3",
    "to_zarr",
    "translate",
    "translate_metadata",
]

_LATER: Final = {
    "array_kwargs": "arrays",
    "explain": "explanations",
    "json_schema": "schemas",
    "metadata_to_v2": "metadata",
    "metadata_to_v3": "metadata",
    "normalize_metadata": "metadata",
    "register_with_zarr": "adapters.zarr_python",
    "to_numcodecs": "adapters.numcodecs",
    "to_zarr": "adapters.zarr_python",
    "translate_metadata": "metadata",
}
"""What is imported when it is first used, and the module that has it."""


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
