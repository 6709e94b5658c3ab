"""Keyword arguments that make an array: one compressor value for any zarr version, format and entry point."""

from __future__ import annotations

from zarrcodec_bridge.arrays.keywords import array_kwargs, translate_array_kwargs

__all__ = ["array_kwargs", "translate_array_kwargs"]
