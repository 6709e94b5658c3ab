"""Whole stores: the metadata of the other format for every array and group, the chunks as they are.

:func:`migrate` gives a :class:`Report`, :func:`undo` takes a migration back. :mod:`.store` has the methods of a store,
:mod:`.plan` decides about one node, :mod:`.work` are the units that any executor runs, :mod:`.run` is their order,
:mod:`.journal` records what was written, :mod:`.verify` decodes chunks.
"""

from __future__ import annotations

from zarrcodec_bridge.stores.report import NodeReport, NoteGroup, Report
from zarrcodec_bridge.stores.reversal import undo
from zarrcodec_bridge.stores.run import migrate
from zarrcodec_bridge.stores.store import Documents, MigrationError
from zarrcodec_bridge.stores.verify import VerificationError

__all__ = [
    "Documents",
    "MigrationError",
    "NodeReport",
    "NoteGroup",
    "Report",
    "VerificationError",
    "migrate",
    "undo",
]
