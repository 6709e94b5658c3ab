"""The table: one row is one canonical value with its spelling in each dialect.

Add a row, not a test. The rows of a codec are in ``codecs/rows/<its module>.py``; every file there is found by itself.
``test_table.py`` runs every row through every property, and fails where a codec or a form has no row.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

import rows
from table_row import Row

__all__ = ["ROWS", "Row", "row_modules"]


def row_modules() -> list[str]:
    """The names of all modules in ``codecs/rows``, sorted, so that every process has the rows in one order."""
    found = pkgutil.walk_packages(rows.__path__, "rows.")
    return sorted(module.name for module in found if not module.ispkg)


ROWS: list[Row] = [row for name in row_modules() for row in import_module(name).ROWS]
