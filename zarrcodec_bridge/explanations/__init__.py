"""Explain a codec or a whole encoding: both formats, and who reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from zarrcodec_bridge.core.data_types import DTypeLike, describe_dtype
from zarrcodec_bridge.core.errors import shorten_tracebacks
from zarrcodec_bridge.core.options import Unknown
from zarrcodec_bridge.core.propagation import kind_of, name_of
from zarrcodec_bridge.core.registry import spec_of
from zarrcodec_bridge.core.spec import Dialect
from zarrcodec_bridge.documents.encodings import read_encoding
from zarrcodec_bridge.explanations.explanation import ArrayDocument, Explanation, Spelling
from zarrcodec_bridge.explanations.formats import (
    Translate,
    add_names,
    codec_slots,
    encoding_slots,
    has_kept_codec,
    narrow_readers,
    spell_both,
)
from zarrcodec_bridge.explanations.hierarchy_explanation import HierarchyExplanation, explain_arrays
from zarrcodec_bridge.explanations.inputs import Input, read_input
from zarrcodec_bridge.explanations.python import array_code, codec_code
from zarrcodec_bridge.readers import TargetName
from zarrcodec_bridge.translation.one_codec import normalize, translate
from zarrcodec_bridge.translation.options import Translation, make_options
from zarrcodec_bridge.translation.pipeline import Pipeline

__all__ = ["Explanation", "HierarchyExplanation", "Input", "Spelling", "explain", "read_input"]


@shorten_tracebacks
def explain(
    source: Any,
    *,
    dtype: DTypeLike | None = None,
    ndim: int | None = None,
    target: TargetName = "spec",
    unknown: Unknown = "error",
    strict: bool = False,
    storage_options: Mapping[str, Any] | None = None,
) -> Explanation | HierarchyExplanation:
    """Explain a codec, an encoding, or the arrays of a store: the JSON in both formats, and who reads it.

    Parameters
    ----------
    source : object
        A codec as for :func:`~zarrcodec_bridge.translation.one_codec.normalize`; a whole encoding: a
        :class:`Pipeline`, a ``.zarray`` or ``zarr.json`` (or their encoding members), an encoding of xarray, an open
        array of zarr-python or its metadata, or with `dtype` a list of codecs; a hierarchy: consolidated metadata,
        kerchunk references, a store, an open group; or the path or the URL of any of them.
    dtype : optional
        The data type of the elements, in any spelling, where `source` has none.
    ndim : int, optional
        The number of axes of a chunk, where `source` has no chunk shape.
    target : str or tuple of str
        The reader that the v3 JSON is for.
    unknown : {"error", "keep", "wrap"}
        What to do with an unregistered codec name.
    strict : bool
        Refuse keys that other writers are known to leave.
    storage_options : mapping, optional
        For a URL: what fsspec's file system takes.

    Returns
    -------
    Explanation or HierarchyExplanation
        Prints as text. Why a format refuses it, and the losses, are part of it; neither is raised. Of a hierarchy,
        an explanation of each array.

    Raises
    ------
    InvalidCodecError, UnknownCodecError
        `source` cannot be read; of a hierarchy, its explanation says why an array cannot.
    MissingContextError
        A list of codecs, or the members of an encoding, without a data type.
    NotRepresentableError
        A document with storage transformers: its codecs do not say where its chunks are.
    MigrationError, BackendMissingError
        The store cannot be opened.

    Example
    -------
    >>> explain({"id": "gzip", "level": 5}).code
    'zarr.codecs.GzipCodec(level=5)'
    """
    make_options(target, unknown=unknown)

    def explain_encoding(value: Any) -> Explanation:
        pipeline = read_encoding(value, dtype=dtype, ndim=ndim, unknown=unknown, strict=strict)
        if pipeline is not None:
            return _explain_encoding(pipeline, target, unknown)
        return _explain_codec(value, dtype, target, unknown, strict)

    with read_input(source, storage_options=storage_options, unknown=unknown) as found:
        if found.kind in ("consolidated", "references", "store"):
            return explain_arrays(found, explain_encoding, as_it_is=target == "spec")
        given = found.value if found.live is None else found.live
        if found.live is not None and not isinstance(source, Mapping):
            given = Pipeline.from_metadata(found.live)
        explained = explain_encoding(given)
        if found.kind != "array" or target != "spec":
            return explained
        return narrow_readers(explained, ArrayDocument("", found.value, found.attributes))


def _explain_codec(
    source: Any, dtype: Any, target: TargetName, unknown: Unknown, strict: bool
) -> Explanation:
    codec = normalize(source, dtype=dtype, unknown=unknown, strict=strict)

    def translate_to(to: Dialect, name: TargetName = "spec") -> Translation:
        return translate(
            source,
            to=to,
            dtype=dtype,
            target=name,
            on_loss="ignore",
            unknown=unknown,
            strict=strict,
        )

    spec = spec_of(type(codec))
    sides = spell_both(translate_to, target, codec_slots(codec, spec), has_kept_codec(codec))
    return Explanation(
        title=name_of(codec),
        kind=kind_of(codec),
        v2=add_names(sides["v2"], spec),
        v3=add_names(sides["v3"], spec),
        code=_python_code(translate_to, codec_code, sides["v3"]),
        docs=(spec.docs,) if spec is not None and spec.docs else (),
    )


def _explain_encoding(pipeline: Pipeline, target: TargetName, unknown: Unknown) -> Explanation:
    def translate_to(to: Dialect, name: TargetName = "spec") -> Translation:
        return pipeline.translate(to, target=name, on_loss="ignore", unknown=unknown)

    codecs = list(pipeline.walk())
    specs = [spec_of(type(codec)) for codec in codecs]
    sides = spell_both(translate_to, target, encoding_slots, any(map(has_kept_codec, codecs)))
    return Explanation(
        title=f"encoding of {describe_dtype(pipeline.data_type)}",
        kind=None,
        v2=sides["v2"],
        v3=sides["v3"],
        code=_python_code(translate_to, array_code, sides["v3"]),
        docs=tuple(dict.fromkeys(spec.docs for spec in specs if spec is not None and spec.docs)),
    )


def _python_code(
    translate_to: Translate, code: Callable[[dict[str, Any]], str], side: Spelling
) -> str:
    if "zarr-python" not in (*side.readers, *side.other_targets):
        return ""
    return code(translate_to("v3", "zarr-python").result)
