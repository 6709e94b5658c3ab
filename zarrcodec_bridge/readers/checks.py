"""Whether a reader opens an encoding, by what its file says: asked of the JSON that it would read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.data_types.names import KIND_OF
from zarrcodec_bridge.core.errors import NotRepresentableError
from zarrcodec_bridge.core.json_values import Dialect
from zarrcodec_bridge.core.messages import excerpt
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.propagation import name_of
from zarrcodec_bridge.core.spec import Chunk
from zarrcodec_bridge.core.validity import codec_problems
from zarrcodec_bridge.readers.reader import Format, Reader

__all__ = [
    "check_array",
    "check_v2",
    "check_v2_codec",
    "check_v3_chain",
    "check_v3_codec",
    "check_v3_type",
]


def check_v2(reader: Reader, encoding: Mapping[str, Any]) -> None:
    """Refuse a v2 encoding that a reader does not open, or reads wrong.

    Parameters
    ----------
    reader : Reader
        Who would open it.
    encoding : mapping
        `dtype`, `filters` and `compressor` as a ``.zarray`` has them.

    Raises
    ------
    NotRepresentableError
        With what is not opened.
    """
    filters = encoding["filters"] or []
    compressor = encoding["compressor"]
    opened = reader.v2
    if filters and not opened.filters:
        raise _refusal("v2", "filters", f"{reader.name} opens no v2 array with filters")
    ids = [codec["id"] for codec in filters]
    for codec in (*filters, *([compressor] if compressor else ())):
        check_v2_codec(reader, codec)
    for name in opened.only_compressors.intersection(ids):
        raise _refusal("v2", name, f"{reader.name} opens it as compressor, not as filter")
    dtype = DataType.from_v2(encoding["dtype"])
    if any(name in opened.objects for name in ids) != (dtype.name == "object"):
        known = " or ".join(sorted(opened.objects)) or "numbers"
        raise _refusal(
            "v2",
            f"data type {excerpt(encoding['dtype'])}",
            f"{reader.name} reads '|O' with {known} alone",
        )
    _check_v2_type(reader, dtype)


def check_v2_codec(reader: Reader, codec: Mapping[str, Any]) -> None:
    """Refuse the JSON of a v2 codec that a reader does not open.

    Raises :class:`NotRepresentableError`.
    """
    name, opened = codec["id"], reader.v2
    if not opened.opens(name) and (name in opened.elsewhere or not opened.extensible):
        behind = f"; {opened.elsewhere[name]} does" if name in opened.elsewhere else ""
        raise _refusal("v2", name, f"{reader.name} does not open it in v2{behind}")
    for key in opened.unknown_keys.get(name, ()):
        if key in codec:
            raise _refusal("v2", name, f"{reader.name} opens it without the key {key} only")


def _check_v2_type(reader: Reader, dtype: DataType) -> None:
    """Refuse the data type of a v2 array that a reader does not open, or reads wrong.

    Raises :class:`NotRepresentableError`.
    """
    subject = f"data type {dtype.name}"
    if dtype.name not in reader.v2.data_types:
        raise _refusal("v2", subject, f"{reader.name} does not open it in v2")
    if dtype.name in reader.swapped_wrong and dtype.endian == "big":
        raise _swapped_wrong("v2", reader, dtype)
    if dtype.name in KIND_OF and not dtype.itemsize:
        raise _refusal("v2", subject, f"{reader.name} opens no items of no bytes")
    for field in dtype.fields:
        what = f"field {field.name!r}"
        if field.shape and not reader.v2.subarrays:
            raise _refusal("v2", what, f"{reader.name} opens no subarray fields")
        if field.dtype.fields and not reader.v2.nested_structs:
            raise _refusal("v2", what, f"{reader.name} opens no structs in structs")
        _check_v2_type(reader, field.dtype)


def check_v3_type(reader: Reader, dtype: DataType) -> None:
    """Refuse the data type of a v3 array that a reader does not open.

    Raises :class:`NotRepresentableError`.
    """
    unopened = _unopened(dtype, reader.v3.data_types, reader.v3)
    if unopened is not None:
        raise _refusal("v3", f"data type {unopened}", f"{reader.name} does not open it")


def check_v3_codec(reader: Reader, codec: Mapping[str, Any], dtype: DataType | None) -> None:
    """Refuse the JSON of a v3 codec that a reader reads wrong for elements of a data type.

    Raises :class:`NotRepresentableError`.
    """
    is_big_endian = codec["name"] == "bytes" and codec.get("configuration") == {"endian": "big"}
    if is_big_endian and dtype is not None and dtype.name in reader.swapped_wrong:
        raise _swapped_wrong("v3", reader, dtype)


def check_v3_chain(reader: Reader, chain: Sequence[Mapping[str, Any]]) -> None:
    """Refuse the JSON of a chain of v3 codecs, each of which a reader opens, and which it does not open together.

    Raises :class:`NotRepresentableError`.
    """
    for codec in chain[:-1]:
        if codec["name"] in reader.v3.nothing_after:
            raise _refusal(
                "v3", codec["name"], f"{reader.name} opens no codecs after it, only inside it"
            )


def check_array(reader: Reader, codecs: Sequence[Codec], array: Chunk) -> None:
    """Refuse codecs that do not fit the array itself, for a reader that asks this of each of them.

    Raises :class:`NotRepresentableError`.
    """
    for codec in codecs if reader.v3.checks_array else ():
        problem = next(codec_problems(codec, array, ()), None)
        if problem is not None:
            raise _refusal(
                "v3",
                name_of(codec),
                f"{reader.name} takes it for a codec of the array as it is: {problem}",
            )


def _unopened(dtype: DataType, names: frozenset[str], opened: Format) -> str | None:
    """The first data type in `dtype` that is not among `names`."""
    if dtype.name not in names:
        return dtype.name
    if 0 < len(dtype.fields) < opened.fewest_fields:
        return f"{dtype.name} of a single field"
    inner = names if opened.field_types is None else opened.field_types
    for field in dtype.fields:
        found = _unopened(field.dtype, inner, opened)
        if found is not None:
            return f"{found} of field {field.name!r}"
    return None


def _swapped_wrong(dialect: Dialect, reader: Reader, dtype: DataType) -> NotRepresentableError:
    return _refusal(
        dialect,
        f"data type {dtype.name}",
        f"{reader.name} decodes big-endian ones wrong in chunks that the array covers in part",
    )


def _refusal(dialect: Dialect, subject: str, reason: str) -> NotRepresentableError:
    return NotRepresentableError(dialect, subject, reason)
