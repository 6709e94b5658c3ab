"""What a reader does with JSON as it would read it: codecs, data types, and the encoding of an array, in both formats.

The same functions find what `target=` must refuse before it is written, and what `check` says of what was written.
Nothing is normalised first: a name or a parameter is what the document has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.data_types.names import KIND_OF
from zarrcodec_bridge.core.errors import BridgeError
from zarrcodec_bridge.core.json_values import Dialect
from zarrcodec_bridge.core.messages import excerpt
from zarrcodec_bridge.core.registry import find
from zarrcodec_bridge.core.spec import A2A, B2B
from zarrcodec_bridge.readers.reader import (
    Format,
    Reader,
    ReaderProblem,
    reads_wrong,
    refuses,
)


def encoding_problems(
    reader: Reader, encoding: Mapping[str, Any], *, ndim: int | None = None, keep: bool = False
) -> Iterator[ReaderProblem]:
    """Find what a reader refuses or reads wrong in the encoding of an array.

    Parameters
    ----------
    reader : Reader
        Who would open it.
    encoding : mapping
        `data_type` and `codecs` as a ``zarr.json`` has them, or `dtype`, `order`, `filters` and `compressor` as a
        ``.zarray`` does. Other members are not looked at.
    ndim : int, optional
        The number of axes, where known.
    keep : bool
        Let codecs pass that are not registered.

    Yields
    ------
    ReaderProblem
        None where the reader opens it.

    Example
    -------
    >>> from zarrcodec_bridge.readers import READERS, find_readers
    >>> encoding = {"dtype": "<i4", "order": "F", "filters": None, "compressor": None}
    >>> [problem.verdict for problem in encoding_problems(READERS["netcdf-c"], encoding)]
    ['reads wrong']
    """
    if "codecs" in encoding or "data_type" in encoding:
        yield from _v3_problems(reader, encoding, keep)
    else:
        yield from _v2_problems(reader, encoding, ndim, keep)


def codec_problems(
    reader: Reader,
    dialect: Dialect,
    codec: Any,
    dtype: DataType | None = None,
    *,
    keep: bool = False,
) -> Iterator[ReaderProblem]:
    """Find what a reader refuses or reads wrong in one codec: its name, its parameters, the codecs in it.

    Parameters
    ----------
    reader : Reader
        Who would open it.
    dialect : {"v2", "v3"}
        The format.
    codec : dict or str
        Its JSON.
    dtype : DataType, optional
        The data type of the elements that reach it, where known.
    keep : bool
        Let codecs pass that are not registered.

    Yields
    ------
    ReaderProblem
        None where the reader opens it.
    """
    opened = reader.format(dialect)
    if not reader.knows(dialect):
        yield refuses(f"opens no {dialect}")
        return
    name, params = codec_name(codec), _parameters(dialect, codec)
    if not opened.opens(name):
        if keep and find(dialect, name) is None:
            return
        if name in opened.elsewhere or dialect == "v3" or not opened.extensible:
            behind = f"; {opened.elsewhere[name]} does" if name in opened.elsewhere else ""
            where = " in v2" if dialect == "v2" else ""
            yield refuses(f"does not open it{where}{behind}", name)
            return
    if isinstance(codec, str) and not opened.bare_names:
        yield refuses("does not open a codec that is its name alone", name)
    yield from _parameter_problems(opened, name, params)
    rule = opened.rules.get(name)
    found = rule(params, dtype) if rule is not None else None
    if found is not None:
        yield _about(name, found)
    if dialect == "v3":
        yield from _stored_type_problems(opened, name, params)
    if name == "bytes" and dtype is not None:
        yield from _endian_problems(reader, opened, params, dtype)
    elif name == "sharding_indexed":
        yield from _shard_problems(reader, opened, params, dtype, keep)
    elif dialect == "v3":
        for value in params.values():
            if isinstance(value, list) and value and all(map(_is_codec, value)):
                yield from chain_problems(reader, value, None, keep)


def codec_name(codec: Any) -> str:
    """Give the name of a codec from its JSON in either format."""
    if isinstance(codec, Mapping):
        return str(codec.get("name", codec.get("id")))
    return str(codec)


def _is_codec(value: Any) -> bool:
    return isinstance(value, Mapping) and "name" in value


def _parameters(dialect: Dialect, codec: Any) -> Mapping[str, Any]:
    if not isinstance(codec, Mapping):
        return {}
    if dialect == "v2":
        return codec
    found = codec.get("configuration")
    return found if isinstance(found, Mapping) else {}


def _about(subject: str, found: ReaderProblem) -> ReaderProblem:
    return found if found.subject else replace(found, subject=subject)


def _parameter_problems(
    opened: Format, name: str, params: Mapping[str, Any]
) -> Iterator[ReaderProblem]:
    for key in opened.unknown_keys.get(name, ()):
        if key in params:
            yield refuses(f"opens it without the key {key} only", name)
    for required in opened.required:
        codec, _, key = required.rpartition(".")
        if codec == name and key not in params:
            yield refuses(f"opens it with the key {key} only", name)
    for parameter, (least, most) in opened.limits.items():
        codec, _, key = parameter.rpartition(".")
        value = params.get(key) if codec == name else None
        if type(value) is int and not least <= value <= most:
            yield refuses(f"opens it with {key} from {least} to {most} only, not {value}", name)


def _stored_type_problems(
    opened: Format, name: str, params: Mapping[str, Any]
) -> Iterator[ReaderProblem]:
    """Find the v3 data type that a codec puts out and the reader does not have."""
    found = find("v3", name)
    effect = found[0].array if found is not None else None
    stored = params.get(effect.encodes) if effect is not None and effect.encodes else None
    if stored is None or (
        isinstance(stored, str) and re.fullmatch(r"[<>|]?[a-zA-Z][0-9]*", stored)
    ):
        return  # a type string of NumPy
    dtype = _read_type(stored)
    if dtype is not None and dtype.name not in opened.data_types:
        yield refuses(f"does not open the data type {dtype.name}", name)


def _endian_problems(
    reader: Reader, opened: Format, params: Mapping[str, Any], dtype: DataType
) -> Iterator[ReaderProblem]:
    endian = params.get("endian")
    if not dtype.has_order:
        return
    if endian is None and not dtype.fields and not opened.guesses_endian:
        yield refuses(f"wants the endian of {dtype.name} elements", "bytes")
    if endian == "big":
        yield from _big_endian_problems(reader, opened, dtype)


def _big_endian_problems(
    reader: Reader, opened: Format, dtype: DataType
) -> Iterator[ReaderProblem]:
    if opened.big_endian is not None:
        yield _about(f"big-endian {dtype.name}", opened.big_endian)
    if dtype.name in reader.swapped_wrong:
        yield reads_wrong(
            "decodes big-endian ones wrong in chunks that the array covers in part",
            f"data type {dtype.name}",
        )


def _shard_problems(
    reader: Reader, opened: Format, params: Mapping[str, Any], dtype: DataType | None, keep: bool
) -> Iterator[ReaderProblem]:
    inner, index = (_list(params.get(key)) for key in ("codecs", "index_codecs"))
    location = params.get("index_location", "end")
    if location not in opened.index_locations:
        yield refuses(f"does not find the index of a shard at its {location}", "sharding_indexed")
    if not opened.nested_shards and "sharding_indexed" in map(codec_name, inner):
        yield refuses("opens no shards in shards", "sharding_indexed")
    yield from chain_problems(reader, inner, dtype, keep)
    if opened.index_codecs is not None:
        if tuple(map(codec_name, index)) != opened.index_codecs:
            chain = ", ".join(opened.index_codecs)
            yield refuses(f"opens an index of a shard with {chain} only", "sharding_indexed")
        return
    yield from chain_problems(reader, index, DataType("uint64", 8), keep)
    for codec in index if opened.strict_index else ():
        found = find("v3", codec_name(codec))
        if found is None or found[0].kind == A2A:
            continue
        if not (found[0].preserves_itemsize or found[0].checksum):
            yield refuses("opens no index of a shard with it", codec_name(codec))


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, (list, tuple)) else ()


def chain_problems(
    reader: Reader, chain: Sequence[Any], dtype: DataType | None, keep: bool
) -> Iterator[ReaderProblem]:
    """Find what a reader refuses or reads wrong in a chain of v3 codecs, the first of which sees `dtype`."""
    for index, codec in enumerate(chain):
        yield from codec_problems(reader, "v3", codec, dtype, keep=keep)
        if codec_name(codec) in reader.v3.nothing_after and index < len(chain) - 1:
            yield refuses("opens no codecs after it, only inside it", codec_name(codec))
        dtype = _output_dtype("v3", codec, dtype)


def _output_dtype(dialect: Dialect, codec: Any, dtype: DataType | None) -> DataType | None:
    """Give the data type of the elements that a codec puts out, from its JSON; ``None`` where it is not known."""
    found = find(dialect, codec_name(codec))
    effect = found[0].array if found is not None else None
    if found is None or (found[1].kind or found[0].kind) == B2B:
        return dtype
    if effect is None:
        return None
    if effect.output is not None:
        return DataType.from_v2(effect.output)
    params = _parameters(dialect, codec)
    for parameter in (effect.encodes, effect.views):
        named = params.get(parameter) if parameter else None
        if named is not None:
            return _read_type(named)
    return dtype


def _read_type(value: Any) -> DataType | None:
    try:
        is_v2 = isinstance(value, list) or (isinstance(value, str) and value[:1] in "<>|")
        return DataType.from_v2(value) if is_v2 else DataType.from_v3(value)
    except BridgeError:
        return None


def _v3_problems(
    reader: Reader, encoding: Mapping[str, Any], keep: bool
) -> Iterator[ReaderProblem]:
    if not reader.knows("v3"):
        yield refuses("opens no v3", "zarr_format")
        return
    data_type = encoding.get("data_type")
    dtype = DataType.from_v3(data_type) if data_type is not None else None
    if dtype is not None:
        yield from _v3_type_problems(reader, data_type, dtype)
    yield from chain_problems(reader, _list(encoding.get("codecs")), dtype, keep)
    if "codecs" in encoding and reader.v3.encoding_rule is not None:
        found = reader.v3.encoding_rule(encoding)
        if found is not None:
            yield _about("codecs", found)


def _v3_type_problems(reader: Reader, written: Any, dtype: DataType) -> Iterator[ReaderProblem]:
    opened = reader.v3
    name = written.get("name") if isinstance(written, Mapping) else written
    unopened = _unopened(dtype, opened.data_types, opened)
    if unopened is not None:
        yield refuses("does not open it", f"data type {unopened}")
    elif dtype.name == "raw_bytes" and opened.raw_bits == (name == "raw_bytes"):
        other = f"r{(dtype.itemsize or 0) * 8}" if opened.raw_bits else "raw_bytes"
        yield refuses(f"does not open it; it knows {other}", f"data type {name}")
    elif dtype.fields and opened.listed_fields and name == "struct":
        yield refuses("does not open it; it knows structured", "data type struct")
    elif opened.type_rule is not None and (found := opened.type_rule(dtype)) is not None:
        yield _about(f"data type {dtype.name}", found)


def _unopened(dtype: DataType, names: frozenset[str], opened: Format) -> str | None:
    """The first data type in `dtype` that is not among `names`."""
    if dtype.name not in names:
        return dtype.name
    if 0 < len(dtype.fields) < opened.fewest_fields:
        return f"{dtype.name} of a single field"
    inner = names if opened.field_types is None else opened.field_types
    for field in dtype.fields:
        if field.dtype.fields and not opened.nested_structs:
            return f"struct of field {field.name!r}"
        found = _unopened(field.dtype, inner, opened)
        if found is not None:
            return f"{found} of field {field.name!r}"
    return None


def _v2_problems(
    reader: Reader, encoding: Mapping[str, Any], ndim: int | None, keep: bool
) -> Iterator[ReaderProblem]:
    opened = reader.v2
    if not reader.knows("v2"):
        yield refuses("opens no v2", "zarr_format")
        return
    filters, compressor = _list(encoding.get("filters")), encoding.get("compressor")
    dtype = DataType.from_v2(encoding["dtype"])
    yield from slot_problems(reader, filters, compressor, dtype, keep)
    known = any(codec_name(codec) in opened.objects for codec in filters)
    if known != (dtype.name == "object"):
        names = " or ".join(sorted(opened.objects)) or "numbers"
        yield refuses(f"reads '|O' with {names} alone", f"data type {excerpt(encoding['dtype'])}")
    yield from _v2_type_problems(reader, dtype)
    if opened.encoding_rule is not None and (found := opened.encoding_rule(encoding)) is not None:
        yield found
    wrong = opened.order_f
    is_f = encoding.get("order") == "F" and (ndim is None or ndim > 1)
    if wrong is not None and (
        is_f or (encoding.get("order") == "F" and wrong.verdict == "refuses")
    ):
        yield _about("order 'F'", wrong)


def slot_problems(
    reader: Reader,
    filters: Sequence[Any],
    compressor: Any,
    dtype: DataType | None,
    keep: bool = False,
) -> Iterator[ReaderProblem]:
    """Find the problems with the codecs of a v2 array, each in its slot."""
    opened = reader.v2
    if filters and opened.filters == frozenset():
        yield refuses("opens no v2 array with filters", "filters")
    seen = dtype
    for codec in filters:
        name = codec_name(codec)
        if opened.filter_rule is not None:
            found = opened.filter_rule(codec, seen)
            if found is not None:
                yield _about(name, found)
        else:
            problems = [*codec_problems(reader, "v2", codec, seen, keep=keep)]
            yield from problems
            if opened.filters and opened.opens(name) and name not in opened.filters:
                yield refuses("opens it as compressor, not as filter", name)
        seen = _output_dtype("v2", codec, seen)
    if compressor is not None:
        name = codec_name(compressor)
        yield from codec_problems(reader, "v2", compressor, seen, keep=keep)
        if opened.compressors is not None and opened.opens(name) and name not in opened.compressors:
            yield refuses("opens it as filter, not as compressor", name)


def _v2_type_problems(reader: Reader, dtype: DataType) -> Iterator[ReaderProblem]:
    """Find the problems with the data type of a v2 array."""
    opened = reader.v2
    subject = f"data type {dtype.name}"
    if dtype.name not in opened.data_types:
        yield refuses("does not open it in v2", subject)
        return
    if opened.type_rule is not None and (found := opened.type_rule(dtype)) is not None:
        yield _about(subject, found)
    if dtype.endian == "big":
        yield from _big_endian_problems(reader, opened, dtype)
    if dtype.name in KIND_OF and not dtype.itemsize:
        yield refuses("opens no items of no bytes", subject)
    for field in dtype.fields:
        what = f"field {field.name!r}"
        if field.shape and not opened.subarrays:
            yield refuses("opens no subarray fields", what)
        if field.dtype.fields and not opened.nested_structs:
            yield refuses("opens no structs in structs", what)
        yield from _v2_type_problems(reader, field.dtype)


def lone_v2_problems(
    reader: Reader, codec: Any, dtype: DataType | None, keep: bool
) -> Iterator[ReaderProblem]:
    """Find the problems with a v2 codec that may stand in either slot."""
    if reader.v2.filter_rule is None or reader.v2.opens(codec_name(codec)):
        yield from codec_problems(reader, "v2", codec, dtype, keep=keep)
        return
    found = reader.v2.filter_rule(codec, dtype)
    if found is not None:
        yield _about(codec_name(codec), found)
