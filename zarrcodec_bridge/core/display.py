"""Show rows of cells as text, as HTML and with rich: one list of rows, three renderers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.text import Text

    from zarrcodec_bridge.core.messages import Cell, Role, Row

STYLES: Final[Mapping[Role, str]] = {
    "title": "bold",
    "label": "dim",
    "json": "cyan",
    "code": "green",
    "link": "blue underline",
    "loss": "red",
    "refusal": "magenta",
    "hint": "italic",
}
"""How rich shows each role; yellow cannot be read on white."""

COLOURS: Final[Mapping[Role, str]] = {
    "loss": "var(--jp-error-color1,#c62828)",
    "refusal": "var(--jp-warn-color0,#b35c00)",
}
"""How HTML shows what needs attention: the colours of a notebook's theme, or one for light and dark pages."""

NARROWEST: Final = 24
"""Columns that the last cell of a row has at least; with fewer, it goes on a line of its own."""

INDENT: Final = 6
"""Columns before the last cell of a row where that has a line of its own."""


def as_text(rows: Iterable[Row]) -> str:
    """Write rows as lines with aligned columns, as long as they are."""
    return "\n".join(
        "".join(f"{cell.text}{spaces}" for cell, spaces in zip(row, [*padding, ""], strict=True))
        for padding, row in _aligned_columns(rows)
    )


def as_html(rows: Iterable[Row]) -> str:
    """Write rows as an HTML table; every text is escaped."""
    rows = [*rows]
    columns = max(map(len, rows), default=1)
    lines = ("".join(_html_cells(row, columns)) for row in rows)
    return f"<table><tbody>{''.join(f'<tr>{line}</tr>' for line in lines)}</tbody></table>"


def _html_cells(row: Row, columns: int) -> Iterator[str]:
    for number, cell in enumerate(row):
        text, role = cell.text, cell.role
        is_last = number == len(row) - 1
        tag = "th" if role == "title" else "td"
        indented = len(text) - len(text.lstrip())
        style = f"text-align:left;vertical-align:top;padding-left:{0.5 + indented / 2}em"
        if not is_last:
            style += ";white-space:nowrap;width:1%"  # else a long last cell widens them
        if role in COLOURS:
            style += f";color:{COLOURS[role]}"
        shown = _html_text(text.strip(), role)
        if role in COLOURS and not is_last:
            shown = f"<strong>{shown}</strong>"
        span = f' colspan="{columns - number}"' if is_last and number < columns - 1 else ""
        yield f'<{tag}{span} style="{style}">{shown}</{tag}>'


def _html_text(text: str, role: Role) -> str:
    from html import escape

    safe = escape(text)
    if role in ("json", "code"):
        return f'<code style="white-space:pre-wrap;overflow-wrap:anywhere">{safe}</code>'
    return (
        f'<a href="{safe}">{safe}</a>' if role == "link" and text.startswith("https://") else safe
    )


def as_rich(rows: Iterable[Row], console: Console, options: ConsoleOptions) -> Iterator[Text]:
    """Give rows as rich prints them: what is too long goes on below where its cell begins."""
    from rich.text import Text

    for padding, row in _aligned_columns(rows):
        *cells, last = (Text(cell.text, _style(cell)) for cell in row)
        head = Text()
        for cell, spaces in zip(cells, padding, strict=True):
            head += cell + spaces
        if options.no_wrap:
            yield head + last
            continue
        indent = head.cell_len
        if options.max_width - indent < min(NARROWEST, last.cell_len):
            head.rstrip()
            yield from head.wrap(console, options.max_width, overflow="fold")
            head, indent = Text(" " * INDENT), INDENT
        width = max(1, options.max_width - indent)
        for number, line in enumerate(last.wrap(console, width, overflow="fold")):
            line.rstrip()
            yield (Text(" " * indent) if number else head) + line


def _style(cell: Cell) -> str:
    style = STYLES.get(cell.role, "")
    is_link = cell.role == "link" and re.fullmatch(r"https://\S+", cell.text)
    return f"{style} link {cell.text}" if is_link else style


def _aligned_columns(rows: Iterable[Row]) -> Iterator[tuple[list[str], Row]]:
    """Give each row with the spaces after all cells but its last one, so that columns are aligned."""
    rows = [*rows]
    widths: dict[int, int] = {}
    for row in rows:
        for column, cell in enumerate(row[:-1]):
            widths[column] = max(widths.get(column, 0), len(cell.text))
    for row in rows:
        yield [" " * (widths[n] + 2 - len(cell.text)) for n, cell in enumerate(row[:-1])], row
