"""What is asked of a document that is written for a reader. For the specification, nothing is asked or imported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zarrcodec_bridge.core.data_types import DataType
    from zarrcodec_bridge.documents.context import DocumentContext
    from zarrcodec_bridge.translation.pipeline import Pipeline


def check_members(
    document: Mapping[str, Any],
    ndim: int,
    ctx: DocumentContext,
    missing: tuple[Pipeline, Any, DataType] | None = None,
) -> None:
    """Raise :class:`NotRepresentableError` for what the target refuses or reads wrong, shapes and attributes aside.

    `missing` says what missing chunks are: the pipeline, the fill value and the data type.
    """
    if ctx.target != "spec":
        from zarrcodec_bridge.documents.missing_chunks import check_missing_chunks
        from zarrcodec_bridge.documents.reach import check_encoding_members

        if missing is not None:
            check_missing_chunks(*missing, ctx.target)
        check_encoding_members(document, ndim, ctx)


def check_document(
    document: Mapping[str, Any], attributes: Mapping[str, Any], ctx: DocumentContext
) -> None:
    """Raise :class:`NotRepresentableError` for what the target refuses or reads wrong in shapes and attributes."""
    if ctx.target != "spec":
        from zarrcodec_bridge.documents.reach import check_whole_document

        check_whole_document(document, attributes, ctx)
