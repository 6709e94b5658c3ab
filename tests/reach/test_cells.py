"""What the library says of every reader, held against the cells that `.ci/readers` measured.

No reader is needed: cells.csv has what each did with the documents of documents.jsonl as they are, and with those that
the library writes of them for `spec`.
"""

from __future__ import annotations

from typing import Any

import pytest

import cells
import claims
import environments
import forms


@pytest.fixture(scope="module")
def written() -> dict[str, dict[str, Any]]:
    """By case, the documents of its forms, or why a form has none."""
    return {
        case: {form: made if isinstance(made, str) else made[0] for form, made in found.items()}
        for case, found in (
            (case, forms.forms_of(files, ("spec",)))
            for case, files in cells.load_documents().items()
        )
    }


@pytest.mark.parametrize("reader", environments.readers())
def test_claims_hold(reader: str, written: dict[str, dict[str, Any]]) -> None:
    measured, _ = cells.load()
    claimed = claims.Claims(measured)
    faults = [
        str(fault)
        for case, documents in written.items()
        for fault in claimed.faults_of(case, documents, [reader])
    ]
    assert not faults, "\n".join(faults)
    # a form that is written otherwise than it was is measured by `.ci/readers --update`
    assert claimed.count > 0.95 * (claimed.count + len(claimed.unmeasured)), claimed.unmeasured


def test_every_case_is_measured_with_every_reader() -> None:
    measured, first = cells.load()
    originals = {
        case: row for (case, digest), row in measured.items() if first[case, digest] == "original"
    }
    assert originals.keys() == cells.load_documents().keys()
    readers = set(environments.readers())
    assert all(set(row) == readers for row in originals.values())


def test_every_reader_has_cells_on_both_sides() -> None:
    measured, _ = cells.load()
    for reader in environments.readers():
        found = {row[reader] for row in measured.values() if reader in row}
        assert {"=", "-"} <= found, reader
