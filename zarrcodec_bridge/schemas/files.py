"""The folder ``schemas``: a file for every built-in codec and for each encoding."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from zarrcodec_bridge.core.registry import specs
from zarrcodec_bridge.schemas.forms import DIALECTS, Schema, forms_of, name_of_codec
from zarrcodec_bridge.schemas.wholes import codec_schema, encoding_schema


def schema_files() -> Iterator[tuple[str, Schema]]:
    """Give the schemas of the built-in codecs, each with its path in the folder ``schemas``."""
    builtin = [spec for spec in specs() if spec.model.__module__.startswith("zarrcodec_bridge.")]
    for dialect in DIALECTS:
        yield f"{dialect}/encoding.json", encoding_schema(dialect, builtin)
        for spec in builtin:
            if forms_of(dialect, spec):
                name = re.sub(r"[^\w.-]", "_", name_of_codec(dialect, spec))
                yield f"{dialect}/{name}.json", codec_schema(dialect, spec, builtin)


def write_schemas(folder: str | Path) -> list[Path]:
    """Write :func:`schema_files` into a folder, which is made if needed; gives the paths of the files.

    Example
    -------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     len([path for path in write_schemas(folder) if path.name == "encoding.json"])
    2
    """
    written = []
    for name, schema in schema_files():
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(as_text(schema), encoding="utf-8")
        written.append(path)
    return written


def as_text(schema: Schema) -> str:
    """Write a schema as it stands in its file: what fits stays on one line."""
    return _lines(schema, "") + "\n"


WIDTH: Final = 110


def _lines(value: Any, indent: str) -> str:
    text = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(text) <= WIDTH or not isinstance(value, (dict, list)):
        return text
    inner = indent + " "
    if isinstance(value, dict):
        items = [f"{inner}{json.dumps(key)}: {_lines(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(items) + f"\n{indent}}}"
    if any(isinstance(item, (dict, list)) for item in value):
        body = ",\n".join(inner + _lines(item, inner) for item in value)
    else:
        body = textwrap.fill(
            text[1:-1],
            WIDTH,
            initial_indent=inner,
            subsequent_indent=inner,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return f"[\n{body}\n{indent}]"
