"""Measure what every reader opens, and compare it with what the library says.

Usage, after install.py: measure.py ENVIRONMENTS WORK [--latest] [--update] [--only READER,...] [--corpus FOLDER].
WORK is a folder for stores.

Exit status 1 where a cell is another than in cells.csv, where the library says "opens" and it does not or reads other
values, says "reads wrong" and it does not, or refuses what opens and refused_but_opened.csv has no reason.
`--update` writes cells.csv and documents.jsonl anew, `--latest` allows other versions of the readers, and `--corpus`
is a folder of stores that other programs wrote.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cells
import claims
import corpus
import environments
import forms
import install
import judge
import run_reader
from zarrcodec_bridge.readers import find_readers

LETTERS = {
    judge.EQUAL: "=",
    judge.TYPE: "~",
    judge.WRONG: "W",
    judge.REFUSES: "-",
    judge.CRASH: "!",
}
WRITERS = {2: "zarr-python-2", 3: "zarr-python-3"}


def write_stores(envs: Path, stores: Path) -> None:
    """Write the chunks of every case, and what the library makes of their documents."""
    shutil.rmtree(stores, ignore_errors=True)
    stores.mkdir(parents=True)
    for version, name in WRITERS.items():
        if not (envs / name).exists():
            print(f"arrays of format {version}: skipped, {name} is not installed")
            continue
        python = envs / name / "bin" / "python"
        program = environments.HERE / "write_stores.py"
        subprocess.run([python, program, stores, str(version)], check=True)
    forms.make_all(stores)


def cases_of(stores: Path) -> list[Path]:
    return sorted(path for path in stores.iterdir() if (path / "forms.json").exists())


def jobs_for(reader: str, stores: Path) -> list[run_reader.Job]:
    """The stores that a reader is to read."""
    jobs: dict[str, run_reader.Job] = {}
    for case in cases_of(stores):
        written = json.loads((case / "forms.json").read_text())
        for form in claims.forms_for(reader):
            if "store" not in written.get(form, {}):
                continue
            name = written[form]["store"]
            same = [entry for entry in written.values() if entry.get("store") == name]
            jobs[f"{case.name}/{name}"] = {
                "id": f"{case.name}/{name}",
                "path": str(case / name),
                "array": "a",
                "format": 3 if (case / name / "a" / "zarr.json").exists() else 2,
                "only_stored": all(entry["loses_fill"] for entry in same),
            }
    return list(jobs.values())


def expected_of(case: Path) -> dict[str, Any]:
    """What is to be read from a case, and which elements a chunk has."""
    expected = json.loads((case / "expected.json").read_text())
    document = forms.document_of(forms.load(case / "original" / "a"))
    stored = forms.stored(case / "original", document).ravel().tolist()
    fill = document["fill_value"]
    # null means nothing, and 0 of texts is 0, '0' or '' by reader
    is_filled = fill is not None and not (document.get("dtype") == "|O" and fill == 0)
    return {**expected, "stored": stored, "is_filled": is_filled}


def version_of(envs: Path, reader: str) -> str:
    command = [*install.command_of(envs, reader), "--version"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def other_versions(envs: Path, readers: Iterable[str]) -> list[str]:
    """The readers that are of another version than the library says."""
    said = []
    for reader in readers:
        (known,) = find_readers(environments.reader_of(reader))
        version = version_of(envs, reader)
        if version != known.version:
            said.append(f"{reader} {version}, readers/ knows {known.version}")
    return said


def read_with(reader: str, envs: Path, stores: Path, work: Path) -> dict[str, tuple[str, str]]:
    """What a reader does: by store (`CASE/NAME`), the outcome and what there is to say about it."""
    started = time.monotonic()
    jobs = jobs_for(reader, stores)
    answers = run_reader.run(install.command_of(envs, reader), jobs, work / f"{reader}.jsonl")
    found = {}
    for job in jobs:
        expected = expected_of(Path(job["path"]).parent)
        found[job["id"]] = judge.cell(expected, answers[job["id"]], only_stored=job["only_stored"])
    counts = Counter(outcome for outcome, _ in found.values())
    counted = ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items()))
    print(f"{reader}: {counted} ({time.monotonic() - started:.0f} s)", flush=True)
    return found


def measure(
    readers: Iterable[str], envs: Path, stores: Path, work: Path
) -> dict[str, dict[str, tuple[str, str]]]:
    readers = list(readers)
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda reader: read_with(reader, envs, stores, work), readers)
        return dict(zip(readers, found, strict=True))


def collect(
    found: dict[str, dict[str, tuple[str, str]]], stores: Path
) -> tuple[cells.Cells, dict[cells.Store, str], dict[str, dict[str, Any]]]:
    """The cells and first forms of every store, and the documents of every case by form."""
    measured: cells.Cells = {}
    first: dict[cells.Store, str] = {}
    documents: dict[str, dict[str, Any]] = {}
    for case in cases_of(stores):
        documents[case.name] = {}
        for form, entry in json.loads((case / "forms.json").read_text()).items():
            if "refused" in entry:
                documents[case.name][form] = entry["refused"]
                continue
            files = documents[case.name][form] = forms.load(case / entry["store"] / "a")
            store = (case.name, forms.digest(files))
            name = f"{case.name}/{entry['store']}"
            row = {
                reader: LETTERS[answers[name][0]]
                for reader, answers in found.items()
                if name in answers
            }
            if row:
                first.setdefault(store, form)
                measured.setdefault(store, {}).update(row)
    return measured, first, documents


def changes(measured: cells.Cells, known: cells.Cells, first: dict[cells.Store, str]) -> list[str]:
    """The cells that are not as in cells.csv."""
    said = []
    for (case, digest), row in measured.items():
        before = known.get((case, digest), {})
        for reader, cell in row.items():
            if before.get(reader) != cell:
                was = cells.MEANINGS.get(before.get(reader, ""), "not measured")
                form = first[case, digest]
                said.append(f"{reader}: {case} {form}: {was} -> {cells.MEANINGS[cell]}")
    return said


def show(title: str, lines: Iterable[object]) -> int:
    lines = [str(line) for line in lines]
    print(f"\n{title}: {len(lines)}")
    for line in lines:
        print(f"  {line}")
    return len(lines)


def measure_corpus(options: argparse.Namespace, envs: Path, readers: list[str]) -> int:
    """Measure stores that other programs wrote, and compare them with what the library says."""
    cases = options.work.resolve() / "corpus"
    left_out = corpus.write_cases(options.corpus, envs, cases)
    show("stores of other programs that are left out", left_out)
    forms.make_all(cases)
    found = measure(readers, envs, cases, options.work.resolve())
    (options.work / "corpus.json").write_text(json.dumps(found, indent=0))
    measured, _, documents = collect(found, cases)
    claimed = claims.Claims(measured, data_show_all=False)
    faults = [
        fault
        for case, written in documents.items()
        for fault in claimed.faults_of(case, written, readers)
    ]
    print(f"{len(documents)} stores, {claimed.count} claims")
    return show("claims about stores of other programs that do not hold", faults)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("environments", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--latest", action="store_true")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--only", type=lambda text: text.split(","))
    options = parser.parse_args()
    envs, work = options.environments.resolve(), options.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    stores = work / "stores"
    write_stores(envs, stores)
    wanted = [name for name in environments.readers() if not options.only or name in options.only]
    if options.latest:
        envs /= "latest"
    installed = [name for name in wanted if (envs / name / "made-of.json").exists()]
    show("skipped, not installed", [name for name in wanted if name not in installed])
    versions = show("other versions than those that were measured", other_versions(envs, installed))
    found = measure(installed, envs, stores, work)
    measured, first, documents = collect(found, stores)
    (work / "answers.json").write_text(json.dumps(found, indent=0))
    if options.update:
        cells.save(measured, first)
        cells.save_documents({case: written["original"] for case, written in documents.items()})
    known, _ = cells.load()
    claimed = claims.Claims(measured)
    faults = [
        fault
        for case, written in documents.items()
        for fault in claimed.faults_of(case, written, installed)
    ]
    bad = 0 if options.latest else versions
    bad += show("cells that are not as in cells.csv", changes(measured, known, first))
    bad += show("claims that do not hold", faults)
    if not options.only:
        bad += show("rows of refused_but_opened.csv that are not needed", claimed.not_needed())
    if options.corpus:
        bad += measure_corpus(options, envs, installed)
    else:
        print("\nstores of other programs: skipped, --corpus names no folder")
    print(f"\n{claimed.count} claims compared with {sum(map(len, measured.values()))} cells")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
