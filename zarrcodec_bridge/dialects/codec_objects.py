"""What a codec object says of itself, as JSON: by its public face alone, never by its class.

A numcodecs object (or any with its API) says `codec_id` and `get_config()`, a zarr-python codec `to_dict()`. Both
leave something unsaid. numcodecs keeps parameters that older readers refuse out of `get_config`. zarr-python fills in
what only the array can settle: a `BloscCodec()` that has met no array says ``typesize: 1, shuffle: "bitshuffle"``, or
fails to say anything (3.0). What is so filled in is left out here, and stays open.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from types import SimpleNamespace
from typing import Any, Final

from zarrcodec_bridge.core.registry import find

__all__ = ["is_object", "payload_of", "speaks_v2", "speaks_v3"]

MOST_PARAMETERS: Final = 8
"""Codecs with more parameters are taken at their word: the search for open ones tries each set of them."""


def speaks_v2(source: Any) -> bool:
    """Whether `source` is an object with the numcodecs API."""
    return (
        not isinstance(source, type)
        and isinstance(_attribute(source, "codec_id"), str)
        and callable(_attribute(source, "get_config"))
    )


def speaks_v3(source: Any) -> bool:
    """Whether `source` is an object that says what it is as zarr-python's codecs do."""
    return not isinstance(source, type) and callable(_attribute(source, "to_dict"))


def _attribute(source: Any, name: str) -> Any:
    try:
        return getattr(source, name, None)
    except Exception:  # foreign code; whatever it raises, there is none
        return None


def is_object(source: Any) -> bool:
    """Whether `source` is a codec object of another library, and not JSON or a model."""
    return speaks_v2(source) or speaks_v3(source)


def payload_of(source: Any) -> Any:
    """The JSON of a codec object, without what only an array can settle; anything else as it is.

    Raises what the object raises when it cannot say what it is.
    """
    if speaks_v2(source):
        return _v2(source)
    return _v3(source) if speaks_v3(source) else source


def _v2(source: Any) -> dict[str, Any]:
    payload = {"id": source.codec_id, **source.get_config()}
    found = find("v2", payload["id"])
    if found is not None:
        spec, form = found
        for name in spec.array_dependent & form.params.model_fields.keys() - payload.keys():
            value = getattr(source, name, None)
            if value is not None:
                payload[name] = value
        if spec.observe is not None and not spec.array_dependent & payload.keys():
            payload |= spec.observe(source)
    return payload


def _v3(source: Any) -> dict[str, Any]:
    try:
        payload = dict(source.to_dict())
    except Exception as unsaid:  # zarr-python 3.0: "needs to be set for serialization"
        said = _said_for_some_array(source)
        if said is None:
            raise unsaid from None
        return said
    configuration = payload.get("configuration")
    if isinstance(configuration, Mapping) and configuration:
        return _without_open(source, {**payload, "configuration": dict(configuration)})
    return payload


def _without_open(source: Any, payload: dict[str, Any]) -> dict[str, Any]:
    """Leave out what the codec has filled in: what it equals when it is made anew without it."""
    for name, held in _nested(source, payload["configuration"]).items():
        payload["configuration"][name] = [_v3(codec) for codec in held]
    anew = _made_of(source, payload)
    if anew is None or anew == source or anew != _made_of(source, payload):
        return payload  # nothing is open, or equality says nothing
    names = list(payload["configuration"])
    for count in range(1, len(names) + 1) if len(names) <= MOST_PARAMETERS else ():
        for filled_in in combinations(names, count):
            rest = _without(payload, filled_in)
            if _made_of(source, rest) == source:
                return rest
    return payload


def _nested(source: Any, names: Iterable[str]) -> dict[str, Sequence[Any]]:
    """The parameters that hold codec objects."""
    held = {name: getattr(source, name, None) for name in names}
    return {
        name: value
        for name, value in held.items()
        if isinstance(value, (list, tuple)) and value and all(speaks_v3(item) for item in value)
    }


def _made_of(source: Any, payload: dict[str, Any]) -> Any:
    """The codec that its class makes of `payload`; ``None`` where it makes none."""
    try:
        return type(source).from_dict(payload)
    except Exception:  # foreign code; whatever it raises, nothing is learnt
        return None


def _without(payload: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    kept = {key: value for key, value in payload["configuration"].items() if key not in names}
    return {**payload, "configuration": kept}


def _said_for_some_array(source: Any) -> dict[str, Any] | None:
    """What it says once it has met an array, without what depends on which one."""
    try:
        held = _nested(source, [field.name for field in dataclasses.fields(source) if field.init])
        if held:
            return _said_with_others(source, held)
        one, other = (
            dict(source.evolve_from_array_spec(_array_of(size)).to_dict()) for size in (1, 2)
        )
    except Exception:  # foreign code; the caller raises what came first
        return None
    settled = [
        name
        for name, value in one["configuration"].items()
        if other["configuration"].get(name) != value
    ]
    return _without(one, settled)


def _said_with_others(source: Any, held: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """What it says with codecs inside it that have met an array, and what those say by themselves."""
    met = {
        name: [codec.evolve_from_array_spec(_array_of(1)) for codec in codecs]
        for name, codecs in held.items()
    }
    payload = dict(dataclasses.replace(source, **met).to_dict())
    inner = {name: [_v3(codec) for codec in codecs] for name, codecs in held.items()}
    return {**payload, "configuration": {**payload["configuration"], **inner}}


def _array_of(itemsize: int) -> Any:
    """As much of an array as a codec asks for before 3.1: the size of its elements."""
    return SimpleNamespace(dtype=SimpleNamespace(itemsize=itemsize, item_size=itemsize))
