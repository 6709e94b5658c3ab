"""Whether a reader gives the fill value for the missing chunks of a v3 array."""

from __future__ import annotations

from typing import Any

from zarrcodec_bridge.codecs.bitround import MANTISSA, Bitround
from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.messages import excerpt
from zarrcodec_bridge.documents.fill_values import AT
from zarrcodec_bridge.documents.fill_values.binary import pack
from zarrcodec_bridge.readers import find_readers
from zarrcodec_bridge.readers.reader import Reader, ReaderProblem, reads_wrong
from zarrcodec_bridge.readers.refusals import refusal
from zarrcodec_bridge.translation.pipeline import Pipeline


def check_missing_chunks(pipeline: Pipeline, fill_value: Any, dtype: DataType, target: str) -> None:
    """Raise :class:`NotRepresentableError` if `target` reads missing chunks as another value than `fill_value`."""
    for reader in find_readers(target):
        problem = fill_problem(reader, pipeline, fill_value, dtype)
        if problem is not None:
            raise refusal(reader, "v3", problem)


def fill_problem(
    reader: Reader, pipeline: Pipeline, fill_value: Any, dtype: DataType
) -> ReaderProblem | None:
    """Find the problem of a reader that gives another value than `fill_value` for missing chunks."""
    if "bitround" not in reader.fills_through:
        return None
    for codec in pipeline.walk():
        if isinstance(codec, Bitround) and not _is_round(fill_value, dtype, codec.keepbits):
            return reads_wrong(
                "rounds it as bitround says, and missing chunks would read as another number",
                f"fill value {excerpt(fill_value)}",
                "fill them, or choose another reader",
            )
    return None


def _is_round(value: Any, dtype: DataType, keepbits: int) -> bool:
    if dtype.name in MANTISSA:
        bits = int.from_bytes(pack(value, dtype.with_endian("little"), AT), "little")
        return bits & ((1 << max(MANTISSA[dtype.name] - keepbits, 0)) - 1) == 0
    if type(value) is int and dtype.name.lstrip("u").startswith("int"):
        return value >= 0 and value.bit_length() <= keepbits
    return value in (0, [0, 0])
