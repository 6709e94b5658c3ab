"""Zarr codecs between v2 and v3, JSON and objects: the same chunk bytes decode to the same array, or it is refused.

::

    import zarrcodec_bridge as bridge

    bridge.to_v3({"id": "gzip", "level": 5})      # {"name": "gzip", "configuration": {"level": 5}}

One codec: :func:`normalize`, :func:`to_v2`, :func:`to_v3`, :func:`translate`, :func:`same`, :func:`explain`. Who can
open it: :func:`check`.
Objects: :func:`codec` for both formats, :func:`to_numcodecs`, :func:`to_zarr`, :func:`register_with_zarr`.
A whole encoding: :class:`Pipeline`.
Making arrays: :func:`array_kwargs`, :func:`convert_encoding` for xarray. Whole documents: :func:`metadata_to_v3`,
:func:`metadata_to_v2`, :func:`normalize_metadata`, and :func:`translate_metadata` with notes and losses; kerchunk
references: :func:`references_to_v2`, :func:`references_to_v3`; stores: :func:`migrate`, :func:`undo`. What is known:
:func:`registered_codecs`, :func:`register`, :func:`json_schema`; canonical models are in
``zarrcodec_bridge.codecs.<codec>``. Field types for Pydantic models: :data:`AnyCodec`, :data:`V2Codec`,
:data:`V3Codec`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from zarrcodec_bridge.core.version import __version__ as __version__

if TYPE_CHECKING:
    from zarrcodec_bridge.adapters.both_formats import codec
    from zarrcodec_bridge.adapters.numcodecs import to_numcodecs
    from zarrcodec_bridge.adapters.xarray import convert_encoding
    from zarrcodec_bridge.adapters.zarr_python import register_with_zarr, to_zarr
    from zarrcodec_bridge.arrays import array_kwargs
    from zarrcodec_bridge.core.errors import (
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
    from zarrcodec_bridge.core.model import Codec
    from zarrcodec_bridge.core.registry import register
    from zarrcodec_bridge.core.spec import Chunk, CodecSpec, Form
    from zarrcodec_bridge.documents.metadata import (
        metadata_to_v2,
        metadata_to_v3,
        normalize_metadata,
        translate_metadata,
    )
    from zarrcodec_bridge.documents.references import references_to_v2, references_to_v3
    from zarrcodec_bridge.explanations import explain
    from zarrcodec_bridge.explanations.checks import check
    from zarrcodec_bridge.schemas import json_schema
    from zarrcodec_bridge.schemas.fields import AnyCodec, V2Codec, V3Codec
    from zarrcodec_bridge.stores import migrate, undo
    from zarrcodec_bridge.translation.codec_list import registered_codecs
    from zarrcodec_bridge.translation.one_codec import (
        normalize,
        same,
        to_v2,
        to_v3,
        translate,
    )
    from zarrcodec_bridge.translation.options import Translation
    from zarrcodec_bridge.translation.pipeline import Pipeline

__all__ = [
    "AnyCodec",
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
    "check",
    "codec",
    "convert_encoding",
    "explain",
    "json_schema",
    "metadata_to_v2",
    "metadata_to_v3",
    "migrate",
    "normalize",
    "normalize_metadata",
    "references_to_v2",
    "references_to_v3",
    "register",
    "register_with_zarr",
    "registered_codecs",
    "same",
    "to_numcodecs",
    "to_v2",
    "to_v3",
    "to_zarr",
    "translate",
    "translate_metadata",
    "undo",
]

_LATER: Final = {
    "AnyCodec": "schemas.fields",
    "BackendError": "core.errors",
    "BackendMissingError": "core.errors",
    "BackendUnsupportedError": "core.errors",
    "BridgeError": "core.errors",
    "Chunk": "core.spec",
    "Codec": "core.model",
    "CodecSpec": "core.spec",
    "DuplicateCodecError": "core.errors",
    "Form": "core.spec",
    "InvalidCodecError": "core.errors",
    "LossError": "core.errors",
    "LossWarning": "core.errors",
    "MissingContextError": "core.errors",
    "NotRepresentableError": "core.errors",
    "Pipeline": "translation.pipeline",
    "Translation": "translation.options",
    "UnknownCodecError": "core.errors",
    "UnsafeCodecError": "core.errors",
    "V2Codec": "schemas.fields",
    "V3Codec": "schemas.fields",
    "array_kwargs": "arrays",
    "check": "explanations.checks",
    "codec": "adapters.both_formats",
    "convert_encoding": "adapters.xarray",
    "explain": "explanations",
    "json_schema": "schemas",
    "metadata_to_v2": "documents.metadata",
    "metadata_to_v3": "documents.metadata",
    "migrate": "stores",
    "normalize": "translation.one_codec",
    "normalize_metadata": "documents.metadata",
    "references_to_v2": "documents.references",
    "references_to_v3": "documents.references",
    "register": "core.registry",
    "register_with_zarr": "adapters.zarr_python",
    "registered_codecs": "translation.codec_list",
    "same": "translation.one_codec",
    "to_numcodecs": "adapters.numcodecs",
    "to_v2": "translation.one_codec",
    "to_v3": "translation.one_codec",
    "to_zarr": "adapters.zarr_python",
    "translate": "translation.one_codec",
    "translate_metadata": "documents.metadata",
    "undo": "stores",
}
"""The module of each public name, which is imported when the name is first used."""


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import_module(f"{__name__}.codecs")  # makes the names of the built-in codecs known
    found = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
