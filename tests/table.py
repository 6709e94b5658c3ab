"""The table: one row is one canonical value with its spelling in each dialect.

Add a row, not a test. ``test_table.py`` runs every row through every property, and fails where a codec or a form has
no row.
"""

from __future__ import annotations

from rows import core, imagecodecs_family, numcodecs_family, registered_family
from table_row import Row

__all__ = ["ROWS", "Row"]

ROWS: list[Row] = [
    *core.ROWS,
    *numcodecs_family.ROWS,
    *registered_family.ROWS,
    *imagecodecs_family.ROWS,
]
