"""Both formats of a codec or of an encoding: the JSON, its slots, and who reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final, TypeAlias

from zarrcodec_bridge.core.errors import BridgeError
from zarrcodec_bridge.core.model import Codec, KeptCodec
from zarrcodec_bridge.core.propagation import kind_of
from zarrcodec_bridge.core.registry import find
from zarrcodec_bridge.core.spec import A2A, A2B, B2B, CodecSpec, Dialect, Kind
from zarrcodec_bridge.dialects.any_numcodecs import WRAPPERS
from zarrcodec_bridge.explanations.explanation import ArrayDocument, Explanation, Slots, Spelling
from zarrcodec_bridge.explanations.remedies import find_problems
from zarrcodec_bridge.readers import READERS, TargetName, opened_by
from zarrcodec_bridge.readers.checks import encoding_problems
from zarrcodec_bridge.translation.options import Translation

V3_SLOTS: Final[Mapping[Kind, str]] = {A2A: "filters", A2B: "serializer", B2B: "compressors"}
"""Where zarr-python's `create_array` takes a codec of each kind."""


Translate: TypeAlias = Callable[..., Translation]


def has_kept_codec(codec: Any) -> bool:
    """Whether a codec, or one in it, has no definition and is passed through."""
    if isinstance(codec, Codec):
        return isinstance(codec, KeptCodec) or any(map(has_kept_codec, codec.__dict__.values()))
    chain: Any = codec if isinstance(codec, tuple) else ()
    return any(map(has_kept_codec, chain))


def spell_both(
    translate_to: Translate,
    target: TargetName,
    slots_of: Callable[[Dialect, dict[str, Any]], Slots],
    kept: bool,
) -> dict[Dialect, Spelling]:
    """Write a codec or an encoding in both dialects, or say why not; with its slots and who reads it."""
    sides: dict[Dialect, Spelling] = {}
    dialects: tuple[Dialect, ...] = ("v2", "v3")
    for dialect in dialects:
        readers: list[str] = []
        others: list[str] = []
        done: Translation | None = None
        refusal = ""
        try:
            done = translate_to(dialect, target)
        except BridgeError as error:
            refusal = error.text
        if dialect == "v3" and not kept:
            readers, others = _v3_readers(translate_to, done)
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


def _v3_readers(translate_to: Translate, done: Translation | None) -> tuple[list[str], list[str]]:
    """The readers of this JSON, and those of another spelling of it."""
    same: list[str] = []
    other: list[str] = []
    plain: Translation | None = None
    with suppress(BridgeError):
        plain = translate_to("v3")
    for target, reader in READERS.items():
        try:
            found = translate_to("v3", target)
        except BridgeError:
            continue
        result = found.result
        if not found.losses_beyond(plain) and all(
            reader.opens("v3", name) for name in _names(result)
        ):
            (same if done is not None and result == done.result else other).append(target)
    return same, other


def _names(result: Mapping[str, Any]) -> list[str]:
    return [_name(codec) for codec in result.get("codecs", [result])]


def _name(payload: Mapping[str, Any]) -> str:
    return str(payload["id"] if "id" in payload else payload["name"])


def _v2_readers(result: Mapping[str, Any]) -> list[str]:
    """The readers of this JSON: of every codec, and of the whole encoding where it is one."""
    found = opened_by("v2", map(_name, _v2_chain(result)))
    if "id" in result:
        return list(found)
    return [
        name
        for name in found
        if name not in READERS or not any(True for _ in encoding_problems(READERS[name], result))
    ]


def narrow_readers(found: Explanation, array: ArrayDocument) -> Explanation:
    """Leave out the readers of an encoding that refuse, or read wrong, the document of an array that has it."""
    document = array.document or {}
    dialect = "v3" if "codecs" in document else "v2"
    side = found.v3 if dialect == "v3" else found.v2
    known = [name for name in side.readers if name in READERS]
    try:
        problems = find_problems([READERS[name] for name in known], document, array.attributes)
    except BridgeError:  # the document is malformed, and its encoding is not
        return found
    refusing = {name for name, found in zip(known, problems, strict=True) if found}
    readers = tuple(name for name in side.readers if name not in refusing)
    narrow = replace(side, readers=readers)
    return replace(found, v3=narrow) if dialect == "v3" else replace(found, v2=narrow)


def _v2_chain(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    if "id" in result:
        return [dict(result)]
    compressor = result["compressor"]
    return [*(result["filters"] or ()), *([compressor] if compressor is not None else [])]


def codec_slots(codec: Codec, spec: CodecSpec | None) -> Callable[[Dialect, dict[str, Any]], Slots]:
    """Give a function that finds the slot of a single codec."""

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
    """Find the slots of the codecs of a whole encoding."""
    if dialect == "v2":
        filters = tuple(map(_name, result["filters"] or ()))
        compressor = result["compressor"]
        return (
            *((("filters", filters),) if filters else ()),
            *((("compressor", (_name(compressor),)),) if compressor is not None else ()),
        )
    return tuple(
        (slot, tuple(map(_name, codecs)))
        for slot, codecs in codecs_by_slot(result["codecs"]).items()
        if codecs
    )


def codecs_by_slot(codecs: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Sort v3 codecs by the keyword under which zarr-python takes them."""
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


def add_names(side: Spelling, spec: CodecSpec | None) -> Spelling:
    """Add the names that the definition of a single codec has."""
    if spec is None:
        return side
    forms = spec.forms(side.dialect)
    written = None if side.result is None else _name(side.result)
    names = dict.fromkeys(
        name for form in forms if form.readable for name in (form.name, *form.aliases)
    )
    registered = None
    if side.dialect == "v3" and written is not None:
        registered = any(form.registered and form.name == written for form in forms)
    also_read = tuple(name for name in names if name != written)
    return replace(side, registered=registered, also_read=also_read)
