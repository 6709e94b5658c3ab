"""A progress bar on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TypeAlias

from zarrcodec_bridge.core.messages import escape_control_characters

Progress: TypeAlias = Callable[[int, int], None]
"""Called with how many nodes are done, and how many are known so far."""


_WIDEST = 40
"""Columns for the title, of which the end is kept: a longer one would leave no room for the bar."""


def _nothing(done: int, found: int) -> None:
    """Show nothing."""


@contextmanager
def progress_bar(
    wanted: bool | Progress | None, title: str, *, known: bool = False
) -> Generator[Progress]:
    """Give the function that is called with the progress: the caller's, or that of a bar.

    By default (``None``) there is a bar where standard error is a terminal. It shows a total only where that is
    `known` from the beginning: what is found while folders are visited would run away from what is done.
    """
    if callable(wanted):
        yield wanted
        return
    if wanted is False or (wanted is None and not sys.stderr.isatty()):
        yield _nothing
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn() if known else TextColumn("{task.fields[count]}"),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        title = escape_control_characters(title)
        short = title if len(title) <= _WIDEST else f"…{title[1 - _WIDEST :]}"
        task = bar.add_task(short, total=None, count="")
        yield lambda done, found: bar.update(
            task, completed=done, total=found if known else None, count=f"{done:,} done"
        )
