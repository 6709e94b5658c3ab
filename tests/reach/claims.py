"""What the library says of a document and a reader, held against what was measured."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import cells
import environments
import forms
from zarrcodec_bridge.documents.reach import problems_for
from zarrcodec_bridge.readers import find_readers


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell where the library is wrong, or refuses what opens and no reason is listed."""

    reader: str
    case: str
    form: str
    says: str
    why: str
    does: str

    def __str__(self) -> str:
        why = f" ({self.why})" if self.why else ""
        return f"{self.reader}: {self.case} {self.form}: we say {self.says}{why}, it {self.does}"


def verdict_of(reader: str, files: Mapping[str, Any]) -> tuple[str, str]:
    """Whether the library says that a reader "opens" an array, "refuses" it or "reads wrong", and why."""
    (known,) = find_readers(reader)
    found = problems_for(known, forms.document_of(dict(files)), files.get(".zattrs"))
    wrong = [problem for problem in found if problem.verdict == "reads wrong"]
    for problem in [*(p for p in found if p.verdict == "refuses"), *wrong]:
        return problem.verdict, problem.reason
    return "opens", ""


def forms_for(reader: str) -> list[str]:
    """The forms that are measured with a reader."""
    target = environments.reader_of(reader)
    return ["original", "v2:spec", "v3:spec", f"v2:{target}", f"v3:{target}"]


class Claims:
    """The claims of the library about every case, one case at a time."""

    def __init__(self, measured: cells.Cells, *, data_show_all: bool = True) -> None:
        self.measured = measured
        self.data_show_all = data_show_all
        self.listed = cells.load_listed()
        self.used: set[int] = set()
        self.unmeasured: list[str] = []
        self.count = 0

    def faults_of(
        self, case: str, written: Mapping[str, Any], readers: Iterable[str]
    ) -> Iterator[Fault]:
        """Compare the claims about the forms of a case: by form, its documents, or why it has none."""
        for reader in readers:
            seen: set[str] = set()
            for form in forms_for(reader):
                files = written.get(form)
                if files is None:
                    continue
                if isinstance(files, str):
                    yield from self._fault_of_refusal(reader, case, form, files, written)
                    continue
                digest = forms.digest(files)
                if digest in seen:
                    continue
                seen.add(digest)
                cell = self.measured.get((case, digest), {}).get(reader)
                if cell is None:
                    self.unmeasured.append(f"{reader}: {case} {form} ({digest})")
                    continue
                self.count += 1
                yield from self._fault_of_cell(reader, case, form, files, cell)

    def _fault_of_cell(
        self, reader: str, case: str, form: str, files: Mapping[str, Any], cell: str
    ) -> Iterator[Fault]:
        says, why = verdict_of(environments.reader_of(reader), files)
        right = {"opens": cells.OPENS, "reads wrong": {"W"}, "refuses": {"-", "!"}}[says]
        if not self.data_show_all and says == "reads wrong":
            right = cells.OPENS | right  # no missing chunk, no negative number
        if cell in right or (says == "refuses" and self._is_listed(reader, case, form)):
            return
        yield Fault(reader, case, form, says, why, cells.MEANINGS[cell])

    def _fault_of_refusal(
        self, reader: str, case: str, form: str, why: str, written: Mapping[str, Any]
    ) -> Iterator[Fault]:
        """No form was written for this reader; another of the same format should not open then."""
        if form.partition(":")[2] != environments.reader_of(reader):
            return
        for other in ("original", f"{form.partition(':')[0]}:spec"):
            files = written.get(other)
            if not isinstance(files, dict) or is_v3(files) != form.startswith("v3"):
                continue
            cell = self.measured.get((case, forms.digest(files)), {}).get(reader)
            if (
                cell in cells.OPENS
                and self.data_show_all
                and not self._is_listed(reader, case, form)
            ):
                yield Fault(reader, case, form, "no form", why, f"opens {other}")
                return

    def _is_listed(self, reader: str, case: str, form: str) -> bool:
        found = [
            number
            for number, (who, cases, which, _) in enumerate(self.listed)
            if fnmatchcase(reader, who) and fnmatchcase(case, cases) and fnmatchcase(form, which)
        ]
        self.used.update(found)
        return bool(found)

    def not_needed(self) -> list[str]:
        """The rows of refused_but_opened.csv that no cell needs any more."""
        unused = [
            row
            for number, row in enumerate(self.listed)
            if number not in self.used and row[1].startswith(("v2.", "v3."))
        ]
        return [json.dumps(row) for row in unused]


def is_v3(files: Mapping[str, Any]) -> bool:
    return "zarr.json" in files
