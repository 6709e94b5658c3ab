"""The measured cells: cells.csv, and the documents of the cases: documents.jsonl.

A row of cells.csv is one store: its case, the first form that has its document, the digest of the document, and what
each reader does with it.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from typing import Any

import environments

CELLS = environments.HERE / "cells.csv"
DOCUMENTS = environments.HERE / "documents.jsonl"
REFUSED = environments.HERE / "refused_but_opened.csv"
MEANINGS = {
    "=": "equal",
    "~": "equal, as another data type",
    "W": "reads wrong",
    "-": "refuses",
    "!": "crashes",
}
OPENS = frozenset("=~")

Store = tuple[str, str]
"""A case and the digest of a document."""
Cells = dict[Store, dict[str, str]]


def load() -> tuple[Cells, dict[Store, str]]:
    """The cells of every store by reader, and the first form of every store."""
    if not CELLS.exists():
        return {}, {}
    cells: Cells = {}
    forms: dict[Store, str] = {}
    with CELLS.open(newline="") as file:
        for row in csv.DictReader(file):
            store = row.pop("case"), row.pop("digest")
            forms[store] = row.pop("form")
            cells[store] = {reader: cell for reader, cell in row.items() if cell}
    return cells, forms


def save(cells: Mapping[Store, Mapping[str, str]], forms: Mapping[Store, str]) -> None:
    readers = list(environments.readers())
    with CELLS.open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["case", "form", "digest", *readers])
        for store in forms:
            case, digest = store
            row = [cells[store].get(reader, "") for reader in readers]
            out.writerow([case, forms[store], digest, *row])


def load_documents() -> dict[str, Any]:
    """By case, the documents of its original, by file name."""
    lines = DOCUMENTS.read_text().splitlines()
    return dict(json.loads(line) for line in lines)


def save_documents(documents: Mapping[str, Any]) -> None:
    DOCUMENTS.write_text("".join(f"{json.dumps(item)}\n" for item in documents.items()))


def load_listed() -> list[tuple[str, str, str, str]]:
    """What the library refuses although it was opened: reader, case, form and the reason to refuse it."""
    with REFUSED.open(newline="") as file:
        return [
            (row["reader"], row["case"], row["form"], row["reason"]) for row in csv.DictReader(file)
        ]
