"""The JSON of codec objects of other libraries, by their public methods alone.

An object with the numcodecs API has `codec_id` and `get_config()`, a zarr-python codec has `to_dict()`. Neither gives
exactly the parameters that the object was made with. numcodecs leaves parameters that older readers refuse out of
`get_config`. zarr-python fills in parameters that depend on the array: `BloscCodec().to_dict()` has
``typesize: 1, shuffle: "bitshuffle"`` before there is an array, and fails in zarr-python 3.0. Such parameters are
left out here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from types import SimpleNamespace
from typing import Any, ClassVar, Final, Literal, Protocol

from zarrcodec_bridge.core.json_values import Kind
from zarrcodec_bridge.core.registry import find

MOST_PARAMETERS: Final = 8
"""The search for parameters that zarr-python filled in tries each set of them; a codec with more is not searched."""


class NumcodecsLike(Protocol):
    """An object with the numcodecs API, which has a `codec_id`, too."""

    def get_config(self) -> Any:
        """Give the v2 JSON of the codec."""


class ZarrPythonLike(Protocol):
    """A codec of zarr-python 3, or an object with the same method."""

    def to_dict(self) -> Any:
        """Give the v3 JSON of the codec."""


class ObjectOfBothFormats:
    """The base of what :func:`~zarrcodec_bridge.codec` gives: an object with both APIs."""

    source: Any
    """The codec-like input that it was made of."""
    kind: ClassVar[Kind]

    def to_json(self, zarr_format: Literal[2, 3], dtype: Any = None) -> dict[str, Any]:
        """Give the JSON of the codec in a format."""
        raise NotImplementedError


def unwrap(source: Any) -> Any:
    """Give the codec-like input of which an object of both formats was made; give other values back."""
    return source.source if isinstance(source, ObjectOfBothFormats) else source


def has_numcodecs_api(source: Any) -> bool:
    """Whether `source` is an object with the numcodecs API."""
    return (
        not isinstance(source, type)
        and isinstance(_attribute(source, "codec_id"), str)
        and callable(_attribute(source, "get_config"))
    )


def has_zarr_python_api(source: Any) -> bool:
    """Whether `source` is an object with the `to_dict` of zarr-python's codecs."""
    return not isinstance(source, type) and callable(_attribute(source, "to_dict"))


def _attribute(source: Any, name: str) -> Any:
    try:
        return getattr(source, name, None)
    except Exception:  # foreign code may raise anything
        return None


def is_codec_object(source: Any) -> bool:
    """Whether `source` is a codec object of another library, and not JSON or a model."""
    return has_numcodecs_api(source) or has_zarr_python_api(source)


def json_of_object(source: Any) -> Any:
    """Give the JSON of a codec object without parameters that depend on the array; give other values back.

    Raises what the methods of the object raise.
    """
    if has_numcodecs_api(source):
        return _v2_json(source)
    return _v3_json(source) if has_zarr_python_api(source) else source


def _v2_json(source: Any) -> dict[str, Any]:
    if isinstance(source, ObjectOfBothFormats):
        return source.to_json(2)
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


def _v3_json(source: Any) -> dict[str, Any]:
    if isinstance(source, ObjectOfBothFormats):
        return source.to_json(3)
    try:
        payload = dict(source.to_dict())
    except Exception as error:  # zarr-python 3.0: "needs to be set for serialization"
        found = _json_with_some_array(source)
        if found is None:
            raise error from None
        return found
    configuration = payload.get("configuration")
    if isinstance(configuration, Mapping) and configuration:
        return _without_filled_in(source, {**payload, "configuration": dict(configuration)})
    return payload


def _without_filled_in(source: Any, payload: dict[str, Any]) -> dict[str, Any]:
    """Leave out the parameters that the codec filled in: made again without them, it equals itself."""
    for name, codecs in _nested(source, payload["configuration"]).items():
        payload["configuration"][name] = [_v3_json(codec) for codec in codecs]
    again = _make_again(source, payload)
    if again is None or again == source or again != _make_again(source, payload):
        return payload  # nothing was filled in, or the class does not compare by value
    names = list(payload["configuration"])
    for count in range(1, len(names) + 1) if len(names) <= MOST_PARAMETERS else ():
        for filled_in in combinations(names, count):
            rest = _without(payload, filled_in)
            if _make_again(source, rest) == source:
                return rest
    return payload


def _nested(source: Any, names: Iterable[str]) -> dict[str, Sequence[Any]]:
    """Find the parameters that are lists of codec objects."""
    values = {name: getattr(source, name, None) for name in names}
    return {
        name: value
        for name, value in values.items()
        if isinstance(value, (list, tuple)) and value and all(map(has_zarr_python_api, value))
    }


def _make_again(source: Any, payload: dict[str, Any]) -> Any:
    """Make another codec of the same class from JSON; ``None`` where the class cannot."""
    try:
        return type(source).from_dict(payload)
    except Exception:  # foreign code may raise anything
        return None


def _without(payload: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    kept = {key: value for key, value in payload["configuration"].items() if key not in names}
    return {**payload, "configuration": kept}


def _json_with_some_array(source: Any) -> dict[str, Any] | None:
    """Give the JSON after the codec was fitted to two arrays, without the parameters in which the two differ."""
    try:
        names = [field.name for field in dataclasses.fields(source) if field.init]
        nested = _nested(source, names)
        if nested:
            return _json_with_nested(source, nested)
        one, other = (
            dict(source.evolve_from_array_spec(_array_of(size)).to_dict()) for size in (1, 2)
        )
    except Exception:  # foreign code may raise anything; the caller raises the first error
        return None
    differing = [
        name
        for name, value in one["configuration"].items()
        if other["configuration"].get(name) != value
    ]
    return _without(one, differing)


def _json_with_nested(source: Any, nested: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Give the JSON of a codec with codecs inside, of which each is asked on its own."""
    fitted = {
        name: [codec.evolve_from_array_spec(_array_of(1)) for codec in codecs]
        for name, codecs in nested.items()
    }
    payload = dict(dataclasses.replace(source, **fitted).to_dict())
    inner = {name: [_v3_json(codec) for codec in codecs] for name, codecs in nested.items()}
    return {**payload, "configuration": {**payload["configuration"], **inner}}


def _array_of(itemsize: int) -> Any:
    """Make as much of an array's specification as codecs of zarr-python 3.0 use: the size of its elements."""
    return SimpleNamespace(dtype=SimpleNamespace(itemsize=itemsize, item_size=itemsize))
