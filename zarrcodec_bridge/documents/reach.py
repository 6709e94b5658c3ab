"""What a reader does with a document as it is: it opens it, refuses it, or reads other values without an error."""

from __future__ import annotations

import binascii
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.errors import BridgeError, InvalidCodecError, NotRepresentableError
from zarrcodec_bridge.core.json_values import Dialect
from zarrcodec_bridge.core.messages import excerpt
from zarrcodec_bridge.core.propagation import array_chunk
from zarrcodec_bridge.documents.context import DocumentContext
from zarrcodec_bridge.documents.deviations import deviation_problems
from zarrcodec_bridge.documents.encodings import read_encoding
from zarrcodec_bridge.documents.fill_values.encoded import check_fill_value
from zarrcodec_bridge.documents.members import DIMENSIONS, is_json
from zarrcodec_bridge.documents.missing_chunks import fill_problem
from zarrcodec_bridge.readers import find_readers
from zarrcodec_bridge.readers.checks import codec_name, codec_problems, encoding_problems
from zarrcodec_bridge.readers.reader import Format, Reader, ReaderProblem, refuses
from zarrcodec_bridge.readers.refusals import check_array, first_refusal
from zarrcodec_bridge.translation.encodings import V3Encoding


def problems_for(
    reader: Reader, source: Mapping[str, Any] | str, attributes: Mapping[str, Any] | None = None
) -> tuple[ReaderProblem, ...]:
    """Find what a reader refuses or reads wrong in a document, an encoding or a codec, as it is.

    Parameters
    ----------
    reader : Reader
        One of :data:`~zarrcodec_bridge.readers.READERS`, or of ``find_readers(target)``.
    source : dict or str
        The ``.zarray`` or ``zarr.json`` of an array; the members of one that say how chunks are encoded (`dtype`,
        `filters`, `compressor`, `order`; `data_type`, `codecs`); or the JSON of one codec. It is not normalised.
    attributes : dict, optional
        The ``.zattrs`` beside a ``.zarray``. In a ``zarr.json`` they are a member.

    Returns
    -------
    tuple of ReaderProblem
        Empty where the reader opens it, and gives the values that were written. Where one problem has the verdict
        "refuses", the reader refuses it; else it reads it wrong.

    Raises
    ------
    InvalidCodecError
        Its data type is malformed.

    Example
    -------
    >>> from zarrcodec_bridge.readers import READERS
    >>> for problem in problems_for(READERS["netcdf-c"], {"zarr_format": 2, "shape": [4, 4], "chunks": [2, 2],
    ...         "dtype": "<f4", "order": "F", "filters": None, "compressor": None, "fill_value": 0}):
    ...     print(problem.verdict, "|", problem.reason)
    reads wrong | ignores order F, and gives the elements in order C
    """
    if isinstance(source, str) or "id" in source or "name" in source:
        dialect: Dialect = "v2" if isinstance(source, Mapping) and "id" in source else "v3"
        return tuple(codec_problems(reader, dialect, source))
    shape = source.get("shape")
    ndim = len(shape) if isinstance(shape, (list, tuple)) else None
    found = [*encoding_problems(reader, source, ndim=ndim)]
    if found and found[0].subject == "zarr_format":
        return tuple(found)
    found += _array_problems(reader, source)
    if "shape" in source:
        found += deviation_problems(reader.v3 if "codecs" in source else reader.v2, source)
        found += _member_problems(reader, source)
    if ndim is not None:
        found += _whole_problems(reader, source, attributes)
    return tuple(dict.fromkeys(found))


def check_encoding_members(document: Mapping[str, Any], ndim: int, ctx: DocumentContext) -> None:
    """Raise :class:`NotRepresentableError` for a fill value that the target refuses or reads wrong.

    The encoding was checked when it was written.
    """
    readers = find_readers(ctx.target)
    if not readers:
        return
    if any(codec_name(codec) == "scale_offset" for codec in document.get("codecs", ())):
        _check_computed_fill_value(document)

    def find_all(reader: Reader) -> Iterator[ReaderProblem]:
        yield from encoding_problems(reader, document, ndim=ndim)
        yield from _member_problems(reader, document)

    first_refusal(
        readers, _dialect(document), partial(_member_problems, document=document), find_all
    )


def _check_computed_fill_value(document: Mapping[str, Any]) -> None:
    """Raise :class:`NotRepresentableError` where `scale_offset` and `cast_value` cannot encode the fill value."""
    found = read_encoding(document, unknown="keep")
    if found is not None:
        try:
            check_fill_value(found.encoding.codecs, document["fill_value"], found.data_type)
        except InvalidCodecError as error:
            raise NotRepresentableError(
                "v3", f"fill value {excerpt(document['fill_value'])}", error.problems[0].message
            ) from None


def check_whole_document(
    document: Mapping[str, Any], attributes: Mapping[str, Any], ctx: DocumentContext
) -> None:
    """Raise :class:`NotRepresentableError` for what the target refuses or reads wrong in shapes and attributes."""
    readers = find_readers(ctx.target)
    if readers:
        if ctx.chunk_keys is not None and "chunk_key_encoding" in document:
            document = {**document, "chunk_key_encoding": ctx.chunk_keys}
        first_refusal(
            readers,
            _dialect(document),
            partial(_whole_problems, document=document, attributes=attributes),
            partial(problems_for, source=document, attributes=attributes),
        )


def _dialect(document: Mapping[str, Any]) -> Dialect:
    return "v3" if "codecs" in document else "v2"


def _array_problems(reader: Reader, source: Mapping[str, Any]) -> Iterator[ReaderProblem]:
    """Find the problems that only the models of the codecs tell; none where they cannot be read."""
    if "codecs" not in source or not (reader.v3.checks_array or reader.fills_through):
        return
    try:
        pipeline = read_encoding(source, unknown="keep")
    except BridgeError:
        return
    if pipeline is None or not isinstance(pipeline.encoding, V3Encoding):
        return
    if reader.v3.checks_array:
        array = array_chunk(pipeline.data_type, pipeline.ndim, pipeline.chunk_shape)
        try:
            check_array(reader, pipeline.encoding.codecs, array)
        except NotRepresentableError as error:
            yield refuses(error.reason.removeprefix(f"{reader.title} "), error.codec)
    if "fill_value" in source:
        found = fill_problem(reader, pipeline, source["fill_value"], pipeline.data_type)
        if found is not None:
            yield found


def _member_problems(reader: Reader, document: Mapping[str, Any]) -> Iterator[ReaderProblem]:
    """Find the problems with the fill value."""
    dialect = _dialect(document)
    opened = reader.format(dialect)
    if "fill_value" in document:
        dtype = (
            DataType.from_v3(document["data_type"])
            if dialect == "v3"
            else DataType.from_v2(document["dtype"])
        )
        yield from _fill_problems(reader, opened, dialect, document["fill_value"], dtype)


def _fill_problems(
    reader: Reader, opened: Format, dialect: Dialect, value: Any, dtype: DataType
) -> Iterator[ReaderProblem]:
    subject = f"fill value {excerpt(value)}"
    found = opened.fill_rule(value, dtype) if opened.fill_rule is not None else None
    if found is not None:
        yield ReaderProblem(found.verdict, found.reason, found.subject or subject, found.help)
    if dialect == "v3":
        return
    if value is None and dtype.name in opened.no_null_fill:
        yield refuses(f"opens no {dtype.name} array with this fill value", subject)
    if reader.padded_fill and dtype.name == "null_terminated_bytes" and isinstance(value, str):
        try:
            length = len(binascii.a2b_base64(value))
        except ValueError:
            return
        if length != dtype.itemsize:
            yield refuses(f"wants all {dtype.itemsize} bytes of it", subject)


def _key_problem(
    opened: Format, dialect: Dialect, document: Mapping[str, Any]
) -> ReaderProblem | None:
    if dialect == "v2":
        name, separator = "v2", document.get("dimension_separator") or "."
    else:
        encoding = document.get("chunk_key_encoding")
        if isinstance(encoding, str):
            encoding = {"name": encoding}
        if not isinstance(encoding, Mapping):
            return None
        name = str(encoding.get("name"))
        configuration = encoding.get("configuration")
        if not isinstance(configuration, Mapping):
            configuration = {}
        separator = configuration.get("separator", "." if name == "v2" else "/")
    if separator in opened.keys.get(name, ()):
        return None
    subject = f"chunk key encoding {name}"
    if opened.other_keys is None or name not in ("default", "v2"):
        return refuses("does not open it", subject)
    return ReaderProblem(
        opened.other_keys.verdict,
        opened.other_keys.reason,
        f"{subject} with {excerpt(separator)}",
        "copy the chunks to the keys of the encoding 'default' (c/0/0)",
    )


def _whole_problems(
    reader: Reader, document: Mapping[str, Any], attributes: Mapping[str, Any] | None = None
) -> Iterator[ReaderProblem]:
    """Find the problems with shapes, the chunk grid, names and attributes."""
    dialect = _dialect(document)
    opened = reader.format(dialect)
    shape = document["shape"]
    found = None if 0 in shape else _key_problem(opened, dialect, document)  # it has no chunks
    if found is not None:
        yield found
    if not shape and not opened.scalars:
        yield refuses("opens no array without axes", "shape")
    if 0 in shape and not opened.zero_lengths:
        yield refuses("opens no array with an axis of length 0", "shape")
    grid = document.get("chunk_grid")
    name = grid.get("name") if isinstance(grid, Mapping) else grid
    if dialect == "v3" and isinstance(name, str) and name not in opened.grids:
        option = opened.option_for_grid.get(name)
        behind = f" without its option {option}" if option else ""
        yield refuses(f"does not open it{behind}", f"chunk grid {name}")
    if dialect == "v3":
        attributes = document.get("attributes")
    given: Mapping[str, Any] = attributes if isinstance(attributes, Mapping) else {}
    if opened.strict_json and not is_json(given):
        yield refuses("refuses NaN and infinity, which JSON does not allow", "attributes")
    yield from _name_problems(opened, dialect, document, given)
    found = opened.document_rule(document, given) if opened.document_rule is not None else None
    if found is not None:
        yield found


def _name_problems(
    opened: Format, dialect: Dialect, document: Mapping[str, Any], attributes: Mapping[str, Any]
) -> Iterator[ReaderProblem]:
    member = "dimension_names" if dialect == "v3" else f"attributes.{DIMENSIONS}"
    names = document.get("dimension_names") if dialect == "v3" else attributes.get(DIMENSIONS)
    if not isinstance(names, list):
        return
    named = [name for name in names if isinstance(name, str)]
    if len(set(named)) < len(named) and not opened.equal_dimension_names:
        yield refuses(f"does not open equal names: {excerpt(names)}", member)
    if None in names and not opened.null_dimension_names:
        yield refuses("crashes on a null in it", member, "name all dimensions, or none")
