"""What a codec or a whole encoding is in either format, told to people: text, HTML, colour."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Final, Literal, TypeAlias

from zarrcodec_bridge.dialects.v3 import WRAPPERS
from zarrcodec_bridge.dtypes import DataType, any_dtype
from zarrcodec_bridge.errors import (
    BridgeError,
    InvalidCodecError,
    Loss,
    MissingContextError,
    Note,
    NotRepresentableError,
)
from zarrcodec_bridge.flow import kind_of, name_of
from zarrcodec_bridge.holders import copied
from zarrcodec_bridge.model import Codec, KeptCodec
from zarrcodec_bridge.objects import speaks_v2
from zarrcodec_bridge.payloads import excerpt
from zarrcodec_bridge.pipeline import Pipeline, Translation, check_options
from zarrcodec_bridge.registry import find, spec_of
from zarrcodec_bridge.spec import A2A, A2B, B2B, CodecSpec, Dialect, Form, Kind, Unknown
from zarrcodec_bridge.targets import TARGETS, TargetName
from zarrcodec_bridge.translate import normalize, translate

__all__ = ["KIND_WORDS", "Explanation", "Spelling", "encoding_in", "explain", "visible"]

KIND_WORDS: Final[Mapping[Kind, str]] = {
    A2A: "array-to-array",
    A2B: "array-to-bytes",
    B2B: "bytes-to-bytes",
}

V3_SLOTS: Final[Mapping[Kind, str]] = {A2A: "filters", A2B: "serializer", B2B: "compressors"}
"""Where zarr-python's `create_array` takes a codec of each kind."""

V2_MEMBERS: Final = ("dtype", "filters", "compressor")
V3_MEMBERS: Final = ("data_type", "codecs")
"""Any of these makes a dictionary a whole encoding."""

ZARR_CODECS: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "blosc": ("BloscCodec", {}),
    "bytes": ("BytesCodec", {"endian": None}),
    "cast_value": ("CastValue", {}),
    "crc32c": ("Crc32cCodec", {}),
    "gzip": ("GzipCodec", {}),
    "scale_offset": ("ScaleOffset", {}),
    "sharding_indexed": ("ShardingCodec", {}),
    "transpose": ("TransposeCodec", {}),
    "vlen-bytes": ("VLenBytesCodec", {}),
    "vlen-utf8": ("VLenUTF8Codec", {}),
    "zstd": ("ZstdCodec", {}),
}
"""The classes of ``zarr.codecs`` by v3 name, with what the class guesses where it is left out."""

NUMCODECS_CLASSES: Final[Mapping[str, str]] = {
    "adler32": "Adler32",
    "astype": "AsType",
    "bitround": "BitRound",
    "blosc": "Blosc",
    "bz2": "BZ2",
    "crc32": "CRC32",
    "crc32c": "CRC32C",
    "delta": "Delta",
    "fixedscaleoffset": "FixedScaleOffset",
    "fletcher32": "Fletcher32",
    "gzip": "GZip",
    "jenkins_lookup3": "JenkinsLookup3",
    "lz4": "LZ4",
    "lzma": "LZMA",
    "packbits": "PackBits",
    "pcodec": "PCodec",
    "quantize": "Quantize",
    "shuffle": "Shuffle",
    "zfpy": "ZFPY",
    "zlib": "Zlib",
    "zstd": "Zstd",
}
"""The classes of ``zarr.codecs.numcodecs`` (zarr-python 3.1.3) by what follows ``numcodecs.``."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """How one format says it, or why it cannot."""

    dialect: Dialect
    result: dict[str, Any] | None = field(default=None, hash=False)
    """The JSON; ``None`` where it is refused."""
    refusal: str = ""
    """Why there is none."""
    slots: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """The codecs by slot: v2 `filters`, `compressor`; v3 `filters`, `serializer`, `compressors`."""
    readers: tuple[str, ...] = ()
    """The implementations that open this JSON."""
    other_targets: tuple[str, ...] = ()
    """The implementations that open it in another spelling: with ``target=``."""
    registered: bool | None = None
    """Whether the Zarr specification or zarr-extensions name it; v3 of a single codec only."""
    also_read: tuple[str, ...] = ()
    """Other names that are read as this codec."""
    notes: tuple[Note, ...] = ()
    losses: tuple[Loss, ...] = ()

    @property
    def slot(self) -> str | None:
        """Where a single codec goes; ``None`` where it is refused."""
        return self.slots[0][0] if len(self.slots) == 1 else None


Role: TypeAlias = Literal["title", "json", "text", "refusal", "loss", "code", "link"]

STYLES: Final[Mapping[Role, str]] = {
    "title": "bold",
    "json": "cyan",
    "text": "",
    "refusal": "yellow",
    "loss": "red",
    "code": "green",
    "link": "blue underline",
}
"""How rich shows each part."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What :func:`explain` found: printed as text, rendered as HTML in notebooks."""

    title: str
    """The codec's name, or what is encoded."""
    kind: Kind | None
    """Array-to-array (``"a2a"``), array-to-bytes, bytes-to-bytes; ``None`` for a whole encoding."""
    v2: Spelling
    v3: Spelling
    code: str = ""
    """How zarr-python 3 is told so; empty where it cannot be."""
    docs: tuple[str, ...] = ()
    """The addresses of the specifications."""

    @property
    def notes(self) -> tuple[Note, ...]:
        """The harmless normalisations on the way to either format."""
        return tuple(dict.fromkeys((*self.v2.notes, *self.v3.notes)))

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What later writes would lose in either format."""
        return tuple(dict.fromkeys((*self.v2.losses, *self.v3.losses)))

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON, for programs."""
        return {
            "title": self.title,
            "kind": self.kind,
            "v2": _spelling_as_json(self.v2),
            "v3": _spelling_as_json(self.v3),
            "zarr_python": self.code or None,
            "docs": list(self.docs),
        }

    def __str__(self) -> str:
        rows = list(self._rows())
        width = max(len(label) for label, _, _ in rows)
        return "\n".join(
            text if role == "title" else f"  {label:<{width}}  {text}" for label, text, role in rows
        )

    def _repr_html_(self) -> str:
        cells: list[str] = []
        for label, text, role in self._rows():
            safe = html.escape(text)
            if role == "title":
                cells.append(f'<tr><th colspan="2" style="text-align:left">{safe}</th></tr>')
                continue
            if role in ("json", "code"):
                safe = f"<code>{safe}</code>"
            elif role == "link" and text.startswith("https://"):
                safe = f'<a href="{safe}">{safe}</a>'
            elif role in ("refusal", "loss"):
                safe = f"<strong>{safe}</strong>"
            cells.append(
                f'<tr><td style="text-align:left">{html.escape(label.strip())}</td>'
                f'<td style="text-align:left">{safe}</td></tr>'
            )
        return f"<table><tbody>{''.join(cells)}</tbody></table>"

    def __rich__(self) -> Any:
        rows = list(self._rows())
        width = max(len(label) for label, _, _ in rows)
        text = import_module("rich.text").Text()
        for label, content, role in rows:
            if text:
                text.append("\n")
            if role != "title":
                text.append(f"  {label:<{width}}  ", style="dim")
            text.append(content, style=STYLES[role])
        return text

    def _rows(self) -> Iterator[tuple[str, str, Role]]:
        words = [self.title]
        if self.kind is not None:
            words.append(f"{KIND_WORDS[self.kind]} codec")
        if self.v3.registered is not None:
            words.append("registered v3 name" if self.v3.registered else "v3 name not registered")
        yield "", visible(", ".join(words)), "title"
        for side in (self.v2, self.v3):
            yield from _side_rows(side)
        if self.code:
            yield "zarr-python", self.code, "code"
        for note in self.notes:
            yield _tag("note", note in self.v2.notes, note in self.v3.notes), _line(note), "text"
        for loss in self.losses:
            yield _tag("loss", loss in self.v2.losses, loss in self.v3.losses), _line(loss), "loss"
        for address in self.docs:
            yield "docs", visible(address), "link"


def _side_rows(side: Spelling) -> Iterator[tuple[str, str, Role]]:
    if side.result is None:
        yield side.dialect, f"refused: {visible(side.refusal)}", "refusal"
    else:
        yield side.dialect, json.dumps(side.result), "json"
    for slot, names in side.slots:
        yield f"  {slot}", visible(", ".join(names)), "text"
    if side.result is not None:
        yield "  read by", ", ".join(side.readers) or "no known implementation", "text"
    for target in side.other_targets:
        yield "  read by", f"{target}, with target={target!r}", "text"
    if side.also_read:
        yield "  also read", visible(", ".join(side.also_read)), "text"


def _tag(word: str, in_v2: bool, in_v3: bool) -> str:
    return word if in_v2 and in_v3 else f"{word} v{2 if in_v2 else 3}"


def _line(said: Note | Loss) -> str:
    return visible(str(said))


def visible(text: str) -> str:
    """The same on one line, and nothing in it that a terminal obeys."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def _spelling_as_json(side: Spelling) -> dict[str, Any]:
    return {
        "result": side.result,
        "refusal": side.refusal or None,
        "slots": {slot: list(names) for slot, names in side.slots},
        "readers": list(side.readers),
        "other_targets": list(side.other_targets),
        "registered": side.registered,
        "also_read": list(side.also_read),
        "notes": [str(note) for note in side.notes],
        "losses": [str(loss) for loss in side.losses],
    }


def explain(
    source: Any,
    *,
    dtype: Any = None,
    ndim: int | None = None,
    target: TargetName = "spec",
    unknown: Unknown = "error",
    strict: bool = False,
) -> Explanation:
    """Say what a codec or a whole encoding is in both formats, and who reads it.

    Parameters
    ----------
    source : dict, str, Codec, codec object, Pipeline, or list of codecs
        A codec as for :func:`~zarrcodec_bridge.translate.normalize`; a whole encoding is a
        :class:`Pipeline`, a ``.zarray`` or ``zarr.json`` (or their encoding members), or with
        `dtype` a list of codecs.
    dtype : optional
        The data type of the elements, in any spelling, where `source` does not say it.
    ndim : int, optional
        The number of axes of a chunk, where `source` does not say it.
    target : {"spec", "zarr-python", "tensorstore", "zarrs"}
        The reader that the v3 spelling is for.
    unknown : {"error", "keep", "wrap"}
        What to do with a name that no codec has.
    strict : bool
        Refuse keys that other writers are known to leave.

    Returns
    -------
    Explanation
        What either format refuses is told in it, and losses are listed; neither is raised.

    Raises
    ------
    InvalidCodecError, UnknownCodecError
        `source` cannot be read.
    MissingContextError
        A list of codecs, or the members of an encoding, without a data type.
    NotRepresentableError
        A document with storage transformers: its codecs do not say where its chunks are.

    Example
    -------
    >>> explain({"id": "gzip", "level": 5}).code
    'zarr.codecs.GzipCodec(level=5)'
    """
    check_options(target, unknown)
    pipeline = encoding_in(source, dtype=dtype, ndim=ndim, unknown=unknown, strict=strict)
    if pipeline is not None:
        return _explain_encoding(pipeline, target, unknown)
    return _explain_codec(source, dtype, target, unknown, strict)


def encoding_in(
    source: Any,
    *,
    dtype: Any = None,
    ndim: int | None = None,
    unknown: Unknown = "error",
    strict: bool = False,
) -> Pipeline | None:
    """The whole encoding that `source` says, or ``None`` where it is a single codec.

    Parameters are as for :func:`explain`. The chunk shape is taken from a document that has one.
    """
    known = None if dtype is None else any_dtype(dtype)
    pipeline: Pipeline | None = None
    anything: Any = source
    if isinstance(source, Pipeline):
        pipeline = source
    elif isinstance(source, (list, tuple)):
        pipeline = _from_list(list(anything), known, ndim, unknown, strict)
    elif isinstance(source, Mapping):
        document = copied(anything, ())
        if "id" not in document and "name" not in document:
            pipeline = _from_document(document, known, ndim, unknown, strict)
    if pipeline is not None and known is not None:
        _check_agrees(pipeline.data_type, known)
    return pipeline


def _from_list(
    codecs: list[Any], dtype: DataType | None, ndim: int | None, unknown: Unknown, strict: bool
) -> Pipeline:
    """A list of v3 codecs, or of v2 filters."""
    v2 = bool(codecs) and all(map(_carries_v2, codecs))
    if dtype is None:
        raise MissingContextError(
            "v3" if v2 else "v2", "a list of codecs", "it does not say the data type", ["dtype"]
        )
    if v2:
        return Pipeline.from_v2(
            dtype=_with_order(dtype), filters=codecs, ndim=ndim, unknown=unknown, strict=strict
        )
    return Pipeline.from_v3(
        data_type=dtype.with_endian(None), codecs=codecs, ndim=ndim, unknown=unknown, strict=strict
    )


def _carries_v2(codec: Any) -> bool:
    """Whether it is v2 JSON, or an object with the numcodecs API."""
    return "id" in copied(codec, ()) if isinstance(codec, Mapping) else speaks_v2(codec)


def _from_document(
    document: dict[str, Any],
    dtype: DataType | None,
    ndim: int | None,
    unknown: Unknown,
    strict: bool,
) -> Pipeline | None:
    v2 = [key for key in V2_MEMBERS if key in document]
    v3 = [key for key in V3_MEMBERS if key in document]
    if v2 and v3:
        raise InvalidCodecError.at(
            (), f"expected {v2[0]!r} (v2) or {v3[0]!r} (v3), got both in one document"
        )
    _check_format(document, 2 if v2 else 3 if v3 else None)
    if not v2 and not v3:
        return None
    given = document.get("dtype" if v2 else "data_type")
    if given is None and dtype is None:
        raise MissingContextError(
            "v3" if v2 else "v2", "the encoding", "it does not say the data type", ["dtype"]
        )
    if v2:
        chunks, order = document.get("chunks"), document.get("order")
        return Pipeline.from_v2(
            dtype=_with_order(dtype) if given is None and dtype is not None else given,
            order="C" if order is None else order,  # as zarr-python 2 reads null
            filters=document.get("filters"),
            compressor=document.get("compressor"),
            ndim=ndim if chunks is not None else _axes(document, ndim),
            chunk_shape=chunks,
            unknown=unknown,
            strict=strict,
        )
    transformers = document.get("storage_transformers")
    if transformers is not None and not (_is_list(transformers) and not transformers):
        raise NotRepresentableError(
            "v2",
            "storage_transformers",
            "no reader applies them, and the chunks would be found in other places",
        )
    chunks = _regular_chunks(document.get("chunk_grid"))
    return Pipeline.from_v3(
        data_type=dtype.with_endian(None) if given is None and dtype is not None else given,
        codecs=document.get("codecs"),
        ndim=ndim if chunks is not None else _axes(document, ndim),
        chunk_shape=chunks,
        unknown=unknown,
        strict=strict,
    )


def _check_format(document: Mapping[str, Any], found: int | None) -> None:
    """Refuse documents that are not an array's, and those that say they are another format's."""
    node = document.get("node_type")
    if (isinstance(node, str) and node == "group") or "zarr_consolidated_format" in document:
        raise InvalidCodecError.at((), "expected the document of one array, got that of a group")
    number = document.get("zarr_format")
    if "zarr_format" not in document or (type(number) is int and number == found):
        return
    if found is None and type(number) is int and number in (2, 3):
        raise InvalidCodecError.at(
            (), "expected the document of one array, got one without encoding members"
        )
    expected = str(found) if found is not None else "2 or 3"
    raise InvalidCodecError.at(("zarr_format",), f"expected {expected}, got {excerpt(number)}")


def _axes(document: Mapping[str, Any], ndim: int | None) -> int | None:
    """The number of axes where no chunk shape says it: the caller's, or the array's."""
    shape: Any = document.get("shape")
    return len(shape) if ndim is None and _is_list(shape) else ndim


def _regular_chunks(grid: Any) -> Any:
    """The chunk shape of a regular grid; ``None`` for any other."""
    configuration: Any = (
        _member(grid, "configuration") if _member(grid, "name") == "regular" else None
    )
    return _member(configuration, "chunk_shape")


def _member(value: Any, key: str) -> Any:
    return value.get(key) if _is_object(value) else None


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _is_chain(value: Any) -> bool:
    return isinstance(value, tuple)


def _with_order(dtype: DataType) -> DataType:
    """As v2 has it: a data type given by its v3 name is taken to be little-endian."""
    return dtype if dtype.endian is not None else dtype.with_endian("little")


def _check_agrees(found: DataType, given: DataType) -> None:
    same = found.with_endian(None) == given.with_endian(None)
    if not same or (found.endian and given.endian and found.endian != given.endian):
        raise InvalidCodecError.at(
            ("dtype",),
            f"expected {_spelled(found)} as the source says, got {_spelled(given)}",
            "contradicting data type",
        )


def _spelled(dtype: DataType) -> str:
    return f"{dtype.endian}-endian {dtype.name}" if dtype.endian else dtype.name


def _explain_codec(
    source: Any, dtype: Any, target: TargetName, unknown: Unknown, strict: bool
) -> Explanation:
    codec = normalize(source, dtype=dtype, unknown=unknown, strict=strict)

    def translated(to: Dialect, name: TargetName = "spec") -> Translation:
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
    sides = _sides(translated, target, _codec_slots(codec, spec), _keeps(codec))
    return Explanation(
        title=name_of(codec),
        kind=kind_of(codec),
        v2=_with_names(sides["v2"], spec),
        v3=_with_names(sides["v3"], spec),
        code=_zarr_python(translated, _code, sides["v3"]),
        docs=(spec.docs,) if spec is not None and spec.docs else (),
    )


def _explain_encoding(pipeline: Pipeline, target: TargetName, unknown: Unknown) -> Explanation:
    def translated(to: Dialect, name: TargetName = "spec") -> Translation:
        return pipeline.translate(to, target=name, on_loss="ignore", unknown=unknown)

    codecs = list(pipeline.walk())
    specs = [spec_of(type(codec)) for codec in codecs]
    sides = _sides(translated, target, _encoding_slots, any(map(_keeps, codecs)))
    return Explanation(
        title=f"encoding of {_spelled(pipeline.data_type)}",
        kind=None,
        v2=sides["v2"],
        v3=sides["v3"],
        code=_zarr_python(translated, _array_code, sides["v3"]),
        docs=tuple(dict.fromkeys(spec.docs for spec in specs if spec is not None and spec.docs)),
    )


Translated: TypeAlias = Callable[..., Translation]
Slots: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]


def _keeps(codec: Any) -> bool:
    """Whether a codec is, or has in it, one that no definition describes."""
    if isinstance(codec, Codec):
        return isinstance(codec, KeptCodec) or any(map(_keeps, codec.__dict__.values()))
    return _is_chain(codec) and any(map(_keeps, codec))


def _sides(
    translated: Translated,
    target: TargetName,
    slots_of: Callable[[Dialect, dict[str, Any]], Slots],
    kept: bool,
) -> dict[Dialect, Spelling]:
    sides: dict[Dialect, Spelling] = {}
    dialects: tuple[Dialect, ...] = ("v2", "v3")
    for dialect in dialects:
        readers: list[str] = []
        others: list[str] = []
        done: Translation | None = None
        refusal = ""
        try:
            done = translated(dialect, target)
        except BridgeError as error:
            refusal = str(error)
        if dialect == "v3" and not kept:
            readers, others = _v3_readers(translated, done)
        elif dialect == "v2" and done is not None and not kept:
            readers = _v2_readers(done.result)
        sides[dialect] = Spelling(
            dialect,
            None if done is None else done.result,
            refusal,
            () if done is None else slots_of(dialect, done.result),
            tuple(readers),
            tuple(others),
            notes=() if done is None else done.notes,
            losses=() if done is None else done.losses,
        )
    return sides


def _v3_readers(translated: Translated, done: Translation | None) -> tuple[list[str], list[str]]:
    """Who opens this JSON, and who opens another spelling of it."""
    same: list[str] = []
    other: list[str] = []
    for target in TARGETS:
        if target == "spec":
            continue
        try:
            result = translated("v3", target).result
        except BridgeError:
            continue
        if all(_is_opened(name, target) for name in _names(result)):
            (same if done is not None and result == done.result else other).append(target)
    return same, other


def _is_opened(name: str, reader: str) -> bool:
    """Whether a reader opens a v3 name; nobody is known to open what no definition describes."""
    found = find("v3", name)
    return found is not None and reader in found[1].readers


def _names(result: Mapping[str, Any]) -> list[str]:
    return [_name(codec) for codec in result.get("codecs", [result])]


def _name(payload: Mapping[str, Any]) -> str:
    return str(payload["id"] if "id" in payload else payload["name"])


def _v2_readers(result: Mapping[str, Any]) -> list[str]:
    """Who opens every codec of this JSON in the slot it has."""
    payloads = _v2_chain(result)
    readers = [name for name in TARGETS if name != "spec"]
    for payload in payloads:
        found = find("v2", _name(payload))
        opened = found[1].readers if found is not None else frozenset[str]()
        readers = [name for name in readers if name in opened]
    if "id" not in result:
        name = DataType.from_v2(result["dtype"]).name
        readers = [
            reader
            for reader in readers
            if not (reader == "tensorstore" and result["filters"])  # its zarr driver has no filters
            and (name == "object" or name in (TARGETS[reader].data_types or (name,)))
        ]
    return readers


def _v2_chain(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    if "id" in result:
        return [dict(result)]
    compressor = result["compressor"]
    return [*(result["filters"] or ()), *([compressor] if compressor is not None else [])]


def _codec_slots(
    codec: Codec, spec: CodecSpec | None
) -> Callable[[Dialect, dict[str, Any]], Slots]:
    def slots(dialect: Dialect, result: dict[str, Any]) -> Slots:
        name = _name(result)
        kind = _written_kind(dialect, name) or kind_of(codec)
        if kind is None:
            return ()
        if dialect == "v3":
            return ((V3_SLOTS[kind], (name,)),)
        in_filters = kind == A2A or (spec is not None and spec.object_type is not None)
        return (("filters" if in_filters else "compressor", (name,)),)

    return slots


def _encoding_slots(dialect: Dialect, result: dict[str, Any]) -> Slots:
    if dialect == "v2":
        filters = tuple(map(_name, result["filters"] or ()))
        compressor = result["compressor"]
        return (
            *((("filters", filters),) if filters else ()),
            *((("compressor", (_name(compressor),)),) if compressor is not None else ()),
        )
    return tuple(
        (slot, tuple(map(_name, codecs)))
        for slot, codecs in _by_slot(result["codecs"]).items()
        if codecs
    )


def _by_slot(codecs: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """v3 codecs by the keyword under which zarr-python takes them."""
    slots: dict[str, list[dict[str, Any]]] = {"filters": [], "serializer": [], "compressors": []}
    for codec in codecs:
        kind = _written_kind("v3", _name(codec)) or (B2B if slots["serializer"] else A2A)
        slots[V3_SLOTS[kind]].append(codec)
    return slots


def _written_kind(dialect: Dialect, name: str) -> Kind | None:
    for kind, wrapper in WRAPPERS.items():
        if dialect == "v3" and name == wrapper:
            return kind
    found = find(dialect, name)
    return None if found is None else found[1].kind or found[0].kind


def _with_names(side: Spelling, spec: CodecSpec | None) -> Spelling:
    """Add what only the definition of a single codec knows of its names."""
    if spec is None:
        return side
    forms = spec.forms(side.dialect)
    written = None
    if side.result is not None:
        written = _name(side.result)
    names = dict.fromkeys(name for form in forms if form.readable for name in _all_names(form))
    registered = None
    if side.dialect == "v3" and side.result is not None:
        registered = any(form.registered and form.name == written for form in forms)
    return Spelling(
        side.dialect,
        side.result,
        side.refusal,
        side.slots,
        side.readers,
        side.other_targets,
        registered,
        tuple(name for name in names if name != written),
        side.notes,
        side.losses,
    )


def _all_names(form: Form) -> tuple[str, ...]:
    return (form.name, *form.aliases)


def _zarr_python(
    translated: Translated, code: Callable[[dict[str, Any]], str], side: Spelling
) -> str:
    if "zarr-python" not in (*side.readers, *side.other_targets):
        return ""
    return code(translated("v3", "zarr-python").result)


def _array_code(result: dict[str, Any]) -> str:
    """The keyword arguments of `zarr.create_array` that say an encoding."""
    slots = _by_slot(result["codecs"])
    serializer = slots["serializer"]
    return ", ".join(
        (
            f"zarr.create_array(store, shape=shape, dtype={result['data_type']!r}",
            f"filters={_chain_code(slots['filters'])}",
            f"serializer={_code(serializer[0]) if serializer else 'None'}",
            f"compressors={_chain_code(slots['compressors'])}",
            "zarr_format=3)",
        )
    )


def _chain_code(codecs: list[dict[str, Any]]) -> str:
    return f"[{', '.join(_code(codec) for codec in codecs)}]" if codecs else "None"


def _code(payload: dict[str, Any]) -> str:
    """One codec as Python: its class, or the dictionary that zarr-python takes in its place."""
    name = payload["name"]
    configuration: dict[str, Any] = payload.get("configuration", {})
    if name in ZARR_CODECS:
        called, spelled_out = ZARR_CODECS[name]
        configuration = {**spelled_out, **configuration}
    elif name.startswith("numcodecs.") and name[10:] in NUMCODECS_CLASSES:
        called = f"numcodecs.{NUMCODECS_CLASSES[name[10:]]}"
    else:
        return repr(payload)
    arguments = ", ".join(f"{key}={_argument(value)}" for key, value in configuration.items())
    return f"zarr.codecs.{called}({arguments})"


def _argument(value: Any) -> str:
    if value and _is_list(value) and all(_is_object(item) and "name" in item for item in value):
        return _chain_code(value)
    return repr(value)
