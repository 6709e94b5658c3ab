"""The rows in which a pipeline shows itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from zarrcodec_bridge.core.data_types import describe_dtype
from zarrcodec_bridge.core.json_values import KIND_WORDS
from zarrcodec_bridge.core.messages import Cell, Row
from zarrcodec_bridge.core.propagation import kind_of

if TYPE_CHECKING:
    from zarrcodec_bridge.translation.pipeline import Pipeline


def pipeline_rows(pipeline: Pipeline) -> Iterator[Row]:
    """Give the data type, the codecs in the order in which they encode, and the notes."""
    chunk = "" if pipeline.chunk_shape is None else f", chunks of shape {pipeline.chunk_shape}"
    yield [Cell(f"encoding of {describe_dtype(pipeline.data_type)}{chunk}", "title")]
    for codec in pipeline.codecs:
        kind = kind_of(codec)
        yield [
            Cell("  codec" if kind is None else f"  {KIND_WORDS[kind]}", "label"),
            Cell(repr(codec), "code"),
        ]
    for slot in sorted(pipeline.auto):
        yield [Cell(f"  {slot}", "label"), Cell("auto: left to whoever creates the array")]
    for note in pipeline.notes:
        yield [Cell("  note", "label"), Cell(note.text, "note")]
