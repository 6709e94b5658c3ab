"""Both formats of a codec or of an encoding: what they write, in which slots, and who reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

from zarrcodec_bridge.core.errors import BridgeError, NotRepresentableError
from zarrcodec_bridge.core.model import Codec, KeptCodec
from zarrcodec_bridge.core.propagation import kind_of
from zarrcodec_bridge.core.registry import find
from zarrcodec_bridge.core.spec import A2A, A2B, B2B, CodecSpec, Dialect, Form, Kind
from zarrcodec_bridge.dialects.any_numcodecs import WRAPPERS
from zarrcodec_bridge.explanations.explanation import Slots, Spelling
from zarrcodec_bridge.readers import READERS, Reader, TargetName, opened_by
from zarrcodec_bridge.readers.checks import check_v2
from zarrcodec_bridge.translation.options import Translation

__all__ = [
    "Translated",
    "by_slot",
    "codec_slots",
    "encoding_slots",
    "keeps",
    "sides_of",
    "with_names",
]

V3_SLOTS: Final[Mapping[Kind, str]] = {A2A: "filters", A2B: "serializer", B2B: "compressors"}
"""Where zarr-python's `create_array` takes a codec of each kind."""


Translated: TypeAlias = Callable[..., Translation]


def keeps(codec: Any) -> bool:
    """Whether a codec is, or has in it, one that no definition describes."""
    if isinstance(codec, Codec):
        return isinstance(codec, KeptCodec) or any(map(keeps, codec.__dict__.values()))
    return _is_chain(codec) and any(map(keeps, codec))


def _is_chain(value: Any) -> bool:
    return isinstance(value, tuple)


def sides_of(
    translated: Translated,
    target: TargetName,
    slots_of: Callable[[Dialect, dict[str, Any]], Slots],
    kept: bool,
) -> dict[Dialect, Spelling]:
    """Both formats, by dialect: what is written or why not, where it goes, and who reads it."""
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
    for target, reader in READERS.items():
        try:
            result = translated("v3", target).result
        except BridgeError:
            continue
        if all(reader.opens("v3", name) for name in _names(result)):
            (same if done is not None and result == done.result else other).append(target)
    return same, other


def _names(result: Mapping[str, Any]) -> list[str]:
    return [_name(codec) for codec in result.get("codecs", [result])]


def _name(payload: Mapping[str, Any]) -> str:
    return str(payload["id"] if "id" in payload else payload["name"])


def _v2_readers(result: Mapping[str, Any]) -> list[str]:
    """Who opens this JSON: every codec, and the whole encoding where it is one."""
    found = opened_by("v2", map(_name, _v2_chain(result)))
    if "id" in result:
        return list(found)
    return [name for name in found if name not in READERS or _is_opened(READERS[name], result)]


def _is_opened(reader: Reader, encoding: Mapping[str, Any]) -> bool:
    try:
        check_v2(reader, encoding)
    except NotRepresentableError:
        return False
    return True


def _v2_chain(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    if "id" in result:
        return [dict(result)]
    compressor = result["compressor"]
    return [*(result["filters"] or ()), *([compressor] if compressor is not None else [])]


def codec_slots(codec: Codec, spec: CodecSpec | None) -> Callable[[Dialect, dict[str, Any]], Slots]:
    """Where the JSON of a single codec goes."""

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


def encoding_slots(dialect: Dialect, result: dict[str, Any]) -> Slots:
    """Where the codecs of a whole encoding go."""
    if dialect == "v2":
        filters = tuple(map(_name, result["filters"] or ()))
        compressor = result["compressor"]
        return (
            *((("filters", filters),) if filters else ()),
            *((("compressor", (_name(compressor),)),) if compressor is not None else ()),
        )
    return tuple(
        (slot, tuple(map(_name, codecs)))
        for slot, codecs in by_slot(result["codecs"]).items()
        if codecs
    )


def by_slot(codecs: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
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


def with_names(side: Spelling, spec: CodecSpec | None) -> Spelling:
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
