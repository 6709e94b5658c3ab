"""Where an array document is not as the specification has it: each by a name that the readers' data use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.errors import BridgeError
from zarrcodec_bridge.readers.reader import Format, ReaderProblem, refuses

NEED_NO_CONFIGURATION: Final = frozenset(
    "bytes crc32c packbits scale_offset vlen-bytes vlen-utf8".split()
)
"""v3 codecs that the specification has with no parameters, or with none that must be given."""

_EXTENSION_POINTS: Final = ("chunk_grid", "chunk_key_encoding")


class Deviation(NamedTuple):
    """One deviation from the specification."""

    name: str
    """As :attr:`Format.opens_deviations` has it."""
    subject: str
    """The member of the document."""
    reason: str
    """A sentence without its subject, a reader that does not open it."""


def deviation_problems(opened: Format, document: Mapping[str, Any]) -> Iterator[ReaderProblem]:
    """Find where a document deviates from the specification in a way that a reader does not open."""
    find = _deviations_v3 if "codecs" in document else _deviations_v2
    for deviation in find(document):
        if deviation.name not in opened.opens_deviations:
            yield refuses(deviation.reason, deviation.subject)


def _deviations_v3(document: Mapping[str, Any]) -> Iterator[Deviation]:
    for member in ("node_type", "chunk_key_encoding", "fill_value"):
        if member not in document:
            yield _missing(member)
    for member in ("fill_value", "attributes", "dimension_names"):
        if member in document and document[member] is None:
            yield _null(member)
    if "extensions" in document:
        yield Deviation("extensions", "extensions", "does not know this member")
    for member in _EXTENSION_POINTS:
        if isinstance(document.get(member), str):
            yield Deviation(f"named {member}", member, "wants an object, not a name alone")
        else:
            yield from _object_deviations(document.get(member), member)
    yield from _codec_deviations(document["codecs"])
    yield from _length_deviations(document)


def _codec_deviations(codecs: Any) -> Iterator[Deviation]:
    for codec in codecs if isinstance(codecs, (list, tuple)) else ():
        if not isinstance(codec, Mapping):
            continue
        name = str(codec.get("name"))
        is_needed = name not in NEED_NO_CONFIGURATION and not name.startswith("imagecodecs_")
        if "configuration" not in codec and is_needed:
            yield Deviation("no configuration", name, "wants its configuration, also where empty")
        yield from _object_deviations(codec, name)
        configuration = codec.get("configuration")
        for value in configuration.values() if isinstance(configuration, Mapping) else ():
            yield from _codec_deviations(value)


def _object_deviations(value: Any, subject: str) -> Iterator[Deviation]:
    """Find what an object with a name and a configuration should not have."""
    if not isinstance(value, Mapping):
        return
    if "must_understand" in value:
        yield Deviation("must_understand", subject, "does not know must_understand there")
    if "configuration" in value and value["configuration"] is None:
        yield Deviation("null configuration", subject, "wants a configuration that is an object")


def _deviations_v2(document: Mapping[str, Any]) -> Iterator[Deviation]:
    for member in ("order", "filters", "compressor", "fill_value"):
        if member not in document:
            yield _missing(member)
    for member in ("order", "dimension_separator"):
        if member in document and document[member] is None:
            yield _null(member)
    if document.get("filters") == []:
        yield Deviation("empty filters", "filters", "wants null where there are none")
    dtype = document.get("dtype")
    if isinstance(dtype, str) and _spell(dtype) != dtype:
        kind = "ordered bytes" if dtype[:1] in "<>" and dtype[1:2] in "biuS" else "other dtype"
        yield Deviation(kind, "dtype", f"does not know this spelling of {_spell(dtype)}")
    yield from _length_deviations(document)


def _spell(dtype: str) -> str:
    try:
        return str(DataType.from_v2(dtype).to_v2())
    except BridgeError:
        return dtype


def _length_deviations(document: Mapping[str, Any]) -> Iterator[Deviation]:
    for member in ("shape", "chunks"):
        lengths = document.get(member)
        if isinstance(lengths, (int, float)):
            yield Deviation("bare length", member, "wants a list of lengths")
        if isinstance(lengths, (list, tuple)) and any(isinstance(n, float) for n in lengths):
            yield Deviation("fractional lengths", member, "wants whole numbers, such as 4 for 4.0")


def _missing(member: str) -> Deviation:
    return Deviation(f"no {member}", member, "wants this member")


def _null(member: str) -> Deviation:
    return Deviation(f"null {member}", member, "wants no null there")
