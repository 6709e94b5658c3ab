"""Rows of the imagecodecs family: what imagecodecs.numcodecs calls v2 and imagecodecs.zarr v3.

The canonical values have the names of the v2 parameters, so a row is two spellings, and what differs from v2's.
"""

from __future__ import annotations

from typing import Any

from table_row import Row
from zarrcodec_bridge.codecs import imagecodecs
from zarrcodec_bridge.core.errors import MissingContextError

__all__ = ["AGAIN", "FLOATS", "NULLS", "SRGB", "only_v3", "row", "v3"]

AGAIN: dict[str, Any] = {"shape": [24, 32], "dtype": "<u2"}
"""What v2 says of the array again."""

FLOATS: dict[str, Any] = {"shape": [24, 32], "dtype": "<f4"}

NULLS = {"squeeze": None}

SRGB = "AAACTGxjbXMEQAAAbW50clJHQiBYWVog"
"""The beginning of an ICC profile."""


def row(
    name: str,
    v2: dict[str, Any],
    v3: dict[str, Any],
    *,
    values: dict[str, Any] | None = None,
    also: tuple[Any, ...] = (),
    wrong: tuple[tuple[dict[str, Any], str | tuple[str | int, ...]], ...] = (),
    **more: Any,
) -> Row:
    """A row of ``imagecodecs_<name>``; `also` and `wrong` are parameters (v2 unless they have a ``name``)."""
    title = f"imagecodecs_{name}"
    model = getattr(imagecodecs, f"Imagecodecs{name.capitalize()}")

    def payload(params: Any) -> Any:
        return params if isinstance(params, str) or "name" in params else {"id": title, **params}

    return Row(
        codec=model(**{**v2, **(values or {})}),
        v2={"id": title, **v2},
        v3={"name": title, "configuration": v3},
        also=[payload(params) for params in also],
        wrong=[
            (
                payload(params),
                (
                    *(("configuration",) if "name" in params else ()),
                    *((at,) if isinstance(at, str) else at),
                ),
            )
            for params, at in wrong
        ],
        **more,
    )


def v3(name: str, **configuration: Any) -> dict[str, Any]:
    """Another v3 spelling."""
    return {"name": f"imagecodecs_{name}", "configuration": configuration}


def only_v3(name: str, configuration: dict[str, Any], **values: Any) -> Row:
    """A row of a codec that came from v3: v2 needs what the array says."""
    title = f"imagecodecs_{name}"
    model = getattr(imagecodecs, f"Imagecodecs{name.capitalize()}")
    return Row(
        codec=model(**{**configuration, **values}),
        v2=MissingContextError,
        v3={"name": title, "configuration": configuration},
        also=[{"name": title, "configuration": configuration}],
    )
