"""How long translations take: against what others do with the same input, and against this project's goals.

``python benchmarks/run.py`` prints three tables, as Markdown. All times are taken in turns, in one run, and medians are
shown; ratios are what to read. ``--quick`` runs everything with little of each, to see that it runs.
"""

from __future__ import annotations

import argparse
import platform
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from sys import path

path.insert(0, str(Path(__file__).parents[1]))

from contenders import CODECS, DOCUMENTS, Contender, installed
from goals import AGAIN, QUICK, WHOLE, Effort, codec_times, goals, growths
from payloads import document
from timing import Batch, in_turns

from zarrcodec_bridge import metadata_to_v3

PACKAGES = ("pydantic", "zarr", "numcodecs", "zarr-metadata", "virtualizarr")


def versions() -> str:
    """What it was measured on."""
    found = [f"Python {platform.python_version()}"]
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"{package} not installed")
    return ", ".join(found)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; the first column is text, the others are figures."""
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for number, line in enumerate(lines):
        cells = [
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        print(f"| {' | '.join(cells)} |")
        if number == 0:
            rules = [
                "-" * width if not column else "-" * (width - 1) + ":"
                for column, width in enumerate(widths)
            ]
            print(f"| {' | '.join(rules)} |")
    print()


def document_times(contenders: list[Contender], effort: Effort) -> dict[str, float]:
    """Microseconds for one ``.zarray`` of an archive."""

    def rounds() -> Iterator[dict[str, Batch]]:
        for turn in range(effort.rounds):
            new = [document(number) for number in range(turn, turn + effort.batch)]
            yield {
                OURS: (metadata_to_v3, new),
                **{one.name: (one.call, [one.prepare(it) for it in new]) for one in contenders},
            }

    return in_turns(rounds())


OURS = "zarrcodec_bridge: metadata_to_v3"


def compare(times: dict[str, float], *ours: str) -> None:
    """Print what others take, and the ratio of ours to it."""
    table(
        ["", "us", *(f"{name.split(': ')[1]} / it" for name in ours)],
        (
            [name, f"{taken:.2f}", *(f"{times[mine] / taken:.2f}" for mine in ours)]
            for name, taken in times.items()
        ),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="little of each, to see that it runs")
    effort = QUICK if parser.parse_args().quick else WHOLE
    print(f"{versions()}\n")

    print("## One codec: blosc\n")
    contenders, missing = installed(CODECS)
    times = codec_times(contenders, effort)
    compare(times, AGAIN)

    print("## One document: .zarray\n")
    contenders, others = installed(DOCUMENTS)
    compare(document_times(contenders, effort), OURS)
    for name in (*missing, *others):
        print(f"Not installed: {name}\n")

    print("## Goals\n")
    table(
        ["goal", "at most", "measured", "verdict"],
        (
            [
                goal.name,
                f"{goal.most:g} {goal.unit}",
                f"{goal.measured:.2f} {goal.unit}",
                goal.verdict,
            ]
            for goal in goals(effort)
        ),
    )

    print("## Growth: us per item\n")
    for growth in growths(effort):
        table(
            [growth.name, *(f"{size:,}" for size in growth.sizes), "steepest step"],
            [["", *(f"{each:.1f}" for each in growth.each), f"{growth.steepest:.2f}"]],
        )


if __name__ == "__main__":
    main()
