"""The list of the known codecs: their kinds, their names in both formats, and who reads them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from zarrcodec_bridge.core.json_values import KIND_WORDS, Dialect
from zarrcodec_bridge.core.messages import Cell, Displayed, Row
from zarrcodec_bridge.core.registry import specs
from zarrcodec_bridge.core.spec import CodecSpec
from zarrcodec_bridge.readers import opened_by

__all__ = ["CodecList", "registered_codecs"]


class CodecList(tuple[CodecSpec, ...], Displayed):
    """What :func:`registered_codecs` returns: a tuple that shows itself as a table."""

    __slots__ = ()

    def to_dicts(self) -> list[dict[str, Any]]:
        """Give the same as plain JSON, for programs."""
        return [
            {
                "codec": spec.title,
                "kind": spec.kind,
                "v2": _forms_as_json(spec, "v2"),
                "v3": _forms_as_json(spec, "v3"),
                "docs": spec.docs or None,
            }
            for spec in self
        ]

    def rows(self) -> Iterator[Row]:
        for kind, words in KIND_WORDS.items():
            specs = [spec for spec in self if spec.kind == kind]
            if specs:
                yield [Cell(f"{words} codecs", "title"), Cell("read by", "title")]
            for spec in specs:
                yield from _codec_rows(spec)


def _codec_rows(spec: CodecSpec) -> Iterator[Row]:
    for dialect in get_args(Dialect):
        for form in spec.forms(dialect):
            readers = _shorten_list(opened_by(dialect, [form.name]))
            yield [Cell(f"  {dialect} {form.name}"), Cell(readers or "-")]


def _shorten_list(names: tuple[str, ...]) -> str:
    shown = names if len(names) <= 3 else (*names[:2], f"{len(names) - 2} others")
    return ", ".join(shown)


def _forms_as_json(spec: CodecSpec, dialect: Dialect) -> list[dict[str, Any]]:
    return [
        {
            "name": form.name,
            "aliases": list(form.aliases),
            "kind": form.kind or spec.kind,
            "readers": list(opened_by(dialect, [form.name])),
            "registered": form.registered,
            "read": form.readable,
            "written": form.written,
        }
        for form in spec.forms(dialect)
    ]


def registered_codecs() -> CodecList:
    """List every known codec, those of plugins included.

    Returns
    -------
    tuple of CodecSpec
        It prints as a table, and shows itself as one in notebooks.

    Example
    -------
    >>> [form.name for spec in registered_codecs() if spec.title == "gzip" for form in spec.v3]
    ['gzip', 'numcodecs.gzip']
    """
    return CodecList(specs())
